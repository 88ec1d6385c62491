#ifndef VIADUCT_HTTP_CORS_H
#define VIADUCT_HTTP_CORS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;
struct fields;

/* One entry of allow_origins or own_origin, canonical: lower case, default
 * port removed. */
struct cors_origin {
	enum cors_kind { CORS_EXACT, CORS_SUBDOMAINS, CORS_ANY_PORT } kind;
	/* EXACT: the whole origin ("null" too); SUBDOMAINS: the same with
	 * "*." before the name; ANY_PORT: with ":*" for a port. */
	const char	*text;
};

/* A route's rule, or that of the INI. */
struct cors_rule {
	bool			 any;		/* allow_origins = * */
	const struct cors_origin *allow;	/* allow_origins, else */
	size_t			 n_allow;
	const struct cors_origin *own;		/* own_origin */
	size_t			 n_own;
	bool			 require_origin;
	bool			 credentials;
	bool			 private_network;
	bool			 timing;	/* timing_allow_origin */
	bool			 target;	/* cors = target */
	const char		*methods;	/* "GET, HEAD, POST" */
	const char		*headers;	/* "A, B" or "*" */
	const char *const	*also;		/* belong to every list of
						 * them; NULL ends; NULL: none */
	const char		*expose;	/* "A, B" or "*" */
	int			 max_age_seconds;
};

enum cors_class { CORS_ABSENT, CORS_NULL, CORS_OWN, CORS_LISTED, CORS_PATTERN,
    CORS_UNLISTED, CORS_MALFORMED };

/* What one request is granted. */
struct cors_grant {
	enum cors_class	 class;
	enum err	 err;		/* OK, ERR_MALFORMED_ORIGIN,
					 * ERR_ORIGIN_NOT_ALLOWED,
					 * ERR_ORIGIN_REQUIRED */
	const char	*allow_origin;	/* value of ACAO; NULL: no CORS fields */
	bool		 vary_origin;	/* the answer depends on Origin */
	const struct cors_rule *rule;
};

/*
 * Read one entry as an operator writes it: "https://a.example", the same with
 * "*." before a name of two labels or more, "http://localhost:*", "null".
 * Upper case and a default port are mended; anything else that no browser would
 * send is refused with a sentence in *why (static storage).
 * "*" is not for here.  OK, ERR_NO_MEMORY or ERR_CONFIGURATION.
 */
enum err cors_origin_read(struct arena *, const char *text,
	    struct cors_origin *, const char **why);

/* Is the suffix of this pattern shared by strangers (github.io ...)? */
bool	 cors_shared_suffix(const struct cors_origin *);

/* NULL, or why the rule contradicts the Fetch standard or opens too much. */
const char *cors_rule_fault(const struct cors_rule *);

/*
 * Decide by the table of tests/data/cors.txt.  `origin' is the field's value,
 * NULL if there is none; the grant points into it and into the rule, which has
 * no cors_rule_fault().  With rule->target, an unlisted origin is not refused,
 * and gets no CORS fields from here.
 */
struct cors_grant cors_decide(const struct cors_rule *, const char *origin);

/* OPTIONS with Origin and one valid Access-Control-Request-Method. */
bool	 cors_is_preflight(const char *method, const struct fields *in);

/*
 * Append the CORS fields of an actual answer: ACAO, ACAC, Expose-Headers,
 * Timing-Allow-Origin; exactly one of each, or none.  With credentials and
 * expose "*", Expose-Headers names the fields already in `out' that a script
 * could not read otherwise.  Merges Vary.
 */
enum err cors_answer(const struct cors_grant *, struct fields *out);

/* After cors_answer(), on an answer made here: scripts may read those of these
 * fields (NULL-terminated) that are in `out', whatever the rule exposes. */
enum err cors_expose(const struct cors_grant *, const char *const *names,
	    struct fields *out);

/* Append the fields of a preflight's 204, from what the browser asked (`in').
 * Merges Vary. */
enum err cors_preflight(const struct cors_grant *, const struct fields *in,
	    struct fields *out);

#endif
