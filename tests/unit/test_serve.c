#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "serve/walk.h"
#include "store/tokens.h"
#include "tests/unit/world.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static int
setup(void **state)
{
	(void)state;
	world_reset();
	world.answers[0] = (struct world_answer){ .status = 200,
	    .fields = { { "Content-Type", "text/plain" } },
	    .body = { "hello" } };
	return 0;
}

/* The rule that decided, as Proxy-Status has it. */
static void
assert_rule(const char *rule)
{
	const char	*got = io_mem_field(&world.io, "Proxy-Status");
	char		 want[64];

	if (rule == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	snprintf(want, sizeof(want), "; details=\"%s\"", rule);
	assert_non_null(strstr(got, want));
}

static void
a_request_goes_to_its_route_and_back(void **state)
{
	(void)state;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/a%2Fb?q=1",
	    "HTTP_ORIGIN=https://page.example", "REMOTE_ADDR=192.0.2.7",
	    "DOCUMENT_ROOT=/srv/www",
	    "SERVER_PROTOCOL=HTTP/1.1", "HTTP_USER_AGENT=ua",
	    "HTTP_REFERER=https://page.example/x");
	assert_int_equal(world.n_fetches, 1);
	assert_string_equal(world.fetches[0].method, "GET");
	assert_string_equal(world.fetches[0].url,
	    "https://t.example/v1/a%2Fb?q=1");
	assert_field("Status", "200 OK");
	assert_field("Content-Type", "text/plain");
	assert_field("Access-Control-Allow-Origin", "https://page.example");
	assert_string_equal(io_mem_body(&world.io), "hello");
	assert_rule(NULL);
	assert_int_equal(world.n_access, 1);
	assert_string_equal(world.access.peer, "192.0.2.7");
	assert_string_equal(world.access.method, "GET");
	assert_string_equal(world.access_path, "/v/api/a%2Fb?q=1");
	assert_string_equal(world.access.protocol, "HTTP/1.1");
	assert_string_equal(world.access.user_agent, "ua");
	assert_string_equal(world.access.referer, "https://page.example/x");
	assert_int_equal(world.access.status, 200);
	assert_int_equal(world.access.body_bytes, 5);
	assert_string_equal(world.lines, "");
	assert_string_equal(world.root, "/srv/www");
}

/* --- what decides, in its order --- */

#define PAGE "HTTP_ORIGIN=https://page.example"
#define EVIL "HTTP_ORIGIN=https://evil.example"
#define KEY "HTTP_X_API_KEY=" WORLD_KEY
#define BEARER "HTTP_AUTHORIZATION=Bearer " WORLD_KEY
#define WRONG "HTTP_X_API_KEY=" WORLD_KEY "x"
#define ASKS "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PUT"

/* What the fields that a browser goes by are in the answer in world.io. */
static void
note_answer(char *to, size_t size)
{
	static const char *const names[] = { "Status", "Proxy-Status",
	    "Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
	    "Access-Control-Allow-Headers", "Access-Control-Max-Age",
	    "Access-Control-Expose-Headers", "Allow", "Vary",
	    "Content-Security-Policy", "WWW-Authenticate" };
	size_t	 len = 0;

	for (size_t i = 0; i < ROWS(names); i++) {
		const char *value = io_mem_field(&world.io, names[i]);

		len += (size_t)snprintf(to + len, size - len, "%s: %s\n",
		    names[i], value != NULL ? value : "(none)");
	}
}

/* Walked through, the request just served comes to the same, and nobody is
 * asked, charged or told.  What targets and pages say is not imagined. */
static void
assert_walks_alike(const char *const *vars)
{
	const size_t	 fetches = world.n_fetches, lines = world.n_access;
	const bool	 relayed = fetches > 0;
	struct walk	 w = { .err = OK };
	char		 served[4096], walked[4096], said[2048];

	note_answer(served, sizeof(served));
	strcpy(said, world.lines);
	world_walk(vars, &w);
	note_answer(walked, sizeof(walked));
	if (w.steps[STEP_PAGE].outcome != WALK_PASSED)
		assert_string_equal(walked, served);
	else
		assert_memory_equal(served, "Status: 2", 9);
	assert_int_equal(w.steps[STEP_FETCH].outcome == WALK_OPEN, relayed);
	assert_int_equal(world.n_fetches, fetches);
	assert_int_equal(world.n_access, lines);
	assert_string_equal(world.lines, said);
}

static const struct {
	const char	*method, *uri, *more[3];
	const char	*status, *rule;
	bool		 readable;	/* by the page: CORS fields */
	size_t		 fetches;
} decisions[] = {
	{ "GET", "/v/api/x", { NULL }, "200 OK", NULL, false, 1 },
	{ "GET", "/v/api/x", { PAGE }, "200 OK", NULL, true, 1 },
	/* A foreign origin is refused before anything else is said. */
	{ "GET", "/v/api/x", { EVIL }, "403 Forbidden", "origin_not_allowed",
	    false, 0 },
	{ "POST", "/v/api/x", { EVIL }, "403 Forbidden",
	    "origin_not_allowed", false, 0 },
	{ "GET", "/v/nowhere", { EVIL }, "403 Forbidden",
	    "origin_not_allowed", false, 0 },
	{ "GET", "/v/api/../x", { EVIL }, "403 Forbidden",
	    "origin_not_allowed", false, 0 },
	{ "GET", "/v/api/x", { "HTTP_ORIGIN=https://page.example/" },
	    "400 Bad Request", "malformed_origin", false, 0 },
	{ "GET", "/v/api/x", { PAGE, PAGE }, "400 Bad Request",
	    "malformed_origin", false, 0 },
	/* An allowed page can read every refusal. */
	{ "GET", "/v/nowhere", { PAGE }, "404 Not Found", "no_route", true,
	    0 },
	{ "GET", "/v/No-Name", { PAGE }, "404 Not Found", "no_route", true,
	    0 },
	{ "GET", "/v/api/%2e%2e/x", { PAGE }, "400 Bad Request", "bad_path",
	    true, 0 },
	{ "GET", "/v/api/x#y", { PAGE }, "400 Bad Request", "bad_path", true,
	    0 },
	{ "GET", "/elsewhere", { PAGE, "SCRIPT_NAME=/x/v" },
	    "500 Internal Server Error", "mount_unknown", true, 0 },
	{ "GET", "/v/api/x", { PAGE, "HTTP_BAD=\x01" }, "400 Bad Request",
	    "malformed_request", true, 0 },
	{ "GET", "/v/api/x", { PAGE, "CONTENT_LENGTH=x" }, "400 Bad Request",
	    "bad_length", true, 0 },
	{ "GET", "/v/bad/x", { PAGE }, "500 Internal Server Error",
	    "route_invalid", true, 0 },
	{ "TRACE", "/v/api/x", { PAGE }, "405 Method Not Allowed",
	    "method_not_allowed", true, 0 },
	{ "POST", "/v/api/x", { PAGE, "CONTENT_LENGTH=1001" },
	    "413 Content Too Large", "upload_too_large", true, 0 },
	{ "GET", "/v/api/x", { PAGE, "PATH_INFO=/y" }, "400 Bad Request",
	    "ambiguous_path", true, 0 },
	{ "GET", "/v/?route=api&route=api", { PAGE }, "400 Bad Request",
	    "bad_query", true, 0 },
	{ "GET", "/v/?route=api&method=DELETE", { NULL }, "403 Forbidden",
	    "method_proof", false, 0 },
	{ "GET", "/v/?route=api&method=DELETE", { PAGE }, "200 OK", NULL,
	    true, 1 },
	{ "GET", "/v/api/x", { "HTTP_SEC_FETCH_MODE=no-cors",
	    "HTTP_SEC_FETCH_SITE=cross-site" }, "403 Forbidden",
	    "fetch_mode", false, 0 },
	{ "GET", "/v/api/x", { PAGE, "HTTP_VIA=1.1 viaduct-0123" },
	    "502 Bad Gateway", "loop", true, 0 },
	/* A preflight is answered whatever its request would meet. */
	{ "OPTIONS", "/v/api/x", { PAGE, ASKS }, "204 No Content", NULL,
	    true, 0 },
	{ "OPTIONS", "/v/nowhere", { PAGE, ASKS }, "204 No Content", NULL,
	    true, 0 },
	{ "OPTIONS", "/v/bad/x", { PAGE, ASKS }, "204 No Content", NULL,
	    true, 0 },
	{ "OPTIONS", "/v/api/../x", { PAGE, ASKS }, "204 No Content", NULL,
	    true, 0 },
	{ "OPTIONS", "/elsewhere", { PAGE, ASKS, "SCRIPT_NAME=/x/v" },
	    "204 No Content", NULL, true, 0 },
	{ "OPTIONS", "/v/api/x", { EVIL, ASKS }, "403 Forbidden",
	    "origin_not_allowed", false, 0 },
	{ "OPTIONS", "/v/api/x", { PAGE }, "405 Method Not Allowed",
	    "method_not_allowed", true, 0 },
	{ "OPTIONS", "/v/api/x", { ASKS }, "405 Method Not Allowed",
	    "method_not_allowed", false, 0 },
	/* A key comes behind what is wrong with the request itself. */
	{ "GET", "/v/keyed/x", { NULL }, "401 Unauthorized", "key_required",
	    false, 0 },
	{ "GET", "/v/keyed/x", { PAGE }, "401 Unauthorized", "key_required",
	    true, 0 },
	{ "GET", "/v/keyed/x", { PAGE, KEY }, "200 OK", NULL, true, 1 },
	{ "GET", "/v/keyed/x", { BEARER }, "200 OK", NULL, false, 1 },
	{ "GET", "/v/keyed/x", { EVIL, KEY }, "403 Forbidden",
	    "origin_not_allowed", false, 0 },
	{ "TRACE", "/v/keyed/x", { PAGE }, "405 Method Not Allowed",
	    "method_not_allowed", true, 0 },
	{ "POST", "/v/keyed/x", { PAGE, "CONTENT_LENGTH=1001" },
	    "413 Content Too Large", "upload_too_large", true, 0 },
	{ "OPTIONS", "/v/keyed/x", { PAGE, ASKS }, "204 No Content", NULL,
	    true, 0 },
	/* One that is shown must be valid, and proves who sent it. */
	{ "GET", "/v/api/x", { WRONG }, "401 Unauthorized", "key_required",
	    false, 0 },
	{ "GET", "/v/other/x", { KEY }, "401 Unauthorized", "key_required",
	    false, 0 },
	{ "GET", "/v/?route=api&method=DELETE", { KEY }, "200 OK", NULL,
	    false, 1 },
	{ "GET", "/v/?route=api&method=DELETE", { WRONG }, "401 Unauthorized",
	    "key_required", false, 0 },
	{ "GET", "/v/", { WRONG }, "200 OK", NULL, false, 0 },
	/* Pages made here. */
	{ "GET", "/v/", { NULL }, "200 OK", NULL, false, 0 },
	{ "GET", "/v", { NULL }, "200 OK", NULL, false, 0 },
	{ "HEAD", "/v/", { NULL }, "200 OK", NULL, false, 0 },
	{ "POST", "/v/", { NULL }, "405 Method Not Allowed",
	    "method_not_allowed", false, 0 },
	{ "GET", "/v/_health", { NULL }, "200 OK", NULL, false, 0 },
	{ "GET", "/v/robots.txt", { NULL }, "200 OK", NULL, false, 0 },
	{ "GET", "/v/favicon.ico", { NULL }, "204 No Content", NULL, false,
	    0 },
	{ "GET", "/v/_status", { NULL }, "403 Forbidden", "operator_only",
	    false, 0 },
	{ "GET", "/v/_status/", { NULL }, "404 Not Found", "no_route", false,
	    0 },
	{ "POST", "/v/_status", { NULL }, "403 Forbidden", "operator_only",
	    false, 0 },
	{ "POST", "/v/_status", { PAGE }, "403 Forbidden",
	    "origin_not_allowed", true, 0 },
	{ "POST", "/v/_explain", { NULL }, "403 Forbidden", "operator_only",
	    false, 0 },
	{ "POST", "/v/_explain", { PAGE }, "403 Forbidden", "operator_only",
	    true, 0 },
	{ "POST", "/v/_check", { NULL }, "403 Forbidden", "operator_only",
	    false, 0 },
	{ "DELETE", "/v/_status", { NULL }, "405 Method Not Allowed",
	    "method_not_allowed", false, 0 },
	{ "POST", "/v/_metrics", { NULL }, "405 Method Not Allowed",
	    "method_not_allowed", false, 0 },
	{ "GET", "/v/https://t.example/x", { PAGE }, "403 Forbidden",
	    "target_not_allowed", true, 0 },
	{ "POST", "/v/?url=https%3A%2F%2Ft.example", { PAGE },
	    "403 Forbidden", "target_not_allowed", true, 0 },
};

static void
each_decision_in_its_order(void **state)
{
	char		 method[32], uri[256];
	const char	*vars[8];

	for (size_t i = 0; i < ROWS(decisions); i++) {
		const char *allowed = NULL;
		size_t	 n = 0;

		setup(state);
		snprintf(method, sizeof(method), "REQUEST_METHOD=%s",
		    decisions[i].method);
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s",
		    decisions[i].uri);
		vars[n++] = "SCRIPT_NAME=/v";
		vars[n++] = method;
		vars[n++] = uri;
		for (size_t j = 0; j < 3 && decisions[i].more[j] != NULL; j++)
			vars[n++] = decisions[i].more[j];
		vars[n] = NULL;
		if (decisions[i].readable)
			allowed = "https://page.example";
		world_serve(vars, NULL);
		print_message("# %s %s\n", decisions[i].method,
		    decisions[i].uri);
		assert_field("Status", decisions[i].status);
		assert_rule(decisions[i].rule);
		assert_field("Access-Control-Allow-Origin", allowed);
		assert_int_equal(world.n_fetches, decisions[i].fetches);
		assert_int_equal(io_mem_count(&world.io, "Status"), 1);
		assert_int_equal(world.n_access, 1);
		assert_walks_alike(vars);
	}
}

/* All that is wrong shows at once; what hangs on something wrong does not. */
static void
a_walk_goes_on_where_it_can(void **state)
{
	static const struct { enum step step; enum outcome want; } rows[] = {
		{ STEP_ORIGIN, WALK_REFUSED }, { STEP_READ, WALK_PASSED },
		{ STEP_TARGET, WALK_PASSED }, { STEP_ROUTE, WALK_PASSED },
		{ STEP_METHOD, WALK_REFUSED }, { STEP_URL, WALK_PASSED },
		{ STEP_UPLOAD, WALK_REFUSED }, { STEP_RATE, WALK_OPEN },
		{ STEP_ACCESS, WALK_REFUSED }, { STEP_PAGE, WALK_NOT_REACHED },
		{ STEP_FETCH, WALK_NOT_REACHED },
	};
	struct walk	 w = { .err = OK }, bad = { .err = OK };

	(void)state;
	world_walk((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_URI=/v/keyed/x", "REQUEST_METHOD=TRACE", EVIL,
	    "CONTENT_LENGTH=1001", NULL }, &w);
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_int_equal(w.steps[rows[i].step].outcome, rows[i].want);
	assert_int_equal(w.err, ERR_ORIGIN_NOT_ALLOWED);
	assert_int_equal(w.steps[STEP_ACCESS].err, ERR_KEY_REQUIRED);
	assert_rule("origin_not_allowed");
	world_walk((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_URI=/v/bad/x", "REQUEST_METHOD=TRACE", NULL }, &bad);
	assert_int_equal(bad.err, ERR_ROUTE_INVALID);
	assert_int_equal(bad.steps[STEP_METHOD].outcome, WALK_NOT_REACHED);
	assert_string_equal(world.lines, "");
}

/* --- the operator's pages --- */

#define HERE "REMOTE_ADDR=127.0.0.1"
#define JSON "HTTP_ACCEPT=application/json"

/* What MOUNT/_check makes of the variables of a request. */
static const struct { const char *vars[5], *says; } passed[] = {
	{ { "REQUEST_URI=/v/_check" },
	    "\"mount\",\"state\":\"good\",\"text\":\"/v, by SCRIPT_NAME" },
	{ { "REQUEST_URI=/_check", "SCRIPT_NAME=/viaduct.cgi" },
	    "\"/, the folder of SCRIPT_NAME, as behind a rewrite\"" },
	{ { "PATH_INFO=/_check" }, "\"state\":\"bad\",\"text\":\"it is not "
	    "passed on: how a path was encoded is lost" },
	{ { "PATH_INFO=/_check" }, "most servers make one of two in a row" },
	{ { "REQUEST_URI=/v/_check" }, "it is passed on as it was sent" },
	{ { "REQUEST_URI=/v/_check", "PATH_INFO=/_else" }, "\"fair\","
	    "\"text\":\"it is passed on, and the server reads another path "
	    "in it: /v/_else" },
	{ { "REQUEST_URI=//v/_check", "SCRIPT_NAME=//v",
	    "PATH_INFO=/_check" }, "leaves two in a row as they are" },
	{ { "REQUEST_URI=/v/_check", "HTTP_AUTHORIZATION=Bearer x" },
	    "\"it arrives\"" },
	{ { "REQUEST_URI=/v/_check" }, "this request has none" },
	{ { "REQUEST_URI=/v/_check", "HTTPS=on" }, "the server says so" },
	{ { "REQUEST_URI=/v/_check" }, "the client speaks plain HTTP" },
	{ { "REQUEST_URI=/v/_check" }, "127.0.0.1, by REMOTE_ADDR\"" },
	{ { "REQUEST_URI=/v/_check", "SERVER_SOFTWARE=a/1<b>\x1b" },
	    "a/1\\u003cb\\u003e\\u001b, which speaks FastCGI" },
	{ { "REQUEST_URI=/v/_check" }, "it is not passed on, so that "
	    "preserve_host cannot work" },
	{ { "REQUEST_URI=/v/_check" }, "of this process alone: " },
	{ { "REQUEST_URI=/v/_check" }, "\"kind\":\"problem\",\"where\":"
	    "\"/w/viaduct.ini\",\"text\":"
	    "\"\\u003cb\\u003ebad\\u003c/b\\u003e\\u001b[1m\"" },
	{ { "REQUEST_URI=/v/_check" }, "\"kind\":\"warning\",\"where\":"
	    "null,\"text\":\"nowhere\"" },
};

static void
the_operator_is_told_what_the_server_passes_on(void **state)
{
	for (size_t i = 0; i < ROWS(passed); i++) {
		const char	*vars[10] = { "REQUEST_METHOD=GET", HERE,
				    JSON };
		size_t		 n = 3;
		bool		 script = false;

		setup(state);
		world.conf.path = "/w/viaduct.ini";
		world.conf.state = "/nowhere";
		world.conf.base_path = "";
		for (size_t j = 0; j < 5 && passed[i].vars[j] != NULL; j++) {
			vars[n++] = passed[i].vars[j];
			script = script || strncmp(passed[i].vars[j],
			    "SCRIPT_NAME", 11) == 0;
		}
		if (!script)
			vars[n++] = "SCRIPT_NAME=/v";
		world_serve(vars, NULL);
		print_message("# %zu %s\n", i, passed[i].says);
		assert_field("Status", "200 OK");
		assert_field("Cache-Control", "no-store");
		assert_non_null(strstr(io_mem_body(&world.io),
		    passed[i].says));
	}
}

/* Behind a proxy the operator has a key. */
static void
a_proxy_is_believed_only_if_it_is_trusted(void **state)
{
	static const struct { bool trusted; const char *says[2]; } rows[] = {
		{ false, { "name it in trusted_proxies, or all callers count",
		    "its sender is not in trusted_proxies" } },
		{ true, { "198.51.100.4, by X-Forwarded-For of the trusted "
		    "proxy 192.0.2.1", "a trusted proxy says so" } },
	};
	struct ip_net	 net;

	assert_true(ip_net_read("192.0.2.1", &net));
	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.conf.path = world.conf.state = "/w";
		world.conf.base_path = "/v";
		world.conf.operator_key_file = "/w/key";
		digest("secret", 6, world.conf.operator_hash);
		world.conf.trusted_proxies = (struct ip_allow){ .nets = &net,
		    .n_nets = rows[i].trusted };
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_check", JSON,
		    "REMOTE_ADDR=192.0.2.1", "HTTP_X_API_KEY=secret",
		    "HTTP_X_FORWARDED_FOR=198.51.100.4",
		    "HTTP_X_FORWARDED_PROTO=https");
		for (size_t j = 0; j < 2; j++)
			assert_non_null(strstr(io_mem_body(&world.io),
			    rows[i].says[j]));
		assert_non_null(strstr(io_mem_body(&world.io),
		    "/v, by base_path"));
		assert_non_null(strstr(io_mem_body(&world.io),
		    "you have shown the operator's key"));
		assert_null(strstr(io_mem_body(&world.io), "secret"));
	}
}

/* --- whole URLs --- */

#define ALLOWED		"target_not_allowed"
#define LISTED		"/v/https://listed.example/"

/* With targets = listed. */
static const struct {
	const char	*method, *uri, *more[2];
	int		 status;
	const char	*rule;
	const char	*url;		/* that is fetched; NULL: none */
} wholes[] = {
	{ "GET", "/v/https://listed.example/a%2Fb?q=1&&r", { PAGE }, 200,
	    NULL, "https://listed.example/a%2Fb?q=1&&r" },
	{ "GET", "/v/https:/listed.example/a", { PAGE }, 200, NULL,
	    "https://listed.example/a" },
	{ "GET", "/v/HTTP/LISTED.example./a", { PAGE }, 200, NULL,
	    "http://listed.example/a" },
	{ "GET", "/v/?url=https%3A%2F%2Flisted.example%2Fa%2520b%3Fq%3D1",
	    { PAGE }, 200, NULL, "https://listed.example/a%20b?q=1" },
	{ "GET", "/v?url=https://listed.example", { PAGE }, 200, NULL,
	    "https://listed.example" },
	{ "GET", "/v/?method=PUT&url=https://listed.example/", { PAGE }, 200,
	    NULL, "https://listed.example/" },
	{ "GET", "/v/https://ported.example:8443/", { PAGE }, 200, NULL,
	    "https://ported.example:8443/" },
	{ "GET", "/v/https://a.wild.example/", { PAGE }, 200, NULL,
	    "https://a.wild.example/" },
	/* the server may have merged what it tells beside */
	{ "GET", LISTED "x", { PAGE, "PATH_INFO=/https:/listed.example/x" },
	    200, NULL, "https://listed.example/x" },
	{ "GET", LISTED, { "HTTP_SEC_FETCH_SITE=same-origin" }, 200, NULL,
	    "https://listed.example/" },
	{ "GET", LISTED, { NULL }, 403, "whole_url_proof", NULL },
	{ "GET", LISTED, { EVIL }, 403, "origin_not_allowed", NULL },
	{ "GET", "/v/https://other.example/", { EVIL }, 403,
	    "origin_not_allowed", NULL },
	{ "GET", "/v/https://other.example/", { PAGE }, 403, ALLOWED, NULL },
	{ "GET", "/v/https://listed.example:22/", { PAGE }, 403, ALLOWED,
	    NULL },
	{ "GET", "/v/ftp://listed.example/", { PAGE }, 403, ALLOWED, NULL },
	{ "GET", "/v/?url=file%3A%2F%2F%2Fetc%2Fpasswd", { PAGE }, 403,
	    ALLOWED, NULL },
	{ "GET", "/v/https:%2F%2Flisted.example/", { PAGE }, 400, "bad_url",
	    NULL },
	{ "GET", "/v/?url=listed.example", { PAGE }, 400, "bad_url", NULL },
	{ "GET", "/v/https://u@listed.example/", { PAGE }, 400, "bad_url",
	    NULL },
	{ "GET", LISTED "a/%2e%2E/b", { PAGE }, 400, "bad_path", NULL },
	{ "GET", "/v/?url=https://listed.example/..%2Fb", { PAGE }, 400,
	    "bad_path", NULL },
	{ "GET", "/v/?url=https://listed.example/&x=1", { PAGE }, 400,
	    "bad_query", NULL },
	{ "PATCH", LISTED, { PAGE }, 405, "method_not_allowed", NULL },
	{ "POST", LISTED, { PAGE, "CONTENT_LENGTH=1001" }, 413,
	    "upload_too_large", NULL },
	{ "GET", LISTED, { "HTTP_SEC_FETCH_MODE=no-cors",
	    "HTTP_SEC_FETCH_SITE=cross-site" }, 403, "fetch_mode", NULL },
	{ "GET", LISTED, { PAGE, "HTTP_VIA=1.1 viaduct-0123" }, 502, "loop",
	    NULL },
	{ "OPTIONS", "/v/https://other.example/", { PAGE, ASKS }, 204, NULL,
	    NULL },
};

/* Neither in the access log nor in the error log. */
static void
a_whole_urls_password_is_not_logged(void **state)
{
	(void)state;
	world.conf.whole.targets = WHOLE_LISTED;
	SERVE("REQUEST_METHOD=GET", PAGE,
	    "REQUEST_URI=/v/https:/u:planted@listed.example/a?b");
	assert_rule("bad_url");
	assert_string_equal(world.access_path,
	    "/v/...@listed.example/a?b");
	assert_non_null(strstr(world.lines, "GET /v/...@listed.example/a)"));
	assert_null(strstr(world.lines, "planted"));
}

static void
a_whole_url_is_served_like_a_route(void **state)
{
	char		 method[32], uri[256];
	const char	*vars[6] = { "SCRIPT_NAME=/v", method, uri };

	for (size_t i = 0; i < ROWS(wholes); i++) {
		const char *want = wholes[i].url;

		setup(state);
		world.conf.whole.targets = WHOLE_LISTED;
		snprintf(method, sizeof(method), "REQUEST_METHOD=%s",
		    wholes[i].method);
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s", wholes[i].uri);
		vars[3] = wholes[i].more[0] != NULL ? wholes[i].more[0] : "X=";
		vars[4] = wholes[i].more[1] != NULL ? wholes[i].more[1] : "Y=";
		world_serve(vars, NULL);
		print_message("# %s %s\n", wholes[i].method, wholes[i].uri);
		assert_int_equal(world.access.status, wholes[i].status);
		assert_rule(wholes[i].rule);
		assert_int_equal(world.n_fetches, want != NULL);
		if (want != NULL)
			assert_string_equal(world.fetches[0].url, want);
		assert_walks_alike(vars);
	}
}

/* The caller is told what would permit it. */
static void
a_refusal_says_what_would_permit_it(void **state)
{
	static const struct { const char *uri, *says; } rows[] = {
		{ "REQUEST_URI=/v/https://x.example/", "target_hosts" },
		{ "REQUEST_URI=/v/https://listed.example:8/", "ports" },
		{ "REQUEST_URI=/v/https://10.0.0.1/", "Addresses" },
		{ "REQUEST_URI=/v/gopher://listed.example/", "http and" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.conf.whole.targets = WHOLE_LISTED;
		SERVE("REQUEST_METHOD=GET", rows[i].uri, PAGE);
		assert_rule(ALLOWED);
		assert_non_null(strstr(io_mem_body(&world.io), rows[i].says));
		assert_non_null(strstr(world.lines, rows[i].says));
		/* not to a page that may not ask at all */
		SERVE("REQUEST_METHOD=GET", rows[i].uri, EVIL);
		assert_rule("origin_not_allowed");
		assert_null(strstr(io_mem_body(&world.io), rows[i].says));
	}
}

static void
whatever_keeps_a_host_away_looks_the_same(void **state)
{
	static const enum err	 alike[] = { ERR_DNS, ERR_ADDRESS_PROHIBITED,
		    ERR_CONNECTION_REFUSED, ERR_CONNECTION_TIMEOUT };
	static const enum err	 others[] = { ERR_RESPONSE_TIMEOUT,
		    ERR_TLS_CERTIFICATE, ERR_NO_DESCRIPTORS };

	for (size_t i = 0; i < ROWS(alike); i++) {
		setup(state);
		world.conf.whole.targets = WHOLE_LISTED;
		world.answers[0] = (struct world_answer){ .err = alike[i] };
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=" LISTED "x", PAGE);
		assert_field("Status", "502 Bad Gateway");
		assert_field("Proxy-Status", "viaduct; "
		    "error=destination_unavailable; "
		    "details=\"destination_unavailable\"");
		assert_null(strstr(io_mem_body(&world.io),
		    err_detail(alike[i])));
		assert_non_null(strstr(world.lines, err_word(alike[i])));
		assert_non_null(strstr(world.lines, err_detail(alike[i])));
		/* A route's target is the operator's to name: it is told. */
		world.n_fetches = 0;
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", PAGE);
		assert_rule(err_word(alike[i]));
	}
	for (size_t i = 0; i < ROWS(others); i++) {
		setup(state);
		world.conf.whole.targets = WHOLE_LISTED;
		world.answers[0] = (struct world_answer){ .err = others[i] };
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=" LISTED "x", PAGE);
		assert_rule(err_word(others[i]));
	}
}

/* A key that opens whole URLs stands for an origin. */
static void
a_key_opens_whole_urls(void **state)
{
	static const struct { const char *key; int status; const char *rule; }
	    rows[] = {
		{ "HTTP_X_API_KEY=" WORLD_KEY, 200, NULL },
		{ "HTTP_AUTHORIZATION=Bearer " WORLD_KEY, 200, NULL },
		{ "HTTP_X_API_KEY=vd1_bbbbbbbb_AAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAAAAA", 401, "key_required" },
		{ "X=", 403, "whole_url_proof" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.conf.whole.targets = WHOLE_ANY;
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=" LISTED,
		    rows[i].key);
		print_message("# %s\n", rows[i].key);
		assert_int_equal(world.access.status, rows[i].status);
		assert_rule(rows[i].rule);
		assert_int_equal(world.n_fetches, rows[i].status == 200);
		if (rows[i].status == 200)
			assert_null(strstr(world.fetches[0].fields, "vd1_"));
	}
	world.conf.rules.access = ACCESS_KEY;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=" LISTED);
	assert_rule("key_required");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=" LISTED, PAGE);
	assert_rule("key_required");
}

static void
the_host_is_logged_and_no_query(void **state)
{
	static const struct { const char *uri, *path; } rows[] = {
		{ "REQUEST_URI=/v/?url=https%3A%2F%2FListed.example%2Fa%3Fk",
		    "/v/https://listed.example/a" },
		{ "REQUEST_URI=/v?url=http/listed.example&method=HEAD",
		    "/v/http://listed.example" },
		{ "REQUEST_URI=/v/https/listed.example/a",
		    "/v/https/listed.example/a" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.conf.whole.targets = WHOLE_LISTED;
		world.answers[0] = (struct world_answer){ .err = ERR_DNS };
		SERVE("REQUEST_METHOD=GET", rows[i].uri, PAGE);
		assert_string_equal(world.access_path, rows[i].path);
		assert_non_null(strstr(world.lines, rows[i].path));
	}
}

static void
a_key_is_for_us_alone(void **state)
{
	(void)state;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x", KEY,
	    "HTTP_AUTHORIZATION=Bearer theirs");
	assert_field("Status", "200 OK");
	assert_null(strstr(world.fetches[0].fields, "vd1_"));
	assert_non_null(strstr(world.fetches[0].fields,
	    "Authorization: Bearer theirs\n"));
	assert_string_equal(world.access_user, "aaaaaaaa");
	assert_string_equal(world.lines, "");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x");
	assert_string_equal(world.access_user, "-");
}

/* The same to the caller, whatever is wrong; the log says what. */
static void
why_a_key_is_none_is_for_the_log(void **state)
{
	static const struct { const char *var, *line; } rows[] = {
		{ "X=", "info: key_required: there is none (request " },
		{ WRONG, "info: key_required: it is not of the form" },
		{ "HTTP_X_API_KEY=vd1_bbbbbbbb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAA", "key_required: key bbbbbbbb: there is no "
		    "such key" },
		{ "HTTP_X_API_KEY=vd1_aaaaaaaa_BAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAA", "key_required: key aaaaaaaa: its secret "
		    "is wrong" },
	};
	char		 first[2048] = "";

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x",
		    rows[i].var, "HTTP_ACCEPT=text/plain");
		assert_field("WWW-Authenticate", "VdKey realm=\"viaduct\"");
		if (i == 0)
			snprintf(first, sizeof(first), "%s",
			    io_mem_body(&world.io));
		assert_string_equal(io_mem_body(&world.io), first);
		if (strstr(world.lines, rows[i].line) == NULL)
			fail_msg("%s", world.lines);
		assert_null(strstr(world.lines, "AAAAAAAAAA"));
		assert_string_equal(world.access_user, "-");
	}
}

static void
stale_keys_open_nothing(void **state)
{
	(void)state;
	world.keys_stale = true;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x", KEY, PAGE);
	assert_field("Status", "503 Service Unavailable");
	assert_rule("keys_stale");
	assert_field("Retry-After", "5");
	assert_int_equal(world.n_fetches, 0);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", KEY, PAGE);
	assert_field("Status", "200 OK");
	assert_string_equal(world.access_user, "-");
	assert_null(strstr(world.fetches[0].fields, "vd1_"));
}

/* Failures are counted by address, on all routes together. */
static void
who_fails_too_often_is_told_no_more(void **state)
{
	static const char *const addresses[] = { "REMOTE_ADDR=192.0.2.1",
	    "REMOTE_ADDR=192.0.2.2" };

	(void)state;
	for (int i = 0; i < 5; i++) {
		SERVE("REQUEST_METHOD=GET", i % 2 == 0 ?
		    "REQUEST_URI=/v/keyed/x" :
		    "REQUEST_URI=/v/?route=keyed&method=DELETE",
		    addresses[0], i < 2 ? "X=" : WRONG);
		assert_rule("key_required");
	}
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x", addresses[0],
	    PAGE);
	assert_field("Status", "429 Too Many Requests");
	assert_rule("rate_limited");
	assert_field("RateLimit-Policy", "\"failures\";q=5;w=30");
	assert_in_range(atoi(io_mem_field(&world.io, "Retry-After")), 1, 6);
	assert_field("Access-Control-Allow-Origin", "https://page.example");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", addresses[0],
	    WRONG);
	assert_rule("rate_limited");
	assert_int_equal(world.n_fetches, 0);
	/* but nobody is kept out who has a key, or needs none */
	world.answers[1] = world.answers[0];
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x", addresses[0],
	    KEY);
	assert_field("Status", "200 OK");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", addresses[0]);
	assert_field("Status", "200 OK");
	assert_int_equal(world.n_fetches, 2);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x", addresses[1]);
	assert_rule("key_required");
}

/* By HS256 with 32 times the letter 0: { exp: 9999999999, sub: "Ann" }. */
#define TOKEN	"HTTP_AUTHORIZATION=Bearer eyJhbGciOiJIUzI1NiJ9." \
    "eyJleHAiOjk5OTk5OTk5OTksInN1YiI6IkFubiJ9." \
    "lBU-A-O_gHvmpzMR4YD1_DRMhf4Uz0RkwAqjoun9Zmo"
#define FORGED	TOKEN "AAAA"

static void
ask_for_tokens(void)
{
	world.routes[3].rules.access = ACCESS_JWT;
	world.conf.jwt_algorithm = "HS256";
	world.conf.jwt_key = "00000000000000000000000000000000";
	world.conf.jwt_key_bytes = 32;
	world.conf.jwt_issuer = world.conf.jwt_audience = "";
}

/* To look at its signature takes time, which whoever asks could use up: beyond
 * the rate it is not known whose it is. */
static void
a_token_is_verified_within_the_rate(void **state)
{
	(void)state;
	ask_for_tokens();
	world.routes[3].rules.rate = (struct rate){ INT64_C(3600000000), 3 };
	for (int i = 0; i < 2; i++) {
		SERVE("REQUEST_METHOD=GET",
		    "REQUEST_URI=/v/?route=keyed&method=DELETE", FORGED);
		assert_rule("token_required");
		assert_non_null(strstr(world.lines, "token_required: its "
		    "signature is wrong (request "));
		assert_string_equal(world.access_user, "-");
	}
	SERVE("REQUEST_METHOD=GET",
	    "REQUEST_URI=/v/?route=keyed&method=DELETE", TOKEN);
	assert_rule(tokens_built() ? NULL : "token_required");
	assert_string_equal(world.access_user, tokens_built() ?
	    "sub:Ann" : "-");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed", TOKEN);
	assert_rule("rate_limited");
	assert_memory_equal(io_mem_field(&world.io, "RateLimit-Policy"),
	    "\"keyed\"", 7);
	assert_string_equal(world.access_user, "-");
	assert_int_equal(world.n_fetches, tokens_built());
}

/* Nobody looks at the token of a preflight that the target answers. */
static void
a_token_opens_nothing_by_a_preflight(void **state)
{
	static const struct field	 secret = { "X-Key", "s3cret" };
	static const char *const	 tokens[] = { FORGED, TOKEN };

	for (size_t i = 0; i < ROWS(tokens); i++) {
		setup(state);
		ask_for_tokens();
		world.routes[3].rules.cors.target = true;
		world.routes[3].up = (struct field_edits){ &secret, 1 };
		SERVE("REQUEST_METHOD=OPTIONS", "REQUEST_URI=/v/keyed", PAGE,
		    ASKS, tokens[i]);
		assert_rule(NULL);
		assert_int_equal(world.n_fetches, 1);
		assert_string_equal(world.fetches[0].method, "OPTIONS");
		assert_null(strstr(world.fetches[0].fields, "s3cret"));
		assert_null(strstr(world.fetches[0].fields, "eyJ"));
		assert_string_equal(world.access_user, "-");
	}
}

/* Browsers send no key with a preflight, also where the target answers it. */
static void
a_preflight_needs_no_key(void **state)
{
	static const struct field	 secret = { "X-Key", "s3cret" };

	(void)state;
	world.routes[3].rules.cors.target = true;
	world.routes[3].up = (struct field_edits){ &secret, 1 };
	SERVE("REQUEST_METHOD=OPTIONS", "REQUEST_URI=/v/keyed/x", PAGE, ASKS);
	assert_field("Status", "200 OK");
	assert_int_equal(world.n_fetches, 1);
	assert_null(strstr(world.fetches[0].fields, "s3cret"));
	SERVE("REQUEST_METHOD=OPTIONS", "REQUEST_URI=/v/keyed/x", PAGE);
	assert_rule("method_not_allowed");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x", PAGE, ASKS);
	assert_rule("key_required");
	assert_int_equal(world.n_fetches, 1);
}

static void
a_routes_own_rule_decides(void **state)
{
	static const struct cors_origin	 evil[] = {
		{ CORS_EXACT, "https://evil.example" },
	};

	(void)state;
	world.routes[0].rules.cors.allow = evil;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", EVIL);
	assert_field("Status", "200 OK");
	assert_field("Access-Control-Allow-Origin", "https://evil.example");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", PAGE);
	assert_field("Status", "403 Forbidden");
	/* But not that of a row with a fault. */
	world.routes[1].rules.cors.allow = evil;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/bad", EVIL);
	assert_field("Status", "403 Forbidden");
	assert_rule("origin_not_allowed");
}

static void
require_origin_is_for_what_is_relayed(void **state)
{
	static const struct { const char *uri, *status; } pages[] = {
		{ "REQUEST_URI=/v/", "200 OK" },
		{ "REQUEST_URI=/v/_health", "200 OK" },
		{ "REQUEST_URI=/v/robots.txt", "200 OK" },
		{ "REQUEST_URI=/v/favicon.ico", "204 No Content" },
		{ "REQUEST_URI=/v/api", "403 Forbidden" },
		{ "REQUEST_URI=/v/nowhere", "403 Forbidden" },
		{ "REQUEST_URI=/v/https://t.example", "403 Forbidden" },
	};

	(void)state;
	world.conf.rules.cors.require_origin = true;
	world.routes[0].rules.cors.require_origin = true;
	for (size_t i = 0; i < ROWS(pages); i++) {
		SERVE("REQUEST_METHOD=GET", pages[i].uri);
		assert_field("Status", pages[i].status);
	}
	assert_rule("origin_required");
	assert_int_equal(world.n_fetches, 0);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api", PAGE);
	assert_field("Status", "200 OK");
}

/* Forms of a page that tells nobody its address. */
static void
a_page_of_this_host_may_hide_its_origin(void **state)
{
	static const struct {
		bool		 render;
		const char	*origin, *site;		/* variables */
		const char	*rule;
	} rows[] = {
		{ true, "HTTP_ORIGIN=null", "HTTP_SEC_FETCH_SITE=same-origin",
		    NULL },
		{ true, "HTTP_ORIGIN=null", "HTTP_SEC_FETCH_SITE=same-site",
		    "origin_not_allowed" },
		{ true, "HTTP_ORIGIN=null", "HTTP_SEC_FETCH_SITE=cross-site",
		    "origin_not_allowed" },
		{ true, "HTTP_ORIGIN=null", "HTTP_SEC_FETCH_SITE=none",
		    "origin_not_allowed" },
		{ true, "HTTP_ORIGIN=null", "X=", "origin_not_allowed" },
		{ true, EVIL, "HTTP_SEC_FETCH_SITE=same-origin",
		    "origin_not_allowed" },
		{ false, "HTTP_ORIGIN=null", "HTTP_SEC_FETCH_SITE=same-origin",
		    "origin_not_allowed" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].rules.render = rows[i].render;
		SERVE("REQUEST_METHOD=POST", "REQUEST_URI=/v/api/x",
		    rows[i].origin, rows[i].site);
		assert_rule(rows[i].rule);
		assert_int_equal(world.n_fetches, rows[i].rule == NULL);
		assert_field("Access-Control-Allow-Origin", NULL);
	}
}

static void
a_targets_own_preflight_is_relayed(void **state)
{
	(void)state;
	world.routes[0].rules.cors.target = true;
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    { "Access-Control-Allow-Origin", "https://page.example" },
	    { "Access-Control-Allow-Methods", "PUT" } } };
	SERVE("REQUEST_METHOD=OPTIONS", "REQUEST_URI=/v/api/x", PAGE, ASKS);
	assert_int_equal(world.n_fetches, 1);
	assert_string_equal(world.fetches[0].method, "OPTIONS");
	assert_non_null(strstr(world.fetches[0].fields,
	    "Origin: https://page.example\n"));
	assert_field("Status", "200 OK");
	assert_field("Access-Control-Allow-Methods", "PUT");
	assert_field("Access-Control-Allow-Origin", "https://page.example");
	assert_int_equal(io_mem_count(&world.io,
	    "Access-Control-Allow-Origin"), 1);
}

static void
without_settings_it_is_503(void **state)
{
	(void)state;
	world.unreadable = true;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_health", PAGE);
	assert_field("Status", "503 Service Unavailable");
	assert_field("Retry-After", "5");
	assert_field("Access-Control-Allow-Origin", NULL);
	assert_rule("configuration");
	assert_int_equal(world.access.status, 503);
}

static void
the_fallback_takes_everything_else(void **state)
{
	(void)state;
	world.routes[2].name = "*";
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/any/where?q");
	assert_string_equal(world.fetches[0].url,
	    "http://other.example/any/where?q");
	world.n_fetches = 0;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/");
	assert_string_equal(world.fetches[0].url, "http://other.example/");
	world.n_fetches = 0;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_health");
	assert_int_equal(world.n_fetches, 0);
}

/* --- rates --- */

static const struct rate	 two = { INT64_C(3600000000), 2 };

static const char	*from = "REMOTE_ADDR=192.0.2.1";

static const char *
ask(const char *method, const char *uri, const char *more, const char *also)
{
	char	 first[32], second[128];

	snprintf(first, sizeof(first), "REQUEST_METHOD=%s", method);
	snprintf(second, sizeof(second), "REQUEST_URI=/v/%s", uri);
	world.n_fetches = 0;
	SERVE(first, second, from, more != NULL ? more : "X=",
	    also != NULL ? also : "X=");
	return io_mem_field(&world.io, "Status");
}

static int
passing(const char *uri, int tries)
{
	int	 n = 0;

	for (; tries > 0; tries--)
		n += strncmp(ask("GET", uri, NULL, NULL), "429", 3) != 0;
	return n;
}

/* An hour, less what the test has taken. */
static void
assert_hour(const char *name, const char *before)
{
	const char	*got = io_mem_field(&world.io, name);

	assert_non_null(got);
	assert_memory_equal(got, before, strlen(before));
	assert_in_range(atoi(got + strlen(before)), 3000, 3600);
}

/* Neither of what a client may ask for, nor of what it may get wrong. */
static void
a_walk_takes_nothing_from_a_rate(void **state)
{
	const char *const	 good[] = { "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x",
	    "REMOTE_ADDR=192.0.2.1", NULL };
	const char *const	 wrong[] = { "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=GET", "REQUEST_URI=/v/keyed/x",
	    "REMOTE_ADDR=192.0.2.1", NULL };
	struct walk		 w;

	(void)state;
	world.routes[0].rules.rate = two;
	for (int i = 0; i < 20; i++) {
		w = (struct walk){ .err = OK };
		world_walk(good, &w);
		assert_int_equal(w.err, OK);
		w = (struct walk){ .err = OK };
		world_walk(wrong, &w);
		assert_int_equal(w.err, ERR_KEY_REQUIRED);
	}
	from = "REMOTE_ADDR=192.0.2.1";
	assert_int_equal(passing("api/x", 5), 2);
	assert_string_equal(ask("GET", "keyed/x", NULL, NULL),
	    "401 Unauthorized");
}

static void
a_client_has_its_rate_on_each_route(void **state)
{
	(void)state;
	from = "REMOTE_ADDR=192.0.2.1";
	world.routes[0].rules.rate = world.routes[2].rules.rate = two;
	assert_int_equal(passing("api/x", 5), 2);
	assert_int_equal(world.n_fetches, 0);
	assert_field("Status", "429 Too Many Requests");
	assert_rule("rate_limited");
	assert_field("RateLimit-Policy", "\"api\";q=2;w=7200");
	assert_hour("RateLimit", "\"api\";r=0;t=");
	assert_hour("Retry-After", "");
	assert_int_equal(world.access.status, 429);
	assert_non_null(strstr(world.lines, "info: rate_limited: "));
	assert_int_equal(passing("other", 5), 2);
	from = "REMOTE_ADDR=192.0.2.2";
	assert_int_equal(passing("api/x", 5), 2);
	from = "REMOTE_ADDR=2001:db8::1";
	assert_int_equal(passing("api/x", 1), 1);
	from = "REMOTE_ADDR=2001:db8::2";
	assert_int_equal(passing("api/x", 5), 1);
	/* All without an address are one client. */
	from = "X=";
	assert_int_equal(passing("api/x", 1), 1);
	from = "REMOTE_ADDR=unix:";
	assert_int_equal(passing("api/x", 5), 1);
}

/* Or a foreign page could use up its visitors' requests. */
static void
what_is_refused_anyway_costs_nothing(void **state)
{
	(void)state;
	from = "REMOTE_ADDR=192.0.2.1";
	world.routes[0].rules.rate = two;
	for (int i = 0; i < 5; i++) {
		assert_string_equal(ask("GET", "api", EVIL, NULL),
		    "403 Forbidden");
		assert_string_equal(ask("GET", "api",
		    "HTTP_SEC_FETCH_MODE=no-cors",
		    "HTTP_SEC_FETCH_SITE=cross-site"), "403 Forbidden");
		assert_string_equal(ask("TRACE", "api", PAGE, NULL),
		    "405 Method Not Allowed");
		assert_string_equal(ask("GET", "api/..", PAGE, NULL),
		    "400 Bad Request");
	}
	assert_int_equal(passing("api", 5), 2);
}

static void
a_preflight_costs_a_tenth_and_is_never_refused(void **state)
{
	(void)state;
	from = "REMOTE_ADDR=192.0.2.1";
	world.routes[0].rules.rate = two;
	for (int i = 0; i < 10; i++)
		assert_string_equal(ask("OPTIONS", "api", PAGE, ASKS),
		    "204 No Content");
	assert_int_equal(passing("api", 5), 1);
	world.lines[0] = '\0';
	assert_string_equal(ask("OPTIONS", "api", PAGE, ASKS),
	    "204 No Content");
	assert_field("RateLimit", NULL);
	assert_string_equal(world.lines, "");
	/* The page can then read why. */
	assert_string_equal(ask("GET", "api", PAGE, NULL),
	    "429 Too Many Requests");
	assert_field("Access-Control-Allow-Origin", "https://page.example");
	/* One that its target is to answer is a request as any other. */
	world.routes[0].rules.cors.target = true;
	assert_string_equal(ask("OPTIONS", "api", PAGE, ASKS),
	    "429 Too Many Requests");
}

static void
what_no_route_answers_has_the_settings_rate(void **state)
{
	(void)state;
	from = "REMOTE_ADDR=192.0.2.1";
	world.conf.rules.rate = two;
	assert_int_equal(passing("nowhere", 1), 1);
	assert_field("Status", "404 Not Found");
	assert_int_equal(passing("elsewhere", 5), 1);
	assert_hour("RateLimit", "\"others\";r=0;t=");
	assert_int_equal(passing("", 5), 0);
	assert_int_equal(passing("https://t.example", 5), 5);	/* refused */
	assert_int_equal(passing("_health", 5), 5);
	assert_int_equal(passing("api", 5), 5);		/* its own is none */
	for (int i = 0; i < 10; i++)
		assert_string_equal(ask("OPTIONS", "nowhere", PAGE, ASKS),
		    "204 No Content");
}

static void
whole_urls_share_one_rate(void **state)
{
	(void)state;
	from = "REMOTE_ADDR=192.0.2.1";
	world.conf.rules.rate = two;
	world.conf.whole.targets = WHOLE_LISTED;
	assert_string_equal(ask("GET", "https://listed.example/x", PAGE,
	    NULL), "200 OK");
	assert_string_equal(ask("GET", "http/a.wild.example/", PAGE, NULL),
	    "200 OK");
	assert_string_equal(ask("GET", "?url=https://listed.example", PAGE,
	    NULL), "429 Too Many Requests");
	assert_hour("RateLimit", "\"https\";r=0;t=");
	assert_int_equal(world.n_fetches, 0);
}

static void
one_that_waited_has_paid(void **state)
{
	(void)state;
	from = "REMOTE_ADDR=192.0.2.1";
	world.routes[0].rules.rate = two;
	assert_int_equal(passing("api", 5), 2);
	world.waited = true;
	assert_int_equal(passing("api", 5), 5);
}

/* It came when it began to arrive, and not when its turn came. */
static void
the_wait_for_a_turn_counts(void **state)
{
	enum { WAITED_US = 3000000 };
	int64_t	 now_ms = clock_wall_ms();

	(void)state;
	world.began_us = clock_us() - WAITED_US;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_true(world.access.total_us >= WAITED_US);
	assert_true(world.access.start_ms < now_ms);
}

/* --- who asks --- */

static void
the_client_is_who_a_trusted_proxy_names(void **state)
{
	static struct ip_net	 net;

	(void)state;
	assert_true(ip_net_read("10.0.0.0/8", &net));
	from = "REMOTE_ADDR=::ffff:10.1.2.3";
	world.routes[0].rules.rate = two;
	world.routes[0].rules.forwarded = FORWARDED_RFC7239;
	ask("GET", "api", "HTTP_X_FORWARDED_FOR=6.6.6.6, 192.0.2.7",
	    "HTTP_X_FORWARDED_PROTO=https");
	assert_string_equal(world.access.peer, "10.1.2.3");
	assert_non_null(strstr(world.fetches[0].fields,
	    "Forwarded: for=10.1.2.3;proto=http\n"));
	world.conf.trusted_proxies = (struct ip_allow){ .nets = &net,
	    .n_nets = 1 };
	ask("GET", "api", "HTTP_X_FORWARDED_FOR=6.6.6.6, 192.0.2.7",
	    "HTTP_X_FORWARDED_PROTO=https");
	assert_string_equal(world.access.peer, "192.0.2.7");
	assert_non_null(strstr(world.fetches[0].fields,
	    "Forwarded: for=192.0.2.7;proto=https\n"));
	/* It has one request left, whatever proxy it comes through. */
	from = "REMOTE_ADDR=10.9.9.9";
	assert_string_equal(ask("GET", "api",
	    "HTTP_X_FORWARDED_FOR=192.0.2.7, 10.1.2.3", NULL), "200 OK");
	assert_string_equal(ask("GET", "api",
	    "HTTP_X_FORWARDED_FOR=192.0.2.7, 10.1.2.3", NULL),
	    "429 Too Many Requests");
	assert_string_equal(ask("GET", "api",
	    "HTTP_X_FORWARDED_FOR=192.0.2.8, 10.1.2.3", NULL), "200 OK");
	/* What is no address is logged as it came. */
	from = "REMOTE_ADDR=unix:";
	ask("GET", "api", NULL, NULL);
	assert_string_equal(world.access.peer, "unix:");
}

/* --- bodies --- */

static void
a_body_goes_up_as_it_came(void **state)
{
	static const char *const body[] = { "ab", "cd", "e", NULL };

	(void)state;
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", "REQUEST_URI=/v/api",
	    "CONTENT_LENGTH=5", "CONTENT_TYPE=text/x", NULL }, body);
	assert_string_equal(world.fetches[0].body, "abcde");
	assert_int_equal(world.fetches[0].body_bytes, 5);
	assert_non_null(strstr(world.fetches[0].fields,
	    "Content-Type: text/x\n"));
	world.n_fetches = 0;
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=PUT", "REQUEST_URI=/v/api", NULL }, body);
	assert_string_equal(world.fetches[0].body, "abcde");
	assert_int_equal(world.fetches[0].body_bytes, -1);
}

/* --- logs --- */

static const struct { enum err e; const char *begin; } lines[] = {
	{ ERR_CONNECTION_REFUSED, "warning: connection_refused: " },
	{ ERR_UPLOAD_STALLED, "info: upload_stalled: " },
	{ ERR_CLIENT_GONE, "info: client_gone: " },
};

static void
failures_are_logged_with_their_rule(void **state)
{
	for (size_t i = 0; i < ROWS(lines); i++) {
		setup(state);
		world.answers[0] = (struct world_answer){ .err = lines[i].e };
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x?key=secret");
		assert_memory_equal(world.lines, lines[i].begin,
		    strlen(lines[i].begin));
		assert_non_null(strstr(world.lines, "GET /v/api/x)"));
		assert_null(strstr(world.lines, "secret"));
		assert_int_equal(world.access.status, err_status(lines[i].e));
	}
	setup(state);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/bad");
	assert_memory_equal(world.lines,
	    "error: routes/bad: max_age: five is no number\n", 46);
}

static void
a_cut_answer_is_logged_as_one(void **state)
{
	static char	 large[9001];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	world.routes[0].rules.payload_quota_bytes = 0;
	world.answers[0] = (struct world_answer){ .status = 404,
	    .body = { large }, .err = ERR_RESPONSE_INCOMPLETE };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_int_equal(world.io.cuts, 1);
	assert_int_equal(world.access.status, 404);
	assert_int_equal(world.access.body_bytes, 9000);
	assert_non_null(strstr(world.lines,
	    "response_incomplete: the answer is cut: "));
}

/* --- what the operator asks to see --- */

#define HERE	"REMOTE_ADDR=127.0.0.1"
#define AFAR	"REMOTE_ADDR=192.0.2.7"
#define OPENED	"HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_DEST=document"
#define BASE	"https://t.example/v1/x"

static const struct {
	bool		 on;		/* by the settings */
	const char	*peer, *uri;
	bool		 dump;
	const char	*url;		/* fetched; NULL: none */
	const char	*status;
} dumps[] = {
	{ true, HERE, "/v/api/x?a=1&dump_request=y", true, NULL, "200 OK" },
	{ true, HERE, "/v/?route=api&path=/x&dump_request=y", true, NULL,
	    "200 OK" },
	/* What is refused as well. */
	{ true, HERE, "/v/api/%2e%2e/x?dump_request=y", true, NULL,
	    "200 OK" },
	{ true, HERE, "/v/bad?dump_request=y", true, NULL, "200 OK" },
	/* Where there is no route there is nothing to show. */
	{ true, HERE, "/v/?dump_request=y", false, NULL, "200 OK" },
	{ true, HERE, "/v/nowhere?dump_request=y", false, NULL,
	    "404 Not Found" },
	/* Of others, and where it is off, a parameter like any other. */
	{ true, AFAR, "/v/api/x?a=1&dump_request=y", false,
	    BASE "?a=1&dump_request=y", "200 OK" },
	{ true, AFAR, "/v/?route=api&path=/x&dump_request=y", false, NULL,
	    "400 Bad Request" },
	{ false, HERE, "/v/api/x?a=1&dump_request=y", false,
	    BASE "?a=1&dump_request=y", "200 OK" },
	{ false, HERE, "/v/?route=api&dump_request=y", false, NULL,
	    "400 Bad Request" },
	{ true, HERE, "/v/api/x?a=1&dump_request=n", false,
	    BASE "?a=1&dump_request=n", "200 OK" },
	{ true, HERE, "/v/api/x?trace_connection=y", false,
	    BASE "?trace_connection=y", "200 OK" },
};

static void
a_dump_is_for_the_operator(void **state)
{
	char	 uri[128];

	for (size_t i = 0; i < ROWS(dumps); i++) {
		const char *body;

		setup(state);
		world.conf.dump_request = dumps[i].on;
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s", dumps[i].uri);
		print_message("# %s %s\n", dumps[i].peer, dumps[i].uri);
		const char *const vars[] = { "SCRIPT_NAME=/v",
		    "REQUEST_METHOD=GET", uri, dumps[i].peer, NULL };

		world_serve(vars, NULL);
		assert_field("Status", dumps[i].status);
		assert_int_equal(world.n_fetches, dumps[i].url != NULL);
		if (dumps[i].url != NULL)
			assert_string_equal(world.fetches[0].url,
			    dumps[i].url);
		body = io_mem_body(&world.io);
		assert_int_equal(strncmp(body, "The request as it came\n",
		    23) == 0, dumps[i].dump);
		if (!dumps[i].dump)
			continue;
		assert_field("Cache-Control", "no-store");
		assert_field("Content-Type", "text/plain; charset=utf-8");
		assert_field("X-Content-Type-Options", "nosniff");
		assert_walks_alike(vars);
	}
}

static void
a_dump_names_the_refusal(void **state)
{
	(void)state;
	world.conf.dump_request = true;
	SERVE("REQUEST_METHOD=TRACE", "REQUEST_URI=/v/api/x?dump_request=y",
	    HERE);
	assert_non_null(strstr(io_mem_body(&world.io),
	    "405 method_not_allowed"));
	/* Nor does a page of another origin make the operator see one. */
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x?dump_request=y",
	    HERE, EVIL);
	assert_field("Status", "403 Forbidden");
	assert_rule("origin_not_allowed");
	assert_int_equal(world.n_fetches, 0);
}

static void
a_trace_is_for_the_operator(void **state)
{
	(void)state;
	world.conf.trace_connection = true;
	world.answers[1] = world.answers[0];
	world.answers[0] = (struct world_answer){ .status = 302,
	    .fields = { { "Location", "/v1/y?key=planted" } } };
	SERVE("REQUEST_METHOD=GET",
	    "REQUEST_URI=/v/api/x?a=planted&trace_connection=y", HERE);
	assert_int_equal(world.n_fetches, 2);
	assert_string_equal(world.fetches[0].url, BASE "?a=planted");
	assert_string_equal(io_mem_body(&world.io), "hello");
	assert_non_null(strstr(world.lines, ": GET " BASE " at 192.0.2.9 port "
	    "443, new connection, HTTP/2\n"));
	assert_non_null(strstr(world.lines, ": GET https://t.example/v1/y "));
	assert_non_null(strstr(world.lines, "status 302, "));
	assert_non_null(strstr(world.lines, "status 200, "));
	assert_null(strstr(world.lines, "planted"));
	for (const char *line = world.lines; *line != '\0';
	    line = strchr(line, '\n') + 1) {
		assert_memory_equal(line, "trace: request ", 15);
		assert_memory_equal(line + 15, io_mem_field(&world.io,
		    "X-Request-Id"), 32);
	}

	setup(state);
	world.conf.trace_connection = true;
	SERVE("REQUEST_METHOD=GET",
	    "REQUEST_URI=/v/api/x?trace_connection=y", AFAR);
	assert_string_equal(world.fetches[0].url, BASE "?trace_connection=y");
	assert_string_equal(world.lines, "");

	setup(state);
	SERVE("REQUEST_METHOD=GET",
	    "REQUEST_URI=/v/api/x?trace_connection=y", HERE);
	assert_string_equal(world.fetches[0].url, BASE "?trace_connection=y");
	assert_string_equal(world.lines, "");
}

/* --- how long it took --- */

/* Server-Timing names these, and none else; "" for no such field. */
static void
assert_timing(const char *names)
{
	const char	*got = io_mem_field(&world.io, "Server-Timing");

	if (names[0] == '\0') {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_int_equal(strncmp(got, "gateway;dur=", 12), 0);
	assert_int_equal(strstr(got, ", target;dur=") != NULL,
	    strstr(names, "target") != NULL);
	assert_int_equal(strstr(got, ", db;dur=5") != NULL,
	    strstr(names, "db") != NULL);
	assert_int_equal(io_mem_count(&world.io, "Server-Timing"), 1);
}

static void
times_are_shown_where_they_may_be(void **state)
{
	(void)state;
	world.conf.rules.cors.timing = true;
	world.routes[0].rules.cors.timing = true;
	world.answers[0].fields[1] = (struct field){ "Server-Timing",
	    "db;dur=5" };
	world.answers[1] = (struct world_answer){ .err = ERR_DNS };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", PAGE);
	assert_timing("gateway target db");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", PAGE);
	assert_rule("dns");
	assert_timing("gateway target");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/nowhere", PAGE);
	assert_timing("gateway");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/nowhere", EVIL);
	assert_timing("");
	SERVE("REQUEST_METHOD=OPTIONS", "REQUEST_URI=/v/api/x", PAGE, ASKS);
	assert_field("Status", "204 No Content");
	assert_timing("");
	/* a route's own rule goes before the settings' */
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/other/x", PAGE);
	assert_timing("");
}

/* "*" is no name where credentials are used. */
static void
a_script_may_read_them_as_well(void **state)
{
	(void)state;
	world.routes[0].rules.cors.timing = true;
	world.routes[0].rules.cors.credentials = true;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", PAGE);
	assert_non_null(strstr(io_mem_field(&world.io,
	    "Access-Control-Expose-Headers"), "Server-Timing"));
}

static void
the_operator_sees_them_anyway(void **state)
{
	(void)state;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", HERE);
	assert_timing("gateway target");
	assert_field("Vary", "X-API-Key, Origin");
	setup(state);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", AFAR);
	assert_timing("");
	assert_field("Vary", "Origin");
}

/* What caches may keep has nothing that depends on who asks; windows that the
 * operator's pages, or his part of one, are opened in are nobody else's. */
static void
what_is_for_the_operator_goes_to_nobody_else(void **state)
{
	static const struct { const char *uri; bool his; } rows[] = {
		{ "REQUEST_URI=/v/robots.txt", false },
		{ "REQUEST_URI=/v/favicon.ico", false },
		{ "REQUEST_URI=/v/_health", false },
		{ "REQUEST_URI=/v/", true },
		{ "REQUEST_URI=/v/_status", true },
		{ "REQUEST_URI=/v/_status.json", true },
		{ "REQUEST_URI=/v/_metrics", true },
		{ "REQUEST_URI=/v/_explain", true },
		{ "REQUEST_URI=/v/_explain?path=/api", true },
		{ "REQUEST_URI=/v/_check", true },
	};

	(void)state;
	world.conf.database = world.conf.path = "/nowhere";
	world.conf.base_path = "";
	for (size_t i = 0; i < ROWS(rows); i++) {
		SERVE("REQUEST_METHOD=GET", rows[i].uri, HERE,
		    "HTTP_ACCEPT=text/html");
		assert_field("Cross-Origin-Opener-Policy", NULL);
		SERVE("REQUEST_METHOD=GET", rows[i].uri, HERE, OPENED);
		assert_timing(rows[i].his ? "gateway" : "");
		assert_field("Cache-Control", rows[i].his ? "no-store" :
		    NULL);
		assert_field("Cross-Origin-Opener-Policy", rows[i].his ?
		    "same-origin" : NULL);
	}
	world.conf.dump_request = true;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x?dump_request=y",
	    HERE, OPENED);
	assert_field("Cross-Origin-Opener-Policy", "same-origin");
}

#define RULE(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(a_request_goes_to_its_route_and_back),
		RULE(each_decision_in_its_order),
		RULE(a_walk_goes_on_where_it_can),
		RULE(the_operator_is_told_what_the_server_passes_on),
		RULE(a_proxy_is_believed_only_if_it_is_trusted),
		RULE(a_key_is_for_us_alone),
		RULE(why_a_key_is_none_is_for_the_log),
		RULE(stale_keys_open_nothing),
		RULE(who_fails_too_often_is_told_no_more),
		RULE(a_token_is_verified_within_the_rate),
		RULE(a_token_opens_nothing_by_a_preflight),
		RULE(a_preflight_needs_no_key),
		RULE(a_whole_url_is_served_like_a_route),
		RULE(a_whole_urls_password_is_not_logged),
		RULE(a_refusal_says_what_would_permit_it),
		RULE(whatever_keeps_a_host_away_looks_the_same),
		RULE(a_key_opens_whole_urls),
		RULE(the_host_is_logged_and_no_query),
		RULE(a_routes_own_rule_decides),
		RULE(require_origin_is_for_what_is_relayed),
		RULE(a_page_of_this_host_may_hide_its_origin),
		RULE(a_targets_own_preflight_is_relayed),
		RULE(without_settings_it_is_503),
		RULE(the_fallback_takes_everything_else),
		RULE(a_walk_takes_nothing_from_a_rate),
		RULE(a_client_has_its_rate_on_each_route),
		RULE(what_is_refused_anyway_costs_nothing),
		RULE(a_preflight_costs_a_tenth_and_is_never_refused),
		RULE(what_no_route_answers_has_the_settings_rate),
		RULE(whole_urls_share_one_rate),
		RULE(one_that_waited_has_paid),
		RULE(the_wait_for_a_turn_counts),
		RULE(the_client_is_who_a_trusted_proxy_names),
		RULE(a_body_goes_up_as_it_came),
		RULE(failures_are_logged_with_their_rule),
		RULE(a_cut_answer_is_logged_as_one),
		RULE(a_dump_is_for_the_operator),
		RULE(a_dump_names_the_refusal),
		RULE(a_trace_is_for_the_operator),
		RULE(times_are_shown_where_they_may_be),
		RULE(a_script_may_read_them_as_well),
		RULE(the_operator_sees_them_anyway),
		RULE(what_is_for_the_operator_goes_to_nobody_else),
	};

	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
