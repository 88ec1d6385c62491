#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/breaker.h"

#define ROWS(table)	(sizeof(table) / sizeof *(table))

/* Milliseconds since a boot just now, three months and two years ago. */
static const int64_t	 clocks[] = { 1, INT64_C(7776000000),
			    INT64_C(63072000000) };
#define KEY	(UINT64_C(0xabcdef) << BREAKER_KEY_SHIFT)

enum { TRY_MS = 5000 };

static uint64_t
after(int failures, int64_t now)
{
	uint64_t	 word = KEY;

	while (failures-- > 0)
		word = breaker_fail(word, false, now);
	return word;
}

static const struct { enum err e; enum breaker_end named, whole; } ends[] = {
	{ OK, BREAKER_MADE, BREAKER_MADE },
	{ ERR_CONNECTION_REFUSED, BREAKER_FAILED, BREAKER_FAILED },
	{ ERR_CONNECTION_TIMEOUT, BREAKER_FAILED, BREAKER_FAILED },
	{ ERR_DNS, BREAKER_FAILED, BREAKER_UNKNOWN },
	/* it is there, if not as it should be */
	{ ERR_TLS_PROTOCOL, BREAKER_MADE, BREAKER_MADE },
	{ ERR_TLS_CERTIFICATE, BREAKER_MADE, BREAKER_MADE },
	/* policy, this gateway, or the client */
	{ ERR_ADDRESS_PROHIBITED, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_NO_DESCRIPTORS, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_NO_MEMORY, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_CLIENT_GONE, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_UPLOAD_INCOMPLETE, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_SHUTTING_DOWN, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_ROUTE_BUSY, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	/* a kept connection may have been lost long before */
	{ ERR_RESPONSE_TIMEOUT, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_TOTAL_TIMEOUT, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
	{ ERR_RESPONSE_INCOMPLETE, BREAKER_UNKNOWN, BREAKER_UNKNOWN },
};

static void
only_connections_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(ends); i++) {
		assert_int_equal(breaker_end(ends[i].e, false),
		    ends[i].named);
		assert_int_equal(breaker_end(ends[i].e, true), ends[i].whole);
	}
}

static void
five_failures_in_a_row_are_a_pause(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(clocks); i++)
		for (int n = 0; n <= 7; n++) {
			int64_t		 now = clocks[i];
			uint64_t	 word = after(n, now), was = word;

			assert_int_equal(breaker_ask(&word, TRY_MS, now),
			    n < 5 ? BREAKER_ASK : BREAKER_PAUSE);
			assert_true(word == was);
			assert_int_equal(breaker_pause_ms(word, now),
			    n < 5 ? 0 : BREAKER_PAUSE_MS);
		}
}

static void
then_one_tries_and_the_others_do_not_wait(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(clocks); i++) {
		int64_t		 now = clocks[i];
		uint64_t	 word = after(5, now);

		now += BREAKER_PAUSE_MS - 1;
		assert_int_equal(breaker_ask(&word, TRY_MS, now),
		    BREAKER_PAUSE);
		assert_int_equal(breaker_pause_ms(word, now), 1);
		now++;
		assert_int_equal(breaker_pause_ms(word, now), 0);
		assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_TRY);
		assert_int_equal(breaker_ask(&word, TRY_MS, now),
		    BREAKER_PAUSE);
		assert_int_equal(breaker_pause_ms(word, now), TRY_MS);
		/* Whoever tried was killed. */
		assert_int_equal(breaker_ask(&word, TRY_MS, now + TRY_MS),
		    BREAKER_TRY);
	}
}

static void
a_trial_that_fails_is_another_pause(void **state)
{
	int64_t		 now = clocks[1];
	uint64_t	 word = after(5, now);

	(void)state;
	now += BREAKER_PAUSE_MS;
	breaker_ask(&word, TRY_MS, now);
	now += 300;
	/* One that was sent before does not count. */
	assert_true(breaker_fail(word, false, now) == word);
	word = breaker_fail(word, true, now);
	assert_int_equal(breaker_pause_ms(word, now), BREAKER_PAUSE_MS);
	now += BREAKER_PAUSE_MS;
	assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_TRY);
}

static void
a_trial_that_tells_nothing_leaves_the_next_due(void **state)
{
	int64_t		 now = clocks[1];
	uint64_t	 word = after(5, now);

	(void)state;
	now += BREAKER_PAUSE_MS;
	breaker_ask(&word, TRY_MS, now);
	word = breaker_untried(word, now);
	assert_int_equal(breaker_pause_ms(word, now), 0);
	assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_TRY);
}

/* The clock began anew with the machine. */
static void
a_word_of_another_boot_is_none(void **state)
{
	int64_t		 then = clocks[1], now = 1000;
	uint64_t	 word = after(5, then);

	(void)state;
	assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_ASK);
	assert_int_equal(breaker_pause_ms(word, now), 0);
	assert_true(breaker_worth(word, now) == 0);
	word = breaker_fail(word, false, now);
	for (int n = 1; n < 5; n++) {
		assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_ASK);
		word = breaker_fail(word, false, now);
	}
	assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_PAUSE);
}

static void
the_longest_trial_is_not_of_another_boot(void **state)
{
	int64_t		 now = clocks[1];
	uint64_t	 word = after(5, now);

	(void)state;
	now += BREAKER_PAUSE_MS;
	breaker_ask(&word, BREAKER_MAX_TRY_MS, now);
	assert_int_equal(breaker_ask(&word, TRY_MS, now), BREAKER_PAUSE);
}

static void
the_key_stays(void **state)
{
	int64_t		 now = clocks[2];
	uint64_t	 word = after(1, now);

	(void)state;
	for (int n = 1; n < 7; n++) {
		assert_true(word >> BREAKER_KEY_SHIFT ==
		    KEY >> BREAKER_KEY_SHIFT);
		word = breaker_fail(word, false, now);
	}
	breaker_ask(&word, TRY_MS, now + BREAKER_PAUSE_MS);
	assert_true(word >> BREAKER_KEY_SHIFT == KEY >> BREAKER_KEY_SHIFT);
	word = breaker_untried(word, now);
	assert_true(word >> BREAKER_KEY_SHIFT == KEY >> BREAKER_KEY_SHIFT);
}

static void
what_was_heard_of_last_is_worth_most(void **state)
{
	int64_t	 now = clocks[1];

	(void)state;
	assert_true(breaker_worth(0, now) == 0);
	assert_true(breaker_worth(after(1, now - 9), now) > 0);
	assert_true(breaker_worth(after(1, now - 9), now) <
	    breaker_worth(after(1, now), now));
	assert_true(breaker_worth(after(4, now), now) <
	    breaker_worth(after(5, now), now));
	/* given up long ago */
	assert_true(breaker_worth(after(5, now - 60000), now) <
	    breaker_worth(after(1, now), now));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(only_connections_count),
		cmocka_unit_test(five_failures_in_a_row_are_a_pause),
		cmocka_unit_test(then_one_tries_and_the_others_do_not_wait),
		cmocka_unit_test(a_trial_that_fails_is_another_pause),
		cmocka_unit_test(
		    a_trial_that_tells_nothing_leaves_the_next_due),
		cmocka_unit_test(a_word_of_another_boot_is_none),
		cmocka_unit_test(the_longest_trial_is_not_of_another_boot),
		cmocka_unit_test(the_key_stays),
		cmocka_unit_test(what_was_heard_of_last_is_worth_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
