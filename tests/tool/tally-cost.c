/*
 * tally-cost FOLDER REQUESTS: count so many requests in the file of that folder
 * (a [server] state), and say what each has paid for that, in nanoseconds of
 * this process's time.  Several of them at once, on one folder, show what they
 * cost each other; callgrind says how many instructions (tests/run/tally.t).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "store/shm.h"
#include "store/stats.h"

/* All that serve/tally does for a request, its looks at the clock too. */
static void
one(struct stats *s, int i)
{
	int64_t			 began_us = clock_us();
	struct stats_entry	 e = stats_enter(s, STATS_NAMED,
				    i % 2 ? "weather" : "feed");
	struct stats_request	 r = { .status = 200, .in_bytes = 10,
				    .out_bytes = 20,
				    .target_us = 1000 + i % 1000 };

	stats_target(s, &e, OK, time(NULL));
	r.total_us = clock_us() - began_us + 3000;
	stats_count(s, e.place, &r, time(NULL));
	stats_leave(&e);
}

int
main(int argc, char **argv)
{
	struct arena	 a;
	struct buf	 why;
	struct shm	*m;
	clock_t		 began;
	int		 requests = argc == 3 ? atoi(argv[2]) : 0;

	if (requests <= 0) {
		fprintf(stderr, "usage: tally-cost FOLDER REQUESTS\n");
		return EX_USAGE;
	}
	arena_init(&a, 1 << 16);
	buf_init(&why, &a, 4096);
	m = shm_attach(argv[1], &why);
	if (m == NULL) {
		fprintf(stderr, "%s\n", why.data);
		return 1;
	}
	began = clock();
	for (int i = 0; i < requests; i++)
		one(shm_stats(m), i);
	printf("%.0f ns a request\n", (double)(clock() - began) * 1e9 /
	    CLOCKS_PER_SEC / requests);
	shm_drop(m);
	arena_free(&a);
	return 0;
}
