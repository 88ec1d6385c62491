#ifndef VIADUCT_SERVE_SLOTS_H
#define VIADUCT_SERVE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many requests of this process each route has under way, so that one slow
 * target cannot hold all that it may have.  A route may have three quarters of
 * them, and always one; what is more waits its turn.  Any thread may call.
 */
struct slots;

/* A request that waits; the caller's, and out of his hands until slots_give()
 * or slots_any() hands it to somebody. */
struct waiter {
	struct waiter	*next;
	char		 route[64];
	int64_t		 until_ms;	/* monotonic: then it is refused */
};

enum slot { SLOT_TAKEN, SLOT_WAITS, SLOT_REFUSED };

struct slots	*slots_new(int requests);	/* in all; NULL: no memory */
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
/* He waits no longer: taken out of the queue.  False: he was called up. */
bool		 slots_withdraw(struct slots *, struct waiter *);
/* The first in line, whatever he waits for, taken out of the queue. */
struct waiter	*slots_any(struct slots *);

#endif
