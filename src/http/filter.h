#ifndef VIADUCT_HTTP_FILTER_H
#define VIADUCT_HTTP_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;

/* A path that nobody may reach. */
struct filter {
	const char	*path;		/* in the form in which it is compared */
	bool		 below;		/* "/x/": also all below "/x" */
};
struct filters {
	const struct filter	*list;
	size_t			 count;
};

/*
 * Read one as an operator writes it: "/admin", or "/private/" with a "*" behind
 * for it and everything below.  OK, ERR_NO_MEMORY, or ERR_CONFIGURATION with a
 * sentence in *why (static storage).
 */
enum err filter_read(struct arena *, const char *text, size_t len,
	    struct filter *, const char **why);

/*
 * May this path below a route, as the client wrote it, be reached?  It is
 * compared as the most generous of servers would read it: percent-decoded until
 * nothing changes, "\" for "/", slashes merged, in each segment what follows a
 * ";" and dots and blanks at its end cut off, ended by "?", "#" or a NUL, without
 * regard to the case of ASCII.  OK, ERR_FILTERED_PATH or ERR_NO_MEMORY.
 */
enum err filter_judge(struct arena *, const struct filters *,
	    const char *path);

#endif
