#include <stdlib.h>
#include <string.h>

#include "tests/torture/torture.h"

/*
 * The allocations of the program's own code, and of none of its libraries: the
 * linker puts these functions in the place of the usual ones (--wrap) where it
 * binds an object that is not shared.  With the arena of the fuzz targets each
 * piece of a request's memory is one of them.
 */
void		*__real_malloc(size_t);
void		*__real_calloc(size_t, size_t);
void		*__real_realloc(void *, size_t);
char		*__real_strdup(const char *);
void		*__wrap_malloc(size_t);
void		*__wrap_calloc(size_t, size_t);
void		*__wrap_realloc(void *, size_t);
char		*__wrap_strdup(const char *);

void *
__wrap_malloc(size_t bytes)
{
	return torture_fails() ? NULL : __real_malloc(bytes);
}

void *
__wrap_calloc(size_t n, size_t bytes)
{
	return torture_fails() ? NULL : __real_calloc(n, bytes);
}

void *
__wrap_realloc(void *p, size_t bytes)
{
	return torture_fails() ? NULL : __real_realloc(p, bytes);
}

char *
__wrap_strdup(const char *s)
{
	return torture_fails() ? NULL : __real_strdup(s);
}
