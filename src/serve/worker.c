#include "serve/worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "client/io_fcgi.h"
#include "core/clock.h"
#include "serve/serve.h"
#include "serve/slots.h"
#include "store/app.h"
#include "store/log.h"
#include "upstream/fetch.h"

/*
 * Threads round one epoll.  It holds the listening socket, the connections
 * that have said nothing yet, those a server keeps for its next request, and
 * the stop; each is handed to one thread at a time (EPOLLONESHOT).  So a kept
 * connection pins no thread, and a thread takes a connection only when its
 * request has begun to arrive.  A thread is added when the last idle one takes
 * work: a server that sends one request at a time keeps one.
 */

/* A request, and what it needs where it waits for its route. */
struct job {
	struct waiter	 waiter;	/* first: a waiter is its job */
	FCGX_Request	 request;
	struct io_fcgi	 io;
	int		 fd;
	int64_t		 began_us;	/* monotonic: it began to arrive */
	int		 again;		/* operation that brings it back to
					 * the epoll */
};

enum {
	STACK_BYTES = 512 * 1024,
	LAST_MS = DRAIN_MS + 500,	/* then the process ends regardless */
	SERVER_TIMEOUT_S = 60,	/* of one that neither reads nor writes */
	WAIT_MS = 10000,	/* in a route's queue */
	LOOK_MS = 500,		/* how often for one that waited longer */
	IDLE_MS = 10000		/* or for the first that waits at all */
};

struct crew {
	struct app		*app;
	struct slots		*slots;
	struct fetcher		*fetcher;
	struct stop		 stop;
	int			 epoll_fd, listen_fd;
	bool			 spawned, is_tcp;
	int			 max_threads;
	long			 max_requests;
	_Atomic long		 requests;
	_Atomic int64_t		 complained_ms;	/* of descriptors */
	pthread_mutex_t		 lock;		/* of the next five */
	pthread_cond_t		 ended;
	int			 threads, idle;
	pthread_t		*members;	/* all started, to be joined */
	int			 started;
};

/* Within this call the kernel hands the descriptor on, and it may be closed
 * before we return: it is not ours any more.  (Of EPOLL_CTL_MOD the thread
 * sanitizer does not know that, and reports that close as a race.) */
static int
watch(struct crew *c, int op, int fd)
{
	struct epoll_event	 ev = { .events = EPOLLIN | EPOLLRDHUP |
				    EPOLLONESHOT, .data.fd = fd };

	return epoll_ctl(c->epoll_fd, op, fd, &ev);
}

static void	*thread_main(void *);

/* With the lock held. */
static void
add_thread(struct crew *c)
{
	pthread_attr_t	 attr;

	if (c->started >= c->max_threads)
		return;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (pthread_create(&c->members[c->started], &attr, thread_main, c) ==
	    0) {
		c->started++;
		c->threads++;
		c->idle++;
	}
	pthread_attr_destroy(&attr);
}

static void
become_busy(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	if (--c->idle == 0 && c->stop.at_ms == 0)
		add_thread(c);
	pthread_mutex_unlock(&c->lock);
}

static void
become_idle(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->idle++;
	pthread_mutex_unlock(&c->lock);
}

/* Descriptors are short: say so once a minute, and let some be given back. */
static void
short_of_descriptors(struct crew *c)
{
	const struct timespec	 pause = { 0, 100 * 1000 * 1000 };
	int64_t			 now = clock_ms();

	if (c->complained_ms == 0 || now - c->complained_ms > 60000) {
		c->complained_ms = now;
		log_line(app_log(c->app), LOG_LEVEL_ERROR,
		    "no descriptor for another connection: %s; raise the "
		    "limit (ulimit -n) or lower threads", strerror(errno));
	}
	nanosleep(&pause, NULL);
}

/*
 * The socket is not to be waited for longer than a server that lives needs: a
 * read or write inside libfcgi cannot be interrupted otherwise.
 */
static void
limit_waits(int fd)
{
	const struct timeval	 tv = { .tv_sec = SERVER_TIMEOUT_S };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

/*
 * Once for all: what TCP accepts has the options of its listening socket.  On
 * a kept connection Nagle's algorithm would hold the last record back for
 * 40 ms.  A socket file does not know that option, nor hand on others.
 */
static bool
prepare_tcp(int listen_fd)
{
	int	 on = 1;

	if (setsockopt(listen_fd, IPPROTO_TCP, TCP_NODELAY, &on,
	    sizeof(on)) == -1)
		return false;
	limit_waits(listen_fd);
	return true;
}

static int
accept_one(struct crew *c)
{
	int	 fd;

	fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1 && (errno == EMFILE || errno == ENFILE ||
	    errno == ENOBUFS || errno == ENOMEM))
		short_of_descriptors(c);
	watch(c, EPOLL_CTL_MOD, c->listen_fd);
	if (fd == -1)
		return -1;
	if (!c->is_tcp)
		limit_waits(fd);
	return fd;
}

/*
 * The connection may carry another request, or is closed.  libfcgi closes by
 * waiting until the server has closed too, lest what we left unread should
 * destroy what the server has not yet read.  Where nothing is left, that wait
 * is for nothing: told to keep the connection, libfcgi lets it be.
 */
static void
end_job(struct crew *c, struct job *j)
{
	bool	 keep = j->request.keepConnection;
	bool	 drained = io_fcgi_drained(&j->io);
	int	 on = 1;

	/* A server that means to keep what we close must see the end of the
	 * connection with that of the answer: one segment on TCP.  Else it may
	 * send its next request there (measured with nginx 1.22). */
	if (keep && !drained)
		setsockopt(j->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	j->request.keepConnection = drained;
	FCGX_Finish_r(&j->request);
	if (j->request.ipcFd >= 0 &&
	    (!keep || watch(c, j->again, j->fd) != 0))
		close(j->fd);
	free(j);
	if (++c->requests == c->max_requests)
		kill(getpid(), SIGTERM);
}

/*
 * The job, and those whose turn has come by its end.  One that has waited may
 * end without having taken a slot, since its route has changed or gone
 * meanwhile: nobody then gives one to those behind it.
 */
static void
run_jobs(struct crew *c, struct worker *w, struct job *j)
{
	char	 route[sizeof(j->waiter.route)];

	for (; j != NULL; j = (struct job *)w->turn) {
		w->turn = NULL;
		w->waiter = c->stop.at_ms == 0 ? &j->waiter : NULL;
		memcpy(route, j->waiter.route, sizeof(route));
		w->waited = route[0] != '\0';
		w->began_us = j->began_us;
		if (!serve(w, &j->io.io))
			continue;
		end_job(c, j);
		if (w->turn == NULL && route[0] != '\0')
			w->turn = slots_next(c->slots, route);
	}
}

/*
 * The request that begins to arrive on this connection.  libfcgi accepts
 * nothing by itself here: it is given the connection in the request's own
 * members, which its header shows but does not promise; configure looks for
 * them.
 */
static void
serve_connection(struct crew *c, struct worker *w, int fd, int again)
{
	struct job	*j = calloc(1, sizeof(*j));

	if (j == NULL) {
		close(fd);
		return;
	}
	j->fd = fd;
	j->again = again;
	j->began_us = clock_us();
	j->waiter.until_ms = clock_ms() + WAIT_MS;
	FCGX_InitRequest(&j->request, -1, 0);
	j->request.ipcFd = fd;
	j->request.keepConnection = 1;	/* else Accept's own Finish closes */
	if (FCGX_Accept_r(&j->request) != 0) {
		FCGX_Free(&j->request, 1);
		free(j);
		return;
	}
	io_fcgi_init(&j->io, &j->request, c->spawned);
	run_jobs(c, w, j);
}

/* Has a request begun to arrive?  A connection that is silent goes back to the
 * others; one that has ended is closed. */
static bool
has_begun(struct crew *c, int fd, int op)
{
	char	 byte;
	ssize_t	 n;

	n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n == 1)
		return true;
	if (n == -1 && (errno == EAGAIN || errno == EINTR) &&
	    watch(c, op, fd) == 0)
		return false;
	close(fd);
	return false;
}

static void
handle(struct crew *c, struct worker *w, int ready)
{
	int	 fd = ready, op = EPOLL_CTL_MOD;

	if (ready == c->listen_fd) {
		if ((fd = accept_one(c)) == -1)
			return;
		op = EPOLL_CTL_ADD;
	}
	if (has_begun(c, fd, op))
		serve_connection(c, w, fd, op);
}

static void
loop(struct crew *c, struct worker *w)
{
	struct epoll_event	 ev;
	struct waiter		*late;
	int			 n;

	while (c->stop.at_ms == 0) {
		n = epoll_wait(c->epoll_fd, &ev, 1,
		    slots_waiting(c->slots) > 0 ? LOOK_MS : IDLE_MS);
		if (n == -1 && errno != EINTR)
			break;
		late = slots_overdue(c->slots, clock_ms());
		if (late == NULL && (n != 1 || ev.data.fd == c->stop.fd))
			continue;
		become_busy(c);
		if (late != NULL)
			run_jobs(c, w, (struct job *)late);
		if (n == 1 && ev.data.fd != c->stop.fd)
			handle(c, w, ev.data.fd);
		become_idle(c);
	}
}

static void *
thread_main(void *arg)
{
	struct crew	*c = arg;
	struct worker	 w = { .app = c->app, .slots = c->slots,
			    .fetcher = c->fetcher, .stop = &c->stop };
	struct waiter	*late;

	arena_init(&w.arena, WORKER_ARENA_BYTES);
	loop(c, &w);
	while ((late = slots_overdue(c->slots, INT64_MAX)) != NULL)
		run_jobs(c, &w, (struct job *)late);
	arena_free(&w.arena);
	pthread_mutex_lock(&c->lock);
	c->idle--;
	/* Without any thread the process would only seem to serve. */
	if (--c->threads == 0 && c->stop.at_ms == 0)
		kill(getpid(), SIGTERM);
	pthread_cond_signal(&c->ended);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Until the end is asked for; these signals are blocked in every thread. */
static void
wait_for_signals(struct crew *c, const sigset_t *set)
{
	int	 sig;

	for (;;) {
		if (sigwait(set, &sig) != 0 || sig == SIGPIPE)
			continue;
		if (sig != SIGHUP)
			return;
		app_reload(c->app);
		log_reopen(app_log(c->app));
	}
}

/*
 * What is under way has DRAIN_MS; then fetch cuts it.  A thread that hangs in
 * a write to the server does not keep the process.
 */
static int
drain(struct crew *c)
{
	struct timespec	 until;
	uint64_t	 one = 1;
	int		 rc = 0, left;

	c->stop.at_ms = clock_ms();
	/* Who connects from now on is to learn at once that nobody answers.
	 * The number stays taken, a thread may be about to accept by it. */
	if (dup2(c->stop.fd, c->listen_fd) == -1 ||
	    write(c->stop.fd, &one, sizeof(one)) == -1)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LAST_MS / 1000;
	until.tv_nsec += LAST_MS % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&c->lock);
	while (c->threads > 0 && rc == 0)
		rc = pthread_cond_timedwait(&c->ended, &c->lock, &until);
	left = c->threads;
	pthread_mutex_unlock(&c->lock);
	return left;
}

static int
crew_open(struct crew *c)
{
	struct epoll_event	 ev = { .events = EPOLLIN };
	pthread_condattr_t	 attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->ended, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&c->lock, NULL);
	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	c->stop.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->slots = slots_new(c->max_threads);
	c->fetcher = fetcher_new();
	c->members = calloc((size_t)c->max_threads, sizeof(*c->members));
	if (c->epoll_fd == -1 || c->stop.fd == -1 || c->slots == NULL ||
	    c->fetcher == NULL || c->members == NULL)
		return -1;
	ev.data.fd = c->stop.fd;
	if (epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->stop.fd, &ev) != 0)
		return -1;
	/* Other processes may share it, and take what epoll promised us. */
	if (fcntl(c->listen_fd, F_SETFL,
	    fcntl(c->listen_fd, F_GETFL) | O_NONBLOCK) == -1)
		return -1;
	c->is_tcp = prepare_tcp(c->listen_fd);
	return watch(c, EPOLL_CTL_ADD, c->listen_fd);
}

/* The threads' libraries give back what they hold when a thread has ended, not
 * when it says so. */
static void
crew_close(struct crew *c)
{
	int	 i;

	for (i = 0; i < c->started; i++)
		pthread_join(c->members[i], NULL);
	free(c->members);
	close(c->epoll_fd);
	close(c->stop.fd);
	fetcher_free(c->fetcher);
	slots_free(c->slots);
	pthread_cond_destroy(&c->ended);
	pthread_mutex_destroy(&c->lock);
}

/* Settings of the process as a whole are those of its start. */
static void
size_crew(struct crew *c)
{
	const struct snapshot	*s = app_take(c->app);

	c->max_threads = 64;
	if (s == NULL)
		return;
	c->max_threads = s->conf.threads;
	c->max_requests = s->conf.max_requests;
	app_give(c->app, s);
}

int
worker_run(struct app *app, int listen_fd, int spawned)
{
	struct crew	 c = { .app = app, .listen_fd = listen_fd,
			    .spawned = spawned };
	sigset_t	 set;
	int		 left;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGPIPE);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 || FCGX_Init() != 0)
		return 1;
	size_crew(&c);
	if (crew_open(&c) != 0) {
		log_line(app_log(app), LOG_LEVEL_ERROR,
		    "the listening socket cannot be watched: %s",
		    strerror(errno));
		return 1;
	}
	pthread_mutex_lock(&c.lock);
	add_thread(&c);
	left = c.threads;
	pthread_mutex_unlock(&c.lock);
	if (left == 0) {
		log_line(app_log(app), LOG_LEVEL_ERROR,
		    "no thread can be started");
		return 1;
	}
	wait_for_signals(&c, &set);
	if ((left = drain(&c)) != 0)
		_exit(0);	/* those threads still use all of this */
	crew_close(&c);
	return 0;
}
