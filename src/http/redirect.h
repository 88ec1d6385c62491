#ifndef VIADUCT_HTTP_REDIRECT_H
#define VIADUCT_HTTP_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;
struct url;

enum redirect_mode { REDIRECT_SAME_SITE, REDIRECT_FOLLOW, REDIRECT_PASS };

/* What is known of the place that a redirect leads to. */
enum redirect_place {
	REDIRECT_BARRED,	/* it may not be asked for */
	REDIRECT_UNKNOWN,	/* nothing lists its host */
	REDIRECT_ALIKE,		/* a pattern of target_hosts does */
	REDIRECT_NAMED,		/* an enabled route or target_hosts does */
	REDIRECT_STATED		/* target_hosts does, with its port */
};

/* What a 3xx of a target asks for, and what is to be done. */
struct redirect {
	bool		 follow;	/* else the 3xx goes to the client */
	const char	*url;		/* follow: the next URL */
	bool		 leaves_origin;	/* drop credentials, injected fields */
	bool		 other_host;	/* what is said of TLS for the first
					 * host is not meant for it */
	bool		 stranger;	/* another site that nothing names:
					 * public addresses only */
};

/*
 * Judge one 301, 302, 303, 307 or 308; other statuses are not for here.
 *
 *   mode, hops_left   redirects, max_redirects less those made
 *   method            only GET and HEAD are followed
 *   from              the URL that answered
 *   location          the field's value, relative or absolute; NULL: pass
 *   place(arg, url)   what is known of that place?
 *
 * same-site: same host, or differing by a leading "www." only, or http->https
 * on it, or a listed host.  follow: any host.  Never to one that is barred;
 * https never goes to http; other schemes, userinfo, dot segments: passed.  The
 * address policy judges the connection later.  Where the origin changes, the
 * port must be stated, the default one or that of the old URL.  OK or
 * ERR_NO_MEMORY.
 */
enum err redirect_judge(struct arena *, enum redirect_mode, int hops_left,
	    const char *method, const struct url *from, const char *location,
	    enum redirect_place (*place)(const void *arg, const struct url *),
	    const void *arg, struct redirect *);

/* A route, there and here. */
struct redirect_route {
	const char	*base;		/* its URL */
	const char	*mount, *name;	/* here: mount + "/" + name; mount for
					 * "*" */
	const char	*host;		/* what its target takes for its Host;
					 * NULL: that of its URL */
	bool		 pages;		/* its target may know where it stands
					 * here, and write that */
};

/*
 * The Location a client gets: resolved against `from'; where it lies at or
 * below the route's base URL, the route's own path on this host
 * (mount + "/" + name + rest; mount + rest for "*"); otherwise absolute as
 * resolved.  Parameters that the base URL has of its own are taken off.  NULL
 * when it cannot be read as http(s) at all, or would show one of those: then
 * the field is dropped.
 */
const char *redirect_location(struct arena *, const struct url *from,
	    const char *location, const struct redirect_route *);

/*
 * The way back: the target's URL for the address of one of the route's own
 * pages here; NULL when it is none.  The address's origin is not looked at.
 * ERR_NO_MEMORY or OK.
 */
enum err redirect_back(struct arena *, const struct url *here,
	    const struct redirect_route *, const char **there);

/* What of u's path lies at or below that of the route's base; NULL when it does
 * not. */
const char *redirect_below(const struct url *u, const struct url *base);

/*
 * The same in answer to a request that carried a whole URL: where such a one
 * may ask for the place too, and https is not left for http, the path by which
 * it can (mount + "/https://host/path").
 */
const char *redirect_whole(struct arena *, const struct url *from,
	    const char *location, const char *mount,
	    enum redirect_place (*place)(const void *arg, const struct url *),
	    const void *arg);

#endif
