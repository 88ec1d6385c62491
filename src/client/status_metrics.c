#include "client/status.h"

#include <inttypes.h>

#include "core/buf.h"
#include "store/stats.h"

/*
 * https://prometheus.io/docs/instrumenting/exposition_formats/.  Labels are
 * routes, of which there are as many as have places, and words and statuses of
 * which there is a fixed number: never what a client says.
 */

const char	 status_metrics_type[] =
    "text/plain; version=0.0.4; charset=utf-8";

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP viaduct_%s %s\n# TYPE viaduct_%s %s\n", name, help,
	    name, type);
}

static void
label(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			buf_char(b, '\\');
		if (*value == '\n')
			buf_str(b, "\\n");
		else
			buf_char(b, *value);
	}
	buf_char(b, '"');
}

/* A sample of a route, up to what else is to stand in the braces. */
static void
begin(struct buf *b, const char *name, const struct stats_scope_view *s)
{
	buf_fmt(b, "viaduct_%s{", name);
	label(b, "route", s->name);
}

static void
end(struct buf *b, uint64_t value)
{
	buf_fmt(b, "} %" PRIu64 "\n", value);
}

static void
seconds(struct buf *b, int64_t us)
{
	buf_fmt(b, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

/* --- of each route ------------------------------------------------------- */

static void
requests(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++) {
		if (s->ever.outcomes[i] == 0 || v->outcomes[i].word == NULL)
			continue;
		begin(b, "requests_total", s);
		buf_char(b, ',');
		label(b, "rule", v->outcomes[i].word);
		end(b, s->ever.outcomes[i]);
	}
}

static void
responses(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	for (int i = 2; i < STATS_STATUSES; i++) {
		begin(b, "responses_total", s);
		buf_char(b, ',');
		label(b, "status", stats_status_name(i));
		end(b, s->ever.statuses[i]);
	}
}

/* Each other bound is enough for a graph: 0.5, 2, 5, 10, 20, 50 ms... */
static void
histogram(struct buf *b, const char *name, const struct stats_scope_view *s,
    const uint64_t buckets[HISTOGRAM_BUCKETS], uint64_t sum_us)
{
	uint64_t	 n = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		n += buckets[i];
		if (i % 2 != 0 && i < HISTOGRAM_BUCKETS - 1)
			continue;
		buf_fmt(b, "viaduct_%s_bucket{", name);
		label(b, "route", s->name);
		buf_str(b, ",le=\"");
		if (i < HISTOGRAM_BUCKETS - 1)
			seconds(b, histogram_bound_us(i));
		else
			buf_str(b, "+Inf");
		buf_char(b, '"');
		end(b, n);
	}
	buf_fmt(b, "viaduct_%s_sum{", name);
	label(b, "route", s->name);
	buf_str(b, "} ");
	seconds(b, (int64_t)sum_us);
	buf_fmt(b, "\nviaduct_%s_count{", name);
	label(b, "route", s->name);
	end(b, n);
}

static void
total(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	histogram(b, "request_duration_seconds", s, s->ever.total,
	    s->ever.total_us);
}

static void
target(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	if (s->kind <= STATS_WHOLE)
		histogram(b, "target_duration_seconds", s, s->ever.target,
		    s->ever.target_us);
}

static void
received(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	begin(b, "received_bytes_total", s);
	end(b, s->ever.in_bytes);
}

static void
sent(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	begin(b, "sent_bytes_total", s);
	end(b, s->ever.out_bytes);
}

static void
open(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	begin(b, "open_requests", s);
	end(b, s->open);
}

static void
up(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	if (s->target == STATS_UNKNOWN)
		return;
	begin(b, "target_up", s);
	end(b, s->target == STATS_UP);
}

static void
since(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	if (s->target == STATS_UNKNOWN)
		return;
	begin(b, "target_since_timestamp_seconds", s);
	end(b, (uint64_t)s->target_since_s);
}

static void
paused(struct buf *b, const struct stats_view *v,
    const struct stats_scope_view *s)
{
	(void)v;
	if (s->target == STATS_UNKNOWN)
		return;
	begin(b, "target_paused", s);
	end(b, s->paused_until_s != 0);
}

static const struct {
	const char	*name, *type;
	void		(*write)(struct buf *, const struct stats_view *,
			    const struct stats_scope_view *);
	const char	*help;
} families[] = {
	{ "requests_total", "counter", requests,
	    "Requests that have ended, by the word of the rule that decided."
	    },
	{ "responses_total", "counter", responses,
	    "Answers, by the first digit of their status as it was sent." },
	{ "request_duration_seconds", "histogram", total,
	    "Time from a request's coming until its answer was written." },
	{ "target_duration_seconds", "histogram", target,
	    "The target's share of it, in requests for which one was asked."
	    },
	{ "received_bytes_total", "counter", received,
	    "Bytes of requests' bodies that were taken." },
	{ "sent_bytes_total", "counter", sent, "Bytes of answers' bodies." },
	{ "open_requests", "gauge", open, "Requests under way." },
	{ "target_up", "gauge", up,
	    "Whether the route's target answered when it was last asked." },
	{ "target_since_timestamp_seconds", "gauge", since,
	    "Since when that is so, in seconds since 1970." },
	{ "target_paused", "gauge", paused,
	    "Whether it is not asked now, since connections to it failed." },
};

/* --- of the whole -------------------------------------------------------- */

static void
gauge(struct buf *b, const char *name, int64_t value, const char *help)
{
	head(b, name, "gauge", help);
	buf_fmt(b, "viaduct_%s %" PRId64 "\n", name, value);
}

void
status_metrics(struct buf *b, const struct status *st)
{
	const struct stats_view	*v = st->view;

	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		head(b, families[f].name, families[f].type, families[f].help);
		for (size_t i = 0; i < v->n_scopes; i++)
			families[f].write(b, v, &v->scopes[i]);
	}
	gauge(b, "limited_clients", (int64_t)v->n_clients,
	    "Clients whose rate was used up in the last hour, as far as they "
	    "are listed.");
	gauge(b, "processes", v->processes, "Processes that serve now.");
	gauge(b, "counters_shared", v->shared,
	    "Whether all processes count together, and not each by itself.");
	gauge(b, "settings_sound", st->sound,
	    "Whether settings and table are good; else the last good ones are "
	    "in use.");
	gauge(b, "counters_start_timestamp_seconds", v->began_s,
	    "When the counters began, in seconds since 1970.");
}
