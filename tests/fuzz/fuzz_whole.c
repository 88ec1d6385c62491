#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "http/redirect.h"
#include "http/url.h"
#include "http/whole.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"

/*
 * Which whole URLs may be asked for.  Lines: what stands behind the mount, the
 * entries of target_hosts, n(amed), l(isted) or a(ny), and a Location.
 */
enum { TEXT, HOSTS, TARGETS, LOCATION, MAX_HOSTS = 16 };

static const int	 ports[] = { 80, 443, 8080 };

/* The URL as it goes to libcurl. */
static const char *
written(struct fuzz *f, const struct url *u)
{
	const char	*origin = url_origin(&f->spare, u);
	struct buf	 b;

	buf_init(&b, &f->spare, 64 * 1024);
	buf_fmt(&b, "%s%s%s%s", origin, u->path, u->query != NULL ? "?" : "",
	    u->query != NULL ? u->query : "");
	HOLDS(!buf_failed(&b));
	return b.data;
}

static void
is_sound(struct fuzz *f, const char *text, const struct url *u)
{
	const char	*url = written(f, u);

	HOLDS(whole_is_url(text));
	HOLDS(strncasecmp(text, u->https ? "https" : "http",
	    u->https ? 5 : 4) == 0);
	HOLDS(text[4 + u->https] == ':' || text[4 + u->https] == '/');
	HOLDS(oracle_printable(url));
	HOLDS(oracle_is_host(u->host));
	HOLDS(u->host[strlen(u->host) - 1] != '.');
	HOLDS(u->port >= 1 && u->port <= 65535);
	HOLDS(*u->path == '\0' || *u->path == '/');
	oracle_curl_agrees(url, u);
}

/* The other spellings, and the URL itself, mean the same. */
static void
is_the_same(struct fuzz *f, const struct url *u)
{
	static const char *const marks[] = { "://", ":/", "/" };
	const char		*url = written(f, u), *why;
	struct url		 again;
	struct buf		 b;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		buf_init(&b, &f->spare, 64 * 1024);
		buf_fmt(&b, "%s%s%s", u->https ? "hTTps" : "HTTP", marks[i],
		    strstr(url, "://") + 3);
		HOLDS(whole_read(&f->spare, b.data, &again, &why) == OK);
		HOLDS(strcmp(written(f, &again), url) == 0);
	}
}

/* --- what may be asked for --- */

static bool
ends_in(const char *host, const char *name)
{
	size_t	 n = strlen(host), m = strlen(name);

	return n > m && host[n - m - 1] == '.' &&
	    strcmp(host + n - m, name) == 0;
}

static bool
is_inner(const char *host)
{
	static const char *const names[] = { "localhost", "local", "internal",
	    "home.arpa", "onion", "test", "invalid" };
	size_t			 len = strlen(host);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ends_in(host, names[i]))
			return true;
	return host[0] == '[' || strchr(host, '.') == NULL ||
	    (host[len - 1] >= '0' && host[len - 1] <= '9' &&
	    strspn(host, "0123456789.") == len);
}

/* Is it this entry, in full? */
static bool
is_entry(struct fuzz *f, const struct url *u, const struct whole_host *h)
{
	const char	*why;
	struct url	 entry;
	struct buf	 b;

	if (strchr(h->text, '*') != NULL)
		return false;
	buf_init(&b, &f->spare, 2000);
	buf_fmt(&b, "http/%s", h->text);
	HOLDS(whole_read(&f->spare, b.data, &entry, &why) == OK);
	return strcmp(entry.host, u->host) == 0 &&
	    (h->port == 0 || h->port == u->port);
}

static void
is_permitted(struct fuzz *f, const struct whole_rule *r, const struct url *u)
{
	bool	 listed = false, in_full = false, port = false;

	for (size_t i = 0; i < r->n_hosts; i++) {
		const struct whole_host	*h = &r->hosts[i];
		bool			 is = is_entry(f, u, h);

		in_full = in_full || is;
		port = port || (is && h->port == u->port);
		listed = listed || is || (h->text[0] == '*' &&
		    ends_in(u->host, h->name + 1));
	}
	for (size_t i = 0; i < r->n_ports; i++)
		port = port || r->ports[i] == u->port;
	HOLDS(r->targets != WHOLE_NAMED);
	HOLDS(port);
	HOLDS(in_full || !is_inner(u->host));
	HOLDS(listed || r->targets == WHOLE_ANY);
	HOLDS((whole_lists(r, u) >= WHOLE_BY_NAME) == in_full);
}

static enum redirect_place
place(const void *arg, const struct url *to)
{
	return whole_fault(arg, to) != NULL ? REDIRECT_BARRED :
	    REDIRECT_UNKNOWN;
}

/* A client that follows asks for what the target meant, and may. */
static void
goes_on(struct fuzz *f, const struct whole_rule *r, const struct url *from)
{
	const char	*location = fuzz_line(f, LOCATION), *to, *meant, *why;
	char		*plain;
	struct url	 a, b;

	if (location == NULL || (to = redirect_whole(&f->arena, from, location,
	    "/m", place, r)) == NULL)
		return;
	meant = oracle_meant(f, from, location);
	HOLDS(meant != NULL);
	plain = arena_strndup(&f->spare, to, strcspn(to, "#"));
	HOLDS(oracle_printable(plain));
	if (*plain != '/') {
		HOLDS(strcmp(plain, meant) == 0);
		return;
	}
	HOLDS(strncmp(plain, "/m/http", 7) == 0);
	HOLDS(whole_read(&f->spare, plain + 3, &a, &why) == OK);
	HOLDS(whole_fault(r, &a) == NULL);
	HOLDS(a.https || !from->https);
	HOLDS(url_split(&f->spare, meant, &b, &why) == OK);
	HOLDS(strcmp(written(f, &a), written(f, &b)) == 0);
	oracle_never_climbs(f, a.path, strlen(a.path));
}

static void
read_hosts(struct fuzz *f, struct whole_rule *r, struct whole_host *hosts)
{
	const char	*words[MAX_HOSTS], *why;
	size_t		 n = fuzz_words(f, fuzz_line(f, HOSTS), words,
			    MAX_HOSTS);

	for (size_t i = 0; i < n; i++)
		if (whole_host_read(&f->arena, words[i], &hosts[r->n_hosts],
		    &why) == OK)
			r->n_hosts++;
	r->hosts = hosts;
}

static void
one(struct fuzz *f)
{
	struct whole_host	 hosts[MAX_HOSTS];
	struct whole_rule	 r = { .ports = ports, .n_ports = 3 };
	const char		*text = fuzz_line(f, TEXT), *why = NULL;
	const char		*letter = fuzz_line(f, TARGETS);
	struct url		 u;
	enum err		 e;

	if (text == NULL)
		return;
	if (letter != NULL)
		r.targets = *letter == 'a' ? WHOLE_ANY : *letter == 'l' ?
		    WHOLE_LISTED : WHOLE_NAMED;
	read_hosts(f, &r, hosts);
	if ((e = whole_read(&f->arena, text, &u, &why)) != OK) {
		HOLDS(e == ERR_NO_MEMORY || why != NULL);
		return;
	}
	is_sound(f, text, &u);
	is_the_same(f, &u);
	if (whole_fault(&r, &u) == NULL)
		is_permitted(f, &r, &u);
	goes_on(f, &r, &u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
