#include "client/io_fcgi.h"

#include <fcgiapp.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static FCGX_Request *
request_of(struct io *io)
{
	return ((struct io_fcgi *)io)->request;
}

/*
 * FCGX_GetStr waits for all the bytes it is asked for, which would make one
 * late piece of an upload that trickles in: one byte by FCGX_GetChar, then
 * only what that has brought into the buffer.
 */
static ssize_t
fcgi_read(struct io *io, void *to, size_t n)
{
	FCGX_Stream	*in = request_of(io)->in;
	unsigned char	*bytes = to;
	size_t		 more;
	int		 c;

	if (n == 0 || ((struct io_fcgi *)io)->ended)
		return 0;
	if ((c = FCGX_GetChar(in)) == EOF) {
		((struct io_fcgi *)io)->ended = FCGX_GetError(in) == 0;
		return ((struct io_fcgi *)io)->ended ? 0 : -1;
	}
	bytes[0] = (unsigned char)c;
	more = (size_t)(in->stop - in->rdNext);
	if (more > n - 1)
		more = n - 1;
	if (more > INT_MAX)
		more = INT_MAX;
	if (more > 0)
		more = (size_t)FCGX_GetStr((char *)bytes + 1, (int)more, in);
	return 1 + (ssize_t)more;
}

static bool
fcgi_buffered(struct io *io)
{
	FCGX_Stream	*in = request_of(io)->in;

	return ((struct io_fcgi *)io)->ended || in->rdNext != in->stop;
}

static bool
fcgi_at_end(struct io *io)
{
	FCGX_Stream	*in = request_of(io)->in;
	int		 c;

	if (((struct io_fcgi *)io)->ended)
		return true;
	if ((c = FCGX_GetChar(in)) != EOF) {
		FCGX_UnGetChar(c, in);
		return false;
	}
	return ((struct io_fcgi *)io)->ended = FCGX_GetError(in) == 0;
}

static int
fcgi_write(struct io *io, const void *from, size_t n)
{
	const char	*p = from;
	int		 part;

	for (; n > 0; p += part, n -= (size_t)part) {
		part = n > INT_MAX ? INT_MAX : (int)n;
		if (FCGX_PutStr(p, part, request_of(io)->out) != part)
			return -1;
	}
	return 0;
}

/* FCGX_FFlush has been seen to return 0 on a closed connection. */
static int
fcgi_flush(struct io *io)
{
	FCGX_Stream	*out = request_of(io)->out;

	return FCGX_FFlush(out) != 0 || FCGX_GetError(out) != 0 ? -1 : 0;
}

/*
 * A plain end of the connection looks complete to nginx; eight bytes that are
 * no FastCGI record do not.  Under mod_fcgid every kind of cut has an error
 * page of Apache's appended to what the client got, so that a plain end is the
 * lesser evil there.
 */
static void
fcgi_cut(struct io *io)
{
	static const char	 no_record[8] = { 9 };
	FCGX_Request		*r = request_of(io);
	ssize_t			 put;

	fcgi_flush(io);
	if (((struct io_fcgi *)io)->plain_end)
		return;
	put = write(r->ipcFd, no_record, sizeof(no_record));
	(void)put;	/* gone already is as good as cut */
	shutdown(r->ipcFd, SHUT_RDWR);
	r->keepConnection = 0;
}

static const char *
server_software(char **vars)
{
	for (; *vars != NULL; vars++)
		if (strncmp(*vars, "SERVER_SOFTWARE=", 16) == 0)
			return *vars + 16;
	return "";
}

void
io_fcgi_init(struct io_fcgi *f, void *request, bool spawned)
{
	FCGX_Request	*r = request;

	memset(f, 0, sizeof(*f));
	f->request = r;
	f->plain_end = spawned &&
	    strncmp(server_software(r->envp), "Apache", 6) == 0;
	f->io.vars = r->envp;
	f->io.read = fcgi_read;
	f->io.buffered = fcgi_buffered;
	f->io.at_end = fcgi_at_end;
	f->io.write = fcgi_write;
	f->io.flush = fcgi_flush;
	f->io.cut = fcgi_cut;
	f->io.in_fd = f->io.gone_fd = r->ipcFd;
	f->io.gone_events = POLLRDHUP;
	f->io.framed = true;
}

/* The end of an empty body is usually there already, but not yet read. */
bool
io_fcgi_reusable(struct io_fcgi *f)
{
	struct pollfd	 fd = { f->io.in_fd, POLLIN, 0 };
	FCGX_Request	*r = f->request;

	if (!r->keepConnection)
		return false;
	if (!f->ended && (fcgi_buffered(&f->io) || poll(&fd, 1, 0) == 1))
		fcgi_at_end(&f->io);
	return f->ended;
}
