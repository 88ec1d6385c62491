#include "upstream/transfer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"

/*
 * Connections are shared only between routes that connect by the same rules.
 * libcurl compares much of that itself, but not who may be connected to; a
 * pool each leaves nothing to compare.
 *
 * A transfer has a pool to itself while it runs, and gets the one that was
 * given back last.  So there are no more of them than transfers at one time,
 * however many threads take turns, and few connections serve many requests;
 * what a rush has left behind falls out at the other end.
 */

/* KEEP_MS is when libcurl takes no connection of it any more. */
enum { KEEP_MS = 30000, MAX_IDLE = 1024 };

struct fetcher {
	pthread_mutex_t	 lock;			/* all of these */
	struct pool	*newest, *oldest;	/* idle ones */
	size_t		 n_idle;
};

struct fetcher *
fetcher_new(void)
{
	struct fetcher	*f = calloc(1, sizeof(*f));

	if (f != NULL)
		pthread_mutex_init(&f->lock, NULL);
	return f;
}

static void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	if (p->easy != NULL)
		curl_easy_cleanup(p->easy);
	told_free(&p->told);
	if (p->multi != NULL)
		curl_multi_cleanup(p->multi);
	free(p->policy);
	free(p);
}

/* With the lock held. */
static void
unlink_idle(struct fetcher *f, struct pool *p)
{
	if (p->newer != NULL)
		p->newer->older = p->older;
	else
		f->newest = p->older;
	if (p->older != NULL)
		p->older->newer = p->newer;
	else
		f->oldest = p->newer;
	f->n_idle--;
}

/* Likewise. */
static void
link_newest(struct fetcher *f, struct pool *p)
{
	p->newer = NULL;
	p->older = f->newest;
	if (f->newest != NULL)
		f->newest->newer = p;
	else
		f->oldest = p;
	f->newest = p;
	f->n_idle++;
}

void
fetcher_drop_idle(struct fetcher *f)
{
	struct pool	*p, *next;

	pthread_mutex_lock(&f->lock);
	p = f->newest;
	f->newest = f->oldest = NULL;
	f->n_idle = 0;
	pthread_mutex_unlock(&f->lock);
	for (; p != NULL; p = next) {
		next = p->older;
		pool_free(p);
	}
}

void
fetcher_free(struct fetcher *f)
{
	if (f == NULL)
		return;
	fetcher_drop_idle(f);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static struct pool *
pool_open(const char *policy)
{
	struct pool	*p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->policy = strdup(policy);
	p->multi = curl_multi_init();
	p->easy = curl_easy_init();
	if (p->policy == NULL || p->multi == NULL || p->easy == NULL) {
		pool_free(p);
		return NULL;
	}
	curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, 8L);
	return p;
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
pool_take(struct fetcher *fetcher, const struct fetch *f, struct arena *a)
{
	const char	*policy = policy_of(f, a);
	struct pool	*p;

	if (policy == NULL)
		return NULL;
	pthread_mutex_lock(&fetcher->lock);
	for (p = fetcher->newest; p != NULL; p = p->older)
		if (strcmp(p->policy, policy) == 0)
			break;
	if (p != NULL)
		unlink_idle(fetcher, p);
	pthread_mutex_unlock(&fetcher->lock);
	return p != NULL ? p : pool_open(policy);
}

void
pool_give(struct fetcher *f, struct pool *p)
{
	struct pool	*out = NULL;
	int64_t		 now = clock_ms();

	p->idle_since_ms = now;
	pthread_mutex_lock(&f->lock);
	link_newest(f, p);
	if (f->n_idle > MAX_IDLE || now - f->oldest->idle_since_ms > KEEP_MS)
		unlink_idle(f, out = f->oldest);
	pthread_mutex_unlock(&f->lock);
	pool_free(out);
}
