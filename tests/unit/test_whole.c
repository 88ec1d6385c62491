#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/url.h"
#include "http/whole.h"
#include "tests/unit/fixture.h"

/* --- spellings --- */

static const struct read_row {
	const char	*text;
	bool		 https;
	const char	*host;
	int		 port;
	const char	*path, *query;
} reads[] = {
	{ "https://a.example", true, "a.example", 443, "", NULL },
	{ "https:/a.example", true, "a.example", 443, "", NULL },
	{ "https/a.example", true, "a.example", 443, "", NULL },
	{ "http://a.example/", false, "a.example", 80, "/", NULL },
	{ "http:/a.example/", false, "a.example", 80, "/", NULL },
	{ "http/a.example/", false, "a.example", 80, "/", NULL },
	{ "HTTPS://A.Example/P", true, "a.example", 443, "/P", NULL },
	{ "Https:/A.Example/P", true, "a.example", 443, "/P", NULL },
	{ "HTTP/A.EXAMPLE:8080/P", false, "a.example", 8080, "/P", NULL },
	{ "https://a.example:8443/p//q/", true, "a.example", 8443, "/p//q/",
	    NULL },
	{ "https:/a.example:8443", true, "a.example", 8443, "", NULL },
	{ "https/a.example:8443/p", true, "a.example", 8443, "/p", NULL },
	{ "https/a.example:443?q", true, "a.example", 443, "", "q" },
	{ "https://a.example?x=1&&y=%2f+%20%", true, "a.example", 443, "",
	    "x=1&&y=%2f+%20%" },
	{ "https:/a.example/?", true, "a.example", 443, "/", "" },
	{ "https/a.example/p?u=https://b.example/?z#", false, NULL, 0, NULL,
	    NULL },
	{ "https://a.example/https://b.example/?u=http:/c", true, "a.example",
	    443, "/https://b.example/", "u=http:/c" },
	{ "https://a.example/%2e%2E/@x:y;z", true, "a.example", 443,
	    "/%2e%2E/@x:y;z", NULL },
	/* one dot at the end names the same host */
	{ "https://a.example.", true, "a.example", 443, "", NULL },
	{ "https://a.example./p.", true, "a.example", 443, "/p.", NULL },
	{ "https/a.example.:8443/p", true, "a.example", 8443, "/p", NULL },
	{ "https:/a.example.?q.", true, "a.example", 443, "", "q." },
	{ "http://1.2.3.4./", false, "1.2.3.4", 80, "/", NULL },
	/* for target_hosts to list, or not */
	{ "http://localhost:81/", false, "localhost", 81, "/", NULL },
	{ "http/127.0.0.1:81/", false, "127.0.0.1", 81, "/", NULL },
	{ "https/[0::1]:81/p", true, "[::1]", 81, "/p", NULL },
	{ "https/my_host-.a", true, "my_host-.a", 443, "", NULL },
};

static void
every_spelling_is_the_same_url(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(reads); i++) {
		const struct read_row	*r = &reads[i];
		const char		*why = NULL;
		struct url		 u;

		print_message("# %s\n", r->text);
		assert_int_equal(whole_read(&arena, r->text, &u, &why),
		    r->host != NULL ? OK : ERR_BAD_URL);
		if (r->host == NULL)
			continue;
		assert_int_equal(u.https, r->https);
		assert_string_equal(u.host, r->host);
		assert_int_equal(u.port, r->port);
		assert_string_equal(u.path, r->path);
		assert_text(u.query, r->query);
		assert_true(whole_is_url(r->text));
	}
}

static const char *const bad[] = {
	"", "/", "a.example", "a.example/x", "//a.example/", "https", "http:",
	"https:", "https:a.example", "https://", "https:/", "https/",
	"https:///a.example/", "https//a.example/", "https:////a.example",
	"https://?q", "https/?q", "https:/:80/", " https://a.example",
	/* encoded where it may not be */
	"https:%2F%2Fa.example%2F", "https%3A//a.example/",
	"https%3a%2f%2fa.example", "https:/%2Fa.example/",
	"https://a.example%2Fp", "https%3A/a.example",
	/* user names */
	"https://u@a.example/", "https://u:p@a.example/",
	"https:/u:p@a.example/", "https/u@a.example", "https://@a.example/",
	"https://a.example:80@b.example/", "https://a.example.:80@b.example/",
	/* bytes */
	"https://a.example/ x", "https://a.example/\xc3\xa9",
	"https://\xc3\xa9.example/", "https://a.example\\@b.example/",
	"https:/\\a.example/", "https:\\\\a.example/",
	"https://a.example/#f", "https://a.example#f", "https://a.example/\n",
	/* hosts that libcurl would take: it decodes, getaddrinfo counts */
	"http://h%2eexample/", "http://%31%32%37.0.0.1/", "http://127.1/",
	"http://0x7f.1/", "http://2130706433/", "http://017700000001/",
	"http://0/", "http://0x7f000001/", "http://a..example/",
	"http://.a.example/", "http://a.example../", "http://./",
	"http://../", "http://127.0.0.1../", "http://127.0.0.01/",
	"http://a.0x7f/",
	"http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/",
	"http://[fe80::1%25eth0]/", "http://[::1/", "http://[::1].a/",
	"http://[::1]./",
	/* ports */
	"https://a.example:/", "https://a.example:0/",
	"https://a.example:080/", "https://a.example:+80/",
	"https://a.example:65536/", "https/a.example:8o/",
	"https://a.example:80:80/",
};

static void
what_could_be_read_otherwise_is_no_url(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		const char	*why = NULL;
		struct url	 u = { .port = -7 };

		print_message("# %s\n", bad[i]);
		assert_int_equal(whole_read(&arena, bad[i], &u, &why),
		    ERR_BAD_URL);
		assert_non_null(why);
		assert_int_equal(u.port, -7);
	}
}

static const char *const schemes[] = {
	"file:///etc/passwd", "file:/etc/passwd", "FILE:///etc/passwd",
	"ftp://a.example/", "ftp:/a.example/", "ftp%3A%2F%2Fa.example",
	"gopher://a.example:70/", "dict://a.example:11211/", "ldap://a.e/",
	"smb://a.example/", "tftp://a.example/", "scp://a.example/",
	"data:text/html,x", "javascript:alert(1)", "JavaScript%3aalert(1)",
	"ws://a.example/", "wss://a.example/", "httpss://a.example/",
	"httpx:/a.example", "view-source:https://a.example/",
	"localhost:80/", "a.example:443/",
};

static void
other_schemes_are_refused_as_such(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(schemes); i++) {
		const char	*why = NULL;
		struct url	 u;

		print_message("# %s\n", schemes[i]);
		assert_true(whole_is_url(schemes[i]));
		assert_int_equal(whole_read(&arena, schemes[i], &u, &why),
		    ERR_TARGET_NOT_ALLOWED);
		assert_non_null(strstr(why, "http and https"));
	}
}

static void
a_name_is_no_url(void **state)
{
	static const char *const names[] = { "", "api", "http", "https",
	    "httpx/a", "ftp/a.example", "//a.example", "/x", "1a:x", "_x:y",
	    "%68ttps://a.example", "https%253A%252F%252Fa.example", "a%3b" };
	static const char *const urls[] = { "https/", "http:", "https%3A",
	    "https:%2F%2Fa.example", "x:", "a.b+c-d:" };

	(void)state;
	for (size_t i = 0; i < ROWS(names); i++) {
		print_message("# %s\n", names[i]);
		assert_false(whole_is_url(names[i]));
	}
	for (size_t i = 0; i < ROWS(urls); i++) {
		print_message("# %s\n", urls[i]);
		assert_true(whole_is_url(urls[i]));
	}
}

/* --- target_hosts --- */

static const struct host_row {
	const char	*text, *name;	/* NULL: what is said */
	bool		 pattern;
	int		 port;
	const char	*says;
} entries[] = {
	{ "a.example", "a.example", false, 0, NULL },
	{ "A.Example.", "a.example", false, 0, NULL },
	{ "a.example:8443", "a.example", false, 8443, NULL },
	{ "a.example:80", "a.example", false, 80, NULL },
	{ "localhost", "localhost", false, 0, NULL },
	{ "printer.local:631", "printer.local", false, 631, NULL },
	{ "10.0.0.5", "10.0.0.5", false, 0, NULL },
	{ "127.0.0.1:9000", "127.0.0.1", false, 9000, NULL },
	{ "[::1]", "[::1]", false, 0, NULL },
	{ "[0:0::1]:81", "[::1]", false, 81, NULL },
	{ "*.b.example", ".b.example", true, 0, NULL },
	{ "*.B.Example.", ".b.example", true, 0, NULL },
	{ "*.a.b.example", ".a.b.example", true, 0, NULL },
	{ "*.b.example:443", NULL, 0, 0, "takes no port" },
	{ "*.example", NULL, 0, 0, "two labels" },
	{ "*.home.local", NULL, 0, 0, "in full" },
	{ "*.0.0.1", NULL, 0, 0, "labels joined" },
	{ "*", NULL, 0, 0, "labels joined" },
	{ "*.", NULL, 0, 0, "two labels" },
	{ "*.:80", NULL, 0, 0, "takes no port" },
	{ "*b.example", NULL, 0, 0, "labels joined" },
	{ "a.*.example", NULL, 0, 0, "labels joined" },
	{ "*.*.example", NULL, 0, 0, "labels joined" },
	{ "https://a.example", NULL, 0, 0, "not a URL" },
	{ "a.example/", NULL, 0, 0, "not a URL" },
	{ "a.example?q", NULL, 0, 0, "not a URL" },
	{ "a.example#f", NULL, 0, 0, "fragment" },
	{ "u@a.example", NULL, 0, 0, "user name" },
	{ "a.example:0", NULL, 0, 0, "the port" },
	{ "a.example:", NULL, 0, 0, "the port" },
	{ "a.example:http", NULL, 0, 0, "the port" },
	{ "127.1", NULL, 0, 0, "labels joined" },
	{ "::1", NULL, 0, 0, "the port" },
	{ "10.0.0.0/8", NULL, 0, 0, "not a URL" },
	{ "b\xc3\xbc.example", NULL, 0, 0, "outside ASCII" },
};

static void
an_entry_is_judged_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(entries); i++) {
		const struct host_row	*r = &entries[i];
		const char		*why = "";
		struct whole_host	 h;
		enum err		 e;

		print_message("# %s\n", r->text);
		e = whole_host_read(&arena, r->text, &h, &why);
		if (r->name == NULL) {
			assert_int_equal(e, ERR_CONFIGURATION);
			assert_non_null(strstr(why, r->says));
			continue;
		}
		assert_int_equal(e, OK);
		assert_string_equal(h.text, r->text);
		assert_string_equal(h.name, r->name);
		assert_int_equal(h.pattern, r->pattern);
		assert_int_equal(h.port, r->port);
	}
}

/* --- what may be asked for --- */

static const int		 ports[] = { 80, 443 };
static struct whole_host	 hosts[8];

static struct whole_rule
rule(enum whole_targets targets)
{
	static const char *const list[] = { "a.example", "b.example:8443",
	    "*.c.example", "localhost", "127.0.0.1:81", "[::1]",
	    "x.c.example:82", "d.example:443" };
	const char		*why = "";

	for (size_t i = 0; i < ROWS(list); i++)
		if (whole_host_read(&arena, list[i], &hosts[i], &why) != OK)
			fail_msg("%s: %s", list[i], why);
	return (struct whole_rule){ .targets = targets, .hosts = hosts,
	    .n_hosts = ROWS(list), .ports = ports, .n_ports = ROWS(ports) };
}

static struct url
url(const char *text)
{
	struct url	 u;
	const char	*why = "";

	if (whole_read(&arena, text, &u, &why) != OK)
		fail_msg("%s: %s", text, why);
	return u;
}

#define HOST "This host"
#define PORT "This port"
#define NAME "Addresses, and names"

/* What is said of each by `listed' and by `any'; NULL: it may. */
static const struct judge_row {
	const char		*text;
	enum whole_listing	 listing;
	const char		*listed, *any;
} judged[] = {
	{ "https://a.example/x", WHOLE_BY_NAME, NULL, NULL },
	{ "http://A.Example./x", WHOLE_BY_NAME, NULL, NULL },
	{ "https://a.example:80/", WHOLE_BY_NAME, NULL, NULL },
	{ "https://a.example:8443/", WHOLE_BY_NAME, PORT, PORT },
	{ "https://a.example:22/", WHOLE_BY_NAME, PORT, PORT },
	/* a port that is listed is meant alone */
	{ "https://b.example:8443/", WHOLE_BY_PORT, NULL, NULL },
	{ "https://b.example/", WHOLE_UNLISTED, HOST, NULL },
	{ "https://b.example:8444/", WHOLE_UNLISTED, HOST, PORT },
	{ "https://d.example/", WHOLE_BY_PORT, NULL, NULL },
	{ "http://d.example/", WHOLE_UNLISTED, HOST, NULL },
	/* patterns */
	{ "https://y.c.example/", WHOLE_BY_PATTERN, NULL, NULL },
	{ "https://z.y.c.example/", WHOLE_BY_PATTERN, NULL, NULL },
	{ "https://y.c.example:8443/", WHOLE_BY_PATTERN, PORT, PORT },
	{ "https://x.c.example/", WHOLE_BY_PATTERN, NULL, NULL },
	{ "https://x.c.example:82/", WHOLE_BY_PORT, NULL, NULL },
	{ "https://c.example/", WHOLE_UNLISTED, HOST, NULL },
	{ "https://yc.example/", WHOLE_UNLISTED, HOST, NULL },
	{ "https://y.c.example.evil.net/", WHOLE_UNLISTED, HOST, NULL },
	{ "https://a.example.evil.net/", WHOLE_UNLISTED, HOST, NULL },
	{ "https://x.a.example/", WHOLE_UNLISTED, HOST, NULL },
	{ "https://e.example/", WHOLE_UNLISTED, HOST, NULL },
	/* what is not of the public internet */
	{ "http://localhost/", WHOLE_BY_NAME, NULL, NULL },
	{ "http://localhost:81/", WHOLE_BY_NAME, PORT, PORT },
	{ "http://127.0.0.1:81/", WHOLE_BY_PORT, NULL, NULL },
	{ "http://127.0.0.1/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://[::1]/", WHOLE_BY_NAME, NULL, NULL },
	{ "http://[0:0::1]/", WHOLE_BY_NAME, NULL, NULL },
	{ "http://[::2]/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://8.8.8.8/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://8.8.8.8./", WHOLE_UNLISTED, NAME, NAME },
	{ "http://[::ffff:8.8.8.8]/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://[2606:4700::1111]/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://intranet/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://-h/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.localhost/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.local/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.local./", WHOLE_UNLISTED, NAME, NAME },
	{ "http://metadata.google.internal/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.home.arpa/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.onion/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.test/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.invalid/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://x.INVALID/", WHOLE_UNLISTED, NAME, NAME },
	{ "http://xlocal.example/", WHOLE_UNLISTED, HOST, NULL },
	{ "http://local.example/", WHOLE_UNLISTED, HOST, NULL },
};

static void
assert_fault(const struct whole_rule *r, const struct url *u, const char *want)
{
	const char	*got = whole_fault(r, u);

	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_memory_equal(got, want, strlen(want));
}

static void
each_url_is_judged_before_any_name_is_asked_for(void **state)
{
	const struct whole_rule	 named = rule(WHOLE_NAMED);
	const struct whole_rule	 listed = rule(WHOLE_LISTED);
	const struct whole_rule	 any = rule(WHOLE_ANY);

	(void)state;
	for (size_t i = 0; i < ROWS(judged); i++) {
		struct url	 u = url(judged[i].text);

		print_message("# %s\n", judged[i].text);
		assert_int_equal(whole_lists(&listed, &u), judged[i].listing);
		assert_fault(&listed, &u, judged[i].listed);
		assert_fault(&any, &u, judged[i].any);
		assert_fault(&named, &u, "This gateway does not fetch");
	}
}

static void
a_pattern_has_no_names_of_an_inner_net(void **state)
{
	const struct whole_host	 h = { .name = ".home.local",
	    .pattern = true };
	const struct whole_rule	 r = { .targets = WHOLE_LISTED, .hosts = &h,
	    .n_hosts = 1, .ports = ports, .n_ports = 2 };
	struct url		 u = url("http://x.home.local/");

	(void)state;
	assert_int_equal(whole_lists(&r, &u), WHOLE_UNLISTED);
	assert_fault(&r, &u, NAME);
}

static void
no_memory_is_said_so(void **state)
{
	struct whole_host	 h;
	struct arena		 none;
	const char		*why;
	struct url		 u;

	(void)state;
	arena_init(&none, 0);
	assert_int_equal(whole_read(&none, "https://a.example", &u, &why),
	    ERR_NO_MEMORY);
	assert_int_equal(whole_host_read(&none, "a.example", &h, &why),
	    ERR_NO_MEMORY);
	arena_free(&none);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(every_spelling_is_the_same_url),
		cmocka_unit_test(what_could_be_read_otherwise_is_no_url),
		cmocka_unit_test(other_schemes_are_refused_as_such),
		cmocka_unit_test(a_name_is_no_url),
		cmocka_unit_test(an_entry_is_judged_strictly),
		cmocka_unit_test(
		    each_url_is_judged_before_any_name_is_asked_for),
		cmocka_unit_test(a_pattern_has_no_names_of_an_inner_net),
		cmocka_unit_test(no_memory_is_said_so),
	};

	return cmocka_run_group_tests_name("whole", tests, setup, teardown);
}
