#ifndef VIADUCT_SERVE_JOB_H
#define VIADUCT_SERVE_JOB_H

/* Private to conn.c, which finds requests on connections, and job.c, which
 * serves them. */

#include <fcgiapp.h>

#include "client/io_fcgi.h"
#include "serve/crew.h"
#include "serve/serve.h"
#include "serve/serving.h"

enum {
	SERVER_MS = 60000,	/* of one that neither reads nor writes */
	WAIT_MS = 10000		/* in a route's queue */
};

/* A request, from its first byte to the last of its answer. */
struct job {
	struct waiter	 waiter;	/* first: a waiter is its job */
	struct job	*next;		/* in a list of the runner's */
	struct job	*other, **before;	/* of all of it */
	struct runner	*runner;
	int		 fd;
	bool		 is_request;	/* from its whole head until nothing
					 * of its answer can be lost */
	bool		 is_long;	/* not all of its head may be here */
	bool		 keep;		/* the server means to use it again */
	bool		 drained;	/* and nothing of it is left unread */
	char		 was_for[64];	/* the route that it waited for; "" */
	struct loop_timer limit;
	int		 looks;
	int64_t		 began_us;	/* monotonic: it began to arrive */
	FCGX_Request	 request;
	struct means	 means;
	struct serving	 x;
	struct io_fcgi	 io;		/* last: most of it is a buffer */
};

/* NULL: no memory. */
struct job	*job_new(struct runner *, int fd);
/* Call `due' then, unless the job goes on before; without memory, at once. */
void		 job_limit(struct job *, int ms, void (*due)(void *arg));
/* Its request is accepted and io made: serve it, anew if it has waited. */
void		 job_start(struct job *);
/* It is nothing, and its connection is closed; or was, by somebody else. */
void		 job_end(struct job *, bool closed);
void		 job_give_up(void *job);

/* conn.c: for its next request. */
void		 conn_wait(struct runner *, int fd);
/* A request less is under way. */
void		 conn_look_at_queue(struct runner *);

#endif
