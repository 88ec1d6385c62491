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

static bool
has(const void *routes, const char *name)
{
	return routes_find(routes, name) != NULL;
}

struct stats_table
tally_table(const struct routes *routes)
{
	return (struct stats_table){ .has = has, .routes = routes };
}

void
tally_open(struct serving *x, bool located)
{
	enum stats_kind		 k = kind(x, located);
	struct stats_table	 t;
	const char		*name;

	if (x->walk != NULL)
		return;
	x->counters = shm_stats(x->s->shm);
	name = k == STATS_NAMED ? x->rt->name : NULL;
	x->entry = stats_enter(x->counters, k, name);
	if (!x->entry.crowded)
		return;
	t = tally_table(x->s->routes);
	if (stats_make_room(x->counters, &t, time(NULL))) {
		stats_leave(&x->entry);
		x->entry = stats_enter(x->counters, k, name);
	}
}

void
tally_target(struct serving *x, enum err e)
{
	time_t	 now = time(NULL);

	if (e == ERR_TARGET_DOWN)
		x->rp.down_s = stats_down_s(x->counters, &x->entry, now);
	if (!x->asked || x->waits)
		return;
	if (e == OK || err_from_target(e))
		x->rp.down_s = stats_target(x->counters, &x->entry, e, now);
	if (x->reach.pause_ms > 0)
		stats_pause(x->counters, &x->entry,
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
	stats_confirm(x->counters, &x->entry);
	if (!x->waits)
		stats_count(x->counters, x->entry.place, &r, now);
	if (!x->waits && rp->err == ERR_RATE_LIMITED)
		stats_refused(x->counters, x->entry.place,
		    x->caller.client.block, now);
	stats_leave(&x->entry);
}
