#include "client/status_scope.h"

#include "client/figures.h"
#include "client/status.h"
#include "client/status_plot.h"
#include "client/status_table.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "store/stats.h"

#define COLUMNS(list)	.columns = (list), \
	.n_columns = sizeof(list) / sizeof((list)[0])

static const int	 series[] = { [STATS_ANSWERED] = 1,
	[STATS_REFUSED] = 5, [STATS_FAILED] = 2 };

void
status_moment(struct buf *b, int64_t seconds)
{
	char	 at[UTC_TEXT];

	utc_write(seconds, at);
	if (at[0] != '\0')
		buf_fmt(b, "%.5s", at + 11);
}

void
status_name(struct buf *b, const struct stats_scope_view *s)
{
	static const char *const	 kinds[STATS__MAX] = {
		[STATS_OTHERS] = "other routes", [STATS_WHOLE] = "whole URLs",
		[STATS_OWN] = "own pages", [STATS_NONE] = "nowhere",
	};

	if (s->kind != STATS_NAMED)
		buf_fmt(b, "<span class=\"soft\">%s</span>", kinds[s->kind]);
	else if (s->name[0] == '\0')
		buf_str(b, "all");
	else
		escape_html(b, s->name);
}

void
status_target(const struct status_part *p, const struct stats_scope_view *s)
{
	struct buf	*b = p->b;

	if (s->target == STATS_UNKNOWN)
		return;
	buf_str(b, s->target == STATS_UP ?
	    "<span class=\"badge good\">up</span> " :
	    "<span class=\"badge bad\">down</span> ");
	figure_age(b, p->v->now_s - s->target_since_s);
	if (s->target == STATS_DOWN && s->fault != NULL)
		escape_html_within(b, " <code>", s->fault, "</code>");
	if (s->paused_until_s != 0)
		buf_fmt(b, ", asked again in %lld s",
		    (long long)(s->paused_until_s - p->v->now_s));
}

static void
heading(struct buf *b, int level, const char *text)
{
	buf_fmt(b, "<h%d>%s</h%d>\n", level, text, level);
}

/* --- plots, and the same as tables --------------------------------------- */

static const char *
route_of(const struct stats_scope_view *s)
{
	return s->name[0] != '\0' ? s->name : NULL;
}

static void
minutes_table(const struct status_part *p, const struct stats_scope_view *s)
{
	static const struct status_column	 columns[] = {
		{ "UTC", false }, { "Answered", true }, { "Refused", true },
		{ "Failed", true },
	};
	const struct status_table		 t = {
		.label = "Requests minute by minute", .of = route_of(s),
		COLUMNS(columns) };
	const struct stats_minute		*m = s->minutes;
	struct buf				*b = p->b;

	buf_str(b, "<details>\n<summary>Minute by minute</summary>\n");
	status_table_open(b, &t);
	for (int i = STATS_MINUTES - 1; i >= 0; i--) {
		buf_str(b, "<tr><th scope=\"row\">");
		status_moment(b, p->v->now_s - (STATS_MINUTES - 1 - i) * 60);
		buf_str(b, "</th>");
		status_cell_count(b, m[i].answered);
		status_cell_count(b, m[i].refused);
		status_cell_count(b, m[i].failed);
		status_row_end(b);
	}
	status_table_close(b, &t);
	buf_str(b, "</details>\n");
}

static void
buckets_table(const struct status_part *p, const struct stats_scope_view *s)
{
	static const struct status_column	 columns[] = {
		{ "Time", false }, { "Requests", true },
		{ "Of the target", true },
	};
	const struct status_table		 t = {
		.label = "How many requests took how long",
		.of = route_of(s), COLUMNS(columns) };
	struct buf				*b = p->b;

	buf_str(b, "<details>\n<summary>In numbers</summary>\n");
	status_table_open(b, &t);
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		buf_str(b, "<tr><th scope=\"row\">");
		buf_str(b, i < HISTOGRAM_BUCKETS - 1 ? "up to " : "above ");
		figure_time(b, histogram_bound_us(
		    i < HISTOGRAM_BUCKETS - 1 ? i : i - 1));
		buf_str(b, "</th>");
		status_cell_count(b, s->hour.total[i]);
		status_cell_count(b, s->hour.target[i]);
		status_row_end(b);
	}
	status_table_close(b, &t);
	buf_str(b, "</details>\n");
}

void
status_plots(const struct status_part *p, const struct stats_scope_view *s,
    int level)
{
	struct buf	*b = p->b;

	buf_str(b, "<div class=\"panels\">\n<section>\n");
	heading(b, level, "Requests per minute");
	buf_str(b, "<figure>\n");
	plot_minutes(b, s->minutes, p->v->now_s);
	buf_str(b, "<figcaption>"
	    "<span class=\"key s1\">&nbsp;</span> answered &ensp; "
	    "<span class=\"key s5\">&nbsp;</span> refused &ensp; "
	    "<span class=\"key s2\">&nbsp;</span> failed"
	    "</figcaption>\n</figure>\n");
	minutes_table(p, s);
	buf_str(b, "</section>\n<section>\n");
	heading(b, level, "Time taken");
	buf_str(b, "<figure>\n");
	plot_times(b, s->hour.total);
	buf_str(b, "<figcaption>Requests of the last hour, by the time until "
	    "their answer was written</figcaption>\n</figure>\n");
	buckets_table(p, s);
	buf_str(b, "</section>\n</div>\n");
}

/* --- tables -------------------------------------------------------------- */

/* A part of the last hour's requests, and of all there were. */
struct part {
	uint64_t	 hour, all, ever;
	enum stats_sort	 sort;
};

static void
part_cells(struct buf *b, const struct part *p)
{
	status_cell_share(b, p->hour, p->all);
	buf_str(b, "<td>");
	plot_share(b, p->hour, p->all, series[p->sort]);
	buf_str(b, "</td>");
	status_cell_count(b, p->hour);
	status_cell_count(b, p->ever);
}

static void
by_rule(const struct status_part *p, const struct stats_scope_view *s)
{
	static const struct status_column	 columns[] = {
		{ "Rule", false }, { "Share", true }, { NULL, false },
		{ "Last hour", true }, { "In all", true }, { "Status", true },
	};
	const struct status_table		 t = {
		.label = "Requests by rule", .of = route_of(s), .wide = true,
		COLUMNS(columns) };
	struct buf				*b = p->b;
	size_t					 ranked[STATS_OUTCOMES];
	size_t					 n, i;

	n = stats_ranked(p->v, s, ranked);
	status_table_open(b, &t);
	for (size_t r = 0; r < n; r++) {
		i = ranked[r];
		escape_html_within(b, "<tr><th scope=\"row\"><code>",
		    p->v->outcomes[i].word, "</code></th>");
		part_cells(b, &(struct part){ s->hour.outcomes[i],
		    stats_all(&s->hour), s->ever.outcomes[i],
		    stats_sort(p->v->outcomes[i].status) });
		buf_str(b, "<td class=\"number\">");
		if (i > 0)
			buf_fmt(b, "%d", p->v->outcomes[i].status);
		buf_str(b, "</td>");
		status_row_end(b);
	}
	status_table_close(b, &t);
}

static void
by_status(const struct status_part *p, const struct stats_scope_view *s)
{
	static const struct status_column	 columns[] = {
		{ "Status", false }, { "Share", true }, { NULL, false },
		{ "Last hour", true }, { "In all", true },
	};
	const struct status_table		 t = {
		.label = "Answers by status", .of = route_of(s),
		COLUMNS(columns) };

	status_table_open(p->b, &t);
	for (int i = 2; i < STATS_STATUSES; i++) {
		status_row(p->b, stats_status_name(i));
		part_cells(p->b, &(struct part){ s->hour.statuses[i],
		    stats_all(&s->hour), s->ever.statuses[i],
		    stats_sort(100 * i) });
		status_row_end(p->b);
	}
	status_table_close(p->b, &t);
}

static void
times_row(struct buf *b, const char *head,
    const uint64_t buckets[HISTOGRAM_BUCKETS], uint64_t sum_us)
{
	static const unsigned	 permille[] = { 500, 900, 990 };
	uint64_t		 n = 0;

	status_row(b, head);
	for (size_t i = 0; i < sizeof(permille) / sizeof(permille[0]); i++)
		status_cell_time(b, histogram_quantile_us(buckets,
		    permille[i]));
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += buckets[i];
	status_cell_time(b, n == 0 ? -1 : (int64_t)(sum_us / n));
	status_row_end(b);
}

static void
times(const struct status_part *p, const struct stats_scope_view *s)
{
	static const struct status_column	 columns[] = {
		{ "Last hour", false }, { "p50", true }, { "p90", true },
		{ "p99", true }, { "Mean", true },
	};
	const struct status_table		 t = {
		.label = "Percentiles of the time taken", .of = route_of(s),
		COLUMNS(columns) };

	status_table_open(p->b, &t);
	times_row(p->b, "Whole request", s->hour.total, s->hour.total_us);
	times_row(p->b, "Its target", s->hour.target, s->hour.target_us);
	status_table_close(p->b, &t);
}

static void
bytes(const struct status_part *p, const struct stats_scope_view *s)
{
	static const struct status_column	 columns[] = {
		{ "Bytes", false }, { "Last hour", true }, { "In all", true },
	};
	const struct status_table		 t = {
		.label = "Bytes of bodies", .of = route_of(s),
		COLUMNS(columns) };

	status_table_open(p->b, &t);
	status_row(p->b, "Received");
	status_cell(p->b, figure_bytes, s->hour.in_bytes);
	status_cell(p->b, figure_bytes, s->ever.in_bytes);
	status_row_end(p->b);
	status_row(p->b, "Sent");
	status_cell(p->b, figure_bytes, s->hour.out_bytes);
	status_cell(p->b, figure_bytes, s->ever.out_bytes);
	status_row_end(p->b);
	status_table_close(p->b, &t);
}

void
status_tables(const struct status_part *p, const struct stats_scope_view *s,
    int level)
{
	struct buf	*b = p->b;

	buf_str(b, "<div class=\"panels\">\n<section>\n");
	heading(b, level, "By rule");
	by_rule(p, s);
	buf_str(b, "</section>\n<section>\n");
	heading(b, level, "By status");
	by_status(p, s);
	heading(b, level, "Percentiles and bytes");
	times(p, s);
	bytes(p, s);
	buf_str(b, "</section>\n</div>\n");
}
