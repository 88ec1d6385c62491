#include "http/timing.h"

#include <string.h>

#include "core/buf.h"
#include "http/cors.h"
#include "http/fields.h"

static const char	 name[] = "Server-Timing";

/* Does no page ask, or one of this very host? */
static bool
is_no_strangers(const struct fields *in)
{
	const char	*site = fields_get(in, "Sec-Fetch-Site");

	return site == NULL || strcmp(site, "same-origin") == 0 ||
	    strcmp(site, "none") == 0;
}

static bool
is_named(const struct fields *in, const struct fields *out)
{
	const char	*origin = fields_get(in, "Origin");
	const char	*named = fields_get(out, "Timing-Allow-Origin");

	return named != NULL && (field_lists(named, "*") ||
	    (origin != NULL && field_lists(named, origin)));
}

bool
timing_is_shown(const struct cors_grant *g, const struct fields *in,
    const struct fields *out, bool theirs)
{
	if (g->rule == NULL || !g->rule->timing || g->err != OK)
		return false;
	if (g->class == CORS_OWN ||
	    (g->class == CORS_ABSENT && is_no_strangers(in)))
		return true;
	return theirs ? is_named(in, out) : g->allow_origin != NULL;
}

enum err
timing_add(struct fields *out, int64_t gateway_us, int64_t target_us)
{
	const char	*had;
	struct buf	 b;
	enum err	 e;

	if ((e = fields_join(out, name, &had)) != OK)
		return e;
	buf_init(&b, out->arena, FIELD_MAX_VALUE);
	buf_str(&b, "gateway;dur=");
	buf_thousandths(&b, gateway_us);
	if (target_us > 0) {
		buf_str(&b, ", target;dur=");
		buf_thousandths(&b, target_us);
	}
	if (had != NULL && b.len + 2 + strlen(had) <= FIELD_MAX_VALUE)
		buf_fmt(&b, ", %s", had);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	return fields_set(out, name, b.data);
}
