#ifndef VIADUCT_SERVE_SERVE_H
#define VIADUCT_SERVE_SERVE_H

#include "core/arena.h"

struct app;
struct fetcher;
struct io;
struct slots;
struct stop;

/* What one thread needs to serve requests, one after the other. */
struct worker {
	struct app	*app;
	struct slots	*slots;		/* requests per route, this process */
	struct fetcher	*fetcher;
	struct arena	 arena;
	const struct stop *stop;	/* the process is to end; NULL: never */
};

/* One request, from its environment to its log line. */
void	serve(struct worker *, struct io *);

#endif
