#include "serve/limit.h"

#include <string.h>

#include "serve/caller.h"
#include "store/app.h"
#include "store/shm.h"

/* Route names are at most 63 bytes; the letter keeps the kinds apart. */
enum { SCOPE_BYTES = 72 };

static enum err
take(const struct snapshot *s, const struct caller *c, char kind,
    const char *name, const struct rate *rate, int tenths, struct limited *l)
{
	char	 scope[SCOPE_BYTES] = { kind };
	int64_t	 wait_us;

	memccpy(scope + 1, name, '\0', sizeof(scope) - 2);
	wait_us = shm_take(s->shm, scope, c->client.block,
	    sizeof(c->client.block), rate, tenths);
	if (wait_us == 0)
		return OK;
	*l = (struct limited){ .policy = name, .rate = *rate,
	    .wait_us = wait_us };
	return ERR_RATE_LIMITED;
}

/* Whole URLs, of http or of https, are one; no row can have this name. */
const char *
limit_scope(const struct route *rt)
{
	if (rt == NULL)
		return "others";
	return rt->whole ? "https" : rt->name;
}

enum err
limit_request(const struct snapshot *s, const struct caller *c,
    const struct route *rt, int tenths, struct limited *l)
{
	const struct rate	*rate;

	rate = rt != NULL ? &rt->rules.rate : &s->conf.rules.rate;
	if (rate->period_us == 0)
		return OK;
	return take(s, c, rt != NULL ? 'r' : 'o', limit_scope(rt), rate,
	    tenths, l);
}

enum err
limit_failure(const struct snapshot *s, const struct caller *c,
    struct limited *l)
{
	static const struct rate	 rate = { 6 * 1000000, 5 };

	return take(s, c, 'f', "failures", &rate, COST_REQUEST, l);
}
