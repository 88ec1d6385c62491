#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "http/csp.h"
#include "tests/unit/fixture.h"

/* openssl dgst -sha256 -binary | base64, of "abc" and of nothing. */
#define ABC	"'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='"
#define NOTHING	"'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
#define LEAST	"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const struct { struct csp may; const char *want; } rows[] = {
	{ { 0 }, "default-src 'none'; style-src 'none'" LEAST },
	{ { .style = "abc" }, "default-src 'none'; style-src " ABC LEAST },
	{ { .script = "abc" }, "default-src 'none'; style-src 'none'; "
	    "connect-src 'self'; script-src " ABC LEAST },
	{ { .images = true }, "default-src 'none'; style-src 'none'; "
	    "img-src data:" LEAST },
	{ { .form = true }, "default-src 'none'; style-src 'none'; base-uri "
	    "'none'; form-action 'self'; frame-ancestors 'none'" },
};

static void
nothing_is_permitted_but_what_is_named(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_init(&b, &arena, 1024);
		csp_write(&b, &rows[i].may);
		assert_string_equal(b.data, rows[i].want);
	}
}

static const struct { const char *page, *sources; } pages[] = {
	{ "", "'none'" },
	{ "<p>abc</p>", "'none'" },
	{ "<style>abc</style>", ABC },
	{ "<STYLE media=\"all\"\n>abc</Style >", ABC },
	{ "<style>abc</style><style></style>", ABC " " NOTHING },
	{ "<styles>abc</styles>", "'none'" },
	{ "<style>abc", "'none'" },
	{ "<style", "'none'" },
	{ "<style>abc</styles>", "'none'" },
	{ "a < style> b", "'none'" },
};

static void
each_style_of_a_page_is_a_source(void **state)
{
	struct buf	 b, want;

	(void)state;
	for (size_t i = 0; i < ROWS(pages); i++) {
		const struct csp may = { .page = pages[i].page };

		buf_init(&b, &arena, 1024);
		csp_write(&b, &may);
		buf_init(&want, &arena, 1024);
		buf_fmt(&want, "default-src 'none'; style-src %s" LEAST,
		    pages[i].sources);
		assert_string_equal(b.data, want.data);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(nothing_is_permitted_but_what_is_named),
		cmocka_unit_test(each_style_of_a_page_is_a_source),
	};

	return cmocka_run_group_tests_name("csp", tests, setup, teardown);
}
