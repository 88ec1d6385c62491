#ifndef VIADUCT_STORE_SHM_H
#define VIADUCT_STORE_SHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/bucket.h"

struct buf;
struct stats;

/*
 * The buckets of all clients, which targets cannot be reached (store/targets)
 * and the counters of all requests (store/stats), in a file that every process
 * of the gateway has mapped.  No lock guards it, each bucket is one word; so a
 * process that is killed can hold nothing.  It can be deleted at any time: it
 * is made anew, and every bucket is full again.
 */
struct shm;
#define SHM_FILE	"shm.v1"	/* below state; another form of it has
					 * another name: programs of two
					 * versions would replace each other's */

/*
 * Map the file of this folder; make it where it is not there, and anew where
 * it is this user's and damaged (store/shm_file), of which a sentence in `why'
 * speaks.  NULL with a sentence: no folder, no room, another user's; errno is
 * ENOMEM where it is memory that lacks.
 */
struct shm	*shm_attach(const char *folder, struct buf *why);
/* A table of this process alone, for when there is no file.  NULL: no
 * memory. */
struct shm	*shm_private(void);
/* That file for reading alone, whoever's it is; it is not made.  Only
 * shm_stats(), targets_pause_ms() and shm_drop() may be called with it.  NULL
 * as above. */
struct shm	*shm_look(const char *folder, struct buf *why);
/* For another holder; shm_drop() gives up one hold, NULL is nothing.  Any
 * thread may call both. */
struct shm	*shm_hold(struct shm *);
void		 shm_drop(struct shm *);

/* Is it still the folder's file, and sound?  Never of a private one. */
bool		 shm_is_of(const struct shm *, const char *folder);
/* Has the file failed under its user (store/bus)?  From then on this process
 * counts in a table of its own. */
bool		 shm_has_failed(const struct shm *);
/* Where requests are counted; as long as it is held. */
struct stats	*shm_stats(const struct shm *);
/* NULL, or what is wrong with this file of the user who should own it; nothing
 * with one that is not there.  `mends': the next request makes it anew.
 * Static storage. */
const char	*shm_fault(const char *path, unsigned long owner, bool *mends);

/*
 * Take from the bucket of this client (any bytes, at most 32) in this scope
 * (at most 80 bytes).  0, or the microseconds to wait, as bucket_take() says.  A
 * changed rate is another bucket.  Two that come to share a word, which nobody
 * can bring about, are limited together: never less than each alone.  Any
 * thread may call.
 */
int64_t		 shm_take(struct shm *, const char *scope, const void *client,
		    size_t bytes, const struct rate *, int tenths);

/*
 * What each process may find, and one is to say: false if any has said so
 * within the last hour.  `now_s' is the time since 1970.  Once it is mended,
 * shm_unsay() lets it be said again.
 */
enum shm_notice { SHM_OPEN_SECRETS, SHM_OPEN_FOLDER, SHM_NOTICES };
bool		 shm_may_say(struct shm *, enum shm_notice, int64_t now_s);
void		 shm_unsay(struct shm *, enum shm_notice);

#endif
