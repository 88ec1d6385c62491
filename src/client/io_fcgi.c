#include "client/io_fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <limits.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

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

/* Records of FastCGI 1.0, section 8. */
enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDOUT = 6,
    GET_VALUES = 9, GET_VALUES_RESULT = 10, RECORD_BYTES = 65528,
    LOOK_BYTES = 128 * 1024, LONG_BYTES = 48 * 1024 };

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
read_on(struct io_fcgi *f, void *to, size_t n)
{
	FCGX_Stream	*in = request_of(&f->io)->in;
	unsigned char	*bytes = to;
	size_t		 more;
	int		 c;

	if (n == 0 || f->ended)
		return 0;
	if ((c = FCGX_GetChar(in)) == EOF) {
		f->ended = FCGX_GetError(in) == 0;
		return f->ended ? 0 : -1;
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

static ssize_t
fcgi_read(struct io *io, void *to, size_t n)
{
	struct io_fcgi	*f = (struct io_fcgi *)io;

	if (f->ahead_bytes == f->ahead_at)
		return read_on(f, to, n);
	if (n > f->ahead_bytes - f->ahead_at)
		n = f->ahead_bytes - f->ahead_at;
	memcpy(to, f->ahead + f->ahead_at, n);
	f->ahead_at += n;
	return (ssize_t)n;
}

/* Of what comes next: a byte of this record's content; else the padding behind
 * it, the header of the next, and a byte of that where it has any. */
static bool
is_enough(const struct stream_data *d, const unsigned char *seen, size_t n)
{
	size_t	 head = (size_t)d->paddingLen + IO_FCGI_HEADER;

	if (d->contentLen > 0)
		return n > 0;
	return n > head || (n == head && seen[head - 4] == 0 &&
	    seen[head - 3] == 0);
}

/* Would libfcgi go on without a wait?  What it has not read itself is looked
 * for in the socket. */
static bool
is_here(const struct io_fcgi *f)
{
	const FCGX_Request		*r = f->request;
	const FCGX_Stream		*in = r->in;
	const struct stream_data	*d = in->data;
	unsigned char			 seen[UCHAR_MAX + IO_FCGI_HEADER + 1];
	size_t				 here;
	ssize_t				 more;

	if (in->isClosed || in->rdNext != in->stop)
		return true;
	here = (size_t)(d->buffStop - in->stop);
	if (here > sizeof(seen))
		here = sizeof(seen);
	memcpy(seen, in->stop, here);
	if (is_enough(d, seen, here))
		return true;
	more = recv(r->ipcFd, seen + here, sizeof(seen) - here,
	    MSG_PEEK | MSG_DONTWAIT);
	if (more == 0)
		return true;		/* the end, as reading will tell */
	return more > 0 && is_enough(d, seen, here + (size_t)more);
}

static bool
fcgi_buffered(struct io *io)
{
	struct io_fcgi	*f = (struct io_fcgi *)io;

	return f->ended || f->ahead_at < f->ahead_bytes || is_here(f);
}

static bool
fcgi_at_end(struct io *io)
{
	struct io_fcgi	*f = (struct io_fcgi *)io;
	FCGX_Stream	*in = request_of(io)->in;
	int		 c;

	if (f->ahead_at < f->ahead_bytes)
		return false;
	if (f->ended)
		return true;
	if (!is_here(f))
		return false;
	if ((c = FCGX_GetChar(in)) != EOF) {
		FCGX_UnGetChar(c, in);
		return false;
	}
	return f->ended = FCGX_GetError(in) == 0;
}

bool
io_fcgi_gather(struct io_fcgi *f, size_t max)
{
	ssize_t	 got;

	if (f->ahead == NULL && (f->ahead = malloc(max)) == NULL)
		return true;
	while (f->ahead_bytes < max && !f->ended) {
		if (!is_here(f))
			return false;
		got = read_on(f, f->ahead + f->ahead_bytes,
		    max - f->ahead_bytes);
		if (got == -1)
			return true;
		f->ahead_bytes += (size_t)got;
	}
	return true;
}

static void
put_header(unsigned char to[IO_FCGI_HEADER], const FCGX_Request *r, int type,
    size_t n)
{
	memset(to, 0, IO_FCGI_HEADER);
	to[0] = 1;
	to[1] = (unsigned char)type;
	to[2] = (unsigned char)(r->requestId >> 8);
	to[3] = (unsigned char)r->requestId;
	to[4] = (unsigned char)(n >> 8);
	to[5] = (unsigned char)n;
}

/* What the server has not taken waits, behind what it has not taken before. */
static int
keep(struct io_fcgi *f, const struct iovec *parts, int count, size_t taken)
{
	size_t		 more = 0;
	unsigned char	*to;
	int		 i;

	for (i = 0; i < count; i++)
		more += parts[i].iov_len;
	if (more == taken)
		return 0;
	to = realloc(f->waiting, f->io.waiting_bytes + more - taken);
	if (to == NULL)
		return -1;
	f->waiting = to;
	for (i = 0; i < count; i++) {
		size_t	 skip = taken < parts[i].iov_len ? taken :
			    parts[i].iov_len;

		memcpy(to + f->io.waiting_bytes,
		    (const char *)parts[i].iov_base + skip,
		    parts[i].iov_len - skip);
		f->io.waiting_bytes += parts[i].iov_len - skip;
		taken -= skip;
	}
	return 0;
}

static int
send_parts(struct io_fcgi *f, struct iovec *parts, int count)
{
	const struct msghdr	 all = { .msg_iov = parts,
				    .msg_iovlen = (size_t)count };
	ssize_t			 put = 0;

	if (f->broken)
		return -1;
	if (f->io.waiting_bytes == 0) {
		put = sendmsg(request_of(&f->io)->ipcFd, &all,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put == -1 && (errno == EAGAIN || errno == EINTR))
			put = 0;
	}
	f->broken = put == -1 || keep(f, parts, count, (size_t)put) == -1;
	return f->broken ? -1 : 0;
}

static int
fcgi_drain(struct io *io)
{
	struct io_fcgi	*f = (struct io_fcgi *)io;
	ssize_t		 put;

	if (f->broken)
		return -1;
	put = send(request_of(io)->ipcFd, f->waiting, io->waiting_bytes,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	if (put == -1 && errno != EAGAIN && errno != EINTR) {
		f->broken = true;
		return -1;
	}
	if (put > 0) {
		io->waiting_bytes -= (size_t)put;
		memmove(f->waiting, f->waiting + put, io->waiting_bytes);
	}
	return 0;
}

/* As one record; the part to be sent is before `parts'. */
static int
collected(struct io_fcgi *f, struct iovec *part)
{
	if (f->collected == 0)
		return 0;
	put_header(f->out, request_of(&f->io), STDOUT, f->collected);
	*part = (struct iovec){ f->out, IO_FCGI_HEADER + f->collected };
	f->collected = 0;
	return 1;
}

static const char *
server_software(char **vars)
{
	for (; *vars != NULL; vars++)
		if (strncmp(*vars, "SERVER_SOFTWARE=", 16) == 0)
			return *vars + 16;
	return "";
}

/*
 * lighttpd (1.4.69) reads up to 128 KiB at once.  Where that makes more than
 * 64 KiB it makes a file of it, sends and deletes that, and the same again
 * with what it reads next: 100 MB take half as long again.  What it finds in a
 * socket file is what the sender's buffer holds: 48 KiB with this, since the
 * kernel doubles it and counts its own needs in.  A port has no such bound.
 */
static void
hold_little(struct io_fcgi *f)
{
	const int	 half_bytes = 24 * 1024;
	int		 domain = 0;
	socklen_t	 size = sizeof(domain);
	int		 fd = request_of(&f->io)->ipcFd;

	if (strncmp(server_software(f->io.vars), "lighttpd", 8) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
	    domain == AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &half_bytes,
		    sizeof(half_bytes));
}

/* Small pieces are collected; large ones are sent from where they are. */
static int
fcgi_write(struct io *io, const void *from, size_t n)
{
	struct io_fcgi	*f = (struct io_fcgi *)io;
	const char	*at = from;
	unsigned char	 head[IO_FCGI_HEADER];
	struct iovec	 parts[3];
	size_t		 part;
	int		 count;

	if (n <= IO_FCGI_COLLECTED - f->collected) {
		memcpy(f->out + IO_FCGI_HEADER + f->collected, from, n);
		f->collected += n;
		return f->broken ? -1 : 0;
	}
	if (!f->is_large)
		hold_little(f);
	f->is_large = true;
	for (; n > 0; at += part, n -= part) {
		part = n < RECORD_BYTES ? n : RECORD_BYTES;
		count = collected(f, parts);
		put_header(head, request_of(io), STDOUT, part);
		parts[count++] = (struct iovec){ head, sizeof(head) };
		parts[count++] = (struct iovec){ (void *)at, part };
		if (send_parts(f, parts, count) == -1)
			return -1;
	}
	return 0;
}

static int
fcgi_flush(struct io *io)
{
	struct io_fcgi	*f = (struct io_fcgi *)io;
	struct iovec	 part;

	return collected(f, &part) == 0 ? (f->broken ? -1 : 0) :
	    send_parts(f, &part, 1);
}

static void
fcgi_cut(struct io *io)
{
	fcgi_flush(io);
	((struct io_fcgi *)io)->cut = true;
}

/*
 * A plain end of the connection looks complete to nginx; eight bytes that are
 * no FastCGI record do not.  Under mod_fcgid every kind of cut has an error
 * page of Apache's appended to what the client got, so that a plain end is the
 * lesser evil there.
 */
static int
end_by_cut(struct io_fcgi *f)
{
	static unsigned char	 no_record[IO_FCGI_HEADER] = { 9 };
	struct iovec		 part = { no_record, sizeof(no_record) };

	return send_parts(f, &part, 1);
}

/* With what was collected, so that a small answer is one write. */
int
io_fcgi_end(struct io_fcgi *f)
{
	unsigned char	 ends[3 * IO_FCGI_HEADER] = { 0 };
	struct iovec	 parts[2];
	int		 count;

	if (f->cut && !f->plain_end)
		return end_by_cut(f);
	count = collected(f, parts);
	put_header(ends, request_of(&f->io), STDOUT, 0);
	put_header(ends + IO_FCGI_HEADER, request_of(&f->io), END_REQUEST,
	    IO_FCGI_HEADER);
	parts[count++] = (struct iovec){ ends, sizeof(ends) };
	return send_parts(f, parts, count);
}

/*
 * A server that finds the cut together with all that came before may take that
 * for the whole of it (lighttpd 1.4.69 then even says its length).
 */
bool
io_fcgi_is_read(const struct io_fcgi *f)
{
	int	 bytes = 0;

	return f->io.waiting_bytes == 0 && (f->broken || ioctl(
	    request_of((struct io *)&f->io)->ipcFd, SIOCOUTQ, &bytes) == -1 ||
	    bytes == 0);
}

void
io_fcgi_free(struct io_fcgi *f)
{
	free(f->waiting);
	free(f->ahead);
}

void
io_fcgi_init(struct io_fcgi *f, void *request, bool spawned)
{
	FCGX_Request	*r = request;

	memset(f, 0, offsetof(struct io_fcgi, out));
	f->request = r;
	f->plain_end = spawned &&
	    strncmp(server_software(r->envp), "Apache", 6) == 0;
	f->io.vars = r->envp;
	f->io.read = fcgi_read;
	f->io.buffered = fcgi_buffered;
	f->io.at_end = fcgi_at_end;
	f->io.write = fcgi_write;
	f->io.flush = fcgi_flush;
	f->io.drain = fcgi_drain;
	f->io.cut = fcgi_cut;
	f->io.in_fd = f->io.gone_fd = r->ipcFd;
	f->io.gone_events = POLLRDHUP;
	f->io.framed = f->io.shared = true;
}

/* The end of an empty body is usually there already, but not yet read. */
bool
io_fcgi_drained(struct io_fcgi *f)
{
	return f->ahead_at == f->ahead_bytes && fcgi_at_end(&f->io);
}

/* "What can you do?", by a server before its first request: one at a time. */
static enum io_fcgi_head
tell_values(int fd, unsigned char *seen, size_t n)
{
	static const unsigned char	 values[] = "\17\1FCGI_MPXS_CONNS0";
	unsigned char			 reply[IO_FCGI_HEADER +
					    sizeof(values) - 1] = { 1,
					    GET_VALUES_RESULT, 0, 0, 0,
					    sizeof(values) - 1 };

	memcpy(reply + IO_FCGI_HEADER, values, sizeof(values) - 1);
	return recv(fd, seen, n, MSG_DONTWAIT) == (ssize_t)n &&
	    send(fd, reply, sizeof(reply), MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    sizeof(reply) ? IO_FCGI_TOLD : IO_FCGI_GONE;
}

/*
 * The head is a record that begins the request, and those of its variables: an
 * empty one ends them.  libfcgi waits for all of it, so it is asked only then;
 * or when it is so long that the socket's buffer may be full.
 */
static enum io_fcgi_head
judge_head(int fd, unsigned char *seen, size_t n)
{
	size_t	 at, end;

	for (at = 0; at + IO_FCGI_HEADER <= n; at = end) {
		unsigned char	*head = seen + at;
		size_t		 content = (size_t)head[4] << 8 | head[5];

		end = at + IO_FCGI_HEADER + content + head[6];
		if (head[0] != 1)
			return IO_FCGI_GONE;
		if (at == 0 && head[1] == GET_VALUES)
			return end <= n ? tell_values(fd, seen, end) :
			    IO_FCGI_PART;
		if (at == 0 && head[1] != BEGIN_REQUEST)
			return IO_FCGI_GONE;
		if (head[1] == PARAMS && content == 0 && head[2] == seen[2] &&
		    head[3] == seen[3])
			return IO_FCGI_WHOLE;
	}
	return n >= LONG_BYTES ? IO_FCGI_LONG : IO_FCGI_PART;
}

enum io_fcgi_head
io_fcgi_look(int fd)
{
	static _Thread_local unsigned char	 seen[LOOK_BYTES];
	enum io_fcgi_head			 head = IO_FCGI_TOLD;
	ssize_t					 n;

	while (head == IO_FCGI_TOLD) {
		n = recv(fd, seen, sizeof(seen), MSG_PEEK | MSG_DONTWAIT);
		if (n == -1)
			return errno == EAGAIN || errno == EINTR ?
			    IO_FCGI_NONE : IO_FCGI_GONE;
		head = n == 0 ? IO_FCGI_GONE :
		    judge_head(fd, seen, (size_t)n);
	}
	return head;
}
