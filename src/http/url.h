#ifndef VIADUCT_HTTP_URL_H
#define VIADUCT_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;

/* An absolute http or https URL in parts; the strings live in the arena. */
struct url {
	bool		 https;
	const char	*host;		/* lower case; IPv6 in brackets, in its
					 * shortest form */
	int		 port;		/* 1..65535, the default filled in */
	const char	*path;		/* "" or "/..." as written */
	const char	*query;		/* without "?"; NULL if none */
};

/*
 * Take a URL of the table, of remote_url, or of a Location apart, strictly:
 * literal http:// or https:// (case-insensitive), no userinfo, no fragment,
 * no byte outside 0x21-0x7e, no backslash, a host of labels or an IP literal
 * as getaddrinfo would not reinterpret it (four decimal parts without leading
 * zeros; brackets for IPv6, no zone), port without sign or leading zero.
 * ERR_CONFIGURATION with a sentence in *why (static storage); ERR_NO_MEMORY.
 * A private address passes: that is upstream/guard's to judge.
 */
enum err url_split(struct arena *, const char *text, struct url *,
	    const char **why);
/* "a.example", "127.0.0.1", "[::1]": lower case, as url_split() takes them. */
bool	 url_host_ok(const char *host, size_t len);
/* 1 to 65535 without sign or leading zero. */
bool	 url_port_read(const char *text, size_t len, int *port);
bool	 url_same_origin(const struct url *, const struct url *);
/* "https://h", "http://h:8080", "http://[::1]:80" less the default port. */
const char *url_origin(struct arena *, const struct url *);

/*
 * May this path below a route cross?  Dot segments in any spelling, encoded
 * however often, controls, "\", "#", bytes above 0x7e, bad %XX, more than 8,192
 * bytes: ERR_BAD_PATH.  The text is judged, never repaired.
 */
enum err url_path_check(const char *rest, size_t len);
/* The same bytes, in a query, where a bare "%" passes: ERR_BAD_QUERY. */
enum err url_query_check(const char *query, size_t len);

/*
 * Join a route's URL with what the client asked for below it.
 *
 *   base   absolute URL, trusted; may have a query of its own
 *   rest   path below the route as the client wrote it; "" or "/..."
 *   query  without the "?"; NULL for none
 *   url    set only on OK; lives in the arena
 *
 * No rest: the base as it stands.  Otherwise the base's path less one trailing
 * slash, plus the rest as written; the base's query, then "&" and the query.
 * The result has the scheme, host and port of base.  ERR_BAD_PATH,
 * ERR_BAD_QUERY, ERR_NO_MEMORY.
 */
enum err url_join(struct arena *, const char *base, const char *rest,
	    const char *query, const char **url);

/* The byte that %XX stands for, at the begin of a text that ends at `end'; -1
 * where it stands for none. */
int	 url_octet(const char *text, const char *end);

/*
 * Undo percent-encoding once; "+" stays "+".  NULL when a "%" has no two hex
 * digits, the result would hold a NUL, or the arena is full.
 */
char	*url_decode(struct arena *, const char *text, size_t len);

/* Undo percent-encoding until nothing changes; what would become a NUL ends the
 * text.  NULL: the arena is full. */
const char *url_decode_all(struct arena *, const char *text);

/*
 * Does this text, encoded however often, show one of the parameters of a query
 * that is not to be seen, or the value of one, if that is long enough to be no
 * accident?  `query' NULL: no.  Also true for want of memory.
 */
enum { URL_MIN_SECRET = 8 };
bool	 url_shows_query(struct arena *, const char *text, const char *query);

#endif
