#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest.h"

static void
it_is_sha_256(void **state)
{
	static const char	 want[] = "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad";	/* FIPS 180-2, B.1 */
	unsigned char		 out[DIGEST_BYTES];
	char			 hex[2 * DIGEST_BYTES + 1];

	(void)state;
	digest("abc", 3, out);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", out[i]);
	assert_string_equal(hex, want);
}

static void
every_byte_is_compared(void **state)
{
	unsigned char	 a[DIGEST_BYTES], b[DIGEST_BYTES];

	(void)state;
	digest("abc", 3, a);
	memcpy(b, a, sizeof(b));
	assert_true(digest_same(a, b));
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		b[i] ^= 1;
		assert_false(digest_same(a, b));
		b[i] ^= 1;
	}
}

static void
base64_is_what_policies_and_pins_write(void **state)
{
	unsigned char	 out[DIGEST_BYTES];
	char		 text[DIGEST_BASE64];

	(void)state;
	digest("abc", 3, out);
	digest_base64(out, text);
	assert_string_equal(text,
	    "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_sha_256),
		cmocka_unit_test(every_byte_is_compared),
		cmocka_unit_test(base64_is_what_policies_and_pins_write),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
