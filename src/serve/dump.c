#include "serve/dump.h"

#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/field_edit.h"
#include "http/target.h"
#include "http/url.h"

enum { MAX_TEXT = FIELD_MAX_VALUE };

static const char	 hidden[] = "(not shown)";

static void
text(struct buf *b, const char *value)
{
	escape_log(b, value, MAX_TEXT);
}

static void
line(struct buf *b, const char *what, const char *value)
{
	buf_fmt(b, "  %-16s ", what);
	text(b, value);
	buf_char(b, '\n');
}

/* --- fields --- */

/* Fields that prove who somebody is. */
static bool
is_credential(const char *name)
{
	static const char *const names[] = { "Authorization",
	    "Proxy-Authorization", "Cookie", "Cookie2", "X-API-Key" };
	size_t	 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (field_same_name(name, names[i]))
			return true;
	return false;
}

/* Does the operator set, or remove, a field of this name? */
static bool
is_edited(const struct field_edits *e, const char *name)
{
	size_t	 i;

	for (i = 0; i < e->count; i++)
		if (field_same_name(name, e->list[i].name))
			return true;
	return false;
}

static void
fields(struct buf *b, const struct fields *fs, const struct field_edits *e)
{
	size_t	 i;

	for (i = 0; i < fs->count; i++) {
		const struct field *f = &fs->list[i];

		buf_str(b, "  ");
		text(b, f->name);
		buf_str(b, ": ");
		if (is_edited(e, f->name) || is_credential(f->name))
			buf_str(b, hidden);
		else
			text(b, f->value);
		buf_char(b, '\n');
	}
}

static void
edits(struct buf *b, const char *what, const struct field_edits *e)
{
	size_t	 i;

	for (i = 0; i < e->count; i++)
		buf_fmt(b, "  %s %s the field %s\n", what,
		    e->list[i].value != NULL ? "set" : "remove",
		    e->list[i].name);
}

/* --- the parts --- */

static void
as_it_came(struct buf *b, const struct question *q,
    const struct field_edits *e)
{
	const struct req	*rq = q->req;

	buf_str(b, "The request as it came\n");
	line(b, "REQUEST_METHOD", rq->method);
	line(b, "REQUEST_URI", rq->request_uri);
	line(b, "SCRIPT_NAME", rq->script_name);
	line(b, "PATH_INFO", rq->path_info);
	line(b, "REMOTE_ADDR", rq->peer);
	line(b, "SERVER_PROTOCOL", rq->protocol);
	line(b, "SERVER_SOFTWARE", rq->server_software);
	if (rq->body_bytes >= 0)
		buf_fmt(b, "  %-16s %lld bytes\n", "body",
		    (long long)rq->body_bytes);
	else
		line(b, "body", "of unknown length");
	fields(b, &rq->fields, e);
}

static void
origin(struct buf *b, const struct cors_grant *g)
{
	static const char *const classes[] = {
		[CORS_ABSENT] = "none", [CORS_NULL] = "null",
		[CORS_OWN] = "own", [CORS_LISTED] = "listed",
		[CORS_PATTERN] = "matches a pattern",
		[CORS_UNLISTED] = "not listed",
		[CORS_MALFORMED] = "malformed",
	};

	line(b, "origin", classes[g->class]);
	line(b, "... may read", g->allow_origin);
}

static void
as_it_was_read(struct buf *b, const struct question *q, const char *mount,
    enum err outcome)
{
	const struct target	*t = q->target;
	const struct caller	*c = q->caller;

	buf_str(b, "\nWhat was made of it\n");
	line(b, "request", q->req->id);
	line(b, "mount", mount[0] != '\0' ? mount : "/");
	line(b, "route", t->name);
	line(b, "rest", t->rest);
	line(b, "query", t->query);
	line(b, "method", t->method);
	line(b, "client", c->address);
	line(b, "... speaks", c->https ? "https" : "http");
	line(b, "key", c->authenticated ? "valid" : NULL);
	origin(b, q->grant);
	if (outcome == OK)
		line(b, "outcome", "it would be sent");
	else
		buf_fmt(b, "  %-16s %d %s: %s\n", "outcome",
		    err_status(outcome), err_word(outcome),
		    err_detail(outcome));
	if (outcome == ERR_ROUTE_INVALID)
		line(b, "... since", q->route->fault);
}

const char *
dump_url(struct arena *a, const struct question *q)
{
	const struct target	*t = q->target;
	const char		*base = q->route->url, *url = NULL;

	base = arena_strndup(a, base, strcspn(base, "?"));
	if (base != NULL)
		url_join(a, base, t->rest, t->query, &url);
	return url;
}

static void
as_it_would_go(struct buf *b, const struct question *q,
    const struct verdict *v)
{
	const struct route	*rt = q->route;

	buf_str(b, "\nWhat would be sent\n");
	line(b, v->method, dump_url(b->arena, q));
	if (strchr(rt->url, '?') != NULL)
		line(b, "the table's query", hidden);
	if (v->host != NULL)
		line(b, "Host", v->host);
	fields(b, &v->up, &rt->up);
	edits(b, "route_headers", &rt->up);
	if (rt->down.count > 0)
		buf_str(b, "\nWhat is done to the answer\n");
	edits(b, "route_headers", &rt->down);
}

void
dump_write(struct buf *b, const struct question *q, const char *mount,
    enum err outcome, const struct verdict *v)
{
	static const struct field_edits	 none = { NULL, 0 };

	as_it_came(b, q, q->route != NULL ? &q->route->up : &none);
	as_it_was_read(b, q, mount, outcome);
	if (outcome == OK)
		as_it_would_go(b, q, v);
}
