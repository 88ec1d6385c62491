#ifndef VIADUCT_STORE_SHM_H
#define VIADUCT_STORE_SHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/bucket.h"

struct buf;
struct stats;

/*
 * The buckets of all clients and the counters of all requests (store/stats), in
 * a file that every process of the gateway has mapped.  No lock guards it, each
 * bucket is one word; so a
 * process that is killed can hold nothing.  It can be deleted at any time: it
 * is made anew, and every bucket is full again.
 */
struct shm;
#define SHM_FILE	"shm.v2"	/* below state; another form of it has
					 * another name */

/*
 * Map the file of this folder; make it where it is not there.  NULL with a
 * sentence in `why': no folder, no room, not ours to trust (another owner, or
 * others may write), of another size or form.  Such a file is left as it is.
 */
struct shm	*shm_attach(const char *folder, struct buf *why);
/* A table of this process alone, for when there is no file.  NULL: no
 * memory. */
struct shm	*shm_private(void);
/* That file for reading alone, whoever's it is; it is not made.  Only
 * shm_stats() and shm_drop() may be called with it.  NULL as above. */
struct shm	*shm_look(const char *folder, struct buf *why);
/* For another holder; shm_drop() gives up one hold, NULL is nothing.  Any
 * thread may call both. */
struct shm	*shm_hold(struct shm *);
void		 shm_drop(struct shm *);

/* Is it still the folder's file, in its size?  Never of a private one. */
bool		 shm_is_of(const struct shm *, const char *folder);
/* Has the file failed under its user (store/bus)?  From then on this process
 * counts in a table of its own. */
bool		 shm_has_failed(const struct shm *);
/* Where requests are counted; as long as it is held. */
struct stats	*shm_stats(const struct shm *);
/* NULL, or why this file could not be used by the user who should own it; a
 * file that is not there could.  Static storage. */
const char	*shm_fault(const char *path, unsigned long owner);

/*
 * Take from the bucket of this client (any bytes, at most 32) in this scope (at
 * most 80 bytes).  0, or the microseconds to wait, as bucket_take() says.  A
 * changed rate is another bucket.  Two that come to share a word, which nobody
 * can bring about, are limited together: never less than each alone.  Any
 * thread may call.
 */
int64_t		 shm_take(struct shm *, const char *scope, const void *client,
		    size_t bytes, const struct rate *, int tenths);

#endif
