#include "serve/reach.h"

#include "store/routes.h"
#include "store/targets.h"

void
reach_find(struct reach *r, struct shm *shm, const struct route *rt)
{
	*r = (struct reach){ .shm = shm, .whole = rt->whole,
	    .target = rt->target };
	if (shm != NULL && rt->whole)
		r->target = targets_id(shm, true, rt->name, rt->url);
}

bool
reach_look(struct reach *r)
{
	if (r->shm != NULL)
		r->pause_ms = targets_pause_ms(r->shm, r->target);
	return r->pause_ms == 0;
}

/* A pause that has just ended, with a trial of somebody else under way, is
 * none any more when it is looked at. */
bool
reach_ask(struct reach *r, int64_t try_ms)
{
	if (targets_ask(r->shm, r->target, try_ms, &r->trial) !=
	    BREAKER_PAUSE)
		return true;
	r->pause_ms = targets_pause_ms(r->shm, r->target);
	return false;
}

void
reach_made(struct reach *r)
{
	if (r->told || r->shm == NULL)
		return;
	r->told = true;
	targets_made(r->shm, r->target);
}

void
reach_ended(struct reach *r, enum err e)
{
	if (r->told || r->shm == NULL)
		return;
	switch (breaker_end(e, r->whole)) {
	case BREAKER_MADE:
		reach_made(r);
		break;
	case BREAKER_FAILED:
		r->pause_ms = targets_failed(r->shm, r->target, r->trial != 0);
		break;
	case BREAKER_UNKNOWN:
		if (r->trial != 0)
			targets_untried(r->shm, r->target, r->trial);
		break;
	}
	r->told = true;
}
