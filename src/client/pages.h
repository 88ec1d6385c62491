#ifndef VIADUCT_CLIENT_PAGES_H
#define VIADUCT_CLIENT_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

struct buf;
struct conf;
struct lang;
struct page_frame;

enum page_form { PAGE_HTML, PAGE_PROBLEM, PAGE_IMAGE, PAGE_TEXT };

/*
 * The form that suits the caller: HTML for navigations and where text/html is
 * asked for, problem+json (RFC 9457) where JSON is, an image where images are,
 * problem+json for a script of a page, else a line of text.  What has the
 * weight 0 is not asked for.  Any argument may be NULL.
 */
enum page_form	 page_choose(const char *accept, const char *fetch_mode,
		    const char *origin);
const char	*page_type(enum page_form);	/* Content-Type */
const char	*page_reason(int status);	/* "Not Found"; "Status" */

/* How a request ended. */
struct page_fault {
	const struct conf *conf;	/* NULL: the texts are the defaults */
	const struct lang *lang;	/* of the HTML form */
	enum err	 why;
	const char	*detail;	/* says more than the rule's sentence,
					 * in English; NULL: there is none */
	const char	*request_id;	/* 32 hex digits */
	int		 again_s;	/* of page_again_s() */
	bool		 reload;	/* the page may load itself again */
};

/*
 * Append the answer to it to `body', and to `policy' what that may do: nothing
 * where it is neither HTML nor an image.  The HTML form of what
 * err_from_target() names is the splash page.  A template of the operator's
 * takes the place of the page made here.  Texts of the settings that are not
 * the defaults stand in any language as they are.
 */
void		 page_error(struct buf *body, struct buf *policy,
		    enum page_form, const struct page_fault *);

/* Does the HTML form of it load itself again, after `again_s'? */
bool		 page_reloads(const struct page_fault *);

/*
 * After how many seconds to ask again: the longer, the longer the target has
 * been down (-1: unknown), at most five minutes, and never before its pause
 * ends.  0: asking again is of no use.
 */
int		 page_again_s(enum err, int64_t down_s, int64_t pause_ms);

/* What stands in <main> of MOUNT/: what this is, how to call it.  The frame has
 * `conf' and `lang'; `mount' is as callers are to write it. */
void		 page_start(struct buf *, const struct page_frame *,
		    const char *mount);

#endif
