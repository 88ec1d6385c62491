#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "http/pass.h"
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

static void
who_is_not_the_operator_is_asked_for_the_key(void **state)
{
	(void)state;
	SERVE("REQUEST_METHOD=GET", "REQUEST_URI=/v/_status",
	    "HTTP_ACCEPT=text/html");
	assert_status("403 Forbidden");
	assert_non_null(strstr(io_mem_body(&world.io),
	    "action=\"/v/_status\""));
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

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest	 tests[] = {
		CASE(the_key_is_answered_by_a_pass),
		CASE(over_https_the_pass_is_for_https),
		CASE(a_wrong_key_gets_the_form_again),
		CASE(a_key_is_no_better_guessed_by_a_field),
		CASE(who_is_not_the_operator_is_asked_for_the_key),
		CASE(a_pass_can_be_given_up),
		CASE(no_other_page_can_send_it),
		CASE(a_form_is_short),
	};

	return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
