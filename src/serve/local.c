#include "serve/local.h"

#include <string.h>

#include "serve/check_page.h"
#include "serve/explain_page.h"
#include "serve/operator.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/start_page.h"
#include "serve/status.h"
#include "serve/walk.h"
#include "store/app.h"

static const char	 plain[] = "text/plain; charset=utf-8";

static enum err
robots(struct serving *x)
{
	static const char	 text[] = "User-agent: *\nDisallow: /\n";

	return reply_own(&x->rp, 200, plain, text, sizeof(text) - 1);
}

static enum err
favicon(struct serving *x)
{
	return reply_own(&x->rp, 204, NULL, NULL, 0);
}

/* Bad settings show here even while the last good ones are in use: the next
 * process that starts has none. */
static enum err
health(struct serving *x)
{
	if (!app_is_sound(x->means->app))
		return ERR_CONFIGURATION;
	return reply_own(&x->rp, 200, plain, "ok\n", 3);
}

/* A kind without a row is nothing of ours. */
static const struct page {
	enum target_kind kind;
	bool		 for_operator;
	enum err	 (*answer)(struct serving *);
	/* What its form sends, by whomever; NULL: it has none.  It also asks
	 * a person who is not the operator for the key. */
	enum err	 (*form)(struct serving *);
	bool		 of_here;	/* by pages of this host alone */
} pages[] = {
	{ TARGET_START, false, start_page, NULL, false },
	{ TARGET_ROBOTS, false, robots, NULL, false },
	{ TARGET_FAVICON, false, favicon, NULL, false },
	{ TARGET_HEALTH, false, health, NULL, false },
	{ TARGET_STATUS, true, status_as_page, operator_form, true },
	{ TARGET_STATUS_JSON, true, status_as_json, NULL, false },
	{ TARGET_METRICS, true, status_as_metrics, NULL, false },
	{ TARGET_EXPLAIN, true, explain_page, explain_form, false },
	{ TARGET_CHECK, true, check_page, operator_form, true },
};

static const struct page *
find(enum target_kind kind)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (pages[i].kind == kind)
			return &pages[i];
	return NULL;
}

static bool
is_form(const struct serving *x, const struct page *p)
{
	return p->form != NULL && strcmp(x->rq.method, "POST") == 0;
}

bool
local_takes_form(const struct serving *x)
{
	const struct page	*p = find(x->t.kind);

	return p != NULL && is_form(x, p) &&
	    caller_is_from_here(&x->rq, &x->rp.grant);
}

/* A form may bring the key; a walk has none. */
static enum err
permit(struct serving *x, const struct page *p)
{
	const char	*method = x->rq.method;
	bool		 form;

	if (p == NULL)
		return ERR_NO_ROUTE;
	x->rp.allow = p->form != NULL ? "GET, HEAD, POST" : "GET, HEAD";
	form = is_form(x, p);
	if (!form && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return ERR_METHOD_NOT_ALLOWED;
	if (form && p->of_here && !caller_is_from_here(&x->rq, &x->rp.grant))
		return ERR_ORIGIN_NOT_ALLOWED;
	if (form && x->walk == NULL)
		return OK;
	return p->for_operator && !x->caller.operator ? ERR_OPERATOR_ONLY : OK;
}

enum err
local_answer(struct serving *x)
{
	const struct page	*p = find(x->t.kind);
	enum err		 e;

	e = walk_step(x->walk, STEP_PAGE, permit(x, p));
	if (e == ERR_OPERATOR_ONLY)
		return operator_refuse(x, p->form != NULL);
	if (e != OK)
		return e;
	if (x->walk != NULL && x->walk->err != OK)
		return OK;
	if (x->walk == NULL && is_form(x, p))
		return p->form(x);
	return x->walk == NULL || !p->for_operator ? p->answer(x) :
	    reply_own(&x->rp, 200, NULL, NULL, 0);
}
