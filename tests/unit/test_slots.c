#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "serve/slots.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

/* With 80 threads, 60 slow requests leave a fast one of the same route
 * unhindered. */
static const struct { int threads, share; } shares[] = {
	{ 1, 1 }, { 2, 1 }, { 3, 2 }, { 4, 3 }, { 8, 7 }, { 16, 14 },
	{ 64, 56 }, { 80, 70 }, { 1000, 875 },
};

static void
a_route_has_its_share_and_no_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(shares); i++) {
		struct slots	*s = slots_new(shares[i].threads);

		assert_non_null(s);
		for (int n = 0; n < shares[i].share; n++)
			assert_true(slots_take(s, "slow"));
		assert_false(slots_take(s, "slow"));
		slots_give(s, "slow");
		assert_true(slots_take(s, "slow"));
		assert_false(slots_take(s, "slow"));
		slots_free(s);
	}
}

static void
another_route_is_not_hindered(void **state)
{
	struct slots	*s = slots_new(4);

	(void)state;
	while (slots_take(s, "slow"))
		;
	assert_true(slots_take(s, "fast"));
	slots_give(s, "fast");
	assert_false(slots_take(s, "slow"));
	assert_true(slots_take(s, "fast"));
	slots_free(s);
}

static void
as_many_routes_as_threads_fit(void **state)
{
	static const char *const names[] = { "a", "b", "c", "*" };
	struct slots		*s = slots_new(4);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 4; i++)
			assert_true(slots_take(s, names[i]));
		for (size_t i = 0; i < 4; i++)
			slots_give(s, names[3 - i]);
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(slots_take(s, "a"));
	assert_false(slots_take(s, "a"));
	slots_free(s);
}

static void
giving_back_what_nobody_took_changes_nothing(void **state)
{
	struct slots	*s = slots_new(4);

	(void)state;
	slots_give(s, "a");
	assert_true(slots_take(s, "b"));
	slots_give(s, "a");
	for (int n = 0; n < 2; n++)
		assert_true(slots_take(s, "b"));
	assert_false(slots_take(s, "b"));
	slots_free(s);
	slots_free(NULL);
}

static void
the_longest_names_are_told_apart(void **state)
{
	char		 a[64], b[64];
	struct slots	*s = slots_new(2);

	(void)state;
	memset(a, 'x', 63);
	a[63] = '\0';
	memcpy(b, a, 64);
	b[62] = 'y';
	assert_true(slots_take(s, a));
	assert_false(slots_take(s, a));
	assert_true(slots_take(s, b));
	slots_free(s);
}

enum { THREADS = 8, ROUNDS = 20000, SHARE = 3 };

static struct slots	*shared;
static _Atomic int	 now, most;

static void *
take_and_give(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		int n, seen;

		if (!slots_take(shared, "a"))
			continue;
		n = ++now;
		for (seen = most; n > seen; seen = most)
			if (__atomic_compare_exchange_n((int *)&most, &seen, n,
			    0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
				break;
		now--;
		slots_give(shared, "a");
	}
	return NULL;
}

static void
threads_never_exceed_the_share(void **state)
{
	pthread_t	 t[THREADS];

	(void)state;
	shared = slots_new(4);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, take_and_give,
		    NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	assert_in_range(most, 1, SHARE);
	for (int i = 0; i < SHARE; i++)
		assert_true(slots_take(shared, "a"));
	assert_false(slots_take(shared, "a"));
	slots_free(shared);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_route_has_its_share_and_no_more),
		cmocka_unit_test(another_route_is_not_hindered),
		cmocka_unit_test(as_many_routes_as_threads_fit),
		cmocka_unit_test(giving_back_what_nobody_took_changes_nothing),
		cmocka_unit_test(the_longest_names_are_told_apart),
		cmocka_unit_test(threads_never_exceed_the_share),
	};

	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
