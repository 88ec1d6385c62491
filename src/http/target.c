#include "http/target.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/url.h"
#include "http/whole.h"

enum { MAX_URI = 8000, MAX_NAME = 63 };

/* --- the mount --- */

/*
 * How much of `path' spells the `len' bytes of `prefix', which the server has
 * decoded; -1 if it begins otherwise or does not end at a "/" or at the end.
 * An encoded slash is no slash: servers do not split at it.
 */
static int
spells(const char *path, const char *prefix, size_t len)
{
	const char	*p = path, *end = path + strlen(path);

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)*p;
		int octet = c == '%' ? url_octet(p, end) : -1;

		p += octet < 0 ? 1 : 3;
		if (octet == '/')
			return -1;
		if (octet >= 0)
			c = octet;
		if (c == '\0' || c != (unsigned char)prefix[i])
			return -1;
	}
	return *p == '/' || *p == '\0' ? (int)(p - path) : -1;
}

static size_t
less_slash(const char *s)
{
	size_t	 len = strlen(s);

	return len > 0 && s[len - 1] == '/' ? len - 1 : len;
}

/* The length of the mount in `path'; -1 when none of the rules fits. */
static int
mount_len(const char *path, const char *script_name, const char *base_path)
{
	const char	*slash;
	int		 len;

	if (base_path != NULL && *base_path != '\0')
		return spells(path, base_path, less_slash(base_path));
	if (script_name == NULL)
		return -1;
	len = spells(path, script_name, less_slash(script_name));
	if (len >= 0 || (slash = strrchr(script_name, '/')) == NULL)
		return len;
	/* A rewrite hides the program's own name from the client. */
	return spells(path, script_name, slash - script_name);
}

/* What a client would have written for a path that the server has decoded. */
static const char *
encode(struct arena *a, const char *decoded, size_t len)
{
	static const char	 digits[] = "0123456789ABCDEF";
	struct buf		 b;

	buf_init(&b, a, 3 * len);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)decoded[i];

		if (c > 0x20 && c < 0x7f && strchr("%?#\\\"<>", c) == NULL) {
			buf_char(&b, decoded[i]);
			continue;
		}
		buf_char(&b, '%');
		buf_char(&b, digits[c >> 4]);
		buf_char(&b, digits[c & 15]);
	}
	return buf_failed(&b) ? NULL : b.data;
}

static enum err
mount_by_path_info(struct arena *a, const char *script_name,
    const char *path_info, const char *query, const char *base_path,
    struct mounted *m)
{
	const char	*mount = script_name;
	size_t		 len;

	if (base_path != NULL && *base_path != '\0')
		mount = base_path;
	if (mount == NULL)
		return ERR_MOUNT_UNKNOWN;
	if (path_info == NULL)
		path_info = "";
	if (*path_info != '\0' && *path_info != '/')
		return ERR_MALFORMED_REQUEST;
	if (query == NULL)
		query = "";
	len = strlen(path_info);
	if (len + strlen(query) > MAX_URI)
		return ERR_URL_TOO_LONG;
	if (strchr(query, '#') != NULL)
		return ERR_BAD_PATH;
	m->path = encode(a, path_info, len);
	m->mount = encode(a, mount, less_slash(mount));
	m->query = *query != '\0' ? query : NULL;
	return m->path != NULL && m->mount != NULL ? OK : ERR_NO_MEMORY;
}

/* The path of http://host/path, which Apache hands on as it came. */
static const char *
origin_form(const char *uri)
{
	if (strncasecmp(uri, "http://", 7) == 0)
		uri += 7;
	else if (strncasecmp(uri, "https://", 8) == 0)
		uri += 8;
	else
		return uri;
	uri += strcspn(uri, "/?");
	return *uri != '\0' ? uri : "/";
}

enum err
target_mount(struct arena *a, const char *request_uri,
    const char *script_name, const char *path_info,
    const char *query_string, const char *base_path, struct mounted *m)
{
	const char	*uri;
	char		*path;
	size_t		 path_len;
	int		 len;

	if (request_uri == NULL || *request_uri == '\0')
		return mount_by_path_info(a, script_name, path_info,
		    query_string, base_path, m);
	if (strnlen(request_uri, MAX_URI + 1) > MAX_URI)
		return ERR_URL_TOO_LONG;
	if (strchr(request_uri, '#') != NULL)
		return ERR_BAD_PATH;
	uri = origin_form(request_uri);
	if (*uri != '/' && (*uri != '?' || uri == request_uri))
		return ERR_MALFORMED_REQUEST;
	path_len = strcspn(uri, "?");
	if ((path = arena_strndup(a, uri, path_len)) == NULL)
		return ERR_NO_MEMORY;
	if ((len = mount_len(path, script_name, base_path)) < 0)
		return ERR_MOUNT_UNKNOWN;
	/* nginx takes a path with line ends in it for SCRIPT_NAME, whole. */
	if (url_path_check(path, len) != OK)
		return ERR_BAD_PATH;
	if ((m->mount = arena_strndup(a, path, len)) == NULL)
		return ERR_NO_MEMORY;
	m->path = path + len;
	m->query = uri[path_len] == '?' ? uri + path_len + 1 : NULL;
	return OK;
}

/* --- the target --- */

static bool
is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	    c == '-';
}

static bool
name_ok(const char *s, size_t len)
{
	if (len == 0 || len > MAX_NAME || *s == '-' || *s == '_')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_of_name(s[i]))
			return false;
	return !(len == 4 && memcmp(s, "http", 4) == 0) &&
	    !(len == 5 && memcmp(s, "https", 5) == 0);
}

bool
target_name_ok(const char *name)
{
	return strcmp(name, "*") == 0 || name_ok(name, strlen(name));
}

static const struct {
	const char		*path;
	enum target_kind	 kind;
} fixed[] = {
	{ "/_health",		TARGET_HEALTH },
	{ "/_status",		TARGET_STATUS },
	{ "/_status.json",	TARGET_STATUS_JSON },
	{ "/_metrics",		TARGET_METRICS },
	{ "/_explain",		TARGET_EXPLAIN },
	{ "/_check",		TARGET_CHECK },
	{ "/robots.txt",	TARGET_ROBOTS },
	{ "/favicon.ico",	TARGET_FAVICON },
};

static bool
by_path(const char *path, struct target *t)
{
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (strcmp(path, fixed[i].path) == 0) {
			t->kind = fixed[i].kind;
			return true;
		}
	return false;
}

bool
target_is_reserved(const char *path)
{
	struct target	 t;

	return by_path(path, &t) && path[1] == '_';
}

static enum err
take_route(struct arena *a, const struct mounted *m, size_t name_len,
    struct target *t)
{
	t->kind = TARGET_ROUTE;
	t->from_path = true;
	t->rest = m->path + 1 + name_len;
	t->query = m->query;
	t->name = arena_strndup(a, m->path + 1, name_len);
	return t->name != NULL ? OK : ERR_NO_MEMORY;
}

static enum err
take_url(struct arena *a, const struct mounted *m, struct target *t)
{
	struct buf	 b;

	buf_init(&b, a, 2 * MAX_URI);
	buf_str(&b, m->path + 1);
	if (m->query != NULL) {
		buf_char(&b, '?');
		buf_str(&b, m->query);
	}
	t->kind = TARGET_URL;
	t->url = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

/* --- the ? forms --- */

enum param { ROUTE, PATH, URL, METHOD, PARAM__MAX };

static int
param_named(const char *s, size_t len)
{
	static const char *const names[PARAM__MAX] = {
		[ROUTE] = "route", [PATH] = "path", [URL] = "url",
		[METHOD] = "method",
	};

	for (int i = 0; i < PARAM__MAX; i++)
		if (strlen(names[i]) == len && memcmp(names[i], s, len) == 0)
			return i;
	return -1;
}

/* url_decode() says NULL for want of memory as well. */
static bool
decodable(const char *s, size_t len)
{
	for (const char *end = s + len; s < end; s++)
		if (*s == '%' && url_octet(s, end) <= 0)
			return false;
	return true;
}

static enum err
read_params(struct arena *a, const char *query, char *value[PARAM__MAX])
{
	for (const char *p = query;; p++) {
		size_t	 len = strcspn(p, "&"), name_len = strcspn(p, "=&");
		int	 i = param_named(p, name_len);

		if (i < 0 || name_len == len || value[i] != NULL)
			return ERR_BAD_QUERY;
		name_len++;
		if (!decodable(p + name_len, len - name_len))
			return ERR_BAD_QUERY;
		value[i] = url_decode(a, p + name_len, len - name_len);
		if (value[i] == NULL)
			return ERR_NO_MEMORY;
		p += len;
		if (*p == '\0')
			return OK;
	}
}

/* path=/rest, path=rest, either with ?query */
static enum err
split_path(struct arena *a, char *path, struct target *t)
{
	struct buf	 b;
	char		*mark;

	t->rest = "";
	if (path == NULL)
		return OK;
	if ((mark = strchr(path, '?')) != NULL) {
		*mark = '\0';
		t->query = mark + 1;
	}
	if (*path == '\0')
		return OK;
	buf_init(&b, a, strlen(path) + 1);
	if (*path != '/')
		buf_char(&b, '/');
	buf_str(&b, path);
	t->rest = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

static enum err
take_form(struct arena *a, const char *query, struct target *t)
{
	char		*value[PARAM__MAX] = { NULL };
	enum err	 e;

	if ((e = read_params(a, query, value)) != OK)
		return e;
	t->method = value[METHOD];
	if ((value[ROUTE] != NULL) == (value[URL] != NULL) ||
	    (value[URL] != NULL && value[PATH] != NULL))
		return ERR_BAD_QUERY;
	if (value[URL] != NULL) {
		t->kind = TARGET_URL;
		t->url = value[URL];
		return OK;
	}
	if (!name_ok(value[ROUTE], strlen(value[ROUTE])))
		return ERR_NO_ROUTE;
	t->kind = TARGET_ROUTE;
	t->name = value[ROUTE];
	return split_path(a, value[PATH], t);
}

enum err
target_read(struct arena *a, const struct mounted *m,
    bool (*is_route)(const void *arg, const char *name), const void *arg,
    struct target *t)
{
	const char	*path = m->path;
	size_t		 len = *path == '/' ? strcspn(path + 1, "/") : 0;
	bool		 named = *path == '/' && name_ok(path + 1, len);
	enum err	 e;

	*t = (struct target){ .kind = TARGET_START };
	if (by_path(path, t) && path[1] == '_')
		return OK;
	if (named && (e = take_route(a, m, len, t)) != OK)
		return e;
	if (named && is_route(arg, t->name))
		return OK;
	if (is_route(arg, "*")) {
		*t = (struct target){ .kind = TARGET_ROUTE, .name = "*",
		    .rest = path, .query = m->query };
		return OK;
	}
	if (named || t->kind != TARGET_START)
		return OK;	/* a name for the lookup to miss, robots.txt */
	if (*path == '\0' || strcmp(path, "/") == 0)
		return m->query == NULL || *m->query == '\0' ? OK :
		    take_form(a, m->query, t);
	return whole_is_url(path + 1) ? take_url(a, m, t) : ERR_NO_ROUTE;
}

enum err
target_take_flag(struct arena *a, const char **query, const char *name,
    bool *found)
{
	const char	*p = *query, *between = "";
	size_t		 len, n = strlen(name);
	struct buf	 b;

	*found = false;
	if (p == NULL)
		return OK;
	buf_init(&b, a, MAX_URI);
	for (;; p += len + 1) {
		len = strcspn(p, "&");
		if (len == n + 2 && memcmp(p, name, n) == 0 &&
		    memcmp(p + n, "=y", 2) == 0)
			*found = true;
		else {
			buf_str(&b, between);
			buf_add(&b, p, len);
			between = "&";
		}
		if (p[len] == '\0')
			break;
	}
	if (!*found)
		return OK;
	*query = b.len > 0 ? b.data : NULL;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

enum err
target_agrees(const struct target *t, const char *path_info)
{
	size_t	 len;

	if (!t->from_path || path_info == NULL || *path_info == '\0')
		return OK;
	path_info += *path_info == '/';
	len = strcspn(path_info, "/?");
	return len == strlen(t->name) && memcmp(path_info, t->name, len) == 0 ?
	    OK : ERR_AMBIGUOUS_PATH;
}

/* --- methods --- */

static const struct { const char *name; bool safe; } methods[] = {
	{ "GET", true }, { "HEAD", true }, { "POST", false },
	{ "PUT", false }, { "PATCH", false }, { "DELETE", false },
	{ "OPTIONS", true },
};

const char *
target_method(const char *text)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(text, methods[i].name) == 0)
			return methods[i].name;
	return NULL;
}

bool
target_method_is_safe(const char *method)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i].name) == 0)
			return methods[i].safe;
	return false;
}
