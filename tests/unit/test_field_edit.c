#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/field_edit.h"
#include "http/fields.h"
#include "tests/unit/fixture.h"

/* --- which ones --- */

static const char	 closed[] = "cannot be set";
static const char	 of_host[] = "whole host";

static const struct {
	const char	*name, *value, *up, *down;	/* NULL: may be set */
} names[] = {
	{ "X-Api-Key", "k", NULL, NULL },
	{ "X-Api-Key", NULL, NULL, NULL },
	{ "Cookie", "a=b", NULL, NULL },
	{ "Authorization", "Bearer abc", NULL, NULL },
	{ "User-Agent", "", NULL, NULL },
	{ "Content-Type", "text/plain", NULL, NULL },
	{ "Content-Security-Policy", NULL, NULL, NULL },
	{ "Cache-Control", "no-store", NULL, NULL },
	/* what is no field */
	{ "", "x", "name must be", "name must be" },
	{ "X A", "x", "name must be", "name must be" },
	{ "X:", "x", "name must be", "name must be" },
	{ "X-A", "a\r\nX-B: c", "value must be", "value must be" },
	{ "X-A", " a", "value must be", "value must be" },
	/* framing and hop by hop */
	{ "Connection", "x", closed, closed },
	{ "Keep-Alive", "x", closed, closed },
	{ "Proxy-Connection", "x", closed, closed },
	{ "TE", "trailers", closed, closed },
	{ "Trailer", "x", closed, closed },
	{ "Transfer-Encoding", "chunked", closed, closed },
	{ "transfer_encoding", "chunked", closed, closed },
	{ "Upgrade", "h2c", closed, closed },
	{ "HTTP2-Settings", "x", closed, closed },
	{ "Content-Length", "5", closed, closed },
	{ "Content-Length", NULL, closed, closed },
	{ "Content-Encoding", "gzip", closed, closed },
	{ "Expect", "100-continue", closed, closed },
	{ "Host", "x", closed, closed },
	{ "VIA", "x", closed, closed },
	{ "Date", "x", closed, closed },
	{ "Proxy-Authorization", "x", closed, closed },
	{ "Proxy-Authenticate", "x", closed, closed },
	{ "Proxy-Authentication-Info", "x", closed, closed },
	{ "Proxy-Status", "x", closed, closed },
	{ "Proxy-Other", "x", NULL, closed },
	{ "Proxy", "http://x", closed, closed },
	/* CORS */
	{ "Access-Control-Allow-Origin", "*", closed, closed },
	{ "access_control_request_method", "PUT", closed, closed },
	{ "Origin", "null", closed, closed },
	{ "Timing-Allow-Origin", "*", closed, closed },
	/* commands of an answer to the web server */
	{ "Status", "200", NULL, closed },
	{ "Location", "/", NULL, closed },
	{ "X-Accel-Redirect", "/x", NULL, closed },
	{ "x_sendfile", "/x", NULL, closed },
	{ "X-Sendfile2", "/x", NULL, closed },
	{ "X-LIGHTTPD-send-file", "/x", NULL, closed },
	{ "X-LiteSpeed-Location", "/x", NULL, closed },
	{ "X-Reproxy-URL", "/x", NULL, closed },
	{ "Variable-X", "x", NULL, closed },
	{ "Nph-X", "x", NULL, closed },
	{ "Script-Control", "x", NULL, closed },
	{ "X-Pad", "x", NULL, closed },
	/* what a browser keeps for the host */
	{ "Set-Cookie", "a=b", NULL, of_host },
	{ "set_cookie", "a=b", NULL, of_host },
	{ "Set-Cookie2", NULL, NULL, of_host },
	{ "Strict-Transport-Security", "max-age=1", NULL, of_host },
	{ "Clear-Site-Data", "\"*\"", NULL, of_host },
	{ "Service-Worker-Allowed", "/", NULL, of_host },
	{ "Alt-Svc", "clear", NULL, of_host },
	{ "Accept-CH", "x", NULL, of_host },
	{ "Critical-CH", "x", NULL, of_host },
	{ "Expect-CT", "x", NULL, of_host },
	{ "NEL", "{}", NULL, of_host },
	{ "Origin-Agent-Cluster", "?1", NULL, of_host },
	{ "Public-Key-Pins-Report-Only", "x", NULL, of_host },
	{ "Report-To", "{}", NULL, of_host },
	{ "Sec-Session-Registration", "x", NULL, of_host },
	{ "Set-Login", "logged-in", NULL, of_host },
	{ "Use-As-Dictionary", "match=/", NULL, of_host },
	/* logins */
	{ "WWW-Authenticate", "Basic realm=x", NULL, closed },
	{ "Authorization", "NTLM abc", closed, NULL },
	{ "authorization", "negotiate abc", closed, NULL },
	{ "Authorization", NULL, NULL, NULL },
	{ "X-Request-Id", "x", NULL, closed },
};

static void
assert_fault(const char *got, const char *want)
{
	if (want == NULL)
		assert_null(got);
	else if (got == NULL || strstr(got, want) == NULL)
		fail_msg("'%s', not '%s'", got != NULL ? got : "no fault",
		    want);
}

static void
some_fields_are_nobodys_to_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(names); i++) {
		const struct field f = { names[i].name, names[i].value };

		print_message("# %s\n", f.name);
		assert_fault(field_edit_fault(FIELD_UP, &f), names[i].up);
		assert_fault(field_edit_fault(FIELD_DOWN, &f), names[i].down);
	}
}

/* --- setting and removing --- */

static const struct field	 list[] = {
	{ "X-Key", "secret-of-8" },
	{ "accept", NULL },
	{ "X-New", "" },
	{ "Authorization", "Bearer token-of-8" },
	{ "X-Short", "v1" },
};
static const struct field_edits	 edits = { list, ROWS(list) };

static struct fields
fields(void)
{
	struct fields	 f;

	fields_init(&f, &arena);
	assert_int_equal(fields_add(&f, "x-key", "forged"), OK);
	assert_int_equal(fields_add(&f, "Accept", "a/b"), OK);
	assert_int_equal(fields_add(&f, "X_Key", "forged"), OK);
	assert_int_equal(fields_add(&f, "X-Other", "1"), OK);
	assert_int_equal(fields_add(&f, "X-KEY", "forged"), OK);
	return f;
}

static void
what_is_set_replaces_every_spelling(void **state)
{
	struct fields	 f = fields();

	(void)state;
	assert_int_equal(fields_edit(&f, &edits), OK);
	assert_int_equal(f.count, 5);
	assert_string_equal(fields_get(&f, "X-Key"), "secret-of-8");
	assert_null(fields_get(&f, "X_Key"));
	assert_null(fields_get(&f, "Accept"));
	assert_string_equal(fields_get(&f, "X-New"), "");
	assert_string_equal(fields_get(&f, "X-Other"), "1");
}

static void
what_was_set_is_taken_out_and_nothing_comes_back(void **state)
{
	struct fields	 f = fields();

	(void)state;
	assert_int_equal(fields_edit(&f, &edits), OK);
	fields_unset(&f, &edits);
	assert_int_equal(f.count, 1);
	assert_string_equal(f.list[0].name, "X-Other");
}

static void
a_full_arena_is_said(void **state)
{
	struct arena	 none;
	struct fields	 f;

	(void)state;
	arena_init(&none, 0);
	fields_init(&f, &none);
	assert_int_equal(fields_edit(&f, &edits), ERR_NO_MEMORY);
	assert_true(field_edits_show(&none, &edits, "x"));
	arena_free(&none);
}

/* --- where they show --- */

static const struct { const char *text; bool shows; } texts[] = {
	{ "https://t.example/?key=secret-of-8", true },
	{ "/x/secret-of-8/y", true },
	{ "/?to=%2Fx%3Fkey%3Dsecret%2Dof%2d8", true },
	{ "/?to=%25%37%33ecret-of-8", true },
	{ "</a>; rel=next, </b?k=token-of-8>; rel=prev", true },
	{ "/?authorization=Bearer%20token-of-8", true },
	{ "/?key=secret-of-", false },
	{ "/v1/Bearer", false },
	{ "/x-key/accept", false },
	{ "", false },
};

static void
a_secret_is_seen_however_it_is_written(void **state)
{
	static const struct field_edits	 none = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		print_message("# %s\n", texts[i].text);
		assert_int_equal(field_edits_show(&arena, &edits,
		    texts[i].text), texts[i].shows);
		assert_false(field_edits_show(&arena, &none, texts[i].text));
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(some_fields_are_nobodys_to_set),
		cmocka_unit_test(what_is_set_replaces_every_spelling),
		cmocka_unit_test(
		    what_was_set_is_taken_out_and_nothing_comes_back),
		cmocka_unit_test(a_full_arena_is_said),
		cmocka_unit_test(a_secret_is_seen_however_it_is_written),
	};

	return cmocka_run_group_tests_name("field_edit", tests, setup,
	    teardown);
}
