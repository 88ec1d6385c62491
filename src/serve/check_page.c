#include "serve/check_page.h"

#include "client/frame.h"
#include "client/pages.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/json.h"
#include "serve/serve.h"
#include "serve/server_facts.h"
#include "serve/serving.h"
#include "store/app.h"
#include "store/check.h"

enum { MAX_PAGE = 8 << 20, WAIT_MS = 250, MAX_FINDINGS = 1000 };

struct finding {
	bool		 warning;
	const char	*where, *what;	/* where NULL: none */
};

/* All that is to be shown. */
struct view {
	struct check		 ck;
	struct finding		*list;
	size_t			 n;		/* MAX_FINDINGS at most */
	struct server_fact	 facts[SERVER_FACTS];
	size_t			 n_facts;
};

static void
keep(void *arg, bool warning, const char *where, const char *what)
{
	struct view	*v = arg;

	if (v->n < MAX_FINDINGS)
		v->list[v->n++] = (struct finding){ warning, where, what };
}

/* How many there are beyond those. */
static int
more(const struct view *v)
{
	return v->ck.problems + v->ck.warnings - (int)v->n;
}

static const char *
verdict(const struct view *v, struct buf *b)
{
	const struct check	*ck = &v->ck;

	if (ck->problems == 0 && ck->warnings == 0)
		return "Settings, routes and files are sound.";
	check_count(b, ck);
	buf_char(b, '.');
	return b->data;
}

/* --- for people, in a browser --- */

static void
table(struct buf *b, const char *label, const char *first,
    const char *second)
{
	buf_fmt(b, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"%s\">\n<table>\n<thead>\n<tr><th scope=\"col\">%s"
	    "</th><th scope=\"col\">%s</th></tr>\n</thead>\n<tbody>\n", label,
	    first, second);
}

static const char	 table_end[] = "</tbody>\n</table>\n</div>\n";

static void
findings(struct buf *b, const struct view *v)
{
	if (v->n == 0)
		return;
	table(b, "Findings", "Where", "What is wrong, and how to mend it");
	for (size_t i = 0; i < v->n; i++) {
		const struct finding *f = &v->list[i];

		escape_html_within(b, "<tr><td><code>", f->where != NULL ?
		    f->where : "", "</code></td>");
		buf_fmt(b, "<td><span class=\"badge %s\">%s</span> ",
		    f->warning ? "fair" : "bad",
		    f->warning ? "warning" : "problem");
		escape_html_within(b, "", f->what, "</td></tr>\n");
	}
	buf_str(b, table_end);
	if (more(v) > 0)
		buf_fmt(b, "<p class=\"soft\">There are %d more; "
		    "<code>viaduct check</code> lists all.</p>\n", more(v));
}

static void
facts(struct buf *b, const struct view *v)
{
	static const struct { const char *word, *class; } states[] = {
		[FACT_GOOD] = { "good", "badge good" },
		[FACT_PLAIN] = { "so it is", "badge" },
		[FACT_FAIR] = { "look", "badge fair" },
		[FACT_BAD] = { "bad", "badge bad" },
	};

	table(b, "Web server", "What", "As it is");
	for (size_t i = 0; i < v->n_facts; i++) {
		const struct server_fact *f = &v->facts[i];

		buf_fmt(b, "<tr><th scope=\"row\">%s</th><td>", f->title);
		if (f->state != FACT_PLAIN)
			buf_fmt(b, "<span class=\"%s\">%s</span> ",
			    states[f->state].class, states[f->state].word);
		escape_html_within(b, "", f->text, "</td></tr>\n");
	}
	buf_str(b, table_end);
}

static enum err
as_html(struct serving *x, struct view *v)
{
	const struct check	*ck = &v->ck;
	const struct page_frame	 f = { .conf = &x->s->conf,
				    .title = "Check", .wide = true };
	struct buf		 b, line;

	buf_init(&b, &v->ck.arena, MAX_PAGE);
	buf_init(&line, &v->ck.arena, 128);
	page_open(&b, &f);
	buf_str(&b, "<h1>Check</h1>\n");
	buf_fmt(&b, "<p class=\"note %s\">%s", ck->problems > 0 ? "bad" :
	    ck->warnings > 0 ? "fair" : "good", verdict(v, &line));
	escape_html_within(&b, " Settings: <code>", x->s->conf.path,
	    "</code></p>\n");
	findings(&b, v);
	buf_str(&b, "<h2>What the web server passes on</h2>\n");
	facts(&b, v);
	page_close(&b, &f);
	return reply_page(&x->rp, 200, &f, &b);
}

/* --- for programs, and as text --- */

static void
put_json(struct buf *b, const struct serving *x, const struct view *v)
{
	static const char *const states[] = { [FACT_GOOD] = "good",
	    [FACT_PLAIN] = "plain", [FACT_FAIR] = "fair",
	    [FACT_BAD] = "bad" };

	json_open(b, NULL, '{');
	json_text(b, "settings", x->s->conf.path);
	json_open(b, "findings", '[');
	for (size_t i = 0; i < v->n; i++)
		check_json(b, v->list[i].warning, v->list[i].where,
		    v->list[i].what);
	json_close(b, ']');
	json_number(b, "more", more(v));
	json_number(b, "problems", v->ck.problems);
	json_number(b, "warnings", v->ck.warnings);
	json_open(b, "server", '[');
	for (size_t i = 0; i < v->n_facts; i++) {
		json_open(b, NULL, '{');
		json_text(b, "fact", v->facts[i].word);
		json_text(b, "state", states[v->facts[i].state]);
		json_text(b, "text", v->facts[i].text);
		json_close(b, '}');
	}
	json_close(b, ']');
	json_close(b, '}');
	buf_char(b, '\n');
}

static void
put_text(struct buf *b, const struct serving *x, const struct view *v)
{
	struct buf	 line;

	buf_init(&line, b->arena, 128);
	buf_str(b, "settings: ");
	escape_terminal(b, x->s->conf.path);
	buf_char(b, '\n');
	for (size_t i = 0; i < v->n; i++) {
		const struct finding *f = &v->list[i];

		escape_terminal(b, f->where != NULL ? f->where : "");
		buf_fmt(b, "%s%s", f->where != NULL ? ": " : "",
		    f->warning ? "warning: " : "");
		escape_terminal(b, f->what);
		buf_char(b, '\n');
	}
	if (more(v) > 0)
		buf_fmt(b, "and %d more, which viaduct check lists\n",
		    more(v));
	buf_fmt(b, "%s\n", verdict(v, &line));
	for (size_t i = 0; i < v->n_facts; i++) {
		buf_fmt(b, "%s: ", v->facts[i].title);
		escape_terminal(b, v->facts[i].text);
		buf_char(b, '\n');
	}
}

static enum err
as_data(struct serving *x, struct view *v, bool json)
{
	struct buf	 b;

	buf_init(&b, &v->ck.arena, MAX_PAGE);
	if (json)
		put_json(&b, x, v);
	else
		put_text(&b, x, v);
	return buf_failed(&b) ? ERR_NO_MEMORY : reply_private(&x->rp, json ?
	    "application/json" : "text/plain; charset=utf-8", b.data, b.len);
}

static enum err
look_and_answer(struct serving *x, struct view *v)
{
	const struct fields	*in = &x->rq.fields;
	enum page_form		 form = page_choose(fields_get(in, "Accept"),
				    fields_get(in, "Sec-Fetch-Mode"),
				    x->rq.origin);

	v->list = arena_alloc(&v->ck.arena, MAX_FINDINGS * sizeof(*v->list));
	if (v->list == NULL)
		return ERR_NO_MEMORY;
	check_run(&v->ck, x->s->conf.path);
	v->n_facts = server_facts(x, v->facts);
	return form == PAGE_HTML ? as_html(x, v) :
	    as_data(x, v, form == PAGE_PROBLEM);
}

enum err
check_page(struct serving *x)
{
	struct view	 v = { .ck = { .wait_ms = WAIT_MS, .say = keep,
			    .arg = &v } };
	enum err	 e;

	arena_init(&v.ck.arena, CHECK_MAX_MEMORY);
	e = look_and_answer(x, &v);
	arena_free(&v.ck.arena);
	return e;
}
