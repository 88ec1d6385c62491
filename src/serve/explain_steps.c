#include <string.h>

#include "core/buf.h"
#include "http/breaker.h"
#include "http/filter.h"
#include "serve/explaining.h"
#include "store/app.h"

enum { MAX_LIST = 2048 };

static const char *
text(const struct explaining *ex, enum step s)
{
	const struct walk	*w = ex->walk;

	return w->steps[s].outcome == WALK_REFUSED ?
	    err_detail(w->steps[s].err) : NULL;
}

/* --- what each looked at --- */

static const char *
origins(const struct explaining *ex, const struct cors_rule *r)
{
	struct buf	 b;

	if (r->any)
		return "*";
	buf_init(&b, ex->arena, MAX_LIST);
	for (size_t i = 0; i < r->n_allow && !b.failed; i++)
		buf_fmt(&b, "%s%s", i > 0 ? " " : "", r->allow[i].text);
	return b.len > 0 ? b.data : NULL;
}

static const char *
origin(const struct explaining *ex, enum step s)
{
	static const char *const	 how[] = {
		[CORS_NULL] = "null is in allow_origins",
		[CORS_OWN] = "it is this host's own (own_origin)",
		[CORS_LISTED] = "it is in allow_origins",
		[CORS_PATTERN] = "it matches a pattern of allow_origins",
		[CORS_UNLISTED] = "allow_origins is *",
	};
	const struct cors_grant		*g = &ex->x->rp.grant;
	const struct cors_rule		*rule = &explain_rules(ex)->cors;
	const char			*list;

	(void)s;
	switch (g->err) {
	case OK:
		break;
	case ERR_MALFORMED_ORIGIN:
		return "it is no single origin as browsers send it";
	case ERR_ORIGIN_REQUIRED:
		return "none was sent, and require_origin is yes";
	default:
		list = origins(ex, rule);
		return list == NULL ? "allow_origins is empty" :
		    explain_text(ex->arena, "it is not in allow_origins: %s",
		    list);
	}
	if (g->class == CORS_ABSENT)
		return "none was sent, and none is needed";
	if (rule->target && g->allow_origin == NULL)
		return "cors is target: it is for the target to judge";
	if (g->class == CORS_NULL && g->allow_origin == NULL)
		return "null, as a form of this host's own page sends it";
	return g->class == CORS_NULL && rule->any ? how[CORS_UNLISTED] :
	    how[g->class];
}

static const char *
target(const struct explaining *ex, enum step s)
{
	const struct serving	*x = ex->x;
	const char		*why = text(ex, s);

	if (why != NULL)
		return x->rp.target_fault != NULL ? x->rp.target_fault : why;
	if (x->t.kind == TARGET_URL)
		return explain_text(ex->arena, "a whole URL of %s",
		    x->rt->url);
	if (x->t.kind != TARGET_ROUTE)
		return "a page made here";
	return explain_text(ex->arena, "the %s %s%s%s",
	    x->rt != NULL ? "route" : "name", x->t.name,
	    x->t.rest[0] != '\0' ? ", below it " : "", x->t.rest);
}

static const char *
route(const struct explaining *ex, enum step s)
{
	(void)s;
	return ex->x->rt->fault != NULL ? ex->x->rt->fault :
	    "its settings agree";
}

static const char *
method(const struct explaining *ex, enum step s)
{
	const struct serving	*x = ex->x;

	if (ex->walk->steps[s].err == ERR_METHOD_PROOF)
		return text(ex, s);
	return explain_text(ex->arena, "%s%s; allow_methods: %s",
	    x->t.method != NULL ? x->t.method : x->rq.method,
	    x->t.method != NULL ? ", by &method=" : "",
	    x->rt->rules.cors.methods);
}

static const char *
filter(const struct explaining *ex, enum step s)
{
	const struct filters	*all = &ex->x->rt->rules.filters;

	if (ex->walk->steps[s].outcome == WALK_REFUSED)
		return "it is one of filtered_path";
	return all->count == 0 ? "filtered_path is empty" :
	    "it is none of filtered_path";
}

static const char *
fetch_mode(const struct explaining *ex, enum step s)
{
	const struct fields	*fs = &ex->x->rq.fields;
	const char		*mode = fields_get(fs, "Sec-Fetch-Mode");
	const char		*site = fields_get(fs, "Sec-Fetch-Site");
	const char		*why = text(ex, s);

	if (why != NULL)
		return why;
	if (mode == NULL && site == NULL)
		return "no Sec-Fetch fields were sent";
	return explain_text(ex->arena, "Sec-Fetch-Mode %s, Sec-Fetch-Site %s",
	    mode != NULL ? mode : "(none)", site != NULL ? site : "(none)");
}

static const char *
upload(const struct explaining *ex, enum step s)
{
	long long	 quota = (long long)
			    ex->x->rt->rules.upload_quota_bytes;
	long long	 bytes = (long long)ex->x->rq.body_bytes;

	(void)s;
	if (bytes == 0)
		return "no body";
	return quota == 0 ? explain_text(ex->arena, "%lld bytes, no limit",
	    bytes) : explain_text(ex->arena, "%lld bytes; upload_quota: %lld",
	    bytes, quota);
}

/* As it is written in the settings. */
static const char *
per(const struct explaining *ex, int64_t period_us)
{
	static const struct { int64_t us; const char *letter; } units[] = {
		{ 1000000, "s" }, { 60000000, "m" }, { 3600000000, "h" },
		{ 86400000000, "d" },
	};
	size_t	 i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].us >= period_us && units[i].us % period_us == 0)
			return explain_text(ex->arena, "%lld/%s",
			    (long long)(units[i].us / period_us),
			    units[i].letter);
	return explain_text(ex->arena, "one per %.3f s",
	    (double)period_us / 1e6);
}

static const struct rate *
rate_of(const struct serving *x)
{
	return x->rt != NULL ? &x->rt->rules.rate : &x->s->conf.rules.rate;
}

static const char *
rate(const struct explaining *ex, enum step s)
{
	const struct serving	*x = ex->x;
	const struct rate	*r = rate_of(x);

	(void)s;
	if (r->period_us == 0)
		return "rate_limit is 0";
	return explain_text(ex->arena, "%s burst %lld for each client, of "
	    "whom none is looked at now", per(ex, r->period_us),
	    (long long)r->burst);
}

static const char *
access(const struct explaining *ex, enum step s)
{
	static const char *const	 modes[] = {
		[ACCESS_OPEN] = "access is open",
		[ACCESS_KEY] = "access is key",
		[ACCESS_JWT] = "access is jwt",
	};
	const struct caller		*c = &ex->x->caller;
	const char			*mode =
					    modes[ex->x->rt->rules.access];

	if (ex->walk->steps[s].outcome == WALK_REFUSED)
		return c->reason == NULL ? text(ex, s) :
		    explain_text(ex->arena, "%s%s%s: %s", mode,
		    c->key_id[0] != '\0' ? "; key " : "", c->key_id,
		    c->reason);
	return c->user == NULL ? mode : explain_text(ex->arena, "%s; %s is "
	    "valid", mode, c->user);
}

static const char *
page(const struct explaining *ex, enum step s)
{
	const struct target	*t = &ex->x->t;
	const char		*why = text(ex, s);

	if (why == NULL)
		return "there is one";
	return ex->walk->steps[s].err == ERR_NO_ROUTE && t->name != NULL ?
	    explain_text(ex->arena, "neither a route nor a page has the name "
	    "%s", t->name) : why;
}

static const char *
reach(const struct explaining *ex, enum step s)
{
	if (ex->walk->steps[s].outcome != WALK_REFUSED)
		return NULL;
	return explain_text(ex->arena, "the last %d connections to it failed: "
	    "it is asked again in %.1f s", BREAKER_FAILURES,
	    (double)ex->x->reach.pause_ms / 1e3);
}

static const char *
fetch(const struct explaining *ex, enum step s)
{
	(void)s;
	return explain_text(ex->arena, "not asked now for %s",
	    ex->to->sends);
}

/* --- all of them --- */

static const struct {
	const char	*word, *title;
	const char	*(*fact)(const struct explaining *, enum step);
	const char	*passed;	/* the fact, where that is NULL */
} rows[STEP__MAX] = {
	[STEP_ORIGIN] = { "origin", "Origin", origin },
	[STEP_READ] = { "request", "Request", text, "it can be read" },
	[STEP_TARGET] = { "target", "Target", target },
	[STEP_ROUTE] = { "route", "Route", route },
	[STEP_SAME_PATH] = { "same_path", "Server's path", text,
	    "not looked at: only a web server has one" },
	[STEP_METHOD] = { "method", "Method", method },
	[STEP_URL] = { "path", "Path", text,
	    "it stays below the route's URL" },
	[STEP_FILTER] = { "filtered_path", "Filtered path", filter },
	[STEP_FETCH_MODE] = { "fetch_mode", "Fetch mode", fetch_mode },
	[STEP_WHOLE_PROOF] = { "whole_url_proof", "Proof", text,
	    "an origin, a key or this very host vouches for it" },
	[STEP_LOOP] = { "loop", "Loop", text, "it does not come from here" },
	[STEP_HOST] = { "host", "Host", text, "it can be passed on" },
	[STEP_UPLOAD] = { "upload", "Upload", upload },
	[STEP_FIELDS] = { "fields", "Fields", text,
	    "all that may cross can" },
	[STEP_RATE] = { "rate", "Rate", rate },
	[STEP_ACCESS] = { "access", "Access", access },
	[STEP_PAGE] = { "page", "Page", page },
	[STEP_REACH] = { "reach", "Reach", reach,
	    "no connections to it have failed of late" },
	[STEP_FETCH] = { "answer", "Target's answer", fetch },
};

/* Does such a request take this step at all?  What is not known to be for a
 * page is for a route. */
static bool
applies(const struct explaining *ex, enum step s)
{
	const struct serving	*x = ex->x;
	bool			 local = x->rt == NULL &&
				    ex->walk->steps[STEP_TARGET].outcome ==
				    WALK_PASSED;

	switch (s) {
	case STEP_ORIGIN:
	case STEP_READ:
	case STEP_TARGET:
		return true;
	case STEP_RATE:
		return x->t.kind != TARGET_HEALTH;
	case STEP_PAGE:
		return local;
	case STEP_WHOLE_PROOF:
		return x->rt != NULL && x->rt->whole;
	case STEP_HOST:
		return x->rt != NULL && x->rt->rules.preserve_host;
	default:
		return !local;
	}
}

void
explain_steps(const struct explaining *ex)
{
	const struct walk	*w = ex->walk;
	struct explained_step	*to = ex->to->steps;

	for (enum step s = 0; s < STEP__MAX; s++) {
		if (!applies(ex, s))
			continue;
		*to = (struct explained_step){
			.word = rows[s].word, .title = rows[s].title,
			.outcome = w->steps[s].outcome,
			.err = w->steps[s].err,
		};
		if (s == STEP_RATE && rate_of(ex->x)->period_us == 0)
			to->outcome = WALK_PASSED;
		if (to->outcome != WALK_NOT_REACHED &&
		    (to->fact = rows[s].fact(ex, s)) == NULL)
			to->fact = rows[s].passed;
		to++;
	}
	ex->to->n_steps = (size_t)(to - ex->to->steps);
}
