#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "core/utc.h"
#include "tests/unit/fixture.h"

static const struct {
	const char	*text;
	int64_t		 seconds;
	bool		 whole_day;
} good[] = {
	{ "1970-01-01", 0, true },
	{ "1970-01-01 00:00:01", 1, false },
	{ "1970-01-01T00:01", 60, false },
	{ "1969-12-31 23:59:59", -1, false },
	{ "2000-02-29", 951782400, true },
	{ "2000-03-01", 951868800, true },
	{ "2038-01-19 03:14:08", INT64_C(2147483648), false },
	{ "2030-12-31 23:59", 1924991940, false },
	{ "2100-03-01", INT64_C(4107542400), true },
	{ "9999-12-31", INT64_C(253402214400), true },
};

static void
a_moment_is_seconds_since_1970(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		int64_t	 got = 7;
		bool	 day = false;

		if (!utc_read(good[i].text, &got, &day))
			fail_msg("%s is refused", good[i].text);
		if (got != good[i].seconds)
			fail_msg("%s is %lld", good[i].text, (long long)got);
		assert_int_equal(day, good[i].whole_day);
		assert_true(utc_read(good[i].text, &got, NULL));
	}
}

/* As the C library counts them. */
static void
every_day_follows_the_one_before(void **state)
{
	char	 text[16];
	time_t	 t;

	(void)state;
	for (int day = -200000; day < 2000000; day += 13) {
		struct tm	 tm;
		int64_t		 got;

		t = (time_t)day * UTC_DAY_SECONDS;
		assert_non_null(gmtime_r(&t, &tm));
		strftime(text, sizeof(text), "%Y-%m-%d", &tm);
		if (!utc_read(text, &got, NULL) || got != t)
			fail_msg("%s", text);
	}
}

static const char *const	 bad[] = {
	"", "now", "2030", "2030-12", "2030-12-3", "2030-12-310",
	"30-12-31", "2030-13-01", "2030-00-01", "2030-01-00", "2030-01-32",
	"2030-02-29", "2100-02-29", "2030-04-31", "0000-01-01",
	"2030-12-31 ", "2030-12-31 1:00", "2030-12-31 24:00",
	"2030-12-31 23:60", "2030-12-31 23:59:60", "2030-12-31 23:59:5",
	"2030-12-31 23:59:59 ", "2030-12-31 23:59:59Z", "2030-12-31  23:59",
	"2030-12-31t23:59", "2030-12-31 23", "2030-12-31 23:", "-030-12-31",
	"+030-12-31", " 2030-12-31", "31.12.2030", "2030/12/31",
	"2030-1 -01", "2030-12-31 -1:00",
};

static void
anything_else_is_refused(void **state)
{
	int64_t	 got;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++)
		if (utc_read(bad[i], &got, NULL))
			fail_msg("'%s' is taken", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_is_seconds_since_1970),
		cmocka_unit_test(every_day_follows_the_one_before),
		cmocka_unit_test(anything_else_is_refused),
	};

	return cmocka_run_group_tests_name("utc", tests, NULL, NULL);
}
