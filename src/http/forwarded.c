#include "http/forwarded.h"

#include <string.h>
#include <strings.h>

enum { MAX_PROXIES = 10, BLOCK_V6_BYTES = 8, MAX_TEXT = 64 };

struct address {
	struct sockaddr_storage	 sa;
	socklen_t		 len;
};

static const struct sockaddr *
sa(const struct address *a)
{
	return (const struct sockaddr *)(const void *)&a->sa;
}

/* ":80", or nothing. */
static bool
is_port(const char *s)
{
	return *s == '\0' || (*s == ':' && s[1] != '\0' &&
	    s[1 + strspn(s + 1, "0123456789")] == '\0');
}

/*
 * The address in "1.2.3.4", "1.2.3.4:80", "::1", "[::1]", "[::1]:80" and
 * "fe80::1%eth0", cut free of the rest; NULL for what cannot be one.
 */
static char *
bare(char *text)
{
	char	*end = strchr(text, ':');

	if (text[0] == '[') {
		end = strchr(++text, ']');
		if (end == NULL || !is_port(end + 1))
			return NULL;
		*end = '\0';
	} else if (end != NULL && strchr(end + 1, ':') == NULL) {
		if (!is_port(end))
			return NULL;
		*end = '\0';
	}
	text[strcspn(text, "%")] = '\0';
	return text;
}

static bool
read_address(const char *s, size_t len, struct address *a)
{
	char	 text[MAX_TEXT], *only;

	while (len > 0 && (*s == ' ' || *s == '\t'))
		s++, len--;
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	if (len == 0 || len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if ((only = bare(text)) == NULL ||
	    !ip_literal(only, 0, &a->sa, &a->len))
		return false;
	ip_unmap(&a->sa, &a->len);
	return true;
}

/* From right to left.  An element that is no address ends the walk: what
 * stands before it was not written by a proxy that is believed. */
static void
walk(const char *list, const struct ip_allow *trusted, struct address *a)
{
	const char	*end = list + strlen(list), *s;
	struct address	 next;
	int		 i;

	for (i = 0; i < MAX_PROXIES && ip_stated(sa(a), trusted); i++) {
		for (s = end; s > list && s[-1] != ','; s--)
			;
		if (!read_address(s, (size_t)(end - s), &next))
			return;
		*a = next;
		if (s == list)
			return;
		end = s - 1;
	}
}

void
client_find(struct client *c, const char *peer, const char *forwarded_for,
    const struct ip_allow *trusted)
{
	struct address	 a;

	memset(c, 0, sizeof(*c));
	if (peer == NULL || !read_address(peer, strlen(peer), &a))
		return;
	c->proxied = ip_stated(sa(&a), trusted);
	if (forwarded_for != NULL)
		walk(forwarded_for, trusted, &a);
	ip_text(sa(&a), c->address);
	c->block[0] = a.sa.ss_family == AF_INET ? 4 : 6;
	ip_bytes(sa(&a), c->block + 1, BLOCK_V6_BYTES);
}

void
client_block_text(const unsigned char block[CLIENT_BLOCK_BYTES],
    char text[CLIENT_BLOCK_TEXT])
{
	struct address	 a = { .len = 0 };

	if (block[0] == 0) {
		memcpy(text, "unknown", 8);
		return;
	}
	ip_of_bytes(block[0] == 4 ? AF_INET : AF_INET6, block + 1,
	    BLOCK_V6_BYTES, &a.sa);
	ip_text(sa(&a), text);
	if (block[0] != 4)
		memcpy(text + strlen(text), "/64", 4);
}

bool
forwarded_believed(const char *server_software, bool repeated)
{
	return !repeated || server_software == NULL ||
	    strncasecmp(server_software, "lighttpd", 8) != 0;
}

bool
client_speaks_https(const struct client *c, const char *forwarded_proto,
    bool https)
{
	if (!c->proxied || forwarded_proto == NULL)
		return https;
	if (strcasecmp(forwarded_proto, "https") == 0)
		return true;
	return strcasecmp(forwarded_proto, "http") != 0 && https;
}
