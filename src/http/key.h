#ifndef VIADUCT_HTTP_KEY_H
#define VIADUCT_HTTP_KEY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A caller's key as text: "vd1_" ID "_" SECRET.  The id, of base32, names the
 * key in lists and logs; the secret is base64url of 32 bytes.
 */
enum { KEY_ID_LEN = 8, KEY_SECRET_LEN = 43, KEY_LEN = 4 + KEY_ID_LEN + 1 +
    KEY_SECRET_LEN };

struct key_text {
	char		 id[KEY_ID_LEN + 1];
	const char	*secret;	/* within the text, up to its end */
};

/* What stands behind "Bearer" in the value of Authorization; NULL if the
 * scheme is another one. */
const char *key_bearer(const char *value);

/* Is this, or would it be if it were whole, a key of this gateway?  It may stand
 * behind "Bearer", and behind commas, as where a field came twice. */
bool	 key_is_ours(const char *value);

bool	 key_is_id(const char *text, size_t len);
/* False if it is none. */
bool	 key_read(const char *text, struct key_text *);

#endif
