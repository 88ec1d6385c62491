#include "upstream/transfer.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "http/ip.h"
#include "http/url.h"
#include "upstream/certificate.h"

/*
 * libcurl tells the version of TLS only in what it says while it works; the
 * rest of that, which may hold header fields, goes nowhere.
 */
static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	static const char	 prefix[] = "SSL connection using ";
	const size_t		 n = sizeof(prefix) - 1;
	struct fetch_seen	*seen = arg;

	(void)easy;
	if (type != CURLINFO_TEXT || len <= n || memcmp(data, prefix, n) != 0)
		return 0;
	while (len > n && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		len--;
	snprintf(seen->tls, sizeof(seen->tls), "%.*s", (int)(len - n),
	    data + n);
	return 0;
}

bool
transfer_watched(const struct transfer *t)
{
	return t->f->seen != NULL || t->f->certificate != NULL;
}

void
transfer_watch(struct transfer *t)
{
	struct fetch_seen	*seen = t->f->seen;

	if (t->f->certificate != NULL) {
		/* A connection that is kept, a session that is resumed, show
		 * none. */
		*t->f->certificate = (struct certificate){ .names = "" };
		curl_easy_setopt(t->handle->easy, CURLOPT_CERTINFO, 1L);
		curl_easy_setopt(t->handle->easy, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(t->handle->easy, CURLOPT_SSL_SESSIONID_CACHE,
		    0L);
	}
	if (seen == NULL)
		return;
	*seen = (struct fetch_seen){ .http = "" };
	t->began_us = clock_us();
	curl_easy_setopt(t->handle->easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(t->handle->easy, CURLOPT_DEBUGDATA, seen);
	curl_easy_setopt(t->handle->easy, CURLOPT_VERBOSE, 1L);
}

void
transfer_refused(struct transfer *t, const struct sockaddr *sa)
{
	char	 text[INET6_ADDRSTRLEN];

	t->refused = true;
	if (t->f->seen == NULL)
		return;
	ip_text(sa, text);
	snprintf(t->f->seen->refused, sizeof(t->f->seen->refused), "%s", text);
}

/* That of the server itself comes first. */
static void
read_certificate(const struct transfer *t)
{
	static const char		 mark[] = "Cert:";
	struct curl_certinfo		*all = NULL;
	const struct curl_slist		*line;

	curl_easy_getinfo(t->handle->easy, CURLINFO_CERTINFO, &all);
	if (all == NULL || all->num_of_certs == 0)
		return;
	for (line = all->certinfo[0]; line != NULL; line = line->next)
		if (strncmp(line->data, mark, sizeof(mark) - 1) == 0)
			break;
	if (line == NULL || certificate_read(t->arena, line->data +
	    sizeof(mark) - 1, t->f->target->host, t->f->certificate) != OK)
		*t->f->certificate = (struct certificate){ .names = "" };
}

static const char *
http_version(CURL *c)
{
	long	 version = 0;

	curl_easy_getinfo(c, CURLINFO_HTTP_VERSION, &version);
	switch (version) {
	case CURL_HTTP_VERSION_1_0:
		return "HTTP/1.0";
	case CURL_HTTP_VERSION_1_1:
		return "HTTP/1.1";
	case CURL_HTTP_VERSION_2_0:
		return "HTTP/2";
	default:
		return "";
	}
}

static int64_t
number(CURL *c, CURLINFO info)
{
	curl_off_t	 n = 0;

	return curl_easy_getinfo(c, info, &n) == CURLE_OK ? (int64_t)n : 0;
}

static void
read_seen(const struct transfer *t, struct fetch_seen *seen)
{
	CURL	*c = t->handle->easy;
	char	*address = NULL;
	long	 connects = 0;

	curl_easy_getinfo(c, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(c, CURLINFO_PRIMARY_PORT, &seen->port);
	curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &connects);
	seen->http = http_version(c);
	if (address != NULL)
		snprintf(seen->address, sizeof(seen->address), "%s", address);
	seen->kept = connects == 0 && seen->address[0] != '\0';
	seen->name_us = number(c, CURLINFO_NAMELOOKUP_TIME_T);
	seen->connect_us = number(c, CURLINFO_CONNECT_TIME_T);
	seen->tls_us = number(c, CURLINFO_APPCONNECT_TIME_T);
	seen->first_byte_us = number(c, CURLINFO_STARTTRANSFER_TIME_T);
	seen->all_us = clock_us() - t->began_us;
	seen->sent_bytes = number(c, CURLINFO_SIZE_UPLOAD_T);
	seen->received_bytes = number(c, CURLINFO_SIZE_DOWNLOAD_T);
	seen->status = t->status;
}

/* A transfer that was asked once, answered and not watched has left its handle
 * as transfer_options() takes it over. */
void
transfer_report(const struct transfer *t)
{
	t->handle->told.fixed = t->why == OK && t->head_done && !t->repeated &&
	    !transfer_watched(t);
	if (t->f->certificate != NULL)
		read_certificate(t);
	if (t->f->seen == NULL)
		return;
	read_seen(t, t->f->seen);
	/* The handle outlives what it would tell. */
	curl_easy_setopt(t->handle->easy, CURLOPT_VERBOSE, 0L);
}
