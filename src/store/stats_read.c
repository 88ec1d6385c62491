#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "store/bus.h"
#include "store/stats_area.h"

/*
 * All is copied while the file may fail, and judged afterwards: what a copy
 * stops in the middle of holds nothing.
 */

enum { NAME_BYTES = STATS_NAME * 8 + 1, WORD_BYTES = STATS_WORD * 8 + 1 };

struct reading {
	const struct stats *stats;
	const struct stats_area *area;
	const struct stats_table *table;	/* NULL: whatever is there */
	bool			 steady;
	struct stats_scope_view	*gone;	/* takes what gone routes have
					 * counted: others, or left_out */
	struct stats_view	*view;
	int64_t			 now_s;
	bool			 lives[STATS_PROCESSES];
	char			 words[STATS_OUTCOMES][WORD_BYTES];
	char			 names[STATS_SCOPES][NAME_BYTES];
	struct stats_target	 targets[STATS_ROUTES];
	int64_t			 paused_s[STATS_ROUTES];
	struct { uint64_t refused, scope, block[2]; } clients[STATS_CLIENTS];
	struct stats_scope_view	 scopes[STATS_SCOPES], left_out;
};

/* --- copying ------------------------------------------------------------- */

static void
copy_outcomes(struct reading *r)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++) {
		stats_get_text(r->area->outcomes[i].word, STATS_WORD,
		    r->words[i]);
		r->view->outcomes[i].status =
		    (int)stats_load(&r->area->outcomes[i].status);
	}
}

static void
copy_clients(struct reading *r)
{
	for (size_t i = 0; i < STATS_CLIENTS; i++) {
		r->clients[i].refused =
		    stats_load(&r->area->clients[i].refused);
		r->clients[i].scope = stats_load(&r->area->clients[i].scope);
		for (int j = 0; j < 2; j++)
			r->clients[i].block[j] =
			    stats_load(&r->area->clients[i].block[j]);
	}
}

static bool
was_used(const struct stats_scope *s)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		if (stats_load(&s->ever[i]) != 0)
			return true;
	return false;
}

/* What a place has counted for its route, and for those that had it before. */
struct parts { struct stats_scope_view *own, *former; };

/* Every word of a scope goes into the sum of which it is the like. */
static void
copy_ever(const struct stats_scope *from, struct parts to)
{
	uint64_t	*own = (uint64_t *)&to.own->ever;
	uint64_t	*former = (uint64_t *)&to.former->ever, n;

	for (size_t i = 0; i < STATS_COUNTS; i++) {
		n = stats_load(&from->former[i]);
		former[i] += n;
		own[i] += stats_load(&from->ever[i]) - n;
	}
}

/* The outcomes of each minute by their sort; the words are known by now. */
static void
copy_minute(const struct reading *r, const _Atomic(uint64_t) *from,
    struct stats_scope_view *to, int ago)
{
	struct stats_minute	*m = &to->minutes[STATS_MINUTES - 1 - ago];
	uint64_t		*of[] = { [STATS_ANSWERED] = &m->answered,
				    [STATS_REFUSED] = &m->refused,
				    [STATS_FAILED] = &m->failed };
	uint64_t		*hour = (uint64_t *)&to->hour;
	uint64_t		 stamp = stats_stamp(r->now_s - ago * 60), n;

	for (size_t i = 0; i < STATS_COUNTS; i++) {
		n = stats_of_minute(stats_load(&from[i]), stamp);
		hour[i] += n;
		if (i < STATS_OUTCOMES)
			*of[stats_sort(r->view->outcomes[i].status)] += n;
	}
}

static void
copy_hour(const struct reading *r, const struct stats_scope *from,
    struct parts to)
{
	uint64_t	 now = stats_stamp(r->now_s);
	uint64_t	 began = now - stats_load(&from->from);

	for (int ago = 0; ago < STATS_MINUTES; ago++)
		copy_minute(r, from->ring[(now - (uint64_t)ago) % STATS_RING],
		    (uint64_t)ago <= began ? to.own : to.former, ago);
}

/* A place whose name is not there is on its way from one route to another. */
static void
copy_route(struct reading *r, size_t i)
{
	uint64_t	 id = stats_route_at(r->stats, r->area, (int)i,
			    r->names[i]);

	if (id != 0)
		r->targets[i] = stats_target_of(r->area, id);
	r->paused_s[i] = (int64_t)stats_load(&r->area->scopes[i].paused_s);
}

static void
copy_scope(struct reading *r, size_t i)
{
	const struct stats_scope	*from = &r->area->scopes[i];
	struct parts			 to = { &r->scopes[i], r->gone };
	int64_t				 open;

	if (i < STATS_ROUTES)
		copy_route(r, i);
	copy_ever(from, to);
	if (was_used(from))
		copy_hour(r, from, to);
	for (size_t p = 0; p < STATS_PROCESSES; p++) {
		open = r->lives[p] ? (int64_t)stats_load(
		    &r->area->processes[p].open[i]) : 0;
		if (open > 0)
			to.own->open += (uint64_t)open;
	}
}

static void
copy(void *arg)
{
	struct reading	*r = arg;

	r->view->began_s = (int64_t)stats_load(&r->area->began_s);
	copy_outcomes(r);
	copy_clients(r);
	for (size_t i = 0; i < STATS_SCOPES; i++)
		copy_scope(r, i);
}

/* --- judging ------------------------------------------------------------- */

static void
judge_outcomes(struct reading *r)
{
	struct stats_view	*v = r->view;

	for (size_t i = 0; i < STATS_OUTCOMES - 1; i++)
		v->outcomes[i].word = r->words[i][0] != '\0' ? r->words[i] :
		    NULL;
	v->outcomes[STATS_OTHER].word = "other";
	v->outcomes[STATS_OTHER].status = 500;
}

static void
add(struct stats_scope_view *all, const struct stats_scope_view *one)
{
	uint64_t	*sums[] = { (uint64_t *)&all->ever,
			    (uint64_t *)&all->hour,
			    (uint64_t *)all->minutes };
	const uint64_t	*more[] = { (const uint64_t *)&one->ever,
			    (const uint64_t *)&one->hour,
			    (const uint64_t *)one->minutes };
	const size_t	 n[] = { STATS_COUNTS, STATS_COUNTS,
			    STATS_MINUTES * sizeof(struct stats_minute) /
			    sizeof(uint64_t) };

	for (size_t s = 0; s < 3; s++)
		for (size_t i = 0; i < n[s]; i++)
			sums[s][i] += more[s][i];
	all->open += one->open;
}

static void
judge_target(const struct reading *r, size_t i)
{
	struct stats_view	*v = r->view;
	struct stats_scope_view	*s = &v->scopes[v->n_scopes - 1];
	int			 fault = r->targets[i].fault;

	s->target = r->targets[i].state;
	s->target_since_s = r->targets[i].since_s;
	s->paused_until_s = s->target == STATS_DOWN &&
	    r->paused_s[i] > r->now_s ? r->paused_s[i] : 0;
	s->fault = fault != 0 ? v->outcomes[fault].word : NULL;
}

static bool
is_in_table(const struct reading *r, size_t i)
{
	return r->table == NULL ||
	    r->table->has(r->table->routes, r->names[i]);
}

/* Is it to be told as a route?  One that was given another place while this
 * was read is once. */
static bool
is_route(const struct reading *r, size_t i)
{
	const char	*name = r->names[i];

	for (size_t j = 0; j < r->view->n_scopes; j++)
		if (strcmp(r->view->scopes[j].name, name) == 0)
			return false;
	return name[0] != '\0' && (r->steady || is_in_table(r, i));
}

/* No route can be called so. */
static const char *
kind_name(enum stats_kind kind)
{
	static const char *const	 names[STATS__MAX] = {
		[STATS_NAMED] = "", [STATS_OTHERS] = "_others",
		[STATS_WHOLE] = "_whole", [STATS_OWN] = "_own",
		[STATS_NONE] = "_none",
	};

	return names[kind];
}

static void
judge_scopes(struct reading *r)
{
	struct stats_view	*v = r->view;

	v->all.name = "";
	for (size_t i = 0; i < STATS_SCOPES; i++) {
		struct stats_scope_view	*s = &r->scopes[i];

		s->kind = i < STATS_ROUTES ? STATS_NAMED :
		    (enum stats_kind)(i - STATS_ROUTES + 1);
		s->name = s->kind == STATS_NAMED ? r->names[i] :
		    kind_name(s->kind);
		if (s->kind == STATS_NAMED && !is_route(r, i)) {
			r->names[i][0] = '\0';
			add(r->gone, s);
			continue;
		}
		if (stats_all(&s->ever) == 0 && s->open == 0)
			continue;
		add(&v->all, s);
		v->scopes[v->n_scopes++] = *s;
		if (s->kind == STATS_NAMED && is_in_table(r, i))
			judge_target(r, i);
	}
}

static int
by_kind_and_name(const void *a, const void *b)
{
	const struct stats_scope_view	*x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int
by_refusals(const void *a, const void *b)
{
	const struct stats_client	*x = a, *y = b;

	if (x->refused != y->refused)
		return x->refused > y->refused ? -1 : 1;
	return strcmp(x->client, y->client);
}

/* Of what is no route, as its requests. */
static enum stats_kind
kind_at(const struct reading *r, size_t i)
{
	return i >= STATS_ROUTES ? (enum stats_kind)(i - STATS_ROUTES + 1) :
	    r->names[i][0] != '\0' ? STATS_NAMED : STATS_OTHERS;
}

static void
judge_clients(struct reading *r)
{
	struct stats_view	*v = r->view;
	uint64_t		 now = stats_stamp(r->now_s), last;

	for (size_t i = 0; i < STATS_CLIENTS; i++) {
		struct stats_client	*c = &v->clients[v->n_clients];
		size_t			 scope = r->clients[i].scope %
					    STATS_SCOPES;
		enum stats_kind		 kind;

		last = r->clients[i].refused >> STATS_COUNT_BITS;
		c->refused = stats_of_minute(r->clients[i].refused, last);
		if (c->refused == 0 || now - last >= STATS_MINUTES)
			continue;
		c->last_s = r->now_s - r->now_s % 60 -
		    (int64_t)(now - last) * 60;
		kind = kind_at(r, scope);
		c->scope = kind == STATS_NAMED ? r->names[scope] :
		    kind_name(kind);
		client_block_text((const unsigned char *)r->clients[i].block,
		    c->client);
		v->n_clients++;
	}
	qsort(v->clients, v->n_clients, sizeof(v->clients[0]), by_refusals);
}

/* ------------------------------------------------------------------------- */

static struct stats_view *
read_as(const struct stats *s, struct arena *a,
    const struct stats_table *table, int64_t now_s, bool steady)
{
	struct stats_view	*v = arena_alloc(a, sizeof(*v));
	struct reading		*r = arena_alloc(a, sizeof(*r));

	if (v == NULL || r == NULL || (v->scopes = arena_alloc(a,
	    sizeof(r->scopes))) == NULL)
		return NULL;
	r->stats = s;
	r->table = table;
	r->steady = steady;
	r->gone = steady ? &r->left_out : &r->scopes[STATS_AT_OTHERS];
	r->area = atomic_load(&s->own);
	v->shared = r->area == NULL;
	if (v->shared)
		r->area = s->map;
	r->view = v;
	r->now_s = v->now_s = now_s;
	for (int i = 0; i < STATS_PROCESSES; i++) {
		r->lives[i] = stats_process_lives(s, i);
		v->processes += r->lives[i];
	}
	bus_safe(copy, r);
	judge_outcomes(r);
	judge_scopes(r);
	judge_clients(r);
	qsort(v->scopes, v->n_scopes, sizeof(v->scopes[0]), by_kind_and_name);
	return v;
}

struct stats_view *
stats_read(const struct stats *s, struct arena *a,
    const struct stats_table *table, int64_t now_s)
{
	return read_as(s, a, table, now_s, false);
}

struct stats_view *
stats_read_steady(const struct stats *s, struct arena *a,
    const struct stats_table *table, int64_t now_s)
{
	return read_as(s, a, table, now_s, true);
}

const char *
stats_status_name(int first_digit)
{
	static const char *const	 names[STATS_STATUSES] = {
		[2] = "2xx", [3] = "3xx", [4] = "4xx", [5] = "5xx",
	};

	return names[first_digit];
}

enum stats_sort
stats_sort(int status)
{
	return status >= 500 ? STATS_FAILED :
	    status >= 400 ? STATS_REFUSED : STATS_ANSWERED;
}

uint64_t
stats_requests(const struct stats_view *v, const struct stats_sum *sum,
    enum stats_sort sort)
{
	uint64_t	 n = 0;

	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		if (stats_sort(v->outcomes[i].status) == sort)
			n += sum->outcomes[i];
	return n;
}

static bool
is_more(const struct stats_scope_view *s, size_t a, size_t b)
{
	if (s->hour.outcomes[a] != s->hour.outcomes[b])
		return s->hour.outcomes[a] > s->hour.outcomes[b];
	return s->ever.outcomes[a] > s->ever.outcomes[b];
}

size_t
stats_ranked(const struct stats_view *v, const struct stats_scope_view *s,
    size_t ranked[STATS_OUTCOMES])
{
	size_t	 n = 0, at;

	for (size_t i = 0; i < STATS_OUTCOMES; i++) {
		if (s->ever.outcomes[i] == 0 || v->outcomes[i].word == NULL)
			continue;
		for (at = n++; at > 0 && is_more(s, i, ranked[at - 1]); at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = i;
	}
	return n;
}

uint64_t
stats_in_minute(const struct stats_minute *m, enum stats_sort sort)
{
	return sort == STATS_ANSWERED ? m->answered :
	    sort == STATS_REFUSED ? m->refused : m->failed;
}

uint64_t
stats_all(const struct stats_sum *sum)
{
	uint64_t	 n = 0;

	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		n += sum->outcomes[i];
	return n;
}
