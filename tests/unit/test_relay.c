#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/world.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static int
setup(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

static struct world_answer
redirect(int status, const char *location)
{
	return (struct world_answer){ .status = status,
	    .fields = { { "Location", location }, { "X-Hop", "1" } },
	    .body = { "moved" } };
}

static const struct world_answer	 fine = { .status = 200,
    .fields = { { "Content-Type", "text/plain" } }, .body = { "hello" } };

/* --- redirects --- */

static const struct {
	const char	*method;
	int		 status;
	const char	*location;
	const char	*next;		/* NULL: not followed */
	const char	*passed;	/* then the client's Location */
} redirects[] = {
	{ "GET", 301, "/v1/y", "https://t.example/v1/y", NULL },
	{ "GET", 302, "y?a", "https://t.example/v1/y?a", NULL },
	{ "GET", 303, "https://www.t.example/", "https://www.t.example/",
	    NULL },
	{ "GET", 307, "https://t.example/y", "https://t.example/y", NULL },
	{ "HEAD", 308, "/y", "https://t.example/y", NULL },
	/* A host of another route. */
	{ "GET", 302, "https://other.example/y", "https://other.example/y",
	    NULL },
	/* The client's affair. */
	{ "GET", 302, "https://elsewhere.example/y", NULL,
	    "https://elsewhere.example/y" },
	{ "GET", 302, "http://t.example/y", NULL, "http://t.example/y" },
	{ "POST", 302, "/v1/y?a", NULL, "/v/api/y?a" },
	{ "PUT", 307, "/v1/y", NULL, "/v/api/y" },
	{ "POST", 303, "https://t.example/other", NULL,
	    "https://t.example/other" },
	{ "GET", 300, "/v1/y", NULL, "/v/api/y" },
	{ "POST", 201, "/v1/new/1", NULL, "/v/api/new/1" },
	{ "GET", 302, "javascript:alert(1)", NULL, NULL },
	{ "GET", 302, "/v1/../../x", NULL, NULL },
	/* It is no page, to know its address here. */
	{ "POST", 302, "/v/api/y", NULL, "https://t.example/v/api/y" },
	/* With 200 some servers serve a file of their own by it. */
	{ "GET", 200, "/v1/y", NULL, NULL },
	{ "GET", 404, "/v1/y", NULL, NULL },
};

static void
a_redirect_is_followed_or_turned(void **state)
{
	char	 method[32];

	for (size_t i = 0; i < ROWS(redirects); i++) {
		bool	 follows = redirects[i].next != NULL;

		setup(state);
		world.answers[0] = redirect(redirects[i].status,
		    redirects[i].location);
		world.answers[1] = fine;
		snprintf(method, sizeof(method), "REQUEST_METHOD=%s",
		    redirects[i].method);
		print_message("# %s %d %s\n", redirects[i].method,
		    redirects[i].status, redirects[i].location);
		SERVE(method, "REQUEST_URI=/v/api/x",
		    "HTTP_ORIGIN=https://page.example");
		assert_int_equal(world.n_fetches, follows ? 2 : 1);
		if (follows)
			assert_string_equal(world.fetches[1].url,
			    redirects[i].next);
		assert_int_equal(world.access.status,
		    follows ? 200 : redirects[i].status);
		if (strncmp(redirects[i].location, "/v1/..", 6) != 0)
			assert_field("Location", redirects[i].passed);
		assert_field("X-Hop", follows ? NULL : "1");
		assert_field("Access-Control-Allow-Origin",
		    "https://page.example");
		assert_string_equal(io_mem_body(&world.io),
		    strcmp(redirects[i].method, "HEAD") == 0 ? "" :
		    follows ? "hello" : "moved");
	}
}

static void
the_final_url_is_told_without_its_query(void **state)
{
	(void)state;
	world.answers[0] = redirect(302, "https://www.t.example/y?key=1");
	world.answers[1] = fine;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("X-Final-URL", "https://www.t.example/y");
	setup(state);
	world.answers[0] = fine;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("X-Final-URL", NULL);
}

static void
the_log_names_whom_the_last_hop_asked(void **state)
{
	static const char *const	 rows[][2] = {
		{ "/y", "https://t.example" },
		{ "https://t.example?y", "https://t.example" },
		{ "https://T.EXAMPLE:443/y", "https://t.example" },
		{ "https://www.t.example/y", "https://www.t.example" },
		{ "https://t.example.org", "https://t.example.org" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].rules.redirects = REDIRECT_FOLLOW;
		world.answers[0] = redirect(302, rows[i][0]);
		world.answers[1] = fine;
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
		assert_int_equal(world.n_fetches, 2);
		assert_string_equal(world.access_target, rows[i][1]);
	}
	setup(state);
	world.answers[0] = fine;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_string_equal(world.access_target, "https://t.example");
	setup(state);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_health");
	assert_string_equal(world.access_target, "-");
}

static void
the_query_of_the_route_is_not_shown(void **state)
{
	(void)state;
	world.routes[0].url = "https://t.example/v1?key=S";
	world.answers[0] = (struct world_answer){ .status = 201, .fields = {
	    { "Location", "https://u.example/?to=%2Fv1%3Fkey%3DS" },
	    { "Link", "</v1?page=1>; rel=prev" },
	    { "Link", "<https://t.example/v1?page=3&key=S>; rel=next" },
	    { "Content-Location", "v1?key=S" } } };
	SERVE("REQUEST_METHOD=POST", "REQUEST_URI=/v/api/x");
	assert_string_equal(world.fetches[0].url,
	    "https://t.example/v1/x?key=S");
	assert_field("Location", NULL);
	assert_field("Link", NULL);
	assert_field("Content-Location", NULL);

	setup(state);
	world.routes[0].url = "https://t.example/v1?key=S";
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    { "Link", "</v1?page=3>; rel=next" },
	    { "Content-Location", "v1?page=2" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("Link", "</v1?page=3>; rel=next");
	assert_field("Content-Location", "v1?page=2");
}

/* A target that hands its key on to another may call it what it likes. */
static void
nor_is_a_value_of_it_under_another_name(void **state)
{
	static const struct { const char *to, *location; } rows[] = {
		{ "https://away.example/?k=SECRETKEY123", NULL },
		{ "https://away.example/?k=SECRET%4bEY123", NULL },
		{ "https://away.example/?k=SECRET", "https://away.example/"
		    "?k=SECRET" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].url = "https://t.example/v1?appid="
		    "SECRETKEY123";
		world.answers[0] = redirect(302, rows[i].to);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
		assert_field("Location", rows[i].location);
	}
}

static void
a_redirect_does_not_slip_past_the_filter(void **state)
{
	static const struct filter	 list[] = { { "/admin", true } };
	static const struct { const char *location; bool passes; } rows[] = {
		{ "/v1/admin", false },
		{ "/v1//Admin;x/y", false },
		{ "/v1/x", true },
		/* Not below the route: by its whole path. */
		{ "/admin", false },
		{ "/v2/admin", true },
		{ "https://other.example/admin/x", false },
		{ "https://other.example/v1/admin", true },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].rules.filters = (struct filters){ list, 1 };
		world.conf.filtered_url_msg = "No.";
		world.answers[0] = redirect(302, "/v1/first");
		world.answers[1] = redirect(302, rows[i].location);
		world.answers[2] = fine;
		print_message("# %s\n", rows[i].location);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
		assert_int_equal(world.n_fetches, rows[i].passes ? 3 : 2);
		assert_field("Status", rows[i].passes ? "200 OK" :
		    "403 Forbidden");
		assert_field("Location", NULL);
	}
}

/* Of whom a route would not answer itself, no other leads there. */
static void
a_redirect_comes_to_another_route_as_its_caller_would(void **state)
{
	static const struct filter	 list[] = { { "/admin", true } };
	static struct cors_origin	 away = { CORS_EXACT,
					    "https://away.example" };
	static const struct {
		bool		 guarded, unlisted;	/* the other route */
		const char	*keyed;		/* the URL of "keyed" */
		const char	*location;
		bool		 follows;
	} rows[] = {
		{ false, false, NULL, "https://other.example/b/y", true },
		{ false, false, NULL, "https://other.example/b", true },
		{ false, false, NULL, "https://other.example/beside", true },
		{ false, false, NULL, "https://other.example/b/admin/x",
		    false },
		{ false, false, NULL, "https://other.example/b/%61dmin",
		    false },
		{ false, false, NULL, "https://k.example/y", false },
		{ true, false, NULL, "https://other.example/b/y", false },
		{ true, false, NULL, "https://other.example/beside", false },
		{ false, true, NULL, "https://other.example/b/y", false },
		{ false, true, NULL, "https://other.example/beside", false },
		/* Of several routes on a host the one that it is below. */
		{ false, false, "https://other.example/b/k",
		    "https://other.example/b/k/y", false },
		{ false, false, "https://other.example/b/k",
		    "https://other.example/b/ky", true },
		{ true, false, "https://other.example/b/k",
		    "https://other.example/beside", false },
		/* On its own host too, but for what is its own. */
		{ false, false, "https://t.example/k", "/k/y", false },
		{ false, false, "https://t.example/k", "/y", true },
		{ false, false, "https://t.example/v1/k", "/v1/k/y", true },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[2].url = "https://other.example/b";
		world.routes[2].rules.filters = (struct filters){ list, 1 };
		if (rows[i].guarded)
			world.routes[2].rules.access = ACCESS_JWT;
		if (rows[i].unlisted)
			world.routes[2].rules.cors.allow = &away;
		if (rows[i].keyed != NULL) {
			world.routes[3].url = rows[i].keyed;
			world.routes[3].host = strstr(rows[i].keyed,
			    "t.example") ? "t.example" : "other.example";
		}
		world.answers[0] = redirect(302, rows[i].location);
		world.answers[1] = fine;
		print_message("# %zu %s\n", i, rows[i].location);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x",
		    "HTTP_ORIGIN=https://page.example");
		assert_int_equal(world.n_fetches, 1 + rows[i].follows);
		assert_field("Status", rows[i].follows ? "200 OK" :
		    "302 Found");
	}
}

static void
hops_have_their_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORLD_ANSWERS; i++)
		world.answers[i] = redirect(302, "/v1/again");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_int_equal(world.n_fetches, 4);
	assert_int_equal(world.access.status, 302);
	assert_field("Location", "/v/api/again");
}

static void
a_body_is_not_sent_twice(void **state)
{
	static const char *const body[] = { "abc", NULL };

	(void)state;
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[1] = fine;
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=GET", "REQUEST_URI=/v/api", "CONTENT_LENGTH=3",
	    NULL }, body);
	assert_int_equal(world.n_fetches, 1);
	assert_string_equal(world.fetches[0].body, "abc");
	assert_field("Location", "/v/api/y");
}

static void
credentials_stay_with_their_origin(void **state)
{
	(void)state;
	world.routes[0].rules.preserve_host = true;
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[1] = redirect(302, "https://www.t.example/y");
	world.answers[2] = fine;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x",
	    "HTTP_HOST=gate.example", "HTTP_AUTHORIZATION=Bearer abc",
	    "HTTP_X_API_KEY=abc", "HTTP_ACCEPT=text/plain");
	assert_int_equal(world.n_fetches, 3);
	for (size_t i = 0; i < 3; i++) {
		const char *fields = world.fetches[i].fields;

		assert_int_equal(strstr(fields, "Authorization: Bearer abc\n")
		    != NULL, i < 2);
		assert_int_equal(strstr(fields, "X-Api-Key: abc\n") != NULL,
		    i < 2);
		assert_non_null(strstr(fields, "Accept: text/plain\n"));
		assert_non_null(strstr(fields, "Via: 1.1 viaduct-0123\n"));
		assert_string_equal(world.fetches[i].host,
		    i < 2 ? "gate.example" : "");
	}
}

static const struct field	 secret[] = {
	{ "X-Key", "secret-of-the-target" }, { "Accept", NULL },
	{ "Authorization", "Bearer token-of-the-target" },
	{ "Cookie", "s=session-of-the-operator" },
};

static void
the_operators_fields_stay_with_their_origin(void **state)
{
	static const struct {
		const char	*url, *location;
		bool		 leaves;
	} rows[] = {
		{ "https://t.example/v1", "/v1/y", false },
		{ "https://t.example/v1", "https://t.example/away", false },
		{ "https://t.example/v1", "https://www.t.example/v1/y", true },
		{ "https://t.example/v1", "https://other.example/v1", true },
		{ "http://t.example/v1", "https://t.example/v1", true },
		{ "http://t.example:8443/v1", "http://t.example/v1", true },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].up = (struct field_edits){ secret,
		    ROWS(secret) };
		world.routes[0].rules.redirects = REDIRECT_FOLLOW;
		world.routes[0].url = rows[i].url;
		world.answers[0] = redirect(302, rows[i].location);
		/* Back to where it came from: nothing comes back. */
		world.answers[1] = redirect(302, "https://t.example/v1/z");
		world.answers[2] = fine;
		print_message("# %s\n", rows[i].location);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x",
		    "HTTP_ACCEPT=text/plain", "HTTP_X_KEY=forged",
		    "HTTP_COOKIE=s=callers",
		    "HTTP_AUTHORIZATION=Bearer callers");
		assert_int_equal(world.n_fetches, 3);
		for (size_t j = 0; j < 3; j++) {
			const char *up = world.fetches[j].fields;
			bool	 kept = j == 0 || !rows[i].leaves;

			assert_int_equal(strstr(up, "X-Key: secret-of-the-"
			    "target\n") != NULL, kept);
			assert_int_equal(strstr(up, "Authorization: Bearer "
			    "token-of-the-target\n") != NULL, kept);
			assert_int_equal(strstr(up, "Cookie: s=session-of-"
			    "the-operator\n") != NULL, kept);
			assert_null(strstr(up, "Accept"));
			assert_null(strstr(up, "forged"));
			assert_null(strstr(up, "callers"));
		}
	}
}

static void
the_operators_fields_of_an_answer_come_last(void **state)
{
	static const struct field	 down[] = {
		{ "Cache-Control", "max-age=60" }, { "x-gone", NULL },
		{ "X-Frame-Options", "SAMEORIGIN" }, { "X-New", "1" },
	};

	(void)state;
	world.routes[0].down = (struct field_edits){ down, 4 };
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    { "Cache-Control", "no-store" }, { "X-Gone", "1" },
	    { "X-Kept", "1" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api",
	    "HTTP_ORIGIN=https://page.example");
	assert_field("Cache-Control", "max-age=60");
	assert_int_equal(io_mem_count(&world.io, "Cache-Control"), 1);
	assert_field("X-Gone", NULL);
	assert_field("X-Kept", "1");
	assert_field("X-New", "1");
	assert_field("X-Frame-Options", "SAMEORIGIN");
	assert_int_equal(io_mem_count(&world.io, "X-Frame-Options"), 1);
	assert_field("Access-Control-Allow-Origin", "https://page.example");
}

/* A target may repeat what it was sent in an address. */
static void
the_operators_fields_are_not_shown(void **state)
{
	(void)state;
	world.routes[0].up = (struct field_edits){ secret, ROWS(secret) };
	world.answers[0] = redirect(302,
	    "https://t.example/secret-of-the-target/y");
	world.answers[1] = (struct world_answer){ .status = 201, .fields = {
	    { "Location", "https://u.example/?k=token%2Dof-the-target" },
	    { "Link", "</v1?page=1>; rel=prev" },
	    { "Link", "</v1?page=3&key=secret-of-the-target>; rel=next" },
	    { "Content-Location", "v1?key=secret-of-the-target" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_int_equal(world.n_fetches, 2);
	assert_field("Status", "201 Created");
	assert_field("X-Final-URL", NULL);
	assert_field("Location", NULL);
	assert_field("Link", NULL);
	assert_field("Content-Location", NULL);
}

static void
what_is_opened_for_the_target_is_not_for_others(void **state)
{
	static const struct {
		const char	*location;
		bool		 verify_tls, open_private;
	} rows[] = {
		{ "/v1/y", false, true },
		{ "https://www.t.example/y", true, true },
		{ "https://other.example/y", true, true },
		{ "https://elsewhere.example/y", true, false },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].rules.redirects = REDIRECT_FOLLOW;
		world.routes[0].rules.verify_tls = false;
		world.routes[0].rules.allow_private.all_private = true;
		world.conf.rules.verify_tls = true;
		world.answers[0] = redirect(302, rows[i].location);
		world.answers[1] = fine;
		print_message("# %s\n", rows[i].location);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
		assert_int_equal(world.n_fetches, 2);
		assert_false(world.fetches[0].verify_tls);
		assert_int_equal(world.fetches[1].verify_tls,
		    rows[i].verify_tls);
		assert_int_equal(world.fetches[1].open_private,
		    rows[i].open_private);
	}
}

/* --- redirects of whole URLs --- */

#define ASK(url) "REQUEST_URI=/v/" url, "HTTP_ORIGIN=https://page.example"
#define LISTED "https://listed.example/"

static const struct {
	enum whole_targets targets;
	enum redirect_mode mode;
	const char	*location;
	const char	*next;		/* NULL: not followed */
	const char	*passed;	/* then the client's Location */
} hops[] = {
	{ WHOLE_LISTED, REDIRECT_SAME_SITE, "/y?a", LISTED "y?a", NULL },
	{ WHOLE_LISTED, REDIRECT_SAME_SITE, "https://x.wild.example/",
	    "https://x.wild.example/", NULL },
	{ WHOLE_LISTED, REDIRECT_SAME_SITE, "https://ported.example:8443/",
	    "https://ported.example:8443/", NULL },
	/* not listed: neither followed nor offered */
	{ WHOLE_LISTED, REDIRECT_SAME_SITE, "https://www.listed.example/y",
	    NULL, "https://www.listed.example/y" },
	{ WHOLE_LISTED, REDIRECT_FOLLOW, "https://elsewhere.example/y", NULL,
	    "https://elsewhere.example/y" },
	{ WHOLE_LISTED, REDIRECT_FOLLOW, "https://ported.example/", NULL,
	    "https://ported.example/" },
	{ WHOLE_LISTED, REDIRECT_FOLLOW, "https://t.example/v1/y", NULL,
	    "https://t.example/v1/y" },
	{ WHOLE_LISTED, REDIRECT_FOLLOW, "https://listed.example:8443/y",
	    NULL, "https://listed.example:8443/y" },
	{ WHOLE_LISTED, REDIRECT_PASS, "/y?a&&b#f", NULL,
	    "/v/https://listed.example/y?a&&b#f" },
	/* any host, as far as the mode goes */
	{ WHOLE_ANY, REDIRECT_SAME_SITE, "https://www.listed.example/y",
	    "https://www.listed.example/y", NULL },
	{ WHOLE_ANY, REDIRECT_SAME_SITE, "https://t.example/y",
	    "https://t.example/y", NULL },
	{ WHOLE_ANY, REDIRECT_SAME_SITE, "https://elsewhere.example/y", NULL,
	    "/v/https://elsewhere.example/y" },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "https://elsewhere.example/y",
	    "https://elsewhere.example/y", NULL },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "https://elsewhere.example:22/y", NULL,
	    "https://elsewhere.example:22/y" },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "https://127.0.0.1/y", NULL,
	    "https://127.0.0.1/y" },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "https://localhost/y", NULL,
	    "https://localhost/y" },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "//metadata.google.internal/y", NULL,
	    "https://metadata.google.internal/y" },
	/* never */
	{ WHOLE_ANY, REDIRECT_FOLLOW, "http://listed.example/y", NULL,
	    "http://listed.example/y" },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "file:///etc/passwd", NULL, NULL },
	{ WHOLE_ANY, REDIRECT_FOLLOW, "gopher://listed.example/", NULL,
	    NULL },
};

static void
a_hop_of_a_whole_url_is_judged_like_one(void **state)
{
	for (size_t i = 0; i < ROWS(hops); i++) {
		setup(state);
		world.conf.whole.targets = hops[i].targets;
		world.conf.rules.redirects = hops[i].mode;
		world.answers[0] = redirect(302, hops[i].location);
		world.answers[1] = fine;
		print_message("# %s\n", hops[i].location);
		SERVE("REQUEST_METHOD=GET", ASK(LISTED "x"));
		assert_int_equal(world.n_fetches, 1 + (hops[i].next != NULL));
		if (hops[i].next != NULL) {
			assert_string_equal(world.fetches[1].url,
			    hops[i].next);
			assert_field("X-Final-URL", hops[i].next[8] == 'l' ?
			    LISTED "y" : hops[i].next);
		}
		assert_field("Location", hops[i].passed);
	}
}

static void
private_addresses_are_for_hosts_named_in_full(void **state)
{
	static const struct { const char *location; bool opened; } rows[] = {
		{ LISTED "y", true },
		{ "https://ported.example:8443/", true },
		{ "https://listed.example:8443/", true },
		{ "https://ported.example/", false },
		{ "https://x.wild.example/", false },
		{ "https://www.listed.example/", false },
		{ "https://t.example/", false },	/* of a route */
		{ "https://elsewhere.example/", false },
	};
	static const int	 ports[] = { 443, 8443 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.conf.whole.targets = WHOLE_ANY;
		world.conf.whole.ports = ports;
		world.conf.rules.redirects = REDIRECT_FOLLOW;
		world.conf.rules.allow_private.all_private = true;
		world.conf.rules.verify_tls = true;
		world.answers[0] = redirect(302, rows[i].location);
		world.answers[1] = fine;
		print_message("# %s\n", rows[i].location);
		SERVE("REQUEST_METHOD=GET",
		    ASK("https://ported.example:8443/x"));
		assert_int_equal(world.n_fetches, 2);
		assert_true(world.fetches[0].open_private);
		assert_int_equal(world.fetches[1].open_private,
		    rows[i].opened);
	}
	/* and a way back opens them again */
	setup(state);
	world.conf.whole.targets = WHOLE_ANY;
	world.conf.rules.redirects = REDIRECT_FOLLOW;
	world.conf.rules.allow_private.all_private = true;
	world.answers[0] = redirect(302, LISTED);
	world.answers[1] = fine;
	SERVE("REQUEST_METHOD=GET", ASK("https://elsewhere.example/"));
	assert_false(world.fetches[0].open_private);
	assert_true(world.fetches[1].open_private);
}

static void
what_a_pattern_lists_is_no_strangers_but_public(void **state)
{
	static const struct { const char *location; bool follow, opened; }
	    rows[] = {
		{ LISTED "y", true, true },
		{ "https://ported.example:8443/", true, true },
		{ "https://ported.example/", false, false },
		{ "https://x.wild.example/", true, false },
		{ "https://wild.example/", false, false },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		setup(state);
		world.routes[0].rules.allow_private.all_private = true;
		world.answers[0] = redirect(302, rows[i].location);
		world.answers[1] = fine;
		print_message("# %s\n", rows[i].location);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
		assert_int_equal(world.n_fetches, 1 + rows[i].follow);
		if (rows[i].follow)
			assert_int_equal(world.fetches[1].open_private,
			    rows[i].opened);
	}
}

static void
whole_urls_take_no_names_of_the_page_along(void **state)
{
	(void)state;
	world.conf.whole.targets = WHOLE_LISTED;
	world.conf.rules.preserve_host = true;
	world.answers[0] = redirect(302, "https://x.wild.example/");
	world.answers[1] = fine;
	SERVE("REQUEST_METHOD=GET", ASK(LISTED), "HTTP_HOST=gate.example",
	    "HTTP_AUTHORIZATION=Bearer abc", "HTTP_X_API_KEY=abc",
	    "HTTP_COOKIE=a=b", "HTTP_REFERER=https://page.example/x",
	    "REMOTE_ADDR=192.0.2.7");
	assert_int_equal(world.n_fetches, 2);
	for (size_t i = 0; i < 2; i++) {
		const char *fields = world.fetches[i].fields;

		assert_int_equal(strstr(fields, "Authorization: Bearer abc\n")
		    != NULL, i < 1);
		assert_int_equal(strstr(fields, "X-Api-Key: abc\n") != NULL,
		    i < 1);
		assert_null(strstr(fields, "Cookie"));
		assert_null(strstr(fields, "Referer"));
		assert_null(strstr(fields, "Origin"));
		assert_non_null(strstr(fields,
		    "Forwarded: for=192.0.2.7;proto=http\n"));
		assert_string_equal(world.fetches[i].host, "");
	}
}

static void
what_a_redirect_brings_is_skipped(void **state)
{
	static char	 large[65 * 1024 + 1];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[0].body[0] = large;
	world.answers[1] = fine;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_string_equal(io_mem_body(&world.io), "hello");

	/* Nor does it matter how its connection ends. */
	setup(state);
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[0].err = ERR_RESPONSE_INCOMPLETE;
	world.answers[1] = fine;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_string_equal(io_mem_body(&world.io), "hello");

	setup(state);
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[0].err = ERR_CLIENT_GONE;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_int_equal(world.n_fetches, 1);
	assert_int_equal(world.io.out_bytes, 0);
}

static void
a_hop_that_fails_is_an_error(void **state)
{
	(void)state;
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[1] = (struct world_answer){
	    .err = ERR_ADDRESS_PROHIBITED };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("Status", "502 Bad Gateway");
	assert_field("Location", NULL);
}

/* --- lengths and quotas --- */

static const struct {
	const char	*method;	/* the request's */
	int		 status;
	const char	*names[3], *values[3];	/* of the target's fields */
	const char	*want_status, *want_length;
} lengths[] = {
	{ "GET", 200, { "Content-Length" }, { "5" }, "200 OK", "5" },
	{ "GET", 200, { "Content-Length", "content-length" }, { "5", "5" },
	    "200 OK", "5" },
	{ "GET", 200, { NULL }, { NULL }, "200 OK", NULL },
	{ "GET", 200, { "Transfer-Encoding", "Content-Length" },
	    { "chunked", "5" }, "200 OK", NULL },
	{ "GET", 200, { "Content-Length", "Content-Length" }, { "5", "6" },
	    "502 Bad Gateway", "" },
	{ "GET", 200, { "Content-Length" }, { "+5" }, "502 Bad Gateway",
	    "" },
	{ "GET", 200, { "Content-Length" }, { "5, 5" }, "502 Bad Gateway",
	    "" },
	{ "GET", 200, { "Content-Length" }, { "1000" }, "200 OK", "1000" },
	{ "GET", 200, { "Content-Length" }, { "1001" }, "502 Bad Gateway",
	    "" },
	/* No body comes with these, however long they say it is. */
	{ "HEAD", 200, { "Content-Length" }, { "1001" }, "200 OK", "1001" },
	{ "GET", 304, { "Content-Length" }, { "1001" }, "304 Not Modified",
	    NULL },
};

static void
lengths_are_judged_before_the_head(void **state)
{
	char	 method[32];

	for (size_t i = 0; i < ROWS(lengths); i++) {
		setup(state);
		world.answers[0].status = lengths[i].status;
		for (size_t j = 0; j < 3 && lengths[i].names[j] != NULL; j++)
			world.answers[0].fields[j] = (struct field){
			    lengths[i].names[j], lengths[i].values[j] };
		snprintf(method, sizeof(method), "REQUEST_METHOD=%s",
		    lengths[i].method);
		SERVE(method, "REQUEST_URI=/v/api");
		assert_field("Status", lengths[i].want_status);
		if (lengths[i].want_length == NULL ||
		    *lengths[i].want_length != '\0')
			assert_field("Content-Length",
			    lengths[i].want_length);
	}
}

static void
a_quota_is_counted_where_no_length_is_told(void **state)
{
	static char	 half[501];

	(void)state;
	memset(half, 'x', sizeof(half) - 1);
	world.answers[0] = (struct world_answer){ .status = 200,
	    .body = { half, half } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_field("Status", "200 OK");
	assert_int_equal(world.access.body_bytes, 1000);

	setup(state);
	world.answers[0] = (struct world_answer){ .status = 200,
	    .body = { half, half, "x" } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_field("Status", "502 Bad Gateway");
	assert_non_null(strstr(io_mem_field(&world.io, "Proxy-Status"),
	    "body_too_large"));

	setup(state);
	world.routes[0].rules.payload_quota_bytes = 0;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .body = { half, half, half, half } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_int_equal(world.access.body_bytes, 2000);
}

static void
head_by_the_query_promises_no_body(void **state)
{
	(void)state;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .fields = { { "Content-Length", "5" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/?route=api&method=HEAD");
	assert_string_equal(world.fetches[0].method, "HEAD");
	assert_field("Status", "200 OK");
	assert_field("Content-Length", NULL);
}

/* libcurl would wait for the body of an answer that has none. */
static void
head_takes_no_body_along(void **state)
{
	static const char *const body[] = { "abc", NULL };

	(void)state;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .fields = { { "Content-Length", "5" } } };
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=HEAD", "REQUEST_URI=/v/api", "CONTENT_LENGTH=3",
	    NULL }, body);
	assert_int_equal(world.fetches[0].body_bytes, 0);
	assert_field("Content-Length", "5");

	setup(state);
	world.answers[0].status = 200;
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", "CONTENT_LENGTH=3",
	    "REQUEST_URI=/v/?route=api&method=HEAD", NULL }, body);
	assert_string_equal(world.fetches[0].method, "HEAD");
	assert_int_equal(world.fetches[0].body_bytes, 0);
}

/* --- the head --- */

static void
commands_to_the_server_do_not_cross(void **state)
{
	(void)state;
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    { "X-Accel-Redirect", "/secret" }, { "X-Sendfile", "/secret" },
	    { "Status", "503 No" }, { "Set-Cookie", "a=b" },
	    { "X-Mine", "1" }, { "Via", "1.0 a" }, { "Via", "1.1 b" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_field("Status", "200 OK");
	assert_int_equal(io_mem_count(&world.io, "Status"), 1);
	assert_field("X-Accel-Redirect", NULL);
	assert_field("X-Sendfile", NULL);
	assert_field("Set-Cookie", NULL);
	assert_field("X-Mine", "1");
	assert_field("Via", "1.0 a, 1.1 b, 1.1 viaduct-0123");
	assert_field("X-Content-Type-Options", "nosniff");
	assert_field("Content-Type", "application/octet-stream");
}

/* --- cookies --- */

static const struct {
	const char	*route, *uri;
	const char	*https;		/* a variable */
	bool		 credentials;
	size_t		 n_allow, n_own;
	const char	*want;
} cookie_rows[] = {
	{ "api", "REQUEST_URI=/v/api/x", "HTTPS=on", false, 1, 0,
	    "__Secure-vd.api.s=1; Path=/v/api/y/; Secure; HttpOnly; "
	    "SameSite=Lax" },
	{ "api", "REQUEST_URI=/v/api/x", "HTTPS=on", true, 1, 0,
	    "__Secure-vd.api.s=1; Path=/v/api/y/; Secure; HttpOnly; "
	    "SameSite=None; Partitioned" },
	/* Nobody from elsewhere could use it. */
	{ "api", "REQUEST_URI=/v/api/x", "HTTPS=on", true, 0, 1,
	    "__Secure-vd.api.s=1; Path=/v/api/y/; Secure; HttpOnly; "
	    "SameSite=Lax" },
	{ "api", "REQUEST_URI=/v/api/x", "X=", true, 1, 0, NULL },
	{ "*", "REQUEST_URI=/v/x", "X=", false, 1, 0, "s=1; Path=/v/y" },
};

static void
cookies_are_kept_apart(void **state)
{
	for (size_t i = 0; i < ROWS(cookie_rows); i++) {
		struct rules	*r = &world.routes[0].rules;

		setup(state);
		world.routes[0].name = cookie_rows[i].route;
		r->cookies = COOKIES_ISOLATE;
		r->cors.credentials = cookie_rows[i].credentials;
		r->cors.own = r->cors.allow;
		r->cors.n_allow = cookie_rows[i].n_allow;
		r->cors.n_own = cookie_rows[i].n_own;
		world.answers[0] = (struct world_answer){ .status = 200,
		    .fields = { { "Set-Cookie", "s=1; Path=/v1/y" },
		    { "Set-Cookie", "t=2; Max-Age=0" },
		    { "Set-Cookie", "bad" } } };
		SERVE("REQUEST_METHOD=GET", cookie_rows[i].uri,
		    cookie_rows[i].https, "HTTP_COOKIE=u=5");
		assert_field("Set-Cookie", cookie_rows[i].want);
		assert_int_equal(io_mem_count(&world.io, "Set-Cookie"),
		    cookie_rows[i].want != NULL ? 2 : 0);
		assert_int_equal(strstr(world.fetches[0].fields,
		    "Cookie: u=5\n") != NULL,
		    strcmp(cookie_rows[i].route, "*") == 0);
	}
}

static void
the_date_of_a_cookie_is_from_now(void **state)
{
	char	 line[128];
	time_t	 soon = time(NULL) + 1000;
	int	 age;

	(void)state;
	strftime(line, sizeof(line), "s=1; Expires=%a, %d %b %Y %H:%M:%S GMT",
	    gmtime(&soon));
	world.routes[0].rules.cookies = COOKIES_ISOLATE;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .fields = { { "Set-Cookie", line } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", "HTTPS=on");
	assert_non_null(io_mem_field(&world.io, "Set-Cookie"));
	assert_int_equal(sscanf(strstr(io_mem_field(&world.io, "Set-Cookie"),
	    "Max-Age="), "Max-Age=%d", &age), 1);
	assert_in_range(age, 1, 1000);
}

/* Each step of a login sets cookies; and the caller's own go to nobody but the
 * route's target. */
static void
redirects_of_an_isolated_route_are_the_clients(void **state)
{
	static const struct { const char *to, *location; } rows[] = {
		{ "/v1/y", "/v/api/y" },
		{ "https://other.example/y", "https://other.example/y" },
		{ "https://www.t.example/y", "https://www.t.example/y" },
	};

	for (size_t i = 0; i < 2 * ROWS(rows); i++) {
		setup(state);
		world.routes[0].rules.redirects = i % 2 == 0 ?
		    REDIRECT_FOLLOW : REDIRECT_SAME_SITE;
		world.routes[0].rules.cookies = COOKIES_ISOLATE;
		world.answers[0] = redirect(302, rows[i / 2].to);
		world.answers[0].fields[2] = (struct field){ "Set-Cookie",
		    "s=1" };
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x", "HTTPS=on",
		    "HTTP_COOKIE=__Secure-vd.api.u=5");
		assert_int_equal(world.n_fetches, 1);
		assert_non_null(strstr(world.fetches[0].fields,
		    "Cookie: u=5\n"));
		assert_field("Status", "302 Found");
		assert_field("Location", rows[i / 2].location);
		assert_int_equal(io_mem_count(&world.io, "Set-Cookie"), 1);
	}
}

/* --- pages of this host --- */

static void
a_page_is_as_its_target_says(void **state)
{
	(void)state;
	world.routes[0].rules.render = true;
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    { "Content-Type", "text/html" },
	    { "Content-Security-Policy", "default-src 'self'" },
	    { "X-Frame-Options", "SAMEORIGIN" },
	    { "Strict-Transport-Security", "max-age=9" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("Content-Security-Policy", "default-src 'self'");
	assert_int_equal(io_mem_count(&world.io, "Content-Security-Policy"),
	    1);
	assert_field("X-Frame-Options", "SAMEORIGIN");
	assert_field("Strict-Transport-Security", NULL);

	/* What is made here is as ever. */
	setup(state);
	world.routes[0].rules.render = true;
	world.answers[0] = (struct world_answer){
	    .err = ERR_CONNECTION_REFUSED };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x",
	    "HTTP_ACCEPT=text/html");
	assert_field("Status", "502 Bad Gateway");
	assert_non_null(strstr(io_mem_field(&world.io,
	    "Content-Security-Policy"), "default-src 'none'"));
}

/* What its target says of the windows that share its page's. */
static const struct { const char *said[2], *want; bool edited; } windows[] = {
	{ { NULL }, NULL, false },
	{ { "unsafe-none" }, "unsafe-none", false },
	{ { "same-origin-allow-popups" }, "same-origin-allow-popups", false },
	{ { "noopener-allow-popups" }, "noopener-allow-popups", false },
	{ { "same-origin" }, "same-origin-allow-popups", false },
	{ { "same-origin;report-to=\"x\"" }, "same-origin-allow-popups",
	    false },
	{ { "restrict-properties" }, "same-origin-allow-popups", false },
	{ { "unsafe-none", "same-origin" }, "same-origin-allow-popups",
	    false },
	{ { NULL }, "same-origin-allow-popups", true },
};

static void
no_page_gets_hold_of_the_windows_of_ours(void **state)
{
	static const struct field	 edit = {
		"Cross-Origin-Opener-Policy", "same-origin" };

	for (size_t i = 0; i < ROWS(windows); i++) {
		setup(state);
		world.routes[0].rules.render = true;
		if (windows[i].edited)
			world.routes[0].down = (struct field_edits){
			    .list = &edit, .count = 1 };
		world.answers[0].status = 200;
		for (size_t n = 0; n < 2 && windows[i].said[n] != NULL; n++)
			world.answers[0].fields[n] = (struct field){
			    "Cross-Origin-Opener-Policy",
			    windows[i].said[n] };
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
		assert_field("Cross-Origin-Opener-Policy", windows[i].want);
		assert_int_equal(io_mem_count(&world.io,
		    "Cross-Origin-Opener-Policy"), windows[i].want != NULL);
	}
}

static const struct {
	const char	*location;
	bool		 preserve_host;
	const char	*want;
} page_redirects[] = {
	{ "/v1/y", false, "/v/api/y" },
	{ "/v/api/y", false, "/v/api/y" },
	{ "https://t.example/v1/y", false, "/v/api/y" },
	{ "http://gate.example/v1/y", true, "/v/api/y" },
	{ "https://gate.example/v1/y", true, "/v/api/y" },
	{ "https://gate.example/v/api/y", true, "/v/api/y" },
	{ "https://gate.example/v1/y", false, "https://gate.example/v1/y" },
	{ "https://www.t.example/v1/y", false, "https://www.t.example/v1/y" },
};

static void
redirects_of_a_page_are_the_browsers(void **state)
{
	for (size_t i = 0; i < ROWS(page_redirects); i++) {
		setup(state);
		world.routes[0].rules.render = true;
		world.routes[0].rules.redirects = REDIRECT_FOLLOW;
		world.routes[0].rules.preserve_host =
		    page_redirects[i].preserve_host;
		world.answers[0] = redirect(302, page_redirects[i].location);
		print_message("# %s\n", page_redirects[i].location);
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x",
		    "HTTP_HOST=gate.example");
		assert_int_equal(world.n_fetches, 1);
		assert_field("Location", page_redirects[i].want);
	}
}

static void
a_page_leads_on_from_here(void **state)
{
	static const struct field	 in[] = {
		{ "Refresh", "0;url=https://t.example/v1/y" },
		{ "Link", "<https://t.example/v1/a.css>; rel=preload" },
		{ "Link", "</v1/b.css>; rel=preload" },
	};

	(void)state;
	world.routes[0].rules.render = true;
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    in[0], in[1], in[2] } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("Refresh", "0;url=/v/api/y");
	assert_field("Link", "</v/api/a.css>; rel=preload, "
	    "</v/api/b.css>; rel=preload");

	/* What is no page says where the target has it. */
	setup(state);
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    in[0], { "Link", "<https://t.example/v1/y>; rel=next" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("Refresh", NULL);
	assert_field("Link", "<https://t.example/v1/y>; rel=next");
}

/* Nor does it lead there with what the operator adds. */
static void
a_page_shows_no_secret(void **state)
{
	static const struct field	 up[] = {
		{ "X-Key", "secret-of-the-target" } };

	(void)state;
	world.routes[0].rules.render = true;
	world.routes[0].up = (struct field_edits){ up, 1 };
	world.answers[0] = (struct world_answer){ .status = 200, .fields = {
	    { "Refresh", "0;url=/v1/y?key=secret-of-the-target" } } };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_field("Refresh", NULL);
}

static void
events_go_out_at_once(void **state)
{
	(void)state;
	world.answers[0] = (struct world_answer){ .status = 200,
	    .fields = { { "Content-Type", "Text/Event-Stream; a=b" } },
	    .body = { "data: 1\n\n" }, .err = ERR_READ_TIMEOUT };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api");
	assert_field("Status", "200 OK");
	assert_string_equal(io_mem_body(&world.io), "data: 1\n\n");
	assert_int_equal(world.io.flushed_bytes, world.io.out_bytes);
	assert_int_equal(world.io.cuts, 1);
}

/* --- how long it took --- */

enum { LONG_US = 2000 };

static void
the_times_hold_all_hops(void **state)
{
	const struct access	*a = &world.access;

	(void)state;
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[0].head_after_us = LONG_US;
	world.answers[1] = fine;
	world.answers[1].head_after_us = world.answers[1].end_after_us =
	    LONG_US;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_true(a->target_first_us >= 2 * LONG_US);
	assert_true(a->target_us >= a->target_first_us + LONG_US);
	assert_true(a->total_us >= a->target_us);
}

/* Nor is the head of a redirect that of the answer. */
static void
without_a_head_there_is_no_time_to_it(void **state)
{
	const struct access	*a = &world.access;

	(void)state;
	world.answers[0] = redirect(302, "/v1/y");
	world.answers[1] = (struct world_answer){ .head_after_us = LONG_US,
	    .err = ERR_RESPONSE_TIMEOUT };
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api/x");
	assert_int_equal(a->status, 504);
	assert_int_equal(a->target_first_us, 0);
	assert_true(a->target_us >= LONG_US);

	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/nowhere");
	assert_int_equal(a->target_us, 0);
}

#define RULE(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(a_redirect_is_followed_or_turned),
		RULE(the_final_url_is_told_without_its_query),
		RULE(the_log_names_whom_the_last_hop_asked),
		RULE(the_query_of_the_route_is_not_shown),
		RULE(nor_is_a_value_of_it_under_another_name),
		RULE(a_redirect_does_not_slip_past_the_filter),
		RULE(a_redirect_comes_to_another_route_as_its_caller_would),
		RULE(hops_have_their_number),
		RULE(a_body_is_not_sent_twice),
		RULE(credentials_stay_with_their_origin),
		RULE(the_operators_fields_stay_with_their_origin),
		RULE(the_operators_fields_of_an_answer_come_last),
		RULE(the_operators_fields_are_not_shown),
		RULE(what_is_opened_for_the_target_is_not_for_others),
		RULE(a_hop_of_a_whole_url_is_judged_like_one),
		RULE(private_addresses_are_for_hosts_named_in_full),
		RULE(what_a_pattern_lists_is_no_strangers_but_public),
		RULE(whole_urls_take_no_names_of_the_page_along),
		RULE(what_a_redirect_brings_is_skipped),
		RULE(a_hop_that_fails_is_an_error),
		RULE(lengths_are_judged_before_the_head),
		RULE(a_quota_is_counted_where_no_length_is_told),
		RULE(head_by_the_query_promises_no_body),
		RULE(head_takes_no_body_along),
		RULE(commands_to_the_server_do_not_cross),
		RULE(cookies_are_kept_apart),
		RULE(the_date_of_a_cookie_is_from_now),
		RULE(redirects_of_an_isolated_route_are_the_clients),
		RULE(a_page_is_as_its_target_says),
		RULE(no_page_gets_hold_of_the_windows_of_ours),
		RULE(redirects_of_a_page_are_the_browsers),
		RULE(a_page_leads_on_from_here),
		RULE(a_page_shows_no_secret),
		RULE(events_go_out_at_once),
		RULE(the_times_hold_all_hops),
		RULE(without_a_head_there_is_no_time_to_it),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
