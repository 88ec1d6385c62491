#ifndef VIADUCT_STORE_ROUTES_H
#define VIADUCT_STORE_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/field_edit.h"
#include "store/conf.h"

struct arena;

struct route {
	const char	*name;		/* "*" for the fallback */
	const char	*url;		/* trusted: judged at load */
	const char	*host;		/* of url, lower case */
	const char	*origin;	/* url_origin() of url; NULL: none */
	const char	*fault;		/* NULL, or why it is invalid: 500 */
	bool		 whole;		/* made for one request, which carries
					 * a whole URL: no row of the table */
	struct rules	 rules;		/* of a row with a fault: the INI's */
	struct field_edits up, down;	/* of requests, of answers */
	uint64_t	 target;	/* targets_id(); 0: not known, as of
					 * a whole one */
};

/* Lookup by name over a snapshot: rows laid over settings. */
struct routes;
struct rows;
struct shm;
/* `shm': where their targets are known (store/targets); NULL: nowhere.  NULL:
 * arena full. */
struct routes	*routes_build(struct arena *, const struct rows *,
		    const struct conf *, const struct shm *);
/* NULL if there is no enabled route of that name.  remote_url stands in for
 * "*" where the table has none. */
const struct route *routes_find(const struct routes *, const char *name);
size_t		 routes_count(const struct routes *);
const struct route *routes_at(const struct routes *, size_t i);	/* by name */
/* May answers run as pages of this host, by `render' of the settings or of any
 * route, or since its route_headers change what keeps them from it? */
bool		 routes_render(const struct routes *);

#endif
