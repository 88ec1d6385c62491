#include "client/figures.h"
#include "client/frame.h"
#include "client/status.h"
#include "client/status_scope.h"
#include "client/status_table.h"
#include "client/tmpl.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "store/stats.h"

/* --- the summary --------------------------------------------------------- */

/* With its day. */
static void
moment(struct buf *b, int64_t seconds)
{
	char	 at[UTC_TEXT];

	utc_write(seconds, at);
	if (at[0] != '\0')
		buf_fmt(b, "%.10s %.5s", at, at + 11);
}

static size_t
targets(const struct stats_view *v, bool down)
{
	size_t	 n = 0;

	for (size_t i = 0; i < v->n_scopes; i++)
		n += v->scopes[i].target == STATS_DOWN ||
		    (!down && v->scopes[i].target == STATS_UP);
	return n;
}

/* Which targets are down: with what an operator looks for first. */
static void
down_note(const struct status_part *p)
{
	struct buf	*b = p->b;
	const char	*between = "";

	if (targets(p->v, true) == 0)
		return;
	buf_str(b, "<p class=\"note bad\">Down by their last request: ");
	for (size_t i = 0; i < p->v->n_scopes; i++) {
		const struct stats_scope_view	*s = &p->v->scopes[i];

		if (s->target != STATS_DOWN)
			continue;
		buf_str(b, between);
		status_link(p, s);
		escape_html_within(b, "", s->name, "</a> for ");
		figure_age(b, p->v->now_s - s->target_since_s);
		between = ", ";
	}
	buf_str(b, ".</p>\n");
}

static void
notes(const struct status_part *p)
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
	down_note(p);
}

static void
top(const struct status_part *p)
{
	struct buf	*b = p->b;

	buf_str(b, "<p class=\"over\">");
	moment(b, p->v->now_s);
	buf_fmt(b, " UTC &middot; %d process%s &middot; counted since ",
	    p->v->processes, p->v->processes == 1 ? "" : "es");
	moment(b, p->v->began_s);
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
tiles(const struct status_part *p)
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
	buf_fmt(b, "<li class=\"tile\"><b>%zu of %zu</b><span>targets up"
	    "</span></li>\n</ul>\n", targets(p->v, false) -
	    targets(p->v, true), targets(p->v, false));
}

/* --- clients ------------------------------------------------------------- */

static void
clients(const struct status_part *p)
{
	static const struct status_column	 columns[] = {
		{ "Client", false }, { "Route", false }, { "Refused", true },
		{ "Last, UTC", true },
	};
	const struct status_table		 t = {
		.label = "Clients that asked too often", .wide = true,
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	const struct stats_view			*v = p->v;
	struct buf				*b = p->b;

	buf_str(b, "<h2>Clients that asked too often</h2>\n");
	if (v->n_clients == 0) {
		buf_str(b, "<p class=\"soft\">None in the last hour.</p>\n");
		return;
	}
	status_table_open(b, &t);
	for (size_t i = 0; i < v->n_clients; i++) {
		escape_html_within(b, "<tr><th scope=\"row\">",
		    v->clients[i].client, "</th><td>");
		escape_html(b, v->clients[i].scope);
		buf_str(b, "</td>");
		status_cell_count(b, v->clients[i].refused);
		buf_str(b, "<td class=\"number\">");
		status_moment(b, v->clients[i].last_s);
		buf_str(b, "</td>");
		status_row_end(b);
	}
	status_table_close(b, &t);
}

/* ------------------------------------------------------------------------- */

static const char	 links[] =
    "<p class=\"soft small\">The same <a href=\"{{mount}}/_status.json\">as "
    "JSON</a> and <a href=\"{{mount}}/_metrics\">for Prometheus</a>. This "
    "page loads itself again every 20 seconds.</p>\n";
static const char	 leave[] =
    "<form method=\"post\" action=\"{{mount}}/_status\">"
    "<button name=\"leave\" value=\"1\">End this session</button></form>\n";

void
status_page(struct buf *b, const struct page_frame *f, const struct status *st,
    const char *mount)
{
	const struct tmpl_var	 vars[] = { { "mount", mount } };
	const struct status_part p = { .b = b, .st = st, .v = st->view,
				    .mount = mount };

	page_open(b, f);
	top(&p);
	status_chosen(&p);
	if (st->chosen != NULL)
		buf_str(b, "<h2>All requests</h2>\n");
	tiles(&p);
	status_plots(&p, &p.v->all, 2);
	status_routes(&p);
	status_tables(&p, &p.v->all, 2);
	clients(&p);
	tmpl_fill(b, links, vars, 1);
	if (st->leave)
		tmpl_fill(b, leave, vars, 1);
	page_close(b, f);
}
