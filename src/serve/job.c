#include "serve/job.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "serve/form_body.h"

enum {
	LINGER_MS = 5000,	/* for the server to close first */
	LOOK_MS = 5,		/* whether it has read what is then cut */
	MAX_LOOKS = 200,
	MAX_SPARE = 64
};

/* --- jobs --- */

struct job *
job_new(struct runner *r, int fd)
{
	struct job	*j = r->spare;

	if (j != NULL) {
		r->spare = j->next;
		r->n_spare--;
	} else {
		if ((j = calloc(1, sizeof(*j))) == NULL)
			return NULL;
		arena_init(&j->means.arena, REQUEST_ARENA_BYTES);
	}
	j->runner = r;
	j->fd = fd;
	j->keep = j->is_request = j->is_long = false;
	j->other = r->jobs;
	j->before = &r->jobs;
	if (r->jobs != NULL)
		r->jobs->before = &j->other;
	r->jobs = j;
	j->began_us = clock_us();
	j->waiter.route[0] = '\0';
	r->n_jobs++;
	return j;
}

static void
job_free(struct job *j)
{
	struct runner	*r = j->runner;

	loop_no_more(r->loop, &j->limit);
	*j->before = j->other;
	if (j->other != NULL)
		j->other->before = j->before;
	r->n_jobs--;
	if (r->n_spare == MAX_SPARE) {
		arena_free(&j->means.arena);
		free(j);
		return;
	}
	arena_reset(&j->means.arena);
	j->next = r->spare;
	r->spare = j;
	r->n_spare++;
}

void
jobs_drop_spare(struct runner *r)
{
	struct job	*j;

	while ((j = r->spare) != NULL) {
		r->spare = j->next;
		arena_free(&j->means.arena);
		free(j);
	}
}

void
job_limit(struct job *j, int ms, void (*due)(void *))
{
	struct loop	*l = j->runner->loop;

	j->limit.due = due;
	j->limit.arg = j;
	if (loop_at(l, &j->limit, loop_now_ms(l) + ms) == -1)
		loop_soon(l, &j->limit);
}

void
job_end(struct job *j, bool closed)
{
	if (closed)
		loop_take(j->runner->loop, j->fd);
	else
		loop_close(j->runner->loop, j->fd);
	job_free(j);
}

void
job_give_up(void *arg)
{
	job_end(arg, false);
}

void
jobs_stop(struct runner *r)
{
	struct job	*j, *next;

	for (j = r->jobs; j != NULL; j = next) {
		next = j->other;
		if (!j->is_request)
			job_give_up(j);
	}
}

/* --- the end of a request --- */

/*
 * What we left unread would destroy what the server has not yet read, if we
 * closed first.
 */
static void
on_lingering(void *arg, int fd, unsigned events)
{
	struct job	*j = arg;
	char		 skipped[4096];
	ssize_t		 n;

	(void)events;
	n = recv(fd, skipped, sizeof(skipped), MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		job_give_up(j);
}

static void
linger(struct job *j)
{
	shutdown(j->fd, SHUT_WR);
	job_limit(j, LINGER_MS, job_give_up);
	if (loop_watch(j->runner->loop, j->fd, EPOLLIN | EPOLLRDHUP,
	    on_lingering, j) == -1)
		job_give_up(j);
}

static void
leave(struct job *j)
{
	struct runner	*r = j->runner;
	struct crew	*c = r->crew;
	bool		 drained = j->drained, keep = j->keep;
	bool		 broken = j->io.broken || (j->io.cut &&
			    !j->io.plain_end);
	int		 fd = j->fd;

	io_fcgi_free(&j->io);
	FCGX_Free(&j->request, 0);
	if (broken)
		shutdown(fd, SHUT_RDWR);
	c->under_way--;
	if (++c->requests == c->max_requests)
		kill(getpid(), SIGTERM);
	if (!drained && !broken) {
		linger(j);
	} else {
		job_free(j);
		if (keep)
			conn_wait(r, fd);
		else
			loop_close(r->loop, fd);
	}
	runner_freed(r);
	conn_look_at_queue(r);
}

static void
on_slow(void *arg)
{
	struct job	*j = arg;

	j->io.broken = true;
	leave(j);
}

static void
on_drained(void *arg, int fd, unsigned events)
{
	struct job	*j = arg;
	struct io	*io = &j->io.io;

	(void)fd;
	if ((events & (EPOLLERR | EPOLLHUP)) || io->drain(io) == -1)
		j->io.broken = true;
	if (j->io.broken || io->waiting_bytes == 0)
		leave(j);
	else
		job_limit(j, SERVER_MS, on_slow);
}

static void
send_end(struct job *j)
{
	struct io	*io = &j->io.io;

	if (io_fcgi_end(&j->io) == -1 || io->waiting_bytes == 0) {
		leave(j);
		return;
	}
	job_limit(j, SERVER_MS, on_slow);
	if (loop_watch(j->runner->loop, j->fd, EPOLLOUT, on_drained, j) == -1)
		on_slow(j);
}

/* Nothing but time tells when it is read. */
static void
on_unread(void *arg)
{
	struct job	*j = arg;

	if (j->io.io.waiting_bytes > 0 && j->io.io.drain(&j->io.io) == -1)
		leave(j);
	else if (io_fcgi_is_read(&j->io) || j->looks-- == 0)
		send_end(j);
	else
		job_limit(j, LOOK_MS, on_unread);
}

static void
finish(struct job *j)
{
	int	 on = 1;

	j->keep = j->request.keepConnection && !j->io.cut;
	j->drained = io_fcgi_drained(&j->io);
	if (j->io.cut) {
		j->looks = MAX_LOOKS;
		on_unread(j);
		return;
	}
	/* A server that means to keep what we close must see the end of the
	 * connection with that of the answer: one segment on TCP.  Else it may
	 * send its next request there (measured with nginx 1.22). */
	if (j->keep && !j->drained)
		setsockopt(j->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	send_end(j);
}

/* --- whose turn it is --- */

void
job_call(struct waiter *w)
{
	struct job	*j = (struct job *)w;
	struct runner	*r = j->runner;

	pthread_mutex_lock(&r->crew->lock);
	j->next = NULL;
	*r->called_end = j;
	r->called_end = &j->next;
	pthread_mutex_unlock(&r->crew->lock);
	runner_wake(r);		/* the job may be over by now */
}

void
jobs_called(struct runner *r)
{
	struct job	*list, *j;

	pthread_mutex_lock(&r->crew->lock);
	list = r->called;
	r->called = NULL;
	r->called_end = &r->called;
	pthread_mutex_unlock(&r->crew->lock);
	while ((j = list) != NULL) {
		list = j->next;
		job_start(j);
	}
}

/* He has waited too long, and is refused now; unless his turn has come. */
static void
on_late(void *arg)
{
	struct job	*j = arg;

	if (!slots_withdraw(j->runner->crew->slots, &j->waiter))
		return;
	j->waiter.until_ms = 0;
	job_start(j);
}

static void
on_left(void *arg, int fd, unsigned events)
{
	(void)fd;
	(void)events;
	on_late(arg);
}

/* The body is not here yet that is to be looked at before the answer. */
static void	on_form(void *, int, unsigned);

static void
on_late_form(void *arg)
{
	struct job	*j = arg;

	loop_unwatch(j->runner->loop, j->fd);
	j->io.io.gathered = true;
	job_start(j);
}

static void
gather(struct job *j, bool is_last)
{
	if (!io_fcgi_gather(&j->io, j->x.gather_bytes) && !is_last &&
	    loop_watch(j->runner->loop, j->fd, EPOLLIN | EPOLLRDHUP | EPOLLET,
	    on_form, j) == 0)
		return;
	on_late_form(j);
}

static void
on_form(void *arg, int fd, unsigned events)
{
	(void)fd;
	gather(arg, events & EPOLLRDHUP);
}

static void
wait_for(struct job *j, const struct serving *x)
{
	struct crew	*c = j->runner->crew;

	c->under_way--;
	runner_freed(j->runner);
	conn_look_at_queue(j->runner);
	if (x->gather_bytes > 0) {
		job_limit(j, FORM_MS, on_late_form);
		gather(j, false);
		return;
	}
	j->limit.due = on_late;
	j->limit.arg = j;
	if (loop_at(j->runner->loop, &j->limit, j->waiter.until_ms) == -1 ||
	    loop_watch(j->runner->loop, j->fd, EPOLLRDHUP | EPOLLET, on_left,
	    j) == -1 || c->stop.at_ms != 0)
		on_late(j);
}

/*
 * Who waits may be called up by any thread from the moment he is in line.  One
 * that has waited may end without having taken a slot, since its route has
 * changed or gone meanwhile: nobody then gives one to those behind it.
 */
static void
on_ended(struct serving *x)
{
	struct job	*j = (struct job *)((char *)x -
			    offsetof(struct job, x));
	struct crew	*c = j->runner->crew;
	struct waiter	*turn = j->means.turn;

	if (x->waits) {
		wait_for(j, x);
		return;
	}
	if (turn == NULL && j->was_for[0] != '\0')
		turn = slots_next(c->slots, j->was_for);
	if (turn != NULL)
		job_call(turn);
	finish(j);
}

void
job_start(struct job *j)
{
	struct crew	*c = j->runner->crew;

	c->under_way++;
	runner_listen_or_not(j->runner);
	loop_no_more(j->runner->loop, &j->limit);
	loop_unwatch(j->runner->loop, j->fd);
	memcpy(j->was_for, j->waiter.route, sizeof(j->was_for));
	j->means.app = c->app;
	j->means.slots = c->slots;
	j->means.fetcher = j->runner->fetcher;
	j->means.stop = &c->stop;
	j->means.waiter = c->stop.at_ms == 0 ? &j->waiter : NULL;
	j->means.waited = j->was_for[0] != '\0' || j->io.io.gathered;
	j->means.began_us = j->began_us;
	j->means.turn = NULL;
	j->means.ended = on_ended;
	memset(&j->x, 0, sizeof(j->x));
	j->x.means = &j->means;
	j->x.io = &j->io.io;
	serve(&j->x);
}
