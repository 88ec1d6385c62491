#ifndef VIADUCT_HTTP_FIELDS_H
#define VIADUCT_HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

#include "core/err.h"

struct arena;
struct buf;
struct cookie_place;

/*
 * A list of header fields in their order, names compared without regard to
 * case (RFC 9110 5.1).  Names and values are not copied: they must live as
 * long as the list.
 */
struct field { const char *name, *value; };
struct fields {
	struct field	*list;
	size_t		 count, cap;
	size_t		 bytes;		/* of all names and values */
	struct arena	*arena;
};

enum { FIELD_MAX_NAME = 64, FIELD_MAX_VALUE = 8000, FIELDS_MAX_COUNT = 100,
    FIELDS_MAX_BYTES = 32768 };

/* The first bytes settle most comparisons: those of letters differ in 0x20. */
static inline bool
field_named(const struct field *f, const char *name)
{
	return ((f->name[0] ^ name[0]) & ~0x20) == 0 &&
	    strcasecmp(f->name, name) == 0;
}

void		 fields_init(struct fields *, struct arena *);
/* ERR_NO_MEMORY or OK; judges nothing. */
enum err	 fields_add(struct fields *, const char *name, const char *value);
const char	*fields_get(const struct fields *, const char *name); /* first */
void		 fields_remove(struct fields *, const char *name);	/* all */
/* All of that name as one list (RFC 9110 5.3); NULL if there is none. */
enum err	 fields_join(const struct fields *, const char *name,
		    const char **value);
/* Remove all of that name, then add one. */
enum err	 fields_set(struct fields *, const char *name, const char *value);

/*
 * May this field stand in a message we write?  The name is a token of at most
 * FIELD_MAX_NAME bytes; the value is of 0x20-0x7e, tab and 0x80-0xff, at most
 * FIELD_MAX_VALUE bytes, without a blank at either end (RFC 9110 5.5).
 */
bool		 field_ok(const char *name, const char *value);
bool		 field_is_token(const char *s, size_t len);
/* Append those that may, as lines of a head. */
void		 fields_write(const struct fields *, struct buf *);

/* Does a comma-separated list name this token?  Case-insensitive. */
bool		 field_lists(const char *list, const char *token);

/* What of a caller's fields may go to a target. */
struct field_up {
	const char *const *only;	/* forward_headers; NULL: all that may */
	size_t		 n_only;
	bool		 none;		/* no_headers */
	bool		 pass_origin;	/* cors = target: Origin and ACR-* too */
	/* the field was for the web server or for us */
	bool		 drop_authorization, drop_api_key;
	bool		 drop_referer;
	const char	*cookies_of;	/* the route whose cookies cross, whatever
					 * `only' and `none' say; NULL: none */
	bool		 render;	/* Sec-Fetch-* say how the target's own
					 * pages ask */
	const char	*origin, *referer; /* what goes in place of the
					 * caller's; NULL: as otherwise */
};

/*
 * Appends to `up' what of `in' may cross to the target: no hop-by-hop fields
 * nor those that Connection lists, no cookies but those of `cookies_of', no
 * forwarding claims, no method overrides; Accept-Encoding cut to its known
 * members ("identity" if none is left); Referer as an origin only, unless
 * `referer' stands for it.  `only' and `none' never withhold Content-Type,
 * Content-Encoding, Range and the conditional fields, nor `origin'.  Via stays
 * behind: who writes the message joins it with ours.  The bounds and content of
 * `in' were judged when it was read.
 * ERR_AUTH_SCHEME for Authorization by NTLM or Negotiate; ERR_NO_MEMORY.
 */
enum err	 fields_to_target(const struct fields *in,
		    const struct field_up *, struct fields *up);

/* Is it one by which proxies say who asks, and how: for this host, where it is
 * of a proxy that is trusted, and never for a target? */
bool		 field_is_claim(const char *name);
/* May a caller's field of this name ever go to a target? */
bool		 field_may_go_up(const char *name);

/* What of a target's answer may go to the caller. */
struct field_down {
	int		 status;
	const char	*route;		/* for the stand-in challenge */
	bool		 pass_cors;	/* cors = target */
	bool		 embed;		/* Cross-Origin-Resource-Policy */
	bool		 guarded;	/* callers prove who they are, unknown
					 * to caches */
	const struct cookie_place *cookies;	/* NULL: none cross */
	bool		 render;	/* a page of this host: how it is shown
					 * is the target's to say */
};

/*
 * Appends to `down' what of the target's `in' may cross to the caller: nothing
 * that is meant for one hop, that commands a front server, that would change
 * this host's state in the browser, or that names the target's software; and
 * the set that keeps an answer from running as a page of this host.  With
 * `render' it may run, and the target's own set is what guards it.  Neither
 * Location, Content-Length, Via, Vary nor CORS is added here: they depend on
 * more than the field (Location passes only with 201 and 3xx, and the caller
 * of this function rewrites it; Content-Length is dropped: see
 * fields_content_length; Via likewise, to be joined with ours; Vary passes).
 * Where callers prove who they are, caches that they share are to keep nothing.
 * Cookies cross as cookie_to_client() makes them, at most COOKIES_MAX_SET.
 * Fields that fail field_ok() are dropped.  A missing Content-Type becomes
 * application/octet-stream where the status has content.  ERR_NO_MEMORY.
 */
enum err	 fields_to_client(const struct fields *in,
		    const struct field_down *, struct fields *down);

/*
 * The length of a body by its Content-Length fields: all equal and 1*DIGIT.
 * -1 for none, or when Transfer-Encoding is there; ERR_BAD_RESPONSE if they
 * differ or are malformed, or for a transfer coding that was not asked for: the
 * body's end is not known then (RFC 9112 6.3).
 */
enum err	 fields_content_length(const struct fields *in, long long *bytes);

/* Server-sent events, which have no end of their own? */
bool		 fields_endless(const struct fields *answer);

/* Merge two Vary values (either may be NULL) without repeats; "*" wins. */
const char	*fields_vary(struct arena *, const char *a, const char *b);

#endif
