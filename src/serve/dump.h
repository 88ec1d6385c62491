#ifndef VIADUCT_SERVE_DUMP_H
#define VIADUCT_SERVE_DUMP_H

#include "core/err.h"
#include "serve/policy.h"

struct arena;
struct buf;

/*
 * Append, as text for the operator, the request as it came, what was decided
 * and what would be sent.  Credentials, what route_headers set and the query of
 * the route's URL are not shown; every byte is made safe by escape_log().
 *
 *   mount      where the gateway stands
 *   outcome    OK: it would be sent; else why it is refused
 *   verdict    as far as it was decided
 */
void	 dump_write(struct buf *, const struct question *, const char *mount,
	    enum err outcome, const struct verdict *);

/* What would be fetched, less the query that the table gives the URL; NULL when
 * it cannot be joined. */
const char *dump_url(struct arena *, const struct question *);

#endif
