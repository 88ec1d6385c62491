#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/req.h"
#include "http/cors.h"
#include "http/pass.h"
#include "serve/caller.h"
#include "store/keys.h"
#include "store/routes.h"
#include "store/rows.h"
#include "store/tokens.h"
#include "tests/unit/fixture.h"

#define SECRET	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define GOOD	"vd1_aaaaaaaa_" SECRET
#define REVOKED	"vd1_bbbbbbbb_" SECRET
#define UNKNOWN	"vd1_cccccccc_" SECRET
#define NOW	1924948800

static struct caller		 c;
static struct conf		 conf;
static struct req		 rq;
static struct cors_grant	 grant;
static struct keys		*keys;

static int
setup_each(void **state)
{
	struct key_row	 rows[] = {
		{ .name = "a", .id = "aaaaaaaa", .routes = "api" },
		{ .name = "b", .id = "bbbbbbbb", .routes = "*",
		    .revoked = "2020-01-01" },
	};

	setup(state);
	conf = (struct conf){ .operator_key_file = NULL };
	rq = (struct req){ .peer = "192.0.2.1", .protocol = "HTTP/1.1" };
	fields_init(&rq.fields, &arena);
	grant = (struct cors_grant){ .class = CORS_ABSENT };
	digest(SECRET, KEY_SECRET_LEN, rows[0].hash);
	digest(SECRET, KEY_SECRET_LEN, rows[1].hash);
	return (keys = keys_build(&arena, rows, 2)) != NULL ? 0 : -1;
}

/* X-API-Key and Authorization as given, to a route with such access. */
static void
prove(enum access_mode access, const char *api_key, const char *authorization,
    bool stale)
{
	const struct route	 rt = { .name = "api",
				    .rules = { .access = access } };
	const struct evidence	 seen = { .conf = &conf, .route = &rt,
				    .req = &rq, .grant = &grant, .keys = keys,
				    .keys_stale = stale, .now = NOW,
				    .arena = &arena };

	fields_init(&rq.fields, &arena);
	if (api_key != NULL)
		fields_add(&rq.fields, "X-Api-Key", api_key);
	if (authorization != NULL)
		fields_add(&rq.fields, "Authorization", authorization);
	c = (struct caller){ .address = NULL };
	caller_prove(&c, &seen);
}

static const struct {
	const char	*api_key, *authorization;
	enum access_mode access;
	enum err	 err;
	const char	*user;		/* NULL: not authenticated */
	bool		 by_api_key, by_authorization;
} proofs[] = {
	{ NULL, NULL, ACCESS_OPEN, OK, NULL, false, false },
	{ NULL, NULL, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false, false },
	{ GOOD, NULL, ACCESS_KEY, OK, "aaaaaaaa", true, false },
	{ NULL, "Bearer " GOOD, ACCESS_KEY, OK, "aaaaaaaa", false, true },
	{ NULL, "bearer\t" GOOD, ACCESS_KEY, OK, "aaaaaaaa", false, true },
	/* A key is a proof where none is asked for, and must be a good one. */
	{ GOOD, NULL, ACCESS_OPEN, OK, "aaaaaaaa", true, false },
	{ NULL, "Bearer " GOOD, ACCESS_OPEN, OK, "aaaaaaaa", false, true },
	{ REVOKED, NULL, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, true, false },
	{ "vd1_", NULL, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, true, false },
	{ NULL, "Bearer " UNKNOWN, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, false,
	    true },
	/* What is not of ours is for the target. */
	{ "theirs", "Bearer theirs", ACCESS_OPEN, OK, NULL, false, false },
	{ "theirs", NULL, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false, false },
	{ NULL, "Basic " GOOD, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false,
	    false },
	{ NULL, GOOD, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, false, false },
	{ "theirs", "Bearer " GOOD, ACCESS_KEY, OK, "aaaaaaaa", false, true },
	{ GOOD, "Bearer theirs", ACCESS_KEY, OK, "aaaaaaaa", true, false },
	/* Of two the first field counts. */
	{ GOOD, "Bearer " REVOKED, ACCESS_KEY, OK, "aaaaaaaa", true, false },
	{ REVOKED, "Bearer " GOOD, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, true,
	    false },
	/* A repeated field has been joined. */
	{ GOOD ", " GOOD, NULL, ACCESS_KEY, ERR_KEY_REQUIRED, NULL, true,
	    false },
	{ "theirs, " GOOD, NULL, ACCESS_OPEN, ERR_KEY_REQUIRED, NULL, true,
	    false },
};

static void
a_key_says_who_asks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(proofs); i++) {
		prove(proofs[i].access, proofs[i].api_key,
		    proofs[i].authorization, false);
		if (c.err != proofs[i].err ||
		    c.authenticated != (proofs[i].user != NULL) ||
		    c.by_api_key != proofs[i].by_api_key ||
		    c.by_authorization != proofs[i].by_authorization)
			fail_msg("row %zu", i);
		assert_text(c.user, proofs[i].user);
		assert_int_equal(c.reason != NULL, c.err != OK);
	}
}

static void
the_reason_and_the_id_are_for_the_log(void **state)
{
	(void)state;
	prove(ACCESS_KEY, REVOKED, NULL, false);
	assert_string_equal(c.reason, "it is revoked");
	assert_string_equal(c.key_id, "bbbbbbbb");
	prove(ACCESS_KEY, "vd1_<script>", NULL, false);
	assert_string_equal(c.key_id, "");
	prove(ACCESS_KEY, NULL, NULL, false);
	assert_string_equal(c.reason, "there is none");
}

static void
stale_keys_prove_nothing(void **state)
{
	(void)state;
	prove(ACCESS_KEY, GOOD, NULL, true);
	assert_int_equal(c.err, ERR_KEYS_STALE);
	assert_false(c.authenticated);
	assert_true(c.by_api_key);
	prove(ACCESS_KEY, NULL, NULL, true);
	assert_int_equal(c.err, ERR_KEYS_STALE);
	/* Routes that need none go on. */
	prove(ACCESS_OPEN, GOOD, NULL, true);
	assert_int_equal(c.err, OK);
	assert_false(c.authenticated);
	assert_null(c.user);
	prove(ACCESS_OPEN, NULL, NULL, true);
	assert_int_equal(c.err, OK);
}

static void
without_a_route_nothing_is_proved(void **state)
{
	const struct evidence	 seen = { .conf = &conf, .req = &rq,
				    .grant = &grant, .keys = keys,
				    .now = NOW };

	(void)state;
	fields_add(&rq.fields, "X-API-Key", GOOD);
	c = (struct caller){ .address = NULL };
	caller_prove(&c, &seen);
	assert_int_equal(c.err, OK);
	assert_false(c.authenticated);
	assert_true(c.by_api_key);
}

/* --- tokens -------------------------------------------------------------- */

/* By HS256 with TOKEN_KEY: { exp: 9999999999, sub: "Ann B" }, the same without
 * sub, and one that has expired. */
#define TOKEN_KEY "0123456789abcdefghijklmnopqrstuvwxyz" \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
#define ANN	"eyJhbGciOiJIUzI1NiJ9." \
    "eyJleHAiOjk5OTk5OTk5OTksInN1YiI6IkFubiBCIn0." \
    "7dJa5xPf8EfrshXxPxBnBdgKVTcwNGslSliF7auHj60"
#define NOBODY	"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9." \
    "_sUYekl2b3s8mD1lY596dcCojCS6D087Axa8XyhIjLA"
#define LATE	"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjEsInN1YiI6IkFubiBCIn0." \
    "gwZySwLO1fFNZBe9gv3N_0YJQP8tOcTfTA6VFyHdukc"

static const struct {
	const char	*api_key, *authorization;
	enum access_mode access;
	enum err	 err;
	const char	*reason, *user;
	bool		 authenticated, by_authorization;
} tokens[] = {
	{ NULL, "Bearer " ANN, ACCESS_JWT, OK, NULL, "sub:Ann B", true,
	    true },
	{ NULL, "bearer " NOBODY, ACCESS_JWT, OK, NULL, NULL, true, true },
	{ NULL, NULL, ACCESS_JWT, ERR_TOKEN_REQUIRED, "there is none", NULL,
	    false, false },
	{ NULL, ANN, ACCESS_JWT, ERR_TOKEN_REQUIRED, "there is none", NULL,
	    false, false },
	{ NULL, "Basic " ANN, ACCESS_JWT, ERR_TOKEN_REQUIRED, "there is none",
	    NULL, false, false },
	{ ANN, NULL, ACCESS_JWT, ERR_TOKEN_REQUIRED, "there is none", NULL,
	    false, false },
	{ NULL, "Bearer " LATE, ACCESS_JWT, ERR_TOKEN_REQUIRED,
	    "it has expired", NULL, false, true },
	{ NULL, "Bearer " ANN "A", ACCESS_JWT, ERR_TOKEN_REQUIRED,
	    "its signature is wrong", NULL, false, true },
	{ NULL, "Bearer " ANN ", Bearer " ANN, ACCESS_JWT,
	    ERR_TOKEN_REQUIRED, "it is not of three parts", NULL, false,
	    true },
	/* a key is no token, but a proof beside one */
	{ GOOD, NULL, ACCESS_JWT, ERR_TOKEN_REQUIRED, "there is none",
	    "aaaaaaaa", true, false },
	{ NULL, "Bearer " GOOD, ACCESS_JWT, ERR_TOKEN_REQUIRED,
	    "it is not of three parts", "aaaaaaaa", true, true },
	{ GOOD, "Bearer " ANN, ACCESS_JWT, OK, NULL, "sub:Ann B", true,
	    true },
	{ REVOKED, "Bearer " ANN, ACCESS_JWT, ERR_KEY_REQUIRED,
	    "it is revoked", NULL, false, false },
	/* where none is asked for it is the target's */
	{ NULL, "Bearer " ANN, ACCESS_OPEN, OK, NULL, NULL, false, false },
	{ NULL, "Bearer " LATE, ACCESS_OPEN, OK, NULL, NULL, false, false },
	{ NULL, "Bearer " ANN, ACCESS_KEY, ERR_KEY_REQUIRED, "there is none",
	    NULL, false, false },
};

static void
a_token_says_who_asks(void **state)
{
	struct arena	 none;

	(void)state;
	if (!tokens_built())
		return;
	conf.jwt_algorithm = "HS256";
	conf.jwt_key = TOKEN_KEY;
	conf.jwt_key_bytes = strlen(TOKEN_KEY);
	conf.jwt_issuer = conf.jwt_audience = "";
	for (size_t i = 0; i < ROWS(tokens); i++) {
		prove(tokens[i].access, tokens[i].api_key,
		    tokens[i].authorization, false);
		/* nothing is proved by what may be forged */
		assert_int_not_equal(c.err, tokens[i].access == ACCESS_JWT ?
		    OK : ERR_TOKEN_REQUIRED);
		assert_int_equal(c.authenticated, c.user == c.key_id);
		caller_verify(&c, &conf, &arena);
		if (c.err != tokens[i].err ||
		    c.authenticated != tokens[i].authenticated ||
		    c.by_authorization != tokens[i].by_authorization)
			fail_msg("row %zu", i);
		assert_text(c.reason, tokens[i].reason);
		assert_text(c.user, tokens[i].user);
	}
	arena_init(&none, 0);
	prove(ACCESS_JWT, NULL, "Bearer " ANN, false);
	caller_verify(&c, &conf, &none);
	assert_false(c.authenticated);
	/* keys may be stale, tokens are not */
	prove(ACCESS_JWT, NULL, "Bearer " ANN, true);
	caller_verify(&c, &conf, &arena);
	assert_int_equal(c.err, OK);
}

/* --- the operator ------------------------------------------------------- */

#define OPERATOR "0123456789-the-operators-key"

/* Where there is no route. */
static void
prove_here(const char *authorization)
{
	const struct evidence	 seen = { .conf = &conf, .req = &rq,
				    .grant = &grant, .keys = keys,
				    .now = NOW, .arena = &arena };

	fields_init(&rq.fields, &arena);
	fields_add(&rq.fields, "Authorization", authorization);
	c = (struct caller){ .address = NULL };
	caller_prove(&c, &seen);
}

static void
the_operator_has_the_operators_key(void **state)
{
	static const struct { const char *key; bool is; } rows[] = {
		{ OPERATOR, true },
		{ NULL, false },
		{ "", false },
		{ OPERATOR "x", false },
		{ "0123456789-the-operators-ke", false },
		{ OPERATOR ", " OPERATOR, false },
		{ "Bearer " OPERATOR, false },
	};

	(void)state;
	conf.operator_key_file = "/x/operator.key";
	digest(OPERATOR, strlen(OPERATOR), conf.operator_hash);
	for (size_t i = 0; i < ROWS(rows); i++) {
		prove(ACCESS_OPEN, rows[i].key, NULL, false);
		assert_int_equal(c.operator, rows[i].is);
		assert_int_equal(c.by_api_key, rows[i].is);
		assert_text(c.user, rows[i].is ? "operator" : NULL);
		assert_int_equal(c.err, OK);
		assert_false(c.authenticated);
	}
	prove(ACCESS_OPEN, NULL, "Bearer " OPERATOR, false);
	assert_false(c.operator);
	prove_here("Bearer " OPERATOR);
	assert_true(c.operator && !c.by_api_key);
	assert_string_equal(c.user, "operator");
	prove_here("Bearer " OPERATOR "x");
	assert_false(c.operator);
	assert_null(c.user);
	prove_here("Basic " OPERATOR);
	assert_false(c.operator);
	/* this host is nobody then */
	rq.peer = "127.0.0.1";
	prove(ACCESS_OPEN, NULL, NULL, false);
	assert_false(c.operator);
	/* nor is it a caller's key, which may come beside it */
	prove(ACCESS_KEY, OPERATOR, NULL, false);
	assert_true(c.operator);
	assert_int_equal(c.err, ERR_KEY_REQUIRED);
	prove(ACCESS_KEY, OPERATOR, "Bearer " GOOD, false);
	assert_true(c.operator && c.authenticated && c.by_api_key &&
	    c.by_authorization);
	assert_string_equal(c.user, "aaaaaaaa");
}

static const struct {
	const char	*peer, *protocol, *name, *value;
	enum cors_class	 class;
	bool		 is;
} places[] = {
	{ "127.0.0.1", "HTTP/1.1", NULL, NULL, CORS_ABSENT, true },
	{ "127.8.9.10", "HTTP/2.0", NULL, NULL, CORS_ABSENT, true },
	{ "::1", "HTTP/1.1", NULL, NULL, CORS_ABSENT, true },
	{ "127.0.0.1", NULL, NULL, NULL, CORS_OWN, true },
	{ "127.0.0.1", "HTTP/1.1", "Sec-Fetch-Site", "none", CORS_ABSENT,
	    true },
	{ "127.0.0.1", "HTTP/1.1", "Sec-Fetch-Site", "same-origin",
	    CORS_ABSENT, true },
	{ "127.0.0.1", "HTTP/1.1", "X-Forward", "1", CORS_ABSENT, true },
	{ "127.0.0.1", "HTTP/1.1", "Host", "127.0.0.1", CORS_ABSENT, true },
	{ "127.0.0.1", "HTTP/1.1", "Host", "127.0.0.1:80", CORS_ABSENT,
	    true },
	{ "::1", "HTTP/1.1", "Host", "[::1]:8080", CORS_ABSENT, true },
	{ "::1", "HTTP/1.1", "Host", "localhost", CORS_ABSENT, true },
	{ "::1", "HTTP/1.1", "Host", "LocalHost:8080", CORS_ABSENT, true },
	/* a name that may be anybody's, made to lead here */
	{ "127.0.0.1", "HTTP/1.1", "Host", "page.example", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "Host", "page.example:8080", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "Host", "localhost.page.example",
	    CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "Host", "127.0.0.1.page.example",
	    CORS_OWN, false },
	{ "127.0.0.1", "HTTP/1.1", "Host", "localhostx", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "Host", "", CORS_ABSENT, false },
	/* other hosts, and what is no address */
	{ "128.0.0.1", "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ "192.0.2.1", "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ "10.0.0.1", "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ "::2", "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ "", "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ NULL, "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ "localhost", "HTTP/1.1", NULL, NULL, CORS_ABSENT, false },
	{ "127.0.0.1, 127.0.0.1", "HTTP/1.1", NULL, NULL, CORS_ABSENT,
	    false },
	/* through a proxy */
	{ "127.0.0.1", "HTTP/1.0", NULL, NULL, CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Forwarded-For", "127.0.0.1",
	    CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Forwarded-For", "", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "x-forwarded-host", "a", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "X-Forwarded", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "Forwarded", "for=_x", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "Via", "1.1 a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Real-Ip", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Client-Ip", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Cluster-Client-Ip", "a", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "True-Client-Ip", "a", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "Cf-Connecting-Ip", "a", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "Fastly-Client-Ip", "a", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "X-Original-Url", "/", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "X-Rewrite-Url", "/", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "Client-IP", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Host", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X_Real_IP", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "X-Azure-SocketIP", "a", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "X-Remote-Addr", "a", CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "Front-End-Https", "on", CORS_ABSENT,
	    false },
	{ "127.0.0.1", "HTTP/1.1", "X-SSL-Client-Cert", "a", CORS_ABSENT,
	    false },
	/* a browser on this host, for a page from elsewhere */
	{ "127.0.0.1", "HTTP/1.1", NULL, NULL, CORS_LISTED, false },
	{ "127.0.0.1", "HTTP/1.1", NULL, NULL, CORS_PATTERN, false },
	{ "127.0.0.1", "HTTP/1.1", NULL, NULL, CORS_UNLISTED, false },
	{ "127.0.0.1", "HTTP/1.1", NULL, NULL, CORS_NULL, false },
	{ "127.0.0.1", "HTTP/1.1", "Sec-Fetch-Site", "cross-site",
	    CORS_ABSENT, false },
	{ "127.0.0.1", "HTTP/1.1", "Sec-Fetch-Site", "same-site",
	    CORS_ABSENT, false },
};

static void
without_a_key_the_operator_is_on_this_host(void **state)
{
	const struct evidence	 seen = { .conf = &conf, .req = &rq,
				    .grant = &grant, .keys = keys };

	(void)state;
	for (size_t i = 0; i < ROWS(places); i++) {
		rq.peer = places[i].peer;
		rq.protocol = places[i].protocol;
		grant.class = places[i].class;
		fields_init(&rq.fields, &arena);
		if (places[i].name != NULL)
			fields_add(&rq.fields, places[i].name,
			    places[i].value);
		c = (struct caller){ .address = NULL };
		caller_prove(&c, &seen);
		if (c.operator != places[i].is)
			fail_msg("row %zu", i);
		assert_null(c.user);
		/* nor is who comes from a proxy that is believed */
		c = (struct caller){ .client.proxied = true };
		caller_prove(&c, &seen);
		assert_false(c.operator);
	}
}

/* What a browser says of how it asks; beside answers that may run as pages of
 * this host, which can ask likewise. */
static const struct {
	const char	*site, *mode, *dest, *origin;
	bool		 is, beside;
} asks[] = {
	{ "none", "navigate", "document", NULL, true, true },
	{ "same-origin", "navigate", "document", NULL, true, true },
	/* a form, on a host that no setting names */
	{ "same-origin", "navigate", "document", "http://localhost:8080",
	    true, true },
	{ "same-origin", "navigate", "document", "null", true, true },
	{ "same-origin", "cors", "empty", NULL, true, false },
	{ "same-origin", "cors", "empty", "http://localhost:8080", true,
	    false },
	{ "same-origin", "no-cors", "image", NULL, true, false },
	{ "same-origin", "same-origin", "empty", NULL, true, false },
	{ "same-origin", "navigate", "iframe", NULL, true, false },
	{ "same-origin", "navigate", "frame", NULL, true, false },
	{ "same-origin", "navigate", "object", NULL, true, false },
	{ "same-origin", "navigate", "embed", NULL, true, false },
	{ "same-origin", "navigate", "empty", NULL, true, false },
	{ "same-origin", "navigate", NULL, NULL, true, false },
	{ "same-origin", NULL, "document", NULL, true, false },
	{ "same-origin", "cors", "document", NULL, true, false },
	{ "same-origin", "websocket", "websocket", NULL, true, false },
	/* programs, and browsers over plain http */
	{ NULL, NULL, NULL, NULL, true, false },
	{ NULL, NULL, NULL, "http://localhost:8080", true, false },
	{ NULL, NULL, NULL, "http://localhost", false, false },
	{ NULL, NULL, NULL, "null", false, false },
	/* pages of others */
	{ "same-site", "navigate", "document", NULL, false, false },
	{ "cross-site", "navigate", "document", NULL, false, false },
	{ "cross-site", "navigate", "document", "http://localhost:8080",
	    false, false },
	{ "cross-site", "cors", "empty", "http://localhost:8080", false,
	    false },
};

/* The same for who is at the place and for who has a pass; `key' is good
 * however it is shown. */
static void
ask_beside(size_t i, bool beside, const char *cookie, const char *key)
{
	const struct evidence	 seen = { .conf = &conf, .req = &rq,
				    .grant = &grant, .keys = keys,
				    .render = beside, .now = NOW };
	const struct field	 said[] = {
		{ "Host", "localhost:8080" },
		{ "Sec-Fetch-Site", asks[i].site },
		{ "Sec-Fetch-Mode", asks[i].mode },
		{ "Sec-Fetch-Dest", asks[i].dest },
		{ "Cookie", cookie }, { "X-API-Key", key },
	};

	fields_init(&rq.fields, &arena);
	for (size_t n = 0; n < ROWS(said); n++)
		if (said[n].value != NULL)
			fields_add(&rq.fields, said[n].name, said[n].value);
	rq.origin = asks[i].origin;
	grant.class = rq.origin == NULL ? CORS_ABSENT :
	    strcmp(rq.origin, "null") == 0 ? CORS_NULL : CORS_UNLISTED;
	c = (struct caller){ .address = NULL };
	caller_prove(&c, &seen);
	if (c.operator != (key != NULL || (beside ? asks[i].beside :
	    asks[i].is)))
		fail_msg("row %zu, %s pages", i, beside ? "beside" : "no");
}

static void
pages_of_targets_do_not_pass_for_the_operator(void **state)
{
	char	 pass[PASS_TEXT], cookie[sizeof(PASS_COOKIE) + PASS_TEXT];

	(void)state;
	rq.peer = "127.0.0.1";
	for (size_t i = 0; i < ROWS(asks); i++) {
		ask_beside(i, false, NULL, NULL);
		ask_beside(i, true, NULL, NULL);
	}
	conf.operator_key_file = "/x/operator.key";
	digest(OPERATOR, strlen(OPERATOR), conf.operator_hash);
	pass_make(conf.operator_hash, NOW, pass);
	snprintf(cookie, sizeof(cookie), "%s=%s", PASS_COOKIE, pass);
	for (size_t i = 0; i < ROWS(asks); i++) {
		ask_beside(i, false, cookie, NULL);
		ask_beside(i, true, cookie, NULL);
		ask_beside(i, true, cookie, OPERATOR);
	}
}

/* It would be handed what comes. */
static void
no_service_worker_opens_a_page(void **state)
{
	(void)state;
	fields_add(&rq.fields, "Sec-Fetch-Mode", "navigate");
	fields_add(&rq.fields, "Sec-Fetch-Dest", "document");
	assert_true(caller_opens(&rq));
	fields_add(&rq.fields, "Service-Worker-Navigation-Preload", "true");
	assert_false(caller_opens(&rq));
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup_each, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_key_says_who_asks),
		T(the_reason_and_the_id_are_for_the_log),
		T(stale_keys_prove_nothing),
		T(without_a_route_nothing_is_proved),
		T(a_token_says_who_asks),
		T(the_operator_has_the_operators_key),
		T(without_a_key_the_operator_is_on_this_host),
		T(pages_of_targets_do_not_pass_for_the_operator),
		T(no_service_worker_opens_a_page),
	};

	return cmocka_run_group_tests_name("caller", tests, NULL, NULL);
}
