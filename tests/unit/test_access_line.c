#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/buf.h"
#include "store/access_line.h"
#include "tests/unit/fixture.h"
#include "tests/unit/json.h"

#define START	1000000000123
#define WHEN	"[09/Sep/2001:03:46:40 +0200]"

static const struct row { struct access x; const char *combined, *json; }
rows[] = {
	{ { .id = "0123456789abcdef0123456789abcdef", .peer = "192.0.2.1",
	    .user = "aaaaaaaa", .method = "GET", .path = "/v/feed/x",
	    .protocol = "HTTP/1.1", .origin = "https://p.example",
	    .referer = "https://p.example/a", .user_agent = "Mozilla/5.0",
	    .route = "feed", .target = "https://t.example:8443",
	    .status = 200, .body_bytes = 1234, .upload_bytes = 5,
	    .start_ms = START, .total_us = 1234567, .target_us = 1200001,
	    .target_first_us = 999 },
	    "192.0.2.1 - aaaaaaaa " WHEN " \"GET /v/feed/x HTTP/1.1\" 200 1234"
	    " \"https://p.example/a\" \"Mozilla/5.0\" feed - 1.200 1.234 "
	    "0123456789abcdef0123456789abcdef\n",
	    "{\"time\":\"2001-09-09T01:46:40.123Z\","
	    "\"id\":\"0123456789abcdef0123456789abcdef\","
	    "\"client\":\"192.0.2.1\",\"user\":\"aaaaaaaa\","
	    "\"method\":\"GET\",\"path\":\"/v/feed/x\","
	    "\"protocol\":\"HTTP/1.1\",\"origin\":\"https://p.example\","
	    "\"referer\":\"https://p.example/a\","
	    "\"user_agent\":\"Mozilla/5.0\",\"route\":\"feed\","
	    "\"target\":\"https://t.example:8443\",\"status\":200,"
	    "\"rule\":null,\"cause\":null,\"cut\":false,\"bytes\":1234,"
	    "\"upload_bytes\":5,\"target_first_ms\":0.999,"
	    "\"target_ms\":1200.001,\"total_ms\":1234.567}\n" },
	/* nothing is known, and nobody was asked */
	{ { .status = 400, .start_ms = 1000000000000, .total_us = 1 },
	    "- - - " WHEN " \"- - -\" 400 0 \"-\" \"-\" - - - 0.000 -\n",
	    "{\"time\":\"2001-09-09T01:46:40.000Z\",\"id\":null,"
	    "\"client\":null,\"user\":null,\"method\":null,\"path\":null,"
	    "\"protocol\":null,\"origin\":null,\"referer\":null,"
	    "\"user_agent\":null,\"route\":null,\"target\":null,"
	    "\"status\":400,\"rule\":null,\"cause\":null,\"cut\":false,"
	    "\"bytes\":0,\"upload_bytes\":0,\"target_first_ms\":null,"
	    "\"target_ms\":null,\"total_ms\":0.001}\n" },
	/* queries, fragments and passwords are secrets; so may be what was
	 * withheld from the caller, who has no part in this file */
	{ { .peer = "::1", .method = "GET", .path = "/f?key=secret",
	    .referer = "https://p.example/a?token=secret#secret",
	    .rule = "destination_unavailable", .cause = "dns", .status = 502,
	    .start_ms = START, .total_us = 2000, .target_us = 999 },
	    "::1 - - " WHEN " \"GET /f -\" 502 0 \"https://p.example/a\" "
	    "\"-\" - destination_unavailable 0.000 0.002 -\n",
	    "{\"time\":\"2001-09-09T01:46:40.123Z\",\"id\":null,"
	    "\"client\":\"::1\",\"user\":null,\"method\":\"GET\","
	    "\"path\":\"/f\",\"protocol\":null,\"origin\":null,"
	    "\"referer\":\"https://p.example/a\",\"user_agent\":null,"
	    "\"route\":null,\"target\":null,\"status\":502,"
	    "\"rule\":\"destination_unavailable\",\"cause\":\"dns\","
	    "\"cut\":false,\"bytes\":0,\"upload_bytes\":0,"
	    "\"target_first_ms\":null,\"target_ms\":0.999,"
	    "\"total_ms\":2.000}\n" },
	{ { .peer = "::1", .method = "GET", .path = "/f",
	    .referer = "https://me:secret@p.example/a", .route = "feed",
	    .rule = "read_timeout", .cut = true, .status = 200,
	    .start_ms = START },
	    "::1 - - " WHEN " \"GET /f -\" 200 0 \"-\" \"-\" feed "
	    "read_timeout - 0.000 -\n", NULL },
	/* nothing of a client's makes a line, moves a terminal, or shifts what
	 * stands behind it */
	{ { .peer = "::1", .user = "root [1]\n", .method = "GET",
	    .path = "/a\nforged \"line\"", .user_agent = "\x1b[2J\\ \xff\r",
	    .status = 200, .start_ms = START },
	    "::1 - root\\x20[1]\\x0A " WHEN " \"GET /a\\x0Aforged "
	    "\\x22line\\x22 -\" 200 0 \"-\" \"\\x1B[2J\\x5C \\xFF\\x0D\" - - "
	    "- 0.000 -\n", NULL },
};

/* Sets *b to the access as such a line. */
static const char *
line(struct buf *b, const struct access *x,
    void (*format)(struct buf *, const struct access *))
{
	buf_init(b, &arena, ACCESS_LINE_MAX);
	format(b, x);
	assert_false(buf_failed(b));
	return b->data;
}

static void
lines_are_as_documented(void **state)
{
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_string_equal(line(&b, &rows[i].x, access_combined),
		    rows[i].combined);
		if (rows[i].json != NULL)
			assert_string_equal(line(&b, &rows[i].x, access_json),
			    rows[i].json);
	}
}

static void
what_is_read_is_what_was_written(void **state)
{
	struct access	 x = rows[3].x;
	struct json	 j;
	struct buf	 b;

	(void)state;
	x.path = "/a\n\"\\\x1b\x7f{}";
	assert_true(json_read(&j, line(&b, &x, access_json)));
	assert_string_equal(json_get(&j, "path"), x.path);
	assert_string_equal(json_get(&j, "cut"), "true");
	assert_string_equal(json_get(&j, "rule"), "read_timeout");
	assert_null(json_get(&j, "referer"));
	assert_null(json_get(&j, "id"));
}

/* Of one byte each, as many as a web server could hand on. */
static void
assert_bounded(int byte)
{
	static char	 much[20000];
	struct json	 j;
	struct buf	 b;
	const struct access x = { much, much, much, much, much, much, much,
	    much, much, much, much, much, much, true, 2147483647, INT64_MAX,
	    INT64_MAX, START, INT64_MAX, INT64_MAX, INT64_MAX };

	memset(much, byte, sizeof(much) - 1);
	line(&b, &x, access_combined);
	assert_ptr_equal(strchr(b.data, '\n'), b.data + b.len - 1);
	line(&b, &x, access_json);
	assert_ptr_equal(strchr(b.data, '\n'), b.data + b.len - 1);
	assert_true(json_read(&j, b.data));
	for (size_t i = 0; i < b.len - 1; i++)
		assert_in_range(b.data[i], 0x20, 0x7e);
	assert_string_equal(json_get(&j, "bytes"), "9223372036854775807");
	if (byte != '?' && byte != '#')
		assert_non_null(strstr(json_get(&j, "path"), "..."));
}

static void
a_line_is_bounded_and_whole(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++)
		assert_bounded(byte);
}

static void
no_time_is_too_far(void **state)
{
	static const int64_t	 times[] = { 0, 253402300799999, INT64_MAX };
	struct access		 x = { .status = 200 };
	struct json		 j;
	struct buf		 b;

	(void)state;
	for (size_t i = 0; i < ROWS(times); i++) {
		x.start_ms = times[i];
		line(&b, &x, access_combined);
		assert_true(json_read(&j, line(&b, &x, access_json)));
	}
	assert_null(json_get(&j, "time"));
}

static int
abroad(void **state)
{
	setenv("TZ", "EET-2", 1);
	tzset();
	return setup(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(lines_are_as_documented),
		cmocka_unit_test(what_is_read_is_what_was_written),
		cmocka_unit_test(a_line_is_bounded_and_whole),
		cmocka_unit_test(no_time_is_too_far),
	};

	return cmocka_run_group_tests_name("access_line", tests, abroad,
	    teardown);
}
