#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/cookie.h"
#include "http/fields.h"
#include "tests/unit/fixture.h"

/* --- the list --- */

static void
a_list_keeps_its_order_and_size(void **state)
{
	static char	 names[200][8];
	struct fields	 f;

	(void)state;
	fields_init(&f, &arena);
	assert_null(fields_get(&f, "n0"));
	for (int i = 0; i < 200; i++) {
		snprintf(names[i], sizeof names[i], "n%d", i);
		assert_int_equal(fields_add(&f, names[i], "v"), OK);
	}
	assert_int_equal(f.count, 200);
	assert_int_equal(f.bytes, 10 * 3 + 90 * 4 + 100 * 5);
	for (int i = 0; i < 200; i++)
		assert_string_equal(f.list[i].name, names[i]);
}

static void
names_have_no_case(void **state)
{
	struct fields	 f = FIELDS("A", "1", "b", "2", "a", "3", "AB", "4");
	const char	*joined;

	(void)state;
	assert_string_equal(fields_get(&f, "a"), "1");
	assert_int_equal(fields_join(&f, "a", &joined), OK);
	assert_string_equal(joined, "1, 3");
	assert_int_equal(fields_join(&f, "B", &joined), OK);
	assert_string_equal(joined, "2");
	assert_int_equal(fields_join(&f, "c", &joined), OK);
	assert_null(joined);
	fields_remove(&f, "a");
	assert_null(fields_get(&f, "A"));
	assert_int_equal(f.count, 2);
	assert_int_equal(f.bytes, 5);
	assert_int_equal(fields_set(&f, "Ab", "5"), OK);
	assert_int_equal(f.count, 2);
	assert_string_equal(f.list[0].name, "b");
	assert_string_equal(fields_get(&f, "ab"), "5");
}

static void
a_full_arena_is_said(void **state)
{
	struct arena		 none;
	struct fields		 f, in = FIELDS("A", "1");
	struct field_up		 up = { 0 };
	struct field_down	 down = { .status = 200, .route = "r" };

	(void)state;
	arena_init(&none, 0);
	fields_init(&f, &none);
	assert_int_equal(fields_add(&f, "a", "b"), ERR_NO_MEMORY);
	assert_int_equal(fields_to_target(&in, &up, &f), ERR_NO_MEMORY);
	assert_int_equal(fields_to_client(&in, &down, &f), ERR_NO_MEMORY);
	arena_free(&none);
}

/* --- the gate --- */

static const struct { const char *name, *value; bool ok; } gate[] = {
	{ "X-A", "b", true }, { "X-A", "", true }, { "x", "a b\tc", true },
	{ "!#$%&'*+-.^_`|~09azAZ", "x", true }, { "X-A", "\x80\xff", true },
	{ "X-A", "\"quoted\" \\ {}", true },
	{ "", "b", false }, { "X A", "b", false }, { "X-A ", "b", false },
	{ " X-A", "b", false }, { "X-A:", "b", false }, { "X(A", "b", false },
	{ "X\tA", "b", false }, { "X\r\nA", "b", false },
	{ "X-\xc3\xa9", "b", false }, { "X,A", "b", false },
	{ "X/A", "b", false }, { "X\"A", "b", false }, { "X@A", "b", false },
	{ "X{", "b", false }, { "X\x7f", "b", false },
	{ "X-A", " b", false },
	{ "X-A", "b ", false },
	{ "X-A", "\tb", false },
	{ "X-A", "b\t", false }, { "X-A", " ", false },
	{ "X-A", "a\rb", false }, { "X-A", "a\nb", false },
	{ "X-A", "a\r\nX-Injected: 1", false }, { "X-A", "a\x01", false },
	{ "X-A", "\x1b[0m", false }, { "X-A", "a\x7f", false },
	{ "X-A", "a\x1f", false },
};

static void
one_gate_for_every_field(void **state)
{
	char	 name[66], value[8002];

	(void)state;
	for (size_t i = 0; i < ROWS(gate); i++) {
		print_message("# %zu %s\n", i, gate[i].name);
		assert_int_equal(field_ok(gate[i].name, gate[i].value),
		    gate[i].ok);
	}
	memset(name, 'x', sizeof name);
	memset(value, 'x', sizeof value);
	name[64] = '\0';
	value[8000] = '\0';
	assert_true(field_ok(name, value));
	name[64] = 'x';
	name[65] = '\0';
	assert_false(field_ok(name, "b"));
	value[8000] = 'x';
	value[8001] = '\0';
	assert_false(field_ok("a", value));
}

static void
a_token_has_15_marks_digits_and_letters(void **state)
{
	static const char	 all[] = "!#$%&'*+-.^_`|~0123456789"
				    "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	(void)state;
	for (int c = 0; c < 256; c++) {
		char	 byte = (char)c;

		assert_int_equal(field_is_token(&byte, 1),
		    c != 0 && strchr(all, c) != NULL);
	}
	assert_false(field_is_token("a", 0));
	assert_false(field_is_token("a b", 3));
	assert_true(field_is_token("a b", 1));
}

static const struct { const char *list, *token; bool there; } lists[] = {
	{ "close", "close", true }, { "Close", "close", true },
	{ "keep-alive, close", "close", true }, { "a,b", "b", true },
	{ " a ,\tb ", "a", true }, { " a ,\tb ", "b", true },
	{ ",,a,,", "a", true }, { "", "a", false }, { "ab", "a", false },
	{ "a", "ab", false }, { "a b", "a", false }, { "a;q=1", "a", false },
	{ ",", "", false },
};

static void
a_list_names_whole_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lists); i++)
		assert_int_equal(field_lists(lists[i].list, lists[i].token),
		    lists[i].there);
}

/* --- to the target --- */

/* What one field becomes; NULL if it does not cross. */
static const char *
up(const char *name, const char *value, struct field_up p)
{
	struct fields	 in = FIELDS(name, value), out;

	fields_init(&out, &arena);
	assert_int_equal(fields_to_target(&in, &p, &out), OK);
	assert_true(out.count <= 1);
	return out.count == 1 ? out.list[0].value : NULL;
}

static const char *const never_up[] = {
	"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
	"Transfer-Encoding", "Upgrade", "HTTP2-Settings",
	"Proxy-Authenticate", "Proxy-Authorization", "Proxy", "Proxy-X",
	"Host", "Content-Length", "Expect", "Cookie", "Cookie2",
	"Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest",
	"Sec-Fetch-User", "Sec-CH-UA", "Sec-CH-UA-Platform", "Sec-Purpose",
	"Sec-Session-Id", "Sec-WebSocket-Key", "Sec-Browsing-Topics",
	"Service-Worker", "Service-Worker-Navigation-Preload", "Purpose",
	"Available-Dictionary", "Dictionary-ID", "Forwarded",
	"X-Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
	"X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server",
	"X-Forwarded-Prefix", "X-Real-IP", "X-Client-IP", "True-Client-IP",
	"CF-Connecting-IP", "Fastly-Client-IP", "X-Cluster-Client-IP",
	"X-Original-URL", "X-Rewrite-URL", "Client-IP", "X-Original-Host",
	"X-Azure-ClientIP", "X-Azure-SocketIP", "X-Envoy-External-Address",
	"X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "X-ProxyUser-IP",
	"X-Host", "Front-End-Https", "Remote-User", "Remote-Groups",
	"X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email",
	"X-Auth-Request-User", "X-WebAuth-User", "SSL-Client-Cert",
	"SSL-Client-S-DN", "X-SSL-Client-Verify", "X-Client-Cert",
	"Client-Cert", "Client-Cert-Chain", "X-Client-Verify",
	"X-HTTP-Method",
	"X-HTTP-Method-Override", "X-Method-Override", "X-Request-Id", "Via",
	"Origin", "Access-Control-Request-Method",
	"Access-Control-Request-Headers",
	"Access-Control-Request-Private-Network",
};

static void
some_fields_never_reach_a_target(void **state)
{
	static const char *const wish[] = { "Cookie", "Host", "Origin",
	    "X-Forwarded-For", "TE" };
	const struct field_up	 allow = { .only = wish, .n_only = 5 };
	char			 other[64];

	(void)state;
	for (size_t i = 0; i < ROWS(never_up); i++) {
		print_message("# %s\n", never_up[i]);
		assert_null(up(never_up[i], "x", (struct field_up){ 0 }));
		assert_null(up(never_up[i], "x", allow));
		assert_false(field_may_go_up(never_up[i]));
		for (size_t j = 0; j <= strlen(never_up[i]); j++)
			other[j] = never_up[i][j] == '-' ? '_' :
			    never_up[i][j] >= 'A' && never_up[i][j] <= 'Z' ?
			    never_up[i][j] + 32 : never_up[i][j];
		assert_null(up(other, "x", (struct field_up){ 0 }));
	}
}

static const char *const goes_up[] = {
	"Accept", "Accept-Language", "Range", "If-Range", "If-Match",
	"If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
	"Cache-Control", "Pragma", "Content-Type", "Content-Language",
	"Content-Encoding", "Content-Disposition", "Content-MD5",
	"User-Agent", "X-API-Key", "X-Requested-With", "X-Custom", "DNT",
	"Sec-GPC", "Authorization", "Prefer", "Idempotency-Key",
	"Depth", "Destination", "X-Forwarder", "X-Real", "Hosts", "Cook",
	"Proxied", "T", "TEE", "Originator", "Upgrade-Insecure-Requests",
	"Last-Event-ID", "Priority", "Purposes", "Service", "A", "Zz",
};

static void
what_is_not_listed_reaches_the_target(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(goes_up); i++) {
		print_message("# %s\n", goes_up[i]);
		assert_text(up(goes_up[i], "x y", (struct field_up){ 0 }),
		    "x y");
		assert_true(field_may_go_up(goes_up[i]));
	}
}

static void
fields_of_one_hop_stay_on_it(void **state)
{
	struct fields	 in = FIELDS("X-A", "1", "Connection", "close, x-b",
	    "X-B", "2", "connection", "X-C", "X-C", "3", "X-D", "4");
	struct field_up	 p = { 0 };
	struct fields	 out;

	(void)state;
	fields_init(&out, &arena);
	assert_int_equal(fields_to_target(&in, &p, &out), OK);
	assert_int_equal(out.count, 2);
	assert_string_equal(out.list[0].name, "X-A");
	assert_string_equal(out.list[1].name, "X-D");
}

static void
the_list_to_forward_withholds_the_rest(void **state)
{
	static const char *const only[] = { "x-a", "Authorization",
	    "Accept-Encoding" };
	static const char *const kept[] = { "Content-Type", "Range",
	    "Content-Encoding", "If-Range", "If-Match", "If-None-Match",
	    "If-Modified-Since", "If-Unmodified-Since" };
	static const char *const cut[] = { "X-B", "Accept", "User-Agent",
	    "Referer", "Sec-GPC" };
	const struct field_up	 some = { .only = only, .n_only = 3 };
	const struct field_up	 nothing = { .only = only, .n_only = 0 };
	const struct field_up	 none = { .none = true };

	(void)state;
	assert_text(up("X-A", "1", some), "1");
	assert_text(up("Authorization", "Bearer x", some), "Bearer x");
	assert_text(up("Accept-Encoding", "x", some), "identity");
	assert_null(up("X-A", "1", nothing));
	assert_null(up("X-A", "1", none));
	assert_null(up("Authorization", "Bearer x", none));
	assert_null(up("Accept-Encoding", "gzip", none));
	for (size_t i = 0; i < ROWS(kept); i++) {
		assert_text(up(kept[i], "1", some), "1");
		assert_text(up(kept[i], "1", none), "1");
	}
	for (size_t i = 0; i < ROWS(cut); i++) {
		assert_null(up(cut[i], "http://a.example/", some));
		assert_null(up(cut[i], "http://a.example/", none));
	}
}

static void
the_targets_own_policy_gets_the_origin(void **state)
{
	const struct field_up	 p = { .pass_origin = true };
	const struct field_up	 none = { .pass_origin = true, .none = true };

	(void)state;
	assert_text(up("Origin", "https://a.example", p), "https://a.example");
	assert_text(up("Access-Control-Request-Method", "PUT", p), "PUT");
	assert_text(up("Access-Control-Request-Headers", "x", p), "x");
	assert_text(up("Origin", "https://a.example", none),
	    "https://a.example");
	assert_null(up("Cookie", "a=b", p));
}

static void
cookies_cross_where_they_are_kept_apart(void **state)
{
	struct field_up	 p = { .cookies_of = "feed" };

	(void)state;
	assert_text(up("Cookie", "x=1; __Secure-vd.feed.s=2", p), "s=2");
	assert_null(up("Cookie", "x=1; __Secure-vd.other.s=2", p));
	assert_null(up("Cookie2", "x=1; __Secure-vd.feed.s=2", p));
	/* They are not among the fields that these speak of. */
	p.none = true;
	assert_text(up("Cookie", "__Secure-vd.feed.s=2", p), "s=2");
	assert_false(field_may_go_up("Cookie"));
}

static void
pages_of_the_target_say_how_they_ask(void **state)
{
	const struct field_up	 p = { .render = true,
	    .origin = "https://t.example",
	    .referer = "https://t.example/x?y" };
	const struct field_up	 none = { .render = true, .none = true,
	    .origin = "https://t.example",
	    .referer = "https://t.example/x?y" };
	struct field_up		 theirs = p;

	(void)state;
	assert_text(up("Origin", "https://gate.example", p),
	    "https://t.example");
	assert_text(up("Referer", "https://gate.example/a/x?y", p),
	    "https://t.example/x?y");
	assert_text(up("Sec-Fetch-Site", "same-origin", p), "same-origin");
	assert_text(up("sec-fetch-mode", "navigate", p), "navigate");
	assert_null(up("Sec-CH-UA", "x", p));
	assert_null(up("Sec-Purpose", "prefetch", p));
	assert_null(up("Access-Control-Request-Method", "PUT", p));
	assert_text(up("Origin", "https://gate.example", none),
	    "https://t.example");
	assert_null(up("Referer", "https://gate.example/a/x?y", none));
	assert_null(up("Sec-Fetch-Site", "same-origin", none));
	assert_false(field_may_go_up("Sec-Fetch-Site"));
	assert_false(field_may_go_up("Origin"));
	/* With cors = target too. */
	theirs.pass_origin = true;
	assert_text(up("Origin", "https://gate.example", theirs),
	    "https://t.example");
	/* Pages of others say no more than to other routes. */
	theirs = (struct field_up){ .render = true };
	assert_null(up("Origin", "null", theirs));
	assert_text(up("Referer", "https://page.example/x", theirs),
	    "https://page.example/");
}

static const struct { const char *value; enum err want; } schemes[] = {
	{ "Basic dTpw", OK },
	{ "Bearer x.y.z", OK },
	{ "Digest a=b, c=d", OK },
	{ "NTLMv9 x", OK }, { "Negotiated x", OK }, { "", OK },
	{ "Bearer NTLM", OK }, { "Basic Negotiate", OK },
	{ "NTLM TlRMTVNTUAAB", ERR_AUTH_SCHEME },
	{ "ntlm x", ERR_AUTH_SCHEME }, { "NTLM", ERR_AUTH_SCHEME },
	{ "Negotiate YII", ERR_AUTH_SCHEME },
	{ "nEGOTIATE\tYII", ERR_AUTH_SCHEME },
	{ "Basic dTpw, NTLM x", ERR_AUTH_SCHEME },
	{ "Bearer x,Negotiate", ERR_AUTH_SCHEME },
};

static void
a_scheme_of_a_connection_is_refused(void **state)
{
	const struct field_up	 drop = { .drop_authorization = true };

	(void)state;
	for (size_t i = 0; i < ROWS(schemes); i++) {
		struct fields	 in = FIELDS("X-A", "1", "Authorization",
		    schemes[i].value);
		struct field_up	 p = { 0 };
		struct fields	 out;

		print_message("# %s\n", schemes[i].value);
		fields_init(&out, &arena);
		assert_int_equal(fields_to_target(&in, &p, &out),
		    schemes[i].want);
		p.none = true;
		assert_int_equal(fields_to_target(&in, &p, &out),
		    schemes[i].want);
		assert_null(up("Authorization", schemes[i].value, drop));
	}
}

static const struct { const char *name, *value; bool ours; } keys[] = {
	{ "X-API-Key", "vd1_abcdefgh_secret", true },
	{ "x_api_key", "vd1_abcdefgh_secret", true },
	{ "Authorization", "Bearervd1_abcdefgh_secret", true },
	{ "x-api-key", "vd1_", true },
	{ "Authorization", "Bearer vd1_abcdefgh_secret", true },
	{ "Authorization", "bearer  vd1_abcdefgh_secret", true },
	{ "X-API-Key", "theirs", false },
	{ "X-API-Key", "theirs, vd1_abcdefgh_secret", true },
	{ "Authorization", "Basic YTpi, Bearer vd1_abcdefgh_secret", true },
	{ "X-API-Key", "xvd1_", false },
	{ "Authorization", "Bearer abc.vd1_", false },
	{ "Authorization", "Basic dmQxXw==", false },
};

static void
a_key_of_ours_is_not_the_targets(void **state)
{
	const struct field_up	 all = { 0 };
	const char		*got;

	(void)state;
	for (size_t i = 0; i < ROWS(keys); i++) {
		print_message("# %s: %s\n", keys[i].name, keys[i].value);
		got = up(keys[i].name, keys[i].value, all);
		if (keys[i].ours)
			assert_null(got);
		else
			assert_string_equal(got, keys[i].value);
	}
}

static const struct { const char *value, *want; } encodings[] = {
	{ "gzip, deflate, br, zstd", "gzip, deflate, br, zstd" },
	{ "gzip", "gzip" }, { "identity", "identity" }, { "GZIP", "GZIP" },
	{ "gzip;q=1.0, br ; q=0.5", "gzip;q=1.0, br ; q=0.5" },
	{ "gzip,br", "gzip,br" },
	{ "gzip,dcb,br", "gzip, br" }, { "dcz, gzip", "gzip" },
	{ "gzip;q=1, *;q=0", "gzip;q=1" }, { "*", "identity" },
	{ "identity;q=0", "identity;q=0" }, { "x-gzip", "identity" },
	{ "", "identity" }, { ",", "identity" }, { "gzipped", "identity" },
	{ "compress, sdch", "identity" },
};

static void
only_known_encodings_are_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(encodings); i++) {
		print_message("# %s\n", encodings[i].value);
		assert_text(up("Accept-Encoding", encodings[i].value,
		    (struct field_up){ 0 }), encodings[i].want);
	}
}

static const struct { const char *value, *want; } referers[] = {
	{ "https://a.example/page?q#f", "https://a.example/" },
	{ "https://a.example", "https://a.example/" },
	{ "https://a.example?x=https://b.example/", "https://a.example/" },
	{ "http://a.example:8080/x", "http://a.example:8080/" },
	{ "http://[::1]:80/x", "http://[::1]:80/" },
	{ "https://u:p@a.example/x", NULL }, { "about:blank", NULL },
	{ "/x", NULL }, { "", NULL }, { "file:///home/u/page.html", NULL },
	{ "android-app://com.example/", NULL }, { "https:///x", NULL },
};

static void
a_referer_shrinks_to_its_origin(void **state)
{
	const struct field_up	 drop = { .drop_referer = true };

	(void)state;
	for (size_t i = 0; i < ROWS(referers); i++) {
		print_message("# %s\n", referers[i].value);
		assert_text(up("Referer", referers[i].value,
		    (struct field_up){ 0 }), referers[i].want);
		assert_null(up("Referer", referers[i].value, drop));
	}
}

/* --- to the caller --- */

static struct fields
down(struct fields in, struct field_down p)
{
	struct fields	 out;

	fields_init(&out, &arena);
	assert_int_equal(fields_to_client(&in, &p, &out), OK);
	return out;
}

static const struct field_down ok_down = { .status = 200, .route = "feed" };

/* Is the target's value of this field among what crosses? */
static bool
crosses(const char *name, const char *value, struct field_down p)
{
	struct fields	 out = down(FIELDS("Content-Type", "a/b", name,
	    value), p);

	for (size_t i = 0; i < out.count; i++)
		if (strcmp(out.list[i].name, name) == 0 &&
		    strcmp(out.list[i].value, value) == 0)
			return true;
	return false;
}

static const char *const never_down[] = {
	/* one hop, framing */
	"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate",
	"Proxy-Authentication-Info", "TE", "Trailer", "Transfer-Encoding",
	"Upgrade", "HTTP2-Settings", "Content-Length", "Proxy",
	/* commands to a front server */
	"Status", "X-Accel-Redirect", "X-Accel-Limit-Rate",
	"X-Accel-Buffering", "X-Accel-Expires", "X-Accel-Charset",
	"X-Sendfile", "X-Sendfile2", "X-Sendfile-Temporary",
	"X-LIGHTTPD-send-file", "X-LIGHTTPD-KBytes-per-second",
	"X-LiteSpeed-Location", "X-LiteSpeed-Cache-Control",
	"X-LiteSpeed-Purge", "X-LiteSpeed-Tag", "X-LiteSpeed-Vary", "X-Pad",
	"Script-Control", "Variable-X", "Nph-X", "X-Reproxy-URL",
	/* this host's state */
	"Set-Cookie", "Set-Cookie2", "Strict-Transport-Security",
	"Public-Key-Pins", "Public-Key-Pins-Report-Only", "Expect-CT",
	"Clear-Site-Data", "Alt-Svc", "Service-Worker-Allowed",
	"Origin-Agent-Cluster", "Accept-CH", "Accept-CH-Lifetime",
	"Critical-CH", "NEL", "Report-To", "Reporting-Endpoints",
	"Use-As-Dictionary", "Set-Login", "Activate-Storage-Access",
	"Attribution-Reporting-Register-Source", "Observe-Browsing-Topics",
	"Origin-Trial", "Permissions-Policy",
	"Permissions-Policy-Report-Only", "Feature-Policy",
	"Speculation-Rules", "Supports-Loading-Mode",
	"Sec-Session-Registration", "Sec-Session-Challenge", "P3P",
	/* ours stand there */
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials",
	"Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
	"Access-Control-Expose-Headers", "Access-Control-Max-Age",
	"Access-Control-Allow-Private-Network", "Timing-Allow-Origin",
	"Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy",
	"Cross-Origin-Embedder-Policy-Report-Only",
	"Cross-Origin-Opener-Policy",
	"Cross-Origin-Opener-Policy-Report-Only", "Content-Security-Policy",
	"Content-Security-Policy-Report-Only", "X-Content-Security-Policy",
	"X-WebKit-CSP", "X-Frame-Options", "X-Content-Type-Options",
	"X-XSS-Protection", "X-Permitted-Cross-Domain-Policies",
	"X-Request-Id", "X-Final-URL", "Via",
	/* navigation, credentials, software */
	"Refresh", "SourceMap", "X-SourceMap", "Authentication-Info",
	"Server", "X-Powered-By",
};

static void
some_fields_never_reach_the_caller(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(never_down); i++) {
		char	 other[64];

		print_message("# %s\n", never_down[i]);
		assert_false(crosses(never_down[i], "theirs", ok_down));
		for (size_t j = 0; j <= strlen(never_down[i]); j++)
			other[j] = never_down[i][j] == '-' ? '_' :
			    never_down[i][j] >= 'a' &&
			    never_down[i][j] <= 'z' ?
			    never_down[i][j] - 32 : never_down[i][j];
		assert_false(crosses(other, "theirs", ok_down));
	}
}

static const char *const goes_down[] = {
	"Content-Encoding", "Content-Language", "Content-Range",
	"Content-Disposition", "Accept-Ranges", "Cache-Control", "Age",
	"Date", "Expires", "ETag", "Last-Modified", "Vary", "Retry-After",
	"Deprecation", "Sunset", "Server-Timing", "RateLimit",
	"RateLimit-Limit", "X-Custom", "X-Total-Count", "X-RateLimit-Reset",
	"Proxy-Status", "Allow", "Accept-Patch", "Accept-Charset",
	"Content-MD5", "Digest", "X-Accel", "X-Send", "Statuses", "Nelly",
	"Warning", "Lines", "A", "Zz", "X-Page", "Set-Cook", "Reports",
};

static void
what_is_not_listed_reaches_the_caller(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(goes_down); i++) {
		print_message("# %s\n", goes_down[i]);
		assert_true(crosses(goes_down[i], "x y", ok_down));
	}
}

static void
a_field_that_fails_the_gate_is_dropped(void **state)
{
	struct fields	 out;

	(void)state;
	out = down(FIELDS("Content-Type", "a/b", "X A", "1", "", "2",
	    "X-B", "a\x01", "X-C", "c\rd", "X-D", " e", "X-E", "f"), ok_down);
	assert_int_equal(out.count, 6);
	assert_string_equal(fields_get(&out, "X-E"), "f");
}

static void
what_connection_lists_stays_behind(void **state)
{
	struct fields	 out;

	(void)state;
	out = down(FIELDS("Connection", "X-A", "X-A", "1", "X-B", "2",
	    "Connection", "close, etag", "ETag", "3"), ok_down);
	assert_null(fields_get(&out, "X-A"));
	assert_null(fields_get(&out, "ETag"));
	assert_string_equal(fields_get(&out, "X-B"), "2");
}

static const struct { int status; bool passes; } locations[] = {
	{ 200, false }, { 201, true }, { 202, false }, { 204, false },
	{ 300, true }, { 301, true }, { 302, true }, { 303, true },
	{ 304, true }, { 307, true }, { 308, true }, { 399, true },
	{ 400, false }, { 404, false }, { 500, false },
};

static void
a_location_goes_with_201_and_3xx_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(locations); i++) {
		struct field_down	 p = ok_down;

		p.status = locations[i].status;
		assert_int_equal(crosses("Location", "/x", p),
		    locations[i].passes);
	}
}

static const struct { const char *first, *second, *want; } privates[] = {
	{ NULL, NULL, "private" },
	{ "max-age=9", NULL, "private, max-age=9" },
	{ "public", NULL, "private" },
	{ "Public, max-age=9, S-MaxAge=99", NULL, "private, max-age=9" },
	{ "private", "no-cache=\"a, b\"", "private, no-cache=\"a, b\"" },
	{ "no-store", "public", "private, no-store" },
	{ "publicity", NULL, "private, publicity" },
};

static void
what_a_key_has_opened_is_for_its_holder(void **state)
{
	struct field_down	 p = ok_down;

	(void)state;
	assert_true(crosses("Surrogate-Control", "max-age=9", p));
	p.guarded = true;
	assert_false(crosses("Surrogate-Control", "max-age=9", p));
	assert_false(crosses("CDN-Cache-Control", "max-age=9", p));
	assert_false(crosses("Cloudflare-CDN-Cache-Control", "public", p));
	for (size_t i = 0; i < ROWS(privates); i++) {
		struct fields	 in, out;

		fields_init(&in, &arena);
		if (privates[i].first != NULL)
			fields_add(&in, "Cache-Control", privates[i].first);
		if (privates[i].second != NULL)
			fields_add(&in, "cache-control", privates[i].second);
		out = down(in, p);
		assert_text(fields_get(&out, "Cache-Control"),
		    privates[i].want);
	}
}

static void
the_targets_own_cors_passes_where_wanted(void **state)
{
	struct field_down	 p = ok_down;

	(void)state;
	p.pass_cors = true;
	assert_true(crosses("Access-Control-Allow-Origin", "*", p));
	assert_true(crosses("Timing-Allow-Origin", "*", p));
	assert_false(crosses("Cross-Origin-Opener-Policy", "x", p));
	assert_false(crosses("Set-Cookie", "a=b", p));
}

static void
cookies_are_set_where_they_are_kept_apart(void **state)
{
	const struct cookie_place	 at = { .route = "feed",
	    .mount = "/m", .base = "", .from = "/" };
	struct field_down		 p = ok_down;
	struct fields			 in, out;

	(void)state;
	p.cookies = &at;
	out = down(FIELDS("Set-Cookie", "s=1", "set-cookie", "t=2",
	    "Set-Cookie", "bad", "Set_Cookie", "u=3", "Set-Cookie2", "v=4",
	    "Set-Cookie", "w=5\r\nX-Y: z"), p);
	assert_int_equal(out.count, 2 + 5);
	assert_string_equal(out.list[0].name, "Set-Cookie");
	assert_string_equal(out.list[0].value, "__Secure-vd.feed.s=1; "
	    "Path=/m/feed/; Secure; HttpOnly; SameSite=Lax");
	assert_string_equal(out.list[1].value, "__Secure-vd.feed.t=2; "
	    "Path=/m/feed/; Secure; HttpOnly; SameSite=Lax");

	fields_init(&in, &arena);
	for (int i = 0; i < 30; i++)
		assert_int_equal(fields_add(&in, "Set-Cookie",
		    i < 5 ? "bad" : "s=1"), OK);
	assert_int_equal(down(in, p).count, 20 + 5);
}

static const char *const of_pages[] = {
	"Content-Security-Policy", "Content-Security-Policy-Report-Only",
	"X-Frame-Options", "Cross-Origin-Opener-Policy",
	"Cross-Origin-Embedder-Policy", "Permissions-Policy",
	"Feature-Policy", "Refresh", "Referrer-Policy",
};
static const char *const not_of_pages[] = {
	"Cross-Origin-Resource-Policy", "Strict-Transport-Security",
	"Clear-Site-Data", "Service-Worker-Allowed", "Set-Cookie",
	"Access-Control-Allow-Origin", "Alt-Svc", "Origin-Agent-Cluster",
	"Report-To", "NEL", "X-Accel-Redirect", "X-Sendfile", "Server",
	"X-Content-Type-Options",
};

static void
a_page_of_this_host_is_guarded_by_its_target(void **state)
{
	struct field_down	 p = ok_down;
	struct fields		 out;

	(void)state;
	p.render = true;
	out = down(FIELDS("Content-Type", "text/html"), p);
	assert_int_equal(out.count, 3);
	assert_string_equal(fields_get(&out, "X-Content-Type-Options"),
	    "nosniff");
	assert_string_equal(fields_get(&out, "Cross-Origin-Resource-Policy"),
	    "same-origin");
	for (size_t i = 0; i < ROWS(of_pages); i++) {
		print_message("# %s\n", of_pages[i]);
		assert_true(crosses(of_pages[i], "theirs", p));
	}
	for (size_t i = 0; i < ROWS(not_of_pages); i++) {
		print_message("# %s\n", not_of_pages[i]);
		assert_false(crosses(not_of_pages[i], "theirs", p));
	}
	assert_true(crosses("Link", "</x>; rel=preload", p));
	p.embed = true;
	out = down(FIELDS("Content-Type", "text/html"), p);
	assert_string_equal(fields_get(&out, "Cross-Origin-Resource-Policy"),
	    "cross-origin");
}

static void
every_answer_is_kept_from_running_here(void **state)
{
	struct field_down	 p = ok_down;
	struct fields		 out = down(FIELDS("Content-Type",
				    "text/html"), p);

	(void)state;
	assert_int_equal(out.count, 5);
	assert_string_equal(fields_get(&out, "Content-Security-Policy"),
	    "sandbox; default-src 'none'");
	assert_string_equal(fields_get(&out, "X-Content-Type-Options"),
	    "nosniff");
	assert_string_equal(fields_get(&out, "X-Frame-Options"), "DENY");
	assert_string_equal(fields_get(&out, "Cross-Origin-Resource-Policy"),
	    "same-origin");
	p.embed = true;
	out = down(FIELDS("Content-Type", "text/html"), p);
	assert_string_equal(fields_get(&out, "Cross-Origin-Resource-Policy"),
	    "cross-origin");
}

static const struct { int status; const char *type; } types[] = {
	{ 200, "application/octet-stream" },
	{ 206, "application/octet-stream" },
	{ 404, "application/octet-stream" },
	{ 500, "application/octet-stream" },
	{ 204, NULL }, { 205, NULL }, { 304, NULL },
};

static void
content_without_a_type_gets_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(types); i++) {
		struct field_down	 p = ok_down;
		struct fields		 out;

		p.status = types[i].status;
		out = down(FIELDS("X-A", "1"), p);
		assert_text(fields_get(&out, "Content-Type"), types[i].type);
		out = down(FIELDS("Content-Type", "a/b"), p);
		assert_string_equal(fields_get(&out, "Content-Type"), "a/b");
		out = down(FIELDS("Content_Type", "text/html"), p);
		assert_text(fields_get(&out, "Content-Type"), types[i].type);
	}
}

#define STAND_IN "Upstream realm=\"feed\""

static const struct { const char *value, *want; } challenges[] = {
	{ "Bearer", "Bearer" }, { "Bearer realm=\"x\"", "Bearer realm=\"x\"" },
	{ "DPoP algs=\"ES256 PS256\"", "DPoP algs=\"ES256 PS256\"" },
	{ "Bearer realm=\"x\", error=\"y\"",
	    "Bearer realm=\"x\", error=\"y\"" },
	{ "Custom abc==", "Custom abc==" },
	{ "Bearer a=1 ,\tb=2\t, NTLM , DPoP , Basic",
	    "Bearer a=1, b=2, DPoP" },
	{ "Bearer ,", "Bearer" },
	{ "Basic realm=\"x\"", NULL }, { "basic", NULL },
	{ "BASIC realm=x", NULL }, { "Digest realm=\"x\", nonce=\"y\"", NULL },
	{ "NTLM", NULL }, { "Negotiate", NULL }, { "Negotiate abc==", NULL },
	{ "Mutual realm=\"x\"", NULL }, { "HOBA max-age=1", NULL },
	{ "SCRAM-SHA-256 realm=\"x\"", NULL }, { "scram-sha-1 x", NULL },
	{ "Negotiate, NTLM, Basic realm=\"a, b\"", NULL },
	{ "Basic realm=\"a, Bearer x\", Bearer realm=\"b\"",
	    "Bearer realm=\"b\"" },
	{ "Bearer realm=\"a\", Basic realm=\"b\", charset=\"UTF-8\"",
	    "Bearer realm=\"a\"" },
	{ "Bearer a=1, b=2, NTLM, DPoP c=3, d=4",
	    "Bearer a=1, b=2, DPoP c=3, d=4" },
	{ "Bearer realm=\"a\\\", Basic realm=\"", NULL },
	{ "Bearer realm=\"a", NULL }, { "Bearer \\\", Basic x", NULL },
	{ "Bearer x\"y\", Basic realm=\"z\"", NULL },
	{ "=x, Basic", NULL }, { "\"Bearer\"", NULL }, { "", NULL },
	{ ",", NULL }, { "realm=\"x\"", NULL },
	{ "Bearer realm=\"a\\\"b\", error=c", NULL },
};

static void
no_challenge_that_browsers_act_on_crosses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(challenges); i++) {
		struct field_down	 p = ok_down;
		struct fields		 out;

		print_message("# %s\n", challenges[i].value);
		out = down(FIELDS("WWW-Authenticate", challenges[i].value), p);
		assert_text(fields_get(&out, "WWW-Authenticate"),
		    challenges[i].want);
		p.status = 401;
		out = down(FIELDS("WWW-Authenticate", challenges[i].value), p);
		assert_text(fields_get(&out, "WWW-Authenticate"),
		    challenges[i].want != NULL ? challenges[i].want :
		    STAND_IN);
	}
}

static void
a_401_has_one_stand_in_at_most(void **state)
{
	struct field_down	 p = { .status = 401, .route = "feed" };
	struct fields		 out;

	(void)state;
	out = down(FIELDS("Content-Type", "a/b"), p);
	assert_string_equal(fields_get(&out, "WWW-Authenticate"), STAND_IN);
	assert_int_equal(out.count, 6);
	out = down(FIELDS("Content-Type", "a/b", "WWW-Authenticate", "Basic",
	    "WWW-Authenticate", "Bearer", "WWW-Authenticate", "NTLM"), p);
	assert_string_equal(fields_get(&out, "WWW-Authenticate"), "Bearer");
	assert_int_equal(out.count, 6);
}

static const struct { const char *value; bool passes; } links[] = {
	{ "</x?page=2>; rel=next", true }, { "</x>; rel=\"next\"", true },
	{ "</x>; rel=next, </y>; rel=last", true },
	{ "</x>;rel=\"next last\";title=\"preload, x\"", true },
	{ "</x>; rel=canonical ; type=a", true }, { "</x>", true },
	{ "</x>; title=preload", true }, { "<a,b>; rel=next", true },
	{ "</x>; rel=next;", true }, { "", true },
	{ "</x>; crossorigin; rel=next", true },
	{ "</x>; rel=preload", false }, { "</x>; rel=PRELOAD", false },
	{ "</x>; REL=\"preload\"", false }, { "</x>;rel = preload", false },
	{ "</x>; rel=\"next preload\"", false },
	{ "</x>; rel=\"\tpreconnect \"", false },
	{ "</x>; rel=next, </y>; as=style; rel=stylesheet", false },
	{ "</x>; rel=next; rel=prefetch", false },
	{ "</x>; rel=modulepreload", false },
	{ "</x>; rel=dns-prefetch", false }, { "</x>; rel=prerender", false },
	{ "</x>; rel=serviceworker", false },
	{ "</x>; rel=compression-dictionary", false },
	{ "</x>; title=\"a\\\"; b\"; rel=preload", false },
	/* what cannot be read */
	{ "/x; rel=next", false }, { "</x; rel=next", false },
	{ "</x> rel=next", false }, { "</x>; rel=\"next", false },
	{ "</x>; rel=\"pre\\load\"", false }, { "</x>; =next", false },
	{ "x</x>; rel=next", false },
};

static void
a_link_that_acts_stays_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(links); i++) {
		print_message("# %s\n", links[i].value);
		assert_int_equal(crosses("Link", links[i].value, ok_down),
		    links[i].passes);
	}
}

static const struct { const char *value; bool passes; } places[] = {
	{ "page.en.html", true }, { "a/b?x=http://h/", true },
	{ "/page", false }, { "//h/page", false },
	{ "https://a.example/page", false }, { "x:y", false },
	{ "../page", false }, { "a/%2e%2e/b", false }, { "a\\b", false },
};

static void
a_content_location_stays_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(places); i++) {
		print_message("# %s\n", places[i].value);
		assert_int_equal(crosses("Content-Location", places[i].value,
		    ok_down), places[i].passes);
	}
}

/* --- framing and Vary --- */

static void
one_length_or_none(void **state)
{
	const struct {
		const char	*a, *b, *te;
		enum err	 want;
		long long	 bytes;
	} rows[] = {
		{ NULL, NULL, NULL, OK, -1 }, { "0", NULL, NULL, OK, 0 },
		{ "2", NULL, NULL, OK, 2 }, { "2", "2", NULL, OK, 2 },
		{ "9223372036854775807", NULL, NULL, OK, INT64_MAX },
		{ "2", NULL, "chunked", OK, -1 },
		{ "2", "5", "chunked", OK, -1 },
		{ NULL, NULL, "chunked", OK, -1 },
		{ NULL, NULL, "Chunked", OK, -1 },
		{ NULL, NULL, "foo", ERR_BAD_RESPONSE, -1 },
		{ NULL, NULL, "xchunked", ERR_BAD_RESPONSE, -1 },
		{ "2", NULL, "gzip, chunked", ERR_BAD_RESPONSE, -1 },
		{ "2", NULL, "", ERR_BAD_RESPONSE, -1 },
		{ "2", "5", NULL, ERR_BAD_RESPONSE, -1 },
		{ "2, 2", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "+2", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "-2", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "0x2", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "2 ", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "2.0", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "1e3", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "2", "x", NULL, ERR_BAD_RESPONSE, -1 },
		{ "9223372036854775808", NULL, NULL, ERR_BAD_RESPONSE, -1 },
		{ "99999999999999999999999", NULL, NULL, ERR_BAD_RESPONSE,
		    -1 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct fields	 in = FIELDS("X-A", "1");
		long long	 bytes = -7;

		print_message("# %zu\n", i);
		if (rows[i].a != NULL)
			fields_add(&in, "Content-Length", rows[i].a);
		if (rows[i].b != NULL)
			fields_add(&in, "content-length", rows[i].b);
		if (rows[i].te != NULL)
			fields_add(&in, "Transfer-Encoding", rows[i].te);
		assert_int_equal(fields_content_length(&in, &bytes),
		    rows[i].want);
		assert_true(bytes == rows[i].bytes);
	}
}

static void
only_events_have_no_end(void **state)
{
	static const struct { const char *type; bool want; } rows[] = {
		{ "text/event-stream", true },
		{ "Text/Event-Stream;charset=utf-8", true },
		{ "text/event-stream ; a=b", true },
		{ "text/event-streams", false },
		{ "text/event", false }, { "text/plain", false },
		{ "", false },
	};
	struct fields	 none = FIELDS("X-A", "text/event-stream");

	(void)state;
	assert_false(fields_endless(&none));
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct fields	 in = FIELDS("content-type", rows[i].type);

		print_message("# %s\n", rows[i].type);
		assert_int_equal(fields_endless(&in), rows[i].want);
	}
}

static const struct { const char *a, *b, *want; } varies[] = {
	{ NULL, NULL, NULL }, { "Origin", NULL, "Origin" },
	{ NULL, "Origin", "Origin" }, { "Accept", "Origin", "Accept, Origin" },
	{ "Accept, origin", "Origin", "Accept, origin" },
	{ "Accept,Accept-Encoding , ACCEPT", "Origin",
	    "Accept, Accept-Encoding, Origin" },
	{ "*", "Origin", "*" }, { "Accept, *", "Origin", "*" },
	{ "Accept", "*", "*" }, { "", "Origin", "Origin" },
	{ "a b, c", "Origin", "c, Origin" }, { "", NULL, NULL },
};

static void
vary_lists_each_name_once(void **state)
{
	char	 many[400] = "";

	(void)state;
	for (size_t i = 0; i < ROWS(varies); i++)
		assert_text(fields_vary(&arena, varies[i].a, varies[i].b),
		    varies[i].want);
	for (int i = 0; i < 65; i++)
		snprintf(many + strlen(many), 6, "n%d, ", i);
	assert_string_equal(fields_vary(&arena, many, "Origin"), "*");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_list_keeps_its_order_and_size),
		cmocka_unit_test(names_have_no_case),
		cmocka_unit_test(a_full_arena_is_said),
		cmocka_unit_test(one_gate_for_every_field),
		cmocka_unit_test(a_token_has_15_marks_digits_and_letters),
		cmocka_unit_test(a_list_names_whole_tokens),
		cmocka_unit_test(some_fields_never_reach_a_target),
		cmocka_unit_test(what_is_not_listed_reaches_the_target),
		cmocka_unit_test(fields_of_one_hop_stay_on_it),
		cmocka_unit_test(the_list_to_forward_withholds_the_rest),
		cmocka_unit_test(the_targets_own_policy_gets_the_origin),
		cmocka_unit_test(cookies_cross_where_they_are_kept_apart),
		cmocka_unit_test(pages_of_the_target_say_how_they_ask),
		cmocka_unit_test(a_scheme_of_a_connection_is_refused),
		cmocka_unit_test(a_key_of_ours_is_not_the_targets),
		cmocka_unit_test(only_known_encodings_are_asked_for),
		cmocka_unit_test(a_referer_shrinks_to_its_origin),
		cmocka_unit_test(some_fields_never_reach_the_caller),
		cmocka_unit_test(what_is_not_listed_reaches_the_caller),
		cmocka_unit_test(a_field_that_fails_the_gate_is_dropped),
		cmocka_unit_test(what_connection_lists_stays_behind),
		cmocka_unit_test(a_location_goes_with_201_and_3xx_alone),
		cmocka_unit_test(what_a_key_has_opened_is_for_its_holder),
		cmocka_unit_test(the_targets_own_cors_passes_where_wanted),
		cmocka_unit_test(cookies_are_set_where_they_are_kept_apart),
		cmocka_unit_test(a_page_of_this_host_is_guarded_by_its_target),
		cmocka_unit_test(every_answer_is_kept_from_running_here),
		cmocka_unit_test(content_without_a_type_gets_one),
		cmocka_unit_test(no_challenge_that_browsers_act_on_crosses),
		cmocka_unit_test(a_401_has_one_stand_in_at_most),
		cmocka_unit_test(a_link_that_acts_stays_behind),
		cmocka_unit_test(a_content_location_stays_below),
		cmocka_unit_test(one_length_or_none),
		cmocka_unit_test(only_events_have_no_end),
		cmocka_unit_test(vary_lists_each_name_once),
	};

	return cmocka_run_group_tests_name("fields", tests, setup, teardown);
}
