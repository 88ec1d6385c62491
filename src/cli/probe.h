#ifndef VIADUCT_CLI_PROBE_H
#define VIADUCT_CLI_PROBE_H

#include "core/arena.h"
#include "http/target.h"
#include "store/routes.h"
#include "upstream/certificate.h"
#include "upstream/fetch.h"

struct check;
struct check_out;
struct snapshot;

/* One fetch that a target was asked by.  A URL stands without its query, and
 * as its origin alone where the rest would show what is secret. */
struct probe_hop {
	const char	*url;
	const char	*host;		/* of it */
	enum err	 err;
	int		 status;	/* 0: no head came */
	const char	*location;	/* where a redirect leads; NULL */
	bool		 location_cut;	/* there was a query, or more */
	bool		 astray;	/* ... to what is no URL */
	bool		 followed;
	struct fetch_seen seen;
	struct certificate certificate;
	bool		 judged;	/* by its chain, not by a pin alone */
	bool		 would_pass;	/* if it is not: it could be */
};

struct probe_answer {
	enum err	 err;
	struct probe_hop *hops;
	size_t		 n_hops;
	/* of the last hop's head; NULL where there is none */
	const char	*type, *allow_origin;
	bool		 allow_credentials;
};

/* A target, and what came of asking it.  Its texts live in its arena. */
struct probe {
	struct arena	 arena;
	const char	*where;		/* routes/NAME, target_hosts/HOST */
	const struct route *route;
	struct target	 target;
	const char	*origin;	/* it was asked for a page of this */
	struct probe_answer answer;
	int		 refuses_origin; /* the status, where it answers well
					 * without; 0: no */
	bool		 any_origin;	/* it lets every page read it */
	bool		 proxied;	/* addresses are the outbound proxy's */
	bool		 done;
};

/* The targets of all sound routes, and the hosts that target_hosts names in
 * full, in an array of the arena; NULL: no memory.  To be freed. */
struct probe	*probe_list(struct arena *, const struct snapshot *,
		    size_t *count);
void		 probe_free(struct probe *, size_t count);

/* Ask one, in any thread. */
void		 probe_ask(struct probe *, const struct snapshot *,
		    struct fetcher *);
/* A URL as it may be shown. */
const char	*probe_url(struct probe *, const char *url, bool *cut);

/* What it was like, for people or as JSON. */
void		 probe_tell(const struct probe *, struct check_out *);
/* What of it is to be mended. */
void		 probe_judge(struct probe *, struct check *,
		    const struct conf *);

/* Ask all of them, several at once, and tell of each in order; shows on a
 * terminal how far it is.  -1: could not. */
int		 probe_all(struct check *, struct check_out *,
		    const struct conf *, const struct routes *);

#endif
