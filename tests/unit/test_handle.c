#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/unit/fixture.h"
#include "tests/unit/io_mem.h"
#include "upstream/certificate.h"
#include "upstream/transfer.h"

/*
 * A handle of libcurl serves one transfer after another.  What an origin gets
 * of each must be what it gets by a new handle, whichever went before.
 */

/* --- the origin, a thread: two addresses, so that there are two places --- */

enum { PLACES = 2, PEERS_MAX = 64 };
static struct peer {
	int	 fd;
	char	 got[4096];
	size_t	 bytes;
	int	 answered;
} peers[PEERS_MAX];
static int		 listening[PLACES], ports[PLACES], ends[2];
static pthread_t	 thread;
static pthread_mutex_t	 lock = PTHREAD_MUTEX_INITIALIZER;
static char		 last[4096];	/* request; with the lock */
static int		 connections;	/* ever; likewise */

/* All that could make a client remember something. */
static const char	 answer[] = "HTTP/1.1 401 Unauthorized\r\n"
			    "Set-Cookie: a=b; Path=/\r\n"
			    "Alt-Svc: h2=\":1\", http/1.1=\":1\"\r\n"
			    "Strict-Transport-Security: max-age=1000\r\n"
			    "WWW-Authenticate: Digest realm=a, nonce=b\r\n"
			    "WWW-Authenticate: Basic realm=a\r\n"
			    "Location: /elsewhere\r\n"
			    "Content-Length: 2\r\n\r\nok";

static bool
whole(const struct peer *p)
{
	const char	*end = strstr(p->got, "\r\n\r\n"), *length;

	if (end == NULL)
		return false;
	if (strstr(p->got, "chunked") != NULL)
		return strstr(end, "\r\n0\r\n\r\n") != NULL;
	length = strstr(p->got, "Content-Length: ");
	return strlen(end + 4) == (length == NULL ? 0 :
	    strtoul(length + strlen("Content-Length: "), NULL, 10));
}

static bool
answers(struct peer *p)
{
	size_t	 n = sizeof(answer) - 1;

	if (strncmp(p->got, "HEAD ", 5) == 0)
		n -= 2;
	return send(p->fd, answer, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* On a connection that was used before, "/lost" goes without an answer. */
static bool
serves(struct peer *p)
{
	ssize_t	 n;

	n = recv(p->fd, p->got + p->bytes, sizeof(p->got) - 1 - p->bytes, 0);
	if (n <= 0)
		return false;
	p->got[p->bytes += (size_t)n] = '\0';
	if (!whole(p))
		return true;
	if (strstr(p->got, "/lost") != NULL && p->answered > 0)
		return false;
	pthread_mutex_lock(&lock);
	strcpy(last, p->got);
	pthread_mutex_unlock(&lock);
	p->bytes = 0;
	p->answered++;
	return answers(p);
}

static void
admit(int fd)
{
	struct peer	*p = peers;

	while (p < peers + PEERS_MAX && p->fd != -1)
		p++;
	if (fd == -1 || p == peers + PEERS_MAX)
		abort();
	*p = (struct peer){ .fd = fd };
	pthread_mutex_lock(&lock);
	connections++;
	pthread_mutex_unlock(&lock);
}

static void *
serve(void *unused)
{
	struct pollfd	 fds[PEERS_MAX + PLACES + 1];
	size_t		 i;

	for (;;) {
		for (i = 0; i < PEERS_MAX; i++)
			fds[i] = (struct pollfd){ peers[i].fd, POLLIN, 0 };
		for (i = 0; i < PLACES; i++)
			fds[PEERS_MAX + i] = (struct pollfd){ listening[i],
			    POLLIN, 0 };
		fds[PEERS_MAX + PLACES] = (struct pollfd){ ends[0], POLLIN,
		    0 };
		if (poll(fds, ROWS(fds), -1) == -1)
			abort();
		if (fds[PEERS_MAX + PLACES].revents != 0)
			return unused;
		for (i = 0; i < PEERS_MAX; i++)
			if (fds[i].revents != 0 && !serves(&peers[i])) {
				close(peers[i].fd);
				peers[i].fd = -1;
			}
		for (i = 0; i < PLACES; i++)
			if (fds[PEERS_MAX + i].revents != 0)
				admit(accept(listening[i], NULL, NULL));
	}
}

static int
listen_at(uint32_t address, int *port)
{
	struct sockaddr_in	 sa = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(address) };
	socklen_t		 len = sizeof(sa);
	int			 fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&sa, len) == -1 ||
	    listen(fd, PEERS_MAX) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) == -1)
		return -1;
	*port = ntohs(sa.sin_port);
	return fd;
}

static int
origin_begin(void **state)
{
	(void)state;
	for (size_t i = 0; i < PEERS_MAX; i++)
		peers[i].fd = -1;
	for (size_t i = 0; i < PLACES; i++) {
		listening[i] = listen_at(INADDR_LOOPBACK + (uint32_t)i,
		    &ports[i]);
		if (listening[i] == -1)
			return -1;
	}
	return pipe(ends) == -1 ? -1 :
	    pthread_create(&thread, NULL, serve, NULL);
}

static int
origin_end(void **state)
{
	(void)state;
	close(ends[1]);
	pthread_join(thread, NULL);
	close(ends[0]);
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (peers[i].fd != -1)
			close(peers[i].fd);
	for (size_t i = 0; i < PLACES; i++)
		close(listening[i]);
	return 0;
}

/* --- transfers --- */

enum { SEEN = 1, CERTIFICATE = 2, LOOK = 4, CUT = 8, FIELDS_TOO = 16 };
static const struct kind {
	const char	*method, *rest;
	int		 place;
	int64_t		 bytes;
	const char	*host;
	int		 wants;
} kinds[] = {
	{ "GET", "/a" },
	{ "GET", "/a/../b;c?d=%2E&e=%2e\"|'" },
	{ "GET", "?q" },
	{ "GET", "" },
	{ "GET", "/a?", .place = 1 },
	{ "GET", "/a", .host = "h.example" },
	{ "GET", "/a", .wants = FIELDS_TOO },
	{ "HEAD", "/a" },
	{ "DELETE", "/a" },
	{ "OPTIONS", "/a" },
	{ "DELETE", "/a", .bytes = 5 },
	{ "POST", "/a" },
	{ "POST", "/a", .bytes = 5, .place = 1 },
	{ "PUT", "/a" },
	{ "PUT", "/a", .bytes = -1 },
	{ "PATCH", "/a", .bytes = 5, .wants = FIELDS_TOO | SEEN },
	{ "GET", "/a", .wants = SEEN },
	{ "GET", "/a", .wants = CERTIFICATE },
	{ "GET", "/a", .wants = SEEN | CERTIFICATE | LOOK },
	{ "GET", "/a", .place = 1, .wants = CUT },
	{ "PUT", "/a", .bytes = 5, .wants = CUT },
};

static struct ip_net	 loopback;
static struct rules	 rules;
static struct loop	*loop;
static struct fetcher	*fetcher;	/* with one handle */
static struct transfer	 t;
static char		 got[4096];	/* of the last transfer; "" nothing */
static int		 opened;	/* connections in its time */

static enum err
head(void *arg, int status, const struct fields *fields)
{
	const struct kind	*k = arg;

	(void)fields;
	assert_int_equal(status, 401);
	return k->wants & CUT ? ERR_CLIENT_GONE : OK;
}

static enum err
body(void *arg, const void *data, size_t n)
{
	(void)arg;
	assert_int_equal(n, 2);
	assert_memory_equal(data, "ok", 2);
	return OK;
}

static void
look(void)
{
	static int	 before;

	pthread_mutex_lock(&lock);
	strcpy(got, last);
	last[0] = '\0';
	opened = connections - before;
	before = connections;
	pthread_mutex_unlock(&lock);
}

/* As fetch_begin() does it, but for the loop. */
static CURLcode
run(const struct fetch *f, struct io *io, const struct sink *sink)
{
	CURLcode	 rc;

	fetcher->touched = NULL;
	t = (struct transfer){ .fetcher = fetcher, .f = f, .arena = &arena,
	    .io = io, .sink = *sink, .up_ended = f->body_bytes == 0 };
	fields_init(&t.head, &arena);
	t.handle = handle_take(fetcher, f, &arena);
	assert_non_null(t.handle);
	assert_int_equal(transfer_options(&t), OK);
	transfer_watch(&t);
	rc = curl_easy_perform(t.handle->easy);
	/* As of one that is cut, or is answered before its body has come. */
	curl_easy_setopt(t.handle->easy, CURLOPT_FORBID_REUSE, 1L);
	transfer_report(&t);
	handle_give(t.handle);
	look();
	return rc;
}

static struct fetch_seen	 seen;

static struct io_mem	 io;

static CURLcode
ask(const struct kind *k)
{
	static const char *const pieces[] = { "he", "llo", NULL };
	struct certificate	 certificate;
	struct sink		 sink = { .head = head, .body = body,
				    .arg = (void *)k };
	struct fields		 up;
	struct url		 target;
	struct fetch		 f = { .method = k->method, .fields = &up,
				    .target = &target, .host = k->host,
				    .body_bytes = k->bytes, .rules = &rules };
	char			 url[200];
	const char		*why;

	snprintf(url, sizeof(url), "http://127.0.0.%d:%d%s", 1 + k->place,
	    ports[k->place], k->rest);
	assert_int_equal(url_split(&arena, url, &target, &why), OK);
	f.url = url;
	up = k->wants & FIELDS_TOO ? FIELDS("Accept", "a/b", "X-Empty", "",
	    "User-Agent", "u") : FIELDS(NULL);
	f.seen = k->wants & SEEN ? &seen : NULL;
	f.certificate = k->wants & CERTIFICATE ? &certificate : NULL;
	f.only_look = k->wants & LOOK;
	io_mem_init(&io, NULL, k->bytes != 0 ? pieces : NULL);
	return run(&f, &io.io, &sink);
}

/* Nothing of the answer, and of it at all where none was to come. */
static void
asked(const struct kind *k)
{
	CURLcode	 rc = ask(k);

	assert_int_equal(rc, k->wants & LOOK ? CURLE_ABORTED_BY_CALLBACK :
	    k->wants & CUT ? CURLE_WRITE_ERROR : CURLE_OK);
	assert_int_equal(t.handle->told.fixed, (k->wants & ~FIELDS_TOO) == 0 &&
	    !t.repeated);
	assert_int_equal(got[0] == '\0', (k->wants & LOOK) != 0);
	assert_null(strstr(got, "Cookie:"));
	assert_null(strstr(got, "Authorization:"));
}

static int
begin(void **state)
{
	if (setup(state) != 0 || !ip_net_read("127.0.0.0/8", &loopback))
		return -1;
	rules = (struct rules){ .verify_tls = true, .tls_policy = "",
	    .connect_timeout_ms = 5000, .header_quota_bytes = 8192,
	    .allow_private = { .nets = &loopback, .n_nets = 1 } };
	loop = loop_new();
	fetcher = fetcher_new(loop);
	return fetcher == NULL ? -1 : 0;
}

static int
end(void **state)
{
	fetcher_free(fetcher);
	loop_free(loop);
	return teardown(state);
}

static void
each_kind_comes_alike_after_each(void **state)
{
	static char	 fresh[ROWS(kinds)][sizeof(got)];
	size_t		 a, b;

	(void)state;
	for (a = 0; a < ROWS(kinds); a++) {
		fetcher_drop_idle(fetcher);
		asked(&kinds[a]);
		strcpy(fresh[a], got);
	}
	for (a = 0; a < ROWS(kinds); a++)
		for (b = 0; b < ROWS(kinds); b++) {
			arena_reset(&arena);
			asked(&kinds[a]);
			asked(&kinds[b]);
			if (strcmp(got, fresh[b]) != 0)
				fail_msg("%s %s after %s %s:\n%s",
				    kinds[b].method, kinds[b].rest,
				    kinds[a].method, kinds[a].rest, got);
		}
}

/* Whatever went before: the first of two may need a new one. */
static void
connections_are_kept_after_each(void **state)
{
	(void)state;
	for (size_t a = 0; a < ROWS(kinds); a++) {
		asked(&kinds[a]);
		asked(&kinds[0]);
		asked(&kinds[0]);
		if (opened != 0)
			fail_msg("a connection more after %s %s",
			    kinds[a].method, kinds[a].rest);
	}
}

/* What a kind asks for shows in the request; else the rest proved little. */
static void
requests_are_as_told(void **state)
{
	static const struct { const char *rest, *line; } rows[] = {
		{ "", "GET / HTTP/1.1\r\n" },
		{ "?", "GET /? HTTP/1.1\r\n" },
		{ "?q/../r", "GET /?q/../r HTTP/1.1\r\n" },
		{ "/", "GET / HTTP/1.1\r\n" },
		{ "/a/./../b?", "GET /a/./../b? HTTP/1.1\r\n" },
		{ "//a?b?c", "GET //a?b?c HTTP/1.1\r\n" },
		{ "/%2E%2e/\"<|>`{}^", "GET /%2E%2e/\"<|>`{}^ HTTP/1.1\r\n" },
	};
	struct kind	 k = { .method = "GET" };
	char		 wanted[200];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		k.rest = rows[i].rest;
		asked(&k);
		snprintf(wanted, sizeof(wanted),
		    "%sHost: 127.0.0.1:%d\r\n\r\n", rows[i].line, ports[0]);
		assert_string_equal(got, wanted);
	}
}

static void
by_proxy(const char *url, const char *begins, CURLcode wanted)
{
	struct kind	 k = { .method = "GET" };
	struct sink	 sink = { .head = head, .body = body, .arg = &k };
	struct fields	 up = FIELDS(NULL);
	struct url	 target;
	char		 proxy[64];
	const char	*why;
	struct fetch	 f = { .method = "GET", .url = url, .target = &target,
			    .fields = &up, .rules = &rules,
			    .outbound_proxy = proxy };

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", ports[0]);
	assert_int_equal(url_split(&arena, url, &target, &why), OK);
	io_mem_init(&io, NULL, NULL);
	assert_int_equal(run(&f, &io.io, &sink), wanted);
	assert_memory_equal(got, begins, strlen(begins));
}

/* These names are nowhere: none but the proxy is asked. */
static void
a_proxy_is_asked_for_the_whole_url(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		by_proxy("http://t.invalid/a/../b?%C3%a4&d",
		    "GET http://t.invalid/a/../b?%C3%a4&d HTTP/1.1\r\n"
		    "Host: t.invalid\r\n", CURLE_OK);
		by_proxy("http://u.invalid:81?q",
		    "GET http://u.invalid:81/?q HTTP/1.1\r\n"
		    "Host: u.invalid:81\r\n", CURLE_OK);
		by_proxy("https://t.invalid/a?b",
		    "CONNECT t.invalid:443 HTTP/1.1\r\n",
		    CURLE_RECV_ERROR);
	}
}

/* libcurl counts repetitions over all transfers of a handle that is not reset,
 * and gives up after five. */
static void
what_is_lost_is_asked_again_however_often(void **state)
{
	static const struct kind	 lost = { "GET", "/lost" };

	(void)state;
	for (int i = 0; i < 8; i++) {
		asked(&kinds[0]);
		asked(&lost);
		assert_true(t.repeated);
		assert_int_equal(opened, 1);
	}
}

/* libcurl adds up the times of all that one transfer takes. */
static void
times_are_those_of_one_transfer(void **state)
{
	static const struct kind	 watched = { "GET", "/a",
					    .wants = SEEN };

	(void)state;
	for (int i = 0; i < 100; i++)
		asked(&kinds[0]);
	asked(&watched);
	assert_true(seen.first_byte_us > 0);
	assert_true(seen.first_byte_us <= seen.all_us);
}

/* --- in a loop that has no memory for one more timer --- */

static bool	 no_room;		/* once, for that of libcurl */

/* In the place of the loop's (--wrap). */
int		 __wrap_loop_at(struct loop *, struct loop_timer *, int64_t);
int		 __real_loop_at(struct loop *, struct loop_timer *, int64_t);

int
__wrap_loop_at(struct loop *l, struct loop_timer *timer, int64_t due_ms)
{
	if (!no_room || fetcher->hubs == NULL || timer != &fetcher->hubs->due)
		return __real_loop_at(l, timer, due_ms);
	no_room = false;
	return -1;
}

static enum err	 result;
static bool	 over;

static enum err
idle(void *arg, int64_t at_ms, int *again_ms)
{
	(void)arg;
	(void)at_ms;
	(void)again_ms;
	return OK;
}

static void
note_end(void *arg, enum err e)
{
	(void)arg;
	result = e;
	over = true;
}

static enum err
ask_by_loop(const struct kind *k)
{
	const struct sink	 sink = { head, body, idle, NULL, note_end,
				    (void *)k };
	struct fields		 up = FIELDS(NULL);
	struct url		 target;
	int64_t			 first_byte_ms = 10000;
	struct fetch		 f = { .method = k->method, .fields = &up,
				    .target = &target, .rules = &rules,
				    .first_byte_ms = &first_byte_ms };
	char			 url[200];
	const char		*why;

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", ports[0], k->rest);
	assert_int_equal(url_split(&arena, url, &target, &why), OK);
	f.url = url;
	io_mem_init(&io, NULL, NULL);
	over = false;
	fetch_begin(fetcher, &f, &io.io, &arena, &sink);
	while (!over)
		loop_turn(loop);
	look();
	return result;
}

/* To say so to libcurl would end all use of those connections for good. */
static void
one_timer_without_memory_ends_nothing(void **state)
{
	(void)state;
	rules.idle_timeout_ms = 10000;
	for (int i = 0; i < 3; i++) {
		no_room = i == 1;
		assert_int_equal(ask_by_loop(&kinds[0]), OK);
		assert_false(no_room);
		assert_string_not_equal(got, "");
	}
}

#define RULE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(each_kind_comes_alike_after_each),
		RULE(connections_are_kept_after_each),
		RULE(requests_are_as_told),
		RULE(a_proxy_is_asked_for_the_whole_url),
		RULE(what_is_lost_is_asked_again_however_often),
		RULE(times_are_those_of_one_transfer),
		RULE(one_timer_without_memory_ends_nothing),
	};

	return cmocka_run_group_tests_name("handle", tests, origin_begin,
	    origin_end);
}
