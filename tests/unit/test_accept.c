#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/accept.h"
#include "tests/unit/fixture.h"

static const struct { const char *field, *ranges; } rows[] = {
	{ "", "" },
	{ "text/html", "text/html 1000;" },
	{ " text/html , */* ;q=0.8", "text/html 1000;*/* 800;" },
	{ "text/html;q=0", "text/html 0;" },
	{ "text/html; Q=0.5", "text/html 500;" },
	{ "text/html ;\tq=0.123 ,a/b", "text/html 123;a/b 1000;" },
	{ "text/html;level=1;q=0.4", "text/html 400;" },
	{ "text/html;q=0.4;level=1", "text/html 400;" },
	{ "text/html;q=0.4;q=1", "text/html 400;" },
	/* No weight, no range. */
	{ "text/html;q=", "" },
	{ "text/html;q=2, a/b", "a/b 1000;" },
	{ "text/html;q=0.1234", "" },
	{ "text/html;q=-1", "" },
	{ "text/html;q=1.001", "" },
	{ "html, a/b", "a/b 1000;" },
	{ ";q=1", "" },
	{ ";", "" },
	{ "a/b;", "a/b 1000;" },
	{ ",,a/b,,", "a/b 1000;" },
};

static void
a_field_is_a_list_of_ranges(void **state)
{
	struct accept_range	 r;
	const char		*list;
	struct buf		 b;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_init(&b, &arena, 1000);
		list = rows[i].field;
		while (accept_next(&list, &r))
			buf_fmt(&b, "%.*s %d;", (int)r.len, r.type, r.weight);
		assert_string_equal(b.data, rows[i].ranges);
	}
}

static const struct { const char *type; bool html, image, json; } types[] = {
	{ "text/html", true, false, false },
	{ "Text/HTML", true, false, false },
	{ "text/htm", false, false, false },
	{ "text/html5", false, false, false },
	{ "image/png", false, true, false },
	{ "IMAGE/x", false, true, false },
	{ "image/", false, false, false },
	{ "application/json", false, false, true },
	{ "application/problem+JSON", false, false, true },
	{ "text/json", false, false, true },
	{ "application/jsonp", false, false, false },
	{ "application/xjson", false, false, false },
	{ "/json", false, false, false },
	{ "*/*", false, false, false },
};

static void
a_range_is_of_its_type_alone(void **state)
{
	struct accept_range	 r;
	const char		*list;

	(void)state;
	for (size_t i = 0; i < ROWS(types); i++) {
		list = types[i].type;
		assert_true(accept_next(&list, &r));
		assert_int_equal(accept_is(&r, "text/html"), types[i].html);
		assert_int_equal(accept_begins(&r, "image/"), types[i].image);
		assert_int_equal(accept_is_json(&r), types[i].json);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_field_is_a_list_of_ranges),
		cmocka_unit_test(a_range_is_of_its_type_alone),
	};

	return cmocka_run_group_tests_name("accept", tests, setup, teardown);
}
