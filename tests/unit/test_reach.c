#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/clock.h"
#include "http/breaker.h"
#include "serve/walk.h"
#include "store/stats.h"
#include "tests/unit/fixture.h"
#include "tests/unit/world.h"

/* Requests from top to bottom, while their target cannot be connected to. */

/* The clock is the machine's, and can be set on. */
static int64_t	 ahead_us;

int64_t
clock_us(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000 + ahead_us;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

int64_t
clock_wall_ms(void)
{
	return INT64_C(1800000000000);
}

static void
wait_ms(int64_t ms)
{
	ahead_us += ms * 1000;
}

static int
begin(void **state)
{
	world_reset();
	for (int i = 0; i < 3; i++)
		world.routes[i].rules.connect_timeout_ms = 5000;
	return setup(state);
}

/* One request that ends so; was its target asked? */
static bool
ask_at(const char *uri, const struct world_answer *a)
{
	char	 var[96];

	world.n_fetches = 0;
	world.answers[0] = *a;
	snprintf(var, sizeof(var), "REQUEST_URI=/v/%s", uri);
	SERVE("REQUEST_METHOD=GET", var, "HTTP_ORIGIN=https://page.example",
	    "HTTP_ACCEPT=text/html");
	return world.n_fetches > 0;
}

static bool
ask(const struct world_answer *a)
{
	return ask_at("api/x", a);
}

static const struct world_answer	 sound = { .status = 200 },
		    refused = { .err = ERR_CONNECTION_REFUSED };

static void
fail_five(void)
{
	for (int i = 0; i < BREAKER_FAILURES; i++)
		assert_true(ask(&refused));
}

static void
a_dead_target_is_not_asked(void **state)
{
	(void)state;
	fail_five();
	assert_field("Status", "502 Bad Gateway");
	assert_false(ask(&sound));
	assert_field("Status", "503 Service Unavailable");
	assert_field("Proxy-Status", "viaduct; error=destination_unavailable; "
	    "details=\"target_down\"");
	assert_field("Retry-After", "10");
	assert_field("Refresh", "10");
	assert_field("Access-Control-Allow-Origin", "https://page.example");
	assert_non_null(strstr(io_mem_body(&world.io),
	    "The site behind this address is not available"));
	assert_non_null(strstr(world.lines, "target_down: "));
	assert_true(ask_at("other", &sound));
}

/* One tries after the pause, and ends it. */
static void
one_tries_and_the_others_follow(void **state)
{
	const struct world_answer	 holds = {
		.err = ERR_RESPONSE_TIMEOUT, .connected = true,
	};

	(void)state;
	fail_five();
	wait_ms(BREAKER_PAUSE_MS - 1000);
	assert_false(ask(&sound));
	assert_in_range(atoi(io_mem_field(&world.io, "Retry-After")), 1, 5);
	wait_ms(1000);
	assert_true(ask(&refused));
	assert_false(ask(&sound));
	wait_ms(BREAKER_PAUSE_MS);
	/* It need not answer: it is there. */
	assert_true(ask(&holds));
	assert_true(ask(&sound));
	for (int i = 0; i < BREAKER_FAILURES - 1; i++)
		assert_true(ask(&refused));
	assert_true(ask(&sound));
	fail_five();
	assert_false(ask(&sound));
}

/* What the same five times over means for the sixth request. */
static const struct {
	struct world_answer	 answer;
	bool			 asked, whole;
} ends[] = {
	{ { .err = ERR_CONNECTION_REFUSED }, false, false },
	{ { .err = ERR_CONNECTION_TIMEOUT }, false, false },
	{ { .err = ERR_DNS }, false, true },
	{ { .err = ERR_ADDRESS_PROHIBITED }, true, true },
	{ { .err = ERR_TLS_PROTOCOL }, true, true },
	{ { .err = ERR_TLS_CERTIFICATE }, true, true },
	{ { .err = ERR_RESPONSE_TIMEOUT }, true, true },
	{ { .err = ERR_RESPONSE_TIMEOUT, .connected = true }, true, true },
	{ { .err = ERR_BAD_RESPONSE, .connected = true }, true, true },
	{ { .err = ERR_CLIENT_GONE }, true, true },
	{ { .err = ERR_NO_DESCRIPTORS }, true, true },
	{ { .err = ERR_SHUTTING_DOWN }, true, true },
	{ { .status = 503 }, true, true },
	{ { .status = 200, .err = ERR_READ_TIMEOUT }, true, true },
};

static void
only_connections_that_fail_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(ends); i++) {
		world_reset();
		for (int n = 0; n < BREAKER_FAILURES; n++)
			assert_true(ask(&ends[i].answer));
		assert_int_equal(ask(&sound), ends[i].asked);
		world.conf.whole.targets = WHOLE_LISTED;
		for (int n = 0; n < BREAKER_FAILURES; n++)
			assert_true(ask_at("https://listed.example/",
			    &ends[i].answer));
		assert_int_equal(ask_at("https://listed.example/", &sound),
		    ends[i].whole);
	}
}

/* Neither that it is not asked, nor why, nor when it will be. */
static void
who_names_the_host_learns_nothing(void **state)
{
	char	 page[32768];

	(void)state;
	world.conf.whole.targets = WHOLE_LISTED;
	for (int n = 0; n <= BREAKER_FAILURES; n++) {
		assert_int_equal(ask_at("https://listed.example/", &refused),
		    n < BREAKER_FAILURES);
		assert_field("Status", "502 Bad Gateway");
		assert_field("Proxy-Status", "viaduct; "
		    "error=destination_unavailable; "
		    "details=\"destination_unavailable\"");
		assert_field("Retry-After", "5");
		/* It ends in the request's id. */
		if (n == BREAKER_FAILURES)
			assert_memory_equal(io_mem_body(&world.io), page,
			    (size_t)(strstr(page, "<dl") - page));
		snprintf(page, sizeof(page), "%s", io_mem_body(&world.io));
	}
	assert_string_equal(world.access.cause, "target_down");
	/* Another port is another target. */
	assert_true(ask_at("http://listed.example/", &sound));
}

/* A caller can choose where some redirects lead. */
static void
where_a_redirect_leads_does_not_count(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * BREAKER_FAILURES; i++) {
		world.answers[1] = refused;
		assert_true(ask(&(struct world_answer){ .status = 302,
		    .fields = { { "Location", "/elsewhere" } } }));
		assert_int_equal(world.n_fetches, 2);
		assert_field("Status", "502 Bad Gateway");
	}
	world.answers[1] = sound;
	assert_true(ask(&sound));
}

static void
a_caller_who_leaves_lets_the_next_one_try(void **state)
{
	(void)state;
	fail_five();
	wait_ms(BREAKER_PAUSE_MS);
	assert_true(ask(&(struct world_answer){ .err = ERR_CLIENT_GONE }));
	assert_true(ask(&(struct world_answer){
	    .err = ERR_ADDRESS_PROHIBITED }));
	world.busy = true;
	assert_false(ask(&sound));	/* it waits for its turn */
	world.busy = false;
	assert_true(ask(&sound));
}

static void
an_edited_url_is_asked_at_once(void **state)
{
	(void)state;
	fail_five();
	assert_false(ask(&sound));
	world.routes[0].url = "https://new.example/v1";
	assert_true(ask(&sound));
}

static void
a_walk_sees_it_and_does_not_try(void **state)
{
	static const char *const	 vars[] = { "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", NULL };
	struct walk			 w;

	(void)state;
	for (int i = 0; i < 3; i++) {
		w = (struct walk){ .err = OK };
		world_walk(vars, &w);
		assert_int_equal(w.err, i == 1 ? ERR_TARGET_DOWN : OK);
		assert_int_equal(w.steps[STEP_REACH].outcome,
		    i == 1 ? WALK_REFUSED : WALK_PASSED);
		if (i == 0)
			fail_five();
		else if (i == 1)
			wait_ms(BREAKER_PAUSE_MS);
	}
	assert_true(ask(&sound));	/* nobody has tried yet */
}

static void
the_counters_tell_of_it(void **state)
{
	const struct stats_view	*v;
	time_t			 now = time(NULL);

	(void)state;
	fail_five();
	assert_false(ask(&sound));
	v = stats_read(world_counters(), &arena, NULL, now);
	assert_non_null(v);
	assert_int_equal(v->scopes[0].target, STATS_DOWN);
	assert_string_equal(v->scopes[0].fault, "connection_refused");
	assert_in_range(v->scopes[0].paused_until_s, now + 9, now + 12);
	assert_int_equal(stats_all(&v->scopes[0].ever), BREAKER_FAILURES + 1);
	wait_ms(BREAKER_PAUSE_MS);
	assert_true(ask(&sound));
	v = stats_read(world_counters(), &arena, NULL, now);
	assert_int_equal(v->scopes[0].paused_until_s, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		CASE(a_dead_target_is_not_asked),
		CASE(one_tries_and_the_others_follow),
		CASE(only_connections_that_fail_count),
		CASE(who_names_the_host_learns_nothing),
		CASE(where_a_redirect_leads_does_not_count),
		CASE(a_caller_who_leaves_lets_the_next_one_try),
		CASE(an_edited_url_is_asked_at_once),
		CASE(a_walk_sees_it_and_does_not_try),
		CASE(the_counters_tell_of_it),
	};

	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
