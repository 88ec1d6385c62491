#include "client/reply.h"

#include <assert.h>
#include <string.h>

#include "client/frame.h"
#include "client/io.h"
#include "client/lang.h"
#include "client/pages.h"
#include "client/reply_fields.h"
#include "client/req.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "http/timing.h"
#include "store/conf.h"

/* MAX_LINES: what a head holds beside its fields. */
enum { HOLD_BYTES = 8192, HOLD_MS = 50, MAX_HEAD = 512 * 1024, MAX_LINES = 128,
    MAX_PAGE = 64 * 1024, MAX_POLICY = 1024, RESERVE_BYTES = 128 * 1024 };

/* When to ask again; a script that was refused needs to know. */
static const char *const when_again[] = { "Retry-After", "RateLimit",
    "RateLimit-Policy", NULL };

void
reply_init(struct reply *rp, struct io *io, struct arena *a,
    const struct req *rq)
{
	memset(rp, 0, sizeof(*rp));
	rp->io = io;
	rp->arena = a;
	rp->req = rq;
	rp->began_us = clock_us();
	rp->down_s = -1;
}

static enum err
emit(struct reply *rp, const void *bytes, size_t n)
{
	if (rp->gone || rp->io->write(rp->io, bytes, n) != 0) {
		rp->gone = true;
		return ERR_CLIENT_GONE;
	}
	rp->dirty = true;
	return OK;
}

static enum err
flush(struct reply *rp)
{
	if (!rp->dirty)
		return OK;
	rp->dirty = false;
	if (rp->gone || rp->io->flush(rp->io) != 0) {
		rp->gone = true;
		return ERR_CLIENT_GONE;
	}
	return OK;
}

static enum err
release(struct reply *rp)
{
	if (!rp->holds)
		return OK;
	rp->holds = false;
	return emit(rp, rp->held.data, rp->held.len);
}

static void
status_line(int status, struct buf *b)
{
	buf_str(b, "Status: ");
	buf_number(b, status);
	buf_char(b, ' ');
	buf_str(b, page_reason(status));
	buf_str(b, "\r\n");
}

/* Does a Location make it a 302, whatever Status said before? */
static bool
takes_the_last(const struct req *rq)
{
	return rq->server_software != NULL &&
	    strncmp(rq->server_software, "HAProxy", 7) == 0;
}

/* The server takes Status for the status line; it comes first, since some
 * take the first and some the last of two. */
static void
head_text(const struct reply_head *h, bool status_last, struct buf *b)
{
	if (!status_last)
		status_line(h->status, b);
	fields_write(h->fields, b);
	if (h->length_bytes >= 0 && h->status != 204 && h->status != 304) {
		buf_str(b, "Content-Length: ");
		buf_number(b, h->length_bytes);
		buf_str(b, "\r\n");
	}
	if (status_last)
		status_line(h->status, b);
	buf_str(b, "\r\n");
}

static bool
has_no_body(const struct reply *rp, int status)
{
	return status == 204 || status == 304 ||
	    strcmp(rp->req->method, "HEAD") == 0;
}

/* RFC 9110 7.6.3. */
static enum err
add_via(struct reply *rp, struct reply_head *h)
{
	struct buf	 b;

	if (rp->conf == NULL)
		return OK;
	buf_init(&b, rp->arena, FIELD_MAX_VALUE);
	if (h->via != NULL) {
		buf_str(&b, h->via);
		buf_str(&b, ", ");
	}
	buf_str(&b, "1.1 ");
	buf_str(&b, rp->conf->via);
	if (buf_failed(&b))
		return h->via != NULL && strlen(h->via) > FIELD_MAX_VALUE / 2 ?
		    ERR_HEAD_TOO_LARGE : ERR_NO_MEMORY;
	return fields_add(h->fields, "Via", b.data);
}

/* Would a cache keep it, and not know by the request for whom it is? */
static bool
is_for_all(const struct fields *fs, bool own)
{
	return own && fields_get(fs, "Cache-Control") == NULL;
}

/* The operator sees it anyway; a cache must not show his answer to others.  On
 * a route he is known by one field; elsewhere by several, and by his place. */
static enum err
add_timing(const struct reply *rp, struct fields *fs, bool own, bool theirs)
{
	const char	*vary;
	enum err	 e;

	if (!timing_is_shown(&rp->grant, &rp->req->fields, fs, theirs)) {
		if (!rp->for_operator || is_for_all(fs, own))
			return OK;
		if ((e = fields_join(fs, "Vary", &vary)) != OK)
			return e;
		if ((vary = fields_vary(fs->arena, vary, "X-API-Key")) == NULL)
			return ERR_NO_MEMORY;
		if ((e = fields_set(fs, "Vary", vary)) != OK)
			return e;
	}
	return timing_add(fs, clock_us() - rp->began_us - rp->target_us,
	    rp->target_us);
}

/* `own': made here, so that the CORS fields are ours even on a route that
 * leaves them to its target.  body_bytes are to follow it in the buffer. */
static enum err
put_head(struct reply *rp, struct reply_head *h, bool own, size_t body_bytes,
    struct buf *b)
{
	bool		 theirs = !own && rp->grant.rule != NULL &&
			    rp->grant.rule->target;
	enum err	 e;

	assert(rp->phase == REPLY_HEAD);
	rp->status = h->status;
	rp->no_body = has_no_body(rp, h->status);
	rp->body_bytes = 0;
	if ((e = add_via(rp, h)) != OK ||
	    (e = fields_add(h->fields, "X-Request-Id", rp->req->id)) != OK ||
	    (e = add_timing(rp, h->fields, own, theirs)) != OK)
		return e;
	if (rp->grant.rule != NULL && !theirs &&
	    ((e = cors_answer(&rp->grant, h->fields)) != OK ||
	    (own && (e = cors_expose(&rp->grant, when_again, h->fields))
	    != OK)))
		return e;
	buf_init(b, rp->arena, MAX_HEAD);
	buf_reserve(b, MAX_LINES + h->fields->bytes +
	    h->fields->count * strlen(": \r\n") + body_bytes);
	head_text(h, takes_the_last(rp->req), b);
	if (buf_failed(b))
		return ERR_NO_MEMORY;
	rp->phase = REPLY_BODY;
	return OK;
}

/* What of the body may be held back: no more than is to come, where that is
 * known. */
static size_t
held_body(const struct reply_head *h)
{
	if (h->endless)
		return 0;
	return h->length_bytes >= 0 && h->length_bytes < HOLD_BYTES ?
	    (size_t)h->length_bytes : HOLD_BYTES;
}

enum err
reply_head(struct reply *rp, struct reply_head *h)
{
	struct buf	*b = &rp->held;
	enum err	 e;

	if ((e = put_head(rp, h, false, held_body(h), b)) != OK)
		return e;
	if (h->endless)
		return emit(rp, b->data, b->len);
	b->max += HOLD_BYTES;
	rp->held_head_bytes = b->len;
	rp->holds = true;
	rp->hold_until_ms = 0;
	return OK;
}

enum err
reply_body(struct reply *rp, const void *bytes, size_t n)
{
	enum err	 e;

	assert(rp->phase == REPLY_BODY);
	if (rp->no_body)
		return OK;
	rp->body_bytes += (int64_t)n;
	if (rp->holds && n <= HOLD_BYTES -
	    (rp->held.len - rp->held_head_bytes)) {
		buf_add(&rp->held, bytes, n);
		if (!buf_failed(&rp->held))
			return OK;
	}
	if ((e = release(rp)) != OK)
		return e;
	return emit(rp, bytes, n);
}

enum err
reply_idle(struct reply *rp, int64_t now_ms, int *again_ms)
{
	enum err	 e;

	if (rp->holds) {
		if (rp->hold_until_ms == 0)
			rp->hold_until_ms = now_ms + HOLD_MS;
		if (now_ms < rp->hold_until_ms) {
			*again_ms = (int)(rp->hold_until_ms - now_ms);
			return OK;
		}
		if ((e = release(rp)) != OK)
			return e;
	}
	return flush(rp);
}

static enum err
put_own(struct reply *rp, int status, struct fields *fs, const void *body,
    size_t body_bytes)
{
	struct reply_head	 h = { .status = status, .fields = fs,
				    .length_bytes = (int64_t)body_bytes };
	struct buf		 b;
	enum err		 e;

	if ((e = put_head(rp, &h, true, 0, &b)) != OK)
		return e;
	if ((e = emit(rp, b.data, b.len)) != OK || rp->no_body)
		return e;
	rp->body_bytes = (int64_t)body_bytes;
	return body_bytes == 0 ? OK : emit(rp, body, body_bytes);
}

enum err
reply_own(struct reply *rp, int status, const char *type, const char *body,
    size_t body_bytes)
{
	struct fields	 fs;
	enum err	 e;

	if (rp->arena->failed)
		return ERR_NO_MEMORY;
	fields_init(&fs, rp->arena);
	if ((e = reply_fields_own(&fs, type)) != OK)
		return e;
	return put_own(rp, status, &fs, body, body_bytes);
}

/* A page with a form is to be known as its sender, to this host alone: some
 * browsers say no other way where a form comes from. */
static enum err
be_known(const struct page_frame *f, struct fields *fs)
{
	return f->form ? fields_set(fs, "Referrer-Policy", "same-origin") :
	    OK;
}

/* Where pages of targets run on this host, none gets hold of the window that
 * this is opened in.  A browser heeds it where it says how it asks, and writes
 * an error to its console elsewhere. */
static enum err
keep_apart(const struct reply *rp, struct fields *fs)
{
	return fields_get(&rp->req->fields, "Sec-Fetch-Mode") == NULL ? OK :
	    fields_add(fs, "Cross-Origin-Opener-Policy", "same-origin");
}

/* The policy of a page, and fields to go with it. */
static enum err
begin_page(struct reply *rp, const struct page_frame *f,
    const struct buf *page, struct buf *policy, struct fields *fs)
{
	if (buf_failed(page) || page->arena->failed || rp->arena->failed)
		return ERR_NO_MEMORY;	/* it may lack what was to be shown */
	buf_init(policy, rp->arena, MAX_POLICY);
	page_policy(policy, f);
	fields_init(fs, rp->arena);
	return OK;
}

enum err
reply_page(struct reply *rp, int status, const struct page_frame *f,
    const struct buf *page)
{
	struct buf	 policy;
	struct fields	 fs;
	enum err	 e;

	if ((e = begin_page(rp, f, page, &policy, &fs)) != OK ||
	    (e = reply_fields_page(&fs, &policy, f->lang, f->lang != NULL ?
	    "Accept-Language" : NULL, f->refresh_s)) != OK ||
	    (e = fields_add(&fs, "Cache-Control", "no-store")) != OK ||
	    (e = keep_apart(rp, &fs)) != OK || (e = be_known(f, &fs)) != OK)
		return e;
	return put_own(rp, status, &fs, page->data, page->len);
}

enum err
reply_refusal(struct reply *rp, enum err why, const struct page_frame *f,
    const struct buf *page)
{
	const struct page_fault	 x = { .conf = rp->conf, .why = why,
				    .request_id = rp->req->id };
	struct buf		 policy;
	struct fields		 fs;
	enum err		 e;

	if ((e = begin_page(rp, f, page, &policy, &fs)) != OK ||
	    (e = reply_fields_error(&fs, PAGE_HTML, &policy, &x, rp->allow,
	    &rp->limited)) != OK || (e = keep_apart(rp, &fs)) != OK ||
	    (e = be_known(f, &fs)) != OK)
		return e;
	rp->told = why;
	return put_own(rp, err_status(why), &fs, page->data, page->len);
}

enum err
reply_onward(struct reply *rp, const char *location, const char *set_cookie)
{
	struct fields	 fs;
	enum err	 e;

	fields_init(&fs, rp->arena);
	if ((e = reply_fields_own(&fs, NULL)) != OK ||
	    (e = fields_add(&fs, "Location", location)) != OK ||
	    (e = fields_add(&fs, "Set-Cookie", set_cookie)) != OK ||
	    (e = fields_add(&fs, "Cache-Control", "no-store")) != OK)
		return e;
	return put_own(rp, 303, &fs, NULL, 0);
}

enum err
reply_private(struct reply *rp, const char *type, const char *body,
    size_t body_bytes)
{
	struct fields	 fs;
	enum err	 e;

	if (rp->arena->failed)
		return ERR_NO_MEMORY;
	fields_init(&fs, rp->arena);
	if ((e = reply_fields_own(&fs, type)) != OK ||
	    (e = fields_add(&fs, "Cache-Control", "no-store")) != OK ||
	    (e = keep_apart(rp, &fs)) != OK)
		return e;
	return put_own(rp, 200, &fs, body, body_bytes);
}

static enum err
put_preflight(struct reply *rp)
{
	struct reply_head	 h = { .status = 204, .length_bytes = -1 };
	struct fields		 fs;
	struct buf		 b;
	enum err		 e;

	fields_init(&fs, rp->arena);
	if ((e = cors_preflight(&rp->grant, &rp->req->fields, &fs)) != OK)
		return e;
	h.fields = &fs;
	rp->grant.rule = NULL;	/* the fields of an actual answer are others */
	if ((e = put_head(rp, &h, true, 0, &b)) != OK)
		return e;
	return emit(rp, b.data, b.len);
}

/* May the page ask for the same once more, as its reader would? */
static bool
may_reload(const struct req *rq)
{
	const char	*mode = fields_get(&rq->fields, "Sec-Fetch-Mode");

	return strcmp(rq->method, "GET") == 0 &&
	    (mode == NULL || strcmp(mode, "navigate") == 0);
}

static enum err
put_error(struct reply *rp, enum err why)
{
	const struct fields	*in = &rp->req->fields;
	const struct page_fault	 x = {
		.conf = rp->conf, .why = why, .request_id = rp->req->id,
		.lang = lang_choose(fields_get(in, "Accept-Language")),
		.detail = why == ERR_TARGET_NOT_ALLOWED ? rp->target_fault :
		    NULL,
		.again_s = page_again_s(why, rp->down_s, rp->pause_ms),
		.reload = may_reload(rp->req),
	};
	struct fields		 fs;
	struct buf		 body, policy;
	enum page_form		 form;
	enum err		 e;

	form = page_choose(fields_get(in, "Accept"),
	    fields_get(in, "Sec-Fetch-Mode"), rp->req->origin);
	buf_init(&body, rp->arena, MAX_PAGE);
	buf_init(&policy, rp->arena, MAX_POLICY);
	page_error(&body, &policy, form, &x);
	fields_init(&fs, rp->arena);
	if (buf_failed(&body) || buf_failed(&policy))
		return ERR_NO_MEMORY;
	if ((e = reply_fields_error(&fs, form, &policy, &x, rp->allow,
	    &rp->limited)) != OK)
		return e;
	return put_own(rp, err_status(why), &fs, body.data, body.len);
}

/* When even a page does not fit into the arena any more. */
static void
put_bare(struct reply *rp)
{
	static const char	 text[] =
	    "Status: 500 Internal Server Error\r\n"
	    "Content-Length: 0\r\nCache-Control: no-store\r\n"
	    "Proxy-Status: viaduct; error=proxy_internal_error; "
	    "details=\"no_memory\"\r\n\r\n";

	rp->status = 500;
	emit(rp, text, sizeof(text) - 1);
}

/* The request may have used up the arena: what is needed to say so to a page
 * comes on top. */
static void
end_unsent(struct reply *rp, enum err why)
{
	rp->arena->max_bytes += RESERVE_BYTES;
	rp->phase = REPLY_HEAD;
	rp->holds = false;
	if ((rp->preflight ? put_preflight(rp) : put_error(rp, why)) ==
	    ERR_NO_MEMORY) {
		rp->phase = REPLY_HEAD;
		put_bare(rp);
	}
	rp->arena->max_bytes -= RESERVE_BYTES;
}

void
reply_end(struct reply *rp, enum err why)
{
	bool	 unsent = rp->phase == REPLY_HEAD || rp->holds;

	if (why == OK && rp->phase == REPLY_HEAD && !rp->preflight)
		why = ERR_INTERNAL;
	rp->err = why != OK ? why : rp->told;
	if (why == ERR_CLIENT_GONE || rp->gone) {
		if (unsent)
			rp->status = err_status(ERR_CLIENT_GONE);
		rp->io->cut(rp->io);
	} else if (rp->phase == REPLY_HEAD || (why != OK && unsent)) {
		end_unsent(rp, why);
	} else if (why != OK) {
		rp->io->cut(rp->io);
	} else {
		release(rp);
	}
	rp->phase = REPLY_DONE;
}
