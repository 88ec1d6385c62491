#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/clock.h"
#include "store/shm.h"
#include "store/targets.h"
#include "tests/unit/fixture.h"

enum { TRY_MS = 5000, HOSTS = 20000, PROCESSES = 20, MAX_ALIKE = 4 };

/* The clock is the tests' own, and the same in all their processes. */
static int64_t		 now_ms = INT64_C(7776000000);

int64_t
clock_ms(void)
{
	return now_ms;
}

int64_t
clock_us(void)
{
	return now_ms * 1000;
}

static char		 folder[64];
static struct buf	 why;
static struct shm	*m;
static uint64_t		 api;

static int
attach(void **state)
{
	setup(state);
	buf_init(&why, &arena, 4096);
	snprintf(folder, sizeof(folder), "/tmp/viaduct-targets.XXXXXX");
	if (mkdtemp(folder) == NULL ||
	    (m = shm_attach(folder, &why)) == NULL)
		return -1;
	api = targets_id(m, false, "api", "https://t.example/");
	return 0;
}

static int
detach(void **state)
{
	char	 path[96];

	shm_drop(m);
	snprintf(path, sizeof(path), "%s/" SHM_FILE, folder);
	teardown(state);
	return unlink(path) == -1 ? -1 : rmdir(folder);
}

static int64_t
miss(uint64_t id, int times)
{
	int64_t	 pause = 0;

	while (times-- > 0)
		pause = targets_failed(m, id, false);
	return pause;
}

static enum breaker
ask(uint64_t id)
{
	uint64_t	 trial;

	return targets_ask(m, id, TRY_MS, &trial);
}

static void
five_in_a_row_and_one_that_is_made(void **state)
{
	(void)state;
	assert_int_equal(ask(api), BREAKER_ASK);
	assert_int_equal(miss(api, 4), 0);
	targets_made(m, api);
	assert_int_equal(miss(api, 4), 0);
	assert_int_equal(ask(api), BREAKER_ASK);
	assert_int_equal(miss(api, 1), BREAKER_PAUSE_MS);
	assert_int_equal(ask(api), BREAKER_PAUSE);
	assert_int_equal(targets_pause_ms(m, api), BREAKER_PAUSE_MS);
	targets_made(m, api);
	assert_int_equal(ask(api), BREAKER_ASK);
	assert_int_equal(targets_pause_ms(m, api), 0);
}

/* In processes that were all forked before: run `act' in each. */
static int
in_processes(int n, int (*act)(void))
{
	int	 sum = 0, status;

	for (int i = 0; i < n; i++)
		if (fork() == 0) {
			struct shm	*own = shm_attach(folder, &why);

			if (own == NULL)
				_exit(100);
			m = own;
			_exit(act());
		}
	while (n-- > 0) {
		wait(&status);
		assert_true(WIFEXITED(status));
		sum += WEXITSTATUS(status);
	}
	return sum;
}

static int
fails_once(void)
{
	miss(api, 1);
	return 0;
}

static int
is_trial(void)
{
	return ask(api) == BREAKER_TRY;
}

static void
processes_count_together_and_one_of_them_tries(void **state)
{
	(void)state;
	assert_int_equal(in_processes(4, fails_once), 0);
	assert_int_equal(ask(api), BREAKER_ASK);
	assert_int_equal(in_processes(1, fails_once), 0);
	assert_int_equal(ask(api), BREAKER_PAUSE);
	now_ms += BREAKER_PAUSE_MS;
	assert_int_equal(in_processes(PROCESSES, is_trial), 1);
	/* It ended without a word: the next tries when it had its time. */
	assert_int_equal(in_processes(PROCESSES, is_trial), 0);
	now_ms += TRY_MS;
	assert_int_equal(in_processes(PROCESSES, is_trial), 1);
}

static int
fails_often(void)
{
	miss(api, 1000);
	return 0;
}

static void
at_the_same_time(void **state)
{
	(void)state;
	in_processes(PROCESSES, fails_often);
	assert_int_equal(targets_pause_ms(m, api), BREAKER_PAUSE_MS);
	/* one word, however many came to it at once */
	targets_made(m, api);
	assert_int_equal(targets_pause_ms(m, api), 0);
	assert_int_equal(miss(api, 4), 0);
}

static void
only_the_trial_that_is_given_back_is_due_again(void **state)
{
	uint64_t	 first, second;

	(void)state;
	miss(api, 5);
	now_ms += BREAKER_PAUSE_MS;
	assert_int_equal(targets_ask(m, api, TRY_MS, &first), BREAKER_TRY);
	targets_untried(m, api, first);
	assert_int_equal(targets_ask(m, api, TRY_MS, &second), BREAKER_TRY);
	now_ms += TRY_MS;
	assert_int_equal(targets_ask(m, api, TRY_MS, &first), BREAKER_TRY);
	/* it took too long, and another is under way */
	targets_untried(m, api, second);
	assert_int_equal(ask(api), BREAKER_PAUSE);
	assert_int_equal(targets_failed(m, api, true), BREAKER_PAUSE_MS);
	targets_untried(m, api, first);
	assert_int_equal(ask(api), BREAKER_PAUSE);
}

static void
each_target_by_itself(void **state)
{
	const uint64_t	 others[] = {
		targets_id(m, false, "api", "https://t.example/new"),
		targets_id(m, false, "ap", "https://t.example/"),
		targets_id(m, true, "https", "https://t.example"),
		targets_id(m, true, "https", "https://t.example:8443"),
	};

	(void)state;
	miss(api, 5);
	for (size_t i = 0; i < ROWS(others); i++) {
		assert_int_equal(ask(others[i]), BREAKER_ASK);
		assert_int_equal(targets_pause_ms(m, others[i]), 0);
	}
}

/* Who names hosts without end reaches neither the routes nor another's host:
 * at worst those are forgotten that failed before. */
static void
many_hosts_shut_nobody_out(void **state)
{
	uint64_t	 victim = targets_id(m, true, "https",
			    "https://sound.example");
	char		 url[64];
	int		 remembered = 0, alike = 0;

	(void)state;
	miss(api, 5);
	miss(victim, 4);
	targets_made(m, victim);
	for (int i = 0; i < HOSTS; i++) {
		uint64_t	 id;

		snprintf(url, sizeof(url), "https://h%d.example", i);
		id = targets_id(m, true, "https", url);
		assert_int_equal(ask(victim), BREAKER_ASK);
		now_ms++;
		/* A key has 24 bits, and eight words are looked at: in one run
		 * of a hundred a host has that of another. */
		if (ask(id) != BREAKER_ASK) {
			alike++;
			continue;
		}
		assert_int_equal(miss(id, 5), BREAKER_PAUSE_MS);
		assert_int_equal(ask(id), BREAKER_PAUSE);
	}
	assert_in_range(alike, 0, MAX_ALIKE);
	assert_int_equal(targets_pause_ms(m, api), 0);
	assert_int_equal(ask(api), BREAKER_TRY);	/* it is still known */
	for (int i = HOSTS - 1000; i < HOSTS; i++) {
		snprintf(url, sizeof(url), "https://h%d.example", i);
		remembered += ask(targets_id(m, true, "https", url)) ==
		    BREAKER_PAUSE;
	}
	assert_in_range(remembered, 900, 1000);
}

static void
a_process_without_a_file_knows_by_itself(void **state)
{
	struct shm	*file = m;

	(void)state;
	m = shm_private();
	assert_non_null(m);
	api = targets_id(m, false, "api", "https://t.example/");
	miss(api, 5);
	assert_int_equal(ask(api), BREAKER_PAUSE);
	shm_drop(m);
	m = file;
}

static void
who_only_looks_sees_it(void **state)
{
	struct shm	*own;

	(void)state;
	miss(api, 5);
	own = shm_look(folder, &why);
	assert_non_null(own);
	assert_int_equal(targets_pause_ms(own, targets_id(own, false, "api",
	    "https://t.example/")), BREAKER_PAUSE_MS);
	shm_drop(own);
}

/* The file is cut short under its user.  What is attached in here takes the
 * signal, which cmocka takes before. */
static void
a_file_that_fails_is_left(void **state)
{
	char	 path[96];

	(void)state;
	shm_drop(m);
	m = shm_attach(folder, &why);
	assert_non_null(m);
	miss(api, 5);
	snprintf(path, sizeof(path), "%s/" SHM_FILE, folder);
	assert_int_equal(truncate(path, 4096), 0);
	assert_int_equal(ask(api), BREAKER_ASK);
	assert_true(shm_has_failed(m));
	assert_int_equal(miss(api, 5), BREAKER_PAUSE_MS);
	assert_int_equal(ask(api), BREAKER_PAUSE);
	shm_drop(m);
	m = NULL;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, attach, detach)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		CASE(five_in_a_row_and_one_that_is_made),
		CASE(processes_count_together_and_one_of_them_tries),
		CASE(at_the_same_time),
		CASE(only_the_trial_that_is_given_back_is_due_again),
		CASE(each_target_by_itself),
		CASE(many_hosts_shut_nobody_out),
		CASE(a_process_without_a_file_knows_by_itself),
		CASE(who_only_looks_sees_it),
		CASE(a_file_that_fails_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
