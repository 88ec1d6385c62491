#ifndef VIADUCT_STORE_EXPOSURE_H
#define VIADUCT_STORE_EXPOSURE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct conf;
struct routes;

/* Whether what the operator wrote can be read by whom it is not meant for. */

/* The files and folders that no browser is to fetch. */
enum { EXPOSURE_MAX = 6 };
size_t	 exposure_files(const struct conf *, const char *list[EXPOSURE_MAX]);
/* Is this path, links followed, below that folder? */
bool	 exposure_is_below(const char *path, const char *folder);

/* Do the routes hold what callers are not to see: a field of route_headers that
 * is added to requests, or a URL with a query? */
bool	 exposure_has_secrets(const struct routes *);
/* May others read the database?  True with a sentence, its path the subject. */
bool	 exposure_of_database(const struct conf *, struct buf *);

#endif
