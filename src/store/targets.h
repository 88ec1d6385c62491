#ifndef VIADUCT_STORE_TARGETS_H
#define VIADUCT_STORE_TARGETS_H

#include <stdbool.h>
#include <stdint.h>

#include "http/breaker.h"

struct shm;

/*
 * Which targets cannot be connected to (http/breaker), in words that all
 * processes share (store/shm): a process that is killed holds nothing, and what
 * a trial of it would have told, the next one tells.  Any thread may call.
 *
 * A word belongs to one target alone.  There are words for as many as fail at a
 * time; where more do, those are forgotten of which nothing was heard for
 * longest, so that they are merely asked as if they were sound.  Routes have a
 * half of the words that whole URLs, whose hosts anybody may name, never take.
 */

/* What a target's word is found by.  An edited URL is another target. */
uint64_t	 targets_id(const struct shm *, bool whole, const char *route,
		    const char *url);

/* May it be asked?  As breaker_ask(); *trial: what targets_untried() wants of
 * BREAKER_TRY. */
enum breaker	 targets_ask(struct shm *, uint64_t id, int64_t try_ms,
		    uint64_t *trial);
/* How long it is not asked now, 0: it is; nothing is changed. */
int64_t		 targets_pause_ms(struct shm *, uint64_t id);

/* A connection was made; it has failed: then the milliseconds for which the
 * target is not asked from now on, 0: it is; nothing came of the trial. */
void		 targets_made(struct shm *, uint64_t id);
int64_t		 targets_failed(struct shm *, uint64_t id, bool trial);
void		 targets_untried(struct shm *, uint64_t id, uint64_t trial);

#endif
