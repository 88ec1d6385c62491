#include "serve/explain_out.h"

#include <string.h>

#include "client/pages.h"
#include "core/buf.h"
#include "core/escape.h"
#include "serve/explain.h"

static const struct { const char *word, *class; } badges[] = {
	[WALK_NOT_REACHED] = { "not reached", "badge" },
	[WALK_PASSED] = { "pass", "badge good" },
	[WALK_REFUSED] = { "refuse", "badge bad" },
	[WALK_OPEN] = { "open", "badge fair" },
};

static void
verdict(struct buf *b, const struct explanation *e)
{
	const struct explained_view	*v = &e->view;
	bool				 sent = !v->script || v->may_send;

	buf_str(b, e->err != OK ? "<div class=\"note bad\">\n<p>" : sent ?
	    "<div class=\"note good\">\n<p>" :
	    "<div class=\"note fair\">\n<p>");
	escape_html_within(b, "<code>", e->asked->method, " ");
	escape_html_within(b, "", e->path, "</code>");
	if (e->origin != NULL)
		escape_html_within(b, " for a page of <code>", e->origin,
		    "</code>");
	if (e->err != OK)
		buf_fmt(b, " is refused: <strong>%d <code>%s</code></strong>"
		    "</p>\n", e->status, err_word(e->err));
	else
		buf_str(b, sent ? " is <strong>permitted</strong>.</p>\n" :
		    " is permitted, but <strong>browsers do not send it</"
		    "strong>: the preflight fails.</p>\n");
	if (e->detail != NULL)
		escape_html_within(b, "<p>", e->detail, "</p>\n");
	buf_str(b, "</div>\n");
}

static void
remedies(struct buf *b, const struct explanation *e)
{
	if (e->n_remedies > 0)
		buf_str(b, "<h2>What would change it</h2>\n");
	for (size_t i = 0; i < e->n_remedies; i++) {
		const struct remedy *r = &e->remedies[i];

		escape_html_within(b, "<p>", r->what, "");
		if (r->statement == NULL) {
			buf_str(b, "</p>\n");
			continue;
		}
		escape_html_within(b, " In <code>", r->where,
		    "</code>:</p>\n");
		escape_html_within(b, "<pre tabindex=\"0\"><code>",
		    r->statement, "</code></pre>\n");
	}
}

static void
view(struct buf *b, const struct explained_view *v)
{
	buf_str(b, "<h2>What a browser does</h2>\n<ul>\n");
	for (size_t i = 0; i < v->n_sentences; i++)
		escape_html_within(b, "<li>", v->sentences[i], "</li>\n");
	buf_str(b, "</ul>\n");
}

static void
steps(struct buf *b, const struct explanation *e)
{
	buf_str(b, "<h2>Rules</h2>\n<div class=\"scroll\" tabindex=\"0\" "
	    "role=\"group\" aria-label=\"Rules\">\n<table>\n<thead>\n<tr>"
	    "<th scope=\"col\">Rule</th><th scope=\"col\">Outcome</th>"
	    "<th scope=\"col\">What it looked at</th></tr>\n</thead>\n"
	    "<tbody>\n");
	for (size_t i = 0; i < e->n_steps; i++) {
		const struct explained_step *s = &e->steps[i];

		buf_fmt(b, "<tr><th scope=\"row\">%s</th><td><span "
		    "class=\"%s\">%s</span></td>", s->title,
		    badges[s->outcome].class, badges[s->outcome].word);
		escape_html_within(b, "<td>", s->fact != NULL ? s->fact : "",
		    "</td></tr>\n");
	}
	buf_str(b, "</tbody>\n</table>\n</div>\n");
}

static void
answer(struct buf *b, const struct explanation *e)
{
	buf_fmt(b, "<h2>What it is answered</h2>\n<pre tabindex=\"0\"><code>"
	    "%d %s", e->status, page_reason(e->status));
	for (size_t i = 0; i < e->fields.count; i++) {
		escape_html_within(b, "\n", e->fields.list[i].name, ": ");
		escape_html(b, e->fields.list[i].value);
	}
	buf_str(b, "</code></pre>\n");
	if (e->relayed)
		buf_str(b, "<p class=\"soft\">Or whatever status the target "
		    "gives, with those of its fields that may cross.</p>\n");
}

void
explain_put_html(struct buf *b, const struct explanation *e)
{
	verdict(b, e);
	remedies(b, e);
	view(b, &e->view);
	steps(b, e);
	answer(b, e);
}
