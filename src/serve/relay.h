#ifndef VIADUCT_SERVE_RELAY_H
#define VIADUCT_SERVE_RELAY_H

#include "client/reply.h"
#include "serve/policy.h"
#include "store/app.h"

struct fetcher;
struct stop;

/*
 * One fetch and the redirects it may take, its answer into `reply'.  `mount' is
 * where this gateway stands in the client's URLs.  The verdict's URL and fields
 * follow the redirects.  OK when the answer is complete.
 */
enum err relay(struct fetcher *, const struct snapshot *, const struct route *,
	    const struct req *, const char *mount, struct verdict *,
	    struct io *, struct reply *, const struct stop *);

/* Instead of it: into `reply' the head of an answer that no target gave, as if
 * one had said 200 and nothing else. */
enum err relay_imagined(const struct snapshot *, const struct route *,
	    const struct req *, const char *mount, struct verdict *,
	    struct reply *);

#endif
