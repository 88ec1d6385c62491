#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "client/io.h"
#include "client/req.h"
#include "http/fields.h"
#include "http/forwarded.h"
#include "tests/fuzz/fuzz.h"

/* The CGI environment: a variable per line. */

static bool
at_end(struct io *io)
{
	(void)io;
	return true;
}

static const char *
last_value(const struct fuzz *f, const char *name)
{
	const char	*value = NULL;
	size_t		 len = strlen(name);

	for (size_t i = 0; i < f->n_lines; i++)
		if (strncmp(f->line[i], name, len) == 0 &&
		    f->line[i][len] == '=' && f->line[i][len + 1] != '\0')
			value = f->line[i] + len + 1;
	return value;
}

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcasecmp(name, *list) == 0)
			return true;
	return false;
}

/* Whether or not the request may be served, what it holds can be read. */
static void
is_readable(const struct req *rq)
{
	size_t	 bytes = 0;

	HOLDS(rq->method != NULL);
	HOLDS(strlen(rq->id) == 32 &&
	    strspn(rq->id, "0123456789abcdef") == 32);
	for (size_t i = 0; i < rq->fields.count; i++)
		bytes += strlen(rq->fields.list[i].name) +
		    strlen(rq->fields.list[i].value);
	HOLDS(bytes == rq->fields.bytes);
	HOLDS(rq->origin == fields_get(&rq->fields, "Origin"));
	HOLDS(rq->body_bytes >= -1 && rq->body_bytes <= INT64_C(1) << 53);
}

static void
is_within_bounds(const struct req *rq)
{
	static const char *const	 never[] = { "Content-Length",
	    "Transfer-Encoding", "Proxy", NULL };
	const struct fields		*fs = &rq->fields;

	HOLDS(rq->method[0] != '\0');
	HOLDS(fs->count <= 100 && fs->bytes <= 32768);
	for (size_t i = 0; i < fs->count; i++) {
		HOLDS(strlen(fs->list[i].name) <= 64);
		HOLDS(strlen(fs->list[i].value) <= 8000);
		HOLDS(field_ok(fs->list[i].name, fs->list[i].value));
		HOLDS(!is_one_of(fs->list[i].name, never));
		for (size_t j = 0; j < i; j++)
			HOLDS(strcasecmp(fs->list[i].name,
			    fs->list[j].name) != 0);
	}
}

/* Digits alone, or nothing, say how long the body is. */
static void
length_is_plain(const struct fuzz *f, const struct req *rq)
{
	const char	*text = last_value(f, "CONTENT_LENGTH");
	int64_t		 n = 0;

	if (text == NULL || strcmp(text, "-1") == 0) {
		HOLDS(rq->body_bytes == 0);	/* at_end() */
		return;
	}
	HOLDS(strspn(text, "0123456789") == strlen(text));
	for (; *text != '\0'; text++)
		n = n * 10 + (*text - '0');
	HOLDS(n == rq->body_bytes);
}

/* What the server has judged itself is for nobody else; a stand-in may be. */
static void
authorization_is_ours(const struct fuzz *f, const struct req *rq)
{
	const char	*value = fields_get(&rq->fields, "Authorization");

	HOLDS(fields_get(&rq->fields, "X-Viaduct-Authorization") == NULL);
	if (value == NULL || last_value(f, "AUTH_TYPE") == NULL)
		return;
	for (size_t i = 0; i < f->n_lines; i++)
		if (strncasecmp(f->line[i], "HTTP_X_VIADUCT_AUTHORIZATION=",
		    29) == 0)
			return;
	HOLDS(!"AUTH_TYPE, and yet an Authorization");
}

/* --- who asks ----------------------------------------------------------- */

static const struct ip_net	 nets[] = {
	{ { 127 }, AF_INET, 8 },
	{ { 10 }, AF_INET, 8 },
	{ { [15] = 1 }, AF_INET6, 128 },
};
static const struct ip_allow	 trusted = { .nets = nets, .n_nets = 3 };

static bool
is_trusted(const char *address)
{
	return strncmp(address, "127.", 4) == 0 ||
	    strncmp(address, "10.", 3) == 0 || strcmp(address, "::1") == 0;
}

/* Nothing but what a believed proxy says is believed. */
static void
client_is_known(const struct req *rq)
{
	const char	*list = fields_get(&rq->fields, "X-Forwarded-For");
	struct client	 direct, c;
	unsigned char	 byte[16];

	client_find(&direct, rq->peer, NULL, &trusted);
	client_find(&c, rq->peer, list, &trusted);
	HOLDS(c.proxied == direct.proxied);
	HOLDS(c.proxied == is_trusted(direct.address));
	if (c.address[0] == '\0') {
		HOLDS(direct.address[0] == '\0' && c.block[0] == 0);
		return;
	}
	HOLDS(inet_pton(c.block[0] == 4 ? AF_INET : AF_INET6, c.address,
	    byte) == 1);
	HOLDS(memcmp(c.block + 1, byte, c.block[0] == 4 ? 4 : 8) == 0);
	if (!c.proxied || list == NULL)
		HOLDS(strcmp(c.address, direct.address) == 0);
	/* Who is not trusted stands last, or all behind are. */
	if (c.proxied && list != NULL && strrchr(list, ',') == NULL)
		HOLDS(strcmp(c.address, direct.address) == 0 ||
		    strstr(list, c.address) != NULL ||
		    strchr(list, ':') != NULL);
}

/* --- what goes on to a target ------------------------------------------- */

static void
goes_up(struct fuzz *f, const struct req *rq)
{
	static const char *const	 never[] = { "Connection", "Cookie",
	    "Expect", "Forwarded", "Host", "Keep-Alive", "Origin",
	    "Proxy-Authorization", "Proxy-Connection", "Sec-Fetch-Mode", "TE",
	    "Trailer", "Upgrade", "Via", "X-Forwarded-For",
	    "X-Forwarded-Host", "X-HTTP-Method-Override", "X-Real-IP",
	    "X-Viaduct-Authorization", NULL };
	const struct field_up		 how = { .n_only = 0 };
	const char			*connection;
	struct fields			 up;

	fields_init(&up, &f->arena);
	if (fields_to_target(&rq->fields, &how, &up) != OK)
		return;
	connection = fields_get(&rq->fields, "Connection");
	for (size_t i = 0; i < up.count; i++) {
		const struct field *x = &up.list[i];

		HOLDS(field_ok(x->name, x->value));
		HOLDS(!is_one_of(x->name, never));
		HOLDS(connection == NULL || !field_lists(connection, x->name));
		if (strcasecmp(x->name, "Authorization") != 0)
			continue;
		HOLDS(strncasecmp(x->value, "NTLM", 4) != 0 ||
		    (x->value[4] != ' ' && x->value[4] != '\0'));
		HOLDS(strncasecmp(x->value, "Bearer vd1_", 11) != 0);
	}
}

static void
one(struct fuzz *f)
{
	char		*vars[FUZZ_LINES + 1];
	struct io	 io = { .vars = vars, .framed = true,
			    .at_end = at_end };
	struct req	 rq;

	memcpy(vars, f->line, f->n_lines * sizeof(vars[0]));
	vars[f->n_lines] = NULL;
	if (req_read(&rq, &io, &f->arena) != OK) {
		is_readable(&rq);
		return;
	}
	is_readable(&rq);
	is_within_bounds(&rq);
	length_is_plain(f, &rq);
	authorization_is_ours(f, &rq);
	client_is_known(&rq);
	goes_up(f, &rq);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
