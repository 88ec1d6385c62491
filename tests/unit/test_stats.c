#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "tests/unit/counters.h"

static int
kind(enum stats_kind k)
{
	struct stats_entry	 e = stats_enter(s, k, NULL);

	stats_leave(&e);
	return e.place;
}

/* --- a request ----------------------------------------------------------- */

static void
all_of_a_request_is_counted(void **state)
{
	const struct stats_request	 r = {
		.outcome = ERR_READ_TIMEOUT, .status = 200,
		.total_us = 2500, .target_us = 1800,
		.in_bytes = 7, .out_bytes = 11,
	};
	const struct stats_scope_view	*got;
	const struct stats_view	*v;

	(void)state;
	stats_count(s, place("a").place, &r, noon);
	stats_count(s, place("a").place, &r, noon);
	v = view(noon + 5);
	assert_int_equal(v->n_scopes, 1);
	got = scope(v, "a");
	assert_int_equal(stats_all(&got->ever), 2);
	assert_int_equal(outcome(v, &got->ever, "read_timeout"), 2);
	assert_int_equal(got->ever.statuses[2], 2);
	assert_int_equal(got->ever.total[histogram_bucket(2500)], 2);
	assert_int_equal(got->ever.target[histogram_bucket(1800)], 2);
	assert_int_equal(got->ever.total_us, 5000);
	assert_int_equal(got->ever.target_us, 3600);
	assert_int_equal(got->ever.in_bytes, 14);
	assert_int_equal(got->ever.out_bytes, 22);
	assert_memory_equal(&got->hour, &got->ever, sizeof(got->ever));
	assert_memory_equal(&v->all.ever, &got->ever, sizeof(got->ever));
	assert_int_equal(got->minutes[59].failed, 2);
	assert_int_equal(stats_requests(v, &got->hour, STATS_FAILED), 2);
	assert_int_equal(stats_requests(v, &got->hour, STATS_ANSWERED), 0);
}

/* Nothing is asked of a target where its time is 0; no status has a digit
 * above 5. */
static void
what_was_not_is_not_counted(void **state)
{
	const struct stats_request	 r = { .outcome = OK, .status = 999,
					    .total_us = -5 };
	const struct stats_view	*v;

	(void)state;
	stats_count(s, kind(STATS_OWN), &r, noon);
	v = view(noon);
	assert_int_equal(v->all.ever.statuses[0], 1);
	assert_int_equal(v->all.ever.total[0], 1);
	assert_int_equal(v->all.ever.total_us, 0);
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		assert_int_equal(v->all.ever.target[i], 0);
}

static void
each_error_has_a_place_of_its_own(void **state)
{
	const struct stats_view	*v;

	(void)state;
	for (int e = 0; e < ERR__MAX; e++)
		for (int i = 0; i <= e; i++)
			one("a", (enum err)e, noon);
	v = view(noon);
	for (int e = 0; e < ERR__MAX; e++)
		assert_int_equal(outcome(v, &v->all.ever,
		    err_word((enum err)e)), e + 1);
	assert_string_equal(v->outcomes[0].word, "ok");
	assert_string_equal(v->outcomes[STATS_OTHER].word, "other");
	assert_int_equal(v->all.ever.outcomes[STATS_OTHER], 0);
}

/* --- minutes ------------------------------------------------------------- */

static const struct { uint64_t word, stamp, n, wanted; } sums[] = {
#define AT(minute, count) ((uint64_t)(minute) << 40 | (count))
	{ 0, 5, 1, AT(5, 1) },
	{ AT(5, 1), 5, 1, AT(5, 2) },
	{ AT(5, 7), 6, 1, AT(6, 1) },
	{ AT(5, 7), 4, 1, AT(4, 1) },		/* the clock was set back */
	{ AT(5, STATS_COUNT_MAX - 1), 5, 1, AT(5, STATS_COUNT_MAX) },
	{ AT(5, STATS_COUNT_MAX), 5, 1, AT(5, STATS_COUNT_MAX) },
	{ AT(5, 3), 5, UINT64_MAX, AT(5, STATS_COUNT_MAX) },
	{ 0, (1 << 24) - 1, 2, AT((1 << 24) - 1, 2) },
};

static void
a_count_is_of_its_minute_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sums); i++) {
		uint64_t	 got = stats_plus(sums[i].word, sums[i].stamp,
				    sums[i].n);

		if (got != sums[i].wanted)
			fail_msg("row %zu: %llx", i, (unsigned long long)got);
	}
	assert_int_equal(stats_of_minute(AT(5, 7), 5), 7);
	assert_int_equal(stats_of_minute(AT(5, 7), 6), 0);
	assert_int_equal(stats_stamp(noon + 59), stats_stamp(noon));
	assert_int_equal(stats_stamp(noon + 60), stats_stamp(noon) + 1);
	assert_true(stats_stamp(INT64_C(60) << 24) == 0);
}

static void
an_hour_ago_is_gone(void **state)
{
	const struct stats_view	*v;

	(void)state;
	for (int m = 0; m < 200; m++)
		for (int i = 0; i < m; i++)
			one("a", OK, noon + m * 60 + m % 60);
	v = view(noon + 199 * 60 + 59);
	for (int m = 0; m < STATS_MINUTES; m++)
		assert_int_equal(v->all.minutes[m].answered, 140 + m);
	assert_int_equal(stats_all(&v->all.hour), (140 + 199) * 60 / 2);
	assert_int_equal(stats_all(&v->all.ever), 199 * 200 / 2);
	v = view(noon + 205 * 60);
	assert_int_equal(v->all.minutes[53].answered, 199);
	assert_int_equal(v->all.minutes[54].answered, 0);
	assert_int_equal(stats_all(&view(noon + 259 * 60)->all.hour), 0);
	assert_int_equal(stats_all(&view(noon + 258 * 60)->all.hour), 199);
	/* ahead of the clock is not yet */
	assert_int_equal(stats_all(&view(noon)->all.hour), 0);
}

/* --- places -------------------------------------------------------------- */

static void
routes_beyond_the_places_are_summed(void **state)
{
	const struct stats_view	*v;
	char			 name[64];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < STATS_ROUTES + 10; i++) {
			snprintf(name, sizeof(name), "route-%d", i);
			one(name, OK, noon);
		}
	v = view(noon);
	assert_int_equal(v->n_scopes, STATS_ROUTES + 1);
	assert_int_equal(stats_all(&v->all.ever), 2 * (STATS_ROUTES + 10));
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 20);
	for (int i = 0; i < STATS_ROUTES; i++) {
		snprintf(name, sizeof(name), "route-%d", i);
		assert_int_equal(stats_all(&scope(v, name)->ever), 2);
	}
}

static void
names_are_whole_and_sorted_the_kinds_behind(void **state)
{
	char			 longest[64];
	const char *const	 wanted[] = { "*", "a", "b", longest,
				    "_whole", "_own", "_none" };
	const enum stats_kind	 kinds[] = { STATS_NONE, STATS_OWN,
				    STATS_WHOLE };
	const struct stats_request r = { .outcome = OK, .status = 200 };
	const struct stats_view	*v;

	(void)state;
	memset(longest, 'x', 63);
	longest[63] = '\0';
	one(longest, OK, noon);
	one("b", OK, noon);
	one("*", OK, noon);
	one("a", OK, noon);
	for (size_t i = 0; i < ROWS(kinds); i++)
		stats_count(s, kind(kinds[i]), &r, noon);
	v = view(noon);
	assert_int_equal(v->n_scopes, ROWS(wanted));
	for (size_t i = 0; i < ROWS(wanted); i++)
		assert_string_equal(v->scopes[i].name, wanted[i]);
}

/* Another version of the program has other errors, in another order. */
static void
words_of_another_program_stay(void **state)
{
	const struct stats_view	*v;
	uint64_t		 id = stats_id(s, 'o', "of_tomorrow", 11);
	size_t			 at;

	(void)state;
	for (at = 1; area->outcomes[at].id != 0; at++)
		;
	assert_true(stats_take_place(&area->outcomes[at].id, id));
	stats_name(area->outcomes[at].word, STATS_WORD, "of_tomorrow");
	area->outcomes[at].status = 502;
	area->scopes[place("a").place].ever[at] = 3;
	one("a", ERR_NO_ROUTE, noon);
	counters_again();
	one("a", ERR_NO_ROUTE, noon);
	v = view(noon);
	assert_int_equal(outcome(v, &v->all.ever, "of_tomorrow"), 3);
	assert_int_equal(outcome(v, &v->all.ever, "no_route"), 2);
	assert_int_equal(stats_requests(v, &v->all.ever, STATS_FAILED), 3);
}

static void
words_without_a_place_share_the_last(void **state)
{
	const struct stats_view	*v;

	(void)state;
	memset(area, 0, sizeof(*area));
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		area->outcomes[i].id = UINT64_MAX - i;
	counters_again();
	one("a", ERR_NO_ROUTE, noon);
	one("a", ERR_DNS, noon);
	v = view(noon);
	assert_int_equal(v->all.ever.outcomes[STATS_OTHER], 2);
	assert_int_equal(stats_all(&v->all.ever), 2);
}

/* --- targets ------------------------------------------------------------- */

static void
a_target_is_down_since_its_first_failure(void **state)
{
	const struct stats_entry	 e = place("a"), *a = &e;

	(void)state;
	one("a", OK, noon);
	assert_int_equal(scope(view(noon), "a")->target, STATS_UNKNOWN);
	assert_int_equal(stats_target(s, a, ERR_DNS, noon), 0);
	assert_int_equal(stats_target(s, a, ERR_DNS, noon + 7), 7);
	assert_int_equal(stats_target(s, a, ERR_READ_TIMEOUT, noon + 9), 9);
	assert_int_equal(scope(view(noon), "a")->target, STATS_DOWN);
	assert_int_equal(scope(view(noon), "a")->target_since_s, noon);
	assert_string_equal(scope(view(noon), "a")->fault, "read_timeout");
	assert_int_equal(stats_target(s, a, OK, noon + 20), -1);
	assert_int_equal(stats_target(s, a, OK, noon + 30), -1);
	assert_int_equal(scope(view(noon), "a")->target, STATS_UP);
	assert_int_equal(scope(view(noon), "a")->target_since_s, noon + 20);
	assert_string_equal(scope(view(noon), "a")->fault, "read_timeout");
	assert_int_equal(stats_target(s, a, ERR_DNS, noon + 40), 0);
	/* the clock was set back */
	assert_int_equal(stats_target(s, a, ERR_DNS, noon + 30), 0);
}

static void
a_target_is_paused_as_long_as_it_is_down(void **state)
{
	const struct stats_entry	 e = place("a"), *a = &e;
	struct stats_entry		 whole;

	(void)state;
	one("a", OK, noon);
	assert_int_equal(stats_down_s(s, a, noon), -1);
	stats_target(s, a, ERR_DNS, noon);
	stats_pause(s, a, noon + 10);
	assert_int_equal(stats_down_s(s, a, noon + 7), 7);
	assert_int_equal(scope(view(noon + 9), "a")->paused_until_s,
	    noon + 10);
	assert_string_equal(scope(view(noon + 9), "a")->fault, "dns");
	assert_int_equal(scope(view(noon + 10), "a")->paused_until_s, 0);
	stats_target(s, a, OK, noon + 8);
	assert_int_equal(stats_down_s(s, a, noon + 9), -1);
	assert_int_equal(scope(view(noon + 9), "a")->paused_until_s, 0);
	whole = stats_enter(s, STATS_WHOLE, NULL);
	assert_int_equal(stats_down_s(s, &whole, noon), -1);
}

/* These have no target, or many. */
static void
only_routes_have_a_target(void **state)
{
	const enum stats_kind	 kinds[] = { STATS_WHOLE, STATS_OWN,
				    STATS_NONE };

	(void)state;
	for (size_t i = 0; i < ROWS(kinds); i++) {
		struct stats_entry	 e = stats_enter(s, kinds[i], NULL);

		assert_int_equal(stats_target(s, &e, ERR_DNS, noon), -1);
		assert_int_equal(stats_target(s, &e, ERR_DNS, noon + 9), -1);
		stats_leave(&e);
	}
}

static int64_t
fails(int route, int64_t now_s)
{
	char			 name[64];
	struct stats_entry	 e;

	snprintf(name, sizeof(name), "route-%d", route);
	e = place(name);
	return stats_target(s, &e, ERR_DNS, now_s);
}

static void
a_target_is_down_whether_its_route_has_a_place_or_not(void **state)
{
	enum { MANY = 10 * STATS_ROUTES };

	(void)state;
	for (int i = 0; i < MANY; i++)
		assert_int_equal(fails(i, noon + i), 0);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(fails(i, noon + 1000), 1000 - i);
}

/* Those that have not changed for longest are lost. */
static void
of_too_many_targets_the_last_are_known(void **state)
{
	enum { MANY = 4 * STATS_TARGETS };
	int	 known = 0;

	(void)state;
	for (int i = 0; i < MANY; i++)
		assert_int_equal(fails(i, noon + i), 0);
	for (int i = MANY; i-- > MANY - STATS_TARGETS / 4;)
		known += fails(i, noon + MANY) == MANY - i;
	assert_int_equal(known, STATS_TARGETS / 4);
	assert_int_equal(fails(0, noon + MANY), 0);
}

/* --- clients ------------------------------------------------------------- */

static void
refuse(const char *address, const char *route, int times, int64_t now_s)
{
	struct client	 c;
	int		 at = place(route).place;

	client_find(&c, address, NULL, NULL);
	while (times-- > 0)
		stats_refused(s, at, c.block, now_s);
}

static void
clients_that_were_refused_are_listed(void **state)
{
	static const struct { const char *client, *scope; int n; } wanted[] = {
		{ "2001:db8:0:7::/64", "a", 9 },
		{ "192.0.2.1", "a", 5 },
		{ "192.0.2.1", "b", 3 },
		{ "unknown", "a", 2 },
	};
	const struct stats_view	*v;

	(void)state;
	refuse("192.0.2.1", "b", 3, noon);
	refuse("192.0.2.1", "a", 4, noon);
	refuse("unix:", "a", 2, noon);
	refuse("2001:db8:0:7::1", "a", 8, noon);
	refuse("2001:db8:0:7:ffff::1", "a", 1, noon + 61);
	refuse("192.0.2.1", "a", 1, noon + 60);
	v = view(noon + 62);
	assert_int_equal(v->n_clients, ROWS(wanted));
	for (size_t i = 0; i < ROWS(wanted); i++) {
		assert_string_equal(v->clients[i].client, wanted[i].client);
		assert_string_equal(v->clients[i].scope, wanted[i].scope);
		assert_int_equal(v->clients[i].refused, wanted[i].n);
	}
	assert_int_equal(v->clients[0].last_s, noon + 60);
	/* after an hour without, it begins anew */
	v = view(noon + 60 * 60 + 10);
	assert_int_equal(v->n_clients, 2);
	refuse("192.0.2.1", "b", 1, noon + 3700);
	assert_int_equal(view(noon + 3700)->clients[0].refused, 1);
}

static void
of_too_many_clients_the_last_stay(void **state)
{
	const struct stats_view	*v;
	char			 address[32];

	(void)state;
	for (int i = 0; i < 3 * STATS_CLIENTS; i++) {
		snprintf(address, sizeof(address), "192.0.2.%d", i);
		refuse(address, "a", 1 + i, noon + i * 60);
	}
	v = view(noon + 3 * STATS_CLIENTS * 60);
	assert_int_equal(v->n_clients, STATS_CLIENTS);
	for (int i = 0; i < STATS_CLIENTS; i++) {
		snprintf(address, sizeof(address), "192.0.2.%d",
		    3 * STATS_CLIENTS - 1 - i);
		assert_string_equal(v->clients[i].client, address);
		assert_int_equal(v->clients[i].refused, 3 * STATS_CLIENTS - i);
	}
}

/* --- without a file ------------------------------------------------------ */

static void
without_a_file_a_process_counts_by_itself(void **state)
{
	struct stats		*shared = s;
	const struct stats_view	*v;
	struct stats_entry	 e;

	(void)state;
	s = stats_open(NULL, -1, counters_seed);
	assert_non_null(s);
	one("a", ERR_DNS, noon);
	e = stats_enter(s, STATS_NAMED, "a");
	v = view(noon);
	assert_false(v->shared);
	assert_int_equal(v->processes, 1);
	assert_int_equal(v->all.open, 1);
	assert_int_equal(outcome(v, &v->all.ever, "dns"), 1);
	stats_leave(&e);
	assert_false(stats_has_failed(s));
	stats_close(s);
	s = shared;
}

static void
who_only_reads_changes_nothing(void **state)
{
	struct stats		*reader;
	const struct stats_view	*v;
	int			 fd = counters_read();

	(void)state;
	one("a", OK, noon);
	assert_int_equal(mprotect(area, sizeof(*area), PROT_READ), 0);
	reader = stats_look(area, fd, counters_seed);
	assert_non_null(reader);
	v = stats_read(reader, &arena, NULL, noon);
	assert_int_equal(stats_all(&v->all.ever), 1);
	assert_int_equal(v->processes, 1);
	counters_close(reader, fd);
	assert_int_equal(mprotect(area, sizeof(*area), PROT_READ | PROT_WRITE),
	    0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, \
	    counters_setup, counters_teardown)
	const struct CMUnitTest	 tests[] = {
		CASE(all_of_a_request_is_counted),
		CASE(what_was_not_is_not_counted),
		CASE(each_error_has_a_place_of_its_own),
		CASE(a_count_is_of_its_minute_alone),
		CASE(an_hour_ago_is_gone),
		CASE(routes_beyond_the_places_are_summed),
		CASE(names_are_whole_and_sorted_the_kinds_behind),
		CASE(words_of_another_program_stay),
		CASE(words_without_a_place_share_the_last),
		CASE(a_target_is_down_since_its_first_failure),
		CASE(a_target_is_paused_as_long_as_it_is_down),
		CASE(only_routes_have_a_target),
		CASE(a_target_is_down_whether_its_route_has_a_place_or_not),
		CASE(of_too_many_targets_the_last_are_known),
		CASE(clients_that_were_refused_are_listed),
		CASE(of_too_many_clients_the_last_stay),
		CASE(without_a_file_a_process_counts_by_itself),
		CASE(who_only_reads_changes_nothing),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
