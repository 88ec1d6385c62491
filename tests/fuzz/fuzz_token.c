#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "http/key.h"
#include "http/token.h"
#include "tests/fuzz/fuzz.h"

/*
 * A token but for its signature, and a caller's key.  Lines: the algorithm,
 * the issuer and the audience that are wanted, separated by blanks, "-" for
 * none; then either the whole text; or a head and claims, which are encoded
 * here, and a signature.
 */
enum { RULE, TEXT, HEAD = TEXT, CLAIMS, SIGNATURE };

static const int64_t	 now = 1700000000;

/* --- another reader ------------------------------------------------------ */

/* One member of an object, as it is written. */
struct member {
	const char	*name, *value;		/* with their quotes */
	size_t		 name_len, value_len;
};

/* Behind the string that begins here. */
static const char *
past_string(const char *s)
{
	for (s++; *s != '"'; s++) {
		HOLDS((unsigned char)*s >= 0x20);
		if (*s == '\\')
			HOLDS(*++s != '\0');
	}
	return s + 1;
}

/* Behind the value that begins here, whatever is in it. */
static const char *
past_value(const char *s)
{
	int	 depth = 0;

	do {
		HOLDS(*s != '\0');
		if (*s == '"') {
			s = past_string(s);
			continue;
		}
		depth += (*s == '{' || *s == '[') - (*s == '}' || *s == ']');
		s++;
	} while (depth > 0 || strchr(" \t\r\n,]}", *s) == NULL);
	return s;
}

static const char *
past_blanks(const char *s)
{
	return s + strspn(s, " \t\r\n");
}

/* The next member; false at the end.  *s stands behind "{" or ",". */
static bool
next_member(const char **s, struct member *m)
{
	const char	*end;

	*s = past_blanks(*s);
	if (**s == '}')
		return false;
	HOLDS(**s == '"');
	m->name = *s;
	end = past_string(*s);
	m->name_len = (size_t)(end - *s);
	end = past_blanks(end);
	HOLDS(*end == ':');
	m->value = past_blanks(end + 1);
	end = past_value(m->value);
	m->value_len = (size_t)(end - m->value);
	*s = past_blanks(end);
	HOLDS(**s == ',' || **s == '}');
	*s += **s == ',';
	return true;
}

/* What the letter behind a backslash stands for; "u" is another matter. */
static int
escaped(char c)
{
	static const char	 names[] = "\"\\/bfnrt";
	static const char	 bytes[] = "\"\\/\b\f\n\r\t";
	const char		*at = strchr(names, c);

	HOLDS(c != '\0' && at != NULL);
	return bytes[at - names];
}

/* Does a string, less its escapes, say this ASCII text? */
static bool
means(const char *quoted, size_t len, const char *text)
{
	const char	*s = quoted + 1, *end = quoted + len - 1;
	char		 hex[5] = { 0 };

	if (*quoted != '"')
		return false;
	for (; s < end; text++) {
		long c = (unsigned char)*s++;

		if (c == '\\' && *s == 'u') {
			memcpy(hex, s + 1, 4);
			c = strtol(hex, NULL, 16);
			s += 5;
		} else if (c == '\\')
			c = escaped(*s++);
		if (c != (unsigned char)*text)
			return false;
	}
	return *text == '\0';
}

/* The member of that name: there is one at most. */
static bool
find(const char *json, const char *name, struct member *m)
{
	const char	*s = past_blanks(json);
	struct member	 x;
	size_t		 n = 0;

	HOLDS(*s == '{');
	for (s++; next_member(&s, &x);)
		if (means(x.name, x.name_len, name)) {
			*m = x;
			n++;
		}
	HOLDS(n <= 1);
	HOLDS(*past_blanks(s + 1) == '\0');
	return n == 1;
}

/* --- what must be so of a token that is one ------------------------------ */

static int64_t
whole_number(const struct member *m)
{
	size_t	 minus = m->value[0] == '-';

	HOLDS(m->value_len - minus >= 1 && m->value_len - minus <= 15);
	HOLDS(strspn(m->value + minus, "0123456789") == m->value_len - minus);
	return strtoll(m->value, NULL, 10);
}

static void
times_are_right(const char *claims)
{
	struct member	 m;
	int64_t		 exp;

	HOLDS(find(claims, "exp", &m));
	HOLDS((exp = whole_number(&m)) > now);
	if (find(claims, "nbf", &m))
		HOLDS(whole_number(&m) <= now + 60);
	if (find(claims, "iat", &m)) {
		HOLDS(whole_number(&m) <= now + 60);
		HOLDS(exp - whole_number(&m) <= 86400);
	}
}

static void
audience_is_right(const char *claims, const char *audience)
{
	struct member	 m;
	const char	*s, *end;
	bool		 named = false;

	if (!find(claims, "aud", &m)) {
		HOLDS(*audience == '\0');
		return;
	}
	HOLDS(*audience != '\0');
	if (*m.value == '"') {
		HOLDS(means(m.value, m.value_len, audience));
		return;
	}
	HOLDS(*m.value == '[');
	for (s = past_blanks(m.value + 1); *s == '"'; s = past_blanks(s)) {
		end = past_string(s);
		named = named || means(s, (size_t)(end - s), audience);
		s = past_blanks(end);
		s += *s == ',';
	}
	HOLDS(named && *s == ']');
}

static void
head_is_right(const char *head, const char *algorithm)
{
	static const char *const	 never[] = { "crit", "b64", "zip",
	    "jku", "x5u", "jwk" };
	struct member			 m;

	HOLDS(find(head, "alg", &m));
	HOLDS(means(m.value, m.value_len, algorithm));
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		HOLDS(!find(head, never[i], &m));
}

static char *
part(struct fuzz *f, const char **text)
{
	static const char	 letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t			 n = strspn(*text, letters);
	char			*out = arena_alloc(&f->spare, n + 1);
	char			*to = out;
	unsigned long		 bits = 0;

	HOLDS(n > 0);
	for (size_t i = 0; i < n; i++) {
		bits = bits << 6 |
		    (unsigned long)(strchr(letters, (*text)[i]) - letters);
		if (i % 4 > 0)
			*to++ = (char)(bits >> (6 - 2 * (i % 4)));
	}
	*text += n + ((*text)[n] == '.');
	*to = '\0';
	return out;
}

static void
token_is_right(struct fuzz *f, const char *text, const struct token_rule *r)
{
	char		*head, *claims;
	struct member	 m;

	HOLDS(strlen(text) <= 4096);
	head = part(f, &text);
	claims = part(f, &text);
	HOLDS(text[-1] == '.');
	part(f, &text);
	HOLDS(*text == '\0' && text[-1] != '.');
	head_is_right(head, r->algorithm);
	times_are_right(claims);
	audience_is_right(claims, r->audience);
	if (*r->issuer != '\0') {
		HOLDS(find(claims, "iss", &m));
		HOLDS(means(m.value, m.value_len, r->issuer));
	}
}

/* --- */

static void
encode(struct buf *b, const char *text)
{
	static const char	 letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned long		 bits = 0;
	int			 n = 0;

	for (; *text != '\0'; text++) {
		bits = bits << 8 | (unsigned char)*text;
		for (n += 8; n >= 6; n -= 6)
			buf_char(b, letters[bits >> (n - 6) & 63]);
	}
	if (n > 0)
		buf_char(b, letters[bits << (6 - n) & 63]);
}

static const char *
text_of(struct fuzz *f)
{
	struct buf	 b;

	if (fuzz_line(f, CLAIMS) == NULL)
		return fuzz_line(f, TEXT);
	buf_init(&b, &f->spare, 1 << 20);
	encode(&b, f->line[HEAD]);
	buf_char(&b, '.');
	encode(&b, f->line[CLAIMS]);
	buf_char(&b, '.');
	buf_str(&b, fuzz_line(f, SIGNATURE) != NULL ? f->line[SIGNATURE] :
	    "");
	HOLDS(!buf_failed(&b));
	return b.data;
}

/* vd1_, 8 letters of base32, _, 43 of base64url. */
static void
key_is_right(const char *text)
{
	struct key_text	 k;

	if (!key_read(text, &k))
		return;
	HOLDS(strlen(text) == 56 && memcmp(text, "vd1_", 4) == 0);
	HOLDS(strspn(text + 4, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
	    "TUVWXYZ234567") == 8 && text[12] == '_');
	HOLDS(strspn(text + 13, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
	    "TUVWXYZ0123456789-_") == 43);
	HOLDS(memcmp(k.id, text + 4, 8) == 0 && k.id[8] == '\0');
	HOLDS(k.secret == text + 13 && key_is_ours(text));
}

/* What an operator writes, and what this reader of JSON can compare. */
static bool
is_plain(const char *rule)
{
	for (; rule != NULL && *rule != '\0'; rule++)
		if (*rule < 0x20 || *rule > 0x7e)
			return false;
	return true;
}

static void
one(struct fuzz *f)
{
	const char		*words[3] = { "HS256", "-", "-" };
	const char		*text = text_of(f), *subject;
	struct token_rule	 rule = { .now = now };

	fuzz_words(f, fuzz_line(f, RULE), words, 3);
	rule.algorithm = words[0];
	rule.issuer = strcmp(words[1], "-") == 0 ? "" : words[1];
	rule.audience = strcmp(words[2], "-") == 0 ? "" : words[2];
	if (text == NULL || !is_plain(fuzz_line(f, RULE)))
		return;
	key_is_right(text);
	if (token_refuse(&f->arena, text, &rule, &subject) != NULL)
		HOLDS(subject == NULL);
	else
		token_is_right(f, text, &rule);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
