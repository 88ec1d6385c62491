#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/check_out.h"
#include "cli/probe.h"
#include "core/buf.h"
#include "core/json.h"
#include "core/utc.h"

/* --- for people --- */

static double
ms(int64_t us)
{
	return (double)us / 1000;
}

static void
tell_connection(const struct probe *p, const struct probe_hop *h,
    struct check_out *out)
{
	const struct fetch_seen	*s = &h->seen;

	if (s->address[0] == '\0')
		return;
	check_out_line(out, "    %s%s port %ld%s%s%s%.*s", p->proxied ?
	    "through outbound_proxy, " : "", s->address, s->port,
	    s->http[0] != '\0' ? ", " : "", s->http, s->tls[0] != '\0' ?
	    ", " : "", (int)strcspn(s->tls, " "), s->tls);
}

static void
tell_certificate(const struct probe_hop *h, struct check_out *out)
{
	const struct certificate	*c = &h->certificate;
	char				 until[UTC_TEXT];
	int64_t				 days;

	if (c->subject == NULL)
		return;
	days = (c->until_s - (int64_t)time(NULL)) / UTC_DAY_SECONDS;
	check_out_line(out, "    certificate of %s", c->names[0] != '\0' ?
	    c->names : c->subject);
	check_out_line(out, "        until %s (%lld day%s), %s%s",
	    utc_write_day(c->until_s, until), (long long)days,
	    days == 1 ? "" : "s", c->self_signed ? "self-signed" :
	    "issuer: ", c->self_signed ? "" : c->issuer);
}

static void
tell_hop(const struct probe *p, const struct probe_hop *h, bool last,
    struct check_out *out)
{
	const struct fetch_seen	*s = &h->seen;

	if (h->status == 0)
		check_out_line(out, "    no answer in %.0f ms (%s)",
		    ms(s->all_us), err_word(h->err));
	else
		check_out_line(out, "    %d in %.0f ms: name %.0f, connection "
		    "%.0f, TLS %.0f, first byte %.0f%s%s", h->status,
		    ms(s->all_us), ms(s->name_us), ms(s->connect_us),
		    ms(s->tls_us), ms(s->first_byte_us), last &&
		    p->answer.type != NULL ? "; " : "", last &&
		    p->answer.type != NULL ? p->answer.type : "");
	tell_connection(p, h, out);
	tell_certificate(h, out);
	if (h->location != NULL)
		check_out_line(out, "    %s %s%s", h->followed ?
		    "leads to, and is followed," : "points to, and is passed "
		    "on,", h->location, h->location_cut ? " ..." : "");
}

static bool
has_secrets(const struct route *rt)
{
	return rt->up.count > 0 || strchr(rt->url, '?') != NULL;
}

/* Whom it lets read its answers; NULL: no pages. */
static const char *
readers(const struct probe *p)
{
	const char	*allow = p->answer.allow_origin;

	if (p->answer.err != OK || allow == NULL)
		return NULL;
	if (p->any_origin)
		return "every origin";
	return strcmp(allow, p->origin) == 0 ? p->origin : NULL;
}

static void
tell_readers(const struct probe *p, const char *who, struct check_out *out)
{
	check_out_line(out, "    CORS for pages of %s, %s cookies:", who,
	    p->answer.allow_credentials ? "with" : "without");
	check_out_line(out, "        %s", has_secrets(p->route) ? "they need "
	    "the gateway for what it adds" : p->route->rules.cors.target ?
	    "the gateway passes it on" : "no proxy is needed to GET it");
}

static void
tell_cors(const struct probe *p, struct check_out *out)
{
	const char	*who = readers(p);

	if (p->answer.err != OK)
		return;
	if (p->refuses_origin != 0)
		check_out_line(out, "    (%d to requests of a page of %s; not "
		    "so without Origin, as the gateway asks)",
		    p->refuses_origin, p->origin);
	if (who == NULL && p->answer.allow_origin == NULL)
		check_out_line(out, "    no CORS fields: pages need the "
		    "gateway");
	else if (who == NULL)
		check_out_line(out, "    CORS for %s alone: pages of %s need "
		    "the gateway", p->answer.allow_origin, p->origin);
	else
		tell_readers(p, who, out);
}

static void
tell_people(const struct probe *p, struct check_out *out)
{
	const struct probe_answer	*a = &p->answer;

	check_out_line(out, "asked: %s, %s", p->where, a->n_hops > 0 ?
	    a->hops[0].url : "nothing was sent");
	for (size_t i = 0; i < a->n_hops; i++) {
		if (i > 0)
			check_out_line(out, "  then %s", a->hops[i].url);
		tell_hop(p, &a->hops[i], i + 1 == a->n_hops, out);
	}
	if (p->route->rules.preserve_host && p->route->rules.cors.n_own == 0)
		check_out_line(out, "    (preserve_host: by which host "
		    "callers ask, only own_origin would tell)");
	tell_cors(p, out);
}

/* --- for programs --- */

static void
put_certificate(struct buf *b, const struct probe_hop *h)
{
	const struct certificate	*c = &h->certificate;

	if (c->subject == NULL) {
		json_null(b, "certificate");
		return;
	}
	json_open(b, "certificate", '{');
	json_text(b, "subject", c->subject);
	json_text(b, "issuer", c->issuer);
	json_text(b, "names", c->names);
	json_number(b, "valid_from", c->from_s);
	json_number(b, "valid_until", c->until_s);
	json_text(b, "pin", c->pin);
	json_truth(b, "self_signed", c->self_signed);
	json_truth(b, "names_host", c->names_host);
	json_close(b, '}');
}

static void
put_hop(struct buf *b, const struct probe_hop *h)
{
	const struct fetch_seen	*s = &h->seen;

	json_open(b, NULL, '{');
	json_text(b, "url", h->url);
	json_text(b, "rule", err_word(h->err));
	json_number(b, "status", h->status);
	json_text(b, "location", h->location);
	json_truth(b, "followed", h->followed);
	json_text(b, "address", s->address);
	json_number(b, "port", s->port);
	json_text(b, "http", s->http);
	json_text(b, "tls", s->tls);
	json_open(b, "ms", '{');
	json_ms(b, "name", s->name_us);
	json_ms(b, "connection", s->connect_us);
	json_ms(b, "tls", s->tls_us);
	json_ms(b, "first_byte", s->first_byte_us);
	json_ms(b, "all", s->all_us);
	json_close(b, '}');
	put_certificate(b, h);
	json_close(b, '}');
}

static void
tell_program(const struct probe *p, struct buf *b)
{
	const struct probe_answer	*a = &p->answer;

	json_open(b, NULL, '{');
	json_text(b, "where", p->where);
	json_text(b, "rule", err_word(a->err));
	json_number(b, "status", a->n_hops > 0 ?
	    a->hops[a->n_hops - 1].status : 0);
	json_text(b, "type", a->type);
	json_text(b, "origin", p->origin);
	json_text(b, "allow_origin", a->allow_origin);
	json_truth(b, "allow_credentials", a->allow_credentials);
	json_text(b, "readers", readers(p));
	if (p->refuses_origin != 0)
		json_number(b, "refuses_origin", p->refuses_origin);
	else
		json_null(b, "refuses_origin");
	json_open(b, "hops", '[');
	for (size_t i = 0; i < a->n_hops; i++)
		put_hop(b, &a->hops[i]);
	json_close(b, ']');
	json_close(b, '}');
}

void
probe_tell(const struct probe *p, struct check_out *out)
{
	if (out->json)
		tell_program(p, &out->targets);
	else
		tell_people(p, out);
}
