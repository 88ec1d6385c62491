#include "serve/vouch.h"

#include <stdbool.h>
#include <string.h>

#include "http/cors.h"
#include "http/filter.h"
#include "http/redirect.h"
#include "http/url.h"
#include "store/routes.h"

static bool
answers(const struct route *rt, const char *origin)
{
	return rt->rules.access == ACCESS_OPEN &&
	    cors_decide(&rt->rules.cors, origin).err == OK;
}

/* What of `to' is below the route's URL; NULL if it is not, or memory is
 * short: then *failed. */
static const char *
below(const struct route *rt, const struct url *to, struct arena *a,
    bool *failed)
{
	const char	*why;
	struct url	 base;

	if (url_split(a, rt->url, &base, &why) != OK) {
		*failed = true;
		return NULL;
	}
	return redirect_below(to, &base);
}

static bool
speaks_of(const struct route *rt, const struct route *asked,
    const struct url *to)
{
	return rt->fault == NULL && strcmp(rt->name, asked->name) != 0 &&
	    strcmp(rt->host, to->host) == 0;
}

enum vouch
vouch(const struct routes *rs, const struct route *asked, const char *origin,
    const struct url *to, struct arena *a)
{
	const struct route	*owner = NULL, *rt;
	const char		*rest, *least = NULL;
	bool			 host, failed = false;

	if (!asked->whole && below(asked, to, a, &failed) != NULL)
		return VOUCH_REACHED;
	host = !asked->whole && strcmp(asked->host, to->host) == 0;
	for (size_t i = 0; i < routes_count(rs); i++) {
		rt = routes_at(rs, i);
		if (!speaks_of(rt, asked, to))
			continue;
		host = host || answers(rt, origin);
		rest = below(rt, to, a, &failed);
		if (rest != NULL &&
		    (least == NULL || strlen(rest) < strlen(least))) {
			least = rest;
			owner = rt;
		}
	}
	if (failed)
		return VOUCH_GUARDED;
	if (owner == NULL)
		return host ? VOUCH_REACHED : VOUCH_NONE;
	return answers(owner, origin) && filter_judge(a,
	    &owner->rules.filters, least) == OK ? VOUCH_REACHED :
	    VOUCH_GUARDED;
}
