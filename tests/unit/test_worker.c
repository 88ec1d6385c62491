#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include <cmocka.h>

#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/worker.c"

/*
 * Two runners, each of whose turns is taken here, in the order that threads of
 * their own would have to be lucky to meet.
 */

static struct crew	 crew;
static struct runner	*a, *b;
static int		 served;

void
serve(struct serving *x)
{
	served++;
	x->means->ended(x);
}

static int
setup(void **state)
{
	struct sockaddr_un	 any = { .sun_family = AF_UNIX };

	(void)state;
	crew = (struct crew){ .max_under_way = 1, .max_runners = 2 };
	crew.listen_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	/* A name of the kernel's choice, in no folder. */
	if (bind(crew.listen_fd, (struct sockaddr *)&any,
	    sizeof(any.sun_family)) == -1 || listen(crew.listen_fd, 5) == -1 ||
	    FCGX_Init() != 0 || crew_open(&crew) == -1)
		return -1;
	a = &crew.runners[crew.n_runners++];
	b = &crew.runners[crew.n_runners++];
	served = 0;
	return runner_open(a, &crew) && runner_open(b, &crew) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	runner_close(a);
	runner_close(b);
	close(a->wake_fd);
	close(b->wake_fd);
	slots_free(crew.slots);
	close(crew.listen_fd);
	return 0;
}

static bool
is_woken(const struct runner *r)
{
	struct pollfd	 p = { .fd = r->wake_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* A connection of its, with a request that has no variables and no body.  The
 * server's end. */
static int
ask(struct runner *r)
{
	static const unsigned char	 request[] = {
		1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		1, 4, 0, 1, 0, 0, 0, 0,
		1, 5, 0, 1, 0, 0, 0, 0,
	};
	int				 pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	assert_int_equal(write(pair[1], request, sizeof(request)),
	    sizeof(request));
	loop_take(r->loop, pair[0]);
	conn_look(r, pair[0]);
	return pair[1];
}

static void
begin_another(void *arg)
{
	(void)arg;
	crew.under_way++;
	runner_listen_or_not(b);
}

static void
end_another(void)
{
	crew.under_way--;
	runner_freed(b);
}

/*
 * The place that is free is taken by another thread, between the moment in
 * which this one is told of it and that in which it looks at its queue.
 */
static void
whose_place_was_taken_is_told_again(void **state)
{
	struct loop_timer	 meanwhile = { .due = begin_another };
	int			 server;

	(void)state;
	begin_another(NULL);
	server = ask(a);
	assert_int_equal(served, 0);
	assert_int_equal(loop_at(a->loop, &meanwhile, 0), 0);
	end_another();
	assert_true(is_woken(a));
	loop_turn(a->loop);
	assert_int_equal(served, 0);
	end_another();
	assert_true(is_woken(a));
	loop_turn(a->loop);
	assert_int_equal(served, 1);
	assert_true(a->listens && b->listens);
	assert_int_equal(crew.deaf, 0);
	close(server);
}

/* What it accepted meanwhile would wait behind them, while another thread has
 * time. */
static void
who_has_a_queue_accepts_nothing(void **state)
{
	int	 first, second;

	(void)state;
	begin_another(NULL);
	first = ask(a);
	second = ask(a);
	assert_false(a->listens);
	assert_false(b->listens);
	end_another();
	assert_true(b->listens);
	loop_turn(a->loop);
	assert_int_equal(served, 2);
	assert_true(a->listens);
	assert_int_equal(crew.deaf, 0);
	close(first);
	close(second);
}

static int	 no_room;		/* for so many timers more */

/* In the place of the loop's (--wrap). */
int		 __wrap_loop_at(struct loop *, struct loop_timer *, int64_t);
int		 __real_loop_at(struct loop *, struct loop_timer *, int64_t);

int
__wrap_loop_at(struct loop *l, struct loop_timer *timer, int64_t due_ms)
{
	if (no_room == 0)
		return __real_loop_at(l, timer, due_ms);
	no_room--;
	return -1;
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* Which does not wait, since something is due. */
static void
turn_at_once(struct runner *r)
{
	struct loop_timer	 now = { .due = nothing };

	assert_int_equal(loop_at(r->loop, &now, 0), 0);
	loop_turn(r->loop);
}

/* Else it would have its descriptor, or its place, for ever. */
static void
what_cannot_be_limited_ends(void **state)
{
	char	 byte;
	int	 pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[1], "\1\1", 2), 2);
	loop_take(a->loop, pair[0]);
	no_room = 1;
	conn_look(a, pair[0]);
	assert_int_equal(a->n_jobs, 1);
	loop_unwatch(a->loop, pair[0]);		/* nothing else is to end it */
	turn_at_once(a);
	assert_int_equal(a->n_jobs, 0);
	assert_int_equal(recv(pair[1], &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, ECONNRESET);
	close(pair[1]);
}

static void
a_queue_needs_no_memory(void **state)
{
	int	 server;

	(void)state;
	begin_another(NULL);
	server = ask(a);
	end_another();
	no_room = 1;
	loop_turn(a->loop);
	assert_int_equal(no_room, 0);
	turn_at_once(a);
	assert_int_equal(served, 1);
	close(server);
}

int
main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest	 tests[] = {
		RULE(whose_place_was_taken_is_told_again),
		RULE(who_has_a_queue_accepts_nothing),
		RULE(what_cannot_be_limited_ends),
		RULE(a_queue_needs_no_memory),
	};

	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
