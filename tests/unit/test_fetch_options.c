#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/url.h"
#include "tests/unit/io_mem.h"
#include "upstream/transfer.h"

/*
 * What libcurl is told, written down instead of obeyed: many of these options
 * repeat what another defence does too, so that no request can show one
 * missing.  And what is made of an answer that libcurl reads otherwise than
 * we do.
 */

#define ROWS(table) (sizeof(table) / sizeof *(table))

static struct said {
	CURLoption	 option;
	long		 number;
	const char	*text;
} said[160];
static size_t		 n_said;
static int		 resets;
static curl_opensocket_callback	 on_socket;
static curl_prereq_callback	 on_request;

#undef curl_easy_setopt

CURLcode
curl_easy_setopt(CURL *c, CURLoption option, ...)
{
	struct said	*t;
	va_list		 ap;

	(void)c;
	assert_true(n_said < ROWS(said));
	t = &said[n_said++];
	*t = (struct said){ .option = option };
	va_start(ap, option);
	if (option < CURLOPTTYPE_OBJECTPOINT)
		t->number = va_arg(ap, long);
	else if (option < CURLOPTTYPE_FUNCTIONPOINT)
		t->text = va_arg(ap, const char *);
	else if (option == CURLOPT_OPENSOCKETFUNCTION)
		on_socket = va_arg(ap, curl_opensocket_callback);
	else if (option == CURLOPT_PREREQFUNCTION)
		on_request = va_arg(ap, curl_prereq_callback);
	else if (option >= CURLOPTTYPE_OFF_T)
		t->number = (long)va_arg(ap, curl_off_t);
	va_end(ap);
	return CURLE_OK;
}

void
curl_easy_reset(CURL *c)
{
	(void)c;
	n_said = 0;
	resets++;
}

/* What was said last of an option; it must have been said. */
static const struct said *
last(CURLoption option)
{
	for (size_t i = n_said; i-- > 0;)
		if (said[i].option == option)
			return &said[i];
	fail_msg("option %d is not set", (int)option);
	return NULL;
}

static struct arena	 arena;
static struct fields	 up;
static struct rules	 rules;
static struct url	 target;
static struct ip_net	 loopback;
static struct handle	 handle;
static struct fetch	 fetch;
static struct loop	*loop;
static struct fetcher	 fetcher;
static struct transfer	 t;
static int		 reached;	/* how often the sink was told so */

static void
note_reached(void *arg)
{
	(void)arg;
	reached++;
}

/* No more of an answer must come to it. */
static const struct sink nobody = { .reached = note_reached };

static int
open_loop(void **state)
{
	(void)state;
	loop = loop_new();
	return loop != NULL ? 0 : -1;
}

static int
close_loop(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 256 * 1024);
	fields_init(&up, &arena);
	memset(&rules, 0, sizeof(rules));
	rules.verify_tls = true;
	rules.connect_timeout_ms = 1234;
	target = (struct url){ .https = true, .host = "t.example",
	    .port = 443 };
	fetch = (struct fetch){ .method = "GET", .fields = &up,
	    .url = "https://t.example/a/../b", .target = &target,
	    .rules = &rules };
	handle = (struct handle){ .easy = NULL };
	t = (struct transfer){ .f = &fetch, .arena = &arena, .handle = &handle,
	    .sink = nobody, .fetcher = &fetcher };
	fetcher.touched = NULL;
	fetcher.loop = loop;
	reached = 0;
	resets = 0;
	return ip_net_read("127.0.0.0/8", &loopback) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	told_free(&handle.told);
	arena_free(&arena);
	return 0;
}

/* The last transfer went well. */
static void
went_well(void)
{
	t.why = OK;
	t.repeated = false;
	t.head_done = true;
	transfer_report(&t);
}

static const struct { CURLoption option; long value; } numbers[] = {
	{ CURLOPT_FOLLOWLOCATION, 0 }, { CURLOPT_MAXREDIRS, 0 },
	{ CURLOPT_UNRESTRICTED_AUTH, 0 }, { CURLOPT_AUTOREFERER, 0 },
	{ CURLOPT_POSTREDIR, 0 }, { CURLOPT_NETRC, CURL_NETRC_IGNORED },
	{ CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE },
	{ CURLOPT_PROXYAUTH, (long)CURLAUTH_NONE },
	{ CURLOPT_DISALLOW_USERNAME_IN_URL, 1 }, { CURLOPT_PATH_AS_IS, 1 },
	{ CURLOPT_NOSIGNAL, 1 }, { CURLOPT_HTTP09_ALLOWED, 0 },
	{ CURLOPT_TRANSFER_ENCODING, 0 },
	{ CURLOPT_HTTP_TRANSFER_DECODING, 1 },
	{ CURLOPT_HTTP_CONTENT_DECODING, 0 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS },
	{ CURLOPT_HEADEROPT, CURLHEADER_SEPARATE },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
	{ CURLOPT_SSL_VERIFYPEER, 1 }, { CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_SESSIONID_CACHE, 1 }, { CURLOPT_CERTINFO, 0 },
	{ CURLOPT_SSL_OPTIONS, 0 }, { CURLOPT_CONNECTTIMEOUT_MS, 1234 },
	{ CURLOPT_MAXAGE_CONN, 30 }, { CURLOPT_MAXLIFETIME_CONN, 300 },
	{ CURLOPT_DNS_CACHE_TIMEOUT, 30 }, { CURLOPT_VERBOSE, 0 },
	{ CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 200 },
	{ CURLOPT_KEEP_SENDING_ON_ERROR, 0 }, { CURLOPT_FAILONERROR, 0 },
	{ CURLOPT_FRESH_CONNECT, 0 }, { CURLOPT_FORBID_REUSE, 0 },
	{ CURLOPT_IPRESOLVE, CURL_IPRESOLVE_WHATEVER },
	{ CURLOPT_TIMEOUT_MS, 0 }, { CURLOPT_LOW_SPEED_LIMIT, 0 },
	{ CURLOPT_LOW_SPEED_TIME, 0 }, { CURLOPT_TCP_NODELAY, 1 },
	{ CURLOPT_NOPROGRESS, 1 }, { CURLOPT_HTTPGET, 1 },
};

static const struct { CURLoption option; const char *value; } texts[] = {
	{ CURLOPT_URL, "https://t.example" },
	{ CURLOPT_REQUEST_TARGET, "/a/../b" },
	{ CURLOPT_PROTOCOLS_STR, "http,https" },
	{ CURLOPT_REDIR_PROTOCOLS_STR, "http,https" },
	/* "" where NULL would ask the environment */
	{ CURLOPT_PROXY, "" }, { CURLOPT_NOPROXY, "*" },
	{ CURLOPT_PRE_PROXY, NULL }, { CURLOPT_UNIX_SOCKET_PATH, NULL },
	{ CURLOPT_ABSTRACT_UNIX_SOCKET, NULL }, { CURLOPT_INTERFACE, NULL },
	{ CURLOPT_RESOLVE, NULL }, { CURLOPT_CONNECT_TO, NULL },
	{ CURLOPT_DOH_URL, NULL }, { CURLOPT_DNS_SERVERS, NULL },
	{ CURLOPT_USERPWD, NULL }, { CURLOPT_XOAUTH2_BEARER, NULL },
	{ CURLOPT_COOKIE, NULL }, { CURLOPT_COOKIEFILE, NULL },
	{ CURLOPT_COOKIEJAR, NULL }, { CURLOPT_SHARE, NULL },
	{ CURLOPT_ACCEPT_ENCODING, NULL }, { CURLOPT_RANGE, NULL },
	{ CURLOPT_REFERER, NULL }, { CURLOPT_USERAGENT, NULL },
	{ CURLOPT_CUSTOMREQUEST, NULL },
};

static void
every_option_is_stated(void **state)
{
	const struct said	*o;

	(void)state;
	assert_int_equal(transfer_options(&t), OK);
	for (size_t i = 0; i < ROWS(numbers); i++)
		if (last(numbers[i].option)->number != numbers[i].value)
			fail_msg("option %d is %ld", (int)numbers[i].option,
			    last(numbers[i].option)->number);
	for (size_t i = 0; i < ROWS(texts); i++) {
		o = last(texts[i].option);
		if (texts[i].value == NULL ? o->text != NULL :
		    o->text == NULL || strcmp(o->text, texts[i].value) != 0)
			fail_msg("option %d is %s", (int)texts[i].option,
			    o->text != NULL ? o->text : "NULL");
	}
	/* libcurl calls its own without these, which print or read stdin */
	last(CURLOPT_HEADERFUNCTION);
	last(CURLOPT_WRITEFUNCTION);
	last(CURLOPT_READFUNCTION);
	for (size_t i = 0; i < n_said; i++)	/* NULL turns them on */
		assert_true(said[i].option != CURLOPT_ALTSVC &&
		    said[i].option != CURLOPT_HSTS);
}

/* libcurl must read the URL as policy did. */
static void
no_other_place_than_the_judged_one(void **state)
{
	(void)state;
	target.host = "u.example";
	assert_int_equal(transfer_options(&t), ERR_INTERNAL);
	target.host = "t.example";
	target.port = 80;
	assert_int_equal(transfer_options(&t), ERR_INTERNAL);
	target.port = 443;
	target.https = false;
	assert_int_equal(transfer_options(&t), ERR_INTERNAL);
	target.https = true;
	assert_int_equal(transfer_options(&t), OK);
	went_well();
	fetch.url = "https://t.exam";
	target.host = "t.exam";
	assert_int_equal(transfer_options(&t), OK);
	went_well();
	target.host = "u.example";	/* nor where the text is known */
	assert_int_equal(transfer_options(&t), ERR_INTERNAL);
}

static void
what_ends_no_line_is_asked_for(void **state)
{
	static const char *const bad[] = { "/a b", "/a\r\nX: b", "/a\tb",
	    "/a#b", "/a\x7f", "/\xc3\xa4", "?a b", "?\n" };
	static const char *const good[] = { "", "/", "?a", "/~!\"|^`{}\\" };
	char			 url[64];

	(void)state;
	fetch.url = url;
	for (size_t i = 0; i < ROWS(bad); i++) {
		snprintf(url, sizeof(url), "https://t.example%s", bad[i]);
		assert_int_equal(transfer_options(&t), ERR_INTERNAL);
	}
	for (size_t i = 0; i < ROWS(good); i++) {
		snprintf(url, sizeof(url), "https://t.example%s", good[i]);
		assert_int_equal(transfer_options(&t), OK);
		assert_string_equal(last(CURLOPT_REQUEST_TARGET)->text +
		    (good[i][0] != '/'), good[i]);
	}
}

/* These three go by HTTPGET, which ends them (test_handle). */
static bool
by_method(CURLoption option)
{
	return option == CURLOPT_UPLOAD || option == CURLOPT_NOBODY ||
	    option == CURLOPT_INFILESIZE_LARGE;
}

static void
what_any_transfer_changes_each_states(void **state)
{
	static const struct { const char *method; int64_t bytes; } rows[] = {
		{ "HEAD", 0 }, { "DELETE", 0 }, { "DELETE", 3 },
		{ "POST", 0 }, { "POST", 3 }, { "PUT", -1 },
	};
	CURLoption	 changed[ROWS(rows) * 20];
	size_t		 n = 0, of_all;

	(void)state;
	assert_int_equal(transfer_options(&t), OK);
	of_all = n_said;
	went_well();
	for (size_t i = 0; i < ROWS(rows); i++) {
		n_said = 0;
		fetch.method = rows[i].method;
		fetch.body_bytes = rows[i].bytes;
		fetch.host = i % 2 ? "h.example" : NULL;
		assert_int_equal(transfer_options(&t), OK);
		went_well();
		assert_true(n_said > 5 && n_said < of_all / 3);
		for (size_t j = 0; j < n_said; j++)
			changed[n++] = said[j].option;
	}
	n_said = 0;
	fetch.method = "GET";
	fetch.body_bytes = 0;
	assert_int_equal(transfer_options(&t), OK);
	for (size_t i = 0; i < n; i++)
		if (!by_method(changed[i]))
			last(changed[i]);
	last(CURLOPT_FORBID_REUSE);	/* set by who cuts a transfer */
	assert_int_equal(resets, 1);
}

/* Each of these may have left something else than options, too. */
static void
a_handle_begins_anew_after_what_did_not_go_well(void **state)
{
	static const struct {
		enum err	 why;
		bool		 repeated, answered;
	} rows[] = {
		{ ERR_CLIENT_GONE, false, true },
		{ OK, true, true },
		{ OK, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(transfer_options(&t), OK);
		t.why = rows[i].why;
		t.repeated = rows[i].repeated;
		t.head_done = rows[i].answered;
		transfer_report(&t);
		resets = 0;
		every_option_is_stated(NULL);
		assert_int_equal(resets, 1);
		went_well();
		assert_int_equal(transfer_options(&t), OK);
		assert_int_equal(resets, 1);
		went_well();
	}
	fetch.url = "https://t.example/ ";	/* nor was it told all */
	assert_int_equal(transfer_options(&t), ERR_INTERNAL);
	fetch.url = "https://t.example/a/../b";
	every_option_is_stated(NULL);
	assert_int_equal(resets, 2);
}

static void
only_sound_fields_are_sent(void **state)
{
	(void)state;
	assert_int_equal(fields_add(&up, "X-A", "b\r\nX-C: d"), OK);
	assert_int_equal(transfer_options(&t), ERR_INTERNAL);
}

/* May the address be connected to, and asked over a kept connection? */
static void
permits(const char *address, const char *local, bool connect, bool ask)
{
	struct curl_sockaddr	 a = { .socktype = SOCK_STREAM };
	struct sockaddr_storage	 sa;
	socklen_t		 len;
	int			 fd;
	char			 peer[64], here[64];

	setup(NULL);
	rules.allow_private.nets = &loopback;
	rules.allow_private.n_nets = 1;
	assert_int_equal(transfer_options(&t), OK);
	assert_ptr_equal(last(CURLOPT_OPENSOCKETDATA)->text, &t);
	assert_ptr_equal(last(CURLOPT_PREREQDATA)->text, &t);
	assert_true(ip_literal(address, 80, &sa, &len));
	a.family = sa.ss_family;
	a.addrlen = len;
	memcpy(&a.addr, &sa, sizeof(a.addr));
	if (a.family == AF_INET) {	/* libcurl's has more behind it */
		fd = on_socket(&t, CURLSOCKTYPE_IPCXN, &a);
		assert_int_equal(fd != CURL_SOCKET_BAD, connect);
		assert_int_equal(t.refused, !connect);
		if (fd != CURL_SOCKET_BAD)
			close(fd);
	}
	t.refused = false;
	strcpy(peer, address);
	strcpy(here, local);
	assert_int_equal(on_request(&t, peer, here, 80, 40000),
	    ask ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT);
	assert_int_equal(t.refused, !ask);
	/* a kept connection may have been lost long before */
	assert_int_equal(reached, ask && t.opened);
	assert_false(t.looked);
	fetch.only_look = true;
	t.refused = false;
	assert_int_equal(on_request(&t, peer, here, 80, 40000),
	    CURL_PREREQFUNC_ABORT);
	assert_int_equal(t.refused, !ask);
	assert_int_equal(t.looked, ask);
	teardown(NULL);
}

static void
addresses_are_judged_when_connecting_and_when_asking(void **state)
{
	(void)state;
	permits("9.9.9.9", "192.168.1.2", true, true);
	permits("127.0.0.1", "127.0.0.1", true, true);
	permits("10.0.0.1", "10.0.0.2", false, false);
	permits("169.254.169.254", "10.0.0.2", false, false);
	permits("::1", "::1", false, false);
	/* both ends alike: this host by a public address it has */
	permits("9.9.9.9", "9.9.9.9", true, false);
	permits("2606:4700::1111", "2606:4700::1111", true, false);
	setup(NULL);
}

static void
each_spelling_is_read_alike(void **state)
{
	static const char *const urls[] = { "http://t.example?q",
	    "HTTPS://T.example:443/a", "http://127.0.0.1:81/",
	    "http://[::1]/", "http://[0:0:0:0:0:0:0:1]:81/x",
	    "http://[2001:DB8::0:A]/", "http://[::ffff:7f00:1]/" };
	const char			*why;

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		fetch.url = urls[i];
		print_message("# %s\n", urls[i]);
		assert_int_equal(url_split(&arena, urls[i], &target, &why),
		    OK);
		assert_int_equal(transfer_options(&t), OK);
	}
}

/* As handle_take() does where the rules for connections differ. */
static void
another_handle(void)
{
	told_free(&handle.told);
	handle.told = (struct told){ .url = NULL };
}

static void
reads(const char *whole)
{
	char	*text = NULL;

	curl_url_get((CURLU *)last(CURLOPT_CURLU)->text, CURLUPART_URL, &text,
	    0);
	assert_string_equal(text, whole);
	curl_free(text);
}

/* It takes the whole of a URL of plain HTTP. */
static void
a_proxy_is_what_is_connected_to(void **state)
{
	(void)state;
	fetch.outbound_proxy = "http://127.0.0.1:3128";
	assert_int_equal(transfer_options(&t), OK);
	assert_string_equal(last(CURLOPT_PROXY)->text, fetch.outbound_proxy);
	assert_string_equal(last(CURLOPT_NOPROXY)->text, "");
	assert_int_equal(last(CURLOPT_PROXYAUTH)->number, CURLAUTH_BASIC);
	assert_string_equal(last(CURLOPT_REQUEST_TARGET)->text, "/a/../b");
	reads("https://t.example/");
	fetch.url = "http://t.example/a/../b?c";
	target.https = false;
	target.port = 80;
	assert_int_equal(transfer_options(&t), OK);
	assert_null(last(CURLOPT_REQUEST_TARGET)->text);
	reads(fetch.url);
}

static void
what_proves_a_target(void **state)
{
	(void)state;
	rules.tls_pin = "sha256//x";
	assert_int_equal(transfer_options(&t), OK);
	assert_string_equal(last(CURLOPT_PINNEDPUBLICKEY)->text, "sha256//x");
	assert_int_equal(last(CURLOPT_SSL_VERIFYPEER)->number, 0);
	another_handle();
	rules.ca_file = "/x";
	assert_int_equal(transfer_options(&t), OK);
	assert_string_equal(last(CURLOPT_CAINFO)->text, "/x");
	assert_int_equal(last(CURLOPT_SSL_VERIFYPEER)->number, 1);
	assert_int_equal(last(CURLOPT_SSL_VERIFYHOST)->number, 2);
	another_handle();
	rules.verify_tls = false;
	assert_int_equal(transfer_options(&t), OK);
	assert_int_equal(last(CURLOPT_SSL_VERIFYPEER)->number, 0);
}

/* Seen with libcurl 7.88, which ends a head at a line that begins with CR.
 * The sink has no body() to be called. */
static void
a_body_without_a_head_is_no_http(void **state)
{
	char	 head[] = "HTTP/1.1 200 OK\r\n", body[] = "hello";

	(void)state;
	rules.header_quota_bytes = 1000;
	assert_int_equal(reached, 0);
	assert_int_equal(transfer_head_line(head, 1, 17, &t), 17);
	assert_int_equal(reached, 1);
	assert_int_equal(transfer_body(body, 1, 5, &t), 0);
	assert_int_equal(t.why, ERR_BAD_RESPONSE);
}

static size_t	 taken;

static enum err
take(void *arg, const void *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	taken += n;
	return OK;
}

/* The client reads slowly; or so quickly that nobody else would be served. */
static void
a_body_goes_on_when_the_client_and_others_let_it(void **state)
{
	static char	 piece[16384];
	struct io	 io = { .in_fd = -1, .gone_fd = -1 };

	(void)state;
	taken = 0;
	t.io = &io;
	t.sink.body = take;
	t.head_done = true;
	io.waiting_bytes = 1;
	assert_int_equal(transfer_body(piece, 1, 10, &t),
	    CURL_WRITEFUNC_PAUSE);
	assert_true(t.down_waits && t.touched && taken == 0);
	io.waiting_bytes = 0;
	t.down_waits = false;
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(transfer_body(piece, 1, sizeof(piece), &t),
		    sizeof(piece));
	assert_int_equal(transfer_body(piece, 1, 10, &t),
	    CURL_WRITEFUNC_PAUSE);
	assert_true(t.down_rests && !t.down_waits);
	assert_int_equal(taken, 16 * sizeof(piece));
	t.turn_bytes = 0;
	assert_int_equal(transfer_body(piece, 1, 10, &t), 10);
}

/* What libfcgi holds at a time is little; the end, or the lack of one, is met
 * when all before has gone. */
static void
all_of_an_upload_that_is_here_goes_at_once(void **state)
{
	static const char *const	 pieces[] = { "hel", "lo", NULL };
	struct io_mem			 io;
	char				 to[64];

	(void)state;
	for (int breaks = 0; breaks < 2; breaks++) {
		io_mem_init(&io, NULL, pieces);
		io.breaks = breaks;
		t.io = &io.io;
		t.why = OK;
		t.up_bytes = 0;
		fetch.body_bytes = 6;
		assert_int_equal(transfer_upload(to, 1, sizeof(to), &t), 5);
		assert_memory_equal(to, "hello", 5);
		assert_int_equal(t.why, OK);
		assert_int_equal(transfer_upload(to, 1, sizeof(to), &t),
		    CURL_READFUNC_ABORT);
		assert_int_equal(t.why, breaks ? ERR_CLIENT_GONE :
		    ERR_UPLOAD_INCOMPLETE);
	}
	io_mem_init(&io, NULL, pieces);
	t.up_bytes = 0;
	fetch.body_bytes = 4;
	assert_int_equal(transfer_upload(to, 1, sizeof(to), &t), 4);
	assert_int_equal(transfer_upload(to, 1, sizeof(to), &t), 0);
	assert_true(t.up_ended);
}

#define RULE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(every_option_is_stated),
		RULE(no_other_place_than_the_judged_one),
		RULE(what_ends_no_line_is_asked_for),
		RULE(what_any_transfer_changes_each_states),
		RULE(a_handle_begins_anew_after_what_did_not_go_well),
		RULE(only_sound_fields_are_sent),
		RULE(addresses_are_judged_when_connecting_and_when_asking),
		RULE(each_spelling_is_read_alike),
		RULE(a_proxy_is_what_is_connected_to),
		RULE(what_proves_a_target),
		RULE(a_body_without_a_head_is_no_http),
		RULE(a_body_goes_on_when_the_client_and_others_let_it),
		RULE(all_of_an_upload_that_is_here_goes_at_once),
	};

	return cmocka_run_group_tests_name("fetch_options", tests, open_loop,
	    close_loop);
}
