#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/histogram.h"
#include "tests/unit/fixture.h"

static const int64_t	 minute_us = INT64_C(60000000);

static void
a_time_falls_below_its_bound(void **state)
{
	(void)state;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		int64_t	 bound = histogram_bound_us(i);

		assert_int_equal(histogram_bucket(bound), i);
		assert_int_equal(histogram_bucket(bound + 1), i + 1);
	}
	assert_int_equal(histogram_bucket(-1), 0);
	assert_int_equal(histogram_bucket(INT64_MIN), 0);
	assert_int_equal(histogram_bucket(0), 0);
	assert_int_equal(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static void
nothing_counted_has_no_quantile(void **state)
{
	const uint64_t	 none[HISTOGRAM_BUCKETS] = { 0 };

	(void)state;
	assert_int_equal(histogram_quantile_us(none, 500), -1);
	assert_int_equal(histogram_quantile_us(none, 0), -1);
}

/* What is counted, and its quantiles. */
static const struct row {
	struct { int64_t us; uint64_t times; } what[3];
	unsigned	 permille;
	int64_t		 wanted_us;
} rows[] = {
	/* in proportion between 1 and 2 ms */
	{ { { 1500, 10 } }, 500, 1500 },
	{ { { 1500, 10 } }, 900, 1900 },
	{ { { 1500, 10 } }, 1000, 2000 },
	{ { { 1500, 10 } }, 0, 1000 },
	{ { { 1500, 1 } }, 990, 1990 },
	{ { { 100, 4 } }, 500, 250 },
	/* the tenth is the first of the slow ones */
	{ { { 900, 90 }, { 9000, 10 } }, 500, 777 },
	{ { { 900, 90 }, { 9000, 10 } }, 900, 1000 },
	{ { { 900, 90 }, { 9000, 10 } }, 990, 9700 },
	/* empty buckets between are passed over */
	{ { { 400, 1 }, { 19000, 1 } }, 1000, 20000 },
	{ { { 400, 1 }, { 19000, 1 } }, 750, 17500 },
	/* above all bounds nothing more is known */
	{ { { 600 * INT64_C(1000001), 3 } }, 500, 600 * INT64_C(1000000) },
	{ { { 400, 99 }, { 3600 * INT64_C(1000000), 1 } }, 999,
	    600 * INT64_C(1000000) },
	/* many */
	{ { { 1500, UINT64_C(1) << 50 } }, 500, 1500 },
};

static void
quantiles_lie_in_proportion(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t	 counts[HISTOGRAM_BUCKETS] = { 0 };

		for (size_t j = 0; j < ROWS(rows[i].what); j++)
			counts[histogram_bucket(rows[i].what[j].us)] +=
			    rows[i].what[j].times;
		if (histogram_quantile_us(counts, rows[i].permille) !=
		    rows[i].wanted_us)
			fail_msg("row %zu: %lld", i, (long long)
			    histogram_quantile_us(counts, rows[i].permille));
	}
}

/* Against the times themselves: whatever they are, no quantile is off by more
 * than its bucket is wide. */
static int
by_size(const void *a, const void *b)
{
	int64_t	 x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
a_quantile_is_in_the_bucket_of_the_true_one(void **state)
{
	static int64_t	 all[5000];
	uint64_t	 counts[HISTOGRAM_BUCKETS] = { 0 }, seed = 1;
	const unsigned	 asked[] = { 1, 250, 500, 900, 990, 999, 1000 };

	(void)state;
	for (size_t i = 0; i < ROWS(all); i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		all[i] = (int64_t)(seed >> 33) % (minute_us >> seed % 20);
		counts[histogram_bucket(all[i])]++;
	}
	qsort(all, ROWS(all), sizeof(all[0]), by_size);
	for (size_t i = 0; i < ROWS(asked); i++) {
		size_t	 rank = (ROWS(all) * asked[i] + 999) / 1000;
		int64_t	 got = histogram_quantile_us(counts, asked[i]);

		assert_int_equal(histogram_bucket(got),
		    histogram_bucket(all[rank - 1]));
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_time_falls_below_its_bound),
		cmocka_unit_test(nothing_counted_has_no_quantile),
		cmocka_unit_test(quantiles_lie_in_proportion),
		cmocka_unit_test(a_quantile_is_in_the_bucket_of_the_true_one),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL,
	    NULL);
}
