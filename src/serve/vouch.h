#ifndef VIADUCT_SERVE_VOUCH_H
#define VIADUCT_SERVE_VOUCH_H

struct arena;
struct route;
struct routes;
struct url;

enum vouch {
	VOUCH_NONE,	/* no route speaks for the place */
	VOUCH_REACHED,	/* one would lead there, for this caller, or the
			 * one that was asked for does */
	VOUCH_GUARDED	/* it is a route's own, which would not */
};

/*
 * May a redirect lead to a place because a route leads to its host?  Other
 * than the one that was asked for, a route speaks for its host only to whom it
 * would answer itself: without a key or token, and with this Origin (NULL:
 * none).  What lies at or below a route's URL is that route's alone, of
 * several the one whose URL is longest, and within its filters.  For want of
 * memory guarded.
 */
enum vouch vouch(const struct routes *, const struct route *asked,
	    const char *origin, const struct url *to, struct arena *);

#endif
