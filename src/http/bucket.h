#ifndef VIADUCT_HTTP_BUCKET_H
#define VIADUCT_HTTP_BUCKET_H

#include <stdint.h>

/* One request per period in the long run, `burst' of them at once. */
struct rate {
	int64_t		 period_us;	/* 0: no limit */
	int64_t		 burst;		/* 1 or more */
};

/* The bounds of a rate, within which the arithmetic cannot overflow. */
enum { RATE_MIN_PERIOD_US = 100, RATE_MAX_BURST = 1000000 };
#define RATE_MAX_PERIOD_US	((int64_t)86400 * 1000000)

/* What a request costs, in tenths of one. */
enum { COST_PREFLIGHT = 1, COST_REQUEST = 10 };

/* Which limit refused a request, as the 429 tells it. */
struct limited {
	const char	*policy;	/* the limit's name */
	struct rate	 rate;
	int64_t		 wait_us;	/* until one more may come */
};

/*
 * Take from a bucket, which is one word; 0 is a full one.  0 when there was
 * enough, and the word is changed; else the microseconds to wait, and it is
 * not.  now_us is monotonic, from 1 to 2^57, and no earlier than the word was
 * written; the rate is within its bounds.
 */
int64_t	 bucket_take(uint64_t *word, const struct rate *, int tenths,
	    int64_t now_us);

#endif
