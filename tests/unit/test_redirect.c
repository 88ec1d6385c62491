#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/redirect.h"
#include "http/url.h"
#include "tests/unit/fixture.h"

static struct url
url(const char *text)
{
	struct url	 u;
	const char	*why = "";

	if (url_split(&arena, text, &u, &why) != OK)
		fail_msg("%s: %s", text, why);
	return u;
}

/* --- resolving --- */

static const struct { const char *from, *location, *to; } resolved[] = {
	{ "http://a.example/b/c?q", "https://b.example/x",
	    "https://b.example/x" },
	{ "http://a.example/b/c", "HTTPS://B.example/x",
	    "HTTPS://B.example/x" },
	{ "http://a.example/b/c", "//b.example/x", "http://b.example/x" },
	{ "https://a.example/b/c", "//b.example", "https://b.example" },
	{ "http://a.example:8080/b/c", "/x", "http://a.example:8080/x" },
	{ "http://a.example:80/b/c", "/x?y=1", "http://a.example/x?y=1" },
	{ "http://[::1]:81", "/x", "http://[::1]:81/x" },
	{ "http://a.example/b/c?q", "x", "http://a.example/b/x" },
	{ "http://a.example/b/c/", "x", "http://a.example/b/c/x" },
	{ "http://a.example", "x", "http://a.example/x" },
	{ "http://a.example?q", "x/y", "http://a.example/x/y" },
	{ "http://a.example/b/c?q", "?r", "http://a.example/b/c?r" },
	{ "http://a.example", "?r", "http://a.example/?r" },
	{ "http://a.example/b/c", "./x", "http://a.example/b/x" },
	{ "http://a.example/b/c", ".", "http://a.example/b/" },
	{ "http://a.example/b/c", "./", "http://a.example/b/" },
	{ "http://a.example/b/c", "..", "http://a.example/" },
	{ "http://a.example/b/c/d", "../x", "http://a.example/b/x" },
	{ "http://a.example/b/c/d", "../../x?y", "http://a.example/x?y" },
	{ "http://a.example/b/c/d", "../../../../x", "http://a.example/x" },
	{ "http://a.example/b/c/d", ".././../x", "http://a.example/x" },
	{ "http://a.example/b/c", "..?y", "http://a.example/?y" },
	{ "http://a.example/b/c", "...", "http://a.example/b/..." },
	{ "http://a.example/b/c", ".x", "http://a.example/b/.x" },
	{ "http://a.example/b/c", "..x", "http://a.example/b/..x" },
	{ "http://a.example/b/c", "x/../y", "http://a.example/b/x/../y" },
	{ "http://a.example/b/c", "/x/../y", "http://a.example/x/../y" },
	{ "http://a.example/b/c", "/x#f", "http://a.example/x#f" },
	{ "http://a.example/b/c", "x?y#f?g",
	    "http://a.example/b/x?y#f?g" },
	{ "http://a.example/b/c", "?u=https://h/", "http://a.example/b/c"
	    "?u=https://h/" },
	{ "http://a.example/b/c", "x?u=a:b", "http://a.example/b/x?u=a:b" },
	{ "http://a.example/b/c", "", NULL },
	{ "http://a.example/b/c", "#f", NULL },
	{ "http://a.example/b/c", "ftp://b.example/x", NULL },
	{ "http://a.example/b/c", "file:///etc/passwd", NULL },
	{ "http://a.example/b/c", "javascript:alert(1)", NULL },
	{ "http://a.example/b/c", "http:/x", NULL },
	{ "http://a.example/b/c", "http:x", NULL },
	{ "http://a.example/b/c", "http://", NULL },
	{ "http://a.example/b/c", "///x", NULL },
	{ "http://a.example/b/c", "//u@b.example/", NULL },
	{ "http://a.example/b/c", "http://u:p@b.example/", NULL },
	{ "http://a.example/b/c", "/x y", NULL },
	{ "http://a.example/b/c", "/\\b.example", NULL },
	{ "http://a.example/b/c", "\\\\b.example", NULL },
	{ "http://a.example/b/c", "/x\r\nSet-Cookie: a=b", NULL },
	{ "http://a.example/b/c", "http://127.1/", NULL },
};

static void
a_reference_becomes_absolute(void **state)
{
	const struct redirect_route	 rt = {
		.base = "http://elsewhere.example", .mount = "", .name = "x",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(resolved); i++) {
		struct url	 from = url(resolved[i].from);

		print_message("# %s\n", resolved[i].location);
		assert_text(redirect_location(&arena, &from,
		    resolved[i].location, &rt), resolved[i].to);
	}
}

/* --- following --- */

/* What is said of hosts by their names. */
static enum redirect_place
place(const void *arg, const struct url *to)
{
	static const struct { const char *host; enum redirect_place place; }
	    known[] = {
		{ "barred.example", REDIRECT_BARRED },
		{ "alike.example", REDIRECT_ALIKE },
		{ "listed.example", REDIRECT_NAMED },
		{ "stated.example", REDIRECT_STATED },
	};

	assert_null(arg);
	for (size_t i = 0; i < ROWS(known); i++)
		if (strcmp(to->host, known[i].host) == 0)
			return known[i].place;
	return REDIRECT_UNKNOWN;
}

static const struct judge_row {
	enum redirect_mode mode;
	const char	*from, *location;
	const char	*url;		/* NULL: goes to the client */
	bool		 leaves;
} judged[] = {
	/* the same host */
	{ REDIRECT_SAME_SITE, "http://a.example/x", "/y",
	    "http://a.example/y", false },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://A.example/y",
	    "http://A.example/y", false },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "https://a.example/x",
	    "https://a.example/x", true },
	{ REDIRECT_SAME_SITE, "http://a.example:8080/x",
	    "https://a.example/x", "https://a.example/x", true },
	{ REDIRECT_SAME_SITE, "http://a.example:8080/x", "/y",
	    "http://a.example:8080/y", false },
	{ REDIRECT_SAME_SITE, "http://a.example:8080/x",
	    "https://a.example:8080/x", "https://a.example:8080/x", true },
	{ REDIRECT_SAME_SITE, "http://a.example:8080/x",
	    "http://a.example:9090/x", NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://a.example:22/x", NULL, false },
	/* www. */
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://www.a.example/x",
	    "http://www.a.example/x", true },
	{ REDIRECT_SAME_SITE, "https://www.a.example/x", "https://a.example/",
	    "https://a.example/", true },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "https://www.a.example/x",
	    "https://www.a.example/x", true },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://www2.a.example/x", NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://wwwa.example/x", NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://wwwxa.example/x", NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://b.a.example/x", NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://www.www.a.example/x", NULL, false },
	/* other hosts */
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://listed.example/",
	    "http://listed.example/", true },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://listed.example:81/", NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://stated.example:81/", "http://stated.example:81/", true },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://alike.example/",
	    "http://alike.example/", true },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://alike.example:81/",
	    NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://barred.example/",
	    NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "http://barred.example/",
	    NULL, false },
	{ REDIRECT_SAME_SITE, "http://barred.example/x",
	    "http://www.barred.example/", "http://www.barred.example/", true },
	{ REDIRECT_FOLLOW, "https://a.example/x", "http://stated.example/",
	    NULL, false },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "http://b.example/", NULL,
	    false },
	{ REDIRECT_SAME_SITE, "http://a.example/x", "//127.0.0.1/", NULL,
	    false },
	{ REDIRECT_SAME_SITE, "http://a.example/x",
	    "http://a.example.evil.net/", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "http://b.example/",
	    "http://b.example/", true },
	{ REDIRECT_FOLLOW, "http://a.example/x", "http://127.0.0.1/",
	    "http://127.0.0.1/", true },	/* the address policy's case */
	{ REDIRECT_FOLLOW, "http://a.example/x", "http://b.example:22/", NULL,
	    false },
	{ REDIRECT_FOLLOW, "http://a.example:8080/x",
	    "http://b.example:8080/", "http://b.example:8080/", true },
	{ REDIRECT_PASS, "http://a.example/x", "/y", NULL, false },
	/* never */
	{ REDIRECT_FOLLOW, "https://a.example/x", "http://a.example/x", NULL,
	    false },
	{ REDIRECT_FOLLOW, "https://a.example/x", "http://a.example:443/x",
	    NULL, false },
	{ REDIRECT_SAME_SITE, "https://a.example/x",
	    "http://listed.example/x", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "http://u:p@a.example/x",
	    NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "file:///etc/passwd", NULL,
	    false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "gopher://a.example/", NULL,
	    false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "/../y", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "/%2e%2e/y", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "/a%00", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "/%zz", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", "", NULL, false },
	{ REDIRECT_FOLLOW, "http://a.example/x", NULL, NULL, false },
	/* a fragment is the client's */
	{ REDIRECT_SAME_SITE, "http://a.example/x/z", "../y#f",
	    "http://a.example/y", false },
};

static void
each_hop_is_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(judged); i++) {
		const struct judge_row	*r = &judged[i];
		struct url		 from = url(r->from);
		struct redirect		 got;

		print_message("# %s -> %s\n", r->from,
		    r->location != NULL ? r->location : "nothing");
		assert_int_equal(redirect_judge(&arena, r->mode, 5, "GET",
		    &from, r->location, place, NULL, &got), OK);
		assert_int_equal(got.follow, r->url != NULL);
		assert_text(got.url, r->url);
		assert_int_equal(got.leaves_origin, r->leaves);
	}
}

static void
a_host_that_nothing_lists_is_a_stranger(void **state)
{
	static const struct {
		const char	*location;
		bool		 other, stranger;
	} rows[] = {
		{ "/y", false, false },
		{ "https://a.example/y", false, false },
		{ "http://www.a.example/y", true, false },
		{ "http://listed.example/y", true, false },
		{ "http://stated.example/y", true, false },
		{ "http://alike.example/y", true, true },
		{ "http://b.example/y", true, true },
		{ "http://127.0.0.1/y", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url	 from = url("http://a.example/x");
		struct redirect	 got;

		print_message("# %s\n", rows[i].location);
		assert_int_equal(redirect_judge(&arena, REDIRECT_FOLLOW, 5,
		    "GET", &from, rows[i].location, place, NULL, &got), OK);
		assert_true(got.follow);
		assert_int_equal(got.other_host, rows[i].other);
		assert_int_equal(got.stranger, rows[i].stranger);
	}
}

static void
only_get_and_head_are_followed_and_not_for_ever(void **state)
{
	static const struct { const char *method; int left; bool follow; }
	    rows[] = {
		{ "GET", 1, true }, { "HEAD", 5, true }, { "GET", 0, false },
		{ "GET", -1, false }, { "POST", 5, false },
		{ "PUT", 5, false }, { "PATCH", 5, false },
		{ "DELETE", 5, false }, { "OPTIONS", 5, false },
	};
	struct url	 from = url("http://a.example/");

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct redirect	 got;

		assert_int_equal(redirect_judge(&arena, REDIRECT_FOLLOW,
		    rows[i].left, rows[i].method, &from, "/x", place, NULL,
		    &got), OK);
		assert_int_equal(got.follow, rows[i].follow);
	}
}

static void
no_memory_is_said_so(void **state)
{
	struct url	 from = url("http://a.example/");
	struct arena	 none;
	struct redirect	 got;

	(void)state;
	arena_init(&none, 0);
	assert_int_equal(redirect_judge(&none, REDIRECT_FOLLOW, 5, "GET",
	    &from, "/x", place, NULL, &got), ERR_NO_MEMORY);
	arena_free(&none);
}

/* --- passing on --- */

static const struct {
	const char	*from, *location, *base, *mount, *name, *want;
} passed[] = {
	{ "https://a.example/v1/x", "/v1/y", "https://a.example/v1", "/p",
	    "api", "/p/api/y" },
	{ "https://a.example/v1/x", "y?z=1#f", "https://a.example/v1", "/p",
	    "api", "/p/api/y?z=1#f" },
	{ "https://a.example/v1/x", "https://a.example:443/v1/",
	    "https://a.example/v1", "/p", "api", "/p/api/" },
	{ "https://a.example/v1/x", "/v1", "https://a.example/v1", "/p",
	    "api", "/p/api" },
	{ "https://a.example/v1/x", "/v1?q", "https://a.example/v1", "/p",
	    "api", "/p/api?q" },
	{ "https://a.example/v1/x", "/v1/y", "https://a.example/v1/", "/p",
	    "api", "/p/api/y" },
	{ "https://a.example/v1/x", "/v1/", "https://a.example/v1/", "/p",
	    "api", "/p/api/" },
	{ "https://a.example/v1/", "/v1", "https://a.example/v1/", "/p",
	    "api", "https://a.example/v1" },
	{ "https://a.example/x", "/y", "https://a.example", "", "api",
	    "/api/y" },
	{ "https://a.example/x", "https://a.example", "https://a.example", "",
	    "api", "/api/" },
	{ "https://a.example/x", "https://a.example", "https://a.example/",
	    "", "api", "/api/" },
	{ "https://a.example/x", "/", "https://a.example", "", "api",
	    "/api/" },
	/* not below */
	{ "https://a.example/v1/x", "/v10/y", "https://a.example/v1", "/p",
	    "api", "https://a.example/v10/y" },
	{ "https://a.example/v1/x", "/", "https://a.example/v1", "/p", "api",
	    "https://a.example/" },
	{ "https://a.example/v1/x", "/v1/../y", "https://a.example/v1", "/p",
	    "api", "https://a.example/v1/../y" },
	{ "https://a.example/v1/x", "/v1/%2e%2e/y", "https://a.example/v1",
	    "/p", "api", "https://a.example/v1/%2e%2e/y" },
	{ "https://a.example/v1/x", "http://a.example/v1/y",
	    "https://a.example/v1", "/p", "api", "http://a.example/v1/y" },
	{ "https://a.example/v1/x", "https://a.example:8443/v1/y",
	    "https://a.example/v1", "/p", "api",
	    "https://a.example:8443/v1/y" },
	{ "https://a.example/v1/x", "//b.example/y#f", "https://a.example/v1",
	    "/p", "api", "https://b.example/y#f" },
	{ "https://b.example/", "/v1/y", "https://a.example/v1", "/p", "api",
	    "https://b.example/v1/y" },
	/* the whole host */
	{ "https://a.example/x", "/y", "https://a.example", "/p", "*",
	    "/p/y" },
	{ "https://a.example/x", "/y", "https://a.example/", "", "*", "/y" },
	{ "https://a.example/x", "/", "https://a.example/", "", "*", "/" },
	{ "https://a.example/x", "/?q", "https://a.example/", "/p", "*",
	    "/p/?q" },
	{ "https://a.example/x", "https://a.example//b.example/",
	    "https://a.example/", "", "*", "https://a.example//b.example/" },
	{ "https://a.example/x", "https://a.example//b.example/",
	    "https://a.example/", "/p", "*", "/p//b.example/" },
	/* what the route's URL keeps to itself */
	{ "https://a.example/v1?key=K&u=m", "/v1/y?key=K&p=2&u=m",
	    "https://a.example/v1?key=K&u=m", "/p", "api", "/p/api/y?p=2" },
	{ "https://a.example/v1?key=K", "/v1/y?key=K",
	    "https://a.example/v1?key=K", "/p", "api", "/p/api/y" },
	{ "https://a.example/v1?key=K", "/v1/y?keys=K&&x",
	    "https://a.example/v1?key=K", "/p", "api",
	    "/p/api/y?keys=K&&x" },
	{ "https://a.example/v1?key=K", "https://b.example/y?x=1&key=K",
	    "https://a.example/v1?key=K", "/p", "api", NULL },
	{ "https://a.example/v1?key=K",
	    "https://b.example/?to=https%3A%2F%2Fa.example%2Fv1%3Fkey%3DK",
	    "https://a.example/v1?key=K", "/p", "api", NULL },
	{ "https://a.example/v1?key=K",
	    "/v1/login?to=%252Fv1%253Fp%253D1%2526key%253DK%2526x",
	    "https://a.example/v1?key=K", "/p", "api", NULL },
	{ "https://a.example/v1?key=K", "https://b.example/#x?key=K",
	    "https://a.example/v1?key=K", "/p", "api", NULL },
	{ "https://a.example/v1?key=K", "https://b.example/?ke%79=K",
	    "https://a.example/v1?key=K", "/p", "api", NULL },
	{ "https://a.example/v1?key=K", "https://b.example/?mykey=K&key=K2",
	    "https://a.example/v1?key=K", "/p", "api",
	    "https://b.example/?mykey=K&key=K2" },
	{ "https://a.example/v1?key=K", "https://b.example/y?x=1",
	    "https://a.example/v1?key=K", "/p", "api",
	    "https://b.example/y?x=1" },
	{ "https://a.example/v1?key=K", "http://a.example/v1?key=K",
	    "https://a.example/v1?key=K", "/p", "api", NULL },
	/* no http(s) at all */
	{ "https://a.example/x", "javascript:alert(1)", "https://a.example",
	    "", "api", NULL },
	{ "https://a.example/x", "", "https://a.example", "", "api", NULL },
	{ "https://a.example/x", "/a b", "https://a.example", "", "api",
	    NULL },
	{ "https://a.example/x", "https://u:p@a.example/",
	    "https://a.example", "", "api", NULL },
	/* a fragment that cannot stand there is left out */
	{ "https://a.example/x", "/y#a b", "https://a.example", "", "api",
	    "/api/y" },
};

static void
a_location_below_the_route_is_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(passed); i++) {
		struct url	 from = url(passed[i].from);
		const struct redirect_route	 rt = {
			.base = passed[i].base, .mount = passed[i].mount,
			.name = passed[i].name,
		};

		print_message("# %s\n", passed[i].location);
		assert_text(redirect_location(&arena, &from,
		    passed[i].location, &rt), passed[i].want);
	}
}

/* By the Host that the target was sent, of the route api at /p. */
static const struct { const char *base, *host, *location, *want; } hosts[] = {
	{ "http://a.example/v1", "gate.example",
	    "http://gate.example/v1/y?q#f", "/p/api/y?q#f" },
	/* How the host is reached, the target may not know. */
	{ "http://a.example/v1", "gate.example",
	    "https://gate.example/v1/y", "/p/api/y" },
	{ "http://a.example", "gate.example:8443",
	    "http://gate.example:8443/y", "/p/api/y" },
	{ "http://a.example", "GATE.example", "http://gate.example/y",
	    "/p/api/y" },
	{ "http://a.example", "[::1]:8443", "http://[::1]:8443/y",
	    "/p/api/y" },
	{ "http://a.example", "gate.example", "/y", "/p/api/y" },
	{ "http://a.example", "gate.example", "http://a.example/y",
	    "/p/api/y" },
	{ "http://a.example/v1", "gate.example", "http://gate.example/y",
	    "http://gate.example/y" },
	{ "http://a.example", "gate.example", "http://gate.example:8443/y",
	    "http://gate.example:8443/y" },
	{ "http://a.example", "gate.example", "http://b.example/y",
	    "http://b.example/y" },
	{ "http://a.example", NULL, "http://gate.example/y",
	    "http://gate.example/y" },
	{ "http://a.example", "gate_", "http://b.example/y",
	    "http://b.example/y" },
};

static void
a_target_speaks_of_itself_by_the_host_it_was_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(hosts); i++) {
		const struct redirect_route	 rt = {
			.base = hosts[i].base, .mount = "/p", .name = "api",
			.host = hosts[i].host,
		};
		struct url	 from = url(hosts[i].base);

		print_message("# %s\n", hosts[i].location);
		assert_text(redirect_location(&arena, &from,
		    hosts[i].location, &rt), hosts[i].want);
	}
}

/* Base, mount, name: the Location of a target that writes its address here. */
static const struct {
	const char	*base, *mount, *name, *location, *want;
	const char	*otherwise;	/* where it is not thought to */
} pages[] = {
	{ "http://a.example", "/p", "api", "/p/api/y", "/p/api/y",
	    "/p/api/p/api/y" },
	{ "http://a.example", "/p", "api", "/p/api", "/p/api",
	    "/p/api/p/api" },
	{ "http://a.example", "/p", "api", "http://a.example/p/api/y?q",
	    "/p/api/y?q", "/p/api/p/api/y?q" },
	{ "http://a.example", "/p", "api", "/p/apis", "/p/api/p/apis",
	    "/p/api/p/apis" },
	{ "http://a.example", "/p", "api", "/y", "/p/api/y", "/p/api/y" },
	{ "http://a.example", "", "api", "/api/y", "/api/y", "/api/api/y" },
	{ "http://a.example/v1", "/p", "api", "/p/api/y", "/p/api/y",
	    "http://a.example/p/api/y" },
	{ "http://a.example/v1", "/p", "api", "/v1/y", "/p/api/y",
	    "/p/api/y" },
	{ "http://a.example/api/v1", "", "api", "/api/v1/y", "/api/y",
	    "/api/y" },
	{ "http://a.example/p/api", "/p", "api", "/p/api/y", "/p/api/y",
	    "/p/api/y" },
	{ "http://a.example", "/p", "api", "/p/api/../y",
	    "http://a.example/p/api/../y", "http://a.example/p/api/../y" },
	{ "http://a.example", "/p", "api", "http://b.example/p/api/y",
	    "http://b.example/p/api/y", "http://b.example/p/api/y" },
	{ "http://a.example", "/p", "*", "/p/y", "/p/y", "/p/p/y" },
	{ "http://a.example", "", "*", "/y", "/y", "/y" },
	/* That of the whole host could be any. */
	{ "http://a.example/v1", "", "*", "/y", "http://a.example/y",
	    "http://a.example/y" },
};

static void
a_target_may_know_where_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(pages); i++) {
		struct redirect_route	 rt = {
			.base = pages[i].base, .mount = pages[i].mount,
			.name = pages[i].name, .pages = true,
		};
		struct url	 from = url(pages[i].base);

		print_message("# %s\n", pages[i].location);
		assert_text(redirect_location(&arena, &from,
		    pages[i].location, &rt), pages[i].want);
		rt.pages = false;
		assert_text(redirect_location(&arena, &from,
		    pages[i].location, &rt), pages[i].otherwise);
	}
}

static const struct { const char *here, *base, *mount, *name, *want; }
    backs[] = {
	{ "https://g.example/p/api/y?q", "http://a.example/v1", "/p", "api",
	    "http://a.example/v1/y?q" },
	{ "https://g.example/p/api", "http://a.example/v1", "/p", "api",
	    "http://a.example/v1" },
	{ "https://g.example/p/api/", "http://a.example/v1", "/p", "api",
	    "http://a.example/v1/" },
	{ "https://g.example/p/api/y?q", "http://a.example/v1?key=K", "/p",
	    "api", "http://a.example/v1/y?key=K&q" },
	{ "https://g.example/p/apis/y", "http://a.example", "/p", "api",
	    NULL },
	{ "https://g.example/p/other", "http://a.example", "/p", "api",
	    NULL },
	{ "https://g.example/p", "http://a.example", "/p", "api", NULL },
	{ "https://g.example/", "http://a.example", "", "api", NULL },
	{ "https://g.example/p/api/../y", "http://a.example/v1", "/p", "api",
	    NULL },
	{ "https://g.example/y", "http://a.example/v1", "", "*",
	    "http://a.example/v1/y" },
	{ "https://g.example", "http://a.example/v1", "", "*",
	    "http://a.example/v1" },
	{ "https://g.example/p/y", "http://a.example", "/p", "*",
	    "http://a.example/y" },
	{ "https://g.example/px/y", "http://a.example", "/p", "*", NULL },
};

static void
an_address_here_is_one_there(void **state)
{
	const char	*there;

	(void)state;
	for (size_t i = 0; i < ROWS(backs); i++) {
		const struct redirect_route	 rt = {
			.base = backs[i].base, .mount = backs[i].mount,
			.name = backs[i].name,
		};
		struct url	 here = url(backs[i].here);

		print_message("# %s\n", backs[i].here);
		assert_int_equal(redirect_back(&arena, &here, &rt, &there),
		    OK);
		assert_text(there, backs[i].want);
	}
}

static const struct {
	const char	*from, *location, *mount, *want;
} whole[] = {
	{ "https://a.example/x", "/y?q=1", "/v",
	    "/v/https://a.example/y?q=1" },
	{ "https://a.example/x", "y", "", "/https://a.example/y" },
	{ "https://a.example:8443/x/", "y?", "/v",
	    "/v/https://a.example:8443/x/y?" },
	{ "http://a.example/x", "HTTPS://B.example:443", "/v",
	    "/v/https://b.example" },
	{ "http://a.example/x", "//b.example:80//y?a&&b#f", "/v",
	    "/v/http://b.example//y?a&&b#f" },
	{ "http://a.example/x", "http://[0:0::1]/", "/v", "/v/http://[::1]/" },
	/* not from here */
	{ "https://a.example/x", "http://a.example/y", "/v",
	    "http://a.example/y" },
	{ "https://a.example/x", "https://barred.example/y#f", "/v",
	    "https://barred.example/y#f" },
	{ "https://a.example/x", "/a/../y", "/v", "https://a.example/a/../y" },
	{ "https://a.example/x", "ftp://a.example/", "/v", NULL },
	{ "https://a.example/x", "javascript:alert(1)", "/v", NULL },
	{ "https://a.example/x", "//u:p@b.example/", "/v", NULL },
	{ "https://a.example/x", "", "/v", NULL },
};

static void
the_client_goes_on_by_whole_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(whole); i++) {
		struct url	 from = url(whole[i].from);

		print_message("# %s\n", whole[i].location);
		assert_text(redirect_whole(&arena, &from, whole[i].location,
		    whole[i].mount, place, NULL), whole[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_reference_becomes_absolute),
		cmocka_unit_test(each_hop_is_judged),
		cmocka_unit_test(a_host_that_nothing_lists_is_a_stranger),
		cmocka_unit_test(
		    only_get_and_head_are_followed_and_not_for_ever),
		cmocka_unit_test(no_memory_is_said_so),
		cmocka_unit_test(a_location_below_the_route_is_its_own),
		cmocka_unit_test(
		    a_target_speaks_of_itself_by_the_host_it_was_sent),
		cmocka_unit_test(a_target_may_know_where_it_stands),
		cmocka_unit_test(an_address_here_is_one_there),
		cmocka_unit_test(the_client_goes_on_by_whole_urls),
	};

	return cmocka_run_group_tests_name("redirect", tests, setup, teardown);
}
