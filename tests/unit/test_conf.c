#include <limits.h>
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

#include "core/arena.h"
#include "core/buf.h"
#include "store/conf.h"

static struct arena	 arena;
static struct buf	 problems, warnings;
static struct conf	 conf;
static char		 folder[64], path[128], ca[128];

static void
write_file(const char *name, const void *text, size_t len, mode_t mode)
{
	FILE	*f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static int
load_bytes(const void *text, size_t len)
{
	arena_free(&arena);
	buf_init(&problems, &arena, 65536);
	buf_init(&warnings, &arena, 65536);
	write_file(path, text, len, 0600);
	return conf_load(&conf, &arena, path, &problems, &warnings);
}

static int
load(const char *text)
{
	return load_bytes(text, strlen(text));
}

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 16 << 20);
	snprintf(folder, sizeof(folder), "/tmp/viaduct-conf.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/viaduct.ini", folder);
	snprintf(ca, sizeof(ca), "%s/ca.pem", folder);
	write_file(ca, "x", 1, 0600);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	unlink(path);
	unlink(ca);
	return rmdir(folder);
}

/* --- the text ----------------------------------------------------------- */

#define LONG60	"012345678901234567890123456789012345678901234567890123456789"
#define LONG190	LONG60 LONG60 LONG60 "0123456789"

/* A file and what is said of it, "LINE: ..."; NULL: nothing. */
static const struct { const char *text, *says; } texts[] = {
	{ "", NULL },
	{ "\n\n; comment\n# comment\n   \n  ; indented comment\n", NULL },
	{ "[app]\napp_name = A\n", NULL },
	{ "[app]\r\napp_name = A\r\n", NULL },
	{ "\xef\xbb\xbf[app]\napp_name = A\n", NULL },
	{ "[app] ; the program\napp_name=A", NULL },
	{ "[app]\n\nap_name = A\n",
	    ":3: [app] has no setting ap_name: did you mean app_name?" },
	{ "[app]\nallow_origins = *\n",
	    ":2: [app] has no setting allow_origins: did you mean "
	    "allow_origins of [cors]?" },
	{ "[app]\nfrobnicate = A\n", ":2: [app] has no setting frobnicate\n" },
	{ "[ap]\nx = y\n", ":1: there is no such section" },
	{ "[app\napp_name = A\n", ":1: the section has no ]" },
	{ "[app] x\n", ":1: something follows" },
	{ "app_name = A\n", ":1: app_name stands before the first section" },
	{ "[app]\napp_name = A\napp_name = B\n",
	    ":3: [app] app_name is already set in line 2" },
	{ "[app]\napp_name = A\n more\n", ":3: the line begins with a blank" },
	{ "[app]\n\tapp_name = A\n", ":2: the line begins with a blank" },
	{ "[app]\napp_name\n", ":2: this is no setting" },
	{ "[app]\napp_name: A\n", ":2: this is no setting" },
	{ "[app]\ncontact: https://a.example/?a=b\n",
	    ":2: this is no setting" },
	{ "[app]\napp_name = A\033B\n", ":2: the line holds a control" },
	{ "[app]\napp_name = A\rB\n", ":2: the line holds a control" },
	{ "[app]\n;" LONG190 "\n", ":2: the line is longer than 190" },
	{ "[app]\napp_name = " LONG190 " y=evil\n",
	    ":2: the line is longer than 190" },
	{ "[app]\napp_name = A ; a comment\n", NULL },
	{ "[app]\napp_name = A ;cut\n", ":2: the value ends before" },
	{ "[app]\napp_name =;x\n", ":2: put a blank before the ;" },
	{ "[app]\napp_name = A;B\n", NULL },
	{ "[app]\napp_name = \"A\"\n",
	    ":2: [app] app_name: begins with a quote" },
	{ "[app]\napp_name =\n", ":2: [app] app_name: may not be empty" },
};

static void
every_line_is_judged(void **state)
{
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int	 failed = load(texts[i].text);

		if (texts[i].says == NULL && failed == 0 && problems.len == 0)
			continue;
		if (texts[i].says != NULL && failed == -1 &&
		    strstr(problems.data, texts[i].says) != NULL)
			continue;
		fail_msg("row %zu: %s says: %s", i, texts[i].text,
		    problems.data);
	}
}

static void
a_nul_is_refused(void **state)
{
	static const char	 text[] = "[app]\napp_name = A\0B\n";

	(void)state;
	assert_int_equal(load_bytes(text, sizeof(text) - 1), -1);
	assert_non_null(strstr(problems.data, ":2: the line holds a NUL"));
}

static void
every_problem_is_named(void **state)
{
	char	*at;
	int	 n = 0;

	(void)state;
	assert_int_equal(load("[app]\nx = 1\n[what]\ny = 2\n[log]\n"
	    "level = loud\n[server]\nthreads = 0\n"), -1);
	for (at = problems.data; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	assert_int_equal(n, 4);		/* y is of no section we know */
	assert_null(strstr(problems.data, ":4:"));
}

static void
a_broken_section_does_not_lend_its_keys(void **state)
{
	(void)state;
	assert_int_equal(load("[app]\napp_name = A\n[cors\n"
	    "app_name = B\nallow_origins = *\n"), -1);
	assert_null(strstr(problems.data, ":4:"));
	assert_null(strstr(problems.data, ":5:"));
}

/* --- the values --------------------------------------------------------- */

/* section, key, value: good or not; PATTERN in what is said. */
static const struct { const char *section, *key, *value, *says; } values[] = {
	{ "app", "base_path", "", NULL },
	{ "app", "base_path", "/", NULL },
	{ "app", "base_path", "/a/b", NULL },
	{ "app", "base_path", "a", "path like /api" },
	{ "app", "base_path", "/a/", "path like /api" },
	{ "app", "base_path", "/a//b", "path like /api" },
	{ "app", "base_path", "/a/../b", "path like /api" },
	{ "app", "base_path", "/a?b", "path like /api" },
	{ "app", "contact", "me@example.com", NULL },
	{ "app", "contact", "https://example.com/help", NULL },
	{ "app", "contact", "javascript:alert(1)", "neither a mail" },
	{ "app", "contact", "javascript:a@b", "neither a mail" },
	{ "app", "contact", "someone", "neither a mail" },
	{ "app", "pages", "mine", NULL },
	{ "app", "pages", "\"mine\"", "quotes" },
	{ "app", "operator_key_file", "", NULL },
	{ "routes", "remote_url", "https://example.com/x?k=v", NULL },
	{ "routes", "remote_url", "ftp://example.com/", "no URL" },
	{ "routes", "remote_url", "https://u:p@example.com/", "no URL" },
	{ "routes", "remote_url", "https://example.com/#x", "no URL" },
	{ "routes", "targets", "named", NULL },
	{ "routes", "targets", "all", "must be named, listed or any" },
	{ "routes", "targets", "listed", "hosts in target_hosts" },
	{ "routes", "targets", "any", "an open proxy" },
	{ "routes", "target_hosts", "", NULL },
	{ "routes", "target_hosts", "a.example b.example:81 *.c.example "
	    "localhost 127.0.0.1 [::1]:82", NULL },
	{ "routes", "target_hosts", "a.example https://b.example",
	    "has 'https://b.example', which is no host" },
	{ "routes", "target_hosts", "*", "labels joined" },
	{ "routes", "target_hosts", "a.example, b.example",
	    "separated by blanks" },
	{ "routes", "filtered_path", "", NULL },
	{ "routes", "filtered_path", "/admin|/private/*", NULL },
	{ "routes", "filtered_path", "/admin /private/*", NULL },
	{ "routes", "filtered_path", "admin", "has 'admin': a path begins" },
	{ "routes", "filtered_path", "/a|", "has '': a path begins" },
	{ "routes", "filtered_path", "/a|/b*", "has '/b*': * stands only" },
	{ "routes", "filtered_path", "/a,", "separated by blanks" },
	{ "routes", "filtered_url_msg", "No.", NULL },
	{ "routes", "filtered_url_msg", "", "may not be empty" },
	{ "cors", "allow_origins", "", NULL },
	{ "cors", "allow_origins", "*", NULL },
	{ "cors", "allow_origins",
	    "https://a.example https://*.b.example null", NULL },
	{ "cors", "allow_origins", "http://localhost:*", NULL },
	{ "cors", "allow_origins", "HTTPS://A.example:443", NULL },
	{ "cors", "allow_origins", "https://a.example/", "has 'https://a.ex" },
	{ "cors", "allow_origins", "a.example", "has 'a.example'" },
	{ "cors", "allow_origins", "* https://a.example", "write it alone" },
	{ "cors", "allow_origins", "https://a.example, https://b.example",
	    "separated by blanks" },
	{ "cors", "own_origin", "https://a.example", NULL },
	{ "cors", "own_origin", "https://*.a.example", "whole origins" },
	{ "cors", "own_origin", "null", "whole origins" },
	{ "cors", "own_origin", "*", "may not stand" },
	{ "cors", "require_origin", "yes", NULL },
	{ "cors", "require_origin", "true", "must be yes or no" },
	{ "cors", "require_origin", "1", "must be yes or no" },
	{ "cors", "require_origin", "", "must be yes or no" },
	{ "cors", "allow_methods", "GET", NULL },
	{ "cors", "allow_methods", "get", "no method 'get'" },
	{ "cors", "allow_methods", "GET GET", "twice" },
	{ "cors", "allow_methods", "TRACE", "no method 'TRACE'" },
	{ "cors", "allow_methods", "", "a method at least" },
	{ "cors", "allow_headers", "X-A X-B", NULL },
	{ "cors", "allow_headers", "", NULL },
	{ "cors", "allow_headers", "X-A *", "write it alone" },
	{ "cors", "allow_headers", "X-A:", "no name of a header" },
	{ "cors", "max_age", "0", NULL },
	{ "cors", "max_age", "86400", NULL },
	{ "cors", "max_age", "86401", "from 0 to 86400" },
	{ "cors", "max_age", "-1", "from 0 to 86400" },
	{ "cors", "max_age", "+1", "from 0 to 86400" },
	{ "cors", "max_age", "1 ", NULL },
	{ "cors", "max_age", "99999999999999999999", "from 0 to 86400" },
	{ "cors", "cors", "target", NULL },
	{ "cors", "cors", "off", "must be own or target" },
	{ "access", "access", "open", NULL },
	{ "access", "access", "key", NULL },
	{ "access", "access", "keys", "must be open, key or jwt" },
	{ "access", "access", "", "must be open, key or jwt" },
	{ "access", "access", "jwt", "needs " },
	{ "access", "rate_limit", "0", NULL },
	{ "access", "rate_limit", "20/s burst 100", NULL },
	{ "access", "rate_limit", "1/s", NULL },
	{ "access", "rate_limit", "1/d burst 1000000", NULL },
	{ "access", "rate_limit", "10000/s burst 1", NULL },
	{ "access", "rate_limit", "10001/s burst 1", "at most 10000 a" },
	{ "access", "rate_limit", "600000/m burst 1", NULL },
	{ "access", "rate_limit", "600001/m burst 1", "at most 10000 a" },
	{ "access", "rate_limit", "864000001/d burst 1", "at most 10000 a" },
	{ "access", "rate_limit", "1/s burst 1000001", "burst of 1000000" },
	{ "access", "rate_limit", "2000000/d", "burst of 1000000" },
	{ "access", "rate_limit", "99999999999999999999/d", "like 20/s" },
	{ "access", "rate_limit", "", "must be 0 or like 20/s burst 100" },
	{ "access", "rate_limit", "00", "like 20/s" },
	{ "access", "rate_limit", "20", "like 20/s" },
	{ "access", "rate_limit", "0/s", "like 20/s" },
	{ "access", "rate_limit", "-1/s", "like 20/s" },
	{ "access", "rate_limit", "1.5/s", "like 20/s" },
	{ "access", "rate_limit", "20/", "like 20/s" },
	{ "access", "rate_limit", "20/w", "like 20/s" },
	{ "access", "rate_limit", "20/s5", "like 20/s" },
	{ "access", "rate_limit", "20/s burst", "like 20/s" },
	{ "access", "rate_limit", "20/s burst 0", "like 20/s" },
	{ "access", "rate_limit", "20/s burst 1x", "like 20/s" },
	{ "access", "rate_limit", "20/s  burst 1", "like 20/s" },
	{ "access", "trusted_proxies", "", NULL },
	{ "access", "trusted_proxies", "10.0.0.1 ::1 2001:db8::/32", NULL },
	{ "access", "trusted_proxies", "10.0.0.1/8", "without host bits" },
	{ "access", "trusted_proxies", "proxy.example",
	    "addresses or CIDRs like" },
	{ "access", "trusted_proxies", "yes", "addresses or CIDRs like" },
	{ "access", "jwt_algorithm", "", NULL },
	{ "access", "jwt_algorithm", "HS256", "needs " },
	{ "access", "jwt_key_file", "", NULL },
	{ "access", "jwt_key_file", "k", "needs " },
	{ "access", "jwt_issuer", "", NULL },
	{ "access", "jwt_audience", "", NULL },
	{ "upstream", "request_timeout", "0.5", NULL },
	{ "upstream", "request_timeout", "0", "seconds from 0.1" },
	{ "upstream", "request_timeout", "5s", "seconds from 0.1" },
	{ "upstream", "request_timeout", "1.2345", "seconds from 0.1" },
	{ "upstream", "request_timeout", "1.", "seconds from 0.1" },
	{ "upstream", "request_timeout", ".5", "seconds from 0.1" },
	{ "upstream", "request_timeout", "1e3", "seconds from 0.1" },
	{ "upstream", "total_timeout", "0", NULL },
	{ "upstream", "payload_quota", "0", NULL },
	{ "upstream", "payload_quota", "8388608G", NULL },	/* 2^53 */
	{ "upstream", "payload_quota", "8388609G", "number of bytes" },
	{ "upstream", "payload_quota", "99999999999G", "number of bytes" },
	{ "upstream", "payload_quota", "10MB", "number of bytes" },
	{ "upstream", "payload_quota", "10m", "number of bytes" },
	{ "upstream", "payload_quota", "K", "number of bytes" },
	{ "upstream", "header_quota", "1023", "number of bytes from 1024" },
	{ "upstream", "redirects", "follow", NULL },
	{ "upstream", "redirects", "always",
	    "must be same-site, follow or pass, not 'always'" },
	{ "upstream", "verify_tls", "no", NULL },
	{ "upstream", "ca_file", "ca.pem", NULL },
	{ "upstream", "ca_file", "none.pem", "cannot be read" },
	{ "upstream", "ca_file", ".", "is no file" },
	{ "upstream", "outbound_proxy", "http://127.0.0.1:3128", NULL },
	{ "upstream", "outbound_proxy", "socks5h://me:pw@proxy.example:1080",
	    NULL },
	{ "upstream", "outbound_proxy", "127.0.0.1:3128", "must be http://" },
	{ "upstream", "outbound_proxy", "http://h:1/path", "must be http://" },
	{ "upstream", "outbound_proxy", "ftp://h:1", "must be http://" },
	{ "upstream", "outbound_proxy", "http://a/b@h:1", "must be http://" },
	{ "upstream", "allow_private", "yes", NULL },
	{ "upstream", "allow_private", "10.0.0.0/8 ::1/128", NULL },
	{ "upstream", "allow_private", "10.0.0.1/8", "without host bits" },
	{ "upstream", "allow_private", "yes 10.0.0.0/8", "no, yes or CIDRs" },
	{ "upstream", "allow_private", "", "may not be empty" },
	{ "upstream", "forward_headers", "Accept X-A", NULL },
	{ "upstream", "forward_headers", "*", "not *" },
	{ "upstream", "forwarded", "x", NULL },
	{ "upstream", "ports", "80 8443", NULL },
	{ "upstream", "ports", "65535 1", NULL },
	{ "upstream", "ports", "80 65536", "from 1 to 65535" },
	{ "upstream", "ports", "80-90", "from 1 to 65535" },
	{ "upstream", "ports", "0", "from 1 to 65535" },
	{ "upstream", "ports", "", "a port at least" },
	{ "upstream", "user_agent", "Mozilla/5.0 (X11; Linux)", NULL },
	{ "upstream", "cookies", "drop", NULL },
	{ "upstream", "cookies", "isolate", NULL },
	{ "upstream", "cookies", "keep", "must be drop or isolate" },
	{ "upstream", "render", "yes", NULL },
	{ "upstream", "render", "often", "must be yes or no" },
	{ "upstream", "tls_pin",
	    "sha256//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=", NULL },
	{ "upstream", "tls_pin",
	    "sha256//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=;"
	    "sha256//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=", NULL },
	{ "upstream", "tls_pin", "sha256//YhKJ=", "44 characters" },
	{ "upstream", "tls_pin",
	    "sha1//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=",
	    "44 characters" },
	{ "log", "access", "off", NULL },
	{ "log", "access", "", "may not be empty" },
	{ "log", "format", "json", NULL },
	{ "log", "format", "combined", NULL },
	{ "log", "format", "xml", "must be combined or json, not 'xml'" },
	{ "log", "level", "loud", "error, warning, info or debug" },
	{ "debug", "dump_request", "yes", NULL },
	{ "debug", "trace_connection", "on", "must be yes or no" },
	{ "server", "threads", "4096", NULL },
	{ "server", "threads", "0", "from 1 to 4096" },
	{ "server", "threads", "0x10", "from 1 to 4096" },
};

static void
values_are_judged_strictly(void **state)
{
	char	 text[512];
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		int	 failed;

		snprintf(text, sizeof(text), "[%s]\n%s = %s\n",
		    values[i].section, values[i].key, values[i].value);
		failed = load(text);
		if (values[i].says == NULL && failed == 0)
			continue;
		if (values[i].says != NULL && failed == -1 &&
		    strstr(problems.data, values[i].says) != NULL &&
		    strstr(problems.data, ":2: [") != NULL)
			continue;
		fail_msg("row %zu: %s says: %s", i, text, problems.data);
	}
}

static void
defaults_are_those_of_the_manual(void **state)
{
	const struct rules	*r = &conf.rules;

	(void)state;
	assert_int_equal(load(""), 0);
	assert_string_equal(conf.app_name, "Viaduct");
	assert_string_equal(conf.contact, "");
	assert_null(conf.remote_url);
	assert_null(conf.outbound_proxy);
	assert_int_equal(conf.whole.targets, WHOLE_NAMED);
	assert_int_equal(conf.whole.n_hosts, 0);
	assert_int_equal(conf.whole.n_ports, 2);
	assert_int_equal(conf.whole.ports[0], 80);
	assert_int_equal(conf.whole.ports[1], 443);
	assert_int_equal(conf.threads, 64);
	assert_int_equal(conf.log_max_bytes, 10 << 20);
	assert_int_equal(conf.log_level, LOG_LEVEL_WARNING);
	assert_int_equal(conf.log_format, LOG_COMBINED);
	assert_int_equal(r->request_timeout_ms, 11000);
	assert_int_equal(r->connect_timeout_ms, 5000);
	assert_int_equal(r->idle_timeout_ms, 30000);
	assert_int_equal(r->total_timeout_ms, 600000);
	assert_int_equal(r->payload_quota_bytes, 100 << 20);
	assert_int_equal(r->upload_quota_bytes, 10 << 20);
	assert_int_equal(r->header_quota_bytes, 32768);
	assert_int_equal(r->redirects, REDIRECT_SAME_SITE);
	assert_int_equal(r->max_redirects, 5);
	assert_true(r->verify_tls);
	assert_false(r->cors.any);
	assert_int_equal(r->cors.n_allow, 0);
	assert_string_equal(r->cors.methods,
	    "GET, HEAD, POST, PUT, PATCH, DELETE");
	assert_string_equal(r->cors.headers, "*");
	assert_int_equal(r->cors.max_age_seconds, 600);
	assert_string_equal(r->methods[5], "DELETE");
	assert_null(r->methods[6]);
	assert_null(r->forward_headers);
	assert_string_equal(r->tls_policy, "");
	assert_int_equal(r->rate.period_us, 50000);
	assert_int_equal(r->rate.burst, 100);
	assert_int_equal(conf.trusted_proxies.n_nets, 0);
}

/* What a rate means, in microseconds a request. */
static const struct { const char *text; int64_t period_us, burst; } rates[] = {
	{ "0", 0, 0 },
	{ "1/s", 1000000, 1 },
	{ "20/s", 50000, 20 },
	{ "3/s burst 7", 333334, 7 },		/* never more than 3 */
	{ "10000/s burst 1", 100, 1 },
	{ "90/m burst 9", 666667, 9 },
	{ "1/h burst 5", INT64_C(3600000000), 5 },
	{ "1/d", INT64_C(86400000000), 1 },
	{ "1000/d", 86400000, 1000 },
};

static void
a_rate_is_a_period_and_a_burst(void **state)
{
	char	 text[64];
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		snprintf(text, sizeof(text), "[access]\nrate_limit = %s\n",
		    rates[i].text);
		assert_int_equal(load(text), 0);
		assert_true(conf.rules.rate.period_us == rates[i].period_us);
		assert_true(conf.rules.rate.burst == rates[i].burst);
	}
}

static void
paths_are_relative_to_the_file(void **state)
{
	char	 want[128];

	(void)state;
	assert_int_equal(load("[routes]\ndatabase = /var/r.db\n"), 0);
	assert_string_equal(conf.database, "/var/r.db");
	snprintf(want, sizeof(want), "%s/state/access.log", folder);
	assert_string_equal(conf.access_log, want);
	snprintf(want, sizeof(want), "%s/state", folder);
	assert_string_equal(conf.state, want);
	assert_int_equal(load("[log]\naccess = off\n"), 0);
	assert_null(conf.access_log);
	assert_int_equal(load("[log]\naccess = stderr\n"), 0);
	assert_string_equal(conf.access_log, "stderr");
}

static void
a_repeated_list_is_one_list(void **state)
{
	(void)state;
	assert_int_equal(load("[cors]\nallow_origins = https://a.example\n"
	    "allow_origins = https://b.example https://c.example\n"), 0);
	assert_int_equal(conf.rules.cors.n_allow, 3);
	assert_string_equal(conf.rules.cors.allow[2].text,
	    "https://c.example");
	assert_int_equal(load("[cors]\nallow_methods = GET\n"
	    "allow_methods = PUT\n"), 0);
	assert_string_equal(conf.rules.cors.methods, "GET, PUT");
}

static void
in_a_repeated_list_each_line_is_judged(void **state)
{
	(void)state;
	assert_int_equal(load("[cors]\nallow_origins = https://a.example\n"
	    "allow_origins = nonsense\nallow_origins = https://b.example\n"
	    "allow_origins = *\n"), -1);
	assert_null(strstr(problems.data, ":2:"));
	assert_non_null(strstr(problems.data, ":3: "));
	assert_null(strstr(problems.data, ":4:"));
	assert_non_null(strstr(problems.data, ":5: "));
}

static void
contradictions_are_problems(void **state)
{
	(void)state;
	assert_int_equal(load("[cors]\nallow_origins = *\n"
	    "allow_credentials = yes\n"), -1);
	assert_non_null(strstr(problems.data, ":3: [cors] "));
	assert_int_equal(load("[cors]\nallow_origins = https://*.a.example\n"
	    "allow_credentials = yes\n"), -1);
	assert_int_equal(load("[cors]\nallow_origins = https://a.example\n"
	    "allow_credentials = yes\n"), 0);
}

/* A row that states one column. */
static const char **
row_of(const char *column, const char *value)
{
	static const char	*row[128];
	const struct setting	*all;
	size_t			 i, n;

	all = conf_settings(&n);
	assert_true(n < 128);
	for (i = 0; i < n; i++)
		row[i] = all[i].per_route &&
		    strcmp(all[i].key, column) == 0 ? value : NULL;
	return row;
}

/* What proves a caller may be sent whatever allow_headers lists. */
static void
fields_that_prove_belong_to_every_list(void **state)
{
	struct rules	 rules;
	struct buf	 why;

	(void)state;
	assert_int_equal(load("[access]\naccess = key\n"), 0);
	assert_int_equal(conf.rules.access, ACCESS_KEY);
	assert_string_equal(conf.rules.cors.also[0], "X-API-Key");
	assert_string_equal(conf.rules.cors.also[1], "Authorization");
	assert_null(conf.rules.cors.also[2]);
	buf_init(&why, &arena, 1024);
	assert_int_equal(conf_rules(&rules, &arena, &conf,
	    row_of("access", "open"), &why), 0);
	assert_null(rules.cors.also);
	assert_int_equal(load(""), 0);
	assert_null(conf.rules.cors.also);
	assert_int_equal(conf_rules(&rules, &arena, &conf,
	    row_of("access", "key"), &why), 0);
	assert_non_null(rules.cors.also);
}

#define LISTED	"[routes]\ntarget_hosts = a.example\ntargets = listed\n"
#define ANY	"[routes]\n\ntargets = any\n"
#define PAGES	"[cors]\nallow_origins = https://p.example\n"

/* Behind LISTED and ANY, whose third line is that of targets. */
static const struct { const char *text, *says; } whole[] = {
	{ LISTED, NULL },
	{ LISTED "[cors]\nallow_origins = *\n", NULL },
	{ LISTED "remote_url = https://r.example/\n", "remote_url takes" },
	{ LISTED "[upstream]\noutbound_proxy = http://p.example:1\n",
	    "behind outbound_proxy" },
	{ ANY, "an open proxy" },
	{ ANY PAGES, NULL },
	{ ANY "[cors]\nallow_origins = https://*.p.example\n", NULL },
	{ ANY "[cors]\nown_origin = https://gate.example\n", NULL },
	{ ANY "[cors]\nallow_origins = *\n", "an open proxy" },
	{ ANY "[cors]\nallow_origins = https://p.example null\n",
	    "an open proxy" },
	{ ANY PAGES "cors = target\n", "an open proxy" },
	/* preflights need no key, and the target would answer them */
	{ ANY PAGES "cors = target\n[access]\naccess = key\n",
	    "an open proxy" },
	{ ANY PAGES "[access]\nrate_limit = 1/h\n", NULL },
	{ ANY "[access]\naccess = key\n", NULL },
	{ ANY "[access]\naccess = key\n[cors]\nallow_origins = *\n", NULL },
	{ ANY "[access]\naccess = key\nrate_limit = 0\n",
	    "a rate_limit other" },
	{ ANY PAGES "[access]\nrate_limit = 0\n", "a rate_limit other" },
	{ ANY "remote_url = https://r.example/\n" PAGES, "remote_url takes" },
	{ ANY PAGES "[upstream]\noutbound_proxy = socks5://p.example:1\n",
	    "behind outbound_proxy" },
	/* without whole URLs each is sound */
	{ "[routes]\ntarget_hosts = a.example\n", NULL },
	{ LISTED "[access]\nrate_limit = 0\n", NULL },
	{ "[routes]\ntarget_hosts = a.example\nremote_url = "
	    "https://r.example/\n[upstream]\noutbound_proxy = "
	    "http://p.example:1\n[cors]\nallow_origins = *\n", NULL },
};

static void
whole_urls_need_more_than_their_own_setting(void **state)
{
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		int	 failed = load(whole[i].text);

		if (whole[i].says == NULL && failed == 0)
			continue;
		if (whole[i].says != NULL && failed == -1 &&
		    strstr(problems.data, ":3: [routes] targets: ") != NULL &&
		    strstr(problems.data, whole[i].says) != NULL)
			continue;
		fail_msg("row %zu: %s says: %s", i, whole[i].text,
		    problems.data);
	}
}

static void
a_file_has_256_kib_at_most(void **state)
{
	enum { MAX = 256 * 1024 };
	static char	 text[MAX + 1];

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_int_equal(load_bytes(text, MAX), 0);
	assert_int_equal(load_bytes(text, MAX + 1), -1);
	assert_non_null(strstr(problems.data, "is larger than"));
}

static void
a_bad_line_of_hosts_leaves_none_of_it(void **state)
{
	(void)state;
	assert_int_equal(load("[routes]\ntarget_hosts = a.example\n"
	    "target_hosts = b.example a..b\n"), -1);
	assert_non_null(strstr(problems.data, ":3: [routes] target_hosts: has "
	    "'a..b'"));
	assert_int_equal(conf.whole.n_hosts, 1);
	assert_int_equal(load("[routes]\ntarget_hosts = a.example\n"
	    "target_hosts = B.example:81 *.c.example\n"), 0);
	assert_int_equal(conf.whole.n_hosts, 3);
	assert_string_equal(conf.whole.hosts[1].name, "b.example");
	assert_int_equal(conf.whole.hosts[1].port, 81);
	assert_true(conf.whole.hosts[2].pattern);
}

static void
ways_of_connecting_are_told_apart(void **state)
{
	static const char *const settings[] = { "verify_tls = no",
	    "ca_file = ca.pem", "allow_private = yes",
	    "allow_private = 10.0.0.0/8", "allow_private = 11.0.0.0/8",
	    "tls_pin = sha256//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=" };
	enum { N = sizeof(settings) / sizeof(settings[0]) };
	char	 policy[N][200], text[200];
	size_t	 i, j;

	(void)state;
	for (i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "[upstream]\n%s\n", settings[i]);
		assert_int_equal(load(text), 0);
		snprintf(policy[i], sizeof(policy[i]), "%s",
		    conf.rules.tls_policy);
		assert_string_not_equal(policy[i], "");
		for (j = 0; j < i; j++)
			assert_string_not_equal(policy[i], policy[j]);
	}
}

/* --- etc/viaduct.ini ---------------------------------------------------- */

static void
shipped_settings(char *text, size_t size)
{
	const char	*srcdir = getenv("srcdir");
	char		 name[PATH_MAX];
	FILE		*f;

	snprintf(name, sizeof(name), "%s/etc/viaduct.ini",
	    srcdir != NULL ? srcdir : ".");
	assert_non_null(f = fopen(name, "r"));
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
}

/* The value that the text gives a key, without its comment. */
static void
shipped_value(const char *text, const char *section, const char *key,
    char *value, size_t size)
{
	char		 head[64];
	const char	*at, *next;
	size_t		 len;

	snprintf(head, sizeof(head), "\n[%s]\n", section);
	if ((at = strstr(text, head)) == NULL)
		fail_msg("no section %s", section);
	next = strstr(at + 2, "\n[");
	snprintf(head, sizeof(head), "\n%s =", key);
	at = strstr(at, head);
	if (at == NULL || (next != NULL && at > next))
		fail_msg("no %s in [%s]", key, section);
	at += strlen(head);
	at += strspn(at, " ");
	len = strcspn(at, ";\n");
	while (len > 0 && at[len - 1] == ' ')
		len--;
	snprintf(value, size, "%.*s", (int)len, at);
}

static void
the_shipped_file_has_all_settings_at_their_defaults(void **state)
{
	static char		 text[65536];
	const struct setting	*all;
	char			 value[256];
	size_t			 i, n;

	(void)state;
	shipped_settings(text, sizeof(text));
	if (load(text) != 0)
		fail_msg("%s", problems.data);
	all = conf_settings(&n);
	for (i = 0; i < n; i++) {
		shipped_value(text, all[i].section, all[i].key, value,
		    sizeof(value));
		if (strcmp(value, all[i].initial) != 0)
			fail_msg("[%s] %s = '%s', not '%s'", all[i].section,
			    all[i].key, value, all[i].initial);
	}
}

/* --- the file ----------------------------------------------------------- */

static int
load_with_mode(const char *text, mode_t mode)
{
	assert_int_equal(load(text), 0);
	assert_int_equal(chmod(path, mode), 0);
	buf_init(&problems, &arena, 65536);
	buf_init(&warnings, &arena, 65536);
	return conf_load(&conf, &arena, path, &problems, &warnings);
}

static void
a_file_that_others_may_write_is_refused(void **state)
{
	(void)state;
	assert_int_equal(load_with_mode("", 0644), 0);
	assert_int_equal(load_with_mode("", 0664), -1);
	assert_int_equal(load_with_mode("", 0606), -1);
	assert_non_null(strstr(problems.data, "chmod go-w"));
}

static void
a_file_that_others_may_replace_is_refused(void **state)
{
	(void)state;
	assert_int_equal(load(""), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	buf_init(&problems, &arena, 65536);
	assert_int_equal(conf_load(&conf, &arena, path, &problems, NULL), -1);
	assert_non_null(strstr(problems.data, "where others may put files"));
	assert_int_equal(chmod(folder, 01777), 0);
	assert_int_equal(load(""), 0);
	assert_int_equal(chmod(folder, 0700), 0);
}

static void
secrets_that_others_may_read_are_a_warning(void **state)
{
	static const char	 secret[] = "[upstream]\n"
	    "outbound_proxy = http://me:pw@proxy.example:3128\n";

	(void)state;
	assert_int_equal(load_with_mode("", 0644), 0);
	assert_int_equal(warnings.len, 0);
	assert_int_equal(load_with_mode(secret, 0600), 0);
	assert_int_equal(warnings.len, 0);
	assert_int_equal(load_with_mode(secret, 0644), 0);
	assert_non_null(strstr(warnings.data, ":2: "));
	assert_int_equal(load_with_mode("[routes]\n"
	    "remote_url = https://a.example/?key=1\n", 0604), 0);
	assert_non_null(strstr(warnings.data, ":2: "));
}

static void
a_file_of_another_user_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;		/* only root can give a file away */
	assert_int_equal(load(""), 0);
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
	buf_init(&problems, &arena, 65536);
	assert_int_equal(conf_load(&conf, &arena, path, &problems, NULL), -1);
	assert_non_null(strstr(problems.data, "belongs to user 12345"));
}

static void
what_is_no_file_is_refused(void **state)
{
	(void)state;
	buf_init(&problems, &arena, 65536);
	assert_int_equal(conf_load(&conf, &arena, folder, &problems, NULL),
	    -1);
	assert_non_null(strstr(problems.data, "is no file"));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(conf_load(&conf, &arena, path, &problems, NULL), -1);
	unlink(path);
	assert_int_equal(conf_load(&conf, &arena, path, &problems, NULL), -1);
	assert_non_null(strstr(problems.data, "cannot be read"));
}

static void
the_instance_is_stable_and_of_the_path(void **state)
{
	char	 via[64];

	(void)state;
	assert_int_equal(load(""), 0);
	snprintf(via, sizeof(via), "%s", conf.via);
	assert_int_equal(strncmp(via, "viaduct-", 8), 0);
	assert_int_equal(load("[app]\napp_name = B\n"), 0);
	assert_string_equal(conf.via, via);
}

/* --- finding it --------------------------------------------------------- */

static void
the_named_file_is_the_one(void **state)
{
	struct buf	 searched;
	const char	*found;

	(void)state;
	assert_int_equal(load(""), 0);
	buf_init(&searched, &arena, 4096);
	setenv("VIADUCT_CONFIG", "/nowhere/viaduct.ini", 1);
	found = conf_find(&arena, path, &searched);
	assert_non_null(found);
	assert_string_equal(found, path);
	assert_null(conf_find(&arena, NULL, &searched));
	assert_string_equal(searched.data, "/nowhere/viaduct.ini");
	setenv("VIADUCT_CONFIG", path, 1);
	found = conf_find(&arena, NULL, &searched);
	assert_non_null(found);
	assert_string_equal(found, path);
	unsetenv("VIADUCT_CONFIG");
}

static void
a_relative_name_becomes_absolute(void **state)
{
	struct buf	 searched;
	char		 here[PATH_MAX];
	const char	*found;

	(void)state;
	assert_int_equal(load(""), 0);
	buf_init(&searched, &arena, 4096);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(folder), 0);
	found = conf_find(&arena, "viaduct.ini", &searched);
	assert_int_equal(chdir(here), 0);
	assert_non_null(found);
	assert_string_equal(found, path);
}

/* --- a row on top ------------------------------------------------------- */

static const struct { const char *column, *value, *says; } columns[] = {
	{ "embed", "1", NULL },
	{ "embed", "yes", NULL },
	{ "embed", "2", "column embed: it must be yes or no" },
	{ "embed", "", "column embed" },
	{ "allow_private", "1", NULL },
	{ "allow_origins", "", NULL },
	{ "allow_origins", "nonsense", "column allow_origins" },
	{ "allow_credentials", "1", "" },	/* the INI's pattern */
	{ "request_timeout", "2.0", NULL },
	{ "render", "0", NULL },
	{ "render", "1", NULL },
	{ "access", "key", NULL },
	{ "access", "", "must be open, key or jwt" },
	{ "access", "jwt", "needs " },
	{ "filtered_path", "", NULL },
	{ "filtered_path", "/x|/y/*", NULL },
	{ "filtered_path", "x", "column filtered_path: it has 'x'" },
	{ "database", "x", NULL },	/* no column: not asked for */
	{ NULL, NULL, NULL },
};

static void
columns_are_judged_like_settings(void **state)
{
	struct rules	 rules;
	struct buf	 why;
	size_t		 i;

	(void)state;
	assert_int_equal(load("[cors]\nallow_origins = https://*.a.example\n"),
	    0);
	for (i = 0; columns[i].column != NULL; i++) {
		int	 failed;

		buf_init(&why, &arena, 1024);
		failed = conf_rules(&rules, &arena, &conf,
		    row_of(columns[i].column, columns[i].value), &why);
		if (columns[i].says == NULL ? failed == 0 : failed == -1 &&
		    strstr(why.data, columns[i].says) != NULL)
			continue;
		fail_msg("%s = %s says: %s", columns[i].column,
		    columns[i].value, why.data);
	}
}

static void
a_row_overrides_only_what_it_states(void **state)
{
	struct rules	 rules;
	struct buf	 why;

	(void)state;
	assert_int_equal(load("[cors]\nallow_origins = https://a.example\n"
	    "max_age = 7\n"), 0);
	buf_init(&why, &arena, 1024);
	assert_int_equal(conf_rules(&rules, &arena, &conf,
	    row_of("allow_origins", "*"), &why), 0);
	assert_true(rules.cors.any);
	assert_int_equal(rules.cors.n_allow, 0);
	assert_int_equal(rules.cors.max_age_seconds, 7);
	assert_false(conf.rules.cors.any);
	assert_int_equal(conf.rules.cors.n_allow, 1);
}

static void
a_row_adds_to_the_paths_that_are_refused(void **state)
{
	char		 many[1024] = "";
	struct rules	 rules;
	struct buf	 why;

	(void)state;
	assert_int_equal(load("[routes]\nfiltered_path = /a|/b/*\n"
	    "filtered_path = /c\n"), 0);
	assert_int_equal(conf.rules.filters.count, 3);
	buf_init(&why, &arena, 1024);
	assert_int_equal(conf_rules(&rules, &arena, &conf,
	    row_of("filtered_path", "/D|/e"), &why), 0);
	assert_int_equal(rules.filters.count, 5);
	assert_string_equal(rules.filters.list[0].path, "/a");
	assert_true(rules.filters.list[1].below);
	assert_string_equal(rules.filters.list[2].path, "/c");
	assert_string_equal(rules.filters.list[3].path, "/d");
	assert_string_equal(rules.filters.list[4].path, "/e");
	assert_int_equal(conf.rules.filters.count, 3);
	assert_int_equal(conf_rules(&rules, &arena, &conf,
	    row_of("filtered_path", ""), &why), 0);
	assert_int_equal(rules.filters.count, 3);
	for (int i = 0; i < 198; i++)
		strcat(many, i == 0 ? "/x" : "|/x");
	assert_int_equal(conf_rules(&rules, &arena, &conf,
	    row_of("filtered_path", many), &why), -1);
	assert_non_null(strstr(why.data, "more than 200"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_judged),
		cmocka_unit_test(a_nul_is_refused),
		cmocka_unit_test(every_problem_is_named),
		cmocka_unit_test(a_broken_section_does_not_lend_its_keys),
		cmocka_unit_test(values_are_judged_strictly),
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(a_rate_is_a_period_and_a_burst),
		cmocka_unit_test(paths_are_relative_to_the_file),
		cmocka_unit_test(a_repeated_list_is_one_list),
		cmocka_unit_test(in_a_repeated_list_each_line_is_judged),
		cmocka_unit_test(contradictions_are_problems),
		cmocka_unit_test(fields_that_prove_belong_to_every_list),
		cmocka_unit_test(whole_urls_need_more_than_their_own_setting),
		cmocka_unit_test(a_file_has_256_kib_at_most),
		cmocka_unit_test(a_bad_line_of_hosts_leaves_none_of_it),
		cmocka_unit_test(ways_of_connecting_are_told_apart),
		cmocka_unit_test(
		    the_shipped_file_has_all_settings_at_their_defaults),
		cmocka_unit_test(a_file_that_others_may_write_is_refused),
		cmocka_unit_test(a_file_that_others_may_replace_is_refused),
		cmocka_unit_test(secrets_that_others_may_read_are_a_warning),
		cmocka_unit_test(a_file_of_another_user_is_refused),
		cmocka_unit_test(what_is_no_file_is_refused),
		cmocka_unit_test(the_instance_is_stable_and_of_the_path),
		cmocka_unit_test(the_named_file_is_the_one),
		cmocka_unit_test(a_relative_name_becomes_absolute),
		cmocka_unit_test(columns_are_judged_like_settings),
		cmocka_unit_test(a_row_overrides_only_what_it_states),
		cmocka_unit_test(a_row_adds_to_the_paths_that_are_refused),
	};

	return cmocka_run_group_tests_name("conf", tests, setup, teardown);
}
