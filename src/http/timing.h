#ifndef VIADUCT_HTTP_TIMING_H
#define VIADUCT_HTTP_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

struct cors_grant;
struct fields;

/*
 * May the caller see how long an answer took?  Only where timing_allow_origin
 * says so, and then a page that may read the answer, one of this host, the
 * address bar, or a program; no page that embeds it (no Origin, but
 * Sec-Fetch-Site).  Where the CORS fields are the target's (`theirs'), a page
 * of another origin must stand in the Timing-Allow-Origin that `out' has.
 */
bool	 timing_is_shown(const struct cors_grant *, const struct fields *in,
	    const struct fields *out, bool theirs);

/* Put what both took into Server-Timing (W3C), before what stands there.
 * target_us 0: no target was asked.  ERR_NO_MEMORY. */
enum err timing_add(struct fields *out, int64_t gateway_us, int64_t target_us);

#endif
