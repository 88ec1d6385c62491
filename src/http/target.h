#ifndef VIADUCT_HTTP_TARGET_H
#define VIADUCT_HTTP_TARGET_H

#include <stdbool.h>

#include "core/err.h"

struct arena;

/*
 * Which part of the request target lies below the mount?
 *
 *   request_uri  as the client wrote it; may be NULL, or absolute (Apache)
 *   script_name, path_info, query_string   CGI variables; each may be NULL
 *   base_path    the setting; NULL or "" to find out
 *   mount        what stands before: "" or "/x", as a client would write it
 *   path         "" or "/...", as the client wrote it, not decoded
 *   query        without "?"; NULL if there is none
 *
 * The first that fits: base_path; SCRIPT_NAME where the URI begins with it; its
 * directory where the URI begins with that (a rewrite to the program).  The
 * prefix must end at a "/" or at the end.  Without REQUEST_URI, SCRIPT_NAME,
 * PATH_INFO and QUERY_STRING, where what the server has decoded is encoded
 * again.  ERR_MOUNT_UNKNOWN when none fits, ERR_BAD_PATH for a "#" and for a
 * mount that fails url_path_check(),
 * ERR_URL_TOO_LONG above 8,000 bytes, ERR_MALFORMED_REQUEST for "*" and other
 * forms, ERR_NO_MEMORY.
 */
struct mounted { const char *mount, *path, *query; };
enum err target_mount(struct arena *, const char *request_uri,
	    const char *script_name, const char *path_info,
	    const char *query_string, const char *base_path,
	    struct mounted *);

enum target_kind {
	TARGET_NONE,		/* none could be read */
	TARGET_ROUTE,		/* name, rest, query, method */
	TARGET_URL,		/* url, method: for whole_read() */
	TARGET_START,		/* MOUNT or MOUNT/ */
	TARGET_ROBOTS,
	TARGET_FAVICON,
	TARGET_HEALTH,		/* _health */
	/* the operator's */
	TARGET_STATUS,		/* _status */
	TARGET_STATUS_JSON,	/* _status.json */
	TARGET_METRICS,		/* _metrics */
	TARGET_EXPLAIN,		/* _explain */
	TARGET_CHECK		/* _check */
};

struct target {
	enum target_kind kind;
	const char	*name;		/* route; "*" for the fallback */
	const char	*rest;		/* "" or "/..." */
	const char	*query;		/* for the target; NULL for none */
	const char	*method;	/* &method=VERB; NULL if not given */
	const char	*url;		/* a whole URL, as written */
	bool		 from_path;	/* MOUNT/NAME, not a ? form */
};

/*
 * Which target a request names.  What wins: reserved names; MOUNT/NAME; "*";
 * then the ? forms, whole URLs, start page, robots.txt, favicon.ico.
 * `is_route(arg, name)' says whether the table has an enabled route of that
 * name ("*" too).  An unknown name without "*": TARGET_ROUTE with that name, so
 * that the lookup says so; a path that can be no name: ERR_NO_ROUTE.
 * A ? form with unknown or repeated parameters: ERR_BAD_QUERY.
 */
enum err target_read(struct arena *, const struct mounted *,
	    bool (*is_route)(const void *arg, const char *name),
	    const void *arg, struct target *);

/* Is this path below the mount ("/_status") the gateway's own, whatever routes
 * there are? */
bool	 target_is_reserved(const char *path);

/*
 * Take every name=y out of a query; *query becomes NULL when nothing is left,
 * and stays as it is when there is none.  ERR_NO_MEMORY or OK.
 */
enum err target_take_flag(struct arena *, const char **query,
	    const char *name, bool *found);

/*
 * Did the server read the same path?  For MOUNT/NAME, when PATH_INFO is set,
 * its first segment (cut at the first "?": lighttpd decodes a second one of the
 * request into it) must be the name; ERR_AMBIGUOUS_PATH otherwise.
 */
enum err target_agrees(const struct target *, const char *path_info);

/* "a", "feed-2": [a-z0-9][a-z0-9_-]{0,62}, not http, https; "*" passes. */
bool	 target_name_ok(const char *name);

/* GET HEAD POST PUT PATCH DELETE OPTIONS as a static string; NULL if other. */
const char *target_method(const char *text);
bool	 target_method_is_safe(const char *method);	/* RFC 9110 9.2.1 */

#endif
