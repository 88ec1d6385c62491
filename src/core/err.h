#ifndef VIADUCT_CORE_ERR_H
#define VIADUCT_CORE_ERR_H

/*
 * Every way a request can end other than well: the rows of err.def, which says
 * what each has.
 */
enum err {
	OK,
#define ERR(member, ...) member,
#include "core/err.def"
#undef ERR
	ERR__MAX
};

int		 err_status(enum err);	/* 200..599; 499 for ERR_CLIENT_GONE */
const char	*err_word(enum err);	/* "no_route"; "ok" for OK */
const char	*err_type(enum err);	/* RFC 9209 error type */
const char	*err_detail(enum err);	/* for the caller: one sentence */
const char	*err_mend(enum err);	/* for the operator: what changes it */
int		 err_from_target(enum err);	/* true: the splash page's case */

#endif
