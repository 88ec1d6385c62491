#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/fields.h"
#include "store/conf.h"
#include "tests/fuzz/fuzz.h"
#include "upstream/transfer.h"

/*
 * A target's answer up to its body, a line at a time as libcurl hands it on,
 * and what of it goes to a browser.
 */

struct heard {
	struct fuzz	*f;
	int		 heads;
};

/* Servers that make variables of names take "_" for "-". */
static int
fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c | 0x20;
	return c == '_' ? '-' : c;
}

/* "*" at the end of the word: the name begins so. */
static bool
is(const char *name, const char *word)
{
	for (; *word != '*' && fold(*name) == *word; name++, word++)
		if (*word == '\0')
			return true;
	return *word == '*';
}

/* Fields that command a server in front, or change what this host is to the
 * browser. */
static bool
must_not_pass(const char *name)
{
	static const char *const	 words[] = { "status", "x-accel-*",
	    "x-sendfile*", "x-lighttpd-*", "x-litespeed-*", "set-cookie",
	    "set-cookie2", "strict-transport-security", "clear-site-data",
	    "alt-svc", "service-worker-allowed", "access-control-*",
	    "transfer-encoding", "content-length", "connection", "refresh",
	    "public-key-pins*" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is(name, words[i]))
			return true;
	return false;
}

static bool
opens_a_box(const char *challenge)
{
	static const char *const	 schemes[] = { "Basic ", "Digest ",
	    "NTLM ", "Negotiate " };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncasecmp(challenge, schemes[i],
		    strlen(schemes[i])) == 0)
			return true;
	return false;
}

static size_t
count(const struct fields *fs, const char *name)
{
	size_t	 n = 0;

	for (size_t i = 0; i < fs->count; i++)
		n += strcasecmp(fs->list[i].name, name) == 0;
	return n;
}

/* Is it the target's own, or one that was added here? */
static bool
came_in(const struct fields *in, const struct field *x)
{
	for (size_t i = 0; i < in->count; i++)
		if (in->list[i].value == x->value)
			return true;
	return false;
}

static void
goes_down(struct fuzz *f, int status, const struct fields *in)
{
	const struct field_down	 how = { .status = status, .route = "api" };
	const char		*connection;
	struct fields		 down, all = *in;

	fields_init(&down, &f->arena);
	if (fields_to_client(in, &how, &down) != OK)
		return;
	all.arena = &f->spare;
	HOLDS(fields_join(&all, "Connection", &connection) == OK);
	for (size_t i = 0; i < down.count; i++) {
		const struct field *x = &down.list[i];

		HOLDS(field_ok(x->name, x->value));
		HOLDS(!must_not_pass(x->name));
		HOLDS(connection == NULL || !came_in(in, x) ||
		    !field_lists(connection, x->name));
		if (is(x->name, "location"))
			HOLDS(status == 201 || status / 100 == 3);
		if (strcasecmp(x->name, "WWW-Authenticate") == 0)
			HOLDS(!opens_a_box(x->value));
	}
	HOLDS(count(&down, "Content-Security-Policy") == 1);
	HOLDS(count(&down, "X-Content-Type-Options") == 1);
	HOLDS(count(&down, "X-Frame-Options") == 1);
	HOLDS(count(&down, "Cross-Origin-Resource-Policy") == 1);
	if (status == 200)
		HOLDS(fields_get(&down, "Content-Type") != NULL);
	if (status == 401)
		HOLDS(fields_get(&down, "WWW-Authenticate") != NULL);
}

/* The body ends where all say that it ends. */
static void
length_is_plain(const struct fields *in)
{
	long long	 bytes;
	bool		 coded = fields_get(in, "Transfer-Encoding") != NULL;

	if (fields_content_length(in, &bytes) != OK)
		return;
	HOLDS(bytes >= -1 && (!coded || bytes == -1));
	for (size_t i = 0; i < in->count && !coded; i++)
		if (strcasecmp(in->list[i].name, "Content-Length") == 0) {
			const char *value = in->list[i].value;

			HOLDS(*value != '\0');
			HOLDS(strspn(value, "0123456789") == strlen(value));
			HOLDS(bytes == strtoll(value, NULL, 10));
		}
}

static enum err
head(void *arg, int status, const struct fields *in)
{
	struct heard	*h = arg;

	HOLDS(++h->heads == 1);
	HOLDS(status >= 200 && status <= 599);
	HOLDS(in->count <= 100);
	for (size_t i = 0; i < in->count; i++)
		HOLDS(strlen(in->list[i].value) <= 8001);
	length_is_plain(in);
	goes_down(h->f, status, in);
	return OK;
}

static void
one(struct fuzz *f)
{
	struct rules	 rules = { .header_quota_bytes = 32768 };
	struct fetch	 fetch = { .rules = &rules };
	struct heard	 h = { .f = f };
	struct sink	 sink = { .head = head, .arg = &h };
	struct fetcher	 fetcher = { .loop = NULL };
	struct transfer	 t = { .f = &fetch, .sink = sink,
			    .fetcher = &fetcher, .arena = &f->arena };
	const char	*p = (const char *)f->data, *end = p + f->size;

	while (p < end) {
		const char *mark = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((mark != NULL ? mark + 1 : end) - p);
		char *line = arena_strndup(&f->spare, p, len);

		if (transfer_head_line(line, 1, len, &t) != len) {
			HOLDS(t.why != OK);
			return;
		}
		p += len;
	}
	HOLDS(t.head_bytes <= 32768 && t.head.count <= 100);
	HOLDS(t.head_done == (h.heads == 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
