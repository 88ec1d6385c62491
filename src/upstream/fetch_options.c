#include "upstream/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/url.h"
#include "upstream/guard.h"

/*
 * Every option is stated on every request, after a reset: what is at its
 * default today may be changed by a library's build or by the request before.
 */
static const struct { CURLoption option; long value; } numbers[] = {
	{ CURLOPT_FOLLOWLOCATION, 0 },	/* our own loop judges each hop */
	{ CURLOPT_MAXREDIRS, 0 },
	{ CURLOPT_UNRESTRICTED_AUTH, 0 },
	{ CURLOPT_AUTOREFERER, 0 },
	{ CURLOPT_POSTREDIR, 0 },
	{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
	{ CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE },
	{ CURLOPT_PROXYAUTH, (long)CURLAUTH_NONE },
	{ CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
	{ CURLOPT_PATH_AS_IS, 1 },
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_HTTP09_ALLOWED, 0 },
	{ CURLOPT_TRANSFER_ENCODING, 0 },
	{ CURLOPT_HTTP_TRANSFER_DECODING, 1 },
	{ CURLOPT_HTTP_CONTENT_DECODING, 0 },
	{ CURLOPT_HEADEROPT, CURLHEADER_SEPARATE },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_OPTIONS, 0 },
	{ CURLOPT_SSL_SESSIONID_CACHE, 1 },
	{ CURLOPT_CERTINFO, 0 },
	{ CURLOPT_FRESH_CONNECT, 0 },
	{ CURLOPT_FORBID_REUSE, 0 },
	{ CURLOPT_MAXAGE_CONN, 30 },		/* seconds idle */
	{ CURLOPT_MAXLIFETIME_CONN, 300 },	/* seconds in all */
	{ CURLOPT_DNS_CACHE_TIMEOUT, 30 },
	{ CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 200 },
	{ CURLOPT_IPRESOLVE, CURL_IPRESOLVE_WHATEVER },
	{ CURLOPT_TIMEOUT_MS, 0 },		/* ours to watch */
	{ CURLOPT_LOW_SPEED_LIMIT, 0 },
	{ CURLOPT_LOW_SPEED_TIME, 0 },
	{ CURLOPT_TCP_NODELAY, 1 },
	{ CURLOPT_NOPROGRESS, 1 },
	{ CURLOPT_VERBOSE, 0 },
	{ CURLOPT_KEEP_SENDING_ON_ERROR, 0 },
	{ CURLOPT_FAILONERROR, 0 },
};

/*
 * ALTSVC and HSTS must not be among these: libcurl begins to keep such a cache
 * when it is given a name for its file, NULL too, and a target could then move
 * later requests to another host or port.
 */
static const CURLoption absent[] = {
	CURLOPT_PRE_PROXY, CURLOPT_UNIX_SOCKET_PATH,
	CURLOPT_ABSTRACT_UNIX_SOCKET, CURLOPT_INTERFACE, CURLOPT_RESOLVE,
	CURLOPT_CONNECT_TO, CURLOPT_DOH_URL, CURLOPT_DNS_SERVERS,
	CURLOPT_USERPWD, CURLOPT_XOAUTH2_BEARER, CURLOPT_COOKIE,
	CURLOPT_COOKIEFILE, CURLOPT_COOKIEJAR, CURLOPT_SHARE,
	CURLOPT_ACCEPT_ENCODING, CURLOPT_REQUEST_TARGET, CURLOPT_RANGE,
	CURLOPT_REFERER, CURLOPT_USERAGENT,
};

enum { READ_BYTES = 64 * 1024 };

static enum err
set_tables(CURL *c)
{
	size_t	 i;
	int	 bad = 0;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		bad |= curl_easy_setopt(c, numbers[i].option,
		    numbers[i].value) != CURLE_OK;
	/* A library built without some scheme of those does not know its
	 * option; then there is nothing to be unset. */
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		curl_easy_setopt(c, absent[i], NULL);
	/* Refused while the buffer of a transfer that was cut is there. */
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)READ_BYTES);
	/* Refused by a library built without HTTP/2, which needs it not. */
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Else the end of a transfer waits for a name server that is mute. */
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
#endif
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	return bad ? ERR_INTERNAL : OK;
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct transfer	*t = arg;
	int		 fd;

	(void)purpose;
	if (t->f->outbound_proxy == NULL && !guard_permits(&a->addr,
	    a->addrlen, &t->f->rules->allow_private, t->f->server_addr)) {
		transfer_refused(t, &a->addr);
		return CURL_SOCKET_BAD;
	}
	fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (fd == -1 && (errno == EMFILE || errno == ENFILE ||
	    errno == ENOBUFS || errno == ENOMEM))
		t->no_descriptors = true;
	t->opened = t->opened || fd != -1;
	return fd;
}

static bool
permits(const struct transfer *t, const char *peer, const char *local,
    const struct sockaddr *sa, socklen_t len)
{
	const struct ip_allow	*open = &t->f->rules->allow_private;

	return guard_permits(sa, len, open, t->f->server_addr) &&
	    (strcmp(peer, local) != 0 || ip_tier(sa, len) != IP_PUBLIC ||
	    ip_stated(sa, open));
}

/*
 * Before each request, on new connections and on kept ones, which the socket
 * callback does not see again: a connection may have been opened under another
 * route's rules, and a socket whose two ends are one address leads back to
 * this host.
 */
static int
before_request(void *arg, char *peer, char *local, int peer_port,
    int local_port)
{
	struct transfer		*t = arg;
	struct sockaddr_storage	 sa = { .ss_family = AF_UNSPEC };
	socklen_t		 len;

	(void)local_port;
	t->connected = true;
	if (t->f->outbound_proxy == NULL &&
	    (!ip_literal(peer, peer_port, &sa, &len) ||
	    !permits(t, peer, local, (struct sockaddr *)&sa, len))) {
		transfer_refused(t, (struct sockaddr *)&sa);
		return CURL_PREREQFUNC_ABORT;
	}
	if (t->opened)
		transfer_reached(t);
	t->looked = t->f->only_look;
	return t->looked ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static void
add_part(struct buf *b, CURLU *u, CURLUPart part)
{
	char	*text = NULL;

	if (curl_url_get(u, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
		b->failed = true;
	else
		buf_str(b, text);
	curl_free(text);
}

/* Does libcurl find the place there that policy looked at?  To ask for its
 * parts is half as long as to ask for the whole. */
static bool
same_place(struct transfer *t, CURLU *u)
{
	struct url	 theirs;
	const char	*why;
	struct buf	 b;

	buf_init(&b, t->arena, FIELD_MAX_VALUE);
	add_part(&b, u, CURLUPART_SCHEME);
	buf_str(&b, "://");
	add_part(&b, u, CURLUPART_HOST);
	buf_char(&b, ':');
	add_part(&b, u, CURLUPART_PORT);
	return !buf_failed(&b) &&
	    url_split(t->arena, b.data, &theirs, &why) == OK &&
	    url_same_origin(t->f->target, &theirs);
}

/*
 * libcurl's parser is generous, ours is not: what both read must be the same
 * place, else one of them could be led elsewhere than policy looked.
 */
static enum err
set_url(struct transfer *t)
{
	CURLU		*u = curl_url();
	enum err	 e = ERR_INTERNAL;

	if (u == NULL)
		return ERR_NO_MEMORY;
	if (curl_url_set(u, CURLUPART_URL, t->f->url, CURLU_DISALLOW_USER |
	    CURLU_PATH_AS_IS) == CURLUE_OK && same_place(t, u) &&
	    curl_easy_setopt(t->pool->easy, CURLOPT_URL, t->f->url) ==
	    CURLE_OK)
		e = OK;
	curl_url_cleanup(u);
	return e;
}

/* One line of the list; the nodes are the arena's, libcurl only reads them. */
static enum err
add_line(struct transfer *t, struct curl_slist ***tail, const char *name,
    const char *value)
{
	struct curl_slist	*line;
	struct buf		 b;

	buf_init(&b, t->arena, FIELD_MAX_NAME + FIELD_MAX_VALUE + 4);
	buf_str(&b, name);
	if (value != NULL && *value == '\0')
		buf_char(&b, ';');	/* "Name:" would remove the field */
	else if (value != NULL) {
		buf_str(&b, ": ");
		buf_str(&b, value);
	} else
		buf_char(&b, ':');	/* and this does */
	line = arena_alloc(t->arena, sizeof(*line));
	if (line == NULL || buf_failed(&b))
		return ERR_NO_MEMORY;
	line->data = b.data;
	**tail = line;
	*tail = &line->next;
	return OK;
}

static enum err
set_fields(struct transfer *t)
{
	struct curl_slist	*list = NULL, **tail = &list;
	const struct fields	*up = t->f->fields;
	size_t			 i;
	enum err		 e;

	for (i = 0; i < up->count; i++) {
		if (!field_ok(up->list[i].name, up->list[i].value))
			return ERR_INTERNAL;
		e = add_line(t, &tail, up->list[i].name, up->list[i].value);
		if (e != OK)
			return e;
	}
	if (t->f->host != NULL &&
	    (e = add_line(t, &tail, "Host", t->f->host)) != OK)
		return e;
	if (fields_get(up, "Accept") == NULL &&
	    (e = add_line(t, &tail, "Accept", NULL)) != OK)
		return e;
	if ((e = add_line(t, &tail, "Expect", NULL)) != OK)
		return e;
	return curl_easy_setopt(t->pool->easy, CURLOPT_HTTPHEADER, list) ==
	    CURLE_OK ? OK : ERR_INTERNAL;
}

/* PUT, POST and PATCH say the length of their body even when it is nothing. */
static bool
means_content(const char *method)
{
	return method[0] == 'P';
}

/*
 * libcurl sends again what was lost on a kept connection.  With a body it
 * cannot, since we keep none; POST and PATCH without one may do a thing twice
 * then (RFC 9110 9.2.2), and get a connection of their own.
 */
static void
set_method(struct transfer *t)
{
	CURL		*c = t->pool->easy;
	const char	*method = t->f->method;

	if (t->f->body_bytes == 0 && (strcmp(method, "POST") == 0 ||
	    strcmp(method, "PATCH") == 0))
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	if (t->f->body_bytes != 0 || means_content(method)) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)t->f->body_bytes);
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	} else if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
		if (strcmp(method, "GET") != 0)
			curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	}
}

/*
 * A pin alone is enough to know the target by, as for a self-signed backend;
 * then the chain is not asked for.  These rules have a pool of their own, so
 * that no other route meets their connections.
 */
static void
set_tls(struct transfer *t)
{
	const struct rules	*r = t->f->rules;
	CURL			*c = t->pool->easy;
	long			 verify;

	verify = r->verify_tls && (r->tls_pin == NULL || r->ca_file != NULL);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, verify);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (r->ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file);
	if (r->tls_pin != NULL)
		curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, r->tls_pin);
}

enum err
transfer_options(struct transfer *t)
{
	CURL		*c = t->pool->easy;
	enum err	 e;
	const char	*proxy = t->f->outbound_proxy;

	curl_easy_reset(c);
	if ((e = set_tables(c)) != OK || (e = set_url(t)) != OK ||
	    (e = set_fields(t)) != OK)
		return e;
	set_method(t);
	set_tls(t);
	/* "" where NULL would look into the environment (httpoxy). */
	curl_easy_setopt(c, CURLOPT_PROXY, proxy != NULL ? proxy : "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, proxy != NULL ? "" : "*");
	if (proxy != NULL)
		curl_easy_setopt(c, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)t->f->rules->connect_timeout_ms);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, transfer_head_line);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, transfer_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, transfer_upload);
	curl_easy_setopt(c, CURLOPT_READDATA, t);
	return OK;
}
