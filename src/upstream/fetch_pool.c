#include "upstream/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"

/*
 * Connections are shared only between routes that connect by the same rules.
 * libcurl compares much of that itself, but not who may be connected to; a
 * pool each leaves nothing to compare.
 */

void
pool_close(struct pool *p)
{
	if (p->easy != NULL)
		curl_easy_cleanup(p->easy);
	if (p->multi != NULL)
		curl_multi_cleanup(p->multi);
	free(p->policy);
	memset(p, 0, sizeof(*p));
}

static bool
pool_open(struct pool *p, const char *policy)
{
	p->policy = strdup(policy);
	p->multi = curl_multi_init();
	p->easy = curl_easy_init();
	if (p->policy == NULL || p->multi == NULL || p->easy == NULL) {
		pool_close(p);
		return false;
	}
	curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, 8L);
	return true;
}

static const char *
policy_of(const struct fetch *f, struct arena *a)
{
	struct buf	 b;

	if (f->outbound_proxy == NULL)
		return f->rules->tls_policy;
	buf_init(&b, a, 16 * 1024);
	buf_fmt(&b, "%s proxy=%s", f->rules->tls_policy, f->outbound_proxy);
	return buf_failed(&b) ? NULL : b.data;
}

struct pool *
pool_for(struct fetcher *fetcher, const struct fetch *f, struct arena *a)
{
	const char	*policy = policy_of(f, a);
	struct pool	*p, *oldest = &fetcher->pools[0];
	size_t		 i;

	if (policy == NULL)
		return NULL;
	for (i = 0; i < POOLS; i++) {
		p = &fetcher->pools[i];
		if (p->policy != NULL && strcmp(p->policy, policy) == 0) {
			p->last_use = ++fetcher->uses;
			return p;
		}
		if (p->last_use < oldest->last_use)
			oldest = p;
	}
	pool_close(oldest);
	if (!pool_open(oldest, policy))
		return NULL;
	oldest->last_use = ++fetcher->uses;
	return oldest;
}
