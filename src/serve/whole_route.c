#include "serve/whole_route.h"

#include "core/arena.h"
#include "http/url.h"

/*
 * A target that somebody else chose learns who asks, lest one hides behind
 * this host; it has no part of the name, the cookies and the pages of this
 * site; and no private address but where target_hosts names it in full.
 */
static void
narrow(struct rules *r, enum whole_listing listing)
{
	if (r->forwarded == FORWARDED_NONE)
		r->forwarded = FORWARDED_RFC7239;
	r->preserve_host = false;
	r->cookies = COOKIES_DROP;
	r->render = false;
	if (listing < WHOLE_BY_NAME)
		r->allow_private = (struct ip_allow){ .n_nets = 0 };
}

static enum err
make(struct arena *a, const struct conf *c, const struct url *u,
    const struct route **made)
{
	struct route	*rt = arena_alloc(a, sizeof(*rt));

	if (rt == NULL)
		return ERR_NO_MEMORY;
	*rt = (struct route){ .name = u->https ? "https" : "http",
	    .url = url_origin(a, u), .host = u->host, .whole = true,
	    .rules = c->rules };
	rt->origin = rt->url;
	narrow(&rt->rules, whole_lists(&c->whole, u));
	*made = rt;
	return rt->url == NULL || conf_tls_policy(&rt->rules, a) == -1 ?
	    ERR_NO_MEMORY : OK;
}

enum err
whole_route(struct arena *a, const struct conf *c, struct target *t,
    const struct route **rt, const char **why)
{
	struct url	 u;
	enum err	 e;

	if (c->whole.targets == WHOLE_NAMED)
		return ERR_TARGET_NOT_ALLOWED;
	if ((e = whole_read(a, t->url, &u, why)) != OK)
		return e;
	if ((*why = whole_fault(&c->whole, &u)) != NULL)
		return ERR_TARGET_NOT_ALLOWED;
	if ((e = make(a, c, &u, rt)) != OK)
		return e;
	t->name = (*rt)->name;
	t->rest = u.path;
	t->query = u.query;
	return OK;
}
