#ifndef VIADUCT_TESTS_UNIT_IO_MEM_H
#define VIADUCT_TESTS_UNIT_IO_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "client/io.h"

/*
 * A web server in memory: variables, a body that comes in pieces, and a buffer
 * for what is written, which may refuse.
 */
struct io_mem {
	struct io		 io;
	const char *const	*pieces;	/* of the body, NULL-terminated */
	size_t			 taken;		/* bytes of the first of them */
	bool			 breaks;	/* -1 where the body would end */

	size_t			 room;		/* bytes that write() takes */
	bool			 flush_fails;
	char			 out[512 * 1024];	/* ends in a NUL */
	size_t			 out_bytes, flushed_bytes;
	int			 flushes, cuts;
};

/* `vars' and `body' end in NULL; either may be NULL for nothing. */
void	 io_mem_init(struct io_mem *, const char *const *vars,
	    const char *const *body);

/* What has been written, as CGI has it.  The first value of that field in a
 * buffer of its own, which the next call uses again; NULL if there is none. */
const char	*io_mem_field(const struct io_mem *, const char *name);
size_t		 io_mem_count(const struct io_mem *, const char *name);
const char	*io_mem_body(const struct io_mem *);	/* "" before the end
							 * of the head */

#endif
