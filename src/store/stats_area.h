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
	STATS_AT_OTHERS = STATS_ROUTES + STATS_OTHERS - 1,
	STATS_LINE = 8, STATS_TARGETS = 512 * STATS_LINE,
	STATS_WORD = 4, STATS_NAME = 8,		/* texts, 8 bytes a word */
	STATS_COUNTS = sizeof(struct stats_sum) / sizeof(uint64_t)
};
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a killed process holds a lock");

/* A place is given to one route after another.  What it counted for former ones
 * stays where it is, and is told as that of other routes. */
struct stats_scope {
	_Atomic(uint64_t) name[STATS_NAME];
	_Atomic(uint64_t) paused_s;	/* until then its target is not
					 * asked */
	_Atomic(uint64_t) from;		/* the minute as of which the ring is
					 * of this one */
	_Atomic(uint64_t) former[STATS_COUNTS];	/* of `ever' */
	/* By the order of struct stats_sum.  In the ring the upper 24 bits of a
	 * word are the minute of its count, so that one of another minute is
	 * known as such, and begun anew, by itself. */
	_Atomic(uint64_t) ever[STATS_COUNTS];
	_Atomic(uint64_t) ring[STATS_RING][STATS_COUNTS];
};

/* What a process has under way.  Of one that is no more it counts as nothing,
 * and its place can be taken. */
struct stats_process {
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
	_Atomic(uint64_t) targets[STATS_TARGETS];	/* stats_target.c */
	_Atomic(uint64_t) emptied;	/* the minute of the last look for
					 * places to give back */
	_Atomic(uint64_t) routes[STATS_ROUTES];	/* by place: a hash of its
						 * name; 0: free */
	struct stats_scope scopes[STATS_SCOPES];
};

struct stats {
	struct stats_area *map;		/* NULL: there is no file */
	_Atomic(struct stats_area *) own;	/* this process's; NULL: the
						 * map is in use */
	unsigned char	 seed[16];	/* of the hash that finds places */
	int		 fd;		/* of the map's file; -1: none */
	unsigned char	 outcome[ERR__MAX];	/* the place of each */
	int		 process;	/* our place; -1: there is none */
	atomic_flag	 emptying;	/* by a thread of ours */
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

/* What places are found by; odd, so never 0 nor STATS_LEAVING. */
enum { STATS_LEAVING = 2 };	/* a place that is being given back */
uint64_t stats_id(const struct stats *, char kind, const void *name,
	    size_t bytes);
/* Is this place of that id, or free and of it from now on? */
bool	 stats_take_place(_Atomic(uint64_t) *, uint64_t id);
/* Write the name of a place that has none, one that its finder could not write
 * before it was killed too. */
void	 stats_name(_Atomic(uint64_t) *, size_t words, const char *);
/* The id and the name of the route that has this place; 0 and "": none has. */
uint64_t stats_route_at(const struct stats *, const struct stats_area *,
	    int at, char name[STATS_NAME * 8 + 1]);
/* `text' has room for all words and a NUL. */
void	 stats_get_text(const _Atomic(uint64_t) *, size_t words, char *text);

/*
 * A word means something by itself, so no order between words is needed, and
 * the loads and stores are relaxed ones: but where a place is given to another
 * route (stats_place.c), and for the first word of a text.
 */
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

/* --- targets --- */

/* What is known of the target of the route with this id, and of its last
 * failure: an outcome's place, 0 for none. */
struct stats_target {
	int		 state;		/* STATS_UNKNOWN and so on */
	int64_t		 since_s;
	int		 fault;
};
struct stats_target stats_target_of(const struct stats_area *, uint64_t id);

/* --- processes --- */

/* A place for this one, as long as the file is open; -1: others have all, or
 * the file system knows no locks. */
int	 stats_process_settle(const struct stats *, struct stats_area *);
/* Is there one in this place? */
bool	 stats_process_lives(const struct stats *, int place);
/* Nobody else empties places from now on, until the second or until this
 * process ends; false: somebody does. */
bool	 stats_empty_begin(struct stats *);
void	 stats_empty_end(struct stats *);

#endif
