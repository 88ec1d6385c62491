#ifndef VIADUCT_HTTP_CSP_H
#define VIADUCT_HTTP_CSP_H

#include <stdbool.h>

struct buf;

/* What a page made here may do; nothing else, and nothing of other hosts. */
struct csp {
	const char	*style;		/* the text of a <style>; NULL: none */
	const char	*page;		/* HTML or SVG, of which each <style>
					 * may be used; NULL: none */
	const char	*script;	/* the text of a <script>, which may
					 * fetch from this host; NULL: none */
	bool		 form;		/* forms may send to this host */
	bool		 images;	/* as data: URLs */
};

/* Append its Content-Security-Policy (CSP 3), with texts by their hashes. */
void	 csp_write(struct buf *, const struct csp *);

#endif
