#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/language.h"
#include "tests/fuzz/fuzz.h"

/*
 * Which language is chosen.  Lines: the tags that there are, the first being
 * the default; and Accept-Language.
 */
enum { TAGS, ACCEPT };
enum { MAX_TAGS = 8, MAX_RANGES = 512 };

/* --- as RFC 4647 3.4 tells it, step by step ----------------------------- */

struct range {
	char	*text;
	int	 weight;	/* thousandths */
};

/* Subtags of 1 to 8 letters and digits, the first of letters alone. */
static bool
is_sound(const char *s)
{
	bool	 first = true;
	size_t	 len;

	for (;; s += len + 1, first = false) {
		len = strcspn(s, "-");
		if (len < 1 || len > 8)
			return false;
		for (size_t i = 0; i < len; i++) {
			char c = s[i] | 0x20;

			if (!(c >= 'a' && c <= 'z') &&
			    (first || s[i] < '0' || s[i] > '9'))
				return false;
		}
		if (s[len] == '\0')
			return true;
	}
}

/* Less the blanks at its ends. */
static char *
trim(char *s)
{
	size_t	 len;

	s += strspn(s, " \t");
	for (len = strlen(s); len > 0 && strchr(" \t", s[len - 1]); len--)
		s[len - 1] = '\0';
	return s;
}

/* "0.25" as 250; -1 for what is no weight. */
static int
weight(const char *s)
{
	char	 digits[] = "0000";
	size_t	 len = strlen(s);

	if (len < 1 || len > 5 || (s[0] != '0' && s[0] != '1') ||
	    (len > 1 && s[1] != '.') ||
	    (len > 2 && strspn(s + 2, "0123456789") != len - 2))
		return -1;
	digits[0] = s[0];
	if (len > 2)
		memcpy(digits + 1, s + 2, len - 2);
	return atoi(digits) <= 1000 ? atoi(digits) : -1;
}

/* One member; false if it is to be passed over. */
static bool
read_range(char *member, struct range *r)
{
	char	*param = strchr(member, ';');

	r->weight = 1000;
	if (param != NULL) {
		*param++ = '\0';
		param = trim(param);
		if (strncasecmp(param, "q=", 2) != 0)
			return false;
		r->weight = weight(param + 2);
	}
	r->text = trim(member);
	return r->weight >= 0 &&
	    (strcmp(r->text, "*") == 0 || is_sound(r->text));
}

static size_t
read_ranges(struct fuzz *f, const char *list, struct range *ranges)
{
	char	*text = arena_strdup(&f->spare, list), *member;
	size_t	 n = 0;

	while (text != NULL && n < MAX_RANGES) {
		member = text;
		if ((text = strchr(text, ',')) != NULL)
			*text++ = '\0';
		if (*trim(member) != '\0' && read_range(member, &ranges[n]))
			n++;
	}
	return n;
}

static bool
is_refused(const char *tag, const struct range *ranges, size_t n)
{
	size_t	 len;

	for (size_t i = 0; i < n; i++) {
		len = strlen(ranges[i].text);
		if (ranges[i].weight == 0 &&
		    strncasecmp(tag, ranges[i].text, len) == 0 &&
		    (tag[len] == '\0' || tag[len] == '-'))
			return true;
	}
	return false;
}

/* The tag that the range, or else its front, is; -1 if there is none. */
static int
look_up(struct fuzz *f, const char *range, const char *const *tags,
    size_t n_tags, const bool *refused)
{
	char	*text = arena_strdup(&f->spare, range), *cut;

	for (;;) {
		for (size_t i = 0; i < n_tags; i++)
			if (!refused[i] && strcasecmp(tags[i], text) == 0)
				return (int)i;
		if ((cut = strrchr(text, '-')) == NULL)
			return -1;
		*cut = '\0';
		/* A lone letter introduces what was cut off. */
		if ((cut = strrchr(text, '-')) != NULL && strlen(cut) == 2)
			*cut = '\0';
	}
}

/* The heaviest that is left, of equals the first; it is used up. */
static struct range *
heaviest(struct range *ranges, size_t n)
{
	struct range	*best = NULL;

	for (size_t i = 0; i < n; i++)
		if (ranges[i].weight > 0 && strcmp(ranges[i].text, "*") != 0 &&
		    (best == NULL || ranges[i].weight > best->weight))
			best = &ranges[i];
	return best;
}

static size_t
expected(struct fuzz *f, const char *list, const char *const *tags, size_t n)
{
	static struct range	 ranges[MAX_RANGES];
	size_t			 n_ranges = read_ranges(f, list, ranges);
	bool			 refused[MAX_TAGS];
	struct range		*r;
	int			 found;

	for (size_t i = 0; i < n; i++)
		refused[i] = is_refused(tags[i], ranges, n_ranges);
	for (; (r = heaviest(ranges, n_ranges)) != NULL; r->weight = -1) {
		found = look_up(f, r->text, tags, n, refused);
		if (found >= 0)
			return (size_t)found;
	}
	for (size_t i = 0; i < n_ranges; i++)
		for (size_t t = 0; t < n && ranges[i].weight > 0; t++)
			if (!refused[t])
				return t;
	return 0;
}

/* What no language tag is, and so nobody has a file of: twice the same, or
 * what ends in a lone letter. */
static bool
are_tags(const char *const *tags, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *last = strrchr(tags[i], '-');

		if (!is_sound(tags[i]) || (last != NULL && last[2] == '\0'))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcasecmp(tags[i], tags[j]) == 0)
				return false;
	}
	return n > 0;
}

static void
one(struct fuzz *f)
{
	const char	*list = fuzz_line(f, ACCEPT), *tags[MAX_TAGS];
	size_t		 n, got;

	n = fuzz_words(f, fuzz_line(f, TAGS), tags, MAX_TAGS);
	if (!are_tags(tags, n))
		return;
	got = language_choose(list, tags, n);
	HOLDS(got < n);
	if (list == NULL)
		HOLDS(got == 0);
	else if (strlen(list) < 2 * MAX_RANGES)	/* the oracle has room */
		HOLDS(got == expected(f, list, tags, n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
