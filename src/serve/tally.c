#include "serve/tally.h"

#include <time.h>

#include "core/clock.h"
#include "serve/serving.h"
#include "store/app.h"
#include "store/shm.h"
#include "store/stats.h"

static enum stats_kind
kind(const struct serving *x, bool located)
{
	if (x->rt != NULL && !x->rt->whole)
		return STATS_NAMED;
	if (x->t.kind == TARGET_URL)
		return STATS_WHOLE;
	return located && x->t.kind != TARGET_ROUTE ? STATS_OWN : STATS_NONE;
}

void
tally_open(struct serving *x, bool located)
{
	enum stats_kind	 k = kind(x, located);

	if (x->walk != NULL)
		return;
	x->counters = shm_stats(x->s->shm);
	x->place = stats_place(x->counters, k,
	    k == STATS_NAMED ? x->rt->name : NULL);
	x->open = stats_enter(x->counters, x->place);
}

void
tally_target(struct serving *x, enum err e)
{
	time_t	 now = time(NULL);

	if (e == ERR_TARGET_DOWN)
		x->rp.down_s = stats_down_s(x->counters, x->place, now);
	if (!x->asked || x->waits)
		return;
	if (e == OK || err_from_target(e))
		x->rp.down_s = stats_target(x->counters, x->place, e, now);
	if (x->reach.pause_ms > 0)
		stats_pause(x->counters, x->place,
		    now + (x->reach.pause_ms + 999) / 1000);
}

void
tally_close(struct serving *x)
{
	const struct reply		*rp = &x->rp;
	const struct stats_request	 r = {
		.outcome = rp->err, .status = rp->status,
		.total_us = clock_us() - rp->began_us,
		.target_us = rp->target_us,
		.in_bytes = rp->upload_bytes, .out_bytes = rp->body_bytes,
	};
	time_t				 now = time(NULL);

	if (x->counters == NULL)
		return;
	stats_leave(x->open);
	if (x->waits)
		return;
	stats_count(x->counters, x->place, &r, now);
	if (rp->err == ERR_RATE_LIMITED)
		stats_refused(x->counters, x->place, x->caller.client.block,
		    now);
}
