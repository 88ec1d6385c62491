#ifndef VIADUCT_SERVE_FORM_BODY_H
#define VIADUCT_SERVE_FORM_BODY_H

#include <stddef.h>

#include "core/err.h"

struct serving;

enum { FORM_MS = 5000 };	/* how long one may take to come */

/*
 * Take the body of a form that was sent, at most `max' bytes; *text is in the
 * arena, with a NUL behind its *bytes.  ERR_UPLOAD_TOO_LARGE,
 * ERR_UPLOAD_STALLED, ERR_CLIENT_GONE, ERR_NO_MEMORY or OK.  Where it cannot be
 * waited for, the request is to be served again once it is gathered: any error,
 * and x->waits.
 */
enum err form_body(struct serving *, size_t max, const char **text,
	    size_t *bytes);

#endif
