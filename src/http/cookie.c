#include "http/cookie.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/date.h"
#include "http/fields.h"
#include "http/fields_value.h"
#include "http/url.h"

#define PREFIX "__Secure-vd."

/* Begins the names of cookies that are this gateway's own to give: those of
 * named routes, and the operator's. */
static const char *const reserved[] = { "__Secure-vd", "__Host-vd",
    "vd_operator", NULL };

struct text { const char *s; size_t len; };

/* What a target says of its cookie, as far as it has a meaning here. */
struct set_cookie {
	struct text	 name, value;
	struct text	 path;		/* NULL: none, or not absolute */
	bool		 secure, http_only, partitioned, domain;
	bool		 expires, max_age;	/* where max_age wins */
	int64_t		 age_s;
	const char	*same_site;	/* static; NULL: not said */
};

static struct text
trim(const char *s, size_t len)
{
	while (len > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		len--;
	}
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	return (struct text){ s, len };
}

static bool
is(struct text t, const char *word)
{
	return t.len == strlen(word) && strncasecmp(t.s, word, t.len) == 0;
}

static bool
begins(struct text t, const char *prefix)
{
	size_t	 len = strlen(prefix);

	return t.len >= len && strncasecmp(t.s, prefix, len) == 0;
}

static bool
is_star(const char *route)
{
	return strcmp(route, "*") == 0;
}

/*
 * Anywhere, not only where a name begins: servers join lines with commas, and
 * readers differ over where a value ends.
 */
static bool
shows_reserved(struct text t)
{
	for (; t.len > 0; t.s++, t.len--)
		for (size_t i = 0; reserved[i] != NULL; i++)
			if (begins(t, reserved[i]))
				return true;
	return false;
}

/* RFC 6265 4.1.1: no blank, quote, comma, semicolon or backslash, but for
 * quotes around the whole. */
static bool
strict_value(struct text v)
{
	if (v.len >= 2 && v.s[0] == '"' && v.s[v.len - 1] == '"')
		v = (struct text){ v.s + 1, v.len - 2 };
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.s[i];

		if (c < 0x21 || c > 0x7e || strchr("\",;\\", c) != NULL)
			return false;
	}
	return true;
}

static bool
name_ok(struct text name)
{
	return name.len <= COOKIE_MAX_NAME && field_is_token(name.s, name.len);
}

/* A name that browsers take as well (RFC 6265bis 5.6): a[b]. */
static bool
loose_name(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.s[i] <= ' ' || strchr(",;=\"", name.s[i]) != NULL)
			return false;
	return name.len > 0;
}

static bool
sound(const char *route, struct text name, struct text value)
{
	struct text	 whole = { name.s, value.s + value.len - name.s };

	return is_star(route) ? loose_name(name) && !shows_reserved(whole) :
	    name_ok(name) && strict_value(value);
}

/* NAME=VALUE of a pair without blanks at its ends. */
static bool
split(struct text pair, struct text *name, struct text *value)
{
	const char	*eq = memchr(pair.s, '=', pair.len);

	if (eq == NULL)
		return false;
	*name = trim(pair.s, eq - pair.s);
	*value = trim(eq + 1, pair.s + pair.len - eq - 1);
	return true;
}

/* --- to the client --- */

/* 1*DIGIT with or without "-"; what is beyond the cap is the cap. */
static bool
seconds(struct text t, int64_t *age_s)
{
	bool	 minus = t.len > 0 && t.s[0] == '-';

	*age_s = 0;
	if (t.len == minus)
		return false;
	for (size_t i = minus; i < t.len; i++) {
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
		if (*age_s < COOKIE_MAX_AGE_S)
			*age_s = *age_s * 10 + (t.s[i] - '0');
	}
	if (minus)
		*age_s = 0;
	return true;
}

static const char *
same_site(struct text value)
{
	static const char *const words[] = { "Lax", "Strict", "None", NULL };

	for (size_t i = 0; words[i] != NULL; i++)
		if (is(value, words[i]))
			return words[i];
	return NULL;
}

/* Of an attribute given twice the last counts (RFC 6265 5.3). */
static void
attribute(struct set_cookie *c, struct text pair, int64_t now_s)
{
	struct text	 name = pair, value = { "", 0 };
	int64_t		 at;

	split(pair, &name, &value);
	if (is(name, "path"))
		c->path = value.len > 0 && value.s[0] == '/' ? value :
		    (struct text){ NULL, 0 };
	else if (is(name, "domain"))
		c->domain = c->domain || value.len > 0;
	else if (is(name, "secure"))
		c->secure = true;
	else if (is(name, "httponly"))
		c->http_only = true;
	else if (is(name, "partitioned"))
		c->partitioned = true;
	else if (is(name, "samesite"))
		c->same_site = same_site(value);
	else if (is(name, "max-age") && seconds(value, &at)) {
		c->max_age = true;
		c->age_s = at;
	} else if (is(name, "expires") && !c->max_age &&
	    date_read(value.s, value.len, &at)) {
		c->expires = true;
		c->age_s = at - now_s;
	}
}

static bool
parse(const char *line, int64_t now_s, struct set_cookie *c)
{
	size_t	 n = strcspn(line, ";");

	memset(c, 0, sizeof(*c));
	if (!split(trim(line, n), &c->name, &c->value))
		return false;
	for (line += n; *line == ';'; line += n) {
		n = strcspn(++line, ";");
		attribute(c, trim(line, n), now_s);
	}
	return true;
}

/* What the prefix of a name promises, a browser would have demanded. */
static bool
promise_kept(const struct set_cookie *c)
{
	if (begins(c->name, "__Secure-"))
		return c->secure;
	if (begins(c->name, "__Host-"))
		return c->secure && !c->domain && c->path.len == 1;
	return true;
}

/* The directory of the path that answered (RFC 6265 5.1.4). */
static struct text
default_path(const char *from)
{
	const char	*slash = strrchr(from, '/');

	return slash == NULL || slash == from ? (struct text){ "/", 1 } :
	    (struct text){ from, slash - from };
}

/* Cut `head' off the path, which must go on with "/" or end there. */
static bool
cut(struct text *path, const char *head)
{
	size_t	 len = strlen(head);

	len -= len > 0 && head[len - 1] == '/';
	if (path->len < len || memcmp(path->s, head, len) != 0 ||
	    (path->len > len && path->s[len] != '/'))
		return false;
	path->s += len;
	path->len -= len;
	return true;
}

static bool
cut_own(const struct cookie_place *at, struct text *path)
{
	struct text	 t = *path;

	if ((at->mount[0] == '\0' && is_star(at->route)) ||
	    !cut(&t, at->mount))
		return false;
	if (!is_star(at->route)) {
		if (t.len == 0)
			return false;
		t = (struct text){ t.s + 1, t.len - 1 };
		if (!cut(&t, at->route))
			return false;
	}
	*path = t;
	return true;
}

/*
 * What of the target's path is left below its URL, which is what stands behind
 * the route's path here; "" where it lies elsewhere.  A target may also know
 * its address here, and write that.
 */
static struct text
below(const struct cookie_place *at, struct text path)
{
	bool	 whole = at->base[0] == '\0' || strcmp(at->base, "/") == 0;

	if (path.s == NULL)
		path = default_path(at->from);
	if (url_path_check(path.s, path.len) == OK &&
	    memchr(path.s, ';', path.len) == NULL &&
	    ((!whole && cut(&path, at->base)) || cut_own(at, &path) || whole))
		return path;
	return (struct text){ "", 0 };
}

/* A named route's path ends in "/", so that it fits no other that begins
 * alike. */
static void
add_path(struct buf *b, const struct cookie_place *at, struct text rest)
{
	buf_str(b, "; Path=");
	buf_str(b, at->mount);
	if (!is_star(at->route)) {
		buf_char(b, '/');
		buf_str(b, at->route);
	}
	buf_add(b, rest.s, rest.len);
	if (rest.len == 0 ||
	    (rest.s[rest.len - 1] != '/' && !is_star(at->route)))
		buf_char(b, '/');
}

/* May the route's path stand in a cookie?  If not with `rest', then it is left
 * off. */
static bool
path_fits(const struct cookie_place *at, struct text *rest)
{
	size_t	 len = strlen(at->mount) + strlen(at->route) + 2;

	if (len + rest->len > COOKIE_MAX_PATH)
		rest->len = 0;
	return len <= COOKIE_MAX_PATH && strchr(at->mount, ';') == NULL;
}

static void
add_age(struct buf *b, const struct set_cookie *c)
{
	int64_t	 age_s = c->age_s;

	if (!c->max_age && !c->expires)
		return;
	if (age_s > COOKIE_MAX_AGE_S)
		age_s = COOKIE_MAX_AGE_S;
	buf_fmt(b, "; Max-Age=%lld", (long long)(age_s > 0 ? age_s : 0));
}

static void
add_attributes(struct buf *b, const struct cookie_place *at,
    const struct set_cookie *c)
{
	if (!is_star(at->route)) {
		buf_str(b, at->cross_site ?
		    "; Secure; HttpOnly; SameSite=None; Partitioned" :
		    "; Secure; HttpOnly; SameSite=Lax");
		return;
	}
	if (c->secure)
		buf_str(b, "; Secure");
	if (c->http_only)
		buf_str(b, "; HttpOnly");
	if (c->same_site != NULL)
		buf_fmt(b, "; SameSite=%s", c->same_site);
	if (c->partitioned)
		buf_str(b, "; Partitioned");
}

enum err
cookie_to_client(struct arena *a, const struct cookie_place *at,
    const char *line, const char **out)
{
	struct set_cookie	 c;
	struct text		 rest;
	struct buf		 b;

	*out = NULL;
	if (strnlen(line, COOKIE_MAX_BYTES + 1) > COOKIE_MAX_BYTES ||
	    !parse(line, at->now_s, &c) ||
	    !sound(at->route, c.name, c.value) || !promise_kept(&c))
		return OK;
	rest = below(at, c.path);
	if (!path_fits(at, &rest))
		return OK;
	buf_init(&b, a, FIELD_MAX_VALUE);
	if (!is_star(at->route))
		buf_fmt(&b, PREFIX "%s.", at->route);
	buf_add(&b, c.name.s, c.name.len);
	buf_char(&b, '=');
	buf_add(&b, c.value.s, c.value.len);
	add_path(&b, at, rest);
	add_attributes(&b, at, &c);
	add_age(&b, &c);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	*out = b.data;
	return OK;
}

/* --- to the target --- */

/* Does another NAME= follow a comma and a blank? */
static bool
begins_pair(const char *s)
{
	size_t	 len;

	if (*s != ' ' && *s != '\t')
		return false;
	s += strspn(s, " \t");
	len = value_token_len(s);
	return len > 0 && s[len] == '=';
}

/* The next pair; false at the end.  Repeated fields come joined by "; " or,
 * from Apache, by ", ". */
static bool
next_pair(const char **p, struct text *pair)
{
	size_t	 n = 0;

	*p += strspn(*p, " \t;,");
	while ((*p)[n] != '\0' && (*p)[n] != ';' &&
	    ((*p)[n] != ',' || !begins_pair(*p + n + 1)))
		n++;
	*pair = trim(*p, n);
	*p += n;
	return n > 0;
}

/* Cut the route's prefix off; false for the cookie of another. */
static bool
own_name(const char *route, struct text *name)
{
	size_t	 prefix = strlen(PREFIX), len = strlen(route);

	if (is_star(route))
		return true;
	if (name->len <= prefix + len ||
	    memcmp(name->s, PREFIX, prefix) != 0 ||
	    memcmp(name->s + prefix, route, len) != 0 ||
	    name->s[prefix + len] != '.')
		return false;
	name->s += prefix + len + 1;
	name->len -= prefix + len + 1;
	return true;
}

enum err
cookie_to_target(struct arena *a, const char *route, const char *cookie,
    const char **out)
{
	struct text	 pair, name, value;
	struct buf	 b;
	int		 sent = 0;

	*out = NULL;
	buf_init(&b, a, 2 * strlen(cookie));
	while (sent < COOKIES_MAX_SENT && next_pair(&cookie, &pair)) {
		if (!split(pair, &name, &value) || !own_name(route, &name) ||
		    !sound(route, name, value))
			continue;
		if (sent++ > 0)
			buf_str(&b, "; ");
		buf_add(&b, name.s, name.len);
		buf_char(&b, '=');
		buf_add(&b, value.s, value.len);
	}
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	if (b.len > 0)
		*out = b.data;
	return OK;
}
