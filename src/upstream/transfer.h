#ifndef VIADUCT_UPSTREAM_TRANSFER_H
#define VIADUCT_UPSTREAM_TRANSFER_H

/* Private to upstream/: one transfer under way, shared by the files that set
 * it up, read its head and drive it. */

#include <sys/socket.h>

#include <curl/curl.h>

#include "core/loop.h"
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

/* Connections that may serve the same rules of TLS and addresses. */
struct hub {
	struct fetcher	*fetcher;
	struct hub	*next;
	char		*policy;	/* rules->tls_policy and the proxy */
	CURLM		*multi;
	struct loop_timer due;		/* libcurl's */
	/* for fetch_pool.c: */
	struct loop_timer look;		/* for what is not needed any more */
	struct handle	*idle;		/* the last used first */
	size_t		 n_idle, n_busy;
	size_t		 most_busy;	/* since it was looked at last */
};

/* A handle of it, which runs one transfer at a time. */
struct handle {
	struct hub	*hub;
	struct handle	*older;		/* while it is idle */
	CURL		*easy;
	struct told	 told;
};

/* One thread's transfers. */
struct fetcher {
	struct loop	*loop;
	struct hub	*hubs;
	struct transfer	*first;		/* all that are under way */
	struct transfer	*touched;	/* of which something has come */
	bool		 is_short;	/* of descriptors */
};

enum { MAX_INTERIM = 10 };

struct transfer {
	struct fetcher		*fetcher;
	struct transfer		*next, **before;	/* under way */
	struct transfer		*next_touched;
	bool			 touched;
	struct loop_timer	 limit;
	const struct fetch	*f;
	struct sink		 sink;
	struct io		*io;
	struct arena		*arena;
	struct handle		*handle;
	enum err		 why;		/* the first failure; else OK */
	int64_t			 began_us;	/* where f->seen is wanted */
	size_t			 n_sockets;	/* that libcurl waits for */

	/* connecting */
	bool			 opened;	/* a socket, for this transfer */
	bool			 connected;	/* a request is on its way */
	bool			 repeated;	/* on its way again */
	bool			 reached;	/* the sink was told so */
	bool			 refused;	/* an address by policy */
	bool			 looked;	/* f->only_look: it is enough */
	bool			 no_descriptors;
	int64_t			 watch_ms;	/* then the client is watched;
						 * 0: he is */

	/* the body on its way up */
	int64_t			 up_bytes;
	bool			 up_ended;
	bool			 up_waits;	/* for the client */
	bool			 up_ready;	/* one read will not wait */
	bool			 up_is_file;	/* there always is */
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
	bool			 down_rests;	/* while others are served */
	size_t			 turn_bytes;	/* since they were */
	struct loop_timer	 go_on;
	bool			 down_waits;	/* for the client to read */
	int64_t			 out_waits_ms;	/* since then something waits
						 * for him to read; 0: nothing */
	int64_t			 drip_ms, drip_bytes;	/* this window's */
};

/* The first failure wins.  Returns 0, which makes libcurl stop. */
size_t		 transfer_fail(struct transfer *, enum err);

/* The target has shown that it is there. */
void		 transfer_reached(struct transfer *);

/* Something of it has come, and its times are to be looked at. */
void		 transfer_touch(struct transfer *);

/* An idle handle for these rules, or a new one; it is to be given back.  NULL:
 * no memory. */
struct handle	*handle_take(struct fetcher *, const struct fetch *,
		    struct arena *);
void		 handle_give(struct handle *);
/* What the connections of a new hub are watched by. */
void		 hub_watch(struct hub *);
/* libcurl has done something there: end what has ended, look at the rest. */
void		 hub_harvest(struct hub *);
struct transfer	*transfer_of(CURL *);	/* NULL: libcurl's own */
/* What is overdue fails. */
void		 transfer_look_at_time(struct transfer *, int64_t now_ms);
/* Look when the first of its times runs out, or after `again_ms' (-1: no
 * need).  -1: no memory. */
int		 transfer_set_limit(struct transfer *, int again_ms);
/* State what this transfer wants, and nothing stays of those before on its
 * handle.  told_free() after the handle's end. */
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
