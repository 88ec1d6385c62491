#ifndef VIADUCT_CLIENT_REPLY_FIELDS_H
#define VIADUCT_CLIENT_REPLY_FIELDS_H

#include "client/pages.h"

struct buf;
struct fields;
struct lang;
struct limited;

/* The header fields of answers made here, but those that all answers have.  For
 * client/reply alone.  Each returns OK or ERR_NO_MEMORY. */

/* Of any of them; `type' NULL: it has no body. */
enum err reply_fields_own(struct fields *, const char *type);

/* Of an HTML page; `lang' NULL: it is English for everybody. */
enum err reply_fields_page(struct fields *, const struct buf *policy,
	    const struct lang *, const char *vary, int refresh_s);

/* Of an error in this form; `allow' as struct reply has it, `limited' for
 * ERR_RATE_LIMITED. */
enum err reply_fields_error(struct fields *, enum page_form,
	    const struct buf *policy, const struct page_fault *,
	    const char *allow, const struct limited *limited);

#endif
