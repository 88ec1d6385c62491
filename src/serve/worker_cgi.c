#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
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

static void
on_ended(struct serving *x)
{
	x->means->ended = NULL;
}

static void
on_term(void *arg, int fd, unsigned events)
{
	struct stop		*stop = arg;
	struct signalfd_siginfo	 info;
	ssize_t			 got = read(fd, &info, sizeof(info));

	(void)got;
	(void)events;
	stop->at_ms = clock_ms();
}

/*
 * lighttpd ends a program so when the client has the answer, which may be
 * before it is logged; a host, when it has run for long.  The signal is kept
 * until the loop asks for it.  -1: no memory or descriptor.
 */
static int
obey_term(struct loop *loop, struct stop *stop)
{
	sigset_t	 term;
	int		 fd;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (pthread_sigmask(SIG_BLOCK, &term, NULL) != 0 || loop == NULL ||
	    (fd = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		return -1;
	return loop_watch(loop, fd, EPOLLIN, on_term, stop);
}

static void
serve_one(struct means *means, struct io *io)
{
	struct serving	 x = { .means = means, .io = io };

	means->ended = on_ended;
	serve(&x);
	while (means->ended != NULL) {
		fetcher_turn(means->fetcher);
		if (means->stop->at_ms != 0)
			fetcher_hurry(means->fetcher);
	}
}

int
worker_cgi(struct app *app, char **vars)
{
	struct stop	 stop = { .at_ms = 0 };
	struct means	 means = { .app = app, .stop = &stop };
	struct loop	*loop = loop_new();
	struct io_cgi	 io;
	int		 status = 1;

	signal(SIGPIPE, SIG_IGN);
	arena_init(&means.arena, REQUEST_ARENA_BYTES);
	io_cgi_init(&io, vars);
	means.slots = slots_new(1);
	means.fetcher = fetcher_new(loop);
	if (obey_term(loop, &stop) == 0 && means.slots != NULL &&
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
