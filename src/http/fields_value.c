#include "http/fields_value.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "http/url.h"

int
value_weight(const char *s, const char *end)
{
	int	 n, unit = VALUE_WHOLE_WEIGHT;

	if (s == end || (*s != '0' && *s != '1'))
		return -1;
	n = (*s++ - '0') * unit;
	if (s < end && (*s++ != '.' || end - s > 3))
		return -1;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		n += (*s - '0') * (unit /= 10);
	}
	return n <= VALUE_WHOLE_WEIGHT ? n : -1;
}

static bool
one_of(const char *s, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (value_is(s, len, *words))
			return true;
	return false;
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

const char *
value_quoted_end(const char *s)
{
	for (s++; *s != '"'; s++) {
		if (*s == '\\')
			s++;
		if (*s == '\0')
			return NULL;
	}
	return s + 1;
}

static void
append(struct buf *b, const char *s, size_t len)
{
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	if (b->len > 0)
		buf_str(b, ", ");
	buf_add(b, s, len);
}

static enum err
result(const struct buf *b, const char **out)
{
	if (buf_failed(b))
		return ERR_NO_MEMORY;
	*out = b->len > 0 ? b->data : NULL;
	return OK;
}

/* --- to the target --- */

static bool
is_coding(const char *member)
{
	static const char *const known[] = { "gzip", "deflate", "br", "zstd",
	    "identity", NULL };

	return one_of(member, value_token_len(member), known);
}

static bool
all_codings(const char *list)
{
	const char	*member;
	size_t		 len, count = 0;

	for (; value_member(&list, &member, &len); count++)
		if (!is_coding(member))
			return false;
	return count > 0;
}

enum err
value_encodings(struct arena *a, const char *value, const char **out)
{
	const char	*list = value, *member;
	struct buf	 b;
	size_t		 len;
	enum err	 e;

	if (all_codings(value)) {
		*out = value;
		return OK;
	}
	buf_init(&b, a, strlen(value) * 2);
	while (value_member(&list, &member, &len))
		if (is_coding(member))
			append(&b, member, len);
	if ((e = result(&b, out)) == OK && *out == NULL)
		*out = "identity";
	return e;
}

enum err
value_referer(struct arena *a, const char *value, const char **out)
{
	const char	*host = strstr(value, "://"), *why;
	struct url	 u;
	char		*text;
	size_t		 len;
	enum err	 e;

	*out = NULL;
	if (host == NULL)
		return OK;
	len = host + 3 - value;
	len += strcspn(value + len, "/?#");
	if ((text = arena_alloc(a, len + 2)) == NULL)
		return ERR_NO_MEMORY;
	memcpy(text, value, len);
	if ((e = url_split(a, text, &u, &why)) != OK)
		return e == ERR_NO_MEMORY ? e : OK;
	text[len] = '/';
	*out = text;
	return OK;
}

bool
value_binds_connection(const char *authorization)
{
	static const char *const schemes[] = { "NTLM", "Negotiate", NULL };
	const char	*member;
	size_t		 len;

	while (value_member(&authorization, &member, &len))
		if (one_of(member, value_token_len(member), schemes))
			return true;
	return false;
}

/* --- to the caller --- */

static bool
acts_by_itself(const char *scheme, size_t len)
{
	static const char *const schemes[] = { "Basic", "Digest", "NTLM",
	    "Negotiate", "Mutual", "HOBA", NULL };

	return one_of(scheme, len, schemes) ||
	    (len > 6 && strncasecmp(scheme, "SCRAM-", 6) == 0);
}

/*
 * Where the list member that begins at s, with a token, ends: at a comma
 * outside quotes.  NULL where readers may differ over what is quoted.
 */
static const char *
member_end(const char *s)
{
	while (s != NULL && *s != '\0' && *s != ',') {
		if (*s == '"' && s[-1] != '=')
			return NULL;
		s = *s == '"' ? value_quoted_end(s) : s + 1;
	}
	return s;
}

/*
 * Does a challenge begin here?  A list of challenges and the lists of their
 * parameters are both separated by commas: "name=value" belongs to the
 * challenge before it, a scheme has a blank or nothing after it.
 */
static bool
begins_challenge(const char *s)
{
	return *skip_blanks(s + value_token_len(s)) != '=';
}

enum err
value_challenges(struct arena *a, const char *value, const char **out)
{
	const char	*p = value, *end;
	bool		 keep = false;
	struct buf	 b;

	*out = NULL;
	if (strchr(value, '\\') != NULL)
		return OK;	/* not all readers take \" for a quote */
	buf_init(&b, a, strlen(value) * 2);
	for (; *(p += strspn(p, " \t,")) != '\0'; p = end) {
		size_t len = value_token_len(p);

		if (len == 0 || (end = member_end(p)) == NULL)
			return OK;
		if (begins_challenge(p))
			keep = !acts_by_itself(p, len);
		if (keep)
			append(&b, p, end - p);
	}
	return result(&b, out);
}

enum err
value_private(struct arena *a, const char *value, const char **out)
{
	const char	*member;
	struct buf	 b;
	size_t		 len;

	buf_init(&b, a, value != NULL ? 2 * strlen(value) + 16 : 16);
	buf_str(&b, "private");
	while (value != NULL && value_member(&value, &member, &len))
		if (!value_is(member, len, "public") &&
		    !value_is(member, len, "private") &&
		    strncasecmp(member, "s-maxage", 8) != 0)
			append(&b, member, len);
	return result(&b, out);
}

static bool
rel_acts(const char *rels, const char *end)
{
	static const char *const acting[] = { "preload", "modulepreload",
	    "preconnect", "dns-prefetch", "prefetch", "prerender",
	    "stylesheet", "serviceworker", "compression-dictionary", NULL };

	while (rels < end) {
		size_t len = 0;

		while (rels + len < end && rels[len] != ' ' &&
		    rels[len] != '\t')
			len++;
		if (one_of(rels, len, acting))
			return true;
		rels += len + 1;
	}
	return false;
}

/* One ";name=value" of a link; sets *acts; the end, or NULL. */
static const char *
link_param(const char *p, bool *acts)
{
	size_t		 len;
	const char	*value, *end;
	bool		 is_rel;

	p = skip_blanks(p + 1);
	if ((len = value_token_len(p)) == 0)
		return *p == ';' || *p == ',' || *p == '\0' ? p : NULL;
	is_rel = value_is(p, len, "rel");
	p = skip_blanks(p + len);
	if (*p != '=')
		return p;
	value = skip_blanks(p + 1);
	if (*value == '"') {
		if ((end = value_quoted_end(value)) == NULL ||
		    (is_rel && memchr(value, '\\', end - value) != NULL))
			return NULL;
		*acts |= is_rel && rel_acts(value + 1, end - 1);
		return skip_blanks(end);
	}
	end = value + strcspn(value, " \t;,");
	*acts |= is_rel && rel_acts(value, end);
	return skip_blanks(end);
}

bool
value_link_acts(const char *p)
{
	bool	 acts = false;

	for (p = skip_blanks(p); *p != '\0' && !acts;
	    p += strspn(p, " \t,")) {
		if (*p != '<' || (p = strchr(p, '>')) == NULL)
			return true;
		p = skip_blanks(p + 1);
		while (*p == ';')
			if ((p = link_param(p, &acts)) == NULL)
				return true;
		if (*p != ',' && *p != '\0')
			return true;
	}
	return acts;
}

bool
value_is_below(const char *location)
{
	size_t	 path = strcspn(location, "?#");

	return location[0] != '/' && memchr(location, ':', path) == NULL &&
	    url_path_check(location, path) == OK;
}
