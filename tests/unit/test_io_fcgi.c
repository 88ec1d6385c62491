#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/io_fcgi.h"

/*
 * libfcgi between two ends of a socket pair: this program is the web server at
 * the one, and the gateway's carrier at the other.  The records are those of
 * the FastCGI specification, section 3.3.
 */
enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, HEADER = 8 };

static int		 server;	/* the web server's end; -1: closed */
static FCGX_Request	 request;
static struct io_fcgi	 f;
static struct io	*const io = &f.io;

static void
put(const void *bytes, size_t n)
{
	assert_int_equal(write(server, bytes, n), n);
}

/* A record, or as many bytes of it as `most'; the padding is of zeros. */
static void
record_part(int type, const void *content, size_t n, size_t padding,
    size_t most)
{
	unsigned char	 r[HEADER + 4096] = { 1, (unsigned char)type, 0, 1,
			    (unsigned char)(n >> 8), (unsigned char)n,
			    (unsigned char)padding, 0 };

	assert_true(n + padding <= 4096);
	memcpy(r + HEADER, content, n);
	n += HEADER + padding;
	put(r, n < most ? n : most);
}

static void
record(int type, const void *content, size_t n)
{
	record_part(type, content, n, 0, SIZE_MAX);
}

/* "A=b" pairs, each part shorter than 128 bytes. */
static void
params(const char *const *vars)
{
	unsigned char	 text[4096];
	size_t		 len = 0;

	for (; *vars != NULL; vars++) {
		size_t	 name = strcspn(*vars, "="), value;

		value = strlen(*vars + name + 1);
		text[len++] = (unsigned char)name;
		text[len++] = (unsigned char)value;
		memcpy(text + len, *vars, name);
		memcpy(text + len + name, *vars + name + 1, value);
		len += name + value;
	}
	record(PARAMS, text, len);
	record(PARAMS, "", 0);
}

static void
begin(const char *const *vars, bool keep, bool spawned)
{
	const unsigned char	 body[8] = { 0, 1, keep };
	int			 pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	server = pair[1];
	FCGX_InitRequest(&request, -1, 0);
	request.ipcFd = pair[0];
	request.keepConnection = 1;
	record(BEGIN, body, sizeof(body));
	params(vars);
	assert_int_equal(FCGX_Accept_r(&request), 0);
	io_fcgi_init(&f, &request, spawned);
}

static void
begin_get(void)
{
	begin((const char *const[]){ "REQUEST_METHOD=GET", NULL }, true,
	    false);
}

static void
hang_up(void)
{
	if (server != -1)
		close(server);
	server = -1;
}

static int
finish(void **state)
{
	(void)state;
	hang_up();
	io_fcgi_free(&f);
	close(request.ipcFd);
	FCGX_Free(&request, 0);
	return 0;
}

static void
assert_reads(const char *want, size_t most)
{
	char	 got[256];
	ssize_t	 n = io->read(io, got, most);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(got, want, n);
}

/* --- reading --- */

static void
variables_arrive_as_sent(void **state)
{
	char	**v;
	int	 seen = 0;

	(void)state;
	begin((const char *const[]){ "REQUEST_METHOD=GET", "HTTP_X_DUP=a",
	    "HTTP_X_DUP=b", "PATH_INFO=", NULL }, true, false);
	for (v = io->vars; *v != NULL; v++) {
		seen += strcmp(*v, "HTTP_X_DUP=a") == 0;
		seen += strcmp(*v, "HTTP_X_DUP=b") == 0;
		seen += strcmp(*v, "PATH_INFO=") == 0;
	}
	assert_int_equal(seen, 3);
	assert_true(io->framed);
	assert_int_equal(io->in_fd, request.ipcFd);
	assert_int_equal(io->gone_fd, request.ipcFd);
}

static void
a_body_is_read_as_it_comes(void **state)
{
	(void)state;
	begin_get();
	assert_false(io->buffered(io));
	record(STDIN, "hello", 5);
	/* libfcgi has read nothing of it yet. */
	assert_true(io->buffered(io));
	assert_reads("he", 2);
	assert_true(io->buffered(io));
	assert_reads("llo", 256);
	assert_false(io->buffered(io));
	record(STDIN, "more", 4);
	assert_reads("more", 256);
	record(STDIN, "", 0);
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), 0);
	assert_true(io->buffered(io));
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), 0);
}

/* libfcgi reads the socket further than it is asked, and then poll(2) is
 * silent of what lies in its buffer. */
static void
what_libfcgi_has_read_ahead_is_known(void **state)
{
	(void)state;
	begin_get();
	record(STDIN, "one", 3);
	record(STDIN, "two", 3);
	record_part(STDIN, "three", 5, 3, SIZE_MAX);
	record(STDIN, "", 0);
	assert_reads("one", 256);
	assert_int_equal(poll(&(struct pollfd){ io->in_fd, POLLIN, 0 }, 1, 0),
	    0);
	assert_true(io->buffered(io));
	assert_reads("two", 256);
	assert_true(io->buffered(io));
	assert_reads("three", 256);
	assert_true(io->buffered(io));
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), 0);
}

/* To read on would wait, with this much of the next record here. */
static const struct { size_t padding, next; bool want; } parts[] = {
	{ 0, 0, false },
	{ 0, 1, false },
	{ 0, HEADER - 1, false },
	{ 0, HEADER, false },
	{ 0, HEADER + 1, true },
	{ 5, 0, false },
	{ 5, HEADER - 1, false },
	{ 5, HEADER, false },
	{ 5, HEADER + 1, true },
	{ 255, HEADER + 4, true },
};

static void
a_part_of_a_record_is_not_here(void **state)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		begin_get();
		record_part(STDIN, "one", 3, parts[i].padding, SIZE_MAX);
		if (parts[i].next > 0)
			record_part(STDIN, "next", 4, 0, parts[i].next);
		assert_reads("one", 256);
		if (io->buffered(io) != parts[i].want)
			fail_msg("padding %zu, %zu bytes of the next",
			    parts[i].padding, parts[i].next);
		finish(state);
	}
	begin_get();
	/* The middle of a record's content. */
	record_part(STDIN, "hello", 5, 0, HEADER + 2);
	assert_reads("he", 256);
	assert_false(io->buffered(io));
	put("llo", 3);
	assert_true(io->buffered(io));
	assert_reads("llo", 256);
	/* The end needs no more than its header. */
	record(STDIN, "one", 3);
	record(STDIN, "", 0);
	assert_reads("one", 256);
	assert_true(io->buffered(io));
}

static void
a_server_that_hangs_up_is_gone(void **state)
{
	(void)state;
	begin_get();
	record(STDIN, "half", 4);
	assert_reads("half", 256);
	hang_up();
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), -1);
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), -1);
}

static void
the_end_of_the_body_is_found_without_taking_any(void **state)
{
	(void)state;
	begin_get();
	record(STDIN, "", 0);
	assert_true(io->at_end(io));
	assert_true(io->at_end(io));
	finish(state);

	begin_get();
	record(STDIN, "ab", 2);
	assert_false(io->at_end(io));
	assert_false(io->at_end(io));
	assert_reads("ab", 256);
	record(STDIN, "", 0);
	assert_true(io->at_end(io));
	finish(state);

	begin_get();
	hang_up();
	assert_false(io->at_end(io));
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), -1);
}

/* What is wanted before the answer is put aside as it comes, and read then. */
static void
a_body_can_be_gathered(void **state)
{
	(void)state;
	begin_get();
	assert_false(io_fcgi_gather(&f, 8));
	record(STDIN, "one", 3);
	record_part(STDIN, "two", 3, 0, HEADER - 1);
	assert_false(io_fcgi_gather(&f, 8));
	assert_true(io->buffered(io));
	assert_false(io->at_end(io));
	put("\0two", 4);
	assert_false(io_fcgi_gather(&f, 8));
	record(STDIN, "three", 5);
	assert_true(io_fcgi_gather(&f, 8));
	assert_reads("onetw", 5);
	assert_reads("oth", 256);
	assert_reads("ree", 256);
	record(STDIN, "", 0);
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), 0);
	finish(state);

	begin_get();
	record(STDIN, "all", 3);
	record(STDIN, "", 0);
	assert_true(io_fcgi_gather(&f, 8));
	assert_false(io->at_end(io));
	assert_reads("all", 256);
	assert_true(io->at_end(io));
	finish(state);

	begin_get();
	record(STDIN, "ha", 2);
	hang_up();
	assert_true(io_fcgi_gather(&f, 8));
	assert_reads("ha", 256);
	assert_int_equal(io->read(io, (char[8]){ 0 }, 8), -1);
}

/* --- writing --- */

/* All STDOUT content that has arrived at the server, as text. */
static const char *
arrived(void)
{
	static unsigned char	 all[128 * 1024];
	static char		 text[128 * 1024];
	ssize_t			 n;
	size_t			 at = 0, len = 0;

	n = recv(server, all, sizeof(all), MSG_DONTWAIT);
	while (n > 0 && at + HEADER <= (size_t)n) {
		size_t	 content = all[at + 4] * 256u + all[at + 5];

		if (all[at] != 1)
			break;
		if (all[at + 1] == STDOUT) {
			memcpy(text + len, all + at + HEADER, content);
			len += content;
		}
		at += HEADER + content + all[at + 6];
	}
	text[len] = '\0';
	return text;
}

static void
what_is_written_goes_out_by_flush(void **state)
{
	(void)state;
	begin_get();
	assert_int_equal(io->write(io, "hel", 3), 0);
	assert_int_equal(io->write(io, "lo", 2), 0);
	assert_string_equal(arrived(), "");
	assert_int_equal(io->flush(io), 0);
	assert_string_equal(arrived(), "hello");
}

static void
writing_to_nobody_fails(void **state)
{
	static char	 large[100000];
	int		 failed;

	(void)state;
	begin_get();
	hang_up();
	assert_int_equal(io->write(io, large, sizeof(large)), -1);
	failed = io->write(io, "x", 1) != 0;
	failed |= io->flush(io) != 0;
	assert_true(failed);
}

/* Past libfcgi's buffer, behind what is in it; in the longest of records. */
static void
what_is_large_goes_out_at_once(void **state)
{
	static const size_t	 sizes[] = { 8191, 8192, 65528, 65529, 80001 };
	static char		 large[80001];
	const char		*got;

	(void)state;
	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin_get();
		assert_int_equal(io->write(io, "head", 4), 0);
		assert_int_equal(io->write(io, large, sizes[i]), 0);
		assert_int_equal(io->write(io, "tail", 4), 0);
		assert_int_equal(io->flush(io), 0);
		got = arrived();
		assert_int_equal(strlen(got), sizes[i] + 8);
		assert_memory_equal(got, "head", 4);
		assert_memory_equal(got + 4, large, sizes[i]);
		assert_string_equal(got + 4 + sizes[i], "tail");
		finish(state);
	}
	begin_get();
}

/* The server reads slowly: nothing waits for it, and nothing is lost. */
static void
what_is_not_taken_waits(void **state)
{
	static char	 large[50001];
	static char	 got[HEADER + 65536];
	size_t		 sent = 0, seen = 0;
	ssize_t		 n;

	(void)state;
	begin_get();
	for (size_t i = 0; i < 50000; i++)
		large[i] = (char)('a' + i % 23);
	while (io->waiting_bytes == 0 && sent < 5000000) {
		assert_int_equal(io->write(io, large, 50000), 0);
		sent += HEADER + 50000;
	}
	assert_in_range(io->waiting_bytes, 1, HEADER + 50000);
	/* There is room again, but not for what would overtake. */
	seen = (size_t)recv(server, got, sizeof(got), MSG_DONTWAIT);
	assert_in_range(seen, HEADER, sizeof(got));
	assert_memory_equal(got + HEADER, large, 1000);
	assert_int_equal(io->write(io, large, 50000), 0);
	sent += HEADER + 50000;
	assert_int_equal(io->write(io, "tail", 4), 0);
	assert_int_equal(io_fcgi_end(&f), 0);
	sent += HEADER + 4 + 3 * HEADER;
	while (seen < sent) {
		n = recv(server, got, sizeof(got), MSG_DONTWAIT);
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; i++, seen++) {
			size_t at = seen % (HEADER + 50000);

			if (seen < sent - 4 * HEADER - 4 && at >= HEADER)
				assert_int_equal(got[i], large[at - HEADER]);
		}
		if (io->waiting_bytes > 0)
			assert_int_equal(io->drain(io), 0);
	}
	assert_int_equal(recv(server, got, 1, MSG_DONTWAIT), -1);
	assert_int_equal(io->waiting_bytes, 0);
}

/* What the server can find at once of a large answer; it has not read yet. */
static int
found_at_once(const char *software)
{
	static char	 large[16384];
	char		 text[64];
	const char	*vars[] = { "REQUEST_METHOD=GET", text, NULL };
	int		 bytes = 0;

	snprintf(text, sizeof(text), "SERVER_SOFTWARE=%s", software);
	begin(vars, true, false);
	while (io->waiting_bytes == 0 && bytes < 5000000) {
		assert_int_equal(io->write(io, large, sizeof(large)), 0);
		bytes += (int)sizeof(large);
	}
	assert_int_equal(ioctl(server, FIONREAD, &bytes), 0);
	return bytes;
}

static void
lighttpd_finds_no_more_than_it_keeps_in_memory(void **state)
{
	(void)state;
	assert_in_range(found_at_once("lighttpd/1.4.69"), 16384, 65536);
	finish(state);
	assert_in_range(found_at_once("nginx/1.22.1"), 65537, 5000000);
}

/* --- ending --- */

/* One write: what was collected, the end of it, the end of the request. */
static void
a_small_answer_is_one_write(void **state)
{
	unsigned char	 got[256];

	(void)state;
	begin_get();
	assert_int_equal(io->write(io, "small", 5), 0);
	assert_int_equal(recv(server, got, sizeof(got), MSG_DONTWAIT), -1);
	assert_int_equal(io_fcgi_end(&f), 0);
	assert_int_equal(recv(server, got, sizeof(got), 0),
	    HEADER + 5 + 3 * HEADER);
	assert_memory_equal(got + HEADER, "small", 5);
	assert_int_equal(got[HEADER + 5 + 1], STDOUT);
	assert_int_equal(got[HEADER + 5 + 5], 0);
	assert_int_equal(got[2 * HEADER + 5 + 1], END);
	assert_int_equal(got[2 * HEADER + 5 + 3], 1);
	assert_int_equal(got[2 * HEADER + 5 + 5], 8);
	for (size_t i = 3 * HEADER + 5; i < 4 * HEADER + 5; i++)
		assert_int_equal(got[i], 0);
	hang_up();
	assert_int_equal(io_fcgi_end(&f), -1);
}

static void
a_cut_is_no_fastcgi(void **state)
{
	unsigned char	 got[256];
	ssize_t		 n;

	(void)state;
	begin_get();
	assert_int_equal(io->write(io, "half", 4), 0);
	io->cut(io);
	assert_false(io_fcgi_is_read(&f));
	n = recv(server, got, sizeof(got), 0);
	assert_int_equal(n, HEADER + 4);
	assert_true(io_fcgi_is_read(&f));
	assert_int_equal(io_fcgi_end(&f), 0);
	n += recv(server, got + n, sizeof(got) - (size_t)n, 0);
	/* The record of "half", then what is none, and no end. */
	assert_int_equal(n, HEADER + 4 + 8);
	assert_int_equal(got[0], 1);
	assert_int_equal(got[1], STDOUT);
	assert_memory_equal(got + HEADER, "half", 4);
	assert_int_not_equal(got[HEADER + 4], 1);
	assert_int_equal(recv(server, got, sizeof(got), MSG_DONTWAIT), -1);
}

static const struct { const char *software; bool spawned, plain; } ends[] = {
	{ "SERVER_SOFTWARE=Apache/2.4.71 (Debian)", true, true },
	{ "SERVER_SOFTWARE=Apache", true, true },
	{ "SERVER_SOFTWARE=Apache/2.4.71 (Debian)", false, false },
	{ "SERVER_SOFTWARE=lighttpd/1.4.69", true, false },
	{ "SERVER_SOFTWARE=nginx/1.22.1", false, false },
	{ "HTTP_SERVER_SOFTWARE=Apache", true, false },
};

/* mod_fcgid would append a page of its own to what was cut. */
static void
mod_fcgid_gets_a_plain_end(void **state)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char	 byte;

		begin((const char *const[]){ ends[i].software, NULL }, false,
		    ends[i].spawned);
		io->cut(io);
		assert_int_equal(io_fcgi_end(&f), 0);
		assert_int_equal(recv(server, &byte, 1, MSG_DONTWAIT), 1);
		assert_int_equal(byte == 1, ends[i].plain);
		finish(state);
	}
	begin_get();
}

static const struct {
	bool		 keep;
	const char	*body;		/* NULL: not even its end has come */
	bool		 read, want;
} drains[] = {
	{ true, "", false, true },
	{ true, "", true, true },
	{ true, "body", true, true },
	{ true, "body", false, false },
	{ true, NULL, false, false },
	{ false, "", false, true },
	{ false, "body", true, true },
	{ false, "body", false, false },
};

static void
what_is_read_to_its_end_is_drained(void **state)
{
	for (size_t i = 0; i < sizeof(drains) / sizeof(drains[0]); i++) {
		char	 got[16];

		begin((const char *const[]){ "REQUEST_METHOD=POST", NULL },
		    drains[i].keep, false);
		if (drains[i].body != NULL) {
			if (*drains[i].body != '\0')
				record(STDIN, drains[i].body,
				    strlen(drains[i].body));
			record(STDIN, "", 0);
		}
		while (drains[i].read && io->read(io, got, sizeof(got)) > 0)
			;
		assert_int_equal(io_fcgi_drained(&f), drains[i].want);
		finish(state);
	}
	begin_get();
}

/* --- before --- */

/* What is seen of a connection on which this has arrived; and the same again,
 * since nothing is taken. */
static enum io_fcgi_head
seen_of(const void *bytes, size_t n)
{
	enum io_fcgi_head	 head;
	int			 pair[2];
	char			*rest = malloc(n + 1);

	assert_non_null(rest);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[1], bytes, n), n);
	head = io_fcgi_look(pair[0]);
	if (head != IO_FCGI_GONE) {
		assert_int_equal(io_fcgi_look(pair[0]), head);
		assert_int_equal(recv(pair[0], rest, n + 1, MSG_DONTWAIT),
		    n > 0 ? (int)n : -1);
		close(pair[1]);
		assert_int_equal(io_fcgi_look(pair[0]), IO_FCGI_GONE);
	} else
		close(pair[1]);
	close(pair[0]);
	free(rest);
	return head;
}

#define HEAD	"\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"

static const struct {
	const char		*bytes;
	size_t			 n;
	enum io_fcgi_head	 want;
} odd[] = {
	{ HEAD "\1\4\0\1\0\0\0\0", 24, IO_FCGI_WHOLE },
	{ HEAD "\1\4\0\2\0\0\0\0", 24, IO_FCGI_PART },	/* another's */
	{ HEAD "\1\5\0\1\0\0\0\0", 24, IO_FCGI_PART },
	{ HEAD "\2\4\0\1\0\0\0\0", 24, IO_FCGI_GONE },	/* no FastCGI */
	{ "\1\4\0\1\0\0\0\0", 8, IO_FCGI_GONE },	/* no begin */
	{ "GET / HTTP/1.1\r\n", 16, IO_FCGI_GONE },
	{ "\1\11\0\0\0\4\0\0", 8, IO_FCGI_PART },	/* a question */
};

static void
what_is_no_head_is_told_apart(void **state)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (seen_of(odd[i].bytes, odd[i].n) != odd[i].want)
			fail_msg("row %zu", i);
	begin_get();
	(void)state;
}

static const struct { size_t bytes; enum io_fcgi_head want; } looks[] = {
	{ 0, IO_FCGI_NONE },
	{ 1, IO_FCGI_PART },
	{ HEADER + 8, IO_FCGI_PART },
	{ 2 * HEADER + 8, IO_FCGI_PART },
	{ 2 * HEADER + 8 + 20, IO_FCGI_PART },
	{ 2 * HEADER + 8 + 24, IO_FCGI_PART },
	{ 3 * HEADER + 8 + 24 - 1, IO_FCGI_PART },
	{ 3 * HEADER + 8 + 24, IO_FCGI_WHOLE },
	{ 4 * HEADER + 8 + 24, IO_FCGI_WHOLE },
};

/* begin, 20 bytes of variables with 4 of padding, their end, an empty body */
static void
a_head_is_whole_with_its_last_record(void **state)
{
	static const unsigned char	 all[4 * HEADER + 8 + 24] = {
		1, BEGIN, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		1, PARAMS, 0, 1, 0, 20, 4, 0,
		[48] = 1, PARAMS, 0, 1, 0, 0, 0, 0,
		[56] = 1, STDIN, 0, 1, 0, 0, 0, 0,
	};

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		assert_int_equal(seen_of(all, looks[i].bytes), looks[i].want);
	begin_get();
	(void)state;
}

/* A record of variables that is not all here, by the bytes of it that are. */
static const struct { size_t bytes; enum io_fcgi_head want; } longs[] = {
	{ 48 * 1024 - 1, IO_FCGI_PART },
	{ 48 * 1024, IO_FCGI_LONG },
	{ 60 * 1024, IO_FCGI_LONG },
};

static void
a_long_head_is_not_waited_for(void **state)
{
	static unsigned char	 head[60 * 1024] = {
		1, BEGIN, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		1, PARAMS, 0, 1, 255, 255,
	};

	for (size_t i = 0; i < sizeof(longs) / sizeof(longs[0]); i++)
		assert_int_equal(seen_of(head, longs[i].bytes), longs[i].want);
	begin_get();
	(void)state;
}

#define RULE(name) cmocka_unit_test_teardown(name, finish)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(variables_arrive_as_sent),
		RULE(a_body_is_read_as_it_comes),
		RULE(what_libfcgi_has_read_ahead_is_known),
		RULE(a_part_of_a_record_is_not_here),
		RULE(a_server_that_hangs_up_is_gone),
		RULE(the_end_of_the_body_is_found_without_taking_any),
		RULE(a_body_can_be_gathered),
		RULE(what_is_written_goes_out_by_flush),
		RULE(writing_to_nobody_fails),
		RULE(what_is_large_goes_out_at_once),
		RULE(what_is_not_taken_waits),
		RULE(lighttpd_finds_no_more_than_it_keeps_in_memory),
		RULE(a_small_answer_is_one_write),
		RULE(a_head_is_whole_with_its_last_record),
		RULE(what_is_no_head_is_told_apart),
		RULE(a_long_head_is_not_waited_for),
		RULE(a_cut_is_no_fastcgi),
		RULE(mod_fcgid_gets_a_plain_end),
		RULE(what_is_read_to_its_end_is_drained),
	};

	if (FCGX_Init() != 0)
		return 1;
	signal(SIGPIPE, SIG_IGN);	/* Init set one of its own */
	return cmocka_run_group_tests_name("io_fcgi", tests, NULL, NULL);
}
