#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/browser.h"
#include "http/filter.h"
#include "http/target.h"
#include "http/url.h"
#include "http/whole.h"
#include "serve/explaining.h"
#include "store/app.h"

enum { MAX_VALUE = 8 * 1024, MIB = 1024 * 1024 };

/* --- statements --- */

static void
add(const struct explaining *ex, const char *what, const char *statement,
    const char *where)
{
	struct explanation	*to = ex->to;

	for (size_t i = 0; i < to->n_remedies; i++)
		if (statement != NULL && to->remedies[i].statement != NULL &&
		    strcmp(to->remedies[i].statement, statement) == 0)
			return;
	if (to->n_remedies < EXPLAINED_REMEDIES)
		to->remedies[to->n_remedies++] =
		    (struct remedy){ what, statement, where };
}

/* A string of SQL; NULL where there is no memory. */
static const char *
quoted(const struct explaining *ex, const char *value)
{
	struct buf	 b;

	buf_init(&b, ex->arena, 2 * MAX_VALUE);
	escape_sql(&b, value);
	return buf_failed(&b) ? NULL : b.data;
}

static const char *
section(const char *key)
{
	const struct setting	*all;
	size_t			 n;

	all = conf_settings(&n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].key, key) == 0)
			return all[i].section;
	return "";
}

/* In the INI, where all routes that state nothing else go by it. */
static void
set_for_all(const struct explaining *ex, const char *what, const char *key,
    const char *value)
{
	add(ex, what, explain_text(ex->arena, "[%s]\n%s = %s", section(key),
	    key, value), ex->x->s->conf.path);
}

/* The row of the table that answers; NULL where the settings do. */
static const struct route *
row(const struct explaining *ex)
{
	const struct route	*rt = ex->x->rt;

	return rt == NULL || rt->whole ||
	    rt->url == ex->x->s->conf.remote_url ? NULL : rt;
}

static void
run(const struct explaining *ex, const char *what, const char *key,
    const char *value)
{
	const char	*name = quoted(ex, row(ex)->name);

	if (name != NULL && value != NULL)
		add(ex, what, explain_text(ex->arena, "UPDATE routes SET %s = "
		    "%s WHERE name = %s;", key, value, name),
		    ex->x->s->conf.database);
}

static void
set(const struct explaining *ex, const char *what, const char *key,
    const char *value)
{
	if (row(ex) != NULL)
		run(ex, what, key, quoted(ex, value));
	else
		set_for_all(ex, what, key, value);
}

/* --- lists, with one more or one less --- */

static void
append(struct buf *b, const char *word)
{
	if (b->len > 0)
		buf_char(b, ' ');
	buf_str(b, word);
}

/* "A, B" as the setting has it: by blanks. */
static void
append_list(struct buf *b, const char *list)
{
	for (; list != NULL && *list != '\0'; list++)
		if (*list != ',')
			buf_char(b, *list);
}

static void
append_origins(struct buf *b, const struct cors_rule *r)
{
	for (size_t i = 0; i < r->n_allow; i++)
		append(b, r->allow[i].text);
}

static void
allow_origin(const struct explaining *ex)
{
	const struct cors_rule	*r = &explain_rules(ex)->cors;
	const char		*origin = ex->x->rq.origin;
	struct buf		 b;

	if (origin == NULL || ex->x->rp.grant.err == OK ||
	    (r->credentials && strcmp(origin, "null") == 0))
		return;
	buf_init(&b, ex->arena, MAX_VALUE);
	append_origins(&b, r);
	append(&b, origin);
	if (!buf_failed(&b))
		set(ex, "Let pages of this origin use it.", "allow_origins",
		    b.data);
}

static void
allow_method(const struct explaining *ex, const char *method)
{
	const struct rules	*r = explain_rules(ex);
	struct buf		 b;

	if ((method = target_method(method)) == NULL)
		return;
	buf_init(&b, ex->arena, MAX_VALUE);
	for (const char *const *m = r->methods; *m != NULL; m++)
		append(&b, *m);
	append(&b, method);
	set(ex, "Allow the method.", "allow_methods", b.data);
}

static void
allow_field(const struct explaining *ex, const char *name)
{
	const char	*headers = explain_rules(ex)->cors.headers;
	struct buf	 b;

	if (headers != NULL && strcmp(headers, "*") == 0) {
		add(ex, "No setting changes this: it is no field that is "
		    "passed on.", NULL, NULL);
		return;
	}
	buf_init(&b, ex->arena, MAX_VALUE);
	append_list(&b, headers);
	append(&b, name);
	if (!buf_failed(&b))
		set(ex, "Let pages send the field.", "allow_headers", b.data);
}

/* Every origin must be written out then. */
static void
allow_credentials(const struct explaining *ex)
{
	const struct cors_rule	*r = &explain_rules(ex)->cors;

	for (size_t i = 0; i < r->n_allow; i++)
		if (r->allow[i].kind != CORS_EXACT)
			return;
	if (r->any)
		set(ex, "Name the page's origin in place of *.",
		    "allow_origins", ex->x->rq.origin);
	set(ex, "Let pages use cookies.", "allow_credentials", "yes");
}

/* What is left of the list in which the one stands that refuses. */
static void
lift_filter(const struct explaining *ex)
{
	const struct filters	*all = &explain_rules(ex)->filters;
	size_t			 of_ini = ex->x->s->conf.rules.filters.count;
	size_t			 i, found;
	struct buf		 b;
	bool			 ini;

	for (found = 0; found + 1 < all->count; found++) {
		struct filters one = { &all->list[found], 1 };

		if (filter_judge(ex->arena, &one, ex->x->t.rest) != OK)
			break;
	}
	ini = found < of_ini;
	buf_init(&b, ex->arena, MAX_VALUE);
	for (i = ini ? 0 : of_ini; i < (ini ? of_ini : all->count); i++)
		if (i != found) {
			append(&b, all->list[i].path);
			buf_str(&b, all->list[i].below ? "/*" : "");
		}
	if (buf_failed(&b))
		return;
	if (ini)
		set_for_all(ex, "Let the path be reached, on every route.",
		    "filtered_path", b.data);
	else
		set(ex, "Let the path be reached.", "filtered_path", b.data);
}

/* --- one for each rule --- */

static void
no_route(const struct explaining *ex)
{
	const char	*name = ex->x->t.name;

	if (name == NULL || !target_name_ok(name))
		return;
	add(ex, "Make a route of this name, with the URL of its target.",
	    explain_text(ex->arena, "INSERT INTO routes(name, url) VALUES "
	    "('%s', 'https://TARGET.example/');", name),
	    ex->x->s->conf.database);
	add(ex, "Or, if there is one that is switched off, switch it on.",
	    explain_text(ex->arena, "UPDATE routes SET enabled = 1 WHERE name "
	    "= '%s';", name), ex->x->s->conf.database);
}

static void
permit_url(const struct explaining *ex)
{
	const struct whole_rule	*w = &ex->x->s->conf.whole;
	const char		*why;
	struct url		 u;
	struct buf		 b;

	if (ex->x->t.url == NULL ||
	    whole_read(ex->arena, ex->x->t.url, &u, &why) != OK)
		return;
	buf_init(&b, ex->arena, MAX_VALUE);
	for (size_t i = 0; i < w->n_hosts; i++)
		append(&b, w->hosts[i].text);
	append(&b, explain_text(ex->arena, u.port == (u.https ? 443 : 80) ?
	    "%s" : "%s:%d", u.host, u.port));
	if (w->targets == WHOLE_NAMED)
		set_for_all(ex, "Accept whole URLs of listed hosts.",
		    "targets", "listed");
	if (!buf_failed(&b))
		set_for_all(ex, "Name the host.", "target_hosts", b.data);
}

static void
raise_quota(const struct explaining *ex)
{
	set(ex, "Let larger bodies pass.", "upload_quota",
	    explain_text(ex->arena, "%lldM",
	    (long long)((ex->x->rq.body_bytes + MIB - 1) / MIB)));
}

static void
open_access(const struct explaining *ex)
{
	if (explain_rules(ex)->access == ACCESS_KEY)
		add(ex, "Give the caller a key, to be sent in X-API-Key.",
		    explain_text(ex->arena, "viaduct key add NAME --routes "
		    "%s", strcmp(ex->x->rt->name, "*") == 0 ? "'*'" :
		    ex->x->rt->name), "a shell");
	if (explain_rules(ex)->access != ACCESS_OPEN)
		set(ex, "Or ask nobody for one.", "access", "open");
}

static void
embed(const struct explaining *ex)
{
	const char	*mode = fields_get(&ex->x->rq.fields,
			    "Sec-Fetch-Mode");

	if (mode != NULL && strcmp(mode, "navigate") == 0)
		set(ex, "Let its answers be opened as pages of this host.",
		    "render", "yes");
	set(ex, "Let pages of other sites embed its answers.", "embed",
	    "yes");
}

/* The sentence of the fault names the column first. */
static void
reset_column(const struct explaining *ex)
{
	const struct setting	*all;
	const char		*fault = ex->x->rt->fault;
	size_t			 i, n, len;

	if (row(ex) == NULL || strncmp(fault, "column ", 7) != 0)
		return;
	fault += 7;
	len = strcspn(fault, ": ");
	all = conf_settings(&n);
	for (i = 0; i < n; i++)
		if (all[i].per_route && strlen(all[i].key) == len &&
		    strncmp(all[i].key, fault, len) == 0)
			run(ex, "Let the setting of viaduct.ini hold.",
			    all[i].key, "NULL");
}

static void
forbid_absence(const struct explaining *ex)
{
	set(ex, "Answer also those that send no Origin.", "require_origin",
	    "no");
}

static void
add_method(const struct explaining *ex)
{
	const struct serving	*x = ex->x;

	if (x->rt != NULL)
		allow_method(ex, x->t.method != NULL ? x->t.method :
		    x->rq.method);
}

static const struct {
	enum err	 err;
	void		 (*propose)(const struct explaining *);
} proposals[] = {
	{ ERR_ORIGIN_NOT_ALLOWED, allow_origin },
	{ ERR_ORIGIN_REQUIRED, forbid_absence },
	{ ERR_NO_ROUTE, no_route },
	{ ERR_TARGET_NOT_ALLOWED, permit_url },
	{ ERR_ROUTE_INVALID, reset_column },
	{ ERR_METHOD_NOT_ALLOWED, add_method },
	{ ERR_FILTERED_PATH, lift_filter },
	{ ERR_FETCH_MODE, embed },
	{ ERR_UPLOAD_TOO_LARGE, raise_quota },
	{ ERR_KEY_REQUIRED, open_access },
	{ ERR_TOKEN_REQUIRED, open_access },
};

/* In a sentence, where there is no statement for it. */
static void
remedy(const struct explaining *ex, enum err e)
{
	size_t	 i, before = ex->to->n_remedies;

	for (i = 0; i < sizeof(proposals) / sizeof(proposals[0]); i++)
		if (proposals[i].err == e)
			proposals[i].propose(ex);
	if (ex->to->n_remedies == before)
		add(ex, err_mend(e), NULL, NULL);
}

void
explain_remedies(const struct explaining *ex)
{
	const struct walk	*w = ex->walk;

	for (enum step s = 0; s < STEP__MAX; s++)
		if (w->steps[s].outcome == WALK_REFUSED)
			remedy(ex, w->steps[s].err);
}

void
explain_remedy_for(const struct explaining *ex, const struct browser_fault *f)
{
	switch (f->kind) {
	case BROWSER_METHOD:
		allow_method(ex, f->name);
		break;
	case BROWSER_FIELD:
		allow_field(ex, f->name);
		break;
	case BROWSER_STAR:
	case BROWSER_NO_CREDENTIALS:
		allow_credentials(ex);
		break;
	default:
		break;
	}
}
