#include "tests/unit/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/io.h"
#include "core/arena.h"
#include "core/clock.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/slots.h"
#include "store/app.h"
#include "store/check.h"
#include "store/rows.h"
#include "store/shm.h"
#include "store/targets.h"
#include "tests/unit/fixture.h"
#include "upstream/fetch.h"

struct world	 world;

static const struct cors_origin	 page[] = {
	{ CORS_EXACT, "https://page.example" },
};
static const int		 ports[] = { 80, 443 };
static const struct whole_host	 hosts[] = {
	{ .name = "listed.example" },
	{ .name = "ported.example", .port = 8443 },
	{ .name = ".wild.example", .pattern = true },
};
static const char *const	 methods[] = { "GET", "HEAD", "POST", "PUT",
    "DELETE", NULL };

/* --- store/app --- */

static struct snapshot	 snapshot;
static const struct keys *keys;
static int		 taken;

const struct snapshot *
app_take(struct app *app)
{
	(void)app;
	if (world.unreadable)
		return NULL;
	taken++;
	snapshot.conf = world.conf;
	snapshot.keys = keys;
	return &snapshot;
}

void
app_give(struct app *app, const struct snapshot *s)
{
	(void)app;
	if (s == &snapshot)
		taken--;
}

void
app_note_root(struct app *app, const struct snapshot *s, const char *root)
{
	(void)app;
	if (s == &snapshot && root != NULL)
		snprintf(world.root, sizeof(world.root), "%s", root);
}

struct log *
app_log(struct app *app)
{
	(void)app;
	return (struct log *)&world;
}

bool
app_is_sound(struct app *app)
{
	(void)app;
	return !world.unsound;
}

bool
app_keys_stale(struct app *app)
{
	(void)app;
	return world.keys_stale;
}

/* --- store/routes --- */

const struct route *
routes_find(const struct routes *rs, const char *name)
{
	(void)rs;
	for (struct route *rt = world.routes; rt < world.routes + 4 &&
	    rt->name != NULL; rt++)
		if (strcmp(rt->name, name) == 0) {
			if (rt->url != NULL)
				rt->target = targets_id(snapshot.shm, false,
				    name, rt->url);
			return rt;
		}
	return NULL;
}

size_t
routes_count(const struct routes *rs)
{
	size_t	 n = 0;

	(void)rs;
	while (n < 4 && world.routes[n].name != NULL)
		n++;
	return n;
}

const struct route *
routes_at(const struct routes *rs, size_t i)
{
	(void)rs;
	return &world.routes[i];
}

bool
routes_render(const struct routes *rs)
{
	for (size_t i = 0; i < routes_count(rs); i++)
		if (world.routes[i].rules.render)
			return true;
	return false;
}

/* --- store/check --- */

void
check_run(struct check *ck, const char *path)
{
	ck->problems = ck->warnings = 1;
	ck->say(ck->arg, false, path, "<b>bad</b>\033[1m");
	ck->say(ck->arg, true, NULL, "nowhere");
}

/* --- store/log --- */

void
log_access(struct log *l, const struct access *a)
{
	(void)l;
	world.access = *a;
	world.n_access++;
	snprintf(world.access_path, sizeof(world.access_path), "%s",
	    a->path != NULL ? a->path : "-");
	world.access.path = world.access_path;
	snprintf(world.access_peer, sizeof(world.access_peer), "%s",
	    a->peer != NULL ? a->peer : "-");
	world.access.peer = world.access_peer;
	snprintf(world.access_user, sizeof(world.access_user), "%s",
	    a->user != NULL ? a->user : "-");
	snprintf(world.access_target, sizeof(world.access_target), "%s",
	    a->target != NULL ? a->target : "-");
}

static void
say(const char *word, const char *fmt, va_list ap)
{
	size_t	 len = strlen(world.lines);
	char	 text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	snprintf(world.lines + len, sizeof(world.lines) - len, "%s: %s\n",
	    word, text);	/* what does not fit is lost */
}

void
log_line(struct log *l, enum log_level level, const char *fmt, ...)
{
	static const char *const words[] = { "error", "warning", "info",
				    "debug" };
	va_list			 ap;

	(void)l;
	va_start(ap, fmt);
	say(words[level], fmt, ap);
	va_end(ap);
}

void
log_trace(struct log *l, const char *fmt, ...)
{
	va_list	 ap;

	(void)l;
	va_start(ap, fmt);
	say("trace", fmt, ap);
	va_end(ap);
}

/* --- upstream/fetch --- */

static void
note_fields(char *to, size_t size, const struct fields *up)
{
	size_t	 len = 0;

	for (size_t i = 0; i < up->count && len < size; i++)
		len += (size_t)snprintf(to + len, size - len, "%s: %s\n",
		    up->list[i].name, up->list[i].value);
}

static void
note(struct world_fetch *w, const struct fetch *f, struct io *io)
{
	ssize_t	 got;
	size_t	 len = 0;

	snprintf(w->method, sizeof(w->method), "%s", f->method);
	snprintf(w->url, sizeof(w->url), "%s", f->url);
	snprintf(w->host, sizeof(w->host), "%s", f->host != NULL ? f->host :
	    "");
	note_fields(w->fields, sizeof(w->fields), f->fields);
	w->body_bytes = f->body_bytes;
	w->verify_tls = f->rules->verify_tls;
	w->open_private = f->rules->allow_private.all_private;
	while (f->body_bytes != 0 && len < sizeof(w->body) - 1 &&
	    (got = io->read(io, w->body + len, sizeof(w->body) - 1 - len)) > 0)
		len += (size_t)got;
	if (f->taken_bytes != NULL)
		*f->taken_bytes = (int64_t)len;
}

static void
let_pass(int64_t us)
{
	int64_t	 until = clock_us() + us;

	while (us > 0 && clock_us() < until)
		;
}

static enum err
fetch(const struct fetch *f, struct io *io, struct arena *a,
    const struct sink *sink)
{
	const struct world_answer	*w = &world.answers[world.n_fetches];
	struct fields			 in;
	int				 again = -1;
	enum err			 e = OK;

	if (world.n_fetches == WORLD_ANSWERS)
		return ERR_INTERNAL;
	note(&world.fetches[world.n_fetches++], f, io);
	if (f->seen != NULL)
		*f->seen = (struct fetch_seen){ .address = "192.0.2.9",
		    .port = 443, .http = "HTTP/2", .status = w->status };
	fields_init(&in, a);
	for (size_t i = 0; i < WORLD_FIELDS && w->fields[i].name != NULL; i++)
		fields_add(&in, w->fields[i].name, w->fields[i].value);
	if ((w->status != 0 || w->connected) && sink->reached != NULL)
		sink->reached(sink->arg);
	let_pass(w->head_after_us);
	if (w->status != 0)
		e = sink->head(sink->arg, w->status, &in);
	for (size_t i = 0; i < WORLD_BODY && w->body[i] != NULL && e == OK;
	    i++)
		e = sink->body(sink->arg, w->body[i], strlen(w->body[i]));
	if (e == OK)
		e = sink->idle(sink->arg, 1, &again);
	let_pass(w->end_after_us);
	return e != OK ? e : w->err;
}

void
fetch_begin(struct fetcher *fetcher, const struct fetch *f, struct io *io,
    struct arena *a, const struct sink *sink)
{
	(void)fetcher;
	sink->ended(sink->arg, fetch(f, io, a, sink));
}

/* --- */

/* The one key that there is. */
static void
make_key(void)
{
	static struct arena	 a;
	struct key_row		 row = { .name = "page", .id = "aaaaaaaa",
				    .routes = "keyed api https" };

	arena_free(&a);
	arena_init(&a, 1 << 16);
	digest(WORLD_KEY + KEY_LEN - KEY_SECRET_LEN, KEY_SECRET_LEN, row.hash);
	keys = keys_build(&a, &row, 1);
}

void
world_reset(void)
{
	struct rules	*r = &world.conf.rules;

	memset(&world, 0, sizeof(world));
	shm_drop(snapshot.shm);
	snapshot.shm = shm_private();
	world.conf.app_name = "Viaduct";
	world.conf.general_error = "Gateway error";
	world.conf.via = "viaduct-0123";
	world.conf.whole = (struct whole_rule){ .targets = WHOLE_NAMED,
	    .hosts = hosts, .n_hosts = sizeof(hosts) / sizeof(hosts[0]),
	    .ports = ports, .n_ports = 2 };
	r->methods = methods;
	r->cors = (struct cors_rule){ .allow = page, .n_allow = 1,
	    .methods = "GET, HEAD, POST, PUT, DELETE", .headers = "*",
	    .expose = "*", .max_age_seconds = 600 };
	r->upload_quota_bytes = 1000;
	r->payload_quota_bytes = 1000;
	r->redirects = REDIRECT_SAME_SITE;
	r->max_redirects = 3;
	world.routes[0] = (struct route){ .name = "api",
	    .url = "https://t.example/v1", .host = "t.example",
	    .origin = "https://t.example", .rules = *r };
	world.routes[1] = (struct route){ .name = "bad", .host = "",
	    .fault = "max_age: five is no number", .rules = *r };
	world.routes[2] = (struct route){ .name = "other",
	    .url = "http://other.example", .host = "other.example",
	    .origin = "http://other.example", .rules = *r };
	world.routes[3] = (struct route){ .name = "keyed",
	    .url = "https://k.example", .host = "k.example",
	    .origin = "https://k.example", .rules = *r };
	world.routes[3].rules.access = ACCESS_KEY;
	make_key();
}

static int	 ends;

static void
note_end(struct serving *x)
{
	(void)x;
	ends++;
}

void
world_serve(const char *const *vars, const char *const *body)
{
	struct waiter	 waiter = { .until_ms = INT64_MAX };
	struct means	 means = { .slots = slots_new(4),
			    .waited = world.waited,
			    .began_us = world.began_us, .ended = note_end };
	struct serving	 x = { .means = &means, .io = &world.io.io };

	arena_init(&means.arena, 1 << 20);
	if (world.busy) {
		while (slots_take(means.slots, "api", NULL, 0) == SLOT_TAKEN)
			;
		means.waiter = &waiter;
	}
	io_mem_init(&world.io, vars, body);
	ends = 0;
	serve(&x);
	arena_free(&means.arena);
	slots_free(means.slots);
	if (ends != 1)
		snprintf(world.lines, sizeof(world.lines),
		    "it has ended %d times\n", ends);
	if (taken != 0)
		snprintf(world.lines, sizeof(world.lines),
		    "a snapshot was not given back\n");
}

void
world_walk(const char *const *vars, struct walk *walk)
{
	struct means	 means = { .app = NULL };
	struct serving	 x = { .means = &means, .s = &snapshot,
			    .io = &world.io.io, .walk = walk };

	snapshot.conf = world.conf;
	snapshot.keys = keys;
	arena_init(&means.arena, 1 << 20);
	io_mem_init(&world.io, vars, NULL);
	serving_walk(&x);
	arena_free(&means.arena);
}

struct stats *
world_counters(void)
{
	return shm_stats(snapshot.shm);
}

void
assert_field(const char *name, const char *value)
{
	assert_text(io_mem_field(&world.io, name), value);
}
