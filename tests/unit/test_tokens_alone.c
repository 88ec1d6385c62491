#include <jwt.h>
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest.h"
#include "store/tokens.h"
#include "tests/unit/fixture.h"

/*
 * What is left to libjwt, by one that takes every signature, as its releases
 * have done in their turns; and whether what is compared here takes the same
 * time wherever it differs.
 */
static int	 asked, compared;
static jwt_alg_t said;

int
jwt_decode(jwt_t **jwt, const char *token, const unsigned char *key, int len)
{
	(void)token;
	(void)key;
	(void)len;
	asked++;
	*jwt = NULL;
	return 0;
}

jwt_alg_t
jwt_get_alg(jwt_t *jwt)
{
	(void)jwt;
	return said;
}

jwt_alg_t
jwt_str_alg(const char *alg)
{
	return strcmp(alg, "HS256") == 0 ? JWT_ALG_HS256 : JWT_ALG_RS256;
}

void
jwt_free(jwt_t *jwt)
{
	(void)jwt;
}

/* In place of libcrypto's. */
int
CRYPTO_memcmp(const void *a, const void *b, size_t n)
{
	compared++;
	return memcmp(a, b, n);
}

static const char	 key[] = "0123456789abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
#define START	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0."

static bool
is_signed(const char *text, const char *algorithm)
{
	asked = compared = 0;
	arena_reset(&arena);
	return tokens_are_signed(text, algorithm, key, strlen(key), &arena);
}

static void
a_secret_is_not_for_libjwt_to_judge(void **state)
{
	(void)state;
	said = JWT_ALG_HS256;
	assert_true(is_signed(START "Yg0qEWHQpi-y8a9t_sHsUYKPtB83CVs0KPBrzDl2"
	    "HFg", "HS256"));
	assert_int_equal(compared, 1);
	assert_false(is_signed(START "Yg0qEWHQpi-y8a9t_sHsUYKPtB83CVs0KPBrzDl2"
	    "HFA", "HS256"));
	assert_int_equal(asked, 0);
	assert_int_equal(compared, 1);
	assert_false(is_signed(START "Yg0q", "HS256"));
	assert_int_equal(asked, 0);
}

static void
an_algorithm_is_not_for_libjwt_to_choose(void **state)
{
	(void)state;
	said = JWT_ALG_RS256;
	assert_true(is_signed(START "AAAA", "RS256"));
	said = JWT_ALG_HS256;
	assert_false(is_signed(START "AAAA", "RS256"));
	said = JWT_ALG_NONE;
	assert_false(is_signed(START "AAAA", "RS256"));
	assert_int_equal(asked, 1);
}

static void
hashes_are_compared_to_their_ends(void **state)
{
	unsigned char	 a[DIGEST_BYTES] = { 1 }, b[DIGEST_BYTES] = { 2 };

	(void)state;
	compared = 0;
	assert_false(digest_same(a, b));
	assert_true(digest_same(a, a));
	assert_int_equal(compared, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_not_for_libjwt_to_judge),
		cmocka_unit_test(an_algorithm_is_not_for_libjwt_to_choose),
		cmocka_unit_test(hashes_are_compared_to_their_ends),
	};

	return cmocka_run_group_tests_name("tokens alone", tests, setup,
	    teardown);
}
