#ifndef VIADUCT_CLIENT_PAGES_H
#define VIADUCT_CLIENT_PAGES_H

#include "core/err.h"

struct buf;
struct conf;
struct lang;
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

/* How a request ended. */
struct page_fault {
	const struct conf *conf;	/* NULL: the texts are the defaults */
	const struct lang *lang;	/* of the HTML form */
	enum err	 why;
	const char	*detail;	/* says more than the rule's sentence,
					 * in English; NULL: there is none */
	const char	*request_id;	/* 32 hex digits */
};

/*
 * Append the answer to it.  The HTML form of what err_from_target() names is
 * the splash page.  Texts of the settings that are not the defaults stand in
 * any language as they are.
 */
void		 page_error(struct buf *, enum page_form,
		    const struct page_fault *);
/* The page of MOUNT/: what this is, how to call it.  The frame has `conf' and
 * `lang'. */
void		 page_start(struct buf *, const struct page_frame *,
		    const char *mount);

#endif
