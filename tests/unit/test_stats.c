#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/stats_area.h"
#include "tests/unit/fixture.h"

static const unsigned char	 seed[16] = "sixteen letters";
static const int64_t		 noon = INT64_C(1800000000);	/* a minute's
								 * begin */

/* An area that processes share, as the file is. */
static struct stats_area	*area;
static struct stats		*s;

static int
share(void **state)
{
	setup(state);
	arena_free(&arena);
	arena_init(&arena, 64 << 20);
	area = mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return -1;
	s = stats_open(area, seed);
	return s == NULL ? -1 : 0;
}

static int
unshare(void **state)
{
	stats_close(s);
	munmap(area, sizeof(*area));
	return teardown(state);
}

static struct stats_view *
view(int64_t now_s)
{
	struct stats_view	*v = stats_read(s, &arena, now_s);

	assert_non_null(v);
	return v;
}

static const struct stats_scope_view *
scope(const struct stats_view *v, const char *name)
{
	for (size_t i = 0; i < v->n_scopes; i++)
		if (strcmp(v->scopes[i].name, name) == 0)
			return &v->scopes[i];
	fail_msg("no scope %s", name);
	return NULL;
}

static uint64_t
outcome(const struct stats_view *v, const struct stats_sum *sum,
    const char *word)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		if (v->outcomes[i].word != NULL &&
		    strcmp(v->outcomes[i].word, word) == 0)
			return sum->outcomes[i];
	fail_msg("no outcome %s", word);
	return 0;
}

static void
one(const char *route, enum err e, int64_t now_s)
{
	const struct stats_request	 r = { .outcome = e,
					    .status = err_status(e),
					    .total_us = 1500 };

	stats_count(s, stats_place(s, STATS_NAMED, route), &r, now_s);
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
	struct stats_view		*v;

	(void)state;
	stats_count(s, stats_place(s, STATS_NAMED, "a"), &r, noon);
	stats_count(s, stats_place(s, STATS_NAMED, "a"), &r, noon);
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
	struct stats_view		*v;

	(void)state;
	stats_count(s, stats_place(s, STATS_OWN, NULL), &r, noon);
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
	struct stats_view	*v;

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
	struct stats_view	*v;

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
	struct stats_view	*v;
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
	struct stats_view	*v;

	(void)state;
	memset(longest, 'x', 63);
	longest[63] = '\0';
	one(longest, OK, noon);
	one("b", OK, noon);
	one("*", OK, noon);
	one("a", OK, noon);
	for (size_t i = 0; i < ROWS(kinds); i++)
		stats_count(s, stats_place(s, kinds[i], NULL), &r, noon);
	v = view(noon);
	assert_int_equal(v->n_scopes, ROWS(wanted));
	for (size_t i = 0; i < ROWS(wanted); i++)
		assert_string_equal(v->scopes[i].name, wanted[i]);
}

/* Another version of the program has other errors, in another order. */
static void
words_of_another_program_stay(void **state)
{
	struct stats_view	*v;
	uint64_t		 id = stats_id(s, 'o', "of_tomorrow", 11);
	size_t			 at;

	(void)state;
	for (at = 1; area->outcomes[at].id != 0; at++)
		;
	assert_true(stats_take_place(&area->outcomes[at].id, id));
	stats_name(area->outcomes[at].word, STATS_WORD, "of_tomorrow");
	area->outcomes[at].status = 502;
	area->scopes[stats_place(s, STATS_NAMED, "a")].ever[at] = 3;
	one("a", ERR_NO_ROUTE, noon);
	stats_close(s);
	s = stats_open(area, seed);
	one("a", ERR_NO_ROUTE, noon);
	v = view(noon);
	assert_int_equal(outcome(v, &v->all.ever, "of_tomorrow"), 3);
	assert_int_equal(outcome(v, &v->all.ever, "no_route"), 2);
	assert_int_equal(stats_requests(v, &v->all.ever, STATS_FAILED), 3);
}

/* It was killed between the two. */
static void
a_place_without_a_name_gets_one(void **state)
{
	(void)state;
	one("a", OK, noon);
	area->scopes[stats_place(s, STATS_NAMED, "a")].name[0] = 0;
	assert_int_equal(view(noon)->n_scopes, 0);
	one("a", OK, noon);
	assert_int_equal(stats_all(&scope(view(noon), "a")->ever), 2);
}

static void
words_without_a_place_share_the_last(void **state)
{
	struct stats_view	*v;

	(void)state;
	memset(area, 0, sizeof(*area));
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		area->outcomes[i].id = UINT64_MAX - i;
	stats_close(s);
	s = stats_open(area, seed);
	one("a", ERR_NO_ROUTE, noon);
	one("a", ERR_DNS, noon);
	v = view(noon);
	assert_int_equal(v->all.ever.outcomes[STATS_OTHER], 2);
	assert_int_equal(stats_all(&v->all.ever), 2);
}

/* --- what is open -------------------------------------------------------- */

static void
what_is_open_is_known(void **state)
{
	int	 a = stats_place(s, STATS_NAMED, "a");
	void	*first, *second;

	(void)state;
	first = stats_enter(s, a);
	second = stats_enter(s, a);
	assert_int_equal(scope(view(noon), "a")->open, 2);
	assert_int_equal(view(noon)->all.open, 2);
	assert_int_equal(view(noon)->processes, 1);
	stats_leave(first);
	assert_int_equal(view(noon)->all.open, 1);
	stats_leave(second);
	stats_leave(NULL);
	assert_int_equal(view(noon)->all.open, 0);
}

static int	 ready[2];

/* One that opens three requests, says so, and waits for its end. */
static pid_t
opener(void)
{
	pid_t	 pid = fork();

	if (pid != 0)
		return pid;
	s = stats_open(area, seed);
	for (int i = 0; i < 3; i++)
		stats_enter(s, stats_place(s, STATS_NAMED, "a"));
	if (write(ready[1], "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void
a_killed_process_has_nothing_open(void **state)
{
	char	 byte;
	pid_t	 pids[2];

	(void)state;
	assert_int_equal(pipe(ready), 0);
	for (int i = 0; i < 2; i++) {
		pids[i] = opener();
		assert_int_equal(read(ready[0], &byte, 1), 1);
	}
	assert_int_equal(view(noon)->all.open, 6);
	assert_int_equal(view(noon)->processes, 3);
	for (int i = 2; i-- > 0;) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		assert_int_equal(view(noon)->all.open, 3 * i);
		assert_int_equal(view(noon)->processes, 1 + i);
	}
	close(ready[0]);
	close(ready[1]);
}

/* All places are of processes that are no more, or had our number. */
static void
places_of_the_dead_are_taken(void **state)
{
	struct stats	*mine[3];
	uint64_t	 me = stats_process_id();
	pid_t		 pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < STATS_PROCESSES; i++) {
		area->processes[i].id = i % 2 ? (uint64_t)pid << 32 | 1 :
		    me ^ 1;
		area->processes[i].open[0] = 5;
	}
	for (size_t i = 0; i < ROWS(mine); i++) {
		mine[i] = stats_open(area, seed);
		assert_non_null(stats_enter(mine[i], 0));
	}
	assert_int_equal(view(noon)->all.open, 0);	/* it has no name */
	one("a", OK, noon);
	assert_int_equal(view(noon)->processes, 3);
	for (size_t i = 0; i < ROWS(mine); i++)
		stats_close(mine[i]);
	assert_int_equal(view(noon)->processes, 0);
}

static void
without_a_place_all_else_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < STATS_PROCESSES; i++)
		area->processes[i].id = stats_process_id();
	stats_close(s);
	for (size_t i = 0; i < STATS_PROCESSES; i++)
		area->processes[i].id = stats_process_id();
	s = stats_open(area, seed);
	assert_null(stats_enter(s, 0));
	one("a", OK, noon);
	assert_int_equal(stats_all(&view(noon)->all.ever), 1);
}

/* --- many at once -------------------------------------------------------- */

enum { PROCESSES = 8, EACH = 20000 };

static int
many(void)
{
	static const char *const	 routes[] = { "a", "b", "c" };
	static const enum err		 ends[] = { OK, ERR_DNS, OK,
					    ERR_RATE_LIMITED };
	struct stats			*mine = stats_open(area, seed);

	for (int i = 0; mine != NULL && i < EACH; i++) {
		const struct stats_request	 r = {
			.outcome = ends[i % 4], .status = 200, .total_us = i,
			.target_us = 1, .in_bytes = 1, .out_bytes = 2,
		};
		int	 place = stats_place(mine, STATS_NAMED, routes[i % 3]);
		void	*open = stats_enter(mine, place);

		/* the minute turns while they count */
		stats_count(mine, place, &r, noon + i * 180 / EACH);
		stats_leave(open);
	}
	stats_close(mine);
	return 0;
}

static void
none_is_lost_and_none_counted_twice(void **state)
{
	struct stats_view	*v;
	int			 status;

	(void)state;
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			_exit(many());
	for (int i = 0; i < PROCESSES; i++) {
		wait(&status);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	v = view(noon + 179);
	assert_int_equal(v->n_scopes, 3);
	assert_int_equal(stats_all(&v->all.ever), PROCESSES * EACH);
	assert_memory_equal(v->all.ever.outcomes, v->all.hour.outcomes,
	    sizeof(v->all.ever.outcomes));
	assert_int_equal(outcome(v, &v->all.ever, "dns"),
	    PROCESSES * EACH / 4);
	assert_int_equal(outcome(v, &v->all.ever, "rate_limited"),
	    PROCESSES * EACH / 4);
	assert_int_equal(v->all.hour.in_bytes, PROCESSES * EACH);
	assert_int_equal(v->all.hour.out_bytes, 2 * PROCESSES * EACH);
	assert_int_equal(v->all.minutes[57].answered +
	    v->all.minutes[58].answered + v->all.minutes[59].answered,
	    PROCESSES * EACH / 2);
	assert_int_equal(v->all.open, 0);
	assert_int_equal(v->processes, 1);
}

/* --- targets ------------------------------------------------------------- */

static void
a_target_is_down_since_its_first_failure(void **state)
{
	int	 a = stats_place(s, STATS_NAMED, "a");

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
	int	 a = stats_place(s, STATS_NAMED, "a");

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
	assert_int_equal(stats_down_s(s, stats_place(s, STATS_WHOLE, NULL),
	    noon), -1);
}

/* These have no target, or many. */
static void
only_routes_have_a_target(void **state)
{
	(void)state;
	assert_int_equal(stats_target(s, stats_place(s, STATS_WHOLE, NULL),
	    ERR_DNS, noon), -1);
	assert_int_equal(stats_target(s, stats_place(s, STATS_OTHERS, NULL),
	    ERR_DNS, noon), -1);
}

/* --- clients ------------------------------------------------------------- */

static void
refuse(const char *address, const char *route, int times, int64_t now_s)
{
	struct client	 c;
	int		 place = stats_place(s, STATS_NAMED, route);

	client_find(&c, address, NULL, NULL);
	while (times-- > 0)
		stats_refused(s, place, c.block, now_s);
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
	struct stats_view	*v;

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
	struct stats_view	*v;
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
	struct stats_view	*v;
	int			 a;
	void			*open;

	(void)state;
	stats_close(s);
	s = stats_open(NULL, seed);
	assert_non_null(s);
	one("a", ERR_DNS, noon);
	a = stats_place(s, STATS_NAMED, "a");
	open = stats_enter(s, a);
	v = view(noon);
	assert_false(v->shared);
	assert_int_equal(v->processes, 1);
	assert_int_equal(v->all.open, 1);
	assert_int_equal(outcome(v, &v->all.ever, "dns"), 1);
	stats_leave(open);
	assert_false(stats_has_failed(s));
}

static void
who_only_reads_changes_nothing(void **state)
{
	struct stats		*reader;
	struct stats_view	*v;

	(void)state;
	one("a", OK, noon);
	assert_int_equal(mprotect(area, sizeof(*area), PROT_READ), 0);
	reader = stats_look(area);
	assert_non_null(reader);
	v = stats_read(reader, &arena, noon);
	assert_int_equal(stats_all(&v->all.ever), 1);
	stats_close(reader);
	assert_int_equal(mprotect(area, sizeof(*area), PROT_READ | PROT_WRITE),
	    0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, share, unshare)
	const struct CMUnitTest	 tests[] = {
		CASE(all_of_a_request_is_counted),
		CASE(what_was_not_is_not_counted),
		CASE(each_error_has_a_place_of_its_own),
		CASE(a_count_is_of_its_minute_alone),
		CASE(an_hour_ago_is_gone),
		CASE(routes_beyond_the_places_are_summed),
		CASE(names_are_whole_and_sorted_the_kinds_behind),
		CASE(words_of_another_program_stay),
		CASE(a_place_without_a_name_gets_one),
		CASE(words_without_a_place_share_the_last),
		CASE(what_is_open_is_known),
		CASE(a_killed_process_has_nothing_open),
		CASE(places_of_the_dead_are_taken),
		CASE(without_a_place_all_else_is_counted),
		CASE(none_is_lost_and_none_counted_twice),
		CASE(a_target_is_down_since_its_first_failure),
		CASE(a_target_is_paused_as_long_as_it_is_down),
		CASE(only_routes_have_a_target),
		CASE(clients_that_were_refused_are_listed),
		CASE(of_too_many_clients_the_last_stay),
		CASE(without_a_file_a_process_counts_by_itself),
		CASE(who_only_reads_changes_nothing),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
