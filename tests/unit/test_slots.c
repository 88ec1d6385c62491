#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "serve/slots.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static const struct { int threads, share; } shares[] = {
	{ 1, 1 }, { 2, 1 }, { 3, 2 }, { 4, 3 }, { 8, 6 }, { 16, 12 },
	{ 64, 48 }, { 80, 60 }, { 1000, 750 },
};

/* Does it get a place now?  Without a waiter nothing ever waits. */
static bool
takes(struct slots *s, const char *route)
{
	enum slot	 got = slots_take(s, route, NULL, 0);

	assert_true(got == SLOT_TAKEN || got == SLOT_REFUSED);
	return got == SLOT_TAKEN;
}

static void
a_route_has_its_share_and_no_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(shares); i++) {
		struct slots	*s = slots_new(shares[i].threads);

		assert_non_null(s);
		for (int n = 0; n < shares[i].share; n++)
			assert_true(takes(s, "slow"));
		assert_false(takes(s, "slow"));
		assert_null(slots_give(s, "slow"));
		assert_true(takes(s, "slow"));
		assert_false(takes(s, "slow"));
		slots_free(s);
	}
}

static void
another_route_is_not_hindered(void **state)
{
	struct slots	*s = slots_new(4);

	(void)state;
	while (takes(s, "slow"))
		;
	assert_true(takes(s, "fast"));
	slots_give(s, "fast");
	assert_false(takes(s, "slow"));
	assert_true(takes(s, "fast"));
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
			assert_true(takes(s, names[i]));
		assert_false(takes(s, "one more"));
		for (size_t i = 0; i < 4; i++)
			slots_give(s, names[3 - i]);
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(takes(s, "a"));
	assert_false(takes(s, "a"));
	slots_free(s);
}

static void
giving_back_what_nobody_took_changes_nothing(void **state)
{
	struct slots	*s = slots_new(4);

	(void)state;
	slots_give(s, "a");
	assert_true(takes(s, "b"));
	slots_give(s, "a");
	for (int n = 0; n < 2; n++)
		assert_true(takes(s, "b"));
	assert_false(takes(s, "b"));
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
	assert_true(takes(s, a));
	assert_false(takes(s, a));
	assert_true(takes(s, b));
	slots_free(s);
}

/* --- the queue --- */

enum { NOW = 1000, UNTIL = 2000 };

static enum slot
queue(struct slots *s, const char *route, struct waiter *w)
{
	w->until_ms = UNTIL;
	return slots_take(s, route, w, NOW);
}

static void
who_finds_no_place_waits_his_turn(void **state)
{
	struct slots	*s = slots_new(2);
	struct waiter	 w[4];

	(void)state;
	assert_int_equal(queue(s, "a", &w[0]), SLOT_TAKEN);
	assert_int_equal(queue(s, "b", &w[0]), SLOT_TAKEN);
	assert_int_equal(queue(s, "a", &w[0]), SLOT_WAITS);
	assert_int_equal(queue(s, "b", &w[1]), SLOT_WAITS);
	assert_int_equal(queue(s, "a", &w[2]), SLOT_WAITS);
	assert_int_equal(queue(s, "b", &w[3]), SLOT_WAITS);
	/* Each route's in the order they came. */
	assert_ptr_equal(slots_give(s, "b"), &w[1]);
	assert_ptr_equal(slots_give(s, "a"), &w[0]);
	assert_int_equal(queue(s, "a", &w[0]), SLOT_TAKEN);
	assert_ptr_equal(slots_give(s, "a"), &w[2]);
	assert_null(slots_give(s, "a"));
	assert_ptr_equal(slots_give(s, "b"), &w[3]);
	assert_null(slots_give(s, "b"));
	slots_free(s);
}

static void
the_queue_holds_after_its_last_has_left(void **state)
{
	struct slots	*s = slots_new(2);
	struct waiter	 w[4];

	(void)state;
	assert_true(takes(s, "a"));
	assert_int_equal(queue(s, "a", &w[0]), SLOT_WAITS);
	assert_int_equal(queue(s, "a", &w[1]), SLOT_WAITS);
	assert_ptr_equal(slots_give(s, "a"), &w[0]);
	assert_ptr_equal(slots_give(s, "a"), &w[1]);
	assert_true(takes(s, "a"));
	assert_int_equal(queue(s, "a", &w[2]), SLOT_WAITS);
	assert_int_equal(queue(s, "a", &w[3]), SLOT_WAITS);
	assert_ptr_equal(slots_give(s, "a"), &w[2]);
	assert_ptr_equal(slots_give(s, "a"), &w[3]);
	slots_free(s);
}

static void
who_takes_no_slot_lets_the_next_go(void **state)
{
	struct slots	*s = slots_new(2);
	struct waiter	 w[3];

	(void)state;
	assert_null(slots_next(s, "a"));
	assert_true(takes(s, "a"));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(queue(s, "a", &w[i]), SLOT_WAITS);
	assert_null(slots_next(s, "a"));	/* there is no room yet */
	assert_ptr_equal(slots_give(s, "a"), &w[0]);
	assert_null(slots_next(s, "b"));
	assert_ptr_equal(slots_next(s, "a"), &w[1]);
	assert_int_equal(queue(s, "a", &w[1]), SLOT_TAKEN);
	assert_null(slots_next(s, "a"));
	assert_ptr_equal(slots_give(s, "a"), &w[2]);
	assert_null(slots_next(s, "a"));
	slots_free(s);
}

static void
who_waits_too_long_is_refused(void **state)
{
	struct slots	*s = slots_new(2);
	struct waiter	 w[4];

	(void)state;
	assert_true(takes(s, "a"));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(queue(s, "a", &w[i]), SLOT_WAITS);
	assert_true(slots_withdraw(s, &w[1]));
	assert_false(slots_withdraw(s, &w[1]));
	assert_int_equal(slots_take(s, "a", &w[1], UNTIL), SLOT_REFUSED);
	assert_ptr_equal(slots_give(s, "a"), &w[0]);
	assert_false(slots_withdraw(s, &w[0]));
	assert_true(slots_withdraw(s, &w[3]));
	/* When the process ends, all are called up. */
	assert_ptr_equal(slots_any(s), &w[2]);
	assert_null(slots_any(s));
	slots_free(s);
}

static void
the_queue_has_its_length(void **state)
{
	enum { MOST = 1024 };
	static struct waiter	 w[MOST + 1];
	struct slots		*s = slots_new(1);

	(void)state;
	assert_true(takes(s, "a"));
	for (size_t i = 0; i < MOST; i++)
		assert_int_equal(queue(s, "a", &w[i]), SLOT_WAITS);
	assert_int_equal(queue(s, "a", &w[MOST]), SLOT_REFUSED);
	assert_ptr_equal(slots_give(s, "a"), &w[0]);
	assert_true(takes(s, "a"));
	assert_int_equal(queue(s, "a", &w[0]), SLOT_WAITS);
	assert_int_equal(queue(s, "a", &w[MOST]), SLOT_REFUSED);
	slots_free(s);
}

/* --- threads --- */

enum { THREADS = 8, ROUNDS = 20000, SHARE = 3 };

static struct slots	*shared;
static _Atomic int	 now, most;

static void *
take_and_give(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		int n, seen;

		if (!takes(shared, "a"))
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
		assert_true(takes(shared, "a"));
	assert_false(takes(shared, "a"));
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
		cmocka_unit_test(who_finds_no_place_waits_his_turn),
		cmocka_unit_test(the_queue_holds_after_its_last_has_left),
		cmocka_unit_test(who_takes_no_slot_lets_the_next_go),
		cmocka_unit_test(who_waits_too_long_is_refused),
		cmocka_unit_test(the_queue_has_its_length),
		cmocka_unit_test(threads_never_exceed_the_share),
	};

	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
