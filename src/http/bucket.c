#include "http/bucket.h"

/*
 * The generic cell rate algorithm (ITU-T I.371): the word holds the time at
 * which the next request would arrive if all came evenly.  A request may be
 * early by burst - 1 periods; each moves the time on by one.
 *
 * A time from the far future is of another boot of this machine and is taken
 * for none.  What is far is for who wrote the word to say, in its upper bits:
 * two rates may come to share a word, and the quicker one must not take the
 * other's times for stale ones.
 */

enum { TIME_BITS = 58 };
#define TIME_MASK	(((uint64_t)1 << TIME_BITS) - 1)

/* The smallest power of two that is no less. */
static uint64_t
power(uint64_t n)
{
	uint64_t	 e = 0;

	while ((uint64_t)1 << e < n)
		e++;
	return e;
}

int64_t
bucket_take(uint64_t *word, const struct rate *r, int tenths, int64_t now_us)
{
	uint64_t	 now = (uint64_t)now_us, next = *word & TIME_MASK;
	uint64_t	 far = (uint64_t)1 << (*word >> TIME_BITS);
	uint64_t	 period = (uint64_t)r->period_us;
	uint64_t	 early = period * (uint64_t)(r->burst - 1);

	if (next < now || next - now > far)
		next = now;
	if (next - now > early)
		return (int64_t)(next - now - early);
	next += period * (uint64_t)tenths / COST_REQUEST;
	*word = next | power(early + period) << TIME_BITS;
	return 0;
}
