#ifndef VIADUCT_STORE_STATS_AREA_H
#define VIADUCT_STORE_STATS_AREA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/stats.h"

/*
 * The form of the counters in the file that processes share; private to
 * store/.  A change of it is another name of the file (SHM_FILE).  Each word
 * means something by itself, and zero is its beginning, so that a process may
 * end between any two of them.
 *
 * Outcomes are found by their words (core/err), not by their numbers: those
 * that another version of the program adds take places that are free, and the
 * others stay where they are.
 */
enum {
	STATS_RING = 64,	/* minutes: an hour, and some to spare */
	STATS_PROCESSES = 256, STATS_OTHER = STATS_OUTCOMES - 1,
	STATS_WORD = 4, STATS_NAME = 8,		/* texts, 8 bytes a word */
	STATS_COUNTS = sizeof(struct stats_sum) / sizeof(uint64_t)
};
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a killed process holds a lock");

struct stats_scope {
	_Atomic(uint64_t) id;		/* a hash of the name; 0: free */
	_Atomic(uint64_t) name[STATS_NAME];
	_Atomic(uint64_t) since_s;	/* the target is up; negative, in two's
					 * complement: down; 0 unknown */
	_Atomic(uint64_t) fault;	/* the outcome of its last failure */
	_Atomic(uint64_t) paused_s;	/* until then it is not asked */
	/* By the order of struct stats_sum.  In the ring the upper 24 bits of a
	 * word are the minute of its count, so that one of another minute is
	 * known as such, and begun anew, by itself. */
	_Atomic(uint64_t) ever[STATS_COUNTS];
	_Atomic(uint64_t) ring[STATS_RING][STATS_COUNTS];
};

/* What a process has under way.  Of one that is no more it counts as nothing,
 * and its place can be taken. */
struct stats_process {
	_Atomic(uint64_t) id;		/* of the process; 0: free */
	_Atomic(uint64_t) open[STATS_SCOPES];
};

struct stats_area {
	_Atomic(uint64_t) began_s;
	struct {
		_Atomic(uint64_t) id, word[STATS_WORD], status;
	} outcomes[STATS_OUTCOMES];
	struct {
		_Atomic(uint64_t) id, scope, block[2];
		_Atomic(uint64_t) refused;	/* the minute of the last, as
						 * in a ring, and how many */
	} clients[STATS_CLIENTS];
	struct stats_process processes[STATS_PROCESSES];
	struct stats_scope scopes[STATS_SCOPES];
};

struct stats {
	struct stats_area *map;		/* NULL: there is no file */
	_Atomic(struct stats_area *) own;	/* this process's; NULL: the
						 * map is in use */
	unsigned char	 seed[16];	/* of the hash that finds places */
	unsigned char	 outcome[ERR__MAX];	/* the place of each */
	int		 process;	/* our place; -1: none was free */
};

/*
 * Run this on the counters, wherever they are.  When the file fails, it is left
 * in the middle, and run again on counters of this process, with op->area
 * changed.  False: there is no memory for those.
 */
struct stats_op {
	struct stats_area *area;
};
bool	 stats_run(struct stats *, void (*how)(void *op), struct stats_op *);

/* What places are found by; never 0. */
uint64_t stats_id(const struct stats *, char kind, const void *name,
	    size_t bytes);
/* Is this place of that id, or free and of it from now on? */
bool	 stats_take_place(_Atomic(uint64_t) *, uint64_t id);
/* Write the name of a place that has none, one that its finder could not write
 * before it was killed too. */
void	 stats_name(_Atomic(uint64_t) *, size_t words, const char *);
/* `text' has room for all words and a NUL. */
void	 stats_get_text(const _Atomic(uint64_t) *, size_t words, char *text);

/* No order between words is relied on. */
static inline uint64_t
stats_load(const _Atomic(uint64_t) *at)
{
	return atomic_load_explicit(at, memory_order_relaxed);
}

static inline void
stats_store(_Atomic(uint64_t) *at, uint64_t word)
{
	atomic_store_explicit(at, word, memory_order_relaxed);
}

static inline bool
stats_swap(_Atomic(uint64_t) *at, uint64_t *had, uint64_t word)
{
	return atomic_compare_exchange_strong_explicit(at, had, word,
	    memory_order_relaxed, memory_order_relaxed);
}

/* --- words of a minute --- */

enum { STATS_COUNT_BITS = 40 };
#define STATS_COUNT_MAX	((UINT64_C(1) << STATS_COUNT_BITS) - 1)

uint64_t stats_stamp(int64_t now_s);	/* of this minute */
/* Of a word with this stamp; 0 of any other. */
uint64_t stats_of_minute(uint64_t word, uint64_t stamp);
/* The word with `n' more in this minute. */
uint64_t stats_plus(uint64_t word, uint64_t stamp, uint64_t n);

/* --- processes --- */

uint64_t stats_process_id(void);	/* of this one; never 0 */
bool	 stats_process_lives(uint64_t id);
/* A place for this one; -1: all are taken by processes that live. */
int	 stats_process_settle(struct stats_area *);

#endif
