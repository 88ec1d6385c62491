#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store/check.h"
#include "core/buf.h"
#include "core/escape.h"
#include "store/keys.h"
#include "store/routes.h"

/* Whole URLs are no rows, and go by these two names. */
static bool
is_known(const struct routes *routes, const char *name)
{
	return routes_find(routes, name) != NULL ||
	    strcmp(name, "http") == 0 || strcmp(name, "https") == 0;
}

static const char *
place(struct check *ck, const char *name)
{
	struct buf	 b;

	buf_init(&b, &ck->arena, 1024);
	buf_str(&b, "keys/");
	escape_terminal(&b, name);
	return b.data;
}

static void
key(struct check *ck, const struct key *k, const struct routes *routes,
    int64_t now)
{
	const char *const	*r;
	const char		*where = place(ck, k->name);

	if (k->fault != NULL) {
		check_problem(ck, where, "%s", k->fault);
		return;
	}
	if (now >= k->revoked)
		return;
	if (now >= k->expires)
		check_warning(ck, where, "has expired: delete it, or give it "
		    "another date");
	for (r = k->routes; r != NULL && *r != NULL; r++)
		if (!is_known(routes, *r))
			check_warning(ck, where, "is for the route %s, which "
			    "there is not", *r);
}

/* Is there anybody who may use it? */
static void
opened(struct check *ck, const struct route *rt, const struct keys *keys,
    int64_t now)
{
	char	 where[96];
	size_t	 i;

	for (i = 0; i < keys_count(keys); i++)
		if (key_is_for(keys_at(keys, i), rt->name) &&
		    strcmp(key_state(keys_at(keys, i), now), "valid") == 0)
			return;
	snprintf(where, sizeof(where), "routes/%s", rt->name);
	check_warning(ck, where, "access = key, and no valid key opens it: "
	    "make one with viaduct key add");
}

void
check_keys(struct check *ck, const struct keys *keys,
    const struct routes *routes)
{
	int64_t	 now = (int64_t)time(NULL);
	size_t	 i;

	for (i = 0; i < keys_count(keys); i++)
		key(ck, keys_at(keys, i), routes, now);
	for (i = 0; i < routes_count(routes); i++)
		if (routes_at(routes, i)->fault == NULL &&
		    routes_at(routes, i)->rules.access == ACCESS_KEY)
			opened(ck, routes_at(routes, i), keys, now);
}
