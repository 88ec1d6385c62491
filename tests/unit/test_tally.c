#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "serve/serving.h"
#include "serve/tally.h"
#include "store/stats_area.h"
#include "tests/unit/fixture.h"
#include "tests/unit/world.h"

/* Requests from top to bottom, and what was counted of each. */

static int
begin(void **state)
{
	world_reset();
	arena_free(&arena);
	return setup(state);
}

static const struct stats_view *
view(void)
{
	const struct stats_view	*v;

	arena_free(&arena);
	arena_init(&arena, 8 << 20);
	v = stats_read(world_counters(), &arena, NULL, time(NULL));
	assert_non_null(v);
	return v;
}

/* The one request that was counted: where, and as what. */
static const struct stats_scope_view *
only(const char *name, const char *word, int digit)
{
	const struct stats_view	*v = view();
	size_t			 i;

	assert_int_equal(v->n_scopes, 1);
	assert_string_equal(v->scopes[0].name, name);
	assert_int_equal(stats_all(&v->all.ever), 1);
	for (i = 0; v->all.ever.outcomes[i] == 0; i++)
		;
	assert_string_equal(v->outcomes[i].word, word);
	assert_int_equal(v->all.ever.statuses[digit], 1);
	assert_int_equal(v->all.open, 0);
	return &v->scopes[0];
}

static const struct row {
	const char	*uri, *more, *scope, *word;
	int		 digit;
	enum err	 fetch;
} rows[] = {
	{ "/v/api/x", NULL, "api", "ok", 2, OK },
	{ "/v/api/x", NULL, "api", "dns", 5, ERR_DNS },
	{ "/v/?route=api&path=/", NULL, "api", "ok", 2, OK },
	{ "/v/keyed", NULL, "keyed", "key_required", 4, OK },
	{ "/v/bad", NULL, "bad", "route_invalid", 5, OK },
	{ "/v/api/%2e%2e/", NULL, "api", "bad_path", 4, OK },
	{ "/v/api", "HTTP_ORIGIN=https://evil.example", "api",
	    "origin_not_allowed", 4, OK },
	{ "/v/", NULL, "_own", "ok", 2, OK },
	{ "/v/_health", NULL, "_own", "ok", 2, OK },
	{ "/v/robots.txt", NULL, "_own", "ok", 2, OK },
	{ "/v/nowhere", NULL, "_none", "no_route", 4, OK },
	{ "/v/https://other.example/", NULL, "_whole", "target_not_allowed", 4,
	    OK },
	{ "*", NULL, "_none", "malformed_request", 4, OK },
	{ "/v/?route=api&x=y", NULL, "_none", "bad_query", 4, OK },
};

static void
a_request_is_counted_where_it_leads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct row	*r = &rows[i];
		char			 uri[64];

		world_reset();
		world.answers[0].status = r->fetch == OK ? 200 : 0;
		world.answers[0].err = r->fetch;
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s", r->uri);
		SERVE("REQUEST_METHOD=GET", uri, r->more);
		only(r->scope, r->word, r->digit);
	}
}

static void
bodies_and_times_are_counted(void **state)
{
	const struct stats_scope_view	*s;

	(void)state;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .body = { "hello" }, .end_after_us = 4000 };
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", "REQUEST_URI=/v/api", "CONTENT_LENGTH=3",
	    "HTTP_ORIGIN=https://page.example", NULL },
	    (const char *const[]){ "abc", NULL });
	s = only("api", "ok", 2);
	assert_int_equal(s->ever.in_bytes, 3);
	assert_int_equal(s->ever.out_bytes, 5);
	assert_true(s->ever.target_us >= 4000);
	assert_true(s->ever.total_us >= s->ever.target_us);
	assert_int_equal(s->target, STATS_UP);
}

static void
a_preflight_is_a_request_that_asks_no_target(void **state)
{
	const struct stats_scope_view	*s;

	(void)state;
	SERVE("REQUEST_METHOD=OPTIONS", "REQUEST_URI=/v/api",
	    "HTTP_ORIGIN=https://page.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PUT");
	s = only("api", "ok", 2);
	assert_int_equal(s->ever.target_us, 0);
	assert_int_equal(s->target, STATS_UNKNOWN);
}

static void
an_answer_that_is_cut_keeps_its_status_and_failed(void **state)
{
	(void)state;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .fields = { { "Content-Type", "text/event-stream" } },
	    .body = { "hello" }, .err = ERR_READ_TIMEOUT };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_int_equal(only("api", "read_timeout", 2)->target, STATS_DOWN);
}

/* Whose rate is used up is listed. */
static void
refused_clients_are_noted(void **state)
{
	const struct stats_view	*v;

	(void)state;
	world.routes[0].rules.rate = (struct rate){ INT64_C(3600000000), 1 };
	world.answers[0].status = 200;
	for (int i = 0; i < 4; i++)
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api",
		    "REMOTE_ADDR=192.0.2.7");
	v = view();
	assert_int_equal(v->n_clients, 1);
	assert_string_equal(v->clients[0].client, "192.0.2.7");
	assert_string_equal(v->clients[0].scope, "api");
	assert_int_equal(v->clients[0].refused, 3);
	assert_int_equal(stats_requests(v, &v->all.ever, STATS_REFUSED), 3);
}

/* As in a process without a place of its own, for whom nobody waits. */
static void
one_whose_place_was_given_away_is_of_others(void **state)
{
	struct stats		*s = world_counters();
	struct serving		 x = { .counters = s, .rp.status = 200,
				    .entry = stats_enter(s, STATS_NAMED,
				    "api") };
	struct stats_area	*area = atomic_load(&s->own);
	int			 given = x.entry.place;

	(void)state;
	stats_leave(&x.entry);
	x.entry.open = NULL;
	atomic_store(&area->routes[given], 1);
	tally_close(&x);
	only("_others", "ok", 2);
	assert_int_equal(stats_load(&area->scopes[given].ever[0]), 0);
}

static void
one_that_waits_is_not_counted_yet(void **state)
{
	(void)state;
	world.busy = true;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_int_equal(world.io.out_bytes, 0);
	assert_int_equal(view()->n_scopes, 0);
	assert_int_equal(view()->all.open, 0);
}

static void
without_settings_there_is_nothing_to_count_in(void **state)
{
	(void)state;
	world.unreadable = true;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_field("Status", "503 Service Unavailable");
	assert_int_equal(view()->n_scopes, 0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest	 tests[] = {
		CASE(a_request_is_counted_where_it_leads),
		CASE(bodies_and_times_are_counted),
		CASE(a_preflight_is_a_request_that_asks_no_target),
		CASE(an_answer_that_is_cut_keeps_its_status_and_failed),
		CASE(refused_clients_are_noted),
		CASE(one_whose_place_was_given_away_is_of_others),
		CASE(one_that_waits_is_not_counted_yet),
		CASE(without_settings_there_is_nothing_to_count_in),
	};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
