#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/columns.h"
#include "cli/settings.h"
#include "client/figures.h"
#include "client/status.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "store/conf.h"
#include "store/shm.h"
#include "store/stats.h"

enum { MAX_MEMORY = 64 << 20, MAX_TEXT = 64 * 1024, MAX_JSON = 8 << 20,
    MAX_CELL = 256 };

struct call {
	struct arena	 arena;
	const char	*settings;
	bool		 json, people;	/* people: a terminal */
	struct conf	 conf;
	const struct stats_view *v;
};

static int
say(int status, const char *text)
{
	fprintf(stderr, "viaduct status: %s\n", text);
	return status;
}

/* --- cells --------------------------------------------------------------- */

static const char *
safe(struct call *x, const char *text)
{
	struct buf	 b;

	buf_init(&b, &x->arena, MAX_CELL);
	escape_terminal(&b, text);
	return b.data;
}

static const char *
count(struct call *x, uint64_t n)
{
	struct buf	 b;

	buf_init(&b, &x->arena, MAX_CELL);
	if (x->people)
		figure_count(&b, n);
	else
		buf_fmt(&b, "%" PRIu64, n);
	return b.data;
}

static const char *
bytes(struct call *x, uint64_t n)
{
	struct buf	 b;

	if (!x->people)
		return count(x, n);
	buf_init(&b, &x->arena, MAX_CELL);
	figure_bytes(&b, n);
	return b.data;
}

/* For programs in percent. */
static const char *
share(struct call *x, uint64_t of, uint64_t all)
{
	struct buf	 b;

	buf_init(&b, &x->arena, MAX_CELL);
	if (x->people || all == 0)
		figure_share(&b, of, all);
	else
		buf_fmt(&b, "%.2f", 100.0 * (double)of / (double)all);
	return b.data;
}

/* For programs in milliseconds. */
static const char *
quantile(struct call *x, const uint64_t *buckets, unsigned permille)
{
	int64_t		 us = histogram_quantile_us(buckets, permille);
	struct buf	 b;

	buf_init(&b, &x->arena, MAX_CELL);
	if (x->people || us < 0)
		figure_time(&b, us);
	else
		buf_fmt(&b, "%" PRId64 ".%03" PRId64, us / 1000, us % 1000);
	return b.data;
}

static const char *
moment(struct call *x, int64_t seconds)
{
	char	 at[UTC_TEXT];

	utc_write(seconds, at);
	return safe(x, seconds == 0 ? "-" : at);
}

/* To the minute. */
static const char *
ago(struct call *x, int64_t seconds)
{
	struct buf	 b;

	if (!x->people)
		return moment(x, seconds);
	buf_init(&b, &x->arena, MAX_CELL);
	figure_age(&b, x->v->now_s - seconds);
	buf_str(&b, " ago");
	return b.data;
}

static const char *
target(struct call *x, const struct stats_scope_view *s)
{
	struct buf	 b;

	if (s->target == STATS_UNKNOWN)
		return "-";
	buf_init(&b, &x->arena, MAX_CELL);
	buf_str(&b, s->target == STATS_UP ? "up " : "down ");
	if (x->people)
		figure_age(&b, x->v->now_s - s->target_since_s);
	else
		buf_fmt(&b, "since %s", moment(x, s->target_since_s));
	if (s->target == STATS_DOWN && s->fault != NULL) {
		buf_str(&b, ": ");
		escape_terminal(&b, s->fault);
	}
	if (s->paused_until_s != 0)
		buf_str(&b, ", not asked now");
	return b.data;
}

/* --- tables -------------------------------------------------------------- */

static const char *const	 scope_titles[] = { "LAST HOUR", "REQUESTS",
	"REFUSED", "FAILED", "P50", "P90", "P99", "IN", "OUT", "OPEN", "EVER",
	"TARGET" };
enum { SCOPE_CELLS = sizeof(scope_titles) / sizeof(scope_titles[0]) };

static void
scope_row(struct call *x, const struct stats_scope_view *s, const char *name,
    const char **cell)
{
	*cell++ = safe(x, name);
	*cell++ = count(x, stats_all(&s->hour));
	*cell++ = count(x, stats_requests(x->v, &s->hour, STATS_REFUSED));
	*cell++ = count(x, stats_requests(x->v, &s->hour, STATS_FAILED));
	*cell++ = quantile(x, s->hour.total, 500);
	*cell++ = quantile(x, s->hour.total, 900);
	*cell++ = quantile(x, s->hour.total, 990);
	*cell++ = bytes(x, s->hour.in_bytes);
	*cell++ = bytes(x, s->hour.out_bytes);
	*cell++ = count(x, s->open);
	*cell++ = count(x, stats_all(&s->ever));
	*cell = target(x, s);
}

static const char **
begin_table(struct call *x, const char *const *titles, size_t n, size_t rows)
{
	const char	**cells = arena_alloc(&x->arena,
			    (rows + 1) * n * sizeof(*cells));

	for (size_t i = 0; cells != NULL && i < n; i++)
		cells[i] = titles[i];
	return cells;
}

static bool
scopes(struct call *x)
{
	const struct stats_view	*v = x->v;
	const char		**cells;

	cells = begin_table(x, scope_titles, SCOPE_CELLS, v->n_scopes + 1);
	if (cells == NULL)
		return false;
	for (size_t i = 0; i < v->n_scopes; i++)
		scope_row(x, &v->scopes[i], v->scopes[i].name,
		    cells + (i + 1) * SCOPE_CELLS);
	scope_row(x, &v->all, "all", cells + (v->n_scopes + 1) * SCOPE_CELLS);
	columns_print(cells, v->n_scopes + 2, SCOPE_CELLS, x->people ?
	    "lrrrrrrrrrrl" : NULL);
	return true;
}

/* By which rules, of one scope; its name only where it is asked for. */
static void
rule_rows(struct call *x, const struct stats_scope_view *s, const char *name,
    const char **cell)
{
	const struct stats_view	*v = x->v;
	size_t			 ranked[STATS_OUTCOMES], i;
	size_t			 n = stats_ranked(v, s, ranked);

	for (size_t r = 0; r < n; r++) {
		i = ranked[r];
		if (name != NULL)
			*cell++ = safe(x, name);
		*cell++ = safe(x, v->outcomes[i].word);
		*cell++ = i == 0 ? "-" : count(x,
		    (uint64_t)v->outcomes[i].status);
		*cell++ = count(x, s->hour.outcomes[i]);
		*cell++ = share(x, s->hour.outcomes[i], stats_all(&s->hour));
		*cell++ = count(x, s->ever.outcomes[i]);
	}
}

static bool
rules(struct call *x)
{
	static const char *const	 titles[] = { "RULE", "STATUS",
					    "LAST HOUR", "SHARE", "EVER" };
	size_t				 ranked[STATS_OUTCOMES];
	size_t				 n = stats_ranked(x->v, &x->v->all,
					    ranked);
	const char			**cells = begin_table(x, titles, 5, n);

	if (cells == NULL)
		return false;
	rule_rows(x, &x->v->all, NULL, cells + 5);
	putchar('\n');
	columns_print(cells, n + 1, 5, x->people ? "lrrrr" : NULL);
	return true;
}

static bool
rules_of_each(struct call *x)
{
	static const char *const	 titles[] = { "ROUTE", "RULE",
					    "STATUS", "LAST HOUR", "SHARE",
					    "EVER" };
	const struct stats_view		*v = x->v;
	size_t				 ranked[STATS_OUTCOMES];
	size_t				 n = 0, i;
	const char			**cells, **cell;

	for (i = 0; i < v->n_scopes; i++)
		n += stats_ranked(v, &v->scopes[i], ranked);
	if ((cells = begin_table(x, titles, 6, n)) == NULL)
		return false;
	cell = cells + 6;
	for (i = 0; i < v->n_scopes; i++) {
		rule_rows(x, &v->scopes[i], v->scopes[i].name, cell);
		cell += 6 * stats_ranked(v, &v->scopes[i], ranked);
	}
	putchar('\n');
	columns_print(cells, n + 1, 6, x->people ? "llrrrr" : NULL);
	return true;
}

static void
status_row(struct call *x, const struct stats_scope_view *s,
    const char *name, const char **cell)
{
	*cell++ = safe(x, name);
	for (int i = 2; i < STATS_STATUSES; i++)
		*cell++ = count(x, s->hour.statuses[i]);
}

static bool
statuses(struct call *x)
{
	static const char *const	 titles[] = { "LAST HOUR", "2XX",
					    "3XX", "4XX", "5XX" };
	const struct stats_view		*v = x->v;
	const char			**cells;

	cells = begin_table(x, titles, 5, v->n_scopes + 1);
	if (cells == NULL)
		return false;
	for (size_t i = 0; i < v->n_scopes; i++)
		status_row(x, &v->scopes[i], v->scopes[i].name,
		    cells + (i + 1) * 5);
	status_row(x, &v->all, "all", cells + (v->n_scopes + 1) * 5);
	putchar('\n');
	columns_print(cells, v->n_scopes + 2, 5, x->people ? "lrrrr" : NULL);
	return true;
}

static bool
clients(struct call *x)
{
	static const char *const	 titles[] = { "LIMITED CLIENT",
					    "ROUTE", "REFUSED", "LAST" };
	const struct stats_view		*v = x->v;
	const char			**cells, **cell;

	if (v->n_clients == 0)
		return true;
	cells = begin_table(x, titles, 4, v->n_clients);
	if (cells == NULL)
		return false;
	cell = cells + 4;
	for (size_t i = 0; i < v->n_clients; i++) {
		*cell++ = safe(x, v->clients[i].client);
		*cell++ = safe(x, v->clients[i].scope);
		*cell++ = count(x, v->clients[i].refused);
		*cell++ = ago(x, v->clients[i].last_s);
	}
	putchar('\n');
	columns_print(cells, v->n_clients + 1, 4, x->people ? "llrl" : NULL);
	return true;
}

/* ------------------------------------------------------------------------- */

static int
show_json(struct call *x)
{
	const struct status	 st = { .view = x->v };
	struct buf		 b;

	buf_init(&b, &x->arena, MAX_JSON);
	status_json(&b, &st);
	if (buf_failed(&b) || x->arena.failed)
		return say(EX_OSERR, "no memory is left");
	fputs(b.data, stdout);
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

static int
show(struct call *x)
{
	if (x->json)
		return show_json(x);
	if (x->people)
		printf("since %s, %d process%s now\n\n",
		    moment(x, x->v->began_s), x->v->processes,
		    x->v->processes == 1 ? "" : "es");
	if (!scopes(x) || !rules(x) || !rules_of_each(x) || !statuses(x) ||
	    !clients(x) || x->arena.failed)
		return say(EX_OSERR, "no memory is left");
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

static int
run(struct call *x)
{
	struct buf	 why;
	struct shm	*m;
	int		 status;

	if ((status = settings_read(&x->conf, &x->arena, x->settings,
	    "viaduct status")) != 0)
		return status;
	buf_init(&why, &x->arena, MAX_TEXT);
	if ((m = shm_look(x->conf.state, &why)) == NULL) {
		return say(EX_NOINPUT, why.data);
	}
	x->v = stats_read(shm_stats(m), &x->arena, NULL,
	    time(NULL));
	status = x->v != NULL ? show(x) : say(EX_OSERR, "no memory is left");
	shm_drop(m);
	return status;
}

int
cmd_status(int argc, char **argv)
{
	static const struct option	 longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 } };
	struct call			 x = {
		.people = isatty(STDOUT_FILENO) };
	int				 c, status;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			x.settings = optarg;
		else if (c == 'j')
			x.json = true;
		else
			break;
	}
	if (c != -1 || optind < argc) {
		fprintf(stderr, "usage: viaduct status [-c FILE] [--json]\n");
		return EX_USAGE;
	}
	arena_init(&x.arena, MAX_MEMORY);
	status = run(&x);
	arena_free(&x.arena);
	return status;
}
