#include "upstream/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"

/*
 * Connections are shared only between routes that connect by the same rules.
 * libcurl compares much of that itself, but not who may be connected to; a hub
 * each leaves nothing to compare.
 *
 * libcurl takes the connection that was made first of those that are idle, so
 * that few of them serve many requests; what a rush has left behind is closed
 * when it has been idle for so long.
 */

/* KEEP_MS is when libcurl takes no connection of it any more. */
enum { KEEP_MS = 30000, MAX_KEPT = 4096 };

struct fetcher *
fetcher_new(struct loop *loop)
{
	struct fetcher	*f = loop != NULL ? calloc(1, sizeof(*f)) : NULL;

	if (f != NULL)
		f->loop = loop;
	return f;
}

void
fetcher_turn(struct fetcher *f)
{
	loop_turn(f->loop);
}

static void
free_idle(struct hub *h)
{
	struct handle	*p = h->idle;

	h->idle = p->older;
	h->n_idle--;
	curl_easy_cleanup(p->easy);
	told_free(&p->told);
	free(p);
}

static void
hub_free(struct hub *h)
{
	loop_no_more(h->fetcher->loop, &h->look);
	while (h->idle != NULL)
		free_idle(h);
	if (h->multi != NULL)
		curl_multi_cleanup(h->multi);
	loop_no_more(h->fetcher->loop, &h->due);
	free(h->policy);
	free(h);
}

/* Where nothing is under way. */
static void
drop_hubs(struct fetcher *f, bool used_lately)
{
	struct hub	**at = &f->hubs, *h;

	while ((h = *at) != NULL)
		if (h->n_busy == 0 && (used_lately || h->most_busy == 0)) {
			*at = h->next;
			hub_free(h);
		} else
			at = &h->next;
}

void
fetcher_drop_idle(struct fetcher *f)
{
	drop_hubs(f, true);
}

void
fetcher_free(struct fetcher *f)
{
	if (f == NULL)
		return;
	drop_hubs(f, true);
	free(f);
}

/* Of a rush nothing is kept but what was in use since the last look. */
static void
look(void *arg)
{
	struct hub	*h = arg;
	struct fetcher	*f = h->fetcher;

	while (h->n_idle + h->n_busy > h->most_busy && h->n_idle > 0)
		free_idle(h);
	if (h->most_busy == 0) {
		drop_hubs(f, false);
		return;
	}
	h->most_busy = h->n_busy;
	loop_at(f->loop, &h->look, loop_now_ms(f->loop) + KEEP_MS);
}

static struct hub *
hub_open(struct fetcher *f, const char *policy)
{
	struct hub	*h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->fetcher = f;
	h->look.due = look;
	h->look.arg = h;
	h->policy = strdup(policy);
	h->multi = curl_multi_init();
	if (h->policy == NULL || h->multi == NULL || loop_at(f->loop,
	    &h->look, loop_now_ms(f->loop) + KEEP_MS) == -1) {
		hub_free(h);
		return NULL;
	}
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)MAX_KEPT);
	/* A stream of HTTP/2 that is cut takes its connection with it (see
	 * fetch.c), so none has another's beside it. */
	curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	hub_watch(h);
	h->next = f->hubs;
	f->hubs = h;
	return h;
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

static struct handle *
handle_open(struct hub *h)
{
	struct handle	*p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->hub = h;
	if ((p->easy = curl_easy_init()) == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

static struct handle *
take_idle(struct hub *h)
{
	struct handle	*p = h->idle;

	if (p == NULL)
		return handle_open(h);
	h->idle = p->older;
	h->n_idle--;
	return p;
}

struct handle *
handle_take(struct fetcher *f, const struct fetch *fetch, struct arena *a)
{
	const char	*policy = policy_of(fetch, a);
	struct hub	*h;
	struct handle	*p;

	if (policy == NULL)
		return NULL;
	for (h = f->hubs; h != NULL; h = h->next)
		if (strcmp(h->policy, policy) == 0)
			break;
	if (h == NULL && (h = hub_open(f, policy)) == NULL)
		return NULL;
	if ((p = take_idle(h)) != NULL && ++h->n_busy > h->most_busy)
		h->most_busy = h->n_busy;
	return p;
}

void
handle_give(struct handle *p)
{
	struct hub	*h = p->hub;

	h->n_busy--;
	h->n_idle++;
	p->older = h->idle;
	h->idle = p;
}
