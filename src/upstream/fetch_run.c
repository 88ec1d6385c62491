#include "upstream/transfer.h"

/* One transfer that is waited for: its sink is told of all but the end, which
 * is returned. */

struct run {
	const struct sink	*sink;
	bool			 over;
	enum err		 err;
};

static enum err
run_head(void *arg, int status, const struct fields *fs)
{
	const struct sink	*s = ((struct run *)arg)->sink;

	return s->head(s->arg, status, fs);
}

static enum err
run_body(void *arg, const void *bytes, size_t n)
{
	const struct sink	*s = ((struct run *)arg)->sink;

	return s->body(s->arg, bytes, n);
}

static enum err
run_idle(void *arg, int64_t now_ms, int *again_ms)
{
	const struct sink	*s = ((struct run *)arg)->sink;

	return s->idle(s->arg, now_ms, again_ms);
}

static void
run_reached(void *arg)
{
	const struct sink	*s = ((struct run *)arg)->sink;

	if (s->reached != NULL)
		s->reached(s->arg);
}

static void
run_ended(void *arg, enum err e)
{
	struct run	*r = arg;

	r->over = true;
	r->err = e;
}

enum err
fetch_run(struct fetcher *fetcher, const struct fetch *f, struct io *io,
    struct arena *arena, const struct sink *sink)
{
	struct run		 r = { .sink = sink };
	const struct sink	 own = { run_head, run_body, run_idle,
				    run_reached, run_ended, &r };

	fetch_begin(fetcher, f, io, arena, &own);
	while (!r.over)
		fetcher_turn(fetcher);
	return r.err;
}
