#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"

/* In the place of the library's (--wrap). */
void		*__real_malloc(size_t);
void		*__wrap_malloc(size_t);
static bool	 none_left;

void *
__wrap_malloc(size_t bytes)
{
	return none_left ? NULL : __real_malloc(bytes);
}

static void
results_are_aligned_and_zeroed(void **state)
{
	struct arena	 a;
	char		*p;
	size_t		 n, i;

	(void)state;
	arena_init(&a, 1 << 20);
	for (n = 1; n < 200; n += 7) {
		p = arena_alloc(&a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_reset(&a);
	p = arena_alloc(&a, 4096);
	assert_non_null(p);
	for (i = 0; i < 4096; i++)
		assert_int_equal(p[i], 0);
	arena_free(&a);
}

static void
results_do_not_overlap(void **state)
{
	struct arena	 a;
	char		*p[64];
	size_t		 i, j;

	(void)state;
	arena_init(&a, 1 << 20);
	for (i = 0; i < 64; i++) {
		p[i] = arena_alloc(&a, 3000);
		assert_non_null(p[i]);
		memset(p[i], (int)i + 1, 3000);
	}
	for (i = 0; i < 64; i++)
		for (j = 0; j < 3000; j++)
			assert_int_equal(p[i][j], i + 1);
	arena_free(&a);
}

static void
the_ceiling_holds_and_a_reset_gives_it_back(void **state)
{
	struct arena	 a;

	(void)state;
	arena_init(&a, 4096);
	assert_null(arena_alloc(&a, 4097));
	assert_non_null(arena_alloc(&a, 4096));
	assert_null(arena_alloc(&a, 1));
	arena_reset(&a);
	assert_int_equal(a.used_bytes, 0);
	assert_non_null(arena_alloc(&a, 4096));
	arena_free(&a);
	assert_null(a.blocks);
	assert_non_null(arena_alloc(&a, 4096));
	arena_free(&a);
}

static void
an_impossible_size_is_refused_under_any_ceiling(void **state)
{
	static const size_t	 sizes[] = { SIZE_MAX, SIZE_MAX - 1,
					    SIZE_MAX - 31, SIZE_MAX - 64 };
	struct arena		 a;
	size_t			 i;

	(void)state;
	arena_init(&a, SIZE_MAX);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_null(arena_alloc(&a, sizes[i]));
	assert_null(arena_strndup(&a, "", SIZE_MAX));
	assert_non_null(arena_alloc(&a, 16));
	arena_free(&a);
}

static void
a_lowered_ceiling_holds(void **state)
{
	struct arena	 a;

	(void)state;
	arena_init(&a, 4096);
	assert_non_null(arena_alloc(&a, 4096));
	a.max_bytes = 1024;
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, 1024));
	arena_free(&a);
}

static void
one_odd_request_does_not_keep_its_memory(void **state)
{
	struct arena	 a;
	void		*first;

	(void)state;
	arena_init(&a, 1 << 20);
	first = arena_alloc(&a, 100);
	assert_non_null(arena_alloc(&a, 500 * 1024));
	assert_non_null(arena_alloc(&a, 100));
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	arena_free(&a);

	arena_init(&a, 1 << 20);
	assert_non_null(arena_alloc(&a, 500 * 1024));
	arena_reset(&a);
	assert_null(a.blocks);
	arena_free(&a);
}

static void
copies_are_whole_and_terminated(void **state)
{
	struct arena	 a;
	char		 text[] = "abcdef";
	char		*p;

	(void)state;
	arena_init(&a, 1 << 20);
	p = arena_strdup(&a, text);
	text[0] = 'X';
	assert_string_equal(p, "abcdef");
	assert_string_equal(arena_strndup(&a, text, 3), "Xbc");
	assert_string_equal(arena_strndup(&a, text, 0), "");
	assert_string_equal(arena_strdup(&a, ""), "");
	arena_free(&a);
}

static void
that_the_system_had_none_is_known_until_it_is_empty(void **state)
{
	struct arena	 a;

	(void)state;
	arena_init(&a, 100000);
	assert_non_null(arena_alloc(&a, 10));
	assert_null(arena_alloc(&a, 100000));	/* its ceiling */
	assert_false(a.failed);
	none_left = true;
	assert_null(arena_alloc(&a, 20000));
	none_left = false;
	assert_true(a.failed);
	assert_non_null(arena_alloc(&a, 10));
	assert_true(a.failed);
	arena_reset(&a);
	assert_false(a.failed);
	none_left = true;
	assert_null(arena_alloc(&a, 20000));
	none_left = false;
	assert_true(a.failed);
	arena_free(&a);
	assert_false(a.failed);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(results_are_aligned_and_zeroed),
		cmocka_unit_test(results_do_not_overlap),
		cmocka_unit_test(the_ceiling_holds_and_a_reset_gives_it_back),
		cmocka_unit_test(
		    an_impossible_size_is_refused_under_any_ceiling),
		cmocka_unit_test(a_lowered_ceiling_holds),
		cmocka_unit_test(one_odd_request_does_not_keep_its_memory),
		cmocka_unit_test(copies_are_whole_and_terminated),
		cmocka_unit_test(
		    that_the_system_had_none_is_known_until_it_is_empty),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
