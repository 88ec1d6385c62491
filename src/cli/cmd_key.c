#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/cmd.h"
#include "cli/columns.h"
#include "cli/settings.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "store/conf.h"
#include "store/keys.h"
#include "store/rows.h"

enum { MAX_MEMORY = 64 << 20, MAX_TEXT = 64 * 1024, WAIT_MS = 5000 };

/* What the command line says. */
struct call {
	struct arena	 arena;
	const char	*settings, *routes, *expires;
	char		**words;	/* add NAME ... */
	int		 n_words;
	struct conf	 conf;
};

static int
say(int status, const char *text)
{
	fprintf(stderr, "viaduct key: %s\n", text);
	return status;
}

/* Why an edit was not done, and what that means to a shell. */
static int
outcome(enum edit e, const char *why)
{
	static const int status[] = {
		[EDIT_DONE] = 0, [EDIT_REFUSED] = EX_DATAERR,
		[EDIT_NO_DATABASE] = EX_NOINPUT, [EDIT_LOCKED] = EX_TEMPFAIL,
		[EDIT_READ_ONLY] = EX_NOPERM, [EDIT_FAILED] = EX_IOERR,
	};

	return why[0] != '\0' ? say(status[e], why) : status[e];
}

/* --- add ---------------------------------------------------------------- */

/* NULL: it never ends. */
static int
read_expiry(const char *text)
{
	int64_t	 end;
	bool	 whole_day;

	if (text == NULL)
		return 0;
	if (!utc_read(text, &end, &whole_day))
		return say(EX_DATAERR, "--expires takes a day or a moment, in "
		    "UTC, like 2030-12-31 or '2030-12-31 23:59:59'");
	if (end + (whole_day ? UTC_DAY_SECONDS : 0) <= (int64_t)time(NULL))
		return say(EX_DATAERR, "--expires is in the past: the key "
		    "would open nothing");
	return 0;
}

/* "a,b" as the table has it: "a b". */
static char *
route_list(struct call *x)
{
	char	*list = arena_strdup(&x->arena, x->routes), *c;

	for (c = list; c != NULL && *c != '\0'; c++)
		if (*c == ',')
			*c = ' ';
	return list;
}

static int
show(const struct call *x, const struct key_row *row, const char *text)
{
	printf("%s\n", text);
	if (fflush(stdout) != 0) {
		fprintf(stderr, "viaduct key: the key could not be written: "
		    "viaduct key revoke '%s', and make another\n", row->name);
		return EX_IOERR;
	}
	fprintf(stderr, "The key %s (id %s).  Routes: %s.  Expires: %s%s.\n"
	    "It is shown this once, and kept nowhere: %s has its hash alone.\n"
	    "Callers send it as \"X-API-Key: vd1_...\" or \"Authorization: "
	    "Bearer vd1_...\".\n", row->name, row->id,
	    strcmp(row->routes, "*") == 0 ? "all" : row->routes,
	    row->expires != NULL ? row->expires : "never",
	    row->expires != NULL ? " (UTC)" : "", x->conf.database);
	return 0;
}

static int
add(struct call *x)
{
	struct key_row	 row = { .name = x->words[1], .expires = x->expires };
	struct key_made	 key;
	struct buf	 why;
	enum edit	 e;
	int		 status;

	if ((status = read_expiry(x->expires)) != 0)
		return status;
	if ((row.routes = route_list(x)) == NULL || keys_make(&key) == -1)
		return say(EX_OSERR, "no memory or no random bytes are left");
	row.id = key.id;
	memcpy(row.hash, key.hash, sizeof(row.hash));
	buf_init(&why, &x->arena, MAX_TEXT);
	e = rows_add_key(x->conf.database, &row, &why);
	return e != EDIT_DONE ? outcome(e, why.data) :
	    show(x, &row, key.text);
}

/* --- list --------------------------------------------------------------- */

enum { COLUMNS = 6 };
static const char *const titles[COLUMNS] = { "NAME", "ID", "ROUTES",
	"CREATED", "EXPIRES", "STATE" };

static const char *
harmless(struct arena *a, const char *text)
{
	struct buf	 b;

	buf_init(&b, a, MAX_TEXT);
	escape_terminal(&b, text);
	return b.data;
}

static const char *
words(struct arena *a, const char *const *list)
{
	struct buf	 b;

	if (list == NULL)
		return "*";
	buf_init(&b, a, MAX_TEXT);
	for (; *list != NULL; list++)
		buf_fmt(&b, "%s%s", b.len > 0 ? "," : "", *list);
	return harmless(a, b.data);
}

static void
cells(struct arena *a, const struct key *k, const char *cell[COLUMNS])
{
	cell[0] = harmless(a, k->name);
	cell[1] = harmless(a, k->id);
	cell[2] = k->fault != NULL ? "?" : words(a, k->routes);
	cell[3] = harmless(a, k->created);
	cell[4] = k->until[0] != '\0' ? harmless(a, k->until) : "never";
	cell[5] = key_state(k, (int64_t)time(NULL));
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(const struct key *const *)a)->name,
	    (*(const struct key *const *)b)->name);
}

static int
table(struct call *x, const struct keys *ks)
{
	size_t			 i, n = keys_count(ks);
	const struct key	**order = arena_alloc(&x->arena,
				    n * sizeof(*order));
	const char		*(*cell)[COLUMNS] = arena_alloc(&x->arena,
				    (n + 1) * sizeof(*cell));

	if (order == NULL || cell == NULL)
		return say(EX_OSERR, "no memory is left");
	for (i = 0; i < n; i++)
		order[i] = keys_at(ks, i);
	qsort(order, n, sizeof(*order), by_name);
	memcpy(cell[0], titles, sizeof(titles));
	for (i = 0; i < n; i++)
		cells(&x->arena, order[i], cell[i + 1]);
	if (x->arena.failed)
		return say(EX_OSERR, "no memory is left");
	columns_print(cell[0], n + 1, COLUMNS, "llllll");
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

static int
list(struct call *x)
{
	const struct key_row	*rows;
	struct rows		*all;
	struct keys		*ks;
	struct buf		 why;
	size_t			 n;
	bool			 busy;

	buf_init(&why, &x->arena, MAX_TEXT);
	all = rows_load(x->conf.database, WAIT_MS, &why, &busy);
	if (all == NULL)
		return say(busy ? EX_TEMPFAIL : EX_NOINPUT, why.data);
	rows = rows_keys(all, &n);
	ks = keys_build(&x->arena, rows, n);
	rows_free(all);
	return ks != NULL ? table(x, ks) : say(EX_OSERR, "no memory is left");
}

/* --- revoke ------------------------------------------------------------- */

static int
revoke(struct call *x)
{
	struct buf	 why;
	enum edit	 e;

	buf_init(&why, &x->arena, MAX_TEXT);
	e = rows_revoke_key(x->conf.database, x->words[1], &why);
	if (e == EDIT_DONE && why.len == 0)
		fprintf(stderr, "%s opens nothing any more, from the next "
		    "request on.\n", x->words[1]);
	return outcome(e, why.data);
}

/* ------------------------------------------------------------------------- */

static const struct action {
	const char	*name;
	int		 n_words;
	bool		 makes;		/* takes --routes and --expires */
	int		(*run)(struct call *);
} actions[] = {
	{ "add", 2, true, add },
	{ "list", 1, false, list },
	{ "revoke", 2, false, revoke },
};

static int
usage(void)
{
	fprintf(stderr, "usage: viaduct key [-c FILE] add NAME "
	    "[--routes A,B] [--expires DATE]\n"
	    "       viaduct key [-c FILE] list\n"
	    "       viaduct key [-c FILE] revoke NAME\n");
	return EX_USAGE;
}

static int
run(struct call *x)
{
	const struct action	*a;
	int			 status;

	for (a = actions; a < actions + sizeof(actions) / sizeof(*actions);
	    a++)
		if (strcmp(x->words[0], a->name) == 0)
			break;
	if (a == actions + sizeof(actions) / sizeof(*actions) ||
	    x->n_words != a->n_words ||
	    (!a->makes && (x->routes != NULL || x->expires != NULL)))
		return usage();
	if (x->routes == NULL)
		x->routes = "*";
	status = settings_read(&x->conf, &x->arena, x->settings,
	    "viaduct key");
	return status != 0 ? status : a->run(x);
}

int
cmd_key(int argc, char **argv)
{
	static const struct option	 longs[] = {
		{ "routes", required_argument, NULL, 'r' },
		{ "expires", required_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 } };
	struct call			 x = { .n_words = 0 };
	int				 c, status;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1)
		switch (c) {
		case 'c':
			x.settings = optarg;
			break;
		case 'r':
			x.routes = optarg;
			break;
		case 'e':
			x.expires = optarg;
			break;
		default:
			return usage();
		}
	x.words = argv + optind;
	x.n_words = argc - optind;
	if (x.n_words == 0)
		return usage();
	arena_init(&x.arena, MAX_MEMORY);
	status = run(&x);
	arena_free(&x.arena);
	return status;
}
