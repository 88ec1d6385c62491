#include <string.h>

#include "client/figures.h"
#include "client/status.h"
#include "client/status_plot.h"
#include "client/status_scope.h"
#include "client/status_table.h"
#include "core/buf.h"
#include "core/escape.h"
#include "store/stats.h"

static bool
is_chosen(const struct status_part *p, const struct stats_scope_view *s)
{
	return p->st->chosen != NULL && strcmp(p->st->chosen, s->name) == 0;
}

void
status_link(const struct status_part *p, const struct stats_scope_view *s)
{
	escape_html_within(p->b, "<a href=\"", p->mount, "/_status?route=");
	escape_html_within(p->b, "", s->name, "\">");
}

/* --- one alone ----------------------------------------------------------- */

/* What the address says, which any may. */
static void
not_counted(const struct status_part *p)
{
	escape_html_within(p->b, "<p class=\"note fair\">No route <code>",
	    p->st->chosen, "</code> has counters here: nobody has asked for "
	    "it yet, it is counted among other routes, or its name is "
	    "misspelt.</p>\n");
}

void
status_chosen(const struct status_part *p)
{
	const struct stats_scope_view	*s = p->v->scopes;
	struct buf			*b = p->b;
	size_t				 i = 0;

	while (i < p->v->n_scopes && !is_chosen(p, &s[i]))
		i++;
	if (i == p->v->n_scopes) {
		if (p->st->chosen != NULL)
			not_counted(p);
		return;
	}
	buf_str(b, "<h2>");
	status_name(b, &s[i]);
	buf_str(b, "</h2>\n<p>");
	status_target(p, &s[i]);
	escape_html_within(b, " <a class=\"small\" href=\"", p->mount,
	    "/_status\">All routes</a></p>\n");
	status_plots(p, &s[i], 3);
	status_tables(p, &s[i], 3);
}

/* --- in a line ----------------------------------------------------------- */

static void
figure(struct buf *b, const char *label, void (*write)(struct buf *, int64_t),
    int64_t n)
{
	buf_str(b, "<span class=\"figure\"><b>");
	write(b, n);
	buf_fmt(b, "</b> %s</span>\n", label);
}

static void
count(struct buf *b, int64_t n)
{
	figure_count(b, (uint64_t)n);
}

static void
share(const struct status_part *p, const char *label,
    const struct stats_sum *s, enum stats_sort sort)
{
	uint64_t	 n = stats_requests(p->v, s, sort);

	buf_fmt(p->b, "<span class=\"figure%s\"><b>", n == 0 ? "" :
	    sort == STATS_FAILED ? " bad" : " fair");
	figure_share(p->b, n, stats_all(s));
	buf_fmt(p->b, "</b> %s</span>\n", label);
}

static void
line(const struct status_part *p, const struct stats_scope_view *s)
{
	struct buf	*b = p->b;

	buf_str(b, "<summary><span class=\"name\">");
	status_name(b, s);
	buf_str(b, "</span>\n<span class=\"state\">");
	if (s->target == STATS_UNKNOWN)
		buf_str(b, "&nbsp;");
	else
		status_target(p, s);
	buf_str(b, "</span>\n");
	plot_spark(b, s->minutes);
	figure(b, "requests", count, (int64_t)stats_all(&s->hour));
	share(p, "refused", &s->hour, STATS_REFUSED);
	share(p, "failed", &s->hour, STATS_FAILED);
	figure(b, "p50", figure_time,
	    histogram_quantile_us(s->hour.total, 500));
	figure(b, "p99", figure_time,
	    histogram_quantile_us(s->hour.total, 990));
	buf_str(b, "</summary>\n");
}

/* What a reader opens is closed when the page comes again, every 20 seconds;
 * an address that names it stays.  No link here has a fragment: browsers would
 * then go there instead of loading the page. */
static void
details(const struct status_part *p, const struct stats_scope_view *s)
{
	struct buf	*b = p->b;

	buf_str(b, "<details class=\"line\">");
	line(p, s);
	if (is_chosen(p, s))
		buf_str(b, "<p class=\"soft small\">It is on top of this "
		    "page.</p>\n");
	else {
		buf_str(b, "<p class=\"small\">");
		status_link(p, s);
		buf_str(b, "Keep this route on top, with plots</a></p>\n");
		status_tables(p, s, 3);
	}
	buf_str(b, "</details>\n");
}

/* --- in one table -------------------------------------------------------- */

static void
table_row(const struct status_part *p, const struct stats_scope_view *s)
{
	static const unsigned	 permille[] = { 500, 900, 990 };
	const struct stats_sum	*hour = &s->hour;
	struct buf		*b = p->b;

	buf_str(b, "<tr><th scope=\"row\">");
	status_name(b, s);
	buf_str(b, "</th>");
	status_cell_count(b, stats_all(hour));
	for (int i = 2; i < STATS_STATUSES; i++)
		status_cell_count(b, hour->statuses[i]);
	status_cell_share(b, stats_requests(p->v, hour, STATS_REFUSED),
	    stats_all(hour));
	status_cell_share(b, stats_requests(p->v, hour, STATS_FAILED),
	    stats_all(hour));
	for (size_t i = 0; i < sizeof(permille) / sizeof(permille[0]); i++)
		status_cell_time(b, histogram_quantile_us(hour->total,
		    permille[i]));
	status_cell(b, figure_bytes, hour->in_bytes);
	status_cell(b, figure_bytes, hour->out_bytes);
	status_cell_count(b, s->open);
	buf_str(b, "<td>");
	status_target(p, s);
	buf_str(b, "</td>");
	status_row_end(b);
}

static void
table(const struct status_part *p)
{
	static const struct status_column	 columns[] = {
		{ "Route", false }, { "Requests", true }, { "2xx", true },
		{ "3xx", true }, { "4xx", true }, { "5xx", true },
		{ "Refused", true }, { "Failed", true }, { "p50", true },
		{ "p90", true }, { "p99", true }, { "In", true },
		{ "Out", true }, { "Open", true }, { "Target", false },
	};
	const struct status_table		 t = {
		.label = "Routes", .wide = true, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };

	buf_str(p->b, "<details>\n<summary>All of them in one table"
	    "</summary>\n");
	status_table_open(p->b, &t);
	for (size_t i = 0; i < p->v->n_scopes; i++)
		table_row(p, &p->v->scopes[i]);
	table_row(p, &p->v->all);
	status_table_close(p->b, &t);
	buf_str(p->b, "</details>\n");
}

void
status_routes(const struct status_part *p)
{
	buf_str(p->b, "<h2>Routes, in the last hour</h2>\n"
	    "<div class=\"lines\">\n");
	for (size_t i = 0; i < p->v->n_scopes; i++)
		details(p, &p->v->scopes[i]);
	buf_str(p->b, "</div>\n");
	for (size_t i = 0; i < p->v->n_scopes; i++)
		if (p->v->scopes[i].kind == STATS_OTHERS)
			buf_fmt(p->b, "<p class=\"soft small\">At most %d "
			    "routes have counters of their own. Other "
			    "routes are those beyond, and those that are "
			    "gone.</p>\n",
			    STATS_ROUTES);
	table(p);
}
