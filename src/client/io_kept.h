#ifndef VIADUCT_CLIENT_IO_KEPT_H
#define VIADUCT_CLIENT_IO_KEPT_H

#include "client/io.h"
#include "core/buf.h"

struct fields;

/* A request that no server sent: it has no body, and its answer is kept. */
struct io_kept {
	struct io	 io;
	struct buf	 answer;	/* as CGI has it (RFC 3875) */
};

/* `vars' as io.h has them; what is kept lives in the arena. */
void	io_kept_init(struct io_kept *, char **vars, struct arena *);

/* The answer in parts: the status, 0 if there is none; the fields, into the
 * list; the body's text. */
int	io_kept_read(const struct io_kept *, struct fields *,
	    const char **body);

#endif
