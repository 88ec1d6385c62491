#ifndef VIADUCT_SERVE_CALLER_H
#define VIADUCT_SERVE_CALLER_H

#include <stdbool.h>

#include "http/forwarded.h"

/* Who asks, as far as the request proves it. */
struct caller {
	struct client	 client;	/* through trusted proxies */
	const char	*address;	/* of the client; NULL if unknown */
	bool		 https;		/* how the client speaks to this host */
	bool		 by_authorization; /* that field was for us: it goes no
					 * further */
};

#endif
