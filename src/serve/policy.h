#ifndef VIADUCT_SERVE_POLICY_H
#define VIADUCT_SERVE_POLICY_H

#include "client/req.h"
#include "core/err.h"
#include "http/cors.h"
#include "http/fields.h"
#include "store/routes.h"

/* Everything decided before a byte moves: what is to be fetched. */
struct verdict {
	const char	*method;	/* static */
	const char	*url;
	const char	*host;		/* preserve_host; NULL */
	struct fields	 up;		/* fields for the target */
	const char	*allow;		/* on ERR_METHOD_NOT_ALLOWED */
};

/* No I/O, no clock: method, path, fetch mode, sizes, loop, fields. */
enum err policy_decide(const struct conf *, const struct route *,
	    const struct req *, const struct target *,
	    const struct cors_grant *, struct arena *, struct verdict *);

#endif
