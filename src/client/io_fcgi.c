#include "client/io_fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * How libfcgi begins its private FCGX_Stream_Data, unchanged in all of its
 * versions.  It reads the socket in pieces of 8 KiB and deals with the records
 * in them one by one, so that poll(2) says nothing of a record that is already
 * in this buffer; and to ask for it would wait, if only its padding or a part
 * of its header is.  tests/unit/test_io_fcgi.c fails where this does not fit.
 */
struct stream_data {
	unsigned char	*buff;
	int		 bufflen;
	unsigned char	*mBuff;
	unsigned char	*buffStop;	/* the end of what was read */
	int		 type, eorStop, skip;
	int		 contentLen;	/* of this record, not yet given out */
	int		 paddingLen;	/* behind it */
};

enum { HEADER_BYTES = 8, STDOUT_RECORD = 6, RECORD_BYTES = 65528,
    LARGE_BYTES = 8192, FIRST_BYTE_MS = 1000 };

/* Can libfcgi go on with what it has read? */
static bool
is_here(const FCGX_Stream *in)
{
	const struct stream_data	*d = in->data;
	ptrdiff_t			 here = d->buffStop - in->stop;
	ptrdiff_t			 head = d->paddingLen + HEADER_BYTES;
	const unsigned char		*header = in->stop + d->paddingLen;

	if (in->isClosed || in->rdNext != in->stop)
		return true;
	if (d->contentLen > 0 || here < head)
		return d->contentLen > 0 && here > 0;
	return here > head || (header[4] == 0 && header[5] == 0);
}

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
	return ((struct io_fcgi *)io)->ended || is_here(request_of(io)->in);
}

static bool
fcgi_at_end(struct io *io)
{
	FCGX_Stream	*in = request_of(io)->in;
	struct pollfd	 fd = { io->in_fd, POLLIN, 0 };
	int		 c;

	if (((struct io_fcgi *)io)->ended)
		return true;
	if (!is_here(in) && poll(&fd, 1, FIRST_BYTE_MS) != 1)
		return false;
	if ((c = FCGX_GetChar(in)) != EOF) {
		FCGX_UnGetChar(c, in);
		return false;
	}
	return ((struct io_fcgi *)io)->ended = FCGX_GetError(in) == 0;
}

/* All of it, into a socket that waits. */
static int
write_all(int fd, struct iovec *at, int count)
{
	ssize_t	 put;

	while (count > 0) {
		if ((put = writev(fd, at, count)) == -1 && errno != EINTR)
			return -1;
		for (; put > 0 && count > 0; at++, count--) {
			if ((size_t)put < at->iov_len) {
				at->iov_base = (char *)at->iov_base + put;
				at->iov_len -= (size_t)put;
				break;
			}
			put -= (ssize_t)at->iov_len;
		}
	}
	return 0;
}

/*
 * libfcgi copies all that is written into a buffer of 8 KiB, and sends that as
 * a record.  What is larger goes past it, as records of what is there.
 */
static int
write_records(FCGX_Request *r, const char *from, size_t n)
{
	size_t		 part;

	if (FCGX_FFlush(r->out) != 0)
		return -1;
	for (; n > 0; from += part, n -= part) {
		part = n < RECORD_BYTES ? n : RECORD_BYTES;
		unsigned char	 head[HEADER_BYTES] = { 1, STDOUT_RECORD,
				    (unsigned char)(r->requestId >> 8),
				    (unsigned char)r->requestId,
				    (unsigned char)(part >> 8),
				    (unsigned char)part };
		struct iovec	 both[] = { { head, sizeof(head) },
				    { (void *)from, part } };

		if (write_all(r->ipcFd, both, 2) == -1)
			return -1;
	}
	return 0;
}

static int
fcgi_write(struct io *io, const void *from, size_t n)
{
	FCGX_Request	*r = request_of(io);

	if (n >= LARGE_BYTES)
		return write_records(r, from, n);
	return FCGX_PutStr(from, (int)n, r->out) == (int)n ? 0 : -1;
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
io_fcgi_drained(struct io_fcgi *f)
{
	struct pollfd	 fd = { f->io.in_fd, POLLIN, 0 };

	if (!f->ended && (fcgi_buffered(&f->io) || poll(&fd, 1, 0) == 1))
		fcgi_at_end(&f->io);
	return f->ended;
}
