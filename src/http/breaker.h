#ifndef VIADUCT_HTTP_BREAKER_H
#define VIADUCT_HTTP_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

/*
 * Is a target asked at all?  After BREAKER_FAILURES connections in a row that
 * could not be made it is not, for BREAKER_PAUSE_MS; then one request tries,
 * and the others do not wait for what comes of it.  One connection that is made
 * ends all of that.
 *
 * What is known of a target is one word; 0: nothing bad.  Its upper bits are
 * its key: whose word it is, for many have their words in one table.  Times are
 * monotonic milliseconds, from 1 to 2^36; one of another boot counts as none.
 */
enum { BREAKER_FAILURES = 5, BREAKER_PAUSE_MS = 10000,
    BREAKER_MAX_TRY_MS = 300000, BREAKER_KEY_SHIFT = 40 };

/* What the end of a request says of the way to its target.  Of a whole URL a
 * name that cannot be resolved says nothing: a private one must not be told
 * from one that there is not, by how fast it fails. */
enum breaker_end { BREAKER_UNKNOWN, BREAKER_MADE, BREAKER_FAILED };
enum breaker_end breaker_end(enum err, bool whole);

/*
 * May it be asked?  BREAKER_TRY: as a trial, of which the word then says that it
 * is under way for try_ms (at most BREAKER_MAX_TRY_MS), so that the next comes
 * after that even if nothing is heard of this one.
 */
enum breaker { BREAKER_ASK, BREAKER_TRY, BREAKER_PAUSE };
enum breaker	 breaker_ask(uint64_t *word, int64_t try_ms, int64_t now_ms);
/* How long it is not asked; 0: it is. */
int64_t		 breaker_pause_ms(uint64_t word, int64_t now_ms);
/* A connection has failed, of a trial or not.  Those that began before the
 * pause and end in it do not prolong it. */
uint64_t	 breaker_fail(uint64_t word, bool trial, int64_t now_ms);
/* A trial of which nothing came: the next is due. */
uint64_t	 breaker_untried(uint64_t word, int64_t now_ms);

/* Which of two words is worth less, and gives up its place first?  The lower;
 * 0 is worth nothing. */
uint64_t	 breaker_worth(uint64_t word, int64_t now_ms);

#endif
