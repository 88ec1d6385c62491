#include "http/token.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "http/claims.h"

static int
letter(char c)
{
	static const char	 letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const char		*at = c != '\0' ? strchr(letters, c) : NULL;

	return at != NULL ? (int)(at - letters) : -1;
}

char *
token_decode(struct arena *a, const char *text, size_t n, size_t *bytes)
{
	unsigned	 have = 0;
	int		 bits = 0, six;
	char		*out;
	size_t		 i;

	if (n % 4 == 1 || (out = arena_alloc(a, n / 4 * 3 + 3)) == NULL)
		return NULL;
	for (*bytes = 0, i = 0; i < n; i++) {
		if ((six = letter(text[i])) == -1)
			return NULL;
		have = (have << 6 | (unsigned)six) & 0xffff;
		if ((bits += 6) < 8)
			continue;
		bits -= 8;
		out[(*bytes)++] = (char)(have >> bits & 0xff);
	}
	return (have & ((1u << bits) - 1)) == 0 ? out : NULL;
}

/* The head and the claims; what is signed stands in both. */
static const char *
parts(struct arena *a, const char *text, const struct claim *part[2])
{
	size_t	 i, n, bytes;
	char	*json;

	if (strlen(text) > TOKEN_MAX_BYTES)
		return "it is longer than 4,096 bytes";
	for (i = 0; i < 2; i++, text += n + 1) {
		n = strcspn(text, ".");
		if (n == 0 || text[n] == '\0')
			return "it is not of three parts";
		if ((json = token_decode(a, text, n, &bytes)) == NULL ||
		    (part[i] = claims_read(a, json, bytes)) == NULL)
			return i == 0 ? "its head cannot be read" :
			    "its claims cannot be read";
	}
	if (*text == '\0' || strchr(text, '.') != NULL)
		return "it is not of three parts";
	return token_decode(a, text, strlen(text), &bytes) != NULL ? NULL :
	    "its signature cannot be read";
}

static bool
is(const struct claim *c, const char *text)
{
	return c != NULL && c->kind == CLAIM_STRING &&
	    strcmp(c->text, text) == 0;
}

/* libjwt refuses any other, and calls its signature wrong then. */
static bool
is_of_type(const struct claim *typ)
{
	return typ == NULL || (typ->kind == CLAIM_STRING &&
	    strcasecmp(typ->text, "JWT") == 0);
}

static const char *
judge_head(const struct claim *head, const char *algorithm)
{
	static const char *const forbidden[] = { "crit", "b64", "zip", "jku",
	    "x5u", "jwk" };
	size_t	 i;

	for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (claims_get(head, forbidden[i]) != NULL)
			return "its head says how it is to be checked";
	if (!is(claims_get(head, "alg"), algorithm))
		return "it is of another algorithm";
	return is_of_type(claims_get(head, "typ")) ? NULL :
	    "it is of another type than JWT (typ)";
}

/* A time that may be left out; *seconds stays as it is then. */
static bool
moment(const struct claim *claims, const char *name, int64_t *seconds)
{
	const struct claim	*c = claims_get(claims, name);

	return c == NULL || claim_integer(c, seconds);
}

static const char *
judge_times(const struct claim *claims, int64_t now)
{
	int64_t	 exp = INT64_MIN, nbf = now, iat = now;
	bool	 issued = claims_get(claims, "iat") != NULL;

	if (!moment(claims, "exp", &exp) || !moment(claims, "nbf", &nbf) ||
	    !moment(claims, "iat", &iat))
		return "a time in it is no whole number";
	if (exp == INT64_MIN)
		return "it has no end (exp)";
	if (exp <= now)
		return "it has expired";
	if (nbf > now + TOKEN_LEEWAY_SECONDS ||
	    iat > now + TOKEN_LEEWAY_SECONDS)
		return "it is not yet valid";
	return issued && exp - iat > TOKEN_MAX_SECONDS ?
	    "it is valid for more than a day" : NULL;
}

/* One text or a list of them (RFC 7519 4.1.3). */
static const char *
judge_audience(const struct claim *aud, const char *audience)
{
	const struct claim	*c;
	bool			 named = false;

	if (aud == NULL)
		return audience[0] == '\0' ? NULL : "it is for nobody (aud)";
	if (audience[0] == '\0')
		return "it is for an audience, and jwt_audience names none";
	if (aud->kind != CLAIM_ARRAY)
		return is(aud, audience) ? NULL : "it is for another audience";
	for (c = aud->first; c != NULL; c = c->next) {
		if (c->kind != CLAIM_STRING)
			return "its audience cannot be read";
		named = named || is(c, audience);
	}
	return named ? NULL : "it is for another audience";
}

const char *
token_refuse(struct arena *a, const char *text, const struct token_rule *rule,
    const char **subject)
{
	const struct claim	*part[2], *sub;
	const char		*why;

	*subject = NULL;
	if ((why = parts(a, text, part)) != NULL ||
	    (why = judge_head(part[0], rule->algorithm)) != NULL ||
	    (why = judge_times(part[1], rule->now)) != NULL ||
	    (why = judge_audience(claims_get(part[1], "aud"),
	    rule->audience)) != NULL)
		return why;
	if (rule->issuer[0] != '\0' &&
	    !is(claims_get(part[1], "iss"), rule->issuer))
		return "it is of another issuer";
	if ((sub = claims_get(part[1], "sub")) == NULL)
		return NULL;
	if (sub->kind != CLAIM_STRING)
		return "its subject is no text";
	*subject = sub->text;
	return NULL;
}
