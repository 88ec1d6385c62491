#include "store/stats.h"

#include "store/stats_area.h"

/*
 * One word for each route, whether it has counters of its own or not: 23 bits
 * of its id, whether its target is down, the outcome of the last failure, and
 * since when it is as it is.  Eight words are searched; where others have all
 * of them, the one that has been as it is for longest is lost, and is unknown
 * until its target is asked again.
 */
enum { TIME_BITS = 33, FAULT_BITS = 7, DOWN_BIT = TIME_BITS + FAULT_BITS,
    TAG_BIT = DOWN_BIT + 1 };
_Static_assert(STATS_OUTCOMES <= 1 << FAULT_BITS, "a fault is an outcome");

static int64_t
since(uint64_t word)
{
	return (int64_t)(word & ((UINT64_C(1) << TIME_BITS) - 1));
}

static int
fault(uint64_t word)
{
	return (int)(word >> TIME_BITS & ((1 << FAULT_BITS) - 1));
}

static bool
is_down(uint64_t word)
{
	return word >> DOWN_BIT & 1;
}

static uint64_t
word_of(uint64_t id, bool down, int fault, int64_t since_s)
{
	return id >> TAG_BIT << TAG_BIT | (uint64_t)down << DOWN_BIT |
	    (uint64_t)fault << TIME_BITS |
	    ((uint64_t)since_s & ((UINT64_C(1) << TIME_BITS) - 1));
}

/* The route's word, else one that is free, else the oldest; and what it holds
 * of this route: 0 for nothing. */
static const _Atomic(uint64_t) *
find(const struct stats_area *area, uint64_t id, uint64_t *had, uint64_t *own)
{
	const _Atomic(uint64_t)	*line, *best = NULL;
	uint64_t		 word;

	line = &area->targets[(id >> 1) % (STATS_TARGETS / STATS_LINE) *
	    STATS_LINE];
	for (int i = 0; i < STATS_LINE; i++) {
		word = stats_load(&line[i]);
		if (word != 0 && word >> TAG_BIT == id >> TAG_BIT) {
			*had = *own = word;
			return &line[i];
		}
		if (best == NULL || (*had != 0 && (word == 0 ||
		    since(word) < since(*had)))) {
			best = &line[i];
			*had = word;
		}
	}
	*own = 0;
	return best;
}

struct stats_target
stats_target_of(const struct stats_area *area, uint64_t id)
{
	uint64_t	 had, own;

	find(area, id, &had, &own);
	return (struct stats_target){
		.state = own == 0 ? STATS_UNKNOWN :
		    is_down(own) ? STATS_DOWN : STATS_UP,
		.since_s = since(own), .fault = fault(own),
	};
}

struct seeing {
	struct stats_op	 op;		/* first */
	const struct stats_entry *entry;
	int		 fault;		/* 0: it has answered */
	int64_t		 now_s, down_s;
};

static int64_t
down_s(uint64_t word, int64_t now_s)
{
	return word == 0 || !is_down(word) ? -1 :
	    now_s > since(word) ? now_s - since(word) :
	    0;				/* the clock was set back */
}

/* Of many failures at once the first makes it go down. */
static void
see(void *arg)
{
	struct seeing		*x = arg;
	uint64_t		 id = x->entry->id, had, own, word;
	bool			 down = x->fault != 0;
	_Atomic(uint64_t)	*at;

	do {
		at = (_Atomic(uint64_t) *)find(x->op.area, id, &had, &own);
		word = word_of(id, down, down ? x->fault : fault(own),
		    own != 0 && is_down(own) == down ? since(own) : x->now_s);
	} while (word != had && !stats_swap(at, &had, word));
	x->down_s = down_s(word, x->now_s);
}

int64_t
stats_target(struct stats *s, const struct stats_entry *e, enum err outcome,
    int64_t now_s)
{
	struct seeing	 x = { .entry = e, .now_s = now_s, .down_s = -1,
			    .fault = outcome == OK ? 0 : s->outcome[outcome] };

	if (e->id != 0)
		stats_run(s, see, &x.op);
	return x.down_s;
}

static void
look(void *arg)
{
	struct seeing	*x = arg;
	uint64_t	 had, own;

	find(x->op.area, x->entry->id, &had, &own);
	x->down_s = down_s(own, x->now_s);
}

int64_t
stats_down_s(struct stats *s, const struct stats_entry *e, int64_t now_s)
{
	struct seeing	 x = { .entry = e, .now_s = now_s, .down_s = -1 };

	if (e->id != 0)
		stats_run(s, look, &x.op);
	return x.down_s;
}

static void
pause_until(void *arg)
{
	struct seeing	*x = arg;

	stats_store(&x->op.area->scopes[x->entry->place].paused_s,
	    (uint64_t)x->now_s);
}

void
stats_pause(struct stats *s, const struct stats_entry *e, int64_t until_s)
{
	struct seeing	 x = { .entry = e, .now_s = until_s };

	stats_run(s, pause_until, &x.op);
}
