#ifndef VIADUCT_CLIENT_PAGES_H
#define VIADUCT_CLIENT_PAGES_H

#include "core/err.h"

struct buf;
struct conf;

enum page_form { PAGE_HTML, PAGE_PROBLEM, PAGE_TEXT };

struct page {
	enum err	 err;		/* what happened; OK for the start page */
	const char	*request_id;
	const char	*mount;		/* start page: how to call it */
	const char	*allow;		/* 405: the methods */
};

/* By Accept, Sec-Fetch-Mode and Origin (interface.md, "Answers made here").
 * Any may be NULL. */
enum page_form	 page_choose(const char *accept, const char *fetch_mode,
		    const char *origin);
const char	*page_type(enum page_form);	/* Content-Type */
/* `conf' NULL: the defaults' texts.  The splash page is the HTML form of the
 * errors that err_from_target() names. */
void		 page_render(struct buf *, enum page_form, const struct conf *,
		    const struct page *);

#endif
