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

#include "core/buf.h"
#include "store/templates.h"
#include "tests/unit/fixture.h"

#define ALL	"there are: app_name general_error contact contact_url lang " \
    "status reason heading message again rule request_id"
#define P24(s)	s s s s s s s s s s s s s s s s s s s s s s s s

static const struct { const char *text, *faults; } texts[] = {
	{ "", "" },
	{ "<p>plain", "" },
	{ "<!DOCTYPE html>\n<title>{{status}}</title>", "" },
	{ "<a href=\"{{contact_url}}\">{{contact}}</a>", "" },
	{ "<a href='{{contact_url}}' title = \">\">x</a>{{rule}}", "" },
	{ "<!-- {{rule}} <script> -->{{rule}}", "" },
	{ "<style>p > a { x: \"</p>\" }</style>{{rule}}", "" },
	{ "<STYLE media='print'>a</STYLE\n>{{rule}}", "" },
	{ "<styles>{{rule}}</styles>", "" },
	{ "a < b {{rule}} <3 > {{rule}}", "" },
	{ "{ {rule} } }}", "" },
	{ P24("{{rule}}"), "" },
	/* Names. */
	{ "a\nb{{nothing}}", "f:2: there is no {{nothing}}; " ALL "\n" },
	{ "{{}}", "f:1: there is no {{}}; " ALL "\n" },
	{ "{{ rule }}", "f:1: there is no {{ rule }}; " ALL "\n" },
	{ "{{Rule}}", "f:1: there is no {{Rule}}; " ALL "\n" },
	{ "{{rul}}", "f:1: there is no {{rul}}; " ALL "\n" },
	{ "{{rulee}}", "f:1: there is no {{rulee}}; " ALL "\n" },
	{ "{{rule}\n}", "f:1: {{ without }} in the same line\n" },
	{ "{{rule\n}}", "f:1: {{ without }} in the same line\n" },
	{ "a{{", "f:1: {{ without }} in the same line\n" },
	{ P24("{{rule}}") "\n{{rule}}{{rule}}",
	    "f:2: has more than 24 {{names}}\n" },
	/* Places. */
	{ "<a href={{contact_url}}>x</a>", "f:1: a value in a tag needs "
	    "quotes: \"{{contact_url}}\"\n" },
	{ "<p\n{{rule}}=\"x\">", "f:2: a value in a tag needs quotes: "
	    "\"{{rule}}\"\n" },
	{ "<style>\np { color: {{rule}} }</style>", "f:2: nothing can be "
	    "filled in within <style>: take {{rule}} out\n" },
	{ "<style></p>{{rule}}</style>", "f:1: nothing can be filled in "
	    "within <style>: take {{rule}} out\n" },
	/* What the policy forbids. */
	{ "<script>var a = '</style>'</script>", "f:1: <script>: no script "
	    "runs on these pages\n" },
	{ "\n<link rel=stylesheet href=x.css>", "f:2: <link>: nothing is "
	    "loaded from elsewhere: put styles into <style>\n" },
	{ "<iframe src=x></iframe>", "f:1: <iframe>: nothing is loaded from "
	    "elsewhere\n" },
	{ "<FORM></FORM>", "f:1: <form>: these pages send nothing\n" },
	{ "<p class=\"a\" Style=\"color:red\">", "f:1: the attribute style "
	    "has no effect on these pages: put it into <style>\n" },
	{ "<p title=\" style=x\" data-style=\"y\">", "" },
	/* Ends. */
	{ "<p", "f:1: ends within a tag, a comment or <style>: close it\n" },
	{ "<p a=\"", "f:1: ends within a tag, a comment or <style>: close "
	    "it\n" },
	{ "a\n<!--", "f:2: ends within a tag, a comment or <style>: close "
	    "it\n" },
	{ "<style>", "f:1: ends within a tag, a comment or <style>: close "
	    "it\n" },
};

static void
what_is_wrong_is_named_with_its_line(void **state)
{
	bool		 uses[NAME__MAX];
	struct buf	 b;

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		buf_init(&b, &arena, 4096);
		assert_int_equal(template_judge("f", texts[i].text, uses, &b),
		    texts[i].faults[0] == '\0');
		assert_string_equal(b.data, texts[i].faults);
	}
}

static void
what_is_used_is_known(void **state)
{
	bool		 uses[NAME__MAX] = { false };
	struct buf	 b;

	(void)state;
	buf_init(&b, &arena, 4096);
	assert_true(template_judge("f", "{{rule}}<p title=\"{{status}}\">",
	    uses, &b));
	for (int i = 0; i < NAME__MAX; i++)
		assert_int_equal(uses[i],
		    i == NAME_RULE || i == NAME_STATUS);
}

/* --- files --------------------------------------------------------------- */

static char		 folder[64], path[128];
static struct template	 list[TEMPLATE__MAX];
static struct buf	 faults;

static int
setup_each(void **state)
{
	setup(state);
	snprintf(folder, sizeof(folder), "/tmp/viaduct-pages.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/filtered.html", folder);
	return 0;
}

static int
teardown_each(void **state)
{
	unlink(path);
	rmdir(folder);
	return teardown(state);
}

static void
put(const void *text, size_t bytes, mode_t mode)
{
	FILE	*f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
look(const char *where)
{
	memset(list, 0, sizeof(list));
	buf_init(&faults, &arena, 4096);
	templates_read(list, &arena, where, &faults);
	assert_false(buf_failed(&faults));
}

static void
without_a_folder_there_is_nothing_to_say(void **state)
{
	(void)state;
	look(NULL);
	assert_string_equal(faults.data, "");
	assert_null(list[TEMPLATE_ERROR].text);
	assert_true(templates_hold(list));
}

static void
each_file_may_be_missing(void **state)
{
	(void)state;
	look(folder);
	assert_string_equal(faults.data, "");
	for (int i = 0; i < TEMPLATE__MAX; i++)
		assert_null(list[i].text);
	assert_true(templates_hold(list));
	put("new", 3, 0600);
	assert_false(templates_hold(list));
}

static void
a_sound_file_is_kept_with_its_policy(void **state)
{
	static const char	 text[] = "<style>abc</style>\xc3\xa9{{rule}}";

	(void)state;
	put(text, sizeof(text) - 1, 0600);
	look(folder);
	assert_string_equal(faults.data, "");
	assert_string_equal(list[TEMPLATE_FILTERED].text, text);
	assert_string_equal(list[TEMPLATE_FILTERED].policy, "default-src "
	    "'none'; style-src 'sha256-"
	    "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='; img-src data:; "
	    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
	assert_true(list[TEMPLATE_FILTERED].uses[NAME_RULE]);
	assert_null(list[TEMPLATE_SPLASH].text);
	assert_null(list[TEMPLATE_ERROR].text);
	assert_int_equal(unlink(path), 0);
	assert_false(templates_hold(list));
}

static void
however_lines_end_a_style_has_its_hash(void **state)
{
	static const char	 plain[] = "<style>\na\n\nb\n</style>{{rule}}",
				 dos[] = "<style>\r\na\r\n\r\nb\r\n"
				     "</style>{{rule}}",
				 mac[] = "<style>\ra\r\rb\r</style>"
				     "{{rule}}";
	const char		*policy;

	(void)state;
	put(plain, sizeof(plain) - 1, 0600);
	look(folder);
	policy = list[TEMPLATE_FILTERED].policy;
	put(dos, sizeof(dos) - 1, 0600);
	look(folder);
	assert_string_equal(list[TEMPLATE_FILTERED].text, plain);
	assert_string_equal(list[TEMPLATE_FILTERED].policy, policy);
	put(mac, sizeof(mac) - 1, 0600);
	look(folder);
	assert_string_equal(list[TEMPLATE_FILTERED].text, plain);
	put("\r", 1, 0600);
	look(folder);
	assert_string_equal(list[TEMPLATE_FILTERED].text, "\n");
	assert_int_equal(unlink(path), 0);
}

static const struct { const char *text; size_t bytes; mode_t mode;
    const char *says; } bad[] = {
	{ "a\n\xff", 3, 0600, ":2: is not UTF-8: save it as that\n" },
	{ "a\n\n\0b", 5, 0600, ":3: is not UTF-8: save it as that\n" },
	{ "a\xc3", 2, 0600, ":1: is not UTF-8: save it as that\n" },
	{ "a", 1, 0620, "may be written by others" },
	{ "a", 1, 0602, "may be written by others" },
	{ "{{x}}", 5, 0600, ":1: there is no {{x}}" },
};

static void
one_that_cannot_be_used_is_as_if_it_were_not_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		put(bad[i].text, bad[i].bytes, bad[i].mode);
		look(folder);
		assert_memory_equal(faults.data, path, strlen(path));
		assert_non_null(strstr(faults.data, bad[i].says));
		assert_null(list[TEMPLATE_FILTERED].text);
	}
}

static void
its_size_is_bounded(void **state)
{
	char	*text = calloc(1, 33000);
	char	*style = text;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', 32768);
	put(text, 32768, 0600);
	look(folder);
	assert_string_equal(faults.data, "");
	put(text, 32769, 0600);
	look(folder);
	assert_non_null(strstr(faults.data, ": is larger than 32768 bytes\n"));
	for (int i = 0; i < 100; i++, style += 15)
		memcpy(style, "<style></style>", 15);
	put(text, 1500, 0600);
	look(folder);
	assert_non_null(strstr(faults.data, ": has too many <style>: make one "
	    "of them\n"));
	assert_null(list[TEMPLATE_FILTERED].text);
	free(text);
}

static void
a_folder_that_is_none_is_named(void **state)
{
	char	 where[80];

	(void)state;
	snprintf(where, sizeof(where), "%s/none", folder);
	look(where);
	assert_memory_equal(faults.data, where, strlen(where));
	assert_string_equal(faults.data + strlen(where), ": is no folder: "
	    "make it, or name another in [app] pages\n");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(what_is_used_is_known),
		cmocka_unit_test(without_a_folder_there_is_nothing_to_say),
		cmocka_unit_test(each_file_may_be_missing),
		cmocka_unit_test(a_sound_file_is_kept_with_its_policy),
		cmocka_unit_test(however_lines_end_a_style_has_its_hash),
		cmocka_unit_test(
		    one_that_cannot_be_used_is_as_if_it_were_not_there),
		cmocka_unit_test(its_size_is_bounded),
		cmocka_unit_test(a_folder_that_is_none_is_named),
	};

	return cmocka_run_group_tests_name("templates", tests, setup_each,
	    teardown_each);
}
