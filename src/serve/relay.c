#include "serve/relay.h"

#include <string.h>
#include <time.h>

#include "client/io.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "http/cookie.h"
#include "http/redirect.h"
#include "http/turn.h"
#include "http/url.h"
#include "serve/own_pages.h"
#include "serve/reach.h"
#include "serve/vouch.h"
#include "serve/watch.h"
#include "upstream/fetch.h"

/* More of a redirect's own body than this is not worth its connection; nor is
 * a longer wait for it. */
enum { MAX_SKIPPED_BYTES = 64 * 1024, MAX_SKIP_MS = 1000 };

struct relay {
	struct fetcher		*fetcher;
	struct io		*io;
	struct fetch		 f;
	struct fetch_seen	 seen;
	int64_t			 first_byte_ms;
	void			(*ended)(void *, enum err);
	void			*ended_arg;
	const struct snapshot	*snap;
	const struct route	*route;
	const struct req	*req;
	const char		*mount;
	struct verdict		*v;
	struct reply		*reply;
	struct arena		*arena;
	struct url		 from;		/* v->url in parts */
	int			 hops;
	bool			 following;	/* this answer is a hop */
	struct redirect		 next;
	int			 status;	/* of its head; 0: none came */
	bool			 judged;	/* a redirect: next holds */
	struct fields		 head;		/* as it came */
	int64_t			 skip_until_ms;	/* its body; 0: not known */
	int64_t			 body_bytes;
	int64_t			 hop_us;	/* monotonic: its begin */
	int64_t			 earlier_us;	/* spent in hops before it */
};

/* Never 0: that says that nobody was asked. */
static int64_t
spent(const struct relay *r)
{
	return r->earlier_us + clock_us() - r->hop_us + 1;
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/* What is said of the place that a redirect leads to.  Each hop must be one
 * that could be asked for itself: as a whole URL, or of the route that leads
 * there. */
static enum redirect_place
place(const void *arg, const struct url *to)
{
	const struct relay	*r = arg;
	const struct whole_rule	*whole = &r->snap->conf.whole;
	enum whole_listing	 listing = whole_lists(whole, to);
	enum vouch		 routes = vouch(r->snap->routes, r->route,
				    r->req->origin, to, r->arena);

	if (r->route->whole ? whole_fault(whole, to) != NULL :
	    routes == VOUCH_GUARDED)
		return REDIRECT_BARRED;
	if (listing == WHOLE_BY_PORT)
		return REDIRECT_STATED;
	if (listing == WHOLE_BY_NAME || routes == VOUCH_REACHED)
		return REDIRECT_NAMED;
	return listing == WHOLE_BY_PATTERN ? REDIRECT_ALIKE : REDIRECT_UNKNOWN;
}

/* What may not be reached may not be reached by a redirect either: the path
 * below the route as the caller would ask for it, elsewhere the whole. */
static enum err
judge_path(const struct relay *r, const char *url)
{
	struct url	 to, base;
	const char	*rest, *why;

	if (url_split(r->arena, url, &to, &why) != OK ||
	    url_split(r->arena, r->route->url, &base, &why) != OK)
		return ERR_NO_MEMORY;	/* both were judged before */
	rest = redirect_below(&to, &base);
	return filter_judge(r->arena, &r->route->rules.filters,
	    rest != NULL ? rest : to.path);
}

/* Where a page is, and whether it has logged in, is the client's to know: each
 * step is its own to take. */
static enum redirect_mode
redirects(const struct rules *rules)
{
	return rules->render || rules->cookies == COOKIES_ISOLATE ?
	    REDIRECT_PASS : rules->redirects;
}

static enum err
judge_redirect(struct relay *r, const struct fields *in)
{
	const struct rules	*rules = &r->route->rules;
	enum err		 e;

	e = redirect_judge(r->arena, redirects(rules),
	    rules->max_redirects - r->hops, r->v->method, &r->from,
	    fields_get(in, "Location"), place, r, &r->next);
	return e != OK || !r->next.follow ? e : judge_path(r, r->next.url);
}

static struct redirect_route
route_here(const struct relay *r)
{
	return (struct redirect_route){
		.base = r->route->url, .mount = r->mount,
		.name = r->route->name, .host = r->v->host,
		.pages = r->route->rules.render,
	};
}

/* Where the client is sent, as it can reach it from here. */
static enum err
turn_location(struct relay *r, struct fields *down)
{
	const struct redirect_route	 rt = route_here(r);
	const char			*to = fields_get(down, "Location");

	if (to == NULL)
		return OK;
	to = r->route->whole ?
	    redirect_whole(r->arena, &r->from, to, r->mount, place, r) :
	    redirect_location(r->arena, &r->from, to, &rt);
	if (to != NULL)
		return fields_set(down, "Location", to);
	fields_remove(down, "Location");
	return OK;
}

/* A page of this host leads on by these as well. */
static enum err
turn_page(struct relay *r, struct fields *down)
{
	static const struct {
		const char	*name;
		const char	*(*turn)(struct arena *, const struct url *,
				    const char *,
				    const struct redirect_route *);
	} turned[] = { { "Refresh", turn_refresh }, { "Link", turn_links } };
	const struct redirect_route	 rt = route_here(r);
	const char			*value;
	enum err			 e = OK;

	if (!r->route->rules.render)
		return OK;
	for (size_t i = 0; i < 2 && e == OK; i++) {
		if ((e = fields_join(down, turned[i].name, &value)) != OK ||
		    value == NULL)
			continue;
		fields_remove(down, turned[i].name);
		value = turned[i].turn(r->arena, &r->from, value, &rt);
		if (value != NULL)
			e = fields_add(down, turned[i].name, value);
	}
	return e;
}

/*
 * Where the answer comes from, when that is not where the route points;
 * without the query, which may hold a key.
 */
static enum err
add_final_url(struct relay *r, struct fields *down)
{
	const char	*origin;
	struct buf	 b;

	if (r->hops == 0)
		return OK;
	origin = url_origin(r->arena, &r->from);
	buf_init(&b, r->arena, FIELD_MAX_VALUE);
	if (origin == NULL)
		return ERR_NO_MEMORY;
	buf_str(&b, origin);
	buf_str(&b, r->from.path);
	return buf_failed(&b) ? OK : fields_add(down, "X-Final-URL", b.data);
}

/*
 * Lists name their next page, and answers themselves, with all of a query;
 * some targets repeat a key in an address, too.  That of the route's URL and
 * those that the operator sets are not to be seen.
 */
static void
hide_secrets(struct relay *r, struct fields *down)
{
	static const char *const names[] = { "Link", "Content-Location",
	    "Location", "Refresh", "X-Final-URL" };
	const struct route	*rt = r->route;
	const char		*query = strchr(rt->url, '?');

	if (query == NULL && rt->up.count == 0)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t j = 0; j < down->count; j++)
			if (field_named(&down->list[j], names[i]) &&
			    ((query != NULL && url_shows_query(r->arena,
			    down->list[j].value, query + 1)) ||
			    field_edits_show(r->arena, &rt->up,
			    down->list[j].value))) {
				fields_remove(down, names[i]);
				break;
			}
}

static bool
has_content(const struct relay *r, int status)
{
	return status != 204 && status != 304 &&
	    strcmp(r->v->method, "HEAD") != 0;
}

/*
 * A quota is known to be exceeded before the head is out where the target says
 * the length.  To a HEAD that came in as another method the length would
 * promise a body.
 */
static enum err
length(const struct relay *r, int status, const struct fields *in,
    int64_t *bytes)
{
	int64_t		 quota = r->route->rules.payload_quota_bytes;
	long long	 n;
	enum err	 e;

	if ((e = fields_content_length(in, &n)) != OK)
		return e;
	if (n >= 0 && quota > 0 && n > quota && has_content(r, status))
		return ERR_BODY_TOO_LARGE;
	*bytes = strcmp(r->v->method, "HEAD") == 0 &&
	    strcmp(r->req->method, "HEAD") != 0 ? -1 : n;
	return OK;
}

/* Where a target's cookies are to live; NULL: they stay behind. */
static enum err
cookie_place(struct relay *r, struct cookie_place *at,
    const struct cookie_place **to)
{
	const struct cors_rule	*cors = &r->route->rules.cors;
	struct url		 base;
	const char		*why;

	*to = NULL;
	if (!r->v->cookies)
		return OK;
	if (url_split(r->arena, r->route->url, &base, &why) != OK)
		return ERR_ROUTE_INVALID;
	*at = (struct cookie_place){
		.route = r->route->name, .mount = r->mount,
		.base = base.path, .from = r->from.path,
		.cross_site = cors->credentials &&
		    (cors->n_allow > 0 || cors->target),
		.now_s = time(NULL),
	};
	*to = at;
	return OK;
}

static enum err
on_head(void *arg, int status, const struct fields *in)
{
	struct relay		*r = arg;
	struct fields		 down;
	struct reply_head	 h = { .status = status, .fields = &down };
	struct cookie_place	 place;
	struct field_down	 how = {
		.status = status, .route = r->route->name,
		.pass_cors = r->route->rules.cors.target,
		.embed = r->route->rules.embed,
		.render = r->route->rules.render,
		.guarded = r->route->rules.access != ACCESS_OPEN ||
		    r->req->stand_in,
	};
	enum err		 e;

	r->status = status;
	r->head = *in;
	/* A body has gone to the first hop, and is not there for a second. */
	if (is_redirect(status) && r->req->body_bytes == 0) {
		if ((e = judge_redirect(r, in)) != OK)
			return e;
		r->judged = true;
		if ((r->following = r->next.follow))
			return OK;
	}
	r->reply->target_us = r->reply->target_first_us = spent(r);
	fields_init(&down, r->arena);
	if ((e = length(r, status, in, &h.length_bytes)) != OK ||
	    (e = cookie_place(r, &place, &how.cookies)) != OK ||
	    (e = fields_to_client(in, &how, &down)) != OK ||
	    (e = turn_location(r, &down)) != OK ||
	    (e = turn_page(r, &down)) != OK ||
	    (e = add_final_url(r, &down)) != OK)
		return e;
	if ((e = fields_join(in, "Via", &h.via)) != OK)
		return e;
	hide_secrets(r, &down);
	if ((e = fields_edit(&down, &r->route->down)) != OK ||
	    (e = own_pages_apart(&down)) != OK)
		return e;
	h.endless = fields_endless(in);
	/* What had to be changed or left out may not have been. */
	return r->arena->failed ? ERR_NO_MEMORY : reply_head(r->reply, &h);
}

static enum err
on_body(void *arg, const void *bytes, size_t n)
{
	struct relay	*r = arg;
	int64_t		 quota = r->route->rules.payload_quota_bytes;

	r->body_bytes += (int64_t)n;
	if (r->following)
		return r->body_bytes > MAX_SKIPPED_BYTES ?
		    ERR_BODY_TOO_LARGE : OK;
	if (quota > 0 && r->body_bytes > quota)
		return ERR_BODY_TOO_LARGE;
	return reply_body(r->reply, bytes, n);
}

static enum err
on_idle(void *arg, int64_t now_ms, int *again_ms)
{
	struct relay	*r = arg;

	if (!r->following)
		return reply_idle(r->reply, now_ms, again_ms);
	if (r->skip_until_ms == 0)
		r->skip_until_ms = now_ms + MAX_SKIP_MS;
	if (now_ms >= r->skip_until_ms)
		return ERR_READ_TIMEOUT;
	*again_ms = (int)(r->skip_until_ms - now_ms);
	return OK;
}

static void
on_reached(void *arg)
{
	struct relay	*r = arg;

	if (r->v->reach != NULL)
		reach_made(r->v->reach);
}

/* Credentials were meant for the origin that the client or the operator named,
 * not for where that one points.  A client's cookies are none of them: a route
 * that has such follows no redirect. */
static void
leave_origin(struct relay *r)
{
	struct verdict	*v = r->v;

	fields_unset(&v->up, &r->route->up);
	fields_remove(&v->up, "Authorization");
	fields_remove(&v->up, "X-API-Key");
	v->host = NULL;
}

/* Which private addresses are open where the redirect has led: those of the
 * route for what is named, those of the settings for what whole URLs name. */
static struct ip_allow
opened(const struct relay *r, const struct fetch *f)
{
	const struct conf	*c = &r->snap->conf;

	if (r->route->whole)
		return whole_lists(&c->whole, &r->from) >= WHOLE_BY_NAME ?
		    c->rules.allow_private : (struct ip_allow){ .n_nets = 0 };
	return r->next.stranger ? (struct ip_allow){ .n_nets = 0 } :
	    f->rules->allow_private;
}

/* Another host is met as any of which the operator said nothing: by the INI's
 * TLS settings, not by those for the route's target. */
static enum err
change_origin(struct relay *r, struct fetch *f)
{
	const struct rules	*ini = &r->snap->conf.rules;
	struct rules		*away = arena_alloc(r->arena, sizeof(*away));

	if (away == NULL)
		return ERR_NO_MEMORY;
	*away = *f->rules;
	if (r->next.other_host) {
		away->verify_tls = ini->verify_tls;
		away->ca_file = ini->ca_file;
		away->tls_pin = ini->tls_pin;
	}
	away->allow_private = opened(r, f);
	if (conf_tls_policy(away, r->arena) == -1)
		return ERR_NO_MEMORY;
	f->rules = away;
	return OK;
}

static void
tell(const struct relay *r, enum err e)
{
	const struct watch	*w = r->v->watch;
	const struct hop	 hop = {
		.id = r->req->id, .fetch = &r->f, .err = e,
		.status = r->status, .head = &r->head,
		.next = r->judged ? &r->next : NULL,
	};

	if (w != NULL)
		w->hop(w->arg, &hop);
}

static void	on_ended(void *, enum err);

static enum err
hop(struct relay *r)
{
	const struct sink	 sink = { on_head, on_body, on_idle,
				    on_reached, on_ended, r };
	const char		*why;
	enum err		 e;

	if (url_split(r->arena, r->v->url, &r->from, &why) != OK)
		return ERR_ROUTE_INVALID;
	if (r->next.leaves_origin && (e = change_origin(r, &r->f)) != OK)
		return e;
	if (r->arena->failed)
		return ERR_NO_MEMORY;	/* a target gets all that is decided */
	r->following = r->judged = false;
	r->status = 0;
	fields_init(&r->head, r->arena);
	r->body_bytes = r->skip_until_ms = 0;
	r->f.url = r->v->url;
	r->f.host = r->v->host;
	r->earlier_us = r->reply->target_us;
	r->hop_us = clock_us();
	fetch_begin(r->fetcher, &r->f, r->io, r->arena, &sink);
	return OK;
}

/* Told once, so of the first hop: where a redirect leads is another target,
 * and a caller may have a say in it. */
static void
finish(struct relay *r, enum err e)
{
	if (r->v->reach != NULL)
		reach_ended(r->v->reach, e);
	r->ended(r->ended_arg, e);
}

static void
on_ended(void *arg, enum err e)
{
	struct relay	*r = arg;

	r->reply->target_us = spent(r);
	tell(r, e);
	if (!r->following || e == ERR_CLIENT_GONE || e == ERR_SHUTTING_DOWN) {
		finish(r, e);
		return;
	}
	if (r->v->reach != NULL)
		reach_ended(r->v->reach, OK);
	r->v->url = r->next.url;
	if (r->next.leaves_origin)
		leave_origin(r);
	r->hops++;
	if ((e = hop(r)) != OK)
		finish(r, e);
}

static struct fetch
fetch_of(const struct relaying *of, struct relay *r)
{
	const struct rules	*rules = &of->route->rules;
	const struct verdict	*v = of->verdict;
	struct fetch		 f = {
		.method = v->method, .target = &r->from, .fields = &v->up,
		.rules = rules,
		.body_bytes = of->req->body_bytes,
		.outbound_proxy = of->snap->conf.outbound_proxy,
		.server_addr = of->req->server_addr,
		.first_byte_ms = &r->first_byte_ms, .stop = of->stop,
		.taken_bytes = &of->reply->upload_bytes,
		.seen = v->watch != NULL ? &r->seen : NULL,
		.certificate = v->watch != NULL ? v->watch->certificate : NULL,
	};

	/* A HEAD's body means nothing (RFC 9110 9.3.2), and libcurl, given one
	 * to send, would wait for that of the answer. */
	if (strcmp(v->method, "HEAD") == 0)
		f.body_bytes = 0;
	if (rules->total_timeout_ms > 0)
		f.end_ms = clock_ms() + rules->total_timeout_ms;
	return f;
}

void
relay(const struct relaying *of)
{
	struct relay	*r = arena_alloc(of->reply->arena, sizeof(*r));
	enum err	 e;

	if (r == NULL) {
		of->ended(of->arg, ERR_NO_MEMORY);
		return;
	}
	*r = (struct relay){
		.fetcher = of->fetcher, .io = of->io, .snap = of->snap,
		.route = of->route, .req = of->req, .mount = of->mount,
		.v = of->verdict, .reply = of->reply,
		.arena = of->reply->arena,
		.first_byte_ms = of->route->rules.request_timeout_ms,
		.ended = of->ended, .ended_arg = of->arg,
	};
	r->f = fetch_of(of, r);
	if ((e = hop(r)) != OK)
		finish(r, e);
}

enum err
relay_imagined(const struct snapshot *snap, const struct route *route,
    const struct req *rq, const char *mount, struct verdict *v,
    struct reply *reply)
{
	struct relay	 r = {
		.snap = snap, .route = route, .req = rq, .mount = mount,
		.v = v, .reply = reply, .arena = reply->arena,
	};
	struct fields	 none;
	const char	*why;

	if (url_split(r.arena, v->url, &r.from, &why) != OK)
		return ERR_ROUTE_INVALID;
	fields_init(&none, r.arena);
	return on_head(&r, 200, &none);
}
