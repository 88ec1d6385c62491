#ifndef VIADUCT_SERVE_STATUS_H
#define VIADUCT_SERVE_STATUS_H

#include "core/err.h"

struct serving;

/* What one of these may use, beside the request's own: most where every place
 * is taken and every rule has decided. */
enum { STATUS_MEMORY_BYTES = 6 * 1024 * 1024 };

/* The operator's pages of the counters: _status, _status.json, _metrics.  OK,
 * ERR_NO_MEMORY, ERR_CLIENT_GONE. */
enum err status_as_page(struct serving *);
enum err status_as_json(struct serving *);
enum err status_as_metrics(struct serving *);

#endif
