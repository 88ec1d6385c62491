#include "serve/walk.h"

#include <stddef.h>

static bool
is_needed_below(enum step s)
{
	return s == STEP_TARGET || s == STEP_ROUTE;
}

enum err
walk_step(struct walk *w, enum step s, enum err e)
{
	if (w == NULL)
		return e;
	w->steps[s].outcome = e == OK ? WALK_PASSED : WALK_REFUSED;
	w->steps[s].err = e;
	if (w->err == OK)
		w->err = e;
	return is_needed_below(s) || e == ERR_NO_MEMORY ? e : OK;
}

bool
walk_leaves(struct walk *w, enum step s)
{
	if (w == NULL)
		return false;
	w->steps[s].outcome = WALK_OPEN;
	return true;
}
