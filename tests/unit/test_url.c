#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/url.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static int
setup(void **state)
{
	static struct arena	 a;

	arena_init(&a, 1 << 20);
	*state = &a;
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* --- url_split --- */

static const struct split_row {
	const char	*text;
	bool		 https;
	const char	*host;
	int		 port;
	const char	*path, *query;
} splits[] = {
	{ "http://a.example", false, "a.example", 80, "", NULL },
	{ "https://a.example", true, "a.example", 443, "", NULL },
	{ "https://a.example/", true, "a.example", 443, "/", NULL },
	{ "HTTPS://A.Example/Path", true, "a.example", 443, "/Path", NULL },
	{ "hTTp://a.example:8080/v1/?k=1", false, "a.example", 8080, "/v1/",
	    "k=1" },
	{ "https://a.example?k=1", true, "a.example", 443, "", "k=1" },
	{ "https://a.example/?", true, "a.example", 443, "/", "" },
	{ "https://a.example/x?a=b?c/d&e", true, "a.example", 443, "/x",
	    "a=b?c/d&e" },
	{ "https://a.example/x@y:z", true, "a.example", 443, "/x@y:z", NULL },
	{ "https://a.example//x/../y%2e", true, "a.example", 443,
	    "//x/../y%2e", NULL },
	{ "http://localhost:1", false, "localhost", 1, "", NULL },
	{ "http://localhost:65535/", false, "localhost", 65535, "/", NULL },
	{ "https://a.example:443/", true, "a.example", 443, "/", NULL },
	{ "https://a.example:80/", true, "a.example", 80, "/", NULL },
	{ "http://127.0.0.1:9000/x", false, "127.0.0.1", 9000, "/x", NULL },
	{ "http://10.0.0.255", false, "10.0.0.255", 80, "", NULL },
	{ "http://[::1]/", false, "[::1]", 80, "/", NULL },
	{ "http://[2001:DB8::A]:8080", false, "[2001:db8::a]", 8080, "",
	    NULL },
	{ "http://[::ffff:127.0.0.1]/", false, "[::ffff:127.0.0.1]", 80, "/",
	    NULL },
	{ "http://[::ffff:7f00:1]", false, "[::ffff:127.0.0.1]", 80, "",
	    NULL },
	{ "http://[0:0:0:0:0:0:0:1]:81/", false, "[::1]", 81, "/", NULL },
	{ "http://[2001:0DB8:0:0::a]", false, "[2001:db8::a]", 80, "", NULL },
	{ "https://xn--bcher-kva.example/", true, "xn--bcher-kva.example", 443,
	    "/", NULL },
	{ "https://my_host.a-b--c.example", true, "my_host.a-b--c.example",
	    443, "", NULL },
	{ "https://1.example", true, "1.example", 443, "", NULL },
	{ "https://1.2.3.4.example", true, "1.2.3.4.example", 443, "", NULL },
	{ "https://a.0xg", true, "a.0xg", 443, "", NULL },
	{ "https://a.example/\"<>^`{|}", true, "a.example", 443,
	    "/\"<>^`{|}", NULL },
};

static void
a_url_comes_apart(void **state)
{
	for (size_t i = 0; i < ROWS(splits); i++) {
		const struct split_row	*r = &splits[i];
		const char		*why = NULL;
		struct url		 u;

		print_message("# %s\n", r->text);
		assert_int_equal(url_split(*state, r->text, &u, &why), OK);
		assert_int_equal(u.https, r->https);
		assert_string_equal(u.host, r->host);
		assert_int_equal(u.port, r->port);
		assert_string_equal(u.path, r->path);
		if (r->query == NULL)
			assert_null(u.query);
		else
			assert_string_equal(u.query, r->query);
	}
}

static const char *const refused[] = {
	"", "/", "x", "//a.example/", "a.example/", "http", "http:",
	/* other schemes, and what libcurl would take for one of ours */
	"file:///etc/passwd", "ftp://a.example/", "ftp://aa.example/",
	"gopher://a.example/", "ttps://a.example/", "http2://a.example/",
	"dict://a.example/", "ldap://a.example/", "smb://a.example/",
	"tftp://a.example/", "scp://a.example/", "data:text/html,x",
	"javascript:alert(1)", "http:/a.example/", "http:a.example",
	"http:///a.example/", "https:///", "http://", "https://?x",
	"httpss://a.example/", " http://a.example/", "http ://a.example/",
	/* bytes */
	"http://a.example/ x", "http://a.example/\t", "http://a.example/x\n",
	"http://a.example/x\r\nX: 1", "http://a.example/\x7f",
	"http://a.example/\xc3\xa9", "http://\xc3\xa9.example/",
	"http://a.example\\@b.example/", "http://a.example/\\x",
	"http://a.example/#f", "http://a.example#", "http://a.example/?q#f",
	/* user names */
	"http://u@a.example/", "http://u:p@a.example/", "http://@a.example/",
	"http://:@a.example/", "http://a.example:80@b.example/",
	/* hosts */
	"http://.a.example/", "http://a..example/", "http://a.example./",
	"http://./", "http://../", "http://a%2eexample/", "http://%31.0.0.1/",
	"http://a,b/", "http://a*b/", "http://a b/", "http://a!b/",
	"http://aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"
	"1234.example/",
	/* addresses that getaddrinfo reads in its own way */
	"http://127.1/", "http://0x7f.1/", "http://2130706433/",
	"http://017700000001/", "http://0/", "http://0x7f000001/",
	"http://127.0.0.01/", "http://0127.0.0.1/", "http://127.0.0.0x1/",
	"http://127.0.0.256/", "http://1.2.3/", "http://1.2.3.4.5/",
	"http://a.127/", "http://a.0x/", "http://a.0X1f/", "http://1.2.3.4./",
	/* IPv6 */
	"http://[]/", "http://[::1/", "http://::1/", "http://[::1]]/",
	"http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/",
	"http://[127.0.0.1]/", "http://[::g]/", "http://[::1]x/",
	"http://[::1].example/", "http://[1:2:3:4:5:6:7:8:9]/",
	"http://[v1.x]/", "http://a[::1]/",
	/* ports */
	"http://a.example:/", "http://a.example:0/", "http://a.example:080/",
	"http://a.example:+80/", "http://a.example:-1/",
	"http://a.example:65536/", "http://a.example:99999999999/",
	"http://a.example:8o/", "http://a.example:80:80/",
	"http://a.example: 80/", "http://[::1]:/", "http://[::1]:x/",
	"http://:80/",
};

static void
a_url_that_others_could_read_otherwise_is_refused(void **state)
{
	for (size_t i = 0; i < ROWS(refused); i++) {
		const char	*why = NULL;
		struct url	 u = { .port = -7 };

		print_message("# %s\n", refused[i]);
		assert_int_equal(url_split(*state, refused[i], &u, &why),
		    ERR_CONFIGURATION);
		assert_non_null(why);
		assert_int_equal(u.port, -7);
	}
}

static const struct { const char *text, *why; } whys[] = {
	{ "ftp://a.example/", "must begin with http:// or https://" },
	{ "http://u@a.example/", "a user name or password" },
	{ "http://u:p@a.example/", "a user name or password" },
	{ "http://u:80@a.example/", "a user name or password" },
	{ "http://a.example:80@b.example/", "a user name or password" },
	{ "http://[::1]@a.example/", "a user name or password" },
	{ "http://a.example/#u@b", "must not have a fragment" },
	{ "http://a.example/ u@b", "must not hold blanks" },
	{ "http://a.example:0/", "the port must be" },
	{ "http://a.example./", "the host must be" },
};

/* Of a password it must not be said that its port is wrong, say. */
static void
each_fault_has_its_sentence(void **state)
{
	const char	*why;
	struct url	 u;

	for (size_t i = 0; i < ROWS(whys); i++) {
		assert_int_equal(url_split(*state, whys[i].text, &u, &why),
		    ERR_CONFIGURATION);
		if (strstr(why, whys[i].why) == NULL)
			fail_msg("%s: %s", whys[i].text, why);
	}
}

static void
host_and_labels_have_a_longest_form(void **state)
{
	char		 text[300] = "http://";
	const char	*why;
	struct url	 u;

	/* labels of 61 and a dot: 4 make 247 */
	for (int i = 0; i < 4; i++) {
		memset(text + 7 + i * 62, 'a', 61);
		text[7 + i * 62 + 61] = '.';
	}
	memset(text + 7 + 248, 'b', 5);
	assert_int_equal(strlen(text), 7 + 253);
	assert_int_equal(url_split(*state, text, &u, &why), OK);
	text[7 + 253] = 'b';
	assert_int_equal(url_split(*state, text, &u, &why), ERR_CONFIGURATION);
}

static const struct { const char *text, *origin; } origins[] = {
	{ "https://A.example/x?y", "https://a.example" },
	{ "https://a.example:443/x", "https://a.example" },
	{ "https://a.example:80/x", "https://a.example:80" },
	{ "http://a.example:80/", "http://a.example" },
	{ "http://a.example:443/", "http://a.example:443" },
	{ "http://a.example:8080", "http://a.example:8080" },
	{ "http://[::1]:80", "http://[::1]" },
	{ "http://[::1]:81", "http://[::1]:81" },
};

static void
an_origin_has_no_default_port(void **state)
{
	for (size_t i = 0; i < ROWS(origins); i++) {
		const char	*why;
		struct url	 u;

		assert_int_equal(url_split(*state, origins[i].text, &u, &why),
		    OK);
		assert_string_equal(url_origin(*state, &u), origins[i].origin);
	}
}

static const struct { const char *a, *b; bool same; } pairs[] = {
	{ "https://a.example/x", "https://A.example:443?y", true },
	{ "https://a.example", "http://a.example", false },
	{ "https://a.example", "http://a.example:443", false },
	{ "https://a.example", "https://b.example", false },
	{ "https://a.example", "https://a.example:8443", false },
	{ "https://a.example", "https://a.example.org", false },
};

static void
an_origin_is_scheme_host_and_port(void **state)
{
	for (size_t i = 0; i < ROWS(pairs); i++) {
		const char	*why;
		struct url	 a, b;

		assert_int_equal(url_split(*state, pairs[i].a, &a, &why), OK);
		assert_int_equal(url_split(*state, pairs[i].b, &b, &why), OK);
		assert_int_equal(url_same_origin(&a, &b), pairs[i].same);
	}
}

/* --- what may cross --- */

static const struct { const char *path; enum err want; } paths[] = {
	/* refused */
	{ "/..", ERR_BAD_PATH }, { "/../x", ERR_BAD_PATH },
	{ "/a/../../x", ERR_BAD_PATH }, { "/%2e%2e/x", ERR_BAD_PATH },
	{ "/.%2E/x", ERR_BAD_PATH }, { "/%2e/x", ERR_BAD_PATH },
	{ "/a/..%2fx", ERR_BAD_PATH }, { "/a%2f..%2fx", ERR_BAD_PATH },
	{ "/a%5c..%5cx", ERR_BAD_PATH }, { "/a\\..\\x", ERR_BAD_PATH },
	{ "/..;/x", ERR_BAD_PATH }, { "/..;a=b/x", ERR_BAD_PATH },
	{ "/%2e%2e;/x", ERR_BAD_PATH }, { "/%252e%252e/x", ERR_BAD_PATH },
	{ "/%25252e./x", ERR_BAD_PATH }, { "/a%00b", ERR_BAD_PATH },
	{ "/a%0d%0aX:1", ERR_BAD_PATH }, { "/%c0%ae%c0%ae/x", ERR_BAD_PATH },
	{ "/%zz", ERR_BAD_PATH }, { "/a%", ERR_BAD_PATH },
	{ "/.", ERR_BAD_PATH }, { "/./x", ERR_BAD_PATH },
	{ "/a/.", ERR_BAD_PATH }, { "..", ERR_BAD_PATH },
	{ "../x", ERR_BAD_PATH }, { "/a/..%2F", ERR_BAD_PATH },
	{ "/a%2F.%2e", ERR_BAD_PATH }, { "/%2E%2E", ERR_BAD_PATH },
	{ "/..%3b/x", ERR_BAD_PATH }, { "/..%3Ba=b", ERR_BAD_PATH },
	{ "/..%253b/x", ERR_BAD_PATH }, { "/.;/x", ERR_BAD_PATH },
	{ "/a%252f..%252fx", ERR_BAD_PATH }, { "/a%255c../x", ERR_BAD_PATH },
	{ "/%252e%2e/x", ERR_BAD_PATH },
	{ "/%2525252525252525252e./x", ERR_BAD_PATH },
	{ "/..%2500", ERR_BAD_PATH }, { "/%25%32%65/x", ERR_BAD_PATH },
	{ "/%25%32%65%25%32%65/x", ERR_BAD_PATH },
	{ "/%2525%32%65./x", ERR_BAD_PATH },
	{ "/%25%2532%65./x", ERR_BAD_PATH },
	{ "/%a", ERR_BAD_PATH }, { "/%2", ERR_BAD_PATH },
	{ "/%g0", ERR_BAD_PATH }, { "/%0A", ERR_BAD_PATH },
	{ "/%0D", ERR_BAD_PATH }, { "/%C1%9c", ERR_BAD_PATH },
	{ "/a b", ERR_BAD_PATH }, { "/a\tb", ERR_BAD_PATH },
	{ "/a\nb", ERR_BAD_PATH }, { "/a\x01", ERR_BAD_PATH },
	{ "/a\x7f", ERR_BAD_PATH }, { "/\xc3\xa9", ERR_BAD_PATH },
	{ "/a#b", ERR_BAD_PATH }, { "/\\", ERR_BAD_PATH },
	/* passed as they are */
	{ "", OK }, { "/", OK }, { "/a//b", OK }, { "/...", OK },
	{ "/.well-known/x", OK }, { "/a..b", OK }, { "/..a", OK },
	{ "/a%2Fb", OK }, { "/a%20b", OK }, { "/~u", OK }, { "/a:b@c", OK },
	{ "/x;p=1", OK }, { "/%C3%A9", OK }, { "/a%252Fb", OK },
	{ "/a%25b", OK }, { "/a%3Fb", OK }, { "/a%23b", OK },
	{ "/....", OK }, { "/...%2e/x", OK }, { "/%2e%2e%2e/x", OK },
	{ "/;../x", OK }, { "/a;b/..c", OK }, { "/%2ea", OK },
	{ "/a.", OK }, { "/a..", OK }, { "/https://e.com/x", OK },
	{ "/{x}|\"<>^`", OK }, { "/%2525zz", OK }, { "/%25", OK },
	{ "/%25%25%25", OK }, { "/a%2500b", OK },
};

static void
a_path_is_judged_never_mended(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		print_message("# %s\n", paths[i].path);
		assert_int_equal(url_path_check(paths[i].path,
		    strlen(paths[i].path)), paths[i].want);
	}
}

static void
only_the_given_length_is_read(void **state)
{
	(void)state;
	assert_int_equal(url_path_check("/a%2e", 3), ERR_BAD_PATH);
	assert_int_equal(url_path_check("/a/..", 3), OK);
	assert_int_equal(url_path_check("/..x", 3), ERR_BAD_PATH);
	assert_int_equal(url_path_check("/a\0b", 4), ERR_BAD_PATH);
	assert_int_equal(url_query_check("a#", 1), OK);
	assert_int_equal(url_query_check("a\0b", 3), ERR_BAD_QUERY);
}

static const struct { const char *query; enum err want; } queries[] = {
	{ "", OK }, { "a=b%2Fc%20d&e=%C3%A9&&f", OK }, { "100%", OK },
	{ "%zz", OK }, { "u=https://e.com/?z=1", OK }, { "a=../..", OK },
	{ "a=%00%0d%0a", OK }, { "+", OK }, { "'\"<>", OK },
	{ "a b", ERR_BAD_QUERY }, { "a\r\nX: 1", ERR_BAD_QUERY },
	{ "a\x01", ERR_BAD_QUERY }, { "a\x7f", ERR_BAD_QUERY },
	{ "\xc3\xa9", ERR_BAD_QUERY }, { "a#b", ERR_BAD_QUERY },
	{ "a\\b", ERR_BAD_QUERY },
};

static void
a_query_may_hold_a_bare_percent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(queries); i++) {
		print_message("# %s\n", queries[i].query);
		assert_int_equal(url_query_check(queries[i].query,
		    strlen(queries[i].query)), queries[i].want);
	}
}

/* --- url_join --- */

static const struct join_row {
	const char	*base, *rest, *query;
	enum err	 want;
	const char	*url;
} joins[] = {
	{ "https://a.example/rss", "", NULL, OK, "https://a.example/rss" },
	{ "https://a.example/rss/", "", NULL, OK, "https://a.example/rss/" },
	{ "https://a.example", "", NULL, OK, "https://a.example" },
	{ "https://a.example/rss", "", "x=1", OK,
	    "https://a.example/rss?x=1" },
	{ "https://a.example", "/x", NULL, OK, "https://a.example/x" },
	{ "https://a.example/", "/x", NULL, OK, "https://a.example/x" },
	{ "https://a.example/", "/", NULL, OK, "https://a.example/" },
	{ "https://a.example", "/", NULL, OK, "https://a.example/" },
	{ "https://a.example/v1", "/x", NULL, OK, "https://a.example/v1/x" },
	{ "https://a.example/v1/", "/x", NULL, OK, "https://a.example/v1/x" },
	{ "https://a.example/v1//", "/x", NULL, OK,
	    "https://a.example/v1//x" },
	{ "https://a.example/v1/", "//x//", NULL, OK,
	    "https://a.example/v1//x//" },
	{ "https://a.example/v1", "/a%2Fb%20c", "a=b%2Fc&&d", OK,
	    "https://a.example/v1/a%2Fb%20c?a=b%2Fc&&d" },
	{ "https://a.example/v1", "/https://e.com/x", NULL, OK,
	    "https://a.example/v1/https://e.com/x" },
	{ "https://a.example/v1", "/x", "", OK, "https://a.example/v1/x?" },
	{ "https://a.example/v1?k=1", "/x", NULL, OK,
	    "https://a.example/v1/x?k=1" },
	{ "https://a.example/v1/?k=1", "/x", "q=2", OK,
	    "https://a.example/v1/x?k=1&q=2" },
	{ "https://a.example/v1?k=1", "", "q=2", OK,
	    "https://a.example/v1?k=1&q=2" },
	{ "https://a.example?k=1", "/x", "q=2?3", OK,
	    "https://a.example/x?k=1&q=2?3" },
	{ "https://a.example?k=a/b/", "/x", NULL, OK,
	    "https://a.example/x?k=a/b/" },
	{ "https://a.example/v1?", "/x", "q=2", OK,
	    "https://a.example/v1/x?q=2" },
	{ "https://a.example/v1", "/../x", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example/v1", "/%2e%2e/x", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example", "@evil.example/", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example", ".evil.example/", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example", ":81/", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example/v1", "x", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example/v1", "/x#", NULL, ERR_BAD_PATH, NULL },
	{ "https://a.example/v1", "/x", "a#", ERR_BAD_QUERY, NULL },
	{ "https://a.example/v1", "/x", "a b", ERR_BAD_QUERY, NULL },
};

static void
rest_and_query_join_byte_for_byte(void **state)
{
	for (size_t i = 0; i < ROWS(joins); i++) {
		const struct join_row	*r = &joins[i];
		const char		*url = NULL;

		print_message("# %s + %s\n", r->base, r->rest);
		assert_int_equal(url_join(*state, r->base, r->rest, r->query,
		    &url), r->want);
		if (r->url == NULL)
			assert_null(url);
		else
			assert_string_equal(url, r->url);
	}
}

static void
what_is_joined_stays_at_its_origin(void **state)
{
	for (size_t i = 0; i < ROWS(joins); i++) {
		const char	*url, *why;
		struct url	 base, joined;

		if (url_join(*state, joins[i].base, joins[i].rest,
		    joins[i].query, &url) != OK)
			continue;
		assert_int_equal(url_split(*state, joins[i].base, &base, &why),
		    OK);
		assert_int_equal(url_split(*state, url, &joined, &why), OK);
		assert_true(url_same_origin(&base, &joined));
	}
}

/* --- url_decode --- */

static const struct { const char *text, *want; } decodes[] = {
	{ "", "" }, { "abc", "abc" }, { "a%20b", "a b" }, { "a+b", "a+b" },
	{ "%41%4a%4A", "AJJ" }, { "%2520", "%20" }, { "%25", "%" },
	{ "%c3%A9", "\xc3\xa9" }, { "http%3A%2F%2Fe.com%2F", "http://e.com/" },
	{ "%00", NULL }, { "a%00b", NULL }, { "%", NULL }, { "a%2", NULL },
	{ "%zz", NULL }, { "%2g", NULL }, { "%%41", NULL },
};

static void
text_is_decoded_once(void **state)
{
	for (size_t i = 0; i < ROWS(decodes); i++) {
		char	*got = url_decode(*state, decodes[i].text,
		    strlen(decodes[i].text));

		print_message("# %s\n", decodes[i].text);
		if (decodes[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, decodes[i].want);
	}
	assert_null(url_decode(*state, "%412", 2));
}

/* --- url_shows_query --- */

static const struct { const char *text, *query; bool want; } shown[] = {
	{ "", "k=S", false }, { "/a?k=S", NULL, false },
	{ "/a?k=S", "", false },
	{ "/a?k=S", "k=S", true }, { "k=S", "k=S", true },
	{ "/a?b&k=S&c", "k=S", true }, { "/a?k=S#f", "k=S", true },
	{ "</a?p=2&k=S>; rel=next", "k=S", true },
	{ "/a?k=S", "b=1&k=S", true }, { "/a?b=1", "b=1&k=S", true },
	{ "/a?to=%2Fb%3Fk%3DS", "k=S", true },
	{ "/a?to=%252Fb%253Fk%253DS%2526c", "k=S", true },
	{ "/a?k=%53", "k=S", true }, { "/a?k=S", "k=%53", true },
	{ "/a?k=S%26T", "k=S%26T", true },
	{ "/a?kk=S", "k=S", false }, { "/a?k=ST", "k=S", false },
	{ "/k=S/x", "k=S", false }, { "/json?x", "json", false },
	{ "/a?json", "json", true },
	/* under another name, or none */
	{ "https://b.example/?k=SECRET+123", "appid=SECRET+123", true },
	{ "/x/SECRET123/y", "b=1&appid=SECRET123", true },
	{ "/a?to=%2Fb%3Fk%3DSECRET12%33", "appid=SECRET123", true },
	{ "/a?k=SECRET%2F123", "appid=SECRET%2F123", true },
	{ "/a?k=SECRET/123", "appid=SECRET%2F123", true },
	{ "/a?k=SECRET%252F123", "appid=SECRET%2F123", true },
	{ "/a?k=SECRET%4x", "appid=SECRET%4x", true },
	{ "/a#SECRET123", "SECRET123", true },
	{ "/a?k=SECRET12", "appid=SECRET123", false },
	{ "/a?k=SECRET1", "appid=SECRET1", false },
	{ "/a?k=SECRET12", "appid=SECRET12", true },
	{ "/appid/", "appid=SECRET123", false },
	{ "/a?k=", "appidappid=", false },
};

static void
a_query_that_is_kept_back_is_found(void **state)
{
	for (size_t i = 0; i < ROWS(shown); i++) {
		print_message("# %s\n", shown[i].text);
		assert_int_equal(url_shows_query(*state, shown[i].text,
		    shown[i].query), shown[i].want);
	}
}

static void
no_memory_is_said_so(void **state)
{
	struct arena	 none;
	const char	*url, *why;
	struct url	 u;

	(void)state;
	arena_init(&none, 0);
	assert_int_equal(url_split(&none, "http://a.example/", &u, &why),
	    ERR_NO_MEMORY);
	assert_int_equal(url_join(&none, "http://a.example/", "/x", NULL,
	    &url), ERR_NO_MEMORY);
	assert_null(url_decode(&none, "x", 1));
	assert_true(url_shows_query(&none, "x", "k=S"));
	arena_free(&none);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_url_comes_apart),
		cmocka_unit_test(
		    a_url_that_others_could_read_otherwise_is_refused),
		cmocka_unit_test(each_fault_has_its_sentence),
		cmocka_unit_test(host_and_labels_have_a_longest_form),
		cmocka_unit_test(an_origin_has_no_default_port),
		cmocka_unit_test(an_origin_is_scheme_host_and_port),
		cmocka_unit_test(a_path_is_judged_never_mended),
		cmocka_unit_test(only_the_given_length_is_read),
		cmocka_unit_test(a_query_may_hold_a_bare_percent),
		cmocka_unit_test(rest_and_query_join_byte_for_byte),
		cmocka_unit_test(what_is_joined_stays_at_its_origin),
		cmocka_unit_test(text_is_decoded_once),
		cmocka_unit_test(a_query_that_is_kept_back_is_found),
		cmocka_unit_test(no_memory_is_said_so),
	};

	return cmocka_run_group_tests_name("url", tests, setup, teardown);
}
