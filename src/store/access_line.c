#include "store/access_line.h"

#include <string.h>
#include <time.h>

#include "core/buf.h"
#include "core/escape.h"
#include "core/json.h"
#include "core/utc.h"

/* The most bytes that come of each field, less the dots where it was cut. */
enum { MAX_ID = 32, MAX_PEER = 46, MAX_USER = 64, MAX_METHOD = 24,
    MAX_PATH = 1200, MAX_PROTOCOL = 16, MAX_ORIGIN = 256, MAX_REFERER = 700,
    MAX_AGENT = 700, MAX_ROUTE = 64, MAX_TARGET = 270, MAX_WORD = 40 };

enum { FIELDS = 13, MAX_FIELDS = MAX_ID + MAX_PEER + MAX_USER + MAX_METHOD +
    MAX_PATH + MAX_PROTOCOL + MAX_ORIGIN + MAX_REFERER + MAX_AGENT +
    MAX_ROUTE + MAX_TARGET + 2 * MAX_WORD };
/* Names, quotes, date and numbers of a JSON line are 464 bytes at most. */
_Static_assert(MAX_FIELDS + 3 * FIELDS + 500 <= ACCESS_LINE_MAX,
    "a line may become too long");

/* --- what may hold secrets --- */

/* Up to the query or fragment. */
static const char *
bare(char to[MAX_PATH + 2], const char *url)
{
	size_t	 n;

	if (url == NULL)
		return NULL;
	n = strcspn(url, "?#");
	if (n > MAX_PATH + 1)
		n = MAX_PATH + 1;	/* enough to show that it was cut */
	memcpy(to, url, n);
	to[n] = '\0';
	return to;
}

/* "https://user:password@host/": no browser sends that, but a client may. */
static const char *
harmless(const char *referer)
{
	const char	*host;

	if (referer == NULL || (host = strstr(referer, "://")) == NULL)
		return referer;
	host += 3;
	return memchr(host, '@', strcspn(host, "/?#")) == NULL ? referer :
	    NULL;
}

/* --- combined --- */

/* Most requests come within a second of the one before. */
static const char *
local_time(int64_t start_ms)
{
	static _Thread_local char	 when[64];
	static _Thread_local time_t	 of;
	time_t				 start = (time_t)(start_ms / 1000);
	struct tm			 tm;

	if (start == of && when[0] != '\0')
		return when;
	of = start;
	if (localtime_r(&start, &tm) == NULL || strftime(when, sizeof(when),
	    "%d/%b/%Y:%H:%M:%S %z", &tm) == 0)
		memcpy(when, "-", 2);
	return when;
}

/* What other programs do not look for: it stands behind what they know. */
static void
ours(struct buf *b, const struct access *x)
{
	buf_char(b, ' ');
	escape_log_word(b, x->route, MAX_ROUTE);
	buf_char(b, ' ');
	escape_log_word(b, x->rule, MAX_WORD);
	buf_char(b, ' ');
	if (x->target_us > 0)
		buf_thousandths(b, x->target_us / 1000);
	else
		buf_char(b, '-');
	buf_char(b, ' ');
	buf_thousandths(b, x->total_us / 1000);
	buf_char(b, ' ');
	escape_log_word(b, x->id, MAX_ID);
}

void
access_combined(struct buf *b, const struct access *x)
{
	char	 url[MAX_PATH + 2];

	escape_log(b, x->peer, MAX_PEER);
	buf_str(b, " - ");
	escape_log_word(b, x->user, MAX_USER);
	buf_str(b, " [");
	buf_str(b, local_time(x->start_ms));
	buf_str(b, "] \"");
	escape_log(b, x->method, MAX_METHOD);
	buf_char(b, ' ');
	escape_log(b, bare(url, x->path), MAX_PATH);
	buf_char(b, ' ');
	escape_log(b, x->protocol, MAX_PROTOCOL);
	buf_str(b, "\" ");
	buf_number(b, x->status);
	buf_char(b, ' ');
	buf_number(b, x->body_bytes);
	buf_str(b, " \"");
	escape_log(b, bare(url, harmless(x->referer)), MAX_REFERER);
	buf_str(b, "\" \"");
	escape_log(b, x->user_agent, MAX_AGENT);
	buf_char(b, '"');
	ours(b, x);
	buf_char(b, '\n');
}

/* --- JSON --- */

/* null where it did not come to that. */
static void
ms(struct buf *b, const char *name, int64_t us)
{
	if (us > 0)
		json_ms(b, name, us);
	else
		json_null(b, name);
}

/* RFC 3339; null for a year that it has no digits for. */
static void
universal_time(struct buf *b, int64_t start_ms)
{
	static _Thread_local char	 when[UTC_TEXT];
	static _Thread_local int64_t	 of;
	int64_t				 start = start_ms / 1000;
	int				 ms = (int)(start_ms % 1000);
	char				 part[] = ".000Z\"";

	if (start != of || when[0] == '\0')
		utc_write(of = start, when);
	if (when[0] == '\0') {
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	buf_add(b, when, UTC_TEXT - 2);		/* less "Z" */
	for (int i = 3; i > 0; i--, ms /= 10)
		part[i] = (char)('0' + ms % 10);
	buf_str(b, part);
}

static void
who_and_what(struct buf *b, const struct access *x)
{
	char	 url[MAX_PATH + 2];

	json_log_text(b, "id", x->id, MAX_ID);
	json_log_text(b, "client", x->peer, MAX_PEER);
	json_log_text(b, "user", x->user, MAX_USER);
	json_log_text(b, "method", x->method, MAX_METHOD);
	json_log_text(b, "path", bare(url, x->path), MAX_PATH);
	json_log_text(b, "protocol", x->protocol, MAX_PROTOCOL);
	json_log_text(b, "origin", x->origin, MAX_ORIGIN);
	json_log_text(b, "referer", bare(url, harmless(x->referer)),
	    MAX_REFERER);
	json_log_text(b, "user_agent", x->user_agent, MAX_AGENT);
}

void
access_json(struct buf *b, const struct access *x)
{
	buf_str(b, "{\"time\":");
	universal_time(b, x->start_ms);
	who_and_what(b, x);
	json_log_text(b, "route", x->route, MAX_ROUTE);
	json_log_text(b, "target", x->target, MAX_TARGET);
	json_number(b, "status", x->status);
	json_log_text(b, "rule", x->rule, MAX_WORD);
	json_log_text(b, "cause", x->cause, MAX_WORD);
	json_truth(b, "cut", x->cut);
	json_number(b, "bytes", x->body_bytes);
	json_number(b, "upload_bytes", x->upload_bytes);
	ms(b, "target_first_ms", x->target_first_us);
	ms(b, "target_ms", x->target_us);
	ms(b, "total_ms", x->total_us);
	buf_str(b, "}\n");
}
