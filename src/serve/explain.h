#ifndef VIADUCT_SERVE_EXPLAIN_H
#define VIADUCT_SERVE_EXPLAIN_H

#include <stdbool.h>

#include "core/err.h"
#include "http/fields.h"
#include "serve/walk.h"

struct snapshot;
struct means;

/* A request that nobody sent, which is to be explained. */
struct asked {
	const char	*method;
	const char	*path;		/* below the mount, a query too; the
					 * leading "/" may lack */
	const char	*origin;	/* NULL: none */
	const struct fields *fields;	/* others, as a client writes them */
	/* how callers reach the gateway */
	const char	*mount;		/* "" or "/..." */
	const char	*host;		/* NULL: not known */
	bool		 https;
};

/* One step; those that no such request takes are left out. */
struct explained_step {
	const char	*word;		/* stable, snake_case */
	const char	*title;		/* for people */
	enum outcome	 outcome;
	enum err	 err;
	const char	*fact;		/* what it looked at, or why it refuses;
					 * NULL: nothing to say */
};

/* What a browser does for the script of a page. */
struct explained_view {
	bool		 script;	/* false: it is none, or of this very
					 * host; only `sentences' count */
	bool		 asks_first;	/* by a preflight */
	bool		 may_send;	/* the preflight is passed, or none
					 * is needed */
	/* may it read the answer? */
	enum { VIEW_NO, VIEW_YES, VIEW_UNKNOWN } plain, credentials;
	const char	*sees;		/* names of fields, or a phrase */
	const char	*sentences[6];
	size_t		 n_sentences;
};

/* What would change the outcome. */
struct remedy {
	const char	*what;		/* one sentence */
	const char	*statement;	/* to be copied; NULL */
	const char	*where;		/* the file, or "a shell"; NULL */
};

enum { EXPLAINED_REMEDIES = 12 };
/* All of it in the arena, for an operator; keys, what route_headers set and the
 * query of a route's URL are not in it.  No text is escaped. */
struct explanation {
	const struct asked *asked;
	const char	*path;		/* as it was asked, "/" in front */
	const char	*origin;	/* as it was read; NULL: none */
	enum err	 err;		/* OK: permitted */
	const char	*detail;	/* of err, for the caller; NULL */
	const char	*route;		/* NULL: none */
	const char	*sends;		/* what would go to the target; NULL */
	struct explained_step steps[STEP__MAX];
	size_t		 n_steps;
	/* the answer; of a target's what is added to its own fields */
	int		 status;
	struct fields	 fields;
	bool		 relayed;
	struct explained_view view;
	struct remedy	 remedies[EXPLAINED_REMEDIES];
	size_t		 n_remedies;
};

/*
 * Walk through the steps of serve() for such a request.  Of the worker the arena
 * is used, and of the snapshot all but `shm', which may be NULL.  No target and
 * no resolver is asked, no rate charged, nothing logged.  ERR_NO_MEMORY or OK.
 */
enum err explain(struct means *, const struct snapshot *,
	    const struct asked *, struct explanation *);

#endif
