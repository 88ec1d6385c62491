#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/json.h"
#include "tests/unit/fixture.h"

static void
commas_stand_between_pieces(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 1000);
	json_open(&b, NULL, '{');
	json_text(&b, "a", "{");	/* no bracket of ours */
	json_null(&b, "b");
	json_open(&b, "c", '[');
	json_number(&b, NULL, -1);
	json_number(&b, NULL, INT64_MAX);
	json_close(&b, ']');
	json_open(&b, "d", '{');
	json_close(&b, '}');
	json_truth(&b, "e", true);
	json_truth(&b, "f", false);
	json_ms(&b, "g", 1234567);
	json_close(&b, '}');
	assert_string_equal(b.data, "{\"a\":\"{\",\"b\":null,\"c\":[-1,"
	    "9223372036854775807],\"d\":{},\"e\":true,\"f\":false,"
	    "\"g\":1234.567}");
}

static void
objects_of_an_array_begin_lines(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 1000);
	json_open(&b, NULL, '[');
	for (int i = 0; i < 2; i++) {
		json_open(&b, NULL, '{');
		json_text(&b, "x", NULL);
		json_close(&b, '}');
	}
	json_text(&b, NULL, "\"<\x1b");
	json_close(&b, ']');
	assert_string_equal(b.data, "[\n{\"x\":null},\n{\"x\":null},"
	    "\"\\\"\\u003c\\u001b\"]");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(commas_stand_between_pieces),
		cmocka_unit_test(objects_of_an_array_begin_lines),
	};

	return cmocka_run_group_tests_name("json", tests, setup, teardown);
}
