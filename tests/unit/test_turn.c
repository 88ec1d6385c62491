#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/redirect.h"
#include "http/turn.h"
#include "http/url.h"
#include "tests/unit/fixture.h"

static const struct redirect_route	 route = {
	.base = "http://back.example/v1?key=SECRET123", .mount = "/p",
	.name = "api",
};

/* What becomes of it in an answer of /v1/a/b. */
static const char *
turned(const char *(*turn)(struct arena *, const struct url *, const char *,
    const struct redirect_route *), struct arena *a, const char *value)
{
	struct url	 from;
	const char	*why;

	print_message("# %s\n", value);
	assert_int_equal(url_split(&arena, "http://back.example/v1/a/b", &from,
	    &why), OK);
	return turn(a, &from, value, &route);
}

static const struct { const char *value, *want; } refreshes[] = {
	{ "5", "5" }, { "0.5", "0.5" }, { "5;", "5" }, { "5; url=", "5" },
	{ "0;url=http://back.example/v1/x", "0;url=/p/api/x" },
	{ "0; URL = '/v1/x' y", "0;url=/p/api/x" },
	{ "0, url=\"/v1/x?q\"", "0;url=/p/api/x?q" },
	{ "0 /v1/x", "0;url=/p/api/x" },
	{ "0;/v1/x", "0;url=/p/api/x" },
	{ "3;url=c", "3;url=/p/api/a/c" },
	{ "3;url", "3;url=/p/api/a/url" },
	{ "3;url=/v1/x?key=SECRET123#f", "3;url=/p/api/x#f" },
	{ "0;url=https://other.example/x", "0;url=https://other.example/x" },
	{ "0;url=https://other.example/?k=SECRET123", NULL },
	{ "0;url=javascript:alert(1)", NULL },
	{ "0;url=/v1/a b", NULL },
	{ "url=http://back.example/v1/x", NULL },
	{ "0x;url=http://back.example/v1/x", NULL },
	{ "", NULL },
};

static void
a_page_refreshes_to_where_it_is_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(refreshes); i++)
		assert_text(turned(turn_refresh, &arena, refreshes[i].value),
		    refreshes[i].want);
}

static const struct { const char *value, *want; } links[] = {
	{ "", "" },
	{ "<http://back.example/v1/x.css>; rel=preload; as=style",
	    "</p/api/x.css>; rel=preload; as=style" },
	{ "</v1/x>; title=\"a, <b\\\" \"; rel=next, <c>; rel=prev,<?d>",
	    "</p/api/x>; title=\"a, <b\\\" \"; rel=next, </p/api/a/c>; "
	    "rel=prev,</p/api/a/b?d>" },
	{ "<https://other.example/x>; rel=preconnect",
	    "<https://other.example/x>; rel=preconnect" },
	{ "</v1/x?key=SECRET123&a>; rel=next", "</p/api/x?a>; rel=next" },
	{ "</v1/x>, <https://other.example/SECRET123>", NULL },
	{ "</v1/x>, <mailto:a@back.example>", NULL },
	{ "</v1/x", NULL },
	{ "</v1/x>; title=\"a", NULL },
};

static void
a_page_links_to_where_it_is_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(links); i++)
		assert_text(turned(turn_links, &arena, links[i].value),
		    links[i].want);
}

static void
without_memory_there_is_none(void **state)
{
	struct arena	 none;

	(void)state;
	arena_init(&none, 0);
	assert_null(turned(turn_refresh, &none, "5"));
	assert_null(turned(turn_refresh, &none, "0;url=/v1/x"));
	assert_null(turned(turn_links, &none, "</v1/x>"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_page_refreshes_to_where_it_is_here),
		cmocka_unit_test(a_page_links_to_where_it_is_here),
		cmocka_unit_test(without_memory_there_is_none),
	};

	return cmocka_run_group_tests_name("turn", tests, setup, teardown);
}
