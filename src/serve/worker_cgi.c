#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/io_cgi.h"
#include "core/clock.h"
#include "core/loop.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/slots.h"
#include "serve/worker.h"
#include "upstream/fetch.h"

/*
 * Some servers (mod_cgid) give one socket for both ways.  It is reset when
 * this process ends with input unread, and what the server has not taken of
 * the answer is lost then.
 */
static void
leave_input(void)
{
	char	 skipped[4096];

	if (shutdown(STDIN_FILENO, SHUT_RD) != 0)
		return;
	while (read(STDIN_FILENO, skipped, sizeof(skipped)) > 0)
		;
}

static struct stop	 stop;
static int		 wake_fd;

static void
on_ended(struct serving *x)
{
	x->means->ended = NULL;
}

/*
 * lighttpd ends a program so when the client has the answer, which may be
 * before it is logged; a host, when it has run for long.  It may come just
 * before a wait, which is not to begin then.
 */
static void
on_term(int sig)
{
	const uint64_t	 one = 1;
	int		 before = errno;
	ssize_t		 put;

	(void)sig;
	stop.at_ms = clock_ms();
	put = write(wake_fd, &one, sizeof(one));
	(void)put;	/* full: it is awake */
	errno = before;
}

static void
on_wake(void *loop, int fd, unsigned events)
{
	(void)events;
	loop_unwatch(loop, fd);
}

/* 0, or -1 without memory or descriptor. */
static int
obey_term(struct loop *loop)
{
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	signal(SIGTERM, on_term);
	return loop == NULL || wake_fd == -1 ? -1 :
	    loop_watch(loop, wake_fd, EPOLLIN, on_wake, loop);
}

static void
serve_one(struct means *means, struct io *io)
{
	struct serving	 x = { .means = means, .io = io };

	means->ended = on_ended;
	serve(&x);
	while (means->ended != NULL) {
		fetcher_turn(means->fetcher);
		if (stop.at_ms != 0)
			fetcher_hurry(means->fetcher);
	}
}

int
worker_cgi(struct app *app, char **vars)
{
	struct means	 means = { .app = app, .stop = &stop };
	struct loop	*loop = loop_new();
	struct io_cgi	 io;
	int		 status = 1;

	signal(SIGPIPE, SIG_IGN);
	arena_init(&means.arena, REQUEST_ARENA_BYTES);
	io_cgi_init(&io, vars);
	means.slots = slots_new(1);
	means.fetcher = fetcher_new(loop);
	if (obey_term(loop) == 0 && means.slots != NULL &&
	    means.fetcher != NULL) {
		serve_one(&means, &io.io);
		status = io.io.flush(&io.io) != 0;
		leave_input();
	}
	fetcher_free(means.fetcher);
	slots_free(means.slots);
	loop_free(loop);
	arena_free(&means.arena);
	return status;
}
