#ifndef VIADUCT_STORE_KEYS_H
#define VIADUCT_STORE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "http/key.h"

struct arena;
struct key_row;

/* A caller's key; the secret itself is kept nowhere. */
struct key {
	const char	*name;
	const char	*id;		/* "" if the row has none */
	const char	*fault;		/* NULL, or why it opens nothing */
	const char	*const *routes;	/* NULL ends; NULL itself: all */
	const char	*created, *until;	/* as they stand there; "" */
	int64_t		 expires, revoked;	/* seconds since 1970, from
						 * then on; INT64_MAX: never */
	unsigned char	 hash[DIGEST_BYTES];
};

/* All keys of a snapshot, by id; copies, so the rows may go.  NULL: arena
 * full. */
struct keys;
struct keys	*keys_build(struct arena *, const struct key_row *, size_t n);
size_t		 keys_count(const struct keys *);
const struct key *keys_at(const struct keys *, size_t i);

/* "valid", "revoked", "expired" or "invalid". */
const char	*key_state(const struct key *, int64_t now);
bool		 key_is_for(const struct key *, const char *route);

/*
 * Why this text, as a caller presents it, opens no such route now: words for
 * the log, never for the caller; NULL if it does.  id: of the key, known or
 * not; "" where the text is no key.
 */
const char	*keys_refuse(const struct keys *, const char *text,
		    const char *route, int64_t now, char id[KEY_ID_LEN + 1]);

/* A new key.  -1 when the system gives no random bytes. */
struct key_made {
	char		 text[KEY_LEN + 1];	/* to be shown once */
	char		 id[KEY_ID_LEN + 1];
	unsigned char	 hash[DIGEST_BYTES];
};
int		 keys_make(struct key_made *);

#endif
