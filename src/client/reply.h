#ifndef VIADUCT_CLIENT_REPLY_H
#define VIADUCT_CLIENT_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "http/bucket.h"
#include "http/cors.h"
#include "http/fields.h"

struct arena;
struct conf;
struct io;
struct page_frame;
struct req;

/*
 * The only writer to the client: HEAD, then BODY, then DONE.  The first 8 KiB
 * or 50 ms of an answer are held back, so that a target which fails there still
 * gets a clean error; an endless answer (server-sent events) is never held.
 */
struct reply {
	enum { REPLY_HEAD, REPLY_BODY, REPLY_DONE } phase;
	struct io	*io;
	struct arena	*arena;
	const struct req *req;
	const struct conf *conf;	/* NULL: none could be read */
	const char	*allow;		/* the methods, for a 405 */
	struct limited	 limited;	/* the limit, for a 429 */
	const char	*target_fault;	/* a sentence for the caller, for
					 * ERR_TARGET_NOT_ALLOWED; NULL */
	struct cors_grant grant;	/* on every answer once it is there */
	bool		 for_operator;	/* who may see how long it took */
	bool		 preflight;	/* the answer is the preflight's 204 */
	int64_t		 down_s;	/* how long the target has failed, by
					 * now; -1: it is up, or unknown */
	int64_t		 pause_ms;	/* how long it is not asked; 0: it is */

	/* what the log wants to know */
	int		 status;
	int64_t		 body_bytes;
	int64_t		 upload_bytes;	/* of the request, taken so far */
	enum err	 err;
	int64_t		 began_us;	/* monotonic; when the request came */
	int64_t		 target_us;	/* spent in fetches, all hops of it */
	int64_t		 target_first_us;	/* ... until the head of what
						 * is answered; 0: none came */

	/* private to reply.c */
	enum err	 told;		/* by reply_refusal() */
	bool		 no_body;	/* HEAD, 204, 304 */
	bool		 holds;
	struct buf	 held;		/* the head, and the body so far */
	size_t		 held_head_bytes;
	int64_t		 hold_until_ms;	/* monotonic; 0: not yet known */
	bool		 dirty;		/* written, not yet flushed */
	bool		 gone;		/* writing has failed */
};

void	 reply_init(struct reply *, struct io *, struct arena *,
	    const struct req *);

/* The head of a target's answer: fields as the client may have them, CORS and
 * the gateway's own added. */
struct reply_head {
	int		 status;
	struct fields	*fields;	/* is added to */
	int64_t		 length_bytes;	/* -1: not known */
	const char	*via;		/* what stood in the target's Via, or NULL */
	bool		 endless;
};
/* OK, ERR_NO_MEMORY, ERR_HEAD_TOO_LARGE (Via), ERR_CLIENT_GONE. */
enum err reply_head(struct reply *, struct reply_head *);
enum err reply_body(struct reply *, const void *, size_t);
/* Nothing more has come for now: send what may wait no longer.  *again_ms: when
 * to call again; left as it is if there is no need. */
enum err reply_idle(struct reply *, int64_t now_ms, int *again_ms);

/* A whole answer made here that is no HTML: robots.txt.  `type' NULL: none. */
enum err reply_own(struct reply *, int status, const char *type,
	    const char *body, size_t body_bytes);

/* An HTML page, made between page_open() and page_close() of this frame: its
 * policy is the frame's, and no cache keeps it. */
enum err reply_page(struct reply *, int status, const struct page_frame *,
	    const struct buf *page);

/* Such a page in place of the one that the error would get: it has the error's
 * status and fields, and the request ends by it. */
enum err reply_refusal(struct reply *, enum err, const struct page_frame *,
	    const struct buf *page);

/* After a form (303): to that path of this host, with this Set-Cookie. */
enum err reply_onward(struct reply *, const char *location,
	    const char *set_cookie);

/* As reply_own(), for nobody but who asked: no cache keeps it. */
enum err reply_private(struct reply *, const char *type, const char *body,
	    size_t body_bytes);

/*
 * The end, whatever happened, written but not flushed: the carrier has an end
 * of its own to write.  A preflight's 204; a page, problem+json or line
 * of text when no byte of the answer is out; a visible cut when some are;
 * nothing when the client is gone.
 */
void	 reply_end(struct reply *, enum err);

#endif
