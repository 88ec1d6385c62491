#include "store/routes.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/url.h"
#include "store/rows.h"

enum { MAX_FAULT = 1024 };

struct routes {
	struct route	 *list;		/* by name */
	size_t		  count;
	const char	**hosts;	/* of sound routes, in order */
	size_t		  n_hosts;
};

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
	else if (conf_rules(&rt->rules, a, c, row->values, &why) == 0) {
		rt->host = url.host;
		return;
	} else if (why.len == 0)
		buf_str(&why, "no memory is left for it");
	rt->rules = c->rules;
	rt->fault = why.data;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct route *)a)->name,
	    ((const struct route *)b)->name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
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
routes_build(struct arena *a, const struct rows *rows, const struct conf *c)
{
	struct routes	*rs = arena_alloc(a, sizeof(*rs));
	size_t		 i, max = rows_count(rows) + 1;

	if (rs == NULL ||
	    (rs->list = arena_alloc(a, max * sizeof(*rs->list))) == NULL ||
	    (rs->hosts = arena_alloc(a, max * sizeof(*rs->hosts))) == NULL ||
	    fill(rs, a, rows, c) == -1)
		return NULL;
	qsort(rs->list, rs->count, sizeof(*rs->list), by_name);
	for (i = 0; i < rs->count; i++)
		if (rs->list[i].fault == NULL)
			rs->hosts[rs->n_hosts++] = rs->list[i].host;
	qsort(rs->hosts, rs->n_hosts, sizeof(*rs->hosts), by_text);
	return rs;
}

const struct route *
routes_find(const struct routes *rs, const char *name)
{
	struct route	 key = { .name = name };

	return bsearch(&key, rs->list, rs->count, sizeof(*rs->list), by_name);
}

bool
routes_have_host(const struct routes *rs, const char *host)
{
	return bsearch(&host, rs->hosts, rs->n_hosts, sizeof(*rs->hosts),
	    by_text) != NULL;
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
