#ifndef VIADUCT_UPSTREAM_FETCH_H
#define VIADUCT_UPSTREAM_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "http/fields.h"
#include "store/conf.h"

struct arena;
struct certificate;
struct io;
struct url;

/* The process is to end: transfers under way have until DRAIN_MS after at_ms
 * (monotonic; 0: it is not). */
enum { DRAIN_MS = 5000 };
struct stop {
	_Atomic int64_t	 at_ms;
};

/* What a transfer was like, for trace_connection.  Times since its begin; 0 for
 * what did not come to pass. */
struct fetch_seen {
	char		 address[64];	/* of the peer; "" if there was none */
	long		 port;
	char		 refused[64];	/* the last address that policy did;
					 * "" if it refused none */
	bool		 kept;		/* by an earlier transfer */
	const char	*http;		/* "HTTP/2"; "" if not known */
	char		 tls[96];	/* version and cipher; "" for none, and
					 * on a connection that was kept */
	int64_t		 name_us, connect_us, tls_us, first_byte_us, all_us;
	int64_t		 sent_bytes, received_bytes;	/* of bodies */
	int		 status;	/* 0: no answer */
};

/* One HTTP transfer to a target. */
struct fetch {
	const char	*method;	/* static string of target_method() */
	const char	*url;
	const struct url *target;	/* url in parts, as they were judged */
	const struct fields *fields;	/* sent as they are, in their order */
	const char	*host;		/* preserve_host; NULL: the URL's */
	int64_t		 body_bytes;	/* 0 none, -1 unknown, sent chunked */
	const struct rules *rules;
	const char	*outbound_proxy;
	const char	*server_addr;
	int64_t		*first_byte_ms;	/* what is left of request_timeout; is
					 * used up over the hops */
	int64_t		*taken_bytes;	/* is set: what of the body the client
					 * sent; NULL: not wanted */
	int64_t		 end_ms;	/* monotonic: total_timeout; 0 none */
	const struct stop *stop;	/* NULL: never */
	struct fetch_seen *seen;	/* is filled in; NULL: not wanted */
	struct certificate *certificate; /* likewise; takes a connection of its
					 * own.  None is shown where TLS fails */
	bool		 only_look;	/* connect, and send nothing: OK when
					 * it could have been */
};

/* Where the answer goes.  An error from any of these ends the transfer, and is
 * what it ends by. */
struct sink {
	/* The final head; 1xx are swallowed.  Fields as they came (obsolete
	 * folds joined), before any policy. */
	enum err (*head)(void *arg, int status, const struct fields *);
	enum err (*body)(void *arg, const void *, size_t); /* after head */
	/* Nothing more has come for now; *again_ms as for reply_idle(). */
	enum err (*idle)(void *arg, int64_t now_ms, int *again_ms);
	/* The target is there: a connection was made, or it has answered on
	 * one that was kept.  Once at most; NULL: not wanted. */
	void	(*reached)(void *arg);
	/* The last of all: OK when the answer is complete. */
	void	(*ended)(void *arg, enum err);
	void	*arg;
};

int	 fetch_start(char why[256]);	/* once, before threads */

/* One thread's transfers, and connections to targets that are kept between
 * them. */
struct fetcher;
struct loop;
struct fetcher	*fetcher_new(struct loop *);	/* NULL: no memory, no loop */
void		 fetcher_free(struct fetcher *);	/* no transfer is left */
/* Close kept connections where no transfer is under way. */
void		 fetcher_drop_idle(struct fetcher *);
/* The process is to end, as those transfers can now see. */
void		 fetcher_hurry(struct fetcher *);

/*
 * Begin a transfer, which goes on as the loop turns: the body is pulled from
 * `io' as it comes, the answer pushed to the sink, and the client's leaving,
 * the times and the stop are watched throughout.  All but the sink, which is
 * copied, stays until that is told of the end; this may be within this call.
 */
void		 fetch_begin(struct fetcher *, const struct fetch *,
		    struct io *, struct arena *, const struct sink *);

/* Let its loop turn: for who has nothing else to wait for. */
void		 fetcher_turn(struct fetcher *);

#endif
