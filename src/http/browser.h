#ifndef VIADUCT_HTTP_BROWSER_H
#define VIADUCT_HTTP_BROWSER_H

#include <stdbool.h>

#include "core/err.h"

struct arena;
struct fields;

/*
 * What a browser makes of a request that the script of a page has it send, by
 * the Fetch standard (fetch.spec.whatwg.org); no I/O.
 */
struct browser_request {
	const char	*method, *origin;
	const struct fields *fields;	/* browsers' own are passed over */
	bool		 credentials;	/* credentials: "include" */
};

/* Why a browser asks first, by a preflight. */
struct browser_reason {
	enum { BROWSER_ASKS_NOT, BROWSER_ASKS_METHOD, BROWSER_ASKS_FIELD }
			 kind;
	const char	*name;		/* of the method or the field */
};
struct browser_reason browser_asks_first(const struct browser_request *);

/* A method that no script may use: CONNECT, TRACE, TRACK. */
bool	 browser_forbids(const char *method);

/* The fields of the preflight: Origin, Access-Control-Request-Method and, where
 * a field needs it, -Headers.  ERR_NO_MEMORY or OK. */
enum err browser_preflight(const struct browser_request *, struct fields *);

/* Why an answer is kept from the page, or a preflight is no leave. */
struct browser_fault {
	enum browser_fault_kind {
		BROWSER_CONTENT,
		BROWSER_STATUS,		/* of a preflight: not 200 to 299 */
		BROWSER_NO_ORIGIN,	/* Access-Control-Allow-Origin lacks */
		BROWSER_OTHER_ORIGIN,
		BROWSER_STAR,		/* "*" where credentials are used */
		BROWSER_NO_CREDENTIALS,
		BROWSER_METHOD,		/* not in -Allow-Methods */
		BROWSER_FIELD		/* not in -Allow-Headers */
	}		 kind;
	const char	*name;		/* of the method or field; NULL */
};
struct browser_fault browser_may_read(const struct browser_request *,
	    const struct fields *answer);
struct browser_fault browser_may_send(const struct browser_request *,
	    int preflight_status, const struct fields *preflight_answer);

/* Does the script see this field of an answer that it may read? */
bool	 browser_shows(const struct browser_request *,
	    const struct fields *answer, const char *name);

#endif
