#ifndef VIADUCT_STORE_SHM_FILE_H
#define VIADUCT_STORE_SHM_FILE_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "store/shm.h"
#include "store/stats_area.h"

/* What the file of store/shm holds.  The numbers are of this machine's byte
 * order: a file from another one does not fit. */

enum { SHM_CELLS = 65536, SHM_HEAD_BYTES = 4096,
    SHM_TARGETS = 4096 };	/* words of store/targets */

struct shm_head {
	uint64_t	 magic, cells;
	unsigned char	 seed[16];	/* of the hash that finds a cell */
};
struct shm_cell { _Atomic(uint64_t) word; };
struct shm_words {
	struct shm_cell	 cells[SHM_CELLS], targets[SHM_TARGETS];
};
struct shm_table {
	struct shm_head	 head;
	_Atomic(uint64_t) said[SHM_NOTICES];	/* when; s since 1970 */
	unsigned char	 unused[SHM_HEAD_BYTES - sizeof(struct shm_head) -
			    SHM_NOTICES * 8];
	struct shm_words words;
	struct stats_area stats;
};
_Static_assert(sizeof(struct shm_table) == SHM_HEAD_BYTES +
    (SHM_CELLS + SHM_TARGETS) * 8 + sizeof(struct stats_area), "no holes");

/* The words of this file, or of this process where there is none or it has
 * failed: as stats_run(), and with the seed of all hashes. */
struct shm_op {
	struct shm_words *words;
};
bool	 shm_run(struct shm *, void (*how)(void *op), struct shm_op *op);
const unsigned char *shm_seed(const struct shm *);

/* A head with a seed of its own; false: the system gives no random bytes. */
bool	 shm_head_new(struct shm_head *);

/* "FOLDER/shm.v1"; false: too long. */
bool	 shm_file_name(char path[PATH_MAX], const char *folder);

/*
 * Open this folder's file, and say which it is and what its head holds.  It is
 * made where it is not there, and made anew where it is this user's but others
 * may write to it, or it is of another size or form, or may not be opened; of
 * that a sentence in `why' speaks, too.  One process makes it, the others wait
 * for that.  -1 with a sentence: no folder, no room, no file, or not this
 * user's; that is left as it is.
 */
int	 shm_file_open(const char *folder, struct stat *, struct shm_head *,
	    struct buf *why);

/* Open it for reading alone, whoever's it is; nothing is made.  -1 with a
 * sentence. */
int	 shm_file_look(const char *folder, struct shm_head *, struct buf *why);

/* Is it fit for this user, as far as its inode tells? */
bool	 shm_file_sound(const struct stat *);

#endif
