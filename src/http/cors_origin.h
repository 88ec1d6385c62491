#ifndef VIADUCT_HTTP_CORS_ORIGIN_H
#define VIADUCT_HTTP_CORS_ORIGIN_H

#include <stdbool.h>

#include "http/cors.h"

/* One origin as text.  For http/ alone. */

/* scheme://host[:port] as a browser writes it, at most 255 bytes; "null" is
 * another matter. */
bool	 cors_origin_well_formed(const char *origin);
/* Does the entry hold this well-formed origin, or "null"?  Bytes decide. */
bool	 cors_origin_matches(const struct cors_origin *, const char *origin);

#endif
