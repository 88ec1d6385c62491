#ifndef VIADUCT_SERVE_WHOLE_ROUTE_H
#define VIADUCT_SERVE_WHOLE_ROUTE_H

#include "http/target.h"
#include "store/routes.h"

struct arena;

/*
 * The route of a request that carries a whole URL, if that may be asked for:
 * named "https" or "http", with the settings' rules less what is meant for
 * routes that the operator named.  name, rest and query of the target become
 * its own.  ERR_BAD_URL, ERR_NO_MEMORY, and ERR_TARGET_NOT_ALLOWED with a
 * sentence for the caller in *why.
 */
enum err whole_route(struct arena *, const struct conf *, struct target *,
	    const struct route **, const char **why);

#endif
