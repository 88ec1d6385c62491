#ifndef VIADUCT_STORE_STATS_H
#define VIADUCT_STORE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "core/histogram.h"
#include "http/forwarded.h"

struct arena;

/*
 * What became of all requests, counted by every process into one file
 * (store/shm), without a lock: a process that is killed holds nothing, and takes
 * nothing of what it has counted with it.  Where there is no file, or it fails,
 * each process counts by itself.  Any thread may call.
 */
struct stats;

enum {
	STATS_OUTCOMES = 88,	/* the last: of words that found no place */
	STATS_STATUSES = 6,	/* by their first digit */
	STATS_MINUTES = 60,
	STATS_CLIENTS = 32
};

/* Whose requests are counted together: those of a route, one place each, as
 * far as there are places; and these. */
enum stats_kind {
	STATS_NAMED,		/* a route, by its name */
	STATS_OTHERS,		/* routes that found no place, or are gone */
	STATS_WHOLE,		/* whole URLs */
	STATS_OWN,		/* pages made here */
	STATS_NONE,		/* nothing that there is */
	STATS__MAX
};
enum {
	STATS_ROUTES = 44,
	STATS_SCOPES = STATS_ROUTES + STATS__MAX - 1
};

/* A request on its way. */
struct stats_entry {
	int		 place;		/* where it is counted */
	uint64_t	 id;		/* of its route; 0: it has none */
	bool		 crowded;	/* its route found no place */
	void		*open;		/* for stats_leave() */
};

/* A request that leads to this route, or to what is of a kind (then `route' is
 * not looked at), is open from here on; until stats_leave(), after it was
 * counted. */
struct stats_entry stats_enter(struct stats *, enum stats_kind,
	    const char *route);
void	 stats_leave(const struct stats_entry *);
/* Before it is counted: nobody waits for a request whose process has no place
 * of its own (open is NULL), so its route's may be another's by now.  It is of
 * STATS_OTHERS then. */
void	 stats_confirm(struct stats *, struct stats_entry *);

/* The table of routes, as far as it matters here. */
struct stats_table {
	bool		(*has)(const void *routes, const char *name);
	const void	*routes;
};
/*
 * Where a request was crowded out: give back the places of routes that are not
 * in the table any more.  What they have counted is of STATS_OTHERS then.  A
 * place with a request under way, or of this minute, waits; so it is looked for
 * but once a minute, by all processes together.  True: there is room now.
 */
bool	 stats_make_room(struct stats *, const struct stats_table *,
	    int64_t now_s);

/* A request that has ended. */
struct stats_request {
	enum err	 outcome;
	int		 status;	/* as it was sent */
	int64_t		 total_us;
	int64_t		 target_us;	/* 0: no target was asked */
	int64_t		 in_bytes, out_bytes;	/* of bodies */
};
void	 stats_count(struct stats *, int place, const struct stats_request *,
	    int64_t now_s);

/*
 * A target has answered, or failed by `outcome' (err_from_target).  How many
 * seconds since the first of its failures that no success followed, 0 for the
 * first itself; -1: it is up.  This is known of routes without a place, too.
 */
int64_t	 stats_target(struct stats *, const struct stats_entry *,
	    enum err outcome, int64_t now_s);

/* As long, of one that is not asked now; nothing is counted. */
int64_t	 stats_down_s(struct stats *, const struct stats_entry *,
	    int64_t now_s);
/* Until then, in seconds since 1970, it is not asked (http/breaker). */
void	 stats_pause(struct stats *, const struct stats_entry *,
	    int64_t until_s);

/* The rate of this client (struct client, block) was used up. */
void	 stats_refused(struct stats *, int place,
	    const unsigned char block[CLIENT_BLOCK_BYTES], int64_t now_s);

/* --- all of it, to be shown --- */

struct stats_sum {
	uint64_t	 outcomes[STATS_OUTCOMES];	/* by stats_view */
	uint64_t	 statuses[STATS_STATUSES];
	uint64_t	 total[HISTOGRAM_BUCKETS], target[HISTOGRAM_BUCKETS];
	uint64_t	 total_us, target_us;
	uint64_t	 in_bytes, out_bytes;
};

/* Times are seconds since 1970. */
struct stats_scope_view {
	enum stats_kind	 kind;
	const char	*name;		/* of a route; "_others", "_whole",
					 * "_own", "_none" */
	struct stats_sum ever, hour;
	struct stats_minute {
		uint64_t answered, refused, failed;
	} minutes[STATS_MINUTES];	/* the last is the one that runs */
	uint64_t	 open;
	enum { STATS_UNKNOWN, STATS_UP, STATS_DOWN } target;
	int64_t		 target_since_s;	/* 0: unknown */
	int64_t		 paused_until_s;	/* it is down, and not asked;
						 * 0: it is */
	const char	*fault;		/* the word of its last failure; NULL */
};

struct stats_view {
	int64_t		 now_s, began_s;
	bool		 shared;	/* false: of this process alone */
	int		 processes;	/* that live now */
	struct {
		const char	*word;	/* NULL: this place is free */
		int		 status;
	} outcomes[STATS_OUTCOMES];	/* [0] is "ok" */
	struct stats_scope_view all;	/* its name is "" */
	struct stats_scope_view *scopes;	/* that were asked for: routes
						 * by name, then the kinds */
	size_t		 n_scopes;
	struct stats_client {
		char		 client[CLIENT_BLOCK_TEXT];
		const char	*scope;
		uint64_t	 refused;
		int64_t		 last_s;	/* to the minute */
	} clients[STATS_CLIENTS];	/* of the last hour, the most refused
					 * first */
	size_t		 n_clients;
};

/* With a table, what is not in it is of STATS_OTHERS.  NULL when the arena is
 * full. */
struct stats_view *stats_read(const struct stats *, struct arena *,
	    const struct stats_table *, int64_t now_s);
/* For who compares one view with the next: none of `ever' takes over what
 * another has counted.  What is not in the table is a scope without a target
 * until its place is given back, and is left out then. */
struct stats_view *stats_read_steady(const struct stats *, struct arena *,
	    const struct stats_table *, int64_t now_s);
/* "2xx" to "5xx". */
const char	*stats_status_name(int first_digit);
/* What an outcome counts as. */
enum stats_sort { STATS_ANSWERED, STATS_REFUSED, STATS_FAILED };
enum stats_sort	 stats_sort(int status);
/* All of one sort, and all there are. */
uint64_t	 stats_requests(const struct stats_view *,
		    const struct stats_sum *, enum stats_sort);
uint64_t	 stats_all(const struct stats_sum *);
/* Which outcomes came to pass there, the most frequent of the hour first; how
 * many. */
size_t		 stats_ranked(const struct stats_view *,
		    const struct stats_scope_view *,
		    size_t ranked[STATS_OUTCOMES]);
uint64_t	 stats_in_minute(const struct stats_minute *, enum stats_sort);

/* --- for store/shm --- */

struct stats_area;
/*
 * Counters in this area of a file, which is zero when it is new; NULL, and no
 * file: in memory of this process.  `seed' is the same for all who share it.
 * NULL: no memory.  To be closed before the area and the file are.
 */
struct stats	*stats_open(struct stats_area *, int fd,
		    const unsigned char seed[16]);
/* To be read only. */
struct stats	*stats_look(const struct stats_area *, int fd,
		    const unsigned char seed[16]);
void		 stats_close(struct stats *);	/* NULL is nothing */
/* Has the file failed under its user (store/bus)? */
bool		 stats_has_failed(const struct stats *);

#endif
