#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/fields.h"
#include "serve/caller.h"
#include "store/keys.h"
#include "store/routes.h"
#include "store/rows.h"
#include "tests/unit/fixture.h"

#define SECRET	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define GOOD	"vd1_aaaaaaaa_" SECRET
#define REVOKED	"vd1_bbbbbbbb_" SECRET
#define UNKNOWN	"vd1_cccccccc_" SECRET
#define NOW	1924948800

static struct caller		 c;
static struct keys		*keys;

static int
setup_each(void **state)
{
	struct key_row	 rows[] = {
		{ .name = "a", .id = "aaaaaaaa", .routes = "api" },
		{ .name = "b", .id = "bbbbbbbb", .routes = "*",
		    .revoked = "2020-01-01" },
	};

	setup(state);
	digest(SECRET, KEY_SECRET_LEN, rows[0].hash);
	digest(SECRET, KEY_SECRET_LEN, rows[1].hash);
	return (keys = keys_build(&arena, rows, 2)) != NULL ? 0 : -1;
}

/* X-API-Key and Authorization as given, to a route with such access. */
static void
prove(enum access_mode access, const char *api_key, const char *authorization,
    bool stale)
{
	const struct route	 rt = { .name = "api",
				    .rules = { .access = access } };
	struct fields		 fs;
	const struct evidence	 seen = { .route = &rt, .fields = &fs,
				    .keys = keys, .keys_stale = stale,
				    .now = NOW };

	fields_init(&fs, &arena);
	if (api_key != NULL)
		fields_add(&fs, "X-Api-Key", api_key);
	if (authorization != NULL)
		fields_add(&fs, "Authorization", authorization);
	c = (struct caller){ .address = NULL };
	caller_prove(&c, &seen);
}

static const struct {
	const char	*api_key, *authorization;
	enum access_mode access;
	enum err	 err;
	const char	*user;		/* NULL: not authenticated */
	bool		 by_api_key, by_authorization;
} proofs[] = {
	{ NULL, NULL, ACCESS_OPEN, OK, NULL, false, false },
	{ NULL, NULL, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false, false },
	{ GOOD, NULL, ACCESS_KEY, OK, "aaaaaaaa", true, false },
	{ NULL, "Bearer " GOOD, ACCESS_KEY, OK, "aaaaaaaa", false, true },
	{ NULL, "bearer\t" GOOD, ACCESS_KEY, OK, "aaaaaaaa", false, true },
	/* A key is a proof where none is asked for, and must be a good one. */
	{ GOOD, NULL, ACCESS_OPEN, OK, "aaaaaaaa", true, false },
	{ NULL, "Bearer " GOOD, ACCESS_OPEN, OK, "aaaaaaaa", false, true },
	{ REVOKED, NULL, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, true, false },
	{ "vd1_", NULL, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, true, false },
	{ NULL, "Bearer " UNKNOWN, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, false,
	    true },
	/* What is not of ours is for the target. */
	{ "theirs", "Bearer theirs", ACCESS_OPEN, OK, NULL, false, false },
	{ "theirs", NULL, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false, false },
	{ NULL, "Basic " GOOD, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false,
	    false },
	{ NULL, GOOD, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false, false },
	{ "theirs", "Bearer " GOOD, ACCESS_KEY, OK, "aaaaaaaa", false, true },
	{ GOOD, "Bearer theirs", ACCESS_KEY, OK, "aaaaaaaa", true, false },
	/* Of two the first field counts. */
	{ GOOD, "Bearer " REVOKED, ACCESS_KEY, OK, "aaaaaaaa", true, false },
	{ REVOKED, "Bearer " GOOD, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, true,
	    false },
	/* A repeated field has been joined. */
	{ GOOD ", " GOOD, NULL, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, true,
	    false },
};

static void
a_key_says_who_asks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(proofs); i++) {
		prove(proofs[i].access, proofs[i].api_key,
		    proofs[i].authorization, false);
		if (c.err != proofs[i].err ||
		    c.authenticated != (proofs[i].user != NULL) ||
		    c.by_api_key != proofs[i].by_api_key ||
		    c.by_authorization != proofs[i].by_authorization)
			fail_msg("row %zu", i);
		assert_text(c.user, proofs[i].user);
		assert_int_equal(c.reason != NULL, c.err != OK);
	}
}

static void
the_reason_and_the_id_are_for_the_log(void **state)
{
	(void)state;
	prove(ACCESS_KEY, REVOKED, NULL, false);
	assert_string_equal(c.reason, "it is revoked");
	assert_string_equal(c.key_id, "bbbbbbbb");
	prove(ACCESS_KEY, "vd1_<script>", NULL, false);
	assert_string_equal(c.key_id, "");
	prove(ACCESS_KEY, NULL, NULL, false);
	assert_string_equal(c.reason, "there is none");
}

static void
stale_keys_prove_nothing(void **state)
{
	(void)state;
	prove(ACCESS_KEY, GOOD, NULL, true);
	assert_int_equal(c.err, ERR_KEYS_STALE);
	assert_false(c.authenticated);
	assert_true(c.by_api_key);
	prove(ACCESS_KEY, NULL, NULL, true);
	assert_int_equal(c.err, ERR_KEYS_STALE);
	/* Routes that need none go on. */
	prove(ACCESS_OPEN, GOOD, NULL, true);
	assert_int_equal(c.err, OK);
	assert_false(c.authenticated);
	assert_null(c.user);
	prove(ACCESS_OPEN, NULL, NULL, true);
	assert_int_equal(c.err, OK);
}

static void
without_a_route_nothing_is_proved(void **state)
{
	struct fields		 fs;
	const struct evidence	 seen = { .fields = &fs, .keys = keys,
				    .now = NOW };

	(void)state;
	fields_init(&fs, &arena);
	fields_add(&fs, "X-API-Key", GOOD);
	c = (struct caller){ .address = NULL };
	caller_prove(&c, &seen);
	assert_int_equal(c.err, OK);
	assert_false(c.authenticated);
	assert_true(c.by_api_key);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup_each, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_key_says_who_asks),
		T(the_reason_and_the_id_are_for_the_log),
		T(stale_keys_prove_nothing),
		T(without_a_route_nothing_is_proved),
	};

	return cmocka_run_group_tests_name("caller", tests, NULL, NULL);
}
