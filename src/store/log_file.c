#include "store/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "store/log.h"

/* LEAVE_MS: within LOOK_SECONDS of a renaming all others have noticed. */
enum { LOOK_SECONDS = 1, LEAVE_MS = 2000 * LOOK_SECONDS };

void
log_file_init(struct log_file *f)
{
	memset(f, 0, sizeof(*f));
	f->fd = -1;
}

static void
shut(struct log_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	f->torn = false;
}

void
log_file_close(struct log_file *f)
{
	shut(f);
	f->unopened = f->unrenamed = false;
	f->next_look = 0;
}

void
log_file_use(struct log_file *f, const char *path, int64_t max_bytes)
{
	f->max_bytes = max_bytes;
	if (strcmp(path, f->path) == 0)
		return;
	log_file_close(f);
	snprintf(f->path, sizeof(f->path), "%s", path);
}

/* O_NONBLOCK: a FIFO of that name must hold nobody; it is then refused. */
static void
open_file(struct log_file *f, struct log *log, struct stat *st)
{
	const char	*why = NULL;

	f->fd = open(f->path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (f->fd == -1 || fstat(f->fd, st) == -1)
		why = strerror(errno);
	else if (!S_ISREG(st->st_mode))
		why = "it is no file";
	if (why == NULL) {
		f->dev = st->st_dev;
		f->ino = st->st_ino;
		f->unopened = false;
		return;
	}
	shut(f);
	if (!f->unopened)
		log_line(log, LOG_LEVEL_ERROR, "the access log %s cannot be "
		    "written: %s", f->path, why);
	f->unopened = true;
}

/* Does the file still have its name?  Then *st is of it. */
static bool
is_ours(const struct log_file *f, struct stat *st)
{
	return lstat(f->path, st) == 0 && st->st_dev == f->dev &&
	    st->st_ino == f->ino;
}

/* May a process that has not yet looked again still write to the one before?
 * In its place its lines would be lost. */
static bool
is_in_use(const char *old)
{
	struct stat	 st;
	int64_t		 age_ms;

	if (lstat(old, &st) == -1)
		return false;
	age_ms = clock_wall_ms() - ((int64_t)st.st_mtim.tv_sec * 1000 +
	    st.st_mtim.tv_nsec / 1000000);
	return age_ms >= 0 && age_ms < LEAVE_MS;
}

/* Its time says when it was renamed, until somebody writes to it. */
static bool
move_away(struct log_file *f, struct log *log, const char *old)
{
	futimens(f->fd, NULL);
	if (rename(f->path, old) == 0) {
		f->unrenamed = false;
		return true;
	}
	if (!f->unrenamed)
		log_line(log, LOG_LEVEL_WARNING, "the access log cannot be "
		    "renamed to %s: %s", old, strerror(errno));
	f->unrenamed = true;
	return false;
}

/*
 * Move a file that is full out of the way.  The lock is the file's own: of
 * several processes one renames it, and only while it still has that name; the
 * others find the name gone at their next look.
 */
static bool
rotate(struct log_file *f, struct log *log)
{
	char		 old[PATH_MAX + 2];
	struct stat	 st;
	bool		 moved;

	snprintf(old, sizeof(old), "%s.1", f->path);
	if (flock(f->fd, LOCK_EX | LOCK_NB) == -1)
		return false;
	moved = is_ours(f, &st) && st.st_size >= f->max_bytes &&
	    !is_in_use(old) && move_away(f, log, old);
	flock(f->fd, LOCK_UN);
	return moved;
}

int
log_file_fd(struct log_file *f, struct log *log)
{
	struct stat	 st;
	time_t		 now = (time_t)(clock_us() / 1000000);

	if (now < f->next_look)
		return f->fd;
	f->next_look = now + LOOK_SECONDS;
	if (f->fd != -1 && !is_ours(f, &st))
		shut(f);
	if (f->fd == -1)
		open_file(f, log, &st);
	if (f->fd != -1 && f->max_bytes > 0 && st.st_size >= f->max_bytes &&
	    rotate(f, log)) {
		shut(f);
		open_file(f, log, &st);
	}
	return f->fd;
}
