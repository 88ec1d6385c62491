#ifndef VIADUCT_CLIENT_IO_FCGI_H
#define VIADUCT_CLIENT_IO_FCGI_H

#include <stdbool.h>

#include "client/io.h"

enum { IO_FCGI_HEADER = 8, IO_FCGI_COLLECTED = 8192 };

/*
 * One accepted FastCGI request.  libfcgi reads; what goes out is framed here,
 * since libfcgi's writes wait for a server that reads slowly, and all other
 * requests of the thread with them.
 */
struct io_fcgi {
	struct io	 io;
	void		*request;	/* FCGX_Request */
	bool		 ended;		/* the body's end has been read */
	bool		 plain_end;	/* mod_fcgid: a cut would append a page */
	bool		 broken;	/* nobody takes it any more */
	bool		 cut;		/* what was sent is not to look whole */
	bool		 is_large;	/* the answer, by what was written */
	unsigned char	*waiting;	/* io.waiting_bytes, on the heap */
	char		*ahead;		/* of the body, gathered, on the heap */
	size_t		 ahead_bytes, ahead_at;
	size_t		 collected;	/* bytes behind the place for a header */
	unsigned char	 out[IO_FCGI_HEADER + IO_FCGI_COLLECTED];
};

/* What a connection holds that nobody has read yet: a request's head?  Of a
 * long one the rest may not come before that is read. */
enum io_fcgi_head { IO_FCGI_NONE, IO_FCGI_PART, IO_FCGI_LONG, IO_FCGI_WHOLE,
    IO_FCGI_GONE, IO_FCGI_TOLD };	/* the last private: look again */
enum io_fcgi_head	 io_fcgi_look(int fd);

/* `spawned': the server started this process itself (mod_fcgid, lighttpd). */
void	io_fcgi_init(struct io_fcgi *, void *request, bool spawned);
void	io_fcgi_free(struct io_fcgi *);

/* Put so much of the body aside, for read() to find, as is here now.  False:
 * more is to come, and to be asked for by this again.  True: no more is, since
 * it is all here, or the server is gone, or memory, as read() will tell. */
bool	io_fcgi_gather(struct io_fcgi *, size_t max);
/* Send what is left and the end of the request, or what shows that it is cut:
 * 0, -1 when nobody takes it; or bytes wait, and then drain() is to be
 * called. */
int	io_fcgi_end(struct io_fcgi *);
/* Has the server read all that was sent?  Only then is a cut to be shown. */
bool	io_fcgi_is_read(const struct io_fcgi *);
/* Has the request been read to its end?  With body left unread the connection
 * cannot serve another one. */
bool	io_fcgi_drained(struct io_fcgi *);

#endif
