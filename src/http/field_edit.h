#ifndef VIADUCT_HTTP_FIELD_EDIT_H
#define VIADUCT_HTTP_FIELD_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;
struct field;
struct fields;

/*
 * The fields that an operator sets in one direction of a route; a value of
 * NULL removes the field.  Names are one whatever their case and whether they
 * have "_" or "-", as servers see them that make variables of names.
 */
enum field_way { FIELD_UP, FIELD_DOWN };
struct field_edits {
	const struct field	*list;
	size_t			 count;
};

enum { FIELD_MAX_EDITS = 64 };

/* NULL, or why no operator may set or remove this field (static storage): it
 * does not pass field_ok(), or is of the connection, of CORS, of the browser's
 * state for the host, or commands the web server. */
const char	*field_edit_fault(enum field_way, const struct field *);
bool		 field_same_name(const char *, const char *);

/* Carry them out, in the place of what is there.  OK or ERR_NO_MEMORY. */
enum err	 fields_edit(struct fields *, const struct field_edits *);
/* Take out what they set; what they removed stays removed. */
void		 fields_unset(struct fields *, const struct field_edits *);

/* Does this text, a URL or a list of them, percent-encoded however often, show
 * a value that they set?  Values below 8 bytes keep no secret.  Also true for
 * want of memory. */
bool		 field_edits_show(struct arena *, const struct field_edits *,
		    const char *text);

#endif
