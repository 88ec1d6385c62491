#include "serve/slots.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WAITING = 1024 };

/*
 * No more routes can be busy than requests can be, so the list is short and
 * searched from its start.  Names are copied: a route may vanish from the
 * table while it is served.
 */
struct slots {
	pthread_mutex_t	 lock;
	int		 room, share, waiting;
	int		 used;		/* of `busy', with free ones between */
	struct waiter	*first, **last;		/* in the order they came */
	struct busy { char name[64]; int requests; } busy[];
};

struct slots *
slots_new(int requests)
{
	struct slots	*s;

	s = calloc(1, sizeof(*s) + (size_t)requests * sizeof(s->busy[0]));
	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	s->last = &s->first;
	s->room = requests;
	s->share = requests * 3 / 4 > 1 ? requests * 3 / 4 : 1;
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

	for (i = 0; i < s->used; i++) {
		if (s->busy[i].requests == 0) {
			if (unused == NULL)
				unused = &s->busy[i];
		} else if (strcmp(s->busy[i].name, route) == 0)
			return &s->busy[i];
	}
	if (unused == NULL && s->used < s->room)
		unused = &s->busy[s->used++];
	return unused;
}

static void
copy_name(char to[64], const char *route)
{
	size_t	 n = strnlen(route, 63);

	memcpy(to, route, n);
	to[n] = '\0';
}

static bool
take(struct slots *s, const char *route)
{
	struct busy	*b = find(s, route);

	if (b == NULL || b->requests >= s->share)
		return false;
	if (b->requests++ == 0)
		copy_name(b->name, route);
	return true;
}

static bool
wait_in_line(struct slots *s, const char *route, struct waiter *w,
    int64_t now_ms)
{
	if (w == NULL || w->until_ms <= now_ms || s->waiting >= MAX_WAITING)
		return false;
	copy_name(w->route, route);
	w->next = NULL;
	*s->last = w;
	s->last = &w->next;
	s->waiting++;
	return true;
}

enum slot
slots_take(struct slots *s, const char *route, struct waiter *w,
    int64_t now_ms)
{
	enum slot	 got = SLOT_REFUSED;

	pthread_mutex_lock(&s->lock);
	if (take(s, route))
		got = SLOT_TAKEN;
	else if (wait_in_line(s, route, w, now_ms))
		got = SLOT_WAITS;
	pthread_mutex_unlock(&s->lock);
	return got;
}

static struct waiter *
unlink_waiter(struct slots *s, struct waiter **at)
{
	struct waiter	*w = *at;

	if ((*at = w->next) == NULL)
		s->last = at;
	s->waiting--;
	return w;
}

/* The first of the line that is of this route. */
static struct waiter *
call_up(struct slots *s, const char *route)
{
	struct waiter	**at;

	for (at = &s->first; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->route, route) == 0)
			return unlink_waiter(s, at);
	return NULL;
}

struct waiter *
slots_give(struct slots *s, const char *route)
{
	struct busy	*b;
	struct waiter	*w;

	pthread_mutex_lock(&s->lock);
	b = find(s, route);
	if (b != NULL && b->requests > 0)
		b->requests--;
	while (s->used > 0 && s->busy[s->used - 1].requests == 0)
		s->used--;
	w = call_up(s, route);
	pthread_mutex_unlock(&s->lock);
	return w;
}

struct waiter *
slots_next(struct slots *s, const char *route)
{
	struct busy	*b;
	struct waiter	*w = NULL;

	pthread_mutex_lock(&s->lock);
	b = find(s, route);
	if (b != NULL && b->requests < s->share)
		w = call_up(s, route);
	pthread_mutex_unlock(&s->lock);
	return w;
}

bool
slots_withdraw(struct slots *s, struct waiter *w)
{
	struct waiter	**at;
	bool		 found;

	pthread_mutex_lock(&s->lock);
	for (at = &s->first; *at != NULL && *at != w; at = &(*at)->next)
		;
	if ((found = *at != NULL))
		unlink_waiter(s, at);
	pthread_mutex_unlock(&s->lock);
	return found;
}

struct waiter *
slots_any(struct slots *s)
{
	struct waiter	*w = NULL;

	pthread_mutex_lock(&s->lock);
	if (s->first != NULL)
		w = unlink_waiter(s, &s->first);
	pthread_mutex_unlock(&s->lock);
	return w;
}
