#ifndef VIADUCT_SERVE_SERVER_FACTS_H
#define VIADUCT_SERVE_SERVER_FACTS_H

#include <stddef.h>

struct serving;

/* What the web server has passed on with a request, as far as much hangs on it:
 * a program cannot ask it. */
struct server_fact {
	const char	*word;		/* stable, snake_case */
	const char	*title;		/* for people */
	enum { FACT_GOOD, FACT_PLAIN, FACT_FAIR, FACT_BAD } state;
	const char	*text;		/* what there is, and how to mend it;
					 * not escaped */
};

enum { SERVER_FACTS = 10 };

/* Into `to', in the request's arena.  How many. */
size_t	 server_facts(const struct serving *, struct server_fact *to);

#endif
