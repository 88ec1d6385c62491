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

/* ERR_CONFIGURATION where the result is no http(s) URL. */
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

const char *
redirect_resolve(struct arena *a, const struct url *from,
    const char *reference)
{
	const char	*text;
	struct url	 to;

	return resolve(a, from, reference, &to, &text) == OK ? text : NULL;
}

/* --- following --- */

static const char *
less_www(const char *host)
{
	return strncmp(host, "www.", 4) == 0 ? host + 4 : host;
}

static bool
same_site(const struct url *from, const struct url *to,
    bool (*listed)(const void *arg, const char *host), const void *arg)
{
	return strcmp(less_www(from->host), less_www(to->host)) == 0 ||
	    listed(arg, to->host);
}

static bool
port_ok(const struct url *from, const struct url *to)
{
	return to->port == from->port || to->port == (to->https ? 443 : 80);
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
    bool (*listed)(const void *arg, const char *host), const void *arg,
    struct redirect *r)
{
	struct url	 to;
	const char	*text;
	enum err	 e;

	*r = (struct redirect){ .follow = false };
	if (mode == REDIRECT_PASS || hops_left <= 0 || location == NULL ||
	    (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0))
		return OK;
	if ((e = resolve(a, from, location, &to, &text)) != OK)
		return e == ERR_NO_MEMORY ? e : OK;
	if ((from->https && !to.https) || !port_ok(from, &to) || !path_ok(&to))
		return OK;
	r->stranger = !same_site(from, &to, listed, arg);
	if (mode == REDIRECT_SAME_SITE && r->stranger)
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
	if (strcmp(path, top) == 0)
		return "";
	len -= top[len - 1] == '/';
	return strncmp(path, top, len) == 0 && path[len] == '/' ?
	    path + len : NULL;
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

/* mount/name/rest; NULL for want of memory, or where a browser would take the
 * first segment for a host. */
static const char *
own_path(struct arena *a, const char *mount, const char *name,
    const char *rest, const char *query, const char *hidden)
{
	struct buf	 b;

	buf_init(&b, a, MAX_URL);
	buf_str(&b, mount);
	if (strcmp(name, "*") != 0) {
		buf_char(&b, '/');
		buf_str(&b, name);
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

const char *
redirect_location(struct arena *a, const struct url *from,
    const char *location, const char *base, const char *mount,
    const char *name)
{
	struct url	 to, top;
	const char	*text, *rest, *why, *own;

	if (resolve(a, from, location, &to, &text) != OK ||
	    url_split(a, base, &top, &why) != OK)
		return NULL;
	if ((rest = redirect_below(&to, &top)) != NULL &&
	    (own = own_path(a, mount, name, rest, to.query, top.query)) !=
	    NULL)
		text = own;
	text = with_fragment(a, text, location);
	return text == NULL || url_shows_query(a, text, top.query) ? NULL :
	    text;
}
