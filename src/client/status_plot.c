#include "client/status_plot.h"

#include <inttypes.h>

#include "client/figures.h"
#include "core/buf.h"

/* In units of the view, which are 0.85 to 1.5 pixels. */
enum { WIDTH = 400, LEFT = 42, RIGHT = 396, BASE = 164, TOP = 10,
    TIMES_TOP = 48, HEIGHT = 186, SPARK_WIDTH = 120, SPARK_HEIGHT = 24,
    SHARE_WIDTH = 100, SHARE_HEIGHT = 10 };

static const int	 series[] = { [STATS_ANSWERED] = 1,
	[STATS_REFUSED] = 5, [STATS_FAILED] = 2 };

static uint64_t
all(const struct stats_minute *m)
{
	return m->answered + m->refused + m->failed;
}

static uint64_t
highest(const struct stats_minute *minutes)
{
	uint64_t	 max = 0;

	for (int m = 0; m < STATS_MINUTES; m++)
		if (all(&minutes[m]) > max)
			max = all(&minutes[m]);
	return max;
}

/* --- axes ---------------------------------------------------------------- */

/* Of which four at most reach up to `max': 1, 2 or 5 and zeros. */
static uint64_t
step_for(uint64_t max)
{
	static const uint64_t	 firsts[] = { 1, 2, 5 };
	uint64_t		 ten = 1;

	for (;; ten *= 10)
		for (int i = 0; i < 3; i++)
			if (max / (firsts[i] * ten) < 4 ||
			    ten > UINT64_MAX / 100)
				return firsts[i] * ten;
}

static void
begin(struct buf *b, const char *label)
{
	buf_fmt(b, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-label=\"%s\">\n", WIDTH, HEIGHT, label);
}

/* Lines for the steps, and numbers before them.  The value at the top. */
static double
scale(struct buf *b, uint64_t max, int top)
{
	uint64_t	 step = step_for(max), n = max / step + 1;
	double		 y;

	for (uint64_t i = 0; i <= n; i++) {
		y = BASE - (double)(BASE - top) * (double)i / (double)n;
		buf_fmt(b, "<path class=\"%s\" d=\"M%d %.1fH%d\"/><text "
		    "x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
		    i == 0 ? "axis" : "grid", LEFT, y, RIGHT, LEFT - 5,
		    y + 4);
		figure_count(b, i * step);
		buf_str(b, "</text>\n");
	}
	return (double)n * (double)step;
}

static void
below(struct buf *b, double x, const char *anchor, const char *text)
{
	buf_fmt(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
	    x, HEIGHT - 5, anchor, text);
}

static void
bar(struct buf *b, int of, double x, double y, double width, double height)
{
	buf_fmt(b, "<rect class=\"bar s%d\" x=\"%.2f\" y=\"%.2f\" "
	    "width=\"%.2f\" height=\"%.2f\"/>", of, x, y, width, height);
}

/* --- minutes ------------------------------------------------------------- */

/* Of a bar that is not empty. */
static void
minute(struct buf *b, const struct stats_minute *m, int64_t at_s, double x,
    double width, double per_request)
{
	double	 y = BASE, height;

	buf_fmt(b, "<g><title>%02d:%02d UTC: %" PRIu64 " answered, %" PRIu64
	    " refused, %" PRIu64 " failed</title>",
	    (int)(at_s / 3600 % 24), (int)(at_s / 60 % 60), m->answered,
	    m->refused, m->failed);
	for (int sort = STATS_ANSWERED; sort <= STATS_FAILED; sort++) {
		height = (double)stats_in_minute(m, (enum stats_sort)sort) *
		    per_request;
		if (height == 0)
			continue;
		y -= height;
		bar(b, series[sort], x, y, width, height);
	}
	buf_str(b, "</g>\n");
}

void
plot_minutes(struct buf *b, const struct stats_minute minutes[STATS_MINUTES],
    int64_t now_s)
{
	double	 pitch = (double)(RIGHT - LEFT) / STATS_MINUTES, top;

	begin(b, "Requests per minute in the last hour");
	top = scale(b, highest(minutes), TOP);
	for (int m = 0; m < STATS_MINUTES; m++)
		if (all(&minutes[m]) > 0)
			minute(b, &minutes[m],
			    now_s - (STATS_MINUTES - 1 - m) * 60,
			    LEFT + m * pitch + 0.5, pitch - 1,
			    (BASE - TOP) / top);
	below(b, LEFT, "start", "1 h ago");
	below(b, (LEFT + RIGHT) / 2.0, "middle", "30 min");
	below(b, RIGHT, "end", "now");
	buf_str(b, "</svg>\n");
}

/* --- times --------------------------------------------------------------- */

static const double	 bucket_pitch = (double)(RIGHT - LEFT) /
    HISTOGRAM_BUCKETS;

static void
bucket_title(struct buf *b, size_t i, uint64_t n)
{
	buf_fmt(b, "<g><title>%s", i < HISTOGRAM_BUCKETS - 1 ? "up to " :
	    "above ");
	figure_time(b, histogram_bound_us(i < HISTOGRAM_BUCKETS - 1 ? i :
	    i - 1));
	buf_fmt(b, ": %" PRIu64 "</title>", n);
}

/* Where a time stands, as its bucket has it in proportion. */
static double
place(int64_t us)
{
	size_t	 i = histogram_bucket(us);
	int64_t	 low = i > 0 ? histogram_bound_us(i - 1) : 0;
	double	 part = 0;

	if (i < HISTOGRAM_BUCKETS - 1)
		part = (double)(us - low) /
		    (double)(histogram_bound_us(i) - low);
	return LEFT + ((double)i + part) * bucket_pitch;
}

static void
mark(struct buf *b, const char *name, int64_t us, int y)
{
	double	 x = place(us);
	bool	 left = x > RIGHT - 80;

	buf_fmt(b, "<path class=\"axis\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" "
	    "y=\"%d\" text-anchor=\"%s\">%s ", x, y - 10, BASE,
	    x + (left ? -4 : 4), y, left ? "end" : "start", name);
	figure_time(b, us);
	buf_str(b, "</text>\n");
}

static void
marks(struct buf *b, const uint64_t buckets[HISTOGRAM_BUCKETS])
{
	static const struct { const char *name; unsigned permille; int y; }
	    rows[] = { { "p50", 500, 12 }, { "p90", 900, 26 },
		    { "p99", 990, 40 } };
	int64_t	 us;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		us = histogram_quantile_us(buckets, rows[i].permille);
		if (us >= 0)
			mark(b, rows[i].name, us, rows[i].y);
	}
}

void
plot_times(struct buf *b, const uint64_t buckets[HISTOGRAM_BUCKETS])
{
	static const struct { const char *text; int64_t us; } labels[] = {
		{ "1 ms", 1000 }, { "10 ms", 10000 }, { "100 ms", 100000 },
		{ "1 s", 1000000 }, { "10 s", 10000000 },
	};
	uint64_t	 max = 0;
	double		 top, height;
	size_t		 i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (buckets[i] > max)
			max = buckets[i];
	begin(b, "How long the requests of the last hour took");
	top = scale(b, max, TIMES_TOP);
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (buckets[i] == 0)
			continue;
		height = (double)buckets[i] * (BASE - TIMES_TOP) / top;
		bucket_title(b, i, buckets[i]);
		bar(b, 1, LEFT + (double)i * bucket_pitch + 0.5,
		    BASE - height, bucket_pitch - 1, height);
		buf_str(b, "</g>\n");
	}
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		below(b, place(labels[i].us), "middle", labels[i].text);
	marks(b, buckets);
	buf_str(b, "</svg>\n");
}

/* --- in a line of text --------------------------------------------------- */

static void
area(struct buf *b, const struct stats_minute *minutes, bool failed, int of,
    uint64_t max)
{
	uint64_t	 n;

	buf_fmt(b, "<path class=\"area s%d\" d=\"M0 %d", of, SPARK_HEIGHT);
	for (int m = 0; m < STATS_MINUTES; m++) {
		n = failed ? minutes[m].failed : all(&minutes[m]);
		buf_fmt(b, "L%d %.1f", m * SPARK_WIDTH / (STATS_MINUTES - 1),
		    SPARK_HEIGHT - (double)n * (SPARK_HEIGHT - 1) /
		    (double)max);
	}
	buf_fmt(b, "V%dz\"/>", SPARK_HEIGHT);
}

void
plot_spark(struct buf *b, const struct stats_minute minutes[STATS_MINUTES])
{
	uint64_t	 max = highest(minutes);

	buf_fmt(b, "<svg class=\"plot spark\" viewBox=\"0 0 %d %d\" "
	    "role=\"img\" preserveAspectRatio=\"none\" aria-label=\"at most "
	    "%" PRIu64 " a minute\"><title>at most %" PRIu64
	    " a minute</title>", SPARK_WIDTH, SPARK_HEIGHT, max, max);
	if (max > 0) {
		area(b, minutes, false, series[STATS_ANSWERED], max);
		area(b, minutes, true, series[STATS_FAILED], max);
	}
	buf_fmt(b, "<path class=\"axis\" d=\"M0 %dH%d\"/></svg>",
	    SPARK_HEIGHT, SPARK_WIDTH);
}

void
plot_share(struct buf *b, uint64_t of, uint64_t whole, int of_series)
{
	double	 width = whole == 0 ? 0 : (double)of * SHARE_WIDTH /
		    (double)whole;

	buf_fmt(b, "<svg class=\"plot share\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">", SHARE_WIDTH,
	    SHARE_HEIGHT);
	bar(b, of_series, 0, 0, width, SHARE_HEIGHT);
	buf_str(b, "</svg>");
}
