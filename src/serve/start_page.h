#ifndef VIADUCT_SERVE_START_PAGE_H
#define VIADUCT_SERVE_START_PAGE_H

#include "core/err.h"

struct serving;

/* The page MOUNT/: what this is and how to call it; for the operator the list
 * of routes, too, and a form to try one.  A wrong key of his is counted. */
enum err start_page(struct serving *);

#endif
