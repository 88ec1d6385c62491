#include "store/stamp.h"

#include <stdint.h>
#include <stdlib.h>

enum { SETTLED_NS = 20 * 1000 * 1000 };

struct stamp
stamp_take(const char *path)
{
	struct stamp	 s = { .there = false };
	struct stat	 st;

	if (stat(path, &st) == -1)
		return s;
	s.there = true;
	s.dev = st.st_dev;
	s.ino = st.st_ino;
	s.mode = st.st_mode;
	s.bytes = st.st_size;
	s.mtime = st.st_mtim;
	s.ctime = st.st_ctim;
	return s;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
stamp_same(const struct stamp *a, const struct stamp *b)
{
	return a->there == b->there && a->dev == b->dev && a->ino == b->ino &&
	    a->mode == b->mode && a->bytes == b->bytes &&
	    same_time(&a->mtime, &b->mtime) && same_time(&a->ctime, &b->ctime);
}

bool
stamp_settled(const struct stamp *s, const struct timespec *now)
{
	int64_t	 seconds = (int64_t)now->tv_sec - s->ctime.tv_sec;

	/* a time far in the future is that of another machine's clock */
	if (!s->there || seconds > 1 || seconds < -1)
		return true;
	return llabs(seconds * 1000000000 + now->tv_nsec - s->ctime.tv_nsec) >
	    SETTLED_NS;
}

void
watched_begin(struct watched *w, const char *path)
{
	struct timespec	 now;

	clock_gettime(CLOCK_REALTIME, &now);
	w->path = path;
	w->stamp = stamp_take(path);
	w->settled = stamp_settled(&w->stamp, &now);
}

bool
watched_holds(const struct watched *w)
{
	struct stamp	 stamp;

	if (w->path == NULL)
		return true;
	stamp = stamp_take(w->path);
	return w->settled && stamp_same(&stamp, &w->stamp);
}
