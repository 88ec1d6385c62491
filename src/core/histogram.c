#include "core/histogram.h"

#include <assert.h>

/* Six to each power of ten, up to 10 s; request_timeout is below 12 s where
 * nobody changes it. */
static const int64_t	 bounds[HISTOGRAM_BUCKETS - 1] = { 500, 1000, 2000,
    3000, 5000, 7000, 10000, 15000, 20000, 30000, 50000, 70000, 100000, 150000,
    200000, 300000, 500000, 700000, 1000000, 1500000, 2000000, 3000000,
    5000000, 7000000, 10000000, 12000000, 20000000, 60000000, 600000000 };

enum { BOUNDS = HISTOGRAM_BUCKETS - 1 };

size_t
histogram_bucket(int64_t us)
{
	size_t	 low = 0, high = BOUNDS;

	while (low < high) {
		size_t	 middle = (low + high) / 2;

		if (us <= bounds[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t
histogram_bound_us(size_t bucket)
{
	assert(bucket < BOUNDS);
	return bounds[bucket];
}

/* `rank' of the `count' times in this bucket, as if they lay evenly. */
static int64_t
within(size_t bucket, double rank, uint64_t count)
{
	int64_t	 low = bucket == 0 ? 0 : bounds[bucket - 1];

	if (bucket == BOUNDS)
		return low;
	return low + (int64_t)((double)(bounds[bucket] - low) * rank /
	    (double)count);
}

int64_t
histogram_quantile_us(const uint64_t counts[HISTOGRAM_BUCKETS],
    unsigned permille)
{
	uint64_t	 all = 0, below = 0;
	double		 rank;
	size_t		 i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		all += counts[i];
	if (all == 0)
		return -1;
	rank = (double)all * permille / 1000;
	for (i = 0; i < BOUNDS && (counts[i] == 0 ||
	    (double)(below + counts[i]) < rank); i++)
		below += counts[i];
	return within(i, rank - (double)below, counts[i]);
}
