#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/cors.h"
#include "http/timing.h"
#include "tests/unit/fixture.h"

#define PAGE	"https://page.example"
#define OWN	"https://own.example"

static const struct cors_origin	 page[] = { { CORS_EXACT, PAGE } };
static const struct cors_origin	 own[] = { { CORS_EXACT, OWN } };

enum { LIST, LIST_NO, ANY, MUST, TARGET, RULES };
static const struct cors_rule	 rules[RULES] = {
	[LIST] = { .allow = page, .n_allow = 1, .own = own, .n_own = 1,
	    .timing = true },
	[LIST_NO] = { .allow = page, .n_allow = 1, .own = own, .n_own = 1 },
	[ANY] = { .any = true, .timing = true },
	[MUST] = { .allow = page, .n_allow = 1, .require_origin = true,
	    .timing = true },
	[TARGET] = { .allow = page, .n_allow = 1, .target = true,
	    .timing = true },
};

static const struct {
	int		 rule;
	const char	*origin, *site;
	const char	*named;		/* the target's, where CORS is its */
	bool		 shown;
} rows[] = {
	{ LIST, PAGE, "cross-site", NULL, true },
	{ LIST, PAGE, NULL, NULL, true },
	{ LIST, OWN, "same-origin", NULL, true },
	{ LIST, "https://evil.example", "cross-site", NULL, false },
	{ LIST, "https://page.example.evil.example", NULL, NULL, false },
	{ LIST, "null", "cross-site", NULL, false },
	{ LIST, "nonsense", NULL, NULL, false },
	/* no page, or one of this host */
	{ LIST, NULL, NULL, NULL, true },
	{ LIST, NULL, "none", NULL, true },
	{ LIST, NULL, "same-origin", NULL, true },
	/* a page that embeds it does not say which one it is */
	{ LIST, NULL, "cross-site", NULL, false },
	{ LIST, NULL, "same-site", NULL, false },
	{ LIST, NULL, "SAME-ORIGIN", NULL, false },
	{ MUST, NULL, NULL, NULL, false },
	{ MUST, PAGE, NULL, NULL, true },
	{ ANY, "https://any.example", "cross-site", NULL, true },
	{ ANY, NULL, "cross-site", NULL, true },
	{ ANY, "nonsense", NULL, NULL, false },
	/* the shipped default */
	{ LIST_NO, PAGE, "cross-site", NULL, false },
	{ LIST_NO, OWN, "same-origin", NULL, false },
	{ LIST_NO, NULL, NULL, NULL, false },
	{ LIST_NO, NULL, "none", "*", false },
	/* cors = target: by what the target says */
	{ TARGET, PAGE, NULL, "", false },
	{ TARGET, PAGE, NULL, "https://other.example", false },
	{ TARGET, PAGE, NULL, "https://other.example, " PAGE, true },
	{ TARGET, "https://third.example", NULL, "*", true },
	{ TARGET, NULL, "cross-site", "", false },
	{ TARGET, NULL, "cross-site", "*", true },
	{ TARGET, NULL, NULL, "", true },
	{ TARGET, PAGE, NULL, NULL, true },	/* an answer made here */
	{ TARGET, "https://third.example", NULL, NULL, false },
};

static void
who_may_see_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct fields		 in, out;
		struct cors_grant	 g;

		fields_init(&in, &arena);
		fields_init(&out, &arena);
		if (rows[i].origin != NULL)
			fields_add(&in, "Origin", rows[i].origin);
		if (rows[i].site != NULL)
			fields_add(&in, "Sec-Fetch-Site", rows[i].site);
		if (rows[i].named != NULL && rows[i].named[0] != '\0')
			fields_add(&out, "timing-allow-origin",
			    rows[i].named);
		g = cors_decide(&rules[rows[i].rule], rows[i].origin);
		print_message("# %zu: %s\n", i, rows[i].origin);
		assert_int_equal(timing_is_shown(&g, &in, &out,
		    rows[i].named != NULL), rows[i].shown);
	}
}

static void
before_a_rule_is_known_nobody_may(void **state)
{
	const struct cors_grant	 none = { .class = CORS_ABSENT };
	struct fields		 fs = FIELDS("Sec-Fetch-Site", "none");

	(void)state;
	assert_false(timing_is_shown(&none, &fs, &fs, false));
}

static const struct {
	const char	*had;
	int64_t		 gateway_us, target_us;
	const char	*want;
} values[] = {
	{ NULL, 1234, 56789, "gateway;dur=1.234, target;dur=56.789" },
	{ NULL, 7, 0, "gateway;dur=0.007" },
	{ NULL, -3, 1, "gateway;dur=0.000, target;dur=0.001" },
	{ "db;dur=5, cache;desc=\"a, b\"", 1000, 2000,
	    "gateway;dur=1.000, target;dur=2.000, db;dur=5, "
	    "cache;desc=\"a, b\"" },
};

static void
ours_stand_before_the_targets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(values); i++) {
		struct fields	 fs = FIELDS("X-Other", "1");

		if (values[i].had != NULL)
			fields_add(&fs, "server-timing", values[i].had);
		assert_int_equal(timing_add(&fs, values[i].gateway_us,
		    values[i].target_us), OK);
		assert_int_equal(fs.count, 2);
		assert_string_equal(fields_get(&fs, "Server-Timing"),
		    values[i].want);
	}
}

static void
lines_of_the_targets_are_one_and_too_long_is_left_out(void **state)
{
	static char	 much[FIELD_MAX_VALUE + 1];
	struct fields	 fs = FIELDS("Server-Timing", "a", "Server-Timing",
	    "b");

	(void)state;
	assert_int_equal(timing_add(&fs, 1, 0), OK);
	assert_string_equal(fields_get(&fs, "Server-Timing"),
	    "gateway;dur=0.001, a, b");
	memset(much, 'x', sizeof(much) - 1);
	fs = FIELDS("Server-Timing", much);
	assert_int_equal(timing_add(&fs, 1, 0), OK);
	assert_int_equal(fs.count, 1);
	assert_string_equal(fields_get(&fs, "Server-Timing"),
	    "gateway;dur=0.001");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(who_may_see_it),
		cmocka_unit_test(before_a_rule_is_known_nobody_may),
		cmocka_unit_test(ours_stand_before_the_targets),
		cmocka_unit_test(
		    lines_of_the_targets_are_one_and_too_long_is_left_out),
	};

	return cmocka_run_group_tests_name("timing", tests, setup, teardown);
}
