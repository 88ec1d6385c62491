#ifndef VIADUCT_SERVE_DEBUG_H
#define VIADUCT_SERVE_DEBUG_H

#include <stdbool.h>

#include "core/err.h"

struct serving;

/*
 * dump_request and trace_connection: parameters of the query that only the
 * operator may use.  Take them out of it, before it is known who asks; an error
 * of target_take_flag().
 */
enum err debug_take(struct serving *);
/* Now it is: false if they were anybody else's, for whose target they are
 * parameters; the query is whole again and is to be read once more. */
bool	 debug_permitted(struct serving *);
/* In place of what became of a request for a route: how it came to that, if
 * the operator asked for it. */
enum err debug_dump(struct serving *, enum err outcome);

#endif
