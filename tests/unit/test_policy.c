#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "serve/policy.h"
#include "tests/unit/io_mem.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static struct arena	 arena;
static struct io_mem	 io;
static struct req	 rq;
static struct verdict	 v;
static struct route	 route;		/* as reset by each request */
static struct target	 target;
static struct caller	 proved;	/* what keys say of who asks */

static const struct conf conf = { .via = "viaduct-0123" };
static const char *const all_methods[] = { "GET", "HEAD", "POST", "PUT",
    "PATCH", "DELETE", NULL };
static const char *const only_get[] = { "GET", "HEAD", NULL };
static const struct cors_origin	 page[] = {
	{ CORS_EXACT, "https://page.example" },
	{ CORS_SUBDOMAINS, "https://*.pages.example" },
	{ CORS_EXACT, "null" },
};
static const struct cors_origin	 own[] = {
	{ CORS_EXACT, "https://gate.example" },
};

static int
setup(void **state)
{
	(void)state;
	arena_free(&arena);
	arena_init(&arena, 1 << 20);
	route = (struct route){
		.name = "api", .url = "https://t.example/v1",
		.rules = {
			.methods = all_methods,
			.cors = { .allow = page, .n_allow = 3, .own = own,
			    .n_own = 1, .methods = "GET, HEAD, POST, PUT, "
			    "PATCH, DELETE", .headers = "*", .expose = "*" },
			.upload_quota_bytes = 1000,
		},
	};
	proved = (struct caller){ .address = NULL };
	target = (struct target){ .kind = TARGET_ROUTE, .name = "api",
	    .rest = "/x", .query = "q=1", .from_path = true };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

#define DECIDE(...) decide((const char *const[]){ __VA_ARGS__, NULL }, &arena)

/* Decide in the arena `in' about a request with these variables. */
static enum err
decide(const char *const *vars, struct arena *in)
{
	struct cors_grant	 grant;
	static struct caller	 caller;	/* fields point into it */
	const struct question	 q = {
		.conf = &conf, .route = &route, .req = &rq, .target = &target,
		.mount = "/gw",
		.grant = &grant, .caller = &caller,
	};

	caller = proved;
	io_mem_init(&io, vars, NULL);
	assert_int_equal(req_read(&rq, &io.io, &arena), OK);
	caller.https = rq.https;
	client_find(&caller.client, rq.peer, NULL, NULL);
	if (caller.client.address[0] != '\0')
		caller.address = caller.client.address;
	grant = cors_decide(&route.rules.cors, rq.origin);
	return policy_decide(&q, in, &v);
}

static void
assert_up(const char *name, const char *value)
{
	const char	*got = fields_get(&v.up, name);

	if (value == NULL)
		assert_null(got);
	else {
		assert_non_null(got);
		assert_string_equal(got, value);
	}
}

/* --- the target --- */

static void
a_plain_get_is_relayed(void **state)
{
	(void)state;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "PATH_INFO=/api/x"), OK);
	assert_string_equal(v.method, "GET");
	assert_string_equal(v.url, "https://t.example/v1/x?q=1");
	assert_null(v.host);
	assert_int_equal(v.up.count, 2);
	assert_up("Via", "1.1 viaduct-0123");
	assert_up("X-Request-Id", rq.id);
}

static const struct {
	const char	*path_info;
	enum err	 want;
} agreements[] = {
	{ "PATH_INFO=/api/x", OK },
	{ "PATH_INFO=/api", OK },
	{ "PATH_INFO=/api?u=https:/e.example", OK },
	{ "PATH_INFO=", OK },
	{ "PATH_INFO=/x", ERR_AMBIGUOUS_PATH },
	{ "PATH_INFO=/other/x", ERR_AMBIGUOUS_PATH },
	{ "PATH_INFO=/apis", ERR_AMBIGUOUS_PATH },
};

static void
the_servers_path_must_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(agreements); i++)
		assert_int_equal(DECIDE("REQUEST_METHOD=GET",
		    agreements[i].path_info), agreements[i].want);
	target.from_path = false;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "PATH_INFO=/"), OK);
}

static void
a_path_that_climbs_is_refused(void **state)
{
	static const char *const paths[] = { "/..", "/a/../../x", "/%2e%2e/x",
	    "/..;/x", "/a%2f..%2fx", "/%252e%252e/x", "/a%00b", "/%zz" };

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		target.rest = paths[i];
		assert_int_equal(DECIDE("REQUEST_METHOD=GET"), ERR_BAD_PATH);
	}
}

static void
a_filtered_path_is_refused(void **state)
{
	static const struct filter	 list[] = {
		{ "/admin", false }, { "/private", true } };
	static const struct { const char *rest; enum err want; } rests[] = {
		{ "/x", OK }, { "", OK }, { "/v1/admin", OK },
		{ "/admin", ERR_FILTERED_PATH },
		{ "//ADMIN;x/", ERR_FILTERED_PATH },
		{ "/%2561dmin", ERR_FILTERED_PATH },
		{ "/private/x", ERR_FILTERED_PATH },
		{ "/admin/../x", ERR_BAD_PATH },
	};

	(void)state;
	route.rules.filters = (struct filters){ list, ROWS(list) };
	for (size_t i = 0; i < ROWS(rests); i++) {
		target.rest = rests[i].rest;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET"), rests[i].want);
	}
}

/* --- methods --- */

static const struct {
	const char		*method;
	const char *const	*allowed;
	enum err		 want;
} methods[] = {
	{ "REQUEST_METHOD=GET", all_methods, OK },
	{ "REQUEST_METHOD=HEAD", all_methods, OK },
	{ "REQUEST_METHOD=POST", all_methods, OK },
	{ "REQUEST_METHOD=PUT", all_methods, OK },
	{ "REQUEST_METHOD=PATCH", all_methods, OK },
	{ "REQUEST_METHOD=DELETE", all_methods, OK },
	{ "REQUEST_METHOD=OPTIONS", all_methods, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=TRACE", all_methods, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=CONNECT", all_methods, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=PROPFIND", all_methods, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=get", all_methods, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=GET\r\nX: y", all_methods,
	    ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=GET", only_get, OK },
	{ "REQUEST_METHOD=HEAD", only_get, OK },
	{ "REQUEST_METHOD=POST", only_get, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=DELETE", only_get, ERR_METHOD_NOT_ALLOWED },
};

static void
only_the_routes_methods_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(methods); i++) {
		route.rules.methods = methods[i].allowed;
		assert_int_equal(DECIDE(methods[i].method), methods[i].want);
		if (methods[i].want != OK)
			assert_string_equal(v.allow,
			    route.rules.cors.methods);
	}
}

/* The proof that a page's script sent it, for &method=VERB. */
static const struct {
	const char	*method, *verb;
	const char	*origin;	/* a variable */
	bool		 any;
	enum err	 want;
} overrides[] = {
	/* What an <img> or a link of any page on earth can send. */
	{ "REQUEST_METHOD=GET", "DELETE", "X=", false, ERR_METHOD_PROOF },
	{ "REQUEST_METHOD=GET", "POST", "X=", false, ERR_METHOD_PROOF },
	{ "REQUEST_METHOD=GET", "PUT", "X=", false, ERR_METHOD_PROOF },
	{ "REQUEST_METHOD=GET", "PATCH", "X=", false, ERR_METHOD_PROOF },
	{ "REQUEST_METHOD=GET", "DELETE", "X=", true, ERR_METHOD_PROOF },
	{ "REQUEST_METHOD=POST", "DELETE", "X=", false, ERR_METHOD_PROOF },
	/* A page's script. */
	{ "REQUEST_METHOD=GET", "DELETE", "HTTP_ORIGIN=https://page.example",
	    false, OK },
	{ "REQUEST_METHOD=POST", "PATCH", "HTTP_ORIGIN=https://page.example",
	    false, OK },
	{ "REQUEST_METHOD=GET", "DELETE",
	    "HTTP_ORIGIN=https://a.pages.example", false, OK },
	{ "REQUEST_METHOD=POST", "DELETE", "HTTP_ORIGIN=https://gate.example",
	    false, OK },
	{ "REQUEST_METHOD=POST", "DELETE", "HTTP_ORIGIN=null", false, OK },
	{ "REQUEST_METHOD=GET", "DELETE", "HTTP_ORIGIN=https://x.example",
	    true, OK },
	/* Others that a route with cors = target lets come as far as here. */
	{ "REQUEST_METHOD=POST", "DELETE", "HTTP_ORIGIN=https://x.example",
	    false, ERR_METHOD_PROOF },
	/* Nothing is changed, or nothing is other than it came. */
	{ "REQUEST_METHOD=POST", "GET", "X=", false, OK },
	{ "REQUEST_METHOD=GET", "HEAD", "X=", false, OK },
	{ "REQUEST_METHOD=POST", "POST", "X=", false, OK },
	/* Whatever the proof, the route must allow it. */
	{ "REQUEST_METHOD=GET", "OPTIONS", "HTTP_ORIGIN=https://page.example",
	    false, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=GET", "TRACE", "HTTP_ORIGIN=https://page.example",
	    false, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=GET", "delete", "HTTP_ORIGIN=https://page.example",
	    false, ERR_METHOD_NOT_ALLOWED },
	{ "REQUEST_METHOD=GET", "", "HTTP_ORIGIN=https://page.example",
	    false, ERR_METHOD_NOT_ALLOWED },
};

static void
a_method_in_the_query_needs_proof(void **state)
{
	(void)state;
	target.from_path = false;
	for (size_t i = 0; i < ROWS(overrides); i++) {
		target.method = overrides[i].verb;
		route.rules.cors.any = overrides[i].any;
		route.rules.cors.n_allow = overrides[i].any ? 0 : 3;
		assert_int_equal(DECIDE(overrides[i].method,
		    overrides[i].origin), overrides[i].want);
		if (overrides[i].want == OK)
			assert_string_equal(v.method, overrides[i].verb);
	}
	proved.authenticated = true;	/* or whoever has a key */
	route.rules.cors.any = false;
	target.method = "DELETE";
	assert_int_equal(DECIDE("REQUEST_METHOD=GET"), OK);
	assert_string_equal(v.method, "DELETE");
	/* one that is no good is refused as such, lest it be tried for free */
	proved = (struct caller){ .err = ERR_KEY_REQUIRED };
	assert_int_equal(DECIDE("REQUEST_METHOD=GET"), OK);
	route.rules.methods = only_get;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_ORIGIN=https://page.example"), ERR_METHOD_NOT_ALLOWED);
}

static void
a_targets_own_preflight_passes(void **state)
{
	(void)state;
	route.rules.cors.target = true;
	route.rules.methods = only_get;
	assert_int_equal(DECIDE("REQUEST_METHOD=OPTIONS",
	    "HTTP_ORIGIN=https://page.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PUT"), OK);
	assert_string_equal(v.method, "OPTIONS");
	assert_up("Origin", "https://page.example");
	assert_up("Access-Control-Request-Method", "PUT");
	assert_int_equal(DECIDE("REQUEST_METHOD=OPTIONS",
	    "HTTP_ORIGIN=https://page.example"), ERR_METHOD_NOT_ALLOWED);
}

/* --- fetch metadata --- */

static const struct {
	const char	*mode, *site;	/* variables */
	bool		 embed;
	enum err	 want;
	bool		 render;
} modes[] = {
	{ "X=", "X=", false, OK },
	{ "HTTP_SEC_FETCH_MODE=cors", "HTTP_SEC_FETCH_SITE=cross-site", false,
	    OK },
	{ "HTTP_SEC_FETCH_MODE=cors", "HTTP_SEC_FETCH_SITE=same-site", false,
	    OK },
	{ "HTTP_SEC_FETCH_MODE=same-origin",
	    "HTTP_SEC_FETCH_SITE=same-origin", false, OK },
	{ "HTTP_SEC_FETCH_MODE=websocket", "HTTP_SEC_FETCH_SITE=cross-site",
	    false, OK },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=cross-site",
	    false, ERR_FETCH_MODE },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=same-site",
	    false, ERR_FETCH_MODE },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=same-origin",
	    false, OK },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=none", false,
	    OK },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "X=", false, OK },
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=cross-site",
	    false, ERR_FETCH_MODE },
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=same-site",
	    false, ERR_FETCH_MODE },
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=same-origin",
	    false, OK },
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=none", false,
	    OK },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=cross-site",
	    true, OK },
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=cross-site",
	    true, OK },
	{ "HTTP_SEC_FETCH_DEST=serviceworker",
	    "HTTP_SEC_FETCH_SITE=same-origin", false, ERR_SERVICE_WORKER },
	{ "HTTP_SEC_FETCH_DEST=serviceworker",
	    "HTTP_SEC_FETCH_SITE=same-origin", true, ERR_SERVICE_WORKER },
	{ "HTTP_SERVICE_WORKER=script", "X=", true, ERR_SERVICE_WORKER },
	/* One may link to a page, and embed it as its target permits. */
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=cross-site",
	    false, OK, true },
	{ "HTTP_SEC_FETCH_MODE=navigate", "HTTP_SEC_FETCH_SITE=same-site",
	    false, OK, true },
	{ "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=cross-site",
	    false, ERR_FETCH_MODE, true },
	{ "HTTP_SEC_FETCH_DEST=serviceworker",
	    "HTTP_SEC_FETCH_SITE=same-origin", false, ERR_SERVICE_WORKER,
	    true },
};

static void
embedding_and_links_from_afar_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(modes); i++) {
		route.rules.embed = modes[i].embed;
		route.rules.render = modes[i].render;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET", modes[i].mode,
		    modes[i].site), modes[i].want);
	}
}

/* --- whole URLs --- */

static const struct {
	const char	*origin, *site;	/* variables */
	bool		 key;
	enum err	 want;
} proofs[] = {
	{ "HTTP_ORIGIN=https://page.example", "X=", false, OK },
	{ "HTTP_ORIGIN=https://page.example",
	    "HTTP_SEC_FETCH_SITE=cross-site", false, OK },
	{ "HTTP_ORIGIN=null", "X=", false, OK },
	{ "X=", "HTTP_SEC_FETCH_SITE=same-origin", false, OK },
	{ "X=", "X=", true, OK },
	{ "X=", "HTTP_SEC_FETCH_SITE=cross-site", true, OK },
	{ "X=", "X=", false, ERR_WHOLE_URL_PROOF },
	{ "X=", "HTTP_SEC_FETCH_SITE=same-site", false, ERR_WHOLE_URL_PROOF },
	{ "X=", "HTTP_SEC_FETCH_SITE=cross-site", false,
	    ERR_WHOLE_URL_PROOF },
	{ "X=", "HTTP_SEC_FETCH_SITE=none", false, ERR_WHOLE_URL_PROOF },
	{ "X=", "HTTP_SEC_FETCH_SITE=same-origin, none", false,
	    ERR_WHOLE_URL_PROOF },
	{ "HTTP_REFERER=https://page.example/", "X=", false,
	    ERR_WHOLE_URL_PROOF },
};

static void
a_whole_url_is_for_scripts_or_for_who_has_a_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(proofs); i++) {
		proved.authenticated = proofs[i].key;
		route.whole = true;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET",
		    proofs[i].origin, proofs[i].site), proofs[i].want);
		route.whole = false;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET",
		    proofs[i].origin, proofs[i].site), OK);
	}
	/* a bad key is not for here */
	proved = (struct caller){ .err = ERR_KEY_REQUIRED };
	route.whole = true;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET"), OK);
}

static void
other_rules_hold_for_whole_urls_as_well(void **state)
{
	(void)state;
	route.whole = true;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_SEC_FETCH_MODE=no-cors", "HTTP_SEC_FETCH_SITE=cross-site"),
	    ERR_FETCH_MODE);
	target.rest = "/a/%2e%2e/b";
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_ORIGIN=https://page.example"), ERR_BAD_PATH);
	target.rest = "/x";
	route.rules.methods = only_get;
	assert_int_equal(DECIDE("REQUEST_METHOD=PUT",
	    "HTTP_ORIGIN=https://page.example"), ERR_METHOD_NOT_ALLOWED);
}

static void
the_page_is_told_to_named_targets_only(void **state)
{
	for (int whole = 0; whole <= 1; whole++) {
		setup(state);
		route.whole = whole;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET",
		    "HTTP_ORIGIN=https://page.example",
		    "HTTP_REFERER=https://page.example/x?y"), OK);
		assert_up("Referer", whole ? NULL : "https://page.example/");
		assert_up("Origin", NULL);
	}
}

/* --- the loop --- */

static const struct { const char *via; enum err want; } vias[] = {
	{ "HTTP_VIA=1.1 viaduct-0123", ERR_LOOP },
	{ "HTTP_VIA=1.0 a, 1.1 viaduct-0123, 1.1 b", ERR_LOOP },
	{ "HTTP_VIA=1.1 viaduct-0124", OK },
	{ "HTTP_VIA=1.1 other", OK },
	{ "HTTP_X_VIA=1.1 viaduct-0123", OK },
};

static void
a_request_that_came_from_here_is_a_loop(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(vias); i++)
		assert_int_equal(DECIDE("REQUEST_METHOD=GET", vias[i].via),
		    vias[i].want);
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_VIA=1.0 a",
	    "HTTP_VIA=1.1 viaduct-0123"), ERR_LOOP);
}

static void
via_is_appended_whatever_else_crosses(void **state)
{
	(void)state;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_VIA=1.0 a"), OK);
	assert_up("Via", "1.0 a, 1.1 viaduct-0123");
	route.rules.no_headers = true;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_VIA=1.0 a"), OK);
	assert_up("Via", "1.0 a, 1.1 viaduct-0123");
	assert_int_equal(v.up.count, 2);
}

/* --- Host, sizes --- */

static const struct {
	const char	*host;
	bool		 preserve;
	enum err	 want;
	const char	*sent;
} hosts[] = {
	{ "HTTP_HOST=gate.example", false, OK, NULL },
	{ "HTTP_HOST=gate.example", true, OK, "gate.example" },
	{ "HTTP_HOST=gate.example:8080", true, OK, "gate.example:8080" },
	{ "HTTP_HOST=[2001:db8::1]:80", true, OK, "[2001:db8::1]:80" },
	{ "X=", true, ERR_MALFORMED_REQUEST, NULL },
	{ "HTTP_HOST=", true, ERR_MALFORMED_REQUEST, NULL },
	{ "HTTP_HOST=a.example/x", true, ERR_MALFORMED_REQUEST, NULL },
	{ "HTTP_HOST=a@b.example", true, ERR_MALFORMED_REQUEST, NULL },
	{ "HTTP_HOST=a b", true, ERR_MALFORMED_REQUEST, NULL },
	{ "HTTP_HOST=a/b", false, OK, NULL },
};

static void
host_crosses_only_where_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(hosts); i++) {
		route.rules.preserve_host = hosts[i].preserve;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET", hosts[i].host),
		    hosts[i].want);
		if (hosts[i].want == OK && hosts[i].sent != NULL)
			assert_string_equal(v.host, hosts[i].sent);
		else
			assert_null(v.host);
		if (hosts[i].want == OK)
			assert_up("Host", NULL);
	}
}

static const struct { const char *length; int64_t quota; enum err want; }
uploads[] = {
	{ "CONTENT_LENGTH=0", 1000, OK },
	{ "CONTENT_LENGTH=1000", 1000, OK },
	{ "CONTENT_LENGTH=1001", 1000, ERR_UPLOAD_TOO_LARGE },
	{ "CONTENT_LENGTH=9007199254740992", 1000, ERR_UPLOAD_TOO_LARGE },
	{ "CONTENT_LENGTH=9007199254740992", 0, OK },
	{ "CONTENT_LENGTH=-1", 1000, OK },	/* counted as it comes */
};

static void
an_announced_upload_has_its_quota(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(uploads); i++) {
		route.rules.upload_quota_bytes = uploads[i].quota;
		assert_int_equal(DECIDE("REQUEST_METHOD=POST",
		    uploads[i].length), uploads[i].want);
	}
}

/* --- pages of this host --- */

static const struct {
	const char	*origin, *referer;	/* variables */
	const char	*sent_origin, *sent_referer;
	bool		 preserve_host;
	enum forwarded	 forwarded;
	const char	*https;			/* a variable */
	bool		 sec;			/* Sec-Fetch-* cross */
} own_rows[] = {
	/* What it says of itself is what the target knows. */
	{ "HTTP_ORIGIN=https://gate.example",
	    "HTTP_REFERER=https://gate.example/gw/api/x?y", "http://t.example",
	    "http://t.example/v1/x?y", .https = "HTTPS=on", .sec = true },
	{ "HTTP_ORIGIN=https://gate.example",
	    "HTTP_REFERER=https://gate.example/gw/api/x?y",
	    "https://gate.example", "https://gate.example/gw/api/x?y",
	    .preserve_host = true, .https = "HTTPS=on", .sec = true },
	/* It may be told how the caller asks; and thinks itself asked so. */
	{ "HTTP_ORIGIN=https://gate.example",
	    "HTTP_REFERER=https://gate.example/gw/api", "https://t.example",
	    "https://t.example/v1", .forwarded = FORWARDED_X,
	    .https = "HTTPS=on", .sec = true },
	{ "HTTP_ORIGIN=https://gate.example",
	    "HTTP_REFERER=https://gate.example/gw/api", "http://t.example",
	    "http://t.example/v1", .forwarded = FORWARDED_RFC7239,
	    .https = "X=", .sec = true },
	/* A link. */
	{ "X=", "HTTP_REFERER=https://gate.example/gw/api/", NULL,
	    "http://t.example/v1/", .https = "HTTPS=on", .sec = true },
	{ "X=", "X=", NULL, NULL, .https = "HTTPS=on", .sec = true },
	/* Another page of this host is not the target's. */
	{ "X=", "HTTP_REFERER=https://gate.example/gw/apis/x", NULL,
	    "https://gate.example/", .https = "HTTPS=on", .sec = true },
	{ "X=", "HTTP_REFERER=https://gate.example/gw/api/../x", NULL,
	    "https://gate.example/", .https = "HTTPS=on", .sec = true },
	{ "X=", "HTTP_REFERER=https://gate.example:8443/gw/api/x", NULL,
	    "https://gate.example:8443/", .https = "HTTPS=on", .sec = true },
	{ "X=", "HTTP_REFERER=about:blank", NULL, NULL, .https = "HTTPS=on",
	    .sec = true },
	/* Nor are others'. */
	{ "X=", "HTTP_REFERER=https://x.example/gw/api/x", NULL,
	    "https://x.example/", .https = "HTTPS=on", .sec = true },
	{ "HTTP_ORIGIN=https://page.example",
	    "HTTP_REFERER=https://page.example/gw/api/x", NULL,
	    "https://page.example/", .https = "HTTPS=on" },
	{ "HTTP_ORIGIN=https://a.pages.example", "X=", NULL, NULL,
	    .preserve_host = true, .https = "HTTPS=on" },
	{ "HTTP_ORIGIN=null", "X=", NULL, NULL, .https = "HTTPS=on",
	    .sec = true },
};

static void
a_target_knows_its_own_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(own_rows); i++) {
		route.url = "http://t.example/v1";
		route.rules.render = true;
		route.rules.preserve_host = own_rows[i].preserve_host;
		route.rules.forwarded = own_rows[i].forwarded;
		print_message("# %s %s\n", own_rows[i].origin,
		    own_rows[i].referer);
		assert_int_equal(DECIDE("REQUEST_METHOD=POST",
		    "HTTP_HOST=gate.example", own_rows[i].origin,
		    own_rows[i].referer, own_rows[i].https,
		    "HTTP_SEC_FETCH_SITE=same-origin"), OK);
		assert_up("Origin", own_rows[i].sent_origin);
		assert_up("Referer", own_rows[i].sent_referer);
		assert_up("Sec-Fetch-Site",
		    own_rows[i].sec ? "same-origin" : NULL);
	}
	/* Of the route that has the whole host the operator's are none. */
	route.name = "*";
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_HOST=gate.example",
	    "HTTP_REFERER=https://gate.example/gw/_explain?header=X-Key:+s",
	    "HTTP_SEC_FETCH_SITE=same-origin"), OK);
	assert_up("Referer", "https://gate.example/");
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_HOST=gate.example",
	    "HTTP_REFERER=https://gate.example/gw/_explained?x",
	    "HTTP_SEC_FETCH_SITE=same-origin"), OK);
	assert_up("Referer", "http://t.example/v1/_explained?x");
	route.name = "api";
	/* On another route they are no pages. */
	route.rules.render = false;
	assert_int_equal(DECIDE("REQUEST_METHOD=POST",
	    "HTTP_HOST=gate.example", "HTTP_ORIGIN=https://gate.example",
	    "HTTP_REFERER=https://gate.example/gw/api/x",
	    "HTTP_SEC_FETCH_SITE=same-origin"), OK);
	assert_up("Origin", NULL);
	assert_up("Referer", "https://gate.example/");
	assert_up("Sec-Fetch-Site", NULL);
}

static void
its_port_is_told_as_it_is_asked(void **state)
{
	static const struct {
		const char	*url, *https, *want;
	} rows[] = {
		{ "http://t.example:8080", "HTTPS=on",
		    "https://t.example:8080" },
		{ "http://t.example:443", "HTTPS=on", "https://t.example" },
		{ "https://t.example", "X=", "http://t.example" },
		{ "https://t.example:8443", "HTTPS=on",
		    "https://t.example:8443" },
	};

	(void)state;
	route.rules.render = true;
	route.rules.forwarded = FORWARDED_X;
	for (size_t i = 0; i < ROWS(rows); i++) {
		route.url = rows[i].url;
		assert_int_equal(DECIDE("REQUEST_METHOD=POST", rows[i].https,
		    "HTTP_ORIGIN=https://gate.example"), OK);
		assert_up("Origin", rows[i].want);
	}
}

/* --- cookies --- */

static const struct {
	const char		*name;
	enum target_kind	 kind;
	enum cookies		 setting;
	const char		*https;		/* a variable */
	const char		*sent;
} cookie_rows[] = {
	{ "api", TARGET_ROUTE, COOKIES_ISOLATE, "HTTPS=on", "s=1" },
	{ "api", TARGET_ROUTE, COOKIES_ISOLATE, "REQUEST_SCHEME=https",
	    "s=1" },
	{ "api", TARGET_ROUTE, COOKIES_ISOLATE, "HTTPS=off", NULL },
	{ "api", TARGET_ROUTE, COOKIES_ISOLATE, "X=", NULL },
	/* A caller's word for it. */
	{ "api", TARGET_ROUTE, COOKIES_ISOLATE,
	    "HTTP_X_FORWARDED_PROTO=https", NULL },
	{ "api", TARGET_ROUTE, COOKIES_DROP, "HTTPS=on", NULL },
	{ "other", TARGET_ROUTE, COOKIES_ISOLATE, "HTTPS=on", NULL },
	{ "*", TARGET_ROUTE, COOKIES_ISOLATE, "HTTPS=on", "t=2" },
	{ "*", TARGET_ROUTE, COOKIES_ISOLATE, "X=", "t=2" },
	{ "*", TARGET_ROUTE, COOKIES_DROP, "HTTPS=on", NULL },
	/* A whole URL has no place of its own here. */
	{ "https", TARGET_URL, COOKIES_ISOLATE, "HTTPS=on", NULL },
};

static void
cookies_go_to_their_own_route_over_https(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(cookie_rows); i++) {
		route.name = cookie_rows[i].name;
		route.rules.cookies = cookie_rows[i].setting;
		target.kind = cookie_rows[i].kind;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET",
		    cookie_rows[i].https, "HTTP_COOKIE=__Secure-vd.api.s=1; "
		    "__Secure-vd.b.s=2; t=2"), OK);
		assert_up("Cookie", cookie_rows[i].sent);
		if (cookie_rows[i].sent != NULL)
			assert_true(v.cookies);
		else if (strcmp(cookie_rows[i].name, "other") != 0)
			assert_false(v.cookies);
	}
}

/* --- who asks --- */

static const struct {
	const char	*peer, *https;	/* variables */
	enum forwarded	 how;
	const char	*forwarded, *x_for, *x_proto;
} peers[] = {
	{ "REMOTE_ADDR=192.0.2.7", "X=", FORWARDED_NONE, NULL, NULL, NULL },
	{ "REMOTE_ADDR=192.0.2.7", "X=", FORWARDED_RFC7239,
	    "for=192.0.2.7;proto=http", NULL, NULL },
	{ "REMOTE_ADDR=2001:db8::7", "HTTPS=on", FORWARDED_RFC7239,
	    "for=\"[2001:db8::7]\";proto=https", NULL, NULL },
	{ "REMOTE_ADDR=192.0.2.7", "HTTPS=on", FORWARDED_X, NULL,
	    "192.0.2.7", "https" },
	{ "REMOTE_ADDR=2001:db8::7", "X=", FORWARDED_X, NULL, "2001:db8::7",
	    "http" },
	{ "X=", "X=", FORWARDED_X, NULL, NULL, "http" },
	/* A client on a socket file has no address. */
	{ "REMOTE_ADDR=unix:", "X=", FORWARDED_RFC7239,
	    "for=unknown;proto=http", NULL, NULL },
	{ "REMOTE_ADDR=unix:", "X=", FORWARDED_X, NULL, NULL, "http" },
	{ "REMOTE_ADDR=", "X=", FORWARDED_RFC7239, "for=unknown;proto=http",
	    NULL, NULL },
	{ "REMOTE_ADDR=a;by=b", "X=", FORWARDED_RFC7239,
	    "for=unknown;proto=http", NULL, NULL },
};

static void
the_target_learns_who_asks_as_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(peers); i++) {
		route.rules.forwarded = peers[i].how;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET", peers[i].peer,
		    peers[i].https, "HTTP_FORWARDED=for=forged",
		    "HTTP_X_FORWARDED_FOR=forged",
		    "HTTP_X_FORWARDED_PROTO=forged"), OK);
		assert_up("Forwarded", peers[i].forwarded);
		assert_up("X-Forwarded-For", peers[i].x_for);
		assert_up("X-Forwarded-Proto", peers[i].x_proto);
	}
}

/* --- fields --- */

static void
what_may_not_cross_does_not(void **state)
{
	(void)state;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_COOKIE=a=b",
	    "HTTP_ORIGIN=https://page.example", "HTTP_PROXY=http://evil",
	    "HTTP_CONNECTION=close, X-Hop", "HTTP_X_HOP=1",
	    "HTTP_X_HTTP_METHOD_OVERRIDE=DELETE", "HTTP_X_REQUEST_ID=forged",
	    "HTTP_EXPECT=100-continue", "HTTP_ACCEPT=text/css",
	    "HTTP_X_MINE=1"), OK);
	assert_int_equal(v.up.count, 4);
	assert_up("Accept", "text/css");
	assert_up("X-Mine", "1");
	assert_up("Via", "1.1 viaduct-0123");
	assert_up("X-Request-Id", rq.id);
}

static void
authorization_of_the_server_is_not_the_targets(void **state)
{
	(void)state;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_AUTHORIZATION=Basic dTpw"), OK);
	assert_up("Authorization", "Basic dTpw");
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "AUTH_TYPE=Basic",
	    "HTTP_AUTHORIZATION=Basic dTpw"), OK);
	assert_up("Authorization", NULL);
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_AUTHORIZATION=Negotiate dTpw"), ERR_AUTH_SCHEME);
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_AUTHORIZATION=NTLM dTpw"), ERR_AUTH_SCHEME);
}

static void
what_proved_the_caller_here_is_not_the_targets(void **state)
{
	(void)state;
	proved.by_api_key = true;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_X_API_KEY=k",
	    "HTTP_AUTHORIZATION=Bearer theirs"), OK);
	assert_up("X-Api-Key", NULL);
	assert_up("Authorization", "Bearer theirs");
	proved.by_api_key = false;
	proved.by_authorization = true;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_X_API_KEY=theirs",
	    "HTTP_AUTHORIZATION=Bearer t"), OK);
	assert_up("X-Api-Key", "theirs");
	assert_up("Authorization", NULL);
}

static void
the_operators_user_agent_replaces_the_clients(void **state)
{
	(void)state;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_USER_AGENT=client/1"), OK);
	assert_up("User-Agent", "client/1");
	route.rules.user_agent = "gateway/2";
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_USER_AGENT=client/1"), OK);
	assert_up("User-Agent", "gateway/2");
	route.rules.no_headers = true;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_USER_AGENT=client/1", "HTTP_ACCEPT=text/css"), OK);
	assert_up("User-Agent", "gateway/2");
	assert_up("Accept", NULL);
}

static void
what_the_operator_sets_comes_last(void **state)
{
	static const struct field	 list[] = {
		{ "User-Agent", "operator/3" }, { "X_Key", "secret" },
		{ "Accept", NULL }, { "X-Forwarded-For", "192.0.2.1" },
		{ "Authorization", "Bearer operators" },
	};

	(void)state;
	route.up = (struct field_edits){ list, ROWS(list) };
	route.rules.user_agent = "gateway/2";
	route.rules.forwarded = FORWARDED_X;
	for (int i = 0; i < 2; i++) {
		route.rules.no_headers = i == 1;
		assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_ACCEPT=a",
		    "HTTP_X_KEY=forged", "HTTP_AUTHORIZATION=Bearer callers",
		    "REMOTE_ADDR=192.0.2.7"), OK);
		assert_up("User-Agent", "operator/3");
		assert_up("X_Key", "secret");
		assert_up("X-Key", NULL);
		assert_up("Accept", NULL);
		assert_up("X-Forwarded-For", "192.0.2.1");
		assert_up("Authorization", "Bearer operators");
		assert_up("Via", "1.1 viaduct-0123");
	}
}

/* Which needs no key here: and one that is shown with it would be tried for
 * free, if the target's answer told whether it is good. */
static void
a_targets_own_preflight_has_none_of_its_secrets(void **state)
{
	static const struct field	 list[] = {
		{ "X-Key", "secret" }, { "Accept", NULL },
	};

	(void)state;
	route.up = (struct field_edits){ list, ROWS(list) };
	route.rules.cors.target = true;
	for (int i = 0; i < 2; i++) {
		proved.err = i == 0 ? OK : ERR_KEY_REQUIRED;
		assert_int_equal(DECIDE("REQUEST_METHOD=OPTIONS",
		    "HTTP_ORIGIN=https://page.example", "HTTP_ACCEPT=a",
		    "HTTP_X_KEY=forged",
		    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET"), OK);
		assert_up("X-Key", NULL);
		assert_up("Accept", NULL);
	}
	proved.err = OK;
	assert_int_equal(DECIDE("REQUEST_METHOD=OPTIONS", "HTTP_ACCEPT=a",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET"),
	    ERR_METHOD_NOT_ALLOWED);
	assert_int_equal(DECIDE("REQUEST_METHOD=GET",
	    "HTTP_ORIGIN=https://page.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET"), OK);
	assert_up("X-Key", "secret");
}

static void
forward_headers_is_a_list_of_all_that_cross(void **state)
{
	static const char *const only[] = { "accept", "X-Mine" };

	(void)state;
	route.rules.forward_headers = only;
	route.rules.n_forward_headers = 2;
	assert_int_equal(DECIDE("REQUEST_METHOD=GET", "HTTP_ACCEPT=text/css",
	    "HTTP_X_MINE=1", "HTTP_X_OTHER=2"), OK);
	assert_up("Accept", "text/css");
	assert_up("X-Mine", "1");
	assert_up("X-Other", NULL);
}

static void
a_full_arena_is_said(void **state)
{
	enum err	 e = ERR_NO_MEMORY;
	size_t		 ceiling;

	(void)state;
	/* At every point where it may run out, until it does not. */
	for (ceiling = 0; ceiling < 64 * 1024 && e != OK; ceiling += 64) {
		struct arena	 small;

		arena_init(&small, ceiling);
		e = decide((const char *const[]){ "REQUEST_METHOD=GET",
		    "HTTP_ACCEPT=a/b", NULL }, &small);
		arena_free(&small);
		if (e != OK)
			assert_int_equal(e, ERR_NO_MEMORY);
	}
	assert_int_equal(e, OK);
}

#define RULE(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(a_plain_get_is_relayed),
		RULE(the_servers_path_must_agree),
		RULE(a_path_that_climbs_is_refused),
		RULE(a_filtered_path_is_refused),
		RULE(only_the_routes_methods_pass),
		RULE(a_method_in_the_query_needs_proof),
		RULE(a_targets_own_preflight_passes),
		RULE(embedding_and_links_from_afar_are_refused),
		RULE(a_whole_url_is_for_scripts_or_for_who_has_a_key),
		RULE(other_rules_hold_for_whole_urls_as_well),
		RULE(the_page_is_told_to_named_targets_only),
		RULE(a_request_that_came_from_here_is_a_loop),
		RULE(via_is_appended_whatever_else_crosses),
		RULE(host_crosses_only_where_asked),
		RULE(an_announced_upload_has_its_quota),
		RULE(a_target_knows_its_own_pages),
		RULE(its_port_is_told_as_it_is_asked),
		RULE(cookies_go_to_their_own_route_over_https),
		RULE(the_target_learns_who_asks_as_set),
		RULE(what_may_not_cross_does_not),
		RULE(authorization_of_the_server_is_not_the_targets),
		RULE(what_proved_the_caller_here_is_not_the_targets),
		RULE(the_operators_user_agent_replaces_the_clients),
		RULE(what_the_operator_sets_comes_last),
		RULE(a_targets_own_preflight_has_none_of_its_secrets),
		RULE(forward_headers_is_a_list_of_all_that_cross),
		RULE(a_full_arena_is_said),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, teardown);
}
