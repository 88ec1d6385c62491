#ifndef VIADUCT_STORE_CHECK_H
#define VIADUCT_STORE_CHECK_H

#include <stdbool.h>

#include "core/arena.h"

struct buf;
struct conf;
struct keys;
struct route;
struct routes;

/* One look at all that the operator wrote. */
struct check {
	struct arena	 arena;
	bool		 mend;		/* undo what a killed writer began */
	int		 wait_ms;	/* for a writer's lock */
	int		 problems, warnings;
	bool		 blind;		/* something could not be looked at */
	/* Is told of each: `where' is FILE, FILE:LINE, routes/NAME or
	 * keys/NAME, NULL where `what' says it; `what' how to mend it.  Both
	 * live until the arena goes, and neither is escaped. */
	void		 (*say)(void *arg, bool warning, const char *where,
			    const char *what);
	/* Is told of good settings and routes when they have been looked at;
	 * both go when it returns.  NULL: nobody is. */
	void		 (*loaded)(struct check *, const struct conf *,
			    const struct routes *);
	void		*arg;
};

/* Look at the settings of this file, at the routes and keys that they name, and
 * at all files.  The caller sets up and frees the arena, which may grow to
 * CHECK_MAX_MEMORY. */
enum { CHECK_MAX_MEMORY = 128 << 20 };
void	check_run(struct check *, const char *path);

/* Append what was found: an element of an array in JSON; how many there are. */
void	check_json(struct buf *, bool warning, const char *where,
	    const char *what);
void	check_count(struct buf *, const struct check *);

/* --- its parts --- */

/* Tell, and count. */
void	check_problem(struct check *, const char *where, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	check_warning(struct check *, const char *where, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* What good settings say that the operator may not have in mind. */
void	check_settings(struct check *, const struct conf *);
/* Likewise of a route; `others': how many share the host with it. */
void	check_route(struct check *, const struct route *, const struct conf *,
	    size_t others);

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
