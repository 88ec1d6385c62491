#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/pages.h"
#include "core/err.h"

/* RFC 9209 section 2.3, those a gateway may send. */
static const char *const types[] = { "dns_error", "destination_not_found",
    "destination_ip_prohibited", "destination_unavailable",
    "connection_refused", "connection_timeout",
    "connection_limit_reached", "connection_read_timeout",
    "tls_protocol_error", "tls_certificate_error", "http_request_error",
    "http_request_denied", "http_response_incomplete",
    "http_response_header_section_size", "http_response_body_size",
    "http_response_timeout", "http_upgrade_failed", "http_protocol_error",
    "proxy_internal_error", "proxy_configuration_error",
    "proxy_loop_detected", NULL };

static const int statuses[] = { 400, 401, 403, 404, 405, 408, 413, 414, 429,
    431, 499, 500, 502, 503, 504, 0 };

static int
one_of(const int *list, int n)
{
	for (; *list != 0; list++)
		if (*list == n)
			return 1;
	return 0;
}

static int
names(const char *const *list, const char *s)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, s) == 0)
			return 1;
	return 0;
}

static void
every_row_is_filled_in(void **state)
{
	enum err	 e;

	(void)state;
	for (e = OK + 1; e < ERR__MAX; e++) {
		assert_true(one_of(statuses, err_status(e)));
		assert_non_null(err_word(e));
		assert_non_null(err_detail(e));
		assert_true(strlen(err_detail(e)) > 10);
		if (e != ERR_CLIENT_GONE)
			assert_true(names(types, err_type(e)));
	}
	assert_int_equal(err_status(OK), 200);
	assert_string_equal(err_word(OK), "ok");
}

static int
count_sentences(const char *text)
{
	int	 n = text[strlen(text) - 1] == '.';

	while ((text = strstr(text, ". ")) != NULL)
		n += *(text += 2) >= 'A' && *text <= 'Z';
	return n;
}

/* Callers read one sentence; what follows it is for the operator.  Neither
 * has what rules.awk cannot read. */
static void
sentences_are_whole(void **state)
{
	const char	*detail, *mend;

	(void)state;
	for (enum err e = OK + 1; e < ERR__MAX; e++) {
		detail = err_detail(e);
		mend = err_mend(e);
		assert_in_range(*detail, 'A', 'Z');
		assert_int_equal(count_sentences(detail), 1);
		assert_non_null(strchr(".;", mend[strlen(mend) - 1]));
		assert_null(strpbrk(detail, "\"\\%"));
		assert_null(strpbrk(mend, "\"\\%"));
	}
}

/* They stand in a quoted string of Proxy-Status, in JSON and in the log. */
static void
words_are_snake_case_and_unique(void **state)
{
	enum err	 e, f;

	(void)state;
	for (e = OK; e < ERR__MAX; e++) {
		assert_int_equal(strspn(err_word(e),
		    "abcdefghijklmnopqrstuvwxyz_"), strlen(err_word(e)));
		for (f = OK; f < e; f++)
			assert_string_not_equal(err_word(e), err_word(f));
	}
}

static void
every_status_has_its_phrase(void **state)
{
	enum err	 e;

	(void)state;
	for (e = OK; e < ERR__MAX; e++)
		if (e != ERR_CLIENT_GONE)
			assert_string_not_equal(page_reason(err_status(e)),
			    "Status");
	assert_string_equal(page_reason(299), "Status");
}

static const struct {
	enum err	 e;
	int		 status;
	const char	*type;
	int		 splash;
} rows[] = {
	{ ERR_DNS, 502, "dns_error", 1 },
	{ ERR_ADDRESS_PROHIBITED, 502, "destination_ip_prohibited", 1 },
	{ ERR_CONNECTION_REFUSED, 502, "connection_refused", 1 },
	{ ERR_CONNECTION_TIMEOUT, 504, "connection_timeout", 1 },
	{ ERR_RESPONSE_TIMEOUT, 504, "http_response_timeout", 1 },
	{ ERR_READ_TIMEOUT, 504, "connection_read_timeout", 1 },
	{ ERR_TLS_PROTOCOL, 502, "tls_protocol_error", 1 },
	{ ERR_TLS_CERTIFICATE, 502, "tls_certificate_error", 1 },
	{ ERR_BAD_RESPONSE, 502, "http_protocol_error", 1 },
	{ ERR_UPGRADE, 502, "http_upgrade_failed", 1 },
	{ ERR_HEAD_TOO_LARGE, 502, "http_response_header_section_size", 1 },
	{ ERR_BODY_TOO_LARGE, 502, "http_response_body_size", 1 },
	{ ERR_RESPONSE_INCOMPLETE, 502, "http_response_incomplete", 1 },
	{ ERR_TARGET_DOWN, 503, "destination_unavailable", 1 },
	{ ERR_LOOP, 502, "proxy_loop_detected", 0 },
	{ ERR_ROUTE_BUSY, 503, "connection_limit_reached", 0 },
	{ ERR_CONFIGURATION, 503, "proxy_configuration_error", 0 },
	{ ERR_ROUTE_INVALID, 500, "proxy_configuration_error", 0 },
	{ ERR_NO_MEMORY, 500, "proxy_internal_error", 0 },
	{ ERR_ORIGIN_NOT_ALLOWED, 403, "http_request_denied", 0 },
	{ ERR_FETCH_MODE, 403, "http_request_denied", 0 },
	{ ERR_MALFORMED_ORIGIN, 400, "http_request_error", 0 },
	{ ERR_BAD_PATH, 400, "http_request_error", 0 },
	{ ERR_NO_ROUTE, 404, "destination_not_found", 0 },
	{ ERR_METHOD_NOT_ALLOWED, 405, "http_request_denied", 0 },
	{ ERR_UPLOAD_STALLED, 408, "http_request_error", 0 },
	{ ERR_UPLOAD_TOO_LARGE, 413, "http_request_error", 0 },
	{ ERR_URL_TOO_LONG, 414, "http_request_error", 0 },
	{ ERR_FIELDS_TOO_LARGE, 431, "http_request_error", 0 },
	{ ERR_CLIENT_GONE, 499, "", 0 },
};

static void
statuses_and_types_are_those_promised(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(err_status(rows[i].e), rows[i].status);
		assert_string_equal(err_type(rows[i].e), rows[i].type);
		assert_int_equal(!!err_from_target(rows[i].e), rows[i].splash);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(every_row_is_filled_in),
		cmocka_unit_test(sentences_are_whole),
		cmocka_unit_test(words_are_snake_case_and_unique),
		cmocka_unit_test(every_status_has_its_phrase),
		cmocka_unit_test(statuses_and_types_are_those_promised),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
