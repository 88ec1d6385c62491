#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/lang.h"
#include "tests/unit/fixture.h"

#define ADDRESS(code) &lang_##code,

static const struct lang *const	 langs[] = { LANGUAGES(ADDRESS) };

static const struct { const char *accept, *want; } choices[] = {
	{ NULL, "en" },
	{ "en-GB,en;q=0.9", "en" },
	{ "ja", "en" },
};

static void
each_caller_has_a_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(choices); i++)
		assert_string_equal(lang_choose(choices[i].accept)->tag,
		    choices[i].want);
}

/* A tag is a whole one, and that of its line in lang.h finds it. */
static void
each_language_is_found_by_its_tag(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(langs); i++)
		assert_ptr_equal(lang_choose(langs[i]->tag), langs[i]);
}

static void
each_text_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(langs); i++) {
		for (int t = 0; t < TEXT__MAX; t++) {
			assert_non_null(langs[i]->text[t]);
			assert_null(strpbrk(langs[i]->text[t], "<>&\"'"));
		}
		assert_null(langs[i]->rule[OK]);
		for (enum err e = OK + 1; e < ERR__MAX; e++)
			assert_non_null(langs[i]->rule[e]);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(each_caller_has_a_language),
		cmocka_unit_test(each_language_is_found_by_its_tag),
		cmocka_unit_test(each_text_is_there),
	};

	return cmocka_run_group_tests_name("lang", tests, NULL, NULL);
}
