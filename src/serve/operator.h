#ifndef VIADUCT_SERVE_OPERATOR_H
#define VIADUCT_SERVE_OPERATOR_H

#include <stdbool.h>

#include "core/err.h"

struct serving;

/* Is it the form of MOUNT/_status, sent by a page of this very host?  No other
 * page could do harm by it, but use up the failures of its visitor. */
bool	 operator_sends_form(const struct serving *);

/*
 * That form: with the operator's key it is answered by a pass (http/pass), with
 * another by the form again, as long as the client has failures left; with
 * `leave' the pass is taken away.  OK, or what is wrong.
 */
enum err operator_form(struct serving *);

/*
 * Who is not the operator asked for a page of his.  A wrong key is one failure
 * of the client's.  `has_form': the page asks for the key, where the caller is
 * a person and there is a key to be had.  ERR_OPERATOR_ONLY, ERR_RATE_LIMITED,
 * or OK where the page was sent.
 */
enum err operator_refuse(struct serving *, bool has_form);

#endif
