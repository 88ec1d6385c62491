#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "upstream/certificate.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static struct arena	 arena;

/* Self-signed; DNS:a.example, DNS:*.b.example, IP:127.0.0.1, IP:::1 and a mail
 * address. */
static const char	 own[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIByDCCAW+gAwIBAgIUatja/PSAqnzkklwEi6PcX6LkW+8wCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJYS5leGFtcGxlMCAXDTI2MTEyNTE5MTA0M1oYDzIxMjYxMTAx\n"
    "MTkxMDQzWjAUMRIwEAYDVQQDDAlhLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAARk86yNfavN1+KiLg23cKDPchfeTdVZhw4gCCdeRCAaIrWlb51PvvyG\n"
    "QwurySB2NGRxsAEohp2BT7fd9m8Sd2zNo4GcMIGZMB0GA1UdDgQWBBRrDb1QrtWQ\n"
    "B6zLSlsr3OvErjLftDAfBgNVHSMEGDAWgBRrDb1QrtWQB6zLSlsr3OvErjLftDAP\n"
    "BgNVHRMBAf8EBTADAQH/MEYGA1UdEQQ/MD2CCWEuZXhhbXBsZYILKi5iLmV4YW1w\n"
    "bGWHBH8AAAGHEAAAAAAAAAAAAAAAAAAAAAGBC3hAeS5leGFtcGxlMAoGCCqGSM49\n"
    "BAMCA0cAMEQCIG5X74bLSKjumlyWqg9kAvwjrRRE82Am1M787McfSoD0AiBSf88B\n"
    "IeTC6DN84LDwzQ/NZsJpqAkoUX2CDEYIyRaZJQ==\n"
    "-----END CERTIFICATE-----\n";

/* Self-signed, without alternative names; O holds UTF-8, ESC and U+202E. */
static const char	 hostile[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBVDCB+wIUX2zr322pCzWmJ91w+gVt44eDsvIwCgYIKoZIzj0EAwIwLDESMBAG\n"
    "A1UEAwwJYS5leGFtcGxlMRYwFAYDVQQKDA1ab8OrIBtbMkrigK4hMCAXDTI2MTEy\n"
    "NTE5MTA0M1oYDzIxMjYxMTAxMTkxMDQzWjAsMRIwEAYDVQQDDAlhLmV4YW1wbGUx\n"
    "FjAUBgNVBAoMDVpvw6sgG1sySuKAriEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AAQdtsEmxzP7cKiM2oSKo6f96Zhv5uBBrWBGVF1YReuw5sXVObjYJJ6fYGHftw6X\n"
    "MTzRCgCSfHbqlPAy3+YqE01EMAoGCCqGSM49BAMCA0gAMEUCIG2/NyOLyQPBg6kw\n"
    "wNElMXzvDAaAjTb4GbGGtH6eUUlxAiEAjp0hgfeK3LqdFBQy077CReTfUZzRfPGu\n"
    "wyNgstDTgHY=\n"
    "-----END CERTIFICATE-----\n";

/* By the key of the first. */
static const char	 leaf[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBJzCBzgIUFy3WFD24nFXTa7vyuz25xMZQFOswCgYIKoZIzj0EAwIwFDESMBAG\n"
    "A1UEAwwJYS5leGFtcGxlMCAXDTI2MTEyNTE5MTA0NFoYDzIxMjYxMTAxMTkxMDQ0\n"
    "WjAXMRUwEwYDVQQDDAxsZWFmLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMB\n"
    "BwNCAARN8gN9mmjj26hy2BiIgq4d8Z31gHh+APwQC//fEiNrYr2tFp5oqlCAzVE3\n"
    "sS8S0tf4U82Ptmo+JIP4rJPhVT1lMAoGCCqGSM49BAMCA0gAMEUCIBSfVGqLtr2a\n"
    "IOWdnvnD3eZzlHtyBiDyt9qYJA+bEiqYAiEA5OBwuNzaamhaq2zt16FhuIQH4TxH\n"
    "9MhxleBI52Hrh94=\n"
    "-----END CERTIFICATE-----\n";

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 256 * 1024);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct certificate
read(const char *pem, const char *host)
{
	struct certificate	 c = { .names = NULL };

	assert_int_equal(certificate_read(&arena, pem, host, &c), OK);
	return c;
}

static void
all_is_as_openssl_prints_it(void **state)
{
	struct certificate	 c = read(own, "a.example");

	(void)state;
	assert_string_equal(c.subject, "CN = a.example");
	assert_string_equal(c.issuer, "CN = a.example");
	assert_string_equal(c.names,
	    "a.example, *.b.example, 127.0.0.1, 0:0:0:0:0:0:0:1");
	assert_int_equal(c.from_s, 1795633843);
	assert_int_equal(c.until_s, 4949233843);
	assert_string_equal(c.pin,
	    "sha256//NZXKWxJLmgSREe1AErTZRIAe03U8HH5rDy8eBQpa8jQ=");
	assert_true(c.self_signed);
	c = read(leaf, "leaf.example");
	assert_false(c.self_signed);
	assert_string_equal(c.subject, "CN = leaf.example");
	assert_string_equal(c.issuer, "CN = a.example");
	assert_string_equal(c.names, "");
}

static void
a_host_is_found_as_libcurl_finds_it(void **state)
{
	static const struct { const char *pem, *host; bool named; } rows[] = {
		{ own, "a.example", true }, { own, "x.b.example", true },
		{ own, "b.example", false }, { own, "x.y.b.example", false },
		{ own, "y.example", false }, { own, "127.0.0.1", true },
		{ own, "127.0.0.2", false }, { own, "[::1]", true },
		{ own, "[::2]", false },
		{ leaf, "leaf.example", true },	/* by its CN alone */
		{ leaf, "a.example", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_int_equal(read(rows[i].pem, rows[i].host).names_host,
		    rows[i].named);
}

static void
controls_of_ascii_are_written_out(void **state)
{
	struct certificate	 c = read(hostile, "a.example");

	(void)state;
	assert_string_equal(c.subject, "CN = a.example, O = "
	    "Zo\xc3\xab \\1B[2J\xe2\x80\xae!");
	assert_null(strchr(c.subject, 27));
}

static void
what_is_no_certificate_is_none(void **state)
{
	struct certificate	 c;
	char			 spoilt[sizeof(own)];

	(void)state;
	memcpy(spoilt, own, sizeof(own));
	spoilt[100] = '!';
	assert_int_equal(certificate_read(&arena, "", "a", &c),
	    ERR_TLS_CERTIFICATE);
	assert_int_equal(certificate_read(&arena, "x", "a", &c),
	    ERR_TLS_CERTIFICATE);
	assert_int_equal(certificate_read(&arena, spoilt, "a", &c),
	    ERR_TLS_CERTIFICATE);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(all_is_as_openssl_prints_it),
		cmocka_unit_test(a_host_is_found_as_libcurl_finds_it),
		cmocka_unit_test(controls_of_ascii_are_written_out),
		cmocka_unit_test(what_is_no_certificate_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
