#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "http/pass.h"
#include "serve/walk.h"
#include "tests/unit/fixture.h"
#include "tests/unit/world.h"

/* The form for the operator's key, from top to bottom. */

#define KEY	"0123456789-the-operators-key"

static int
begin(void **state)
{
	(void)state;
	world_reset();
	world.conf.operator_key_file = "/x/operator.key";
	digest(KEY, strlen(KEY), world.conf.operator_hash);
	return 0;
}

static void
post_to(const char *uri, const char *body, const char *one, const char *two,
    const char *three)
{
	char	 length[48];

	snprintf(length, sizeof(length), "CONTENT_LENGTH=%zu", strlen(body));
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", uri, length, one != NULL ? one : "A=",
	    two != NULL ? two : "A=", three, NULL },
	    (const char *const[]){ body, NULL });
}

static void
post(const char *body, const char *one, const char *two, const char *three)
{
	char	 length[48];

	snprintf(length, sizeof(length), "CONTENT_LENGTH=%zu", strlen(body));
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", "REQUEST_URI=/v/_status",
	    "HTTP_ACCEPT=text/html", length, one != NULL ? one : "A=",
	    two != NULL ? two : "A=", three, NULL },
	    (const char *const[]){ body, NULL });
}

static void
assert_status(const char *status)
{
	assert_field("Status", status);
}

static void
the_key_is_answered_by_a_pass(void **state)
{
	const char	*set;
	char		 cookie[256];

	(void)state;
	post("user=operator&key=%20" KEY "%0D%0A", NULL, NULL, NULL);
	assert_status("303 See Other");
	assert_field("Location", "/v/_status");
	assert_field("Cache-Control", "no-store");
	set = io_mem_field(&world.io, "Set-Cookie");
	assert_non_null(set);
	assert_null(strstr(set, KEY));
	assert_non_null(strstr(set, "; Max-Age=43200; HttpOnly; "
	    "SameSite=Strict; Path=/v/"));
	assert_null(strstr(set, "Secure"));
	assert_string_equal(world.access.user, "operator");
	snprintf(cookie, sizeof(cookie), "HTTP_COOKIE=a=b; %.*s",
	    (int)strcspn(set, ";"), set);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status", cookie);
	assert_status("200 OK");
	assert_non_null(strstr(io_mem_body(&world.io), "name=\"leave\""));
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status.json", cookie);
	assert_status("200 OK");
	/* for pages made here alone, and for no other page */
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_metrics", cookie,
	    "HTTP_ORIGIN=https://page.example");
	assert_status("403 Forbidden");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_metrics", cookie,
	    "HTTP_SEC_FETCH_SITE=same-site");
	assert_status("403 Forbidden");
	world.conf.dump_request = true;
	world.answers[0].status = 200;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/api?dump_request=y",
	    cookie);
	assert_int_equal(world.n_fetches, 1);
	assert_null(strstr(world.fetches[0].fields, "vd_operator"));
}

/* Nor is a route on top that has no name. */
static void
who_shows_no_pass_has_none_to_give_up(void **state)
{
	static const char *const	 cookies[] = { "A=",
					    "HTTP_COOKIE=a=b",
					    "HTTP_COOKIE=" PASS_COOKIE "=x" };

	(void)state;
	for (size_t i = 0; i < ROWS(cookies); i++) {
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status?route=",
		    "HTTP_X_API_KEY=" KEY, cookies[i]);
		assert_status("200 OK");
		assert_null(strstr(io_mem_body(&world.io), "name=\"leave\""));
		assert_null(strstr(io_mem_body(&world.io), "No route"));
	}
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status?route=nowhere",
	    "HTTP_X_API_KEY=" KEY);
	assert_non_null(strstr(io_mem_body(&world.io),
	    "No route <code>nowhere</code> has counters here"));
}

static void
over_https_the_pass_is_for_https(void **state)
{
	(void)state;
	post("key=" KEY, "HTTPS=on", NULL, NULL);
	assert_non_null(strstr(io_mem_field(&world.io, "Set-Cookie"),
	    "; Secure"));
}

static void
a_wrong_key_gets_the_form_again(void **state)
{
	static const char *const	 wrong[] = { "key=x", "key=", "",
					    "key=" KEY "x", "KEY=" KEY,
					    "key=" KEY "&key=x" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		post(wrong[i], NULL, NULL, NULL);
		assert_status("403 Forbidden");
		assert_field("Set-Cookie", NULL);
		assert_field("Proxy-Status", "viaduct; "
		    "error=http_request_denied; details=\"operator_only\"");
		assert_non_null(strstr(io_mem_body(&world.io),
		    "That is not the key."));
	}
	/* an address has five; a good key passes all the same */
	post("key=x", NULL, NULL, NULL);
	assert_status("429 Too Many Requests");
	post("key=" KEY, NULL, NULL, NULL);
	assert_status("303 See Other");
	assert_non_null(strstr(world.lines, "operator_only"));
}

static void
a_key_is_no_better_guessed_by_a_field(void **state)
{
	static const char *const	 keys[] = { "HTTP_X_API_KEY=x",
					    "HTTP_AUTHORIZATION=Bearer x" };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_metrics",
		    keys[i % 2]);
		assert_status(i < 5 ? "403 Forbidden" :
		    "429 Too Many Requests");
	}
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_metrics",
	    "HTTP_X_API_KEY=" KEY);
	assert_status("200 OK");
	/* who shows none has not failed */
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_metrics");
	assert_status("403 Forbidden");
}

/* What the web server has asked for comes with each request; a caller's key is
 * not looked at here, and is never the operator's. */
static void
other_logins_are_no_guesses(void **state)
{
	static const char *const	 others[] = {
		"HTTP_AUTHORIZATION=Basic dXNlcjpwYXNz",
		"HTTP_AUTHORIZATION=Digest username=x",
		"HTTP_AUTHORIZATION=Bearer " WORLD_KEY,
		"HTTP_X_API_KEY=" WORLD_KEY };

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		SERVE("REQUEST_METHOD=GET", i < 8 ? "REQUEST_URI=/v/_status" :
		    "REQUEST_URI=/v/", others[i % ROWS(others)],
		    "HTTP_ACCEPT=text/html");
		assert_status(i < 8 ? "403 Forbidden" : "200 OK");
	}
	/* beside one, a guess is a guess */
	for (size_t i = 0; i < 6; i++)
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status",
		    others[0], "HTTP_X_API_KEY=x");
	assert_status("429 Too Many Requests");
}

/* It shows more to the operator, and so tells whether a key is his. */
static void
the_start_page_counts_guesses_too(void **state)
{
	static const char *const	 keys[] = { "HTTP_X_API_KEY=x",
					    "HTTP_AUTHORIZATION=Bearer x" };
	const char *const		 walked[] = { "SCRIPT_NAME=/v",
					    "REQUEST_METHOD=GET",
					    "REQUEST_URI=/v/", keys[0], NULL };

	(void)state;
	world.conf.database = "/nowhere";
	for (size_t i = 0; i < 8; i++) {
		struct walk	 w = { .err = OK };

		world_walk(walked, &w);
		assert_int_equal(w.err, OK);
	}
	for (size_t i = 0; i < 8; i++) {
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/", keys[i % 2]);
		assert_status(i < 5 ? "200 OK" : "429 Too Many Requests");
	}
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/",
	    "HTTP_X_API_KEY=" KEY);
	assert_status("200 OK");
	assert_non_null(strstr(io_mem_body(&world.io), "For the operator"));
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/");
	assert_status("200 OK");
}

static void
who_is_not_the_operator_is_asked_for_the_key(void **state)
{
	(void)state;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status",
	    "HTTP_ACCEPT=text/html");
	assert_status("403 Forbidden");
	assert_non_null(strstr(io_mem_body(&world.io),
	    "<form method=\"post\">"));
	assert_null(strstr(io_mem_body(&world.io), "That is not the key."));
	assert_field("Referrer-Policy", "same-origin");
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status",
	    "HTTP_ACCEPT=application/json");
	assert_status("403 Forbidden");
	assert_field("Content-Type", "application/problem+json");
	/* where there is no key, none is asked for */
	world.conf.operator_key_file = NULL;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status",
	    "HTTP_ACCEPT=text/html");
	assert_status("403 Forbidden");
	assert_null(strstr(io_mem_body(&world.io), "<form"));
	post("key=" KEY, NULL, NULL, NULL);
	assert_status("403 Forbidden");
	assert_field("Set-Cookie", NULL);
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status",
	    "REMOTE_ADDR=127.0.0.1", "SERVER_PROTOCOL=HTTP/1.1");
	assert_status("200 OK");
	assert_null(strstr(io_mem_body(&world.io), "<form"));
}

static void
a_pass_can_be_given_up(void **state)
{
	(void)state;
	post("leave=1", NULL, NULL, NULL);
	assert_status("303 See Other");
	assert_field("Set-Cookie", "vd_operator=; Max-Age=0; HttpOnly; "
	    "SameSite=Strict; Path=/v/");
}

/* Who may send the form; what the browser says of it. */
static const struct {
	const char	*site, *origin;
	bool		 may;
} senders[] = {
	{ NULL, NULL, true },
	{ "HTTP_SEC_FETCH_SITE=same-origin", "HTTP_ORIGIN=https://h.example",
	    true },
	{ "HTTP_SEC_FETCH_SITE=same-origin", "HTTP_ORIGIN=null", true },
	{ NULL, "HTTP_ORIGIN=http://h.example", true },
	{ NULL, "HTTP_ORIGIN=null", false },
	{ NULL, "HTTP_ORIGIN=http://evil.example", false },
	{ NULL, "HTTP_ORIGIN=https://page.example", false },
	{ "HTTP_SEC_FETCH_SITE=same-site", "HTTP_ORIGIN=https://x.h.example",
	    false },
	{ "HTTP_SEC_FETCH_SITE=cross-site", "HTTP_ORIGIN=https://h.example",
	    false },
	{ "HTTP_SEC_FETCH_SITE=cross-site", "HTTP_ORIGIN=https://page.example",
	    false },
	{ "HTTP_SEC_FETCH_SITE=cross-site", NULL, false },
};

static void
no_other_page_can_send_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(senders); i++) {
		for (int n = 0; n < 6 && !senders[i].may; n++)
			post("key=x", "HTTP_HOST=h.example", senders[i].site,
			    senders[i].origin);
		post("key=" KEY, "HTTP_HOST=h.example", senders[i].site,
		    senders[i].origin);
		if ((io_mem_field(&world.io, "Set-Cookie") != NULL) !=
		    senders[i].may)
			fail_msg("row %zu", i);
	}
	/* nor use up the failures of who is made to */
	post("key=x", NULL, NULL, NULL);
	assert_status("403 Forbidden");
}

static void
a_form_is_short(void **state)
{
	static char	 body[4096];

	(void)state;
	memset(body, 'x', sizeof(body) - 1);
	memcpy(body, "key=", 4);
	post(body, NULL, NULL, NULL);
	assert_status("413 Content Too Large");
	/* of one without a length no more is read than of one with it */
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", "REQUEST_URI=/v/_status",
	    "CONTENT_LENGTH=-1", NULL }, (const char *const[]){ body, body,
	    NULL });
	assert_status("403 Forbidden");
	SERVE("REQUEST_METHOD=PUT", "REQUEST_URI=/v/_status");
	assert_status("405 Method Not Allowed");
	assert_field("Allow", "GET, HEAD, POST");
}

/* Each page of his asks for the key, and leads on to itself. */
static void
the_way_leads_to_the_page_that_was_asked_for(void **state)
{
	static const char *const	 pages[] = { "/v/_status",
					    "/v/_status?route=a%2Fb",
					    "/v/_check", "/v/_explain",
					    "/v/_explain?path=/api&x=%0d" };
	char				 uri[64];

	(void)state;
	for (size_t i = 0; i < ROWS(pages); i++) {
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s", pages[i]);
		SERVE("REQUEST_METHOD=GET", uri, "HTTP_ACCEPT=text/html");
		assert_status("403 Forbidden");
		assert_non_null(strstr(io_mem_body(&world.io),
		    "<form method=\"post\">"));
		post_to(uri, "key=" KEY, NULL, NULL, "HTTP_ACCEPT=text/html");
		assert_status("303 See Other");
		assert_field("Location", pages[i]);
		assert_non_null(io_mem_field(&world.io, "Set-Cookie"));
		post_to(uri, "leave=1", NULL, NULL, "HTTP_ACCEPT=text/html");
		assert_field("Location", pages[i]);
	}
	post_to("REQUEST_URI=/v/_explain", "key=x", NULL, NULL,
	    "HTTP_ACCEPT=text/html");
	assert_non_null(strstr(io_mem_body(&world.io),
	    "That is not the key."));
	post_to("REQUEST_URI=/v/_metrics", "key=" KEY, NULL, NULL, NULL);
	assert_status("405 Method Not Allowed");
}

/* What the page says of how the key is sent, and what a pass is worth. */
static const struct {
	bool		 render;
	const char	*peer, *https, *dest;
	const char	*says;		/* NULL: no more than usual */
	bool		 has_form;
} ways[] = {
	{ false, "192.0.2.7", "HTTPS=on", NULL, NULL, true },
	{ false, "192.0.2.7", "A=", NULL, "can read the key", true },
	{ false, "", "A=", NULL, "can read the key", true },
	{ false, "127.0.0.1", "A=", NULL, NULL, true },
	{ false, "::1", "A=", NULL, NULL, true },
	{ true, "192.0.2.7", "HTTPS=on", "document", "Do not let the browser",
	    true },
	{ true, "127.0.0.1", "A=", "document", "Do not let the browser",
	    true },
	{ true, "192.0.2.7", "A=", NULL, "Open this page by https", false },
	{ true, "192.0.2.7", "HTTPS=on", "iframe", "Open this page by https",
	    false },
};

static void
the_page_says_what_the_key_is_exposed_to(void **state)
{
	static const char *const	 all[] = { "can read the key",
					    "Do not let the browser",
					    "Open this page by https" };
	char				 peer[48], dest[48], said[128];

	(void)state;
	for (size_t i = 0; i < ROWS(ways); i++) {
		world.routes[0].rules.render = ways[i].render;
		snprintf(peer, sizeof(peer), "REMOTE_ADDR=%s", ways[i].peer);
		snprintf(dest, sizeof(dest), "HTTP_SEC_FETCH_DEST=%s",
		    ways[i].dest != NULL ? ways[i].dest : "");
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_check", peer,
		    ways[i].https, dest, ways[i].dest != NULL ?
		    "HTTP_SEC_FETCH_MODE=navigate" : "HTTP_ACCEPT=text/html");
		for (size_t n = 0; n < ROWS(all); n++)
			if ((strstr(io_mem_body(&world.io), all[n]) != NULL)
			    != (ways[i].says != NULL &&
			    strcmp(ways[i].says, all[n]) == 0))
				fail_msg("row %zu: %s", i, all[n]);
		assert_int_equal(strstr(io_mem_body(&world.io), "<form") !=
		    NULL, ways[i].has_form);
		snprintf(said, sizeof(said), "%s", ways[i].dest != NULL ?
		    "HTTP_SEC_FETCH_MODE=navigate" : "HTTP_ACCEPT=text/html");
		post_to("REQUEST_URI=/v/_check", "key=" KEY, dest, said,
		    ways[i].https);
		assert_int_equal(io_mem_field(&world.io, "Set-Cookie") !=
		    NULL, ways[i].has_form);
	}
}

/* --- parameters of _explain in a form ------------------------------------ */

#define AS_HIM	"HTTP_X_API_KEY=" KEY
#define ASKED	"path=/api/x%3Fa+b&method=PUT&origin=https%3A%2F%2Fp.example" \
    "&header=X-Secret%3A+planted&header="

static void
a_form_is_explained_as_a_query_is(void **state)
{
	static const char *const	 forms[] = { "HTTP_ACCEPT=text/html",
					    "HTTP_ACCEPT=text/plain",
					    "HTTP_ACCEPT=application/json" };
	char				*asked;

	(void)state;
	world.conf.path = world.conf.database = "/w";
	for (size_t i = 0; i < ROWS(forms); i++) {
		SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_explain?" ASKED,
		    AS_HIM, forms[i]);
		assert_status("200 OK");
		asked = strdup(io_mem_body(&world.io));
		assert_non_null(strstr(asked, "/api/x?a b"));
		post_to("REQUEST_URI=/v/_explain", ASKED, AS_HIM, forms[i],
		    NULL);
		assert_status("200 OK");
		assert_string_equal(io_mem_body(&world.io), asked);
		free(asked);
		assert_null(strstr(world.access_path, "planted"));
		assert_null(strstr(world.lines, "planted"));
	}
	post_to("REQUEST_URI=/v/_explain?path=/x", "path=/y", AS_HIM, NULL,
	    "HTTP_ACCEPT=application/json");
	assert_status("400 Bad Request");
	post_to("REQUEST_URI=/v/_explain", "frob=1", AS_HIM, NULL,
	    "HTTP_ACCEPT=application/json");
	assert_status("400 Bad Request");
}

static size_t
inputs(const char *query)
{
	const char	*at;
	char		 uri[128];
	size_t		 n = 0;

	snprintf(uri, sizeof(uri), "REQUEST_URI=/v/_explain?path=/api%s",
	    query);
	SERVE("REQUEST_METHOD=GET", uri, AS_HIM, "HTTP_ACCEPT=text/html");
	for (at = io_mem_body(&world.io);
	    (at = strstr(at, "name=\"header\"")) != NULL; at++)
		n++;
	return n;
}

static void
there_is_room_for_one_field_more(void **state)
{
	(void)state;
	world.conf.path = world.conf.database = "/w";
	assert_int_equal(inputs(""), 3);
	assert_int_equal(inputs("&header=A:1&header=B:2"), 3);
	assert_int_equal(inputs("&header=A:1&header=B:2&header=C:3"), 4);
	assert_int_equal(inputs("&header=A:1&header=B:2&header=C:3&header=D:"),
	    5);
}

static void
only_the_operator_is_explained_to(void **state)
{
	char	 pass[PASS_TEXT], cookie[128];

	(void)state;
	post_to("REQUEST_URI=/v/_explain", ASKED, NULL, NULL,
	    "HTTP_ACCEPT=text/html");
	assert_status("403 Forbidden");
	assert_non_null(strstr(io_mem_body(&world.io),
	    "<form method=\"post\">"));
	assert_null(strstr(io_mem_body(&world.io), "That is not the key."));
	pass_make(world.conf.operator_hash, time(NULL), pass);
	snprintf(cookie, sizeof(cookie), "HTTP_COOKIE=%s=%s", PASS_COOKIE,
	    pass);
	/* by a form of this host, which no setting names; by no other */
	post_to("REQUEST_URI=/v/_explain", ASKED, cookie,
	    "HTTP_ORIGIN=https://h.example",
	    "HTTP_SEC_FETCH_SITE=same-origin");
	assert_status("200 OK");
	post_to("REQUEST_URI=/v/_explain", ASKED, cookie,
	    "HTTP_ORIGIN=https://evil.example",
	    "HTTP_SEC_FETCH_SITE=cross-site");
	assert_status("403 Forbidden");
	post_to("REQUEST_URI=/v/_explain", ASKED, cookie,
	    "HTTP_ORIGIN=https://page.example",
	    "HTTP_SEC_FETCH_SITE=cross-site");
	assert_status("403 Forbidden");
}

/* Who is not the operator sends no more than a key, and is heard no longer. */
static void
of_strangers_no_more_is_read_than_a_key(void **state)
{
	static char	 body[4096];

	(void)state;
	memset(body, 'x', sizeof(body) - 1);
	memcpy(body, "path=/", 6);
	post_to("REQUEST_URI=/v/_explain", body, NULL, NULL,
	    "HTTP_ACCEPT=text/html");
	assert_status("403 Forbidden");
	assert_non_null(strstr(io_mem_body(&world.io),
	    "<form method=\"post\">"));
	assert_int_equal(world.access.upload_bytes, 0);
	post_to("REQUEST_URI=/v/_explain", ASKED,
	    "HTTP_SEC_FETCH_SITE=cross-site", NULL, "HTTP_ACCEPT=text/html");
	assert_status("403 Forbidden");
	assert_int_equal(world.access.upload_bytes, 0);
	world_serve((const char *const[]){ "SCRIPT_NAME=/v",
	    "REQUEST_METHOD=POST", "REQUEST_URI=/v/_explain",
	    "CONTENT_LENGTH=-1", NULL }, (const char *const[]){ body, body,
	    NULL });
	assert_status("403 Forbidden");
	assert_int_equal(world.access.upload_bytes, 2048);
	post_to("REQUEST_URI=/v/_explain", body, AS_HIM, NULL,
	    "HTTP_ACCEPT=text/plain");
	assert_status("200 OK");
	/* a key that cannot be one is a guess as well */
	memcpy(body, "key=", 4);
	body[1000] = '\0';
	for (size_t i = 0; i < 6; i++) {
		post_to("REQUEST_URI=/v/_explain", body, NULL, NULL,
		    "HTTP_ACCEPT=text/html");
		assert_status(i < 5 ? "403 Forbidden" :
		    "429 Too Many Requests");
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest	 tests[] = {
		CASE(the_key_is_answered_by_a_pass),
		CASE(who_shows_no_pass_has_none_to_give_up),
		CASE(over_https_the_pass_is_for_https),
		CASE(a_wrong_key_gets_the_form_again),
		CASE(a_key_is_no_better_guessed_by_a_field),
		CASE(other_logins_are_no_guesses),
		CASE(the_start_page_counts_guesses_too),
		CASE(who_is_not_the_operator_is_asked_for_the_key),
		CASE(a_pass_can_be_given_up),
		CASE(no_other_page_can_send_it),
		CASE(a_form_is_short),
		CASE(the_way_leads_to_the_page_that_was_asked_for),
		CASE(the_page_says_what_the_key_is_exposed_to),
		CASE(a_form_is_explained_as_a_query_is),
		CASE(there_is_room_for_one_field_more),
		CASE(only_the_operator_is_explained_to),
		CASE(of_strangers_no_more_is_read_than_a_key),
	};

	return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
