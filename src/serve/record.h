#ifndef VIADUCT_SERVE_RECORD_H
#define VIADUCT_SERVE_RECORD_H

#include <time.h>

struct serving;

/* The lines of a request in the logs, once it is answered.  `start' is when it
 * came, in seconds since 1970. */
void	 record(const struct serving *, time_t start);

#endif
