#include "serve/serve.h"

#include <string.h>
#include <time.h>

#include "client/io.h"
#include "core/clock.h"
#include "http/cors.h"
#include "http/forwarded.h"
#include "http/target.h"
#include "serve/debug.h"
#include "serve/limit.h"
#include "serve/local.h"
#include "serve/policy.h"
#include "serve/reach.h"
#include "serve/record.h"
#include "serve/relay.h"
#include "serve/serving.h"
#include "serve/slots.h"
#include "serve/tally.h"
#include "serve/trace.h"
#include "serve/walk.h"
#include "serve/whole_route.h"
#include "store/app.h"
#include "store/log.h"

static bool
is_route(const void *routes, const char *name)
{
	return routes_find(routes, name) != NULL;
}

/* Who asks? */
static void
identify(struct serving *x)
{
	const struct fields	*fs = &x->rq.fields;
	struct caller		*c = &x->caller;

	client_find(&c->client, x->rq.peer,
	    fields_get(fs, "X-Forwarded-For"), &x->s->conf.trusted_proxies);
	if (c->client.address[0] != '\0')
		c->address = c->client.address;
	c->https = client_speaks_https(&c->client,
	    fields_get(fs, "X-Forwarded-Proto"), x->rq.https);
}

/* What proves who asks, now that the route is known. */
static void
prove(struct serving *x)
{
	const struct evidence	 seen = {
		.conf = &x->s->conf, .route = x->rt, .req = &x->rq,
		.grant = &x->rp.grant, .keys = x->s->keys,
		.arena = &x->means->arena,
		.keys_stale = app_keys_stale(x->means->app),
		.render = routes_render(x->s->routes), .now = time(NULL),
	};

	caller_prove(&x->caller, &seen);
	x->rp.for_operator = x->caller.operator;
}

static enum err
read_target(struct serving *x)
{
	enum err	 e;

	x->rt = NULL;
	if ((e = target_read(&x->means->arena, &x->m, is_route, x->s->routes,
	    &x->t)) != OK)
		return e;
	if (x->t.kind == TARGET_URL)
		return whole_route(&x->means->arena, &x->s->conf, &x->t,
		    &x->rt, &x->rp.target_fault);
	if (x->t.kind == TARGET_ROUTE)
		x->rt = routes_find(x->s->routes, x->t.name);
	return OK;
}

/* Which route, and what of it, does the request ask for? */
static enum err
locate(struct serving *x)
{
	const struct req	*rq = &x->rq;
	enum err		 e;

	e = target_mount(&x->means->arena, rq->request_uri, rq->script_name,
	    rq->path_info, rq->query_string, x->s->conf.base_path, &x->m);
	if (e != OK || (e = debug_take(x)) != OK)
		return e;
	return read_target(x);
}

/* Is it for a target, and not for a page made here? */
static bool
is_relayed(const struct serving *x)
{
	return x->t.kind == TARGET_ROUTE || x->t.kind == TARGET_URL;
}

/*
 * A page that tells nobody where it is (Referrer-Policy: no-referrer) sends
 * the origin null with its forms.  The browser knows better, and no page can
 * write what it says.
 */
static bool
own_form(const struct serving *x, const struct rules *rules)
{
	const char	*site = fields_get(&x->rq.fields, "Sec-Fetch-Site");

	return rules->render && x->rp.grant.class == CORS_NULL &&
	    site != NULL && strcmp(site, "same-origin") == 0;
}

/*
 * What the origin is granted, by the route's rule or else by the INI's; and
 * whether this is a preflight that is answered here.
 */
static enum err
grant(struct serving *x, bool located)
{
	const struct rules	*rules = &x->s->conf.rules;
	struct reply		*rp = &x->rp;

	if (x->rt != NULL && x->rt->fault == NULL)
		rules = &x->rt->rules;
	rp->grant = cors_decide(&rules->cors, x->rq.origin);
	if (rp->grant.err == ERR_ORIGIN_REQUIRED && located && !is_relayed(x))
		rp->grant.err = OK;	/* pages made here are for people */
	if (rp->grant.err == ERR_ORIGIN_NOT_ALLOWED &&
	    (own_form(x, rules) || local_takes_form(x)))
		rp->grant.err = OK;
	rp->preflight = rp->grant.err == OK && !rules->cors.target &&
	    cors_is_preflight(x->rq.method, &x->rq.fields);
	return rp->grant.err;
}

/*
 * Has the client any requests left?  What is refused without asking anybody
 * costs none, else a foreign page could use them up by images; one that waited
 * for its route has paid.  A preflight costs a tenth and is never refused:
 * what it asks for is.
 */
static enum err
within_rate(struct serving *x, int tenths)
{
	if (x->means->waited || x->t.kind == TARGET_HEALTH ||
	    walk_leaves(x->walk, STEP_RATE))
		return OK;
	return limit_request(x->s, &x->caller, x->rt, tenths,
	    &x->rp.limited);
}

static enum err
route_sound(struct serving *x)
{
	if (x->rt->fault == NULL)
		return OK;
	if (x->walk == NULL)
		log_line(app_log(x->means->app), LOG_LEVEL_ERROR,
		    "routes/%s: %s", x->rt->name, x->rt->fault);
	return ERR_ROUTE_INVALID;
}

struct question
serving_question(const struct serving *x)
{
	return (struct question){
		.conf = &x->s->conf, .route = x->rt, .req = &x->rq,
		.target = &x->t, .mount = x->m.mount,
		.grant = &x->rp.grant, .caller = &x->caller,
		.walk = x->walk,
	};
}

static enum err
decide(struct serving *x)
{
	const struct question	 q = serving_question(x);
	enum err		 e;

	e = policy_decide(&q, &x->means->arena, &x->v);
	x->rp.allow = x->v.allow;
	if (!x->trace || x->walk != NULL)
		return e;
	x->watch = (struct watch){ .hop = trace_hop,
	    .arg = app_log(x->means->app) };
	x->v.watch = &x->watch;
	return e;
}

/*
 * Is the caller whom the route wants?  A browser sends no key with a
 * preflight, also where the target answers it.  Who fails too often is not
 * told any more how; whoever has a good key passes all the same.
 */
static enum err
authenticate(struct serving *x)
{
	enum err	 limit;

	if (x->rt->rules.cors.target &&
	    cors_is_preflight(x->rq.method, &x->rq.fields))
		return OK;
	caller_verify(&x->caller, &x->s->conf, &x->means->arena);
	if (x->caller.err == OK)
		return OK;
	if (x->means->arena.failed)
		return ERR_NO_MEMORY;	/* so it may be valid: no failure */
	if (err_status(x->caller.err) == 401 && x->walk == NULL &&
	    (limit = limit_failure(x->s, &x->caller, &x->rp.limited)) != OK)
		return limit;
	return x->caller.err;
}

/*
 * Whether a host is not there, refuses, is not asked for that, or has an
 * address that is not for callers, would map an inner net to those who may
 * choose the host: one answer to all of these.  The log has the cause.
 */
static enum err
veil(struct serving *x, enum err e)
{
	if (!x->rt->whole || (e != ERR_DNS && e != ERR_ADDRESS_PROHIBITED &&
	    e != ERR_CONNECTION_REFUSED && e != ERR_CONNECTION_TIMEOUT &&
	    e != ERR_TARGET_DOWN))
		return e;
	x->cause = e;
	return ERR_DESTINATION_UNAVAILABLE;
}

/* Is its target to be asked, as far as connections of late say?  What is
 * dumped asks nobody, and a walk only looks. */
static enum err
reachable(struct serving *x)
{
	const struct route	*rt = x->rt;

	if (x->dump)
		return OK;
	reach_find(&x->reach, x->s->shm, rt);
	if (x->walk != NULL ? reach_look(&x->reach) :
	    reach_ask(&x->reach, rt->rules.connect_timeout_ms))
		return OK;
	if (!rt->whole)
		x->rp.pause_ms = x->reach.pause_ms;
	return veil(x, ERR_TARGET_DOWN);
}

/* The fetch, if the route may have one more under way. */
static enum err
admit(struct serving *x)
{
	struct means	*means = x->means;

	if (walk_leaves(x->walk, STEP_FETCH))
		return relay_imagined(x->s, x->rt, &x->rq, x->m.mount, &x->v,
		    &x->rp);
	switch (slots_take(means->slots, limit_scope(x->rt), means->waiter,
	    clock_ms())) {
	case SLOT_WAITS:
		reach_ended(&x->reach, ERR_ROUTE_BUSY);
		x->waits = true;
		return OK;
	case SLOT_REFUSED:
		reach_ended(&x->reach, ERR_ROUTE_BUSY);
		return ERR_ROUTE_BUSY;
	case SLOT_TAKEN:
		break;
	}
	x->asked = true;
	x->v.reach = &x->reach;
	return OK;
}

static enum err
pass(struct serving *x, enum step step, enum err e)
{
	return walk_step(x->walk, step, e);
}

/* A walk goes on where a request ends, but not so far as to an answer. */
static bool
is_refused(const struct serving *x)
{
	return x->walk != NULL && x->walk->err != OK;
}

/*
 * The request, from top to bottom.  What an origin is granted is decided
 * before anything can refuse, so that an allowed page can read every refusal;
 * for the same reason a preflight of an allowed origin is answered before the
 * rest is looked at.
 */
static enum err
answer(struct serving *x)
{
	enum err	 e, unread, lost;

	unread = req_read(&x->rq, x->io, &x->means->arena);
	identify(x);
	lost = locate(x);
	tally_open(x, lost == OK);
	if ((e = pass(x, STEP_ORIGIN, grant(x, lost == OK))) != OK)
		return e;
	if (x->rp.preflight) {
		within_rate(x, COST_PREFLIGHT);
		return OK;
	}
	if ((e = pass(x, STEP_READ, unread)) != OK)
		return e;
	if ((e = pass(x, STEP_TARGET, lost)) != OK)
		return e;
	prove(x);
	if (!debug_permitted(x) &&
	    (e = pass(x, STEP_TARGET, read_target(x))) != OK)
		return e;
	if (x->rt == NULL)
		return (e = within_rate(x, COST_REQUEST)) != OK ? e :
		    local_answer(x);
	if ((e = pass(x, STEP_ROUTE, route_sound(x))) != OK)
		return e;
	if ((e = decide(x)) != OK)	/* method, path, fetch mode, fields */
		return e;
	if ((e = within_rate(x, COST_REQUEST)) != OK)
		return e;
	if ((e = pass(x, STEP_ACCESS, authenticate(x))) != OK)
		return e;
	if ((e = pass(x, STEP_REACH, reachable(x))) != OK)
		return e;
	return x->dump || is_refused(x) ? OK : admit(x);
}

void
serving_walk(struct serving *x)
{
	enum err	 e;

	reply_init(&x->rp, x->io, &x->means->arena, &x->rq);
	x->rp.conf = &x->s->conf;
	e = answer(x);
	reply_end(&x->rp, debug_dump(x, is_refused(x) ? x->walk->err : e));
}

/* What a request comes to without memory may be wrong, a refusal too. */
static enum err
in_full(const struct serving *x, enum err e)
{
	return x->means->arena.failed && e != ERR_CLIENT_GONE ?
	    ERR_NO_MEMORY : e;
}

static void
finish(struct serving *x, enum err e)
{
	struct means	*means = x->means;

	tally_target(x, e);
	if (!x->waits)
		reply_end(&x->rp, e);
	tally_close(x);
	if (!x->waits)
		record(x);
	if (x->s != NULL) {
		app_note_root(means->app, x->s, x->rq.document_root);
		app_give(means->app, x->s);
	}
	means->ended(x);
}

static void
on_relayed(void *arg, enum err e)
{
	struct serving	*x = arg;

	x->means->turn = slots_give(x->means->slots, limit_scope(x->rt));
	finish(x, in_full(x, veil(x, e)));
}

static void
begin_relay(struct serving *x)
{
	const struct relaying	 of = {
		.fetcher = x->means->fetcher, .snap = x->s, .route = x->rt,
		.req = &x->rq, .mount = x->m.mount, .verdict = &x->v,
		.io = x->io, .reply = &x->rp, .stop = x->means->stop,
		.ended = on_relayed, .arg = x,
	};

	relay(&of);
}

void
serve(struct serving *x)
{
	struct means	*means = x->means;
	enum err	 e;

	arena_reset(&means->arena);
	reply_init(&x->rp, x->io, &means->arena, &x->rq);
	if (means->began_us != 0)
		x->rp.began_us = means->began_us;
	if ((x->s = app_take(means->app)) == NULL) {
		req_read(&x->rq, x->io, &means->arena);
		finish(x, ERR_CONFIGURATION);
		return;
	}
	x->rp.conf = &x->s->conf;
	e = answer(x);
	if (x->asked)
		begin_relay(x);
	else
		finish(x, in_full(x, debug_dump(x, e)));
}
