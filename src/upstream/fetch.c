#include "upstream/transfer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/io.h"
#include "core/clock.h"

/*
 * One loop polls the target's sockets, the client's descriptors and the
 * process's stop together, so that upload, answer, timers and the client's
 * leaving are all seen while any of the others is waited for.  libcurl does
 * the HTTP; it never blocks here, since its callbacks pause instead.
 */

/* Fewer bytes than this in a window is a target that keeps a thread busy with
 * next to nothing. */
enum { DRIP_WINDOW_MS = 30000, DRIP_BYTES = 64 * 30 };

size_t
transfer_fail(struct transfer *t, enum err e)
{
	if (t->why == OK)
		t->why = e;
	return 0;
}

void
transfer_reached(struct transfer *t)
{
	if (!t->reached && t->sink->reached != NULL)
		t->sink->reached(t->sink->arg);
	t->reached = true;
}

int
fetch_start(char why[256])
{
	const curl_version_info_data	*v;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		snprintf(why, 256, "libcurl cannot be initialised");
		return -1;
	}
	v = curl_version_info(CURLVERSION_NOW);
	if (v->version_num < 0x075500) {
		snprintf(why, 256, "libcurl %s is too old: 7.85.0 or newer is "
		    "needed", v->version);
		return -1;
	}
	why[0] = '\0';
	if ((v->features & CURL_VERSION_ASYNCHDNS) == 0)
		snprintf(why, 256, "this libcurl resolves names synchronously:"
		    " connect_timeout cannot interrupt it");
	return 0;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct transfer	*t = arg;
	size_t		 i;

	(void)easy;
	(void)unused;
	for (i = 0; i < t->n_sockets && t->sockets[i].fd != fd; i++)
		;
	if (what == CURL_POLL_REMOVE) {
		if (i < t->n_sockets)
			t->sockets[i] = t->sockets[--t->n_sockets];
		return 0;
	}
	if (i == MAX_SOCKETS)
		return -1;
	if (i == t->n_sockets)
		t->n_sockets++;
	t->sockets[i].fd = fd;
	t->sockets[i].events = 0;
	if (what & CURL_POLL_IN)
		t->sockets[i].events |= POLLIN;
	if (what & CURL_POLL_OUT)
		t->sockets[i].events |= POLLOUT;
	return 0;
}

static int
on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct transfer	*t = arg;

	(void)multi;
	t->curl_due_ms = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
	return 0;
}

static void
upload_ended(struct transfer *t)
{
	t->up_ended = true;
	t->up_ended_ms = clock_ms();
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
	if (!t->up_waits && !io->buffered(io)) {
		t->up_waits = true;
		return CURL_READFUNC_PAUSE;
	}
	t->up_waits = false;
	got = io->read(io, to, room);
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
	t->drip_bytes += (int64_t)(size * n);
	e = t->sink->body(t->sink->arg, data, size * n);
	t->moved_ms = clock_ms();
	return e == OK ? size * n : transfer_fail(t, e);
}

struct limit { int64_t due_ms; enum err err; };

static void
sooner(struct limit *l, int64_t due_ms, enum err e)
{
	if (l->due_ms == -1 || due_ms < l->due_ms) {
		l->due_ms = due_ms;
		l->err = e;
	}
}

/* Which of the times that matter now runs out first? */
static struct limit
next_limit(const struct transfer *t, int64_t started_ms)
{
	const struct rules	*r = t->f->rules;
	struct limit		 l = { -1, OK };
	int64_t			 stopped_ms;

	if (t->f->stop != NULL && (stopped_ms = t->f->stop->at_ms) != 0)
		sooner(&l, stopped_ms + DRAIN_MS, ERR_SHUTTING_DOWN);
	if (t->f->end_ms != 0 && !t->endless)
		sooner(&l, t->f->end_ms, ERR_TOTAL_TIMEOUT);
	if (!t->up_ended && !t->answering) {
		sooner(&l, t->moved_ms + r->idle_timeout_ms, t->up_waits ?
		    ERR_UPLOAD_STALLED : t->connected ?
		    ERR_RESPONSE_TIMEOUT : ERR_CONNECTION_TIMEOUT);
	} else if (!t->answering) {
		sooner(&l, (t->up_ended_ms > started_ms ? t->up_ended_ms :
		    started_ms) + *t->f->first_byte_ms, t->connected ?
		    ERR_RESPONSE_TIMEOUT : ERR_CONNECTION_TIMEOUT);
	} else {
		sooner(&l, t->moved_ms + r->idle_timeout_ms, t->head_done ?
		    ERR_READ_TIMEOUT : ERR_RESPONSE_TIMEOUT);
	}
	return l;
}

static void
check_drip(struct transfer *t, int64_t now)
{
	if (!t->head_done || t->endless ||
	    now - t->drip_ms < DRIP_WINDOW_MS)
		return;
	if (t->drip_bytes < DRIP_BYTES)
		transfer_fail(t, ERR_READ_TIMEOUT);
	t->drip_ms = now;
	t->drip_bytes = 0;
}

enum { IN = 0, GONE, STOP, OURS };

/* The client's two descriptors, the stop, then libcurl's.  A negative
 * descriptor is one that poll(2) passes over. */
static nfds_t
gather(const struct transfer *t, struct pollfd *fds)
{
	size_t	 i;
	bool	 stopping = t->f->stop == NULL || t->f->stop->at_ms != 0;

	fds[IN].fd = t->up_waits ? t->io->in_fd : -1;
	fds[IN].events = POLLIN;
	fds[GONE].fd = t->io->gone_fd;
	fds[GONE].events = t->io->gone_events;
	fds[STOP].fd = stopping ? -1 : t->f->stop->fd;
	fds[STOP].events = POLLIN;
	for (i = 0; i < t->n_sockets; i++) {
		fds[OURS + i].fd = t->sockets[i].fd;
		fds[OURS + i].events = t->sockets[i].events;
	}
	return OURS + t->n_sockets;
}

static void
act_on_sockets(struct transfer *t, const struct pollfd *fds, nfds_t n)
{
	nfds_t	 i;
	int	 mask, running;

	for (i = OURS; i < n; i++) {
		if (fds[i].revents == 0)
			continue;
		mask = 0;
		if (fds[i].revents & POLLIN)
			mask |= CURL_CSELECT_IN;
		if (fds[i].revents & POLLOUT)
			mask |= CURL_CSELECT_OUT;
		if (fds[i].revents & (POLLERR | POLLHUP | POLLNVAL))
			mask |= CURL_CSELECT_ERR;
		curl_multi_socket_action(t->pool->multi, fds[i].fd, mask,
		    &running);
	}
}

static int
timeout_until(int64_t now, int64_t due_ms, int timeout)
{
	int64_t	 left = due_ms > now ? due_ms - now : 0;

	if (left > 60000)
		left = 60000;
	return timeout == -1 || left < timeout ? (int)left : timeout;
}

/* Wait for whatever comes first, and act on it. */
static void
turn(struct transfer *t, int64_t started_ms)
{
	struct pollfd	 fds[OURS + MAX_SOCKETS];
	int64_t		 now = clock_ms();
	struct limit	 limit;
	int		 again_ms = -1, timeout = -1, running;
	nfds_t		 n;
	enum err	 e;

	if ((e = t->sink->idle(t->sink->arg, now, &again_ms)) != OK) {
		transfer_fail(t, e);
		return;
	}
	limit = next_limit(t, started_ms);
	if (limit.due_ms != -1)
		timeout = timeout_until(now, limit.due_ms, timeout);
	if (t->curl_due_ms != -1)
		timeout = timeout_until(now, t->curl_due_ms, timeout);
	if (again_ms != -1)
		timeout = timeout_until(now, now + again_ms, timeout);
	if (t->head_done && !t->endless)
		timeout = timeout_until(now, t->drip_ms + DRIP_WINDOW_MS,
		    timeout);
	n = gather(t, fds);
	if (poll(fds, n, timeout) == -1) {
		if (errno != EINTR)
			transfer_fail(t, ERR_INTERNAL);
		return;		/* poll(2) has left revents alone */
	}
	if (fds[GONE].revents != 0) {
		transfer_fail(t, ERR_CLIENT_GONE);
		return;
	}
	if (fds[IN].revents != 0)
		curl_easy_pause(t->pool->easy, CURLPAUSE_CONT);
	act_on_sockets(t, fds, n);
	now = clock_ms();
	if (t->curl_due_ms != -1 && t->curl_due_ms <= now) {
		t->curl_due_ms = -1;
		curl_multi_socket_action(t->pool->multi, CURL_SOCKET_TIMEOUT,
		    0, &running);
	}
	check_drip(t, now);
	limit = next_limit(t, started_ms);
	if (limit.due_ms != -1 && limit.due_ms <= now)
		transfer_fail(t, limit.err);
}

/*
 * The target has refused the upload without waiting for it, and the upload
 * waits for the client: libcurl watches no socket any more, since there is
 * nothing to be read and nothing to be sent.  The connection, in the middle of
 * a request, is closed when the transfer is taken out.  After a success the
 * target may still want the rest.
 */
static bool
answered_early(const struct transfer *t)
{
	return t->head_done && t->status >= 300 && t->up_waits &&
	    t->n_sockets == 0;
}

static bool
finished(struct transfer *t, CURLcode *rc)
{
	CURLMsg	*m;
	int	 left;

	while ((m = curl_multi_info_read(t->pool->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE) {
			*rc = m->data.result;
			return true;
		}
	return answered_early(t);
}

static enum err
drive(struct transfer *t)
{
	int64_t		 started_ms = clock_ms();
	CURLcode	 rc = CURLE_OK;
	int		 running;

	curl_multi_setopt(t->pool->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(t->pool->multi, CURLMOPT_SOCKETDATA, t);
	curl_multi_setopt(t->pool->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(t->pool->multi, CURLMOPT_TIMERDATA, t);
	t->moved_ms = t->up_ended_ms = started_ms;
	t->up_ended = t->f->body_bytes == 0;
	if (curl_multi_add_handle(t->pool->multi, t->pool->easy) != CURLM_OK)
		return ERR_INTERNAL;
	curl_multi_socket_action(t->pool->multi, CURL_SOCKET_TIMEOUT, 0,
	    &running);
	while (t->why == OK && !finished(t, &rc))
		turn(t, started_ms);
	/* Taken out before its end, a stream of HTTP/2 is not reset by libcurl
	 * 7.88: the target would go on, and fill the connection's window with
	 * what nobody reads.  HTTP/1.1 closes anyway. */
	if (t->why != OK || answered_early(t))
		curl_easy_setopt(t->pool->easy, CURLOPT_FORBID_REUSE, 1L);
	curl_multi_remove_handle(t->pool->multi, t->pool->easy);
	/* The pool outlives this transfer, and closes connections later. */
	curl_multi_setopt(t->pool->multi, CURLMOPT_SOCKETFUNCTION, NULL);
	curl_multi_setopt(t->pool->multi, CURLMOPT_TIMERFUNCTION, NULL);
	*t->f->first_byte_ms -= clock_ms() - t->up_ended_ms;
	if (*t->f->first_byte_ms < 0)
		*t->f->first_byte_ms = 0;
	if (t->why == OK && t->looked)
		return OK;
	return t->why != OK ? t->why : transfer_error(t, rc);
}

enum err
fetch_run(struct fetcher *fetcher, const struct fetch *f, struct io *io,
    struct arena *arena, const struct sink *sink)
{
	struct transfer	 t = { .f = f, .io = io, .arena = arena,
			    .sink = sink, .curl_due_ms = -1 };
	enum err	 e;

	fields_init(&t.head, arena);
	if ((t.pool = pool_take(fetcher, f, arena)) == NULL)
		return ERR_NO_MEMORY;
	if ((e = transfer_options(&t)) == OK) {
		transfer_watch(&t);
		e = drive(&t);
		transfer_report(&t);
	}
	pool_give(fetcher, t.pool);
	/* After EMFILE the kept connections are what can be given back. */
	if (t.no_descriptors)
		fetcher_drop_idle(fetcher);
	return e;
}
