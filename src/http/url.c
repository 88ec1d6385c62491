#include "http/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/ip.h"

enum { MAX_HOST = 253, MAX_LABEL = 63, PORT_MAX = 65535,
    MAX_ORIGIN = MAX_HOST + 32, MAX_PATH = 8192 };

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
url_octet(const char *s, const char *end)
{
	if (end - s < 3 || *s != '%' || hex(s[1]) < 0 || hex(s[2]) < 0)
		return -1;
	return hex(s[1]) * 16 + hex(s[2]);
}

/* Browsers send everything else encoded. */
static bool
plain(char c)
{
	return c > 0x20 && c < 0x7f && c != '#' && c != '\\';
}

static bool
all_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!plain(s[i]))
			return false;
	return true;
}

/* --- hosts --- */

static size_t
label_len(const char *s)
{
	const char	*end = s;

	while ((*end >= 'a' && *end <= 'z') || (*end >= '0' && *end <= '9') ||
	    *end == '-' || *end == '_')
		end++;
	return (size_t)(end - s);
}

/* getaddrinfo takes a name whose last label is a number, 0x7f too, for an
 * address, with fewer than four parts as well. */
static bool
is_number(const char *label)
{
	if (strncmp(label, "0x", 2) == 0) {
		label += 2;
		return label[strspn(label, "0123456789abcdef")] == '\0';
	}
	return label[strspn(label, "0123456789")] == '\0';
}

static bool
is_literal(const char *text, int family)
{
	struct sockaddr_storage	 sa;
	socklen_t		 len;

	return ip_literal(text, 1, &sa, &len) && sa.ss_family == family;
}

static bool
is_name(const char *host)
{
	const char	*label = host;
	size_t		 len;

	for (;; label += len + 1) {
		len = label_len(label);
		if (len == 0 || len > MAX_LABEL)
			return false;
		if (label[len] == '\0')
			return !is_number(label) || is_literal(host, AF_INET);
		if (label[len] != '.')
			return false;
	}
}

bool
url_host_ok(const char *host, size_t len)
{
	char	 text[MAX_HOST + 1];

	if (len > MAX_HOST || memchr(host, '\0', len) != NULL)
		return false;
	memcpy(text, host, len);
	text[len] = '\0';
	if (text[0] != '[')
		return is_name(text);
	if (text[len - 1] != ']')
		return false;
	text[len - 1] = '\0';
	return is_literal(text + 1, AF_INET6);
}

bool
url_port_read(const char *text, size_t len, int *port)
{
	int	 n = 0;

	if (len == 0 || len > 5 || text[0] == '0')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (text[i] - '0');
	}
	*port = n;
	return n <= PORT_MAX;
}

static char *
lower(struct arena *a, const char *s, size_t len)
{
	char	*copy = arena_strndup(a, s, len);

	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return copy;
}

/* --- taking apart --- */

static enum err
fault(const char **why, const char *sentence)
{
	*why = sentence;
	return ERR_CONFIGURATION;
}

/* One spelling for each IPv6 address (RFC 5952), so that hosts compare. */
static enum err
shortest(struct arena *a, const char **host)
{
	char		 text[INET6_ADDRSTRLEN];
	struct in6_addr	 v6;
	struct buf	 b;

	snprintf(text, sizeof(text), "%s", *host + 1);
	text[strcspn(text, "]")] = '\0';
	inet_pton(AF_INET6, text, &v6);
	buf_init(&b, a, sizeof(text) + 2);
	buf_fmt(&b, "[%s]", inet_ntop(AF_INET6, &v6, text, sizeof(text)));
	*host = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

/* host, host:port, [v6], [v6]:port */
static enum err
authority(struct arena *a, const char *s, size_t len, struct url *u,
    const char **why)
{
	const char	*colon, *v6 = s[0] == '[' ? memchr(s, ']', len) : NULL;
	size_t		 host_len = len;

	if (memchr(s, '@', len) != NULL)
		return fault(why, "a user name or password does not belong "
		    "into a URL here");
	colon = memchr(v6 ? v6 : s, ':', len - (v6 ? v6 - s : 0));
	if (colon != NULL) {
		host_len = colon - s;
		if (!url_port_read(colon + 1, len - host_len - 1, &u->port))
			return fault(why, "the port must be a plain number "
			    "from 1 to 65535");
	}
	if ((u->host = lower(a, s, host_len)) == NULL)
		return ERR_NO_MEMORY;
	if (!url_host_ok(u->host, host_len))
		return fault(why, "the host must be a name of labels joined "
		    "by single dots, four decimal numbers, or an IPv6 address "
		    "in brackets");
	return u->host[0] == '[' ? shortest(a, &u->host) : OK;
}

enum err
url_split(struct arena *a, const char *text, struct url *u, const char **why)
{
	bool		 https = strncasecmp(text, "https://", 8) == 0;
	const char	*p = text + (https ? 8 : 7);
	struct url	 r = { .https = https, .port = https ? 443 : 80 };
	size_t		 len;
	enum err	 e;

	if (!https && strncasecmp(text, "http://", 7) != 0)
		return fault(why, "a URL must begin with http:// or https://");
	if (strchr(text, '#') != NULL)
		return fault(why, "a URL must not have a fragment (#)");
	if (!all_plain(text, strlen(text)))
		return fault(why, "a URL must not hold blanks, control "
		    "characters, \\ or characters outside ASCII; write them "
		    "as %XX");
	len = strcspn(p, "/?");
	if ((e = authority(a, p, len, &r, why)) != OK)
		return e;
	p += len;
	len = strcspn(p, "?");
	if ((r.path = arena_strndup(a, p, len)) == NULL)
		return ERR_NO_MEMORY;
	if (p[len] == '?' && (r.query = arena_strdup(a, p + len + 1)) == NULL)
		return ERR_NO_MEMORY;
	*u = r;
	return OK;
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->port == b->port &&
	    strcmp(a->host, b->host) == 0;
}

const char *
url_origin(struct arena *a, const struct url *u)
{
	struct buf	 b;

	buf_init(&b, a, MAX_ORIGIN);
	buf_str(&b, u->https ? "https://" : "http://");
	buf_str(&b, u->host);
	if (u->port != (u->https ? 443 : 80)) {
		buf_char(&b, ':');
		buf_number(&b, u->port);
	}
	return buf_failed(&b) ? NULL : b.data;
}

/* --- what may cross --- */

/* NUL, CR and LF as a careless server would decode them, and the first bytes
 * of over-long UTF-8. */
static bool
octet_ok(int c)
{
	return c != 0x00 && c != 0x0a && c != 0x0d && c != 0xc0 && c != 0xc1;
}

/*
 * The text as a server would see it that decodes until nothing changes, so
 * that "%252e" is a dot too; out has room for len bytes.
 */
static size_t
decode_all(const char *s, size_t len, char *out)
{
	size_t	 n = 0;

	for (size_t i = 0; i < len; i++) {
		int c;

		out[n++] = s[i];
		while (n >= 3 && (c = url_octet(out + n - 3, out + n)) >= 0) {
			n -= 2;
			out[n - 1] = (char)c;
		}
	}
	return n;
}

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* Some servers end a segment where its parameters begin, or at a NUL. */
static bool
ends_segment(const char *s, const char *end)
{
	return s == end || is_slash(*s) || *s == ';' || *s == '\0';
}

/* Is any segment "." or ".."? */
static bool
has_dot_segment(const char *s, size_t len)
{
	const char	*end = s + len, *dot = s;

	for (; (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL; dot++)
		if ((dot == s || is_slash(dot[-1])) &&
		    (ends_segment(dot + 1, end) ||
		    (dot[1] == '.' && ends_segment(dot + 2, end))))
			return true;
	return false;
}

enum err
url_path_check(const char *rest, size_t len)
{
	const char	*end = rest + len;
	char		 text[MAX_PATH];

	if (len > sizeof text)
		return ERR_BAD_PATH;
	if (memchr(rest, '%', len) == NULL)
		return all_plain(rest, len) && !has_dot_segment(rest, len) ?
		    OK : ERR_BAD_PATH;
	for (const char *p = rest; p < end; p++) {
		if (!plain(*p))
			return ERR_BAD_PATH;
		if (*p == '%') {
			int c = url_octet(p, end);

			if (c < 0 || !octet_ok(c))
				return ERR_BAD_PATH;
			p += 2;
		}
	}
	len = decode_all(rest, len, text);
	return has_dot_segment(text, len) ? ERR_BAD_PATH : OK;
}

enum err
url_query_check(const char *query, size_t len)
{
	return all_plain(query, len) ? OK : ERR_BAD_QUERY;
}

/* --- joining --- */

enum err
url_join(struct arena *a, const char *base, const char *rest,
    const char *query, const char **url)
{
	size_t		 rest_len = strlen(rest);
	size_t		 query_len = query != NULL ? strlen(query) : 0;
	size_t		 base_len = strcspn(base, "?");
	const char	*base_query = base + base_len;
	struct buf	 b;
	enum err	 e;

	if (rest_len > 0 && rest[0] != '/')
		return ERR_BAD_PATH;
	if ((e = url_path_check(rest, rest_len)) != OK)
		return e;
	if (query != NULL && (e = url_query_check(query, query_len)) != OK)
		return e;
	if (rest_len > 0 && base[base_len - 1] == '/')
		base_len--;
	buf_init(&b, a, base_len + rest_len + strlen(base_query) +
	    query_len + 1);
	buf_add(&b, base, base_len);
	buf_add(&b, rest, rest_len);
	buf_str(&b, base_query);
	if (query != NULL) {
		if (base_query[0] == '\0')
			buf_char(&b, '?');
		else if (base_query[1] != '\0')
			buf_char(&b, '&');
		buf_add(&b, query, query_len);
	}
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	*url = b.data;
	return OK;
}

static bool
holds_param(const char *text, size_t len, const char *param, size_t n)
{
	const char	*end = text + len, *p = text, *next;

	for (; (p = memmem(p, end - p, param, n)) != NULL; p++) {
		next = p + n;
		if ((p == text || strchr("?&;", p[-1]) != NULL) &&
		    (next == end || strchr("&;#>\", ", *next) != NULL))
			return true;
	}
	return false;
}

/* Is the value of a parameter there, under any name?  Short ones stand in
 * texts by chance. */
static bool
holds_value(const char *text, size_t len, const char *param, size_t n)
{
	const char	*eq = memchr(param, '=', n);

	if (eq != NULL) {
		n -= eq + 1 - param;
		param = eq + 1;
	}
	return n >= URL_MIN_SECRET && memmem(text, len, param, n) != NULL;
}

bool
url_shows_query(struct arena *a, const char *text, const char *query)
{
	size_t	 text_len = strlen(text), len, m;
	char	*plain_text, *param;

	if (query == NULL)
		return false;
	plain_text = arena_alloc(a, text_len + 1);
	param = arena_alloc(a, strlen(query) + 1);
	if (plain_text == NULL || param == NULL)
		return true;
	len = decode_all(text, text_len, plain_text);
	for (size_t n; query != NULL; query = query[n] != '\0' ?
	    query + n + 1 : NULL) {
		n = strcspn(query, "&");
		m = decode_all(query, n, param);
		if (m > 0 && (holds_param(plain_text, len, param, m) ||
		    holds_value(plain_text, len, param, m) ||
		    holds_value(text, text_len, query, n)))
			return true;
	}
	return false;
}

const char *
url_decode_all(struct arena *a, const char *text)
{
	size_t	 len = strlen(text);
	char	*out = arena_alloc(a, len + 1);

	if (out != NULL)
		out[decode_all(text, len, out)] = '\0';
	return out;
}

char *
url_decode(struct arena *a, const char *text, size_t len)
{
	const char	*end = text + len;
	char		*out = arena_alloc(a, len + 1), *q = out;

	if (out == NULL)
		return NULL;
	for (const char *p = text; p < end; p++) {
		int c = (unsigned char)*p;

		if (c == '%') {
			c = url_octet(p, end);
			p += 2;
		}
		if (c <= 0)
			return NULL;
		*q++ = (char)c;
	}
	*q = '\0';
	return out;
}
