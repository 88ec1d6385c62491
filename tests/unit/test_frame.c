#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/embedded.h"
#include "client/frame.h"
#include "client/lang.h"
#include "core/arena.h"
#include "core/buf.h"
#include "store/conf.h"
#include "tests/unit/fixture.h"

static const struct conf	 conf = { .app_name = "A & B" };

static const char *
page(const struct page_frame *f)
{
	struct buf	 b;

	arena_reset(&arena);
	buf_init(&b, &arena, 64 * 1024);
	page_open(&b, f);
	page_close(&b, f);
	assert_false(buf_failed(&b));
	return b.data;
}

static const char *
policy(const struct page_frame *f)
{
	struct buf	 b;

	arena_reset(&arena);
	buf_init(&b, &arena, 1024);
	page_policy(&b, f);
	assert_false(buf_failed(&b));
	return b.data;
}

static void
a_title_names_page_and_program(void **state)
{
	(void)state;
	assert_non_null(strstr(page(&(struct page_frame){ .conf = &conf,
	    .title = "<Error>" }),
	    "<title>&lt;Error&gt; \xe2\x80\x93 A &amp; B</title>"));
	assert_non_null(strstr(page(&(struct page_frame){ .title = "T" }),
	    "<title>T \xe2\x80\x93 Viaduct</title>"));
}

static void
a_page_says_its_language(void **state)
{
	struct lang		 german = lang_en;
	struct conf		 c = conf;
	const struct page_frame	 f = { .conf = &c, .title = "T",
				    .lang = &german };

	(void)state;
	assert_non_null(strstr(page(&(struct page_frame){ .title = "T" }),
	    "<html lang=\"en\">"));
	german.tag = "de";
	german.text[TEXT_CONTACT] = "Kontakt:";
	c.contact = "a@b.example";
	assert_non_null(strstr(page(&f), "<html lang=\"de\">"));
	assert_non_null(strstr(page(&f), "<p>Kontakt: <a"));
}

static const struct { const char *contact, *shown; } contacts[] = {
	{ "ops@example.org",
	    "<a href=\"mailto:ops@example.org\">ops@example.org</a>" },
	{ "a?bcc=b&c%d#+@x.example", "<a href=\"mailto:a%3Fbcc%3Db%26c%25d%23"
	    "+@x.example\">a?bcc=b&amp;c%d#+@x.example</a>" },
	{ "\xc3\xa9@x.example",
	    "<a href=\"mailto:%C3%A9@x.example\">\xc3\xa9@x.example</a>" },
	{ "https://a.example/?b=c&d=\"", "<a href=\"https://a.example/?b=c"
	    "&amp;d=%22\">https://a.example/?b=c&amp;d=&quot;</a>" },
	{ "HTTP://u@a.example/",
	    "<a href=\"HTTP://u@a.example/\">HTTP://u@a.example/</a>" },
	/* The settings let none of these through; a page no more. */
	{ "javascript:alert(1)", "Contact: javascript:alert(1)</p>" },
	{ "data:text/html,a@b", "Contact: data:text/html,a@b</p>" },
	{ "room 12", "Contact: room 12</p>" },
};

static void
a_contact_is_a_link_where_it_can_be(void **state)
{
	struct conf	 c = conf;

	(void)state;
	for (size_t i = 0; i < ROWS(contacts); i++) {
		const struct page_frame	 f = { .conf = &c, .title = "T" };

		c.contact = contacts[i].contact;
		assert_non_null(strstr(page(&f), contacts[i].shown));
	}
	c.contact = "";
	assert_null(strstr(page(&(struct page_frame){ .conf = &c,
	    .title = "T" }), "<footer"));
}

static void
a_policy_permits_what_the_frame_names(void **state)
{
	static const char	 script[] = "alert(\"1 < 2\")";

	(void)state;
	assert_non_null(strstr(policy(&(struct page_frame){ 0 }),
	    "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
	assert_null(strstr(policy(&(struct page_frame){ 0 }), "-src 'self'"));
	assert_null(strstr(policy(&(struct page_frame){ 0 }), "script-src"));
	assert_non_null(strstr(policy(&(struct page_frame){ .form = true }),
	    "; form-action 'self'; "));
	assert_non_null(strstr(policy(&(struct page_frame){
	    .script = script }), "; connect-src 'self'; script-src 'sha256-"
	    "UopxT0HIPI75rcdP7BKHm3FQaca97CiX2WCo3Lg35Ho='; "));
	assert_non_null(strstr(page(&(struct page_frame){ .title = "T",
	    .script = script }), "<script>alert(\"1 < 2\")</script>\n"
	    "</body>"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_title_names_page_and_program),
		cmocka_unit_test(a_page_says_its_language),
		cmocka_unit_test(a_contact_is_a_link_where_it_can_be),
		cmocka_unit_test(a_policy_permits_what_the_frame_names),
	};

	return cmocka_run_group_tests_name("frame", tests, setup, teardown);
}
