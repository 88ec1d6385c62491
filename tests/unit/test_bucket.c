#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/bucket.h"

/* Microseconds as clocks count them today: since a boot three months ago, and
 * since 1970, which needs 51 bits. */
static const int64_t	 clocks[] = { INT64_C(7776000000000),
			    INT64_C(1764000000000000) };

#define ROWS(table)	(sizeof(table) / sizeof *(table))
#define SECOND		1000000

static const struct rate	 five = { 200000, 50 };	/* 5/s burst 50 */
static const struct rate	 hourly = { INT64_C(3600) * SECOND, 1 };
static const struct rate	 quick = { 50000, 100 }; /* 20/s burst 100 */

static int
passing(uint64_t *word, const struct rate *r, int tries, int64_t now)
{
	int	 n = 0;

	while (tries-- > 0)
		n += bucket_take(word, r, COST_REQUEST, now) == 0;
	return n;
}

static void
a_burst_passes_at_once(void **state)
{
	const struct rate	 r = { SECOND, 5 };

	(void)state;
	for (size_t i = 0; i < ROWS(clocks); i++) {
		uint64_t	 word = 0;

		assert_int_equal(passing(&word, &r, 20, clocks[i]), 5);
		/* One more for each period, and never more than the burst. */
		assert_int_equal(passing(&word, &r, 20,
		    clocks[i] + SECOND - 1), 0);
		assert_int_equal(passing(&word, &r, 20, clocks[i] + SECOND),
		    1);
		assert_int_equal(passing(&word, &r, 20,
		    clocks[i] + 4 * SECOND), 3);
		assert_int_equal(passing(&word, &r, 20,
		    clocks[i] + INT64_C(1000) * SECOND), 5);
	}
}

/* Ten a second for a minute against 5/s burst 50. */
static void
the_rate_holds_in_the_long_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(clocks); i++) {
		uint64_t	 word = 0;
		int		 n = 0;

		for (int t = 0; t < 600; t++)
			n += passing(&word, &five, 1,
			    clocks[i] + t * INT64_C(100000));
		assert_in_range(n, 349, 350);
	}
}

static void
the_wait_is_told_to_the_microsecond(void **state)
{
	uint64_t	 word = 0, before;
	int64_t		 now = clocks[1], wait;

	(void)state;
	assert_int_equal(passing(&word, &five, 60, now), 50);
	before = word;
	wait = bucket_take(&word, &five, COST_REQUEST, now + 1000);
	assert_int_equal(wait, 199000);
	assert_true(word == before);
	assert_int_equal(bucket_take(&word, &five, COST_REQUEST,
	    now + 1000 + wait - 1), 1);
	assert_int_equal(bucket_take(&word, &five, COST_REQUEST,
	    now + 1000 + wait), 0);
}

static void
ten_preflights_cost_a_request(void **state)
{
	const struct rate	 r = { SECOND, 3 };
	uint64_t		 word = 0;
	int64_t			 now = clocks[0];

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(bucket_take(&word, &r, COST_PREFLIGHT, now),
		    0);
	assert_int_equal(passing(&word, &r, 9, now), 2);
	/* However many come, they do not fill it beyond its end, which would
	 * be taken for a stale time. */
	for (int i = 0; i < 1000; i++)
		bucket_take(&word, &r, COST_PREFLIGHT, now);
	assert_int_equal(passing(&word, &r, 9, now), 0);
	assert_int_equal(passing(&word, &r, 9, now + SECOND), 1);
}

/* The file outlives a boot, and the clock does not. */
static void
a_time_of_another_boot_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(clocks); i++) {
		uint64_t	 word = 0;

		assert_int_equal(passing(&word, &quick, 200, clocks[i]), 100);
		assert_int_equal(passing(&word, &quick, 200, 60 * SECOND),
		    100);
		word = 0;
		assert_int_equal(passing(&word, &hourly, 2, clocks[i]), 1);
		assert_int_equal(passing(&word, &hourly, 2, 60 * SECOND), 1);
		assert_int_equal(passing(&word, &hourly, 2, 61 * SECOND), 0);
	}
	uint64_t	 rotten = UINT64_MAX;

	assert_int_equal(passing(&rotten, &quick, 200, clocks[0]) <= 100, 1);
}

/* Two buckets may come to be one word: the quick one must not open the slow
 * one. */
static void
two_rates_in_one_word_are_limited_together(void **state)
{
	uint64_t	 word = 0;
	int64_t		 now = clocks[0];
	int		 slow = 0, fast = 0;

	(void)state;
	for (int i = 0; i < 7000; i++, now += SECOND / 2) {
		slow += passing(&word, &hourly, 1, now);
		fast += passing(&word, &quick, 5, now);
	}
	assert_int_equal(slow, 1);
	assert_int_equal(fast, 0);
	/* An hour after the slow one the quick one has its turn again, and
	 * then the slow one waits for it. */
	now = clocks[0] + hourly.period_us;
	assert_int_equal(passing(&word, &quick, 200, now), 100);
	assert_int_equal(passing(&word, &hourly, 1, now), 0);
	assert_int_equal(passing(&word, &hourly, 1, now + 5 * SECOND), 1);
	assert_int_equal(passing(&word, &quick, 1, now + 5 * SECOND), 0);
}

static void
the_largest_rate_does_not_overflow(void **state)
{
	const struct rate	 r = { RATE_MAX_PERIOD_US, RATE_MAX_BURST };
	const struct rate	 least = { RATE_MIN_PERIOD_US, 1 };
	uint64_t		 word = 0;
	int64_t			 now = clocks[1];

	(void)state;
	assert_int_equal(passing(&word, &r, RATE_MAX_BURST, now),
	    RATE_MAX_BURST);
	assert_true(bucket_take(&word, &r, COST_REQUEST, now) ==
	    RATE_MAX_PERIOD_US);
	assert_int_equal(passing(&word, &r, 2, now + RATE_MAX_PERIOD_US), 1);
	word = 0;
	assert_int_equal(passing(&word, &least, 2, now), 1);
	assert_int_equal(passing(&word, &least, 2, now + 99), 0);
	assert_int_equal(passing(&word, &least, 2, now + 100), 1);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_burst_passes_at_once),
		cmocka_unit_test(the_rate_holds_in_the_long_run),
		cmocka_unit_test(the_wait_is_told_to_the_microsecond),
		cmocka_unit_test(ten_preflights_cost_a_request),
		cmocka_unit_test(a_time_of_another_boot_is_none),
		cmocka_unit_test(two_rates_in_one_word_are_limited_together),
		cmocka_unit_test(the_largest_rate_does_not_overflow),
	};

	return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
