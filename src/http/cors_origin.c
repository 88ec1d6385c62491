#include "http/cors_origin.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/ip.h"
#include "http/url.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"

enum { MAX_ORIGIN = 255, MAX_LABEL = 63 };

struct parts {
	const char	*host;
	size_t		 scheme_len, host_len;
	int		 port;		/* 0: none written */
};

/* Labels of the bytes in `set', 1 to 63 long, joined by single dots. */
static bool
labels(const char *s, size_t len, const char *set, size_t *count)
{
	const char	*end = s + len;

	for (*count = 1;; s++, ++*count) {
		size_t n = strspn(s, set);

		if (n > (size_t)(end - s))
			n = end - s;
		if (n == 0 || n > MAX_LABEL)
			return false;
		s += n;
		if (s == end)
			return true;
		if (*s != '.')
			return false;
	}
}

/* Find the parts of scheme://host[:port]; the host is not judged. */
static bool
split(const char *text, struct parts *p)
{
	const char	*end;

	p->scheme_len = strspn(text, LOWER DIGIT "+.-");
	if (p->scheme_len == 0 || !strchr(LOWER, text[0]) ||
	    strncmp(text + p->scheme_len, "://", 3) != 0)
		return false;
	p->host = end = text + p->scheme_len + 3;
	if (*end == '[')
		end += strcspn(end, "]");
	end += strcspn(end, ":");
	p->host_len = end - p->host;
	p->port = 0;
	return *end == '\0' || url_port_read(end + 1, strlen(end + 1),
	    &p->port);
}

bool
cors_origin_well_formed(const char *origin)
{
	struct parts	 p;

	if (strnlen(origin, MAX_ORIGIN + 1) > MAX_ORIGIN ||
	    !split(origin, &p))
		return false;
	/* Browsers keep the dot that ends a fully qualified name. */
	if (p.host_len > 1 && p.host[p.host_len - 1] == '.')
		p.host_len--;
	return url_host_ok(p.host, p.host_len);
}

static bool
matches_subdomain(const char *pattern, const char *origin)
{
	const char	*star = strchr(pattern, '*');
	size_t		 head = star - pattern, tail = strlen(star + 1);
	size_t		 len = strlen(origin), count;

	return len > head + tail && memcmp(origin, pattern, head) == 0 &&
	    memcmp(origin + len - tail, star + 1, tail) == 0 &&
	    labels(origin + head, len - head - tail, LOWER DIGIT "-", &count);
}

static bool
matches_any_port(const char *pattern, const char *origin)
{
	size_t	 head = strlen(pattern) - 2;	/* less ":*" */

	return strncmp(origin, pattern, head) == 0 &&
	    (origin[head] == '\0' || origin[head] == ':');
}

bool
cors_origin_matches(const struct cors_origin *o, const char *origin)
{
	switch (o->kind) {
	case CORS_EXACT:
		return strcmp(o->text, origin) == 0;
	case CORS_SUBDOMAINS:
		return matches_subdomain(o->text, origin);
	case CORS_ANY_PORT:
		return matches_any_port(o->text, origin);
	}
	return false;
}

/* --- reading an entry --- */

static enum err
fault(const char **why, const char *sentence)
{
	*why = sentence;
	return ERR_CONFIGURATION;
}

static bool
is_default(const char *text, const struct parts *p)
{
	return (p->port == 443 && strncmp(text, "https:", 6) == 0) ||
	    (p->port == 80 && strncmp(text, "http:", 5) == 0);
}

/* Groups of the longest run of zeros, two at least: [*from, *to). */
static void
longest_zeros(const unsigned *group, int *from, int *to)
{
	*from = *to = 8;
	for (int i = 0; i < 8; i++) {
		int end = i;

		while (end < 8 && group[end] == 0)
			end++;
		if (end - i >= 2 && end - i > *to - *from) {
			*from = i;
			*to = end;
		}
	}
}

/* An IPv6 address as browsers write it (the URL standard's serialiser). */
static bool
is_shortest_ipv6(struct arena *a, const char *bracketed, size_t len)
{
	struct sockaddr_storage	 sa;
	socklen_t		 sa_len;
	unsigned		 group[8];
	unsigned char		*byte;
	char			*text;
	struct buf		 b;
	int			 from, to;

	buf_init(&b, a, 64);
	text = arena_strndup(a, bracketed + 1, len - 2);
	if (text == NULL || !ip_literal(text, 1, &sa, &sa_len))
		return false;
	byte = ((struct sockaddr_in6 *)(void *)&sa)->sin6_addr.s6_addr;
	for (int i = 0; i < 8; i++)
		group[i] = byte[2 * i] * 256u + byte[2 * i + 1];
	longest_zeros(group, &from, &to);
	for (int i = 0; i < 8; i++) {
		if (i == from) {
			buf_str(&b, "::");
			i = to - 1;
			continue;
		}
		if (b.len > 0 && i != to)
			buf_char(&b, ':');
		buf_fmt(&b, "%x", group[i]);
	}
	return !buf_failed(&b) && strcmp(b.data, text) == 0;
}

static enum err
judge_host(struct arena *a, const struct parts *p, const char **why)
{
	if (!url_host_ok(p->host, p->host_len))
		return fault(why, "the host must be a name of labels joined "
		    "by single dots, four decimal numbers, or an IPv6 address "
		    "in brackets");
	if (p->host[0] == '[' && !is_shortest_ipv6(a, p->host, p->host_len))
		return fault(why, "browsers send an IPv6 address in its "
		    "shortest form: write it so");
	return OK;
}

static enum err
judge_pattern(const char *text, const struct parts *p, const char **why)
{
	size_t	 count;

	if (strncmp(text, "http://", 7) != 0 &&
	    strncmp(text, "https://", 8) != 0)
		return fault(why, "a pattern begins with http:// or https://");
	if (strncmp(p->host, "*.", 2) != 0 ||
	    memchr(p->host + 1, '*', p->host_len - 1) != NULL)
		return fault(why, "a * stands only for the first labels, as "
		    "in https://*.example.org, or for the port of "
		    "http://localhost and http://127.0.0.1");
	if (!labels(p->host + 2, p->host_len - 2, LOWER DIGIT "-_", &count) ||
	    count < 2 || !url_host_ok(p->host + 2, p->host_len - 2) ||
	    strspn(p->host + 2, DIGIT ".") == p->host_len - 2)
		return fault(why, "after *. must come a name of at least two "
		    "labels, as in https://*.example.org");
	return OK;
}

static char *
lower(struct arena *a, const char *text)
{
	char	*copy = arena_strdup(a, text);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return copy;
}

/* What can be told before taking the text apart. */
static enum err
judge_bytes(const char *text, const char **why)
{
	const char	*host = strstr(text, "://");

	for (const char *c = text; *c != '\0'; c++) {
		if (*c < 0 || *c > 0x7e)
			return fault(why, "write a name that is not ASCII in "
			    "its xn-- form");
		if (*c <= 0x20)
			return fault(why, "an origin holds no blanks and no "
			    "control characters");
	}
	if (strlen(text) > MAX_ORIGIN)
		return fault(why, "an origin has at most 255 characters");
	if (host == NULL)
		return fault(why, "an origin is written scheme://host or "
		    "scheme://host:port, as in https://app.example.org");
	if (host[3 + strcspn(host + 3, "/?#\\")] != '\0')
		return fault(why, "an origin ends with the host or port: "
		    "leave out the / and what follows it");
	if (strchr(host, '@') != NULL)
		return fault(why, "an origin has no user name");
	return OK;
}

enum err
cors_origin_read(struct arena *a, const char *given, struct cors_origin *o,
    const char **why)
{
	char		*text = lower(a, given);
	struct parts	 p;
	enum err	 e;

	if (text == NULL)
		return ERR_NO_MEMORY;
	*o = (struct cors_origin){ CORS_EXACT, text };
	if (strcmp(text, "null") == 0)
		return OK;
	if ((e = judge_bytes(text, why)) != OK)
		return e;
	if (strcmp(text, "http://localhost:*") == 0 ||
	    strcmp(text, "http://127.0.0.1:*") == 0) {
		o->kind = CORS_ANY_PORT;
		return OK;
	}
	if (!split(text, &p))
		return fault(why, "an origin is scheme://host, with :port if "
		    "it is not the default, a plain number up to 65535");
	if (strchr(p.host, '*') != NULL) {
		o->kind = CORS_SUBDOMAINS;
		e = judge_pattern(text, &p, why);
	} else
		e = judge_host(a, &p, why);
	if (is_default(text, &p))
		text[p.host + p.host_len - text] = '\0';
	return e;
}

/* Names below which anyone may have a page; sorted for bsearch(). */
static const char *const shared[] = {
	"amplifyapp.com", "appspot.com", "azurestaticapps.net",
	"azurewebsites.net", "bitbucket.io", "blogspot.com", "co.in", "co.jp",
	"co.kr", "co.nz", "co.uk", "co.za", "codesandbox.io", "com.ar",
	"com.au", "com.br", "com.cn", "com.mx", "com.tr", "deno.dev",
	"duckdns.org", "firebaseapp.com", "fly.dev", "github.dev",
	"github.io", "gitlab.io", "glitch.me", "herokuapp.com",
	"netlify.app", "ngrok.app", "ngrok.io", "onrender.com", "org.au",
	"org.uk", "pages.dev", "railway.app", "readthedocs.io", "render.com",
	"replit.app", "s3.amazonaws.com", "sourceforge.io", "stackblitz.io",
	"surge.sh", "trycloudflare.com", "vercel.app", "web.app",
	"webflow.io", "wordpress.com", "workers.dev",
};

static int
compare(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

bool
cors_shared_suffix(const struct cors_origin *o)
{
	char		 name[MAX_ORIGIN + 1];
	const char	*suffix;
	size_t		 len;

	if (o->kind != CORS_SUBDOMAINS)
		return false;
	suffix = strchr(o->text, '*') + 2;
	len = strcspn(suffix, ":");
	memcpy(name, suffix, len);
	name[len] = '\0';
	return bsearch(name, shared, sizeof shared / sizeof *shared,
	    sizeof *shared, compare) != NULL;
}
