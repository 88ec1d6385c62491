#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/cmd.h"
#include "cli/settings.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/url.h"
#include "serve/explain.h"
#include "serve/explain_out.h"
#include "serve/serve.h"
#include "store/app.h"
#include "store/rows.h"
#include "store/shm.h"

enum { PERMITTED = 0, REFUSED = 1 };
enum { MAX_MEMORY = 128 << 20, MAX_TEXT = 512 * 1024, WAIT_MS = 5000 };

/* What the command line says, and what it is explained by. */
struct call {
	struct arena	 arena;		/* settings and routes */
	struct means	 means;
	struct snapshot	 snapshot;
	struct rows	*rows;
	const char	*settings;	/* -c */
	struct asked	 asked;
	struct fields	 fields;
	bool		 json;
};

static int
say(int status, const char *text)
{
	fprintf(stderr, "viaduct explain: %s\n", text);
	return status;
}

/* --- settings and routes --- */

/* As store/app has them; of what processes that serve share, what they know of
 * targets is looked at, if it can be: nothing is counted. */
static int
read_routes(struct call *x)
{
	struct snapshot		*s = &x->snapshot;
	const struct key_row	*keys;
	struct buf		 why;
	size_t			 n;
	bool			 busy;

	buf_init(&why, &x->arena, MAX_TEXT);
	s->shm = shm_look(s->conf.state, &why);
	buf_init(&why, &x->arena, MAX_TEXT);
	x->rows = rows_load(s->conf.database, WAIT_MS, &why, &busy);
	if (x->rows == NULL)
		return say(busy ? EX_TEMPFAIL : EX_CONFIG, why.data);
	keys = rows_keys(x->rows, &n);
	s->routes = routes_build(&x->arena, x->rows, &s->conf, s->shm);
	s->keys = keys_build(&x->arena, keys, n);
	return s->routes == NULL || s->keys == NULL ?
	    say(EX_OSERR, "no memory is left") : 0;
}

/* --- the request --- */

/* "Name: value", as curl -H has it. */
static int
take_field(struct call *x, const char *text)
{
	const char	*colon = strchr(text, ':');
	const char	*name, *value;
	size_t		 len = colon != NULL ? (size_t)(colon - text) : 0;

	if (len == 0 || !field_is_token(text, len))
		return say(EX_USAGE, "-H takes a field like \"X-Name: "
		    "value\"");
	value = colon + 1 + strspn(colon + 1, " \t");
	name = arena_strndup(&x->means.arena, text, len);
	return name == NULL || fields_add(&x->fields, name, value) != OK ?
	    say(EX_OSERR, "no memory is left") : 0;
}

/* How callers reach the gateway, as far as the settings say. */
static void
place(struct call *x)
{
	const struct conf	*c = &x->snapshot.conf;
	const struct cors_rule	*r = &c->rules.cors;
	struct url		 own;
	const char		*why;

	x->asked.mount = strcmp(c->base_path, "/") == 0 ? "" : c->base_path;
	x->asked.host = "localhost";
	if (r->n_own == 0 || url_split(&x->means.arena, r->own[0].text, &own,
	    &why) != OK)
		return;
	x->asked.host = r->own[0].text + (own.https ? 8 : 7);
	x->asked.https = own.https;
}

static int
tell(struct call *x)
{
	struct explanation	 told;
	struct buf		 b;

	place(x);
	buf_init(&b, &x->arena, MAX_TEXT);
	if (explain(&x->means, &x->snapshot, &x->asked, &told) != OK)
		return say(EX_OSERR, "no memory is left");
	if (x->json)
		explain_put_json(&b, &told);
	else
		explain_put_text(&b, &told);
	if (buf_failed(&b) || x->arena.failed || x->means.arena.failed)
		return say(EX_OSERR, "no memory is left");
	if (fputs(b.data, stdout) == EOF || fflush(stdout) != 0)
		return say(EX_IOERR, "the explanation could not be written");
	return told.err == OK && (!told.view.script || told.view.may_send) ?
	    PERMITTED : REFUSED;
}

static int
usage(void)
{
	fprintf(stderr, "usage: viaduct explain [-c FILE] [--json] "
	    "[-X METHOD] [-o ORIGIN]\n           [-H FIELD]... PATH\n"
	    "exit status: 0 permitted, 1 refused, if only by a preflight\n");
	return EX_USAGE;
}

static int
read_arguments(struct call *x, int argc, char **argv)
{
	static const struct option	 longs[] = {
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	int				 c, status;

	x->asked.method = "GET";
	x->asked.fields = &x->fields;
	while ((c = getopt_long(argc, argv, "c:X:o:H:", longs, NULL)) != -1) {
		if (c == 'j')
			x->json = true;
		else if (c == 'c')
			x->settings = optarg;
		else if (c == 'X')
			x->asked.method = optarg;
		else if (c == 'o')
			x->asked.origin = optarg;
		else if (c != 'H')
			return usage();
		else if ((status = take_field(x, optarg)) != 0)
			return status;
	}
	if (optind != argc - 1)
		return usage();
	x->asked.path = argv[optind];
	return 0;
}

int
cmd_explain(int argc, char **argv)
{
	struct call	 x = { .json = false };
	int		 status;

	arena_init(&x.arena, MAX_MEMORY);
	arena_init(&x.means.arena, REQUEST_ARENA_BYTES);
	fields_init(&x.fields, &x.means.arena);
	if ((status = read_arguments(&x, argc, argv)) == 0 &&
	    (status = settings_read(&x.snapshot.conf, &x.arena,
	    x.settings, "viaduct explain")) == 0 &&
	    (status = read_routes(&x)) == 0)
		status = tell(&x);
	if (x.rows != NULL)
		rows_free(x.rows);
	shm_drop(x.snapshot.shm);
	arena_free(&x.means.arena);
	arena_free(&x.arena);
	return status;
}
