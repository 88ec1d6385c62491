#ifndef VIADUCT_HTTP_ACCEPT_H
#define VIADUCT_HTTP_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

/* One member of an Accept field (RFC 9110 12.5.1), its parameters apart. */
struct accept_range {
	const char	*type;		/* "text/html", "image/" + "*" */
	size_t		 len;
	int		 weight;	/* thousandths; 0: not acceptable */
};

/*
 * The next range of the list; false at its end.  Start with the value of the
 * field.  What is no range, or has a weight that is none, is passed over.
 */
bool	 accept_next(const char **list, struct accept_range *);

/* Is it this one, without regard to case? */
bool	 accept_is(const struct accept_range *, const char *type);
/* Is it of this kind: "image/"? */
bool	 accept_begins(const struct accept_range *, const char *kind);
/* JSON, or a format that is made of it (RFC 6839 3.1). */
bool	 accept_is_json(const struct accept_range *);

#endif
