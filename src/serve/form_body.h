#ifndef VIADUCT_SERVE_FORM_BODY_H
#define VIADUCT_SERVE_FORM_BODY_H

#include <stddef.h>

#include "core/err.h"

struct serving;

/*
 * Take the body of a form that was sent, at most `max' bytes; *text is in the
 * arena, with a NUL behind its *bytes.  ERR_UPLOAD_TOO_LARGE,
 * ERR_UPLOAD_STALLED, ERR_CLIENT_GONE, ERR_NO_MEMORY or OK.
 */
enum err form_body(struct serving *, size_t max, const char **text,
	    size_t *bytes);

#endif
