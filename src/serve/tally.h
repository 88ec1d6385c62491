#ifndef VIADUCT_SERVE_TALLY_H
#define VIADUCT_SERVE_TALLY_H

#include <stdbool.h>

#include "core/err.h"
#include "store/stats.h"

struct routes;
struct serving;

/*
 * The one place where requests are counted (store/stats), in this order.  Of
 * one that is served without settings there is nothing to count in; one that
 * waits for its route's turn is neither open nor counted until then; of one that
 * nobody sent (serve/walk) nothing is.
 */

/* It is known what it asks for, or that it is nothing that there is: from here
 * on it is open. */
void	 tally_open(struct serving *, bool located);
/* It is known how it ends: what that says of its target, so that the answer can
 * say since when it is down (reply.down_s). */
void	 tally_target(struct serving *, enum err);
/* Its answer is written, but not yet sent off: who has an answer in hand has
 * been counted. */
void	 tally_close(struct serving *);

/* For the counters, which routes there are. */
struct stats_table tally_table(const struct routes *);

#endif
