#include "store/shm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/buf.h"

#define MAGIC	UINT64_C(0x7669616475637431)	/* "viaduct1" */

enum { ATTEMPTS = 8, WAIT_MS = 5, WAITS = 200 };

/* O_NONBLOCK: a FIFO of that name must hold nobody. */
#define CAREFUL	(O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define OPENS	(O_RDWR | CAREFUL)
#define READS	(O_RDONLY | CAREFUL)

bool
shm_head_new(struct shm_head *h)
{
	*h = (struct shm_head){ .magic = MAGIC, .cells = SHM_CELLS };
	return getrandom(h->seed, sizeof(h->seed), 0) ==
	    (ssize_t)sizeof(h->seed);
}

bool
shm_file_name(char path[PATH_MAX], const char *folder)
{
	return snprintf(path, PATH_MAX, "%s/" SHM_FILE, folder) < PATH_MAX;
}

static void
says(struct buf *why, const char *path, const char *what)
{
	buf_fmt(why, "%s: %s", path, what);
}

static void
fails(struct buf *why, const char *path, const char *what, int error)
{
	buf_fmt(why, "%s: %s: %s", path, what, strerror(error));
}

/* --- what is there ------------------------------------------------------- */

/* It is not for us to put another in its place. */
static const char *
foreign(const struct stat *st, uid_t owner)
{
	if (!S_ISREG(st->st_mode))
		return "is no file: take it away";
	if (st->st_uid != owner)
		return "belongs to another user than who runs the program: "
		    "delete it, it is made anew";
	return NULL;
}

/* What others may change is no limit to them, and what they cut short ends the
 * processes that have it mapped. */
static const char *
damage(const struct stat *st)
{
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "may be written by others";
	if (st->st_size != (off_t)sizeof(struct shm_table))
		return "is not of the right size";
	return NULL;
}

bool
shm_file_sound(const struct stat *st)
{
	return foreign(st, geteuid()) == NULL && damage(st) == NULL;
}

const char *
shm_fault(const char *path, unsigned long owner, bool *mends)
{
	struct stat	 st;
	const char	*wrong;

	*mends = false;
	if (lstat(path, &st) == -1)
		return NULL;
	if ((wrong = foreign(&st, (uid_t)owner)) != NULL)
		return wrong;
	*mends = true;
	return damage(&st);
}

static const char *
read_head(int fd, struct shm_head *h)
{
	return pread(fd, h, sizeof(*h), 0) == (ssize_t)sizeof(*h) &&
	    h->magic == MAGIC && h->cells == SHM_CELLS ? NULL :
	    "is not of this program's form";
}

static bool
is_ours(const char *path)
{
	struct stat	 st;

	return lstat(path, &st) == 0 && foreign(&st, geteuid()) == NULL;
}

/* The file, open and good; or -1: to be made for that reason ("": it is not
 * there), or where that is NULL, not to be had. */
static int
look(const char *path, struct stat *st, struct shm_head *h,
    const char **reason, struct buf *why)
{
	const char	*wrong = NULL;
	int		 fd = open(path, OPENS), failed = errno;

	*reason = NULL;
	if (fd == -1) {
		if (failed == ENOENT)
			*reason = "";
		else if (failed == EACCES && is_ours(path))
			*reason = "may not be opened";
		else
			fails(why, path, "cannot be opened", failed);
		return -1;
	}
	if (fstat(fd, st) == -1)
		wrong = strerror(errno);
	else if ((wrong = foreign(st, geteuid())) == NULL &&
	    (*reason = damage(st)) == NULL &&
	    (*reason = read_head(fd, h)) == NULL)
		return fd;
	if (wrong != NULL)
		says(why, path, wrong);
	close(fd);
	return -1;
}

/* --- a new one ----------------------------------------------------------- */

/* Just made, and nobody else's in any way. */
static bool
is_empty(const struct stat *st)
{
	return st->st_size == 0 && st->st_nlink == 1 &&
	    (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * 1: `fd' is the empty file of that name, and this process's as long as it is
 * open.  0: look again, another has finished with it, or was killed before.
 * -1 with a sentence.  Who may open the file may hold it up: only this user.
 */
static int
lock(int fd, const char *fresh, struct buf *why)
{
	struct stat	 st, named;
	const char	*wrong;

	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) == -1; i++) {
		if (errno != EWOULDBLOCK)
			break;	/* no such locks here: then without */
		if (i == WAITS) {
			says(why, fresh, "another process makes it, and does "
			    "not finish");
			return -1;
		}
		poll(NULL, 0, WAIT_MS);
	}
	if (fstat(fd, &st) == -1 || lstat(fresh, &named) == -1 ||
	    st.st_dev != named.st_dev || st.st_ino != named.st_ino)
		return 0;
	if ((wrong = foreign(&st, geteuid())) != NULL) {
		says(why, fresh, wrong);
		return -1;
	}
	if (is_empty(&st))
		return 1;
	unlink(fresh);
	return 0;
}

/* Room first: a page that the disk has no block for would end the process that
 * writes to it.  Written out before it has its name, so that none is found
 * empty after the power failed. */
static int
fill(int fd)
{
	struct shm_head	 head;
	int		 failed = EIO;

	if (shm_head_new(&head))
		failed = posix_fallocate(fd, 0, sizeof(struct shm_table));
	errno = EIO;		/* of a write that is short */
	if (failed == 0 && (pwrite(fd, &head, sizeof(head), 0) !=
	    (ssize_t)sizeof(head) || fsync(fd) != 0))
		failed = errno;
	return failed;
}

/* In place of what is there, unless another process has mended that. */
static int
put(int fd, const char *fresh, const char *path, struct buf *why)
{
	struct stat	 st;
	struct shm_head	 h;
	const char	*reason;
	int		 there = look(path, &st, &h, &reason, why), failed;

	if (there != -1 || reason == NULL) {
		if (there != -1)
			close(there);
		unlink(fresh);
		return there != -1 ? 0 : -1;
	}
	if ((failed = fill(fd)) == 0 && rename(fresh, path) == -1)
		failed = errno;
	if (failed == ENOENT)
		return 0;	/* it was taken away meanwhile */
	if (failed != 0) {
		unlink(fresh);
		fails(why, path, "cannot be made", failed);
		return -1;
	}
	if (reason[0] != '\0')
		buf_fmt(why, "%s: %s: it was made anew, and all limits begin "
		    "again", path, reason);
	return 0;
}

/*
 * Under another name until it is whole.  That file is the lock as well: the
 * lock goes with who is killed, what he leaves is taken away by the next.  0:
 * look again.
 */
static int
make(const char *path, struct buf *why)
{
	char	 fresh[PATH_MAX];
	int	 fd, rc;

	if (snprintf(fresh, sizeof(fresh), "%s.new", path) >=
	    (int)sizeof(fresh)) {
		says(why, path, "is too long a path");
		return -1;
	}
	if ((fd = open(fresh, OPENS | O_CREAT, 0600)) == -1) {
		fails(why, path, "cannot be made", errno);
		return -1;
	}
	if ((rc = lock(fd, fresh, why)) == 1)
		rc = put(fd, fresh, path, why);
	close(fd);
	return rc;
}

int
shm_file_open(const char *folder, struct stat *st, struct shm_head *h,
    struct buf *why)
{
	char		 path[PATH_MAX];
	const char	*reason;
	int		 i, fd;

	if (!shm_file_name(path, folder)) {
		says(why, folder, "is too long a path");
		return -1;
	}
	for (i = 0; i < ATTEMPTS; i++) {
		fd = look(path, st, h, &reason, why);
		if (fd != -1 || reason == NULL || make(path, why) == -1)
			return fd;
	}
	says(why, path, "is deleted again and again");
	return -1;
}

/* --- for who only reads -------------------------------------------------- */

static const char *
unfit(int fd, struct shm_head *h)
{
	struct stat	 st;
	const char	*wrong;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if ((wrong = foreign(&st, st.st_uid)) != NULL ||
	    (wrong = damage(&st)) != NULL)
		return wrong;
	return read_head(fd, h);
}

int
shm_file_look(const char *folder, struct shm_head *h, struct buf *why)
{
	char		 path[PATH_MAX];
	const char	*wrong;
	int		 fd;

	if (!shm_file_name(path, folder)) {
		says(why, folder, "is too long a path");
		return -1;
	}
	if ((fd = open(path, READS)) == -1) {
		if (errno == ENOENT)
			says(why, path, "is not there: the first request "
			    "makes it");
		else
			fails(why, path, "cannot be opened", errno);
		return -1;
	}
	if ((wrong = unfit(fd, h)) == NULL)
		return fd;
	says(why, path, wrong);
	close(fd);
	return -1;
}
