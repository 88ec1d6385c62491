#ifndef VIADUCT_SERVE_CHECK_PAGE_H
#define VIADUCT_SERVE_CHECK_PAGE_H

#include "core/err.h"

struct serving;

/*
 * The operator's page MOUNT/_check: what viaduct check says, as this process
 * sees the files, and what the web server has passed on; as HTML, JSON or text
 * by Accept.
 */
enum err check_page(struct serving *);

#endif
