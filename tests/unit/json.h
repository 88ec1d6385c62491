#ifndef VIADUCT_TESTS_UNIT_JSON_H
#define VIADUCT_TESTS_UNIT_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* One JSON object of strings, numbers from 0 without an exponent, true, false
 * and null (RFC 8259), read strictly. */
enum { JSON_MAX_MEMBERS = 32, JSON_MAX_TEXT = 2048 };
struct json {
	size_t	 count;
	struct { char name[64], value[JSON_MAX_TEXT]; bool null; } members[
	    JSON_MAX_MEMBERS];
};

/* False for whatever is not one such object with at most a newline after it. */
bool		 json_read(struct json *, const char *text);
/* The text of a string, a number or a word as it stands; NULL for null and for
 * no member of that name. */
const char	*json_get(const struct json *, const char *name);

#endif
