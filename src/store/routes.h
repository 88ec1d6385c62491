#ifndef VIADUCT_STORE_ROUTES_H
#define VIADUCT_STORE_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "store/conf.h"

struct arena;
struct buf;

struct route {
	const char	*name;		/* "*" for the fallback */
	const char	*url;		/* trusted: judged at load */
	const char	*host;		/* of url, lower case */
	const char	*fault;		/* NULL, or why the row is invalid (500) */
	struct rules	 rules;
};

/* The rows as the database has them: plain text, one load.  Kept so that new
 * settings can be laid under the last good rows while the file is unreadable. */
struct rows;
struct rows_stamp;		/* what the file looked like at that load */

/*
 * Read all enabled rows.  NULL with a sentence in `why' (a file that is missing,
 * no database, damaged, of another schema; busy beyond 250 ms ...).
 * `busy' is set when trying again may help.
 */
struct rows	*rows_load(const char *path, struct buf *why, bool *busy);
void		 rows_free(struct rows *);
/* Has the file changed since?  By stat alone where that is certain
 * (measured.md), else by data_version.  An unreadable file counts as changed. */
bool		 rows_stale(const struct rows *, const char *path);

/* Lookup by name over a snapshot: rows laid over settings. */
struct routes;
struct routes	*routes_build(struct arena *, const struct rows *,
		    const struct conf *);	/* NULL: arena full */
/* NULL if there is no enabled route of that name.  remote_url stands in for "*"
 * where the table has none. */
const struct route *routes_find(const struct routes *, const char *name);
bool		 routes_have_host(const struct routes *, const char *host);
size_t		 routes_count(const struct routes *);
const struct route *routes_at(const struct routes *, size_t i);	/* by name */

#endif
