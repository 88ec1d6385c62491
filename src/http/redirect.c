#include "http/redirect.h"

#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/url.h"

enum { MAX_URL = 16000 };

/* --- resolving --- */

/* The length of "scheme" in "scheme:..."; 0 for a relative reference. */
static size_t
scheme_len(const char *s)
{
	static const char	 letters[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t			 len = strcspn(s, ":/?#");

	return s[len] == ':' && len > 0 && strspn(s, letters) > 0 ? len : 0;
}

/* The directory of `path', its "/" included, `ups' levels higher. */
static size_t
directory(const char *path, int ups)
{
	size_t	 len = strlen(path);

	while (len > 0 && path[len - 1] != '/')
		len--;
	for (; ups > 0 && len > 1; ups--)
		for (len--; len > 0 && path[len - 1] != '/';)
			len--;
	return len;
}

/* Take the "./" and "../" off the front; how many "../" there were. */
static int
leading_dots(const char **ref)
{
	const char	*p = *ref;
	int		 ups = 0;

	for (; *p == '.'; *ref = p) {
		size_t n = strspn(p, ".");

		if (n > 2 || (p[n] != '/' && strchr("?#", p[n]) == NULL))
			break;
		ups += n == 2;
		p += n + (p[n] == '/');
	}
	return ups;
}

/* Write what stands before a relative reference; what is left of that. */
static const char *
relative(struct buf *b, const struct url *from, const char *ref)
{
	size_t	 len;

	if (*ref == '/')
		return ref;
	if (*ref == '?') {
		buf_str(b, *from->path != '\0' ? from->path : "/");
		return ref;
	}
	len = directory(from->path, leading_dots(&ref));
	if (len == 0)
		buf_char(b, '/');
	buf_add(b, from->path, len);
	return ref;
}

/*
 * RFC 3986 5.2, without the fragment.  Only the "./" and "../" that a relative
 * path begins with are resolved; other dot segments stand as written, for
 * url_path_check() to find.  ERR_CONFIGURATION where the result is no absolute
 * http(s) URL.
 */
static enum err
resolve(struct arena *a, const struct url *from, const char *ref,
    struct url *to, const char **text)
{
	const char	*origin = url_origin(a, from), *why;
	struct buf	 b;

	if (origin == NULL)
		return ERR_NO_MEMORY;
	if (*ref == '\0' || *ref == '#')
		return ERR_CONFIGURATION;
	buf_init(&b, a, MAX_URL);
	if (strncmp(ref, "//", 2) == 0)
		buf_str(&b, from->https ? "https:" : "http:");
	else if (scheme_len(ref) == 0) {
		buf_str(&b, origin);
		ref = relative(&b, from, ref);
	}
	buf_add(&b, ref, strcspn(ref, "#"));
	if (buf_failed(&b))
		return b.len < MAX_URL / 2 ? ERR_NO_MEMORY : ERR_CONFIGURATION;
	*text = b.data;
	return url_split(a, b.data, to, &why);
}

/* --- following --- */

static const char *
less_www(const char *host)
{
	return strncmp(host, "www.", 4) == 0 ? host + 4 : host;
}

static bool
same_site(const struct url *from, const struct url *to)
{
	return strcmp(less_www(from->host), less_www(to->host)) == 0;
}

static bool
port_ok(const struct url *from, const struct url *to,
    enum redirect_place place)
{
	return to->port == from->port || to->port == (to->https ? 443 : 80) ||
	    place == REDIRECT_STATED;
}

static bool
path_ok(const struct url *u)
{
	return url_path_check(u->path, strlen(u->path)) == OK &&
	    (u->query == NULL ||
	    url_query_check(u->query, strlen(u->query)) == OK);
}

enum err
redirect_judge(struct arena *a, enum redirect_mode mode, int hops_left,
    const char *method, const struct url *from, const char *location,
    enum redirect_place (*place)(const void *arg, const struct url *),
    const void *arg, struct redirect *r)
{
	enum redirect_place	 known;
	struct url		 to;
	const char		*text;
	enum err		 e;

	*r = (struct redirect){ .follow = false };
	if (mode == REDIRECT_PASS || hops_left <= 0 || location == NULL ||
	    (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0))
		return OK;
	if ((e = resolve(a, from, location, &to, &text)) != OK)
		return e == ERR_NO_MEMORY ? e : OK;
	known = place(arg, &to);
	if (known == REDIRECT_BARRED || (from->https && !to.https) ||
	    !port_ok(from, &to, known) || !path_ok(&to))
		return OK;
	r->stranger = !same_site(from, &to) && known < REDIRECT_NAMED;
	if (mode == REDIRECT_SAME_SITE && r->stranger &&
	    known != REDIRECT_ALIKE)
		return OK;
	r->follow = true;
	r->url = text;
	r->leaves_origin = !url_same_origin(from, &to);
	r->other_host = strcmp(from->host, to.host) != 0;
	return OK;
}

/* --- passing on --- */

const char *
redirect_below(const struct url *u, const struct url *base)
{
	const char	*path = *u->path != '\0' ? u->path : "/";
	const char	*top = *base->path != '\0' ? base->path : "/";
	size_t		 len = strlen(top);

	if (!url_same_origin(u, base) || !path_ok(u))
		return NULL;
	len -= top[len - 1] == '/';
	return strncmp(path, top, len) == 0 &&
	    (path[len] == '/' || strcmp(path, top) == 0) ? path + len : NULL;
}

static bool
has_param(const char *query, const char *param, size_t len)
{
	for (size_t n; query != NULL; query = query[n] != '\0' ?
	    query + n + 1 : NULL) {
		n = strcspn(query, "&");
		if (n == len && memcmp(query, param, len) == 0)
			return true;
	}
	return false;
}

/* The query less the parameters of `hidden'. */
static void
add_query(struct buf *b, const char *query, const char *hidden)
{
	char	 separator = '?';

	for (size_t n; query != NULL; query = query[n] != '\0' ?
	    query + n + 1 : NULL) {
		n = strcspn(query, "&");
		if (n > 0 && has_param(hidden, query, n))
			continue;
		buf_char(b, separator);
		buf_add(b, query, n);
		separator = '&';
	}
}

/* What of a path of this host lies below that of the route; NULL when it does
 * not. */
static const char *
own_rest(const struct redirect_route *rt, const char *path)
{
	size_t	 len = strlen(rt->mount);

	if (strncmp(path, rt->mount, len) != 0)
		return NULL;
	path += len;
	if (strcmp(rt->name, "*") != 0) {
		len = strlen(rt->name);
		if (*path != '/' || strncmp(path + 1, rt->name, len) != 0)
			return NULL;
		path += 1 + len;
	}
	return *path == '/' || *path == '\0' ? path : NULL;
}

/* mount/name/rest; NULL for want of memory, or where a browser would take the
 * first segment for a host. */
static const char *
own_path(struct arena *a, const struct redirect_route *rt, const char *rest,
    const char *query, const char *hidden)
{
	struct buf	 b;

	buf_init(&b, a, MAX_URL);
	buf_str(&b, rt->mount);
	if (strcmp(rt->name, "*") != 0) {
		buf_char(&b, '/');
		buf_str(&b, rt->name);
	}
	buf_str(&b, rest);
	if (b.len == 0)
		buf_char(&b, '/');
	add_query(&b, query, hidden);
	return buf_failed(&b) || b.data[1] == '/' ? NULL : b.data;
}

static const char *
with_fragment(struct arena *a, const char *text, const char *location)
{
	const char	*fragment = strchr(location, '#');
	struct buf	 b;

	if (fragment == NULL ||
	    url_query_check(fragment + 1, strlen(fragment + 1)) != OK)
		return text;
	buf_init(&b, a, MAX_URL);
	buf_str(&b, text);
	buf_str(&b, fragment);
	return buf_failed(&b) ? NULL : b.data;
}

/* Does the target speak of itself by the Host that it was sent?  Of how that
 * is reached it may know nothing, so the scheme does not count. */
static bool
by_host(struct arena *a, const struct url *to, const char *host)
{
	struct url	 own;
	const char	*why;
	struct buf	 b;

	if (host == NULL)
		return false;
	buf_init(&b, a, MAX_URL);
	buf_fmt(&b, "%s://%s", to->https ? "https" : "http", host);
	return !buf_failed(&b) && url_split(a, b.data, &own, &why) == OK &&
	    url_same_origin(to, &own);
}

/*
 * What of the target's address lies below the route.  A target that knows its
 * address here writes that; only where its own URL has no path, every path of
 * its is below that one too.
 */
static const char *
rest_of(struct arena *a, const struct redirect_route *rt, struct url to,
    const struct url *top)
{
	const char	*rest, *own = NULL;
	bool		 whole = *top->path == '\0' ||
			    strcmp(top->path, "/") == 0;
	bool		 apart = rt->mount[0] != '\0' ||
			    strcmp(rt->name, "*") != 0;

	if (by_host(a, &to, rt->host)) {
		to.https = top->https;
		to.host = top->host;
		to.port = top->port;
	}
	if (rt->pages && apart && url_same_origin(&to, top) && path_ok(&to))
		own = own_rest(rt, to.path);
	rest = redirect_below(&to, top);
	return own != NULL && (whole || rest == NULL) ? own : rest;
}

const char *
redirect_location(struct arena *a, const struct url *from,
    const char *location, const struct redirect_route *rt)
{
	struct url	 to, top;
	const char	*text, *rest, *why, *own;

	if (resolve(a, from, location, &to, &text) != OK ||
	    url_split(a, rt->base, &top, &why) != OK)
		return NULL;
	if ((rest = rest_of(a, rt, to, &top)) != NULL &&
	    (own = own_path(a, rt, rest, to.query, top.query)) != NULL)
		text = own;
	text = with_fragment(a, text, location);
	return text == NULL || url_shows_query(a, text, top.query) ? NULL :
	    text;
}

enum err
redirect_back(struct arena *a, const struct url *here,
    const struct redirect_route *rt, const char **there)
{
	const char	*rest = own_rest(rt, here->path);

	*there = NULL;
	if (rest == NULL || !path_ok(here))
		return OK;
	return url_join(a, rt->base, rest, here->query, there);
}

const char *
redirect_whole(struct arena *a, const struct url *from, const char *location,
    const char *mount,
    enum redirect_place (*place)(const void *arg, const struct url *),
    const void *arg)
{
	const char	*text, *origin;
	struct buf	 b;
	struct url	 to;

	if (resolve(a, from, location, &to, &text) != OK ||
	    (origin = url_origin(a, &to)) == NULL)
		return NULL;
	if ((from->https && !to.https) || !path_ok(&to) ||
	    place(arg, &to) == REDIRECT_BARRED)
		return with_fragment(a, text, location);
	buf_init(&b, a, MAX_URL);
	buf_fmt(&b, "%s/%s%s", mount, origin, to.path);
	if (to.query != NULL)
		buf_fmt(&b, "?%s", to.query);
	return buf_failed(&b) ? NULL : with_fragment(a, b.data, location);
}
