#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/language.h"
#include "tests/unit/fixture.h"

#define TAGS(...) (const char *const []){ __VA_ARGS__, NULL }

/* The tags end in NULL; the first is the default. */
static const struct {
	const char		*accept;
	const char *const	*tags;
	const char		*want;
} rows[] = {
	/* RFC 9110 12.5.4. */
	{ "da, en-gb;q=0.8, en;q=0.7", TAGS("de", "en", "da"), "da" },
	{ "da, en-gb;q=0.8, en;q=0.7", TAGS("de", "en"), "en" },
	{ "da, en-gb;q=0.8, en;q=0.7", TAGS("de", "en", "en-GB"), "en-GB" },
	{ "da, en-gb;q=0.8, en;q=0.7", TAGS("de", "fr"), "de" },
	/* RFC 4647 3.4: the range is cut from its end. */
	{ "zh-Hant-CN-x-private1-private2",
	    TAGS("en", "zh", "zh-Hant", "zh-Hant-CN"), "zh-Hant-CN" },
	{ "zh-Hant-CN-x-private1-private2", TAGS("en", "zh", "zh-Hant"),
	    "zh-Hant" },
	{ "zh-Hant-CN-x-private1-private2", TAGS("en", "zh-Hant", "zh"),
	    "zh-Hant" },
	{ "zh-Hant-CN-x-private1-private2", TAGS("en", "zh"), "zh" },
	{ "zh-Hant-CN-x-private1-private2", TAGS("en", "zh-Hans"), "en" },
	{ "fr-FR, zh-Hant", TAGS("ja", "fr", "zh-Hant"), "fr" },
	{ "fr-FR, zh-Hant", TAGS("ja", "zh-Hant"), "zh-Hant" },
	{ "fr-FR, zh-Hant", TAGS("ja", "zh"), "zh" },
	{ "fr-FR, zh-Hant", TAGS("ja", "en"), "ja" },
	/* It is never made longer. */
	{ "de", TAGS("en", "de-CH"), "en" },
	{ "de-de", TAGS("en", "de-DE-1996"), "en" },
	/* Subtags are whole. */
	{ "den", TAGS("en", "de"), "en" },
	{ "de", TAGS("en", "den"), "en" },
	{ "e", TAGS("de", "en"), "de" },
	{ "de1", TAGS("en", "de"), "en" },
	/* Weights, wherever they stand; then the order of the list. */
	{ "en;q=0.5, de", TAGS("en", "de"), "de" },
	{ "en;q=0.5, de;q=0.51", TAGS("en", "de"), "de" },
	{ "en;q=0.001, de;q=0.002", TAGS("en", "de"), "de" },
	{ "fr;q=0.9, de;q=0.9", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=0.9, fr;q=0.9", TAGS("en", "de", "fr"), "de" },
	{ "de;q=0.1, fr;q=0.5, de-CH", TAGS("en", "de", "fr"), "de" },
	{ "de-CH;q=0.5, fr;q=0.5, de;q=0.5", TAGS("en", "fr", "de"), "de" },
	{ "fr;q=1.000, de;q=1", TAGS("en", "de", "fr"), "fr" },
	{ "fr;q=0., de;q=0.1", TAGS("en", "de", "fr"), "de" },
	/* What is refused. */
	{ "de;q=0", TAGS("en", "de"), "en" },
	{ "de;q=0.000, fr;q=0.001", TAGS("en", "de", "fr"), "fr" },
	{ "de-CH, de;q=0, fr;q=0.2", TAGS("en", "de", "fr"), "fr" },
	{ "de-CH;q=0, de, fr;q=0.2", TAGS("en", "de", "fr"), "de" },
	{ "zh;q=0, zh-Hant, fr;q=0.2", TAGS("en", "zh-Hant", "fr"), "fr" },
	{ "en;q=0", TAGS("en", "de"), "en" },
	/* Any other. */
	{ "*", TAGS("en", "de"), "en" },
	{ "*;q=0.1", TAGS("en", "de"), "en" },
	{ "*, de;q=0.1", TAGS("en", "de"), "de" },
	{ "de;q=0.1, *", TAGS("en", "de"), "de" },
	{ "ja, *;q=0.5", TAGS("en", "de"), "en" },
	{ "*, en;q=0", TAGS("en", "de", "fr-CA"), "de" },
	{ "en;q=0, *;q=0.1", TAGS("en", "de", "fr-CA"), "de" },
	{ "*;q=0, de;q=0.1", TAGS("en", "de"), "de" },
	{ "*;q=0", TAGS("en", "de"), "en" },
	/* Spellings. */
	{ "DE-ch", TAGS("en", "de"), "de" },
	{ "de", TAGS("en", "DE"), "DE" },
	{ " \t de \t;\tQ=0.5 , , en;q=0.4", TAGS("en", "de"), "de" },
	{ ",,de,", TAGS("en", "de"), "de" },
	/* What is none is passed over. */
	{ "", TAGS("en", "de"), "en" },
	{ NULL, TAGS("en", "de"), "en" },
	{ ",", TAGS("en", "de"), "en" },
	{ "de_CH, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de-, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "-de, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de--CH, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de-abcdefghi, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "abcdefghi, fr;q=0.1", TAGS("en", "abcdefghi", "fr"), "fr" },
	{ "d3, fr;q=0.1", TAGS("en", "d3", "fr"), "fr" },
	{ "*-CH, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=2, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=1.001, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=0.9999, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=-1, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=0.x, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=09, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=1;x=2, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;level=1, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de fr, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de;q=0x0, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "\"de\", fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
	{ "de\xc3\xa4, fr;q=0.1", TAGS("en", "de", "fr"), "fr" },
};

static const char *
choose(const char *accept, const char *const *tags)
{
	size_t	 n = 0;

	while (tags[n] != NULL)
		n++;
	return tags[language_choose(accept, tags, n)];
}

static void
each_list_finds_its_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *got = choose(rows[i].accept, rows[i].tags);

		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].accept, got,
			    rows[i].want);
	}
}

/* Each of many ranges is better than those before it, and refused in the end:
 * what is wished for after all is still found. */
static void
a_long_list_is_read_to_its_end(void **state)
{
	static char	 list[64 * 1024];
	size_t		 n = 0;

	(void)state;
	for (int i = 1; i < 1000; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n,
		    "de-x-%d;q=0.%03d,", i, i);
	for (int i = 0; i < 2000; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n,
		    "%s", i % 2 == 0 ? "fr-;q=1,,," : "\t;,de;q=0");
	snprintf(list + n, sizeof(list) - n, ", es-419;q=0.001");
	assert_string_equal(choose(list, TAGS("en", "de", "fr")), "en");
	assert_string_equal(choose(list, TAGS("en", "de", "es")), "es");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(each_list_finds_its_language),
		cmocka_unit_test(a_long_list_is_read_to_its_end),
	};

	return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
