#include "serve/explaining.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/io_kept.h"
#include "core/arena.h"
#include "http/browser.h"
#include "http/field_edit.h"
#include "serve/dump.h"
#include "serve/serve.h"
#include "store/app.h"

enum { MAX_TEXT = 16 * 1024, VARS_BESIDE = 8 };

const char *
explain_text(struct arena *a, const char *fmt, ...)
{
	char		 text[MAX_TEXT];
	const char	*kept;
	va_list		 ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kept = arena_strdup(a, text);
	return kept != NULL ? kept : "";
}

const struct rules *
explain_rules(const struct explaining *ex)
{
	return ex->x->rt != NULL && ex->x->rt->fault == NULL ?
	    &ex->x->rt->rules : &ex->x->s->conf.rules;
}

/* --- the request --- */

/* As a web server hands it on: HTTP_X_NAME for X-Name. */
static const char *
variable(struct arena *a, const struct field *f)
{
	static const char *const	 bare[] = { "Content-Type",
					    "Content-Length" };
	bool				 http = true;
	char				*var, *c;

	for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++)
		http = http && !field_same_name(f->name, bare[i]);
	var = arena_strdup(a, explain_text(a, "%s%s=%s", http ? "HTTP_" : "",
	    f->name, f->value));
	for (c = var; c != NULL && *c != '=' && *c != '\0'; c++)
		*c = *c == '-' ? '_' : (char)(*c >= 'a' && *c <= 'z' ?
		    *c - 'a' + 'A' : *c);
	return var != NULL ? var : "";
}

static char **
variables(struct arena *a, const struct asked *q)
{
	const struct fields	*fs = q->fields;
	const char		**vars;
	size_t			 n = 0;

	vars = arena_alloc(a, (fs->count + VARS_BESIDE) * sizeof(*vars));
	if (vars == NULL)
		return NULL;
	vars[n++] = explain_text(a, "REQUEST_METHOD=%s", q->method);
	vars[n++] = explain_text(a, "REQUEST_URI=%s%s", q->mount, q->path);
	vars[n++] = explain_text(a, "SCRIPT_NAME=%s", q->mount);
	vars[n++] = "SERVER_PROTOCOL=HTTP/1.1";
	if (q->https)
		vars[n++] = "HTTPS=on";
	if (q->host != NULL && fields_get(fs, "Host") == NULL)
		vars[n++] = explain_text(a, "HTTP_HOST=%s", q->host);
	if (q->origin != NULL)
		vars[n++] = explain_text(a, "HTTP_ORIGIN=%s", q->origin);
	for (size_t i = 0; i < fs->count; i++)
		vars[n++] = variable(a, &fs->list[i]);
	return (char **)vars;
}

/* A walk with the answer that comes of it. */
struct walked {
	struct serving	 x;
	struct walk	 walk;
	struct io_kept	 io;
	int		 status;
	struct fields	 fields;
};

static enum err
walk(struct means *means, const struct snapshot *s, const struct asked *q,
    struct walked *to)
{
	char		**vars = variables(&means->arena, q);
	const char	 *body;

	if (vars == NULL)
		return ERR_NO_MEMORY;
	memset(to, 0, sizeof(*to));
	io_kept_init(&to->io, vars, &means->arena);
	to->x = (struct serving){ .means = means, .s = s, .io = &to->io.io,
	    .walk = &to->walk };
	serving_walk(&to->x);
	fields_init(&to->fields, &means->arena);
	to->status = io_kept_read(&to->io, &to->fields, &body);
	return to->status == 0 ? ERR_NO_MEMORY : OK;
}

/* --- what a browser does --- */

static void
add(const struct explaining *ex, const char *sentence)
{
	struct explained_view	*v = &ex->to->view;

	if (v->n_sentences < sizeof(v->sentences) / sizeof(v->sentences[0]))
		v->sentences[v->n_sentences++] = sentence;
}

static const char *
complaint(const struct explaining *ex, const struct browser_fault *f)
{
	static const char *const texts[] = {
		[BROWSER_CONTENT] = "",
		[BROWSER_STATUS] = "its status is none of 200 to 299",
		[BROWSER_NO_ORIGIN] = "there is no "
		    "Access-Control-Allow-Origin",
		[BROWSER_OTHER_ORIGIN] = "Access-Control-Allow-Origin names "
		    "another origin",
		[BROWSER_STAR] = "Access-Control-Allow-Origin is * where "
		    "credentials are used",
		[BROWSER_NO_CREDENTIALS] = "there is no "
		    "Access-Control-Allow-Credentials: true",
		[BROWSER_METHOD] = "Access-Control-Allow-Methods lacks ",
		[BROWSER_FIELD] = "Access-Control-Allow-Headers lacks ",
	};

	return explain_text(ex->arena, "%s%s", texts[f->kind],
	    f->name != NULL ? f->name : "");
}

/* Ask as the browser does, and judge the answer as it does. */
static enum err
preflight(const struct explaining *ex, const struct browser_request *r)
{
	struct asked		 q = *ex->to->asked;
	struct explained_view	*v = &ex->to->view;
	struct fields		 fs;
	struct walked		*w = arena_alloc(ex->arena, sizeof(*w));
	struct browser_fault	 f;
	enum err		 e;

	fields_init(&fs, ex->arena);
	if (w == NULL || browser_preflight(r, &fs) != OK)
		return ERR_NO_MEMORY;
	q.method = "OPTIONS";
	q.path = ex->to->path;
	q.origin = NULL;
	q.fields = &fs;
	if ((e = walk(ex->x->means, ex->x->s, &q, w)) != OK)
		return e;
	f = browser_may_send(r, w->status, &w->fields);
	v->may_send = f.kind == BROWSER_CONTENT;
	if (v->may_send) {
		add(ex, "The preflight is passed.");
		return OK;
	}
	add(ex, explain_text(ex->arena, "The preflight fails: %s.  The "
	    "request itself is never sent.", complaint(ex, &f)));
	explain_remedy_for(ex, &f);
	return OK;
}

static enum err
ask_first(const struct explaining *ex, const struct browser_request *r,
    bool target)
{
	struct explained_view	*v = &ex->to->view;
	struct browser_reason	 why = browser_asks_first(r);

	v->may_send = true;
	v->asks_first = why.kind != BROWSER_ASKS_NOT;
	if (!v->asks_first) {
		add(ex, "No preflight: any page may send such a request.");
		return OK;
	}
	add(ex, explain_text(ex->arena, "A preflight comes first, for the %s "
	    "%s.", why.kind == BROWSER_ASKS_METHOD ? "method" : "field",
	    why.name));
	if (!target)
		return preflight(ex, r);
	add(ex, "With cors = target the target answers it.");
	return OK;
}

static void
list_shown(const struct explaining *ex, const struct browser_request *r)
{
	const struct explanation	*to = ex->to;
	struct buf			 b;

	if (browser_shows(r, &to->fields, "X-Any") && to->relayed) {
		ex->to->view.sees = "every field of the answer but Set-Cookie";
		return;
	}
	buf_init(&b, ex->arena, MAX_TEXT);
	for (size_t i = 0; i < to->fields.count; i++)
		if (browser_shows(r, &to->fields, to->fields.list[i].name) &&
		    !field_lists(b.data, to->fields.list[i].name))
			buf_fmt(&b, "%s%s", b.len > 0 ? ", " : "",
			    to->fields.list[i].name);
	ex->to->view.sees = b.len > 0 ? b.data : "no field";
}

static void
may_read(const struct explaining *ex, struct browser_request *r)
{
	struct explained_view	*v = &ex->to->view;
	struct browser_fault	 plain, with;
	bool			 used = r->credentials;
	const char		*what = ex->to->err == OK ? "the answer" :
				    "this refusal";

	r->credentials = false;
	plain = browser_may_read(r, &ex->to->fields);
	r->credentials = true;
	with = browser_may_read(r, &ex->to->fields);
	r->credentials = used;
	v->plain = plain.kind == BROWSER_CONTENT ? VIEW_YES : VIEW_NO;
	v->credentials = with.kind == BROWSER_CONTENT ? VIEW_YES : VIEW_NO;
	if (v->plain == VIEW_NO) {
		add(ex, explain_text(ex->arena, "The page cannot read %s: %s.",
		    what, complaint(ex, &plain)));
		return;
	}
	list_shown(ex, r);
	add(ex, explain_text(ex->arena, "The page can read %s, and sees %s.",
	    what, v->sees));
	if (v->credentials == VIEW_YES)
		add(ex, "Also where it uses cookies (credentials: "
		    "\"include\").");
	else
		add(ex, explain_text(ex->arena, "Not where it uses cookies "
		    "(credentials: \"include\"): %s.", complaint(ex, &with)));
	if (v->credentials == VIEW_NO && used)
		explain_remedy_for(ex, &with);
}

static bool
is_own(const struct cors_rule *r, const char *origin)
{
	for (size_t i = 0; i < r->n_own; i++)
		if (strcmp(r->own[i].text, origin) == 0)
			return true;
	return false;
}

/* Who needs no leave; NULL: the script of another origin's page. */
static const char *
not_a_script(const struct explaining *ex)
{
	const struct asked	*q = ex->to->asked;
	const char		*mode = fields_get(q->fields,
				    "Sec-Fetch-Mode");

	if (mode != NULL && strcmp(mode, "navigate") == 0)
		return "A page that is opened needs no CORS: the browser "
		    "shows what comes.";
	if (mode != NULL && strcmp(mode, "no-cors") == 0)
		return "An image, a script element or the like needs no CORS, "
		    "and no page can read what comes.";
	if (ex->x->rq.origin == NULL)
		return "Without an Origin it is a program or a page of this "
		    "very host that asks: no browser keeps the answer from "
		    "either.";
	if (ex->x->rp.preflight)
		return "This is a preflight itself, and answered here.";
	if (is_own(&explain_rules(ex)->cors, ex->x->rq.origin))
		return "This is a page of this very host (own_origin): its "
		    "browser keeps nothing from it.";
	return browser_forbids(q->method) ? "No browser lets a script send "
	    "this method." : NULL;
}

static enum err
view(const struct explaining *ex, bool target)
{
	const struct asked	*q = ex->to->asked;
	struct browser_request	 r = {
		.method = q->method, .origin = ex->x->rq.origin,
		.fields = q->fields,
		.credentials = fields_get(q->fields, "Cookie") != NULL,
	};
	struct explained_view	*v = &ex->to->view;
	const char		*why = not_a_script(ex);
	enum err		 e;

	if (why != NULL) {
		add(ex, why);
		return OK;
	}
	v->script = true;
	if ((e = ask_first(ex, &r, target)) != OK || !v->may_send)
		return e;
	if (!target || ex->to->err != OK) {
		may_read(ex, &r);
		return OK;
	}
	v->plain = v->credentials = VIEW_UNKNOWN;
	add(ex, "With cors = target the target says whether the page may "
	    "read its answer.");
	return OK;
}

/* --- the answer --- */

static bool
is_set(const struct field_edits *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (field_same_name(name, e->list[i].name))
			return true;
	return false;
}

/* The value, but where it is another for each request. */
static const char *
of_each(const struct field *f)
{
	return field_same_name(f->name, "X-Request-Id") ? "(a new one)" :
	    field_same_name(f->name, "Server-Timing") ? "(as it takes)" :
	    f->value;
}

/* What the gateway makes up for want of a target's is not shown, and what
 * route_headers set not as it is. */
static enum err
answer_fields(const struct explaining *ex, const struct fields *from)
{
	struct explanation		*to = ex->to;
	const struct route		*rt = ex->x->rt;
	const struct field		*f;
	enum err			 e = OK;

	fields_init(&to->fields, ex->arena);
	for (f = from->list; f < from->list + from->count && e == OK; f++) {
		bool set = to->relayed && is_set(&rt->down, f->name);

		if (to->relayed && !set &&
		    field_same_name(f->name, "Content-Type"))
			continue;
		e = fields_add(&to->fields, f->name, set ?
		    "(set by route_headers)" : of_each(f));
	}
	return e;
}

static void
outcome(const struct explaining *ex, const struct walked *w)
{
	const struct question	 q = serving_question(&w->x);
	struct explanation	*to = ex->to;

	to->err = w->walk.err;
	to->status = w->status;
	to->origin = w->x.rq.origin;
	to->relayed = w->walk.steps[STEP_FETCH].outcome == WALK_OPEN;
	if (to->err != OK)
		to->detail = to->err == ERR_TARGET_NOT_ALLOWED &&
		    w->x.rp.target_fault != NULL ? w->x.rp.target_fault :
		    err_detail(to->err);
	if (w->x.rt != NULL)
		to->route = w->x.rt->name;
	if (to->relayed)
		to->sends = explain_text(ex->arena, "%s %s", w->x.v.method,
		    dump_url(ex->arena, &q));
}

enum err
explain(struct means *means, const struct snapshot *s,
    const struct asked *q, struct explanation *to)
{
	struct walked		*one = arena_alloc(&means->arena,
				    sizeof(*one));
	struct asked		 asked = *q;
	struct explaining	 ex = { .arena = &means->arena, .to = to };
	enum err		 e;

	memset(to, 0, sizeof(*to));
	to->asked = q;
	to->path = asked.path = q->path[0] == '/' ? q->path :
	    explain_text(&means->arena, "/%s", q->path);
	if (one == NULL)
		return ERR_NO_MEMORY;
	if ((e = walk(means, s, &asked, one)) != OK)
		return e;
	ex.x = &one->x;
	ex.walk = &one->walk;
	outcome(&ex, one);
	if ((e = answer_fields(&ex, &one->fields)) != OK)
		return e;
	explain_steps(&ex);
	explain_remedies(&ex);
	return view(&ex, explain_rules(&ex)->cors.target);
}
