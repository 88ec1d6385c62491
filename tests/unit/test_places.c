#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/counters.h"

/* Places of routes and of processes: taken, shared, lost and given back. */

static uint64_t
all_ever(int64_t now_s)
{
	return stats_all(&view(now_s)->all.ever);
}

/* --- of processes -------------------------------------------------------- */

static void
what_is_open_is_known(void **state)
{
	struct stats_entry	 first, second;

	(void)state;
	first = stats_enter(s, STATS_NAMED, "a");
	second = stats_enter(s, STATS_NAMED, "a");
	assert_int_equal(scope(view(noon), "a")->open, 2);
	assert_int_equal(view(noon)->all.open, 2);
	assert_int_equal(view(noon)->processes, 1);
	stats_leave(&first);
	assert_int_equal(view(noon)->all.open, 1);
	stats_leave(&second);
	assert_int_equal(view(noon)->all.open, 0);
}

static int	 ready[2];

/* A process that has numbers of its own, where that is allowed. */
static pid_t
apart(void)
{
	long	 pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID |
		    SIGCHLD, NULL, NULL, NULL, NULL);

	return pid == -1 ? fork() : (pid_t)pid;
}

/* Say that all is ready, and wait for the end: at the latest that of the
 * test. */
static void
wait_for_the_end(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(ready[1], "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* One that opens three requests. */
static pid_t
opener(pid_t (*begin)(void))
{
	pid_t	 pid = begin();
	int	 fd;

	if (pid != 0)
		return pid;
	s = counters_open(&fd);
	for (int i = 0; i < 3; i++)
		stats_enter(s, STATS_NAMED, "a");
	wait_for_the_end();
	return 0;
}

static void
a_killed_process_has_nothing_open(void **state)
{
	pid_t	(*const begins[])(void) = { fork, apart, apart };
	char	 byte;
	pid_t	 pids[ROWS(begins)];
	int	 n = ROWS(begins);

	(void)state;
	assert_int_equal(pipe(ready), 0);
	for (int i = 0; i < n; i++) {
		pids[i] = opener(begins[i]);
		assert_int_equal(read(ready[0], &byte, 1), 1);
	}
	assert_int_equal(view(noon)->all.open, 3 * n);
	assert_int_equal(view(noon)->processes, 1 + n);
	for (int i = n; i-- > 0;) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		assert_int_equal(view(noon)->all.open, 3 * i);
		assert_int_equal(view(noon)->processes, 1 + i);
	}
	close(ready[0]);
	close(ready[1]);
}

/* All places are taken: who comes then counts, but nobody knows what it has
 * open.  What goes with a request under way leaves none of it. */
static void
a_place_is_taken_by_the_next(void **state)
{
	struct stats		*others[STATS_PROCESSES];
	int			 fds[STATS_PROCESSES];
	struct stats_entry	 e;

	(void)state;
	for (int i = 0; i < STATS_PROCESSES; i++) {
		others[i] = counters_open(&fds[i]);
		assert_non_null(others[i]);
		e = stats_enter(others[i], STATS_NAMED, "a");
		assert_int_equal(e.open != NULL, i < STATS_PROCESSES - 1);
	}
	assert_int_equal(view(noon)->processes, STATS_PROCESSES);
	assert_int_equal(view(noon)->all.open, STATS_PROCESSES - 1);
	one("a", OK, noon);
	stats_count(others[STATS_PROCESSES - 1], e.place,
	    &(struct stats_request){ .status = 200 }, noon);
	assert_int_equal(all_ever(noon), 2);
	counters_close(others[7], fds[7]);
	assert_int_equal(view(noon)->all.open, STATS_PROCESSES - 2);
	others[7] = counters_open(&fds[7]);
	assert_int_equal(view(noon)->processes, STATS_PROCESSES);
	assert_int_equal(view(noon)->all.open, STATS_PROCESSES - 2);
	e = stats_enter(others[7], STATS_NAMED, "a");
	assert_int_equal(view(noon)->all.open, STATS_PROCESSES - 1);
	for (int i = 0; i < STATS_PROCESSES; i++)
		counters_close(others[i], fds[i]);
	assert_int_equal(view(noon)->all.open, 0);
}

/* --- of routes ----------------------------------------------------------- */

/* A table: all routes but those that begin with this. */
static bool
but(const void *begin, const char *name)
{
	return strncmp(name, begin, strlen(begin)) != 0;
}

static bool
make_room(const char *gone, int64_t now_s)
{
	const struct stats_table	 t = { but, gone };

	return stats_make_room(s, &t, now_s);
}

/* As many as there are places, "old" among them. */
static void
fill(int64_t now_s)
{
	char	 name[64];

	one("old", ERR_DNS, now_s);
	one("old", OK, now_s);
	for (int i = 1; i < STATS_ROUTES; i++) {
		snprintf(name, sizeof(name), "route-%d", i);
		one(name, OK, now_s);
	}
}

/* It was killed between the two. */
static void
a_place_without_a_name_gets_one(void **state)
{
	(void)state;
	one("a", OK, noon);
	area->scopes[place("a").place].name[0] = 0;
	assert_int_equal(view(noon)->n_scopes, 1);
	assert_int_equal(stats_all(&scope(view(noon), "_others")->ever), 1);
	one("a", OK, noon);
	assert_int_equal(view(noon)->n_scopes, 1);
	assert_int_equal(stats_all(&scope(view(noon), "a")->ever), 2);
}

/* It was written late, when the place was another's. */
static void
the_name_of_another_route_is_none(void **state)
{
	const struct stats_view	*v;
	int			 at;

	(void)state;
	fill(noon);
	at = place("old").place;
	for (int i = 0; i < STATS_NAME; i++)
		area->scopes[at].name[i] =
		    area->scopes[place("route-7").place].name[i];
	v = view(noon);
	assert_int_equal(v->n_scopes, STATS_ROUTES);
	assert_int_equal(stats_all(&scope(v, "route-7")->ever), 1);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 2);
	assert_true(make_room("nothing", noon + 60));
	one("old", OK, noon + 60);
	assert_int_equal(stats_all(&scope(view(noon + 60), "old")->ever), 1);
}

static void
a_place_is_given_back_and_nothing_lost(void **state)
{
	const struct stats_view	*v;

	(void)state;
	fill(noon);
	one("new", OK, noon + 30);
	assert_true(place("new").crowded);
	assert_true(make_room("old", noon + 90));
	assert_false(place("new").crowded);
	one("new", ERR_READ_TIMEOUT, noon + 90);
	v = view(noon + 90);
	assert_int_equal(v->n_scopes, STATS_ROUTES + 1);
	assert_int_equal(stats_all(&v->all.ever), STATS_ROUTES + 3);
	assert_int_equal(stats_all(&v->all.hour), STATS_ROUTES + 3);
	assert_int_equal(stats_all(&scope(v, "new")->ever), 1);
	assert_memory_equal(&scope(v, "new")->ever, &scope(v, "new")->hour,
	    sizeof(v->all.ever));
	assert_int_equal(scope(v, "new")->minutes[59].failed, 1);
	assert_int_equal(scope(v, "new")->minutes[58].failed, 0);
	assert_int_equal(outcome(v, &scope(v, "_others")->ever, "dns"), 1);
	assert_int_equal(outcome(v, &scope(v, "_others")->ever, "ok"), 2);
	assert_int_equal(outcome(v, &scope(v, "_others")->hour, "dns"), 1);
	assert_int_equal(scope(v, "_others")->minutes[58].answered, 2);
}

static void
a_route_that_comes_back_begins_anew(void **state)
{
	const struct stats_view	*v;

	(void)state;
	fill(noon);
	assert_true(make_room("old", noon + 60));
	one("new", OK, noon + 60);
	assert_true(place("old").crowded);
	assert_true(make_room("new", noon + 120));
	one("old", OK, noon + 120);
	v = view(noon + 120);
	assert_int_equal(stats_all(&scope(v, "old")->ever), 1);
	assert_int_equal(stats_all(&scope(v, "old")->hour), 1);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 3);
	assert_int_equal(stats_all(&scope(v, "_others")->hour), 3);
	assert_int_equal(stats_all(&v->all.ever), STATS_ROUTES + 3);
}

static void
a_place_in_use_stays(void **state)
{
	struct stats_entry	 e;

	(void)state;
	fill(noon);
	assert_false(make_room("old", noon + 59));	/* of this minute */
	e = stats_enter(s, STATS_NAMED, "old");
	assert_false(make_room("old", noon + 60));	/* one is open */
	stats_leave(&e);
	assert_false(make_room("old", noon + 61));	/* once a minute */
	assert_false(make_room("nothing", noon + 120));
	assert_true(make_room("old", noon + 180));
	assert_false(make_room("old", noon + 240));	/* it has gone */
}

/* The minute turned when the clock had been read. */
static void
a_place_of_the_next_minute_stays(void **state)
{
	(void)state;
	fill(noon);
	one("old", OK, noon + 120);
	assert_false(make_room("old", noon + 119));
	assert_true(make_room("old", noon + 180));
}

/* Nobody waits for a request of a process without a place. */
static void
a_request_whose_place_was_given_away_is_of_others(void **state)
{
	struct stats		*others[STATS_PROCESSES];
	int			 fds[STATS_PROCESSES];
	struct stats_entry	 e, next;

	(void)state;
	fill(noon);
	for (int i = 0; i < STATS_PROCESSES; i++)
		others[i] = counters_open(&fds[i]);
	e = stats_enter(others[STATS_PROCESSES - 1], STATS_NAMED, "old");
	assert_null(e.open);
	next = e;
	stats_confirm(s, &next);
	assert_int_equal(next.place, e.place);
	assert_true(make_room("old", noon + 60));
	next = stats_enter(s, STATS_NAMED, "new");
	assert_int_equal(next.place, e.place);
	stats_confirm(s, &next);
	assert_int_equal(next.place, e.place);
	stats_confirm(others[STATS_PROCESSES - 1], &e);
	assert_int_equal(e.place, STATS_AT_OTHERS);
	stats_leave(&next);
	for (int i = 0; i < STATS_PROCESSES; i++)
		counters_close(others[i], fds[i]);
}

static void
clients_of_a_place_are_of_others_then(void **state)
{
	const unsigned char	 block[CLIENT_BLOCK_BYTES] = { 4, 192, 0, 2 };
	const struct stats_view	*v;

	(void)state;
	fill(noon);
	for (int i = 0; i < 5; i++)
		stats_refused(s, place("old").place, block, noon);
	assert_string_equal(view(noon)->clients[0].scope, "old");
	assert_true(make_room("old", noon + 60));
	one("new", OK, noon + 60);
	assert_string_equal(view(noon + 60)->clients[0].scope, "_others");
	stats_refused(s, place("new").place, block, noon + 60);
	v = view(noon + 60);
	assert_int_equal(v->n_clients, 2);
	assert_string_equal(v->clients[0].scope, "_others");
	assert_int_equal(v->clients[0].refused, 5);
	assert_string_equal(v->clients[1].scope, "new");
	assert_int_equal(v->clients[1].refused, 1);
}

/* Who gave it back was killed when it had put its mark there, and a request
 * was under way. */
static void
a_marked_place_waits_for_who_is_in_it(void **state)
{
	struct stats_entry	 e, next;

	(void)state;
	fill(noon);
	e = stats_enter(s, STATS_NAMED, "old");
	area->routes[e.place] = STATS_LEAVING;
	assert_false(make_room("old", noon + 60));
	next = stats_enter(s, STATS_NAMED, "new");
	assert_true(next.crowded);
	stats_leave(&next);
	stats_count(s, e.place, &(struct stats_request){ .status = 200 },
	    noon + 60);
	stats_leave(&e);
	assert_false(make_room("old", noon + 119));	/* of this minute */
	assert_true(make_room("old", noon + 120));
	one("new", OK, noon + 120);
	assert_int_equal(stats_all(&scope(view(noon + 120), "new")->ever), 1);
	assert_int_equal(stats_all(&scope(view(noon + 120), "_others")->ever),
	    3);
}

/* Who gave it back was killed over it. */
static void
a_place_that_is_half_given_back_is_so_in_the_end(void **state)
{
	const struct stats_view	*v;
	int			 at;

	(void)state;
	fill(noon);
	at = place("old").place;
	area->routes[at] = STATS_LEAVING;
	area->scopes[at].former[0] = 1;
	v = view(noon);
	assert_int_equal(stats_all(&v->all.ever), STATS_ROUTES + 1);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 2);
	assert_true(place("new").crowded);
	assert_true(make_room("nothing", noon + 60));
	one("new", OK, noon + 60);
	v = view(noon + 60);
	assert_int_equal(stats_all(&scope(v, "new")->ever), 1);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 2);
}

/* Two that took one each for the same route. */
static void
two_places_of_a_route_are_told_as_one(void **state)
{
	int	 at, other;

	(void)state;
	fill(noon);
	at = place("route-7").place;
	other = place("old").place;
	area->routes[other] = area->routes[at];
	for (int i = 0; i < STATS_NAME; i++)
		area->scopes[other].name[i] = area->scopes[at].name[i];
	assert_int_equal(view(noon)->n_scopes, STATS_ROUTES);
	assert_int_equal(all_ever(noon), STATS_ROUTES + 1);
	/* the one where its requests go */
	one("route-7", OK, noon);
	assert_int_equal(stats_all(&scope(view(noon), "route-7")->ever) +
	    stats_all(&scope(view(noon), "_others")->ever), 4);
	assert_int_equal(stats_all(&scope(view(noon), "route-7")->ever),
	    place("route-7").place == at ? 2 : 3);
	assert_true(make_room("nothing", noon + 60));
	one("route-7", OK, noon + 60);
	one("new", OK, noon + 60);
	assert_int_equal(view(noon + 60)->n_scopes, STATS_ROUTES + 1);
	assert_int_equal(all_ever(noon + 60), STATS_ROUTES + 4);
}

/* One process at a time, and no longer than it lives. */
static void
one_process_gives_back(void **state)
{
	char	 byte;
	pid_t	 pid;
	int	 fd;

	(void)state;
	fill(noon);
	assert_int_equal(pipe(ready), 0);
	if ((pid = fork()) == 0) {
		s = counters_open(&fd);
		if (!stats_empty_begin(s))
			_exit(1);
		wait_for_the_end();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_false(make_room("old", noon + 60));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(make_room("old", noon + 120));
	close(ready[0]);
	close(ready[1]);
}

static void
what_is_not_in_the_table_is_of_others(void **state)
{
	const struct stats_table	 t = { but, "a" };
	const struct stats_view		*v;
	const unsigned char		 block[CLIENT_BLOCK_BYTES] = { 0 };
	struct stats_entry		 e;

	(void)state;
	one("a", OK, noon);
	one("b", OK, noon);
	e = stats_enter(s, STATS_NAMED, "a");
	stats_target(s, &e, ERR_DNS, noon);
	stats_refused(s, e.place, block, noon);
	v = stats_read(s, &arena, &t, noon);
	assert_int_equal(v->n_scopes, 2);
	assert_string_equal(v->scopes[0].name, "b");
	assert_int_equal(v->scopes[0].target, STATS_UNKNOWN);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 1);
	assert_int_equal(scope(v, "_others")->open, 1);
	assert_int_equal(v->all.open, 1);
	assert_string_equal(v->clients[0].scope, "_others");
	stats_leave(&e);
}

/* Who takes the difference of two views must find no old requests in it. */
static void
in_a_steady_view_none_takes_over_from_another(void **state)
{
	const struct stats_table	 t = { but, "old" };
	const struct stats_view		*v;
	struct stats_entry		 e;

	(void)state;
	fill(noon);
	one("crowded", OK, noon);
	e = place("old");
	stats_target(s, &e, ERR_DNS, noon);
	v = stats_read_steady(s, &arena, &t, noon);
	assert_int_equal(v->n_scopes, STATS_ROUTES + 1);
	assert_int_equal(stats_all(&scope(v, "old")->ever), 2);
	assert_int_equal(scope(v, "old")->target, STATS_UNKNOWN);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 1);
	assert_true(make_room("old", noon + 60));
	one("new", OK, noon + 60);
	v = stats_read_steady(s, &arena, &t, noon + 60);
	assert_int_equal(v->n_scopes, STATS_ROUTES + 1);
	assert_int_equal(stats_all(&scope(v, "new")->ever), 1);
	assert_int_equal(stats_all(&scope(v, "_others")->ever), 1);
	e = place("route-7");
	stats_target(s, &e, OK, noon);
	v = stats_read_steady(s, &arena, &t, noon);
	assert_int_equal(scope(v, "route-7")->target, STATS_UP);
}

/* --- many at once -------------------------------------------------------- */

enum { PROCESSES = 8, EACH = 20000 };

static int
many(void)
{
	static const char *const	 routes[] = { "a", "b", "c" };
	static const enum err		 ends[] = { OK, ERR_DNS, OK,
					    ERR_RATE_LIMITED };
	int				 fd;
	struct stats			*mine = counters_open(&fd);

	for (int i = 0; mine != NULL && i < EACH; i++) {
		const struct stats_request	 r = {
			.outcome = ends[i % 4], .status = 200, .total_us = i,
			.target_us = 1, .in_bytes = 1, .out_bytes = 2,
		};
		struct stats_entry	 e = stats_enter(mine, STATS_NAMED,
					    routes[i % 3]);

		/* the minute turns while they count */
		stats_count(mine, e.place, &r, noon + i * 180 / EACH);
		stats_leave(&e);
	}
	counters_close(mine, fd);
	return 0;
}

static void
none_is_lost_and_none_counted_twice(void **state)
{
	const struct stats_view	*v;
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

/* --- routes that come and go --------------------------------------------- */

enum { TABLE = STATS_ROUTES - 4, TURNS = 40, A_TURN = 400 };

/* In each turn another one leaves the table, and one comes. */
static bool
is_in(const void *turn, const char *name)
{
	int	 n = atoi(name), first = *(const int *)turn;

	return n >= first && n < first + TABLE;
}

static int
coming_and_going(void)
{
	int			 fd, turn;
	struct stats		*mine = counters_open(&fd);
	const struct stats_table t = { is_in, &turn };
	char			 name[16];

	for (turn = 0; mine != NULL && turn < TURNS; turn++)
		for (int i = 0; i < A_TURN; i++) {
			int			 n = turn + i % TABLE;
			int64_t			 now_s = noon + turn * 60;
			const struct stats_request r = { .in_bytes = n + 1 };
			struct stats_entry	 e;

			snprintf(name, sizeof(name), "%d", n);
			e = stats_enter(mine, STATS_NAMED, name);
			if (e.crowded && stats_make_room(mine, &t, now_s)) {
				stats_leave(&e);
				e = stats_enter(mine, STATS_NAMED, name);
			}
			stats_count(mine, e.place, &r, now_s);
			stats_leave(&e);
		}
	counters_close(mine, fd);
	return 0;
}

/* Each request has bytes by its route, so that one which was counted for
 * another shows. */
static void
none_is_counted_for_another_route(void **state)
{
	const struct stats_view	*v;
	int			 status, own = 0;

	(void)state;
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			_exit(coming_and_going());
	for (int i = 0; i < PROCESSES; i++) {
		wait(&status);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	v = view(noon + TURNS * 60);
	assert_int_equal(stats_all(&v->all.ever), PROCESSES * TURNS * A_TURN);
	for (size_t i = 0; i < v->n_scopes; i++) {
		const struct stats_scope_view	*sc = &v->scopes[i];

		if (sc->kind != STATS_NAMED)
			continue;
		own++;
		assert_int_equal(sc->ever.in_bytes, stats_all(&sc->ever) *
		    (uint64_t)(atoi(sc->name) + 1));
	}
	assert_true(own > STATS_ROUTES / 2);
	assert_true(stats_all(&scope(v, "_others")->ever) > 0);
	assert_int_equal(v->all.open, 0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, \
	    counters_setup, counters_teardown)
	const struct CMUnitTest	 tests[] = {
		CASE(what_is_open_is_known),
		CASE(a_killed_process_has_nothing_open),
		CASE(a_place_is_taken_by_the_next),
		CASE(a_place_without_a_name_gets_one),
		CASE(the_name_of_another_route_is_none),
		CASE(a_place_is_given_back_and_nothing_lost),
		CASE(a_route_that_comes_back_begins_anew),
		CASE(a_place_in_use_stays),
		CASE(a_place_of_the_next_minute_stays),
		CASE(a_request_whose_place_was_given_away_is_of_others),
		CASE(clients_of_a_place_are_of_others_then),
		CASE(a_marked_place_waits_for_who_is_in_it),
		CASE(a_place_that_is_half_given_back_is_so_in_the_end),
		CASE(two_places_of_a_route_are_told_as_one),
		CASE(one_process_gives_back),
		CASE(what_is_not_in_the_table_is_of_others),
		CASE(in_a_steady_view_none_takes_over_from_another),
		CASE(none_is_lost_and_none_counted_twice),
		CASE(none_is_counted_for_another_route),
	};

	return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
