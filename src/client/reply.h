#ifndef VIADUCT_CLIENT_REPLY_H
#define VIADUCT_CLIENT_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "http/cors.h"
#include "http/fields.h"

struct arena;
struct conf;
struct io;
struct req;

/*
 * The only writer to the client: HEAD, then BODY, then DONE.  The first
 * 8 KiB or 50 ms of an answer are held back, so that a target which fails
 * there still gets a clean error; text/event-stream is never held.
 */
struct reply {
	enum { REPLY_HEAD, REPLY_BODY, REPLY_DONE } phase;
	struct io	*io;
	struct arena	*arena;
	const struct req *req;
	const struct conf *conf;	/* NULL: none could be read */
	const char	*mount;
	const char	*allow;		/* of a 405 */
	const char	*final_url;	/* X-Final-URL; NULL */
	struct cors_grant grant;
	bool		 preflight;	/* the answer is the preflight's 204 */
	bool		 no_body;	/* HEAD, 204, 304 */
	/* what the log wants to know */
	int		 status;
	int64_t		 body_bytes;
	enum err	 err;
	/* private */
	char		*held; size_t held_bytes;
	int64_t		 hold_until_ms;	/* monotonic; 0: nothing is held */
	bool		 dirty;		/* written, not flushed */
	int64_t		 length_bytes;	/* Content-Length promised; -1 */
};

void	 reply_init(struct reply *, struct io *, struct arena *,
	    const struct req *);
/* What the CORS decision granted: on every answer from here on. */
void	 reply_grant(struct reply *, struct cors_grant);

/*
 * The head of a target's answer: fields already filtered for the client.
 * `length_bytes' is -1 where it is not known.  Adds Via, CORS, X-Request-Id.
 * OK, ERR_NO_MEMORY, ERR_CLIENT_GONE.
 */
enum err reply_head(struct reply *, int status, const struct fields *,
	    int64_t length_bytes);
enum err reply_body(struct reply *, const void *, size_t);
/* Send what may wait no longer.  *again_ms: when to call again, -1 never. */
enum err reply_idle(struct reply *, int64_t now_ms, int *again_ms);

/* A whole answer made here: the start page, robots.txt, health. */
enum err reply_whole(struct reply *, int status, const char *type,
	    const char *body);

/*
 * The end, whatever happened: a preflight's 204, a page or problem+json when
 * no byte of the answer is out, a visible cut when some are, nothing when the
 * client is gone.
 */
void	 reply_end(struct reply *, enum err);

#endif
