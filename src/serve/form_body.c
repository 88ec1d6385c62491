#include "serve/form_body.h"

#include <poll.h>

#include "client/io.h"
#include "core/arena.h"
#include "core/clock.h"
#include "serve/serving.h"

/* False: nothing has come in time. */
static bool
wait_for_more(struct io *io, int64_t until_ms)
{
	struct pollfd	 p = { .fd = io->in_fd, .events = POLLIN };
	int64_t		 left_ms = until_ms - clock_ms();

	return io->buffered(io) || io->in_fd == -1 ||
	    (!io->shared && left_ms > 0 && poll(&p, 1, (int)left_ms) == 1);
}

enum err
form_body(struct serving *x, size_t max, const char **text, size_t *bytes)
{
	int64_t	 until_ms = clock_ms() + FORM_MS;
	char	*form = arena_alloc(x->rp.arena, max + 1);
	ssize_t	 got;
	size_t	 n;

	if (form == NULL)
		return ERR_NO_MEMORY;
	if (x->rq.body_bytes > (int64_t)max)
		return ERR_UPLOAD_TOO_LARGE;
	if (x->io->shared && !x->io->gathered && x->rq.body_bytes != 0) {
		x->waits = true;
		x->gather_bytes = x->rq.body_bytes > 0 ?
		    (size_t)x->rq.body_bytes : max;
		return ERR_UPLOAD_STALLED;
	}
	for (n = 0; n < max && (int64_t)n != x->rq.body_bytes;
	    n += (size_t)got) {
		if (!wait_for_more(x->io, until_ms))
			return ERR_UPLOAD_STALLED;
		got = x->io->read(x->io, form + n, max - n);
		if (got < 0)
			return ERR_CLIENT_GONE;
		if (got == 0)
			break;
	}
	form[n] = '\0';
	x->rp.upload_bytes = (int64_t)n;
	*text = form;
	*bytes = n;
	return OK;
}
