#include "upstream/transfer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "upstream/guard.h"

/* What is at its default today may be changed by a library's build. */
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
 * later requests to another host or port.  COOKIEJAR begins to keep cookies in
 * the same way; COOKIEFILE, behind it, ends that.
 */
static const CURLoption absent[] = {
	CURLOPT_PRE_PROXY, CURLOPT_UNIX_SOCKET_PATH,
	CURLOPT_ABSTRACT_UNIX_SOCKET, CURLOPT_INTERFACE, CURLOPT_RESOLVE,
	CURLOPT_CONNECT_TO, CURLOPT_DOH_URL, CURLOPT_DNS_SERVERS,
	CURLOPT_USERPWD, CURLOPT_XOAUTH2_BEARER, CURLOPT_COOKIE,
	CURLOPT_COOKIEJAR, CURLOPT_COOKIEFILE, CURLOPT_SHARE,
	CURLOPT_ACCEPT_ENCODING, CURLOPT_RANGE, CURLOPT_REFERER,
	CURLOPT_USERAGENT,
};

enum { READ_BYTES = 64 * 1024 };

static bool
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
	return !bad;
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
	if (fd != -1) {
		t->opened = true;
		loop_take(t->fetcher->loop, fd);
	}
	return fd;
}

static int
close_socket(void *arg, curl_socket_t fd)
{
	struct fetcher	*f = arg;

	loop_close(f->loop, fd);
	return 0;
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
	t->repeated = t->connected;
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

/*
 * A pin alone is enough to know the target by, as for a self-signed backend;
 * then the chain is not asked for.  These rules have a hub of their own, so
 * that no other route meets their connections.
 */
static bool
set_tls(CURL *c, const struct rules *r)
{
	bool	 verify;

	verify = r->verify_tls && (r->tls_pin == NULL || r->ca_file != NULL);
	return curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER,
	    verify ? 1L : 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST,
	    verify ? 2L : 0L) == CURLE_OK &&
	    (r->ca_file == NULL ||
	    curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file) == CURLE_OK) &&
	    (r->tls_pin == NULL || curl_easy_setopt(c,
	    CURLOPT_PINNEDPUBLICKEY, r->tls_pin) == CURLE_OK);
}

/* "" where NULL would look into the environment (httpoxy). */
static bool
set_proxy(CURL *c, const char *proxy)
{
	return curl_easy_setopt(c, CURLOPT_PROXY,
	    proxy != NULL ? proxy : "") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOPROXY,
	    proxy != NULL ? "" : "*") == CURLE_OK &&
	    (proxy == NULL || curl_easy_setopt(c, CURLOPT_PROXYAUTH,
	    (long)CURLAUTH_BASIC) == CURLE_OK);
}

enum err
transfer_fixed(struct transfer *t)
{
	CURL	*c = t->handle->easy;

	curl_easy_reset(c);
	if (!set_tables(c) || !set_tls(c, t->f->rules) ||
	    !set_proxy(c, t->f->outbound_proxy))
		return ERR_INTERNAL;
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, t->fetcher);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, transfer_head_line);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, transfer_body);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, transfer_upload);
	return OK;
}
