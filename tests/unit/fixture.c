#include "tests/unit/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct arena	 arena;

int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 22);
	return 0;
}

int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

struct fields
fixture_fields(const char *const *pairs)
{
	struct fields	 f;

	fields_init(&f, &arena);
	for (; *pairs != NULL; pairs += 2)
		assert_int_equal(fields_add(&f, pairs[0], pairs[1]), OK);
	return f;
}

void
assert_text(const char *got, const char *wanted)
{
	if (wanted == NULL)
		assert_null(got);
	else if (got == NULL)
		fail_msg("nothing instead of %s", wanted);
	else
		assert_string_equal(got, wanted);
}
