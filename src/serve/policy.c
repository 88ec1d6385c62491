#include "serve/policy.h"

#include <string.h>

#include "core/buf.h"
#include "http/filter.h"
#include "http/target.h"
#include "http/url.h"
#include "serve/own_pages.h"
#include "serve/walk.h"

/*
 * Nothing but a script or a program can send a key.  Who shows a wrong one, or
 * none where one is needed, is refused for that later, and counted.
 */
static bool
goes_by_key(const struct caller *c)
{
	return c->authenticated || c->err != OK;
}

/*
 * An image or a link of a foreign page sends a GET without Origin: it must not
 * become a DELETE.  An own origin may be granted no CORS fields: it needs
 * none.
 */
static bool
has_proof(const struct question *q)
{
	const struct cors_grant	*grant = q->grant;

	return goes_by_key(q->caller) || grant->class == CORS_OWN ||
	    (grant->class != CORS_ABSENT && grant->allow_origin != NULL);
}

/* A preflight that comes as far as here is for a target that answers its own
 * (cors = target). */
static bool
is_targets_preflight(const struct question *q)
{
	return q->route->rules.cors.target &&
	    cors_is_preflight(q->req->method, &q->req->fields);
}

/* &method=VERB stands for the request's own method. */
static enum err
method(const struct question *q, struct verdict *v)
{
	const struct route	*rt = q->route;
	const struct req	*rq = q->req;
	const struct target	*t = q->target;
	const char		*const *m;

	v->allow = rt->rules.cors.methods;
	if (is_targets_preflight(q)) {
		v->method = target_method("OPTIONS");
		return OK;
	}
	v->method = target_method(t->method != NULL ? t->method : rq->method);
	for (m = rt->rules.methods; v->method != NULL && *m != NULL; m++)
		if (strcmp(*m, v->method) == 0)
			break;
	if (v->method == NULL || *m == NULL)
		return ERR_METHOD_NOT_ALLOWED;
	return t->method == NULL || strcmp(v->method, rq->method) == 0 ||
	    target_method_is_safe(v->method) || has_proof(q) ? OK :
	    ERR_METHOD_PROOF;
}

static bool
is(const char *value, const char *what)
{
	return value != NULL && strcmp(value, what) == 0;
}

/* What a browser says of how its page uses the answer (W3C Fetch Metadata);
 * other clients say nothing, and pass. */
static enum err
fetch_mode(const struct route *rt, const struct req *rq)
{
	const char	*mode = fields_get(&rq->fields, "Sec-Fetch-Mode");
	const char	*site;

	if (is(fields_get(&rq->fields, "Sec-Fetch-Dest"), "serviceworker") ||
	    is(fields_get(&rq->fields, "Service-Worker"), "script"))
		return ERR_SERVICE_WORKER;
	if (rt->rules.embed || (is(mode, "navigate") && rt->rules.render) ||
	    (!is(mode, "no-cors") && !is(mode, "navigate")))
		return OK;
	site = fields_get(&rq->fields, "Sec-Fetch-Site");
	return is(site, "cross-site") || is(site, "same-site") ?
	    ERR_FETCH_MODE : OK;
}

/*
 * Who may choose the host could hide behind this one; so a page's script must
 * have sent the request, or somebody who has a key.  Browsers send no Origin
 * with a GET to the page's own host.
 */
static enum err
whole_proof(const struct question *q)
{
	const struct fields	*in = &q->req->fields;

	return !q->route->whole || q->req->origin != NULL ||
	    goes_by_key(q->caller) || is(fields_get(in, "Sec-Fetch-Site"),
	    "same-origin") ? OK : ERR_WHOLE_URL_PROOF;
}

static enum err
loop(const struct conf *conf, const struct req *rq)
{
	const char	*via = fields_get(&rq->fields, "Via");

	return via != NULL && strstr(via, conf->via) != NULL ? ERR_LOOP : OK;
}

/* The client's Host as it may be sent on: host and port, nothing else. */
static enum err
host(const struct route *rt, const struct req *rq, struct verdict *v)
{
	const char	*h;

	if (!rt->rules.preserve_host)
		return OK;
	h = fields_get(&rq->fields, "Host");
	if (h == NULL || *h == '\0' || strspn(h, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") != strlen(h))
		return ERR_MALFORMED_REQUEST;
	v->host = h;
	return OK;
}

static enum err
add_via(const struct conf *conf, const struct req *rq, struct arena *a,
    struct fields *up)
{
	const char	*via = fields_get(&rq->fields, "Via");
	struct buf	 b;

	buf_init(&b, a, 2 * FIELD_MAX_VALUE);
	if (via != NULL) {
		buf_str(&b, via);
		buf_str(&b, ", ");
	}
	buf_str(&b, "1.1 ");
	buf_str(&b, conf->via);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	return b.len > FIELD_MAX_VALUE ? ERR_FIELDS_TOO_LARGE :
	    fields_set(up, "Via", b.data);
}

/* RFC 7239 section 6: an IPv6 address in brackets and quotes; "unknown" where
 * the server names none, as for a client on a socket file. */
static enum err
add_rfc7239(const char *peer, const char *proto, struct arena *a,
    struct fields *up)
{
	struct buf	 b;

	buf_init(&b, a, 128);
	if (peer == NULL)
		buf_fmt(&b, "for=unknown;proto=%s", proto);
	else if (strchr(peer, ':') != NULL)
		buf_fmt(&b, "for=\"[%s]\";proto=%s", peer, proto);
	else
		buf_fmt(&b, "for=%s;proto=%s", peer, proto);
	return buf_failed(&b) ? ERR_NO_MEMORY :
	    fields_add(up, "Forwarded", b.data);
}

static enum err
add_forwarded(const struct question *q, struct arena *a, struct fields *up)
{
	const char		*proto = q->caller->https ? "https" : "http";
	const char		*peer = q->caller->address;
	enum err		 e;

	switch (q->route->rules.forwarded) {
	case FORWARDED_RFC7239:
		return add_rfc7239(peer, proto, a, up);
	case FORWARDED_X:
		if (peer != NULL &&
		    (e = fields_add(up, "X-Forwarded-For", peer)) != OK)
			return e;
		return fields_add(up, "X-Forwarded-Proto", proto);
	default:
		return OK;
	}
}

/*
 * A named route's cookies are made for https.  The route "*" has this host for
 * its own, and may be without.
 */
static bool
cookies(const struct question *q)
{
	return q->route->rules.cookies == COOKIES_ISOLATE &&
	    q->target->kind == TARGET_ROUTE &&
	    (q->caller->https || strcmp(q->route->name, "*") == 0);
}

/*
 * Last what the operator sets, whatever else would stand there.  A preflight
 * needs no key, and so has nothing of the target's: not with a key either,
 * else keys could be tried by it.
 */
static enum err
edit(const struct question *q, struct fields *up)
{
	const struct field_edits	*edits = &q->route->up;
	enum err			 e = fields_edit(up, edits);

	if (e == OK && is_targets_preflight(q))
		fields_unset(up, edits);
	return e;
}

static enum err
fields_up(const struct question *q, struct arena *a, struct verdict *v)
{
	const struct rules	*r = &q->route->rules;
	const struct req	*rq = q->req;
	struct field_up		 how = {
		.only = r->n_forward_headers > 0 ? r->forward_headers : NULL,
		.n_only = r->n_forward_headers,
		.none = r->no_headers,
		.pass_origin = r->cors.target,
		.drop_authorization = q->caller->by_authorization,
		.drop_api_key = q->caller->by_api_key,
		.cookies_of = v->cookies ? q->route->name : NULL,
		.drop_referer = q->route->whole,
	};
	enum err		 e;

	fields_init(&v->up, a);
	if ((e = own_pages(q, a, &how)) != OK ||
	    (e = fields_to_target(&rq->fields, &how, &v->up)) != OK)
		return e;
	if (r->user_agent != NULL &&
	    (e = fields_set(&v->up, "User-Agent", r->user_agent)) != OK)
		return e;
	if ((e = add_via(q->conf, rq, a, &v->up)) != OK ||
	    (e = add_forwarded(q, a, &v->up)) != OK ||
	    (e = fields_add(&v->up, "X-Request-Id", rq->id)) != OK)
		return e;
	return edit(q, &v->up);
}

static enum err
upload(const struct rules *r, const struct req *rq)
{
	return r->upload_quota_bytes > 0 &&
	    rq->body_bytes > r->upload_quota_bytes ?
	    ERR_UPLOAD_TOO_LARGE : OK;
}

enum err
policy_decide(const struct question *q, struct arena *a, struct verdict *v)
{
	const struct route	*rt = q->route;
	const struct req	*rq = q->req;
	const struct target	*t = q->target;
	struct walk		*w = q->walk;
	enum err		 e;

	memset(v, 0, sizeof(*v));
	if ((e = walk_step(w, STEP_SAME_PATH,
	    target_agrees(t, rq->path_info))) != OK ||
	    (e = walk_step(w, STEP_METHOD, method(q, v))) != OK ||
	    (e = walk_step(w, STEP_URL,
	    url_join(a, rt->url, t->rest, t->query, &v->url))) != OK ||
	    (e = walk_step(w, STEP_FILTER,
	    filter_judge(a, &rt->rules.filters, t->rest))) != OK ||
	    (e = walk_step(w, STEP_FETCH_MODE, fetch_mode(rt, rq))) != OK ||
	    (e = walk_step(w, STEP_WHOLE_PROOF, whole_proof(q))) != OK ||
	    (e = walk_step(w, STEP_LOOP, loop(q->conf, rq))) != OK ||
	    (e = walk_step(w, STEP_HOST, host(rt, rq, v))) != OK ||
	    (e = walk_step(w, STEP_UPLOAD, upload(&rt->rules, rq))) != OK)
		return e;
	v->cookies = cookies(q);
	return walk_step(w, STEP_FIELDS, fields_up(q, a, v));
}
