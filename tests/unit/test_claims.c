#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/claims.h"
#include "tests/unit/fixture.h"

static const struct claim *
claims(const char *text)
{
	arena_reset(&arena);
	return claims_read(&arena, text, strlen(text));
}

static const char *const	 good[] = {
	"{}", " {\t}\r\n", "{\"a\":1}", "{ \"a\" : -0.5e+7 , \"b\" : [ ] }",
	"{\"a\":[1,[2,[3]],{}],\"b\":{\"a\":null}}",
	"{\"a\":true,\"b\":false,\"c\":null}", "{\"\":\"\"}",
	"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"}",
	"{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}",
	"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}",
};

static const char *const	 bad[] = {
	"", " ", "{", "}", "[]", "[{}]", "\"a\"", "1", "null", "{}{}", "{}x",
	"{} 1", "\xef\xbb\xbf{}", "{a:1}", "{'a':1}", "{\"a\"}", "{\"a\":}",
	"{\"a\":1,}", "{,\"a\":1}", "{\"a\":1 \"b\":2}", "{\"a\" 1}",
	"{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":[1}",
	"{\"a\":1]", "{\"a\":[1]]}", "{1:1}", "{\"a\":tru}",
	"{\"a\":True}", "{\"a\":nulll}", "{\"a\":NaN}", "{\"a\":-}",
	"{\"a\":01}", "{\"a\":-01}", "{\"a\":+1}", "{\"a\":.5}",
	"{\"a\":1.}", "{\"a\":1.e5}", "{\"a\":1e}", "{\"a\":1e+}",
	"{\"a\":0x1}", "{\"a\":1_0}", "{\"a\":\"}", "{\"a\":\"\\\"}",
	"{\"a\":\"\\x41\"}", "{\"a\":\"\\u004\"}", "{\"a\":\"\\u004g\"}",
	"{\"a\":\"\n\"}", "{\"a\":\"\t\"}", "{\"a\":\"\x01\"}",
	/* a NUL would end the text for C, and for nobody else */
	"{\"a\":\"\\u0000\"}", "{\"a\\u0000b\":1}",
	/* half of a pair of surrogates */
	"{\"a\":\"\\ud83d\"}", "{\"a\":\"\\ude00\"}",
	"{\"a\":\"\\ud83dx\"}", "{\"a\":\"\\ud83d\\u0041\"}",
	"{\"a\":\"\\ude00\\ud83d\"}", "{\"a\":\"\\ud83d\\ud83d\"}",
	/* not UTF-8 */
	"{\"a\":\"\x80\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"\xc0\xae\"}",
	"{\"a\":\"\xed\xa0\x80\"}", "{\"\xff\":1}",
	/* of two the first counts here, the last there */
	"{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}",
	"{\"a\":{\"b\":1,\"b\":2}}",
	"{\"a\":[{\"b\":1,\"c\":2,\"b\":3}]}",
	/* nine levels */
	"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}",
	"{\"a\":[[[[[[[[1]]]]]]]]}",
};

static void
an_object_is_read_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		if (claims(good[i]) == NULL)
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < ROWS(bad); i++)
		if (claims(bad[i]) != NULL)
			fail_msg("taken: %s", bad[i]);
}

static void
every_byte_counts(void **state)
{
	(void)state;
	arena_reset(&arena);
	assert_non_null(claims_read(&arena, "{\"a\":1}", 7));
	assert_null(claims_read(&arena, "{\"a\":1}\0", 8));
	assert_null(claims_read(&arena, "{\"a\":1\0}", 8));
	assert_null(claims_read(&arena, "{\"a\":\"\0\"}", 9));
}

static void
members_have_their_names_and_texts(void **state)
{
	const struct claim	*c;

	(void)state;
	c = claims("{\"a\":\"x\\u00e9\\ud83d\\ude00\",\"b\":[\"p\",2],"
	    "\"\\u0063\":-12}");
	assert_non_null(c);
	assert_int_equal(claims_get(c, "a")->kind, CLAIM_STRING);
	assert_string_equal(claims_get(c, "a")->text,
	    "x\xc3\xa9\xf0\x9f\x98\x80");
	assert_int_equal(claims_get(c, "b")->kind, CLAIM_ARRAY);
	assert_string_equal(claims_get(c, "b")->first->text, "p");
	assert_null(claims_get(c, "b")->first->name);
	assert_string_equal(claims_get(c, "b")->first->next->text, "2");
	assert_null(claims_get(c, "b")->first->next->next);
	assert_string_equal(claims_get(c, "c")->text, "-12");
	assert_null(claims_get(c, "d"));
	assert_null(claims_get(c, "A"));
}

static const struct {
	const char	*text;
	bool		 whole;
	int64_t		 n;
} numbers[] = {
	{ "0", true, 0 }, { "-0", true, 0 }, { "1", true, 1 },
	{ "-7", true, -7 },
	{ "999999999999999", true, INT64_C(999999999999999) },
	{ "-999999999999999", true, INT64_C(-999999999999999) },
	{ "1000000000000000", false, 0 },
	{ "99999999999999999999999999", false, 0 },
	{ "1.0", false, 0 }, { "1.5", false, 0 }, { "1e3", false, 0 },
	{ "1E3", false, 0 }, { "1e0", false, 0 }, { "1e-0", false, 0 },
	{ "\"1\"", false, 0 }, { "true", false, 0 }, { "null", false, 0 },
	{ "[1]", false, 0 }, { "{}", false, 0 },
};

static void
a_whole_number_is_one_as_it_is_written(void **state)
{
	char	 text[64];
	int64_t	 n;

	(void)state;
	for (size_t i = 0; i < ROWS(numbers); i++) {
		const struct claim	*c;

		snprintf(text, sizeof(text), "{\"a\":%s}", numbers[i].text);
		assert_non_null(c = claims(text));
		n = 1;
		if (claim_integer(c->first, &n) != numbers[i].whole ||
		    (numbers[i].whole && n != numbers[i].n))
			fail_msg("%s", text);
	}
}

static void
there_is_an_end_to_members(void **state)
{
	char	 text[4096] = "{\"a\":[1";

	(void)state;
	for (int i = 1; i < 256; i++)
		strncat(text, ",1", 3);
	strncat(text, "]}", 3);
	assert_non_null(claims(text));
	strncpy(text + strlen(text) - 2, ",1]}", 5);
	assert_null(claims(text));
}

static void
a_full_arena_is_no_claim(void **state)
{
	struct arena		 a;
	const struct claim	*c = NULL;
	size_t			 ceiling;

	(void)state;
	for (ceiling = 0; c == NULL && ceiling < 4096; ceiling += 16) {
		arena_init(&a, ceiling);
		c = claims_read(&a, "{\"a\":\"x\",\"b\":[1]}", 17);
		if (c != NULL)
			assert_string_equal(claims_get(c, "a")->text, "x");
		arena_free(&a);
	}
	assert_in_range(ceiling, 64, 4095);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_read_strictly),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(members_have_their_names_and_texts),
		cmocka_unit_test(a_whole_number_is_one_as_it_is_written),
		cmocka_unit_test(there_is_an_end_to_members),
		cmocka_unit_test(a_full_arena_is_no_claim),
	};

	return cmocka_run_group_tests_name("claims", tests, setup, teardown);
}
