#include "serve/start_page.h"

#include <string.h>

#include "client/embedded.h"
#include "client/frame.h"
#include "client/lang.h"
#include "client/pages.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/url.h"
#include "serve/operator.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/try_form.h"
#include "store/app.h"
#include "store/rows_list.h"

enum { MAX_PAGE = 1024 * 1024, MAX_MEMORY = 8 * 1024 * 1024, WAIT_MS = 250 };

/* The mount as a page elsewhere would write it, where the client says by which
 * name it came. */
static const char *
base(const struct serving *x)
{
	const char	*host = fields_get(&x->rq.fields, "Host"), *why;
	const char	*origin;
	struct buf	 b;
	struct url	 u;

	if (host == NULL)
		return x->m.mount;
	buf_init(&b, x->rp.arena, FIELD_MAX_VALUE + 16);
	buf_fmt(&b, "http%s://%s", x->caller.https ? "s" : "", host);
	if (buf_failed(&b) || strpbrk(host, "/?") != NULL ||
	    url_split(x->rp.arena, b.data, &u, &why) != OK ||
	    (origin = url_origin(x->rp.arena, &u)) == NULL)
		return x->m.mount;
	buf_init(&b, x->rp.arena, 2 * FIELD_MAX_VALUE);
	buf_fmt(&b, "%s%s", origin, x->m.mount);
	return buf_failed(&b) ? x->m.mount : b.data;
}

/* --- the operator's part --- */

static void
cell(struct buf *b, const char *tag, const char *text)
{
	buf_fmt(b, "<%s>", tag);
	escape_html(b, text);
	buf_fmt(b, "</%.2s>", tag);
}

/* Where it leads, less what may hold a key. */
static const char *
origin(struct arena *a, const char *url)
{
	struct url	 u;
	const char	*why, *text;

	if (url_split(a, url, &u, &why) != OK)
		return "no URL that could be fetched";
	text = url_origin(a, &u);
	return text != NULL ? text : "";
}

static void
badge(struct buf *b, bool enabled, bool sound)
{
	buf_fmt(b, "<td><span class=\"badge%s\">%s</span></td>",
	    !enabled ? "" : sound ? " good" : " bad",
	    !enabled ? "off" : sound ? "on" : "faulty");
}

static const char *
access_of(const struct serving *x, const struct listed_row *row,
    const struct route *rt)
{
	static const char *const names[] = { [ACCESS_OPEN] = "open",
	    [ACCESS_KEY] = "key", [ACCESS_JWT] = "jwt" };

	if (rt != NULL && rt->fault == NULL)
		return names[rt->rules.access];
	return row->access != NULL ? row->access :
	    names[x->s->conf.rules.access];
}

static void
put_row(struct buf *b, const struct serving *x, const struct listed_row *row)
{
	const struct route	*rt = row->enabled ?
				    routes_find(x->s->routes, row->name) :
				    NULL;
	const char		*fault = rt != NULL ? rt->fault : NULL;

	buf_str(b, "<tr><th scope=\"row\"><a href=\"");
	escape_html(b, x->m.mount);
	buf_str(b, "/_explain?path=%2F");
	escape_html(b, row->name);
	buf_str(b, "\">");
	escape_html(b, row->name);
	buf_str(b, "</a></th>");
	badge(b, row->enabled, fault == NULL);
	cell(b, "td", origin(b->arena, row->url));
	cell(b, "td", access_of(x, row, rt));
	cell(b, "td", fault != NULL ? fault : row->note != NULL ?
	    row->note : "");
	buf_str(b, "</tr>\n");
}

static bool
has_star(const struct listed_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(rows->list[i].name, "*") == 0 &&
		    rows->list[i].enabled)
			return true;
	return false;
}

static void
put_rows(struct buf *b, const struct serving *x,
    const struct listed_rows *rows)
{
	const struct listed_row	 remote = {
		.name = "*", .url = x->s->conf.remote_url, .enabled = true,
		.note = "by remote_url in viaduct.ini",
	};

	buf_str(b, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"Routes\">\n<table>\n<thead>\n<tr><th scope=\"col\">"
	    "Name</th><th scope=\"col\">State</th><th scope=\"col\">Target"
	    "</th><th scope=\"col\">Access</th><th scope=\"col\">Note</th>"
	    "</tr>\n</thead>\n<tbody>\n");
	for (size_t i = 0; i < rows->count; i++)
		put_row(b, x, &rows->list[i]);
	if (remote.url != NULL && !has_star(rows))
		put_row(b, x, &remote);
	buf_str(b, "</tbody>\n</table>\n</div>\n");
	if (rows->more)
		buf_fmt(b, "<p class=\"soft\">These are the first %d; viaduct "
		    "check looks at all.</p>\n", LISTED_MAX);
}

static void
link_to(struct buf *b, const struct serving *x, const char *page,
    const char *what)
{
	buf_str(b, "<li><a href=\"");
	escape_html(b, x->m.mount);
	buf_fmt(b, "%s\">%s</a></li>\n", page, what);
}

static void
put_routes(struct buf *b, const struct serving *x)
{
	const struct try_values	 none = { "", "", "", NULL };
	struct listed_rows	 rows;
	struct buf		 why;

	buf_str(b, "<section lang=\"en\">\n<h2>For the operator</h2>\n<ul>\n");
	link_to(b, x, "/_status", "What is asked for, and how it ends");
	link_to(b, x, "/_check", "What is wrong with settings, routes, files "
	    "and the web server");
	link_to(b, x, "/_explain", "Why a request is refused");
	buf_str(b, "</ul>\n<h2>Routes</h2>\n");
	buf_init(&why, b->arena, 4096);
	if (rows_list(x->s->conf.database, WAIT_MS, b->arena, &rows, &why) ==
	    -1) {
		buf_str(b, "<p class=\"note bad\">");
		escape_html(b, why.data);
		buf_str(b, "</p>\n");
	} else if (rows.count == 0 && x->s->conf.remote_url == NULL)
		buf_str(b, "<p>There is none.  The table takes one by <code>"
		    "INSERT INTO routes(name, url) VALUES ('feed', "
		    "'https://example.com/rss');</code></p>\n");
	else
		put_rows(b, x, &rows);
	buf_str(b, "<h2>Try a request</h2>\n");
	try_form(b, x->m.mount, x->s->routes, &none);
	buf_str(b, "</section>\n");
}

/* --- the page --- */

/* Where a key lets him in. */
static void
put_way_in(struct buf *b, const struct serving *x, const struct lang *lang)
{
	if (x->s->conf.operator_key_file == NULL)
		return;
	buf_str(b, "<p class=\"small\"><a href=\"");
	escape_html(b, x->m.mount);
	buf_fmt(b, "/_status\">%s</a></p>\n",
	    lang->text[TEXT_START_OPERATOR]);
}

static enum err
put(struct serving *x, struct arena *a)
{
	const struct lang	*lang = lang_choose(fields_get(
				    &x->rq.fields, "Accept-Language"));
	const bool		 operators = x->caller.operator;
	const struct page_frame	 f = {
		.conf = &x->s->conf, .lang = lang,
		.title = lang->text[TEXT_START_TITLE],
		.wide = operators, .form = operators,
		.script = operators ? embedded_try : NULL,
	};
	struct buf		 b;

	buf_init(&b, a, MAX_PAGE);
	page_open(&b, &f);
	page_start(&b, &f, base(x));
	if (operators)
		put_routes(&b, x);
	else
		put_way_in(&b, x, f.lang);
	page_close(&b, &f);
	return reply_page(&x->rp, 200, &f, &b);
}

enum err
start_page(struct serving *x)
{
	struct arena	 a;
	enum err	 e = operator_count_guess(x);

	if (e != OK)
		return e;
	arena_init(&a, MAX_MEMORY);
	e = put(x, &a);
	arena_free(&a);
	return e;
}
