#include "client/status.h"

#include <inttypes.h>

#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "store/stats.h"

static void
text(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, "\"%s\":", name);
	if (value == NULL) {
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	escape_json(b, value);
	buf_char(b, '"');
}

static void
number(struct buf *b, const char *name, uint64_t n)
{
	buf_fmt(b, "\"%s\":%" PRIu64, name, n);
}

static void
moment(struct buf *b, const char *name, int64_t seconds)
{
	char	 at[UTC_TEXT];

	utc_write(seconds, at);
	text(b, name, seconds == 0 ? NULL : at);
}

static void
milliseconds(struct buf *b, const char *name, int64_t us)
{
	buf_fmt(b, "\"%s\":%" PRId64 ".%03" PRId64, name, us / 1000,
	    us % 1000);
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
		buf_fmt(b, "\"%s\":null", name);
		return;
	}
	buf_fmt(b, "\"%s\":{", name);
	milliseconds(b, "mean", (int64_t)(sum_us / n));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_char(b, ',');
		milliseconds(b, rows[i].name, histogram_quantile_us(buckets,
		    rows[i].permille));
	}
	buf_char(b, '}');
}

/* Those that came to pass. */
static void
outcomes(struct buf *b, const struct stats_view *v, const struct stats_sum *s)
{
	const char	*comma = "";

	buf_str(b, "\"outcomes\":{");
	for (size_t i = 0; i < STATS_OUTCOMES; i++) {
		if (s->outcomes[i] == 0 || v->outcomes[i].word == NULL)
			continue;
		buf_str(b, comma);
		number(b, v->outcomes[i].word, s->outcomes[i]);
		comma = ",";
	}
	buf_char(b, '}');
}

static void
statuses(struct buf *b, const struct stats_sum *s)
{
	buf_str(b, "\"statuses\":{");
	for (int i = 2; i < STATS_STATUSES; i++)
		buf_fmt(b, "%s\"%dxx\":%" PRIu64, i > 2 ? "," : "", i,
		    s->statuses[i]);
	buf_char(b, '}');
}

static void
sum(struct buf *b, const char *name, const struct stats_view *v,
    const struct stats_sum *s)
{
	buf_fmt(b, "\"%s\":{", name);
	number(b, "requests", stats_all(s));
	buf_char(b, ',');
	number(b, "answered", stats_requests(v, s, STATS_ANSWERED));
	buf_char(b, ',');
	number(b, "refused", stats_requests(v, s, STATS_REFUSED));
	buf_char(b, ',');
	number(b, "failed", stats_requests(v, s, STATS_FAILED));
	buf_char(b, ',');
	outcomes(b, v, s);
	buf_char(b, ',');
	statuses(b, s);
	buf_char(b, ',');
	times(b, "total_ms", s->total, s->total_us);
	buf_char(b, ',');
	times(b, "target_ms", s->target, s->target_us);
	buf_char(b, ',');
	number(b, "in_bytes", s->in_bytes);
	buf_char(b, ',');
	number(b, "out_bytes", s->out_bytes);
	buf_char(b, '}');
}

static void
minutes(struct buf *b, const struct stats_scope_view *s)
{
	static const char *const	 names[] = {
		[STATS_ANSWERED] = "answered", [STATS_REFUSED] = "refused",
		[STATS_FAILED] = "failed",
	};

	buf_str(b, "\"minutes\":{");
	for (int sort = STATS_ANSWERED; sort <= STATS_FAILED; sort++) {
		buf_fmt(b, "%s\"%s\":[", sort > 0 ? "," : "", names[sort]);
		for (int m = 0; m < STATS_MINUTES; m++)
			buf_fmt(b, "%s%" PRIu64, m > 0 ? "," : "",
			    stats_in_minute(&s->minutes[m],
			    (enum stats_sort)sort));
		buf_char(b, ']');
	}
	buf_char(b, '}');
}

static void
target(struct buf *b, const struct stats_scope_view *s)
{
	static const char *const	 words[] = {
		[STATS_UNKNOWN] = "unknown", [STATS_UP] = "up",
		[STATS_DOWN] = "down",
	};

	buf_str(b, "\"target\":{");
	text(b, "state", words[s->target]);
	buf_char(b, ',');
	moment(b, "since", s->target_since_s);
	buf_char(b, ',');
	text(b, "last_failure", s->fault);
	buf_str(b, "},");
}

static void
counters(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	number(b, "open", s->open);
	buf_char(b, ',');
	sum(b, "hour", v, &s->hour);
	buf_char(b, ',');
	sum(b, "ever", v, &s->ever);
	buf_char(b, ',');
	minutes(b, s);
	buf_char(b, '}');
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

	buf_char(b, '{');
	text(b, "name", s->name);
	buf_char(b, ',');
	text(b, "kind", kinds[s->kind]);
	buf_char(b, ',');
	if (s->kind == STATS_NAMED)
		target(b, s);
	counters(b, v, s);
}

static void
clients(struct buf *b, const struct stats_view *v)
{
	buf_str(b, "\"limited_clients\":[");
	for (size_t i = 0; i < v->n_clients; i++) {
		buf_str(b, i > 0 ? ",\n{" : "\n{");
		text(b, "client", v->clients[i].client);
		buf_char(b, ',');
		text(b, "scope", v->clients[i].scope);
		buf_char(b, ',');
		number(b, "refused", v->clients[i].refused);
		buf_char(b, ',');
		moment(b, "last", v->clients[i].last_s);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

void
status_json(struct buf *b, const struct status *st)
{
	const struct stats_view	*v = st->view;

	buf_fmt(b, "{\"version\":%d,", STATUS_VERSION);
	moment(b, "now", v->now_s);
	buf_char(b, ',');
	moment(b, "since", v->began_s);
	buf_fmt(b, ",\"shared\":%s,\"settings_sound\":%s,\"processes\":%d,\n"
	    "\"all\":{", v->shared ? "true" : "false",
	    st->sound ? "true" : "false", v->processes);
	counters(b, v, &v->all);
	buf_str(b, ",\n\"scopes\":[");
	for (size_t i = 0; i < v->n_scopes; i++) {
		buf_str(b, i > 0 ? ",\n" : "\n");
		scope(b, v, &v->scopes[i]);
	}
	buf_str(b, "],\n");
	clients(b, v);
	buf_str(b, "}\n");
}
