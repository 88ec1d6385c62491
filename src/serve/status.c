#include "serve/status.h"

#include <string.h>
#include <time.h>

#include "client/frame.h"
#include "client/status.h"
#include "core/buf.h"
#include "http/pass.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/tally.h"
#include "store/app.h"
#include "store/shm.h"
#include "store/stats.h"

enum { REFRESH_S = 20 };

/* Which route stands on top of the page: _status?route=NAME, as its links have
 * it, whose names need no encoding. */
static const char *
chosen(const struct serving *x)
{
	static const char	 name[] = "route=";
	const size_t		 len = sizeof(name) - 1;
	const char		*query = x->m.query;

	return query != NULL && strncmp(query, name, len) == 0 &&
	    query[len] != '\0' ? query + len : NULL;
}

/* Who has a pass can give it up. */
static bool
has_pass(const struct serving *x)
{
	const struct conf	*conf = &x->s->conf;

	return conf->operator_key_file != NULL &&
	    pass_is_shown(conf->operator_hash,
	    fields_get(&x->rq.fields, "Cookie"), time(NULL));
}

/* One of the forms in which the counters are told. */
struct form {
	const char	*type;
	void		(*write)(struct buf *, const struct status *);
					/* NULL: as a page */
	struct stats_view *(*read)(const struct stats *, struct arena *,
			    const struct stats_table *, int64_t);
};

static enum err
send_page(struct serving *x, struct buf *b, const struct status *st)
{
	const struct page_frame	 f = { .conf = &x->s->conf, .title = "Status",
				    .refresh_s = REFRESH_S, .wide = true,
				    .form = st->leave };

	status_page(b, &f, st, x->m.mount);
	return reply_page(&x->rp, 200, &f, b);
}

static enum err
show(struct serving *x, struct arena *a, const struct form *form)
{
	const struct stats_table table = tally_table(x->s->routes);
	const struct status	 st = {
		.view = form->read(shm_stats(x->s->shm), a, &table,
		    time(NULL)),
		.chosen = chosen(x),
		.looked = true, .sound = app_is_sound(x->means->app),
		.leave = has_pass(x),
	};
	struct buf		 b;

	if (st.view == NULL)
		return ERR_NO_MEMORY;
	buf_init(&b, a, STATUS_MEMORY_BYTES);
	if (form->write == NULL)
		return send_page(x, &b, &st);
	form->write(&b, &st);
	return buf_failed(&b) ? ERR_NO_MEMORY :
	    reply_private(&x->rp, form->type, b.data, b.len);
}

static enum err
answer(struct serving *x, const struct form *form)
{
	struct arena	 a;
	enum err	 e;

	arena_init(&a, STATUS_MEMORY_BYTES);
	e = show(x, &a, form);
	arena_free(&a);
	return e;
}

enum err
status_as_page(struct serving *x)
{
	return answer(x, &(struct form){ .read = stats_read });
}

enum err
status_as_json(struct serving *x)
{
	return answer(x, &(struct form){ "application/json", status_json,
	    stats_read });
}

enum err
status_as_metrics(struct serving *x)
{
	return answer(x, &(struct form){ status_metrics_type, status_metrics,
	    stats_read_steady });
}
