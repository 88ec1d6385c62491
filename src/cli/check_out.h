#ifndef VIADUCT_CLI_CHECK_OUT_H
#define VIADUCT_CLI_CHECK_OUT_H

#include <stdbool.h>

#include "core/buf.h"

struct check;

/* What `viaduct check' prints: a line for each finding, or one document in
 * JSON at the end.  What a terminal would obey becomes "?". */
struct check_out {
	struct check	*ck;		/* what it is of */
	bool		 json;
	const char	*settings;	/* the file; NULL: none was found */
	struct buf	 findings;	/* the members of an array */
	struct buf	 targets;	/* likewise, what --probe saw */
	bool		 probed;
};

/* The exit status. */
enum { CHECK_SOUND = 0, CHECK_PROBLEMS = 1, CHECK_BLIND = 2 };

void	check_out_init(struct check_out *, struct check *, bool json);
/* As the `say' of struct check; `out' is a struct check_out. */
void	check_out_finding(void *out, bool warning, const char *where,
	    const char *what);
/* For people: a line that is no finding. */
void	check_out_line(struct check_out *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* The last line, or the document.  The exit status. */
int	check_out_end(struct check_out *);

#endif
