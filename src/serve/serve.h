#ifndef VIADUCT_SERVE_SERVE_H
#define VIADUCT_SERVE_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

struct app;
struct fetcher;
struct io;
struct slots;
struct stop;
struct waiter;

/* All that a request may use: its own fields, and a target's largest head as
 * it came and as it goes out. */
enum { WORKER_ARENA_BYTES = 2 * 1024 * 1024 };

/* What one thread needs to serve requests, one after the other. */
struct worker {
	struct app	*app;
	struct slots	*slots;		/* requests per route, this process */
	struct waiter	*waiter;	/* this request's place in their queue;
					 * NULL: it cannot wait */
	bool		 waited;	/* it has, and paid for by then */
	int64_t		 began_us;	/* monotonic: when it came; 0: now */
	struct waiter	*turn;		/* set by serve(): who is to go next */
	struct fetcher	*fetcher;
	struct arena	 arena;
	const struct stop *stop;	/* the process is to end; NULL: never */
};

/*
 * One request, from its environment to its log line.  False: its route is busy,
 * nothing was answered, and w->waiter waits: the request is nobody's until it
 * is called up, then it is served again from the start.
 */
bool	serve(struct worker *, struct io *);

#endif
