#ifndef VIADUCT_CLIENT_IO_CGI_H
#define VIADUCT_CLIENT_IO_CGI_H

#include <stdbool.h>
#include <stddef.h>

#include "client/io.h"

/* One request from the environment and descriptors 0 and 1 (RFC 3875). */
struct io_cgi {
	struct io	 io;
	char		 ahead;		/* a byte that at_end() took */
	bool		 has_ahead;
	size_t		 out_bytes;
	char		 out[16384];
};
void	io_cgi_init(struct io_cgi *, char **vars);

#endif
