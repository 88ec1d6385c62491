#include "store/shm.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/siphash.h"
#include "store/bus.h"
#include "store/stats_area.h"

/* The numbers are of this machine's byte order: a file from another one does
 * not fit. */
#define MAGIC	UINT64_C(0x7669616475637432)	/* "viaduct2" */

enum { CELLS = 65536, HALF = CELLS / 2, HEAD_BYTES = 4096, ATTEMPTS = 8,
    MAX_CLIENT = 32, MAX_SCOPE = 80 };

/* A rate whose bucket takes longer to fill is a slow one. */
#define QUICK_US	INT64_C(60000000)

struct head {
	uint64_t	 magic, cells;
	unsigned char	 seed[16];	/* of the hash that finds a cell */
};
struct cell { _Atomic(uint64_t) word; };
struct table {
	struct head	 head;
	unsigned char	 unused[HEAD_BYTES - sizeof(struct head)];
	struct cell	 cells[CELLS];
	struct stats_area stats;
};
_Static_assert(sizeof(struct table) == HEAD_BYTES + CELLS * 8 +
    sizeof(struct stats_area), "no holes");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a killed process holds a lock");

struct shm {
	struct head	 head;
	struct table	*map;		/* NULL: there is no file */
	_Atomic(struct cell *) own;	/* this process's; NULL: in the map */
	struct stats	*stats;		/* likewise in the map or its own */
	dev_t		 dev;
	ino_t		 ino;
	atomic_int	 holds;
};

static struct shm *
wrap(const struct head *h)
{
	struct shm	*m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->head = *h;
	atomic_init(&m->own, NULL);
	atomic_init(&m->holds, 1);
	return m;
}

static bool
begin(struct head *h)
{
	*h = (struct head){ .magic = MAGIC, .cells = CELLS };
	return getrandom(h->seed, sizeof(h->seed), 0) ==
	    (ssize_t)sizeof(h->seed);
}

/* Cells of this process, in place of any others; NULL: no memory. */
static struct cell *
own(struct shm *m)
{
	struct cell	*fresh = calloc(CELLS, sizeof(*fresh)), *had = NULL;

	if (fresh == NULL ||
	    atomic_compare_exchange_strong(&m->own, &had, fresh))
		return fresh;
	free(fresh);		/* another thread was quicker */
	return had;
}

struct shm *
shm_private(void)
{
	struct head	 h;
	struct shm	*m = NULL;

	if (!begin(&h) || (m = wrap(&h)) == NULL)
		return NULL;
	m->stats = stats_open(NULL, h.seed);
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
	free(atomic_load(&m->own));
	free(m);
}

/* --- the file ----------------------------------------------------------- */

static bool
name(char path[PATH_MAX], const char *folder)
{
	return snprintf(path, PATH_MAX, "%s/" SHM_FILE, folder) < PATH_MAX;
}

static void
says(struct buf *why, const char *path, const char *what)
{
	buf_fmt(why, "%s: %s", path, what);
}

/* What others may change is no limit to them, and what they cut short ends the
 * processes that have it mapped. */
static const char *
fault(const struct stat *st, uid_t owner)
{
	if (!S_ISREG(st->st_mode))
		return "is no file: take it away";
	if (st->st_uid != owner)
		return "belongs to another user than who runs the program: "
		    "delete it, it is made anew";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "may be written by others: chmod 600 it";
	if (st->st_size != (off_t)sizeof(struct table))
		return "is not of the right size: delete it, it is made anew";
	return NULL;
}

/* Room first: a page that the disk has no block for would end the process that
 * writes to it.  Written out before it has its name, so that none is found
 * empty after the power failed. */
static int
fill(int fd, const char *path, struct buf *why)
{
	struct head	 head;
	int		 failed = EIO;

	if (begin(&head))
		failed = posix_fallocate(fd, 0, sizeof(struct table));
	errno = EIO;		/* of a write that is short */
	if (failed == 0 && (pwrite(fd, &head, sizeof(head), 0) !=
	    (ssize_t)sizeof(head) || fsync(fd) != 0))
		failed = errno;
	if (failed == 0)
		return 0;
	buf_fmt(why, "%s: cannot be made: %s", path, strerror(failed));
	return -1;
}

/* Under another name until it is whole; then it gets its own, unless another
 * process was quicker, whose file it is then. */
static int
make(const char *path, struct buf *why)
{
	char		 fresh[PATH_MAX];
	uint64_t	 n;
	int		 fd, rc;

	if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n) ||
	    snprintf(fresh, sizeof(fresh), "%s.%016" PRIx64, path, n) >=
	    (int)sizeof(fresh)) {
		says(why, path, "cannot be made: no name for it");
		return -1;
	}
	fd = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd == -1) {
		buf_fmt(why, "%s: cannot be made: %s", path, strerror(errno));
		return -1;
	}
	if ((rc = fill(fd, path, why)) == 0 && link(fresh, path) == -1 &&
	    errno != EEXIST) {
		buf_fmt(why, "%s: cannot be made: %s", path, strerror(errno));
		rc = -1;
	}
	unlink(fresh);
	close(fd);
	return rc;
}

/* -1 with a sentence.  O_NONBLOCK: a FIFO of that name must hold nobody. */
static int
open_or_make(const char *path, struct buf *why)
{
	int	 i, fd = -1;

	for (i = 0; i < ATTEMPTS; i++) {
		fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
		    O_NOCTTY);
		if (fd != -1)
			return fd;
		if (errno != ENOENT) {
			buf_fmt(why, "%s: cannot be opened: %s", path,
			    strerror(errno));
			return -1;
		}
		if (make(path, why) == -1)
			return -1;
	}
	says(why, path, "is deleted again and again");
	return -1;
}

static const char *
read_head(int fd, struct head *h)
{
	ssize_t	 n = pread(fd, h, sizeof(*h), 0);

	if (n == -1)
		return strerror(errno);
	return n == (ssize_t)sizeof(*h) && h->magic == MAGIC &&
	    h->cells == CELLS ? NULL : "is not of this program's form: delete "
	    "it, it is made anew";
}

static const char *
map(struct shm *m, int fd, int protection)
{
	void	*at = mmap(NULL, sizeof(*m->map), protection, MAP_SHARED, fd,
		    0);

	if (at == MAP_FAILED)
		return strerror(errno);
	bus_watch();
	m->map = at;
	m->stats = protection & PROT_WRITE ?
	    stats_open(&m->map->stats, m->head.seed) :
	    stats_look(&m->map->stats);
	return m->stats != NULL ? NULL : "no memory is left";
}

static struct shm *
attach(int fd, const char *path, struct buf *why)
{
	struct stat	 st;
	struct head	 h;
	struct shm	*m = NULL;
	const char	*wrong;

	if (fstat(fd, &st) == -1)
		wrong = strerror(errno);
	else if ((wrong = fault(&st, geteuid())) == NULL &&
	    (wrong = read_head(fd, &h)) == NULL)
		wrong = (m = wrap(&h)) == NULL ? "no memory is left" :
		    map(m, fd, PROT_READ | PROT_WRITE);
	if (wrong != NULL) {
		says(why, path, wrong);
		shm_drop(m);
		return NULL;
	}
	m->dev = st.st_dev;
	m->ino = st.st_ino;
	return m;
}

struct shm *
shm_attach(const char *folder, struct buf *why)
{
	char		 path[PATH_MAX];
	struct shm	*m = NULL;
	int		 fd;

	if (!name(path, folder))
		says(why, folder, "is too long a path");
	else if ((fd = open_or_make(path, why)) != -1) {
		m = attach(fd, path, why);
		close(fd);
	}
	return m;
}

/* Of whom it is does not matter to who only reads. */
static struct shm *
look(int fd, const char *path, struct buf *why)
{
	struct stat	 st;
	struct head	 h;
	struct shm	*m = NULL;
	const char	*wrong;

	if (fstat(fd, &st) == -1)
		wrong = strerror(errno);
	else if ((wrong = fault(&st, st.st_uid)) == NULL &&
	    (wrong = read_head(fd, &h)) == NULL)
		wrong = (m = wrap(&h)) == NULL ? "no memory is left" :
		    map(m, fd, PROT_READ);
	if (wrong == NULL)
		return m;
	says(why, path, wrong);
	shm_drop(m);
	return NULL;
}

struct shm *
shm_look(const char *folder, struct buf *why)
{
	char		 path[PATH_MAX];
	struct shm	*m = NULL;
	int		 fd;

	if (!name(path, folder))
		says(why, folder, "is too long a path");
	else if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY)) == -1)
		buf_fmt(why, "%s: cannot be opened: %s", path,
		    strerror(errno));
	else {
		m = look(fd, path, why);
		close(fd);
	}
	return m;
}

bool
shm_is_of(const struct shm *m, const char *folder)
{
	char		 path[PATH_MAX];
	struct stat	 st;

	return m->map != NULL && name(path, folder) && lstat(path, &st) == 0 &&
	    st.st_dev == m->dev && st.st_ino == m->ino &&
	    st.st_size == (off_t)sizeof(struct table);
}

const char *
shm_fault(const char *path, unsigned long owner)
{
	struct stat	 st;

	return lstat(path, &st) == -1 ? NULL : fault(&st, (uid_t)owner);
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

/* One request, and what comes of it. */
struct taking {
	_Atomic(uint64_t)	*at;
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
	struct taking	*t = arg;
	uint64_t	 had = atomic_load(t->at), word;

	do {
		word = had;
		t->wait_us = bucket_take(&word, t->rate, t->tenths,
		    clock_us());
	} while (t->wait_us == 0 &&
	    !atomic_compare_exchange_weak(t->at, &had, word));
}

/* A file that has failed once is not touched again. */
int64_t
shm_take(struct shm *m, const char *scope, const void *client, size_t bytes,
    const struct rate *r, int tenths)
{
	struct taking	 t = { .rate = r, .tenths = tenths };
	size_t		 i = place(m, scope, client, bytes, r);
	struct cell	*cells = atomic_load(&m->own);

	if (cells == NULL) {
		t.at = &m->map->cells[i].word;
		if (bus_safe(take, &t))
			return t.wait_us;
		if ((cells = own(m)) == NULL)
			return 0;
	}
	t.at = &cells[i].word;
	take(&t);
	return t.wait_us;
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
