#ifndef VIADUCT_CLIENT_IO_H
#define VIADUCT_CLIENT_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The web server's side of one request, whatever carries it: io_cgi, io_fcgi,
 * and the tests' io_mem.  The carrier's own struct begins with this one.
 */
struct io {
	char		**vars;		/* "NAME=value", NULL-terminated */
	bool		 framed;	/* the body's end is marked even where
					 * there is no CONTENT_LENGTH */
	bool		 shared;	/* its thread serves others too, which
					 * must not wait for this one */
	bool		 gathered;	/* what was wanted of the body before
					 * the answer is here, or late */

	/* Take what has come of the body: > 0 bytes, 0 at its end, -1 when the
	 * client or server is gone.  Waits only when nothing is there. */
	ssize_t		(*read)(struct io *, void *, size_t);
	/* Would read() return at once with what is already here? */
	bool		(*buffered)(struct io *);
	/* Is the body at its end?  Waits a little, if need be, until either
	 * that or a byte of it is here. */
	bool		(*at_end)(struct io *);
	/* 0, or -1 when nobody takes it any more.  write() may keep back what
	 * flush() sends; both may leave bytes that the server does not take yet
	 * (waiting_bytes).  More should not be written until those are gone. */
	int		(*write)(struct io *, const void *, size_t);
	int		(*flush)(struct io *);
	/* Send of these what can be sent now: for when gone_fd is writable.
	 * NULL: none ever wait, write() does. */
	int		(*drain)(struct io *);
	size_t		 waiting_bytes;
	/* End in a way that shows the answer to be incomplete, where the server
	 * lets it (docs/servers.md). */
	void		(*cut)(struct io *);

	int		 in_fd;		/* readable when body has come; -1 none */
	int		 gone_fd;	/* poll(2): POLLHUP, POLLERR or one of
					 * gone_events says that the client
					 * left; -1: nothing says so */
	short		 gone_events;
};

#endif
