#ifndef VIADUCT_HTTP_FIELDS_VALUE_H
#define VIADUCT_HTTP_FIELDS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

struct arena;

/* The values of the few fields that cross changed.  For http/ alone. */

/* The next member of a comma-separated list, without blanks around it; false
 * at the end.  Empty members are passed over. */
bool	 value_member(const char **list, const char **member, size_t *len);
/* A qvalue (RFC 9110 12.4.2) in thousandths; -1 if it is none. */
enum { VALUE_WHOLE_WEIGHT = 1000 };
int	 value_weight(const char *, const char *end);
/* As front servers see a letter of a name that make variables of names: lower
 * case, "-" for "_". */
static inline int
value_fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	return c == '_' ? '-' : (unsigned char)c;
}
/* A name against one in lower case, in which "*" ends it and stands for any
 * rest.  As strcmp. */
static inline int
value_compare_name(const char *name, const char *pattern)
{
	for (; *pattern != '*'; name++, pattern++) {
		int d = *name == *pattern ? 0 :
		    value_fold(*name) - (unsigned char)*pattern;

		if (d != 0 || *pattern == '\0')
			return d;
	}
	return 0;
}
/* The end of a string that begins with its quote (RFC 9110 5.6.4); NULL when it
 * has none. */
const char *value_quoted_end(const char *);
/* How many bytes at its begin make a token. */
size_t	 value_token_len(const char *);
/* Is this text that word, without regard to case? */
bool	 value_is(const char *s, size_t len, const char *word);

/* Each of these sets *out to NULL when nothing is left to send, to `value'
 * itself when nothing had to be cut, and fails with ERR_NO_MEMORY only. */

/* Accept-Encoding: gzip, deflate, br, zstd, identity; else "identity". */
enum err value_encodings(struct arena *, const char *value, const char **out);
/* Referer: "https://a.example/" of "https://a.example/page?q". */
enum err value_referer(struct arena *, const char *value, const char **out);
/* WWW-Authenticate without the schemes that browsers act upon by themselves
 * (RFC 9110 11.6.1). */
enum err value_challenges(struct arena *, const char *value, const char **out);

/* Cache-Control (NULL: none came) by which no cache that callers share keeps an
 * answer. */
enum err value_private(struct arena *, const char *value, const char **out);

/* Authorization by a scheme that belongs to a connection. */
bool	 value_binds_connection(const char *authorization);
/* A Link that makes a browser fetch, connect or run something (RFC 8288), or
 * that cannot be read. */
bool	 value_link_acts(const char *value);
/* A Content-Location that stays below the directory it is relative to. */
bool	 value_is_below(const char *content_location);

#endif
