#include "upstream/transfer.h"

/* Fewer bytes than this in a window is a target that keeps a request busy with
 * next to nothing; so is a client that takes none of them for so long. */
enum { DRIP_WINDOW_MS = 30000, DRIP_BYTES = 64 * 30, CLIENT_MS = 60000 };

struct limit { int64_t due_ms; enum err err; };

static void
sooner(struct limit *l, int64_t due_ms, enum err e)
{
	if (due_ms < l->due_ms) {
		l->due_ms = due_ms;
		l->err = e;
	}
}

/* Which of the times that matter now runs out first? */
static struct limit
next_limit(const struct transfer *t)
{
	const struct rules	*r = t->f->rules;
	struct limit		 l = { INT64_MAX, OK };
	int64_t			 stopped_ms;

	if (t->f->stop != NULL && (stopped_ms = t->f->stop->at_ms) != 0)
		sooner(&l, stopped_ms + DRAIN_MS, ERR_SHUTTING_DOWN);
	if (t->f->end_ms != 0 && !t->endless)
		sooner(&l, t->f->end_ms, ERR_TOTAL_TIMEOUT);
	if (t->out_waits_ms != 0)
		sooner(&l, t->out_waits_ms + CLIENT_MS, ERR_CLIENT_GONE);
	if (t->down_waits)
		return l;
	if (!t->up_ended && !t->answering) {
		sooner(&l, t->moved_ms + r->idle_timeout_ms, t->up_waits ?
		    ERR_UPLOAD_STALLED : t->connected ?
		    ERR_RESPONSE_TIMEOUT : ERR_CONNECTION_TIMEOUT);
	} else if (!t->answering) {
		sooner(&l, t->up_ended_ms + *t->f->first_byte_ms,
		    t->connected ? ERR_RESPONSE_TIMEOUT :
		    ERR_CONNECTION_TIMEOUT);
	} else {
		sooner(&l, t->moved_ms + r->idle_timeout_ms, t->head_done ?
		    ERR_READ_TIMEOUT : ERR_RESPONSE_TIMEOUT);
	}
	return l;
}

static bool
drips(const struct transfer *t)
{
	return t->head_done && !t->endless && !t->down_waits;
}

void
transfer_look_at_time(struct transfer *t, int64_t now_ms)
{
	struct limit	 l = next_limit(t);

	if (drips(t) && now_ms - t->drip_ms >= DRIP_WINDOW_MS) {
		if (t->drip_bytes < DRIP_BYTES)
			transfer_fail(t, ERR_READ_TIMEOUT);
		t->drip_ms = now_ms;
		t->drip_bytes = 0;
	}
	if (l.due_ms <= now_ms)
		transfer_fail(t, l.err);
}

static int64_t
first_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Times mostly move on: then the timer is left as it is, and looks again when
 * it is due. */
int
transfer_set_limit(struct transfer *t, int again_ms)
{
	int64_t	 due = next_limit(t).due_ms;

	if (again_ms != -1)
		due = first_of(due, loop_now_ms(t->fetcher->loop) + again_ms);
	if (t->watch_ms > loop_now_ms(t->fetcher->loop))
		due = first_of(due, t->watch_ms);
	if (drips(t))
		due = first_of(due, t->drip_ms + DRIP_WINDOW_MS);
	return t->limit.place != 0 && due >= t->limit.due_ms ? 0 :
	    loop_at(t->fetcher->loop, &t->limit, due);
}
