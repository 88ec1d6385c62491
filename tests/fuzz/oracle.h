#ifndef VIADUCT_TESTS_FUZZ_ORACLE_H
#define VIADUCT_TESTS_FUZZ_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

struct fuzz;
struct url;

/* What URLs are, once more, by other means than src/http/url.c. */

/* Nothing but 0x21-0x7e, and neither "#" nor "\\". */
bool	 oracle_printable(const char *);
/* Labels of lower case, digits, "-" and "_" of 1 to 63 bytes, single dots
 * between; the last no number, unless all four are bytes; or [v6]. */
bool	 oracle_is_host(const char *);
/* How long "scheme://host:port" is at the front of a URL. */
size_t	 oracle_origin_len(const char *url);
/* No "." or ".." in this path, as any server may see it, however often it
 * decodes. */
void	 oracle_never_climbs(struct fuzz *, const char *path, size_t len);
/* Where a Location leads, without the fragment, by a route that is nowhere
 * near; NULL: nowhere. */
const char *oracle_meant(struct fuzz *, const struct url *from,
	    const char *location);
/* libcurl, which will fetch it, reads the same parts. */
void	 oracle_curl_agrees(const char *text, const struct url *);

#endif
