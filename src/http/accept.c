#include "http/accept.h"

#include <string.h>
#include <strings.h>

#include "http/fields_value.h"

/* Up to the next ";", or the end.  A quoted string, which no type that is
 * asked for here has, is not seen as one. */
static const char *
param_end(const char *s, const char *end)
{
	while (s < end && *s != ';')
		s++;
	return s;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* By the first "q" among the parameters; -1 if it is no weight. */
static int
read_weight(const char *s, const char *end)
{
	const char	*next, *last;

	for (; s < end; s = next) {
		s++;		/* the ";" */
		while (s < end && is_blank(*s))
			s++;
		last = next = param_end(s, end);
		while (last > s && is_blank(last[-1]))
			last--;
		if (last - s >= 2 && strncasecmp(s, "q=", 2) == 0)
			return value_weight(s + 2, last);
	}
	return VALUE_WHOLE_WEIGHT;
}

bool
accept_next(const char **list, struct accept_range *r)
{
	const char	*end, *type;
	size_t		 len;

	while (value_member(list, &r->type, &len)) {
		end = r->type + len;
		type = param_end(r->type, end);
		r->weight = read_weight(type, end);
		while (type > r->type && is_blank(type[-1]))
			type--;
		r->len = (size_t)(type - r->type);
		if (r->weight >= 0 && memchr(r->type, '/', r->len) != NULL)
			return true;
	}
	return false;
}

bool
accept_is(const struct accept_range *r, const char *type)
{
	return value_is(r->type, r->len, type);
}

bool
accept_begins(const struct accept_range *r, const char *kind)
{
	size_t	 n = strlen(kind);

	return r->len > n && strncasecmp(r->type, kind, n) == 0;
}

bool
accept_is_json(const struct accept_range *r)
{
	return r->len > 5 &&
	    (strncasecmp(r->type + r->len - 5, "/json", 5) == 0 ||
	    strncasecmp(r->type + r->len - 5, "+json", 5) == 0);
}
