#ifndef VIADUCT_CLI_CHECK_H
#define VIADUCT_CLI_CHECK_H

#include "core/arena.h"

struct conf;
struct keys;
struct routes;

/* One run of `viaduct check'. */
struct check {
	struct arena	 arena;
	int		 problems, warnings;
	int		 blind;		/* something could not be looked at */
};

/* "WHERE: what, how to mend it" on standard output, counted. */
void	check_problem(struct check *, const char *where, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	check_warning(struct check *, const char *where, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* What is to be said of files and folders, apart from what is in them: whether
 * they are there, who may read and write them, whether a browser could fetch
 * them. */
void	check_files(struct check *, const struct conf *);
/* Whether others may read keys of targets, or of whom there are keys. */
void	check_secrets(struct check *, const struct conf *,
	    const struct routes *, const struct keys *);

/* Keys that open nothing, and routes that no key opens. */
void	check_keys(struct check *, const struct keys *, const struct routes *);

#endif
