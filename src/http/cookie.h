#ifndef VIADUCT_HTTP_COOKIE_H
#define VIADUCT_HTTP_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

struct arena;

/*
 * Cookies of targets, kept apart on this host.  A cookie NAME of the route R is
 * __Secure-vd.R.NAME here, and lives below the route's own path; only such ones
 * go to the route's target, under their own name again.  The route "*" has this
 * host for its own: its cookies keep their names, and it never sees those of
 * other routes or of the gateway.
 */

/* Where the cookies of one answer will live. */
struct cookie_place {
	const char	*route;		/* its name; "*" */
	const char	*mount;		/* "" or "/x", as the client writes it */
	const char	*base;		/* path of the route's URL: "", "/..." */
	const char	*from;		/* path that answered, likewise */
	bool		 cross_site;	/* pages of other sites may log in */
	int64_t		 now_s;		/* since 1970, for Expires */
};

enum { COOKIES_MAX_SET = 20, COOKIES_MAX_SENT = 50, COOKIE_MAX_BYTES = 4096,
    COOKIE_MAX_NAME = 64, COOKIE_MAX_PATH = 1000,
    COOKIE_MAX_AGE_S = 400 * 86400 };

/*
 * The Set-Cookie that a client gets for a target's `line'.  *out is NULL where
 * the cookie is dropped: it is malformed or too long, breaks the promise of its
 * __Host- or __Secure- prefix, would pass for one of another route, or the path
 * cannot stand in a cookie.  OK or ERR_NO_MEMORY.
 */
enum err cookie_to_client(struct arena *, const struct cookie_place *,
	    const char *line, const char **out);

/*
 * What of a client's Cookie may go to the target of `route'; *out is NULL when
 * nothing of it may.  OK or ERR_NO_MEMORY.
 */
enum err cookie_to_target(struct arena *, const char *route,
	    const char *cookie, const char **out);

#endif
