#ifndef VIADUCT_CLIENT_STATUS_PLOT_H
#define VIADUCT_CLIENT_STATUS_PLOT_H

#include <stdint.h>

#include "store/stats.h"

struct buf;

/*
 * Inline SVG in the classes of style.css, with the numbers of each bar in a
 * title.  Answered is s1, refused s5, failed s2.
 */

/* Requests per minute, stacked; the last minute, of now_s, runs. */
void	 plot_minutes(struct buf *, const struct stats_minute[STATS_MINUTES],
	    int64_t now_s);
/* How many requests took how long, and the percentiles. */
void	 plot_times(struct buf *, const uint64_t buckets[HISTOGRAM_BUCKETS]);
/* Requests per minute, so small that it stands in a line of text. */
void	 plot_spark(struct buf *, const struct stats_minute[STATS_MINUTES]);
/* A part of a whole as a bar that stands in a line of text. */
void	 plot_share(struct buf *, uint64_t of, uint64_t all, int series);

#endif
