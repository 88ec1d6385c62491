#include "client/reply_fields.h"

#include "client/lang.h"
#include "core/buf.h"
#include "http/bucket.h"
#include "http/fields.h"

enum err
reply_fields_own(struct fields *fs, const char *type)
{
	enum err	 e = OK;

	if (type != NULL)
		e = fields_add(fs, "Content-Type", type);
	if (e == OK)
		e = fields_add(fs, "X-Content-Type-Options", "nosniff");
	if (e == OK)
		e = fields_add(fs, "X-Robots-Tag", "noindex, nofollow");
	if (e == OK)
		e = fields_add(fs, "Referrer-Policy", "no-referrer");
	return e;
}

static enum err
add_seconds(struct fields *fs, const char *name, int s)
{
	struct buf	 b;

	if (s == 0)
		return OK;
	buf_init(&b, fs->arena, 16);
	buf_fmt(&b, "%d", s);
	return buf_failed(&b) ? ERR_NO_MEMORY : fields_add(fs, name, b.data);
}

/* Refresh is in the head, so that templates need say nothing of it. */
enum err
reply_fields_page(struct fields *fs, const struct buf *policy,
    const struct lang *lang, const char *vary, int refresh_s)
{
	enum err	 e;

	if (buf_failed(policy))
		return ERR_NO_MEMORY;
	if ((e = reply_fields_own(fs, page_type(PAGE_HTML))) != OK ||
	    (e = fields_add(fs, "Content-Security-Policy",
	    policy->data)) != OK ||
	    (e = fields_add(fs, "Content-Language",
	    lang != NULL ? lang->tag : lang_en.tag)) != OK ||
	    (e = add_seconds(fs, "Refresh", refresh_s)) != OK)
		return e;
	return vary != NULL ? fields_add(fs, "Vary", vary) : OK;
}

static long long
seconds(int64_t us)
{
	return us <= 1000000 ? 1 : (us + 999999) / 1000000;
}

/* As draft-ietf-httpapi-ratelimit-headers has it: the quota is the burst, and
 * its window the time in which all of it comes back. */
static enum err
add_limit(const struct limited *l, struct fields *fs)
{
	const struct rate	*r = &l->rate;
	struct buf		 wait, policy, state;
	enum err		 e;

	buf_init(&wait, fs->arena, 32);
	buf_init(&policy, fs->arena, 128);
	buf_init(&state, fs->arena, 128);
	buf_fmt(&wait, "%lld", seconds(l->wait_us));
	buf_fmt(&policy, "\"%s\";q=%lld;w=%lld", l->policy,
	    (long long)r->burst, seconds(r->period_us * r->burst));
	buf_fmt(&state, "\"%s\";r=0;t=%s", l->policy, wait.data);
	if (buf_failed(&wait) || buf_failed(&policy) || buf_failed(&state))
		return ERR_NO_MEMORY;
	if ((e = fields_add(fs, "Retry-After", wait.data)) != OK ||
	    (e = fields_add(fs, "RateLimit-Policy", policy.data)) != OK)
		return e;
	return fields_add(fs, "RateLimit", state.data);
}

/* RFC 9110 11.6.1 wants one with a 401; a scheme that no browser acts
 * on opens no login box. */
static const char *
challenge(enum err why)
{
	return why == ERR_KEY_REQUIRED ? "VdKey realm=\"viaduct\"" :
	    why == ERR_TOKEN_REQUIRED ? "Bearer realm=\"viaduct\"" : NULL;
}

static enum err
add_form(struct fields *fs, enum page_form form, const struct buf *policy,
    const struct page_fault *x)
{
	enum err	 e;

	if (form == PAGE_HTML)
		return reply_fields_page(fs, policy, x->lang,
		    "Accept, Accept-Language, Origin, Sec-Fetch-Mode",
		    page_reloads(x) ? x->again_s : 0);
	if ((e = reply_fields_own(fs, page_type(form))) != OK ||
	    (form == PAGE_IMAGE && (e = fields_add(fs,
	    "Content-Security-Policy", policy->data)) != OK))
		return e;
	return fields_add(fs, "Vary", "Accept, Origin, Sec-Fetch-Mode");
}

enum err
reply_fields_error(struct fields *fs, enum page_form form,
    const struct buf *policy, const struct page_fault *x, const char *allow,
    const struct limited *limited)
{
	struct buf	 b;
	enum err	 e;

	buf_init(&b, fs->arena, 256);
	buf_fmt(&b, "viaduct; error=%s; details=\"%s\"", err_type(x->why),
	    err_word(x->why));
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	if ((e = add_form(fs, form, policy, x)) != OK ||
	    (e = fields_add(fs, "Cache-Control", "no-store")) != OK ||
	    (e = fields_add(fs, "Proxy-Status", b.data)) != OK ||
	    (e = add_seconds(fs, "Retry-After", x->again_s)) != OK)
		return e;
	if (x->why == ERR_METHOD_NOT_ALLOWED && allow != NULL)
		e = fields_add(fs, "Allow", allow);
	if (e == OK && challenge(x->why) != NULL)
		e = fields_add(fs, "WWW-Authenticate", challenge(x->why));
	if (e == OK && x->why == ERR_RATE_LIMITED)
		e = add_limit(limited, fs);
	return e;
}
