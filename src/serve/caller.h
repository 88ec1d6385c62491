#ifndef VIADUCT_SERVE_CALLER_H
#define VIADUCT_SERVE_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "http/forwarded.h"
#include "http/key.h"

struct arena;
struct conf;
struct cors_grant;
struct keys;
struct req;
struct route;

/* Who asks, as far as the request proves it. */
struct caller {
	struct client	 client;	/* through trusted proxies */
	const char	*address;	/* of the client; NULL if unknown */
	bool		 https;		/* how the client speaks to this host */

	/* by caller_prove() */
	const char	*user;		/* for the log: a key's id, "sub:" and
					 * a token's sub, "operator"; NULL */
	bool		 authenticated;	/* by a key that is valid here; by a
					 * token, once it is verified */
	bool		 operator;
	/* the field was for us, and goes no further */
	bool		 by_api_key, by_authorization;
	enum err	 err;		/* what the route wants, and is not
					 * proved: ERR_KEY_REQUIRED,
					 * ERR_TOKEN_REQUIRED,
					 * ERR_KEYS_STALE, ERR_NO_MEMORY;
					 * else OK */
	const char	*reason;	/* of it, for the log alone; NULL */
	char		 key_id[KEY_ID_LEN + 1];	/* "" if there is none */
	/* for caller_verify(): well but for its signature; NULL */
	const char	*token, *subject;
};

/* What a proof is judged by. */
struct evidence {
	const struct conf	*conf;
	const struct route	*route;		/* NULL: none */
	const struct req	*req;
	const struct cors_grant	*grant;
	const struct keys	*keys;
	bool			 keys_stale;
	bool			 render;	/* answers may run as pages of
						 * this host */
	int64_t			 now;		/* seconds since 1970 */
	struct arena		*arena;		/* where `user' may live */
};

/*
 * Fill in who the caller is.  A key that is presented, in X-API-Key or as
 * Authorization: Bearer, must be valid for the route, also where the route
 * asks for none: who sends a revoked one is to know, rather than to be served
 * as anybody.  Of two keys the first field counts.  A token is looked at only
 * where the route asks for one: else it is for the target.
 *
 * The operator shows the key of operator_key_file in X-API-Key, or where there
 * is no route as Authorization: Bearer, or by a pass that his browser has for
 * it (http/pass).  Without such a file the operator is who asks from this very
 * host, through no proxy, for no page of another origin, and by an address or
 * as localhost.  Where answers may run as pages of this host, their scripts
 * can ask likewise: who shows no key is the operator only for a page that is
 * opened in a window of its own (caller_opens).
 *
 * No I/O: refusing is for later, so that what comes before it, such as the
 * rate, is not passed by.  A token is none until its signature is verified.
 */
void	 caller_prove(struct caller *, const struct evidence *);

/*
 * Look at the signature of the token, if there is one.  For public keys this
 * takes up to a millisecond, and anybody can send a forged one: so it is for
 * who is within the rate.
 */
void	 caller_verify(struct caller *, const struct conf *, struct arena *);

bool	 caller_is_operators_key(const struct conf *, const char *key);

/* Does no page of another origin ask?  Browsers say it by https and as
 * localhost; elsewhere they say the origin of what changes things.  Who says
 * neither is no browser. */
bool	 caller_is_from_here(const struct req *, const struct cors_grant *);

/* Does a browser open a window's page?  What comes then no script gets to see
 * that came to this host through this program: it is to have a
 * Cross-Origin-Opener-Policy. */
bool	 caller_opens(const struct req *);

#endif
