#ifndef VIADUCT_HTTP_TOKEN_H
#define VIADUCT_HTTP_TOKEN_H

#include <stddef.h>
#include <stdint.h>

struct arena;

enum { TOKEN_MAX_BYTES = 4096, TOKEN_LEEWAY_SECONDS = 60,
    TOKEN_MAX_SECONDS = 86400 };

/* What a token must be. */
struct token_rule {
	const char	*algorithm;	/* of its signature: "HS256" */
	const char	*issuer;	/* "": whoever */
	const char	*audience;	/* "": it must name none */
	int64_t		 now;		/* seconds since 1970 */
};

/*
 * Why this text is not a token (RFC 7519, signed as RFC 7515 has it) by the
 * rule: words for the log, never for the caller.  NULL: all is well but for the
 * signature, at which this does not look.
 *
 * The algorithm is the rule's alone; members of the head by which a token would
 * choose how it is read or checked (crit, b64, zip, jku, x5u, jwk) are refused,
 * and kid is of no meaning.  typ is JWT or not there; exp must be there.  What
 * is malformed, ambiguous or of another type than the standard's is refused,
 * never repaired.
 *
 *   subject   its sub, on NULL; NULL if it has none; in the arena
 */
const char *token_refuse(struct arena *, const char *text,
	    const struct token_rule *, const char **subject);

/*
 * The bytes of a base64url text of n letters (RFC 4648, unpadded), with a NUL
 * behind them; NULL if it is none, if bits are set that belong to no byte, or
 * if the arena is full.
 */
char	*token_decode(struct arena *, const char *text, size_t n,
	    size_t *bytes);

#endif
