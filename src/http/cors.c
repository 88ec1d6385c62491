#include "http/cors.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/cors_origin.h"
#include "http/fields.h"
#include "http/fields_value.h"

enum { MAX_REQUESTED = 64, MAX_REQUESTED_BYTES = 2048, MAX_AGE = 86400 };

/* --- the rule --- */

static const char *
entry_fault(const struct cors_origin *o, bool credentials)
{
	if (!credentials)
		return NULL;
	if (o->kind != CORS_EXACT)
		return "allow_credentials needs every origin written out: a "
		    "pattern (*) may match an origin of strangers";
	if (strcmp(o->text, "null") == 0)
		return "allow_credentials must not be given to the origin "
		    "null: any sandboxed page anywhere has it";
	return NULL;
}

const char *
cors_rule_fault(const struct cors_rule *r)
{
	const char	*why;

	if (r->max_age_seconds < 0 || r->max_age_seconds > MAX_AGE)
		return "max_age must be from 0 to 86400 seconds";
	for (size_t i = 0; i < r->n_own; i++)
		if (r->own[i].kind != CORS_EXACT ||
		    strcmp(r->own[i].text, "null") == 0)
			return "own_origin must be written out: no pattern, "
			    "not null";
	if (r->any && r->credentials)
		return "allow_origins = * never goes with allow_credentials: "
		    "browsers refuse it; list the origins";
	if (r->any && r->n_allow > 0)
		return "allow_origins = * stands alone: it already holds "
		    "every other origin";
	for (size_t i = 0; i < r->n_allow; i++)
		if ((why = entry_fault(&r->allow[i], r->credentials)) != NULL)
			return why;
	return NULL;
}

/* --- the decision --- */

static bool
one_of(const struct cors_origin *list, size_t n, const char *origin,
    bool exact)
{
	for (size_t i = 0; i < n; i++)
		if ((list[i].kind == CORS_EXACT) == exact &&
		    cors_origin_matches(&list[i], origin))
			return true;
	return false;
}

/* Listed goes before own: only what the operator wrote into allow_origins may
 * use credentials.  What is written out there was judged when it was read. */
static enum cors_class
classify(const struct cors_rule *r, const char *origin)
{
	if (origin == NULL)
		return CORS_ABSENT;
	if (strcmp(origin, "null") == 0)
		return CORS_NULL;
	if (one_of(r->allow, r->n_allow, origin, true))
		return CORS_LISTED;
	if (!cors_origin_well_formed(origin))
		return CORS_MALFORMED;
	if (one_of(r->own, r->n_own, origin, true))
		return CORS_OWN;
	if (one_of(r->allow, r->n_allow, origin, false))
		return CORS_PATTERN;
	return CORS_UNLISTED;
}

static bool
allows(const struct cors_rule *r, enum cors_class class)
{
	if (class == CORS_NULL && !r->any)
		return one_of(r->allow, r->n_allow, "null", true);
	return r->any || class == CORS_LISTED || class == CORS_OWN ||
	    class == CORS_PATTERN;
}

struct cors_grant
cors_decide(const struct cors_rule *r, const char *origin)
{
	struct cors_grant	 g = { .class = classify(r, origin),
				    .vary_origin = true, .rule = r };

	if (g.class == CORS_MALFORMED)
		g.err = ERR_MALFORMED_ORIGIN;
	else if (g.class == CORS_ABSENT && r->require_origin)
		g.err = ERR_ORIGIN_REQUIRED;
	else if (g.class != CORS_ABSENT && !allows(r, g.class))
		g.err = r->target ? OK : ERR_ORIGIN_NOT_ALLOWED;
	else if (r->any) {
		/* The same for all, so that caches may keep one answer. */
		g.allow_origin = "*";
		g.vary_origin = r->require_origin;
	} else if (g.class != CORS_ABSENT && r->n_allow > 0)
		g.allow_origin = origin;
	return g;
}

bool
cors_is_preflight(const char *method, const struct fields *in)
{
	const char	*wanted = NULL;
	size_t		 count = 0;

	if (strcmp(method, "OPTIONS") != 0 ||
	    fields_get(in, "Origin") == NULL)
		return false;
	for (size_t i = 0; i < in->count; i++)
		if (field_named(&in->list[i],
		    "Access-Control-Request-Method")) {
			wanted = in->list[i].value;
			count++;
		}
	return count == 1 && field_is_token(wanted, strlen(wanted));
}

/* --- the fields --- */

static enum err
vary(struct fields *out, const char *names)
{
	const char	*had, *merged;
	enum err	 e;

	if ((e = fields_join(out, "Vary", &had)) != OK)
		return e;
	if (had == NULL)
		return fields_add(out, "Vary", names);
	if ((merged = fields_vary(out->arena, had, names)) == NULL)
		return ERR_NO_MEMORY;
	return fields_set(out, "Vary", merged);
}

static enum err
add_origin(const struct cors_grant *g, bool credentials, struct fields *out)
{
	enum err	 e;

	e = fields_set(out, "Access-Control-Allow-Origin", g->allow_origin);
	if (e == OK && credentials && !g->rule->any)
		e = fields_set(out, "Access-Control-Allow-Credentials",
		    "true");
	return e;
}

/* What a script may read anyway (Fetch: CORS-safelisted response-header
 * names), and what it never may. */
static bool
needs_exposing(const char *name)
{
	static const char *const others[] = { "*", "Cache-Control",
	    "Content-Language", "Content-Length", "Content-Type", "Expires",
	    "Last-Modified", "Pragma", "Set-Cookie", "Set-Cookie2", "Vary",
	    NULL };

	for (const char *const *p = others; *p != NULL; p++)
		if (strcasecmp(name, *p) == 0)
			return false;
	return strncasecmp(name, "Access-Control-", 15) != 0;
}

/* "*" is a plain name to browsers where credentials are used. */
static enum err
names_in(const struct fields *out, const char **names)
{
	struct buf	 b;

	buf_init(&b, out->arena, out->bytes + 2 * out->count);
	for (size_t i = 0; i < out->count; i++) {
		const char *name = out->list[i].name;

		if (!needs_exposing(name) || field_lists(b.data, name))
			continue;
		if (b.len > 0)
			buf_str(&b, ", ");
		buf_str(&b, name);
	}
	*names = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

static enum err
expose(const struct cors_rule *r, struct fields *out)
{
	const char	*names = r->expose;
	enum err	 e;

	if (names != NULL && strcmp(names, "*") == 0 && r->credentials &&
	    (e = names_in(out, &names)) != OK)
		return e;
	if (names == NULL || *names == '\0')
		return OK;
	return fields_set(out, "Access-Control-Expose-Headers", names);
}

enum err
cors_answer(const struct cors_grant *g, struct fields *out)
{
	enum err	 e = OK;

	if (g->allow_origin != NULL) {
		if ((e = expose(g->rule, out)) == OK)
			e = add_origin(g, g->rule->credentials &&
			    g->class == CORS_LISTED, out);
		if (e == OK && g->rule->timing)
			e = fields_set(out, "Timing-Allow-Origin",
			    g->allow_origin);
	}
	if (e == OK && g->vary_origin)
		e = vary(out, "Origin");
	return e;
}

enum err
cors_expose(const struct cors_grant *g, const char *const *names,
    struct fields *out)
{
	static const char	 expose[] = "Access-Control-Expose-Headers";
	const char		*had = fields_get(out, expose);
	struct buf		 b;

	if (g->allow_origin == NULL ||
	    (had != NULL && strcmp(had, "*") == 0))
		return OK;
	buf_init(&b, out->arena, 2 * FIELD_MAX_VALUE);
	buf_str(&b, had != NULL ? had : "");
	for (; *names != NULL; names++)
		if (fields_get(out, *names) != NULL &&
		    !field_lists(b.data, *names))
			buf_fmt(&b, "%s%s", b.len > 0 ? ", " : "", *names);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	return b.len == 0 || b.len > FIELD_MAX_VALUE ? OK :
	    fields_set(out, expose, b.data);
}

/* --- the preflight --- */

/*
 * The names a browser asks for, as the answer to them.  NULL when the list is
 * not one that a browser sends; a name that never crosses is left out, so that
 * the browser says which one it is.  So is "*", which a script may well name,
 * and which reads as all of them where credentials are not used.
 */
static enum err
reflect(const char *list, struct arena *a, const char **names)
{
	char		 name[FIELD_MAX_NAME + 1];
	const char	*member;
	size_t		 len, count = 0;
	struct buf	 b;

	*names = NULL;
	if (list == NULL || strlen(list) > MAX_REQUESTED_BYTES)
		return OK;
	buf_init(&b, a, 2 * strlen(list));
	while (value_member(&list, &member, &len)) {
		if (len > FIELD_MAX_NAME || !field_is_token(member, len) ||
		    ++count > MAX_REQUESTED)
			return OK;
		memcpy(name, member, len);
		name[len] = '\0';
		if (!field_may_go_up(name) || strcmp(name, "*") == 0)
			continue;
		if (b.len > 0)
			buf_str(&b, ", ");
		buf_str(&b, name);
	}
	*names = b.data;
	return buf_failed(&b) ? ERR_NO_MEMORY : OK;
}

/*
 * What the operator lists, and what belongs there whatever is listed.  Where
 * pages may send Authorization, they may send what stands in for it behind
 * servers that withhold it.
 */
static const char *
complete(const struct cors_rule *r, struct arena *a)
{
	struct buf		 b;
	const char *const	*also;

	buf_init(&b, a, 2 * FIELD_MAX_VALUE);
	if (r->headers != NULL)
		buf_str(&b, r->headers);
	for (also = r->also; also != NULL && *also != NULL; also++)
		if (!field_lists(b.data, *also))
			buf_fmt(&b, "%s%s", b.len == 0 ? "" : ", ", *also);
	if (field_lists(b.data, "Authorization") &&
	    !field_lists(b.data, "X-Viaduct-Authorization"))
		buf_str(&b, ", X-Viaduct-Authorization");
	return buf_failed(&b) ? NULL : b.data;
}

static enum err
allow_headers(const struct cors_rule *r, const struct fields *in,
    struct fields *out)
{
	const char	*names = r->headers, *asked;
	enum err	 e;

	if (names == NULL || strcmp(names, "*") != 0) {
		if ((names = complete(r, out->arena)) == NULL)
			return ERR_NO_MEMORY;
	} else {
		/* Fetch: "*" does not hold Authorization. */
		names = "*, Authorization";
		if (r->credentials) {
			asked = fields_get(in,
			    "Access-Control-Request-Headers");
			if ((e = reflect(asked, out->arena, &names)) != OK ||
			    (e = vary(out, "Access-Control-Request-Headers"))
			    != OK)
				return e;
		}
	}
	if (names == NULL || *names == '\0')
		return OK;
	return fields_set(out, "Access-Control-Allow-Headers", names);
}

static enum err
allow_private_network(const struct cors_grant *g, const struct fields *in,
    struct fields *out)
{
	const char	*asked;
	enum err	 e;

	if (!g->rule->private_network)
		return OK;
	e = vary(out, "Access-Control-Request-Private-Network");
	asked = fields_get(in, "Access-Control-Request-Private-Network");
	if (e != OK || asked == NULL || strcmp(asked, "true") != 0 ||
	    g->class != CORS_LISTED)
		return e;
	return fields_set(out, "Access-Control-Allow-Private-Network", "true");
}

static enum err
max_age(const struct cors_rule *r, struct fields *out)
{
	struct buf	 b;

	buf_init(&b, out->arena, 16);
	buf_number(&b, r->max_age_seconds);
	if (buf_failed(&b))
		return ERR_NO_MEMORY;
	return fields_set(out, "Access-Control-Max-Age", b.data);
}

enum err
cors_preflight(const struct cors_grant *g, const struct fields *in,
    struct fields *out)
{
	const struct cors_rule	*r = g->rule;
	enum err		 e = OK;

	if (g->vary_origin)
		e = vary(out, "Origin");
	if (e != OK || g->allow_origin == NULL)
		return e;
	e = add_origin(g, r->credentials && (g->class == CORS_LISTED ||
	    g->class == CORS_OWN), out);
	if (e == OK)
		e = fields_set(out, "Access-Control-Allow-Methods",
		    r->methods);
	if (e == OK)
		e = allow_headers(r, in, out);
	if (e == OK)
		e = max_age(r, out);
	if (e == OK)
		e = allow_private_network(g, in, out);
	return e;
}
