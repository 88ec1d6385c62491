#ifndef VIADUCT_STORE_ROWS_LIST_H
#define VIADUCT_STORE_ROWS_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

/* A row of routes as it stands there, on or off, judged by nobody. */
struct listed_row {
	const char	*name;
	const char	*url;		/* with its query: not to be shown */
	bool		 enabled;
	const char	*access, *note;	/* NULL: NULL; the note's beginning */
};
struct listed_rows {
	struct listed_row *list;	/* by name */
	size_t		 count;
	bool		 more;		/* than there is room for */
};

enum { LISTED_MAX = 500, LISTED_NOTE_MAX = 200 };	/* rows; characters */

/* All of them, into the arena.  0, or -1 with a sentence in `why'. */
int	 rows_list(const char *path, int wait_ms, struct arena *,
	    struct listed_rows *, struct buf *why);

#endif
