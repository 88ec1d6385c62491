#include "client/io_cgi.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static ssize_t
read_some(void *to, size_t n)
{
	ssize_t	 got;

	while ((got = read(STDIN_FILENO, to, n)) == -1 && errno == EINTR)
		;
	return got;
}

static ssize_t
cgi_read(struct io *io, void *to, size_t n)
{
	struct io_cgi	*c = (struct io_cgi *)io;

	if (!c->has_ahead || n == 0)
		return read_some(to, n);
	*(char *)to = c->ahead;
	c->has_ahead = false;
	return 1;
}

static bool
cgi_buffered(struct io *io)
{
	return ((struct io_cgi *)io)->has_ahead;
}

static bool
cgi_at_end(struct io *io)
{
	struct io_cgi	*c = (struct io_cgi *)io;

	if (!c->has_ahead)
		c->has_ahead = read_some(&c->ahead, 1) == 1;
	return !c->has_ahead;
}

static int
write_all(const char *from, size_t n)
{
	ssize_t	 put;

	for (; n > 0; from += put, n -= (size_t)put)
		if ((put = write(STDOUT_FILENO, from, n)) == -1) {
			if (errno != EINTR)
				return -1;
			put = 0;
		}
	return 0;
}

static int
cgi_flush(struct io *io)
{
	struct io_cgi	*c = (struct io_cgi *)io;
	size_t		 n = c->out_bytes;

	c->out_bytes = 0;
	return write_all(c->out, n);
}

static int
cgi_write(struct io *io, const void *from, size_t n)
{
	struct io_cgi	*c = (struct io_cgi *)io;

	if (n > sizeof(c->out) - c->out_bytes && cgi_flush(io) != 0)
		return -1;
	if (n >= sizeof(c->out))
		return write_all(from, n);
	memcpy(c->out + c->out_bytes, from, n);
	c->out_bytes += n;
	return 0;
}

/* A CGI program has no way to say that its output is not whole; the length it
 * promised, where there is one, tells. */
static void
cgi_cut(struct io *io)
{
	cgi_flush(io);
}

/*
 * Only an error on the output says that the server is gone: a half-closed
 * socket is how some servers end the input.
 */
void
io_cgi_init(struct io_cgi *c, char **vars)
{
	memset(c, 0, sizeof(*c));
	c->io.vars = vars;
	c->io.read = cgi_read;
	c->io.buffered = cgi_buffered;
	c->io.at_end = cgi_at_end;
	c->io.write = cgi_write;
	c->io.flush = cgi_flush;
	c->io.cut = cgi_cut;
	c->io.in_fd = STDIN_FILENO;
	c->io.gone_fd = STDOUT_FILENO;
}
