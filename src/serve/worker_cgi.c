#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/io_cgi.h"
#include "serve/serve.h"
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

int
worker_cgi(struct app *app, char **vars)
{
	struct worker	 w = { .app = app };
	struct io_cgi	 io;
	int		 status = 1;

	signal(SIGPIPE, SIG_IGN);
	arena_init(&w.arena, WORKER_ARENA_BYTES);
	io_cgi_init(&io, vars);
	w.slots = slots_new(1);
	w.fetcher = fetcher_new();
	if (w.slots != NULL && w.fetcher != NULL) {
		serve(&w, &io.io);
		status = io.io.flush(&io.io) != 0;
		leave_input();
	}
	fetcher_free(w.fetcher);
	slots_free(w.slots);
	arena_free(&w.arena);
	return status;
}
