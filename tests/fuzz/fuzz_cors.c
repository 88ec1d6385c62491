#include <string.h>
#include <strings.h>

#include "http/cors.h"
#include "http/fields.h"
#include "tests/fuzz/fuzz.h"

/*
 * What an origin is granted.  Lines: letters for the rule (* any, c
 * credentials, r require_origin, t cors = target, p private network, o
 * timing), allow_origins, own_origin, Origin, and
 * Access-Control-Request-Headers.
 */
enum { LETTERS, ALLOW, OWN, ORIGIN, REQUEST_HEADERS };
enum { MAX_ENTRIES = 8 };

/* --- another matcher ---------------------------------------------------- */

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyz0123456789-"

/* What an operator wrote, as browsers would send it. */
static char *
canonical(struct fuzz *f, const char *entry)
{
	char	*text = arena_strdup(&f->spare, entry);
	char	*port;

	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p |= 0x20;
	if ((port = strrchr(text, ':')) != NULL &&
	    ((strncmp(text, "https:", 6) == 0 && strcmp(port, ":443") == 0) ||
	    (strncmp(text, "http:", 5) == 0 && strcmp(port, ":80") == 0)))
		*port = '\0';
	return text;
}

/* One or more labels, each with the dot that ends it, before `end'. */
static bool
are_labels(const char *s, const char *end)
{
	size_t	 len;

	if (s == end)
		return false;
	for (; s < end; s += len + 1) {
		len = strspn(s, NAME_BYTES);
		if (len < 1 || len > 63 || s[len] != '.' || s + len >= end)
			return false;
	}
	return s == end;
}

static bool
is_port(const char *s)
{
	size_t	 len = strspn(s, "0123456789");

	return len >= 1 && len <= 5 && s[len] == '\0' && *s != '0' &&
	    (len < 5 || strcmp(s, "65535") <= 0);
}

/* Does the entry, as it was written, hold the origin? */
static bool
holds(struct fuzz *f, const char *entry, const char *origin)
{
	const char	*text = canonical(f, entry), *star, *end;
	size_t		 len;

	if ((star = strchr(text, '*')) == NULL)
		return strcmp(text, origin) == 0;
	len = (size_t)(star - text);
	if (strncmp(text, origin, len) != 0 && star[1] == '.')
		return false;
	if (star[1] == '.') {
		if (strlen(origin) < len + strlen(star + 2))
			return false;
		end = origin + strlen(origin) - strlen(star + 2);
		return strcmp(end, star + 2) == 0 &&
		    are_labels(origin + len, end);
	}
	/* scheme://host:*, and the same without a port */
	return strncmp(text, origin, len - 1) == 0 &&
	    (origin[len - 1] == '\0' ||
	    (origin[len - 1] == ':' && is_port(origin + len)));
}

/* --- the rule ----------------------------------------------------------- */

struct written {
	const char		*words[MAX_ENTRIES];
	struct cors_origin	 entries[MAX_ENTRIES];
	size_t			 n;
};

/* A canonical form is a fixed point. */
static void
stays(struct fuzz *f, const struct cors_origin *o)
{
	struct cors_origin	 again;
	const char		*why;

	HOLDS(cors_origin_read(&f->spare, o->text, &again, &why) == OK);
	HOLDS(again.kind == o->kind && strcmp(again.text, o->text) == 0);
	HOLDS((strchr(o->text, '*') != NULL) == (o->kind != CORS_EXACT));
}

/* The sound ones of the words. */
static void
read_entries(struct fuzz *f, const char *text, struct written *w)
{
	const char	*words[MAX_ENTRIES], *why = NULL;
	size_t		 n = fuzz_words(f, text, words, MAX_ENTRIES);
	enum err	 e;

	w->n = 0;
	for (size_t i = 0; i < n; i++) {
		e = cors_origin_read(&f->arena, words[i], &w->entries[w->n],
		    &why);
		if (e == OK) {
			stays(f, &w->entries[w->n]);
			w->words[w->n++] = words[i];
		} else
			HOLDS(e == ERR_NO_MEMORY || (why && *why != '\0'));
	}
}

/* What browsers refuse, or what opens too much, is a fault. */
static void
faults_are_seen(const struct cors_rule *r)
{
	if (r->any && (r->credentials || r->n_allow > 0))
		HOLDS(cors_rule_fault(r) != NULL);
	for (size_t i = 0; i < r->n_allow && r->credentials; i++)
		if (strpbrk(r->allow[i].text, "*") != NULL ||
		    strcmp(r->allow[i].text, "null") == 0)
			HOLDS(cors_rule_fault(r) != NULL);
	for (size_t i = 0; i < r->n_own; i++)
		if (strchr(r->own[i].text, '*') != NULL)
			HOLDS(cors_rule_fault(r) != NULL);
}

/* --- the grant ---------------------------------------------------------- */

static bool
any_holds(struct fuzz *f, const struct written *w, const char *origin)
{
	for (size_t i = 0; i < w->n; i++)
		if (holds(f, w->words[i], origin))
			return true;
	return false;
}

static void
grant_is_right(struct fuzz *f, const struct cors_rule *r,
    const struct written *allow, const struct written *own,
    const char *origin, const struct cors_grant *g)
{
	bool	 listed = origin != NULL && any_holds(f, allow, origin);
	bool	 mine = origin != NULL && any_holds(f, own, origin);

	if (g->allow_origin != NULL && strcmp(g->allow_origin, "*") != 0) {
		HOLDS(!r->any && g->err == OK && origin != NULL);
		HOLDS(strcmp(g->allow_origin, origin) == 0);
		HOLDS(listed || mine);
	}
	if (g->allow_origin != NULL && strcmp(g->allow_origin, "*") == 0)
		HOLDS(r->any && !r->credentials && g->err == OK);
	if (g->err != OK)
		HOLDS(g->allow_origin == NULL);
	if (origin != NULL && !r->any && !listed && !mine && !r->target)
		HOLDS(g->err != OK);
	if (listed)
		HOLDS(g->err == OK && g->allow_origin != NULL);
	if (origin == NULL && r->require_origin)
		HOLDS(g->err == ERR_ORIGIN_REQUIRED);
	if (!r->any)
		HOLDS(g->vary_origin);
}

static size_t
count(const struct fields *fs, const char *name)
{
	size_t	 n = 0;

	for (size_t i = 0; i < fs->count; i++)
		n += strcasecmp(fs->list[i].name, name) == 0;
	return n;
}

/* The fields of an answer, whatever it is. */
static void
fields_are_right(struct fuzz *f, const struct written *allow,
    const struct cors_grant *g, const struct fields *out, bool preflight)
{
	static const char	 acao[] = "Access-Control-Allow-Origin";
	static const char	 acac[] = "Access-Control-Allow-Credentials";
	const char		*value = fields_get(out, acac);

	for (size_t i = 0; i < out->count; i++) {
		HOLDS(field_ok(out->list[i].name, out->list[i].value));
		HOLDS(count(out, out->list[i].name) == 1);
	}
	HOLDS(count(out, acao) == (g->allow_origin != NULL));
	if (g->vary_origin)
		HOLDS(field_lists(fields_get(out, "Vary"), "Origin"));
	if (value == NULL)
		return;
	HOLDS(strcmp(value, "true") == 0 && g->rule->credentials);
	HOLDS(strcmp(fields_get(out, acao), "*") != 0);
	HOLDS(strcmp(fields_get(out, acao), "null") != 0);
	HOLDS(any_holds(f, allow, fields_get(out, acao)) ||
	    (g->class == CORS_OWN && preflight));
	/* "*" is a plain name there. */
	for (size_t i = 0; i < out->count; i++)
		HOLDS(!field_lists(out->list[i].value, "*"));
}

static void
answers_are_right(struct fuzz *f, const struct written *allow,
    const struct cors_grant *g)
{
	struct fields	 in, out;

	fields_init(&out, &f->arena);
	if (fields_add(&out, "X-Total", "3") != OK ||
	    fields_add(&out, "Vary", "Accept") != OK)
		return;
	if (cors_answer(g, &out) == OK)
		fields_are_right(f, allow, g, &out, false);
	fields_init(&in, &f->spare);
	if (fuzz_line(f, REQUEST_HEADERS) != NULL)
		fields_add(&in, "Access-Control-Request-Headers",
		    fuzz_line(f, REQUEST_HEADERS));
	fields_add(&in, "Access-Control-Request-Private-Network", "true");
	fields_init(&out, &f->arena);
	if (cors_preflight(g, &in, &out) == OK)
		fields_are_right(f, allow, g, &out, true);
}

static void
one(struct fuzz *f)
{
	const char		*letters = fuzz_line(f, LETTERS);
	const char		*origin = fuzz_line(f, ORIGIN);
	struct written		 allow, own;
	struct cors_rule	 r = { .methods = "GET, POST",
				    .headers = "*", .expose = "*",
				    .max_age_seconds = 600 };
	struct cors_grant	 g;

	if (letters == NULL)
		letters = "";
	read_entries(f, fuzz_line(f, ALLOW), &allow);
	read_entries(f, fuzz_line(f, OWN), &own);
	r.allow = allow.entries;
	r.n_allow = allow.n;
	r.own = own.entries;
	r.n_own = own.n;
	r.any = strchr(letters, '*') != NULL;
	r.credentials = strchr(letters, 'c') != NULL;
	r.require_origin = strchr(letters, 'r') != NULL;
	r.target = strchr(letters, 't') != NULL;
	r.private_network = strchr(letters, 'p') != NULL;
	r.timing = strchr(letters, 'o') != NULL;
	faults_are_seen(&r);
	if (cors_rule_fault(&r) != NULL)
		return;
	g = cors_decide(&r, origin);
	grant_is_right(f, &r, &allow, &own, origin, &g);
	answers_are_right(f, &allow, &g);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
