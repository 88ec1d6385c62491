#include "http/fields.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields_value.h"

enum { MAX_VARY = 64, FIRST_CAP = 16 };

/* RFC 9110 5.6.2 */
static const char tchar[256] = {
	['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1,
	['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1,
	['`'] = 1, ['|'] = 1, ['~'] = 1,
	['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1,
	['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
	['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
	['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1,
	['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1,
	['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1,
	['Y'] = 1, ['Z'] = 1,
	['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
	['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1,
	['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
	['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
	['y'] = 1, ['z'] = 1,
};

/* What ends a value, and never is in one (RFC 9110 5.5); the tab does not. */
static const char control[256] = {
	1, 1, 1, 1, 1, 1, 1, 1, 1, ['\n'] = 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, [0x7f] = 1,
};

/* --- the list --- */

void
fields_init(struct fields *f, struct arena *a)
{
	*f = (struct fields){ .arena = a };
}

static bool
grow(struct fields *f)
{
	size_t		 cap = f->cap == 0 ? FIRST_CAP : f->cap * 2;
	struct field	*list;

	if ((list = arena_bytes(f->arena, cap * sizeof *list)) == NULL)
		return false;
	if (f->count > 0)
		memcpy(list, f->list, f->count * sizeof *list);
	f->list = list;
	f->cap = cap;
	return true;
}

enum err
fields_add(struct fields *f, const char *name, const char *value)
{
	if (f->count == f->cap && !grow(f))
		return ERR_NO_MEMORY;
	f->list[f->count++] = (struct field){ name, value };
	f->bytes += strlen(name) + strlen(value);
	return OK;
}

const char *
fields_get(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (field_named(&f->list[i], name))
			return f->list[i].value;
	return NULL;
}

void
fields_remove(struct fields *f, const char *name)
{
	size_t	 kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct field *x = &f->list[i];

		if (!field_named(x, name))
			f->list[kept++] = *x;
		else
			f->bytes -= strlen(x->name) + strlen(x->value);
	}
	f->count = kept;
}

enum err
fields_set(struct fields *f, const char *name, const char *value)
{
	fields_remove(f, name);
	return fields_add(f, name, value);
}

enum err
fields_join(const struct fields *f, const char *name, const char **value)
{
	struct buf	 b;
	size_t		 seen = 0;

	*value = NULL;
	buf_init(&b, f->arena, f->bytes + 2 * f->count);
	for (size_t i = 0; i < f->count; i++) {
		const struct field *x = &f->list[i];

		if (!field_named(x, name))
			continue;
		if (++seen == 1) {
			*value = x->value;
			continue;
		}
		if (seen == 2)
			buf_str(&b, *value);
		buf_str(&b, ", ");
		buf_str(&b, x->value);
	}
	if (seen > 1)
		*value = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

/* --- the gate --- */

size_t
value_token_len(const char *s)
{
	const char	*end = s;

	while (tchar[(unsigned char)*end])
		end++;
	return (size_t)(end - s);
}

bool
field_is_token(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!tchar[(unsigned char)s[i]])
			return false;
	return len > 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Sets *len where it passes. */
static bool
name_ok(const char *name, size_t *len)
{
	*len = value_token_len(name);
	return *len > 0 && *len <= FIELD_MAX_NAME && name[*len] == '\0';
}

static bool
value_ok(const char *value, size_t *len)
{
	const char	*end = value;

	while (!control[(unsigned char)*end])
		end++;
	*len = (size_t)(end - value);
	return *end == '\0' && *len <= FIELD_MAX_VALUE && (*len == 0 ||
	    (!is_blank(value[0]) && !is_blank(end[-1])));
}

bool
field_ok(const char *name, const char *value)
{
	size_t	 len;

	return name_ok(name, &len) && value_ok(value, &len);
}

void
fields_write(const struct fields *f, struct buf *b)
{
	size_t	 name_len, value_len;
	char	*to;

	for (size_t i = 0; i < f->count; i++) {
		const struct field *x = &f->list[i];

		if (!name_ok(x->name, &name_len) ||
		    !value_ok(x->value, &value_len))
			continue;
		if ((to = buf_more(b, name_len + value_len + 4)) == NULL)
			return;
		memcpy(to, x->name, name_len);
		memcpy(to += name_len, ": ", 2);
		memcpy(to += 2, x->value, value_len);
		memcpy(to + value_len, "\r\n", 2);
	}
}

/* --- comma-separated lists --- */

bool
value_member(const char **list, const char **member, size_t *len)
{
	const char	*p = *list;
	size_t		 n;

	while (is_blank(*p) || *p == ',')
		p++;
	n = strcspn(p, ",");
	*list = p + n;
	while (n > 0 && is_blank(p[n - 1]))
		n--;
	*member = p;
	*len = n;
	return n > 0;
}

bool
value_is(const char *s, size_t len, const char *word)
{
	return ((*s ^ *word) & ~0x20) == 0 &&
	    strncasecmp(s, word, len) == 0 && word[len] == '\0';
}

bool
field_lists(const char *list, const char *token)
{
	const char	*member;
	size_t		 len;

	while (value_member(&list, &member, &len))
		if (value_is(member, len, token))
			return true;
	return false;
}

/* Append the tokens of `list' that `b' has not yet; false when it has too
 * many, or one of them is "*". */
static bool
merge(struct buf *b, const char *list, size_t *count)
{
	const char	*member;
	size_t		 len;

	while (value_member(&list, &member, &len)) {
		char name[FIELD_MAX_NAME + 1];

		if (value_is(member, len, "*"))
			return false;
		if (len > FIELD_MAX_NAME || !field_is_token(member, len))
			continue;
		memcpy(name, member, len);
		name[len] = '\0';
		if (field_lists(b->data, name))
			continue;
		if (++*count > MAX_VARY)
			return false;
		if (b->len > 0)
			buf_str(b, ", ");
		buf_str(b, name);
	}
	return true;
}

const char *
fields_vary(struct arena *a, const char *first, const char *second)
{
	struct buf	 b;
	size_t		 count = 0;

	if (first == NULL && second == NULL)
		return NULL;
	buf_init(&b, a, MAX_VARY * (FIELD_MAX_NAME + 2));
	if ((first != NULL && !merge(&b, first, &count)) ||
	    (second != NULL && !merge(&b, second, &count)))
		return "*";
	return buf_failed(&b) || b.len == 0 ? NULL : b.data;
}

/* --- framing --- */

static bool
digits(const char *s, long long *n)
{
	*n = 0;
	if (*s == '\0')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (*n > (LLONG_MAX - (*s - '0')) / 10)
			return false;
		*n = *n * 10 + (*s - '0');
	}
	return *s == '\0';
}

enum err
fields_content_length(const struct fields *in, long long *bytes)
{
	long long	 n, length = -1;
	const char	*coding;
	enum err	 e;

	*bytes = -1;
	if ((e = fields_join(in, "Transfer-Encoding", &coding)) != OK)
		return e;
	if (coding != NULL)
		return strcasecmp(coding, "chunked") == 0 ? OK :
		    ERR_BAD_RESPONSE;
	for (size_t i = 0; i < in->count; i++) {
		const struct field *x = &in->list[i];

		if (!field_named(x, "Content-Length"))
			continue;
		if (!digits(x->value, &n) || (length >= 0 && n != length))
			e = ERR_BAD_RESPONSE;
		else
			length = n;
	}
	if (e == OK)
		*bytes = length;
	return e;
}

bool
fields_endless(const struct fields *answer)
{
	const char	*type = fields_get(answer, "Content-Type");

	return type != NULL &&
	    value_is(type, strcspn(type, "; \t"), "text/event-stream");
}
