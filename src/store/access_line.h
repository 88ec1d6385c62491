#ifndef VIADUCT_STORE_ACCESS_LINE_H
#define VIADUCT_STORE_ACCESS_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* What the access log says of one request; texts may be NULL, hold anything,
 * and are the caller's. */
struct access {
	const char	*id;		/* X-Request-Id */
	const char	*peer;		/* the client */
	const char	*user;		/* whom a key or token names */
	const char	*method;	/* as sent */
	const char	*path;		/* logged up to a "?" */
	const char	*protocol;	/* "HTTP/1.1" */
	const char	*origin;
	const char	*referer;	/* logged without its query */
	const char	*user_agent;
	const char	*route;		/* its name, "https" of a whole URL */
	const char	*target;	/* the origin that was asked last */
	const char	*rule;		/* the word of what was said instead of
					 * the target's answer */
	const char	*cause;		/* the word of what was not said: why */
	bool		 cut;		/* that was after the head */
	int		 status;
	int64_t		 body_bytes, upload_bytes;
	int64_t		 start_ms;	/* since 1970 */
	/* what passed between its begin and its end; of that in fetches; of
	 * that until the head of what was answered, 0 if none came */
	int64_t		 total_us, target_us, target_first_us;
};

/* With its newline at the end, of any access at most so many bytes. */
enum { ACCESS_LINE_MAX = 4095 };

/* Combined format (the web servers' own), and behind that route, rule, target
 * time and total time in seconds, and id. */
void	 access_combined(struct buf *, const struct access *);
/* One JSON object (RFC 8259) in ASCII, with the members of viaduct.conf(5). */
void	 access_json(struct buf *, const struct access *);

#endif
