#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/tokens.h"
#include "tests/unit/fixture.h"

/* Made with openssl; who has the private ones can sign {"sub":"x"}. */
static const char	 secret[] = "0123456789abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
static const char	 rsa_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB"
    "CgKCAQEAnWS7MRfr3LZo34SZQPxy\nGhjxDG88Ezz7EWDBfN7H5fSXyNwyEIw6ua"
    "ZDVkPidVu+WqLxs3VPWAhNC+Da7XEI\n1lLUqHzOFHO1MZ24couPsW1NWLv0YCTJ"
    "68eBEwcIrA2efeWPA+TXD/Q6xCS16XW3\n/VR63nt95ZMct+HEXkHcYuQI7J8rjB"
    "7uIzsFnjnG9xcUfM2LkxFo4zn7OTcVsWec\nboIz7ron6w39GIwXMgu39bOeq40x"
    "s/tm8GoKM7l5hvWKxCyPKzeOKI+Fh7qnHQQO\n34nQL1d4ni09nfZMHdMy4ypIEI"
    "7ECqhzfhGYKVdU4NlFzFbPgEhffQizCvvRiK11\n+wIDAQAB\n-----END PUBLI"
    "C KEY-----\n";
static const char	 rsa1024_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKB"
    "gQDey1O21+GbG3SDQwI5zTeuSXK4\nLFVVs7/u3NUSzpvdwIY02ZRO1q/xUkMK+A"
    "w+vzEQ5v9tFlCq0DjDyursK/CmkNRZ\naWJ9wF2uDUa57QA7sIdNfrZEwfM4ywGq"
    "eI5v0a2HUzBwg+jpFoxEjzd166DGHGNA\ndcTJZ/L1knYEj1/zZwIDAQAB\n----"
    "-END PUBLIC KEY-----\n";
static const char	 ec256_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
    "2Iw5ebpWxV/1ixGNpoLwyGZJGl2o\n+qsno1T3KjkMwVCE82dxUWOjFOlGD8glPE"
    "53foU+1/8aq5q5XRE+xA7qYw==\n-----END PUBLIC KEY-----\n";
static const char	 ec384_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEEwDH"
    "WTYsJm05mA3Qw2yx+uy/T4pSyo06\nbFRy13LXC7MOcmNDGgQgfRld/TgIgnu8Ee"
    "KLlWYLdQ2UGNsjiE1twG63BAFphRl7\n1NDqfqRZxqNT+5gbDOqsyz4LuHIGaqC8"
    "\n-----END PUBLIC KEY-----\n";
static const char	 ec512_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQB"
    "bYA+AMtbsU+W2TBNOl7L18d4a0JX\n+jVuE4ocUdaRCSJSu0es7B2iwiqG/gsc3b"
    "2LC5rq2mrgLg+Vr5vZ0lL8XuMAHtjZ\n1wnofWpU04jZEsRWLNnZyg3Re3Pf214g"
    "7Ufl1bgUotHlHnPwCillk7MWumFQZZQa\nVqUb5LVWlnEN1TNrmaU=\n-----END"
    " PUBLIC KEY-----\n";
/* Other curves of 256 and 384 bits, and P-256 written out. */
static const char	 k1_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEdGhmDGN8SrlYCniGMaNXh/b60NvD"
    "eSG3\n19fZ0ugS4poov+IgDsjnj6DpiQ8hYgVwzyCMlKUXLo7/alU73HWRRA"
    "==\n-----END PUBLIC KEY-----\n";
static const char	 brainpool_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MHowFAYHKoZIzj0CAQYJKyQDAwIIAQELA2IABIw+qIqc8bw7JGQZ4YJGt+JH"
    "Iw9i\n+OZmrOLObFCap0nWD4lyeoWmeS19nSnJ85//pYxIKyFqggbIy+loZb"
    "/U7W9acneK\nedrC1dzKKhEjWt8NSVtIqRSfB9yemF9/gMjzqA==\n-----E"
    "ND PUBLIC KEY-----\n";
static const char	 explicit_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB"
    "AAAA\nAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAA"
    "AAAAAA////\n///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7"
    "zjw+J9JgSwMVAMSd\nNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vO"
    "blY6RA8ncDfYEt6zOg9KE5\nRdiYwpZP40Li/hp/m47n60p8D54WK84zV2sx"
    "Xs7LtkBoN79R9QIhAP////8AAAAA\n//////////+85vqtpxeehPO5ysL8Yy"
    "VRAgEBA0IABIXVWu8oi1/F/Xt09ed4mFXG\n6IuHGX9OR/1K8zkXjsVDOg/8"
    "98KJzRohOR9H7iiUGcqHWnNQl67pdg+ZHTIoVOQ=\n-----END PUBLIC KE"
    "Y-----\n";
static const char	 ed_key[] = "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA2hp2gnusM7JU0GylNa5K"
    "A8HMpJRC9gSj5gGqUDgMOiI=\n-----END PUBLIC KEY-----\n";

/* {"alg":ALGORITHM}.{"sub":"x"}, signed by openssl. */
static const struct { const char *algorithm, *key, *token; } signed_[] = {
	{ "HS256", secret,
	    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.Yg0qEWHQpi-y8a9t_sHsUYKPtB8"
	    "3CVs0KPBrzDl2HFg" },
	{ "HS384", secret,
	    "eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJ4In0.ck8mbkdKGRO8NEgg_UrIwhiU3mu"
	    "sOkqejUa4SMRcksZFQ9cu97FBG0Hsis30r8ta" },
	{ "HS512", secret,
	    "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ4In0.Cd4pn-3q-UmBECnNPfG8V4NpkPX"
	    "XhfZs1p2Oq6cvhxU3hsaO3JPn2xltYJvYqfJYAypihqzlCo1nz7tHuugICQ" },
	{ "RS256", rsa_key,
	    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.JWt-KxBfVLT3EPCH_GkSJq7bGit"
	    "kkHj4-xQjz-LAQSr0JwLgffgWGE2oOaVjtBqv0keQV4Yep5BKLuMxErsU1jIcvM8"
	    "hpZm8FmTJQnu8OnUDIgSWcrFf14sL7yw_Q2G_17F3iOIofTvxMzAiIDm9fdrfVks"
	    "0bJlwejKbG9u0X0Zrf7cnzQLbnglTQ8ZZsUEztl-mOnAozRGzpFU0XVqtHnV9FXk"
	    "UFcYzF1yNX2YUwqwaHy3R5eERWoHSnUiPvWQ4AjNnSIToANgZ_nX-h2HrSpBcD3w"
	    "3NiGOzJbtR0wkWj33Dg6KjEiPHLWR_nNfAUvYZuMWaoT9nbJVYIvotuv0_Q" },
	{ "RS384", rsa_key,
	    "eyJhbGciOiJSUzM4NCJ9.eyJzdWIiOiJ4In0.UZtl3BbacT5drbC7mOU8KLXJU_U"
	    "AoSray-0tQTyo2YgrsjZfCDx3BG6M_VNWREZOLwvObxOQrWLIc46zfEI2QzadpBY"
	    "TOMMcMiV7da-6JP4A4OVgVAzkmGmA_NrIGj-cRV9AuUMmIf72LzqbUUbrDz3ytQ0"
	    "cZRlF0lUCoblb_QEEOJNd5v0JHViVnd55i_1eKcZzBvIBLgoTtYTb6zYyGobbrZe"
	    "v4lF57nqwTPEgrAJmiLUEdiE3c4Q6eKIv5RZBm8XIkRaYPMLhSfwW8-gs6sei-pZ"
	    "a7ip4N1jjmbwkpp_syyBYPzYi8aApMy-7_XfbppO0SywIgblLVuFCm8YBvw" },
	{ "RS512", rsa_key,
	    "eyJhbGciOiJSUzUxMiJ9.eyJzdWIiOiJ4In0.MAd0nOsAw2yjo-6qxaz2822Jmps"
	    "zTdWfAlJ9abFvwGHHC171_kW5hbz1enaFkPrn1IQYG4C7s4qywItJIMUMpr0A02q"
	    "OH6nb5HwOy0ol8-sne1HzNowp5MqPV_ZgX5EU3p8S_v1nP8a2GPPvDu9zGyMg0QZ"
	    "saAGir76ex6qq3ZVTwkLcNVmSRTbWtfHq5wDzIRIvHAQvgUS7W30zzakGlHpMcN3"
	    "CMuYfeVUlrpW4nYocW6QmSbLpQ0weM0yuTtLzh_XB5AtyB9fK6TX88KOil7hIJ9l"
	    "hdLlisGTXltkRyjVnT9s5WTAXkFO03UlIEtsa7H_77Ude6eelyISHa8GmEQ" },
	{ "ES256", ec256_key,
	    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.TIFtG2no43vm5QofSTGZxVklXBN"
	    "ucpqa1QCW9krTBE9DmK4gh2zC3VClmEL5joJihOjy19RvOrdEuJ4aubvLrg" },
	{ "ES384", ec384_key,
	    "eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiJ4In0.VwSLhIVLwFrWfwj11p97PIrC7RX"
	    "_Nd5KPBxLAf7XyjhZgVeUtP7EDuJX7oPWvZlatAuRa0o4XOVMCHBPxCchB-mX8wc"
	    "nHMVZ0KU0Hoxsw-dj1KWyv_o0hkcOJc_f0Ysr" },
	{ "ES512", ec512_key,
	    "eyJhbGciOiJFUzUxMiJ9.eyJzdWIiOiJ4In0.ANJwiRLBBKrtHghYR3SkneSepz6"
	    "bOem4WXjC580_Gu8hi9lK2wYb0glRYtxL1USBPPMSOOwhDKaL_PEWsiXFZMxMAYu"
	    "N9Bqnmt0lCDsBGeMWb4ZmkHOC1orbBoZ7dnCQ92hGCqxP63pmdnqS8N21D4OFVlz"
	    "Gsy8UBEon3EdZOyBnW1nA" },
};

static bool
is_signed(const char *token, const char *algorithm, const char *key)
{
	arena_reset(&arena);
	return tokens_are_signed(token, algorithm, key, strlen(key), &arena);
}

static void
what_openssl_signed_is_signed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(signed_); i++)
		if (!is_signed(signed_[i].token, signed_[i].algorithm,
		    signed_[i].key))
			fail_msg("%s", signed_[i].algorithm);
}

/* Each letter changed, but for the last ones, whose spare bits were judged
 * before. */
static void
every_letter_is_signed(void **state)
{
	char	 token[1024];

	(void)state;
	for (size_t i = 0; i < ROWS(signed_); i++) {
		size_t	 n = strlen(signed_[i].token);

		for (size_t j = 0; j < n - 1; j += 1 + (j > 60) * 7) {
			snprintf(token, sizeof(token), "%s",
			    signed_[i].token);
			if (token[j] == '.' || token[j + 1] == '.')
				continue;
			token[j] = token[j] == 'A' ? 'B' : 'A';
			if (is_signed(token, signed_[i].algorithm,
			    signed_[i].key))
				fail_msg("%s: %zu", signed_[i].algorithm, j);
		}
	}
}

static void
a_signature_is_whole(void **state)
{
	char	 token[1024];

	(void)state;
	for (size_t i = 0; i < ROWS(signed_); i++) {
		snprintf(token, sizeof(token), "%s", signed_[i].token);
		strncat(token, "AAAA", 5);
		assert_false(is_signed(token, signed_[i].algorithm,
		    signed_[i].key));
		token[strlen(token) - 8] = '\0';
		assert_false(is_signed(token, signed_[i].algorithm,
		    signed_[i].key));
		*(strrchr(token, '.') + 1) = '\0';
		assert_false(is_signed(token, signed_[i].algorithm,
		    signed_[i].key));
	}
}

/* Whatever else the token says of itself. */
static void
the_algorithm_is_ours_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(signed_); i++)
		for (size_t j = 0; j < ROWS(signed_); j++)
			if (i != j && is_signed(signed_[i].token,
			    signed_[j].algorithm, signed_[j].key))
				fail_msg("%s for %s", signed_[i].algorithm,
				    signed_[j].algorithm);
}

static void
another_key_is_no_key(void **state)
{
	(void)state;
	assert_false(is_signed(signed_[0].token, "HS256",
	    "1123456789abcdefghijklmnopqrstuvwxyz"));
	assert_false(is_signed(signed_[3].token, "RS256", rsa1024_key));
	assert_false(is_signed(signed_[6].token, "ES256", ec384_key));
	assert_false(is_signed(signed_[6].token, "ES256", rsa_key));
	assert_false(is_signed(signed_[3].token, "RS256", ec256_key));
}

/* --- keys ---------------------------------------------------------------- */

static const struct { const char *algorithm, *key, *says; } keys[] = {
	{ "HS256", secret, NULL },
	{ "HS384", secret, NULL },
	{ "HS512", secret, NULL },
	{ "HS256", "0123456789abcdefghijklmnopqrstuv", NULL },
	{ "HS256", "0123456789abcdefghijklmnopqrstu", "32 bytes" },
	{ "HS256", "", "32 bytes" },
	{ "HS384", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK",
	    "48 bytes" },
	{ "HS512", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
	    "TUVWXYZ-", "64 bytes" },
	/* the key of everybody would be a secret */
	{ "HS256", rsa_key, "no secret" },
	{ "HS512", ec256_key, "no secret" },
	{ "RS256", rsa_key, NULL },
	{ "RS384", rsa_key, NULL },
	{ "RS512", rsa_key, NULL },
	{ "RS256", rsa1024_key, "2,048 bits" },
	{ "RS256", ec256_key, "public key of RSA" },
	{ "RS256", ed_key, "public key of RSA" },
	{ "ES256", ec256_key, NULL },
	{ "ES384", ec384_key, NULL },
	{ "ES512", ec512_key, NULL },
	{ "ES256", ec384_key, "P-256" },
	{ "ES384", ec256_key, "P-384" },
	{ "ES512", ec384_key, "P-521" },
	{ "ES256", k1_key, "P-256" },
	{ "ES384", brainpool_key, "P-384" },
	{ "ES256", explicit_key, "P-256" },
	{ "ES256", rsa_key, "P-256" },
	{ "ES256", ed_key, "P-256" },
	{ "RS256", secret, "public key in PEM" },
	{ "RS256", "", "public key in PEM" },
	{ "RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n"
	    "-----END PUBLIC KEY-----\n", "public key in PEM" },
	{ "RS256", "-----BEGIN CERTIFICATE-----\n", "public key in PEM" },
	{ "RS256", "-----BEGIN PRIVATE KEY-----\n", "a private key" },
	{ "ES256", "-----BEGIN EC PRIVATE KEY-----\n", "a private key" },
};

static void
a_key_is_of_its_algorithm(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(keys); i++) {
		const char	*why = tokens_key_fault(keys[i].algorithm,
				    keys[i].key, strlen(keys[i].key));

		if ((why == NULL) != (keys[i].says == NULL) ||
		    (why != NULL && strstr(why, keys[i].says) == NULL))
			fail_msg("row %zu: %s", i, why != NULL ? why : "-");
	}
	assert_non_null(tokens_key_fault("HS256", "\0-----BEGIN PUBLIC KEY--"
	    "---abcdefghijklmnopqrstuvwxyz", 53));
}

static void
there_are_nine_algorithms(void **state)
{
	static const char *const none[] = { "", "none", "None", "HS2", "HS224",
	    "hs256", "HS256 ", "PS256", "EdDSA", "ES256K", "TERM" };

	(void)state;
	for (size_t i = 0; i < ROWS(signed_); i++) {
		assert_text(tokens_algorithm(signed_[i].algorithm),
		    signed_[i].algorithm);
		assert_int_equal(tokens_is_secret(signed_[i].algorithm),
		    signed_[i].algorithm[0] == 'H');
	}
	for (size_t i = 0; i < ROWS(none); i++)
		assert_null(tokens_algorithm(none[i]));
	assert_true(tokens_built());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_openssl_signed_is_signed),
		cmocka_unit_test(every_letter_is_signed),
		cmocka_unit_test(a_signature_is_whole),
		cmocka_unit_test(the_algorithm_is_ours_alone),
		cmocka_unit_test(another_key_is_no_key),
		cmocka_unit_test(a_key_is_of_its_algorithm),
		cmocka_unit_test(there_are_nine_algorithms),
	};

	return cmocka_run_group_tests_name("tokens", tests, setup, teardown);
}
