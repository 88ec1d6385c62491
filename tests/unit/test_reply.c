#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/frame.h"
#include "client/lang.h"
#include "client/pages.h"
#include "client/reply.h"
#include "client/req.h"
#include "core/arena.h"
#include "core/buf.h"
#include "http/cors.h"
#include "store/conf.h"
#include "tests/unit/io_mem.h"
#include "tests/unit/json.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static struct arena	 arena;
static struct io_mem	 io;
static struct req	 rq;
static struct reply	 rp;
static struct fields	 down;
static struct reply_head head;

static const struct conf conf = {
	.app_name = "Viaduct", .general_error = "Gateway error",
	.filtered_url_msg = "Filtered URL.", .via = "viaduct-0123",
};
static const struct cors_origin	 page[] = {
	{ CORS_EXACT, "https://page.example" },
};
static const struct cors_rule	 list = {
	.allow = page, .n_allow = 1, .methods = "GET, PUT", .headers = "*",
	.expose = "*", .max_age_seconds = 600,
};
static const struct cors_rule	 any = {
	.any = true, .methods = "GET", .headers = "*", .expose = "*",
	.max_age_seconds = 600,
};
static const struct cors_rule	 targets_own = {
	.allow = page, .n_allow = 1, .methods = "GET", .headers = "*",
	.expose = "*", .max_age_seconds = 600, .target = true,
};

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* A request with these variables, and a reply to it. */
#define BEGIN(...) begin((const char *const[]){ __VA_ARGS__, NULL }, &list)

static void
begin(const char *const *vars, const struct cors_rule *rule)
{
	arena_free(&arena);
	arena_init(&arena, 1 << 20);
	io_mem_init(&io, vars, NULL);
	req_read(&rq, &io.io, &arena);
	reply_init(&rp, &io.io, &arena, &rq);
	rp.conf = &conf;
	rp.grant = cors_decide(rule, rq.origin);
	fields_init(&down, &arena);
	head = (struct reply_head){ .status = 200, .fields = &down,
	    .length_bytes = -1 };
}

static void
begin_get(void)
{
	BEGIN("REQUEST_METHOD=GET");
}

static void
assert_field(const char *name, const char *value)
{
	const char	*got = io_mem_field(&io, name);

	if (value == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got, value);
	assert_int_equal(io_mem_count(&io, name), 1);
}

/* --- holding back --- */

static void
the_first_bytes_are_held_until_the_end(void **state)
{
	(void)state;
	begin_get();
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, "hello", 5), OK);
	assert_int_equal(io.out_bytes, 0);
	reply_end(&rp, OK);
	assert_memory_equal(io.out, "Status: 200 OK\r\n", 16);
	assert_string_equal(io_mem_body(&io), "hello");
	/* The carrier has an end of its own to write. */
	assert_int_equal(io.flushes, 0);
	assert_int_equal(io.cuts, 0);
	assert_int_equal(rp.status, 200);
	assert_int_equal(rp.body_bytes, 5);
	assert_int_equal(rp.err, OK);
}

/* HAProxy makes what has a Location a 302, unless Status comes behind it. */
static void
haproxy_gets_the_status_last(void **state)
{
	static const struct { const char *server; bool last; } rows[] = {
		{ "SERVER_SOFTWARE=HAProxy 2.6.12", true },
		{ "SERVER_SOFTWARE=Apache/2.4.62", false },
	};
	const char	*at, *end;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BEGIN("REQUEST_METHOD=GET", rows[i].server);
		head.status = 201;
		fields_add(&down, "Location", "/new");
		assert_int_equal(reply_head(&rp, &head), OK);
		reply_end(&rp, OK);
		at = strstr(io.out, "Status: 201 Created\r\n");
		end = strstr(io.out, "\r\n\r\n");
		assert_non_null(at);
		assert_non_null(end);
		assert_int_equal(at == io.out, !rows[i].last);
		assert_int_equal(at + strlen("Status: 201 Created") == end,
		    rows[i].last);
	}
}

static void
eight_kib_are_held_and_no_more(void **state)
{
	static char	 bytes[8192];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	begin_get();
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, bytes, 4096), OK);
	assert_int_equal(reply_body(&rp, bytes, 4096), OK);
	assert_int_equal(io.out_bytes, 0);
	assert_int_equal(reply_body(&rp, "y", 1), OK);
	assert_int_equal(strlen(io_mem_body(&io)), 8193);
	assert_int_equal(io.flushes, 0);
	reply_end(&rp, OK);
	assert_int_equal(strlen(io_mem_body(&io)), 8193);
	assert_int_equal(rp.body_bytes, 8193);
}

static void
a_large_first_piece_is_not_held(void **state)
{
	static char	 bytes[16384];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	begin_get();
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, bytes, sizeof(bytes)), OK);
	assert_int_equal(strlen(io_mem_body(&io)), sizeof(bytes));
}

static void
after_fifty_ms_it_goes_out(void **state)
{
	int	 again = -1;

	(void)state;
	begin_get();
	assert_int_equal(reply_idle(&rp, 999, &again), OK);
	assert_int_equal(again, -1);
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_idle(&rp, 1000, &again), OK);
	assert_int_equal(again, 50);
	assert_int_equal(reply_body(&rp, "hello", 5), OK);
	assert_int_equal(reply_idle(&rp, 1049, &again), OK);
	assert_int_equal(again, 1);
	assert_int_equal(io.out_bytes, 0);
	again = -1;
	assert_int_equal(reply_idle(&rp, 1050, &again), OK);
	assert_int_equal(again, -1);
	assert_string_equal(io_mem_body(&io), "hello");
	assert_int_equal(io.flushed_bytes, io.out_bytes);
	/* From then on each piece goes out when nothing follows it. */
	assert_int_equal(reply_body(&rp, "more", 4), OK);
	assert_int_equal(reply_idle(&rp, 1051, &again), OK);
	assert_int_equal(again, -1);
	assert_int_equal(io.flushed_bytes, io.out_bytes);
	assert_string_equal(io_mem_body(&io), "hellomore");
	assert_int_equal(io.flushes, 2);
	assert_int_equal(reply_idle(&rp, 1052, &again), OK);
	assert_int_equal(io.flushes, 2);
}

static void
events_are_never_held(void **state)
{
	int	 again = -1;

	(void)state;
	begin_get();
	head.endless = true;
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_idle(&rp, 1, &again), OK);
	assert_int_equal(again, -1);
	assert_non_null(strstr(io.out, "\r\n\r\n"));
	assert_int_equal(io.flushed_bytes, io.out_bytes);
	assert_int_equal(reply_body(&rp, "data: 1\n\n", 9), OK);
	assert_int_equal(reply_idle(&rp, 2, &again), OK);
	assert_string_equal(io_mem_body(&io), "data: 1\n\n");
	assert_int_equal(io.flushed_bytes, io.out_bytes);
}

/* --- failing --- */

static void
a_failure_while_held_is_a_clean_error(void **state)
{
	(void)state;
	begin_get();
	fields_add(&down, "X-Of-The-Target", "1");
	head.length_bytes = 1000;
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, "half an ans", 11), OK);
	reply_end(&rp, ERR_RESPONSE_INCOMPLETE);
	assert_memory_equal(io.out, "Status: 502 Bad Gateway\r\n", 25);
	assert_int_equal(io_mem_count(&io, "Status"), 1);
	assert_field("X-Of-The-Target", NULL);
	assert_null(strstr(io.out, "half an ans"));
	assert_int_equal(atoll(io_mem_field(&io, "Content-Length")),
	    strlen(io_mem_body(&io)));
	assert_int_equal(io.cuts, 0);
	assert_int_equal(rp.status, 502);
	assert_int_equal(rp.body_bytes, strlen(io_mem_body(&io)));
	assert_int_equal(rp.err, ERR_RESPONSE_INCOMPLETE);
}

static void
a_failure_after_release_is_a_cut(void **state)
{
	int	 again = -1;

	(void)state;
	begin_get();
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, "half", 4), OK);
	assert_int_equal(reply_idle(&rp, 1000, &again), OK);
	assert_int_equal(reply_idle(&rp, 1050, &again), OK);
	reply_end(&rp, ERR_READ_TIMEOUT);
	assert_int_equal(io.cuts, 1);
	assert_int_equal(io_mem_count(&io, "Status"), 1);
	assert_memory_equal(io.out, "Status: 200 OK\r\n", 16);
	assert_string_equal(io_mem_body(&io), "half");
	assert_int_equal(rp.status, 200);
	assert_int_equal(rp.err, ERR_READ_TIMEOUT);
}

static void
a_client_that_left_gets_nothing(void **state)
{
	(void)state;
	begin_get();
	assert_int_equal(reply_head(&rp, &head), OK);
	reply_end(&rp, ERR_CLIENT_GONE);
	assert_int_equal(io.out_bytes, 0);
	assert_int_equal(io.cuts, 1);
	assert_int_equal(rp.status, 499);

	begin_get();
	reply_end(&rp, ERR_CLIENT_GONE);
	assert_int_equal(io.out_bytes, 0);
	assert_int_equal(io.cuts, 1);
	assert_int_equal(rp.status, 499);
}

static void
writing_that_fails_means_the_client_left(void **state)
{
	static char	 bytes[16384];
	int		 again = -1;

	(void)state;
	begin_get();
	io.room = 100;
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, bytes, sizeof(bytes)),
	    ERR_CLIENT_GONE);
	io.room = sizeof(io.out);
	assert_int_equal(reply_body(&rp, "x", 1), ERR_CLIENT_GONE);
	assert_int_equal(io.out_bytes, 0);
	reply_end(&rp, ERR_CLIENT_GONE);
	assert_int_equal(io.cuts, 1);

	begin_get();
	io.flush_fails = true;
	head.endless = true;
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_idle(&rp, 1, &again), ERR_CLIENT_GONE);
	reply_end(&rp, ERR_CLIENT_GONE);
	assert_int_equal(io.cuts, 1);
	assert_int_equal(rp.status, 200);
}

static void
an_end_without_an_answer_is_an_error_of_ours(void **state)
{
	(void)state;
	begin_get();
	reply_end(&rp, OK);
	assert_memory_equal(io.out, "Status: 500 Internal Server Error\r\n",
	    35);
	assert_field("Proxy-Status", "viaduct; error=proxy_internal_error; "
	    "details=\"internal\"");
	assert_int_equal(rp.err, ERR_INTERNAL);
}

/* --- the head --- */

static void
the_head_is_exactly_this(void **state)
{
	char	 want[512];

	(void)state;
	begin((const char *const[]){ "REQUEST_METHOD=GET",
	    "HTTP_ORIGIN=https://page.example", NULL }, &list);
	fields_add(&down, "Content-Type", "text/plain");
	fields_add(&down, "Vary", "Accept");
	head.length_bytes = 5;
	head.via = "1.0 other";
	assert_int_equal(reply_head(&rp, &head), OK);
	assert_int_equal(reply_body(&rp, "hello", 5), OK);
	reply_end(&rp, OK);
	snprintf(want, sizeof(want), "Status: 200 OK\r\n"
	    "Content-Type: text/plain\r\n"
	    "Via: 1.0 other, 1.1 viaduct-0123\r\n"
	    "X-Request-Id: %s\r\n"
	    "Access-Control-Expose-Headers: *\r\n"
	    "Access-Control-Allow-Origin: https://page.example\r\n"
	    "Vary: Accept, Origin\r\n"
	    "Content-Length: 5\r\n"
	    "\r\n"
	    "hello", rq.id);
	assert_string_equal(io.out, want);
}

static void
a_field_that_cannot_stand_is_left_out(void **state)
{
	(void)state;
	begin_get();
	fields_add(&down, "X-Good", "1");
	fields_add(&down, "X-Split", "a\r\nSet-Cookie: b=c");
	fields_add(&down, "X Space", "1");
	fields_add(&down, "", "1");
	assert_int_equal(reply_head(&rp, &head), OK);
	reply_end(&rp, OK);
	assert_field("X-Good", "1");
	assert_field("Set-Cookie", NULL);
	assert_null(strstr(io.out, "X-Split"));
	assert_null(strstr(io.out, "X Space"));
	assert_null(strstr(io.out, "\r\n: 1"));
}

static const struct {
	const char	*method;
	int		 status;
	int64_t		 length;
	const char	*want_length;	/* NULL: no field */
	bool		 has_body;
} bodies[] = {
	{ "REQUEST_METHOD=GET", 200, 5, "5", true },
	{ "REQUEST_METHOD=GET", 200, -1, NULL, true },
	{ "REQUEST_METHOD=GET", 200, 0, "0", true },
	{ "REQUEST_METHOD=GET", 206, 5, "5", true },
	{ "REQUEST_METHOD=GET", 404, 5, "5", true },
	{ "REQUEST_METHOD=HEAD", 200, 5, "5", false },
	{ "REQUEST_METHOD=HEAD", 200, -1, NULL, false },
	{ "REQUEST_METHOD=HEAD", 404, 5, "5", false },
	{ "REQUEST_METHOD=GET", 204, 5, NULL, false },
	{ "REQUEST_METHOD=GET", 304, 5, NULL, false },
	{ "REQUEST_METHOD=DELETE", 204, -1, NULL, false },
};

static void
bodies_and_lengths_by_method_and_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bodies); i++) {
		begin((const char *const[]){ bodies[i].method, NULL }, &list);
		head.status = bodies[i].status;
		head.length_bytes = bodies[i].length;
		assert_int_equal(reply_head(&rp, &head), OK);
		assert_int_equal(reply_body(&rp, "hello", 5), OK);
		reply_end(&rp, OK);
		assert_field("Content-Length", bodies[i].want_length);
		assert_string_equal(io_mem_body(&io),
		    bodies[i].has_body ? "hello" : "");
		assert_int_equal(rp.body_bytes, bodies[i].has_body ? 5 : 0);
		assert_int_equal(rp.status, bodies[i].status);
	}
}

/* --- errors --- */

static const char *const	 as_script[] = { "REQUEST_METHOD=GET",
    "HTTP_ORIGIN=https://page.example", "HTTP_ACCEPT=*/*", NULL };

static const struct limited	 limited = { "api", { 50000, 100 },
					    2000001 };

static void
a_script_reads_every_error(void **state)
{
	char		 want[256], status[8];
	struct json	 j;
	enum err	 e;

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++) {
		if (e == ERR_CLIENT_GONE)
			continue;
		begin(as_script, &list);
		rp.allow = "GET, PUT";
		rp.limited = limited;
		reply_end(&rp, e);
		snprintf(status, sizeof(status), "%d", err_status(e));
		snprintf(want, sizeof(want), "%s %s", status,
		    page_reason(err_status(e)));
		assert_field("Status", want);
		assert_field("Content-Type", "application/problem+json");
		assert_field("Access-Control-Allow-Origin",
		    "https://page.example");
		assert_field("Access-Control-Expose-Headers", "*");
		assert_field("Access-Control-Allow-Credentials", NULL);
		assert_field("Vary", "Accept, Origin, Sec-Fetch-Mode");
		assert_field("Cache-Control", "no-store");
		assert_field("X-Content-Type-Options", "nosniff");
		assert_field("X-Robots-Tag", "noindex, nofollow");
		assert_field("X-Request-Id", rq.id);
		assert_field("Content-Security-Policy", NULL);
		assert_field("Set-Cookie", NULL);
		snprintf(want, sizeof(want),
		    "viaduct; error=%s; details=\"%s\"", err_type(e),
		    err_word(e));
		assert_field("Proxy-Status", want);
		assert_field("Allow", e == ERR_METHOD_NOT_ALLOWED ?
		    "GET, PUT" : NULL);
		assert_field("WWW-Authenticate", e == ERR_KEY_REQUIRED ?
		    "VdKey realm=\"viaduct\"" : e == ERR_TOKEN_REQUIRED ?
		    "Bearer realm=\"viaduct\"" : NULL);
		assert_field("Retry-After", e == ERR_RATE_LIMITED ? "3" :
		    page_again_s(e, -1, 0) > 0 ? "5" : NULL);
		assert_field("Content-Language", NULL);
		assert_int_equal(atoll(io_mem_field(&io, "Content-Length")),
		    strlen(io_mem_body(&io)));
		assert_true(json_read(&j, io_mem_body(&io)));
		assert_string_equal(json_get(&j, "rule"), err_word(e));
		assert_string_equal(json_get(&j, "status"), status);
		assert_int_equal(io.cuts, 0);
	}
}

static void
a_limit_says_when_to_come_back(void **state)
{
	static const struct { struct limited l; const char *again, *policy,
	    *left; } limits[] = {
		{ { "api", { 50000, 100 }, 1 }, "1", "\"api\";q=100;w=5",
		    "\"api\";r=0;t=1" },
		{ { "*", { 50000, 1 }, 1000000 }, "1", "\"*\";q=1;w=1",
		    "\"*\";r=0;t=1" },
		{ { "a", { 333334, 7 }, 1000001 }, "2", "\"a\";q=7;w=3",
		    "\"a\";r=0;t=2" },
		{ { "a", { RATE_MAX_PERIOD_US, RATE_MAX_BURST },
		    RATE_MAX_PERIOD_US }, "86400",
		    "\"a\";q=1000000;w=86400000000", "\"a\";r=0;t=86400" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(limits); i++) {
		begin(as_script, &list);
		rp.limited = limits[i].l;
		reply_end(&rp, ERR_RATE_LIMITED);
		assert_field("Status", "429 Too Many Requests");
		assert_field("Retry-After", limits[i].again);
		assert_field("RateLimit-Policy", limits[i].policy);
		assert_field("RateLimit", limits[i].left);
	}
}

static void
a_script_may_read_when_to_come_back(void **state)
{
	static const struct { const char *rule, *want; } exposed[] = {
		{ "*", "*" },
		{ "X-One", "X-One, Retry-After, RateLimit, RateLimit-Policy" },
		{ "ratelimit", "ratelimit, Retry-After, RateLimit-Policy" },
		{ "", "Retry-After, RateLimit, RateLimit-Policy" },
	};
	struct cors_rule	 rule = list;

	(void)state;
	for (size_t i = 0; i < ROWS(exposed); i++) {
		rule.expose = exposed[i].rule;
		begin(as_script, &rule);
		rp.limited = limited;
		reply_end(&rp, ERR_RATE_LIMITED);
		assert_field("Access-Control-Expose-Headers",
		    exposed[i].want);
		begin(as_script, &rule);
		reply_end(&rp, ERR_NO_ROUTE);
		assert_field("Access-Control-Expose-Headers",
		    rule.expose[0] != '\0' ? rule.expose : NULL);
		/* What a target says of its own limits is the operator's to
		 * expose. */
		begin(as_script, &rule);
		fields_add(&down, "Retry-After", "9");
		assert_int_equal(reply_head(&rp, &head), OK);
		reply_end(&rp, OK);
		assert_field("Access-Control-Expose-Headers",
		    rule.expose[0] != '\0' ? rule.expose : NULL);
	}
	/* Nothing for a page that is granted nothing. */
	begin((const char *const[]){ "REQUEST_METHOD=GET", NULL }, &rule);
	rp.limited = limited;
	reply_end(&rp, ERR_RATE_LIMITED);
	assert_field("Access-Control-Expose-Headers", NULL);
	assert_field("Retry-After", "3");
}

/* The answer's is that of this frame. */
static void
policy(const struct page_frame *f)
{
	struct buf	 b;

	buf_init(&b, &arena, 1024);
	page_policy(&b, f);
	assert_field("Content-Security-Policy", b.data);
}

static void
people_get_a_page(void **state)
{
	(void)state;
	BEGIN("REQUEST_METHOD=GET", "HTTP_SEC_FETCH_MODE=navigate",
	    "HTTP_ACCEPT=text/html,*/*;q=0.8");
	reply_end(&rp, ERR_CONNECTION_REFUSED);
	assert_field("Status", "502 Bad Gateway");
	assert_field("Content-Type", "text/html; charset=utf-8");
	policy(&(struct page_frame){ 0 });
	assert_field("X-Robots-Tag", "noindex, nofollow");
	assert_memory_equal(io_mem_body(&io), "<!DOCTYPE html>", 15);
}

static const struct { const char *method, *mode; bool reloads; } loads[] = {
	{ "GET", "navigate", true }, { "GET", NULL, true },
	{ "GET", "no-cors", false }, { "GET", "cors", false },
	{ "POST", "navigate", false }, { "POST", NULL, false },
	{ "PUT", NULL, false },
};

static void
a_splash_page_asks_again_what_a_reader_asked(void **state)
{
	char	 method[32], mode[48];

	(void)state;
	for (size_t i = 0; i < ROWS(loads); i++) {
		snprintf(method, sizeof(method), "REQUEST_METHOD=%s",
		    loads[i].method);
		snprintf(mode, sizeof(mode), "HTTP_SEC_FETCH_MODE=%s",
		    loads[i].mode != NULL ? loads[i].mode : "");
		BEGIN(method, "HTTP_ACCEPT=text/html",
		    loads[i].mode != NULL ? mode : NULL);
		rp.down_s = 100;
		reply_end(&rp, ERR_DNS);
		assert_field("Retry-After", "30");
		assert_field("Refresh", loads[i].reloads ? "30" : NULL);
	}
}

static void
an_image_that_fails_is_an_image(void **state)
{
	(void)state;
	BEGIN("REQUEST_METHOD=GET", "HTTP_ACCEPT=image/*,*/*;q=0.8",
	    "HTTP_SEC_FETCH_MODE=no-cors");
	reply_end(&rp, ERR_RESPONSE_TIMEOUT);
	assert_field("Status", "504 Gateway Timeout");
	assert_field("Content-Type", "image/svg+xml; charset=utf-8");
	assert_field("X-Content-Type-Options", "nosniff");
	assert_memory_equal(io_mem_field(&io, "Content-Security-Policy"),
	    "default-src 'none'; style-src 'sha256-", 38);
	assert_memory_equal(io_mem_body(&io), "<svg ", 5);
	assert_non_null(strstr(io_mem_body(&io), ">504 Gateway Timeout<"));
}

static void
others_get_a_line(void **state)
{
	(void)state;
	BEGIN("REQUEST_METHOD=GET", "HTTP_ACCEPT=*/*");
	reply_end(&rp, ERR_NO_ROUTE);
	assert_field("Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(io_mem_body(&io),
	    "404 Not Found (no_route): There is no route of this name here; "
	    "look for a slip in the name, or ask the operator of this gateway "
	    "to add it.\n");
}

static void
head_gets_an_error_without_its_body(void **state)
{
	(void)state;
	BEGIN("REQUEST_METHOD=HEAD");
	reply_end(&rp, ERR_NO_ROUTE);
	assert_field("Status", "404 Not Found");
	assert_field("Content-Length", "139");
	assert_string_equal(io_mem_body(&io), "");
	assert_int_equal(rp.body_bytes, 0);
}

/* Of an error's forms, the page alone depends on the language. */
static const struct { const char *accept, *language, *want, *vary; }
    languages[] = {
	{ "HTTP_ACCEPT=text/html", "HTTP_ACCEPT_LANGUAGE=en-GB", "en",
	    "Accept, Accept-Language, Origin, Sec-Fetch-Mode" },
	{ "HTTP_ACCEPT=text/html", "HTTP_ACCEPT_LANGUAGE=ja", "en",
	    "Accept, Accept-Language, Origin, Sec-Fetch-Mode" },
	{ "HTTP_ACCEPT=text/plain", "HTTP_ACCEPT_LANGUAGE=en", NULL,
	    "Accept, Origin, Sec-Fetch-Mode" },
	{ "HTTP_ACCEPT=application/json", "HTTP_ACCEPT_LANGUAGE=en", NULL,
	    "Accept, Origin, Sec-Fetch-Mode" },
};

static void
a_page_says_its_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(languages); i++) {
		BEGIN("REQUEST_METHOD=GET", languages[i].accept,
		    languages[i].language);
		reply_end(&rp, ERR_NO_ROUTE);
		assert_field("Content-Language", languages[i].want);
		assert_field("Vary", languages[i].vary);
	}
}

/* --- CORS --- */

static void
a_foreign_origin_is_told_nothing(void **state)
{
	static const char *const vars[] = { "REQUEST_METHOD=GET",
				    "HTTP_ORIGIN=https://evil.example", NULL };

	(void)state;
	begin(vars, &list);
	assert_int_equal(rp.grant.err, ERR_ORIGIN_NOT_ALLOWED);
	reply_end(&rp, rp.grant.err);
	assert_field("Status", "403 Forbidden");
	assert_null(strstr(io.out, "Access-Control-"));
	assert_non_null(strstr(io_mem_field(&io, "Vary"), "Origin"));
}

static void
any_origin_gets_a_star(void **state)
{
	(void)state;
	begin(as_script, &any);
	reply_end(&rp, ERR_NO_ROUTE);
	assert_field("Access-Control-Allow-Origin", "*");

	begin((const char *const[]){ "REQUEST_METHOD=GET", NULL }, &any);
	assert_int_equal(reply_head(&rp, &head), OK);
	reply_end(&rp, OK);
	assert_field("Access-Control-Allow-Origin", "*");
	assert_field("Vary", NULL);
}

static void
a_target_that_speaks_cors_is_left_alone(void **state)
{
	(void)state;
	begin(as_script, &targets_own);
	fields_add(&down, "Access-Control-Allow-Origin", "https://x.example");
	assert_int_equal(reply_head(&rp, &head), OK);
	reply_end(&rp, OK);
	assert_field("Access-Control-Allow-Origin", "https://x.example");

	begin(as_script, &targets_own);
	reply_end(&rp, ERR_DNS);
	assert_field("Access-Control-Allow-Origin", "https://page.example");
}

static void
without_a_decision_there_are_no_cors_fields(void **state)
{
	(void)state;
	begin(as_script, &list);
	memset(&rp.grant, 0, sizeof(rp.grant));
	rp.conf = NULL;
	reply_end(&rp, ERR_CONFIGURATION);
	assert_field("Status", "503 Service Unavailable");
	assert_field("Retry-After", "5");
	assert_field("Via", NULL);
	assert_null(strstr(io.out, "Access-Control-"));
}

static void
a_preflight_is_exactly_this(void **state)
{
	static const char *const vars[] = { "REQUEST_METHOD=OPTIONS",
	    "HTTP_ORIGIN=https://page.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PUT",
	    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS=content-type", NULL };
	char			 want[512];

	(void)state;
	begin(vars, &list);
	rp.preflight = true;
	reply_end(&rp, OK);
	snprintf(want, sizeof(want), "Status: 204 No Content\r\n"
	    "Vary: Origin\r\n"
	    "Access-Control-Allow-Origin: https://page.example\r\n"
	    "Access-Control-Allow-Methods: GET, PUT\r\n"
	    "Access-Control-Allow-Headers: *, Authorization\r\n"
	    "Access-Control-Max-Age: 600\r\n"
	    "Via: 1.1 viaduct-0123\r\n"
	    "X-Request-Id: %s\r\n"
	    "\r\n", rq.id);
	assert_string_equal(io.out, want);
	assert_int_equal(rp.status, 204);
	assert_int_equal(rp.body_bytes, 0);
	assert_int_equal(io.cuts, 0);
}

/* --- pages made here --- */

static void
an_own_answer_is_whole(void **state)
{
	(void)state;
	begin_get();
	assert_int_equal(reply_own(&rp, 200, "text/plain; charset=utf-8",
	    "ok\n", 3), OK);
	reply_end(&rp, OK);
	assert_field("Status", "200 OK");
	assert_field("Content-Length", "3");
	assert_field("Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(io_mem_body(&io), "ok\n");
	assert_int_equal(rp.body_bytes, 3);

	begin_get();
	assert_int_equal(reply_own(&rp, 204, NULL, NULL, 0), OK);
	reply_end(&rp, OK);
	assert_field("Status", "204 No Content");
	assert_field("Content-Length", NULL);
	assert_field("Content-Type", NULL);
	assert_string_equal(io_mem_body(&io), "");

	BEGIN("REQUEST_METHOD=HEAD");
	assert_int_equal(reply_own(&rp, 200, "text/plain", "ok\n", 3), OK);
	reply_end(&rp, OK);
	assert_field("Content-Length", "3");
	assert_string_equal(io_mem_body(&io), "");
}

static void
answer_page(const struct page_frame *f, struct buf *b)
{
	begin_get();
	buf_init(b, &arena, 64 * 1024);
	page_open(b, f);
	page_close(b, f);
	assert_int_equal(reply_page(&rp, 200, f, b), OK);
	reply_end(&rp, OK);
}

static void
an_own_page_is_as_its_frame_has_it(void **state)
{
	struct page_frame	 f = { .title = "T", .form = true };
	struct buf		 b;

	(void)state;
	answer_page(&f, &b);
	assert_field("Status", "200 OK");
	assert_field("Content-Type", "text/html; charset=utf-8");
	assert_field("Cache-Control", "no-store");
	policy(&f);
	assert_field("Content-Language", "en");	/* for whoever asks */
	assert_field("Vary", "Origin");
	assert_string_equal(io_mem_body(&io), b.data);

	assert_field("Refresh", NULL);

	f.lang = &lang_en;
	f.refresh_s = 60;
	answer_page(&f, &b);
	assert_field("Refresh", "60");
	assert_field("Content-Language", "en");	/* for who asks for it */
	assert_field("Vary", "Accept-Language, Origin");

	begin_get();
	buf_init(&b, &arena, 100);
	page_open(&b, &f);
	assert_int_equal(reply_page(&rp, 200, &f, &b), ERR_NO_MEMORY);
}

/* --- memory --- */

static void
use_up(void)
{
	size_t	 n;

	for (n = 4096; n > 0; n /= 2)
		while (arena_alloc(&arena, n) != NULL)
			;
}

/* A page must be able to read this one, too. */
static void
a_full_arena_still_says_so(void **state)
{
	struct json	 j;

	(void)state;
	begin(as_script, &list);
	use_up();
	assert_int_equal(reply_head(&rp, &head), ERR_NO_MEMORY);
	reply_end(&rp, ERR_NO_MEMORY);
	assert_field("Status", "500 Internal Server Error");
	assert_field("Access-Control-Allow-Origin", "https://page.example");
	assert_true(json_read(&j, io_mem_body(&io)));
	assert_string_equal(json_get(&j, "rule"), "no_memory");
	assert_int_equal(io_mem_count(&io, "Status"), 1);
}

static void
when_even_that_fails_there_is_a_bare_answer(void **state)
{
	static char	 via[9001];
	struct conf	 odd = conf;

	(void)state;
	memset(via, 'v', sizeof(via) - 1);
	odd.via = via;
	begin(as_script, &list);
	rp.conf = &odd;
	reply_end(&rp, ERR_NO_ROUTE);
	assert_field("Status", "500 Internal Server Error");
	assert_field("Content-Length", "0");
	assert_int_equal(io_mem_count(&io, "Status"), 1);
	assert_int_equal(rp.status, 500);
}

static void
a_long_via_is_the_targets_fault(void **state)
{
	static char	 via[8001];

	(void)state;
	memset(via, 'v', sizeof(via) - 1);
	begin(as_script, &list);
	head.via = via;
	assert_int_equal(reply_head(&rp, &head), ERR_HEAD_TOO_LARGE);
	reply_end(&rp, ERR_HEAD_TOO_LARGE);
	assert_field("Status", "502 Bad Gateway");
	assert_field("Via", "1.1 viaduct-0123");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_first_bytes_are_held_until_the_end),
		cmocka_unit_test(haproxy_gets_the_status_last),
		cmocka_unit_test(eight_kib_are_held_and_no_more),
		cmocka_unit_test(a_large_first_piece_is_not_held),
		cmocka_unit_test(after_fifty_ms_it_goes_out),
		cmocka_unit_test(events_are_never_held),
		cmocka_unit_test(a_failure_while_held_is_a_clean_error),
		cmocka_unit_test(a_failure_after_release_is_a_cut),
		cmocka_unit_test(a_client_that_left_gets_nothing),
		cmocka_unit_test(writing_that_fails_means_the_client_left),
		cmocka_unit_test(an_end_without_an_answer_is_an_error_of_ours),
		cmocka_unit_test(the_head_is_exactly_this),
		cmocka_unit_test(a_field_that_cannot_stand_is_left_out),
		cmocka_unit_test(bodies_and_lengths_by_method_and_status),
		cmocka_unit_test(a_script_reads_every_error),
		cmocka_unit_test(a_limit_says_when_to_come_back),
		cmocka_unit_test(a_script_may_read_when_to_come_back),
		cmocka_unit_test(people_get_a_page),
		cmocka_unit_test(a_splash_page_asks_again_what_a_reader_asked),
		cmocka_unit_test(an_image_that_fails_is_an_image),
		cmocka_unit_test(others_get_a_line),
		cmocka_unit_test(head_gets_an_error_without_its_body),
		cmocka_unit_test(a_page_says_its_language),
		cmocka_unit_test(a_foreign_origin_is_told_nothing),
		cmocka_unit_test(any_origin_gets_a_star),
		cmocka_unit_test(a_target_that_speaks_cors_is_left_alone),
		cmocka_unit_test(without_a_decision_there_are_no_cors_fields),
		cmocka_unit_test(a_preflight_is_exactly_this),
		cmocka_unit_test(an_own_answer_is_whole),
		cmocka_unit_test(an_own_page_is_as_its_frame_has_it),
		cmocka_unit_test(a_full_arena_still_says_so),
		cmocka_unit_test(when_even_that_fails_there_is_a_bare_answer),
		cmocka_unit_test(a_long_via_is_the_targets_fault),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, teardown);
}
