#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/target.h"
#include "http/url.h"
#include "tests/unit/fixture.h"

/* --- the mount, by what each server was seen to pass --- */

static const struct mount_row {
	const char	*uri, *script, *info, *query, *base;
	enum err	 want;
	const char	*mount, *path, *q;
} mounts[] = {
	/* Apache mod_fcgid, mod_cgid, SetHandler proxy:fcgi; lighttpd; nginx
	 * with split_path_info; Caddy with split; HAProxy with path-info: the
	 * program's own name is in the URL */
	{ "/v/viaduct.fcgi", "/v/viaduct.fcgi", NULL, "", NULL, OK,
	    "/v/viaduct.fcgi", "", NULL },
	{ "/v/viaduct.fcgi", "/v/viaduct.fcgi", "", "", "", OK,
	    "/v/viaduct.fcgi", "", NULL },
	{ "/v/viaduct.fcgi/", "/v/viaduct.fcgi", "/", "", NULL, OK,
	    "/v/viaduct.fcgi", "/", NULL },
	{ "/v/viaduct.fcgi/api//x", "/v/viaduct.fcgi", "/api/x", "", NULL, OK,
	    "/v/viaduct.fcgi", "/api//x", NULL },
	{ "/v/viaduct.fcgi/api/https://e.com/x", "/v/viaduct.fcgi",
	    "/api/https:/e.com/x", "", NULL, OK, "/v/viaduct.fcgi",
	    "/api/https://e.com/x", NULL },
	{ "/v/viaduct.fcgi/api/a%2Fb", "/v/viaduct.fcgi", "/api/a/b", "",
	    NULL, OK, "/v/viaduct.fcgi", "/api/a%2Fb", NULL },
	{ "/v/viaduct.fcgi/api/a%20b", "/v/viaduct.fcgi", "/api/a b", "",
	    NULL, OK, "/v/viaduct.fcgi", "/api/a%20b", NULL },
	{ "/v/viaduct.fcgi/api/a%25b", "/v/viaduct.fcgi", "/api/a%b", "",
	    NULL, OK, "/v/viaduct.fcgi", "/api/a%25b", NULL },
	{ "/v/viaduct.fcgi/api/a%252Fb", "/v/viaduct.fcgi", "/api/a%2Fb", "",
	    NULL, OK, "/v/viaduct.fcgi", "/api/a%252Fb", NULL },
	{ "/v/viaduct.fcgi/api/a%3Fb", "/v/viaduct.fcgi", "/api/a?b", "",
	    NULL, OK, "/v/viaduct.fcgi", "/api/a%3Fb", NULL },
	{ "/v/viaduct.fcgi/api/a%23b", "/v/viaduct.fcgi", "/api/a#b", "",
	    NULL, OK, "/v/viaduct.fcgi", "/api/a%23b", NULL },
	{ "/v/viaduct.fcgi/api/../x", "/v/viaduct.fcgi", "/x", "", NULL, OK,
	    "/v/viaduct.fcgi", "/api/../x", NULL },
	{ "/v/viaduct.fcgi/api/%2e%2e%2fx", "/v/viaduct.fcgi",
	    "/api/..%2fx", "", NULL, OK, "/v/viaduct.fcgi",
	    "/api/%2e%2e%2fx", NULL },
	{ "/v/viaduct.fcgi/api/%zz", "/v/viaduct.fcgi", "/api/%zz", "", NULL,
	    OK, "/v/viaduct.fcgi", "/api/%zz", NULL },
	/* nginx's split fails here and leaves the rest in SCRIPT_NAME */
	{ "/v/viaduct.fcgi/api/a%0d%0aX:y",
	    "/v/viaduct.fcgi/api/a\r\nX:y", "", "", NULL, ERR_BAD_PATH, NULL,
	    NULL, NULL },
	/* lighttpd as Debian configures it, with a second "?" */
	{ "/v/viaduct.fcgi/api/x?u=https://e.com/?z=1", "/v/viaduct.fcgi",
	    "/api/x?u=https:/e.com/", "z=1", NULL, OK, "/v/viaduct.fcgi",
	    "/api/x", "u=https://e.com/?z=1" },
	{ "/v/viaduct.fcgi/api/x?a=b%2Fc%20d&e=%C3%A9&&f", "/v/viaduct.fcgi",
	    "/api/x", "a=b/c%20d&e=%C3%A9&&f", NULL, OK, "/v/viaduct.fcgi",
	    "/api/x", "a=b%2Fc%20d&e=%C3%A9&&f" },
	{ "/v/viaduct.fcgi/api/x?a#frag", "/v/viaduct.fcgi", "/api/x", "a",
	    NULL, ERR_BAD_PATH, NULL, NULL, NULL },
	{ "/v/viaduct.fcgi/api#frag", "/v/viaduct.fcgi", "/api", "", NULL,
	    ERR_BAD_PATH, NULL, NULL, NULL },
	{ "/v/viaduct.fcgi?url=x", "/v/viaduct.fcgi", NULL, "url=x", NULL, OK,
	    "/v/viaduct.fcgi", "", "url=x" },
	{ "/v/viaduct.fcgi/api?", "/v/viaduct.fcgi", "/api", "", NULL, OK,
	    "/v/viaduct.fcgi", "/api", "" },
	{ "/cgi-bin/viaduct.cgi/api", "/cgi-bin/viaduct.cgi", "/api", "",
	    NULL, OK, "/cgi-bin/viaduct.cgi", "/api", NULL },
	/* Apache, RewriteRule to viaduct.fcgi/$1 */
	{ "/v/api//x", "/v/viaduct.fcgi", "/api/x", "", NULL, OK, "/v",
	    "/api//x", NULL },
	/* Apache, FallbackResource or RewriteRule to viaduct.fcgi */
	{ "/v/api//x?q", "/v/viaduct.fcgi", NULL, "q", NULL, OK, "/v",
	    "/api//x", "q" },
	{ "/v/", "/v/viaduct.fcgi", NULL, "", NULL, OK, "/v", "/", NULL },
	{ "/api/x", "/viaduct.fcgi", NULL, "", NULL, OK, "", "/api/x", NULL },
	{ "/", "/viaduct.fcgi", NULL, "", NULL, OK, "", "/", NULL },
	/* ProxyPass fcgi:// and nginx's stock parameters put the whole path
	 * into SCRIPT_NAME: base_path must be set */
	{ "/v/api//x", "/v/api//x", NULL, "", "/v", OK, "/v", "/api//x",
	    NULL },
	{ "/v/api/a%25b?q", "/v/api/a%b", NULL, "q", "/v/", OK, "/v",
	    "/api/a%25b", "q" },
	{ "/api/x", "/api/x", NULL, "", "/", OK, "", "/api/x", NULL },
	{ "/v/api/x", "/v/api/x", "/api/x", "", "/v", OK, "/v", "/api/x",
	    NULL },
	/* lighttpd's url.rewrite-once and nginx's rewrite: REQUEST_URI is the
	 * original */
	{ "/pretty/api/x", "/f", "/api/x", "", "/pretty", OK, "/pretty",
	    "/api/x", NULL },
	{ "/pretty/api/x", "/d/f", "/api/x", "", NULL, ERR_MOUNT_UNKNOWN,
	    NULL, NULL, NULL },
	/* a whole host: lighttpd with fix-root-scriptname, nginx with
	 * SCRIPT_NAME "" */
	{ "/api/x", "", "/api/x", "", NULL, OK, "", "/api/x", NULL },
	{ "/api/x", "/", "/api/x", "", NULL, OK, "", "/api/x", NULL },
	{ "//x", "", "/x", "", NULL, OK, "", "//x", NULL },
	{ "/../../x", "", "/../../x", "", NULL, OK, "", "/../../x", NULL },
	/* absolute form, which Apache hands on as it came */
	{ "http://h.example/v/viaduct.fcgi/api/x?q", "/v/viaduct.fcgi",
	    "/api/x", "q", NULL, OK, "/v/viaduct.fcgi", "/api/x", "q" },
	{ "HTTPS://h.example:443/v/api", "/v/viaduct.fcgi", NULL, "", NULL,
	    OK, "/v", "/api", NULL },
	{ "http://h.example", "", NULL, "", NULL, OK, "", "/", NULL },
	{ "http://h.example?q", "", NULL, "q", NULL, OK, "", "", "q" },
	/* a mount that the client wrote in another spelling */
	{ "/v/viaduct%2Efcgi/api", "/v/viaduct.fcgi", "/api", "", NULL, OK,
	    "/v/viaduct%2Efcgi", "/api", NULL },
	{ "/my%20site/viaduct.fcgi/api", "/my site/viaduct.fcgi", "/api", "",
	    NULL, OK, "/my%20site/viaduct.fcgi", "/api", NULL },
	{ "/v%2Fviaduct.fcgi/api", "/v/viaduct.fcgi", "/api", "", NULL,
	    ERR_MOUNT_UNKNOWN, NULL, NULL, NULL },
	/* the prefix ends where a segment ends */
	{ "/v/viaduct.fcgix/api", "/w/viaduct.fcgi", NULL, "", NULL,
	    ERR_MOUNT_UNKNOWN, NULL, NULL, NULL },
	{ "/vv/api", "/v/viaduct.fcgi", NULL, "", NULL, ERR_MOUNT_UNKNOWN,
	    NULL, NULL, NULL },
	{ "/v/viaduct.fcgix", "/v/viaduct.fcgi", NULL, "", NULL, OK, "/v",
	    "/viaduct.fcgix", NULL },
	{ "/basex/api", "/v/viaduct.fcgi", NULL, "", "/base",
	    ERR_MOUNT_UNKNOWN, NULL, NULL, NULL },
	{ "/v/viaduct.fcgi/api", "/v/viaduct.fcgi", "/api", "", "/other",
	    ERR_MOUNT_UNKNOWN, NULL, NULL, NULL },
	{ "/v", "/v/viaduct.fcgi", NULL, "", NULL, OK, "/v", "", NULL },
	{ "/%", "/v", NULL, "", NULL, OK, "", "/%", NULL },
	{ "/api", NULL, NULL, NULL, NULL, ERR_MOUNT_UNKNOWN, NULL, NULL,
	    NULL },
	{ "/api", NULL, NULL, NULL, "/", OK, "", "/api", NULL },
	/* other forms */
	{ "*", "/v", NULL, "", NULL, ERR_MALFORMED_REQUEST, NULL, NULL,
	    NULL },
	{ "h.example:443", "/v", NULL, "", NULL, ERR_MALFORMED_REQUEST, NULL,
	    NULL, NULL },
	{ "?q", "", NULL, "", NULL, ERR_MALFORMED_REQUEST, NULL, NULL, NULL },
	{ "ftp://h/v", "/v", NULL, "", NULL, ERR_MALFORMED_REQUEST, NULL,
	    NULL, NULL },
	{ " /v", "/v", NULL, "", NULL, ERR_MALFORMED_REQUEST, NULL, NULL,
	    NULL },
	/* no REQUEST_URI: what the server has decoded is encoded again */
	{ NULL, "/v/viaduct.cgi", "/api/a b%c?d#e\xc3\xa9", "q=1", NULL, OK,
	    "/v/viaduct.cgi", "/api/a%20b%25c%3Fd%23e%C3%A9", "q=1" },
	{ "", "/v/viaduct.cgi", "/api/x", "", NULL, OK, "/v/viaduct.cgi",
	    "/api/x", NULL },
	{ NULL, "/my site/", NULL, NULL, NULL, OK, "/my%20site", "", NULL },
	{ NULL, "", "/api", "a%2Fb", NULL, OK, "", "/api", "a%2Fb" },
	{ NULL, "/x", "/api", "", "/base", OK, "/base", "/api", NULL },
	{ NULL, NULL, "/api", "", NULL, ERR_MOUNT_UNKNOWN, NULL, NULL, NULL },
	{ NULL, "/v", "api", "", NULL, ERR_MALFORMED_REQUEST, NULL, NULL,
	    NULL },
	{ NULL, "/v", "/api", "a#b", NULL, ERR_BAD_PATH, NULL, NULL, NULL },
};

static void
the_mount_is_found_behind_every_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(mounts); i++) {
		const struct mount_row	*r = &mounts[i];
		struct mounted		 m;

		print_message("# %zu %s\n", i, r->uri != NULL ? r->uri : "");
		assert_int_equal(target_mount(&arena, r->uri, r->script,
		    r->info, r->query, r->base, &m), r->want);
		if (r->want != OK)
			continue;
		assert_string_equal(m.mount, r->mount);
		assert_string_equal(m.path, r->path);
		assert_text(m.query, r->q);
	}
}

static void
a_url_has_8000_bytes_at_most(void **state)
{
	static char	 uri[8002];
	struct mounted	 m;

	(void)state;
	memset(uri, 'a', 8000);
	uri[0] = '/';
	assert_int_equal(target_mount(&arena, uri, "", NULL, "", NULL, &m),
	    OK);
	assert_int_equal(target_mount(&arena, NULL, "", uri, "", NULL, &m),
	    OK);
	assert_int_equal(target_mount(&arena, NULL, "", uri, "q", NULL, &m),
	    ERR_URL_TOO_LONG);
	uri[8000] = 'a';
	assert_int_equal(target_mount(&arena, uri, "", NULL, "", NULL, &m),
	    ERR_URL_TOO_LONG);
	assert_int_equal(target_mount(&arena, NULL, "", uri, "", NULL, &m),
	    ERR_URL_TOO_LONG);
}

/* --- the target --- */

static bool
is_route(const void *arg, const char *name)
{
	for (const char *const *p = arg; *p != NULL; p++)
		if (strcmp(*p, name) == 0)
			return true;
	return false;
}

static const char *const few[] = { "api", "feed-2", "a", NULL };
static const char *const all[] = { "api", "*", NULL };

static const struct read_row {
	const char	*const *routes;
	const char	*path, *query;
	enum err	 want;
	enum target_kind kind;
	const char	*name, *rest, *q, *method, *url;
	bool		 from_path;
} reads[] = {
	/* named */
	{ few, "/api", NULL, OK, TARGET_ROUTE, "api", "", NULL, NULL, NULL,
	    true },
	{ few, "/api/", NULL, OK, TARGET_ROUTE, "api", "/", NULL, NULL, NULL,
	    true },
	{ few, "/api/x/y", "q=1", OK, TARGET_ROUTE, "api", "/x/y", "q=1",
	    NULL, NULL, true },
	{ few, "/api//x%2F", "", OK, TARGET_ROUTE, "api", "//x%2F", "", NULL,
	    NULL, true },
	{ few, "/feed-2", NULL, OK, TARGET_ROUTE, "feed-2", "", NULL, NULL,
	    NULL, true },
	{ few, "/a", "method=PUT", OK, TARGET_ROUTE, "a", "", "method=PUT",
	    NULL, NULL, true },
	{ few, "/api", "route=a", OK, TARGET_ROUTE, "api", "", "route=a",
	    NULL, NULL, true },
	{ few, "/nowhere/x", NULL, OK, TARGET_ROUTE, "nowhere", "/x", NULL,
	    NULL, NULL, true },
	{ few, "/api/../x", NULL, OK, TARGET_ROUTE, "api", "/../x", NULL,
	    NULL, NULL, true },
	/* no names */
	{ few, "/API", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/%61pi", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "//api", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/../api", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/api;x", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/*", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL, 0 },
	{ few, "/-a", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/a.b", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	/* reserved, exactly */
	{ few, "/_health", NULL, OK, TARGET_HEALTH, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/_health", "x", OK, TARGET_HEALTH, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/_status", NULL, OK, TARGET_STATUS, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/_status.json", NULL, OK, TARGET_STATUS_JSON, NULL, NULL, NULL,
	    NULL, NULL, false },
	{ few, "/_metrics", NULL, OK, TARGET_METRICS, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/_explain", NULL, OK, TARGET_EXPLAIN, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/_check", NULL, OK, TARGET_CHECK, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ all, "/_health", NULL, OK, TARGET_HEALTH, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ all, "/_status", NULL, OK, TARGET_STATUS, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/_health/", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/_statusx", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/_x", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	/* the whole host */
	{ all, "", NULL, OK, TARGET_ROUTE, "*", "", NULL, NULL, NULL, false },
	{ all, "/", "route=api", OK, TARGET_ROUTE, "*", "/", "route=api",
	    NULL, NULL, false },
	{ all, "/api/x", NULL, OK, TARGET_ROUTE, "api", "/x", NULL, NULL,
	    NULL, true },
	{ all, "/a/x", "q", OK, TARGET_ROUTE, "*", "/a/x", "q", NULL, NULL,
	    false },
	{ all, "/https://e.com/x", NULL, OK, TARGET_ROUTE, "*",
	    "/https://e.com/x", NULL, NULL, NULL, false },
	{ all, "/robots.txt", NULL, OK, TARGET_ROUTE, "*", "/robots.txt",
	    NULL, NULL, NULL, false },
	{ all, "/_health/", NULL, OK, TARGET_ROUTE, "*", "/_health/", NULL,
	    NULL, NULL, false },
	{ all, "//x", NULL, OK, TARGET_ROUTE, "*", "//x", NULL, NULL, NULL,
	    false },
	/* pages made here */
	{ few, "", NULL, OK, TARGET_START, NULL, NULL, NULL, NULL, NULL,
	    false },
	{ few, "/", NULL, OK, TARGET_START, NULL, NULL, NULL, NULL, NULL,
	    false },
	{ few, "/", "", OK, TARGET_START, NULL, NULL, NULL, NULL, NULL,
	    false },
	{ few, "/robots.txt", NULL, OK, TARGET_ROBOTS, NULL, NULL, NULL, NULL,
	    NULL, false },
	{ few, "/favicon.ico", "v=2", OK, TARGET_FAVICON, NULL, NULL, NULL,
	    NULL, NULL, false },
	{ few, "/robots.txt/", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	/* whole URLs */
	{ few, "/https://e.com/p", "q=1?2", OK, TARGET_URL, NULL, NULL, NULL,
	    NULL, "https://e.com/p?q=1?2", false },
	{ few, "/https:/e.com/p", NULL, OK, TARGET_URL, NULL, NULL, NULL,
	    NULL, "https:/e.com/p", false },
	{ few, "/https/e.com/p", NULL, OK, TARGET_URL, NULL, NULL, NULL, NULL,
	    "https/e.com/p", false },
	{ few, "/HTTP://e.com", "", OK, TARGET_URL, NULL, NULL, NULL, NULL,
	    "HTTP://e.com?", false },
	{ few, "/http:", NULL, OK, TARGET_URL, NULL, NULL, NULL, NULL,
	    "http:", false },
	{ few, "/https/", NULL, OK, TARGET_URL, NULL, NULL, NULL, NULL,
	    "https/", false },
	{ few, "/https%3A%2F%2Fe.com", "q", OK, TARGET_URL, NULL, NULL, NULL,
	    NULL, "https%3A%2F%2Fe.com?q", false },
	{ few, "/https", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/http:e.com/x", NULL, OK, TARGET_URL, NULL, NULL, NULL, NULL,
	    "http:e.com/x", false },
	{ few, "/ftp://e.com/x", NULL, OK, TARGET_URL, NULL, NULL, NULL, NULL,
	    "ftp://e.com/x", false },
	{ few, "/ftp/e.com/x", NULL, OK, TARGET_ROUTE, "ftp", "/e.com/x",
	    NULL, NULL, NULL, true },
	{ few, "/httpx/e.com/x", NULL, OK, TARGET_ROUTE, "httpx", "/e.com/x",
	    NULL, NULL, NULL, true },
	{ few, "//https://e.com/x", NULL, ERR_NO_ROUTE, 0, NULL, NULL, NULL,
	    NULL, NULL, 0 },
	/* the ? forms */
	{ few, "/", "route=api", OK, TARGET_ROUTE, "api", "", NULL, NULL,
	    NULL, false },
	{ few, "", "route=api&path=/x", OK, TARGET_ROUTE, "api", "/x", NULL,
	    NULL, NULL, false },
	{ few, "/", "path=x%2Fy%252F&route=api", OK, TARGET_ROUTE, "api",
	    "/x/y%2F", NULL, NULL, NULL, false },
	{ few, "/", "route=api&path=%2Fx%3Fa%3D1%26b%3D2%3F", OK,
	    TARGET_ROUTE, "api", "/x", "a=1&b=2?", NULL, NULL, false },
	{ few, "/", "route=api&path=?a=1", OK, TARGET_ROUTE, "api", "",
	    "a=1", NULL, NULL, false },
	{ few, "/", "route=api&path=", OK, TARGET_ROUTE, "api", "", NULL,
	    NULL, NULL, false },
	{ few, "/", "route=api&path=/a+b", OK, TARGET_ROUTE, "api", "/a+b",
	    NULL, NULL, NULL, false },
	{ few, "/", "method=DELETE&route=%61pi&path=%2f", OK, TARGET_ROUTE,
	    "api", "/", NULL, "DELETE", NULL, false },
	{ few, "/", "route=nowhere", OK, TARGET_ROUTE, "nowhere", "", NULL,
	    NULL, NULL, false },
	{ few, "/", "route=api&path=/../x", OK, TARGET_ROUTE, "api", "/../x",
	    NULL, NULL, NULL, false },
	{ few, "/", "url=https%3A%2F%2Fe.com%2Fp%3Fq%3D1%2526", OK,
	    TARGET_URL, NULL, NULL, NULL, NULL, "https://e.com/p?q=1%26",
	    false },
	{ few, "/", "url=https://e.com/a+b&method=PUT", OK, TARGET_URL, NULL,
	    NULL, NULL, "PUT", "https://e.com/a+b", false },
	{ few, "/", "route=API", ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "route=*", ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/", "route=", ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/", "route=http", ERR_NO_ROUTE, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "x=1", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/", "route", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/", "=api", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/", "Route=api", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "rout%65=api", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "route=api&x=1", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "route=api&route=a", ERR_BAD_QUERY, 0, NULL, NULL, NULL,
	    NULL, NULL, 0 },
	{ few, "/", "route=api&path=a&path=b", ERR_BAD_QUERY, 0, NULL, NULL,
	    NULL, NULL, NULL, 0 },
	{ few, "/", "route=api&", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "&route=api", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "route=api&url=https://e.com", ERR_BAD_QUERY, 0, NULL,
	    NULL, NULL, NULL, NULL, 0 },
	{ few, "/", "url=https://e.com&path=x", ERR_BAD_QUERY, 0, NULL, NULL,
	    NULL, NULL, NULL, 0 },
	{ few, "/", "path=x", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL, NULL,
	    0 },
	{ few, "/", "method=PUT", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "route=%zz", ERR_BAD_QUERY, 0, NULL, NULL, NULL, NULL,
	    NULL, 0 },
	{ few, "/", "route=api&path=%00", ERR_BAD_QUERY, 0, NULL, NULL, NULL,
	    NULL, NULL, 0 },
	{ few, "/", "route=api&path=%2", ERR_BAD_QUERY, 0, NULL, NULL, NULL,
	    NULL, NULL, 0 },
};

static void
each_spelling_names_its_target(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(reads); i++) {
		const struct read_row	*r = &reads[i];
		struct mounted		 m = { "/m", r->path, r->query };
		struct target		 t;

		print_message("# %zu %s?%s\n", i, r->path,
		    r->query != NULL ? r->query : "");
		assert_int_equal(target_read(&arena, &m, is_route, r->routes,
		    &t), r->want);
		if (r->want != OK)
			continue;
		assert_int_equal(t.kind, r->kind);
		assert_text(t.name, r->name);
		assert_text(t.rest, r->rest);
		assert_text(t.query, r->q);
		assert_text(t.method, r->method);
		assert_text(t.url, r->url);
		assert_int_equal(t.from_path, r->from_path);
	}
}

static const struct {
	const char	*path, *query, *info;
	enum err	 want;
} agreements[] = {
	{ "/api/x", NULL, "/api/x", OK }, { "/api/x", NULL, NULL, OK },
	{ "/api/x", NULL, "", OK }, { "/api", NULL, "/api", OK },
	{ "/api//x", NULL, "/api/x", OK }, { "/api/a%2Fb", NULL, "/api/a/b",
	    OK },
	{ "/api", "u=https://e.com/?z=1", "/api?u=https:/e.com/", OK },
	{ "/api/a%3Fb", NULL, "/api/a?b", OK },
	{ "/api/../x", NULL, "/x", ERR_AMBIGUOUS_PATH },
	{ "/api/%2e%2e/a", NULL, "/a", ERR_AMBIGUOUS_PATH },
	{ "/api/x", NULL, "/", ERR_AMBIGUOUS_PATH },
	{ "/api/x", NULL, "/apix", ERR_AMBIGUOUS_PATH },
	{ "/api/x", NULL, "/ap", ERR_AMBIGUOUS_PATH },
	{ "/api/x", NULL, "/?api", ERR_AMBIGUOUS_PATH },
	/* only MOUNT/NAME is compared */
	{ "/", "route=api", "/", OK }, { "/", "route=api", "/x", OK },
};

static void
the_server_must_have_read_the_same_route(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(agreements); i++) {
		struct mounted	 m = { "", agreements[i].path,
		    agreements[i].query };
		struct target	 t;

		print_message("# %zu\n", i);
		assert_int_equal(target_read(&arena, &m, is_route, few, &t),
		    OK);
		assert_int_equal(target_agrees(&t, agreements[i].info),
		    agreements[i].want);
	}
}

static void
the_whole_host_is_not_compared(void **state)
{
	struct mounted	 m = { "", "/a/../b", NULL };
	struct target	 t;

	(void)state;
	assert_int_equal(target_read(&arena, &m, is_route, all, &t), OK);
	assert_string_equal(t.name, "*");
	assert_int_equal(target_agrees(&t, "/b"), OK);
}

/* --- names and methods --- */

#define A31 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
a_route_has_a_plain_name(void **state)
{
	static const char *const good[] = { "a", "0", "feed-2", "a_b", "a-",
	    "httpx", "https2", "*",
	    A31 A31 "a" };
	static const char *const bad[] = { "", "A", "aB", "-a", "_a", "a.b",
	    "a b", "a/b", "\xc3\xa9", "http", "https", "**", "*a", "a\n",
	    A31 A31 "aa" };

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		assert_true(target_name_ok(good[i]));
	for (size_t i = 0; i < ROWS(bad); i++) {
		print_message("# %s\n", bad[i]);
		assert_false(target_name_ok(bad[i]));
	}
}

static void
seven_methods_in_upper_case(void **state)
{
	static const struct { const char *name; bool safe; } good[] = {
		{ "GET", true }, { "HEAD", true }, { "OPTIONS", true },
		{ "POST", false }, { "PUT", false }, { "PATCH", false },
		{ "DELETE", false },
	};
	static const char *const bad[] = { "", "get", "Get", "GETX", "GE",
	    "TRACE", "CONNECT", "TRACK", "PROPFIND", "PURGE", " GET",
	    "GET ", "GET\r\nX: 1" };

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		char		 copy[16];
		const char	*got;

		snprintf(copy, sizeof copy, "%s", good[i].name);
		got = target_method(copy);
		assert_text(got, good[i].name);
		assert_ptr_not_equal(got, copy);
		assert_int_equal(target_method_is_safe(got), good[i].safe);
	}
	for (size_t i = 0; i < ROWS(bad); i++) {
		assert_null(target_method(bad[i]));
		assert_false(target_method_is_safe(bad[i]));
	}
}

static void
no_memory_is_said_so(void **state)
{
	struct mounted	 m = { "", "/api", NULL };
	struct arena	 none;
	struct target	 t;

	(void)state;
	arena_init(&none, 0);
	assert_int_equal(target_read(&none, &m, is_route, few, &t),
	    ERR_NO_MEMORY);
	m.path = "/";
	m.query = "route=api";
	assert_int_equal(target_read(&none, &m, is_route, few, &t),
	    ERR_NO_MEMORY);
	m.path = "/https://e.com";
	assert_int_equal(target_read(&none, &m, is_route, few, &t),
	    ERR_NO_MEMORY);
	assert_int_equal(target_mount(&none, "/v/x", "/v", NULL, NULL, NULL,
	    &m), ERR_NO_MEMORY);
	assert_int_equal(target_mount(&none, NULL, "/v", "/x", NULL, NULL,
	    &m), ERR_NO_MEMORY);
	arena_free(&none);
}

/* --- flags --- */

static const struct { const char *query, *left; bool found; } flags[] = {
	{ NULL, NULL, false },
	{ "", "", false },
	{ "flag=y", NULL, true },
	{ "a=b&flag=y", "a=b", true },
	{ "flag=y&a=b", "a=b", true },
	{ "a&flag=y&b=%2F&&c", "a&b=%2F&&c", true },
	{ "flag=y&flag=y", NULL, true },
	{ "flag=y&", NULL, true },
	{ "&flag=y&a", "&a", true },
	/* Whatever else is the target's. */
	{ "flag", "flag", false },
	{ "flag=", "flag=", false },
	{ "flag=n", "flag=n", false },
	{ "flag=yes", "flag=yes", false },
	{ "Flag=y", "Flag=y", false },
	{ "fla%67=y", "fla%67=y", false },
	{ "xflag=y", "xflag=y", false },
	{ "a=flag=y", "a=flag=y", false },
	{ "a;flag=y", "a;flag=y", false },
};

static void
a_flag_is_taken_out_of_a_query(void **state)
{
	bool		 found;

	(void)state;
	for (size_t i = 0; i < ROWS(flags); i++) {
		const char *query = flags[i].query;

		print_message("# %s\n", query != NULL ? query : "(none)");
		assert_int_equal(target_take_flag(&arena, &query, "flag",
		    &found), OK);
		assert_int_equal(found, flags[i].found);
		assert_text(query, flags[i].left);
		if (!found)
			assert_ptr_equal(query, flags[i].query);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_mount_is_found_behind_every_server),
		cmocka_unit_test(a_url_has_8000_bytes_at_most),
		cmocka_unit_test(each_spelling_names_its_target),
		cmocka_unit_test(the_server_must_have_read_the_same_route),
		cmocka_unit_test(the_whole_host_is_not_compared),
		cmocka_unit_test(a_route_has_a_plain_name),
		cmocka_unit_test(seven_methods_in_upper_case),
		cmocka_unit_test(no_memory_is_said_so),
		cmocka_unit_test(a_flag_is_taken_out_of_a_query),
	};

	return cmocka_run_group_tests_name("target", tests, setup, teardown);
}
