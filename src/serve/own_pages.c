#include "serve/own_pages.h"

#include <string.h>

#include "core/buf.h"
#include "http/redirect.h"
#include "http/target.h"
#include "http/url.h"
#include "serve/policy.h"

/*
 * The origin of the target's URL, as the target takes itself to be asked: by
 * the caller's scheme, where it is told that.  NULL for want of memory.
 */
static const char *
target_origin(const struct question *q, struct arena *a, const char *url,
    struct url *u)
{
	bool		 https = q->caller->https;
	const char	*why;

	if (url_split(a, url, u, &why) != OK)
		return NULL;	/* it was judged before */
	if (q->route->rules.forwarded != FORWARDED_NONE &&
	    u->https != https) {
		if (u->port == (u->https ? 443 : 80))
			u->port = https ? 443 : 80;
		u->https = https;
	}
	return url_origin(a, u);
}

static enum err
translate(const struct question *q, struct arena *a, const char *there,
    const char **out)
{
	const char	*origin;
	struct buf	 b;
	struct url	 u;

	if ((origin = target_origin(q, a, there, &u)) == NULL)
		return ERR_NO_MEMORY;
	buf_init(&b, a, FIELD_MAX_VALUE);
	buf_fmt(&b, "%s%s%s%s", origin, *u.path != '\0' ? u.path : "/",
	    u.query != NULL ? "?" : "", u.query != NULL ? u.query : "");
	*out = buf_failed(&b) ? NULL : b.data;
	return OK;
}

/* Is it a page of the gateway itself?  Its address may hold what its operator
 * has typed into a form. */
static bool
is_ours(const struct question *q, const struct url *page)
{
	size_t	 len = strlen(q->mount);

	return strncmp(page->path, q->mount, len) == 0 &&
	    target_is_reserved(page->path + len);
}

/* Whence a page of the route asks, as its target knows it; NULL where it is
 * none of its pages. */
static enum err
referer(const struct question *q, struct arena *a, const char **out)
{
	const struct redirect_route	 rt = { .base = q->route->url,
	    .mount = q->mount, .name = q->route->name };
	const char	*text = fields_get(&q->req->fields, "Referer");
	const char	*origin, *there, *why;
	struct url	 u;
	enum err	 e;

	if (text == NULL || url_split(a, text, &u, &why) != OK)
		return OK;
	if ((origin = url_origin(a, &u)) == NULL)
		return ERR_NO_MEMORY;
	if (cors_decide(&q->route->rules.cors, origin).class != CORS_OWN ||
	    is_ours(q, &u))
		return OK;
	if ((e = redirect_back(a, &u, &rt, &there)) != OK || there == NULL)
		return e;
	if (!q->route->rules.preserve_host)
		return translate(q, a, there, out);
	*out = text;
	return OK;
}

/*
 * Targets compare whence their forms come with what they take for their own
 * address.  That is the one in the table, or with preserve_host the client's.
 */
enum err
own_pages(const struct question *q, struct arena *a, struct field_up *how)
{
	enum cors_class	 class = q->grant->class;
	struct url	 u;

	if (!q->route->rules.render || class == CORS_LISTED ||
	    class == CORS_PATTERN || class == CORS_UNLISTED)
		return OK;
	how->render = true;
	if (class == CORS_OWN)
		how->origin = q->route->rules.preserve_host ? q->req->origin :
		    target_origin(q, a, q->route->url, &u);
	if (class == CORS_OWN && how->origin == NULL)
		return ERR_NO_MEMORY;
	return referer(q, a, &how->referer);
}

enum err
own_pages_apart(struct fields *down)
{
	static const char	 name[] = "Cross-Origin-Opener-Policy";
	static const char	*const harmless[] = { "unsafe-none",
				    "same-origin-allow-popups",
				    "noopener-allow-popups" };
	const char		*value;
	enum err		 e;

	if ((e = fields_join(down, name, &value)) != OK)
		return e;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (value == NULL || strcmp(value, harmless[i]) == 0)
			return OK;
	return fields_set(down, name, harmless[1]);
}
