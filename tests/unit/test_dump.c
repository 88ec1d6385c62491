#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "http/target.h"
#include "serve/dump.h"
#include "tests/unit/fixture.h"

static const struct field	 up[] = {
	{ "X-Key", "planted-key" }, { "Accept", NULL },
};
static const struct field	 down[] = { { "X-Down", "planted-down" } };

static struct fields		 in;
static struct conf		 conf;
static struct req		 rq;
static struct target		 target;
static struct cors_grant	 grant;
static struct caller		 caller;
static struct route		 route;
static struct verdict		 v;

static void
world(void)
{
	in = FIELDS("Accept", "a/b", "X-Mine", "one \"two\" \x1b[31m",
	    "Authorization", "Bearer planted-token", "Cookie",
	    "s=planted-cookie", "X-Api-Key", "planted-caller", "x_key",
	    "planted-forged");
	rq = (struct req){ .method = "POST", .request_uri = "/v/api/x?q=1",
	    .script_name = "/v", .peer = "127.0.0.1", .protocol = "HTTP/1.1",
	    .fields = in, .body_bytes = 5, .id = "0123456789" };
	target = (struct target){ .kind = TARGET_ROUTE, .name = "api",
	    .rest = "/x", .query = "q=1" };
	grant = (struct cors_grant){ .class = CORS_LISTED,
	    .allow_origin = "https://page.example" };
	caller = (struct caller){ .address = "127.0.0.1" };
	route = (struct route){ .name = "api",
	    .url = "https://t.example/v1?appid=planted-query",
	    .up = { up, ROWS(up) }, .down = { down, ROWS(down) } };
	v = (struct verdict){ .method = "POST",
	    .url = "https://t.example/v1/x?appid=planted-query&q=1",
	    .host = "gate.example",
	    .up = FIELDS("X-Mine", "1", "X-Key", "planted-key", "Via",
		"1.1 viaduct-0123", "Authorization", "Basic planted") };
}

static const char *
dumped(enum err outcome)
{
	const struct question	 q = { .conf = &conf, .route = &route,
		.req = &rq, .target = &target, .grant = &grant,
		.caller = &caller };
	struct buf		 b;

	buf_init(&b, &arena, 64 * 1024);
	dump_write(&b, &q, "/v", outcome, &v);
	assert_false(buf_failed(&b));
	return b.data;
}

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no '%s' in\n%s", what, text);
}

static void
all_of_a_request_is_shown_but_its_secrets(void **state)
{
	const char	*text;

	(void)state;
	world();
	text = dumped(OK);
	assert_has(text, "  REQUEST_URI      /v/api/x?q=1\n");
	assert_has(text, "  PATH_INFO        -\n");
	assert_has(text, "  body             5 bytes\n");
	assert_has(text, "  Accept: (not shown)\n");
	assert_has(text, "  X-Mine: one \\x22two\\x22 \\x1B[31m\n");
	assert_has(text, "  Authorization: (not shown)\n");
	assert_has(text, "  Cookie: (not shown)\n");
	assert_has(text, "  X-Api-Key: (not shown)\n");
	assert_has(text, "  x_key: (not shown)\n");
	assert_has(text, "  mount            /v\n");
	assert_has(text, "  route            api\n");
	assert_has(text, "  origin           listed\n");
	assert_has(text, "  ... may read     https://page.example\n");
	assert_has(text, "  outcome          it would be sent\n");
	assert_has(text, "  POST             https://t.example/v1/x?q=1\n");
	assert_has(text, "  the table's query (not shown)\n");
	assert_has(text, "  Host             gate.example\n");
	assert_has(text, "  X-Key: (not shown)\n");
	assert_has(text, "  Via: 1.1 viaduct-0123\n");
	assert_has(text, "  route_headers set the field X-Key\n");
	assert_has(text, "  route_headers remove the field Accept\n");
	assert_has(text, "  route_headers set the field X-Down\n");
	assert_null(strstr(text, "planted"));
	rq.body_bytes = -1;
	assert_has(dumped(OK), "  body             of unknown length\n");
}

static void
what_is_refused_says_why(void **state)
{
	const char	*text;

	(void)state;
	world();
	text = dumped(ERR_FILTERED_PATH);
	assert_has(text, "  outcome          403 filtered_path: ");
	assert_null(strstr(text, "What would be sent"));
	assert_null(strstr(text, "planted"));
	route.fault = "column embed: it must be yes or no";
	text = dumped(ERR_ROUTE_INVALID);
	assert_has(text, "  ... since        column embed: it must be");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(all_of_a_request_is_shown_but_its_secrets),
		cmocka_unit_test(what_is_refused_says_why),
	};

	return cmocka_run_group_tests_name("dump", tests, setup, teardown);
}
