#ifndef VIADUCT_SERVE_WATCH_H
#define VIADUCT_SERVE_WATCH_H

#include "core/err.h"
#include "http/fields.h"

struct certificate;
struct fetch;
struct redirect;

/* One fetch of a request that is over. */
struct hop {
	const char	*id;		/* the request's */
	const struct fetch *fetch;	/* its `seen' is filled in */
	enum err	 err;
	int		 status;	/* 0: no head came */
	const struct fields *head;	/* as the target sent it */
	const struct redirect *next;	/* what it asks for; NULL: no redirect,
					 * or none that may be followed */
};

/* Who is told of each. */
struct watch {
	void		 (*hop)(void *arg, const struct hop *);
	void		*arg;
	struct certificate *certificate;	/* where fetch is to put it;
						 * NULL: not wanted */
};

#endif
