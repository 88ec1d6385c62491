#include "serve/slots.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * No more routes can be busy than there are threads, so the list is short and
 * searched from its start.  Names are copied: a route may vanish from the
 * table while it is served.
 */
struct slots {
	pthread_mutex_t	 lock;
	int		 threads, share;
	struct busy { char name[64]; int requests; } busy[];
};

struct slots *
slots_new(int threads)
{
	struct slots	*s;

	s = calloc(1, sizeof(*s) + (size_t)threads * sizeof(s->busy[0]));
	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	s->threads = threads;
	s->share = threads * 7 / 8 > 1 ? threads * 7 / 8 : 1;
	return s;
}

void
slots_free(struct slots *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The route's entry, else a free one, else NULL. */
static struct busy *
find(struct slots *s, const char *route)
{
	struct busy	*unused = NULL;
	int		 i;

	for (i = 0; i < s->threads; i++) {
		if (s->busy[i].requests == 0) {
			if (unused == NULL)
				unused = &s->busy[i];
		} else if (strcmp(s->busy[i].name, route) == 0)
			return &s->busy[i];
	}
	return unused;
}

bool
slots_take(struct slots *s, const char *route)
{
	struct busy	*b;
	bool		 taken = false;

	pthread_mutex_lock(&s->lock);
	b = find(s, route);
	if (b != NULL && b->requests < s->share) {
		if (b->requests++ == 0) {
			strncpy(b->name, route, sizeof(b->name) - 1);
			b->name[sizeof(b->name) - 1] = '\0';
		}
		taken = true;
	}
	pthread_mutex_unlock(&s->lock);
	return taken;
}

void
slots_give(struct slots *s, const char *route)
{
	struct busy	*b;

	pthread_mutex_lock(&s->lock);
	b = find(s, route);
	if (b != NULL && b->requests > 0)
		b->requests--;
	pthread_mutex_unlock(&s->lock);
}
