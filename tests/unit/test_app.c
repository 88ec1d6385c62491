#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "store/app.h"
#include "store/rows.h"
#include "store/shm.h"
#include "tests/unit/database.h"

static char		 folder[64], ini[128], path[128], other[128];
static char		 said[128], state_folder[128], counters[160];
static char		*schema;
static struct app	*app;
static int		 real_stderr;

static int
group_setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/viaduct-app.XXXXXX");
	if (mkdtemp(folder) == NULL || (schema = database_schema()) == NULL)
		return -1;
	snprintf(ini, sizeof(ini), "%s/viaduct.ini", folder);
	snprintf(path, sizeof(path), "%s/routes.db", folder);
	snprintf(other, sizeof(other), "%s/other.db", folder);
	snprintf(said, sizeof(said), "%s/stderr", folder);
	snprintf(state_folder, sizeof(state_folder), "%s/state", folder);
	snprintf(counters, sizeof(counters), "%s/shm.v1", state_folder);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	free(schema);
	return rmdir(folder);
}

static void
settings(const char *text)
{
	FILE	*f = fopen(ini, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	fclose(f);
}

static int
setup(void **state)
{
	struct arena	 arena;
	struct buf	 why;
	int		 fd, failed;

	(void)state;
	arena_init(&arena, 1 << 20);
	buf_init(&why, &arena, 4096);
	mkdir(state_folder, 0700);
	settings("[log]\naccess = off\n");
	failed = rows_create(path, schema, NULL, &why);
	arena_free(&arena);
	database_sql(path, "INSERT INTO routes(name, url, max_age) VALUES "
	    "('a', 'http://a.example', 1)");
	fd = open(said, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	real_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	app = app_open(ini);
	return failed != 0 || app == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	app_close(app);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	unlink(ini);
	unlink(path);
	unlink(other);
	unlink(said);
	unlink(counters);
	rmdir(state_folder);
	return 0;
}

/* Lines on standard error that hold this text. */
static int
complaints(const char *text)
{
	char	 line[4096];
	FILE	*f = fopen(said, "r");
	int	 n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, text) != NULL;
	fclose(f);
	return n;
}

static int
max_age(void)
{
	const struct snapshot	*s = app_take(app);
	const struct route	*rt;
	int			 age = -1;

	if (s == NULL)
		return -2;
	if ((rt = routes_find(s->routes, "a")) != NULL && rt->fault == NULL)
		age = rt->rules.cors.max_age_seconds;
	app_give(app, s);
	return age;
}

static const char *
name(char *out, size_t size)
{
	const struct snapshot	*s = app_take(app);

	snprintf(out, size, "%s", s != NULL ? s->conf.app_name : "none");
	app_give(app, s);
	return out;
}

/* In a process of its own, since no limit is raised again. */
static bool
writes_cores(void)
{
	struct rlimit	 core = { RLIM_INFINITY, RLIM_INFINITY };
	int		 status;
	pid_t		 child = fork();

	if (child == 0) {
		if ((app = app_open(ini)) == NULL || max_age() != 1 ||
		    getrlimit(RLIMIT_CORE, &core) != 0)
			_exit(2);
		_exit(core.rlim_max != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 1;
}

/* Their keys are in the memory of who serves them. */
static void
no_core_is_written_where_somebody_shows_a_key(void **state)
{
	char		 key[160], text[256];
	FILE		*f;

	(void)state;
	if (!writes_cores())
		return;		/* nor is any otherwise */
	database_sql(path, "INSERT INTO api_keys(name, id, hash) VALUES "
	    "('k', 'aaaaaaaa', zeroblob(32))");
	assert_false(writes_cores());
	database_sql(path, "DELETE FROM api_keys");
	assert_true(writes_cores());
	snprintf(key, sizeof(key), "%s/operator.key", folder);
	assert_non_null(f = fopen(key, "w"));
	assert_true(fputs("mB4-x2Kq9_Lw7Zr5Tp1", f) >= 0);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_int_equal(fclose(f), 0);
	snprintf(text, sizeof(text), "[log]\naccess = off\n[app]\n"
	    "operator_key_file = %s\n", key);
	settings(text);
	assert_false(writes_cores());
	unlink(key);
}

static void
secrets_that_others_can_read_are_said_once(void **state)
{
	struct rlimit	 core;
	struct app	*twin;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	core.rlim_cur = core.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(max_age(), 1);
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_cur, core.rlim_max);
	assert_int_equal(complaints("others may read"), 0);
	database_sql(path,
	    "UPDATE routes SET url = 'http://a.example/?key=1'");
	for (int i = 2; i < 5; i++) {
		char	 text[64];

		snprintf(text, sizeof(text), "UPDATE routes SET max_age = %d",
		    i);
		database_sql(path, text);
		assert_int_equal(max_age(), i);
	}
	assert_int_equal(complaints("others may read"), 1);
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_max, 0);
	/* Mended, and again. */
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(max_age(), 4);
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(max_age(), 4);
	assert_int_equal(complaints("others may read"), 2);
	/* Of all processes one says so, else it came with each CGI request. */
	twin = app_open(ini);
	app_give(twin, app_take(twin));
	app_close(twin);
	assert_int_equal(complaints("others may read"), 2);
	/* Those of the settings. */
	settings("[log]\naccess = off\n[routes]\n"
	    "remote_url = https://a.example/?key=1\n");
	assert_int_equal(chmod(ini, 0644), 0);
	assert_int_equal(max_age(), 4);
	assert_int_equal(complaints("others may read the query"), 1);
	assert_int_equal(complaints("key=1"), 0);
}

static void
what_the_web_server_hands_out_is_looked_at_once(void **state)
{
	const struct snapshot	*s;
	struct app		*twin;

	(void)state;
	s = app_take(app);
	app_note_root(app, s, NULL);
	app_note_root(app, s, "");
	assert_int_equal(complaints("hands out"), 0);
	app_note_root(app, s, folder);
	assert_int_equal(complaints("hands out"), 1);
	assert_int_equal(complaints(ini), 1);
	assert_int_equal(complaints(path), 1);
	app_note_root(app, s, folder);
	assert_int_equal(complaints("hands out"), 1);
	app_give(app, s);
	/* Of all processes one says so. */
	twin = app_open(ini);
	s = app_take(twin);
	app_note_root(twin, s, folder);
	app_give(twin, s);
	app_close(twin);
	assert_int_equal(complaints("hands out"), 1);
}

static void
what_lies_elsewhere_is_not_handed_out(void **state)
{
	char			 near[80];
	const struct snapshot	*s = app_take(app);

	(void)state;
	snprintf(near, sizeof(near), "%.*s", (int)strlen(folder) - 1, folder);
	assert_int_equal(mkdir(near, 0700), 0);
	app_note_root(app, s, near);	/* the same beginning, no parent */
	assert_int_equal(complaints("hands out"), 0);
	rmdir(near);
	app_give(app, s);
}

static void
an_edit_holds_from_the_next_request(void **state)
{
	char	 text[96], got[64], want[64];
	int	 i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "UPDATE routes SET max_age = %d",
		    100 + i);
		database_sql(path, text);
		assert_int_equal(max_age(), 100 + i);
		snprintf(want, sizeof(want), "V%02d", i);
		snprintf(text, sizeof(text), "[app]\napp_name = %s\n", want);
		settings(text);
		assert_string_equal(name(got, sizeof(got)), want);
	}
	assert_int_equal(complaints(""), 0);
}

static void
nothing_changes_nothing(void **state)
{
	const struct snapshot	*one, *two;

	(void)state;
	/* old enough for stat alone to tell */
	struct timespec	 past[2] = { { 1700000000, 5 }, { 1700000000, 5 } };
	struct timespec	 nap = { 0, 30000000 };

	utimensat(AT_FDCWD, path, past, 0);
	utimensat(AT_FDCWD, ini, past, 0);
	nanosleep(&nap, NULL);	/* the clock's tick is what is tested */
	one = app_take(app);
	two = app_take(app);
	assert_non_null(one);
	assert_ptr_equal(one, two);
	app_give(app, one);
	app_give(app, two);
}

static void
bad_settings_keep_the_old_ones(void **state)
{
	char	 got[64];

	(void)state;
	settings("[app]\napp_name = Good\n");
	assert_string_equal(name(got, sizeof(got)), "Good");
	settings("[app]\napp_name = Bad\nfrobnicate = 1\n");
	assert_string_equal(name(got, sizeof(got)), "Good");
	assert_string_equal(name(got, sizeof(got)), "Good");
	assert_int_equal(complaints("viaduct.ini:3: "), 1);
	database_sql(path, "UPDATE routes SET max_age = 77");
	assert_int_equal(max_age(), 77);	/* routes go on changing */
	settings("[app]\napp_name = Mended\n");
	assert_string_equal(name(got, sizeof(got)), "Mended");
	settings("[app]\napp_name = Bad\nfrobnicate = 1\n");
	assert_string_equal(name(got, sizeof(got)), "Mended");
	assert_int_equal(complaints("viaduct.ini:3: "), 2);
	unlink(ini);
	assert_string_equal(name(got, sizeof(got)), "Mended");
	settings("[app]\napp_name = Back\n");
	assert_string_equal(name(got, sizeof(got)), "Back");
}

static void
a_bad_database_keeps_the_last_rows(void **state)
{
	(void)state;
	assert_int_equal(max_age(), 1);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(max_age(), 1);
	assert_int_equal(max_age(), 1);
	assert_int_equal(complaints("cannot be opened"), 1);
	assert_int_equal(access(path, F_OK), -1);
	settings("[log]\naccess = off\n[cors]\nmax_age = 9\n");
	assert_int_equal(max_age(), 1);
	assert_int_equal(rename(other, path), 0);
	database_sql(path, "UPDATE routes SET max_age = NULL");
	assert_int_equal(max_age(), 9);
}

static void
settings_that_name_no_database_are_not_half_applied(void **state)
{
	char	 got[64];

	(void)state;
	settings("[app]\napp_name = Good\n");
	assert_string_equal(name(got, sizeof(got)), "Good");
	settings("[app]\napp_name = New\n[routes]\ndatabase = other.db\n");
	assert_string_equal(name(got, sizeof(got)), "Good");
	assert_int_equal(rename(path, other), 0);
	assert_string_equal(name(got, sizeof(got)), "New");
	assert_int_equal(max_age(), 1);
}

static void
a_start_without_settings_recovers(void **state)
{
	(void)state;
	unlink(ini);
	assert_null(app_take(app));
	assert_null(app_take(app));
	assert_int_equal(complaints("no viaduct.ini was found"), 1);
	settings("nonsense\n");
	assert_null(app_take(app));
	assert_int_equal(complaints("viaduct.ini:1: "), 1);
	settings("");
	assert_int_equal(max_age(), 1);
}

static void
a_start_without_database_recovers(void **state)
{
	(void)state;
	assert_int_equal(rename(path, other), 0);
	assert_null(app_take(app));
	assert_null(app_take(app));
	assert_int_equal(complaints("cannot be opened"), 1);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(max_age(), 1);
}

static void
a_snapshot_outlives_its_replacement(void **state)
{
	const struct snapshot	*old = app_take(app);

	(void)state;
	assert_non_null(old);
	database_sql(path, "UPDATE routes SET max_age = 5");
	settings("[app]\napp_name = New\n");
	assert_int_equal(max_age(), 5);
	assert_string_equal(old->conf.app_name, "Viaduct");
	assert_int_equal(routes_find(old->routes,
	    "a")->rules.cors.max_age_seconds, 1);
	app_give(app, old);
}

static void
a_lock_that_lasts_leaves_the_last_rows(void **state)
{
	sqlite3	*db;
	int	 i;

	(void)state;
	assert_int_equal(max_age(), 1);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE; UPDATE routes SET "
	    "max_age = 2", NULL, NULL, NULL), SQLITE_OK);
	app_reload(app);
	for (i = 0; i < 20; i++) {
		assert_int_equal(max_age(), 1);
		app_reload(app);
	}
	assert_int_equal(complaints("locked by a writer"), 1);
	assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(max_age(), 2);
}

/* --- what processes share ----------------------------------------------- */

/* Of so many requests of one client, with one more coming back each hour. */
static int
passing_by(const struct snapshot *s, int tries)
{
	const struct rate	 five = { INT64_C(3600000000), 5 };
	int			 n = 0;

	assert_non_null(s);
	while (tries-- > 0)
		n += shm_take(s->shm, "r", "a", 1, &five, COST_REQUEST) == 0;
	return n;
}

static int
passing(struct app *of, int tries)
{
	const struct snapshot	*s = app_take(of);
	int			 n = passing_by(s, tries);

	app_give(of, s);
	return n;
}

static void
what_one_process_counts_another_knows(void **state)
{
	struct app	*twin = app_open(ini);

	(void)state;
	assert_int_equal(passing(app, 3), 3);
	assert_int_equal(passing(twin, 9), 2);
	assert_int_equal(passing(app, 9), 0);
	app_close(twin);
	assert_int_equal(complaints(""), 0);
}

static void
without_the_file_a_process_counts_by_itself(void **state)
{
	(void)state;
	rmdir(state_folder);
	assert_int_equal(passing(app, 3), 3);
	app_reload(app);	/* looks at once, and not in a second */
	assert_int_equal(passing(app, 9), 2);
	assert_int_equal(complaints("shm.v1: cannot be made: "), 1);
	assert_int_equal(complaints("may count only its own"), 1);
	assert_int_equal(mkdir(state_folder, 0700), 0);
	app_reload(app);
	assert_int_equal(passing(app, 9), 5);
	assert_int_equal(access(counters, F_OK), 0);
	assert_int_equal(complaints(""), 1);
}

static void
a_file_that_was_deleted_is_made_anew(void **state)
{
	struct app	*twin = app_open(ini);

	(void)state;
	assert_int_equal(passing(app, 9), 5);
	assert_int_equal(passing(twin, 9), 0);
	unlink(counters);
	app_reload(app);
	app_reload(twin);
	assert_int_equal(passing(app, 3), 3);
	assert_int_equal(passing(twin, 9), 2);
	/* One that cannot be used takes nothing away. */
	unlink(counters);
	assert_int_equal(mkdir(counters, 0700), 0);
	app_reload(app);
	app_reload(twin);
	assert_int_equal(passing(app, 9), 0);
	assert_int_equal(passing(twin, 9), 0);
	assert_int_equal(complaints("cannot be opened"), 2);	/* of each */
	rmdir(counters);
	app_close(twin);
}

static void
a_file_that_is_cut_short_ends_nobody(void **state)
{
	const struct snapshot	*s = app_take(app);
	struct app		*twin = app_open(ini);

	(void)state;
	assert_int_equal(passing_by(s, 3), 3);
	assert_int_equal(truncate(counters, 0), 0);
	assert_int_equal(passing_by(s, 9), 5);
	app_give(app, s);
	assert_int_equal(complaints("shm.v1: the disk has no room for it "
	    "(make room and delete it), or it was cut short; until"), 1);
	app_reload(app);
	assert_int_equal(passing(app, 3), 3);
	assert_int_equal(complaints("shm.v1: is not of the right size: it was "
	    "made anew"), 1);
	assert_int_equal(passing(twin, 9), 2);
	assert_int_equal(passing(app, 9), 0);
	assert_int_equal(complaints(""), 2);
	app_close(twin);
}

static void
a_file_that_others_may_write_is_made_anew(void **state)
{
	struct app	*twin = app_open(ini);

	(void)state;
	assert_int_equal(passing(app, 9), 5);
	assert_int_equal(passing(twin, 9), 0);
	assert_int_equal(chmod(counters, 0666), 0);
	app_reload(twin);
	assert_int_equal(passing(twin, 3), 3);
	app_reload(app);
	assert_int_equal(passing(app, 9), 2);
	assert_int_equal(complaints("may be written by others: it was made "
	    "anew"), 1);
	assert_int_equal(complaints(""), 1);
	app_close(twin);
}

static void
a_file_that_vanished_is_noticed_without_a_sign(void **state)
{
	const struct timespec	 nap = { 0, 10000000 };
	int			 i;

	(void)state;
	assert_int_equal(passing(app, 9), 5);
	unlink(counters);
	for (i = 0; i < 3000 && access(counters, F_OK) == -1; i++) {
		nanosleep(&nap, NULL);
		app_give(app, app_take(app));
	}
	assert_int_equal(passing(app, 9), 5);
}

static void
a_state_that_moved_is_followed(void **state)
{
	char	 text[256], moved[160];

	(void)state;
	assert_int_equal(passing(app, 9), 5);
	snprintf(text, sizeof(text), "[log]\naccess = off\n"
	    "[server]\nstate = %s\n", folder);
	settings(text);
	assert_int_equal(passing(app, 9), 5);
	snprintf(moved, sizeof(moved), "%s/shm.v1", folder);
	assert_int_equal(unlink(moved), 0);
}

/* --- secrets in files of their own --------------------------------------- */

static void
write_secret(const char *text)
{
	FILE	*f = fopen(other, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	fclose(f);
}

static bool
is_operators(const char *key)
{
	const struct snapshot	*s = app_take(app);
	unsigned char		 hash[DIGEST_BYTES];
	bool			 same;

	assert_non_null(s);
	digest(key, strlen(key), hash);
	same = digest_same(hash, s->conf.operator_hash);
	app_give(app, s);
	return same;
}

static void
a_new_secret_holds_from_the_next_request(void **state)
{
	char	 text[64];
	int	 i;

	(void)state;
	write_secret("the-first-key-000");
	settings("[app]\noperator_key_file = other.db\n"
	    "[log]\naccess = off\n");
	assert_true(is_operators("the-first-key-000"));
	for (i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "another-key-%05d", 123 * i);
		write_secret(text);
		if (!is_operators(text))
			fail_msg("%s is not yet known", text);
	}
	/* one that is no good leaves the last one, and is named once */
	write_secret("short");
	assert_true(is_operators(text));
	assert_true(is_operators(text));
	assert_int_equal(complaints("one key of 16 to 256"), 1);
	unlink(other);
	assert_true(is_operators(text));
	assert_int_equal(complaints("cannot be read"), 1);
	write_secret("the-last-key-1234");
	assert_true(is_operators("the-last-key-1234"));
}

/* --- keys --------------------------------------------------------------- */

/* In place of the library's, so that a minute goes by at once. */
static atomic_llong	 later_ms;

int64_t
clock_us(void)
{
	struct timespec	 ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 + 1 +
	    atomic_load(&later_ms) * 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000 + 1;
}

int64_t
clock_wall_ms(void)
{
	return (int64_t)time(NULL) * 1000;
}

static size_t
n_keys(void)
{
	const struct snapshot	*s = app_take(app);
	size_t			 n;

	assert_non_null(s);
	n = keys_count(s->keys);
	app_give(app, s);
	return n;
}

static void
a_key_holds_from_the_next_request(void **state)
{
	const struct snapshot	*s;
	char			 id[KEY_ID_LEN + 1];

	(void)state;
	assert_int_equal(n_keys(), 0);
	database_sql(path, "INSERT INTO api_keys(name, id, hash) VALUES "
	    "('n', 'aaaaaaaa', zeroblob(32))");
	assert_int_equal(n_keys(), 1);
	database_sql(path, "UPDATE api_keys SET revoked = '2020-01-01'");
	s = app_take(app);
	assert_string_equal(key_state(keys_at(s->keys, 0), time(NULL)),
	    "revoked");
	assert_non_null(keys_refuse(s->keys, "vd1_aaaaaaaa_AAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAA", "a", 1, id));
	app_give(app, s);
}

static void
keys_are_stale_a_minute_after_the_last_good_look(void **state)
{
	(void)state;
	assert_int_equal(max_age(), 1);
	assert_false(app_keys_stale(app));
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(max_age(), 1);
	assert_false(app_keys_stale(app));
	atomic_fetch_add(&later_ms, 58000);
	assert_int_equal(max_age(), 1);
	assert_false(app_keys_stale(app));
	atomic_fetch_add(&later_ms, 3000);
	assert_int_equal(max_age(), 1);
	assert_true(app_keys_stale(app));
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(max_age(), 1);
	assert_false(app_keys_stale(app));
	/* nobody asked for long: the look of this request is what counts */
	atomic_fetch_add(&later_ms, 3600000);
	assert_int_equal(max_age(), 1);
	assert_false(app_keys_stale(app));
	/* settings that name a database which cannot be read */
	settings("[routes]\ndatabase = nowhere.db\n");
	atomic_fetch_add(&later_ms, 61000);
	assert_int_equal(max_age(), 1);
	assert_true(app_keys_stale(app));
}

/* --- threads ------------------------------------------------------------ */

static atomic_bool	 done;
static atomic_int	 newest;	/* committed for certain */
static atomic_int	 stale;

static void *
reader(void *arg)
{
	int	 before, got;

	(void)arg;
	while (!atomic_load(&done)) {
		before = atomic_load(&newest);
		got = max_age();
		if (got < before)
			atomic_fetch_add(&stale, 1);
	}
	return NULL;
}

static void
no_thread_sees_an_older_row_than_was_committed(void **state)
{
	/* Where one thread runs at a time, as under valgrind, each edit may
	 * wait for seconds: so many then. */
	enum { THREADS = 4, EDITS = 150, LONGEST_MS = 10000 };
	const int64_t	 end_ms = clock_ms() + LONGEST_MS;
	pthread_t	 threads[THREADS];
	char		 text[96];
	int		 i;

	(void)state;
	atomic_store(&done, false);
	atomic_store(&newest, 1);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, reader,
		    NULL), 0);
	for (i = 2; i < EDITS && (i == 2 || clock_ms() < end_ms); i++) {
		snprintf(text, sizeof(text), "UPDATE routes SET max_age = %d",
		    i);
		database_sql(path, text);
		atomic_store(&newest, i);
	}
	atomic_store(&done, true);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	/* Who waited in vain for the lock keeps the last rows, and says so: a
	 * busy machine may come to that. */
	if (complaints("locked by a writer") == 0)
		assert_int_equal(atomic_load(&stale), 0);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(no_core_is_written_where_somebody_shows_a_key),
		T(secrets_that_others_can_read_are_said_once),
		T(what_the_web_server_hands_out_is_looked_at_once),
		T(what_lies_elsewhere_is_not_handed_out),
		T(an_edit_holds_from_the_next_request),
		T(nothing_changes_nothing),
		T(bad_settings_keep_the_old_ones),
		T(a_bad_database_keeps_the_last_rows),
		T(settings_that_name_no_database_are_not_half_applied),
		T(a_start_without_settings_recovers),
		T(a_start_without_database_recovers),
		T(a_snapshot_outlives_its_replacement),
		T(a_lock_that_lasts_leaves_the_last_rows),
		T(what_one_process_counts_another_knows),
		T(without_the_file_a_process_counts_by_itself),
		T(a_file_that_was_deleted_is_made_anew),
		T(a_file_that_is_cut_short_ends_nobody),
		T(a_file_that_others_may_write_is_made_anew),
		T(a_file_that_vanished_is_noticed_without_a_sign),
		T(a_state_that_moved_is_followed),
		T(a_new_secret_holds_from_the_next_request),
		T(a_key_holds_from_the_next_request),
		T(keys_are_stale_a_minute_after_the_last_good_look),
		T(no_thread_sees_an_older_row_than_was_committed),
	};

	return cmocka_run_group_tests_name("app", tests, group_setup,
	    group_teardown);
}
