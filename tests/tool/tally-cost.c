/*
 * tally-cost FOLDER: what a request pays for being counted, in nanoseconds of
 * this process's time, in the file of that folder (a [server] state).  Several
 * of them at once, on one folder, show what they cost each other.
 */
#include <stdio.h>
#include <time.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "store/shm.h"
#include "store/stats.h"

enum { REQUESTS = 3000000 };

/* All that serve/tally does for a request, its looks at the clock too. */
static void
one(struct stats *s, int i)
{
	int64_t			 began_us = clock_us();
	int			 place = stats_place(s, STATS_NAMED,
				    i % 2 ? "weather" : "feed");
	void			*open = stats_enter(s, place);
	struct stats_request	 r = { .status = 200, .in_bytes = 10,
				    .out_bytes = 20,
				    .target_us = 1000 + i % 1000 };

	stats_target(s, place, OK, time(NULL));
	r.total_us = clock_us() - began_us + 3000;
	stats_leave(open);
	stats_count(s, place, &r, time(NULL));
}

int
main(int argc, char **argv)
{
	struct arena	 a;
	struct buf	 why;
	struct shm	*m;
	clock_t		 began;

	arena_init(&a, 1 << 16);
	buf_init(&why, &a, 4096);
	m = shm_attach(argc == 2 ? argv[1] : "/dev/null", &why);
	if (m == NULL) {
		fprintf(stderr, "%s\n", why.data);
		return 1;
	}
	began = clock();
	for (int i = 0; i < REQUESTS; i++)
		one(shm_stats(m), i);
	printf("%.0f ns a request\n", (double)(clock() - began) * 1e9 /
	    CLOCKS_PER_SEC / REQUESTS);
	shm_drop(m);
	arena_free(&a);
	return 0;
}
