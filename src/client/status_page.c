#include <inttypes.h>

#include "client/figures.h"
#include "client/frame.h"
#include "client/status.h"
#include "client/status_plot.h"
#include "client/tmpl.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "store/stats.h"

/* What the parts of the page are made from. */
struct page {
	struct buf		*b;
	const struct status	*st;
	const struct stats_view	*v;
};

/* "18:31", or with the day before it. */
static void
moment(struct buf *b, int64_t seconds, bool day)
{
	char	 at[UTC_TEXT];

	utc_write(seconds, at);
	if (at[0] == '\0')
		return;
	if (day)
		buf_fmt(b, "%.10s ", at);
	buf_fmt(b, "%.5s", at + 11);
}

/* --- the summary --------------------------------------------------------- */

static void
notes(const struct page *p)
{
	if (!p->st->sound)
		buf_str(p->b, "<p class=\"note bad\">The settings or the "
		    "table of routes are bad: the last good ones are in use, "
		    "and a process that starts now serves nobody. "
		    "<code>viaduct check</code> says why.</p>\n");
	if (!p->v->shared)
		buf_str(p->b, "<p class=\"note fair\">These are the requests "
		    "of one process alone: the file that all count in cannot "
		    "be used, and the error log says why.</p>\n");
}

static void
top(const struct page *p)
{
	struct buf	*b = p->b;

	buf_str(b, "<p class=\"over\">");
	moment(b, p->v->now_s, true);
	buf_fmt(b, " UTC &middot; %d process%s &middot; counted since ",
	    p->v->processes, p->v->processes == 1 ? "" : "es");
	moment(b, p->v->began_s, true);
	buf_str(b, "</p>\n<h1>Status</h1>\n");
	notes(p);
}

static void
tile(struct buf *b, const char *label, void (*write)(struct buf *, uint64_t),
    uint64_t n)
{
	buf_str(b, "<li class=\"tile\"><b>");
	write(b, n);
	buf_fmt(b, "</b><span>%s</span></li>\n", label);
}

static void
share_tile(struct buf *b, const char *label, uint64_t of, uint64_t all)
{
	buf_str(b, "<li class=\"tile\"><b>");
	figure_share(b, of, all);
	buf_fmt(b, "</b><span>%s</span></li>\n", label);
}

static void
time_tile(struct buf *b, const char *label, const struct stats_sum *s,
    unsigned permille)
{
	buf_str(b, "<li class=\"tile\"><b>");
	figure_time(b, histogram_quantile_us(s->total, permille));
	buf_fmt(b, "</b><span>%s</span></li>\n", label);
}

static void
tiles(const struct page *p)
{
	struct buf		*b = p->b;
	const struct stats_sum	*s = &p->v->all.hour;
	uint64_t		 all = stats_all(s);

	buf_str(b, "<ul class=\"tiles\" aria-label=\"The last hour\">\n");
	tile(b, "requests in the last hour", figure_count, all);
	share_tile(b, "refused", stats_requests(p->v, s, STATS_REFUSED), all);
	share_tile(b, "failed", stats_requests(p->v, s, STATS_FAILED), all);
	time_tile(b, "half took at most", s, 500);
	time_tile(b, "99 of 100 took at most", s, 990);
	tile(b, "open now", figure_count, p->v->all.open);
	tile(b, "sent", figure_bytes, s->out_bytes);
	buf_str(b, "</ul>\n");
}

/* --- plots, and the same as tables --------------------------------------- */

/* It can be reached by keys, since on a phone it must be scrolled. */
static void
open_wide(struct buf *b, const char *label, const char *columns)
{
	buf_fmt(b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"%s\">\n<table>\n<thead><tr>%s</tr></thead>\n"
	    "<tbody>\n", label, columns);
}

static void
close_wide(struct buf *b)
{
	buf_str(b, "</tbody>\n</table>\n</div>\n");
}

/* One that fits a phone, and is there for who asks for it. */
static void
open_more(struct buf *b, const char *summary, const char *label,
    const char *columns)
{
	buf_fmt(b, "<details>\n<summary>%s</summary>\n<table "
	    "aria-label=\"%s\">\n<thead><tr>%s</tr></thead>\n<tbody>\n",
	    summary, label, columns);
}

static void
close_more(struct buf *b)
{
	buf_str(b, "</tbody>\n</table>\n</details>\n");
}

static void
count_cell(struct buf *b, uint64_t n)
{
	buf_str(b, "<td class=\"number\">");
	figure_count(b, n);
	buf_str(b, "</td>");
}

static void
minutes_table(const struct page *p)
{
	const struct stats_minute	*m = p->v->all.minutes;
	struct buf			*b = p->b;

	open_more(b, "Minute by minute", "Requests minute by minute",
	    "<th scope=\"col\">UTC</th>"
	    "<th scope=\"col\" class=\"number\">Answered</th>"
	    "<th scope=\"col\" class=\"number\">Refused</th>"
	    "<th scope=\"col\" class=\"number\">Failed</th>");
	for (int i = STATS_MINUTES - 1; i >= 0; i--) {
		buf_str(b, "<tr><th scope=\"row\">");
		moment(b, p->v->now_s - (STATS_MINUTES - 1 - i) * 60, false);
		buf_str(b, "</th>");
		count_cell(b, m[i].answered);
		count_cell(b, m[i].refused);
		count_cell(b, m[i].failed);
		buf_str(b, "</tr>\n");
	}
	close_more(b);
}

static void
times_table(const struct page *p)
{
	const struct stats_sum	*s = &p->v->all.hour;
	struct buf		*b = p->b;

	open_more(b, "In numbers", "How many requests took how long",
	    "<th scope=\"col\">Time</th>"
	    "<th scope=\"col\" class=\"number\">Requests</th>"
	    "<th scope=\"col\" class=\"number\">Of the target</th>");
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		buf_str(b, "<tr><th scope=\"row\">");
		buf_str(b, i < HISTOGRAM_BUCKETS - 1 ? "up to " : "above ");
		figure_time(b, histogram_bound_us(
		    i < HISTOGRAM_BUCKETS - 1 ? i : i - 1));
		buf_str(b, "</th>");
		count_cell(b, s->total[i]);
		count_cell(b, s->target[i]);
		buf_str(b, "</tr>\n");
	}
	close_more(b);
}

static void
plots(const struct page *p)
{
	struct buf	*b = p->b;

	buf_str(b, "<div class=\"panels\">\n<section>\n"
	    "<h2>Requests per minute</h2>\n<figure>\n");
	plot_minutes(b, p->v->all.minutes, p->v->now_s);
	buf_str(b, "<figcaption>"
	    "<span class=\"key s1\">&nbsp;</span> answered &ensp; "
	    "<span class=\"key s5\">&nbsp;</span> refused &ensp; "
	    "<span class=\"key s2\">&nbsp;</span> failed"
	    "</figcaption>\n</figure>\n");
	minutes_table(p);
	buf_str(b, "</section>\n<section>\n<h2>Time taken</h2>\n<figure>\n");
	plot_times(b, p->v->all.hour.total);
	buf_str(b, "<figcaption>Requests of the last hour, by the time until "
	    "their answer was written</figcaption>\n</figure>\n");
	times_table(p);
	buf_str(b, "</section>\n</div>\n");
}

/* --- routes -------------------------------------------------------------- */

static void
target_cell(const struct page *p, const struct stats_scope_view *s)
{
	struct buf	*b = p->b;

	buf_str(b, "<td>");
	if (s->target != STATS_UNKNOWN) {
		buf_str(b, s->target == STATS_UP ?
		    "<span class=\"badge good\">up</span> " :
		    "<span class=\"badge bad\">down</span> ");
		figure_age(b, p->v->now_s - s->target_since_s);
	}
	if (s->target == STATS_DOWN && s->fault != NULL) {
		buf_str(b, " <code>");
		escape_html(b, s->fault);
		buf_str(b, "</code>");
	}
	buf_str(b, "</td>");
}

static void
share_cell(const struct page *p, const struct stats_sum *s,
    enum stats_sort sort)
{
	buf_str(p->b, "<td class=\"number\">");
	figure_share(p->b, stats_requests(p->v, s, sort), stats_all(s));
	buf_str(p->b, "</td>");
}

static void
figures(const struct page *p, const struct stats_sum *s)
{
	static const unsigned	 permille[] = { 500, 900, 990 };
	struct buf		*b = p->b;

	count_cell(b, stats_all(s));
	share_cell(p, s, STATS_REFUSED);
	share_cell(p, s, STATS_FAILED);
	for (int i = 0; i < 3; i++) {
		buf_str(b, "<td class=\"number\">");
		figure_time(b, histogram_quantile_us(s->total, permille[i]));
		buf_str(b, "</td>");
	}
	buf_str(b, "<td class=\"number\">");
	figure_bytes(b, s->in_bytes);
	buf_str(b, "</td><td class=\"number\">");
	figure_bytes(b, s->out_bytes);
	buf_str(b, "</td>");
}

/* What stands for a kind of requests that is no route. */
static const char *
label(const struct stats_scope_view *s)
{
	static const char *const	 labels[STATS__MAX] = {
		[STATS_NAMED] = NULL, [STATS_OTHERS] = "other routes",
		[STATS_WHOLE] = "whole URLs", [STATS_OWN] = "own pages",
		[STATS_NONE] = "nowhere",
	};

	return labels[s->kind];
}

static void
route_row(const struct page *p, const struct stats_scope_view *s)
{
	struct buf	*b = p->b;

	buf_str(b, "<tr><th scope=\"row\">");
	if (s == &p->v->all)
		buf_str(b, "all");
	else if (label(s) != NULL)
		buf_fmt(b, "<span class=\"soft\">%s</span>", label(s));
	else
		escape_html(b, s->name);
	buf_str(b, "</th><td>");
	plot_spark(b, s->minutes);
	buf_str(b, "</td>");
	figures(p, &s->hour);
	count_cell(b, s->open);
	target_cell(p, s);
	buf_str(b, "</tr>\n");
}

static void
routes(const struct page *p)
{
	buf_str(p->b, "<h2>Routes, in the last hour</h2>\n");
	open_wide(p->b, "Routes", "<th scope=\"col\">Route</th>"
	    "<th scope=\"col\">Per minute</th>"
	    "<th scope=\"col\" class=\"number\">Requests</th>"
	    "<th scope=\"col\" class=\"number\">Refused</th>"
	    "<th scope=\"col\" class=\"number\">Failed</th>"
	    "<th scope=\"col\" class=\"number\">p50</th>"
	    "<th scope=\"col\" class=\"number\">p90</th>"
	    "<th scope=\"col\" class=\"number\">p99</th>"
	    "<th scope=\"col\" class=\"number\">In</th>"
	    "<th scope=\"col\" class=\"number\">Out</th>"
	    "<th scope=\"col\" class=\"number\">Open</th>"
	    "<th scope=\"col\">Target</th>");
	for (size_t i = 0; i < p->v->n_scopes; i++)
		route_row(p, &p->v->scopes[i]);
	route_row(p, &p->v->all);
	close_wide(p->b);
}

/* --- rules and clients --------------------------------------------------- */

static void
rule_row(const struct page *p, size_t i)
{
	static const int	 series[] = { [STATS_ANSWERED] = 1,
				    [STATS_REFUSED] = 5, [STATS_FAILED] = 2 };
	const struct stats_view	*v = p->v;
	uint64_t		 hour = v->all.hour.outcomes[i];
	uint64_t		 all = stats_all(&v->all.hour);
	struct buf		*b = p->b;

	buf_str(b, "<tr><th scope=\"row\"><code>");
	escape_html(b, v->outcomes[i].word);
	buf_str(b, "</code></th><td class=\"number\">");
	if (i > 0)
		buf_fmt(b, "%d", v->outcomes[i].status);
	buf_str(b, "</td>");
	count_cell(b, hour);
	buf_str(b, "<td class=\"number\">");
	figure_share(b, hour, all);
	buf_str(b, "</td><td>");
	plot_share(b, hour, all, series[stats_sort(v->outcomes[i].status)]);
	buf_str(b, "</td>");
	count_cell(b, v->all.ever.outcomes[i]);
	buf_str(b, "</tr>\n");
}

static void
rules(const struct page *p)
{
	const struct stats_view	*v = p->v;

	buf_str(p->b, "<section>\n<h2>By rule</h2>\n");
	open_wide(p->b, "Requests by rule", "<th scope=\"col\">Rule</th>"
	    "<th scope=\"col\" class=\"number\">Status</th>"
	    "<th scope=\"col\" class=\"number\">Last hour</th>"
	    "<th scope=\"col\" class=\"number\">Share</th>"
	    "<td></td>"
	    "<th scope=\"col\" class=\"number\">In all</th>");
	for (size_t i = 0; i < v->n_ranked; i++)
		rule_row(p, v->ranked[i]);
	close_wide(p->b);
	buf_str(p->b, "</section>\n");
}

static void
clients(const struct page *p)
{
	const struct stats_view	*v = p->v;
	struct buf		*b = p->b;

	buf_str(b, "<section>\n<h2>Clients that asked too often</h2>\n");
	if (v->n_clients == 0) {
		buf_str(b, "<p class=\"soft\">None in the last hour.</p>\n"
		    "</section>\n");
		return;
	}
	open_wide(b, "Clients that asked too often",
	    "<th scope=\"col\">Client</th><th scope=\"col\">Route</th>"
	    "<th scope=\"col\" class=\"number\">Refused</th>"
	    "<th scope=\"col\" class=\"number\">Last, UTC</th>");
	for (size_t i = 0; i < v->n_clients; i++) {
		buf_str(b, "<tr><th scope=\"row\">");
		escape_html(b, v->clients[i].client);
		buf_str(b, "</th><td>");
		escape_html(b, v->clients[i].scope);
		buf_str(b, "</td>");
		count_cell(b, v->clients[i].refused);
		buf_str(b, "<td class=\"number\">");
		moment(b, v->clients[i].last_s, false);
		buf_str(b, "</td></tr>\n");
	}
	close_wide(b);
	buf_str(b, "</section>\n");
}

/* ------------------------------------------------------------------------- */

static const char	 links[] =
    "<p class=\"soft small\">The same <a href=\"{{mount}}/_status.json\">as "
    "JSON</a> and <a href=\"{{mount}}/_metrics\">for Prometheus</a>. This "
    "page loads itself again every 20 seconds.</p>\n";
static const char	 leave[] =
    "<form method=\"post\" action=\"{{mount}}/_status\">"
    "<button name=\"leave\" value=\"1\">Forget who I am</button></form>\n";

void
status_page(struct buf *b, const struct page_frame *f, const struct status *st,
    const char *mount)
{
	const struct tmpl_var	 vars[] = { { "mount", mount } };
	const struct page	 p = { .b = b, .st = st, .v = st->view };

	page_open(b, f);
	top(&p);
	tiles(&p);
	plots(&p);
	routes(&p);
	buf_str(b, "<div class=\"panels\">\n");
	rules(&p);
	clients(&p);
	buf_str(b, "</div>\n");
	tmpl_fill(b, links, vars, 1);
	if (st->leave)
		tmpl_fill(b, leave, vars, 1);
	page_close(b, f);
}
