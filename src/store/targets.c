#include "store/targets.h"

#include <stdatomic.h>
#include <string.h>

#include "core/clock.h"
#include "core/siphash.h"
#include "store/shm_file.h"

/*
 * An id's upper bits are the key in the word, the lower ones a set of words in
 * which it may have its place: even sets are of routes, odd ones of whole
 * URLs.  The hash has a seed that nobody else knows: who names hosts of his
 * own cannot find one that has the key of another's.
 */
enum { WAYS = 8, SETS = SHM_TARGETS / WAYS };

#define KEY(word)	((word) >> BREAKER_KEY_SHIFT << BREAKER_KEY_SHIFT)

struct targeting {
	struct shm_op	 op;		/* first */
	uint64_t	 id;
	int64_t		 try_ms, pause_ms;
	uint64_t	 trial;		/* 0: it is none */
	enum breaker	 may;
};

uint64_t
targets_id(const struct shm *m, bool whole, const char *route,
    const char *url)
{
	uint64_t	 of[2];

	of[0] = siphash(shm_seed(m), route, strlen(route));
	of[1] = siphash(shm_seed(m), url, strlen(url));
	return (siphash(shm_seed(m), of, sizeof(of)) & ~UINT64_C(1)) | whole;
}

static _Atomic(uint64_t) *
at(const struct targeting *t, size_t way)
{
	return &t->op.words->targets[t->id % SETS * WAYS + way].word;
}

static bool
is_of(const struct targeting *t, uint64_t word)
{
	return word != 0 && KEY(word) == KEY(t->id);
}

/* The target's word; NULL: nothing bad is known of it. */
static _Atomic(uint64_t) *
find(const struct targeting *t, uint64_t *word)
{
	for (size_t i = 0; i < WAYS; i++)
		if (is_of(t, *word = atomic_load(at(t, i))))
			return at(t, i);
	return NULL;
}

/* The word that it may take over. */
static _Atomic(uint64_t) *
make_room(const struct targeting *t, uint64_t *word)
{
	int64_t			 now = clock_ms();
	uint64_t		 least = UINT64_MAX, worth, had;
	_Atomic(uint64_t)	*place = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		had = atomic_load(at(t, i));
		worth = breaker_worth(had, now);
		if (worth < least) {
			least = worth;
			place = at(t, i);
			*word = had;
		}
	}
	return place;
}

static void
ask(void *arg)
{
	struct targeting	*t = arg;
	uint64_t		 had, word;
	_Atomic(uint64_t)	*place = find(t, &had);

	t->may = BREAKER_ASK;
	t->trial = 0;
	if (place == NULL)
		return;
	do {
		if (!is_of(t, word = had)) {
			t->may = BREAKER_ASK;
			return;
		}
		t->may = breaker_ask(&word, t->try_ms, clock_ms());
	} while (t->may == BREAKER_TRY &&
	    !atomic_compare_exchange_weak(place, &had, word));
	if (t->may == BREAKER_TRY)
		t->trial = word;
}

enum breaker
targets_ask(struct shm *m, uint64_t id, int64_t try_ms, uint64_t *trial)
{
	struct targeting	 t = { .id = id, .try_ms = try_ms };

	if (!shm_run(m, ask, &t.op))
		return BREAKER_ASK;
	*trial = t.trial;
	return t.may;
}

static void
look(void *arg)
{
	struct targeting	*t = arg;
	uint64_t		 word;

	t->pause_ms = find(t, &word) == NULL ? 0 :
	    breaker_pause_ms(word, clock_ms());
}

int64_t
targets_pause_ms(struct shm *m, uint64_t id)
{
	struct targeting	 t = { .id = id };

	return shm_run(m, look, &t.op) ? t.pause_ms : 0;
}

/* Nothing is written where nothing bad is known. */
static void
made(void *arg)
{
	struct targeting	*t = arg;
	uint64_t		 had;
	_Atomic(uint64_t)	*place;

	while ((place = find(t, &had)) != NULL)
		atomic_compare_exchange_strong(place, &had, 0);
}

void
targets_made(struct shm *m, uint64_t id)
{
	struct targeting	 t = { .id = id };

	shm_run(m, made, &t.op);
}

/* Another may take the same place at the same time: then it is sought anew. */
static void
failed(void *arg)
{
	struct targeting	*t = arg;
	uint64_t		 had, word;
	_Atomic(uint64_t)	*place;
	int64_t			 now;

	do {
		if ((place = find(t, &had)) == NULL)
			place = make_room(t, &had);
		now = clock_ms();
		word = breaker_fail(is_of(t, had) ? had : KEY(t->id),
		    t->trial != 0, now);
		t->pause_ms = breaker_pause_ms(word, now);
	} while (!atomic_compare_exchange_strong(place, &had, word));
}

int64_t
targets_failed(struct shm *m, uint64_t id, bool trial)
{
	struct targeting	 t = { .id = id, .trial = trial };

	return shm_run(m, failed, &t.op) ? t.pause_ms : 0;
}

/* Unless another has begun since, or a connection was made. */
static void
untried(void *arg)
{
	struct targeting	*t = arg;
	uint64_t		 had;
	_Atomic(uint64_t)	*place = find(t, &had);

	if (place != NULL && had == t->trial)
		atomic_compare_exchange_strong(place, &had,
		    breaker_untried(had, clock_ms()));
}

void
targets_untried(struct shm *m, uint64_t id, uint64_t trial)
{
	struct targeting	 t = { .id = id, .trial = trial };

	shm_run(m, untried, &t.op);
}
