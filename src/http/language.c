#include "http/language.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "http/fields_value.h"

enum { MAX_SUBTAG = 8 };

/* A member of the list. */
struct range {
	const char	*text;
	size_t		 len;
	int		 weight;	/* thousandths */
};

/* How much a tag is wished for: by which range of what weight. */
struct wish {
	struct range	 by;		/* .text NULL: not at all */
	bool		 named;		/* not by "*" */
};

/* Of what stands behind a range; -1 if it is none. */
static int
read_weight(const char *s, const char *end)
{
	s += strspn(s, " \t");
	if (s >= end)
		return VALUE_WHOLE_WEIGHT;
	if (*s++ != ';')
		return -1;
	s += strspn(s, " \t");
	if (end - s < 2 || strncasecmp(s, "q=", 2) != 0)
		return -1;
	return value_weight(s + 2, end);
}

/* RFC 4647 2.1: a basic language range. */
static size_t
range_len(const char *s)
{
	static const char	 letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char	 all[] = "0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char		*p = s;
	size_t			 n = strspn(s, letters);

	if (*s == '*')
		return 1;
	for (; n >= 1 && n <= MAX_SUBTAG; n = strspn(p, all)) {
		p += n;
		if (*p != '-')
			return (size_t)(p - s);
		p++;
	}
	return 0;
}

/* The next range that is sound. */
static bool
next_range(const char **list, struct range *r)
{
	size_t	 len;

	while (value_member(list, &r->text, &len)) {
		r->len = range_len(r->text);
		r->weight = r->len == 0 ? -1 :
		    read_weight(r->text + r->len, r->text + len);
		if (r->weight >= 0)
			return true;
	}
	return false;
}

/* Is the one the other, or one of its kind: "de-CH" of "de"? */
static bool
is_a(const char *tag, size_t len, const char *kind, size_t kind_len)
{
	return len >= kind_len && strncasecmp(tag, kind, kind_len) == 0 &&
	    (len == kind_len || tag[kind_len] == '-');
}

static struct wish
wish(const char *list, const char *tag)
{
	size_t		 len = strlen(tag);
	struct wish	 w = { .by.text = NULL };
	struct range	 r;
	bool		 named;

	while (next_range(&list, &r)) {
		named = *r.text != '*';
		if (r.weight == 0 && named && is_a(tag, len, r.text, r.len))
			return (struct wish){ .by.text = NULL };
		if (r.weight == 0 ||
		    (named && !is_a(r.text, r.len, tag, len)))
			continue;
		if (named > w.named || (named == w.named &&
		    r.weight > w.by.weight))
			w = (struct wish){ .by = r, .named = named };
	}
	return w;
}

/* Of two tags that one range wishes for, the longer is nearer to it. */
static bool
is_better(const struct wish *a, const char *tag, const struct wish *b,
    const char *than)
{
	if (a->by.text == NULL || b->by.text == NULL)
		return a->by.text != NULL;
	if (!a->named || !b->named)
		return a->named && !b->named;
	if (a->by.weight != b->by.weight)
		return a->by.weight > b->by.weight;
	return a->by.text != b->by.text ? a->by.text < b->by.text :
	    strlen(tag) > strlen(than);
}

size_t
language_choose(const char *accept_language, const char *const *tags, size_t n)
{
	struct wish	 best = { .by.text = NULL }, w;
	size_t		 chosen = 0;

	if (accept_language == NULL)
		return 0;
	for (size_t i = 0; i < n; i++) {
		w = wish(accept_language, tags[i]);
		if (!is_better(&w, tags[i], &best, tags[chosen]))
			continue;
		best = w;
		chosen = i;
	}
	return chosen;
}
