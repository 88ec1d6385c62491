#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/figures.h"
#include "client/frame.h"
#include "client/status.h"
#include "core/buf.h"
#include "serve/status.h"
#include "store/stats.h"
#include "tests/unit/fixture.h"

static const unsigned char	 seed[16] = "sixteen letters";
static const int64_t		 noon = INT64_C(1800000000);

/* --- figures ------------------------------------------------------------- */

static void
by_bytes(struct buf *b, int64_t n)
{
	figure_bytes(b, (uint64_t)n);
}

static void
by_count(struct buf *b, int64_t n)
{
	figure_count(b, (uint64_t)n);
}

static void
by_share(struct buf *b, int64_t n)
{
	figure_share(b, (uint64_t)n, 10000);
}

static void
of_none(struct buf *b, int64_t n)
{
	figure_share(b, (uint64_t)n, 0);
}

static const struct {
	void		(*write)(struct buf *, int64_t);
	int64_t		 n;
	const char	*wanted;
} figures[] = {
	{ by_count, 0, "0" }, { by_count, 999, "999" },
	{ by_count, 1000, "1,000" }, { by_count, 1002003, "1,002,003" },
	{ by_count, -1, "18,446,744,073,709,551,615" },
	{ by_bytes, 0, "0 B" }, { by_bytes, 1023, "1023 B" },
	{ by_bytes, 1024, "1.0 KiB" }, { by_bytes, 1536, "1.5 KiB" },
	{ by_bytes, 10188, "9.9 KiB" }, { by_bytes, 10240, "10 KiB" },
	{ by_bytes, 1048000, "1023 KiB" }, { by_bytes, 1048576, "1.0 MiB" },
	{ by_bytes, INT64_C(5) << 40, "5.0 TiB" },
	{ by_bytes, -1, "16384 PiB" },
	{ figure_time, -1, "-" }, { figure_time, 0, "0.0 ms" },
	{ figure_time, 320, "0.3 ms" }, { figure_time, 9949, "9.9 ms" },
	{ figure_time, 9950, "10 ms" }, { figure_time, 999499, "999 ms" },
	{ figure_time, 999500, "1.0 s" }, { figure_time, 11000000, "11 s" },
	{ figure_time, 119499999, "119 s" },
	{ figure_time, 150000000, "2.5 min" },
	{ by_share, 0, "0 %" }, { by_share, 1, "< 0.1 %" },
	{ by_share, 10, "0.1 %" }, { by_share, 150, "1.5 %" },
	{ by_share, 4200, "42 %" }, { by_share, 9999, "> 99.9 %" },
	{ by_share, 10000, "100 %" }, { of_none, 0, "-" },
	{ figure_age, -5, "0 s" }, { figure_age, 119, "119 s" },
	{ figure_age, 120, "2 min" }, { figure_age, 7199, "119 min" },
	{ figure_age, 7200, "2 h" }, { figure_age, 172800, "2 d" },
};

static void
figures_are_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(figures); i++) {
		struct buf	 b;

		buf_init(&b, &arena, 64);
		figures[i].write(&b, figures[i].n);
		if (strcmp(b.data, figures[i].wanted) != 0)
			fail_msg("%s, not %s", b.data, figures[i].wanted);
	}
}

/* --- texts --------------------------------------------------------------- */

static struct stats	*s;

static int
begin(void **state)
{
	setup(state);
	arena_free(&arena);
	arena_init(&arena, 16 << 20);
	s = stats_open(NULL, -1, seed);
	return s == NULL ? -1 : 0;
}

static int
end(void **state)
{
	stats_close(s);
	return teardown(state);
}

static struct stats_entry
place(const char *route)
{
	struct stats_entry	 e;

	e = stats_enter(s, route != NULL ? STATS_NAMED : STATS_NONE, route);
	stats_leave(&e);
	return e;
}

static void
fails(const char *route, enum err how, int64_t now_s)
{
	struct stats_entry	 e = place(route);

	stats_target(s, &e, how, now_s);
}

static void
pauses(const char *route, int64_t until_s)
{
	struct stats_entry	 e = place(route);

	stats_pause(s, &e, until_s);
}

static void
count(const char *route, enum err e, int64_t us)
{
	const struct stats_request	 r = {
		.outcome = e, .status = err_status(e), .total_us = us,
		.target_us = us / 2, .in_bytes = 3, .out_bytes = 5,
	};

	stats_count(s, place(route).place, &r, noon);
}

static const char *
text(void (*write)(struct buf *, const struct status *))
{
	struct status	 st = { .view = stats_read(s, &arena, NULL,
			    noon + 30),
			    .looked = true, .sound = true };
	struct buf	 b;

	assert_non_null(st.view);
	buf_init(&b, &arena, 4 << 20);
	write(&b, &st);
	assert_false(buf_failed(&b));
	return b.data;
}

static void
assert_has(const char *in, const char *what)
{
	if (strstr(in, what) == NULL)
		fail_msg("no %s in %s", what, in);
}

static void
json_has_it_all(void **state)
{
	unsigned char	 block[CLIENT_BLOCK_BYTES] = { 4, 192, 0, 2, 1 };
	const char	*got;
	struct stats_entry open;

	(void)state;
	count("a", OK, 1500);
	count("a", OK, 1500);
	count("a", ERR_DNS, 9000);
	count(NULL, ERR_NO_ROUTE, 100);
	fails("a", ERR_DNS, noon + 5);
	pauses("a", noon + 40);
	stats_refused(s, place("a").place, block, noon);
	open = stats_enter(s, STATS_NAMED, "a");
	got = text(status_json);
	stats_leave(&open);
	assert_has(got, "{\"version\":1,\"now\":\"2027-01-15T08:00:30Z\","
	    "\"since\":\"");
	assert_has(got, "\"shared\":false,\"settings_sound\":true,"
	    "\"processes\":1,");
	assert_has(got, "\"all\":{\"open\":1,\"hour\":{\"requests\":4,"
	    "\"answered\":2,\"refused\":1,\"failed\":1,");
	assert_has(got, "{\"name\":\"a\",\"kind\":\"route\",\"target\":{"
	    "\"state\":\"down\",\"since\":\"2027-01-15T08:00:05Z\","
	    "\"last_failure\":\"dns\","
	    "\"paused_until\":\"2027-01-15T08:00:40Z\"},"
	    "\"open\":1,\"hour\":{\"requests\":3,"
	    "\"answered\":2,\"refused\":0,\"failed\":1,\"outcomes\":{");
	assert_has(got, "\"statuses\":{\"2xx\":2,\"3xx\":0,\"4xx\":0,"
	    "\"5xx\":1},\"total_ms\":{\"mean\":4.000,\"p50\":1.750,"
	    "\"p90\":9.100,\"p99\":9.910},\"target_ms\":{");
	assert_has(got, "\"in_bytes\":9,\"out_bytes\":15}");
	assert_has(got, "\"minutes\":{\"answered\":[0,0,");
	assert_has(got, ",0,2],\"refused\":[");
	assert_has(got, "{\"name\":\"_none\",\"kind\":\"nothing\",\"open\":0");
	assert_has(got, "\"limited_clients\":[\n{\"client\":\"192.0.2.1\","
	    "\"scope\":\"a\",\"refused\":1,"
	    "\"last\":\"2027-01-15T08:00:00Z\"}]}\n");
}

static void
metrics_name_routes_and_rules(void **state)
{
	const char	*got;

	(void)state;
	count("a", OK, 1500);
	count("a", ERR_DNS, 4999);
	count(NULL, ERR_NO_ROUTE, INT64_C(4000000000));
	fails("a", ERR_DNS, noon + 5);
	got = text(status_metrics);
	assert_has(got, "\n# TYPE viaduct_requests_total counter\n");
	assert_has(got, "\nviaduct_requests_total{route=\"a\",rule=\"ok\"} 1\n"
	    );
	assert_has(got, "\nviaduct_requests_total{route=\"a\",rule=\"dns\"} 1"
	    "\n");
	assert_has(got, "\nviaduct_responses_total{route=\"a\","
	    "status=\"5xx\"} 1\n");
	assert_has(got, "\nviaduct_request_duration_seconds_bucket{"
	    "route=\"a\",le=\"0.002000\"} 1\n");
	assert_has(got, "\nviaduct_request_duration_seconds_bucket{"
	    "route=\"a\",le=\"0.005000\"} 2\n");
	assert_has(got, "\nviaduct_request_duration_seconds_sum{"
	    "route=\"a\"} 0.006499\nviaduct_request_duration_seconds_count{"
	    "route=\"a\"} 2\n");
	assert_has(got, "\nviaduct_request_duration_seconds_bucket{"
	    "route=\"_none\",le=\"600.000000\"} 0\n"
	    "viaduct_request_duration_seconds_bucket{"
	    "route=\"_none\",le=\"+Inf\"} 1\n");
	assert_has(got, "\nviaduct_received_bytes_total{route=\"a\"} 6\n");
	assert_has(got, "\nviaduct_target_up{route=\"a\"} 0\n");
	assert_has(got, "\nviaduct_target_paused{route=\"a\"} 0\n");
	assert_has(got, "\nviaduct_target_since_timestamp_seconds{"
	    "route=\"a\"} 1800000005\n");
	assert_has(got, "\nviaduct_counters_shared 0\n");
	assert_has(got, "\nviaduct_settings_sound 1\n");
	assert_null(strstr(got, "target_up{route=\"_none\""));
	assert_null(strstr(got,
	    "target_duration_seconds_count{route=\"_none\""));
}

static void
page(struct buf *b, const struct status *st)
{
	const struct page_frame	 f = { .title = "Status", .wide = true };
	struct status		 one = *st;

	one.chosen = "b";
	status_page(b, &f, &one, "/v");
}

static void
the_page_has_each_route_by_rule_and_status(void **state)
{
	const char	*got, *row;

	(void)state;
	count("a", OK, 1500);
	count("a", OK, 1500);
	count("a", ERR_DNS, 9000);
	count("b", ERR_NO_ROUTE, 9000);
	fails("a", ERR_DNS, noon - 95);
	fails("b", OK, noon);
	got = text(page);
	assert_has(got, "Down by their last request: "
	    "<a href=\"/v/_status?route=a\">a</a> for 2 min.</p>");
	assert_has(got, "<b>1 of 2</b><span>targets up</span>");
	assert_has(got, "<details class=\"line\"><summary>"
	    "<span class=\"name\">a</span>\n<span class=\"state\">"
	    "<span class=\"badge bad\">down</span> 2 min <code>dns</code>");
	assert_has(got, "<a href=\"/v/_status?route=a\">");
	assert_has(got, "<h2>b</h2>\n<p><span class=\"badge good\">up</span> "
	    "30 s <a class=\"small\" href=\"/v/_status\">");
	row = strstr(got, "aria-label=\"Requests by rule of a\"");
	assert_non_null(row);
	assert_has(row, "<code>dns</code></th><td class=\"number\">33 %</td>");
	row = strstr(got, "aria-label=\"Answers by status of a\"");
	assert_non_null(row);
	assert_has(row, "2xx</th><td class=\"number\">67 %</td>");
	assert_has(got, "aria-label=\"Requests minute by minute of b\"");
	assert_null(strstr(got, "minute by minute of a\""));
	/* what is on top is not there twice, under one name */
	row = strstr(got, "aria-label=\"Requests by rule of b\"");
	assert_non_null(row);
	assert_null(strstr(row + 1, "aria-label=\"Requests by rule of b\""));
	assert_has(row, "It is on top of this page.");
}

/* Any text, by the address. */
static void
of_what_is_not_counted(struct buf *b, const struct status *st)
{
	const struct page_frame	 f = { .title = "Status", .wide = true };
	struct status		 one = *st;

	one.chosen = "<b>";
	status_page(b, &f, &one, "/v");
}

static void
the_page_says_that_a_route_has_no_counters(void **state)
{
	const char	*got;

	(void)state;
	count("a", OK, 1);
	got = text(of_what_is_not_counted);
	assert_has(got, "<p class=\"note fair\">No route <code>&lt;b&gt;"
	    "</code> has counters here: ");
	assert_has(got, "<h2>All requests</h2>");
}

static void
the_page_says_what_other_routes_are(void **state)
{
	char	 name[16];

	(void)state;
	for (int i = 0; i < STATS_ROUTES; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		count(name, OK, 1);
	}
	assert_null(strstr(text(page), "counters of their own"));
	count("one-more", OK, 1);
	assert_has(text(page), "<p class=\"soft small\">At most 44 routes "
	    "have counters of their own.");
}

/* No table of ours lets such a name in; another version's might. */
static void
hostile_names_are_escaped(void **state)
{
	const char	*hostile = "a\"b\\c\n</script>{}";
	const char	*got;

	(void)state;
	count(hostile, OK, 1);
	got = text(status_json);
	assert_has(got, "{\"name\":\"a\\\"b\\\\c\\u000a\\u003c/script"
	    "\\u003e{}\",");
	got = text(status_metrics);
	assert_has(got, "viaduct_open_requests{"
	    "route=\"a\\\"b\\\\c\\n</script>{}\"} 0\n");
	got = text(page);
	assert_null(strstr(got, "</script>"));
	assert_has(got, "rule of a&quot;b\\c\n&lt;/script&gt;{}\"");
}

static void
a_full_table_fits_into_a_request(void **state)
{
	void	(*const writers[])(struct buf *, const struct status *) = {
		status_json, status_metrics, page };
	char	 name[64];

	(void)state;
	memset(name, 'x', 63);
	name[63] = '\0';
	for (int r = 0; r < STATS_ROUTES + 5; r++)
		for (int e = 0; e < ERR__MAX; e++) {
			snprintf(name, 4, "%03d", r);
			name[3] = 'x';
			count(name, (enum err)e, INT64_C(1) << e % 34);
		}
	for (int k = STATS_WHOLE; k < STATS__MAX; k++)
		for (int e = 0; e < ERR__MAX; e++) {
			const struct stats_request	 r = {
				.outcome = (enum err)e };

			stats_count(s, stats_enter(s, (enum stats_kind)k,
			    NULL).place, &r, noon);
		}
	for (size_t i = 0; i < ROWS(writers); i++) {
		arena_free(&arena);
		arena_init(&arena, STATUS_MEMORY_BYTES);
		text(writers[i]);
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest	 tests[] = {
		CASE(figures_are_short),
		CASE(json_has_it_all),
		CASE(metrics_name_routes_and_rules),
		CASE(the_page_has_each_route_by_rule_and_status),
		CASE(the_page_says_that_a_route_has_no_counters),
		CASE(the_page_says_what_other_routes_are),
		CASE(hostile_names_are_escaped),
		CASE(a_full_table_fits_into_a_request),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
