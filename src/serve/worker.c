#include "serve/worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop.h"
#include "serve/crew.h"
#include "store/app.h"
#include "store/log.h"
#include "upstream/fetch.h"

/*
 * A few threads, each with a loop that serves all the requests it has accepted
 * at once; another is started when one finds MANY things to do at once, up to
 * the number of processors.  All wait for the same listening socket.
 */

enum {
	STACK_BYTES = 512 * 1024,
	LAST_MS = DRAIN_MS + 500,	/* then the process ends regardless */
	SHORT_MS = 100,			/* without descriptors */
	COMPLAIN_MS = 60000,
	MANY = 3	/* events at once: there is work for another thread */
};

/* --- the listening socket --- */

static void	on_listen(void *, int, unsigned);

static bool
may_listen(const struct runner *r)
{
	const struct crew	*c = r->crew;

	return c->stop.at_ms == 0 && r->rest.place == 0 && r->queue == NULL &&
	    c->under_way < c->max_under_way;
}

/*
 * No more than `threads' requests are under way; what is more waits where the
 * web server sees it, or in a queue.  Who ends one of them wakes those that
 * are deaf by then, so one looks again after it has said so; and who has a
 * queue is deaf, since the place that it is woken for may be another's when it
 * comes to it.
 */
void
runner_listen_or_not(struct runner *r)
{
	struct crew	*c = r->crew;

	if (r->listens && !may_listen(r)) {
		r->listens = false;
		loop_unwatch(r->loop, c->listen_fd);
		c->deaf++;
	}
	if (!r->listens && may_listen(r)) {
		r->listens = loop_listen(r->loop, c->listen_fd, on_listen,
		    r) == 0;
		if (r->listens)
			c->deaf--;
		else
			loop_at(r->loop, &r->rest,
			    loop_now_ms(r->loop) + SHORT_MS);
	}
}

static void
rest(struct runner *r)
{
	loop_at(r->loop, &r->rest, loop_now_ms(r->loop) + SHORT_MS);
	runner_listen_or_not(r);
}

void
runner_freed(struct runner *r)
{
	struct crew	*c = r->crew;
	int		 i;

	runner_listen_or_not(r);
	if (c->deaf == 0 || c->under_way >= c->max_under_way)
		return;
	for (i = 0; i < c->n_runners; i++)
		if (&c->runners[i] != r)
			runner_wake(&c->runners[i]);
}

static void
on_rested(void *arg)
{
	runner_listen_or_not(arg);
}

/* Descriptors are short: say so once a minute, and let some be given back. */
static void
short_of_descriptors(struct runner *r)
{
	struct crew	*c = r->crew;
	int64_t		 now = clock_ms();

	if (c->complained_ms == 0 || now - c->complained_ms > COMPLAIN_MS) {
		c->complained_ms = now;
		log_line(app_log(c->app), LOG_LEVEL_ERROR,
		    "no descriptor for another connection: %s; raise the "
		    "limit (ulimit -n) or lower threads", strerror(errno));
	}
	fetcher_drop_idle(r->fetcher);
	rest(r);
}

static void
on_listen(void *arg, int listen_fd, unsigned events)
{
	struct runner	*r = arg;
	int		 fd;

	(void)events;
	fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			short_of_descriptors(r);
		return;
	}
	loop_take(r->loop, fd);
	conn_look(r, fd);
}

/* --- threads --- */

static void	add_runner(struct crew *);

void
runner_is_busy(struct runner *r)
{
	if (loop_found(r->loop) >= MANY &&
	    r->crew->n_runners < r->crew->max_runners)
		add_runner(r->crew);
}

void
runner_wake(struct runner *r)
{
	const uint64_t	 one = 1;
	ssize_t		 put = write(r->wake_fd, &one, sizeof(one));

	(void)put;	/* full: it is awake */
}

/* The last that listens lets go of the socket: who connects from now on is to
 * learn at once that nobody answers. */
static void
stop_runner(struct runner *r)
{
	struct crew	*c = r->crew;

	if (r->stopped)
		return;
	r->stopped = true;
	runner_listen_or_not(r);
	jobs_stop(r);
	conns_stop(r);
	fetcher_hurry(r->fetcher);
	if (++c->n_stopped == c->n_runners)
		dup2(r->wake_fd, c->listen_fd);
}

static void
on_wake(void *arg, int fd, unsigned events)
{
	struct runner	*r = arg;
	uint64_t	 times;
	ssize_t		 got = read(fd, &times, sizeof(times));

	(void)got;
	(void)events;
	if (r->crew->stop.at_ms != 0)
		stop_runner(r);
	else
		runner_listen_or_not(r);
	runner_goes_on(r);
}

static void
runner_close(struct runner *r)
{
	jobs_drop_spare(r);
	fetcher_free(r->fetcher);
	loop_free(r->loop);
}

static bool
runner_open(struct runner *r, struct crew *c)
{
	*r = (struct runner){ .crew = c, .rest = { .due = on_rested,
	    .arg = r } };
	runner_init(r);
	r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->loop = loop_new();
	r->fetcher = fetcher_new(r->loop);
	if (r->wake_fd != -1 && r->loop != NULL && r->fetcher != NULL &&
	    loop_watch(r->loop, r->wake_fd, EPOLLIN, on_wake, r) == 0 &&
	    loop_listen(r->loop, c->listen_fd, on_listen, r) == 0) {
		r->listens = true;
		return true;
	}
	runner_close(r);
	if (r->wake_fd != -1)
		close(r->wake_fd);
	return false;
}

static void *
runner_main(void *arg)
{
	struct runner	*r = arg;
	struct crew	*c = r->crew;

	while (!r->stopped || r->n_jobs > 0)
		loop_turn(r->loop);
	runner_close(r);
	pthread_mutex_lock(&c->lock);
	c->n_running--;
	pthread_cond_signal(&c->ended);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static void
add_runner(struct crew *c)
{
	pthread_attr_t	 attr;
	struct runner	*r;

	pthread_mutex_lock(&c->lock);
	if (c->n_runners < c->max_runners && c->stop.at_ms == 0 &&
	    runner_open(r = &c->runners[c->n_runners], c)) {
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, STACK_BYTES);
		if (pthread_create(&r->thread, &attr, runner_main, r) == 0) {
			c->n_runners++;
			c->n_running++;
		} else {
			runner_close(r);
			close(r->wake_fd);
			c->max_runners = c->n_runners;
		}
		pthread_attr_destroy(&attr);
	}
	pthread_mutex_unlock(&c->lock);
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

static struct timespec
last_moment(void)
{
	struct timespec	 until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LAST_MS / 1000;
	until.tv_nsec += LAST_MS % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	return until;
}

/* What is under way has DRAIN_MS; then fetch cuts it. */
static int
drain(struct crew *c)
{
	struct timespec	 until = last_moment();
	struct waiter	*w;
	int		 rc = 0, left, i;

	pthread_mutex_lock(&c->lock);
	c->stop.at_ms = clock_ms();
	for (i = 0; i < c->n_runners; i++)
		runner_wake(&c->runners[i]);
	pthread_mutex_unlock(&c->lock);
	while ((w = slots_any(c->slots)) != NULL)
		job_call(w);
	pthread_mutex_lock(&c->lock);
	while (c->n_running > 0 && rc == 0)
		rc = pthread_cond_timedwait(&c->ended, &c->lock, &until);
	left = c->n_running;
	pthread_mutex_unlock(&c->lock);
	return left;
}

static int
crew_open(struct crew *c)
{
	pthread_condattr_t	 attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->ended, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&c->lock, NULL);
	c->slots = slots_new(c->max_under_way);
	/* Other processes may share it, and take what epoll promised us. */
	if (c->slots == NULL || fcntl(c->listen_fd, F_SETFL,
	    fcntl(c->listen_fd, F_GETFL) | O_NONBLOCK) == -1)
		return -1;
	conn_prepare(c);
	return 0;
}

/* The threads' libraries give back what they hold when a thread has ended, not
 * when it says so. */
static void
crew_close(struct crew *c)
{
	int	 i;

	for (i = 0; i < c->n_runners; i++)
		pthread_join(c->runners[i].thread, NULL);
	/* Any other may have woken it until then. */
	for (i = 0; i < c->n_runners; i++)
		close(c->runners[i].wake_fd);
	slots_free(c->slots);
	pthread_cond_destroy(&c->ended);
	pthread_mutex_destroy(&c->lock);
}

/* Settings of the process as a whole are those of its start. */
static void
size_crew(struct crew *c)
{
	const struct snapshot	*s = app_take(c->app);
	long			 n = sysconf(_SC_NPROCESSORS_ONLN);

	c->max_runners = n < 1 ? 1 : n < MAX_RUNNERS ? (int)n : MAX_RUNNERS;
	c->max_under_way = 64;
	if (s == NULL)
		return;
	c->max_under_way = s->conf.threads;
	c->max_requests = s->conf.max_requests;
	app_give(c->app, s);
}

int
worker_run(struct app *app, int listen_fd, int spawned)
{
	struct crew	 c = { .app = app, .listen_fd = listen_fd,
			    .spawned = spawned };
	sigset_t	 set;

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
	add_runner(&c);
	if (c.n_runners == 0) {
		log_line(app_log(app), LOG_LEVEL_ERROR,
		    "no thread can be started");
		return 1;
	}
	wait_for_signals(&c, &set);
	if (drain(&c) != 0)
		_exit(0);	/* those threads still use all of this */
	crew_close(&c);
	return 0;
}
