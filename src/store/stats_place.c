#include "store/stats.h"

#include <string.h>

#include "store/bus.h"
#include "store/stats_area.h"

/*
 * Which route has which place.  It belongs to the route whose id stands in
 * routes[]; it is taken by a swap, and given back once the route has gone from
 * the table, by one process at a time.  Both sides write first and look then,
 * in sequential order: who enters a place notes that a request is open there,
 * and looks whether it still is that route's; who gives it back marks it, and
 * looks whether a request is open there.  So one of the two sees the other.
 */

enum { TRIES = 8 };		/* each failure is another's success */

struct place {
	struct stats_op		 op;	/* first */
	struct stats		*stats;
	const char		*route;	/* NULL: of a kind, by entry.place */
	struct stats_entry	 entry;
};

/* --- taking -------------------------------------------------------------- */

/* The first place of this id; -1: none, and which is free, -1 if none. */
static int
find(const struct stats_area *area, uint64_t id, int *unused)
{
	uint64_t	 seen;
	int		 at;

	*unused = -1;
	for (int i = 0; i < STATS_ROUTES; i++) {
		at = (int)(((id >> 1) + (uint64_t)i) % STATS_ROUTES);
		seen = atomic_load(&area->routes[at]);
		if (seen == id)
			return at;
		if (seen == 0 && *unused == -1)
			*unused = at;
	}
	return -1;
}

/* Two that look at once may take two places for one route.  All go to the
 * first of them then; the other may have been entered by now, so it is given
 * back as any other that is not needed. */
static int
take(struct stats_area *area, uint64_t id)
{
	int		 at, unused;
	uint64_t	 none;

	for (int i = 0; i < TRIES; i++) {
		at = find(area, id, &unused);
		if (at != -1 || unused == -1)
			return at;
		none = 0;
		atomic_compare_exchange_strong(&area->routes[unused], &none,
		    id);
	}
	return -1;
}

/* A name that another route has left there is none, nor is that of the second
 * of two places. */
uint64_t
stats_route_at(const struct stats *s, const struct stats_area *area, int at,
    char name[STATS_NAME * 8 + 1])
{
	uint64_t	 id = atomic_load(&area->routes[at]);
	int		 ignored;

	stats_get_text(area->scopes[at].name, STATS_NAME, name);
	if (stats_id(s, 'r', name, strlen(name)) == id &&
	    find(area, id, &ignored) == at)
		return id;
	name[0] = '\0';
	return 0;
}

/* Note an open request in this place; false: it is not this route's (0: of no
 * route) any more. */
static bool
enter_at(struct place *p, int at, uint64_t id)
{
	struct stats_process	*own;

	p->entry.place = at;
	p->entry.open = NULL;
	if (p->stats->process >= 0) {
		own = &p->op.area->processes[p->stats->process];
		p->entry.open = &own->open[at];
		atomic_fetch_add(&own->open[at], 1);
	}
	if (id == 0 || atomic_load(&p->op.area->routes[at]) == id)
		return true;
	if (p->entry.open != NULL)
		atomic_fetch_sub((_Atomic(uint64_t) *)p->entry.open, 1);
	return false;
}

static void
enter(void *arg)
{
	struct place	*p = arg;
	int		 at;

	if (p->route == NULL) {
		enter_at(p, p->entry.place, 0);
		return;
	}
	for (int i = 0; i < TRIES; i++) {
		at = take(p->op.area, p->entry.id);
		if (at == -1)
			break;
		if (!enter_at(p, at, p->entry.id))
			continue;
		stats_name(p->op.area->scopes[at].name, STATS_NAME, p->route);
		return;
	}
	p->entry.crowded = true;
	enter_at(p, STATS_AT_OTHERS, 0);
}

struct stats_entry
stats_enter(struct stats *s, enum stats_kind kind, const char *route)
{
	struct place	 p = { .stats = s };

	p.entry.place = STATS_ROUTES + (int)kind - 1;
	if (kind == STATS_NAMED) {
		p.route = route;
		p.entry.id = stats_id(s, 'r', route, strlen(route));
		p.entry.place = STATS_AT_OTHERS;
	}
	stats_run(s, enter, &p.op);
	return p.entry;
}

static void
confirm(void *arg)
{
	struct place	*p = arg;

	if (atomic_load(&p->op.area->routes[p->entry.place]) != p->entry.id)
		p->entry.place = STATS_AT_OTHERS;
}

void
stats_confirm(struct stats *s, struct stats_entry *e)
{
	struct place	 p = { .entry = *e };

	if (e->id == 0 || e->crowded || e->open != NULL)
		return;
	stats_run(s, confirm, &p.op);
	e->place = p.entry.place;
}

static void
leave(void *open)
{
	atomic_fetch_sub((_Atomic(uint64_t) *)open, 1);
}

/* Where it entered, though the counters be elsewhere by now. */
void
stats_leave(const struct stats_entry *e)
{
	if (e->open != NULL)
		bus_safe(leave, e->open);
}

/* --- giving back --------------------------------------------------------- */

struct room {
	struct stats_op		 op;	/* first */
	struct stats		*stats;
	const struct stats_table *table;
	uint64_t		 stamp;	/* of the minute that runs */
	bool			 may, made;
};

static bool
keeps(const struct room *r, int at)
{
	char	 name[STATS_NAME * 8 + 1];

	return stats_route_at(r->stats, r->op.area, at, name) != 0 &&
	    r->table->has(r->table->routes, name);
}

static bool
has_minute(const struct stats_scope *sc, uint64_t stamp)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		if (stats_of_minute(stats_load(&sc->ring[stamp % STATS_RING]
		    [i]), stamp) > 0)
			return true;
	return false;
}

/* What a minute holds of both routes could not be told apart.  The next may
 * have begun since the clock was read. */
static bool
in_use(const struct room *r, int at)
{
	struct stats_area	*area = r->op.area;

	for (int i = 0; i < STATS_PROCESSES; i++)
		if (atomic_load(&area->processes[i].open[at]) != 0 &&
		    stats_process_lives(r->stats, i))
			return true;
	return has_minute(&area->scopes[at], r->stamp) ||
	    has_minute(&area->scopes[at], r->stamp + 1);
}

/* Whoever is killed here leaves the mark: the next one does it again. */
static void
vacate(const struct room *r, int at)
{
	struct stats_area	*area = r->op.area;
	struct stats_scope	*sc = &area->scopes[at];

	for (size_t i = 0; i < STATS_NAME; i++)
		stats_store(&sc->name[i], 0);
	for (size_t i = 0; i < STATS_COUNTS; i++)
		stats_store(&sc->former[i], stats_load(&sc->ever[i]));
	stats_store(&sc->from, r->stamp);
	stats_store(&sc->paused_s, 0);
	for (size_t i = 0; i < STATS_CLIENTS; i++)
		if (stats_load(&area->clients[i].scope) == (uint64_t)at)
			stats_store(&area->clients[i].scope, STATS_AT_OTHERS);
	atomic_store(&area->routes[at], 0);
}

/* The mark of who was killed after it says nothing of who is in there. */
static void
empty(void *arg)
{
	struct room	*r = arg;
	uint64_t	 id;

	for (int at = 0; at < STATS_ROUTES; at++) {
		_Atomic(uint64_t)	*word = &r->op.area->routes[at];

		id = atomic_load(word);
		if (id == 0 || keeps(r, at) || in_use(r, at) ||
		    !atomic_compare_exchange_strong(word, &id, STATS_LEAVING))
			continue;
		if (in_use(r, at)) {
			atomic_store(word, id);
			continue;
		}
		vacate(r, at);
		r->made = true;
	}
}

/* Once a minute, for all processes. */
static void
is_time(void *arg)
{
	struct room	*r = arg;
	uint64_t	 last = stats_load(&r->op.area->emptied);

	r->may = last != r->stamp &&
	    stats_swap(&r->op.area->emptied, &last, r->stamp);
}

bool
stats_make_room(struct stats *s, const struct stats_table *table,
    int64_t now_s)
{
	struct room	 r = { .stats = s, .table = table,
			    .stamp = stats_stamp(now_s) };

	stats_run(s, is_time, &r.op);
	if (!r.may || !stats_empty_begin(s))
		return false;
	stats_run(s, empty, &r.op);
	stats_empty_end(s);
	return r.made;
}
