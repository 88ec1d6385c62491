#ifndef VIADUCT_SERVE_LOCAL_H
#define VIADUCT_SERVE_LOCAL_H

#include "core/err.h"

struct serving;

/* What is answered here, without any target: the start page, robots.txt and
 * their like; ERR_NO_ROUTE for what is nothing of ours. */
enum err local_answer(struct serving *);

#endif
