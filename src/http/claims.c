#include "http/claims.h"

#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"

enum { MAX_DEPTH = 8, MAX_MEMBERS = 256, MAX_DIGITS = 15 };

/* What is still to be read; every reader of a part moves `at' behind it, or
 * returns false. */
struct reading {
	struct arena	*arena;
	const char	*at;		/* the text ends in a NUL */
	size_t		 bytes;		/* of all of it */
	int		 depth;
};

static bool	value(struct reading *, struct claim *);

static void
blanks(struct reading *r)
{
	r->at += strspn(r->at, " \t\n\r");
}

static bool
take(struct reading *r, char c)
{
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

/* --- strings ------------------------------------------------------------- */

static bool
hex4(struct reading *r, unsigned *unit)
{
	static const char	 digits[] = "0123456789abcdef0123456789ABCDEF";
	const char		*d;
	int			 i;

	for (*unit = 0, i = 0; i < 4; i++, r->at++) {
		if (*r->at == '\0' || (d = strchr(digits, *r->at)) == NULL)
			return false;
		*unit = *unit << 4 | ((unsigned)(d - digits) & 15);
	}
	return true;
}

static void
put_utf8(struct buf *b, unsigned c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
		return;
	}
	if (c < 0x800)
		buf_char(b, (char)(0xc0 | c >> 6));
	else {
		if (c < 0x10000)
			buf_char(b, (char)(0xe0 | c >> 12));
		else {
			buf_char(b, (char)(0xf0 | c >> 18));
			buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_char(b, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u": one UTF-16 unit, or a pair of surrogates. */
static bool
code_point(struct reading *r, struct buf *b)
{
	unsigned	 high, low;

	if (!hex4(r, &high) || high == 0 || (high >= 0xdc00 && high <= 0xdfff))
		return false;
	if (high < 0xd800 || high > 0xdbff) {
		put_utf8(b, high);
		return true;
	}
	if (!take(r, '\\') || !take(r, 'u') || !hex4(r, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return false;
	put_utf8(b, 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
	return true;
}

/* Behind a backslash. */
static bool
escape(struct reading *r, struct buf *b)
{
	static const char	 names[] = "\"\\/bfnrt";
	static const char	 means[] = "\"\\/\b\f\n\r\t";
	const char		*n;

	if (take(r, 'u'))
		return code_point(r, b);
	if (*r->at == '\0' || (n = strchr(names, *r->at)) == NULL)
		return false;
	r->at++;
	buf_char(b, means[n - names]);
	return true;
}

static bool
string(struct reading *r, const char **text)
{
	struct buf	 b;
	size_t		 n;

	if (!take(r, '"'))
		return false;
	buf_init(&b, r->arena, r->bytes);
	while (*r->at != '"') {
		if ((unsigned char)*r->at < ' ')
			return false;		/* the end too */
		if (take(r, '\\')) {
			if (!escape(r, &b))
				return false;
			continue;
		}
		if ((n = utf8_len((const unsigned char *)r->at)) == 0)
			return false;
		buf_add(&b, r->at, n);
		r->at += n;
	}
	r->at++;
	*text = b.data;
	return !buf_failed(&b);
}

/* --- the rest ------------------------------------------------------------ */

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

static bool
number(struct reading *r, const char **text)
{
	const char	*s = r->at;
	size_t		 n;

	s += *s == '-';
	if ((n = digits(s)) == 0 || (*s == '0' && n > 1))
		return false;
	s += n;
	if (*s == '.') {
		if ((n = digits(++s)) == 0)
			return false;
		s += n;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '+' || *s == '-';
		if ((n = digits(s)) == 0)
			return false;
		s += n;
	}
	*text = arena_strndup(r->arena, r->at, (size_t)(s - r->at));
	r->at = s;
	return *text != NULL;
}

static bool
word(struct reading *r)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t	 i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(r->at, words[i], strlen(words[i])) == 0) {
			r->at += strlen(words[i]);
			return true;
		}
	return false;
}

static bool
member(struct reading *r, const struct claim *in, struct claim *c)
{
	if (in->kind == CLAIM_OBJECT) {
		if (!string(r, &c->name) || claims_get(in, c->name) != NULL)
			return false;
		blanks(r);
		if (!take(r, ':'))
			return false;
	}
	return value(r, c);
}

/* What is in an object or array, up to its closing sign. */
static bool
members(struct reading *r, struct claim *in, char close)
{
	struct claim	**last = &in->first, *c;
	int		 n = 0;

	if (++r->depth > MAX_DEPTH)
		return false;
	blanks(r);
	if (take(r, close)) {
		r->depth--;
		return true;
	}
	do {
		blanks(r);
		if (n++ == MAX_MEMBERS ||
		    (c = arena_alloc(r->arena, sizeof(*c))) == NULL ||
		    !member(r, in, c))
			return false;
		*last = c;
		last = &c->next;
		blanks(r);
	} while (take(r, ','));
	r->depth--;
	return take(r, close);
}

static bool
value(struct reading *r, struct claim *c)
{
	blanks(r);
	switch (*r->at) {
	case '{':
		c->kind = CLAIM_OBJECT;
		return take(r, '{') && members(r, c, '}');
	case '[':
		c->kind = CLAIM_ARRAY;
		return take(r, '[') && members(r, c, ']');
	case '"':
		c->kind = CLAIM_STRING;
		return string(r, &c->text);
	case 't':
	case 'f':
	case 'n':
		c->kind = CLAIM_OTHER;
		return word(r);
	default:
		c->kind = CLAIM_NUMBER;
		return number(r, &c->text);
	}
}

const struct claim *
claims_read(struct arena *a, const char *text, size_t n)
{
	struct reading	 r = { .arena = a, .at = text, .bytes = n };
	struct claim	*c = arena_alloc(a, sizeof(*c));

	if (c == NULL || !value(&r, c) || c->kind != CLAIM_OBJECT)
		return NULL;
	blanks(&r);
	return r.at == text + n ? c : NULL;
}

const struct claim *
claims_get(const struct claim *object, const char *name)
{
	const struct claim	*c;

	for (c = object->first; c != NULL; c = c->next)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

bool
claim_integer(const struct claim *c, int64_t *n)
{
	const char	*s = c->text;
	bool		 minus;

	if (c->kind != CLAIM_NUMBER)
		return false;
	minus = *s == '-';
	s += minus;
	if (digits(s) != strlen(s) || strlen(s) > MAX_DIGITS)
		return false;
	for (*n = 0; *s != '\0'; s++)
		*n = *n * 10 + (*s - '0');
	if (minus)
		*n = -*n;
	return true;
}
