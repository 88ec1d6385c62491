#ifndef VIADUCT_SERVE_POLICY_H
#define VIADUCT_SERVE_POLICY_H

#include "client/req.h"
#include "core/err.h"
#include "http/cors.h"
#include "http/fields.h"
#include "serve/caller.h"
#include "store/routes.h"

struct reach;
struct walk;
struct watch;

/* Everything decided before a byte moves: what is to be fetched. */
struct verdict {
	const char	*method;	/* static */
	const char	*url;
	const char	*host;		/* preserve_host; NULL */
	bool		 cookies;	/* those of the route cross */
	struct fields	 up;		/* fields for the target */
	const char	*allow;		/* on ERR_METHOD_NOT_ALLOWED */
	const struct watch *watch;	/* is told of each hop; NULL */
	struct reach	*reach;		/* of the first one's connection;
					 * NULL: by nobody to be known */
};

/* What is known of a request when it is decided. */
struct question {
	const struct conf	*conf;
	const struct route	*route;
	const struct req	*req;
	const struct target	*target;
	const char		*mount;		/* where this gateway stands */
	const struct cors_grant	*grant;
	const struct caller	*caller;
	struct walk		*walk;		/* NULL: a real request */
};

/* No I/O, no clock: method, path, fetch mode, sizes, loop, cookies, fields. */
enum err policy_decide(const struct question *, struct arena *,
	    struct verdict *);

#endif
