#ifndef VIADUCT_CLIENT_IO_FCGI_H
#define VIADUCT_CLIENT_IO_FCGI_H

#include <stdbool.h>

#include "client/io.h"

/* One accepted FastCGI request. */
struct io_fcgi {
	struct io	 io;
	void		*request;	/* FCGX_Request */
	bool		 ended;		/* the body's end has been read */
	bool		 plain_end;	/* mod_fcgid: a cut would append a page */
};
/* `spawned': the server started this process itself (mod_fcgid, lighttpd). */
void	io_fcgi_init(struct io_fcgi *, void *request, bool spawned);
/* Has the request been read to its end?  With body left unread the connection
 * cannot serve another one. */
bool	io_fcgi_drained(struct io_fcgi *);

#endif
