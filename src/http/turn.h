#ifndef VIADUCT_HTTP_TURN_H
#define VIADUCT_HTTP_TURN_H

struct arena;
struct redirect_route;
struct url;

/*
 * Addresses in fields of a page other than Location, each turned as
 * redirect_location() turns that one.  NULL where one of them cannot be read or
 * would show what is hidden, where the value means nothing, and for want of
 * memory: then the field is dropped.
 */

/* Refresh: seconds, and perhaps where to. */
const char *turn_refresh(struct arena *, const struct url *from,
	    const char *value, const struct redirect_route *);
/* Link (RFC 8288): what stands in "<>". */
const char *turn_links(struct arena *, const struct url *from,
	    const char *value, const struct redirect_route *);

#endif
