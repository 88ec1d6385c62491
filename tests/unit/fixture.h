#ifndef VIADUCT_TESTS_UNIT_FIXTURE_H
#define VIADUCT_TESTS_UNIT_FIXTURE_H

#include "core/arena.h"
#include "http/fields.h"

/* What most unit tests stand on.  The arena is empty when a group begins. */
extern struct arena	 arena;

#define ROWS(table) (sizeof(table) / sizeof *(table))

int	 setup(void **state);
int	 teardown(void **state);

/* A list in the arena of these names and values, up to NULL. */
struct fields	 fixture_fields(const char *const *pairs);
#define FIELDS(...) \
    fixture_fields((const char *const []){ __VA_ARGS__, NULL })

/* Equal, or both NULL. */
void	 assert_text(const char *got, const char *wanted);

#endif
