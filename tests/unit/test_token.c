#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/token.h"
#include "tests/unit/fixture.h"

#define NOW	1700000000

static const char	 letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-_";
static char		 text[16384];
static const char	*subject;

/* Append the base64url of these bytes. */
static void
encode(const char *bytes, size_t n)
{
	unsigned	 have = 0;
	int		 left = 0;
	char		*out = text + strlen(text);

	for (size_t i = 0; i < n; i++) {
		have = (have << 8 | (unsigned char)bytes[i]) & 0xffff;
		for (left += 8; left >= 6; left -= 6)
			*out++ = letters[have >> (left - 6) & 63];
	}
	if (left > 0)
		*out++ = letters[have << (6 - left) & 63];
	*out = '\0';
}

static struct token_rule	 rule;

static const char *
judge(const char *token)
{
	arena_reset(&arena);
	return token_refuse(&arena, token, &rule, &subject);
}

/* A token of this head and these claims, at NOW, for the rule. */
static const char *
judge_parts(const char *head, const char *claims)
{
	text[0] = '\0';
	encode(head, strlen(head));
	strncat(text, ".", 2);
	encode(claims, strlen(claims));
	strncat(text, ".c2ln", 6);
	return judge(text);
}

static int
reset(void **state)
{
	(void)state;
	rule = (struct token_rule){ .algorithm = "HS256", .issuer = "",
	    .audience = "", .now = NOW };
	return 0;
}

static void
assert_says(const char *got, const char *want, const char *of)
{
	if ((got == NULL) != (want == NULL) ||
	    (want != NULL && strstr(got, want) == NULL))
		fail_msg("%s: '%s', not '%s'", of, got != NULL ? got : "-",
		    want != NULL ? want : "-");
}

/* --- the text ------------------------------------------------------------ */

/* eyJhbGciOiJIUzI1NiJ9 is {"alg":"HS256"}, eyJleHAiOjE5MDAwMDAwMDB9 is
 * {"exp":1900000000}. */
#define HEAD	"eyJhbGciOiJIUzI1NiJ9"
#define CLAIMS	"eyJleHAiOjE5MDAwMDAwMDB9"

static const struct { const char *text, *says; } texts[] = {
	{ HEAD "." CLAIMS ".c2ln", NULL },
	{ HEAD "." CLAIMS "._-8", NULL },
	{ "", "three parts" },
	{ ".", "three parts" },
	{ "..", "three parts" },
	{ "...", "three parts" },
	{ "a.b", "its head" },
	{ HEAD, "three parts" },
	{ HEAD "." CLAIMS, "three parts" },
	{ HEAD "." CLAIMS ".", "three parts" },
	{ HEAD ".." "c2ln", "three parts" },
	{ "." CLAIMS ".c2ln", "three parts" },
	{ HEAD "." CLAIMS ".c2ln.", "three parts" },
	{ HEAD "." CLAIMS ".c2ln.c2ln", "three parts" },
	{ HEAD "." CLAIMS "..c2ln", "three parts" },
	{ HEAD "." CLAIMS ".c2l", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2lnA", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2ln=", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2l+", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2l/", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2 n", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2ln ", "signature cannot be read" },
	{ HEAD "." CLAIMS ".c2ln, " HEAD, "signature cannot be read" },
	{ HEAD "=." CLAIMS ".c2ln", "head cannot be read" },
	{ " " HEAD "." CLAIMS ".c2ln", "head cannot be read" },
	{ HEAD "." CLAIMS "=.c2ln", "claims cannot be read" },
	{ HEAD "." CLAIMS "A.c2ln", "claims cannot be read" },
	{ HEAD "\xc3\xa9." CLAIMS ".c2ln", "head cannot be read" },
	/* bits that belong to no byte */
	{ "eyJhbGciOiJIUzI1NiJ." CLAIMS ".c2ln", "head cannot be read" },
	{ HEAD "." CLAIMS ".c2k", NULL },
	{ HEAD "." CLAIMS ".c2l", "signature cannot be read" },
	{ HEAD "." CLAIMS ".cw", NULL },
	{ HEAD "." CLAIMS ".cx", "signature cannot be read" },
};

static void
a_token_has_three_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++)
		assert_says(judge(texts[i].text), texts[i].says,
		    texts[i].text);
}

static void
there_is_an_end_to_tokens(void **state)
{
	(void)state;
	snprintf(text, sizeof(text), "%s.%s.", HEAD, CLAIMS);
	memset(text + strlen(text), 'A', TOKEN_MAX_BYTES - strlen(text));
	assert_int_equal(strlen(text), TOKEN_MAX_BYTES);
	assert_null(judge(text));
	text[TOKEN_MAX_BYTES] = 'A';
	assert_says(judge(text), "longer than 4,096", "one more");
}

/* --- the head ------------------------------------------------------------ */

static const struct { const char *head, *says; } heads[] = {
	{ "{\"alg\":\"HS256\"}", NULL },
	{ "{\"typ\":\"JWT\",\"alg\":\"HS256\"}", NULL },
	{ "{\"\\u0061lg\":\"HS\\u0032\\u00356\"}", NULL },
	/* kid is of no meaning, whatever it is */
	{ "{\"alg\":\"HS256\",\"kid\":\"../../etc/passwd\"}", NULL },
	{ "{\"alg\":\"HS256\",\"kid\":7}", NULL },
	{ "{\"alg\":\"none\"}", "another algorithm" },
	{ "{\"alg\":\"None\"}", "another algorithm" },
	{ "{\"alg\":\"NONE\"}", "another algorithm" },
	{ "{\"alg\":\"nOnE\"}", "another algorithm" },
	{ "{\"alg\":\"\"}", "another algorithm" },
	{ "{\"alg\":null}", "another algorithm" },
	{ "{\"alg\":[\"HS256\"]}", "another algorithm" },
	{ "{\"alg\":256}", "another algorithm" },
	{ "{}", "another algorithm" },
	{ "{\"typ\":\"JWT\"}", "another algorithm" },
	{ "{\"Alg\":\"HS256\"}", "another algorithm" },
	{ "{\"alg\":\"hs256\"}", "another algorithm" },
	{ "{\"alg\":\"HS256 \"}", "another algorithm" },
	{ "{\"alg\":\"HS2560\"}", "another algorithm" },
	{ "{\"alg\":\"HS384\"}", "another algorithm" },
	{ "{\"alg\":\"RS256\"}", "another algorithm" },
	{ "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", "head cannot be read" },
	{ "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}",
	    "head cannot be read" },
	{ "[{\"alg\":\"HS256\"}]", "head cannot be read" },
	{ "\"HS256\"", "head cannot be read" },
	{ "{\"alg\":\"HS256\\u0000\"}", "head cannot be read" },
	{ "{\"alg\":\"HS256\"} x", "head cannot be read" },
	/* what libjwt calls a wrong signature, and what it overlooks */
	{ "{\"alg\":\"HS256\",\"typ\":\"jwt\"}", NULL },
	{ "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", "another type" },
	{ "{\"alg\":\"HS256\",\"typ\":\"JWT2\"}", "another type" },
	{ "{\"alg\":\"HS256\",\"typ\":\"\"}", "another type" },
	{ "{\"alg\":\"HS256\",\"typ\":null}", "another type" },
	{ "{\"alg\":\"HS256\",\"typ\":7}", "another type" },
	{ "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "how it is to be" },
	{ "{\"alg\":\"HS256\",\"crit\":null}", "how it is to be" },
	{ "{\"alg\":\"HS256\",\"b64\":true}", "how it is to be" },
	{ "{\"alg\":\"HS256\",\"b64\":false}", "how it is to be" },
	{ "{\"alg\":\"HS256\",\"zip\":\"DEF\"}", "how it is to be" },
	{ "{\"alg\":\"HS256\",\"jku\":\"https://a.example/\"}",
	    "how it is to be" },
	{ "{\"alg\":\"HS256\",\"x5u\":\"https://a.example/\"}",
	    "how it is to be" },
	{ "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\"}}",
	    "how it is to be" },
	{ "{\"alg\":\"HS256\",\"j\\u0077k\":{}}", "how it is to be" },
};

static void
a_token_chooses_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(heads); i++)
		assert_says(judge_parts(heads[i].head, "{\"exp\":1900000000}"),
		    heads[i].says, heads[i].head);
}

/* --- the claims ---------------------------------------------------------- */

static const struct { const char *claims, *says; } claims[] = {
	/* exp: now is too late */
	{ "{\"exp\":1700000001}", NULL },
	{ "{\"exp\":1700000000}", "has expired" },
	{ "{\"exp\":1699999999}", "has expired" },
	{ "{\"exp\":1}", "has expired" },
	{ "{\"exp\":0}", "has expired" },
	{ "{\"exp\":-1}", "has expired" },
	{ "{}", "no end" },
	{ "{\"sub\":\"x\"}", "no end" },
	{ "{\"exp\":1700000001.0}", "no whole number" },
	{ "{\"exp\":1700000001.5}", "no whole number" },
	{ "{\"exp\":1.7e10}", "no whole number" },
	{ "{\"exp\":17e9}", "no whole number" },
	{ "{\"exp\":\"1700000001\"}", "no whole number" },
	{ "{\"exp\":null}", "no whole number" },
	{ "{\"exp\":true}", "no whole number" },
	{ "{\"exp\":[1700000001]}", "no whole number" },
	{ "{\"exp\":9999999999999999}", "no whole number" },
	{ "{\"exp\":99999999999999999999}", "no whole number" },
	{ "{\"exp\":1700000001,\"exp\":1}", "claims cannot be read" },
	{ "{\"exp\":1,\"\\u0065xp\":1700000001}", "claims cannot be read" },
	{ "[1700000001]", "claims cannot be read" },
	{ "", "three parts" },
	/* nbf and iat: clocks may differ by a minute */
	{ "{\"exp\":1700000100,\"nbf\":1700000060}", NULL },
	{ "{\"exp\":1700000100,\"nbf\":1700000061}", "not yet valid" },
	{ "{\"exp\":1700000100,\"nbf\":1}", NULL },
	{ "{\"exp\":1700000100,\"nbf\":\"1\"}", "no whole number" },
	{ "{\"exp\":1700000100,\"nbf\":1.5}", "no whole number" },
	{ "{\"exp\":1700000100,\"iat\":1700000060}", NULL },
	{ "{\"exp\":1700000100,\"iat\":1700000061}", "not yet valid" },
	{ "{\"exp\":1700000100,\"iat\":null}", "no whole number" },
	/* a day at most, where it can be told */
	{ "{\"exp\":1700086400,\"iat\":1700000000}", NULL },
	{ "{\"exp\":1700086401,\"iat\":1700000000}", "more than a day" },
	{ "{\"exp\":1700000001,\"iat\":1}", "more than a day" },
	{ "{\"exp\":999999999999999,\"iat\":-999999999999999}",
	    "more than a day" },
	{ "{\"exp\":1900000000}", NULL },
	/* sub: a text, if there is one */
	{ "{\"exp\":1900000000,\"sub\":7}", "no text" },
	{ "{\"exp\":1900000000,\"sub\":null}", "no text" },
	{ "{\"exp\":1900000000,\"sub\":\"\"}", NULL },
	/* whom nobody named here it is not for */
	{ "{\"exp\":1900000000,\"aud\":\"a\"}", "jwt_audience names none" },
	{ "{\"exp\":1900000000,\"aud\":[]}", "jwt_audience names none" },
	{ "{\"exp\":1900000000,\"iss\":\"anybody\"}", NULL },
	{ "{\"exp\":1900000000,\"iss\":7}", NULL },
};

static void
a_token_has_its_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(claims); i++)
		assert_says(judge_parts("{\"alg\":\"HS256\"}",
		    claims[i].claims), claims[i].says, claims[i].claims);
}

static const struct { const char *claims, *says; } parties[] = {
	{ "\"iss\":\"me\",\"aud\":\"us\"", NULL },
	{ "\"iss\":\"me\",\"aud\":[\"us\"]", NULL },
	{ "\"iss\":\"me\",\"aud\":[\"them\",\"us\"]", NULL },
	{ "\"iss\":\"m\\u0065\",\"aud\":\"us\"", NULL },
	{ "\"iss\":\"me\"", "for nobody" },
	{ "\"iss\":\"me\",\"aud\":\"them\"", "another audience" },
	{ "\"iss\":\"me\",\"aud\":\"US\"", "another audience" },
	{ "\"iss\":\"me\",\"aud\":\"us \"", "another audience" },
	{ "\"iss\":\"me\",\"aud\":\"\"", "another audience" },
	{ "\"iss\":\"me\",\"aud\":null", "another audience" },
	{ "\"iss\":\"me\",\"aud\":{\"us\":1}", "another audience" },
	{ "\"iss\":\"me\",\"aud\":[]", "another audience" },
	{ "\"iss\":\"me\",\"aud\":[\"them\"]", "another audience" },
	{ "\"iss\":\"me\",\"aud\":[\"us\",7]", "audience cannot be" },
	{ "\"iss\":\"me\",\"aud\":[[\"us\"]]", "audience cannot be" },
	{ "\"aud\":\"us\"", "another issuer" },
	{ "\"iss\":\"you\",\"aud\":\"us\"", "another issuer" },
	{ "\"iss\":\"me/\",\"aud\":\"us\"", "another issuer" },
	{ "\"iss\":[\"me\"],\"aud\":\"us\"", "another issuer" },
	{ "\"iss\":null,\"aud\":\"us\"", "another issuer" },
};

static void
a_token_is_of_whom_and_for_whom_it_must_be(void **state)
{
	char	 both[256];

	(void)state;
	rule.issuer = "me";
	rule.audience = "us";
	for (size_t i = 0; i < ROWS(parties); i++) {
		snprintf(both, sizeof(both), "{\"exp\":1900000000,%s}",
		    parties[i].claims);
		assert_says(judge_parts("{\"alg\":\"HS256\"}", both),
		    parties[i].says, parties[i].claims);
	}
}

static void
the_subject_is_of_a_good_token_alone(void **state)
{
	(void)state;
	assert_null(judge_parts("{\"alg\":\"HS256\"}",
	    "{\"exp\":1900000000,\"sub\":\"Zo\\u00eb\"}"));
	assert_text(subject, "Zo\xc3\xab");
	assert_null(judge_parts("{\"alg\":\"HS256\"}",
	    "{\"exp\":1900000000}"));
	assert_null(subject);
	assert_non_null(judge_parts("{\"alg\":\"HS256\"}",
	    "{\"exp\":1,\"sub\":\"x\"}"));
	assert_null(subject);
}

#define T(f)	cmocka_unit_test_setup(f, reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_token_has_three_parts),
		T(there_is_an_end_to_tokens),
		T(a_token_chooses_nothing),
		T(a_token_has_its_time),
		T(a_token_is_of_whom_and_for_whom_it_must_be),
		T(the_subject_is_of_a_good_token_alone),
	};

	return cmocka_run_group_tests_name("token", tests, setup, teardown);
}
