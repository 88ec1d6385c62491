#include "serve/local.h"

#include <string.h>

#include "client/pages.h"
#include "core/buf.h"
#include "serve/serving.h"
#include "store/app.h"

enum err
local_answer(struct serving *x)
{
	static const char	 robots[] = "User-agent: *\nDisallow: /\n";
	static const char	 text[] = "text/plain; charset=utf-8";
	const char		*method = x->rq.method;
	struct reply		*rp = &x->rp;
	struct buf		 b;

	if (x->t.kind == TARGET_ROUTE)
		return ERR_NO_ROUTE;
	rp->allow = "GET, HEAD";
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return ERR_METHOD_NOT_ALLOWED;
	switch (x->t.kind) {
	case TARGET_START:
		buf_init(&b, rp->arena, 64 * 1024);
		page_start(&b, &x->s->conf, x->m.mount);
		if (buf_failed(&b))
			return ERR_NO_MEMORY;
		return reply_own(rp, 200, page_type(PAGE_HTML), b.data, b.len);
	case TARGET_ROBOTS:
		return reply_own(rp, 200, text, robots, sizeof(robots) - 1);
	case TARGET_FAVICON:
		return reply_own(rp, 204, NULL, NULL, 0);
	case TARGET_HEALTH:
		return reply_own(rp, 200, text, "ok\n", 3);
	default:
		return ERR_NO_ROUTE;
	}
}
