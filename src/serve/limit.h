#ifndef VIADUCT_SERVE_LIMIT_H
#define VIADUCT_SERVE_LIMIT_H

#include "core/err.h"
#include "http/bucket.h"

struct caller;
struct route;
struct snapshot;

/*
 * What a client may ask for, counted in all processes together (store/shm).
 * Each is OK, or ERR_RATE_LIMITED with *limited filled in.
 */

/* The name under which a route's requests are counted together, and take their
 * share of all that may be; NULL: of what no route answers. */
const char *limit_scope(const struct route *);

/* Of this route, by its rate_limit; `rt' NULL: of what no route answers, by the
 * settings'.  `tenths' is COST_REQUEST or COST_PREFLIGHT. */
enum err limit_request(const struct snapshot *, const struct caller *,
	    const struct route *rt, int tenths, struct limited *);

/* One key or token more that was no good: 10 a minute of an address, 5 of them
 * at once. */
enum err limit_failure(const struct snapshot *, const struct caller *,
	    struct limited *);

#endif
