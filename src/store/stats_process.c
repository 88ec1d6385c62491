#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/stats_area.h"

/*
 * A process holds a lock on one byte of the file, which the kernel takes from
 * it when it ends, however it ends; so others know whether it lives without
 * knowing its number, which means nothing in another PID namespace.  The locks
 * are those of an open file (F_OFD_SETLK): the process may open and close the
 * file elsewhere.
 */

/* The bytes: one for each process, and that of who empties places. */
enum { EMPTYING = STATS_PROCESSES };

static struct flock
byte_lock(int at, short type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET,
	    .l_start = at, .l_len = 1 };
}

static bool
lock(int fd, int at)
{
	struct flock	 l = byte_lock(at, F_WRLCK);

	return fcntl(fd, F_OFD_SETLK, &l) == 0;
}

/* Each begins at another, so that few meet. */
int
stats_process_settle(const struct stats *s, struct stats_area *area)
{
	int	 at;

	if (s->map == NULL)
		return 0;	/* nobody else is there */
	for (int i = 0; i < STATS_PROCESSES; i++) {
		at = (int)((getpid() + i) % STATS_PROCESSES);
		if (!lock(s->fd, at)) {
			if (errno != EAGAIN && errno != EACCES)
				break;	/* no such locks here */
			continue;
		}
		for (size_t j = 0; j < STATS_SCOPES; j++)
			stats_store(&area->processes[at].open[j], 0);
		return at;
	}
	return -1;
}

bool
stats_process_lives(const struct stats *s, int place)
{
	struct flock	 l = byte_lock(place, F_WRLCK);

	if (place == s->process)
		return true;
	return atomic_load(&s->own) == NULL &&
	    fcntl(s->fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}

bool
stats_empty_begin(struct stats *s)
{
	if (atomic_flag_test_and_set(&s->emptying))
		return false;
	if (atomic_load(&s->own) != NULL || lock(s->fd, EMPTYING))
		return true;
	atomic_flag_clear(&s->emptying);
	return false;
}

void
stats_empty_end(struct stats *s)
{
	struct flock	 l = byte_lock(EMPTYING, F_UNLCK);

	if (s->fd != -1)
		fcntl(s->fd, F_OFD_SETLK, &l);
	atomic_flag_clear(&s->emptying);
}
