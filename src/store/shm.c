#include "store/shm.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/siphash.h"
#include "store/bus.h"
#include "store/shm_file.h"

enum { HALF = SHM_CELLS / 2, MAX_CLIENT = 32, MAX_SCOPE = 80,
    HOUR_S = 3600 };

/* To wait for, where memory lacks to count a request. */
#define UNCOUNTED_US	INT64_C(1000000)
/* A rate whose bucket takes longer to fill is a slow one. */
#define QUICK_US	INT64_C(60000000)

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a killed process holds a lock");

struct shm {
	struct shm_head	 head;
	struct shm_table *map;		/* NULL: there is no file */
	_Atomic(struct shm_words *) own; /* this process's; NULL: in the map */
	_Atomic(uint64_t) said[SHM_NOTICES];	/* with `own' */
	struct stats	*stats;		/* in the map or its own */
	int		 fd;		/* of the file; -1: there is none */
	dev_t		 dev;
	ino_t		 ino;
	atomic_int	 holds;
};

static struct shm *
wrap(const struct shm_head *h)
{
	struct shm	*m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->head = *h;
	m->fd = -1;
	atomic_init(&m->own, NULL);
	atomic_init(&m->holds, 1);
	return m;
}

/* Words of this process, in place of any others; NULL: no memory. */
static struct shm_words *
own(struct shm *m)
{
	struct shm_words	*fresh = calloc(1, sizeof(*fresh));
	struct shm_words	*had = NULL;

	if (fresh == NULL ||
	    atomic_compare_exchange_strong(&m->own, &had, fresh))
		return fresh;
	free(fresh);		/* another thread was quicker */
	return had;
}

struct shm *
shm_private(void)
{
	struct shm_head	 h;
	struct shm	*m = NULL;

	if (!shm_head_new(&h) || (m = wrap(&h)) == NULL)
		return NULL;
	m->stats = stats_open(NULL, -1, h.seed);
	if (m->stats == NULL || own(m) == NULL) {
		shm_drop(m);
		m = NULL;
	}
	return m;
}

struct shm *
shm_hold(struct shm *m)
{
	atomic_fetch_add(&m->holds, 1);
	return m;
}

void
shm_drop(struct shm *m)
{
	if (m == NULL || atomic_fetch_sub(&m->holds, 1) > 1)
		return;
	stats_close(m->stats);
	if (m->map != NULL)
		munmap(m->map, sizeof(*m->map));
	if (m->fd != -1)
		close(m->fd);
	free(atomic_load(&m->own));
	free(m);
}

/* --- the file ----------------------------------------------------------- */

static bool
map(struct shm *m, int protection)
{
	void	*at = mmap(NULL, sizeof(*m->map), protection, MAP_SHARED,
		    m->fd, 0);

	if (at == MAP_FAILED)
		return false;
	bus_watch();
	m->map = at;
	m->stats = protection & PROT_WRITE ?
	    stats_open(&m->map->stats, m->fd, m->head.seed) :
	    stats_look(&m->map->stats, m->fd, m->head.seed);
	return m->stats != NULL;
}

/* Takes the descriptor, which the counters need. */
static struct shm *
mapped(int fd, const struct shm_head *h, int protection, const char *folder,
    struct buf *why)
{
	struct shm	*m = wrap(h);

	if (m == NULL)
		close(fd);
	else
		m->fd = fd;
	if (m != NULL && !map(m, protection)) {
		shm_drop(m);
		m = NULL;
	}
	if (m == NULL) {
		buf_fmt(why, "%s/" SHM_FILE ": no memory is left to map it",
		    folder);
		errno = ENOMEM;
	}
	return m;
}

struct shm *
shm_attach(const char *folder, struct buf *why)
{
	struct shm_head	 h;
	struct stat	 st;
	struct shm	*m;
	int		 fd;

	errno = 0;
	if ((fd = shm_file_open(folder, &st, &h, why)) == -1 || (m = mapped(fd,
	    &h, PROT_READ | PROT_WRITE, folder, why)) == NULL)
		return NULL;
	m->dev = st.st_dev;
	m->ino = st.st_ino;
	return m;
}

struct shm *
shm_look(const char *folder, struct buf *why)
{
	struct shm_head	 h;
	int		 fd = shm_file_look(folder, &h, why);

	return fd == -1 ? NULL : mapped(fd, &h, PROT_READ, folder, why);
}

bool
shm_is_of(const struct shm *m, const char *folder)
{
	char		 path[PATH_MAX];
	struct stat	 st;

	return m->map != NULL && shm_file_name(path, folder) &&
	    lstat(path, &st) == 0 && st.st_dev == m->dev &&
	    st.st_ino == m->ino && shm_file_sound(&st);
}

/* --- the buckets -------------------------------------------------------- */

/*
 * Slow rates have a half of their own: one request of 1/h keeps its word busy
 * for an hour, and whoever asks from many addresses could so shut out a good
 * part of those who share words with them.
 */
static size_t
place(const struct shm *m, const char *scope, const void *client,
    size_t bytes, const struct rate *r)
{
	unsigned char	 key[MAX_SCOPE + sizeof(*r) + MAX_CLIENT];
	size_t		 n = strlen(scope) + 1, first;

	assert(n <= MAX_SCOPE && bytes <= MAX_CLIENT);
	memcpy(key, scope, n);
	memcpy(key + n, r, sizeof(*r));
	n += sizeof(*r);
	memcpy(key + n, client, bytes);
	n += bytes;
	first = r->period_us * r->burst > QUICK_US ? HALF : 0;
	return first + siphash(m->head.seed, key, n) % HALF;
}

/* A file that has failed once is not touched again. */
bool
shm_run(struct shm *m, void (*how)(void *), struct shm_op *op)
{
	op->words = atomic_load(&m->own);
	if (op->words == NULL) {
		op->words = &m->map->words;
		if (bus_safe(how, op))
			return true;
		op->words = own(m);
	}
	if (op->words != NULL)
		how(op);
	return op->words != NULL;
}

const unsigned char *
shm_seed(const struct shm *m)
{
	return m->head.seed;
}

/* One request, and what comes of it. */
struct taking {
	struct shm_op		 op;		/* first */
	size_t			 cell;
	const struct rate	*rate;
	int			 tenths;
	int64_t			 wait_us;
};

/*
 * The clock is read after the word: else another process may have written a
 * later time into it, by which this request would seem to come too early.
 */
static void
take(void *arg)
{
	struct taking		*t = arg;
	_Atomic(uint64_t)	*at = &t->op.words->cells[t->cell].word;
	uint64_t		 had = atomic_load(at), word;

	do {
		word = had;
		t->wait_us = bucket_take(&word, t->rate, t->tenths,
		    clock_us());
	} while (t->wait_us == 0 &&
	    !atomic_compare_exchange_weak(at, &had, word));
}

int64_t
shm_take(struct shm *m, const char *scope, const void *client, size_t bytes,
    const struct rate *r, int tenths)
{
	struct taking	 t = { .rate = r, .tenths = tenths,
			    .cell = place(m, scope, client, bytes, r) };

	return shm_run(m, take, &t.op) ? t.wait_us : UNCOUNTED_US;
}

bool
shm_has_failed(const struct shm *m)
{
	return m->map != NULL && (atomic_load(&m->own) != NULL ||
	    stats_has_failed(m->stats));
}

struct stats *
shm_stats(const struct shm *m)
{
	return m->stats;
}

/* --- what is said once --------------------------------------------------- */

struct saying {
	_Atomic(uint64_t)	*at;
	uint64_t		 now_s;		/* 0: to be said again */
	bool			 may;
};

/* A time to come is of a clock that was set back. */
static void
say(void *arg)
{
	struct saying	*s = arg;
	uint64_t	 had = atomic_load(s->at);

	s->may = s->now_s - had >= HOUR_S;
	if (s->may && !atomic_compare_exchange_strong(s->at, &had, s->now_s))
		s->may = false;		/* another was quicker */
}

static bool
said(struct shm *m, enum shm_notice n, uint64_t now_s)
{
	struct saying	 s = { .now_s = now_s };

	if (atomic_load(&m->own) == NULL) {
		s.at = &m->map->said[n];
		if (bus_safe(say, &s))
			return s.may;
	}
	s.at = &m->said[n];
	say(&s);
	return s.may;
}

bool
shm_may_say(struct shm *m, enum shm_notice n, int64_t now_s)
{
	return said(m, n, (uint64_t)now_s);
}

void
shm_unsay(struct shm *m, enum shm_notice n)
{
	said(m, n, 0);
}
