#include "client/status.h"

#include "core/buf.h"
#include "core/json.h"
#include "core/utc.h"
#include "store/stats.h"

static void
number(struct buf *b, const char *name, uint64_t n)
{
	json_number(b, name, n < INT64_MAX ? (int64_t)n : INT64_MAX);
}

static void
moment(struct buf *b, const char *name, int64_t seconds)
{
	char	 at[UTC_TEXT];

	utc_write(seconds, at);
	json_text(b, name, seconds == 0 ? NULL : at);
}

/* null where nothing was timed. */
static void
times(struct buf *b, const char *name,
    const uint64_t buckets[HISTOGRAM_BUCKETS], uint64_t sum_us)
{
	static const struct { const char *name; unsigned permille; } rows[] = {
		{ "p50", 500 }, { "p90", 900 }, { "p99", 990 },
	};
	uint64_t	 n = 0;
	size_t		 i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += buckets[i];
	if (n == 0) {
		json_null(b, name);
		return;
	}
	json_open(b, name, '{');
	json_ms(b, "mean", (int64_t)(sum_us / n));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_ms(b, rows[i].name, histogram_quantile_us(buckets,
		    rows[i].permille));
	json_close(b, '}');
}

/* Those that came to pass. */
static void
outcomes(struct buf *b, const struct stats_view *v, const struct stats_sum *s)
{
	json_open(b, "outcomes", '{');
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		if (s->outcomes[i] != 0 && v->outcomes[i].word != NULL)
			number(b, v->outcomes[i].word, s->outcomes[i]);
	json_close(b, '}');
}

static void
statuses(struct buf *b, const struct stats_sum *s)
{
	json_open(b, "statuses", '{');
	for (int i = 2; i < STATS_STATUSES; i++)
		number(b, stats_status_name(i), s->statuses[i]);
	json_close(b, '}');
}

static void
sum(struct buf *b, const char *name, const struct stats_view *v,
    const struct stats_sum *s)
{
	json_open(b, name, '{');
	number(b, "requests", stats_all(s));
	number(b, "answered", stats_requests(v, s, STATS_ANSWERED));
	number(b, "refused", stats_requests(v, s, STATS_REFUSED));
	number(b, "failed", stats_requests(v, s, STATS_FAILED));
	outcomes(b, v, s);
	statuses(b, s);
	times(b, "total_ms", s->total, s->total_us);
	times(b, "target_ms", s->target, s->target_us);
	number(b, "in_bytes", s->in_bytes);
	number(b, "out_bytes", s->out_bytes);
	json_close(b, '}');
}

static void
minutes(struct buf *b, const struct stats_scope_view *s)
{
	static const char *const	 names[] = {
		[STATS_ANSWERED] = "answered", [STATS_REFUSED] = "refused",
		[STATS_FAILED] = "failed",
	};

	json_open(b, "minutes", '{');
	for (int sort = STATS_ANSWERED; sort <= STATS_FAILED; sort++) {
		json_open(b, names[sort], '[');
		for (int m = 0; m < STATS_MINUTES; m++)
			number(b, NULL, stats_in_minute(&s->minutes[m],
			    (enum stats_sort)sort));
		json_close(b, ']');
	}
	json_close(b, '}');
}

static void
target(struct buf *b, const struct stats_scope_view *s)
{
	static const char *const	 words[] = {
		[STATS_UNKNOWN] = "unknown", [STATS_UP] = "up",
		[STATS_DOWN] = "down",
	};

	json_open(b, "target", '{');
	json_text(b, "state", words[s->target]);
	moment(b, "since", s->target_since_s);
	json_text(b, "last_failure", s->fault);
	moment(b, "paused_until", s->paused_until_s);
	json_close(b, '}');
}

static void
counters(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	number(b, "open", s->open);
	sum(b, "hour", v, &s->hour);
	sum(b, "ever", v, &s->ever);
	minutes(b, s);
}

static void
scope(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	static const char *const	 kinds[STATS__MAX] = {
		[STATS_NAMED] = "route", [STATS_OTHERS] = "other routes",
		[STATS_WHOLE] = "whole URLs", [STATS_OWN] = "own pages",
		[STATS_NONE] = "nothing",
	};

	json_open(b, NULL, '{');
	json_text(b, "name", s->name);
	json_text(b, "kind", kinds[s->kind]);
	if (s->kind == STATS_NAMED)
		target(b, s);
	counters(b, v, s);
	json_close(b, '}');
}

static void
clients(struct buf *b, const struct stats_view *v)
{
	json_open(b, "limited_clients", '[');
	for (size_t i = 0; i < v->n_clients; i++) {
		json_open(b, NULL, '{');
		json_text(b, "client", v->clients[i].client);
		json_text(b, "scope", v->clients[i].scope);
		number(b, "refused", v->clients[i].refused);
		moment(b, "last", v->clients[i].last_s);
		json_close(b, '}');
	}
	json_close(b, ']');
}

void
status_json(struct buf *b, const struct status *st)
{
	const struct stats_view	*v = st->view;

	json_open(b, NULL, '{');
	json_number(b, "version", STATUS_VERSION);
	moment(b, "now", v->now_s);
	moment(b, "since", v->began_s);
	json_truth(b, "shared", v->shared);
	if (st->looked)
		json_truth(b, "settings_sound", st->sound);
	else
		json_null(b, "settings_sound");
	json_number(b, "processes", v->processes);
	json_open(b, "all", '{');
	counters(b, v, &v->all);
	json_close(b, '}');
	json_open(b, "scopes", '[');
	for (size_t i = 0; i < v->n_scopes; i++)
		scope(b, v, &v->scopes[i]);
	json_close(b, ']');
	clients(b, v);
	json_close(b, '}');
	buf_char(b, '\n');
}
