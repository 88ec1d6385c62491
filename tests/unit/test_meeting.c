#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "store/stats_area.h"

/*
 * What others do between two steps of who takes a place: after each of its
 * swaps that succeeds, meanwhile() runs.
 */

static void	(*meanwhile)(void);

static bool
swap(_Atomic(uint64_t) *at, uint64_t *had, uint64_t word)
{
	void	(*next)(void) = meanwhile;
	bool	 done = atomic_compare_exchange_strong(at, had, word);

	meanwhile = NULL;
	if (next != NULL)
		next();
	return done;
}

#undef atomic_compare_exchange_strong
#define atomic_compare_exchange_strong	swap
#include "store/stats_place.c"

#include "tests/unit/counters.h"

static struct stats	*other;		/* another process */
static struct stats_entry within;	/* its request of route "a" */
static int		 first;		/* where "a" is looked for first */

/* Others have all places but the one behind the first. */
static void
crowd(void)
{
	for (uint64_t i = 0; i < STATS_ROUTES; i++)
		area->routes[i] = 1001 + 2 * i;
	first = (int)((stats_id(s, 'r', "a", 1) >> 1) % STATS_ROUTES);
	area->routes[(first + 1) % STATS_ROUTES] = 0;
}

/* A second goes into the place that was just taken; the first is given back,
 * and a third, who looked before, takes it for the same route. */
static void
others_come(void)
{
	within = stats_enter(other, STATS_NAMED, "a");
	area->routes[first] = stats_id(s, 'r', "a", 1);
}

/* A route that finds no place. */
static void
assert_crowded(const char *route)
{
	struct stats_entry	 e = stats_enter(s, STATS_NAMED, route);

	assert_true(e.crowded);
	stats_leave(&e);
}

static bool
has(const void *only, const char *name)
{
	return strcmp(only, name) == 0;
}

/* The second place is its route's as long as somebody is in it. */
static void
two_that_take_places_for_one_route(void **state)
{
	const struct stats_table	 t = { has, "a" };
	struct stats_entry		 e;
	int				 fd;

	(void)state;
	other = counters_open(&fd);
	crowd();
	meanwhile = others_come;
	e = stats_enter(s, STATS_NAMED, "a");
	assert_int_equal(e.place, first);
	assert_int_equal(within.place, (first + 1) % STATS_ROUTES);
	assert_crowded("b");
	stats_count(other, within.place, &(struct stats_request){ .status =
	    200 }, noon);
	stats_leave(&within);
	stats_leave(&e);
	one("a", OK, noon);
	assert_int_equal(stats_all(&scope(view(noon), "a")->ever), 1);
	assert_int_equal(stats_all(&scope(view(noon), "_others")->ever), 1);
	assert_true(stats_make_room(s, &t, noon + 60));
	one("b", OK, noon + 60);
	one("a", OK, noon + 60);
	assert_int_equal(stats_all(&scope(view(noon + 60), "b")->ever), 1);
	assert_int_equal(stats_all(&scope(view(noon + 60), "a")->ever), 2);
	counters_close(other, fd);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(
		    two_that_take_places_for_one_route, counters_setup,
		    counters_teardown),
	};

	return cmocka_run_group_tests_name("meeting", tests, NULL, NULL);
}
