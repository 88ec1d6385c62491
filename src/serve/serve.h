#ifndef VIADUCT_SERVE_SERVE_H
#define VIADUCT_SERVE_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

struct app;
struct fetcher;
struct serving;
struct slots;
struct stop;
struct waiter;

/* All that a request may use: its own fields, and a target's largest head as
 * it came and as it goes out. */
enum { REQUEST_ARENA_BYTES = 2 * 1024 * 1024 };

/* What one request is served with. */
struct means {
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
	/* The request is over: answered and logged, but not flushed.  Or it
	 * waits (serving.waits), and nothing was answered; it is to be served
	 * again from the start.  Where gather_bytes is 0 its route is busy,
	 * and `waiter' nobody's until it is called up. */
	void		(*ended)(struct serving *);
};

/*
 * One request, from its environment to its log line: means and io are set, all
 * else is zero.  means->ended() may be called within this call, and not before
 * the loop turns where a target is asked.
 */
void	serve(struct serving *);

#endif
