#ifndef VIADUCT_STORE_TOKENS_H
#define VIADUCT_STORE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Signatures of tokens.  What else a token must be says http/token. */

/* Was this program built with libjwt?  If not, no key is good and no token is
 * signed. */
bool	 tokens_built(void);

/* "HS256" ... as it stands here; NULL if there is no such algorithm. */
const char *tokens_algorithm(const char *text);
/* Is its key a secret, rather than one that anybody may know? */
bool	 tokens_is_secret(const char *algorithm);

/* NULL, or why the bytes of a file are no key for the algorithm: a sentence with
 * the file as its subject (static storage).  The bytes end in a NUL that does
 * not count. */
const char *tokens_key_fault(const char *algorithm, const char *key,
	    size_t bytes);

/* Is the token, which token_refuse() has let pass, signed with this key, which
 * has no fault?  Any thread may ask; the arena is for what it needs. */
bool	 tokens_are_signed(const char *text, const char *algorithm,
	    const char *key, size_t bytes, struct arena *);

#endif
