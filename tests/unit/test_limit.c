#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/caller.h"
#include "serve/limit.h"
#include "store/app.h"
#include "store/shm.h"

static struct snapshot	 s;
static struct caller	 one, two;
static struct limited	 limited;

static int
make(void **state)
{
	(void)state;
	client_find(&one.client, "192.0.2.1", NULL, NULL);
	client_find(&two.client, "192.0.2.2", NULL, NULL);
	return (s.shm = shm_private()) == NULL ? -1 : 0;
}

static int
drop(void **state)
{
	(void)state;
	shm_drop(s.shm);
	return 0;
}

static void
an_address_may_fail_five_times_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(limit_failure(&s, &one, &limited), OK);
	assert_int_equal(limit_failure(&s, &one, &limited), ERR_RATE_LIMITED);
	assert_string_equal(limited.policy, "failures");
	assert_int_equal(limited.rate.burst, 5);
	assert_true(limited.rate.period_us * 10 == 60 * 1000000);
	assert_in_range(limited.wait_us, 1, 6 * 1000000);
	assert_int_equal(limit_failure(&s, &two, &limited), OK);
}

/* A route, what no route answers and failures are counted apart, whatever the
 * route's name. */
static void
failures_are_no_requests(void **state)
{
	const struct rate	 once = { INT64_C(3600000000), 1 };
	struct route		 rt = { .name = "failures" };
	struct route		 others = { .name = "others" };

	(void)state;
	rt.rules.rate = others.rules.rate = s.conf.rules.rate = once;
	for (int i = 0; i < 9; i++)
		limit_failure(&s, &one, &limited);
	assert_int_equal(limit_request(&s, &one, &rt, COST_REQUEST, &limited),
	    OK);
	assert_int_equal(limit_request(&s, &one, &rt, COST_REQUEST, &limited),
	    ERR_RATE_LIMITED);
	assert_string_equal(limited.policy, "failures");
	assert_int_equal(limit_request(&s, &one, &others, COST_REQUEST,
	    &limited), OK);
	assert_int_equal(limit_request(&s, &one, NULL, COST_REQUEST,
	    &limited), OK);
	assert_int_equal(limit_request(&s, &one, NULL, COST_REQUEST,
	    &limited), ERR_RATE_LIMITED);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(
		    an_address_may_fail_five_times_at_once, make, drop),
		cmocka_unit_test_setup_teardown(failures_are_no_requests,
		    make, drop),
	};

	return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
