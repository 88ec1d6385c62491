#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/req.h"
#include "core/arena.h"
#include "tests/unit/fixture.h"
#include "tests/unit/io_mem.h"

static struct io_mem	 io;
static struct req	 rq;

static enum err
read_vars(const char *const *vars, const char *const *body)
{
	io_mem_init(&io, vars, body);
	return req_read(&rq, &io.io, &arena);
}

/* The variables of one request, which is a GET. */
#define READ(...) \
    read_vars((const char *const[]){ __VA_ARGS__, "REQUEST_METHOD=GET", \
	NULL }, NULL)

static const char *
field(const char *name)
{
	return fields_get(&rq.fields, name);
}

static void
cgi_variables_are_taken_as_they_stand(void **state)
{
	(void)state;
	assert_int_equal(READ("REQUEST_URI=/v.fcgi/a%2Fb?x=y=z",
	    "SCRIPT_NAME=/v.fcgi", "PATH_INFO=/a/b", "QUERY_STRING=x=y=z",
	    "REMOTE_ADDR=2001:db8::1", "SERVER_ADDR=192.0.2.1",
	    "SERVER_PROTOCOL=HTTP/1.1", "SERVER_SOFTWARE=nginx/1.22.1",
	    "UNKNOWN=1", "no equals sign"), OK);
	assert_string_equal(rq.method, "GET");
	assert_string_equal(rq.request_uri, "/v.fcgi/a%2Fb?x=y=z");
	assert_string_equal(rq.script_name, "/v.fcgi");
	assert_string_equal(rq.path_info, "/a/b");
	assert_string_equal(rq.query_string, "x=y=z");
	assert_string_equal(rq.peer, "2001:db8::1");
	assert_string_equal(rq.server_addr, "192.0.2.1");
	assert_string_equal(rq.protocol, "HTTP/1.1");
	assert_string_equal(rq.server_software, "nginx/1.22.1");
	assert_false(rq.https);
	assert_null(rq.origin);
	assert_int_equal(rq.fields.count, 0);
	assert_int_equal(rq.body_bytes, 0);
}

static void
without_a_method_it_is_malformed(void **state)
{
	(void)state;
	assert_int_equal(read_vars((const char *const[]){ "REQUEST_URI=/",
	    NULL }, NULL), ERR_MALFORMED_REQUEST);
	assert_string_equal(rq.method, "");
	assert_string_equal(rq.request_uri, "/");
	assert_int_equal(read_vars((const char *const[]){ "REQUEST_METHOD=",
	    NULL }, NULL), ERR_MALFORMED_REQUEST);
	assert_int_equal(read_vars(NULL, NULL), ERR_MALFORMED_REQUEST);
}

static const struct { const char *var, *name; } names[] = {
	{ "HTTP_ACCEPT=v", "Accept" },
	{ "HTTP_X_FORWARDED_FOR=v", "X-Forwarded-For" },
	{ "HTTP_IF_NONE_MATCH=v", "If-None-Match" },
	{ "HTTP_X_B3_TRACEID=v", "X-B3-Traceid" },
	{ "HTTP_A=v", "A" },
	{ "CONTENT_TYPE=v", "Content-Type" },
	{ "HTTP_CONTENT_TYPE=v", "Content-Type" },
};

static void
variables_become_field_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(names); i++) {
		assert_int_equal(READ(names[i].var), OK);
		assert_int_equal(rq.fields.count, 1);
		assert_string_equal(rq.fields.list[0].name, names[i].name);
		assert_string_equal(rq.fields.list[0].value, "v");
	}
}

/* RFC 9110 5.3; nginx and HAProxy repeat the variable. */
static void
repeated_variables_are_joined(void **state)
{
	(void)state;
	assert_int_equal(READ("HTTP_X_DUP=a", "HTTP_COOKIE=k=1",
	    "HTTP_X_DUP=b", "HTTP_COOKIE=l=2", "HTTP_X_DUP=c",
	    "CONTENT_TYPE=text/a", "HTTP_CONTENT_TYPE=text/b"), OK);
	assert_string_equal(field("X-Dup"), "a, b, c");
	assert_string_equal(field("Cookie"), "k=1; l=2");
	assert_string_equal(field("Content-Type"), "text/a");
	assert_int_equal(rq.fields.count, 3);
}

static void
two_origins_are_not_one(void **state)
{
	(void)state;
	assert_int_equal(READ("HTTP_ORIGIN=https://a.example",
	    "HTTP_ORIGIN=https://b.example"), OK);
	assert_string_equal(rq.origin, "https://a.example, https://b.example");
}

/* httpoxy, and what describes the server's own connection. */
static const char *const	 dropped[] = {
	"HTTP_PROXY=http://evil.example", "HTTP_proxy=http://evil.example",
	"HTTP_CONTENT_LENGTH=5", "HTTP_TRANSFER_ENCODING=chunked",
	"HTTP_Transfer_Encoding=chunked",
};

static void
fields_of_no_use_never_arrive(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(dropped); i++) {
		assert_int_equal(READ(dropped[i]), OK);
		assert_int_equal(rq.fields.count, 0);
	}
	assert_int_equal(READ("HTTP_PROXY_X=1", "HTTP_XPROXY=1"), OK);
	assert_int_equal(rq.fields.count, 2);
}

static const struct {
	const char	*vars[3];
	bool		 framed, has_body;
	enum err	 want;
	int64_t		 bytes;
} lengths[] = {
	{ { "CONTENT_LENGTH=0" }, true, false, OK, 0 },
	{ { "CONTENT_LENGTH=5" }, true, true, OK, 5 },
	{ { "CONTENT_LENGTH=0005" }, true, true, OK, 5 },
	{ { "CONTENT_LENGTH=9007199254740992" }, true, true, OK,
	    INT64_C(1) << 53 },
	{ { "CONTENT_LENGTH=9007199254740993" }, true, true, ERR_BAD_LENGTH,
	    0 },
	{ { "CONTENT_LENGTH=99999999999999999999999999" }, true, true,
	    ERR_BAD_LENGTH, 0 },
	{ { "CONTENT_LENGTH=+5" }, true, true, ERR_BAD_LENGTH, 0 },
	{ { "CONTENT_LENGTH=-2" }, true, true, ERR_BAD_LENGTH, 0 },
	{ { "CONTENT_LENGTH=5 " }, true, true, ERR_BAD_LENGTH, 0 },
	{ { "CONTENT_LENGTH=0x5" }, true, true, ERR_BAD_LENGTH, 0 },
	{ { "CONTENT_LENGTH=5, 5" }, true, true, ERR_BAD_LENGTH, 0 },
	/* Chunked: none by Apache, empty by nginx, -1 by Caddy. */
	{ { NULL }, true, true, OK, -1 },
	{ { "CONTENT_LENGTH=" }, true, true, OK, -1 },
	{ { "CONTENT_LENGTH=-1" }, true, true, OK, -1 },
	{ { "HTTP_TRANSFER_ENCODING=chunked" }, true, true, OK, -1 },
	{ { "HTTP_TRANSFER_ENCODING=chunked", "CONTENT_LENGTH=7" }, true,
	    true, OK, 7 },
	{ { "CONTENT_LENGTH=7", "HTTP_TRANSFER_ENCODING=chunked" }, true,
	    true, OK, 7 },
	/* A body that is announced nowhere and has ended is none. */
	{ { NULL }, true, false, OK, 0 },
	{ { "CONTENT_LENGTH=-1" }, true, false, OK, 0 },
	/* Plain CGI must not wait for what nothing announces. */
	{ { NULL }, false, true, OK, 0 },
	{ { "CONTENT_LENGTH=" }, false, true, OK, 0 },
	{ { "HTTP_TRANSFER_ENCODING=chunked" }, false, true, OK, -1 },
	{ { "HTTP_TRANSFER_ENCODING=chunked" }, false, false, OK, 0 },
	{ { "CONTENT_LENGTH=3" }, false, true, OK, 3 },
};

static void
every_form_of_the_length(void **state)
{
	static const char *const	 body[] = { "12345", NULL };

	(void)state;
	for (size_t i = 0; i < ROWS(lengths); i++) {
		const char	*vars[5] = { "REQUEST_METHOD=POST" };
		size_t		 n = 1;

		for (size_t j = 0; lengths[i].vars[j] != NULL; j++)
			vars[n++] = lengths[i].vars[j];
		io_mem_init(&io, vars, lengths[i].has_body ? body : NULL);
		io.io.framed = lengths[i].framed;
		assert_int_equal(req_read(&rq, &io.io, &arena),
		    lengths[i].want);
		assert_int_equal(rq.body_bytes, lengths[i].bytes);
		arena_reset(&arena);
	}
}

static void
authorization_is_found_after_a_rewrite(void **state)
{
	(void)state;
	assert_int_equal(READ("REDIRECT_HTTP_AUTHORIZATION=Bearer a"), OK);
	assert_string_equal(field("Authorization"), "Bearer a");
	assert_int_equal(READ("REDIRECT_HTTP_AUTHORIZATION=Bearer a",
	    "HTTP_AUTHORIZATION=Bearer b"), OK);
	assert_string_equal(field("Authorization"), "Bearer b");
	assert_int_equal(rq.fields.count, 1);
	assert_int_equal(READ("REDIRECT_HTTP_AUTHORIZATION="), OK);
	assert_null(field("Authorization"));
}

/* One variable each for what the server hands on, what it has judged, and what
 * stands in for it; what is left as Authorization. */
static const struct { const char *given, *type, *other, *want; } logins[] = {
	{ "X=", "X=", "X=", NULL },
	{ "HTTP_AUTHORIZATION=Bearer a", "X=", "X=", "Bearer a" },
	{ "HTTP_AUTHORIZATION=Bearer a", "AUTH_TYPE=", "X=", "Bearer a" },
	{ "HTTP_AUTHORIZATION=Basic s", "AUTH_TYPE=Basic", "X=", NULL },
	{ "REDIRECT_HTTP_AUTHORIZATION=Basic s", "AUTH_TYPE=Basic", "X=",
	    NULL },
	/* Withheld by the server. */
	{ "X=", "X=", "HTTP_X_VIADUCT_AUTHORIZATION=Bearer b", "Bearer b" },
	{ "HTTP_AUTHORIZATION=", "X=",
	    "HTTP_X_VIADUCT_AUTHORIZATION=Bearer b", "Bearer b" },
	/* The server's own. */
	{ "HTTP_AUTHORIZATION=Basic s", "AUTH_TYPE=Basic",
	    "HTTP_X_VIADUCT_AUTHORIZATION=Bearer b", "Bearer b" },
	{ "X=", "AUTH_TYPE=Digest", "HTTP_X_VIADUCT_AUTHORIZATION=Bearer b",
	    "Bearer b" },
	/* Not needed. */
	{ "HTTP_AUTHORIZATION=Bearer a", "X=",
	    "HTTP_X_VIADUCT_AUTHORIZATION=Bearer b", "Bearer a" },
	{ "REDIRECT_HTTP_AUTHORIZATION=Bearer a", "X=",
	    "HTTP_X_VIADUCT_AUTHORIZATION=Bearer b", "Bearer a" },
};

static void
another_field_stands_in_for_authorization(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(logins); i++) {
		assert_int_equal(READ(logins[i].given, logins[i].type,
		    logins[i].other), OK);
		assert_text(field("Authorization"), logins[i].want);
		assert_null(field("X-Viaduct-Authorization"));
		assert_int_equal(rq.fields.count, logins[i].want != NULL);
	}
	assert_int_equal(READ("HTTP_X_VIADUCT_AUTHORIZATION=a\r\nX-B: c"),
	    ERR_MALFORMED_REQUEST);
}

static const struct { const char *var; bool https; } schemes[] = {
	{ "HTTPS=on", true }, { "HTTPS=1", true }, { "HTTPS=ON", true },
	{ "HTTPS=off", false }, { "HTTPS=OFF", false }, { "HTTPS=", false },
	{ "REQUEST_SCHEME=https", true }, { "REQUEST_SCHEME=http", false },
	{ "HTTP_X_FORWARDED_PROTO=https", false }, { "HTTP_HTTPS=on", false },
};

static void
https_is_the_servers_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(schemes); i++) {
		assert_int_equal(READ(schemes[i].var), OK);
		assert_int_equal(rq.https, schemes[i].https);
	}
}

static const char *const	 malformed[] = {
	"HTTP_X=a\r\nB: c", "HTTP_X=a\x01", "HTTP_X=a\x7f", "HTTP_X=a\n",
	"HTTP_X= a", "HTTP_X=a ", "HTTP_X Y=a", "HTTP_X:=a",
	"CONTENT_TYPE=text/plain\r\nX: y",
	"REDIRECT_HTTP_AUTHORIZATION=Basic\x01",
};

static void
fields_that_cannot_stand_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(malformed); i++)
		assert_int_equal(READ(malformed[i],
		    "HTTP_ORIGIN=https://a.example"), ERR_MALFORMED_REQUEST);
	assert_string_equal(rq.origin, "https://a.example");
	assert_int_equal(READ("HTTP_X=\xc3\xa9 \x80\ta"), OK);
}

/* "HTTP_<name><i>=<len bytes>", in the arena. */
static const char *
sized(const char *name, size_t i, size_t len)
{
	char	*var = arena_alloc(&arena, len + 128);

	snprintf(var, 128, "HTTP_%s%zu=", name, i);
	memset(var + strlen(var), 'v', len);
	return var;
}

static const struct {
	size_t		 fields, bytes;	/* each value's */
	bool		 same;		/* one name, repeated */
	enum err	 want;
} limits[] = {
	{ 100, 10, false, OK },
	{ 101, 10, false, ERR_FIELDS_TOO_LARGE },
	{ 1, 8000, false, OK },
	{ 1, 8001, false, ERR_FIELDS_TOO_LARGE },
	{ 4, 8000, false, OK },
	{ 5, 8000, false, ERR_FIELDS_TOO_LARGE },
	/* What is joined counts as it came. */
	{ 100, 10, true, OK },
	{ 101, 10, true, ERR_FIELDS_TOO_LARGE },
	{ 2, 3999, true, OK },
	{ 2, 4000, true, ERR_FIELDS_TOO_LARGE },
	{ 2000, 2, true, ERR_FIELDS_TOO_LARGE },
};

static void
limits_hold_however_fields_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(limits); i++) {
		const char	*vars[2002];
		size_t		 n;

		for (n = 0; n < limits[i].fields; n++)
			vars[n] = sized("X", limits[i].same ? 0 : n,
			    limits[i].bytes);
		vars[n++] = "REQUEST_METHOD=GET";
		vars[n] = NULL;
		assert_int_equal(read_vars(vars, NULL), limits[i].want);
		assert_string_equal(rq.method, "GET");
		arena_reset(&arena);
	}
}

static void
joined_values_count_among_all(void **state)
{
	const char	*vars[12];
	size_t		 n;

	(void)state;
	/* Five names of 2 x 3,900 bytes: 39 KB. */
	for (n = 0; n < 10; n++)
		vars[n] = sized("X", n / 2, 3900);
	vars[n++] = "REQUEST_METHOD=GET";
	vars[n] = NULL;
	assert_int_equal(read_vars(vars, NULL), ERR_FIELDS_TOO_LARGE);
}

static void
a_name_has_its_limit(void **state)
{
	char	 var[128];

	(void)state;
	snprintf(var, sizeof(var), "HTTP_%064d=v", 0);
	assert_int_equal(READ(var), OK);
	snprintf(var, sizeof(var), "HTTP_%065d=v", 0);
	assert_int_equal(READ(var), ERR_FIELDS_TOO_LARGE);
}

/* A refusal must be readable by the page, so the rest is still read. */
static void
the_rest_is_read_in_spite_of_an_error(void **state)
{
	(void)state;
	assert_int_equal(READ("HTTP_BAD=\x01", "CONTENT_LENGTH=x",
	    "HTTP_ORIGIN=https://a.example", "HTTP_ACCEPT=text/html",
	    "REQUEST_URI=/x"), ERR_MALFORMED_REQUEST);
	assert_string_equal(rq.origin, "https://a.example");
	assert_string_equal(field("Accept"), "text/html");
	assert_string_equal(rq.request_uri, "/x");
	assert_int_equal(strlen(rq.id), 32);
}

static void
a_full_arena_is_said(void **state)
{
	struct arena	 small;

	(void)state;
	arena_init(&small, 64);
	io_mem_init(&io, (const char *const[]){ "REQUEST_METHOD=GET",
	    "HTTP_A=1", "HTTP_B=2", "HTTP_C=3", "HTTP_D=4", NULL }, NULL);
	assert_int_equal(req_read(&rq, &io.io, &small), ERR_NO_MEMORY);
	assert_string_equal(rq.method, "GET");
	assert_int_equal(strlen(rq.id), 32);
	arena_free(&small);
}

static char	 ids[200][33];
static size_t	 n_ids;

static void *
take_ids(void *arg)
{
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]) / 2; i++)
		if (READ("REQUEST_URI=/") == OK)
			memcpy(ids[n_ids++], rq.id, sizeof(rq.id));
	return arg;
}

/* RFC 9562 5.4: version 4, variant 10.  Two threads, one after the other. */
static void
ids_are_uuids_and_differ(void **state)
{
	pthread_t	 other;

	(void)state;
	n_ids = 0;
	take_ids(NULL);
	assert_int_equal(pthread_create(&other, NULL, take_ids, NULL), 0);
	pthread_join(other, NULL);
	assert_int_equal(n_ids, sizeof(ids) / sizeof(ids[0]));
	for (size_t i = 0; i < n_ids; i++) {
		assert_int_equal(strlen(ids[i]), 32);
		assert_int_equal(strspn(ids[i], "0123456789abcdef"), 32);
		assert_int_equal(ids[i][12], '4');
		assert_non_null(strchr("89ab", ids[i][16]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	}
}

static const struct {
	const char	*vars[4], *names, *proto;
} proxies[] = {
	{ { "SERVER_SOFTWARE=lighttpd/1.4.69", "HTTP_X_FORWARDED_FOR=a",
	    "HTTP_X_FORWARDED_FOR=b", "HTTP_X_FORWARDED_PROTO=https" },
	    NULL, NULL },
	{ { "HTTP_X_FORWARDED_PROTO=http", "HTTP_X_FORWARDED_FOR=a",
	    "HTTP_X_FORWARDED_PROTO=https", "SERVER_SOFTWARE=lighttpd" },
	    NULL, NULL },
	{ { "SERVER_SOFTWARE=lighttpd/1.4.69", "HTTP_X_FORWARDED_FOR=a, b",
	    "HTTP_X_OTHER=1", "HTTP_X_OTHER=2" }, "a, b", NULL },
	{ { "SERVER_SOFTWARE=lighttpd/1.4.69", "HTTP_X_FORWARDED_FOR=a",
	    "HTTP_X_FORWARDED_PROTO=https", "HTTP_X=1" }, "a", "https" },
	{ { "SERVER_SOFTWARE=nginx/1.22.1", "HTTP_X_FORWARDED_FOR=a",
	    "HTTP_X_FORWARDED_FOR=b", "HTTP_X=1" }, "a, b", NULL },
	{ { "HTTP_X=1", "HTTP_X_FORWARDED_FOR=a", "HTTP_X_FORWARDED_FOR=b",
	    "HTTP_Y=1" }, "a, b", NULL },
};

static void
what_no_proxy_may_have_written_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(proxies); i++) {
		const char *const	*v = proxies[i].vars;

		assert_int_equal(READ(v[0], v[1], v[2], v[3]), OK);
		assert_text(field("X-Forwarded-For"), proxies[i].names);
		assert_text(field("X-Forwarded-Proto"), proxies[i].proto);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(cgi_variables_are_taken_as_they_stand),
		cmocka_unit_test(without_a_method_it_is_malformed),
		cmocka_unit_test(variables_become_field_names),
		cmocka_unit_test(repeated_variables_are_joined),
		cmocka_unit_test(what_no_proxy_may_have_written_is_left_out),
		cmocka_unit_test(two_origins_are_not_one),
		cmocka_unit_test(fields_of_no_use_never_arrive),
		cmocka_unit_test(every_form_of_the_length),
		cmocka_unit_test(authorization_is_found_after_a_rewrite),
		cmocka_unit_test(another_field_stands_in_for_authorization),
		cmocka_unit_test(https_is_the_servers_word),
		cmocka_unit_test(fields_that_cannot_stand_are_refused),
		cmocka_unit_test(limits_hold_however_fields_come),
		cmocka_unit_test(joined_values_count_among_all),
		cmocka_unit_test(a_name_has_its_limit),
		cmocka_unit_test(the_rest_is_read_in_spite_of_an_error),
		cmocka_unit_test(a_full_arena_is_said),
		cmocka_unit_test(ids_are_uuids_and_differ),
	};

	return cmocka_run_group_tests_name("req", tests, setup, teardown);
}
