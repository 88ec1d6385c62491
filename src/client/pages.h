#ifndef VIADUCT_CLIENT_PAGES_H
#define VIADUCT_CLIENT_PAGES_H

#include "core/err.h"

struct buf;
struct conf;
struct page_frame;

enum page_form { PAGE_HTML, PAGE_PROBLEM, PAGE_TEXT };

/*
 * The form that suits the caller: HTML for navigations and where text/html is
 * asked for, problem+json (RFC 9457) where JSON is, or for a script of a page,
 * else a line of text.  Any argument may be NULL.
 */
enum page_form	 page_choose(const char *accept, const char *fetch_mode,
		    const char *origin);
const char	*page_type(enum page_form);	/* Content-Type */
const char	*page_reason(int status);	/* "Not Found"; "Status" */

/*
 * Append the answer to a request that ended in this error.  The HTML form of
 * what err_from_target() names is the splash page.  `conf' NULL: the texts are
 * the defaults.  `detail' is a sentence that says more than the error's own;
 * NULL: there is none.  `request_id' is 32 hex digits.
 */
void		 page_error(struct buf *, enum page_form, const struct conf *,
		    enum err, const char *detail, const char *request_id);
/* The page of MOUNT/: what this is, how to call it.  The frame has `conf'. */
void		 page_start(struct buf *, const struct page_frame *,
		    const char *mount);

#endif
