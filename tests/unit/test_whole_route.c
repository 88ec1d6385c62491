#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "serve/whole_route.h"
#include "tests/unit/fixture.h"

static const int			 ports[] = { 80, 443 };
static const struct whole_host		 hosts[] = {
	{ .name = "inner.example" },
	{ .name = "ported.example", .port = 8443 },
	{ .name = ".wild.example", .pattern = true },
};
static struct conf			 conf;
static const struct route		*rt;
static struct target			 target;
static const char			*why;

static enum err
ask(enum whole_targets targets, const char *url)
{
	conf = (struct conf){ .whole = { .targets = targets, .hosts = hosts,
	    .n_hosts = ROWS(hosts), .ports = ports, .n_ports = 2 },
	    .rules = { .allow_private = { .all_private = true },
	    .cookies = COOKIES_ISOLATE, .render = true,
	    .max_redirects = 7, .preserve_host = true,
	    .verify_tls = true } };
	target = (struct target){ .kind = TARGET_URL, .url = url,
	    .method = "PUT" };
	rt = NULL;
	why = NULL;
	return whole_route(&arena, &conf, &target, &rt, &why);
}

static const struct {
	const char	*url, *name, *base, *rest, *query;
} made[] = {
	{ "https://a.example/p%2Fq?x=1&&y", "https", "https://a.example",
	    "/p%2Fq", "x=1&&y" },
	{ "https:/A.example.", "https", "https://a.example", "", NULL },
	{ "http/ported.example:8443?", "http", "http://ported.example:8443",
	    "", "" },
	{ "https/a.example:443/", "https", "https://a.example", "/", NULL },
};

static void
a_whole_url_has_a_route_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(made); i++) {
		print_message("# %s\n", made[i].url);
		assert_int_equal(ask(WHOLE_ANY, made[i].url), OK);
		assert_true(rt->whole);
		assert_null(rt->fault);
		assert_string_equal(rt->name, made[i].name);
		assert_string_equal(rt->url, made[i].base);
		assert_int_equal(rt->rules.max_redirects, 7);
		assert_int_equal(target.kind, TARGET_URL);
		assert_string_equal(target.name, made[i].name);
		assert_string_equal(target.rest, made[i].rest);
		assert_text(target.query, made[i].query);
		assert_string_equal(target.method, "PUT");
	}
}

static void
what_is_not_permitted_has_none(void **state)
{
	(void)state;
	assert_int_equal(ask(WHOLE_NAMED, "https://a.example/"),
	    ERR_TARGET_NOT_ALLOWED);
	assert_null(why);
	assert_int_equal(ask(WHOLE_NAMED, "https:"), ERR_TARGET_NOT_ALLOWED);
	assert_int_equal(ask(WHOLE_LISTED, "https://a.example/"),
	    ERR_TARGET_NOT_ALLOWED);
	assert_non_null(strstr(why, "target_hosts"));
	assert_null(rt);
	assert_int_equal(ask(WHOLE_ANY, "https://a.example:22/"),
	    ERR_TARGET_NOT_ALLOWED);
	assert_non_null(strstr(why, "ports"));
	assert_int_equal(ask(WHOLE_ANY, "ftp://a.example/"),
	    ERR_TARGET_NOT_ALLOWED);
	assert_non_null(strstr(why, "http and https"));
	assert_int_equal(ask(WHOLE_ANY, "https:%2F%2Fa.example"),
	    ERR_BAD_URL);
	assert_null(rt);
}

static const struct { const char *url; bool opened; } reach[] = {
	{ "http://inner.example/", true },
	{ "http://ported.example:8443/", true },
	{ "http://ported.example/", false },
	{ "http://x.wild.example/", false },
	{ "http://a.example/", false },
};

static void
only_what_is_named_in_full_may_be_private(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(reach); i++) {
		print_message("# %s\n", reach[i].url);
		assert_int_equal(ask(WHOLE_ANY, reach[i].url), OK);
		assert_int_equal(rt->rules.allow_private.all_private,
		    reach[i].opened);
		/* nor may it have the connections of those */
		assert_string_equal(rt->rules.tls_policy, reach[i].opened ?
		    "private\n" : "");
	}
}

static void
the_target_learns_who_asks(void **state)
{
	static const struct { enum forwarded set, want; } rows[] = {
		{ FORWARDED_NONE, FORWARDED_RFC7239 },
		{ FORWARDED_RFC7239, FORWARDED_RFC7239 },
		{ FORWARDED_X, FORWARDED_X },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		ask(WHOLE_ANY, "https://a.example");
		conf.rules.forwarded = rows[i].set;
		assert_int_equal(whole_route(&arena, &conf, &target, &rt,
		    &why), OK);
		assert_int_equal(rt->rules.forwarded, rows[i].want);
		assert_false(rt->rules.preserve_host);
		assert_int_equal(rt->rules.cookies, COOKIES_DROP);
		assert_false(rt->rules.render);
	}
}

static void
no_memory_is_said_so(void **state)
{
	struct arena	 none;

	(void)state;
	ask(WHOLE_ANY, "https://a.example");
	for (size_t bytes = 0; bytes < 2000; bytes += 16) {
		enum err	 e;

		arena_init(&none, bytes);
		e = whole_route(&none, &conf, &target, &rt, &why);
		arena_free(&none);
		assert_true(e == OK || e == ERR_NO_MEMORY);
		if (e == OK)
			return;
	}
	fail_msg("never enough");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_whole_url_has_a_route_of_its_own),
		cmocka_unit_test(what_is_not_permitted_has_none),
		cmocka_unit_test(only_what_is_named_in_full_may_be_private),
		cmocka_unit_test(the_target_learns_who_asks),
		cmocka_unit_test(no_memory_is_said_so),
	};

	return cmocka_run_group_tests_name("whole_route", tests, setup,
	    teardown);
}
