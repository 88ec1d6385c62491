#ifndef VIADUCT_CLIENT_IO_CGI_H
#define VIADUCT_CLIENT_IO_CGI_H

#include "client/io.h"

/* One request from the environment and descriptors 0 and 1 (RFC 3875). */
struct io_cgi { struct io io; size_t held; char out[8192]; };
void	io_cgi_init(struct io_cgi *, char **environ);

#endif
