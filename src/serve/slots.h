#ifndef VIADUCT_SERVE_SLOTS_H
#define VIADUCT_SERVE_SLOTS_H

#include <stdbool.h>

/*
 * How many requests of this process each route has under way, so that one slow
 * target cannot hold all its threads.  A route may have seven eighths of them,
 * and always one.  Any thread may call.
 */
struct slots;
struct slots	*slots_new(int threads);	/* NULL: no memory */
void		 slots_free(struct slots *);
/* False: the route has its share.  What was taken is to be given back. */
bool		 slots_take(struct slots *, const char *route);
void		 slots_give(struct slots *, const char *route);

#endif
