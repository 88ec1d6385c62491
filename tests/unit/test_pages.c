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

static char	 policy[1024];		/* of what page_in() made last */

static const char *
page_in(enum page_form form, const struct page_fault *x)
{
	struct buf	 b, p;

	arena_reset(&arena);
	buf_init(&b, &arena, 64 * 1024);
	buf_init(&p, &arena, sizeof(policy));
	page_error(&b, &p, form, x);
	assert_false(buf_failed(&b) || buf_failed(&p));
	memcpy(policy, p.data, p.len + 1);
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
	{ "video/webm,audio/ogg,*/*;q=0.8", "no-cors", NULL, PAGE_TEXT },
	{ "text/plain", "cors", "https://a.example", PAGE_TEXT },
	{ "text/*", NULL, NULL, PAGE_TEXT },
	/* Images: of Chromium, Firefox, older ones of both, Safari. */
	{ "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
	    "no-cors", NULL, PAGE_IMAGE },
	{ "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,"
	    "*/*;q=0.5", "cors", "https://a.example", PAGE_IMAGE },
	{ "image/avif,image/webp,*/*;q=0.8", "no-cors", NULL, PAGE_IMAGE },
	{ "image/webp,image/*,*/*;q=0.8", NULL, NULL, PAGE_IMAGE },
	{ "image/webp,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,"
	    "*/*;q=0.5", "no-cors", NULL, PAGE_IMAGE },
	{ "Image/*", NULL, NULL, PAGE_IMAGE },
	{ "image/svg+xml", NULL, NULL, PAGE_IMAGE },
	{ "image/*, text/html;q=0.1", NULL, NULL, PAGE_HTML },
	{ "image/*, application/json;q=0.1", NULL, NULL, PAGE_PROBLEM },
	/* Not of this kind, or of no kind at all. */
	{ "image/png", NULL, "https://a.example", PAGE_TEXT },
	{ "image/*;q=0", NULL, NULL, PAGE_TEXT },
	{ "image/*, image/svg+xml;q=0", NULL, NULL, PAGE_TEXT },
	{ "image/svg+xml;q=0, image/*", NULL, NULL, PAGE_TEXT },
	{ "image/png, image/*;q=0, */*", NULL, NULL, PAGE_TEXT },
	{ "image/png, */*;q=0", NULL, NULL, PAGE_TEXT },
	/* By weight. */
	{ "text/html;q=0", NULL, NULL, PAGE_TEXT },
	{ "text/html;q=0, */*", "cors", "https://a.example", PAGE_PROBLEM },
	{ "text/html;q=0.0, application/json", NULL, NULL, PAGE_PROBLEM },
	{ "text/html;q=0", "navigate", NULL, PAGE_HTML },
	{ "text/html;q=0.5, application/json", NULL, NULL, PAGE_PROBLEM },
	{ "application/json;q=0.5, text/html", NULL, NULL, PAGE_HTML },
	{ "application/json, text/html", NULL, NULL, PAGE_HTML },
	{ "application/json;q=0", NULL, NULL, PAGE_TEXT },
	{ "application/json;q=0, application/problem+json;q=0.1", NULL, NULL,
	    PAGE_PROBLEM },
	{ "*/*;q=0", "cors", "https://a.example", PAGE_TEXT },
	/* Names that only look alike. */
	{ "text/html5, application/jsonp, x-image/png", NULL, NULL,
	    PAGE_TEXT },
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
	assert_string_equal(page_type(PAGE_IMAGE),
	    "image/svg+xml; charset=utf-8");
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
a_filtered_path_is_no_other_refusal(void **state)
{
	enum err	 e;

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++)
		assert_int_equal(count(page(PAGE_HTML, &plain, e), "<h1>This "
		    "address cannot be reached from here</h1>"),
		    e == ERR_FILTERED_PATH ? 1 : 0);
}

/* As a reader sees it: title, heading, sentences. */
static void
a_page_is_in_its_language(void **state)
{
	struct lang		 other = lang_en;
	struct conf		 conf = plain;
	struct page_fault	 c = { .why = ERR_DNS, .conf = &conf,
				    .request_id = id, .lang = &other };
	const char		*text;

	(void)state;
	other.tag = "x-test";
	for (size_t i = 0; i < TEXT__MAX; i++)
		other.text[i] = "***";
	for (enum err e = OK + 1; e < ERR__MAX; e++)
		other.rule[e] = "+++";
	text = page_in(PAGE_HTML, &c);
	assert_int_equal(count(text, "<html lang=\"x-test\">"), 1);
	assert_int_equal(count(text, "***"), 6);
	assert_int_equal(count(text, ">+++</p>"), 1);
	assert_null(strstr(text, "Gateway error"));
	conf.general_error = "Ours";
	assert_non_null(strstr(page_in(PAGE_HTML, &c), "<title>Ours "));
	/* What programs read is English. */
	assert_null(strstr(page_in(PAGE_TEXT, &c), "+++"));
	assert_null(strstr(page_in(PAGE_PROBLEM, &c), "+++"));
}

static const struct {
	enum err	 e;
	int64_t		 down_s;
	int		 again_s;
	int64_t		 pause_ms;
} waits[] = {
	{ ERR_DNS, -1, 5 }, { ERR_DNS, 0, 5 }, { ERR_DNS, 29, 5 },
	{ ERR_DNS, 30, 10 }, { ERR_DNS, 59, 10 }, { ERR_DNS, 60, 30 },
	{ ERR_DNS, 299, 30 }, { ERR_DNS, 300, 60 }, { ERR_DNS, 899, 60 },
	{ ERR_DNS, 900, 120 }, { ERR_DNS, 3599, 120 }, { ERR_DNS, 3600, 300 },
	{ ERR_DNS, INT64_MAX - 1, 300 },
	{ ERR_CONNECTION_REFUSED, -1, 5 }, { ERR_RESPONSE_TIMEOUT, 60, 30 },
	{ ERR_BAD_RESPONSE, -1, 5 }, { ERR_TLS_CERTIFICATE, 60, 30 },
	/* What time does not mend. */
	{ ERR_ADDRESS_PROHIBITED, -1, 0 }, { ERR_BODY_TOO_LARGE, -1, 0 },
	{ ERR_HEAD_TOO_LARGE, 60, 0 }, { ERR_UPGRADE, -1, 0 },
	{ ERR_LOOP, -1, 0 }, { ERR_NO_ROUTE, -1, 0 }, { ERR_INTERNAL, -1, 0 },
	{ ERR_RATE_LIMITED, -1, 0 },
	/* The gateway itself. */
	{ ERR_ROUTE_BUSY, -1, 5 }, { ERR_CONFIGURATION, 9999, 5 },
	/* A target that is not asked for a while. */
	{ ERR_TARGET_DOWN, 0, 10, 10000 }, { ERR_TARGET_DOWN, 9, 7, 6001 },
	{ ERR_TARGET_DOWN, 9, 5, 200 }, { ERR_TARGET_DOWN, -1, 5, 0 },
	{ ERR_TARGET_DOWN, 299, 30, 10000 }, { ERR_TARGET_DOWN, 7200, 300, 1 },
};

static void
who_asks_again_asks_the_more_rarely(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(waits); i++)
		assert_int_equal(page_again_s(waits[i].e, waits[i].down_s,
		    waits[i].pause_ms), waits[i].again_s);
}

static void
only_a_splash_page_loads_itself_again(void **state)
{
	struct page_fault	 c = { .conf = &plain, .lang = &lang_en,
				    .request_id = id, .reload = true };
	const char		*text;
	bool			 again;

	(void)state;
	for (c.why = OK + 1; c.why < ERR__MAX; c.why++) {
		c.again_s = page_again_s(c.why, -1, 0);
		again = err_from_target(c.why) && c.again_s > 0;
		text = page_in(PAGE_HTML, &c);
		assert_int_equal(page_reloads(&c), again);
		assert_int_equal(count(text, "by itself in 5 seconds."),
		    again ? 1 : 0);
	}
	c.why = ERR_DNS;
	c.again_s = 120;
	text = page_in(PAGE_HTML, &c);
	assert_int_equal(count(text, "by itself in 2 minutes."), 1);
	c.reload = false;
	text = page_in(PAGE_HTML, &c);
	assert_false(page_reloads(&c));
	assert_null(strstr(text, "by itself"));
}

static void
the_operators_pages_take_the_place_of_ours(void **state)
{
	struct conf		 conf = plain;
	const struct page_fault	 x = { .conf = &conf, .lang = &lang_en,
				    .why = ERR_DNS, .request_id = id,
				    .again_s = 30, .reload = true };

	(void)state;
	conf.app_name = "<A>";
	conf.templates[TEMPLATE_SPLASH].text = "{{app_name}}|{{general_error}}"
	    "|{{contact}}|{{contact_url}}|{{lang}}|{{status}}|{{reason}}|"
	    "{{heading}}|{{again}}|{{rule}}|{{request_id}}";
	conf.templates[TEMPLATE_SPLASH].policy = "p";
	conf.templates[TEMPLATE_FILTERED].text = "[{{message}}]";
	conf.templates[TEMPLATE_FILTERED].policy = "f";
	assert_string_equal(page_in(PAGE_HTML, &x), "&lt;A&gt;|Gateway error|"
	    "ops@example.org|mailto:ops@example.org|en|502|Bad Gateway|The "
	    "site behind this address is not available|This page asks again "
	    "by itself in 30 seconds.|dns|0123456789ab4def8123456789abcdef");
	assert_string_equal(policy, "p");
	assert_string_equal(page(PAGE_HTML, &conf, ERR_FILTERED_PATH),
	    "[Not for &lt;you&gt;.]");
	assert_string_equal(policy, "f");
	/* The others are as they were; so are other forms. */
	assert_int_equal(count(page(PAGE_HTML, &conf, ERR_NO_ROUTE),
	    "<h1>"), 1);
	assert_int_equal(count(page(PAGE_TEXT, &conf, ERR_DNS), "|"), 0);
	assert_int_equal(count(page(PAGE_IMAGE, &conf, ERR_DNS), "<svg"), 1);
	conf.templates[TEMPLATE_ERROR].text = "e";
	conf.templates[TEMPLATE_ERROR].policy = "e";
	assert_string_equal(page(PAGE_HTML, &conf, ERR_NO_ROUTE), "e");
	assert_string_equal(page(PAGE_HTML, &conf, ERR_INTERNAL), "e");
}

static void
a_page_that_grows_too_large_gives_way(void **state)
{
	static char	 large[65 * 1024];
	struct conf	 conf = plain;

	(void)state;
	memset(large, 'a', sizeof(large) - 1);
	conf.templates[TEMPLATE_ERROR].text = large;
	conf.templates[TEMPLATE_ERROR].policy = "e";
	assert_int_equal(count(page(PAGE_HTML, &conf, ERR_NO_ROUTE),
	    "<h1>This request was not carried out</h1>"), 1);
	assert_int_equal(count(policy, "default-src 'none'"), 1);
}

static void
an_image_shows_the_status(void **state)
{
	enum err	 e;
	char		 want[80];

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++) {
		const char *text = page(PAGE_IMAGE, NULL, e);

		snprintf(want, sizeof(want), "<title id=\"t\">%d %s</title>",
		    err_status(e), page_reason(err_status(e)));
		assert_non_null(strstr(text, want));
		assert_null(strstr(text, "{{"));
		assert_null(strstr(text, "href"));
		assert_int_equal(count(policy, "sha256-"), 1);
		assert_int_equal(count(policy, "default-src 'none'; "), 1);
	}
}

static void
only_what_is_shown_has_a_policy(void **state)
{
	(void)state;
	page(PAGE_PROBLEM, &plain, ERR_DNS);
	assert_string_equal(policy, "");
	page(PAGE_TEXT, &plain, ERR_DNS);
	assert_string_equal(policy, "");
	page(PAGE_HTML, &plain, ERR_DNS);
	assert_int_equal(count(policy, "sha256-"), 1);
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
}

static void
a_small_buffer_fails_and_says_so(void **state)
{
	const struct page_fault	 x = { .lang = &lang_en, .why = ERR_DNS,
				    .request_id = id };
	struct buf		 b, p;

	(void)state;
	buf_init(&b, &arena, 100);
	buf_init(&p, &arena, 100);
	page_error(&b, &p, PAGE_HTML, &x);
	assert_true(buf_failed(&b));
	assert_true(buf_failed(&p));
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
		cmocka_unit_test(a_filtered_path_is_no_other_refusal),
		cmocka_unit_test(a_page_is_in_its_language),
		cmocka_unit_test(who_asks_again_asks_the_more_rarely),
		cmocka_unit_test(only_a_splash_page_loads_itself_again),
		cmocka_unit_test(the_operators_pages_take_the_place_of_ours),
		cmocka_unit_test(a_page_that_grows_too_large_gives_way),
		cmocka_unit_test(an_image_shows_the_status),
		cmocka_unit_test(only_what_is_shown_has_a_policy),
		cmocka_unit_test(an_empty_contact_leaves_no_trace),
		cmocka_unit_test(hostile_values_stay_text),
		cmocka_unit_test(the_start_page_shows_the_mount),
		cmocka_unit_test(a_small_buffer_fails_and_says_so),
	};

	return cmocka_run_group_tests_name("pages", tests, setup, teardown);
}
