#ifndef VIADUCT_STORE_STAMP_H
#define VIADUCT_STORE_STAMP_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

/* What a file looked like when it was read. */
struct stamp {
	bool		 there;
	dev_t		 dev;
	ino_t		 ino;
	mode_t		 mode;
	off_t		 bytes;
	struct timespec	 mtime, ctime;
};

/* To be taken before the file is read: a change in between then shows. */
struct stamp	stamp_take(const char *path);
bool		stamp_same(const struct stamp *, const struct stamp *);

/*
 * Would any change after `now' (CLOCK_REALTIME) alter the stamp?  A file's
 * times move by the tick of the kernel's clock, at most 10 ms: while the last
 * change is younger than 20 ms, a second one may leave the same times.
 */
bool		stamp_settled(const struct stamp *,
		    const struct timespec *now);

/* A file that is read anew when it has changed. */
struct watched {
	const char	*path;		/* absolute; NULL: there is none */
	struct stamp	 stamp;
	bool		 settled;	/* the stamp alone tells */
};

/* Before it is read. */
void		 watched_begin(struct watched *, const char *path);
/* Is it certain to be as it was read?  So too where there is none. */
bool		 watched_holds(const struct watched *);

#endif
