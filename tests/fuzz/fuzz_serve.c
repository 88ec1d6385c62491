#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/io_kept.h"
#include "core/buf.h"
#include "http/url.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/slots.h"
#include "serve/walk.h"
#include "store/app.h"
#include "store/rows.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"
#include "upstream/fetch.h"

/*
 * A whole request, from the CGI environment to the last byte of the answer,
 * with settings and a database as they are used; only the target is not there.
 * Lines: variables; an empty line; the target's answer: a status, fields, an
 * empty line, the body; then perhaps another answer.  "site" as the first
 * line: the other database, in which a route takes the whole host.
 */

#define PAGE	"https://page.example"
#define OWN	"https://front.example"
#define SECRET	"s3cr3t-of-the-operator"

static const char	 ini[] =
    "[app]\nbase_path = /v\n"
    "[routes]\ntargets = listed\ntarget_hosts = listed.example\n"
    "[cors]\nallow_origins = " PAGE "\nown_origin = " OWN "\n"
    "[access]\nrate_limit = 0\ntrusted_proxies = 127.0.0.0/8\n"
    "[log]\naccess = off\nlevel = error\n";

static const char	 rows[] =
    "INSERT INTO routes(name, url) VALUES"
    " ('api', 'https://t.example/v1');"
    "INSERT INTO routes(name, url, allow_origins) VALUES"
    " ('open', 'http://open.example', '*');"
    "INSERT INTO routes(name, url, allow_credentials, allow_methods) VALUES"
    " ('login', 'https://login.example/', 1, 'GET POST');"
    "INSERT INTO routes(name, url, access) VALUES"
    " ('keyed', 'https://keyed.example', 'key');"
    "INSERT INTO routes(name, url, cookies) VALUES"
    " ('apart', 'https://apart.example/a', 'isolate');"
    "INSERT INTO routes(name, url, cors) VALUES"
    " ('theirs', 'https://theirs.example', 'target');"
    "INSERT INTO routes(name, url, filtered_path) VALUES"
    " ('less', 'https://less.example', '/admin/*');"
    "INSERT INTO routes(name, url, allow_origins) VALUES"
    " ('secret', 'https://secret.example', '" PAGE "');"
    "INSERT INTO route_headers(route, direction, name, value) VALUES"
    " ('secret', 'request', 'X-Secret', '" SECRET "');";

static const char	 site_ini[] =
    "[app]\nbase_path = /v\n"
    "[cors]\nallow_origins = " PAGE "\nown_origin = " OWN "\n"
    "[access]\nrate_limit = 0\n"
    "[log]\naccess = off\nlevel = error\n";

static const char	 site_rows[] =
    "INSERT INTO routes(name, url, render, cookies) VALUES"
    " ('*', 'https://site.example/app', 1, 'isolate');"
    "INSERT INTO routes(name, url) VALUES"
    " ('api', 'https://t.example/v1');";

/* The hosts are all that may be reached. */
static struct world {
	char		 folder[32];
	const char	*hosts[12];
	struct means	 means;
} worlds[2] = {
	{ .folder = "/tmp/viaduct-fuzz.XXXXXX", .hosts = { "t.example",
	    "open.example", "login.example", "keyed.example",
	    "apart.example", "theirs.example", "less.example",
	    "secret.example", "listed.example" } },
	{ .folder = "/tmp/viaduct-fuzz.XXXXXX", .hosts = { "site.example",
	    "t.example" } },
}, *world;

/* --- settings and routes ------------------------------------------------- */

static const char *
file(const struct world *w, const char *name)
{
	static char	 path[512];

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	return path;
}

static void
clean(void)
{
	static const char *const names[] = { "viaduct.ini", "routes.db",
	    "state/shm.v1", "state" };

	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++)
			remove(file(&worlds[i], names[j]));
		rmdir(worlds[i].folder);
	}
}

static char *
schema(struct arena *a)
{
	const char	*srcdir = getenv("srcdir");
	char		 path[1024], *text = arena_alloc(a, 1 << 17);
	FILE		*f;

	snprintf(path, sizeof(path), "%s/sql/schema.sql", srcdir != NULL ?
	    srcdir : ".");
	HOLDS((f = fopen(path, "r")) != NULL);
	HOLDS(fread(text, 1, (1 << 17) - 1, f) > 0);
	fclose(f);
	return text;
}

/* Old enough for a stat alone to tell that nothing changed. */
static void
settle(const char *path)
{
	static const struct timespec	 past[2] = { { 1000000000, 0 },
					    { 1000000000, 0 } };

	HOLDS(utimensat(0, path, past, 0) == 0);
}

static void
make(struct world *w, const char *settings, const char *sql)
{
	struct arena	 a;
	struct buf	 why;
	FILE		*f;

	HOLDS(mkdtemp(w->folder) != NULL);
	arena_init(&a, 1 << 20);
	buf_init(&why, &a, 1 << 16);
	HOLDS((f = fopen(file(w, "viaduct.ini"), "w")) != NULL);
	HOLDS(fputs(settings, f) >= 0 && fclose(f) == 0);
	HOLDS(mkdir(file(w, "state"), 0700) == 0);
	HOLDS(rows_create(file(w, "routes.db"), schema(&a), sql, &why) == 0);
	settle(file(w, "routes.db"));
	settle(file(w, "viaduct.ini"));
	arena_free(&a);
	w->means.app = app_open(strdup(file(w, "viaduct.ini")));
	w->means.slots = slots_new(4);
	HOLDS(w->means.app != NULL && w->means.slots != NULL);
}

static void
begin(void)
{
	umask(077);
	atexit(clean);
	make(&worlds[0], ini, rows);
	make(&worlds[1], site_ini, site_rows);
}

/* --- the web server ------------------------------------------------------ */

static struct {
	struct io	 io;
	char		*vars[FUZZ_LINES + 1];
	char		 out[1 << 18];
	size_t		 bytes;
	int		 cuts;
} web;

static ssize_t
web_read(struct io *io, void *to, size_t n)
{
	(void)io;
	memset(to, 'b', n);
	return (ssize_t)n;
}

static bool
web_buffered(struct io *io)
{
	(void)io;
	return true;
}

static bool
web_at_end(struct io *io)
{
	(void)io;
	return false;
}

static int
web_write(struct io *io, const void *from, size_t n)
{
	(void)io;
	HOLDS(n < sizeof(web.out) - web.bytes);
	memcpy(web.out + web.bytes, from, n);
	web.bytes += n;
	web.out[web.bytes] = '\0';
	return 0;
}

static int
web_flush(struct io *io)
{
	(void)io;
	return 0;
}

static void
web_cut(struct io *io)
{
	(void)io;
	web.cuts++;
}

static void
web_begin(struct fuzz *f, size_t n_vars)
{
	web.io = (struct io){ .vars = web.vars, .framed = true,
	    .read = web_read, .buffered = web_buffered,
	    .at_end = web_at_end, .write = web_write, .flush = web_flush,
	    .cut = web_cut, .in_fd = -1, .gone_fd = -1 };
	memcpy(web.vars, f->line, n_vars * sizeof(web.vars[0]));
	web.vars[n_vars] = NULL;
	web.bytes = 0;
	web.cuts = 0;
	web.out[0] = '\0';
}

/* The value, if the variable is of that name.  Behind HTTP_ stands the name
 * of a field, in any case and with "-" for "_" as well. */
static const char *
value_of(const char *var, const char *name)
{
	size_t	 field = strncmp(name, "HTTP_", 5) == 0 ? 5 : SIZE_MAX;

	for (size_t i = 0; name[i] != '\0'; i++)
		if (var[i] != name[i] && (i < field ||
		    (toupper((unsigned char)var[i]) != name[i] &&
		    (var[i] != '-' || name[i] != '_'))))
			return NULL;
	return var[strlen(name)] == '=' ? var + strlen(name) + 1 : NULL;
}

static const char *
last_var(const char *name)
{
	const char	*last = NULL, *value;

	for (char **v = web.vars; *v != NULL; v++)
		if ((value = value_of(*v, name)) != NULL)
			last = value;
	return last;
}

static size_t
count_vars(const char *name)
{
	size_t	 n = 0;

	for (char **v = web.vars; *v != NULL; v++)
		n += value_of(*v, name) != NULL;
	return n;
}

/* --- the target ---------------------------------------------------------- */

static struct fuzz	*input;
static size_t		 at;		/* the input's line that comes next */
static size_t		 fetches;
static int		 ends;
static bool		 theirs;	/* CORS is left to the target */

static bool
ends_in(const char *s, const char *end)
{
	return strlen(s) >= strlen(end) &&
	    strcmp(s + strlen(s) - strlen(end), end) == 0;
}

/* Nothing is reached but what the table or the settings name. */
static void
may_be_reached(const struct fetch *f)
{
	const char	*host = f->target->host;

	host += strncmp(host, "www.", 4) == 0 ? 4 : 0;
	for (const char **name = world->hosts; *name != NULL; name++)
		if (strcmp(host, *name) == 0 ||
		    (ends_in(f->target->host, *name) && fetches > 0 &&
		    strcmp(f->target->host, host) != 0))
			return;
	HOLDS(!"a host that nothing names");
}

static void
carries_nothing_else(const struct fetch *f)
{
	const char	*host = f->target->host;

	for (size_t i = 0; i < f->fields->count; i++) {
		const struct field *x = &f->fields->list[i];

		HOLDS(field_ok(x->name, x->value));
		HOLDS(strcasecmp(x->name, "Cookie") != 0 ||
		    strcmp(host, "apart.example") == 0 ||
		    strcmp(host, "site.example") == 0);
		HOLDS(strcasecmp(x->name, "Proxy") != 0);
		HOLDS(strcmp(x->value, SECRET) != 0 ||
		    strcmp(host, "secret.example") == 0);
	}
	HOLDS(fields_get(f->fields, "Via") != NULL);
	HOLDS(f->target->https || f->host == NULL);
}

/* What a page of strangers sends reaches nobody who does not want it. */
static void
comes_from_nearby(const struct fetch *f)
{
	const char	*origin = last_var("HTTP_ORIGIN");
	const char	*site = last_var("HTTP_SEC_FETCH_SITE");
	const char	*host = f->target->host;

	if (origin == NULL || count_vars("HTTP_ORIGIN") != 1 ||
	    strcmp(origin, PAGE) == 0 || strcmp(origin, OWN) == 0)
		return;
	if (strcmp(origin, "null") == 0 && strcmp(host, "site.example") == 0)
		HOLDS(count_vars("HTTP_SEC_FETCH_SITE") == 1 &&
		    strcmp(site, "same-origin") == 0);
	else
		HOLDS(fetches > 0 || strcmp(host, "open.example") == 0 ||
		    strcmp(host, "theirs.example") == 0);
}

static void
is_sound(const struct fetch *f)
{
	HOLDS(oracle_printable(f->url));
	HOLDS(oracle_is_host(f->target->host));
	oracle_curl_agrees(f->url, f->target);
	may_be_reached(f);
	carries_nothing_else(f);
	comes_from_nearby(f);
	HOLDS(strcmp(f->target->host, "less.example") != 0 ||
	    strncasecmp(f->target->path, "/admin", 6) != 0 ||
	    (f->target->path[6] != '\0' && f->target->path[6] != '/'));
}

/* "Name: value", in place. */
static enum err
read_field(struct fields *in, char *line)
{
	char	*colon = strchr(line, ':');

	if (colon == NULL)
		return OK;
	return fields_add(in, arena_strndup(&input->spare, line,
	    (size_t)(colon - line)), colon + 1 + strspn(colon + 1, " "));
}

static enum err
fetch(const struct fetch *f, struct arena *a, const struct sink *sink)
{
	struct fields	 in;
	int		 status = 0, again = -1;
	enum err	 e;

	is_sound(f);
	fetches++;
	theirs = strcmp(f->target->host, "theirs.example") == 0;
	if (at < input->n_lines)
		status = atoi(input->line[at++]);
	if (status < 200 || status > 599)
		return ERR_CONNECTION_REFUSED;
	fields_init(&in, a);
	for (; at < input->n_lines && *input->line[at] != '\0'; at++)
		if (read_field(&in, input->line[at]) != OK)
			return ERR_NO_MEMORY;
	if ((e = sink->head(sink->arg, status, &in)) != OK)
		return e;
	for (at++; at < input->n_lines && *input->line[at] != '\0'; at++)
		if ((e = sink->body(sink->arg, input->line[at],
		    strlen(input->line[at]))) != OK)
			return e;
	at++;
	return sink->idle(sink->arg, 1, &again);
}

void
fetch_begin(struct fetcher *fetcher, const struct fetch *f, struct io *io,
    struct arena *a, const struct sink *sink)
{
	(void)fetcher;
	(void)io;
	sink->ended(sink->arg, fetch(f, a, sink));
}

/* --- the answer ---------------------------------------------------------- */

/* The fields of the head, each sound; the status. */
static int
read_head(struct fuzz *f, struct fields *fs)
{
	char	*end = strstr(web.out, "\r\n\r\n"), *line, *next, *colon;
	int	 status;

	HOLDS(end != NULL);
	line = arena_strndup(&f->spare, web.out, (size_t)(end + 2 - web.out));
	HOLDS(strncmp(line, "Status: ", 8) == 0);
	status = atoi(line + 8);
	HOLDS(status >= 200 && status <= 599 && line[11] == ' ');
	for (; *line != '\0'; line = next) {
		HOLDS((next = strstr(line, "\r\n")) != NULL);
		*next = '\0';
		next += 2;
		HOLDS((colon = strstr(line, ": ")) != NULL ||
		    (colon = strchr(line, ':')) != NULL);
		*colon = '\0';
		colon += 1 + (colon[1] != '\0');
		HOLDS(field_ok(line, colon));
		HOLDS(fields_add(fs, line, colon) == OK);
	}
	return status;
}

static size_t
count(const struct fields *fs, const char *name)
{
	size_t	 n = 0;

	for (size_t i = 0; i < fs->count; i++)
		n += strcasecmp(fs->list[i].name, name) == 0;
	return n;
}

/* Whoever is refused learns nothing and reaches nothing; whoever is not can
 * read everything, refusals too. */
static void
origin_is_judged(int status, const struct fields *fs)
{
	const char	*origin = last_var("HTTP_ORIGIN");
	const char	*acao = fields_get(fs, "Access-Control-Allow-Origin");

	if (origin == NULL || count_vars("HTTP_ORIGIN") != 1 || theirs)
		return;
	HOLDS(count(fs, "Access-Control-Allow-Origin") <= 1);
	if (acao != NULL && strcmp(acao, "*") != 0)
		HOLDS(strcmp(acao, origin) == 0 && (strcmp(acao, PAGE) == 0 ||
		    strcmp(acao, OWN) == 0));
	/* Without memory the origin itself may not have been read. */
	if (strcmp(origin, PAGE) == 0 && status != 503)
		HOLDS(acao != NULL || strstr(web.out, "\"no_memory\""));
	if (fields_get(fs, "Access-Control-Allow-Credentials") != NULL)
		HOLDS(acao != NULL && strcmp(acao, "*") != 0);
}

static void
body_is_whole(int status, const struct fields *fs)
{
	const char	*body = strstr(web.out, "\r\n\r\n") + 4;
	const char	*length = fields_get(fs, "Content-Length");
	const char	*method = last_var("REQUEST_METHOD");
	size_t		 bytes = web.bytes - (size_t)(body - web.out);

	if (status == 204 || status == 304 ||
	    (method != NULL && strcmp(method, "HEAD") == 0))
		HOLDS(bytes == 0);
	if (status == 204 || status == 304)
		HOLDS(length == NULL);
	if (fetches == 0 && length != NULL && bytes > 0)
		HOLDS(strtoull(length, NULL, 10) == bytes);
}

/* The target's body is sent line by line, without their ends. */
static bool
input_has(struct fuzz *f, const char *text)
{
	char	*all = arena_alloc(&f->spare, f->size + 1), *end = all;

	HOLDS(all != NULL);
	for (size_t i = 0; i < f->n_lines; i++) {
		size_t len = strlen(f->line[i]);

		memcpy(end, f->line[i], len);
		end += len;
	}
	return strstr(all, text) != NULL;
}

static void
answer_is_right(struct fuzz *f)
{
	struct fields	 fs;
	int		 status;

	fields_init(&fs, &f->spare);
	status = read_head(f, &fs);
	HOLDS(count(&fs, "Status") == 1);
	HOLDS(count(&fs, "Content-Length") <= 1);
	HOLDS(count(&fs, "X-Content-Type-Options") <= 1);
	HOLDS(count(&fs, "X-Accel-Redirect") == 0);
	HOLDS(count(&fs, "Transfer-Encoding") == 0);
	origin_is_judged(status, &fs);
	body_is_whole(status, &fs);
	if (!input_has(f, SECRET))
		HOLDS(strstr(web.out, SECRET) == NULL);
}

/* But for what only a real request shows. */
static void
ends_alike(const struct serving *x, const char *proxy_status)
{
	enum err	 e = x->walk->err;
	char		 rule[64];

	snprintf(rule, sizeof(rule), "\"%s\"", err_word(e));
	if (x->dump || (proxy_status != NULL &&
	    strstr(proxy_status, "\"rate_limited\"") != NULL))
		return;
	if (e == OK)
		HOLDS(fetches > 0 || proxy_status == NULL);
	else
		HOLDS(proxy_status != NULL &&
		    strstr(proxy_status, rule) != NULL);
}

/* Explained, the request ends by the rule by which it has ended, and nobody is
 * asked. */
static void
walks_alike(struct fuzz *f)
{
	struct means	 means = { .app = world->means.app };
	struct walk	 walk = { .err = OK };
	struct io_kept	 io;
	struct serving	 x = { .means = &means, .walk = &walk, .io = &io.io };
	const size_t	 asked = fetches;
	struct fields	 fs;

	fields_init(&fs, &f->spare);
	read_head(f, &fs);
	arena_init(&means.arena, REQUEST_ARENA_BYTES);
	io_kept_init(&io, web.vars, &means.arena);
	io.io.framed = true;
	io.io.at_end = web_at_end;
	if ((x.s = app_take(means.app)) != NULL) {
		serving_walk(&x);
		ends_alike(&x, fields_get(&fs, "Proxy-Status"));
		app_give(means.app, x.s);
	}
	HOLDS(fetches == asked);
	arena_free(&means.arena);
}

static void
note_end(struct serving *x)
{
	HOLDS(!x->waits);
	ends++;
}

static void
one(struct fuzz *f)
{
	struct means	*means;
	struct serving	 x = { .io = &web.io };
	size_t		 n = 0;

	if (world == NULL)
		begin();
	world = &worlds[f->n_lines > 0 && strcmp(f->line[0], "site") == 0];
	means = &world->means;
	while (n < f->n_lines && *f->line[n] != '\0')
		n++;
	input = f;
	at = n + 1;
	fetches = 0;
	theirs = false;
	web_begin(f, n);
	means->arena = f->arena;
	means->ended = note_end;
	x.means = means;
	ends = 0;
	serve(&x);
	HOLDS(ends == 1);
	f->arena = means->arena;
	if (web.cuts == 0) {
		answer_is_right(f);
		if (f->enough)
			walks_alike(f);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
