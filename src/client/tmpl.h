#ifndef VIADUCT_CLIENT_TMPL_H
#define VIADUCT_CLIENT_TMPL_H

#include <stddef.h>

struct buf;

struct tmpl_var { const char *name, *value; };

/*
 * Append `text' with each {{name}} replaced by that variable's value, escaped
 * for HTML text and double-quoted attributes.  A name that is not among the
 * variables becomes nothing; braces that enclose no name stay.
 */
void	tmpl_fill(struct buf *, const char *text, const struct tmpl_var *,
	    size_t n);

#endif
