#include "serve/serve.h"

#include <string.h>
#include <time.h>

#include "client/io.h"
#include "client/pages.h"
#include "client/reply.h"
#include "client/req.h"
#include "core/buf.h"
#include "core/clock.h"
#include "http/cors.h"
#include "http/target.h"
#include "serve/policy.h"
#include "serve/relay.h"
#include "serve/slots.h"
#include "store/app.h"
#include "store/log.h"

static bool
is_route(const void *routes, const char *name)
{
	return routes_find(routes, name) != NULL;
}

/* Which route, and what of it, does the request ask for? */
static enum err
locate(const struct snapshot *s, const struct req *rq, struct arena *a,
    struct mounted *m, struct target *t)
{
	enum err	 e;

	e = target_mount(a, rq->request_uri, rq->script_name, rq->path_info,
	    rq->query_string, s->conf.base_path, m);
	if (e != OK)
		return e;
	return target_read(a, m, is_route, s->routes, t);
}

/* What is answered here, without any target. */
static enum err
own_page(const struct snapshot *s, const struct mounted *m,
    const struct target *t, const struct req *rq, struct reply *rp)
{
	static const char	 robots[] = "User-agent: *\nDisallow: /\n";
	static const char	 text[] = "text/plain; charset=utf-8";
	struct buf		 b;

	if (t->kind == TARGET_URL)
		return ERR_TARGET_NOT_ALLOWED;
	rp->allow = "GET, HEAD";
	if (strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0)
		return ERR_METHOD_NOT_ALLOWED;
	switch (t->kind) {
	case TARGET_START:
		buf_init(&b, rp->arena, 64 * 1024);
		page_start(&b, &s->conf, m->mount);
		if (buf_failed(&b))
			return ERR_NO_MEMORY;
		return reply_own(rp, 200, page_type(PAGE_HTML), b.data, b.len);
	case TARGET_ROBOTS:
		return reply_own(rp, 200, text, robots, sizeof(robots) - 1);
	case TARGET_FAVICON:
		return reply_own(rp, 204, NULL, NULL, 0);
	case TARGET_HEALTH:
		return reply_own(rp, 200, text, "ok\n", 3);
	default:
		return ERR_NO_ROUTE;
	}
}

/*
 * The request, from top to bottom.  What an origin is granted is decided
 * before anything can refuse, so that an allowed page can read every refusal;
 * for the same reason a preflight of an allowed origin is answered before the
 * rest is looked at.
 */
static enum err
answer(struct worker *w, const struct snapshot *s, struct io *io,
    struct req *rq, struct reply *rp, bool *waits)
{
	const struct route	*rt = NULL;
	const struct rules	*rules = &s->conf.rules;
	struct mounted		 m;
	struct target		 t = { .kind = TARGET_RESERVED };
	struct verdict		 v;
	enum err		 e, located;

	e = req_read(rq, io, &w->arena);
	if ((located = locate(s, rq, &w->arena, &m, &t)) == OK &&
	    t.kind == TARGET_ROUTE)
		rt = routes_find(s->routes, t.name);
	if (rt != NULL && rt->fault == NULL)
		rules = &rt->rules;
	rp->grant = cors_decide(&rules->cors, rq->origin);

	if (rp->grant.err == ERR_ORIGIN_REQUIRED && located == OK &&
	    t.kind != TARGET_ROUTE && t.kind != TARGET_URL)
		rp->grant.err = OK;	/* pages made here are for people */
	if (rp->grant.err != OK)
		return rp->grant.err;
	rp->preflight = !rules->cors.target &&
	    cors_is_preflight(rq->method, &rq->fields);
	if (rp->preflight)
		return OK;
	if (e != OK || (e = located) != OK)
		return e;
	if (t.kind != TARGET_ROUTE)
		return own_page(s, &m, &t, rq, rp);
	if (rt == NULL)
		return ERR_NO_ROUTE;
	if (rt->fault != NULL) {
		log_line(app_log(w->app), LOG_LEVEL_ERROR, "routes/%s: %s",
		    rt->name, rt->fault);
		return ERR_ROUTE_INVALID;
	}
	e = policy_decide(&s->conf, rt, rq, &t, &rp->grant, &w->arena, &v);
	rp->allow = v.allow;
	if (e != OK)
		return e;
	switch (slots_take(w->slots, rt->name, w->waiter, clock_ms())) {
	case SLOT_WAITS:
		*waits = true;
		return OK;
	case SLOT_REFUSED:
		return ERR_ROUTE_BUSY;
	case SLOT_TAKEN:
		break;
	}
	e = relay(w->fetcher, s, rt, rq, m.mount, &v, io, rp, w->stop);
	w->turn = slots_give(w->slots, rt->name);
	return e;
}

/* A query may hold a key. */
static const char *
without_query(struct arena *a, const char *uri)
{
	return uri == NULL ? NULL : arena_strndup(a, uri, strcspn(uri, "?"));
}

/* Failures of the gateway or a target are the operator's to know; why a caller
 * was refused is there for who looks for it. */
static void
log_error(struct log *log, const struct req *rq, const struct reply *rp,
    const char *path)
{
	int	 status = err_status(rp->err);

	log_line(log, status >= 500 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
	    "%s: %s%s (request %s, %.20s %.400s)", err_word(rp->err),
	    rp->status != status ? "the answer is cut: " : "",
	    err_detail(rp->err), rq->id, rq->method,
	    path != NULL ? path : "-");
}

static void
log_request(struct worker *w, const struct req *rq, const struct reply *rp,
    time_t start)
{
	const struct access	 a = {
		.peer = rq->peer, .method = rq->method,
		.path = without_query(&w->arena, rq->request_uri),
		.protocol = rq->protocol,
		.referer = fields_get(&rq->fields, "Referer"),
		.user_agent = fields_get(&rq->fields, "User-Agent"),
		.status = rp->status, .body_bytes = rp->body_bytes,
		.start = start,
	};

	log_access(app_log(w->app), &a);
	if (rp->err != OK)
		log_error(app_log(w->app), rq, rp, a.path);
}

bool
serve(struct worker *w, struct io *io)
{
	const struct snapshot	*s;
	struct req		 rq;
	struct reply		 rp;
	time_t			 start = time(NULL);
	enum err		 e = ERR_CONFIGURATION;
	bool			 waits = false;

	arena_reset(&w->arena);
	reply_init(&rp, io, &w->arena, &rq);
	if ((s = app_take(w->app)) != NULL) {
		rp.conf = &s->conf;
		e = answer(w, s, io, &rq, &rp, &waits);
	} else
		req_read(&rq, io, &w->arena);
	if (!waits) {
		reply_end(&rp, e);
		log_request(w, &rq, &rp, start);
	}
	if (s != NULL)
		app_give(w->app, s);
	return !waits;
}
