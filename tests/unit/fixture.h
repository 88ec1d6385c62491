#ifndef VIADUCT_TESTS_UNIT_FIXTURE_H
#define VIADUCT_TESTS_UNIT_FIXTURE_H

#include "core/arena.h"

/* What most unit tests stand on.  The arena is empty when a group begins. */
extern struct arena	 arena;

#define ROWS(table) (sizeof(table) / sizeof *(table))

int	 setup(void **state);
int	 teardown(void **state);

/* Equal, or both NULL. */
void	 assert_text(const char *got, const char *wanted);

#endif
