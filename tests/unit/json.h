#ifndef VIADUCT_TESTS_UNIT_JSON_H
#define VIADUCT_TESTS_UNIT_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* One JSON object of strings and whole numbers (RFC 8259), read strictly. */
enum { JSON_MAX_MEMBERS = 16, JSON_MAX_TEXT = 1024 };
struct json {
	size_t	 count;
	struct { char name[64], value[JSON_MAX_TEXT]; } members[
	    JSON_MAX_MEMBERS];
};

/* False for whatever is not one such object with at most a newline after it. */
bool		 json_read(struct json *, const char *text);
const char	*json_get(const struct json *, const char *name);

#endif
