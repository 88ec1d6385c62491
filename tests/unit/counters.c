#include "tests/unit/counters.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

const unsigned char	 counters_seed[16] = "sixteen letters";
const int64_t		 noon = INT64_C(1800000000);
struct stats_area	*area;
struct stats		*s;

static char		 path[64];
static int		 fd;

int
counters_setup(void **state)
{
	setup(state);
	arena_free(&arena);
	arena_init(&arena, 64 << 20);
	snprintf(path, sizeof(path), "/tmp/viaduct-stats.XXXXXX");
	if ((fd = mkstemp(path)) == -1 || ftruncate(fd, sizeof(*area)) == -1)
		return -1;
	area = mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	if (area == MAP_FAILED)
		return -1;
	close(fd);
	s = counters_open(&fd);
	return s == NULL ? -1 : 0;
}

int
counters_teardown(void **state)
{
	counters_close(s, fd);
	munmap(area, sizeof(*area));
	unlink(path);
	return teardown(state);
}

struct stats *
counters_open(int *its)
{
	*its = open(path, O_RDWR | O_CLOEXEC);
	return *its == -1 ? NULL : stats_open(area, *its, counters_seed);
}

int
counters_read(void)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

void
counters_close(struct stats *which, int its)
{
	stats_close(which);
	if (its != -1)
		close(its);
}

void
counters_again(void)
{
	counters_close(s, fd);
	s = counters_open(&fd);
	assert_non_null(s);
}

const struct stats_view *
view(int64_t now_s)
{
	struct stats_view	*v = stats_read(s, &arena, NULL, now_s);

	assert_non_null(v);
	return v;
}

const struct stats_scope_view *
scope(const struct stats_view *v, const char *name)
{
	for (size_t i = 0; i < v->n_scopes; i++)
		if (strcmp(v->scopes[i].name, name) == 0)
			return &v->scopes[i];
	fail_msg("no scope %s", name);
	return NULL;
}

uint64_t
outcome(const struct stats_view *v, const struct stats_sum *sum,
    const char *word)
{
	for (size_t i = 0; i < STATS_OUTCOMES; i++)
		if (v->outcomes[i].word != NULL &&
		    strcmp(v->outcomes[i].word, word) == 0)
			return sum->outcomes[i];
	fail_msg("no outcome %s", word);
	return 0;
}

struct stats_entry
place(const char *route)
{
	struct stats_entry	 e;

	e = stats_enter(s, route != NULL ? STATS_NAMED : STATS_NONE, route);
	stats_leave(&e);
	return e;
}

void
one(const char *route, enum err e, int64_t now_s)
{
	const struct stats_request	 r = { .outcome = e,
					    .status = err_status(e),
					    .total_us = 1500 };

	stats_count(s, place(route).place, &r, now_s);
}
