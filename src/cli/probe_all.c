#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/check_out.h"
#include "cli/probe.h"
#include "core/loop.h"
#include "store/app.h"
#include "store/check.h"

/* Of so many at once, dead ones do not make all others wait. */
enum { THREADS = 8 };

struct pool {
	const struct snapshot	*s;
	struct probe		*list;
	size_t			 count;
	pthread_mutex_t		 lock;
	pthread_cond_t		 changed;
	size_t			 next, done;
};

static void *
work(void *arg)
{
	struct pool	*pool = arg;
	struct loop	*loop = loop_new();
	struct fetcher	*fetcher = fetcher_new(loop);
	struct probe	*p;

	for (;;) {
		pthread_mutex_lock(&pool->lock);
		p = pool->next < pool->count ? &pool->list[pool->next++] :
		    NULL;
		pthread_mutex_unlock(&pool->lock);
		if (p == NULL)
			break;
		if (fetcher == NULL)
			p->answer.err = ERR_NO_MEMORY;
		else
			probe_ask(p, pool->s, fetcher);
		pthread_mutex_lock(&pool->lock);
		p->done = true;
		pool->done++;
		pthread_cond_signal(&pool->changed);
		pthread_mutex_unlock(&pool->lock);
	}
	fetcher_free(fetcher);
	loop_free(loop);
	return NULL;
}

/* --- how far it is, where somebody looks on --- */

static int
columns(void)
{
	struct winsize	 size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0 ? size.ws_col : 80;
}

/* One line, written over by the next, which fills the width of the terminal
 * less the last column; NULL: nothing. */
static void
show(const struct pool *pool, const struct probe *next)
{
	char	 text[512] = "";
	int	 width = columns() - 1;

	if (next != NULL)
		snprintf(text, sizeof(text), "%zu of %zu asked; waiting for "
		    "%s", pool->done, pool->count, next->where);
	fprintf(stderr, "\r%-*.*s\r", width, width, text);
	fflush(stderr);
}

static void
await(struct pool *pool, const struct probe *p, bool watched)
{
	pthread_mutex_lock(&pool->lock);
	while (!p->done) {
		if (watched)
			show(pool, p);
		pthread_cond_wait(&pool->changed, &pool->lock);
	}
	if (watched)
		show(pool, NULL);
	pthread_mutex_unlock(&pool->lock);
}

static void
tell_all(struct pool *pool, struct check *ck, struct check_out *out)
{
	bool	 watched = isatty(STDERR_FILENO);
	size_t	 i;

	for (i = 0; i < pool->count; i++) {
		await(pool, &pool->list[i], watched);
		probe_tell(&pool->list[i], out);
		probe_judge(&pool->list[i], ck, &pool->s->conf);
		fflush(stdout);
	}
}

int
probe_all(struct check *ck, struct check_out *out, const struct conf *c,
    const struct routes *routes)
{
	struct snapshot	 s = { .conf = *c, .routes = routes };
	struct pool	 pool = { .s = &s };
	pthread_t	 threads[THREADS];
	size_t		 n = 0;

	if ((pool.list = probe_list(&ck->arena, &s, &pool.count)) == NULL)
		return -1;
	pthread_mutex_init(&pool.lock, NULL);
	pthread_cond_init(&pool.changed, NULL);
	while (n < THREADS && n < pool.count &&
	    pthread_create(&threads[n], NULL, work, &pool) == 0)
		n++;
	if (n > 0)
		tell_all(&pool, ck, out);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	pthread_cond_destroy(&pool.changed);
	pthread_mutex_destroy(&pool.lock);
	probe_free(pool.list, pool.count);
	return n == 0 && pool.count > 0 ? -1 : 0;
}
