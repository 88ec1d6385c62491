#include "core/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A usual request fits into one, and many wait at a time. */
enum { BLOCK_BYTES = 8 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block	*next;
	size_t			 size, used;	/* bytes of data[] */
	max_align_t		 data[];
};

void
arena_init(struct arena *a, size_t max_bytes)
{
	a->blocks = NULL;
	a->used_bytes = 0;
	a->max_bytes = max_bytes;
	a->failed = false;
}

static size_t
aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static struct arena_block *
add_block(struct arena *a, size_t bytes)
{
	size_t			 size;
	struct arena_block	*b;

	size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	if ((b = malloc(sizeof(*b) + size)) == NULL) {
		a->failed = true;
		return NULL;
	}
	b->size = size;
	b->used = 0;
	b->next = a->blocks;
	return a->blocks = b;
}

static void *
take(struct arena *a, struct arena_block *b, size_t bytes)
{
	void	*p = (char *)b->data + b->used;

	b->used += bytes;
	a->used_bytes += bytes;
	return p;
}

void *
arena_bytes(struct arena *a, size_t bytes)
{
	struct arena_block	*b = a->blocks;

	/* Half of all there is: what is added to it below cannot overflow. */
	if (bytes > a->max_bytes || bytes > SIZE_MAX / 2)
		return NULL;
	bytes = aligned(bytes);
	/* Its owner may have lowered the ceiling again. */
	if (a->used_bytes > a->max_bytes ||
	    bytes > a->max_bytes - a->used_bytes)
		return NULL;
	if (b != NULL && bytes <= b->size - b->used)
		return take(a, b, bytes);
	b = add_block(a, bytes);
	return b != NULL ? take(a, b, bytes) : NULL;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	void	*p = arena_bytes(a, bytes);

	return p != NULL ? memset(p, 0, bytes) : NULL;
}

char *
arena_strndup(struct arena *a, const char *s, size_t bytes)
{
	char	*p;

	if (bytes == SIZE_MAX || (p = arena_bytes(a, bytes + 1)) == NULL)
		return NULL;
	memcpy(p, s, bytes);
	p[bytes] = '\0';
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

static void
free_blocks(struct arena_block *b)
{
	struct arena_block	*next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

/*
 * The oldest block is the one kept: it has the usual size, where the newest
 * may be as large as one odd request wanted.
 */
void
arena_reset(struct arena *a)
{
	struct arena_block	*b = a->blocks, *last;

	a->used_bytes = 0;
	a->failed = false;
	if (b == NULL)
		return;
	while (b->next != NULL) {
		last = b;
		b = b->next;
		free(last);
	}
	if (b->size > BLOCK_BYTES) {
		free_blocks(b);
		a->blocks = NULL;
		return;
	}
	b->used = 0;
	a->blocks = b;
}

void
arena_free(struct arena *a)
{
	free_blocks(a->blocks);
	arena_init(a, a->max_bytes);
}
