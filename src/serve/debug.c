#include "serve/debug.h"

#include "core/buf.h"
#include "serve/dump.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "store/app.h"

enum { MAX_DUMP = 512 * 1024 };

enum err
debug_take(struct serving *x)
{
	const struct conf	*c = &x->s->conf;
	struct arena		*a = &x->means->arena;
	enum err		 e = OK;

	x->query = x->m.query;
	if (c->dump_request)
		e = target_take_flag(a, &x->m.query, "dump_request",
		    &x->dump);
	if (e == OK && c->trace_connection)
		e = target_take_flag(a, &x->m.query, "trace_connection",
		    &x->trace);
	return e;
}

bool
debug_permitted(struct serving *x)
{
	if ((!x->dump && !x->trace) || x->caller.operator)
		return true;
	x->dump = x->trace = false;
	x->m.query = x->query;
	return false;
}

enum err
debug_dump(struct serving *x, enum err outcome)
{
	const struct question	 q = serving_question(x);
	struct buf		 b;

	if (!x->dump || !x->caller.operator || x->rt == NULL)
		return outcome;
	buf_init(&b, &x->means->arena, MAX_DUMP);
	dump_write(&b, &q, x->m.mount, outcome, &x->v);
	return buf_failed(&b) ? ERR_NO_MEMORY : reply_private(&x->rp,
	    "text/plain; charset=utf-8", b.data, b.len);
}
