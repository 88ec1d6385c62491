#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/frame.h"
#include "client/lang.h"
#include "client/pages.h"
#include "core/arena.h"
#include "core/buf.h"
#include "store/conf.h"
#include "tests/unit/fixture.h"
#include "tests/unit/json.h"

static const char	 id[] = "0123456789ab4def8123456789abcdef";
static const struct conf plain = {
	.app_name = "Viaduct", .general_error = "Gateway error",
	.contact = "ops@example.org", .filtered_url_msg = "Not for <you>.",
};

static const char *
page_in(enum page_form form, const struct page_fault *x)
{
	struct buf	 b;

	arena_reset(&arena);
	buf_init(&b, &arena, 64 * 1024);
	page_error(&b, form, x);
	assert_false(buf_failed(&b));
	return b.data;
}

static const char *
page(enum page_form form, const struct conf *conf, enum err e)
{
	const struct page_fault	 x = { .conf = conf, .lang = &lang_en,
				    .why = e, .request_id = id };

	return page_in(form, &x);
}

static const struct {
	const char	*accept, *fetch_mode, *origin;
	enum page_form	 want;
} choices[] = {
	/* People. */
	{ "text/html,application/xhtml+xml,*/*;q=0.8", "navigate", NULL,
	    PAGE_HTML },
	{ "text/html,application/xhtml+xml,*/*;q=0.8", NULL, NULL, PAGE_HTML },
	{ "*/*", "navigate", NULL, PAGE_HTML },
	{ NULL, "navigate", "https://a.example", PAGE_HTML },
	{ "text/html", "cors", "https://a.example", PAGE_HTML },
	/* Scripts. */
	{ "*/*", "cors", "https://a.example", PAGE_PROBLEM },
	{ "*/*", NULL, "https://a.example", PAGE_PROBLEM },
	{ "*/*", "cors", NULL, PAGE_PROBLEM },
	{ NULL, "cors", NULL, PAGE_PROBLEM },
	{ NULL, NULL, "https://a.example", PAGE_PROBLEM },
	{ "application/json", NULL, NULL, PAGE_PROBLEM },
	{ "application/problem+json", NULL, NULL, PAGE_PROBLEM },
	{ "application/json, text/plain, */*", NULL, NULL, PAGE_PROBLEM },
	{ "application/JSON", NULL, NULL, PAGE_PROBLEM },
	{ "Text/HTML", NULL, NULL, PAGE_HTML },
	/* Others: curl, images, media. */
	{ "*/*", NULL, NULL, PAGE_TEXT },
	{ NULL, NULL, NULL, PAGE_TEXT },
	{ "", NULL, NULL, PAGE_TEXT },
	{ "image/avif,image/webp,*/*;q=0.8", "no-cors", NULL, PAGE_TEXT },
	{ "text/plain", "cors", "https://a.example", PAGE_TEXT },
	{ "image/png", NULL, "https://a.example", PAGE_TEXT },
};

static void
the_form_suits_the_caller(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(choices); i++)
		assert_int_equal(page_choose(choices[i].accept,
		    choices[i].fetch_mode, choices[i].origin),
		    choices[i].want);
}

static void
each_form_has_its_type(void **state)
{
	(void)state;
	assert_string_equal(page_type(PAGE_HTML), "text/html; charset=utf-8");
	assert_string_equal(page_type(PAGE_PROBLEM),
	    "application/problem+json");
	assert_string_equal(page_type(PAGE_TEXT),
	    "text/plain; charset=utf-8");
}

/* RFC 9457, and `rule'. */
static void
problem_json_has_every_member(void **state)
{
	struct json	 j;
	char		 status[8];
	enum err	 e;

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++) {
		assert_true(json_read(&j, page(PAGE_PROBLEM, &plain, e)));
		assert_int_equal(j.count, 6);
		snprintf(status, sizeof(status), "%d", err_status(e));
		assert_string_equal(json_get(&j, "type"), "about:blank");
		assert_string_equal(json_get(&j, "title"),
		    page_reason(err_status(e)));
		assert_string_equal(json_get(&j, "status"), status);
		assert_string_equal(json_get(&j, "detail"),
		    e == ERR_FILTERED_PATH ? plain.filtered_url_msg :
		    err_detail(e));
		assert_string_equal(json_get(&j, "instance"),
		    "urn:uuid:01234567-89ab-4def-8123-456789abcdef");
		assert_string_equal(json_get(&j, "rule"), err_word(e));
	}
}

static void
text_is_one_line(void **state)
{
	enum err	 e;

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++) {
		const char *text = page(PAGE_TEXT, &plain, e);

		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		assert_non_null(strstr(text, err_word(e)));
	}
	assert_string_equal(page(PAGE_TEXT, NULL, ERR_NO_ROUTE),
	    "404 Not Found (no_route): There is no route of this name here; "
	    "look for a slip in the name, or ask the operator of this gateway "
	    "to add it.\n");
}

/* How many times `what' stands in `text'. */
static int
count(const char *text, const char *what)
{
	int	 n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void
only_the_targets_failures_are_the_splash(void **state)
{
	enum err	 e;

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++)
		assert_int_equal(count(page(PAGE_HTML, &plain, e),
		    "The site behind this address is not available"),
		    err_from_target(e) ? 1 : 0);
}

static void
html_says_what_happened(void **state)
{
	const char	*text = page(PAGE_HTML, &plain,
			    ERR_CONNECTION_REFUSED);

	(void)state;
	assert_memory_equal(text, "<!DOCTYPE html>\n", 16);
	assert_int_equal(count(text,
	    "<title>Gateway error \xe2\x80\x93 Viaduct</title>"), 1);
	assert_int_equal(count(text,
	    "502 <span lang=\"en\">Bad Gateway</span>"), 1);
	assert_int_equal(count(text, "<code>connection_refused</code>"), 1);
	assert_int_equal(count(text, id), 1);
	assert_int_equal(count(text, "ops@example.org</a>"), 1);
	assert_int_equal(count(text, "noindex"), 1);
	assert_null(strstr(text, "{{"));
	assert_null(strstr(text, "<p></p>"));
	assert_null(strstr(page(PAGE_HTML, &plain, ERR_NO_ROUTE), "<p></p>"));
}

static void
nothing_is_loaded_from_elsewhere(void **state)
{
	const char	*text = page(PAGE_HTML, &plain, ERR_DNS);

	(void)state;
	assert_null(strstr(text, "src="));
	assert_int_equal(count(text, "href="), 1);	/* the contact */
	assert_null(strstr(text, "url("));
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "style="));
	assert_int_equal(count(text, "<style>"), 1);
}

static void
a_filtered_path_has_the_operators_words(void **state)
{
	(void)state;
	assert_non_null(strstr(page(PAGE_HTML, &plain, ERR_FILTERED_PATH),
	    ">Not for &lt;you&gt;.</p>"));
	assert_non_null(strstr(page(PAGE_PROBLEM, &plain, ERR_FILTERED_PATH),
	    "\"detail\":\"Not for \\u003cyou\\u003e.\""));
	assert_string_equal(page(PAGE_TEXT, &plain, ERR_FILTERED_PATH),
	    "403 Forbidden (filtered_path): Not for <you>.\n");
	assert_non_null(strstr(page(PAGE_TEXT, NULL, ERR_FILTERED_PATH),
	    err_detail(ERR_FILTERED_PATH)));
}

static void
an_empty_contact_leaves_no_trace(void **state)
{
	static const struct conf	 none = { .app_name = "A",
					    .general_error = "B" };
	static const struct conf	 empty = { .app_name = "A",
					    .general_error = "B",
					    .contact = "" };

	(void)state;
	assert_null(strstr(page(PAGE_HTML, &none, ERR_DNS), "Contact"));
	assert_null(strstr(page(PAGE_HTML, &empty, ERR_DNS), "Contact"));
}

/* ESC-1: whatever the operator's settings or the mount hold. */
static void
hostile_values_stay_text(void **state)
{
	static const char	 evil[] = "\"><script>alert('1')</script>&"
				    "{{id}}";
	static const struct conf conf = { .app_name = evil,
				    .general_error = evil, .contact = evil };
	const struct page_frame	 f = { .conf = &conf, .title = evil,
				    .lang = &lang_en };
	struct buf		 b;
	const char		*text = page(PAGE_HTML, &conf, ERR_DNS);

	(void)state;
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "alert('1')"));
	assert_int_equal(count(text, "&quot;&gt;&lt;script&gt;alert(&#39;1"
	    "&#39;)&lt;/script&gt;&amp;{{id}}"), 5);
	buf_init(&b, &arena, 64 * 1024);
	page_start(&b, &f, evil);
	assert_false(buf_failed(&b));
	assert_null(strstr(b.data, "<script"));
	assert_null(strstr(b.data, "alert('1')"));
}

static void
the_start_page_shows_the_mount(void **state)
{
	const struct page_frame	 f = { .conf = &plain, .lang = &lang_en,
				    .title = "Gateway" };
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 64 * 1024);
	page_start(&b, &f, "/cgi-bin/viaduct.cgi");
	assert_int_equal(count(b.data,
	    "fetch(\"/cgi-bin/viaduct.cgi/NAME/path?query\")"), 1);
	assert_null(strstr(b.data, "{{"));
	assert_non_null(strstr(b.data, "</html>\n"));
}

static void
a_small_buffer_fails_and_says_so(void **state)
{
	const struct page_fault	 x = { .lang = &lang_en, .why = ERR_DNS,
				    .request_id = id };
	struct buf		 b;

	(void)state;
	buf_init(&b, &arena, 100);
	page_error(&b, PAGE_HTML, &x);
	assert_true(buf_failed(&b));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_form_suits_the_caller),
		cmocka_unit_test(each_form_has_its_type),
		cmocka_unit_test(problem_json_has_every_member),
		cmocka_unit_test(text_is_one_line),
		cmocka_unit_test(only_the_targets_failures_are_the_splash),
		cmocka_unit_test(html_says_what_happened),
		cmocka_unit_test(nothing_is_loaded_from_elsewhere),
		cmocka_unit_test(a_filtered_path_has_the_operators_words),
		cmocka_unit_test(an_empty_contact_leaves_no_trace),
		cmocka_unit_test(hostile_values_stay_text),
		cmocka_unit_test(the_start_page_shows_the_mount),
		cmocka_unit_test(a_small_buffer_fails_and_says_so),
	};

	return cmocka_run_group_tests_name("pages", tests, setup, teardown);
}
