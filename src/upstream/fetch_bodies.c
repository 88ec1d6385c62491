#include "upstream/transfer.h"

#include "client/io.h"
#include "core/clock.h"

/* What libcurl asks for the request's body, and is told of the answer's.  It
 * never waits here: it is paused, and goes on when the client does. */

/* As long as target and client keep pace, libcurl does not come back by
 * itself: after so much of one, others are to be served. */
enum { TURN_BYTES = 256 * 1024 };

static void
upload_ended(struct transfer *t)
{
	t->up_ended = true;
	t->up_ended_ms = clock_ms();
}

/* libfcgi has 8 KiB at a time: more is taken as long as it is here, and goes
 * to the target in one piece.  The next call meets the end, or the error. */
static ssize_t
read_all_here(struct io *io, char *to, size_t room)
{
	ssize_t	 got = io->read(io, to, room), more;

	while (got > 0 && (size_t)got < room && io->buffered(io)) {
		more = io->read(io, to + got, room - (size_t)got);
		if (more <= 0)
			break;
		got += more;
	}
	return got;
}

/* More than was announced is the server's mistake, and not sent on. */
size_t
transfer_upload(char *to, size_t size, size_t n, void *arg)
{
	struct transfer	*t = arg;
	struct io	*io = t->io;
	ssize_t		 got;
	size_t		 room = size * n;

	if (t->up_ended)
		return 0;
	if (t->f->body_bytes >= 0 &&
	    (int64_t)room > t->f->body_bytes - t->up_bytes)
		room = (size_t)(t->f->body_bytes - t->up_bytes);
	if (room == 0) {
		upload_ended(t);
		return 0;
	}
	transfer_touch(t);
	if (!t->up_ready && !t->up_is_file && !io->buffered(io)) {
		t->up_waits = true;
		return CURL_READFUNC_PAUSE;
	}
	t->up_waits = t->up_ready = false;
	got = read_all_here(io, to, room);
	t->moved_ms = clock_ms();
	if (got < 0 || (got == 0 && t->f->body_bytes >= 0)) {
		transfer_fail(t, got < 0 ? ERR_CLIENT_GONE :
		    ERR_UPLOAD_INCOMPLETE);
		return CURL_READFUNC_ABORT;
	}
	if (got == 0) {
		upload_ended(t);
		return 0;
	}
	t->up_bytes += got;
	if (t->f->taken_bytes != NULL)
		*t->f->taken_bytes = t->up_bytes;
	if (t->f->rules->upload_quota_bytes > 0 &&
	    t->up_bytes > t->f->rules->upload_quota_bytes) {
		transfer_fail(t, ERR_UPLOAD_TOO_LARGE);
		return CURL_READFUNC_ABORT;
	}
	return (size_t)got;
}

size_t
transfer_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer	*t = arg;
	enum err	 e;

	/* Where a head ends is the target's to blur: libcurl may see its end
	 * where we saw none. */
	if (!t->head_done)
		return transfer_fail(t, ERR_BAD_RESPONSE);
	transfer_touch(t);
	if (t->io->waiting_bytes > 0) {
		t->down_waits = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (t->turn_bytes >= TURN_BYTES) {
		t->down_rests = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	t->turn_bytes += size * n;
	t->drip_bytes += (int64_t)(size * n);
	e = t->sink.body(t->sink.arg, data, size * n);
	t->moved_ms = clock_ms();
	return e == OK ? size * n : transfer_fail(t, e);
}
