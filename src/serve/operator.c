#include "serve/operator.h"

#include <poll.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "client/frame.h"
#include "client/io.h"
#include "client/pages.h"
#include "client/status.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "http/form.h"
#include "http/pass.h"
#include "serve/limit.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "store/app.h"

enum { MAX_FORM = 2048, MAX_VALUE = 512, MAX_PAGE = 64 * 1024,
    FORM_MS = 5000 };

/* --- whose form it is ---------------------------------------------------- */

/* Does the origin name the host that was asked? */
static bool
is_of_host(const char *origin, const char *host)
{
	const char	*at = strstr(origin, "://");

	return at != NULL && host != NULL && strcasecmp(at + 3, host) == 0;
}

/* Browsers say where a form comes from, by https and on localhost; elsewhere
 * they say its origin.  Who says neither is no browser. */
static bool
is_from_here(const struct serving *x)
{
	const struct fields	*fs = &x->rq.fields;
	const char		*site = fields_get(fs, "Sec-Fetch-Site");

	if (site != NULL)
		return strcmp(site, "same-origin") == 0;
	return x->rq.origin == NULL || x->rp.grant.class == CORS_OWN ||
	    is_of_host(x->rq.origin, fields_get(fs, "Host"));
}

bool
operator_sends_form(const struct serving *x)
{
	return x->t.kind == TARGET_STATUS &&
	    strcmp(x->rq.method, "POST") == 0 && is_from_here(x);
}

/* --- reading it ---------------------------------------------------------- */

/* False: nothing has come in time. */
static bool
wait_for_more(struct io *io, int64_t until_ms)
{
	struct pollfd	 p = { .fd = io->in_fd, .events = POLLIN };
	int64_t		 left_ms = until_ms - clock_ms();

	return io->buffered(io) || io->in_fd == -1 ||
	    (left_ms > 0 && poll(&p, 1, (int)left_ms) == 1);
}

static enum err
read_form(struct serving *x, char form[MAX_FORM], size_t *n)
{
	int64_t	 until_ms = clock_ms() + FORM_MS;
	ssize_t	 got;

	if (x->rq.body_bytes > MAX_FORM)
		return ERR_UPLOAD_TOO_LARGE;
	for (*n = 0; *n < MAX_FORM && (int64_t)*n != x->rq.body_bytes;
	    *n += (size_t)got) {
		if (!wait_for_more(x->io, until_ms))
			return ERR_UPLOAD_STALLED;
		got = x->io->read(x->io, form + *n, MAX_FORM - *n);
		if (got < 0)
			return ERR_CLIENT_GONE;
		if (got == 0)
			break;
	}
	x->rp.upload_bytes = (int64_t)*n;
	return OK;
}

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

static enum err
onward(struct serving *x, const char *value, int seconds)
{
	const char	*set_cookie = cookie(x, value, seconds);
	struct buf	 location;

	buf_init(&location, x->rp.arena, FIELD_MAX_VALUE);
	buf_fmt(&location, "%s/_status", x->m.mount);
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

static enum err
ask(struct serving *x, bool failed)
{
	const struct conf	*conf = &x->s->conf;
	const struct page_frame	 f = { .conf = conf, .title = "Status",
				    .form = true };
	struct buf		 b;

	if (conf->operator_key_file == NULL ||
	    !is_for_a_person(&x->rq.fields, x->rq.origin))
		return ERR_OPERATOR_ONLY;
	buf_init(&b, x->rp.arena, MAX_PAGE);
	status_ask(&b, &f, x->m.mount, failed);
	return reply_refusal(&x->rp, ERR_OPERATOR_ONLY, &f, &b);
}

/* On these pages a key is the operator's or a guess. */
static bool
is_guess(const struct serving *x)
{
	const struct fields	*fs = &x->rq.fields;

	return x->s->conf.operator_key_file != NULL &&
	    (fields_get(fs, "X-API-Key") != NULL ||
	    fields_get(fs, "Authorization") != NULL);
}

enum err
operator_refuse(struct serving *x, bool has_form)
{
	enum err	 e = OK;

	if (x->walk == NULL && is_guess(x))
		e = limit_failure(x->s, &x->caller, &x->rp.limited);
	if (e != OK)
		return e;
	return has_form ? ask(x, false) : ERR_OPERATOR_ONLY;
}

enum err
operator_form(struct serving *x)
{
	const struct conf	*conf = &x->s->conf;
	char			 form[MAX_FORM], value[MAX_VALUE],
				 pass[PASS_TEXT];
	size_t			 n;
	enum err		 e;

	if (!operator_sends_form(x))
		return ERR_ORIGIN_NOT_ALLOWED;
	if (conf->operator_key_file == NULL)
		return ERR_OPERATOR_ONLY;
	if ((e = read_form(x, form, &n)) != OK)
		return e;
	if (form_value(form, n, "leave", value, sizeof(value)))
		return onward(x, "", 0);
	if (!form_value(form, n, "key", value, sizeof(value)) ||
	    !caller_is_operators_key(conf, trim(value))) {
		e = limit_failure(x->s, &x->caller, &x->rp.limited);
		return e != OK ? e : ask(x, true);
	}
	x->caller.user = "operator";
	pass_make(conf->operator_hash, time(NULL), pass);
	return onward(x, pass, PASS_SECONDS);
}
