#ifndef VIADUCT_CORE_HISTOGRAM_H
#define VIADUCT_CORE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Times by fixed bounds, so that histograms of several processes, routes and
 * minutes can be added.  Bucket i holds what took longer than bound i - 1 and
 * at most bound i; the last one, which has no bound, all that took longer.
 */
enum { HISTOGRAM_BUCKETS = 30 };

/* Which bucket a time falls into; one below 0 counts as 0. */
size_t	 histogram_bucket(int64_t us);
/* The bound of a bucket that has one. */
int64_t	 histogram_bound_us(size_t bucket);

/*
 * The time that `permille' of a thousand did not exceed, by rule of proportion
 * within its bucket; the last bound (10 minutes) for whatever lies above it.
 * -1 where nothing was counted.
 */
int64_t	 histogram_quantile_us(const uint64_t counts[HISTOGRAM_BUCKETS],
	    unsigned permille);

#endif
