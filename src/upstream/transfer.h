#ifndef VIADUCT_UPSTREAM_TRANSFER_H
#define VIADUCT_UPSTREAM_TRANSFER_H

/* Private to upstream/: one transfer under way, shared by the files that set
 * it up, read its head and drive it. */

#include <sys/socket.h>

#include <curl/curl.h>

#include "http/url.h"
#include "upstream/fetch.h"

/* What an easy handle was told by the transfers before; all zero at first. */
struct told {
	bool		 fixed;		/* what no transfer changes, and it was
					 * left as told */
	CURLU		*url;		/* scheme, host and port, */
	char		*place, *host;	/* as written (NULL: none yet), */
	struct url	 judged;	/* and as policy had them */
};

/* Connections that may serve the same rules of TLS and addresses, one transfer
 * at a time. */
struct pool {
	char		*policy;	/* rules->tls_policy and the proxy */
	CURLM		*multi;
	CURL		*easy;
	struct told	 told;
	/* while it is idle, for fetch_pool.c: */
	struct pool	*newer, *older;
	int64_t		 idle_since_ms;
};

enum { MAX_SOCKETS = 16, MAX_INTERIM = 10 };

struct transfer {
	const struct fetch	*f;
	const struct sink	*sink;
	struct io		*io;
	struct arena		*arena;
	struct pool		*pool;
	enum err		 why;		/* the first failure; else OK */
	int64_t			 began_us;	/* where f->seen is wanted */

	/* what libcurl wants to be watched */
	struct { curl_socket_t fd; short events; } sockets[MAX_SOCKETS];
	size_t			 n_sockets;
	int64_t			 curl_due_ms;	/* -1: no timer */

	/* connecting */
	bool			 opened;	/* a socket, for this transfer */
	bool			 connected;	/* a request is on its way */
	bool			 repeated;	/* on its way again */
	bool			 reached;	/* the sink was told so */
	bool			 refused;	/* an address by policy */
	bool			 looked;	/* f->only_look: it is enough */
	bool			 no_descriptors;

	/* the body on its way up */
	int64_t			 up_bytes;
	bool			 up_ended, up_waits;	/* for the client */
	int64_t			 up_ended_ms;
	int64_t			 moved_ms;	/* when a byte last moved */

	/* the answer on its way down */
	struct fields		 head;
	int			 status;
	int			 interims;
	size_t			 head_bytes;
	bool			 answering;	/* its first byte has come */
	bool			 in_block;	/* its status line has come */
	bool			 head_done;	/* the sink has it */
	bool			 endless;	/* text/event-stream */
	int64_t			 drip_ms, drip_bytes;	/* this window's */
};

/* The first failure wins.  Returns 0, which makes libcurl stop. */
size_t		 transfer_fail(struct transfer *, enum err);

/* The target has shown that it is there. */
void		 transfer_reached(struct transfer *);

/* The idle pool for these rules that was used last, or a new one; it is to be
 * given back.  NULL: no memory. */
struct pool	*pool_take(struct fetcher *, const struct fetch *,
		    struct arena *);
void		 pool_give(struct fetcher *, struct pool *);
/* Close the connections of all idle pools. */
void		 fetcher_drop_idle(struct fetcher *);
/* State what this transfer wants, and nothing stays of those before on its
 * pool's handle.  told_free() after the handle's end. */
enum err	 transfer_options(struct transfer *);
enum err	 transfer_fixed(struct transfer *);	/* for it: reset, and
						 * what no transfer changes */
void		 told_free(struct told *);
size_t		 transfer_head_line(char *, size_t, size_t, void *);
size_t		 transfer_body(char *, size_t, size_t, void *);
size_t		 transfer_upload(char *, size_t, size_t, void *);
/* Where f->seen or f->certificate is wanted: after the options, and at the
 * end. */
bool		 transfer_watched(const struct transfer *);
void		 transfer_watch(struct transfer *);
void		 transfer_report(const struct transfer *);
/* Policy has refused this address. */
void		 transfer_refused(struct transfer *, const struct sockaddr *);
enum err	 transfer_error(const struct transfer *, CURLcode);

#endif
