#include <stdio.h>

#include "cli/probe.h"
#include "core/buf.h"
#include "serve/whole_route.h"
#include "store/app.h"

enum { MAX_MEMORY = 4 << 20, MAX_NAME = 512 };

static const char *
place(struct arena *a, const char *table, const char *name)
{
	struct buf	 b;

	buf_init(&b, a, MAX_NAME);
	buf_fmt(&b, "%s/%s", table, name);
	return b.data;
}

static void
of_route(struct probe *p, const struct route *rt)
{
	arena_init(&p->arena, MAX_MEMORY);
	p->where = place(&p->arena, "routes", rt->name);
	p->route = rt;
	p->target = (struct target){ .kind = TARGET_ROUTE, .name = rt->name,
	    .rest = "" };
}

/* Over TLS wherever that is possible; probe_ask() tries the other one too. */
static bool
of_host(struct probe *p, const struct conf *c, const struct whole_host *h)
{
	static const char *const	 schemes[] = { "https", "http" };
	const char			*why;
	struct buf			 b;

	arena_init(&p->arena, MAX_MEMORY);
	p->where = place(&p->arena, "target_hosts", h->text);
	for (size_t i = 0; i < 2; i++) {
		buf_init(&b, &p->arena, MAX_NAME);
		buf_fmt(&b, "%s://%s/", schemes[i], h->text);
		p->target = (struct target){ .kind = TARGET_URL,
		    .url = b.data };
		if (!buf_failed(&b) && whole_route(&p->arena, c, &p->target,
		    &p->route, &why) == OK)
			return true;
	}
	arena_free(&p->arena);
	return false;
}

struct probe *
probe_list(struct arena *a, const struct snapshot *s, size_t *count)
{
	const struct whole_rule	*w = &s->conf.whole;
	struct probe		*list;
	size_t			 i, n = routes_count(s->routes);

	*count = 0;
	list = arena_alloc(a, (n + w->n_hosts + 1) * sizeof(*list));
	for (i = 0; list != NULL && i < n; i++)
		if (routes_at(s->routes, i)->fault == NULL)
			of_route(&list[(*count)++], routes_at(s->routes, i));
	if (list == NULL || w->targets == WHOLE_NAMED)
		return list;
	for (i = 0; i < w->n_hosts; i++)
		if (!w->hosts[i].pattern &&
		    of_host(&list[*count], &s->conf, &w->hosts[i]))
			(*count)++;
	return list;
}

void
probe_free(struct probe *list, size_t count)
{
	while (count-- > 0)
		arena_free(&list[count].arena);
}
