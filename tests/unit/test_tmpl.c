#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/tmpl.h"
#include "core/arena.h"
#include "core/buf.h"

static const struct tmpl_var	 vars[] = {
	{ "name", "Jo & <b>" }, { "empty", "" }, { "none", NULL },
	{ "braces", "{{name}}" }, { "n", "1" },
};

static const struct { const char *in, *out; } rows[] = {
	{ "", "" },
	{ "no variables", "no variables" },
	{ "{{name}}", "Jo &amp; &lt;b&gt;" },
	{ "a {{n}} b {{n}} c", "a 1 b 1 c" },
	{ "{{n}}{{n}}", "11" },
	{ "<p title=\"{{name}}\">", "<p title=\"Jo &amp; &lt;b&gt;\">" },
	{ "[{{empty}}]", "[]" },
	{ "[{{none}}]", "[]" },
	{ "[{{unknown}}]", "[]" },
	{ "[{{}}]", "[]" },
	{ "[{{ n }}]", "[]" },
	{ "[{{nn}}{{na}}]", "[]" },
	{ "{n} {{n}", "{n} {{n}" },
	{ "p{color:red}", "p{color:red}" },
	{ "end {{", "end {{" },
	/* A value is never read as a template. */
	{ "{{braces}}", "{{name}}" },
};

static void
names_become_escaped_values(void **state)
{
	struct arena	 a;
	struct buf	 b;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_init(&b, &a, 1000);
		tmpl_fill(&b, rows[i].in, vars,
		    sizeof(vars) / sizeof(vars[0]));
		assert_false(buf_failed(&b));
		assert_string_equal(b.data, rows[i].out);
	}
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(names_become_escaped_values),
	};

	return cmocka_run_group_tests_name("tmpl", tests, NULL, NULL);
}
