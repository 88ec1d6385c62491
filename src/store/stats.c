#include "store/stats.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/siphash.h"
#include "store/bus.h"
#include "store/stats_area.h"

/* --- words and texts ---------------------------------------------------- */

uint64_t
stats_stamp(int64_t now_s)
{
	return (uint64_t)(now_s / 60) << STATS_COUNT_BITS >> STATS_COUNT_BITS;
}

uint64_t
stats_of_minute(uint64_t word, uint64_t stamp)
{
	return word >> STATS_COUNT_BITS == stamp ? word & STATS_COUNT_MAX : 0;
}

uint64_t
stats_plus(uint64_t word, uint64_t stamp, uint64_t n)
{
	uint64_t	 had = stats_of_minute(word, stamp);

	if (n > STATS_COUNT_MAX - had)
		n = STATS_COUNT_MAX - had;
	return stamp << STATS_COUNT_BITS | (had + n);
}

uint64_t
stats_id(const struct stats *s, char kind, const void *name, size_t bytes)
{
	unsigned char	 key[1 + STATS_NAME * 8];

	if (bytes > sizeof(key) - 1)
		bytes = sizeof(key) - 1;
	key[0] = (unsigned char)kind;
	memcpy(key + 1, name, bytes);
	return siphash(s->seed, key, bytes + 1) | 1;
}

/* The first word is put there last and released, and who reads it acquires:
 * where it is there, the others are. */
static void
put_text(_Atomic(uint64_t) *to, size_t words, const char *text)
{
	size_t	 len = strnlen(text, words * 8 - 1), at;

	while (words-- > 0) {
		uint64_t	 word = 0;

		at = words * 8;
		if (at < len)
			memcpy(&word, text + at, len - at < 8 ? len - at : 8);
		atomic_store_explicit(&to[words], word, words == 0 ?
		    memory_order_release : memory_order_relaxed);
	}
}

void
stats_get_text(const _Atomic(uint64_t) *from, size_t words, char *text)
{
	size_t	 i;

	for (i = 0; i < words; i++) {
		uint64_t	 word = atomic_load_explicit(&from[i], i == 0 ?
				    memory_order_acquire :
				    memory_order_relaxed);

		memcpy(text + i * 8, &word, 8);
	}
	text[words * 8] = '\0';
}

bool
stats_take_place(_Atomic(uint64_t) *at, uint64_t id)
{
	uint64_t	 had = stats_load(at);

	if (had == 0 && stats_swap(at, &had, id))
		return true;
	return had == id;
}

void
stats_name(_Atomic(uint64_t) *at, size_t words, const char *text)
{
	if (stats_load(at) == 0)
		put_text(at, words, text);
}

/* --- outcomes ------------------------------------------------------------ */

enum { SEARCHED = STATS_OTHER - 1 };

/* OK has the first place, words without a place share the last. */
static unsigned char
find_outcome(const struct stats *s, struct stats_area *area, enum err e)
{
	const char	*word = err_word(e);
	uint64_t	 id = stats_id(s, 'o', word, strlen(word));
	size_t		 i, at = 0;

	for (i = 0; i < SEARCHED; i++) {
		if (e != OK)
			at = 1 + (id + i) % SEARCHED;
		if (stats_take_place(&area->outcomes[at].id, id))
			return (unsigned char)at;
	}
	return STATS_OTHER;
}

static void
name_outcomes(const struct stats *s, struct stats_area *area)
{
	size_t	 at, e;

	for (e = 0; e < ERR__MAX; e++) {
		if ((at = s->outcome[e]) == STATS_OTHER)
			continue;
		stats_name(area->outcomes[at].word, STATS_WORD,
		    err_word((enum err)e));
		stats_store(&area->outcomes[at].status,
		    (uint64_t)err_status((enum err)e));
	}
}

/* --- where they are ------------------------------------------------------ */

static void
begin(const struct stats *s, struct stats_area *area)
{
	uint64_t	 never = 0;

	stats_swap(&area->began_s, &never, (uint64_t)time(NULL));
	name_outcomes(s, area);
}

/* Counters of this process, in place of any others; NULL: no memory.  Places
 * stay what they were. */
static struct stats_area *
own(struct stats *s)
{
	struct stats_area	*fresh = calloc(1, sizeof(*fresh));
	struct stats_area	*had = NULL;

	if (fresh == NULL)
		return NULL;
	begin(s, fresh);
	if (atomic_compare_exchange_strong(&s->own, &had, fresh))
		return fresh;
	free(fresh);		/* another thread was quicker */
	return had;
}

bool
stats_run(struct stats *s, void (*how)(void *), struct stats_op *op)
{
	op->area = atomic_load(&s->own);
	if (op->area == NULL) {
		op->area = s->map;
		if (bus_safe(how, op))
			return true;
		op->area = own(s);
	}
	if (op->area != NULL)
		how(op);
	return op->area != NULL;
}

struct opening {
	struct stats_op	 op;
	struct stats	*stats;
};

static void
settle(void *arg)
{
	struct opening	*o = arg;
	struct stats	*s = o->stats;

	for (int e = 0; e < ERR__MAX; e++)
		s->outcome[e] = find_outcome(s, o->op.area, (enum err)e);
	s->process = stats_process_settle(s, o->op.area);
	begin(s, o->op.area);
}

static struct stats *
make(struct stats_area *map, int fd, const unsigned char seed[16])
{
	struct stats	*s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->map = map;
	s->fd = fd;
	s->process = -1;
	memcpy(s->seed, seed, sizeof(s->seed));
	atomic_init(&s->own, NULL);
	atomic_flag_clear(&s->emptying);
	return s;
}

struct stats *
stats_open(struct stats_area *map, int fd, const unsigned char seed[16])
{
	struct stats	*s = make(map, fd, seed);
	struct opening	 o = { .stats = s };

	if (s == NULL)
		return NULL;
	if (map == NULL) {
		/* as any file: nothing of it is found before it is settled */
		atomic_init(&s->own, calloc(1, sizeof(*map)));
		if (atomic_load(&s->own) == NULL) {
			free(s);
			return NULL;
		}
	}
	stats_run(s, settle, &o.op);
	return s;
}

struct stats *
stats_look(const struct stats_area *map, int fd, const unsigned char seed[16])
{
	return make((struct stats_area *)map, fd, seed);
}

void
stats_close(struct stats *s)
{
	if (s == NULL)
		return;
	free(atomic_load(&s->own));
	free(s);
}

bool
stats_has_failed(const struct stats *s)
{
	return s->map != NULL && atomic_load(&s->own) != NULL;
}
