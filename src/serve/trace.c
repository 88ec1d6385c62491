#include "serve/trace.h"

#include <string.h>

#include "serve/watch.h"
#include "store/log.h"
#include "upstream/fetch.h"

enum { MAX_URL = 400 };

static double
ms(int64_t us)
{
	return (double)us / 1000;
}

void
trace_hop(void *log, const struct hop *hop)
{
	const struct fetch	*f = hop->fetch;
	const char		*id = hop->id;
	const struct fetch_seen	*seen = f->seen;
	size_t			 len = strcspn(f->url, "?");	/* a key */

	if (len > MAX_URL)
		len = MAX_URL;
	if (seen->address[0] == '\0')
		log_trace(log, "request %s: %s %.*s, no connection", id,
		    f->method, (int)len, f->url);
	else
		log_trace(log, "request %s: %s %.*s at %s port %ld, %s "
		    "connection, %s%s%s", id, f->method, (int)len, f->url,
		    seen->address, seen->port, seen->kept ? "kept" : "new",
		    seen->http, seen->tls[0] != '\0' ? ", " : "", seen->tls);
	log_trace(log, "request %s: name %.1f ms, connection %.1f ms, TLS "
	    "%.1f ms, first byte %.1f ms, all %.1f ms; status %d, %lld bytes "
	    "sent, %lld received; %s", id, ms(seen->name_us),
	    ms(seen->connect_us), ms(seen->tls_us), ms(seen->first_byte_us),
	    ms(seen->all_us), seen->status, (long long)seen->sent_bytes,
	    (long long)seen->received_bytes, err_word(hop->err));
}
