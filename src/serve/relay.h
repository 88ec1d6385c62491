#ifndef VIADUCT_SERVE_RELAY_H
#define VIADUCT_SERVE_RELAY_H

#include "client/reply.h"
#include "serve/policy.h"
#include "store/app.h"

struct fetcher;
struct stop;

/* What is relayed, and whom to tell of its end: OK when the answer is complete.
 * `mount' is where this gateway stands in the client's URLs.  The verdict's URL
 * and fields follow the redirects. */
struct relaying {
	struct fetcher	*fetcher;
	const struct snapshot *snap;
	const struct route *route;
	const struct req *req;
	const char	*mount;
	struct verdict	*verdict;
	struct io	*io;
	struct reply	*reply;
	const struct stop *stop;
	void		(*ended)(void *arg, enum err);
	void		*arg;
};

/* Begin one fetch and the redirects it may take, its answer into the reply.
 * The end may come within this call. */
void	 relay(const struct relaying *);

/* Instead of it: into `reply' the head of an answer that no target gave, as if
 * one had said 200 and nothing else. */
enum err relay_imagined(const struct snapshot *, const struct route *,
	    const struct req *, const char *mount, struct verdict *,
	    struct reply *);

#endif
