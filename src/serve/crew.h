#ifndef VIADUCT_SERVE_CREW_H
#define VIADUCT_SERVE_CREW_H

/* Private to worker.c, which has the threads and the listening socket, and
 * conn.c and job.c, which have the connections and their requests. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/loop.h"
#include "serve/slots.h"
#include "upstream/fetch.h"

struct app;
struct job;

enum { MAX_RUNNERS = 8 };

/* A thread, for itself alone but for what is said. */
struct runner {
	struct crew	*crew;
	pthread_t	 thread;
	struct loop	*loop;
	struct fetcher	*fetcher;
	int		 wake_fd;	/* any thread may write */
	bool		 listens, stopped;
	struct loop_timer rest;		/* from listening */
	size_t		 n_jobs;
	struct job	*jobs;		/* all */
	struct job	*spare;		/* to be used again */
	size_t		 n_spare;
	struct job	*queue, **queue_end;	/* until fewer are under way */
	struct job	*called, **called_end;	/* whose turn has come; any
						 * thread, under crew->lock */
	struct loop_timer room;
};

struct crew {
	struct app	*app;
	struct slots	*slots;
	struct stop	 stop;
	int		 listen_fd;
	bool		 spawned;
	int		 max_under_way;		/* the setting `threads' */
	long		 max_requests;
	_Atomic long	 requests;
	_Atomic int	 under_way;
	_Atomic int	 deaf;		/* runners that do not listen */
	_Atomic int	 n_stopped;
	_Atomic int64_t	 complained_ms;	/* of descriptors */
	pthread_mutex_t	 lock;		/* of what follows */
	pthread_cond_t	 ended;
	int		 n_running;
	_Atomic int	 max_runners;
	_Atomic int	 n_runners;	/* grows only; read without the lock */
	struct runner	 runners[MAX_RUNNERS];
};

/* worker.c: any thread; it looks at what has changed. */
void	 runner_wake(struct runner *);
/* There are more under way, or its queue has begun or ended. */
void	 runner_listen_or_not(struct runner *);
/* One less is under way. */
void	 runner_freed(struct runner *);
/* Has it more to do at once than one thread should?  Then there is another. */
void	 runner_is_busy(struct runner *);

/* conn.c: what the listening socket's connections are to have of it. */
void	 conn_prepare(struct crew *);
/* A connection that is taken into the runner's loop. */
void	 conn_look(struct runner *, int fd);
/* The runner is to end: connections that wait for a request are closed where
 * none is there, so that servers send none where nobody reads it. */
void	 conns_stop(struct runner *);
/* What may go on: those that were called up or are too many no more. */
void	 runner_goes_on(struct runner *);
void	 runner_init(struct runner *);

/* job.c: any thread: the turn of this one, which waited, has come. */
void	 job_call(struct waiter *);
void	 jobs_called(struct runner *);	/* start them */
void	 jobs_drop_spare(struct runner *);
void	 jobs_stop(struct runner *);	/* those that are no request */

#endif
