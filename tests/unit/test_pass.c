#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/form.h"
#include "http/pass.h"
#include "tests/unit/fixture.h"

static const int64_t	 noon = INT64_C(1800000000);
static unsigned char	 mine[DIGEST_BYTES], other[DIGEST_BYTES];
static char		 pass[PASS_TEXT];

static int
make(void **state)
{
	(void)state;
	digest("the operator's key", 18, mine);
	digest("another key", 11, other);
	pass_make(mine, noon, pass);
	return 0;
}

static bool
shown(const char *before, const char *value, const char *after, int64_t now_s)
{
	char	 cookies[512];

	snprintf(cookies, sizeof(cookies), "%s%s%s", before, value, after);
	return pass_is_shown(mine, cookies, now_s);
}

/* RFC 4231, test case 2; a key of 32 bytes, as ours is. */
static void
the_proof_is_an_hmac(void **state)
{
	static const char	 wanted[] = "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e"
	    "\x6a\x04\x24\x26\x08\x95\x75\xc7\x5a\x00\x3f\x08\x9d\x27\x39\x83"
	    "\x9d\xec\x58\xb9\x64\xec\x38\x43";
	unsigned char		 mac[DIGEST_BYTES];

	(void)state;
	digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac);
	assert_memory_equal(mac, wanted, sizeof(mac));
}

static void
a_pass_holds_for_its_time_and_key(void **state)
{
	(void)state;
	assert_true(shown("vd_operator=", pass, "", noon));
	assert_true(shown("vd_operator=", pass, "", noon + PASS_SECONDS - 1));
	assert_false(shown("vd_operator=", pass, "", noon + PASS_SECONDS));
	/* made by a clock that was ahead */
	assert_false(shown("vd_operator=", pass, "", noon - 1));
	assert_false(pass_is_shown(other, pass, noon));
	assert_false(pass_is_shown(mine, NULL, noon));
	assert_false(pass_is_shown(mine, "", noon));
	assert_true(strlen(pass) < PASS_TEXT - 1);
	assert_null(strstr(pass, "key"));
}

static void
it_is_found_among_others(void **state)
{
	(void)state;
	assert_true(shown("a=b; vd_operator=", pass, "; c=d", noon));
	assert_true(shown("vd_operator=; vd_operator=", pass, "", noon));
	assert_true(shown("vd_operator=1.2.3;vd_operator=", pass, "", noon));
	assert_false(shown("a=b vd_operator", pass, "", noon));
	assert_false(shown("xvd_operator=", pass, "", noon));
	assert_false(shown("vd_operatorx=", pass, "", noon));
	assert_false(shown("VD_OPERATOR=", pass, "", noon));
	assert_false(shown("vd_operator=\"", pass, "\"", noon));
	assert_false(shown("vd_operator=", pass, ",", noon));
}

/* Each of its bytes counts. */
static void
none_that_is_changed_holds(void **state)
{
	(void)state;
	for (size_t i = 0; pass[i] != '\0'; i++) {
		char	 had = pass[i];

		for (const char *c = "0.9af"; *c != '\0'; c++) {
			pass[i] = *c;
			if (*c != had && shown("vd_operator=", pass, "", noon))
				fail_msg("%s", pass);
		}
		pass[i] = had;
	}
	for (size_t i = strlen(pass); i-- > 0;) {
		pass[i] = '\0';
		assert_false(shown("vd_operator=", pass, "", noon));
	}
	assert_false(shown("vd_operator=", "1..", "", noon));
	assert_false(shown("vd_operator=1.", "99999999999999999999999999", ".",
	    noon));
}

/* --- forms --------------------------------------------------------------- */

static const struct {
	const char	*body, *value;	/* of "key"; NULL: none */
} forms[] = {
	{ "key=a", "a" }, { "key=", "" }, { "x=1&key=a&key=b", "a" },
	{ "key=a+b%20c%2B", "a b c+" }, { "key=%41%4a%4A", "AJJ" },
	{ "key=a%26b%3Dc", "a&b=c" }, { "key=a=b", "a=b" },
	{ "&&key=a", "a" }, { "key=0123456789", "0123456789" },
	{ "", NULL }, { "key", NULL }, { "keys=a", NULL }, { "akey=a", NULL },
	{ "KEY=a", NULL }, { "key=%", NULL }, { "key=%4", NULL },
	{ "key=%4g", NULL }, { "key=%g4", NULL }, { "key=%00", NULL },
	{ "key=01234567890", NULL },	/* longer than there is room */
	{ "key=%4&x=1", NULL },
};

static void
values_are_decoded_or_none(void **state)
{
	char	 value[11];

	(void)state;
	for (size_t i = 0; i < ROWS(forms); i++) {
		bool	 is = form_value(forms[i].body, strlen(forms[i].body),
			    "key", value, sizeof(value));

		if (is != (forms[i].value != NULL) ||
		    (is && strcmp(value, forms[i].value) != 0))
			fail_msg("%s", forms[i].body);
		if (is && !form_has(forms[i].body, strlen(forms[i].body),
		    "key"))
			fail_msg("%s: there is one", forms[i].body);
	}
	/* also where its value cannot be had */
	assert_true(form_has("x=1&key=%4", 10, "key"));
	assert_true(form_has("key=01234567890", 15, "key"));
	assert_false(form_has("keys=a&akey=a&key", 17, "key"));
	assert_false(form_value("key=a\0b", 7, "key", value, sizeof(value)));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_proof_is_an_hmac),
		cmocka_unit_test(a_pass_holds_for_its_time_and_key),
		cmocka_unit_test(it_is_found_among_others),
		cmocka_unit_test(none_that_is_changed_holds),
		cmocka_unit_test(values_are_decoded_or_none),
	};

	return cmocka_run_group_tests_name("pass", tests, make, NULL);
}
