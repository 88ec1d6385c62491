#ifndef VIADUCT_HTTP_WHOLE_H
#define VIADUCT_HTTP_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;
struct url;

/* One entry of target_hosts. */
struct whole_host {
	const char	*text;		/* as written */
	const char	*name;		/* as url_split() has it; of a pattern
					 * what follows its "*" */
	bool		 pattern;	/* *.example.com */
	int		 port;		/* 0: any of `ports' */
};

/* Which whole URLs may be asked for. */
struct whole_rule {
	enum whole_targets { WHOLE_NAMED, WHOLE_LISTED, WHOLE_ANY } targets;
	const struct whole_host *hosts;
	size_t			 n_hosts;
	const int		*ports;
	size_t			 n_ports;
};

/*
 * Read an entry of target_hosts: a host (an address too, IPv6 in brackets),
 * the same with a port, or "*." before a name of two labels or more.
 * ERR_CONFIGURATION with a sentence in *why (static storage); ERR_NO_MEMORY.
 */
enum err whole_host_read(struct arena *, const char *text,
	    struct whole_host *, const char **why);

/* Does this text, that stands where a route's name could, begin like a URL of
 * any scheme, or like https/host? */
bool	 whole_is_url(const char *text);

/*
 * Read a whole URL in each of its spellings: https://host, https:/host where a
 * server has merged the slashes, https/host; case of scheme and host as it
 * comes, and one dot at the end of the host.  What is set has the form of
 * url_split(); path and query are as written, and not judged but for their
 * bytes.  ERR_TARGET_NOT_ALLOWED for other schemes, with a sentence for the
 * caller in *why; ERR_BAD_URL, with one for who wrote it; ERR_NO_MEMORY.  Both
 * in static storage.
 */
enum err whole_read(struct arena *, const char *text, struct url *,
	    const char **why);

/* Does target_hosts name this place?  The greatest that holds. */
enum whole_listing { WHOLE_UNLISTED, WHOLE_BY_PATTERN, WHOLE_BY_NAME,
    WHOLE_BY_PORT };	/* by name, with this very port */
enum whole_listing whole_lists(const struct whole_rule *, const struct url *);

/*
 * NULL if the URL may be asked for, else a sentence for the caller that names
 * what would permit it.  Names that are not of the public internet, and
 * addresses, must be listed, and not by a pattern.
 */
const char *whole_fault(const struct whole_rule *, const struct url *);

#endif
