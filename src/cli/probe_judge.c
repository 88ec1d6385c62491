#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/probe.h"
#include "core/buf.h"
#include "core/escape.h"
#include "core/utc.h"
#include "http/ip.h"
#include "store/check.h"

/*
 * A problem is what makes requests fail, now or within two weeks; a warning
 * what costs time, will make them fail later, or is most likely not meant.
 */

enum { URGENT_DAYS = 14, SOON_DAYS = 30, MAX_TEXT = 4096 };

/* A key and its value, another one perhaps. */
struct pair { const char *key, *value; };

static bool
is_row(const struct probe *p, const struct conf *c)
{
	return !p->route->whole &&
	    (c->remote_url == NULL || strcmp(p->route->name, "*") != 0);
}

/* How to set this, where it is set: SQL for a row, else lines of the INI. */
static const char *
set(struct probe *p, const struct conf *c, struct pair one, struct pair two)
{
	const struct pair	 pairs[] = { one, two };
	bool			 row = is_row(p, c);
	const char		*key;
	struct buf		 b;

	buf_init(&b, &p->arena, MAX_TEXT);
	buf_str(&b, row ? "UPDATE routes SET " : "set ");
	for (size_t i = 0; i < 2 && pairs[i].key != NULL; i++) {
		key = !row && strcmp(pairs[i].key, "url") == 0 ?
		    "remote_url" : pairs[i].key;
		buf_fmt(&b, "%s%s = ", i > 0 ? ", " : "", key);
		if (row)
			escape_sql(&b, pairs[i].value);
		else
			buf_str(&b, pairs[i].value);
	}
	if (row)
		buf_fmt(&b, " WHERE name = '%s';", p->route->name);
	else
		buf_str(&b, " in viaduct.ini");
	return b.data;
}

static const char *
setting(struct probe *p, const struct conf *c, const char *key,
    const char *value)
{
	return set(p, c, (struct pair){ key, value }, (struct pair){ NULL,
	    NULL });
}

/* err_mend() with the route's name in its statement, which only a row has.  Of
 * some it names this very command. */
static const char *
mend(struct probe *p, const struct conf *c, enum err e)
{
	const char	*text = err_mend(e), *at;
	struct buf	 b;

	if (e == ERR_TLS_PROTOCOL)
		return "if it speaks no TLS at this port, the URL begins with "
		    "http://; else it needs TLS 1.2 or newer";
	if (e == ERR_BAD_RESPONSE)
		return "see whether a web server listens at this port, and "
		    "whether the URL begins with https:// if it wants TLS";
	if ((at = strstr(text, ": UPDATE")) == NULL)
		return text;
	buf_init(&b, &p->arena, MAX_TEXT);
	buf_add(&b, text, (size_t)(at - text));
	if (is_row(p, c) && strstr(at, "'ROUTE'") != NULL)
		buf_fmt(&b, "%.*s'%s';", (int)(strstr(at, "'ROUTE'") - at), at,
		    p->route->name);
	return b.data;
}

/* --- certificates --- */

/* One fault more. */
static void add(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void
add(struct buf *b, const char *fmt, ...)
{
	char	 text[1024];
	va_list	 ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_str(b, b->len > 0 ? ", and " : "");
	buf_str(b, text);
}

/* All that is wrong with it, and what else than a pin would mend that. */
static const char *
faults(const struct probe_hop *h, struct buf *b)
{
	const struct certificate	*c = &h->certificate;
	int64_t				 now = (int64_t)time(NULL);
	const char			*other = "";
	char				 at[UTC_TEXT];

	if (c->self_signed)
		add(b, "is signed by itself");
	if (!c->names_host) {
		add(b, "is for %s and not for %s", c->names[0] != '\0' ?
		    c->names : c->subject, h->host);
		other = "give the URL a name that it is for, or, ";
	}
	if (now < c->from_s) {
		add(b, "holds from %s on", utc_write_day(c->from_s, at));
		other = "see whether the clock of this machine is right, or, ";
	}
	if (now > c->until_s) {
		add(b, "ended on %s", utc_write_day(c->until_s, at));
		other = "renew it, or, ";
	}
	if (b->len == 0) {
		add(b, "comes from an authority that is not known here (%s)",
		    c->issuer);
		other = "put the authority's own certificate into a ca_file, "
		    "or let the target send those in between, or, ";
	}
	return other;
}

static void
judge_untrusted(struct probe *p, struct check *ck, const struct conf *c,
    const struct probe_hop *h)
{
	const struct rules		*r = &p->route->rules;
	const struct certificate	*cert = &h->certificate;
	struct buf			 wrong;
	const char			*other;

	if (cert->subject == NULL) {
		check_problem(ck, p->where, "the certificate of %s cannot be "
		    "trusted: %s", h->host, mend(p, c,
		    ERR_TLS_CERTIFICATE));
		return;
	}
	if (strcmp(h->host, p->answer.hops[0].host) != 0) {
		check_problem(ck, p->where, "a redirect leads to %s, whose "
		    "certificate cannot be trusted: what is set for the "
		    "route's own target does not hold there", h->host);
		return;
	}
	if (r->tls_pin != NULL && strstr(r->tls_pin, cert->pin) == NULL) {
		check_problem(ck, p->where, "the key of %s is not that of "
		    "tls_pin: if its owner has changed it, %s", h->host,
		    setting(p, c, "tls_pin", cert->pin));
		return;
	}
	buf_init(&wrong, &p->arena, MAX_TEXT);
	other = faults(h, &wrong);
	check_problem(ck, p->where, "the certificate of %s %s: %sif this is "
	    "its key, %s", h->host, wrong.data, other, r->ca_file != NULL ?
	    set(p, c, (struct pair){ "tls_pin", cert->pin },
	    (struct pair){ "ca_file", "" }) :
	    setting(p, c, "tls_pin", cert->pin));
}

/* Certificates of a few days are renewed within hours: a third of its life is
 * early enough for any. */
static void
judge_expiry(struct probe *p, struct check *ck, const struct probe_hop *h)
{
	const struct certificate	*c = &h->certificate;
	int64_t				 left_s, days;
	char				 end[UTC_TEXT];

	left_s = c->until_s - (int64_t)time(NULL);
	days = left_s / UTC_DAY_SECONDS;
	if (!h->judged || left_s > (c->until_s - c->from_s) / 3)
		return;
	utc_write_day(c->until_s, end);
	if (days < URGENT_DAYS)
		check_problem(ck, p->where, "the certificate of %s ends on "
		    "%s, in %lld days: renew it", h->host, end,
		    (long long)days);
	else if (days < SOON_DAYS)
		check_warning(ck, p->where, "the certificate of %s ends on "
		    "%s, in %lld days: see that it is renewed", h->host, end,
		    (long long)days);
}

static void
judge_unverified(struct probe *p, struct check *ck, const struct conf *c,
    const struct probe_hop *h)
{
	if (p->route->rules.verify_tls)
		return;
	if (h->would_pass)
		check_warning(ck, p->where, "verify_tls is off, and the "
		    "certificate of %s is sound: %s", h->host,
		    setting(p, c, "verify_tls", "yes"));
	else
		check_warning(ck, p->where, "verify_tls is off: if this is "
		    "its key, %s", set(p, c, (struct pair){ "tls_pin",
		    h->certificate.pin }, (struct pair){ "verify_tls",
		    "yes" }));
}

/* --- failures --- */

static void
judge_address(struct probe *p, struct check *ck, const struct conf *c,
    const struct probe_hop *h)
{
	const char		*at = h->seen.refused;
	struct sockaddr_storage	 sa;
	socklen_t		 len;
	struct ip_net		 opened;
	struct buf		 net;

	if (!ip_literal(at, 1, &sa, &len)) {
		check_problem(ck, p->where, "%s may not be reached: %s",
		    h->host, mend(p, c, ERR_ADDRESS_PROHIBITED));
		return;
	}
	buf_init(&net, &p->arena, 128);
	buf_fmt(&net, "%s/%d", at, sa.ss_family == AF_INET ? 32 : 128);
	if (!ip_net_read(net.data, &opened) || !ip_allowed((struct sockaddr *)
	    &sa, len, &(struct ip_allow){ .nets = &opened, .n_nets = 1 }))
		check_problem(ck, p->where, "its address %s is opened by no "
		    "setting: mend the URL", at);
	else if (ip_tier((struct sockaddr *)&sa, len) == IP_PUBLIC)
		check_problem(ck, p->where, "its address %s is this very "
		    "machine: mend the URL, or if that is meant, %s", at,
		    setting(p, c, "allow_private", net.data));
	else
		check_problem(ck, p->where, "its address %s is not public: if "
		    "callers are meant to reach it, %s", at,
		    setting(p, c, "allow_private", net.data));
}

static void
judge_failure(struct probe *p, struct check *ck, const struct conf *c)
{
	const struct probe_answer	*a = &p->answer;
	const struct probe_hop		*h;

	if (a->n_hops == 0) {
		check_problem(ck, p->where, "cannot be asked (%s): %s",
		    err_word(a->err), mend(p, c, a->err));
		return;
	}
	h = &a->hops[a->n_hops - 1];
	if (a->err == ERR_TLS_CERTIFICATE)
		judge_untrusted(p, ck, c, h);
	else if (a->err == ERR_ADDRESS_PROHIBITED)
		judge_address(p, ck, c, h);
	else
		check_problem(ck, p->where, "%s fails (%s): %s", h->url,
		    err_word(a->err), mend(p, c, a->err));
}

/* --- answers --- */

static void
judge_status(struct probe *p, struct check *ck, int status)
{
	if (status >= 500)
		check_problem(ck, p->where, "answers %d: the target itself "
		    "fails; its log says why", status);
	else if (p->route->whole || status < 400)
		return;
	else if (status == 401 || status == 403)
		check_warning(ck, p->where, "answers %d: unless callers prove "
		    "to it who they are, give it a key in route_headers",
		    status);
	else if (status == 404 || status == 410)
		check_warning(ck, p->where, "answers %d: mend the URL, unless "
		    "only paths below it are asked for", status);
	else if (status == 429)
		check_warning(ck, p->where, "answers 429: it limits requests "
		    "of this host, and all callers share them");
	else if (status != 405)
		check_warning(ck, p->where, "answers %d to a GET", status);
}

static bool
leads_to_tls(const struct probe_hop *h)
{
	const char	*to = h->location;
	size_t		 len = strlen(h->host);

	return strncmp(h->url, "http:", 5) == 0 &&
	    strncmp(to, "https://", 8) == 0 &&
	    strncmp(to + 8, h->host, len) == 0 &&
	    strchr(":/", to[8 + len]) != NULL;
}

static bool
is_moved(const struct probe_hop *h)
{
	return h->status == 301 || h->status == 308 || leads_to_tls(h);
}

/* A page's own redirects are its visitors' to follow. */
static bool
is_pages(const struct rules *r)
{
	return r->render || r->cookies == COOKIES_ISOLATE ||
	    r->redirects == REDIRECT_PASS;
}

/* The first step that is for good is one that every request makes. */
static void
judge_redirects(struct probe *p, struct check *ck, const struct conf *c)
{
	const struct probe_answer	*a = &p->answer;
	const struct probe_hop		*h;

	if (a->n_hops == 0 || p->route->whole)
		return;
	h = &a->hops[0];
	if (h->location == NULL && h->astray)
		check_warning(ck, p->where, "redirects (%d) to what is no "
		    "URL, so that the caller is not told where to",
		    h->status);
	if (h->location == NULL || (is_pages(&p->route->rules) &&
	    !is_moved(h)))
		return;
	if (h->location_cut)
		check_warning(ck, p->where, "redirects (%d) to %s with more "
		    "that is not shown: ask %s with curl -i, and put into url "
		    "what it says", h->status, h->location, h->url);
	else if (is_moved(h))
		check_warning(ck, p->where, "redirects (%d) to %s, %s: %s%s",
		    h->status, h->location, h->followed ? "which costs each "
		    "request another" : "which the caller is sent to",
		    setting(p, c, "url", h->location),
		    strchr(p->route->url, '?') != NULL ? " (with its query)" :
		    "");
	else if (!h->followed)
		check_warning(ck, p->where, "redirects (%d) to %s, which the "
		    "caller is sent to: put that into url, or %s", h->status,
		    h->location, setting(p, c, "redirects", "follow"));
}

static void
judge_cors(struct probe *p, struct check *ck)
{
	const struct probe_answer	*a = &p->answer;

	if (!p->route->rules.cors.target)
		return;
	if (p->refuses_origin != 0)
		check_warning(ck, p->where, "cors = target, but it refuses "
		    "pages of %s (%d): name the origin there, or leave cors "
		    "to the gateway", p->origin, p->refuses_origin);
	else if (!p->any_origin && (a->allow_origin == NULL ||
	    strcmp(a->allow_origin, p->origin) != 0))
		check_warning(ck, p->where, "cors = target, but it lets no "
		    "page of %s read it: name the origin there, or leave cors "
		    "to the gateway", p->origin);
}

static void
judge_pace(struct probe *p, struct check *ck, const struct probe_hop *h)
{
	const struct rules	*r = &p->route->rules;
	int64_t			 connect_ms = h->seen.connect_us / 1000;
	int64_t			 first_ms = h->seen.first_byte_us / 1000;

	if (connect_ms > r->connect_timeout_ms / 2)
		check_warning(ck, p->where, "a connection takes %lld ms, more "
		    "than half of connect_timeout", (long long)connect_ms);
	if (first_ms > r->request_timeout_ms / 2)
		check_warning(ck, p->where, "begins to answer after %lld ms, "
		    "more than half of request_timeout", (long long)first_ms);
}

void
probe_judge(struct probe *p, struct check *ck, const struct conf *c)
{
	const struct probe_answer	*a = &p->answer;
	const struct probe_hop		*h;

	for (h = a->hops; h < a->hops + a->n_hops; h++)
		if (h->err == OK && h->certificate.subject != NULL)
			judge_expiry(p, ck, h);
	judge_redirects(p, ck, c);
	if (a->err != OK) {
		judge_failure(p, ck, c);
		return;
	}
	if (a->n_hops == 0)
		return;
	if (a->hops[0].certificate.subject != NULL)
		judge_unverified(p, ck, c, &a->hops[0]);
	h = &a->hops[a->n_hops - 1];
	judge_status(p, ck, h->status);
	judge_cors(p, ck);
	judge_pace(p, ck, h);
}
