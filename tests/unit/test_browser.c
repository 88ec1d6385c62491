#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/browser.h"
#include "http/fields.h"
#include "tests/unit/fixture.h"

#define PAGE "https://page.example"

enum { MAX_FIELDS = 6 };

static struct fields *
list(const struct field *from)
{
	static struct fields	 lists[2];
	static int		 which;
	struct fields		*fs = &lists[which++ % 2];

	fields_init(fs, &arena);
	for (; from->name != NULL; from++)
		assert_int_equal(fields_add(fs, from->name, from->value), OK);
	return fs;
}

static const char *
repeated(char c, size_t n)
{
	char	*s = arena_alloc(&arena, n + 1);

	memset(s, c, n);
	return s;
}

/* --- what needs a preflight --- */

static const struct {
	const char	*method;
	struct field	 fields[MAX_FIELDS];
	int		 kind;
	const char	*name;		/* the reason */
	const char	*asks;		/* Access-Control-Request-Headers */
} asks[] = {
	{ "GET", { { NULL, NULL } }, BROWSER_ASKS_NOT, NULL, NULL },
	{ "HEAD", { { NULL, NULL } }, BROWSER_ASKS_NOT, NULL, NULL },
	{ "POST", { { NULL, NULL } }, BROWSER_ASKS_NOT, NULL, NULL },
	{ "PUT", { { NULL, NULL } }, BROWSER_ASKS_METHOD, "PUT", NULL },
	{ "get", { { NULL, NULL } }, BROWSER_ASKS_METHOD, "get", NULL },
	{ "DELETE", { { "X-B", "1" }, { "x-a", "2" }, { "X-b", "3" } },
	    BROWSER_ASKS_METHOD, "DELETE", "x-a,x-b" },
	{ "GET", { { "Accept", "text/html, */*;q=0.1" } }, BROWSER_ASKS_NOT,
	    NULL, NULL },
	{ "GET", { { "Accept", "a(b)" } }, BROWSER_ASKS_FIELD, "Accept",
	    "accept" },
	{ "GET", { { "Accept-Language", "de, en;q=0.5" } },
	    BROWSER_ASKS_NOT, NULL, NULL },
	{ "GET", { { "Content-Language", "d_e" } }, BROWSER_ASKS_FIELD,
	    "Content-Language", "content-language" },
	{ "POST", { { "Content-Type", "text/plain;charset=utf-8" } },
	    BROWSER_ASKS_NOT, NULL, NULL },
	{ "POST", { { "content-type",
	    "Application/X-WWW-Form-Urlencoded" } }, BROWSER_ASKS_NOT, NULL,
	    NULL },
	{ "POST", { { "Content-Type", "multipart/form-data; boundary=x" } },
	    BROWSER_ASKS_NOT, NULL, NULL },
	{ "POST", { { "Content-Type", "text/plain; charset=\"x\"" } },
	    BROWSER_ASKS_FIELD, "Content-Type", "content-type" },
	{ "POST", { { "Content-Type", "text/plainer" } },
	    BROWSER_ASKS_FIELD, "Content-Type", "content-type" },
	{ "POST", { { "Content-Type", "application/json" } },
	    BROWSER_ASKS_FIELD, "Content-Type", "content-type" },
	{ "GET", { { "Range", "bytes=0-9" } }, BROWSER_ASKS_NOT, NULL, NULL },
	{ "GET", { { "Range", "bytes=7-" } }, BROWSER_ASKS_NOT, NULL, NULL },
	{ "GET", { { "Range", "bytes=-7" } }, BROWSER_ASKS_FIELD, "Range",
	    "range" },
	{ "GET", { { "Range", "bytes=0-9,20-" } }, BROWSER_ASKS_FIELD,
	    "Range", "range" },
	{ "GET", { { "Range", "lines=0-9" } }, BROWSER_ASKS_FIELD, "Range",
	    "range" },
	{ "GET", { { "Authorization", "Bearer x" } }, BROWSER_ASKS_FIELD,
	    "Authorization", "authorization" },
	/* The browser's own, and no script's. */
	{ "GET", { { "Cookie", "a=b" }, { "Sec-Fetch-Mode", "cors" },
	    { "Origin", PAGE }, { "Proxy-X", "y" }, { "User-Agent", "z" },
	    { "Referer", "http://a/" } }, BROWSER_ASKS_NOT, NULL, NULL },
};

static void
a_browser_asks_first_for_what_no_form_sends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(asks); i++) {
		struct field		 copy[MAX_FIELDS + 1] = { 0 };
		struct browser_request	 r = { .method = asks[i].method,
					    .origin = PAGE };
		struct browser_reason	 why;
		struct fields		 out;

		memcpy(copy, asks[i].fields, sizeof(asks[i].fields));
		r.fields = list(copy);
		print_message("# %zu %s\n", i, asks[i].method);
		why = browser_asks_first(&r);
		assert_int_equal(why.kind, asks[i].kind);
		assert_text(why.name, asks[i].name);
		fields_init(&out, &arena);
		assert_int_equal(browser_preflight(&r, &out), OK);
		assert_text(fields_get(&out, "Origin"), PAGE);
		assert_text(fields_get(&out, "Access-Control-Request-Method"),
		    asks[i].method);
		assert_text(fields_get(&out,
		    "Access-Control-Request-Headers"), asks[i].asks);
	}
}

/* 128 bytes of one, 1,024 of all together. */
static void
long_values_need_leave(void **state)
{
	struct field		 one[] = { { "Accept", repeated('a', 128) },
				    { NULL, NULL } };
	struct field		 many[10] = { { NULL, NULL } };
	struct browser_request	 r = { .method = "GET", .origin = PAGE };

	(void)state;
	r.fields = list(one);
	assert_int_equal(browser_asks_first(&r).kind, BROWSER_ASKS_NOT);
	one[0].value = repeated('a', 129);
	r.fields = list(one);
	assert_int_equal(browser_asks_first(&r).kind, BROWSER_ASKS_FIELD);
	for (size_t i = 0; i < 8; i++)
		many[i] = (struct field){ "Accept", repeated('a', 128) };
	r.fields = list(many);
	assert_int_equal(browser_asks_first(&r).kind, BROWSER_ASKS_NOT);
	many[8] = (struct field){ "Accept", "a" };
	r.fields = list(many);
	assert_int_equal(browser_asks_first(&r).kind, BROWSER_ASKS_FIELD);
}

static void
some_methods_are_no_scripts(void **state)
{
	(void)state;
	assert_true(browser_forbids("TRACE"));
	assert_true(browser_forbids("connect"));
	assert_true(browser_forbids("Track"));
	assert_false(browser_forbids("OPTIONS"));
}

/* --- what is read, and sent --- */

#define ACAO(v) { "Access-Control-Allow-Origin", v }
#define ACAC(v) { "Access-Control-Allow-Credentials", v }
#define ACAM(v) { "Access-Control-Allow-Methods", v }
#define ACAH(v) { "Access-Control-Allow-Headers", v }

static const struct {
	struct field	 answer[MAX_FIELDS];
	enum browser_fault_kind plain, credentials;
} reads[] = {
	{ { { NULL, NULL } }, BROWSER_NO_ORIGIN, BROWSER_NO_ORIGIN },
	{ { ACAO("*") }, BROWSER_CONTENT, BROWSER_STAR },
	{ { ACAO("*"), ACAC("true") }, BROWSER_CONTENT, BROWSER_STAR },
	{ { ACAO(PAGE) }, BROWSER_CONTENT, BROWSER_NO_CREDENTIALS },
	{ { ACAO(PAGE), ACAC("true") }, BROWSER_CONTENT, BROWSER_CONTENT },
	{ { ACAO(PAGE), ACAC("True") }, BROWSER_CONTENT,
	    BROWSER_NO_CREDENTIALS },
	{ { ACAO("https://PAGE.example") }, BROWSER_OTHER_ORIGIN,
	    BROWSER_OTHER_ORIGIN },
	{ { ACAO("null") }, BROWSER_OTHER_ORIGIN, BROWSER_OTHER_ORIGIN },
};

static void
an_answer_is_read_by_the_cors_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(reads); i++) {
		struct field		 copy[MAX_FIELDS + 1] = { 0 };
		struct browser_request	 r = { .method = "GET",
					    .origin = PAGE };
		const struct fields	*answer;

		memcpy(copy, reads[i].answer, sizeof(reads[i].answer));
		answer = list(copy);
		print_message("# %zu\n", i);
		assert_int_equal(browser_may_read(&r, answer).kind,
		    reads[i].plain);
		r.credentials = true;
		assert_int_equal(browser_may_read(&r, answer).kind,
		    reads[i].credentials);
	}
}

static const struct {
	const char	*method;
	struct field	 fields[2], answer[MAX_FIELDS];
	int		 status;
	bool		 credentials;
	enum browser_fault_kind kind;
	const char	*name;
} sends[] = {
	{ "PUT", { { NULL, NULL } }, { ACAO("*"), ACAM("GET, PUT") }, 204,
	    false, BROWSER_CONTENT, NULL },
	{ "PUT", { { NULL, NULL } }, { ACAO("*"), ACAM("GET, put") }, 204,
	    false, BROWSER_METHOD, "PUT" },
	{ "PUT", { { NULL, NULL } }, { ACAO("*"), ACAM("*") }, 299, false,
	    BROWSER_CONTENT, NULL },
	{ "PUT", { { NULL, NULL } }, { ACAO(PAGE), ACAC("true"), ACAM("*") },
	    200, true, BROWSER_METHOD, "PUT" },
	{ "PUT", { { NULL, NULL } }, { ACAO(PAGE), ACAM("PUT") }, 200, true,
	    BROWSER_NO_CREDENTIALS, NULL },
	{ "PUT", { { NULL, NULL } }, { ACAO("*") }, 204, false,
	    BROWSER_METHOD, "PUT" },
	{ "PUT", { { NULL, NULL } }, { ACAM("PUT") }, 204, false,
	    BROWSER_NO_ORIGIN, NULL },
	{ "PUT", { { NULL, NULL } }, { ACAO("*"), ACAM("PUT") }, 301, false,
	    BROWSER_STATUS, NULL },
	{ "PUT", { { NULL, NULL } }, { ACAO("*"), ACAM("PUT") }, 199, false,
	    BROWSER_STATUS, NULL },
	{ "POST", { { "X-A", "1" } }, { ACAO("*"), ACAH("x-b, x-a") }, 204,
	    false, BROWSER_CONTENT, NULL },
	{ "POST", { { "X-A", "1" } }, { ACAO("*"), ACAH("x-ab") }, 204,
	    false, BROWSER_FIELD, "X-A" },
	{ "POST", { { "X-A", "1" } }, { ACAO("*"), ACAH("*") }, 204, false,
	    BROWSER_CONTENT, NULL },
	{ "POST", { { "X-A", "1" } }, { ACAO(PAGE), ACAC("true"), ACAH("*") },
	    204, true, BROWSER_FIELD, "X-A" },
	/* "*" does not hold it. */
	{ "POST", { { "Authorization", "a" } }, { ACAO("*"), ACAH("*") }, 204,
	    false, BROWSER_FIELD, "Authorization" },
	{ "POST", { { "Authorization", "a" } }, { ACAO("*"),
	    ACAH("*, authorization") }, 204, false, BROWSER_CONTENT, NULL },
};

static void
a_request_is_sent_if_its_preflight_permits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sends); i++) {
		struct field		 fields[3] = { 0 };
		struct field		 answer[MAX_FIELDS + 1] = { 0 };
		struct browser_request	 r = { .method = sends[i].method,
		    .origin = PAGE, .credentials = sends[i].credentials };
		struct browser_fault	 f;

		memcpy(fields, sends[i].fields, sizeof(sends[i].fields));
		memcpy(answer, sends[i].answer, sizeof(sends[i].answer));
		r.fields = list(fields);
		print_message("# %zu %s\n", i, sends[i].method);
		f = browser_may_send(&r, sends[i].status, list(answer));
		assert_int_equal(f.kind, sends[i].kind);
		assert_text(f.name, sends[i].name);
	}
}

static void
a_script_sees_what_is_exposed(void **state)
{
	struct field		 some[] = { { "Access-Control-Expose-Headers",
				    "X-A, Set-Cookie" }, { NULL, NULL } };
	struct browser_request	 r = { .method = "GET", .origin = PAGE };
	const struct fields	*answer = list(some);

	(void)state;
	assert_true(browser_shows(&r, answer, "x-a"));
	assert_true(browser_shows(&r, answer, "content-type"));
	assert_true(browser_shows(&r, answer, "Last-Modified"));
	assert_false(browser_shows(&r, answer, "ETag"));
	assert_false(browser_shows(&r, answer, "Set-Cookie"));
	some[0].value = "*";
	assert_true(browser_shows(&r, answer = list(some), "ETag"));
	assert_false(browser_shows(&r, answer, "Set-Cookie"));
	r.credentials = true;
	assert_false(browser_shows(&r, answer, "ETag"));
}

#define RULE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(a_browser_asks_first_for_what_no_form_sends),
		RULE(long_values_need_leave),
		RULE(some_methods_are_no_scripts),
		RULE(an_answer_is_read_by_the_cors_check),
		RULE(a_request_is_sent_if_its_preflight_permits),
		RULE(a_script_sees_what_is_exposed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
