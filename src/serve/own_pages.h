#ifndef VIADUCT_SERVE_OWN_PAGES_H
#define VIADUCT_SERVE_OWN_PAGES_H

#include "core/err.h"

struct arena;
struct field_up;
struct fields;
struct question;

/*
 * Where answers run as pages of this host (render), what these say of
 * themselves in a request is to be what their target expects of its own:
 * Origin, Referer, Sec-Fetch-*.  Nothing is changed for other routes, nor for
 * pages of other origins.  OK or ERR_NO_MEMORY.
 */
enum err own_pages(const struct question *, struct arena *,
	    struct field_up *);

/*
 * The pages made here have Cross-Origin-Opener-Policy: same-origin, so that no
 * other page has a hold of their windows, but one of this host with that
 * policy would.  No target's answer (`down', ready but for this) keeps it: the
 * nearest to it stands in.  OK or ERR_NO_MEMORY.
 */
enum err own_pages_apart(struct fields *down);

#endif
