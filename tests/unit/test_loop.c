#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/loop.h"

/* A loop between the ends of socket pairs, by a clock that is set. */

static int64_t		 now_ms;
static struct loop	*loop;
static int		 ours, theirs;
static int		 calls;
static unsigned		 came;
static char		 order[64];

int64_t
clock_us(void)
{
	return now_ms * 1000;
}

int64_t
clock_ms(void)
{
	return now_ms;
}

static void
note(void *arg, int fd, unsigned events)
{
	assert_ptr_equal(arg, &calls);
	assert_int_equal(fd, ours);
	calls++;
	came = events;
}

static void
take_pair(void)
{
	int	 pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ours = pair[0];
	theirs = pair[1];
	loop_take(loop, ours);
}

static int
setup(void **state)
{
	(void)state;
	now_ms = 5000;
	calls = 0;
	order[0] = '\0';
	if ((loop = loop_new()) == NULL)
		return -1;
	take_pair();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	loop_close(loop, ours);
	close(theirs);
	loop_free(loop);
	return 0;
}

static int
turn(void)
{
	calls = 0;
	came = 0;
	loop_turn(loop);
	return calls;
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* Which does not wait, since something is due. */
static int
turn_at_once(void)
{
	struct loop_timer	 now = { .due = nothing };

	assert_int_equal(loop_at(loop, &now, now_ms), 0);
	return turn();
}

static void
say(const char *text)
{
	assert_int_equal(write(theirs, text, strlen(text)), strlen(text));
}

static void
an_event_is_told_as_long_as_it_is_there(void **state)
{
	char	 byte;

	(void)state;
	assert_int_equal(loop_watch(loop, ours, EPOLLIN, note, &calls), 0);
	assert_int_equal(turn_at_once(), 0);
	say("x");
	assert_int_equal(turn(), 1);
	assert_int_equal(came, EPOLLIN);
	assert_int_equal(turn(), 1);
	assert_int_equal(loop_found(loop), 1);
	assert_int_equal(read(ours, &byte, 1), 1);
	assert_int_equal(turn_at_once(), 0);
	assert_int_equal(loop_found(loop), 0);
}

/* What the kernel still watches comes once, and is nobody's. */
static void
what_nobody_wants_is_not_told(void **state)
{
	(void)state;
	loop_watch(loop, ours, EPOLLIN | EPOLLOUT, note, &calls);
	assert_int_equal(turn(), 1);
	assert_int_equal(came, EPOLLOUT);
	loop_watch(loop, ours, EPOLLIN, note, &calls);
	assert_int_equal(turn_at_once(), 0);
	say("x");
	assert_int_equal(turn(), 1);
	assert_int_equal(came, EPOLLIN);
	loop_unwatch(loop, ours);
	assert_int_equal(turn_at_once(), 0);
	assert_int_equal(turn_at_once(), 0);
	loop_watch(loop, ours, EPOLLIN, note, &calls);
	assert_int_equal(turn(), 1);
}

static void
the_end_is_told_unasked(void **state)
{
	(void)state;
	loop_watch(loop, ours, EPOLLRDHUP, note, &calls);
	say("x");
	assert_int_equal(turn_at_once(), 0);
	shutdown(theirs, SHUT_WR);
	assert_int_equal(turn(), 1);
	assert_int_equal(came, EPOLLRDHUP);
	close(theirs);
	theirs = -1;
	assert_int_equal(turn(), 1);
	assert_true((came & EPOLLHUP) != 0);
}

/* Only what is new, while what is there stays there. */
static void
by_its_edge(void **state)
{
	(void)state;
	say("x");
	loop_watch(loop, ours, EPOLLIN | EPOLLET, note, &calls);
	assert_int_equal(turn(), 1);
	assert_int_equal(turn_at_once(), 0);
	say("y");
	assert_int_equal(turn(), 1);
	assert_int_equal(turn_at_once(), 0);
	loop_watch(loop, ours, EPOLLIN, note, &calls);
	assert_int_equal(turn(), 1);
	assert_int_equal(turn(), 1);
}

/* That the other side says no more may come with the last that it said, to one
 * who looks for that alone. */
static void
an_edge_is_told_to_whoever_waits_next(void **state)
{
	(void)state;
	loop_watch(loop, ours, EPOLLIN | EPOLLRDHUP | EPOLLET, note, &calls);
	say("x");
	shutdown(theirs, SHUT_WR);
	assert_int_equal(turn(), 1);
	assert_int_equal(came, EPOLLIN | EPOLLRDHUP);
	assert_int_equal(turn_at_once(), 0);
	loop_unwatch(loop, ours);
	loop_watch(loop, ours, EPOLLRDHUP | EPOLLET, note, &calls);
	assert_int_equal(turn_at_once(), 1);
	assert_int_equal(came, EPOLLRDHUP);
	assert_int_equal(turn_at_once(), 0);
}

static int	 other;

static void
never(void *arg, int fd, unsigned events)
{
	(void)arg;
	fail_msg("descriptor %d is told of %x", fd, events);
}

static void
close_and_reuse(void *arg, int fd, unsigned events)
{
	(void)arg;
	(void)events;
	loop_unwatch(loop, fd);
	loop_close(loop, other);
	assert_int_equal(fcntl(theirs, F_DUPFD, other), other);
	loop_take(loop, other);
	assert_int_equal(loop_watch(loop, other, EPOLLPRI, never, NULL), 0);
	calls++;
}

/* Both have something to say in one turn; the first closes the second, whose
 * number is another's at once. */
static void
an_event_of_the_former_is_not_told(void **state)
{
	int	 pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	other = pair[0];
	loop_take(loop, other);
	close(pair[1]);
	say("x");
	loop_watch(loop, ours, EPOLLIN, close_and_reuse, NULL);
	loop_watch(loop, other, EPOLLRDHUP, never, NULL);
	/* In the order in which they became ready. */
	assert_int_equal(turn(), 1);
	assert_int_equal(turn_at_once(), 0);
	loop_close(loop, other);
}

static void
a_file_is_always_ready(void **state)
{
	FILE	*file = tmpfile();

	(void)state;
	assert_non_null(file);
	assert_int_equal(loop_watch(loop, fileno(file), EPOLLIN, never, NULL),
	    -1);
	assert_int_equal(errno, EPERM);
	fclose(file);
}

/* --- times --- */

static void
write_down(void *arg)
{
	strncat(order, arg, sizeof(order) - strlen(order) - 1);
}

static void
times_come_in_their_order(void **state)
{
	static const int	 due[] = { 30, 10, 50, 20, 40, 10, 60 };
	static char		 names[7][2];
	struct loop_timer	 t[7] = { { .due = NULL } };

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		names[i][0] = (char)('a' + i);
		t[i].due = write_down;
		t[i].arg = names[i];
		assert_int_equal(loop_at(loop, &t[i], now_ms + due[i]), 0);
	}
	loop_no_more(loop, &t[3]);
	loop_no_more(loop, &t[3]);
	loop_at(loop, &t[6], now_ms + 5);
	loop_at(loop, &t[0], now_ms + 70);
	now_ms += 45;
	loop_turn(loop);
	assert_true(strcmp(order, "gbfe") == 0 || strcmp(order, "gfbe") == 0);
	now_ms += 5;
	loop_turn(loop);
	assert_string_equal(order + 4, "c");
	now_ms += 1000;
	loop_turn(loop);
	assert_string_equal(order + 4, "ca");
}

/* Against a list that is searched. */
static void
any_number_of_times(void **state)
{
	enum { N = 500, ROUNDS = 20000 };
	static struct loop_timer	 t[N];
	unsigned			 seed = 1;

	(void)state;
	memset(t, 0, sizeof(t));
	for (int i = 0; i < ROUNDS; i++) {
		struct loop_timer *one = &t[rand_r(&seed) % N];
		int64_t least = INT64_MAX;
		size_t set = 0;

		one->due = nothing;
		if (rand_r(&seed) % 4 == 0)
			loop_no_more(loop, one);
		else
			loop_at(loop, one, now_ms + rand_r(&seed) % 1000);
		if (i % 50 != 0)
			continue;
		now_ms += rand_r(&seed) % 300;
		loop_at(loop, one, now_ms);
		loop_turn(loop);
		for (size_t n = 0; n < N; n++)
			if (t[n].place != 0) {
				set++;
				if (t[n].due_ms < least)
					least = t[n].due_ms;
			}
		assert_true(set == 0 || least > now_ms);
	}
}

static int	 again;

static void
once_more(void *arg)
{
	again++;
	loop_at(loop, arg, now_ms);
}

/* One that is always due again lets others be heard. */
static void
no_time_without_end(void **state)
{
	struct loop_timer	 t = { .due = once_more };

	(void)state;
	again = 0;
	t.arg = &t;
	loop_at(loop, &t, now_ms);
	say("x");
	loop_watch(loop, ours, EPOLLIN, note, &calls);
	assert_int_equal(turn(), 1);
	assert_in_range(again, 1, 1000);
	assert_int_equal(turn(), 1);
	loop_no_more(loop, &t);
}

static struct loop_timer	 next[2];

static void
in_each_turn(void *arg)
{
	write_down(arg);
	loop_soon(loop, &next[*(char *)arg - 'a']);
}

/* Others are heard between two turns of one that goes on and on. */
static void
the_next_turn_is_after_the_others(void **state)
{
	static char	 names[2][2] = { "a", "b" };

	(void)state;
	memset(next, 0, sizeof(next));
	loop_watch(loop, ours, EPOLLOUT, note, &calls);
	for (size_t i = 0; i < 2; i++) {
		next[i].due = in_each_turn;
		next[i].arg = names[i];
		loop_soon(loop, &next[i]);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(turn(), 1);
		assert_int_equal(strlen(order), 2 * (i + 1));
	}
	assert_true(strspn(order, "a") == 1 || strspn(order, "b") == 1);
	loop_no_more(loop, &next[0]);
	order[0] = '\0';
	next[1].due = write_down;
	assert_int_equal(turn(), 1);
	assert_string_equal(order, "b");
	loop_unwatch(loop, ours);
	loop_soon(loop, &next[1]);
	loop_at(loop, &next[1], now_ms + 5);
	assert_int_equal(turn_at_once(), 0);
	assert_string_equal(order, "b");
	now_ms += 5;
	turn();
	assert_string_equal(order, "bb");
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(an_event_is_told_as_long_as_it_is_there),
		RULE(what_nobody_wants_is_not_told),
		RULE(the_end_is_told_unasked),
		RULE(by_its_edge),
		RULE(an_edge_is_told_to_whoever_waits_next),
		RULE(an_event_of_the_former_is_not_told),
		RULE(a_file_is_always_ready),
		RULE(times_come_in_their_order),
		RULE(any_number_of_times),
		RULE(no_time_without_end),
		RULE(the_next_turn_is_after_the_others),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
