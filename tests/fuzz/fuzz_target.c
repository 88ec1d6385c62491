#include <string.h>
#include <strings.h>

#include "http/target.h"
#include "http/url.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"

/*
 * Which route, and what below it, a request asks for.  Lines: REQUEST_URI,
 * SCRIPT_NAME, PATH_INFO, QUERY_STRING, base_path, the route's URL, and the
 * names of the routes there are.
 */
enum { REQUEST_URI, SCRIPT_NAME, PATH_INFO, QUERY_STRING, BASE_PATH, ROUTE_URL,
    NAMES };

/* A URL as the table may hold it: every reader agrees about its parts. */
static void
url_is_sound(struct fuzz *f, const char *text, const struct url *u)
{
	const char	*origin = url_origin(&f->spare, u), *why;
	struct url	 again;

	HOLDS(oracle_printable(text));
	HOLDS(oracle_is_host(u->host));
	HOLDS(u->port >= 1 && u->port <= 65535);
	HOLDS(*u->path == '\0' || *u->path == '/');
	HOLDS(strchr(u->path, '?') == NULL);
	HOLDS(url_split(&f->spare, origin, &again, &why) == OK);
	HOLDS(url_same_origin(u, &again) && *again.path == '\0');
	oracle_curl_agrees(text, u);
}

/* --- what is joined --- */

/* Same scheme, host and port, and a path below that of the base. */
static void
stays_below(struct fuzz *f, const char *base, const char *url)
{
	size_t		 origin = oracle_origin_len(base);
	size_t		 top = strcspn(base, "?"), rest;
	const char	*why;
	struct url	 u, b;

	HOLDS(oracle_printable(url));
	HOLDS(strncmp(url, base, origin) == 0);
	HOLDS(strchr("/?", url[origin]) != NULL);	/* or the end */
	HOLDS(url_split(&f->spare, url, &u, &why) == OK);
	HOLDS(url_split(&f->spare, base, &b, &why) == OK);
	HOLDS(url_same_origin(&u, &b));
	oracle_curl_agrees(url, &b);
	if (top > origin && base[top - 1] == '/')
		top--;
	HOLDS(strncmp(url, base, top) == 0);
	rest = strcspn(url + top, "?");
	HOLDS(rest == 0 || url[top] == '/');
	oracle_never_climbs(f, url + top, rest);
	/* The base's own query is still the first. */
	if (b.query != NULL && *b.query != '\0')
		HOLDS(u.query != NULL &&
		    strncmp(u.query, b.query, strlen(b.query)) == 0 &&
		    strchr("&", u.query[strlen(b.query)]) != NULL);
}

/* --- the target --- */

static bool
is_route(const void *arg, const char *name)
{
	const char	*names = arg, *p = names;
	size_t		 len = strlen(name);

	for (; p != NULL && (p = strstr(p, name)) != NULL && len > 0; p++)
		if ((p == names || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
	return false;
}

/* Mount, path and query are what the client wrote, whole. */
static void
mount_is_whole(const char *uri, const struct mounted *m)
{
	size_t	 mount = strlen(m->mount), path = strlen(m->path);

	HOLDS(oracle_printable(m->mount) && strchr(m->mount, '?') == NULL);
	HOLDS(*m->path == '\0' || *m->path == '/');
	HOLDS(strpbrk(m->path, "?#") == NULL);
	HOLDS(m->query == NULL || strchr(m->query, '#') == NULL);
	if (uri == NULL || *uri == '\0')
		return;
	if (strncasecmp(uri, "http", 4) == 0) {
		uri += oracle_origin_len(uri);
		uri = *uri != '\0' ? uri : "/";
	}
	HOLDS(strncmp(uri, m->mount, mount) == 0);
	HOLDS(strncmp(uri + mount, m->path, path) == 0);
	uri += mount + path;
	if (m->query == NULL)
		HOLDS(*uri == '\0');
	else
		HOLDS(*uri == '?' && strcmp(uri + 1, m->query) == 0);
}

static void
target_is_sound(const struct fuzz *f, const struct mounted *m,
    const struct target *t)
{
	const char	*names = fuzz_line(f, NAMES);

	if (t->kind == TARGET_URL)
		HOLDS(t->url != NULL);
	if (t->kind != TARGET_ROUTE)
		return;
	HOLDS(target_name_ok(t->name));
	HOLDS(strcmp(t->name, "*") != 0 || is_route(names, "*"));
	HOLDS(*t->rest == '\0' || *t->rest == '/');
	if (!t->from_path)
		return;
	/* The route's own name stands first in the path, and the rest. */
	HOLDS(m->path[0] == '/');
	HOLDS(strncmp(m->path + 1, t->name, strlen(t->name)) == 0);
	HOLDS(strcmp(m->path + 1 + strlen(t->name), t->rest) == 0);
	HOLDS(target_agrees(t, m->path) == OK);
}

static void
one(struct fuzz *f)
{
	const char	*base = fuzz_line(f, ROUTE_URL), *url, *why = NULL;
	struct mounted	 m;
	struct target	 t;
	struct url	 u;
	enum err	 e;

	if (base != NULL && (e = url_split(&f->arena, base, &u, &why)) != OK) {
		HOLDS(e == ERR_NO_MEMORY || (why != NULL && *why != '\0'));
		base = NULL;
	}
	if (base != NULL)
		url_is_sound(f, base, &u);
	if (target_mount(&f->arena, fuzz_line(f, REQUEST_URI),
	    fuzz_line(f, SCRIPT_NAME), fuzz_line(f, PATH_INFO),
	    fuzz_line(f, QUERY_STRING), fuzz_line(f, BASE_PATH), &m) != OK)
		return;
	mount_is_whole(fuzz_line(f, REQUEST_URI), &m);
	if (target_read(&f->arena, &m, is_route, fuzz_line(f, NAMES), &t) !=
	    OK)
		return;
	target_is_sound(f, &m, &t);
	if (t.kind == TARGET_ROUTE && base != NULL &&
	    url_join(&f->arena, base, t.rest, t.query, &url) == OK)
		stays_below(f, base, url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
