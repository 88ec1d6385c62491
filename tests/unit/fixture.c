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
