#ifndef VIADUCT_SERVE_REACH_H
#define VIADUCT_SERVE_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

struct route;
struct shm;

/*
 * What one request learns of the way to its target, and what it tells the
 * others (store/targets): whether connections to it can be made.  It is told
 * once at most.
 */
struct reach {
	struct shm	*shm;		/* NULL: nothing is known or told */
	uint64_t	 target;
	bool		 whole;
	uint64_t	 trial;		/* it tries for all; 0: it does not */
	bool		 told;
	int64_t		 pause_ms;	/* the target is not asked for so long,
					 * as this request has found, or
					 * brought about */
};

void	 reach_find(struct reach *, struct shm *, const struct route *);
/* Is it asked now?  False: pause_ms says when it is. */
bool	 reach_look(struct reach *);
/* The same, for a request that then asks.  It may be the one that tries: then
 * nobody else does for try_ms, or until one of these is called. */
bool	 reach_ask(struct reach *, int64_t try_ms);
void	 reach_made(struct reach *);	/* the connection is there */
void	 reach_ended(struct reach *, enum err);	/* as that says */

#endif
