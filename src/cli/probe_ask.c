#include <stdio.h>
#include <string.h>

#include "cli/probe.h"
#include "client/io.h"
#include "client/reply.h"
#include "client/req.h"
#include "core/buf.h"
#include "http/redirect.h"
#include "http/url.h"
#include "serve/policy.h"
#include "serve/relay.h"
#include "serve/watch.h"
#include "serve/whole_route.h"
#include "store/app.h"

/*
 * A target is asked by what serves requests, for a client that has seen enough
 * when the head of the answer comes: so what is found is what a request would
 * meet.
 */

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* No page has it (RFC 6761 6.4): who lets it in lets in all. */
static const char	 stranger[] = "https://example.invalid";

struct asking {
	struct probe		*p;
	const struct snapshot	*s;
	struct fetcher		*fetcher;
	struct io		*io;
	struct probe_answer	*to;
	size_t			 max_hops;
	struct certificate	 certificate;
};

/* --- a client that wants no more than the head --- */

static ssize_t
no_body(struct io *io, void *to, size_t n)
{
	(void)io;
	(void)to;
	(void)n;
	return 0;
}

static bool
at_once(struct io *io)
{
	(void)io;
	return true;
}

static int
enough(struct io *io, const void *from, size_t n)
{
	(void)io;
	(void)from;
	(void)n;
	return -1;
}

static int
nothing_kept(struct io *io)
{
	(void)io;
	return 0;
}

static void
no_cut(struct io *io)
{
	(void)io;
}

static struct io
client(char **vars)
{
	return (struct io){ .vars = vars, .read = no_body,
	    .buffered = at_once, .at_end = at_once, .write = enough,
	    .flush = nothing_kept, .cut = no_cut, .in_fd = -1,
	    .gone_fd = -1 };
}

/* --- what is waited for --- */

struct awaited { bool over; enum err err; };

static void
on_ended(void *arg, enum err e)
{
	*(struct awaited *)arg = (struct awaited){ true, e };
}

static enum err
await(struct fetcher *fetcher, const struct awaited *a)
{
	while (!a->over)
		fetcher_turn(fetcher);
	return a->err;
}

/* --- a look at a certificate that is not trusted --- */

static enum err
no_head(void *arg, int status, const struct fields *in)
{
	(void)arg;
	(void)status;
	(void)in;
	return ERR_INTERNAL;	/* nothing was sent */
}

static enum err
no_bytes(void *arg, const void *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
	return ERR_INTERNAL;
}

static enum err
no_hurry(void *arg, int64_t now_ms, int *again_ms)
{
	(void)arg;
	(void)now_ms;
	(void)again_ms;
	return OK;
}

/* Connect as `f' did, but judge the certificate in this way, and send
 * nothing. */
static enum err
look(struct asking *x, const struct fetch *f, bool verify,
    struct certificate *c)
{
	struct awaited		 end = { .over = false };
	const struct sink	 sink = { no_head, no_bytes, no_hurry, NULL,
				    on_ended, &end };
	struct rules		 rules = *f->rules;
	int64_t			 left_ms = rules.request_timeout_ms;
	struct fetch		 again = *f;
	struct fields		 none;

	fields_init(&none, &x->p->arena);
	rules.verify_tls = verify;
	rules.tls_pin = NULL;
	if (conf_tls_policy(&rules, &x->p->arena) == -1)
		return ERR_NO_MEMORY;
	again.rules = &rules;
	again.fields = &none;
	again.seen = NULL;
	again.certificate = c;
	again.only_look = true;
	again.first_byte_ms = &left_ms;
	again.end_ms = 0;
	fetch_begin(x->fetcher, &again, x->io, &x->p->arena, &sink);
	return await(x->fetcher, &end);
}

/* --- what came of it --- */

const char *
probe_url(struct probe *p, const char *url, bool *cut)
{
	const char	*own = strchr(p->route->url, '?'), *why;
	struct arena	*a = &p->arena;
	struct url	 u;
	char		*shown;

	*cut = strchr(url, '?') != NULL;
	shown = arena_strndup(a, url, strcspn(url, "?"));
	if (shown == NULL)
		return "";
	if ((own == NULL || !url_shows_query(a, shown, own + 1)) &&
	    !field_edits_show(a, &p->route->up, shown))
		return shown;
	*cut = true;
	return url_split(a, url, &u, &why) == OK &&
	    url_origin(a, &u) != NULL ? url_origin(a, &u) : "";
}

static void
note_redirect(struct probe *p, const struct hop *h, struct probe_hop *to)
{
	const char	*location = fields_get(h->head, "Location");

	if (h->status / 100 != 3 || location == NULL)
		return;
	location = redirect_resolve(&p->arena, h->fetch->target, location);
	to->astray = location == NULL;
	if (location != NULL)
		to->location = probe_url(p, location, &to->location_cut);
	to->followed = h->next != NULL && h->next->follow;
}

static void
note_certificate(struct asking *x, const struct hop *h, struct probe_hop *to)
{
	const struct rules	*r = h->fetch->rules;

	to->judged = r->verify_tls && (r->tls_pin == NULL ||
	    r->ca_file != NULL);
	to->certificate = x->certificate;
	if (h->err == ERR_TLS_CERTIFICATE)
		look(x, h->fetch, false, &to->certificate);
	else if (!to->judged && to->certificate.subject != NULL)
		to->would_pass = look(x, h->fetch, true, &x->certificate) ==
		    OK;
}

static void
note_hop(void *arg, const struct hop *h)
{
	struct asking		*x = arg;
	struct probe_answer	*a = x->to;
	struct probe_hop	*to;
	bool			 cut;

	if (a->n_hops == x->max_hops)
		return;
	to = &a->hops[a->n_hops++];
	*to = (struct probe_hop){ .err = h->err, .status = h->status,
	    .url = probe_url(x->p, h->fetch->url, &cut),
	    .host = h->fetch->target->host, .seen = *h->fetch->seen };
	/* It was this client that left. */
	if (h->err == ERR_CLIENT_GONE)
		to->err = OK;
	note_redirect(x->p, h, to);
	note_certificate(x, h, to);
	a->type = fields_get(h->head, "Content-Type");
	a->allow_origin = fields_get(h->head, "Access-Control-Allow-Origin");
	a->allow_credentials = fields_get(h->head,
	    "Access-Control-Allow-Credentials") != NULL && strcmp(fields_get(
	    h->head, "Access-Control-Allow-Credentials"), "true") == 0;
}

/* --- asking --- */

static char *
variable(struct arena *a, const char *name, const char *value)
{
	struct buf	 b;

	buf_init(&b, a, 1024);
	buf_fmt(&b, "%s=%s", name, value);
	return buf_failed(&b) ? NULL : b.data;
}

/* The route as a GET meets it: whether callers may send one is not what the
 * target is asked.  Of the hosts that callers give, own_origin has one. */
static struct route
for_a_look(const struct route *rt)
{
	static const char *const	 methods[] = { "GET", NULL };
	struct route			 copy = *rt;

	copy.rules.methods = methods;
	copy.rules.preserve_host = rt->rules.preserve_host &&
	    rt->rules.cors.n_own > 0;
	return copy;
}

static enum err
decide(struct asking *x, const struct route *rt, const struct req *rq,
    const char *origin, struct verdict *v)
{
	const struct caller	 caller = { .authenticated = true,
				    .https = true };
	const struct cors_grant	 grant = { .class = CORS_ABSENT };
	const struct question	 q = {
		.conf = &x->s->conf, .route = rt, .req = rq,
		.target = &x->p->target, .mount = "", .grant = &grant,
		.caller = &caller,
	};
	enum err		 e;

	if ((e = policy_decide(&q, &x->p->arena, v)) != OK || origin == NULL)
		return e;
	return fields_set(&v->up, "Origin", origin);
}

static enum err
ask_once(struct asking *x, const char *origin)
{
	const struct watch	 watch = { note_hop, x, &x->certificate };
	struct awaited		 end = { .over = false };
	struct route		 rt = for_a_look(x->p->route);
	struct arena		*a = &x->p->arena;
	const struct cors_rule	*cors = &rt.rules.cors;
	char			*vars[6] = { NULL };
	struct io		 io = client(vars);
	struct req		 rq;
	struct verdict		 v;
	struct reply		 rp;
	size_t			 n = 0;
	enum err		 e;

	vars[n++] = variable(a, "REQUEST_METHOD", "GET");
	vars[n++] = variable(a, "HTTP_ACCEPT", "*/*");
	vars[n++] = variable(a, "HTTP_USER_AGENT", "viaduct-check/"
	    PACKAGE_VERSION);
	if (rt.rules.preserve_host)
		vars[n++] = variable(a, "HTTP_HOST",
		    strstr(cors->own[0].text, "//") + 2);
	if (origin != NULL)
		vars[n++] = variable(a, "HTTP_ORIGIN", origin);
	x->io = &io;
	if ((e = req_read(&rq, &io, a)) != OK ||
	    (e = decide(x, &rt, &rq, origin, &v)) != OK)
		return e;
	v.watch = &watch;
	reply_init(&rp, &io, a, &rq);
	rp.conf = &x->s->conf;
	relay(&(struct relaying){ .fetcher = x->fetcher, .snap = x->s,
	    .route = &rt, .req = &rq, .mount = "", .verdict = &v, .io = &io,
	    .reply = &rp, .ended = on_ended, .arg = &end });
	e = await(x->fetcher, &end);
	return e == ERR_CLIENT_GONE ? OK : e;
}

static struct probe_answer
ask(struct probe *p, const struct snapshot *s, struct fetcher *fetcher,
    const char *origin)
{
	struct probe_answer	 a = { .n_hops = 0 };
	struct asking		 x = {
		.p = p, .s = s, .fetcher = fetcher, .to = &a,
		.max_hops = (size_t)p->route->rules.max_redirects + 1,
	};

	a.hops = arena_alloc(&p->arena, x.max_hops * sizeof(*a.hops));
	a.err = a.hops == NULL ? ERR_NO_MEMORY : ask_once(&x, origin);
	return a;
}

/* A page that may use the route, so that the target is asked as by one. */
static const char *
a_page_of(const struct cors_rule *r)
{
	for (size_t i = 0; i < r->n_allow; i++)
		if (r->allow[i].kind == CORS_EXACT &&
		    strcmp(r->allow[i].text, "null") != 0)
			return r->allow[i].text;
	return stranger;
}

static bool
is_good(const struct probe_answer *a)
{
	return a->err == OK && a->n_hops > 0 &&
	    a->hops[a->n_hops - 1].status < 400;
}

/* Of a whole URL the caller says whether it is over TLS; here, the target. */
static void
try_plain(struct probe *p, const struct snapshot *s, struct fetcher *fetcher)
{
	const struct route	*before = p->route, *plain;
	struct target		 target = { .kind = TARGET_URL };
	struct probe_answer	 a;
	struct buf		 b;
	const char		*why;

	buf_init(&b, &p->arena, 1024);
	buf_fmt(&b, "http://%s/", strchr(p->where, '/') + 1);
	target.url = b.data;
	if (buf_failed(&b) || whole_route(&p->arena, &s->conf, &target, &plain,
	    &why) != OK)
		return;
	p->target = target;
	p->route = plain;
	a = ask(p, s, fetcher, p->origin);
	if (a.err == OK)
		p->answer = a;
	else
		p->route = before;
}

static bool
is_without_tls(const struct probe *p)
{
	return p->route->whole && strncmp(p->route->url, "https", 5) == 0 &&
	    (p->answer.err == ERR_TLS_PROTOCOL ||
	    p->answer.err == ERR_CONNECTION_REFUSED ||
	    p->answer.err == ERR_CONNECTION_TIMEOUT);
}

void
probe_ask(struct probe *p, const struct snapshot *s, struct fetcher *fetcher)
{
	struct probe_answer	 other;

	p->proxied = s->conf.outbound_proxy != NULL;
	p->origin = a_page_of(&p->route->rules.cors);
	p->answer = ask(p, s, fetcher, p->origin);
	if (is_without_tls(p))
		try_plain(p, s, fetcher);
	if (p->answer.err != OK || p->answer.n_hops == 0)
		return;
	if (!is_good(&p->answer)) {
		/* As most requests go: the gateway says nothing of pages. */
		other = ask(p, s, fetcher, NULL);
		if (is_good(&other)) {
			p->refuses_origin =
			    p->answer.hops[p->answer.n_hops - 1].status;
			p->answer = other;
		}
	} else if (p->answer.allow_origin != NULL) {
		p->any_origin = strcmp(p->answer.allow_origin, "*") == 0;
		if (strcmp(p->answer.allow_origin, p->origin) == 0) {
			other = ask(p, s, fetcher, stranger);
			p->any_origin = other.allow_origin != NULL &&
			    strcmp(other.allow_origin, stranger) == 0;
		}
	}
}
