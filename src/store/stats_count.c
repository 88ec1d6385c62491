#include "store/stats.h"

#include <string.h>

#include "store/stats_area.h"

enum { TRIES = 4 };		/* for a client's place */

#define COUNT(member)	(offsetof(struct stats_sum, member) / sizeof(uint64_t))

/* --- a request ----------------------------------------------------------- */

/* What is done with the counters on behalf of a request. */
struct act {
	struct stats_op			 op;	/* first */
	struct stats			*stats;
	int				 place;
	const struct stats_request	*request;
	const unsigned char		*block;
	int64_t				 now_s;
};

static void
add(struct stats_scope *sc, size_t i, uint64_t n, uint64_t stamp)
{
	_Atomic(uint64_t)	*at = &sc->ring[stamp % STATS_RING][i];
	uint64_t		 had = stats_load(at);

	atomic_fetch_add_explicit(&sc->ever[i], n, memory_order_relaxed);
	while (!stats_swap(at, &had, stats_plus(had, stamp, n)))
		;
}

static void
add_time(struct stats_scope *sc, size_t buckets, size_t sum, int64_t us,
    uint64_t stamp)
{
	add(sc, buckets + histogram_bucket(us), 1, stamp);
	add(sc, sum, us > 0 ? (uint64_t)us : 0, stamp);
}

static void
count(void *arg)
{
	struct act			*a = arg;
	const struct stats_request	*r = a->request;
	struct stats_scope		*sc = &a->op.area->scopes[a->place];
	uint64_t			 stamp = stats_stamp(a->now_s);
	int				 digit = r->status / 100;

	if (digit < 0 || digit >= STATS_STATUSES)
		digit = 0;
	add(sc, COUNT(outcomes) + a->stats->outcome[r->outcome], 1, stamp);
	add(sc, COUNT(statuses) + (size_t)digit, 1, stamp);
	add_time(sc, COUNT(total), COUNT(total_us), r->total_us, stamp);
	if (r->target_us > 0)
		add_time(sc, COUNT(target), COUNT(target_us), r->target_us,
		    stamp);
	if (r->in_bytes > 0)
		add(sc, COUNT(in_bytes), (uint64_t)r->in_bytes, stamp);
	if (r->out_bytes > 0)
		add(sc, COUNT(out_bytes), (uint64_t)r->out_bytes, stamp);
}

void
stats_count(struct stats *s, int place, const struct stats_request *r,
    int64_t now_s)
{
	struct act	 a = { .stats = s, .place = place, .request = r,
			    .now_s = now_s };

	stats_run(s, count, &a.op);
}

/* --- clients ------------------------------------------------------------- */

/* The client's own place, else one that is free, else that of whom was refused
 * longest ago. */
static size_t
client_place(const struct stats_area *area, uint64_t id, uint64_t *had)
{
	size_t		 i, oldest = 0;
	uint64_t	 seen, last, lowest = UINT64_MAX;

	*had = 0;
	for (i = 0; i < STATS_CLIENTS; i++) {
		seen = stats_load(&area->clients[i].id);
		last = seen == 0 ? 0 : stats_load(&area->clients[i].refused);
		if (seen == id) {
			*had = id;
			return i;
		}
		if (last < lowest) {
			lowest = last;
			oldest = i;
			*had = seen;
		}
	}
	return oldest;
}

/* The upper bits are the minute of the last refusal, so that after an hour
 * without any the count begins anew. */
static void
refuse(struct act *a, size_t at)
{
	_Atomic(uint64_t)	*word = &a->op.area->clients[at].refused;
	uint64_t		 stamp = stats_stamp(a->now_s);
	uint64_t		 had = stats_load(word), last, sofar;

	do {
		last = had >> STATS_COUNT_BITS;
		sofar = stamp - last < STATS_MINUTES ?
		    stats_of_minute(had, last) : 0;
	} while (!stats_swap(word, &had, stats_plus(
	    stats_plus(0, stamp, sofar), stamp, 1)));
}

/* Of the client there, not of one whose place was another route's before. */
static uint64_t
client_id(const struct act *a)
{
	const uint64_t	 of[] = { (uint64_t)a->place, stats_load(
			    &a->op.area->scopes[a->place].from) };
	unsigned char	 key[sizeof(of) + CLIENT_BLOCK_BYTES];

	memcpy(key, of, sizeof(of));
	memcpy(key + sizeof(of), a->block, CLIENT_BLOCK_BYTES);
	return stats_id(a->stats, 'c', key, sizeof(key));
}

/* Who has just lost its place to another may leave a refusal there. */
static void
note_client(void *arg)
{
	struct act	*a = arg;
	uint64_t	 block[2] = { 0 }, id = client_id(a), had;
	size_t		 at;
	int		 i;

	memcpy(block, a->block, CLIENT_BLOCK_BYTES);
	for (i = 0; i < TRIES; i++) {
		at = client_place(a->op.area, id, &had);
		if (had == id ||
		    stats_swap(&a->op.area->clients[at].id, &had, id))
			break;
	}
	if (i == TRIES)
		return;
	if (had != id)
		stats_store(&a->op.area->clients[at].refused, 0);
	stats_store(&a->op.area->clients[at].scope, (uint64_t)a->place);
	stats_store(&a->op.area->clients[at].block[0], block[0]);
	stats_store(&a->op.area->clients[at].block[1], block[1]);
	refuse(a, at);
}

void
stats_refused(struct stats *s, int place,
    const unsigned char block[CLIENT_BLOCK_BYTES], int64_t now_s)
{
	struct act	 a = { .stats = s, .place = place, .block = block,
			    .now_s = now_s };

	stats_run(s, note_client, &a.op);
}
