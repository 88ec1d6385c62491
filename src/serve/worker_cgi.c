#include <signal.h>
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

static void
on_ended(struct serving *x)
{
	x->w->ended = NULL;
}

/*
 * lighttpd ends a program so when the client has the answer, which may be
 * before it is logged; a host, when it has run for long.
 */
static void
on_term(int sig)
{
	(void)sig;
	stop.at_ms = clock_ms();
}

static void
serve_one(struct worker *w, struct io *io)
{
	struct serving	 x = { .w = w, .io = io };

	w->ended = on_ended;
	serve(&x);
	while (w->ended != NULL) {
		fetcher_turn(w->fetcher);
		if (stop.at_ms != 0)
			fetcher_hurry(w->fetcher);
	}
}

int
worker_cgi(struct app *app, char **vars)
{
	struct worker	 w = { .app = app, .stop = &stop };
	struct loop	*loop = loop_new();
	struct io_cgi	 io;
	int		 status = 1;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_term);
	arena_init(&w.arena, WORKER_ARENA_BYTES);
	io_cgi_init(&io, vars);
	w.slots = slots_new(1);
	w.fetcher = fetcher_new(loop);
	if (w.slots != NULL && w.fetcher != NULL) {
		serve_one(&w, &io.io);
		status = io.io.flush(&io.io) != 0;
		leave_input();
	}
	fetcher_free(w.fetcher);
	slots_free(w.slots);
	loop_free(loop);
	arena_free(&w.arena);
	return status;
}
