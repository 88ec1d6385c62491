#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "http/cookie.h"
#include "http/fields.h"
#include "http/target.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"

/*
 * What becomes of cookies.  Lines: a route and another; the mount; the path of
 * the URL; the path that answered; "x" for pages of other sites; the client's
 * Cookie; and the target's Set-Cookie lines.
 */
enum { ROUTES, MOUNT, BASE, FROM, CROSS_SITE, COOKIE, SET_COOKIE };

static const int64_t	 now_s = 1700000000;

/* --- as a browser reads a Set-Cookie (RFC 6265bis 5.6) ------------------ */

struct browser {
	char	*name, *value;
	char	*path, *same_site;	/* NULL: not given */
	char	*max_age;
	bool	 secure, http_only, partitioned, domain, expires;
};

/* Less the blanks at its ends. */
static char *
trim(char *s)
{
	size_t	 len;

	s += strspn(s, " \t");
	for (len = strlen(s); len > 0 && strchr(" \t", s[len - 1]); len--)
		s[len - 1] = '\0';
	return s;
}

/* Up to the mark, which is overwritten; *s goes on behind it, or is NULL. */
static char *
take(char **s, char mark)
{
	char	*piece = *s, *end = strchr(piece, mark);

	if (end != NULL)
		*end++ = '\0';
	*s = end;
	return trim(piece);
}

static void
attribute(struct browser *b, char *text)
{
	char	*name = take(&text, '='), *value = text;

	if (value != NULL)
		value = trim(value);
	if (strcasecmp(name, "path") == 0)
		b->path = value;
	else if (strcasecmp(name, "samesite") == 0)
		b->same_site = value;
	else if (strcasecmp(name, "max-age") == 0)
		b->max_age = value;
	b->secure |= strcasecmp(name, "secure") == 0;
	b->http_only |= strcasecmp(name, "httponly") == 0;
	b->partitioned |= strcasecmp(name, "partitioned") == 0;
	b->domain |= strcasecmp(name, "domain") == 0;
	b->expires |= strcasecmp(name, "expires") == 0;
}

static struct browser
read_line(struct fuzz *f, const char *line)
{
	struct browser	 b = { 0 };
	char		*text = arena_strdup(&f->spare, line), *pair;

	pair = take(&text, ';');
	HOLDS(strchr(pair, '=') != NULL);
	b.name = take(&pair, '=');
	b.value = trim(pair);
	while (text != NULL)
		attribute(&b, take(&text, ';'));
	return b;
}

/* --- down --------------------------------------------------------------- */

static bool
shows(const char *text, const char *word)
{
	for (; *text != '\0'; text++)
		if (strncasecmp(text, word, strlen(word)) == 0)
			return true;
	return false;
}

/* Could it be taken for a cookie of another route, or of the gateway? */
static bool
is_reserved(const char *text)
{
	return shows(text, "__Secure-vd") || shows(text, "__Host-vd") ||
	    shows(text, "vd_operator");
}

static const char *
join(struct fuzz *f, const char *a, const char *b, const char *c)
{
	struct buf	 all;

	buf_init(&all, &f->spare, 1 << 16);
	buf_fmt(&all, "%s%s%s", a, b, c);
	HOLDS(!buf_failed(&all));
	return all.data;
}

static const char *
prefix_of(struct fuzz *f, const char *route)
{
	return join(f, "__Secure-vd.", route, ".");
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Below the mount, and below the route, in every spelling. */
static void
path_is_own(struct fuzz *f, const struct cookie_place *at, const char *path)
{
	const char	*rest = path;

	HOLDS(path != NULL && begins(path, at->mount));
	rest += strlen(at->mount);
	HOLDS(*rest == '/');
	if (strcmp(at->route, "*") != 0) {
		HOLDS(begins(rest + 1, at->route));
		rest += 1 + strlen(at->route);
		HOLDS(*rest == '/' && rest[strlen(rest) - 1] == '/');
	}
	HOLDS(oracle_printable(path));
	oracle_never_climbs(f, rest, strlen(rest));
}

/* What holds of every route's cookie. */
static void
is_kept_here(struct fuzz *f, const struct cookie_place *at,
    const struct browser *b)
{
	HOLDS(*b->name != '\0' && !b->domain && !b->expires);
	path_is_own(f, at, b->path);
	if (b->max_age != NULL) {
		HOLDS(strspn(b->max_age, "0123456789") == strlen(b->max_age));
		HOLDS(*b->max_age != '\0' && atol(b->max_age) <= 34560000);
	}
}

static void
is_isolated(struct fuzz *f, const struct cookie_place *at,
    const struct browser *b)
{
	const char	*prefix = prefix_of(f, at->route);

	HOLDS(begins(b->name, prefix));
	HOLDS(field_is_token(b->name, strlen(b->name)));
	HOLDS(strpbrk(b->value, " \t,;\\") == NULL);
	HOLDS(b->secure && b->http_only && b->same_site != NULL);
	HOLDS(b->partitioned == at->cross_site);
	HOLDS(strcmp(b->same_site, at->cross_site ? "None" : "Lax") == 0);
}

/* A browser sends it back: its own target gets it, no other does. */
static void
comes_back(struct fuzz *f, const struct cookie_place *at, const char *other,
    const struct browser *b)
{
	size_t		 cut = strcmp(at->route, "*") == 0 ? 0 :
			    strlen(prefix_of(f, at->route));
	const char	*pair = join(f, b->name, "=", b->value), *got;

	HOLDS(cookie_to_target(&f->spare, at->route, pair, &got) == OK);
	/* A comma may also be one by which a server joins fields. */
	if (strchr(pair, ',') == NULL)
		HOLDS(got != NULL && strcmp(got, pair + cut) == 0);
	if (strcmp(at->route, "*") != 0) {
		HOLDS(cookie_to_target(&f->spare, "*", pair, &got) == OK);
		HOLDS(got == NULL);
	}
	if (strcmp(at->route, other) != 0 && strcmp(other, "*") != 0) {
		HOLDS(cookie_to_target(&f->spare, other, pair, &got) == OK);
		HOLDS(got == NULL);
	}
}

static void
down(struct fuzz *f, const struct cookie_place *at, const char *other,
    const char *line)
{
	const char	*out;
	struct browser	 b;

	if (line == NULL || !field_ok("Set-Cookie", line) ||
	    cookie_to_client(&f->arena, at, line, &out) != OK || out == NULL)
		return;
	HOLDS(field_ok("Set-Cookie", out));
	b = read_line(f, out);
	is_kept_here(f, at, &b);
	if (strcmp(at->route, "*") != 0)
		is_isolated(f, at, &b);
	else
		HOLDS(!is_reserved(b.name) && !is_reserved(b.value));
	comes_back(f, at, other, &b);
}

/* --- up ----------------------------------------------------------------- */

/* Does the client's field hold this text where a pair may begin? */
static bool
has_pair(const char *cookie, const char *pair)
{
	for (const char *p = cookie; (p = strstr(p, pair)) != NULL; p++)
		if (p == cookie || strchr(" \t;,", p[-1]) != NULL)
			return true;
	return false;
}

/* Every pair is the route's own, and was sent. */
static void
pair_is_own(struct fuzz *f, const char *route, const char *cookie,
    const char *pair)
{
	char	*name;

	HOLDS(strchr(pair, '=') != NULL);
	name = arena_strndup(&f->spare, pair, strcspn(pair, "="));
	HOLDS(strlen(name) <= COOKIE_MAX_NAME);
	HOLDS(field_is_token(name, strlen(name)));
	HOLDS(has_pair(cookie, join(f, prefix_of(f, route), name, "")));
	HOLDS(strstr(cookie, pair + strlen(name) + 1) != NULL);
}

static void
up(struct fuzz *f, const char *route, const char *cookie)
{
	const char	*out;
	char		*text, *pair;
	size_t		 n = 0;

	if (cookie == NULL || !field_ok("Cookie", cookie) ||
	    cookie_to_target(&f->arena, route, cookie, &out) != OK ||
	    out == NULL)
		return;
	HOLDS(field_ok("Cookie", out));
	if (strcmp(route, "*") == 0) {
		HOLDS(!is_reserved(out));
		return;
	}
	for (text = arena_strdup(&f->spare, out); text != NULL; n++) {
		pair = take(&text, ';');
		pair_is_own(f, route, cookie, pair);
	}
	HOLDS(n <= COOKIES_MAX_SENT);
}

/* --- */

static bool
is_path(const char *s)
{
	return s != NULL && (*s == '\0' || *s == '/') &&
	    oracle_printable(s) && strchr(s, '?') == NULL;
}

static void
one(struct fuzz *f)
{
	const char		*cross = fuzz_line(f, CROSS_SITE);
	const char		*routes[2] = { "api", "b" };
	struct cookie_place	 at = { .now_s = now_s };

	fuzz_words(f, fuzz_line(f, ROUTES), routes, 2);
	at.route = routes[0];
	at.mount = fuzz_line(f, MOUNT);
	at.base = fuzz_line(f, BASE);
	at.from = fuzz_line(f, FROM);
	at.cross_site = cross != NULL && *cross == 'x';
	if (!target_name_ok(routes[0]) || !target_name_ok(routes[1]) ||
	    !is_path(at.mount) || !is_path(at.base) || !is_path(at.from))
		return;
	up(f, at.route, fuzz_line(f, COOKIE));
	for (size_t i = SET_COOKIE; i < f->n_lines; i++)
		down(f, &at, routes[1], fuzz_line(f, i));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
