#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/buf.h"
#include "tests/unit/fixture.h"

static void
appends_follow_each_other(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 1000);
	assert_string_equal(b.data, "");
	buf_str(&b, "one");
	buf_char(&b, ' ');
	buf_add(&b, "two!", 3);
	buf_fmt(&b, " %d%s", 3, "");
	buf_add(&b, NULL, 0);
	buf_str(&b, "");
	assert_string_equal(b.data, "one two 3");
	assert_int_equal(b.len, 9);
	assert_false(buf_failed(&b));
}

static void
text_survives_every_growth(void **state)
{
	struct buf	 b;
	size_t		 i;

	(void)state;
	buf_init(&b, &arena, 100 * 1000);
	for (i = 0; i < 10000; i++) {
		buf_fmt(&b, "%05zu", i);
		assert_int_equal(b.data[b.len], 0);
	}
	assert_false(buf_failed(&b));
	assert_int_equal(b.len, 50000);
	for (i = 0; i < 10000; i++) {
		char want[16];

		snprintf(want, sizeof(want), "%05zu", i);
		assert_memory_equal(b.data + 5 * i, want, 5);
	}
}

static void
exactly_the_ceiling_fits(void **state)
{
	static const size_t	 max[] = { 1, 127, 128, 129, 256, 1000 };
	struct buf		 b;
	size_t			 i, j;

	(void)state;
	for (i = 0; i < sizeof(max) / sizeof(max[0]); i++) {
		buf_init(&b, &arena, max[i]);
		for (j = 0; j < max[i]; j++)
			buf_char(&b, 'x');
		assert_false(buf_failed(&b));
		assert_int_equal(strlen(b.data), max[i]);
		buf_char(&b, 'y');
		assert_true(buf_failed(&b));
		assert_int_equal(strlen(b.data), max[i]);
	}
}

static void
nothing_is_appended_after_a_failure(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 8);
	buf_str(&b, "abc");
	buf_str(&b, "too long");
	buf_str(&b, "d");
	buf_char(&b, 'e');
	buf_fmt(&b, "%d", 1);
	assert_true(buf_failed(&b));
	assert_string_equal(b.data, "abc");
	assert_int_equal(b.len, 3);

	buf_init(&b, &arena, 0);
	buf_str(&b, "");
	assert_false(buf_failed(&b));
	buf_char(&b, 'x');
	assert_true(buf_failed(&b));
	assert_string_equal(b.data, "");
}

static void
a_format_that_does_not_fit_leaves_no_half(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 10);
	buf_fmt(&b, "%s", "12345");
	buf_fmt(&b, "%s", "678901");
	assert_true(buf_failed(&b));
	assert_string_equal(b.data, "12345");
}

static void
a_format_goes_where_there_is_room(void **state)
{
	struct buf	 b;
	char		 wide[300];

	(void)state;
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	for (int n = 0; n < 299; n++) {
		buf_init(&b, &arena, 1000);
		buf_fmt(&b, "%.*s", n, wide);
		buf_fmt(&b, "%s", wide);
		buf_fmt(&b, "%s", "");
		assert_int_equal(b.len, n + 299);
		assert_int_equal(strspn(b.data, "w"), n + 299);
	}
}

static void
a_full_arena_is_a_failure(void **state)
{
	struct arena	 small;
	struct buf	 b;

	(void)state;
	arena_init(&small, 256);
	buf_init(&b, &small, 10000);
	while (!buf_failed(&b))
		buf_str(&b, "0123456789");
	assert_int_equal(b.len % 10, 0);
	assert_in_range(b.len, 100, 256);
	assert_int_equal(strlen(b.data), b.len);
	arena_free(&small);
}

static void
memory_of_the_caller_is_filled_to_its_end(void **state)
{
	char		 memory[9] = "????????";
	struct buf	 b;

	(void)state;
	buf_within(&b, memory, sizeof(memory) - 1);
	assert_string_equal(memory, "");
	buf_str(&b, "1234");
	buf_number(&b, 567);
	assert_string_equal(memory, "1234567");
	assert_int_equal(memory[8], '\0');
	buf_char(&b, '8');
	assert_true(buf_failed(&b));
	assert_string_equal(memory, "1234567");
}

static void
what_is_reserved_needs_no_more_memory(void **state)
{
	size_t		 used;
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 1000);
	buf_str(&b, "abc");
	buf_reserve(&b, 500);
	assert_string_equal(b.data, "abc");
	used = arena.used_bytes;
	for (int i = 0; i < 500; i++)
		buf_char(&b, 'x');
	assert_int_equal(arena.used_bytes, used);
	buf_reserve(&b, 5000);		/* the ceiling stays */
	assert_false(buf_failed(&b));
	for (int i = 0; i < 497; i++)
		buf_char(&b, 'x');
	assert_false(buf_failed(&b));
	buf_char(&b, 'x');
	assert_true(buf_failed(&b));
}

static void
room_is_for_the_caller_to_write(void **state)
{
	struct buf	 b;
	char		*to;

	(void)state;
	buf_init(&b, &arena, 10);
	buf_str(&b, "ab");
	to = buf_more(&b, 3);
	assert_non_null(to);
	memcpy(to, "cde", 3);
	buf_char(&b, 'f');
	assert_string_equal(b.data, "abcdef");
	assert_null(buf_more(&b, 5));
	assert_true(buf_failed(&b));
	assert_string_equal(b.data, "abcdef");
}

static void
bytes_are_added_as_they_are(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 100);
	buf_add(&b, "a\0b", 3);
	buf_char(&b, (char)0xff);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "a\0b\xff\0", 5);
}

static void
numbers_are_decimal(void **state)
{
	static const struct { int64_t n; const char *out; } rows[] = {
		{ 0, "0" }, { 9, "9" }, { 10, "10" }, { -1, "-1" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_init(&b, &arena, 100);
		buf_number(&b, rows[i].n);
		assert_string_equal(b.data, rows[i].out);
	}
}

static void
thousandths_have_three_decimals(void **state)
{
	static const struct { int64_t n; const char *out; } rows[] = {
		{ 0, "0.000" }, { 7, "0.007" }, { 1234, "1.234" },
		{ 60000, "60.000" }, { -1, "0.000" },
		{ INT64_MAX, "9223372036854775.807" },
	};
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_init(&b, &arena, 100);
		buf_thousandths(&b, rows[i].n);
		assert_string_equal(b.data, rows[i].out);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(appends_follow_each_other),
		cmocka_unit_test(text_survives_every_growth),
		cmocka_unit_test(exactly_the_ceiling_fits),
		cmocka_unit_test(nothing_is_appended_after_a_failure),
		cmocka_unit_test(a_format_that_does_not_fit_leaves_no_half),
		cmocka_unit_test(a_format_goes_where_there_is_room),
		cmocka_unit_test(a_full_arena_is_a_failure),
		cmocka_unit_test(memory_of_the_caller_is_filled_to_its_end),
		cmocka_unit_test(what_is_reserved_needs_no_more_memory),
		cmocka_unit_test(room_is_for_the_caller_to_write),
		cmocka_unit_test(bytes_are_added_as_they_are),
		cmocka_unit_test(numbers_are_decimal),
		cmocka_unit_test(thousandths_have_three_decimals),
	};

	return cmocka_run_group_tests_name("buf", tests, setup, teardown);
}
