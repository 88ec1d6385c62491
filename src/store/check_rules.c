#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/fields.h"
#include "http/ip.h"
#include "store/check.h"
#include "store/conf.h"
#include "store/routes.h"

static bool
on_this_machine(const char *origin)
{
	return strncmp(origin, "http://localhost", 16) == 0 ||
	    strncmp(origin, "http://127.", 11) == 0 ||
	    strncmp(origin, "http://[::1]", 12) == 0;
}

static void
origins(struct check *ck, const char *where, const struct cors_rule *r)
{
	const struct cors_origin	*o;

	for (o = r->allow; o < r->allow + r->n_allow; o++) {
		if (cors_shared_suffix(o))
			check_warning(ck, where, "allow_origins: everybody "
			    "can have a page that matches %s: name the whole "
			    "origin", o->text);
		if (strncmp(o->text, "http://", 7) == 0 &&
		    !on_this_machine(o->text))
			check_warning(ck, where, "allow_origins: whoever sits "
			    "on the way can change pages of %s: use https",
			    o->text);
	}
}

/* What `r' has that `below' (NULL: nothing) has not. */
static void
rules(struct check *ck, const char *where, const struct rules *r,
    const struct rules *below)
{
	if (below == NULL || r->cors.allow != below->cors.allow)
		origins(ck, where, &r->cors);
	if (!r->verify_tls && (below == NULL || below->verify_tls))
		check_warning(ck, where, "verify_tls is off: whoever sits on "
		    "the way can answer for the target; better a ca_file or "
		    "a tls_pin");
	if (r->ca_file != NULL && access(r->ca_file, R_OK) == -1)
		check_problem(ck, where, "ca_file cannot be read: %s",
		    r->ca_file);
	if (below == NULL && r->allow_private.all_private)
		check_warning(ck, where, "allow_private = yes: every route "
		    "may reach every private address: name CIDRs, or state it "
		    "in the route that needs it");
}

static bool
opens(const struct ip_allow *a)
{
	return a->all_private || a->n_nets > 0;
}

/* A host that is an address can be judged without asking anybody. */
static bool
is_closed(const char *host, const struct ip_allow *allow)
{
	struct sockaddr_storage	 at;
	char			 text[256];
	socklen_t		 len;

	snprintf(text, sizeof(text), "%s", host + (host[0] == '['));
	text[strcspn(text, "]")] = '\0';
	return ip_literal(text, 1, &at, &len) &&
	    !ip_allowed((struct sockaddr *)&at, len, allow);
}

static bool
has_readers(const struct cors_rule *r)
{
	return r->any || r->n_allow > 0 || r->n_own > 0 || r->target;
}

static void
proxies(struct check *ck, const struct conf *c)
{
	const struct ip_net	*net = c->trusted_proxies.nets;
	size_t			 i;

	for (i = 0; i < c->trusted_proxies.n_nets; i++)
		if (net[i].bits == 0)
			check_warning(ck, c->path, "trusted_proxies holds "
			    "every address: who asks can name any for his "
			    "own; name the proxies");
}

/* Whole URLs, where they may be asked for. */
static void
whole(struct check *ck, const struct conf *c)
{
	const struct whole_rule	*w = &c->whole;
	const struct ip_allow	*allow = &c->rules.allow_private;
	const struct whole_host	*h;
	bool			 in_full = false;

	if (w->targets == WHOLE_NAMED)
		return;
	if (w->targets == WHOLE_ANY)
		check_warning(ck, c->path, "targets = any: who may call can "
		    "reach every public host, and seems to be this one: name "
		    "the hosts in target_hosts, with targets = listed");
	if (!has_readers(&c->rules.cors))
		check_warning(ck, c->path, "targets: no page may ask for "
		    "whole URLs: name those that may in allow_origins");
	if (c->rules.cors.target && c->rules.access == ACCESS_OPEN)
		check_warning(ck, c->path, "targets with cors = target: any "
		    "page may ask for whole URLs, whatever allow_origins "
		    "says: ask for keys (access = key), or set cors = own");
	if (c->rules.cookies != COOKIES_DROP || c->rules.render)
		check_warning(ck, c->path, "targets: cookies and render hold "
		    "for routes alone; whole URLs have neither");
	for (h = w->hosts; h < w->hosts + w->n_hosts; h++) {
		in_full = in_full || !h->pattern;
		if (is_closed(h->name, allow))
			check_warning(ck, c->path, "target_hosts: the address "
			    "%s is not public, and allow_private does not "
			    "open it, so that every request answers 502",
			    h->text);
	}
	if (in_full && opens(allow))
		check_warning(ck, c->path, "target_hosts: what it names in "
		    "full may have a private address of allow_private: make "
		    "sure that who may call is meant to reach it");
}

/* What route_headers do that the operator may not have in mind. */
static void
edits(struct check *ck, const char *where, const struct route *rt)
{
	static const char *const	 keepers[] = {
		"Content-Security-Policy", "X-Content-Type-Options",
		"X-Frame-Options", "Cross-Origin-Resource-Policy" };
	size_t				 i, j;

	if (rt->up.count > 0 && rt->rules.embed)
		check_warning(ck, where, "with embed, pages of strangers make "
		    "it send what route_headers add to requests: set embed "
		    "to 0");
	for (j = 0; j < rt->down.count; j++)
		for (i = 0; i < sizeof(keepers) / sizeof(keepers[0]); i++)
			if (field_same_name(rt->down.list[j].name, keepers[i]))
				check_warning(ck, where, "route_headers "
				    "change %s, which keeps an answer from "
				    "acting as a page of this host",
				    keepers[i]);
}

static bool
by_http_alone(const struct cors_rule *r)
{
	for (size_t i = 0; i < r->n_own; i++)
		if (strncmp(r->own[i].text, "http://", 7) != 0)
			return false;
	return r->n_own > 0;
}

static void
cookies(struct check *ck, const char *where, const struct route *rt)
{
	const struct cors_rule	*r = &rt->rules.cors;

	if (rt->rules.cookies == COOKIES_DROP || strcmp(rt->name, "*") == 0)
		return;
	if (by_http_alone(r))
		check_warning(ck, where, "cookies = isolate: they cross over "
		    "https alone, and own_origin says that this host is "
		    "without");
	if (!r->credentials && !r->target && !rt->rules.render &&
	    (r->any || r->n_allow > 0))
		check_warning(ck, where, "cookies = isolate: pages of "
		    "allow_origins cannot use them without allow_credentials "
		    "= yes, which needs the origins written out");
}

/* `others': how many routes share the host with this one. */
static void
pages(struct check *ck, const char *where, const struct route *rt,
    const struct conf *c, size_t others)
{
	const struct rules	*r = &rt->rules;

	if (!r->render)
		return;
	if (r->cors.n_own == 0)
		check_problem(ck, where, "render = yes needs own_origin: name "
		    "the origin of this host there, or the forms of its pages "
		    "are refused");
	if (r->cors.require_origin)
		check_warning(ck, where, "render = yes with require_origin: "
		    "browsers send no Origin with a link, so that nobody sees "
		    "a page");
	if (r->access != ACCESS_OPEN)
		check_warning(ck, where, "render = yes with access: browsers "
		    "send no key with a link, so that nobody sees a page");
	if (others > 0)
		check_warning(ck, where, "render = yes: its pages run as "
		    "those of this host, and can use its other routes as "
		    "these: give it a host name of its own");
	if (c->operator_key_file != NULL)
		check_warning(ck, where, "render = yes: its pages run as "
		    "those of this host, where its operator has a pass: give "
		    "it a host name of its own, or do not log in here");
}

void
check_route(struct check *ck, const struct route *rt, const struct conf *c,
    size_t others)
{
	char	 where[96];

	snprintf(where, sizeof(where), "routes/%s", rt->name);
	if (rt->fault != NULL) {
		check_problem(ck, where, "%s", rt->fault);
		return;
	}
	rules(ck, where, &rt->rules, &c->rules);
	if (opens(&rt->rules.allow_private))
		check_warning(ck, where, "may reach private addresses: make "
		    "sure that who may call it is meant to");
	if (!has_readers(&rt->rules.cors))
		check_warning(ck, where, "no page may read it: name those "
		    "that may in allow_origins");
	edits(ck, where, rt);
	cookies(ck, where, rt);
	pages(ck, where, rt, c, others);
	if (is_closed(rt->host, &rt->rules.allow_private))
		check_warning(ck, where, "its address %s is not public, and "
		    "allow_private does not open it, so that every request "
		    "answers 502", rt->host);
}

void
check_settings(struct check *ck, const struct conf *c)
{
	rules(ck, c->path, &c->rules, NULL);
	whole(ck, c);
	proxies(ck, c);
}
