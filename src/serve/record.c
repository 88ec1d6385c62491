#include "serve/record.h"

#include <string.h>

#include "core/buf.h"
#include "core/clock.h"
#include "http/url.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "store/app.h"
#include "store/log.h"

static bool
is_cut(const struct reply *rp)
{
	return rp->err != OK && rp->status != err_status(rp->err);
}

static enum err
cause(const struct serving *x)
{
	return x->cause != OK ? x->cause : x->rp.err;
}

/* Of a key that opens nothing the caller learns no more than that. */
static const char *
detail(const struct serving *x)
{
	const struct caller	*c = &x->caller;
	struct buf		 b;

	if (x->rp.err == ERR_TARGET_NOT_ALLOWED && x->rp.target_fault != NULL)
		return x->rp.target_fault;
	if (c->reason == NULL || x->rp.err != c->err)
		return err_detail(cause(x));
	buf_init(&b, x->rp.arena, 256);
	buf_fmt(&b, "%s%s%s", c->key_id[0] != '\0' ? "key " : "", c->key_id,
	    c->key_id[0] != '\0' ? ": " : "");
	buf_str(&b, c->reason);
	return b.data;
}

/* Failures of the gateway or a target are the operator's to know; why a caller
 * was refused is there for who looks for it. */
static void
log_error(const struct serving *x, const char *path)
{
	const struct req	*rq = &x->rq;
	const struct reply	*rp = &x->rp;
	int			 status = err_status(rp->err);
	size_t			 len;

	path = path != NULL ? path : "-";
	len = strcspn(path, "?");	/* it may hold a key */
	log_line(app_log(x->means->app), status >= 500 ? LOG_LEVEL_WARNING :
	    LOG_LEVEL_INFO, "%s: %s%s (request %s, %.20s %.*s)",
	    err_word(cause(x)), is_cut(rp) ? "the answer is cut: " : "",
	    detail(x), rq->id, rq->method, len < 400 ? (int)len : 400, path);
}

/* Queries are not logged; with that of ?url= it would be forgotten which host
 * was asked.  A whole URL that was refused may hold a password. */
static const char *
logged_path(const struct serving *x)
{
	const char	*uri = x->rq.request_uri, *at;
	struct buf	 b;

	if (x->t.kind == TARGET_URL && x->rt == NULL && uri != NULL &&
	    (at = memrchr(uri, '@', strcspn(uri, "?"))) != NULL) {
		buf_init(&b, &x->means->arena, 16 * 1024);
		buf_fmt(&b, "%s/...%s", x->m.mount, at);
		return buf_failed(&b) ? NULL : b.data;
	}
	if (x->rt == NULL || !x->rt->whole || strlen(x->m.path) > 1)
		return uri;
	buf_init(&b, &x->means->arena, 16 * 1024);
	buf_fmt(&b, "%s/%s%s", x->m.mount, x->rt->url, x->t.rest);
	return buf_failed(&b) ? uri : b.data;
}

/* Does the URL begin with this origin, as url_origin() writes it? */
static bool
is_of(const char *url, const char *origin)
{
	size_t	 len = strlen(origin);

	return strncmp(url, origin, len) == 0 &&
	    (url[len] == '/' || url[len] == '?' || url[len] == '\0');
}

/* Where the last fetch went, which may be where a redirect led; NULL: nobody
 * was asked. */
static const char *
asked(const struct serving *x)
{
	struct url	 u;
	const char	*why;

	if (x->rp.target_us == 0)
		return NULL;
	if (x->rt->origin != NULL && is_of(x->v.url, x->rt->origin))
		return x->rt->origin;
	return url_split(&x->means->arena, x->v.url, &u, &why) == OK ?
	    url_origin(&x->means->arena, &u) : NULL;
}

void
record(const struct serving *x)
{
	const struct req	*rq = &x->rq;
	const struct reply	*rp = &x->rp;
	int64_t			 total_us = clock_us() - rp->began_us;
	const struct access	 a = {
		.id = rq->id,
		.peer = x->caller.address != NULL ? x->caller.address :
		    rq->peer,
		.user = x->caller.user,
		.method = rq->method,
		.path = logged_path(x),
		.protocol = rq->protocol,
		.origin = rq->origin,
		.referer = fields_get(&rq->fields, "Referer"),
		.user_agent = fields_get(&rq->fields, "User-Agent"),
		.route = x->rt != NULL ? x->rt->name : NULL,
		.target = asked(x),
		.rule = rp->err != OK ? err_word(rp->err) : NULL,
		.cause = x->cause != OK ? err_word(x->cause) : NULL,
		.cut = is_cut(rp),
		.status = rp->status, .body_bytes = rp->body_bytes,
		.upload_bytes = rp->upload_bytes,
		.start_ms = clock_wall_ms() - total_us / 1000,
		.target_first_us = rp->target_first_us,
		.target_us = rp->target_us, .total_us = total_us,
	};

	log_access(app_log(x->means->app), &a);
	if (rp->err != OK)
		log_error(x, a.path);
}
