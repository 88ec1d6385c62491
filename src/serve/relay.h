#ifndef VIADUCT_SERVE_RELAY_H
#define VIADUCT_SERVE_RELAY_H

#include "client/reply.h"
#include "serve/policy.h"
#include "store/app.h"

struct fetcher;
struct stop;

/* One fetch and the redirects it may take, its answer into `reply'. */
enum err relay(struct fetcher *, const struct snapshot *, const struct route *,
	    const struct req *, const struct target *, struct verdict *,
	    struct io *, struct reply *, const struct stop *);

#endif
