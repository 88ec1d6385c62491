#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/key.h"
#include "tests/unit/fixture.h"

#define SECRET "407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow-DEL_g"

static void
a_key_has_an_id_and_a_secret(void **state)
{
	struct key_text	 k;

	(void)state;
	assert_true(key_read("vd1_ewdvt7w2_" SECRET, &k));
	assert_string_equal(k.id, "ewdvt7w2");
	assert_string_equal(k.secret, SECRET);
	assert_true(key_read("vd1_EWDVT7W2_" SECRET, &k));
	assert_string_equal(k.id, "EWDVT7W2");
}

static const char *const	 bad[] = {
	"", "v", "vd1", "vd1_", "vd1_ewdvt7w2", "vd1_ewdvt7w2_",
	"vd1_ewdvt7w2" SECRET,
	"VD1_ewdvt7w2_" SECRET, "vd2_ewdvt7w2_" SECRET,
	" vd1_ewdvt7w2_" SECRET, "vd1_ewdvt7w2_" SECRET " ",
	"vd1_ewdvt7w_" SECRET "a", "vd1_ewdvt7w_2" SECRET,
	"vd1_ewdvt7w22_" SECRET, "vd1_ewdvt7w22" SECRET,
	"vd1_ewdvt7w1_" SECRET, "vd1_ewdvt7w-_" SECRET,
	"vd1_ewdvt7w2_407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow-DEL_",
	"vd1_ewdvt7w2_407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow-DEL_gg",
	"vd1_ewdvt7w2_407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow-DEL_=",
	"vd1_ewdvt7w2_407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow+DEL_g",
	"vd1_ewdvt7w2_407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow/DEL_g",
	"vd1_ewdvt7w2_407ugWcC5vtaORmIImb32UR2ZwYky5MwJXKow DEL_g",
	"vd1_ewdvt7w2_" SECRET ", vd1_ewdvt7w2_" SECRET,
};

static void
anything_else_is_none(void **state)
{
	struct key_text	 k;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++)
		if (key_read(bad[i], &k))
			fail_msg("'%s' is taken", bad[i]);
}

static const struct { const char *value, *token; bool ours; } values[] = {
	{ "vd1_", NULL, true },
	{ "vd1_ewdvt7w2_" SECRET, NULL, true },
	{ "Bearer vd1_x", "vd1_x", true },
	{ "bEARER \t vd1_x", "vd1_x", true },
	{ "Bearervd1_x", NULL, true },		/* meant so, at least */
	{ "Bearer ", "", false },
	{ "Bearer", NULL, false },
	{ "Bearer abc", "abc", false },
	{ "Basic vd1_x", NULL, false },
	{ "vd2_x", NULL, false },
	{ "x vd1_x", NULL, false },
	/* a repeated field has been joined */
	{ "theirs, vd1_x", NULL, true },
	{ "theirs,vd1_x", NULL, true },
	{ ",, ,\tBearer vd1_x", NULL, true },
	{ "Basic a, bearer vd1_x", NULL, true },
	{ "Bearer a, vd1_x", "a, vd1_x", true },
	{ "a,b,", NULL, false },
	{ "", NULL, false },
};

static void
a_key_of_ours_is_known_by_its_begin(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(values); i++) {
		assert_text(key_bearer(values[i].value), values[i].token);
		if (key_is_ours(values[i].value) != values[i].ours)
			fail_msg("'%s'", values[i].value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_has_an_id_and_a_secret),
		cmocka_unit_test(anything_else_is_none),
		cmocka_unit_test(a_key_of_ours_is_known_by_its_begin),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
