#include "serve/job.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "core/clock.h"

/*
 * A connection that is silent - a server keeps it for its next request - costs
 * a descriptor and nothing else.  It has a job when a request has begun to
 * arrive, which is served when its head is whole, if not too many are.
 */

enum {
	BODY_MS = 1000,		/* for the first of what nothing announces */
	REST_S = 1		/* for more of a long head */
};

static void	on_part(void *, int, unsigned);

static void
on_body(void *arg, int fd, unsigned events)
{
	(void)fd;
	(void)events;
	job_start(arg);
}

static void
on_no_body(void *arg)
{
	struct job	*j = arg;

	on_body(j, j->fd, 0);
}

/*
 * A server has all of a head when it sends it, so that what the socket had no
 * room for follows at once; libfcgi can only wait for it.
 */
static int
accept_request(struct job *j)
{
	const struct timeval	 patience = { .tv_sec = REST_S };
	int			 flags, rc;

	if (!j->is_long)
		return FCGX_Accept_r(&j->request);
	flags = fcntl(j->fd, F_GETFL);
	setsockopt(j->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	fcntl(j->fd, F_SETFL, flags & ~O_NONBLOCK);
	rc = FCGX_Accept_r(&j->request);
	if (j->request.ipcFd != -1)
		fcntl(j->fd, F_SETFL, flags);
	return rc;
}

/*
 * libfcgi accepts nothing by itself here: it is given the connection in the
 * request's own members, which its header shows but does not promise;
 * configure looks for them.  Where no length is announced, what comes next
 * says whether there is a body; some servers send it by itself.
 */
static void
take_request(struct job *j)
{
	struct runner	*r = j->runner;
	const char	*length;

	loop_unwatch(r->loop, j->fd);
	j->is_request = true;
	FCGX_InitRequest(&j->request, -1, 0);
	j->request.ipcFd = j->fd;
	j->request.keepConnection = 1;	/* else Accept's own Finish closes */
	j->request.detached = 1;	/* it does not wait where it closes */
	if (accept_request(j) != 0) {
		bool	 closed = j->request.ipcFd == -1;

		FCGX_Free(&j->request, 0);
		job_end(j, closed);
		return;
	}
	j->waiter.until_ms = clock_ms() + WAIT_MS;
	io_fcgi_init(&j->io, &j->request, r->crew->spawned);
	length = FCGX_GetParam("CONTENT_LENGTH", j->request.envp);
	if ((length == NULL || length[0] == '\0' || length[0] == '-') &&
	    !j->io.io.buffered(&j->io.io) && loop_watch(r->loop, j->fd,
	    EPOLLIN | EPOLLRDHUP | EPOLLET, on_body, j) == 0)
		job_limit(j, BODY_MS, on_no_body);
	else
		job_start(j);
}

/* --- those that are too many for now --- */

static void
on_room(void *arg)
{
	struct runner	*r = arg;
	struct job	*j;

	while ((j = r->queue) != NULL &&
	    r->crew->under_way < r->crew->max_under_way) {
		if ((r->queue = j->next) == NULL)
			r->queue_end = &r->queue;
		take_request(j);
	}
	runner_listen_or_not(r);
}

/* Not within a request's end, which may be within the begin of another. */
void
conn_look_at_queue(struct runner *r)
{
	if (r->queue != NULL &&
	    loop_at(r->loop, &r->room, loop_now_ms(r->loop)) == -1)
		loop_soon(r->loop, &r->room);
}

void
runner_init(struct runner *r)
{
	r->queue_end = &r->queue;
	r->called_end = &r->called;
	r->room.due = on_room;
	r->room.arg = r;
}

void
runner_goes_on(struct runner *r)
{
	jobs_called(r);
	conn_look_at_queue(r);
}

/* --- a connection --- */

static void
on_conn(void *arg, int fd, unsigned events)
{
	(void)events;
	conn_look(arg, fd);
}

void
conn_wait(struct runner *r, int fd)
{
	if (r->stopped || loop_watch(r->loop, fd, EPOLLIN | EPOLLRDHUP |
	    EPOLLET, on_conn, r) == -1)
		loop_close(r->loop, fd);
}

void
conns_stop(struct runner *r)
{
	loop_each(r->loop, on_conn);
}

static void
queue(struct job *j)
{
	struct runner	*r = j->runner;

	loop_unwatch(r->loop, j->fd);
	j->is_request = true;
	j->next = NULL;
	*r->queue_end = j;
	r->queue_end = &j->next;
	runner_listen_or_not(r);
	if (r->crew->under_way < r->crew->max_under_way)
		conn_look_at_queue(r);
}

/* What is there of the head stays where it is, so that only what is new may
 * wake us. */
static void
act(struct job *j, enum io_fcgi_head head)
{
	struct runner	*r = j->runner;

	switch (head) {
	case IO_FCGI_LONG:
		j->is_long = true;
		/* FALLTHROUGH */
	case IO_FCGI_WHOLE:
		loop_no_more(r->loop, &j->limit);
		if (r->queue != NULL ||
		    r->crew->under_way >= r->crew->max_under_way)
			queue(j);
		else
			take_request(j);
		return;
	case IO_FCGI_NONE:
	case IO_FCGI_PART:
		if (r->stopped)
			break;
		if (j->limit.place == 0)
			job_limit(j, SERVER_MS, job_give_up);
		if (loop_watch(r->loop, j->fd, EPOLLIN | EPOLLRDHUP | EPOLLET,
		    on_part, j) == 0)
			return;
		break;
	case IO_FCGI_GONE:
	case IO_FCGI_TOLD:
		break;
	}
	job_give_up(j);
}

/* What is there of it will not become more when the server says no more. */
static void
on_part(void *arg, int fd, unsigned events)
{
	enum io_fcgi_head	 head = io_fcgi_look(fd);

	if ((events & EPOLLRDHUP) && head == IO_FCGI_PART)
		head = IO_FCGI_GONE;
	act(arg, head);
}

void
conn_look(struct runner *r, int fd)
{
	enum io_fcgi_head	 head;
	struct job		*j;

	runner_is_busy(r);
	if ((head = io_fcgi_look(fd)) == IO_FCGI_NONE)
		conn_wait(r, fd);
	else if (head == IO_FCGI_GONE || (j = job_new(r, fd)) == NULL)
		loop_close(r->loop, fd);
	else
		act(j, head);
}

/*
 * Once for all: what TCP accepts has the options of its listening socket.  On
 * a kept connection Nagle's algorithm would hold the last record back for
 * 40 ms.  A socket file does not know that option.
 */
void
conn_prepare(struct crew *c)
{
	int	 on = 1;

	setsockopt(c->listen_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}
