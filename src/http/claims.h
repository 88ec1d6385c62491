#ifndef VIADUCT_HTTP_CLAIMS_H
#define VIADUCT_HTTP_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* The JSON of a token (RFC 8259), as a tree in an arena. */
struct claim {
	enum claim_kind { CLAIM_OBJECT, CLAIM_ARRAY, CLAIM_STRING,
	    CLAIM_NUMBER, CLAIM_OTHER } kind;	/* OTHER: true, false, null */
	const char	*name;		/* in an object; else NULL */
	const char	*text;		/* a string without its escapes, a
					 * number as written; else NULL */
	struct claim	*first, *next;	/* of what is in it; beside it */
};

/*
 * Read an object, and nothing behind it.  Strict: two members of one name, a
 * NUL or bytes that are not UTF-8 in a string, more than 8 levels and more
 * than 256 members are refused, since readers differ about them.  NULL:
 * malformed, or the arena is full.
 */
const struct claim *claims_read(struct arena *, const char *text, size_t n);

/* The member of that name; NULL if there is none. */
const struct claim *claims_get(const struct claim *object, const char *name);

/* A whole number without fraction and exponent, of 15 digits at most: below
 * 2^53, so that every reader agrees. */
bool	 claim_integer(const struct claim *, int64_t *);

#endif
