#ifndef VIADUCT_CORE_ARENA_H
#define VIADUCT_CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory with one lifetime: a request's, or a snapshot's of the settings.
 * Nothing in it is freed by itself.  All results are aligned for any type;
 * NULL means that the ceiling or the system's memory is reached.  After the
 * latter `failed' stays true until the arena is empty: who has built something
 * in it, and may have left a part out, looks there once.
 */
struct arena_block;
struct arena {
	struct arena_block	*blocks;	/* newest first */
	size_t			 used_bytes;	/* of all blocks */
	size_t			 max_bytes;
	bool			 failed;	/* the system had no memory */
};

void	 arena_init(struct arena *, size_t max_bytes);
void	*arena_alloc(struct arena *, size_t bytes);	/* zeroed */
void	*arena_bytes(struct arena *, size_t bytes);	/* for text: not so */
char	*arena_strdup(struct arena *, const char *);
char	*arena_strndup(struct arena *, const char *, size_t bytes);
void	 arena_reset(struct arena *);	/* empty; keeps one block for reuse */
void	 arena_free(struct arena *);	/* empty; gives all back */

#endif
