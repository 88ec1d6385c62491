#ifndef VIADUCT_SERVE_TRACE_H
#define VIADUCT_SERVE_TRACE_H

#include "core/err.h"

struct fetch;
struct log;

/* Two lines in the error log about a transfer that is over, whatever its level:
 * where to and how, then times and sizes.  `id' is the request's. */
void	 trace_hop(struct log *, const char *id, const struct fetch *,
	    enum err how_it_ended);

#endif
