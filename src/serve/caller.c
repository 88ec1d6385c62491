#include "serve/caller.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "client/req.h"
#include "core/buf.h"
#include "http/cors.h"
#include "http/ip.h"
#include "http/pass.h"
#include "http/token.h"
#include "store/keys.h"
#include "store/routes.h"
#include "store/tokens.h"

/* --- the operator -------------------------------------------------------- */

/* Does a proxy say that it has passed this on? */
static bool
is_passed_on(const struct fields *fs)
{
	for (size_t i = 0; i < fs->count; i++)
		if (field_is_claim(fs->list[i].name))
			return true;
	return false;
}

static bool
says(const struct req *rq, const char *name, const char *what)
{
	const char	*value = fields_get(&rq->fields, name);

	return value != NULL && strcmp(value, what) == 0;
}

/* Does the origin name the host that was asked? */
static bool
is_of_host(const char *origin, const char *host)
{
	const char	*at = origin != NULL ? strstr(origin, "://") : NULL;

	return at != NULL && host != NULL && strcasecmp(at + 3, host) == 0;
}

bool
caller_is_from_here(const struct req *rq, const struct cors_grant *g)
{
	const char	*site = fields_get(&rq->fields, "Sec-Fetch-Site");

	if (site != NULL)
		return strcmp(site, "same-origin") == 0 ||
		    strcmp(site, "none") == 0;
	return g->class == CORS_ABSENT || g->class == CORS_OWN ||
	    is_of_host(rq->origin, fields_get(&rq->fields, "Host"));
}

/*
 * A service worker that fetches such a page itself says another
 * Sec-Fetch-Dest; it can also have the browser ask in advance, and read what
 * comes.  The field that says so is a help alone: the worker can have it
 * empty, and lighttpd hands no empty field on.
 */
bool
caller_opens(const struct req *rq)
{
	return says(rq, "Sec-Fetch-Mode", "navigate") &&
	    says(rq, "Sec-Fetch-Dest", "document") && fields_get(&rq->fields,
	    "Service-Worker-Navigation-Preload") == NULL;
}

/* May what a browser sends by itself, or the place it runs at, stand for its
 * user? */
static bool
is_users_own(const struct evidence *x)
{
	return caller_is_from_here(x->req, x->grant) &&
	    (!x->render || caller_opens(x->req));
}

/*
 * A page can have its own name lead to this host (DNS rebinding), and is of
 * one origin with it then.  It cannot so take an address, or localhost.
 */
static bool
is_asked_for_itself(const struct fields *fs)
{
	const char	*host = fields_get(fs, "Host");
	struct client	 named;

	if (host == NULL)
		return true;
	client_find(&named, host, NULL, NULL);
	return named.address[0] != '\0' || (strcspn(host, ":") == 9 &&
	    strncasecmp(host, "localhost", 9) == 0);
}

/*
 * HTTP/1.0 is what nginx speaks as a proxy unless told otherwise, and then it
 * adds no field either.
 */
static bool
is_local(const struct caller *c, const struct evidence *x)
{
	const char	*protocol = x->req->protocol;

	return !c->client.proxied && is_users_own(x) &&
	    ip_names_loopback(x->req->peer) &&
	    (protocol == NULL || strcmp(protocol, "HTTP/1.0") != 0) &&
	    !is_passed_on(&x->req->fields) &&
	    is_asked_for_itself(&x->req->fields);
}

bool
caller_is_operators_key(const struct conf *conf, const char *key)
{
	unsigned char	 hash[DIGEST_BYTES];

	if (key == NULL)
		return false;
	digest(key, strlen(key), hash);
	return digest_same(hash, conf->operator_hash);
}

/* For a page made here: programs that watch know no other field. */
static bool
bears_operators_key(const struct evidence *x)
{
	const char	*value = fields_get(&x->req->fields, "Authorization");

	return x->route == NULL && value != NULL &&
	    caller_is_operators_key(x->conf, key_bearer(value));
}

/* A browser sends it by itself: so it is for pages made here alone. */
static bool
shows_pass(const struct evidence *x)
{
	return x->route == NULL && is_users_own(x) &&
	    pass_is_shown(x->conf->operator_hash,
	    fields_get(&x->req->fields, "Cookie"), x->now);
}

static void
prove_operator(struct caller *c, const struct evidence *x)
{
	if (x->conf->operator_key_file == NULL)
		c->operator = is_local(c, x);
	else {
		c->by_api_key = caller_is_operators_key(x->conf,
		    fields_get(&x->req->fields, "X-API-Key"));
		c->operator = c->by_api_key || bears_operators_key(x) ||
		    shows_pass(x);
	}
	if (c->operator && x->conf->operator_key_file != NULL)
		c->user = "operator";
}

/* --- callers ------------------------------------------------------------- */

/* The key that is presented, and by which field; NULL if there is none. */
static const char *
presented(struct caller *c, const struct fields *fs)
{
	const char	*value = fields_get(fs, "X-API-Key");

	if (value != NULL && key_is_ours(value)) {
		c->by_api_key = true;
		return value;
	}
	value = fields_get(fs, "Authorization");
	if (value == NULL || (value = key_bearer(value)) == NULL ||
	    !key_is_ours(value))
		return NULL;
	c->by_authorization = true;
	return value;
}

static void
refuse(struct caller *c, enum err e, const char *reason)
{
	c->err = e;
	c->reason = reason;
}

static void
prove_key(struct caller *c, const struct evidence *x, const char *key)
{
	const char	*why;

	why = keys_refuse(x->keys, key, x->route->name, x->now, c->key_id);
	if (why != NULL) {
		refuse(c, ERR_KEY_REQUIRED, why);
		return;
	}
	c->authenticated = true;
	c->user = c->key_id;
}

static void
prove_token(struct caller *c, const struct evidence *x)
{
	const struct conf	*conf = x->conf;
	const struct token_rule	 rule = { .algorithm = conf->jwt_algorithm,
				    .issuer = conf->jwt_issuer,
				    .audience = conf->jwt_audience,
				    .now = x->now };
	const char		*text, *why;

	text = fields_get(&x->req->fields, "Authorization");
	if (text == NULL || (text = key_bearer(text)) == NULL) {
		refuse(c, ERR_TOKEN_REQUIRED, "there is none");
		return;
	}
	c->by_authorization = true;
	why = token_refuse(x->arena, text, &rule, &c->subject);
	if (why == NULL) {
		c->token = text;
		why = "its signature is wrong";	/* until it is verified */
	}
	refuse(c, ERR_TOKEN_REQUIRED, why);
}

/* A sub is what the issuer likes: it is not to pass for a key's id, or for the
 * operator. */
static enum err
name_subject(struct caller *c, struct arena *a)
{
	size_t		 size = strlen("sub:") + strlen(c->subject) + 1;
	struct buf	 b;

	buf_init(&b, a, size);
	buf_str(&b, "sub:");
	buf_str(&b, c->subject);
	c->user = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

void
caller_verify(struct caller *c, const struct conf *conf, struct arena *a)
{
	if (c->token == NULL || !tokens_are_signed(c->token,
	    conf->jwt_algorithm, conf->jwt_key, conf->jwt_key_bytes, a))
		return;
	refuse(c, c->subject != NULL ? name_subject(c, a) : OK, NULL);
	c->authenticated = c->err == OK;
}

void
caller_prove(struct caller *c, const struct evidence *x)
{
	const char	*key = presented(c, &x->req->fields);
	bool		 needed;

	prove_operator(c, x);
	if (x->route == NULL)
		return;
	needed = x->route->rules.access == ACCESS_KEY;
	if (x->keys_stale) {
		/* a key that cannot be judged proves nothing */
		if (needed)
			refuse(c, ERR_KEYS_STALE, NULL);
	} else if (key != NULL)
		prove_key(c, x, key);
	else if (needed)
		refuse(c, ERR_KEY_REQUIRED, "there is none");
	if (x->route->rules.access == ACCESS_JWT && c->err == OK)
		prove_token(c, x);
}
