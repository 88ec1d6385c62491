#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/filter.h"
#include "http/url.h"
#include "tests/unit/fixture.h"

/* --- what an operator writes --- */

static const struct {
	const char	*text;
	const char	*path;		/* NULL: refused */
	bool		 below;
	const char	*why;
} written[] = {
	{ "/admin", "/admin", false, NULL },
	{ "/Admin/", "/admin", false, NULL },
	{ "/admin/*", "/admin", true, NULL },
	{ "/a//b", "/a/b", false, NULL },
	{ "/a%20b", "/a b", false, NULL },
	{ "/a%2Fb", "/a/b", false, NULL },
	{ "/", "", false, NULL },
	{ "/*", "", true, NULL },
	{ "/.git/*", "/.git", true, NULL },
	{ "/~u", "/~u", false, NULL },
	{ "", NULL, false, "begins with /" },
	{ "*", NULL, false, "begins with /" },
	{ "admin", NULL, false, "begins with /" },
	{ "/a*", NULL, false, "only at the end" },
	{ "/*/a", NULL, false, "only at the end" },
	{ "/a/**", NULL, false, "only at the end" },
	{ "/a?b", NULL, false, "without query" },
	{ "/a;b", NULL, false, "without query" },
	{ "/a#b", NULL, false, "without query" },
	{ "/a\\b", NULL, false, "without query" },
	{ "/a/../b", NULL, false, "without query" },
	{ "/a b", NULL, false, "without query" },
	{ "/%zz", NULL, false, "without query" },
	{ "/\xc3\xa9", NULL, false, "without query" },
};

static void
each_is_read_strictly(void **state)
{
	struct filter	 f;
	const char	*why;
	enum err	 e;

	(void)state;
	for (size_t i = 0; i < ROWS(written); i++) {
		print_message("# %s\n", written[i].text);
		e = filter_read(&arena, written[i].text,
		    strlen(written[i].text), &f, &why);
		if (written[i].path == NULL) {
			assert_int_equal(e, ERR_CONFIGURATION);
			assert_non_null(strstr(why, written[i].why));
			continue;
		}
		assert_int_equal(e, OK);
		assert_string_equal(f.path, written[i].path);
		assert_int_equal(f.below, written[i].below);
	}
	/* A part of a longer text. */
	assert_int_equal(filter_read(&arena, "/a|/b/*", 2, &f, &why), OK);
	assert_string_equal(f.path, "/a");
}

/* --- what a client writes --- */

static enum err
judge(const char *list, const char *path, struct arena *a)
{
	struct filter	 filters[8];
	struct filters	 all = { filters, 0 };
	const char	*why;

	for (size_t len; *list != '\0'; list += len + (list[len] == '|')) {
		len = strcspn(list, "|");
		assert_int_equal(filter_read(&arena, list, len,
		    &filters[all.count++], &why), OK);
	}
	return filter_judge(a, &all, path);
}

/* Each of these is another way to write what "/admin|/private/" and a "*"
 * name, for some server or other. */
static const char *const	 slips[] = {
	"/admin", "/admin/", "/admin//", "//admin", "///admin/",
	"/ADMIN", "/aDmIn",
	"/%61dmin", "/%41dmin", "/admi%6e", "/%61%64%6d%69%6e",
	"/%2561dmin", "/%252561dmin", "/%25%36%31dmin",
	"/admin%2f", "/%2fadmin", "/%2f%2fadmin", "%2fadmin",
	"/admin;", "/admin;x", "/admin;x=1;y=2", "/admin;/", "/admin%3bx",
	"/;/admin", "/;x/admin", "/admin;x/",
	"/admin.", "/admin..", "/admin%2e", "/admin.;x", "/.;x.../admin",
	"/admin%20", "/admin%20.%20", "/admin%09", "/admin+%20/../admin",
	"/%5cadmin", "/admin%5c", "/\\admin",
	"/admin?", "/admin?x", "/admin%3f", "/admin%3Fx=/y", "/admin%23x",
	"/admin%2500", "/admin%2500.png", "/admin/%2500",
	"/.../admin",
	"/private", "/private/", "/private/x", "/PRIVATE/x/y",
	"/private//x", "/private;a/x", "/private%2fx", "/private%5Cx",
	"/%70rivate/%78", "/private.../x",
};
static const char *const	 others[] = {
	"", "/", "/admins", "/admi", "/admin-x", "/admin/x", "/x/admin",
	"/admin%20x", "/xadmin", "/admin.html", "/.admin", "/adm%2520in",
	"/privates/x", "/x/private/y", "/a?/admin", "/a;/../private",
	"/a%3f/admin", "/admin%c3%a9", "/a%2500/admin",
};

static void
no_spelling_slips_past(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(slips); i++) {
		/* What no path may hold anyway is not to be told apart. */
		if (url_path_check(slips[i], strcspn(slips[i], "?")) != OK)
			continue;
		print_message("# %s\n", slips[i]);
		assert_int_equal(judge("/admin|/private/*", slips[i], &arena),
		    ERR_FILTERED_PATH);
	}
}

static void
the_neighbours_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(others); i++) {
		print_message("# %s\n", others[i]);
		assert_int_equal(judge("/admin|/private/*", others[i],
		    &arena), OK);
		assert_int_equal(judge("", others[i], &arena), OK);
	}
}

static void
the_root_is_a_path_and_all(void **state)
{
	(void)state;
	assert_int_equal(judge("/", "", &arena), ERR_FILTERED_PATH);
	assert_int_equal(judge("/", "/", &arena), ERR_FILTERED_PATH);
	assert_int_equal(judge("/", "//;x", &arena), ERR_FILTERED_PATH);
	assert_int_equal(judge("/", "/x", &arena), OK);
	assert_int_equal(judge("/*", "", &arena), ERR_FILTERED_PATH);
	assert_int_equal(judge("/*", "/x/y", &arena), ERR_FILTERED_PATH);
}

static void
a_full_arena_lets_nothing_pass(void **state)
{
	struct arena	 none;

	(void)state;
	arena_init(&none, 0);
	assert_int_equal(judge("/admin", "/x", &none), ERR_NO_MEMORY);
	arena_free(&none);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(each_is_read_strictly),
		cmocka_unit_test(no_spelling_slips_past),
		cmocka_unit_test(the_neighbours_pass),
		cmocka_unit_test(the_root_is_a_path_and_all),
		cmocka_unit_test(a_full_arena_lets_nothing_pass),
	};

	return cmocka_run_group_tests_name("filter", tests, setup, teardown);
}
