#include "http/whole.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/url.h"

#define DIGIT "0123456789"
#define LETTER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* --- spellings --- */

/* RFC 3986 3.1; 0 where no scheme can be. */
static size_t
scheme_len(const char *s)
{
	return strspn(s, LETTER) > 0 ? strspn(s, LETTER DIGIT "+-.") : 0;
}

static bool
is_http(const char *s, size_t len)
{
	return (len == 4 && strncasecmp(s, "http", len) == 0) ||
	    (len == 5 && strncasecmp(s, "https", len) == 0);
}

/* An encoded colon too, so that a URL which somebody has encoded is refused as
 * one, and not for a name that no route has. */
static bool
is_colon(const char *s)
{
	return *s == ':' || strncasecmp(s, "%3a", 3) == 0;
}

bool
whole_is_url(const char *text)
{
	size_t	 len = scheme_len(text);

	return len > 0 && (is_colon(text + len) ||
	    (is_http(text, len) && text[len] == '/'));
}

/* What follows "://", ":/" or "/"; NULL for anything else. */
static const char *
after_slashes(const char *s)
{
	bool	 colon = *s == ':';
	size_t	 n = strspn(s + colon, "/");

	return n == 1 || (n == 2 && colon) ? s + colon + n : NULL;
}

/* The text less one dot at the end of its host: such a name is the same. */
static void
add_less_dot(struct buf *b, const char *s)
{
	size_t	 len = strcspn(s, ":/?");

	buf_add(b, s, len > 0 && s[len - 1] == '.' ? len - 1 : len);
	buf_str(b, s + len);
}

enum err
whole_read(struct arena *a, const char *text, struct url *u, const char **why)
{
	size_t		 len = scheme_len(text);
	const char	*rest = after_slashes(text + len);
	struct buf	 b;
	enum err	 e;

	if (len > 0 && is_colon(text + len) && !is_http(text, len)) {
		*why = "Only http and https URLs can be asked for.";
		return ERR_TARGET_NOT_ALLOWED;
	}
	*why = "it must begin with https:// or http://";
	if (!is_http(text, len) || rest == NULL)
		return ERR_BAD_URL;
	buf_init(&b, a, strlen(text) + 2);
	buf_str(&b, len == 5 ? "https://" : "http://");
	add_less_dot(&b, rest);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	e = url_split(a, b.data, u, why);
	return e == ERR_CONFIGURATION ? ERR_BAD_URL : e;
}

/* --- hosts --- */

static bool
ends_with(const char *s, const char *end)
{
	size_t	 len = strlen(s), n = strlen(end);

	return len > n && strcmp(s + len - n, end) == 0;
}

/*
 * Could this be a name of the public internet?  A last label of digits is that
 * of an address, since url_split() takes no other.
 */
static bool
is_public_name(const char *host)
{
	static const char *const inner[] = { ".localhost", ".local",
	    ".internal", ".home.arpa", ".onion", ".test", ".invalid" };
	const char		*last = strrchr(host, '.');

	if (host[0] == '[' || last == NULL ||
	    last[1 + strspn(last + 1, DIGIT)] == '\0')
		return false;
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
		if (ends_with(host, inner[i]))
			return false;
	return true;
}

static enum err
fault(const char **why, const char *sentence)
{
	*why = sentence;
	return ERR_CONFIGURATION;
}

/* "*.example.com" is read with a label in place of the "*". */
static enum err
read_place(struct arena *a, const char *text, struct url *u, const char **why)
{
	struct buf	 b;
	enum err	 e;

	buf_init(&b, a, strlen(text) + sizeof("http://"));
	buf_str(&b, "http://");
	if (strncmp(text, "*.", 2) == 0) {
		buf_char(&b, 'x');
		text++;
	}
	buf_str(&b, text);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	if (strchr(text, '/') != NULL || strchr(text, '?') != NULL)
		return fault(why, "write the host alone, not a URL");
	e = whole_read(a, b.data, u, why);
	return e == ERR_BAD_URL ? ERR_CONFIGURATION : e;
}

enum err
whole_host_read(struct arena *a, const char *text, struct whole_host *h,
    const char **why)
{
	const char	*end = text[0] == '[' ? strchr(text, ']') : text;
	bool		 has_port = end != NULL && strchr(end, ':') != NULL;
	struct url	 u;
	enum err	 e;

	if ((e = read_place(a, text, &u, why)) != OK)
		return e;
	*h = (struct whole_host){ .name = u.host, .port = has_port ?
	    u.port : 0, .pattern = text[0] == '*' };
	if (h->pattern) {
		h->name++;
		if (has_port)
			return fault(why, "a pattern takes no port: write it "
			    "into ports");
		if (*h->name == '\0' || strchr(h->name + 1, '.') == NULL)
			return fault(why, "a pattern needs two labels at "
			    "least behind its *, like *.example.com");
		if (!is_public_name(u.host))
			return fault(why, "names of this kind must be "
			    "written in full");
	}
	h->text = arena_strdup(a, text);
	return h->text != NULL ? OK : ERR_NO_MEMORY;
}

/* --- what may be asked for --- */

static enum whole_listing
listing(const struct whole_host *h, const struct url *u)
{
	if (h->port != 0 && h->port != u->port)
		return WHOLE_UNLISTED;
	if (h->pattern)
		return ends_with(u->host, h->name) &&
		    is_public_name(u->host) ? WHOLE_BY_PATTERN :
		    WHOLE_UNLISTED;
	if (strcmp(u->host, h->name) != 0)
		return WHOLE_UNLISTED;
	return h->port != 0 ? WHOLE_BY_PORT : WHOLE_BY_NAME;
}

enum whole_listing
whole_lists(const struct whole_rule *r, const struct url *u)
{
	enum whole_listing	 best = WHOLE_UNLISTED, l;

	for (size_t i = 0; i < r->n_hosts; i++)
		if ((l = listing(&r->hosts[i], u)) > best)
			best = l;
	return best;
}

static bool
has_port(const struct whole_rule *r, int port)
{
	for (size_t i = 0; i < r->n_ports; i++)
		if (r->ports[i] == port)
			return true;
	return false;
}

const char *
whole_fault(const struct whole_rule *r, const struct url *u)
{
	enum whole_listing	 l = whole_lists(r, u);

	if (r->targets == WHOLE_NAMED)
		return err_detail(ERR_TARGET_NOT_ALLOWED);
	if (l == WHOLE_UNLISTED && !is_public_name(u->host))
		return "Addresses, and names that are not of the public "
		    "internet, can be asked for only where target_hosts "
		    "names them.";
	if (l == WHOLE_UNLISTED && r->targets == WHOLE_LISTED)
		return "This host, or its port, is not among those that may "
		    "be asked for; the operator can add it to target_hosts.";
	if (l != WHOLE_BY_PORT && !has_port(r, u->port))
		return "This port may not be asked for; the operator can add "
		    "it to ports, or the host with it to target_hosts.";
	return NULL;
}
