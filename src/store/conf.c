#include "store/conf.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/conf_file.h"
#include "store/conf_secret.h"
#include "store/conf_value.h"

enum { MAX_SETTINGS = 96, MAX_WHY = 600, MAX_PROBLEMS = 64 * 1024,
    MAX_LIST = 48 * 1024 };

/* What the file has said so far. */
struct loading {
	struct conf		*conf;
	struct conf_file	 file;
	struct conf_reading	 reading;
	int			 lines[MAX_SETTINGS];	/* 0: not given */
	const char		*lists[MAX_SETTINGS];	/* words read so far */
};

/* --- reading it --------------------------------------------------------- */

static void *
place(struct conf *c, const struct setting *s)
{
	return (char *)(s->per_route ? (void *)&c->rules : (void *)c) +
	    s->offset;
}

static size_t
distance(const char *a, const char *b)
{
	enum { MAX = 32 };
	size_t	 row[MAX + 1], i, j, above, left, m = strlen(a), n = strlen(b);

	if (m > MAX || n > MAX || m > n + 2 || n > m + 2)
		return MAX;	/* too far in any case */
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		for (left = row[0], row[0] = i, j = 1; j <= n; j++) {
			above = row[j];
			row[j] = left + (a[i - 1] != b[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			left = above;
		}
	}
	return row[n];
}

static void
unknown(struct loading *l, const char *section, const char *key)
{
	const struct setting	*all, *near = NULL;
	size_t			 i, n, d, best = 6;	/* two letters, or
							 * another section */

	all = conf_settings(&n);
	for (i = 0; i < n; i++) {
		d = 2 * distance(key, all[i].key) +
		    (strcmp(section, all[i].section) != 0);
		if (d >= best)
			continue;
		near = &all[i];
		best = d;
	}
	if (near == NULL)
		conf_say(l->file.problems, l->file.path, l->file.line,
		    "[%s] has no setting %s", section, key);
	else if (strcmp(near->section, section) == 0)
		conf_say(l->file.problems, l->file.path, l->file.line,
		    "[%s] has no setting %s: did you mean %s?", section, key,
		    near->key);
	else
		conf_say(l->file.problems, l->file.path, l->file.line,
		    "[%s] has no setting %s: did you mean %s of [%s]?",
		    section, key, near->key, near->section);
}

static const struct setting *
setting(int i)
{
	size_t	 n;

	return &conf_settings(&n)[i];
}

static int
find(const char *section, const char *key)
{
	const struct setting	*all;
	size_t			 i, n;

	all = conf_settings(&n);
	for (i = 0; i < n; i++)
		if (strcmp(all[i].key, key) == 0 &&
		    strcmp(all[i].section, section) == 0)
			return (int)i;
	return -1;
}

/* The new words behind those that were read before, so that every line is
 * judged by itself and yet the list is one. */
static const char *
longer(struct loading *l, int i, const char *value)
{
	struct buf	 b;

	buf_init(&b, l->reading.arena, MAX_LIST);
	buf_fmt(&b, "%s %s", l->lists[i] == NULL ? "" : l->lists[i], value);
	return buf_failed(&b) ? NULL : b.data + strspn(b.data, " ");
}

static void
read_value(struct loading *l, int i, const char *value)
{
	const struct setting	*s = setting(i);
	struct rules		 kept = l->conf->rules;

	if (s->list && (value = longer(l, i, value)) == NULL) {
		conf_say(l->file.problems, l->file.path, l->file.line,
		    "[%s] %s: is too long a list", s->section, s->key);
		return;
	}
	buf_init(l->reading.why, l->reading.arena, MAX_WHY);
	if (s->type->read(&l->reading, s, value, place(l->conf, s))) {
		l->lists[i] = value;
		return;
	}
	l->conf->rules = kept;
	conf_say(l->file.problems, l->file.path, l->file.line, "[%s] %s: %s",
	    s->section, s->key, l->reading.why->data);
}

/* inih has just asked the reader for the line it speaks of. */
static int
handle(void *arg, const char *section, const char *key, const char *value)
{
	struct loading	*l = arg;
	int		 i;

	if (l->file.skip)
		return 1;
	if (section[0] == '\0') {
		conf_say(l->file.problems, l->file.path, l->file.line,
		    "%s stands before the first section: which [section] is "
		    "it of?", key);
		return 1;
	}
	if ((i = find(section, key)) == -1) {
		unknown(l, section, key);
		return 1;
	}
	if (l->lines[i] != 0 && !setting(i)->list)
		conf_say(l->file.problems, l->file.path, l->file.line,
		    "[%s] %s is already set in line %d: take one out",
		    section, key, l->lines[i]);
	else
		read_value(l, i, value);
	l->lines[i] = l->file.line;
	return 1;
}

/* Read by the same code as what an operator writes. */
static int
defaults(struct conf *c, const struct conf_reading *r)
{
	const struct setting	*all;
	size_t			 i, n;

	all = conf_settings(&n);
	for (i = 0; i < n; i++)
		if (!all[i].type->read(r, &all[i], all[i].initial,
		    place(c, &all[i])))
			return -1;
	return 0;
}

/* --- what follows from several settings --------------------------------- */

/* A stable short name for Via, by which we know our own requests again: the
 * same in all processes that share these settings (FNV-1a). */
static const char *
instance(struct arena *a, const char *path)
{
	char		 host[256] = "";
	const char	*parts[] = { host, "\n", path }, *s;
	uint32_t	 hash = 2166136261u;
	struct buf	 b;
	size_t		 i;

	gethostname(host, sizeof(host) - 1);
	for (i = 0; i < 3; i++)
		for (s = parts[i]; *s != '\0'; s++)
			hash = (hash ^ (unsigned char)*s) * 16777619u;
	buf_init(&b, a, 32);
	buf_fmt(&b, "viaduct-%08x", (unsigned)hash);
	return buf_failed(&b) ? NULL : b.data;
}

static void
one_net(struct buf *b, const struct ip_net *net)
{
	size_t	 i, bytes = net->family == AF_INET ? 4 : 16;

	buf_char(b, ' ');
	for (i = 0; i < bytes; i++)
		buf_fmt(b, "%02x", net->bytes[i]);
	buf_fmt(b, "/%d", net->bits);
}

/*
 * Everything that decides with whom a kept connection may have been made: a
 * route takes over only connections that its own policy would have made.
 */
int
conf_tls_policy(struct rules *r, struct arena *a)
{
	struct buf	 b;
	size_t		 i;

	buf_init(&b, a, 8192);
	if (!r->verify_tls)
		buf_str(&b, "unverified\n");
	if (r->ca_file != NULL)
		buf_fmt(&b, "ca %s\n", r->ca_file);
	if (r->tls_pin != NULL)
		buf_fmt(&b, "pin %s\n", r->tls_pin);
	if (r->allow_private.all_private)
		buf_str(&b, "private\n");
	for (i = 0; i < r->allow_private.n_nets; i++)
		one_net(&b, &r->allow_private.nets[i]);
	r->tls_policy = b.data;
	return buf_failed(&b) ? -1 : 0;
}

/* What follows from the rules as a whole. */
static int
settle(struct rules *r, struct arena *a)
{
	static const char *const proofs[] = { "X-API-Key", "Authorization",
	    NULL };

	r->cors.also = r->access != ACCESS_OPEN ? proofs : NULL;
	return conf_tls_policy(r, a);
}

static int
line_of(const struct loading *l, const char *section, const char *key)
{
	return l->lines[find(section, key)];
}

/* Is it said which pages may read?  Any page can be of the origin null. */
static bool
names_pages(const struct cors_rule *r)
{
	size_t	 i;

	for (i = 0; i < r->n_allow; i++)
		if (strcmp(r->allow[i].text, "null") == 0)
			return false;
	return !r->any && !r->target && r->n_allow + r->n_own > 0;
}

/* What whole URLs need, lest everybody reaches everything through us. */
static void
judge_whole(struct loading *l)
{
	const struct conf	*c = l->conf;
	enum whole_targets	 t = c->whole.targets;
	int			 line = line_of(l, "routes", "targets");

	if (t == WHOLE_NAMED)
		return;
	if (c->remote_url != NULL)
		conf_say(l->file.problems, l->file.path, line,
		    "[routes] targets: remote_url takes every request, so "
		    "that none can carry a whole URL: take one of the two "
		    "out");
	if (c->outbound_proxy != NULL)
		conf_say(l->file.problems, l->file.path, line,
		    "[routes] targets: behind outbound_proxy the addresses "
		    "of whole URLs cannot be judged: take one of the two out");
	if (t == WHOLE_LISTED && c->whole.n_hosts == 0)
		conf_say(l->file.problems, l->file.path, line,
		    "[routes] targets: listed needs hosts in target_hosts");
	if (t == WHOLE_ANY && (c->rules.cors.target ||
	    (c->rules.access == ACCESS_OPEN &&
	    !names_pages(&c->rules.cors))))
		conf_say(l->file.problems, l->file.path, line,
		    "[routes] targets: any would be an open proxy: with cors "
		    "= own, name the pages that may use it in allow_origins "
		    "(not *, not null), or set access to key or jwt");
	if (t == WHOLE_ANY && c->rules.rate.period_us == 0)
		conf_say(l->file.problems, l->file.path, line,
		    "[routes] targets: any needs a limit for each client: set "
		    "a rate_limit other than 0");
}

/* What tokens are checked by is told as a whole or not at all. */
static void
half_told(struct loading *l)
{
	const struct conf	*c = l->conf;

	if (c->jwt_algorithm != NULL && c->jwt_key_file == NULL)
		conf_say(l->file.problems, l->file.path,
		    line_of(l, "access", "jwt_algorithm"), "[access] "
		    "jwt_algorithm needs jwt_key_file");
	else if (c->jwt_algorithm == NULL && c->jwt_key_file != NULL)
		conf_say(l->file.problems, l->file.path,
		    line_of(l, "access", "jwt_key_file"), "[access] "
		    "jwt_key_file needs jwt_algorithm");
	else if (c->rules.access == ACCESS_JWT && c->jwt_algorithm == NULL)
		conf_say(l->file.problems, l->file.path,
		    line_of(l, "access", "access"), "[access] access = jwt "
		    "needs jwt_algorithm and jwt_key_file");
}

static void
contradictions(struct loading *l, struct buf *warnings)
{
	struct conf	*c = l->conf;
	const char	*why = cors_rule_fault(&c->rules.cors);
	int		 line = line_of(l, "cors", "allow_credentials");

	if (why != NULL)
		conf_say(l->file.problems, l->file.path,
		    line != 0 ? line : line_of(l, "cors", "allow_origins"),
		    "[cors] %s", why);
	judge_whole(l);
	half_told(l);
	if (warnings == NULL || !l->file.secret_open)
		return;
	if (c->outbound_proxy != NULL && strchr(c->outbound_proxy, '@'))
		conf_say(warnings, l->file.path,
		    line_of(l, "upstream", "outbound_proxy"),
		    "others may read the password of the proxy: chmod go-r "
		    "this file");
	if (c->remote_url != NULL && strchr(c->remote_url, '?'))
		conf_say(warnings, l->file.path,
		    line_of(l, "routes", "remote_url"),
		    "others may read the query of remote_url, which often is "
		    "a key: chmod go-r this file");
}

static const char *
folder_of(struct arena *a, const char *path)
{
	const char	*slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	return slash == path ? "/" :
	    arena_strndup(a, path, (size_t)(slash - path));
}

int
conf_load(struct conf *c, struct arena *a, const char *path,
    struct buf *problems, struct buf *warnings)
{
	struct buf	 why, faults;
	struct loading	 l = { .conf = c };
	size_t		 before = problems->len;

	*c = (struct conf){ .path = arena_strdup(a, path),
	    .folder = folder_of(a, path), .via = instance(a, path) };
	l.reading = (struct conf_reading){ .arena = a, .folder = c->folder,
	    .why = &why };
	buf_init(&why, a, MAX_WHY);
	if (c->path == NULL || c->via == NULL || c->folder == NULL ||
	    defaults(c, &l.reading) == -1) {
		conf_say(problems, path, 0, "no memory is left");
		return -1;
	}
	if (conf_file_read(&l.file, a, path, problems) == -1)
		return -1;
	conf_file_parse(&l.file, handle, &l);
	contradictions(&l, warnings);
	conf_secrets(c, a, problems, warnings);
	buf_init(&faults, a, MAX_PROBLEMS);
	templates_read(c->templates, a, c->pages, &faults);
	c->template_faults = faults.data;
	if (settle(&c->rules, a) == -1 || a->failed)
		conf_say(problems, path, 0, "no memory is left");
	return problems->len == before && !buf_failed(problems) ? 0 : -1;
}

/* --- a row on top ------------------------------------------------------- */

int
conf_rules(struct rules *rules, struct arena *a, const struct conf *c,
    const char *const *values, struct buf *why)
{
	const struct setting	*all;
	struct conf_reading	 r = { .arena = a, .folder = c->folder,
				    .row = true };
	struct buf		 wrong;
	const char		*fault;
	size_t			 i, n;

	*rules = c->rules;
	r.why = &wrong;
	buf_init(&wrong, a, MAX_WHY);
	all = conf_settings(&n);
	for (i = 0; i < n; i++) {
		if (!all[i].per_route || values[i] == NULL ||
		    all[i].type->read(&r, &all[i], values[i],
		    (char *)rules + all[i].offset))
			continue;
		buf_fmt(why, "column %s: it %s", all[i].key, wrong.data);
		return -1;
	}
	fault = cors_rule_fault(&rules->cors);
	if (fault == NULL && rules->access == ACCESS_JWT &&
	    c->jwt_algorithm == NULL)
		fault = "access = jwt needs jwt_algorithm and jwt_key_file in "
		    "viaduct.ini";
	if (fault != NULL) {
		buf_str(why, fault);
		return -1;
	}
	return settle(rules, a);
}
