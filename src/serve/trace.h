#ifndef VIADUCT_SERVE_TRACE_H
#define VIADUCT_SERVE_TRACE_H

struct hop;

/* Two lines in the error log about a transfer that is over, whatever its level:
 * where to and how, then times and sizes.  `log' is a struct log. */
void	 trace_hop(void *log, const struct hop *);

#endif
