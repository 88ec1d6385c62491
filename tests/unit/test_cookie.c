#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/cookie.h"
#include "http/date.h"
#include "tests/unit/fixture.h"

/* 2026-11-20 12:00:00 UTC */
enum { NOW_S = 1795176000 };

/* --- to the client --- */

static const char *
set(const char *route, const char *mount, const char *base, const char *line)
{
	const struct cookie_place	 at = {
		.route = route, .mount = mount, .base = base,
		.from = "/v1/login/now", .now_s = NOW_S,
	};
	const char			*out;

	assert_int_equal(cookie_to_client(&arena, &at, line, &out), OK);
	return out;
}

#define SET(line)	set("a", "/gw", "/v1", line)
#define STAR(line)	set("*", "/gw", "/v1", line)
#define LAX		"; Secure; HttpOnly; SameSite=Lax"

static const struct { const char *line, *want; } sets[] = {
	{ "s=1", "__Secure-vd.a.s=1; Path=/gw/a/login/" LAX },
	{ "s=1; Path=/", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ " s = 1 ;path=/", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=; Path=/", "__Secure-vd.a.s=; Path=/gw/a/" LAX },
	{ "s=a=b==; Path=/", "__Secure-vd.a.s=a=b==; Path=/gw/a/" LAX },
	{ "s=\"q\"; Path=/", "__Secure-vd.a.s=\"q\"; Path=/gw/a/" LAX },
	{ "s=\"\"; Path=/", "__Secure-vd.a.s=\"\"; Path=/gw/a/" LAX },
	{ "!#$%&'*+-.^_`|~=x; Path=/",
	    "__Secure-vd.a.!#$%&'*+-.^_`|~=x; Path=/gw/a/" LAX },
	/* What a target says of place and protection is not its to say. */
	{ "s=1; Path=/; Domain=.com", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; Domain=gate.example; HttpOnly; Secure; "
	    "SameSite=None; Partitioned; Priority=High; x",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; SameSite=Strict",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	/* The prefixes of names are promises. */
	{ "__Secure-s=1; Secure; Path=/",
	    "__Secure-vd.a.__Secure-s=1; Path=/gw/a/" LAX },
	{ "__Secure-s=1; Path=/", NULL },
	{ "__secure-s=1; Path=/", NULL },
	{ "__Host-s=1; Secure; Path=/",
	    "__Secure-vd.a.__Host-s=1; Path=/gw/a/" LAX },
	{ "__Host-s=1; Path=/", NULL },
	{ "__Host-s=1; Secure; Path=/x", NULL },
	{ "__Host-s=1; Secure", NULL },
	{ "__HOST-s=1; Secure; Path=/; Domain=a.example", NULL },
	/* One that imitates ours is still its own. */
	{ "__Secure-vd.b.s=1; Secure; Path=/",
	    "__Secure-vd.a.__Secure-vd.b.s=1; Path=/gw/a/" LAX },
	/* Times */
	{ "s=1; Path=/; Max-Age=60",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=60" },
	{ "s=1; Path=/; max-age=34560000",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=34560000" },
	{ "s=1; Path=/; Max-Age=34560001",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=34560000" },
	{ "s=1; Path=/; Max-Age=99999999999999999999999999",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=34560000" },
	{ "s=1; Path=/; Max-Age=0",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=0" },
	{ "s=1; Path=/; Max-Age=-99999999999999999999999999",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=0" },
	{ "s=1; Path=/; Max-Age=+6", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; Max-Age=-", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; Max-Age=", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; Max-Age=6s", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; Max-Age=1; Max-Age=2",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=2" },
	{ "s=1; Path=/; Expires=Fri, 20 Nov 2026 12:01:00 GMT",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=60" },
	{ "s=1; Path=/; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=0" },
	{ "s=1; Path=/; Expires=Fri, 31-Dec-2038 00:00:00 GMT",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=34560000" },
	{ "s=1; Path=/; Expires=soon", "__Secure-vd.a.s=1; Path=/gw/a/" LAX },
	{ "s=1; Path=/; Max-Age=7; Expires=Fri, 20 Nov 2026 12:01:00 GMT",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=7" },
	{ "s=1; Path=/; Expires=Fri, 20 Nov 2026 12:01:00 GMT; Max-Age=7",
	    "__Secure-vd.a.s=1; Path=/gw/a/" LAX "; Max-Age=7" },
	/* No cookie, or one that readers take apart in different ways. */
	{ "", NULL }, { "s", NULL }, { "=1", NULL }, { "; Path=/", NULL },
	{ " =1", NULL }, { "a b=1", NULL }, { "s\r=1", NULL },
	{ "s\n=1", NULL }, { "s\x01=1", NULL }, { "s\x7f=1", NULL },
	{ "s,t=1", NULL }, { "s\"=1", NULL }, { "s[0]=1", NULL },
	{ "s\xc3\xa9=1", NULL },
	{ "s=a b", NULL }, { "s=a,b", NULL }, { "s=a\\b", NULL },
	{ "s=a\"b", NULL }, { "s=\"", NULL }, { "s=\"a", NULL },
	{ "s=a\tb", NULL }, { "s=a\rb", NULL }, { "s=a\nb", NULL },
	{ "s=\xc3\xa9", NULL },
	{ "s=1, __Secure-vd.b.s=2", NULL },
};

static void
a_cookie_of_a_named_route_is_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sets); i++) {
		print_message("# %s\n", sets[i].line);
		assert_text(SET(sets[i].line), sets[i].want);
	}
}

static const struct { const char *line, *want; } star_sets[] = {
	{ "s=1", "s=1; Path=/gw/login" },
	{ "s=1; Path=/", "s=1; Path=/gw/" },
	{ "s=1; Path=/v1/adm", "s=1; Path=/gw/adm" },
	{ "s=1; Path=/; Secure; httponly; samesite=strict; partitioned",
	    "s=1; Path=/gw/; Secure; HttpOnly; SameSite=Strict; Partitioned" },
	{ "s=1; Path=/; SameSite=none", "s=1; Path=/gw/; SameSite=None" },
	{ "s=1; Path=/; SameSite=LAX", "s=1; Path=/gw/; SameSite=Lax" },
	{ "s=1; Path=/; SameSite=Much", "s=1; Path=/gw/" },
	{ "s=1; Path=/; SameSite=Lax; SameSite", "s=1; Path=/gw/" },
	{ "s=1; Path=/; Domain=.example; Max-Age=9",
	    "s=1; Path=/gw/; Max-Age=9" },
	{ "s=a b, {\"c\":[1,2]}\\; Path=/",
	    "s=a b, {\"c\":[1,2]}\\; Path=/gw/" },
	{ "a[b]=\xc3\xa9; Path=/", "a[b]=\xc3\xa9; Path=/gw/" },
	{ "__Host-s=1; Secure; Path=/", "__Host-s=1; Path=/gw/; Secure" },
	{ "__Host-s=1; Path=/", NULL },
	{ "__Secure-s=1; Path=/", NULL },
	{ "s", NULL }, { "=1", NULL }, { "a b=1", NULL }, { "a,b=1", NULL },
	{ "\"a=1", NULL },
	/* Not in the name of a route or of the operator, nor so that a
	 * server could make it seem so. */
	{ "__Secure-vd.b.s=1; Secure; Path=/", NULL },
	{ "__secure-VD.b.s=1; Secure; Path=/", NULL },
	{ "__Host-vd_operator=1; Secure; Path=/", NULL },
	{ "vd_operator=1; Path=/", NULL },
	{ "s=1, __Secure-vd.b.s=1; Path=/", NULL },
	{ "s=__Secure-vd.b.s; Path=/", NULL },
};

static void
a_cookie_of_the_whole_site_keeps_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(star_sets); i++) {
		print_message("# %s\n", star_sets[i].line);
		assert_text(STAR(star_sets[i].line), star_sets[i].want);
	}
}

/* Route, mount, path of its URL, Path of the cookie: the Path here. */
static const struct { const char *route, *mount, *base, *path, *want; }
    paths[] = {
	{ "a", "/gw", "/v1", "/v1", "/gw/a/" },
	{ "a", "/gw", "/v1", "/v1/", "/gw/a/" },
	{ "a", "/gw", "/v1/", "/v1", "/gw/a/" },
	{ "a", "/gw", "/v1/", "/v1/b", "/gw/a/b/" },
	{ "a", "/gw", "/v1", "/v1/b/", "/gw/a/b/" },
	{ "a", "/gw", "/v1", "/v10/b", "/gw/a/" },
	{ "a", "/gw", "/v1", "/", "/gw/a/" },
	{ "a", "/gw", "/v1", "/other", "/gw/a/" },
	{ "a", "/gw", "/v1", "/V1/b", "/gw/a/" },
	{ "a", "/gw", "", "/", "/gw/a/" },
	{ "a", "/gw", "", "/b", "/gw/a/b/" },
	{ "a", "/gw", "/", "/b/c/", "/gw/a/b/c/" },
	{ "a", "", "", "/b", "/a/b/" },
	{ "a", "", "/a", "/a/b", "/a/b/" },
	/* The target knows where it stands. */
	{ "a", "/gw", "", "/gw/a", "/gw/a/" },
	{ "a", "/gw", "", "/gw/a/b", "/gw/a/b/" },
	{ "a", "/gw", "/v1", "/gw/a/b", "/gw/a/b/" },
	{ "a", "/gw", "/v1", "/gw/ab", "/gw/a/" },
	{ "a", "/gw", "/v1", "/gw", "/gw/a/" },
	/* Never out of it. */
	{ "a", "/gw", "/v1", "/v1/../b", "/gw/a/" },
	{ "a", "/gw", "", "/%2e%2e/b", "/gw/a/" },
	{ "a", "/gw", "", "/b\\c", "/gw/a/" },
	{ "a", "/gw", "", "/b c", "/gw/a/" },
	{ "a", "/gw", "", "b", "/gw/a/v1/login/" },	/* as if not there */
	{ "a", "/gw", "", "", "/gw/a/v1/login/" },
	{ "*", "", "", "/", "/" },
	{ "*", "", "", "/b", "/b" },
	{ "*", "", "", "/b/", "/b/" },
	{ "*", "", "", "", "/v1/login" },
	{ "*", "", "/v1", "/v1", "/" },
	{ "*", "", "/v1", "/v1/b", "/b" },
	{ "*", "", "/v1", "/other", "/" },
	{ "*", "/gw", "", "/", "/gw/" },
	{ "*", "/gw", "", "/b", "/gw/b" },
	{ "*", "/gw", "", "/gw/b", "/gw/b" },
	{ "*", "/gw", "/v1", "/other", "/gw/" },
	{ "*", "/gw", "", "/../b", "/gw/" },
};

static void
its_path_stays_below_the_routes(void **state)
{
	char	 line[128], want[128];

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		bool	 star = paths[i].route[0] == '*';

		snprintf(line, sizeof(line), "s=1; Path=%s", paths[i].path);
		snprintf(want, sizeof(want), "%ss=1; Path=%s%s",
		    star ? "" : "__Secure-vd.a.", paths[i].want,
		    star ? "" : LAX);
		print_message("# %s %s: %s\n", paths[i].mount, paths[i].base,
		    paths[i].path);
		assert_text(set(paths[i].route, paths[i].mount, paths[i].base,
		    line), want);
	}
}

static void
where_it_came_from_is_its_path_if_it_names_none(void **state)
{
	static const struct { const char *from, *want; } rows[] = {
		{ "", "/gw/" }, { "/", "/gw/" }, { "/v1", "/gw/" },
		{ "/v1/", "/gw/" }, { "/v1/x", "/gw/" },
		{ "/v1/x/y", "/gw/x" }, { "/v1/x/", "/gw/x" },
		{ "/v1/x;y/z", "/gw/" }, { "/other/x", "/gw/" },
	};
	struct cookie_place	 at = { .route = "*", .mount = "/gw",
	    .base = "/v1" };
	const char		*out;
	char			 want[64];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		at.from = rows[i].from;
		snprintf(want, sizeof(want), "s=1; Path=%s", rows[i].want);
		print_message("# %s\n", rows[i].from);
		assert_int_equal(cookie_to_client(&arena, &at, "s=1", &out),
		    OK);
		assert_text(out, want);
	}
}

static void
pages_of_other_sites_log_in_where_they_may(void **state)
{
	struct cookie_place	 at = { .route = "a", .mount = "",
	    .base = "", .from = "/", .cross_site = true };
	const char		*out;

	(void)state;
	assert_int_equal(cookie_to_client(&arena, &at,
	    "s=1; SameSite=Strict; Max-Age=5", &out), OK);
	assert_text(out, "__Secure-vd.a.s=1; Path=/a/; Secure; HttpOnly; "
	    "SameSite=None; Partitioned; Max-Age=5");
	/* The whole site says that itself. */
	at.route = "*";
	assert_int_equal(cookie_to_client(&arena, &at, "s=1", &out), OK);
	assert_text(out, "s=1; Path=/");
}

static void
sizes_have_their_bounds(void **state)
{
	struct cookie_place	 at = { .route = "a", .mount = "/m",
	    .base = "", .from = "/" };
	char			 line[5200], mount[1200];
	const char		*out;
	struct arena		 none;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[64] = '=';
	line[4096] = '\0';
	assert_non_null(SET(line));
	line[4096] = 'x';
	line[4097] = '\0';
	assert_null(SET(line));
	line[5000] = '\0';
	line[4097] = 'x';
	assert_null(SET(line));
	assert_null(STAR(line));
	line[64] = 'x';
	line[65] = '=';
	line[70] = '\0';
	assert_null(SET(line));			/* the name */
	assert_non_null(STAR(line));

	/* Browsers ignore a longer path, and take one of their own. */
	memset(line, 'x', sizeof(line));
	memcpy(line, "s=1; Path=/", 11);
	line[10 + 995] = '\0';			/* /m/a/ before it */
	assert_int_equal(cookie_to_client(&arena, &at, line, &out), OK);
	assert_non_null(strstr(out, "/m/a/xxx"));
	line[10 + 995] = 'x';
	line[10 + 996] = '\0';
	assert_int_equal(cookie_to_client(&arena, &at, line, &out), OK);
	assert_text(out, "__Secure-vd.a.s=1; Path=/m/a/" LAX);
	memset(mount, 'm', sizeof(mount));
	mount[0] = '/';
	mount[997] = '\0';
	at.mount = mount;
	assert_int_equal(cookie_to_client(&arena, &at, "s=1", &out), OK);
	assert_non_null(out);
	mount[997] = 'm';
	mount[998] = '\0';
	assert_int_equal(cookie_to_client(&arena, &at, "s=1", &out), OK);
	assert_null(out);
	at.mount = "/m;n";
	assert_int_equal(cookie_to_client(&arena, &at, "s=1", &out), OK);
	assert_null(out);

	arena_init(&none, 0);
	at.mount = "";
	assert_int_equal(cookie_to_client(&none, &at, "s=1", &out),
	    ERR_NO_MEMORY);
	assert_int_equal(cookie_to_target(&none, "*", "s=1", &out),
	    ERR_NO_MEMORY);
	arena_free(&none);
}

/* --- to the target --- */

static const struct { const char *route, *cookie, *want; } sent[] = {
	{ "a", "__Secure-vd.a.s=1", "s=1" },
	{ "a", "__Secure-vd.a.s=1; __Secure-vd.a.t=2", "s=1; t=2" },
	{ "a", "__Secure-vd.a.s=1, __Secure-vd.a.t=2", "s=1; t=2" },
	{ "a", "__Secure-vd.a.s=1;__Secure-vd.a.t=2", "s=1; t=2" },
	{ "a", " ;, __Secure-vd.a.s=1 ; ,", "s=1" },
	{ "a", "__Secure-vd.a.s=1; __Secure-vd.a.s=2", "s=1; s=2" },
	{ "a", "__Secure-vd.a.s=\"1\"", "s=\"1\"" },
	{ "a", "__Secure-vd.a.s=", "s=" },
	{ "a", "__Secure-vd.a.__Host-s=1", "__Host-s=1" },
	{ "a", "__Secure-vd.a.x.y=1", "x.y=1" },
	{ "a-b", "__Secure-vd.a-b.s=1", "s=1" },
	/* Others', and the host's own. */
	{ "a", "s=1; PHPSESSID=2", NULL },
	{ "a", "__Secure-vd.b.s=1", NULL },
	{ "a", "__Secure-vd.a-b.s=1", NULL },
	{ "a-b", "__Secure-vd.a.s=1", NULL },
	{ "a", "__Secure-vd.a_b.s=1; __Secure-vd.ab.s=1", NULL },
	{ "a", "__Secure-vd.A.s=1; __secure-vd.a.s=1", NULL },
	{ "a", "__Host-vd.a.s=1; vd_operator=1; __Host-vd_operator=1", NULL },
	{ "a", "x=__Secure-vd.a.s=1", NULL },
	{ "a", "x=1; __Secure-vd.b.s=2; __Secure-vd.a.s=3; y=4", "s=3" },
	{ "a", "x=1, __Secure-vd.b.s=2, __Secure-vd.a.s=3, y=4", "s=3" },
	{ "a", "__Secure-vd.b.x=\"; __Secure-vd.a.s=1\"", NULL },
	/* No cookie. */
	{ "a", "", NULL }, { "a", ";", NULL }, { "a", "__Secure-vd.a.", NULL },
	{ "a", "__Secure-vd.a.s", NULL }, { "a", "__Secure-vd.a.=1", NULL },
	{ "a", "__Secure-vd.a=1", NULL }, { "a", "__Secure-vd.=1", NULL },
	{ "a", "__Secure-vd.a.s t=1", NULL },
	{ "a", "__Secure-vd.a.s=1 2", NULL },
	{ "a", "__Secure-vd.a.s=1,2", NULL },
	{ "a", "__Secure-vd.a.s=\xc3\xa9", NULL },
	/* The whole site: all but what is ours. */
	{ "*", "s=1; t=2", "s=1; t=2" },
	{ "*", "s=1, t=2", "s=1; t=2" },
	{ "*", "s=a,b; t={\"x\":1,\"y\":[2, 3]}",
	    "s=a,b; t={\"x\":1,\"y\":[2, 3]}" },
	{ "*", "s=a b; u[v]=\xc3\xa9", "s=a b; u[v]=\xc3\xa9" },
	{ "*", "__Secure-x=1; __Host-y=2", "__Secure-x=1; __Host-y=2" },
	{ "*", "__Secure-vd.a.s=1", NULL },
	{ "*", "x=1; __Secure-vd.a.s=2; y=3", "x=1; y=3" },
	{ "*", "x=1, __Secure-vd.a.s=2, y=3", "x=1; y=3" },
	{ "*", "x=1,__Secure-vd.a.s=2; y=3", "y=3" },
	{ "*", "__SECURE-VD.a.s=1; __Host-vd=2; __host-vd.x=3", NULL },
	{ "*", "vd_operator=1; VD_operator_x=2; x=3", "x=3" },
	{ "*", "x=__Secure-vd.a.s; y=1", "y=1" },
	{ "*", "x; =1; a b=2; y=1", "y=1" },
};

static void
a_target_gets_what_it_gave(void **state)
{
	const char	*out;

	(void)state;
	for (size_t i = 0; i < ROWS(sent); i++) {
		print_message("# %s: %s\n", sent[i].route, sent[i].cookie);
		assert_int_equal(cookie_to_target(&arena, sent[i].route,
		    sent[i].cookie, &out), OK);
		assert_text(out, sent[i].want);
	}
}

static void
it_gets_no_more_than_50(void **state)
{
	char		 cookie[4096] = "";
	size_t		 len = 0, commas = 0;
	const char	*out;

	(void)state;
	for (int i = 0; i < 60; i++)
		len += (size_t)snprintf(cookie + len, sizeof(cookie) - len,
		    "x=0; __Secure-vd.a.s=%d; ", i);
	assert_int_equal(cookie_to_target(&arena, "a", cookie, &out), OK);
	for (const char *p = out; *p != '\0'; p++)
		commas += *p == ';';
	assert_int_equal(commas, 49);
	assert_string_equal(out + strlen(out) - 4, "s=49");
}

/* Whatever one route's target sets, another's never sees. */
static void
nothing_crosses_from_route_to_route(void **state)
{
	static const char *const routes[] = { "a", "b", "a-b", "a_b", "*" };

	(void)state;
	for (size_t i = 0; i < ROWS(sets) + ROWS(star_sets); i++)
		for (size_t from = 0; from < ROWS(routes); from++)
			for (size_t to = 0; to < ROWS(routes); to++) {
				const char *out = set(routes[from], "", "",
				    i < ROWS(sets) ? sets[i].line :
				    star_sets[i - ROWS(sets)].line);
				char *cookie;

				if (out == NULL || from == to)
					continue;
				cookie = arena_strndup(&arena, out,
				    strcspn(out, ";"));
				assert_int_equal(cookie_to_target(&arena,
				    routes[to], cookie, &out), OK);
				assert_null(out);
			}
}

/* --- dates --- */

static const struct { const char *text; int64_t want; } dates[] = {
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
	{ "Sun Nov  6 08:49:37 1994", 784111777 },
	{ "6 nov 94 8:49:37", 784111777 },
	{ "1994 November 6th 08:49:37Z1", 784111777 },
	{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "Thu, 01 Jan 69 00:00:00 GMT", INT64_C(3124224000) },
	{ "Thu, 01 Jan 70 00:00:00 GMT", 0 },
	{ "Tue, 29 Feb 2028 23:59:59 GMT", 1835481599 },
	{ "Wed, 01 Mar 2028 00:00:00 GMT", 1835481600 },
	{ "Mon, 01 Mar 2100 00:00:00 GMT", INT64_C(4107542400) },
	{ "Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799) },
	{ "Mon, 01 Jan 1601 00:00:00 GMT", INT64_C(-11644473600) },
};

static const char *const no_dates[] = { "", "soon", "0", "1994-11-06",
	"Sun, 06 Nov 1994", "06 Nov 08:49:37", "Nov 1994 08:49:37",
	"06 1994 08:49:37", "00 Nov 1994 08:49:37", "32 Nov 1994 08:49:37",
	"06 Nov 1994 24:00:00", "06 Nov 1994 08:60:00",
	"06 Nov 1994 08:49:60", "06 Nov 1600 08:49:37",
	"06 Nov 19944 08:49:37", "06 Nov 1994 08:49", "06 Nov 1994 8:49:377",
	"006 Nov 1994 08:49:37", "06 No 1994 08:49:37",
	"30 Feb 2028 08:49:37", "29 Feb 2027 08:49:37",
	"06 Nov 1994 x08:49:37", };

static void
dates_are_read_as_browsers_do(void **state)
{
	int64_t	 got;

	(void)state;
	for (size_t i = 0; i < ROWS(dates); i++) {
		print_message("# %s\n", dates[i].text);
		assert_true(date_read(dates[i].text, strlen(dates[i].text),
		    &got));
		assert_int_equal(got, dates[i].want);
		/* What follows is not read. */
		assert_false(date_read(dates[i].text, 5, &got));
	}
	for (size_t i = 0; i < ROWS(no_dates); i++) {
		print_message("# %s\n", no_dates[i]);
		assert_false(date_read(no_dates[i], strlen(no_dates[i]),
		    &got));
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_cookie_of_a_named_route_is_its_own),
		cmocka_unit_test(a_cookie_of_the_whole_site_keeps_its_name),
		cmocka_unit_test(its_path_stays_below_the_routes),
		cmocka_unit_test(
		    where_it_came_from_is_its_path_if_it_names_none),
		cmocka_unit_test(pages_of_other_sites_log_in_where_they_may),
		cmocka_unit_test(sizes_have_their_bounds),
		cmocka_unit_test(a_target_gets_what_it_gave),
		cmocka_unit_test(it_gets_no_more_than_50),
		cmocka_unit_test(nothing_crosses_from_route_to_route),
		cmocka_unit_test(dates_are_read_as_browsers_do),
	};

	return cmocka_run_group_tests_name("cookie", tests, setup, teardown);
}
