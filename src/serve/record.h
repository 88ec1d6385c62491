#ifndef VIADUCT_SERVE_RECORD_H
#define VIADUCT_SERVE_RECORD_H

struct serving;

/* The lines of a request in the logs, once it is answered. */
void	 record(const struct serving *);

#endif
