#include "store/routes.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "http/url.h"
#include "store/rows.h"
#include "store/targets.h"

enum { MAX_FAULT = 1024 };

struct routes {
	struct route	 *list;		/* by name */
	size_t		  count;
	bool		  render;
};

/* What the row itself says of a setting; NULL for nothing. */
static const char *
stated(const struct row *row, const char *key)
{
	const struct setting	*all;
	size_t			 i, n;

	all = conf_settings(&n);
	for (i = 0; i < n && strcmp(all[i].key, key) != 0; i++)
		;
	return i < n ? row->values[i] : NULL;
}

static bool
lists_null(const struct cors_rule *r)
{
	size_t	 i;

	for (i = 0; i < r->n_allow; i++)
		if (strcmp(r->allow[i].text, "null") == 0)
			return true;
	return false;
}

/*
 * May strangers not use what the operator adds to the requests of this route?
 * The row itself must say so, lest an edit of the INI opens it.
 */
static const char *
open_fault(const struct route *rt, const struct row *row)
{
	const struct cors_rule	*r = &rt->rules.cors;
	const char		*access = stated(row, "access");

	if (rt->up.count == 0 ||
	    (access != NULL && strcmp(access, "open") != 0))
		return NULL;
	if (r->target)
		return "it has request fields in route_headers, and with cors "
		    "= target allow_origins refuses nobody: it must itself "
		    "state access other than open, lest strangers use them";
	if (stated(row, "allow_origins") == NULL || r->any || lists_null(r))
		return "it has request fields in route_headers: it must "
		    "itself state allow_origins other than * and without "
		    "null, or access other than open, lest strangers use them";
	return NULL;
}

/* Does an earlier one mean the same field? */
static bool
again(const struct field *list, size_t n, const char *name)
{
	while (n-- > 0)
		if (field_same_name(list[n].name, name))
			return true;
	return false;
}

/* The fields of one direction, judged. */
static int
edits(struct field_edits *e, struct arena *a, const struct row *row, bool up,
    struct buf *why)
{
	const struct row_field	*f;
	struct field		*list, one;
	const char		*wrong;

	if ((list = arena_alloc(a, row->n_fields * sizeof(*list))) == NULL)
		return -1;
	e->list = list;
	for (f = row->fields; f < row->fields + row->n_fields; f++) {
		if (f->up != up)
			continue;
		one.name = arena_strdup(a, f->name);
		one.value = f->value == NULL ? NULL :
		    arena_strdup(a, f->value);
		if (one.name == NULL || (f->value != NULL &&
		    one.value == NULL))
			return -1;
		wrong = again(list, e->count, one.name) ? "another row is of "
		    "the same field: a name has no case, and _ is -" :
		    field_edit_fault(up ? FIELD_UP : FIELD_DOWN, &one);
		if (wrong != NULL) {
			buf_fmt(why, "route_headers, %s %.64s: %s", up ?
			    "request" : "response", one.name, wrong);
			return -1;
		}
		list[e->count++] = one;
	}
	return 0;
}

static int
fields(struct route *rt, struct arena *a, const struct row *row,
    struct buf *why)
{
	const char	*wrong;

	if (row->n_fields == 0)
		return 0;
	if (edits(&rt->up, a, row, true, why) == -1 ||
	    edits(&rt->down, a, row, false, why) == -1)
		return -1;
	if ((wrong = open_fault(rt, row)) == NULL)
		return 0;
	buf_str(why, wrong);
	return -1;
}

/* Every row is judged as if the database had judged nothing: triggers can be
 * dropped and bytes can rot. */
static void
lay(struct route *rt, struct arena *a, const struct row *row,
    const struct conf *c)
{
	struct buf	 why;
	struct url	 url;
	const char	*wrong = "no memory is left";

	*rt = (struct route){ .name = row->name, .url = row->url, .host = "",
	    .fault = row->fault, .rules = c->rules };
	if (rt->fault != NULL)
		return;
	buf_init(&why, a, MAX_FAULT);
	if (url_split(a, row->url, &url, &wrong) != OK)
		buf_fmt(&why, "column url: %s", wrong);
	else if (strcmp(row->name, "*") == 0 &&
	    c->whole.targets != WHOLE_NAMED)
		buf_str(&why, "it takes every request, so that none can carry "
		    "a whole URL: switch it off, or set targets = named");
	else if (conf_rules(&rt->rules, a, c, row->values, &why) == 0 &&
	    fields(rt, a, row, &why) == 0 &&
	    (rt->origin = url_origin(a, &url)) != NULL) {
		rt->host = url.host;
		return;
	} else if (why.len == 0)
		buf_str(&why, "no memory is left for it");
	rt->rules = c->rules;
	rt->up = rt->down = (struct field_edits){ .count = 0 };
	rt->fault = why.data;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct route *)a)->name,
	    ((const struct route *)b)->name);
}

/* Copies, since the rows may be freed before the snapshot is. */
static int
copy_row(struct row *copy, struct arena *a, const struct row *row)
{
	*copy = *row;
	copy->name = arena_strdup(a, row->name);
	copy->url = arena_strdup(a, row->url);
	if (row->fault != NULL)
		copy->fault = arena_strdup(a, row->fault);
	return copy->name == NULL || copy->url == NULL ||
	    (row->fault != NULL && copy->fault == NULL) ? -1 : 0;
}

/* A page of a target stays in its sandbox unless one of these lets it out. */
static bool
renders(const struct route *rt)
{
	return rt->fault == NULL && (rt->rules.render ||
	    again(rt->down.list, rt->down.count, "Content-Security-Policy"));
}

static int
fill(struct routes *rs, struct arena *a, const struct rows *rows,
    const struct conf *c)
{
	struct row	 row;
	size_t		 i;
	bool		 star = false;

	for (i = 0; i < rows_count(rows); i++) {
		if (copy_row(&row, a, rows_at(rows, i)) == -1)
			return -1;
		lay(&rs->list[rs->count++], a, &row, c);
		star = star || strcmp(row.name, "*") == 0;
	}
	if (star || c->remote_url == NULL)
		return 0;
	row = (struct row){ .name = "*", .url = c->remote_url };
	if ((row.values = arena_alloc(a, sizeof(*row.values) *
	    (conf_settings(&i), i))) == NULL)
		return -1;
	lay(&rs->list[rs->count++], a, &row, c);
	return 0;
}

struct routes *
routes_build(struct arena *a, const struct rows *rows, const struct conf *c,
    const struct shm *shm)
{
	struct routes	*rs = arena_alloc(a, sizeof(*rs));
	struct route	*rt;
	size_t		 max = rows_count(rows) + 1;

	if (rs == NULL ||
	    (rs->list = arena_alloc(a, max * sizeof(*rs->list))) == NULL ||
	    fill(rs, a, rows, c) == -1 || a->failed)
		return NULL;
	rs->render = c->rules.render;
	for (rt = rs->list; rt < rs->list + rs->count; rt++) {
		rs->render = rs->render || renders(rt);
		if (shm != NULL)
			rt->target = targets_id(shm, false, rt->name, rt->url);
	}
	qsort(rs->list, rs->count, sizeof(*rs->list), by_name);
	return rs;
}

const struct route *
routes_find(const struct routes *rs, const char *name)
{
	struct route	 key = { .name = name };

	return bsearch(&key, rs->list, rs->count, sizeof(*rs->list), by_name);
}

size_t
routes_count(const struct routes *rs)
{
	return rs->count;
}

const struct route *
routes_at(const struct routes *rs, size_t i)
{
	return &rs->list[i];
}

bool
routes_render(const struct routes *rs)
{
	return rs->render;
}
