#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buf.h"
#include "store/conf.h"
#include "store/tokens.h"
#include "tests/unit/fixture.h"

/* Linked with store/tokens_none, as a program is that was configured without
 * libjwt. */

static struct conf	 conf;
static struct buf	 problems;
static char		 path[] = "/tmp/viaduct-plain.XXXXXX";

static int
make(void **state)
{
	int	 fd = mkstemp(path);

	setup(state);
	return fd != -1 ? close(fd) : -1;
}

static int
unmake(void **state)
{
	unlink(path);
	return teardown(state);
}

static int
load(const char *text)
{
	FILE	*f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fprintf(f, "[access]\n%s\n", text) > 0);
	assert_int_equal(fclose(f), 0);
	arena_reset(&arena);
	buf_init(&problems, &arena, 65536);
	return conf_load(&conf, &arena, path, &problems, NULL);
}

static void
what_needs_tokens_is_refused(void **state)
{
	static const char *const	 settings[] = { "access = jwt",
	    "jwt_algorithm = HS256", "jwt_key_file = k", "jwt_issuer = i",
	    "jwt_audience = a" };

	(void)state;
	assert_false(tokens_built());
	for (size_t i = 0; i < ROWS(settings); i++) {
		assert_int_equal(load(settings[i]), -1);
		assert_non_null(strstr(problems.data, ":2: [access] "));
		assert_non_null(strstr(problems.data, "needs tokens, and this "
		    "program was built without: configure it with libjwt"));
	}
}

static void
all_else_is_taken(void **state)
{
	(void)state;
	assert_int_equal(load("access = key\njwt_algorithm =\njwt_key_file =\n"
	    "jwt_issuer =\njwt_audience ="), 0);
	assert_int_equal(conf.rules.access, ACCESS_KEY);
}

static void
a_route_that_needs_tokens_is_at_fault(void **state)
{
	const struct setting	*all;
	const char		**row;
	struct rules		 rules;
	struct buf		 why;
	size_t			 n;

	(void)state;
	assert_int_equal(load("access = open"), 0);
	all = conf_settings(&n);
	row = arena_alloc(&arena, n * sizeof(*row));
	for (size_t i = 0; i < n; i++)
		if (all[i].per_route && strcmp(all[i].key, "access") == 0)
			row[i] = "jwt";
	buf_init(&why, &arena, 1024);
	assert_int_equal(conf_rules(&rules, &arena, &conf, row, &why), -1);
	assert_non_null(strstr(why.data, "column access: it needs tokens"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_needs_tokens_is_refused),
		cmocka_unit_test(all_else_is_taken),
		cmocka_unit_test(a_route_that_needs_tokens_is_at_fault),
	};

	return cmocka_run_group_tests_name("without jwt", tests, make, unmake);
}
