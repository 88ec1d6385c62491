#include "http/breaker.h"

/*
 * From below: how many connections have failed, at most BREAKER_FAILURES; a
 * time, of the last failure, or of the next trial when they are all; the key.
 */
enum { FAILURE_BITS = 3, TIME_BITS = BREAKER_KEY_SHIFT - FAILURE_BITS };
#define FAILURE_MASK	((UINT64_C(1) << FAILURE_BITS) - 1)
#define TIME_MASK	((UINT64_C(1) << TIME_BITS) - 1)

_Static_assert(BREAKER_FAILURES <= FAILURE_MASK, "they can be counted");

static int64_t
time_of(uint64_t word)
{
	return (int64_t)(word >> FAILURE_BITS & TIME_MASK);
}

/* No word is so far ahead of its time; 0 failures are of nothing. */
static uint64_t
failures(uint64_t word, int64_t now_ms)
{
	return time_of(word) > now_ms + BREAKER_PAUSE_MS +
	    BREAKER_MAX_TRY_MS ? 0 : word & FAILURE_MASK;
}

static uint64_t
with(uint64_t word, uint64_t n, int64_t time_ms)
{
	return word >> BREAKER_KEY_SHIFT << BREAKER_KEY_SHIFT |
	    ((uint64_t)time_ms & TIME_MASK) << FAILURE_BITS | n;
}

enum breaker_end
breaker_end(enum err e, bool whole)
{
	switch (e) {
	case OK:
	case ERR_TLS_PROTOCOL:		/* it is there, and speaks */
	case ERR_TLS_CERTIFICATE:
		return BREAKER_MADE;
	case ERR_CONNECTION_REFUSED:
	case ERR_CONNECTION_TIMEOUT:
		return BREAKER_FAILED;
	case ERR_DNS:
		return whole ? BREAKER_UNKNOWN : BREAKER_FAILED;
	default:
		return BREAKER_UNKNOWN;
	}
}

int64_t
breaker_pause_ms(uint64_t word, int64_t now_ms)
{
	int64_t	 left = time_of(word) - now_ms;

	return failures(word, now_ms) < BREAKER_FAILURES || left < 0 ? 0 :
	    left;
}

enum breaker
breaker_ask(uint64_t *word, int64_t try_ms, int64_t now_ms)
{
	if (failures(*word, now_ms) < BREAKER_FAILURES)
		return BREAKER_ASK;
	if (breaker_pause_ms(*word, now_ms) > 0)
		return BREAKER_PAUSE;
	*word = with(*word, BREAKER_FAILURES, now_ms + try_ms);
	return BREAKER_TRY;
}

uint64_t
breaker_fail(uint64_t word, bool trial, int64_t now_ms)
{
	uint64_t	 n = failures(word, now_ms);

	if (n == BREAKER_FAILURES && !trial)
		return word;
	if (n < BREAKER_FAILURES)
		n++;
	return with(word, n, n < BREAKER_FAILURES ? now_ms :
	    now_ms + BREAKER_PAUSE_MS);
}

uint64_t
breaker_untried(uint64_t word, int64_t now_ms)
{
	return with(word, BREAKER_FAILURES, now_ms);
}

uint64_t
breaker_worth(uint64_t word, int64_t now_ms)
{
	return failures(word, now_ms) == 0 ? 0 : (uint64_t)time_of(word);
}
