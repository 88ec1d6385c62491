#include <string.h>

#include "http/redirect.h"
#include "http/target.h"
#include "http/url.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"

/*
 * Where a target's 3xx leads.  Lines: the URL that answered, its Location, the
 * route's URL, the mount, the route's name, and a mode: s(ame-site), f(ollow)
 * or p(ass).
 */
enum { FROM, LOCATION, ROUTE_URL, MOUNT, NAME, MODE };

/* --- followed ----------------------------------------------------------- */

static enum redirect_place
place(const void *arg, const struct url *to)
{
	static const char *const known[] = {
		[REDIRECT_BARRED] = "barred.example",
		[REDIRECT_ALIKE] = "alike.example",
		[REDIRECT_NAMED] = "listed.example",
		[REDIRECT_STATED] = "stated.example",
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] != NULL && strcmp(to->host, known[i]) == 0)
			return (enum redirect_place)i;
	return REDIRECT_UNKNOWN;
}

static bool
same_site(const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	return (strncmp(a, "www.", 4) == 0 && strcmp(a + 4, b) == 0) ||
	    (strncmp(b, "www.", 4) == 0 && strcmp(b + 4, a) == 0);
}

static void
hop_is_right(struct fuzz *f, enum redirect_mode mode, const struct url *from,
    const struct redirect *r)
{
	const char	*why;
	struct url	 to;
	enum redirect_place known;
	bool		 near;

	HOLDS(mode != REDIRECT_PASS);
	HOLDS(url_split(&f->spare, r->url, &to, &why) == OK);
	HOLDS(oracle_printable(r->url) && oracle_is_host(to.host));
	oracle_curl_agrees(r->url, &to);
	oracle_never_climbs(f, to.path, strlen(to.path));
	HOLDS(to.https || !from->https);
	known = place(NULL, &to);
	HOLDS(known != REDIRECT_BARRED);
	HOLDS(to.port == from->port || to.port == (to.https ? 443 : 80) ||
	    known == REDIRECT_STATED);
	near = same_site(from->host, to.host) || known == REDIRECT_NAMED ||
	    known == REDIRECT_STATED;
	HOLDS(near || known == REDIRECT_ALIKE || mode == REDIRECT_FOLLOW);
	HOLDS(near == !r->stranger);
	HOLDS(r->leaves_origin == (strcmp(from->host, to.host) != 0 ||
	    from->port != to.port || from->https != to.https));
	HOLDS(r->other_host == (strcmp(from->host, to.host) != 0));
}

static void
follow(struct fuzz *f, const struct url *from)
{
	const char		*letter = fuzz_line(f, MODE);
	enum redirect_mode	 mode = REDIRECT_SAME_SITE;
	struct redirect		 r;

	if (letter != NULL && *letter == 'f')
		mode = REDIRECT_FOLLOW;
	else if (letter != NULL && *letter == 'p')
		mode = REDIRECT_PASS;
	if (redirect_judge(&f->arena, mode, 1, "GET", from,
	    fuzz_line(f, LOCATION), place, NULL, &r) == OK && r.follow)
		hop_is_right(f, mode, from, &r);
	if (redirect_judge(&f->arena, mode, 0, "GET", from,
	    fuzz_line(f, LOCATION), place, NULL, &r) == OK)
		HOLDS(!r.follow);
	if (redirect_judge(&f->arena, mode, 1, "POST", from,
	    fuzz_line(f, LOCATION), place, NULL, &r) == OK)
		HOLDS(!r.follow);
}

/* --- passed on ---------------------------------------------------------- */

static bool
has_member(const char *list, const char *member, size_t len)
{
	size_t	 n;

	for (; list != NULL; list = list[n] != '\0' ? list + n + 1 : NULL) {
		n = strcspn(list, "&#");
		if (n == len && memcmp(list, member, len) == 0)
			return true;
		if (list[n] == '#')
			return false;
	}
	return false;
}

/* What the route's URL asks for of its own, a key often, is not seen. */
static void
query_is_hidden(const char *location, const char *secret)
{
	const char	*query = strchr(location, '?');
	size_t		 len;

	for (; secret != NULL && query != NULL;
	    secret = secret[len] != '\0' ? secret + len + 1 : NULL) {
		len = strcspn(secret, "&");
		if (len > 0)
			HOLDS(!has_member(query + 1, secret, len));
	}
}

/* The path of a mount without a name is "/" for want of a shorter one. */
static bool
same_path(const char *a, const char *b, bool only_slash)
{
	size_t	 n = strlen(a), m = strlen(b);

	if (only_slash || n == 0 || m == 0) {
		n -= n > 0 && a[n - 1] == '/';
		m -= m > 0 && b[m - 1] == '/';
	}
	return n == m && memcmp(a, b, n) == 0;
}

/* A path of this host, of this route: what is left of it. */
static char *
rest_of(struct fuzz *f, const char *own, const struct redirect_route *rt)
{
	char	*path;

	HOLDS(own[1] != '/' && own[1] != '\\');
	HOLDS(strncmp(own, rt->mount, strlen(rt->mount)) == 0);
	own += strlen(rt->mount);
	if (strcmp(rt->name, "*") != 0) {
		HOLDS(own[0] == '/');
		HOLDS(strncmp(own + 1, rt->name, strlen(rt->name)) == 0);
		own += 1 + strlen(rt->name);
	}
	path = arena_strndup(&f->spare, own, strcspn(own, "?#"));
	oracle_never_climbs(f, path, strlen(path));
	return path;
}

/* And it asks for what was meant. */
static void
is_below_route(struct fuzz *f, const char *own,
    const struct redirect_route *rt, const struct url *meant)
{
	char		*path = rest_of(f, own, rt);
	const char	*url, *why;
	struct url	 u;

	HOLDS(url_join(&f->spare, rt->base, path, NULL, &url) == OK);
	HOLDS(url_split(&f->spare, url, &u, &why) == OK);
	HOLDS(url_same_origin(&u, meant));
	HOLDS(same_path(u.path, meant->path, strcmp(path, "/") == 0));
}

/* A target that knows of this host may name it; and leads nowhere else for
 * that. */
static void
pages(struct fuzz *f, const struct url *from, struct redirect_route rt,
    const struct url *top, const struct url *meant)
{
	const char	*to;

	rt.pages = true;
	rt.host = "gate.example";
	to = redirect_location(&f->arena, from, fuzz_line(f, LOCATION), &rt);
	if (to == NULL || *to != '/')
		return;
	rest_of(f, to, &rt);
	HOLDS(url_same_origin(meant, top) ||
	    strcmp(meant->host, rt.host) == 0);
}

/* An address of this host is the route's own, or nothing to its target. */
static void
back(struct fuzz *f, const struct url *here, const struct redirect_route *rt,
    const struct url *top)
{
	size_t		 len = strcspn(rt->base, "?");
	const char	*there, *why;
	struct url	 u;
	enum err	 e;

	e = redirect_back(&f->arena, here, rt, &there);
	HOLDS(e == OK || e == ERR_NO_MEMORY);
	if (e != OK || there == NULL)
		return;
	HOLDS(strncmp(here->path, rt->mount, strlen(rt->mount)) == 0);
	HOLDS(url_split(&f->spare, there, &u, &why) == OK);
	HOLDS(url_same_origin(&u, top));
	len -= rt->base[len - 1] == '/';
	HOLDS(strncmp(there, rt->base, len) == 0);
	oracle_never_climbs(f, there + len, strcspn(there + len, "?"));
}

static void
pass(struct fuzz *f, const struct url *from, const char *base,
    const struct url *top)
{
	const char		*location = fuzz_line(f, LOCATION), *why;
	const char		*mount = fuzz_line(f, MOUNT);
	const char		*name = fuzz_line(f, NAME), *to, *meant;
	struct redirect_route	 rt = { .base = base };
	char			*plain;
	struct url		 url;

	if (mount == NULL || !oracle_printable(mount) || strchr(mount, '?'))
		mount = "";
	if (name == NULL || !target_name_ok(name) ||
	    (*mount != '\0' && *mount != '/'))
		return;
	rt.mount = mount;
	rt.name = name;
	back(f, from, &rt, top);
	to = redirect_location(&f->arena, from, location, &rt);
	if (to == NULL)
		return;
	plain = arena_strndup(&f->spare, to, strcspn(to, "#"));
	HOLDS(oracle_printable(plain));
	if (to[strlen(plain)] == '#')
		HOLDS(oracle_printable(to + strlen(plain) + 1));
	query_is_hidden(to, top->query);
	meant = oracle_meant(f, from, location);
	HOLDS(meant != NULL);
	HOLDS(url_split(&f->spare, meant, &url, &why) == OK);
	if (*plain == '/')
		is_below_route(f, plain, &rt, &url);
	else
		HOLDS(strcmp(plain, meant) == 0);
	pages(f, from, rt, top, &url);
}

static void
one(struct fuzz *f)
{
	const char	*base = fuzz_line(f, ROUTE_URL), *why;
	struct url	 from, top;

	if (fuzz_line(f, FROM) == NULL || fuzz_line(f, LOCATION) == NULL ||
	    url_split(&f->arena, fuzz_line(f, FROM), &from, &why) != OK)
		return;
	follow(f, &from);
	if (base != NULL && url_split(&f->arena, base, &top, &why) == OK)
		pass(f, &from, base, &top);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
