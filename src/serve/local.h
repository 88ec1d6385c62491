#ifndef VIADUCT_SERVE_LOCAL_H
#define VIADUCT_SERVE_LOCAL_H

#include <stdbool.h>

#include "core/err.h"

struct serving;

/* What is answered here, without any target: the start page, robots.txt and
 * their like; ERR_NO_ROUTE for what is nothing of ours. */
enum err local_answer(struct serving *);

/* Is it a form of such a page, sent by a page of this very host? */
bool	 local_takes_form(const struct serving *);

#endif
