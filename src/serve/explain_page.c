#include "serve/explain_page.h"

#include <string.h>

#include "client/embedded.h"
#include "client/frame.h"
#include "client/pages.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/url.h"
#include "serve/explain.h"
#include "serve/explain_out.h"
#include "serve/form_body.h"
#include "serve/operator.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/try_form.h"
#include "store/app.h"

enum { MAX_PAGE = 512 * 1024, MAX_FORM = 64 * 1024 };

/* What the parameters say. */
struct call {
	struct try_values	 text;
	struct fields		 fields;
	const char		*wrong;		/* a sentence; NULL */
};

/* --- the parameters --- */

/* As application/x-www-form-urlencoded has it. */
static char *
decode(struct arena *a, const char *value, size_t len)
{
	char	*copy = arena_strndup(a, value, len), *c;

	for (c = copy; c != NULL && *c != '\0'; c++)
		if (*c == '+')
			*c = ' ';
	return copy != NULL ? url_decode(a, copy, len) : NULL;
}

/* "Name: value"; an empty one is passed over. */
static void
take_header(struct call *c, const char *text)
{
	const char	*colon = strchr(text, ':'), *name, *value;
	size_t		 len = colon != NULL ? (size_t)(colon - text) : 0;

	if (text[0] == '\0')
		return;
	if (len == 0 || !field_is_token(text, len)) {
		c->wrong = "A header field is written as \"X-Name: value\".";
		return;
	}
	value = colon + 1 + strspn(colon + 1, " \t");
	name = arena_strndup(c->fields.arena, text, len);
	if (name == NULL || fields_add(&c->fields, name, value) != OK)
		c->wrong = "These are too many header fields.";
}

static void
take(struct call *c, const char *name, size_t len, const char *value)
{
	const struct { const char *name; const char **to; } singles[] = {
		{ "method", &c->text.method }, { "path", &c->text.path },
		{ "origin", &c->text.origin },
	};

	if (value == NULL) {
		c->wrong = "A parameter is not percent-encoded.";
		return;
	}
	if (len == 6 && memcmp(name, "header", 6) == 0) {
		take_header(c, value);
		return;
	}
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		if (strlen(singles[i].name) != len ||
		    memcmp(singles[i].name, name, len) != 0)
			continue;
		if ((*singles[i].to)[0] != '\0')
			c->wrong = "A parameter is there twice.";
		*singles[i].to = value;
		return;
	}
	c->wrong = "The parameters are method, path, origin and header.";
}

static void
begin_call(struct call *c, struct arena *a)
{
	*c = (struct call){ .text = { "", "", "", &c->fields } };
	fields_init(&c->fields, a);
}

static void
read_call(struct call *c, const char *query)
{
	struct arena	*a = c->fields.arena;
	size_t		 len, name;

	for (; query != NULL && *query != '\0'; query += len +
	    (query[len] == '&')) {
		len = strcspn(query, "&");
		name = strcspn(query, "=&");
		if (len > 0)
			take(c, query, name, name == len ? "" :
			    decode(a, query + name + 1, len - name - 1));
	}
}

/* --- the answer --- */

static enum err
put_page(struct serving *x, const struct call *c,
    const struct explanation *e)
{
	const struct page_frame	 f = {
		.conf = &x->s->conf, .title = "Explain a request",
		.wide = true, .form = true, .script = embedded_try,
	};
	struct buf		 b;

	buf_init(&b, x->rp.arena, MAX_PAGE);
	page_open(&b, &f);
	buf_str(&b, "<h1>Explain a request</h1>\n<p>It goes through the same "
	    "rules as any, but no target is asked, nothing is counted and "
	    "nothing is logged of it.</p>\n");
	try_form(&b, x->m.mount, x->s->routes, &c->text);
	if (c->wrong != NULL) {
		buf_str(&b, "<p class=\"note bad\">");
		escape_html(&b, c->wrong);
		buf_str(&b, "</p>\n");
	} else if (e != NULL)
		explain_put_html(&b, e);
	page_close(&b, &f);
	return reply_page(&x->rp, c->wrong != NULL ? 400 : 200, &f, &b);
}

static enum err
put_data(struct serving *x, const struct explanation *e, bool json)
{
	struct buf	 b;

	buf_init(&b, x->rp.arena, MAX_PAGE);
	if (json)
		explain_put_json(&b, e);
	else
		explain_put_text(&b, e);
	return buf_failed(&b) ? ERR_NO_MEMORY : reply_private(&x->rp, json ?
	    "application/json" : "text/plain; charset=utf-8", b.data, b.len);
}

/* NULL: there was no form. */
static enum err
answer(struct serving *x, const char *sent)
{
	const struct fields	*in = &x->rq.fields;
	struct explanation	*e = arena_alloc(x->rp.arena, sizeof(*e));
	struct call		 c;
	struct asked		 q = { .mount = x->m.mount,
				    .host = fields_get(in, "Host"),
				    .https = x->caller.https };
	enum page_form		 form = page_choose(fields_get(in, "Accept"),
				    fields_get(in, "Sec-Fetch-Mode"),
				    x->rq.origin);
	enum err		 err;

	begin_call(&c, x->rp.arena);
	read_call(&c, x->m.query);
	read_call(&c, sent);
	q.method = c.text.method[0] != '\0' ? c.text.method : "GET";
	q.path = c.text.path;
	q.origin = c.text.origin[0] != '\0' ? c.text.origin : NULL;
	q.fields = &c.fields;
	if (e == NULL)
		return ERR_NO_MEMORY;
	if (form == PAGE_HTML && (c.wrong != NULL || q.path[0] == '\0'))
		return put_page(x, &c, NULL);
	if (c.wrong != NULL || q.path[0] == '\0')
		return ERR_BAD_QUERY;
	if ((err = explain(x->means, x->s, &q, e)) != OK)
		return err;
	return form == PAGE_HTML ? put_page(x, &c, e) :
	    put_data(x, e, form == PAGE_PROBLEM);
}

enum err
explain_page(struct serving *x)
{
	return answer(x, NULL);
}

/* Of who is not the operator no more is read than a key needs. */
enum err
explain_form(struct serving *x)
{
	const bool	 his = x->caller.operator;
	const char	*form;
	size_t		 bytes;
	enum err	 e;

	if (!his && (x->rq.body_bytes > OPERATOR_FORM_BYTES ||
	    !caller_is_from_here(&x->rq, &x->rp.grant)))
		return operator_refuse(x, true);
	e = form_body(x, his ? MAX_FORM : OPERATOR_FORM_BYTES, &form, &bytes);
	if (e != OK)
		return e;
	if (operator_is_asked(form, bytes))
		return operator_take(x, form, bytes);
	if (!his)
		return operator_refuse(x, true);
	return strlen(form) == bytes ? answer(x, form) : ERR_BAD_QUERY;
}
