#ifndef VIADUCT_SERVE_EXPLAIN_PAGE_H
#define VIADUCT_SERVE_EXPLAIN_PAGE_H

#include "core/err.h"

struct serving;

/*
 * The operator's page MOUNT/_explain: what becomes of the request that the
 * parameters method, path, origin and header describe, as HTML, JSON or text by
 * Accept.  They are as a form sends them: "+" is a blank.  header, which is
 * "Name: value", may be there more than once; empty ones are passed over.
 */
enum err explain_page(struct serving *);
/* The same, its parameters sent as a form: so no log and no history has them.
 * A form for the operator's key is answered as such. */
enum err explain_form(struct serving *);

#endif
