#include "upstream/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "client/io.h"
#include "core/arena.h"
#include "core/clock.h"

/*
 * One loop waits for the targets' sockets, the clients' descriptors and the
 * times of all transfers of a thread, so that upload, answer, timers and the
 * client's leaving are all seen while any of the others is waited for.
 * libcurl does the HTTP; it never blocks here, since its callbacks pause.
 */

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
	if (!t->reached && t->sink.reached != NULL)
		t->sink.reached(t->sink.arg);
	t->reached = true;
}

void
transfer_touch(struct transfer *t)
{
	if (t->touched)
		return;
	t->touched = true;
	t->next_touched = t->fetcher->touched;
	t->fetcher->touched = t;
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
	    !t->down_waits && !t->down_rests && t->n_sockets == 0;
}

static void
untouch(struct transfer *t)
{
	struct transfer	**at = &t->fetcher->touched;

	if (!t->touched)
		return;
	while (*at != t)
		at = &(*at)->next_touched;
	*at = t->next_touched;
	t->touched = false;
}

static void
unlink_transfer(struct transfer *t)
{
	*t->before = t->next;
	if (t->next != NULL)
		t->next->before = t->before;
	untouch(t);
	loop_no_more(t->fetcher->loop, &t->limit);
	loop_no_more(t->fetcher->loop, &t->go_on);
	if (t->io->in_fd != -1)
		loop_unwatch(t->fetcher->loop, t->io->in_fd);
	if (t->io->gone_fd != -1)
		loop_unwatch(t->fetcher->loop, t->io->gone_fd);
}

static enum err
outcome(struct transfer *t, CURLcode rc)
{
	if (t->why != OK)
		return t->why;
	return t->looked ? OK : transfer_error(t, rc);
}

/* Nothing of it is left when this returns. */
static void
end(struct transfer *t, CURLcode rc)
{
	struct sink	 sink = t->sink;
	enum err	 e;

	/* Taken out before its end, a stream of HTTP/2 is not reset by libcurl
	 * 7.88: the target would go on, and fill the connection's window with
	 * what nobody reads.  HTTP/1.1 closes anyway. */
	if (t->why != OK || answered_early(t))
		curl_easy_setopt(t->handle->easy, CURLOPT_FORBID_REUSE, 1L);
	curl_multi_remove_handle(t->handle->hub->multi, t->handle->easy);
	unlink_transfer(t);
	*t->f->first_byte_ms -= clock_ms() - t->up_ended_ms;
	if (*t->f->first_byte_ms < 0)
		*t->f->first_byte_ms = 0;
	e = outcome(t, rc);
	transfer_report(t);
	/* After EMFILE the kept connections are what can be given back. */
	t->fetcher->is_short |= t->no_descriptors;
	handle_give(t->handle);
	sink.ended(sink.arg, e);
}

static void
fail(struct transfer *t, enum err e)
{
	transfer_fail(t, e);
	end(t, CURLE_OK);
}

static void	on_client(void *, int, unsigned);

enum { WATCH_MS = 20 };

/*
 * What is to be known of the client now?  Whether he leaves is asked when the
 * transfer has lasted a while: most are over by then, and spare the kernel two
 * changes of what it watches.  An output that is a file tells nothing.  -1: no
 * memory.
 */
static int
watch_client(struct transfer *t)
{
	const struct io	*io = t->io;
	struct loop	*l = t->fetcher->loop;
	unsigned	 gone = (unsigned short)io->gone_events | EPOLLERR;

	if (io->waiting_bytes == 0 && !t->up_waits &&
	    loop_now_ms(l) < t->watch_ms)
		return 0;
	t->watch_ms = 0;
	/* What is there of a record may have to stay there. */
	if (io->shared)
		gone |= EPOLLET;
	if (io->waiting_bytes > 0)
		gone |= EPOLLOUT;
	if (io->in_fd == io->gone_fd) {
		if (t->up_waits)
			gone |= EPOLLIN;
	} else if (!t->up_waits)
		loop_unwatch(l, io->in_fd);
	else if (loop_watch(l, io->in_fd, EPOLLIN, on_client, t) == -1)
		return -1;
	return io->gone_fd == -1 ||
	    loop_watch(l, io->gone_fd, gone, on_client, t) == 0 ||
	    errno == EPERM ? 0 : -1;
}

/* Nothing more has come for now. */
static void
settle(struct transfer *t)
{
	int		 again_ms = -1;
	enum err	 e = t->why;

	untouch(t);
	t->turn_bytes = 0;
	if (t->down_rests)
		loop_soon(t->fetcher->loop, &t->go_on);
	if (answered_early(t)) {
		end(t, CURLE_OK);
		return;
	}
	if (e == OK)
		e = t->sink.idle(t->sink.arg, loop_now_ms(t->fetcher->loop),
		    &again_ms);
	if (t->io->waiting_bytes == 0)
		t->out_waits_ms = 0;
	else if (t->out_waits_ms == 0)
		t->out_waits_ms = clock_ms();
	if (e == OK && (transfer_set_limit(t, again_ms) == -1 ||
	    watch_client(t) == -1))
		e = ERR_NO_MEMORY;
	if (e != OK)
		fail(t, e);
}

static void
on_limit(void *arg)
{
	struct transfer	*t = arg;

	transfer_look_at_time(t, loop_now_ms(t->fetcher->loop));
	settle(t);
}

/* What has ended, and then what has only gone on. */
void
hub_harvest(struct hub *h)
{
	struct fetcher	*f = h->fetcher;
	CURLMsg		*m;
	int		 left;

	h->n_busy++;		/* it is not to go meanwhile */
	while ((m = curl_multi_info_read(h->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			end(transfer_of(m->easy_handle), m->data.result);
	h->n_busy--;
	while (f->touched != NULL)
		settle(f->touched);
	if (f->is_short) {
		f->is_short = false;
		fetcher_drop_idle(f);
	}
}

/* He has read; the target has not been late meanwhile. */
static void
drained(struct transfer *t)
{
	t->out_waits_ms = clock_ms();
	if (!t->down_waits)
		return;
	t->down_waits = t->io->waiting_bytes > 0;
	t->moved_ms = t->drip_ms = t->out_waits_ms;
	t->drip_bytes = 0;
}

/* What still waits stays paused. */
static void
go_on(struct transfer *t)
{
	int	 paused = 0;

	if (t->down_waits || t->down_rests)
		paused |= CURLPAUSE_RECV;
	if (t->up_waits)
		paused |= CURLPAUSE_SEND;
	transfer_touch(t);
	curl_easy_pause(t->handle->easy, paused);
	hub_harvest(t->handle->hub);
}

static void
on_rested(void *arg)
{
	struct transfer	*t = arg;

	t->down_rests = false;
	go_on(t);
}

static void
on_client(void *arg, int fd, unsigned events)
{
	struct transfer	*t = arg;
	struct io	*io = t->io;

	if (fd == io->gone_fd && (events & (EPOLLHUP | EPOLLERR |
	    (unsigned short)io->gone_events))) {
		fail(t, ERR_CLIENT_GONE);
		return;
	}
	if ((events & EPOLLOUT) && io->waiting_bytes > 0) {
		if (io->drain(io) == -1) {
			fail(t, ERR_CLIENT_GONE);
			return;
		}
		drained(t);
	}
	if (t->up_waits && fd == io->in_fd &&
	    (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
		t->up_waits = false;
		t->up_ready = !io->shared;
	}
	go_on(t);
}

void
fetcher_hurry(struct fetcher *f)
{
	struct transfer	*t, *next;

	for (t = f->first; t != NULL; t = next) {
		next = t->next;
		if (transfer_set_limit(t, -1) == -1)
			fail(t, ERR_NO_MEMORY);
	}
}

/* An input that is a file is always ready, and nothing to be waited for. */
static enum err
prepare_input(struct transfer *t)
{
	struct loop	*l = t->fetcher->loop;
	int		 fd = t->io->in_fd;

	if (fd == -1 || fd == t->io->gone_fd || t->f->body_bytes == 0)
		return OK;
	if (loop_watch(l, fd, EPOLLIN, on_client, t) == -1) {
		t->up_is_file = errno == EPERM;
		return t->up_is_file ? OK : ERR_NO_MEMORY;
	}
	loop_unwatch(l, fd);
	return OK;
}

static enum err
begin(struct transfer *t)
{
	struct fetcher	*f = t->fetcher;
	enum err	 e;

	if ((t->handle = handle_take(f, t->f, t->arena)) == NULL)
		return ERR_NO_MEMORY;
	if ((e = prepare_input(t)) == OK && (e = transfer_options(t)) == OK)
		transfer_watch(t);
	curl_easy_setopt(t->handle->easy, CURLOPT_PRIVATE, t);
	if (e == OK && curl_multi_add_handle(t->handle->hub->multi,
	    t->handle->easy) != CURLM_OK)
		e = ERR_INTERNAL;
	if (e != OK) {
		transfer_report(t);
		handle_give(t->handle);
		return e;
	}
	t->next = f->first;
	t->before = &f->first;
	if (f->first != NULL)
		f->first->before = &t->next;
	f->first = t;
	settle(t);
	return OK;
}

void
fetch_begin(struct fetcher *fetcher, const struct fetch *f, struct io *io,
    struct arena *arena, const struct sink *sink)
{
	struct transfer	*t = arena_alloc(arena, sizeof(*t));
	enum err	 e = ERR_NO_MEMORY;

	if (t != NULL) {
		t->fetcher = fetcher;
		t->f = f;
		t->io = io;
		t->arena = arena;
		t->sink = *sink;
		t->limit.due = on_limit;
		t->limit.arg = t->go_on.arg = t;
		t->go_on.due = on_rested;
		t->moved_ms = t->up_ended_ms = clock_ms();
		t->watch_ms = t->moved_ms + WATCH_MS;
		t->up_ended = f->body_bytes == 0;
		fields_init(&t->head, arena);
		e = begin(t);
	}
	if (e != OK)
		sink->ended(sink->arg, e);
}
