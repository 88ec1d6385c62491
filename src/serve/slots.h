#ifndef VIADUCT_SERVE_SLOTS_H
#define VIADUCT_SERVE_SLOTS_H

#include <stdint.h>

/*
 * How many requests of this process each route has under way, so that one slow
 * target cannot hold all its threads.  A route may have three quarters of them,
 * and always one; what is more waits its turn without a thread.  Any thread may
 * call.
 */
struct slots;

/* A request that waits; the caller's, and out of his hands until slots_give()
 * or slots_overdue() hands it to somebody. */
struct waiter {
	struct waiter	*next;
	char		 route[64];
	int64_t		 until_ms;	/* monotonic: then it is refused */
};

enum slot { SLOT_TAKEN, SLOT_WAITS, SLOT_REFUSED };

struct slots	*slots_new(int threads);	/* NULL: no memory */
void		 slots_free(struct slots *);

/*
 * SLOT_TAKEN is to be given back.  SLOT_WAITS: the waiter is in the queue, and
 * may be somebody else's before this returns.  SLOT_REFUSED: the share is used
 * up, and `waiter' is NULL, overdue, or the queue is full.
 */
enum slot	 slots_take(struct slots *, const char *route,
		    struct waiter *, int64_t now_ms);
/* Whose turn it is now, taken out of the queue; NULL: nobody's.  He is to try
 * slots_take() again. */
struct waiter	*slots_give(struct slots *, const char *route);
/* Who is first in line for a route that has room, taken out of the queue: for
 * one whose turn it was and who took no slot. */
struct waiter	*slots_next(struct slots *, const char *route);
/* One that has waited too long, taken out of the queue. */
struct waiter	*slots_overdue(struct slots *, int64_t now_ms);
/* Does anybody wait? */
int		 slots_waiting(struct slots *);

#endif
