#ifndef VIADUCT_HTTP_FORM_H
#define VIADUCT_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value of a field in a body of application/x-www-form-urlencoded, decoded;
 * of several the first.  False: there is none of the name, it has a NUL or an
 * incomplete percent-encoding, or is longer than `room' with its NUL.
 */
bool	 form_value(const char *body, size_t bytes, const char *name,
	    char *value, size_t room);
/* Is there one of the name, whatever it holds? */
bool	 form_has(const char *body, size_t bytes, const char *name);

#endif
