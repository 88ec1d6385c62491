#include "tests/fuzz/oracle.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "http/redirect.h"
#include "http/url.h"
#include "tests/fuzz/fuzz.h"

bool
oracle_printable(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < 0x21 || *s > 0x7e || *s == '#' || *s == '\\')
			return false;
	return true;
}

/* How long "scheme://host:port" is at the front of a URL. */
size_t
oracle_origin_len(const char *url)
{
	const char	*host = strstr(url, "://") + 3;

	return (size_t)(host - url) + strcspn(host, "/?#");
}

static int
hex(char c)
{
	const char	*digits = "0123456789abcdef", *p;

	p = c != '\0' ? strchr(digits, c | ('A' <= c && c <= 'F' ? 32 : 0)) :
	    NULL;
	return p != NULL ? (int)(p - digits) : -1;
}

/* Decode each %XX once, in place; false if there was none. */
static bool
decode(char *s)
{
	char	*to = s;
	bool	 any = false;

	for (; *s != '\0'; s++) {
		if (*s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
			*to = (char)(hex(s[1]) * 16 + hex(s[2]));
			if (*to == '\0')
				*to = ';';	/* careless servers end */
			to++;
			s += 2;
			any = true;
		} else
			*to++ = *s;
	}
	*to = '\0';
	return any;
}

static bool
climbs(const char *path)
{
	size_t	 len, name;

	for (;; path += len + 1) {
		len = strcspn(path, "/\\");
		name = strcspn(path, ";/\\");
		if ((name == 1 && *path == '.') ||
		    (name == 2 && path[0] == '.' && path[1] == '.'))
			return true;
		if (path[len] == '\0')
			return false;
	}
}

/* As any server may see it, however often it decodes. */
void
oracle_never_climbs(struct fuzz *f, const char *path, size_t len)
{
	char	*text = arena_strndup(&f->spare, path, len);

	do
		HOLDS(!climbs(text));
	while (decode(text));
}

static char *
part(CURLU *u, CURLUPart what, unsigned flags)
{
	char	*text;

	HOLDS(curl_url_get(u, what, &text, flags) == CURLUE_OK);
	return text;
}

/* libcurl writes an IPv6 address in a form of its own. */
static bool
same_host(const char *a, const char *b)
{
	struct in6_addr	 x, y;
	char		 text[64];

	if (*a != '[' || *b != '[')
		return strcasecmp(a, b) == 0;
	snprintf(text, sizeof(text), "%.*s", (int)strlen(a) - 2, a + 1);
	HOLDS(inet_pton(AF_INET6, text, &x) == 1);
	snprintf(text, sizeof(text), "%.*s", (int)strlen(b) - 2, b + 1);
	HOLDS(inet_pton(AF_INET6, text, &y) == 1);
	return memcmp(&x, &y, sizeof(x)) == 0;
}

/* libcurl, which will fetch it, reads the same URL. */
void
oracle_curl_agrees(const char *text, const struct url *url)
{
	CURLU	*u = curl_url();
	char	*scheme, *host, *port;
	char	 number[16];

	HOLDS(curl_url_set(u, CURLUPART_URL, text, CURLU_PATH_AS_IS |
	    CURLU_DISALLOW_USER) == CURLUE_OK);
	scheme = part(u, CURLUPART_SCHEME, 0);
	host = part(u, CURLUPART_HOST, 0);
	port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	snprintf(number, sizeof(number), "%d", url->port);
	HOLDS(strcmp(scheme, url->https ? "https" : "http") == 0);
	HOLDS(same_host(host, url->host));
	HOLDS(strcmp(port, number) == 0);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
}

/* Labels of lower case, digits, "-" and "_" of 1 to 63 bytes, single dots
 * between; the last no number, unless all four are bytes; or [v6]. */
bool
oracle_is_host(const char *host)
{
	size_t	 len, numbers = 0, labels = 0;
	bool	 number = false;

	if (*host == '[')
		return strspn(host + 1, "0123456789abcdef:.") ==
		    strlen(host) - 2 && host[strlen(host) - 1] == ']';
	if (strlen(host) > 253)
		return false;
	for (;; host += len + 1) {
		len = strcspn(host, ".");
		if (len < 1 || len > 63 || strspn(host, "abcdefghijklmnopqrst"
		    "uvwxyz0123456789-_") < len)
			return false;
		labels++;
		number = strspn(host, "0123456789") == len;
		numbers += number && len <= 3 && (len == 1 || *host != '0') &&
		    atoi(host) < 256;
		if (host[len] == '\0')
			break;
	}
	if (number)
		return labels == 4 && numbers == 4;
	return strncmp(host, "0x", 2) != 0 ||
	    strspn(host + 2, "0123456789abcdef") < len - 2;
}

const char *
oracle_meant(struct fuzz *f, const struct url *from, const char *location)
{
	static const char *const	 away[] = { "http://a.invalid:1",
					    "http://b.invalid:1" };
	struct redirect_route		 rt = { .mount = "", .name = "x" };
	const char			*to = "/";

	/* not below the one where it is below the other */
	for (size_t i = 0; i < 2 && to != NULL && *to == '/'; i++) {
		rt.base = away[i];
		to = redirect_location(&f->spare, from, location, &rt);
	}
	return to == NULL ? NULL :
	    arena_strndup(&f->spare, to, strcspn(to, "#"));
}
