#ifndef VIADUCT_SERVE_EXPLAINING_H
#define VIADUCT_SERVE_EXPLAINING_H

#include "serve/explain.h"
#include "serve/serving.h"

struct browser_fault;

/* One explanation while it is made; private to the files explain*.c. */
struct explaining {
	struct arena		*arena;
	const struct serving	*x;		/* after the walk */
	const struct walk	*walk;
	struct explanation	*to;
};

/* Text in the arena; "" when it is full. */
const char *explain_text(struct arena *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* What decides: of the route, or else of the settings. */
const struct rules *explain_rules(const struct explaining *);

/* `steps', from the walk. */
void	 explain_steps(const struct explaining *);
/* What would change each step that refused. */
void	 explain_remedies(const struct explaining *);
/* ... and what a browser holds against the gateway's answer. */
void	 explain_remedy_for(const struct explaining *,
	    const struct browser_fault *);

#endif
