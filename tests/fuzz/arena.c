#include "core/arena.h"

#include <stdlib.h>
#include <string.h>

/*
 * The arena of the fuzz targets, instead of the library's own: each piece of
 * memory is one of its own, of just the size that was asked for, so that the
 * address sanitizer sees the first byte behind it.
 */

struct arena_block {
	struct arena_block	*next;
	max_align_t		 data[];
};

void
arena_init(struct arena *a, size_t max_bytes)
{
	*a = (struct arena){ .max_bytes = max_bytes };
}

/* What nobody has written yet is no text that would pass for one. */
void *
arena_bytes(struct arena *a, size_t bytes)
{
	void	*p = arena_alloc(a, bytes);

	return p != NULL ? memset(p, 0xa5, bytes) : NULL;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_block	*b;

	if (a->used_bytes > a->max_bytes ||
	    bytes > a->max_bytes - a->used_bytes)
		return NULL;
	if ((b = calloc(1, sizeof(*b) + bytes)) == NULL) {
		a->failed = true;
		return NULL;
	}
	b->next = a->blocks;
	a->blocks = b;
	a->used_bytes += bytes;
	return b->data;
}

char *
arena_strndup(struct arena *a, const char *s, size_t bytes)
{
	char	*p;

	if (bytes == (size_t)-1 || (p = arena_alloc(a, bytes + 1)) == NULL)
		return NULL;
	return memcpy(p, s, bytes);
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

void
arena_reset(struct arena *a)
{
	arena_free(a);
}

void
arena_free(struct arena *a)
{
	struct arena_block	*next;

	for (struct arena_block *b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	arena_init(a, a->max_bytes);
}
