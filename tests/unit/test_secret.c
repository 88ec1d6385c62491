#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buf.h"
#include "store/conf.h"
#include "store/tokens.h"
#include "tests/unit/fixture.h"

static struct conf	 conf;
static struct buf	 problems, warnings;
static char		 folder[64], ini[128], path[128];

static int
setup_each(void **state)
{
	setup(state);
	snprintf(folder, sizeof(folder), "/tmp/viaduct-secret.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(ini, sizeof(ini), "%s/viaduct.ini", folder);
	snprintf(path, sizeof(path), "%s/secret", folder);
	return 0;
}

static int
teardown_each(void **state)
{
	unlink(ini);
	unlink(path);
	rmdir(folder);
	return teardown(state);
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE	*f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

/* Settings that name the file `secret', which holds this text; NULL: there is
 * no such file. */
static int
load(const char *settings, const char *secret, mode_t mode)
{
	arena_reset(&arena);
	buf_init(&problems, &arena, 65536);
	buf_init(&warnings, &arena, 65536);
	write_file(ini, settings, 0600);
	unlink(path);
	if (secret != NULL)
		write_file(path, secret, mode);
	return conf_load(&conf, &arena, ini, &problems, &warnings);
}

/* --- the operator's key ------------------------------------------------- */

#define NAMED	"[app]\noperator_key_file = secret\n"
#define KEY	"5f2c9e01d7a84b36"
#define LONG63	"abcdefghijklmnopabcdefghijklmnoq" \
    "abcdefghijklmnorabcdefghijklmno"
#define LONG256	LONG63 "a" LONG63 "b" LONG63 "c" LONG63 "d"

static const struct { const char *secret, *says; } operators[] = {
	{ KEY, NULL },
	{ KEY "\n", NULL },
	{ KEY "\r\n", NULL },
	{ "correct-horse-battery", NULL },
	{ "rA7+/=.$%&(){}[]", NULL },
	{ LONG256, NULL },
	{ LONG256 "x", "one key of 16 to 256" },
	{ "", "one key of 16 to 256" },
	{ "\n", "one key of 16 to 256" },
	{ "5f2c9e01d7a84b3", "one key of 16 to 256" },
	{ "5f2c9e01d7a84b3\n", "one key of 16 to 256" },
	{ KEY "\n\n", "without blanks" },
	{ KEY "\n" KEY "\n", "without blanks" },
	{ KEY " ", "without blanks" },
	{ KEY " \n", "without blanks" },
	{ KEY "\xc3\xa9", "without blanks" },
	{ "vd1_abcdefgh_5f2c9e01d7a84b36", "must not begin with vd1_" },
	{ "aaaaaaaaaaaaaaaa", "can be guessed" },
	{ "aaaabbbbccccdddd", "can be guessed" },
	{ "1212121212121212", "can be guessed" },
	{ "1234567812345678", "can be guessed" },
	{ "secretsecretsecre", "can be guessed" },
	{ "abcdefghijklmnop", "can be guessed" },
	{ "0123456789abcdef", "can be guessed" },
	{ "zyxwvutsrqponmlkj", "can be guessed" },
};

static void
the_operators_key_is_judged(void **state)
{
	unsigned char	 hash[DIGEST_BYTES];

	(void)state;
	for (size_t i = 0; i < ROWS(operators); i++) {
		const char	*text = operators[i].secret;
		int		 failed = load(NAMED, text, 0600);

		if ((failed == -1) != (operators[i].says != NULL) ||
		    (failed == -1 && strstr(problems.data,
		    operators[i].says) == NULL))
			fail_msg("'%s': %s", text, problems.data);
		if (failed == -1) {
			assert_memory_equal(problems.data, path, strlen(path));
			continue;
		}
		digest(text, strcspn(text, "\r\n"), hash);
		assert_memory_equal(conf.operator_hash, hash, sizeof(hash));
		assert_string_equal(conf.operator_key_file, path);
	}
}

/* No problem, no warning: so few keys that were drawn are taken for guessed
 * ones that nobody meets one. */
static void
a_key_that_was_drawn_is_taken(void **state)
{
	static const char	 hex[] = "0123456789abcdef";
	char			 key[33];

	(void)state;
	srandom(7);
	for (size_t i = 0; i < 300; i++) {
		for (size_t j = 0; j < 32; j++)
			key[j] = hex[random() & 15];
		key[32] = '\0';
		if (load(NAMED, key, 0600) != 0)
			fail_msg("%s: %s", key, problems.data);
	}
}

static void
no_file_is_named_at_first(void **state)
{
	(void)state;
	assert_int_equal(load("", NULL, 0), 0);
	assert_null(conf.operator_key_file);
	assert_int_equal(load("[app]\noperator_key_file =\n", NULL, 0), 0);
	assert_null(conf.operator_key_file);
}

/* --- the key of tokens --------------------------------------------------- */

#define HS256	"[access]\njwt_algorithm = HS256\njwt_key_file = secret\n"
#define RS256	"[access]\njwt_algorithm = RS256\njwt_key_file = secret\n"
#define SECRET	"bG9uZyBlbm91Z2ggdG8gYmUgYSBrZXkh"	/* 32 */
#define PEM	"-----BEGIN PUBLIC KEY-----\n" \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n" \
    "-----END PUBLIC KEY-----\n"

static const struct { const char *settings, *secret, *says; } tokens[] = {
	{ HS256, SECRET, NULL },
	{ HS256, SECRET "\n", NULL },
	{ HS256 "access = jwt\n", SECRET, NULL },
	{ HS256, "", "32 bytes at least" },
	{ HS256, "bG9uZyBlbm91Z2ggdG8gYmUgYSBrZXk\n", "32 bytes at least" },
	{ HS256, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "can be guessed" },
	{ HS256, "secretsecretsecretsecretsecretse", "can be guessed" },
	{ HS256, PEM, "no secret for HS256" },
	{ HS256, "\n" PEM, "no secret for HS256" },
	{ RS256, SECRET, "must hold a public key in PEM" },
	{ RS256, PEM, "must hold a public key in PEM" },
	{ "[access]\njwt_algorithm = none\njwt_key_file = secret\n", SECRET,
	    ":2: [access] jwt_algorithm: must be one of HS256" },
	{ "[access]\njwt_algorithm = PS256\njwt_key_file = secret\n", SECRET,
	    ":2: [access] jwt_algorithm: must be one of HS256" },
	{ "[access]\n\njwt_algorithm = HS256\n", NULL,
	    ":3: [access] jwt_algorithm needs jwt_key_file" },
	{ "[access]\n\njwt_key_file = secret\n", SECRET,
	    ":3: [access] jwt_key_file needs jwt_algorithm" },
	{ "[access]\n\naccess = jwt\n", NULL,
	    ":3: [access] access = jwt needs jwt_algorithm and" },
	{ HS256, NULL, "secret: cannot be read" },
};

static void
the_key_of_tokens_is_judged(void **state)
{
	(void)state;
	if (!tokens_built())
		return;
	for (size_t i = 0; i < ROWS(tokens); i++) {
		int	 failed = load(tokens[i].settings, tokens[i].secret,
			    0600);

		if ((failed == -1) != (tokens[i].says != NULL) ||
		    (failed == -1 &&
		    strstr(problems.data, tokens[i].says) == NULL))
			fail_msg("row %zu: %s", i, problems.data);
		if (failed == -1)
			continue;
		assert_string_equal(conf.jwt_algorithm, "HS256");
		assert_string_equal(conf.jwt_key, SECRET);
		assert_int_equal(conf.jwt_key_bytes, strlen(SECRET));
	}
	assert_int_equal(load(HS256 "jwt_issuer = me\njwt_audience = us x\n",
	    SECRET, 0644), 0);
	assert_string_equal(conf.jwt_issuer, "me");
	assert_string_equal(conf.jwt_audience, "us x");
	assert_non_null(strstr(warnings.data, "others may read this secret"));
	assert_int_equal(load("", NULL, 0), 0);
	assert_null(conf.jwt_algorithm);
	assert_null(conf.jwt_key_file);
	assert_string_equal(conf.jwt_issuer, "");
}

/* --- the file ----------------------------------------------------------- */

static void
a_file_with_a_secret_is_judged_like_the_settings(void **state)
{
	(void)state;
	assert_int_equal(load(NAMED, NULL, 0), -1);
	assert_non_null(strstr(problems.data, "secret: cannot be read: "));
	assert_int_equal(load(NAMED, KEY, 0620), -1);
	assert_non_null(strstr(problems.data, "chmod go-w"));
	assert_int_equal(load(NAMED, KEY, 0602), -1);
	assert_int_equal(load(NAMED, KEY, 0600), 0);
	assert_int_equal(warnings.len, 0);
	assert_int_equal(load(NAMED, KEY, 0640), 0);
	assert_non_null(strstr(warnings.data, "others may read this secret"));
	assert_int_equal(load(NAMED, KEY, 0604), 0);
	assert_non_null(strstr(warnings.data, "others may read this secret"));
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(conf_load(&conf, &arena, ini, &problems, NULL), -1);
	assert_non_null(strstr(problems.data, "is no file"));
	rmdir(path);
}

static void
the_key_itself_is_in_no_message(void **state)
{
	(void)state;
	assert_int_equal(load(NAMED, "vd1_5f2c9e01d7a84b36", 0644), -1);
	assert_null(strstr(problems.data, "5f2c"));
	assert_null(strstr(warnings.data, "5f2c"));
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup_each, teardown_each)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_operators_key_is_judged),
		T(a_key_that_was_drawn_is_taken),
		T(no_file_is_named_at_first),
		T(the_key_of_tokens_is_judged),
		T(a_file_with_a_secret_is_judged_like_the_settings),
		T(the_key_itself_is_in_no_message),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
