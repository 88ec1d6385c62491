#ifndef VIADUCT_SERVE_OPERATOR_H
#define VIADUCT_SERVE_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct serving;

enum { OPERATOR_FORM_BYTES = 2048 };	/* of the form, at most */

/*
 * The form that asks for the operator's key was sent: with the key it is
 * answered by a pass (http/pass) and the way back to the page that it was sent
 * to, with another by the form again, as long as the client has failures left;
 * with `leave' the pass is taken away.  It is for who calls to see that a page
 * of this very host sends it: no other could do harm by it, but use up the
 * failures of its visitor.  OK, or what is wrong.
 */
enum err operator_form(struct serving *);
/* The same for a form whose body has come, where it is one; of another page it
 * is ERR_ORIGIN_NOT_ALLOWED. */
bool	 operator_is_asked(const char *form, size_t bytes);
enum err operator_take(struct serving *, const char *form, size_t bytes);

/* Of a page whose answer tells whether a key is the operator's: a wrong one is
 * one failure of the client's.  OK or ERR_RATE_LIMITED. */
enum err operator_count_guess(struct serving *);
/*
 * Who is not the operator asked for a page of his; a wrong key is counted.
 * `has_form': the page asks for the key, where the caller is a person and there
 * is a key to be had.  ERR_OPERATOR_ONLY, ERR_RATE_LIMITED, or OK where the
 * page was sent.
 */
enum err operator_refuse(struct serving *, bool has_form);

#endif
