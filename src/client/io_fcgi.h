#ifndef VIADUCT_CLIENT_IO_FCGI_H
#define VIADUCT_CLIENT_IO_FCGI_H

#include <stdbool.h>

#include "client/io.h"

struct FCGX_Request;

/* One accepted FastCGI request. */
struct io_fcgi {
	struct io	 io;
	struct FCGX_Request *request;
	bool		 ended;		/* the body's end has been read */
	bool		 plain_end;	/* mod_fcgid: a cut would append a page */
};
/* `spawned': the server started this process itself (mod_fcgid, lighttpd). */
void	io_fcgi_init(struct io_fcgi *, struct FCGX_Request *, bool spawned);
/* May the connection serve another request?  Not with body left unread. */
bool	io_fcgi_reusable(struct io_fcgi *);

#endif
