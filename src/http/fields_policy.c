#include "http/fields.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/cookie.h"
#include "http/fields_value.h"
#include "http/key.h"

/*
 * Which fields may cross, in either direction.  Both tables are sorted by
 * name for look_up(); a name that ends in "*" stands for all that begin so.
 * What is not listed crosses.
 */

enum act {
	PASS,
	DROP,
	/* to the target */
	CLAIM,			/* dropped: what proxies say of a client */
	ALWAYS,			/* whatever forward_headers says */
	ASKS_CORS,		/* cors = target */
	AUTHORIZATION,
	COOKIE,
	ENCODINGS,
	KEY,
	ORIGIN,
	REFERER,
	SEC,			/* Sec-GPC alone speaks of the user */
	/* to the caller */
	ANSWERS_CORS,		/* cors = target */
	LOCATION,
	CONTENT_LOCATION,
	LINK,
	CACHES,			/* what only those that are shared obey */
	PROXY,			/* Proxy-Status alone is end to end */
	CHALLENGES,
	SET_COOKIE,
	PAGE,			/* of a page of this host */
	ISOLATION		/* likewise, but for one that is ours */
};

struct rule {
	const char	*name;
	enum act	 act;
};

static const struct rule up_rules[] = {
	{ "accept-encoding",		ENCODINGS },
	{ "access-control-request-*",	ASKS_CORS },
	{ "authorization",		AUTHORIZATION },
	{ "available-dictionary",	DROP },	/* made for this host */
	{ "cf-connecting-ip",		CLAIM },
	{ "client-cert*",		CLAIM },
	{ "client-ip",			CLAIM },
	{ "connection",			DROP },
	{ "content-encoding",		ALWAYS },
	{ "content-length",		DROP },
	{ "content-type",		ALWAYS },
	{ "cookie",			COOKIE },
	{ "cookie2",			DROP },
	{ "dictionary-id",		DROP },
	{ "expect",			DROP },
	{ "fastly-client-ip",		CLAIM },
	{ "forwarded",			CLAIM },
	{ "front-end-https",		CLAIM },
	{ "host",			DROP },
	{ "http2-settings",		DROP },
	{ "if-match",			ALWAYS },
	{ "if-modified-since",		ALWAYS },
	{ "if-none-match",		ALWAYS },
	{ "if-range",			ALWAYS },
	{ "if-unmodified-since",	ALWAYS },
	{ "keep-alive",			DROP },
	{ "origin",			ORIGIN },
	{ "proxy",			DROP },	/* becomes HTTP_PROXY */
	{ "proxy-*",			DROP },
	{ "purpose",			DROP },
	{ "range",			ALWAYS },
	{ "referer",			REFERER },
	{ "remote-*",			CLAIM },
	{ "sec-*",			SEC },
	{ "service-worker",		DROP },
	{ "service-worker-*",		DROP },
	{ "ssl-client-*",		CLAIM },
	{ "te",				DROP },
	{ "trailer",			DROP },
	{ "transfer-encoding",		DROP },
	{ "true-client-ip",		CLAIM },
	{ "upgrade",			DROP },
	{ "via",			CLAIM }, /* joined with ours */
	{ "x-api-key",			KEY },
	{ "x-auth-request-*",		CLAIM },
	{ "x-azure-clientip",		CLAIM },
	{ "x-azure-socketip",		CLAIM },
	{ "x-client-cert*",		CLAIM },
	{ "x-client-ip",		CLAIM },
	{ "x-client-verify",		CLAIM },
	{ "x-cluster-client-ip",	CLAIM },
	{ "x-envoy-external-address",	CLAIM },
	{ "x-forwarded*",		CLAIM },
	{ "x-host",			CLAIM },
	{ "x-http-method",		DROP },
	{ "x-http-method-override",	DROP },
	{ "x-method-override",		DROP },
	{ "x-original-host",		CLAIM },
	{ "x-original-url",		CLAIM },
	{ "x-originating-ip",		CLAIM },
	{ "x-proxyuser-ip",		CLAIM },
	{ "x-real-ip",			CLAIM },
	{ "x-remote-*",			CLAIM },
	{ "x-request-id",		DROP },	/* ours stands there */
	{ "x-rewrite-url",		CLAIM },
	{ "x-ssl-client-*",		CLAIM },
	{ "x-webauth-*",		CLAIM },
};

static const struct rule down_rules[] = {
	{ "accept-ch",			DROP },
	{ "accept-ch-lifetime",		DROP },
	{ "access-control-*",		ANSWERS_CORS },
	{ "activate-storage-access",	DROP },
	{ "alt-svc",			DROP },
	{ "attribution-reporting-*",	DROP },
	{ "authentication-info",	DROP },
	{ "cdn-cache-control",		CACHES },
	{ "clear-site-data",		DROP },
	{ "cloudflare-cdn-cache-control", CACHES },
	{ "connection",			DROP },
	{ "content-length",		DROP },
	{ "content-location",		CONTENT_LOCATION },
	{ "content-security-policy*",	PAGE },
	{ "critical-ch",		DROP },
	{ "cross-origin-*",		ISOLATION },
	{ "expect-ct",			DROP },
	{ "feature-policy",		PAGE },
	{ "http2-settings",		DROP },
	{ "keep-alive",			DROP },
	{ "link",			LINK },
	{ "location",			LOCATION },
	{ "nel",			DROP },
	{ "nph-*",			DROP },
	{ "observe-browsing-topics",	DROP },
	{ "origin-agent-cluster",	DROP },
	{ "origin-trial",		DROP },
	{ "p3p",			DROP },
	{ "permissions-policy*",	PAGE },
	{ "proxy",			DROP },
	{ "proxy-*",			PROXY },
	{ "public-key-pins*",		DROP },
	{ "refresh",			PAGE },
	{ "report-to",			DROP },
	{ "reporting-endpoints",	DROP },
	{ "script-control",		DROP },
	{ "sec-session-*",		DROP },
	{ "server",			DROP },
	{ "service-worker-allowed",	DROP },
	{ "set-cookie",			SET_COOKIE },
	{ "set-cookie2",		DROP },
	{ "set-login",			DROP },
	{ "sourcemap",			DROP },
	{ "speculation-rules",		DROP },
	{ "status",			DROP },	/* Apache: the last */
	{ "strict-transport-security",	DROP },
	{ "supports-loading-mode",	DROP },
	{ "surrogate-control",		CACHES },
	{ "te",				DROP },
	{ "timing-allow-origin",	ANSWERS_CORS },
	{ "trailer",			DROP },
	{ "transfer-encoding",		DROP },
	{ "upgrade",			DROP },
	{ "use-as-dictionary",		DROP },
	{ "variable-*",			DROP },
	{ "via",			DROP },	/* joined with ours */
	{ "www-authenticate",		CHALLENGES },
	{ "x-accel-*",			DROP },	/* nginx obeys */
	{ "x-content-security-policy*",	DROP },
	{ "x-content-type-options",	DROP },
	{ "x-final-url",		DROP },	/* ours stands there */
	{ "x-frame-options",		PAGE },
	{ "x-lighttpd-*",		DROP },
	{ "x-litespeed-*",		DROP },
	{ "x-pad",			DROP },
	{ "x-permitted-cross-domain-policies", DROP },
	{ "x-powered-by",		DROP },
	{ "x-reproxy-url",		DROP },	/* h2o's X-Accel-Redirect */
	{ "x-request-id",		DROP },	/* ours stands there */
	{ "x-sendfile*",		DROP },
	{ "x-sourcemap",		DROP },
	{ "x-webkit-csp*",		DROP },
	{ "x-xss-protection",		DROP },
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static enum act
look_up(const char *name, const struct rule *rules, size_t count)
{
	while (count > 0) {
		const struct rule *r = &rules[count / 2];
		int d = value_compare_name(name, r->name);

		if (d == 0)
			return r->act;
		if (d > 0) {
			rules = r + 1;
			count--;
		}
		count /= 2;
	}
	return PASS;
}

/* What Connection makes fields of a single hop; NULL: nothing that could
 * cross otherwise. */
static enum err
of_one_hop(const struct fields *in, const char **connection)
{
	enum err	 e = fields_join(in, "Connection", connection);

	if (*connection != NULL && strcasecmp(*connection, "keep-alive") == 0)
		*connection = NULL;
	return e;
}

static bool
one_hop(const char *connection, const char *name)
{
	return connection != NULL && field_lists(connection, name);
}

/* --- to the target --- */

bool
field_is_claim(const char *name)
{
	return look_up(name, up_rules, COUNT(up_rules)) == CLAIM;
}

static bool
stays(enum act act)
{
	return act == DROP || act == CLAIM;
}

bool
field_may_go_up(const char *name)
{
	enum act	 act = look_up(name, up_rules, COUNT(up_rules));

	return !stays(act) && act != ASKS_CORS && act != ORIGIN &&
	    act != COOKIE && (act != SEC || strcasecmp(name, "Sec-GPC") == 0);
}

static bool
wanted(const struct field_up *p, const char *name)
{
	if (p->none)
		return false;
	for (size_t i = 0; p->only != NULL && i < p->n_only; i++)
		if (strcasecmp(p->only[i], name) == 0)
			return true;
	return p->only == NULL;
}

static bool
sec_passes(const char *name, bool render)
{
	return strcasecmp(name, "Sec-GPC") == 0 ||
	    (render && strncasecmp(name, "Sec-Fetch-", 10) == 0);
}

/* Sets *value to what crosses; NULL for nothing. */
static enum err
judge_up(const struct field *x, const struct field_up *p, struct arena *a,
    const char **value)
{
	enum act	 act = look_up(x->name, up_rules, COUNT(up_rules));

	*value = NULL;
	if (act == AUTHORIZATION && !p->drop_authorization &&
	    value_binds_connection(x->value))
		return ERR_AUTH_SCHEME;
	if (stays(act) || (act == ASKS_CORS && !p->pass_origin) ||
	    (act == AUTHORIZATION && p->drop_authorization) ||
	    (act == KEY && p->drop_api_key) ||
	    ((act == AUTHORIZATION || act == KEY) && key_is_ours(x->value)) ||
	    (act == REFERER && p->drop_referer) ||
	    (act == ORIGIN && !p->pass_origin && p->origin == NULL) ||
	    (act == SEC && !sec_passes(x->name, p->render)))
		return OK;
	if (act == COOKIE)
		return p->cookies_of == NULL ? OK :
		    cookie_to_target(a, p->cookies_of, x->value, value);
	if (act != ALWAYS && act != ASKS_CORS && act != ORIGIN &&
	    !wanted(p, x->name))
		return OK;
	if (act == ENCODINGS)
		return value_encodings(a, x->value, value);
	if (act == REFERER && p->referer == NULL)
		return value_referer(a, x->value, value);
	*value = act == REFERER ? p->referer :
	    act == ORIGIN && p->origin != NULL ? p->origin : x->value;
	return OK;
}

enum err
fields_to_target(const struct fields *in, const struct field_up *p,
    struct fields *up)
{
	const char	*connection, *value;
	enum err	 e;

	if ((e = of_one_hop(in, &connection)) != OK)
		return e;
	for (size_t i = 0; i < in->count; i++) {
		const struct field *x = &in->list[i];

		if (one_hop(connection, x->name))
			continue;
		if ((e = judge_up(x, p, up->arena, &value)) == OK &&
		    value != NULL)
			e = fields_add(up, x->name, value);
		if (e != OK)
			return e;
	}
	return OK;
}

/* --- to the caller --- */

static bool
location_passes(int status)
{
	/* With 200, mod_fcgid and mod_cgid serve a local file by it. */
	return status == 201 || (status >= 300 && status <= 399);
}

static enum err
set_cookie(const struct field *x, const struct field_down *p,
    const struct fields *down, const char **value)
{
	size_t	 set = 0;

	for (size_t i = 0; i < down->count; i++)
		set += strcasecmp(down->list[i].name, "Set-Cookie") == 0;
	/* Not Set_Cookie, whatever it may mean to whom. */
	return p->cookies == NULL || set >= COOKIES_MAX_SET ||
	    strcasecmp(x->name, "Set-Cookie") != 0 ? OK :
	    cookie_to_client(down->arena, p->cookies, x->value, value);
}

static enum err
judge_down(const struct field *x, enum act act, const struct field_down *p,
    const struct fields *down, const char **value)
{
	bool	 pass = false;

	*value = NULL;
	switch (act) {
	case CHALLENGES:
		return value_challenges(down->arena, x->value, value);
	case SET_COOKIE:
		return set_cookie(x, p, down, value);
	case DROP:
		break;
	case ANSWERS_CORS:
		pass = p->pass_cors;
		break;
	case LOCATION:
		pass = location_passes(p->status);
		break;
	case CONTENT_LOCATION:
		pass = value_is_below(x->value);
		break;
	case LINK:
		pass = p->render || !value_link_acts(x->value);
		break;
	case CACHES:
		pass = !p->guarded;
		break;
	case PROXY:
		pass = strcasecmp(x->name, "Proxy-Status") == 0;
		break;
	case PAGE:
		pass = p->render;
		break;
	case ISOLATION:
		pass = p->render && strcasecmp(x->name,
		    "Cross-Origin-Resource-Policy") != 0;
		break;
	default:
		pass = true;
	}
	if (pass)
		*value = x->value;
	return OK;
}

/* RFC 9110 wants a challenge with a 401; browsers do not act on one whose
 * scheme they do not know. */
static enum err
stand_in(const char *route, struct fields *down)
{
	struct buf	 b;

	buf_init(&b, down->arena, 128);
	buf_fmt(&b, "Upstream realm=\"%s\"", route);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	return fields_add(down, "WWW-Authenticate", b.data);
}

static bool
has_content(int status)
{
	return status >= 200 && status != 204 && status != 205 &&
	    status != 304;
}

/*
 * A cache in front would hand it to who has no key: it tells callers apart by
 * the address they ask for.  Some caches have fields of their own, which go
 * before Cache-Control (RFC 9213).
 */
static enum err
keep_private(struct fields *down)
{
	static const char	 name[] = "Cache-Control";
	const char		*value;
	enum err		 e;

	if ((e = fields_join(down, name, &value)) != OK ||
	    (e = value_private(down->arena, value, &value)) != OK)
		return e;
	return fields_set(down, name, value);
}

/* What keeps an answer from being embedded, and from running and being framed
 * as a page of this host, unless it is to be one. */
static enum err
protect(const struct field_down *p, struct fields *down)
{
	const struct field	 set[] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cross-Origin-Resource-Policy",
		    p->embed ? "cross-origin" : "same-origin" },
		{ "Content-Security-Policy", "sandbox; default-src 'none'" },
		{ "X-Frame-Options", "DENY" },
	};
	size_t			 count = p->render ? 2 : COUNT(set);
	enum err		 e = OK;

	for (size_t i = 0; i < count && e == OK; i++)
		e = fields_add(down, set[i].name, set[i].value);
	if (e == OK && has_content(p->status) &&
	    fields_get(down, "Content-Type") == NULL)
		e = fields_add(down, "Content-Type",
		    "application/octet-stream");
	if (e == OK && p->status == 401 &&
	    fields_get(down, "WWW-Authenticate") == NULL)
		e = stand_in(p->route, down);
	return e;
}

enum err
fields_to_client(const struct fields *in, const struct field_down *p,
    struct fields *down)
{
	const char	*connection, *value;
	enum err	 e;

	if ((e = of_one_hop(in, &connection)) != OK)
		return e;
	for (size_t i = 0; i < in->count; i++) {
		const struct field *x = &in->list[i];
		enum act act = look_up(x->name, down_rules, COUNT(down_rules));

		if (act == DROP || !field_ok(x->name, x->value) ||
		    one_hop(connection, x->name))
			continue;
		if ((e = judge_down(x, act, p, down, &value)) == OK &&
		    value != NULL)
			e = fields_add(down, x->name, value);
		if (e != OK)
			return e;
	}
	if (p->guarded && (e = keep_private(down)) != OK)
		return e;
	return protect(p, down);
}
