#ifndef VIADUCT_SERVE_SERVING_H
#define VIADUCT_SERVE_SERVING_H

#include "client/reply.h"
#include "client/req.h"
#include "http/target.h"
#include "serve/policy.h"
#include "serve/reach.h"
#include "serve/watch.h"
#include "store/stats.h"

struct io;
struct snapshot;
struct walk;
struct means;

/* One request on its way down; each step fills its own part.  Private to
 * serve.c and the files it is served by. */
struct serving {
	struct means		*means;
	const struct snapshot	*s;	/* NULL: no settings */
	struct io		*io;
	struct req		 rq;		/* what the web server says */
	struct caller		 caller;	/* who asks */
	struct mounted		 m;		/* what of it is below us */
	struct target		 t;		/* what it asks for */
	const struct route	*rt;		/* NULL: no route */
	struct verdict		 v;		/* what is to be fetched */
	struct reply		 rp;
	enum err		 cause;		/* not for the caller */
	bool			 waits;		/* for its route's turn, or */
	size_t			 gather_bytes;	/* for so much of its body */
	const char		*query;		/* as it came */
	bool			 dump, trace;	/* asked for by parameters */
	struct watch		 watch;		/* for the trace */
	struct walk		*walk;		/* nobody sent it; NULL */
	struct reach		 reach;		/* how its target is */
	bool			 asked;		/* its target was */
	struct stats		*counters;	/* tally's, with the next */
	struct stats_entry	 entry;
};

/* What of it a decision looks at; there is a snapshot. */
struct question	 serving_question(const struct serving *);

/*
 * Walk through the steps for a request that nobody sent: means, s, io and walk
 * are set.  What would be answered goes to io; of an answer that a target would
 * give, the head alone, as if it were 200 and had no fields of its own.  No
 * target is asked, no rate charged, nothing logged.
 */
void		 serving_walk(struct serving *);

#endif
