#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "tests/unit/fixture.h"

static const struct row { const char *in, *out; } html[] = {
	{ "", "" },
	{ "plain text, 100%", "plain text, 100%" },
	{ "<script>alert(1)</script>",
	    "&lt;script&gt;alert(1)&lt;/script&gt;" },
	{ "\"><img src=x onerror='y'>",
	    "&quot;&gt;&lt;img src=x onerror=&#39;y&#39;&gt;" },
	{ "a&b", "a&amp;b" },
	{ "&amp;", "&amp;amp;" },
	{ "<", "&lt;" },
	{ "end&", "end&amp;" },
	{ "\xc3\xa9", "\xc3\xa9" },
};

static void
html_markup_becomes_text(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(html); i++) {
		buf_init(&b, &arena, 1000);
		escape_html(&b, html[i].in);
		assert_string_equal(b.data, html[i].out);
	}
}

static const struct row json[] = {
	{ "", "" },
	{ "plain / text", "plain / text" },
	{ "say \"no\" \\ yes", "say \\\"no\\\" \\\\ yes" },
	{ "a\nb\tc\x01\x1f\x7f", "a\\u000ab\\u0009c\\u0001\\u001f\\u007f" },
	{ "</script>&", "\\u003c/script\\u003e\\u0026" },
	{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
	    "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\xc2\x9b" "2J\xc2\xa0", "\\u009b2J\xc2\xa0" },
	{ "\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xe2\x80\xa8",
	    "\\u202e\\u2066\\u061c\\u2028" },
	/* Alone, cut short, over-long, a surrogate, beyond U+10FFFF. */
	{ "\x80", "\\ufffd" },
	{ "\xff!", "\\ufffd!" },
	{ "\xc3", "\\ufffd" },
	{ "\xc3(", "\\ufffd(" },
	{ "\xe2\x82", "\\ufffd\\ufffd" },
	{ "\xe2\x82\"", "\\ufffd\\ufffd\\\"" },
	{ "\xc0\xae", "\\ufffd\\ufffd" },
	{ "\xe0\x80\xae", "\\ufffd\\ufffd\\ufffd" },
	{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },
	{ "\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "\xf5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "\xed\x9f\xbf", "\xed\x9f\xbf" },
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
};

static void
json_holds_no_markup_and_only_utf8(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(json); i++) {
		buf_init(&b, &arena, 1000);
		escape_json(&b, json[i].in);
		assert_string_equal(b.data, json[i].out);
	}
}

static const struct log_row { const char *in; size_t max; const char *out; }
log_rows[] = {
	{ NULL, 100, "-" },
	{ "", 100, "-" },
	{ "/a b?c", 100, "/a b?c" },
	{ "a\nforged 200", 100, "a\\x0Aforged 200" },
	{ "\x1b[31m", 100, "\\x1B[31m" },
	{ "\"\\", 100, "\\x22\\x5C" },
	{ "\x7f\x80\xff", 100, "\\x7F\\x80\\xFF" },
	{ "abcdef", 6, "abcdef" },
	{ "abcdefg", 6, "abcdef..." },
	{ "a\n\n\n", 5, "a\\x0A..." },
	{ "a\n", 4, "a..." },
	{ "abc", 0, "..." },
};

static void
a_log_field_is_one_line_of_print(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(log_rows); i++) {
		buf_init(&b, &arena, 1000);
		escape_log(&b, log_rows[i].in, log_rows[i].max);
		assert_string_equal(b.data, log_rows[i].out);
	}
}

static const struct log_row log_json[] = {
	{ "", 100, "" },
	{ "/a b?c&<d>'", 100, "/a b?c&<d>'" },
	{ "say \"no\" \\", 100, "say \\\"no\\\" \\\\" },
	{ "a\n\x1b[31m\x7f", 100, "a\\u000a\\u001b[31m\\u007f" },
	/* U+0080, U+07FF, U+0800, U+FFFF, U+10000, U+1F600, U+10FFFF */
	{ "\xc2\x80\xdf\xbf", 100, "\\u0080\\u07ff" },
	{ "\xe0\xa0\x80\xef\xbf\xbf", 100, "\\u0800\\uffff" },
	{ "\xf0\x90\x80\x80", 100, "\\ud800\\udc00" },
	{ "\xf0\x9f\x98\x80", 100, "\\ud83d\\ude00" },
	{ "\xf4\x8f\xbf\xbf", 100, "\\udbff\\udfff" },
	{ "\xff\xe2\x82!", 100, "\\ufffd\\ufffd\\ufffd!" },
	/* cut between characters, and not within an escape */
	{ "abcdef", 6, "abcdef" },
	{ "abcdefg", 6, "abcdef..." },
	{ "ab\"", 3, "ab..." },
	{ "a\xc3\xa9", 6, "a..." },
	{ "a\xc3\xa9", 7, "a\\u00e9" },
	{ "\xf0\x9f\x98\x80", 11, "..." },
};

static void
json_in_a_log_is_ascii_and_cut_between_characters(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(log_json); i++) {
		buf_init(&b, &arena, 1000);
		escape_log_json(&b, log_json[i].in, log_json[i].max);
		assert_string_equal(b.data, log_json[i].out);
	}
}

static void
no_byte_breaks_out(void **state)
{
	struct buf	 b;
	char		 text[] = "x?y";

	(void)state;
	for (int c = 1; c < 256; c++) {
		text[1] = (char)c;
		buf_init(&b, &arena, 100);
		escape_html(&b, text);
		assert_null(strpbrk(b.data, "<>\"'"));
		buf_init(&b, &arena, 100);
		escape_log(&b, text, 100);
		for (size_t i = 0; i < b.len; i++)
			assert_in_range(b.data[i], 0x20, 0x7e);
		assert_null(strchr(b.data, '"'));
		buf_init(&b, &arena, 100);
		escape_json(&b, text);
		for (size_t i = 0; i < b.len; i++)
			assert_in_range(b.data[i], 0x20, 0x7e);
		assert_null(strpbrk(b.data, "<>&"));
		buf_init(&b, &arena, 100);
		escape_log_json(&b, text, 100);
		for (size_t i = 0; i < b.len; i++)
			assert_in_range(b.data[i], 0x20, 0x7e);
	}
}

static void
a_word_has_no_blank(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 1000);
	escape_log_word(&b, "a b\tc\"", 100);
	assert_string_equal(b.data, "a\\x20b\\x09c\\x22");
}

static const struct row terminal[] = {
	{ "", "" },
	{ "Zo\xc3\xab \xe2\x82\xac", "Zo\xc3\xab \xe2\x82\xac" },
	{ "a\x1b[2J\x7f\n", "a?[2J??" },
	{ "\xc2\x80 \xc2\x9b" "1m \xc2\xa0", "? ?1m \xc2\xa0" },
	{ "\xc2", "?" },
	{ "a\x9b" "31mb", "a?31mb" },
	/* U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069. */
	{ "\xd8\x9c" "a\xe2\x80\x8e\xe2\x80\x8f" "b", "?a??b" },
	{ "\xe2\x80\xa8\xe2\x80\xae!\xe2\x81\xa6\xe2\x81\xa9", "??""!??" },
	/* Their neighbours. */
	{ "\xd8\x9b\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf",
	    "\xd8\x9b\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf" },
	{ "\xe2\x81\xa5\xe2\x81\xaa\xe2\x82\xae",
	    "\xe2\x81\xa5\xe2\x81\xaa\xe2\x82\xae" },
	{ "\xe2\x80", "??" },
	{ "\xe2", "?" },
};

static void
nothing_moves_a_terminal(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(terminal); i++) {
		buf_init(&b, &arena, 1000);
		escape_terminal(&b, terminal[i].in);
		assert_string_equal(b.data, terminal[i].out);
	}
}

static void
a_string_of_sql_ends_where_it_ends(void **state)
{
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 100);
	escape_sql(&b, "");
	escape_sql(&b, "it's '; --");
	assert_string_equal(b.data, "'''it''s ''; --'");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(html_markup_becomes_text),
		cmocka_unit_test(json_holds_no_markup_and_only_utf8),
		cmocka_unit_test(a_log_field_is_one_line_of_print),
		cmocka_unit_test(a_word_has_no_blank),
		cmocka_unit_test(nothing_moves_a_terminal),
		cmocka_unit_test(
		    json_in_a_log_is_ascii_and_cut_between_characters),
		cmocka_unit_test(a_string_of_sql_ends_where_it_ends),
		cmocka_unit_test(no_byte_breaks_out),
	};

	return cmocka_run_group_tests_name("escape", tests, setup, teardown);
}
