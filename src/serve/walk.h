#ifndef VIADUCT_SERVE_WALK_H
#define VIADUCT_SERVE_WALK_H

#include <stdbool.h>

#include "core/err.h"

/* What a request must pass, in the order in which it is refused. */
enum step {
	STEP_ORIGIN,		/* by the rule of its route, or the INI's */
	STEP_READ,		/* CGI variables, fields */
	STEP_TARGET,		/* mount, path, ? forms, whole URLs */
	/* for a route */
	STEP_ROUTE,		/* is its row sound? */
	STEP_SAME_PATH,		/* as the web server read it */
	STEP_METHOD,
	STEP_URL,		/* does the path stay below the route's? */
	STEP_FILTER,
	STEP_FETCH_MODE,
	STEP_WHOLE_PROOF,
	STEP_LOOP,
	STEP_HOST,
	STEP_UPLOAD,
	STEP_FIELDS,
	STEP_RATE,		/* for a page made here too */
	STEP_ACCESS,
	/* for all others */
	STEP_PAGE,		/* is there one, and for whom? */
	/* for a route */
	STEP_REACH,		/* or have connections failed of late? */
	STEP_FETCH,
	STEP__MAX
};

/*
 * A request that nobody sent is walked through the same steps as any, to be
 * explained: nothing is asked of targets, counted or logged.
 */
struct walk {
	struct {
		enum outcome {
			WALK_NOT_REACHED, WALK_PASSED, WALK_REFUSED,
			WALK_OPEN	/* only a real request will show */
		}		 outcome;
		enum err	 err;	/* of WALK_REFUSED */
	} steps[STEP__MAX];
	enum err	 err;	/* of the first that refused; OK */
};

/*
 * What the caller of a step goes by: `e' itself where there is no walk.  A walk
 * notes it, and goes on, so that all that is wrong shows at once; but not where
 * the steps below could not do without this one, or memory is at its end.
 */
enum err walk_step(struct walk *, enum step, enum err e);
/* That is for a real request alone; false where there is no walk. */
bool	 walk_leaves(struct walk *, enum step);

#endif
