#include "serve/operator.h"

#include <string.h>
#include <time.h>

#include "client/frame.h"
#include "client/pages.h"
#include "client/status.h"
#include "core/buf.h"
#include "http/form.h"
#include "http/ip.h"
#include "http/key.h"
#include "http/pass.h"
#include "serve/form_body.h"
#include "serve/limit.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "store/app.h"

enum { MAX_VALUE = 512, MAX_PAGE = 64 * 1024 };

/* As it was pasted, with blanks and the end of a line round it. */
static const char *
trim(char *key)
{
	size_t	 len = strlen(key);

	while (len > 0 && strchr(" \t\r\n", key[len - 1]) != NULL)
		key[--len] = '\0';
	return key + strspn(key, " \t\r\n");
}

/* --- answering ----------------------------------------------------------- */

/*
 * The path must end in "/": a browser takes MOUNT/_ for another folder than
 * that of MOUNT/_status.  So routes see it as well, and nobody behind them:
 * http/cookie lets no cookie of this name through.
 */
static const char *
cookie(struct serving *x, const char *value, int seconds)
{
	const char	*mount = x->m.mount;
	struct buf	 b;

	buf_init(&b, x->rp.arena, FIELD_MAX_VALUE);
	buf_fmt(&b, PASS_COOKIE "=%s; Max-Age=%d; HttpOnly; SameSite=Strict",
	    value, seconds);
	if (strchr(mount, ';') == NULL)
		buf_fmt(&b, "; Path=%s/", mount);
	if (x->caller.https)
		buf_str(&b, "; Secure");
	return buf_failed(&b) ? NULL : b.data;
}

/* Back to what was asked for. */
static enum err
onward(struct serving *x, const char *value, int seconds)
{
	const char	*set_cookie = cookie(x, value, seconds);
	struct buf	 location;

	buf_init(&location, x->rp.arena, 2 * FIELD_MAX_VALUE);
	buf_fmt(&location, "%s%s", x->m.mount, x->m.path);
	if (x->m.query != NULL)
		buf_fmt(&location, "?%s", x->m.query);
	if (set_cookie == NULL || buf_failed(&location))
		return ERR_NO_MEMORY;
	return reply_onward(&x->rp, location.data, set_cookie);
}

static bool
is_for_a_person(const struct fields *fs, const char *origin)
{
	return page_choose(fields_get(fs, "Accept"),
	    fields_get(fs, "Sec-Fetch-Mode"), origin) == PAGE_HTML;
}

/* By plain http, from another machine? */
static bool
is_exposed(const struct caller *c)
{
	return !c->https && !ip_names_loopback(c->address);
}

/* Would a pass be worth anything?  See caller_prove(). */
static bool
is_beside_pages(const struct serving *x)
{
	return routes_render(x->s->routes);
}

static enum err
ask(struct serving *x, bool failed)
{
	const struct conf	*conf = &x->s->conf;
	const struct page_frame	 f = { .conf = conf, .title = "Operator",
				    .form = true };
	const struct status_ask	 how = {
		.failed = failed, .exposed = is_exposed(&x->caller),
		.beside_pages = is_beside_pages(x),
		.in_vain = is_beside_pages(x) && !caller_opens(&x->rq),
	};
	struct buf		 b;

	if (conf->operator_key_file == NULL ||
	    !is_for_a_person(&x->rq.fields, x->rq.origin))
		return ERR_OPERATOR_ONLY;
	buf_init(&b, x->rp.arena, MAX_PAGE);
	status_ask(&b, &f, &how);
	return reply_refusal(&x->rp, ERR_OPERATOR_ONLY, &f, &b);
}

/*
 * On these pages a key is the operator's or a guess, but for a caller's, which
 * the operator's never looks like.  A login that the web server has asked for
 * comes with every request: it is none.
 */
static bool
is_guess(const struct serving *x)
{
	const struct fields	*fs = &x->rq.fields;
	const char		*key = fields_get(fs, "X-API-Key");
	const char		*value = fields_get(fs, "Authorization");

	if (x->s->conf.operator_key_file == NULL)
		return false;
	if (value != NULL)
		value = key_bearer(value);
	return (key != NULL && !key_is_ours(key)) ||
	    (value != NULL && !key_is_ours(value));
}

enum err
operator_count_guess(struct serving *x)
{
	return x->walk == NULL && !x->caller.operator && is_guess(x) ?
	    limit_failure(x->s, &x->caller, &x->rp.limited) : OK;
}

enum err
operator_refuse(struct serving *x, bool has_form)
{
	enum err	 e = operator_count_guess(x);

	if (e != OK)
		return e;
	return has_form ? ask(x, false) : ERR_OPERATOR_ONLY;
}

bool
operator_is_asked(const char *form, size_t bytes)
{
	return form_has(form, bytes, "leave") || form_has(form, bytes, "key");
}

enum err
operator_take(struct serving *x, const char *form, size_t bytes)
{
	const struct conf	*conf = &x->s->conf;
	char			 value[MAX_VALUE], pass[PASS_TEXT];
	enum err		 e;

	if (!caller_is_from_here(&x->rq, &x->rp.grant))
		return ERR_ORIGIN_NOT_ALLOWED;
	if (conf->operator_key_file == NULL)
		return ERR_OPERATOR_ONLY;
	if (form_has(form, bytes, "leave"))
		return onward(x, "", 0);
	if (is_beside_pages(x) && !caller_opens(&x->rq))
		return ask(x, false);
	if (!form_value(form, bytes, "key", value, sizeof(value)) ||
	    !caller_is_operators_key(conf, trim(value))) {
		e = limit_failure(x->s, &x->caller, &x->rp.limited);
		return e != OK ? e : ask(x, true);
	}
	x->caller.user = "operator";
	pass_make(conf->operator_hash, time(NULL), pass);
	return onward(x, pass, PASS_SECONDS);
}

enum err
operator_form(struct serving *x)
{
	const char	*form;
	size_t		 bytes;
	enum err	 e;

	if ((e = form_body(x, OPERATOR_FORM_BYTES, &form, &bytes)) != OK)
		return e;
	return operator_take(x, form, bytes);
}
