#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "store/routes.h"
#include "store/rows.h"
#include "store/shm.h"
#include "store/targets.h"
#include "tests/unit/database.h"

static struct arena	 arena;
static struct conf	 conf;
static struct buf	 why;
static struct rows	*rows;
static struct routes	*routes;
static char		 folder[64], ini[128], path[128], journal[160];
static char		*schema;
static bool		 busy;

static int
group_setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/viaduct-routes.XXXXXX");
	if (mkdtemp(folder) == NULL || (schema = database_schema()) == NULL)
		return -1;
	snprintf(ini, sizeof(ini), "%s/viaduct.ini", folder);
	snprintf(path, sizeof(path), "%s/routes.db", folder);
	snprintf(journal, sizeof(journal), "%s/routes.db-journal", folder);
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
	fclose(f);
	chmod(ini, 0600);
	assert_int_equal(conf_load(&conf, &arena, ini, &why, NULL), 0);
}

/* A database without rows, and settings at their defaults. */
static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 32 << 20);
	buf_init(&why, &arena, 8192);
	settings("");
	return rows_create(path, schema, NULL, &why);
}

static int
teardown(void **state)
{
	(void)state;
	rows_free(rows);
	rows = NULL;
	arena_free(&arena);
	unlink(ini);
	unlink(path);
	unlink(journal);
	return 0;
}

static void
sql(const char *text)
{
	database_sql(path, text);
}

static void
load(void)
{
	rows_free(rows);
	buf_init(&why, &arena, 8192);
	if ((rows = rows_load(path, 250, &why, &busy)) == NULL)
		fail_msg("%s", why.data);
	routes = routes_build(&arena, rows, &conf, NULL);
	assert_non_null(routes);
}

/* --- rows become routes -------------------------------------------------- */

static void
enabled_rows_are_found_by_name(void **state)
{
	const struct route	*rt;

	(void)state;
	sql("INSERT INTO routes(name, url, max_age) VALUES"
	    "('b', 'https://B.example:8443/x?k=1', 60),"
	    "('a', 'http://a.example', NULL);"
	    "INSERT INTO routes(name, url, enabled) VALUES"
	    "('off', 'https://off.example', 0), "
	    "('no', 'http://no.example', 'no');");
	load();
	assert_int_equal(routes_count(routes), 2);
	assert_string_equal(routes_at(routes, 0)->name, "a");
	assert_non_null(rt = routes_find(routes, "b"));
	assert_null(rt->fault);
	assert_string_equal(rt->url, "https://B.example:8443/x?k=1");
	assert_string_equal(rt->host, "b.example");
	assert_string_equal(rt->origin, "https://b.example:8443");
	assert_int_equal(rt->rules.cors.max_age_seconds, 60);
	assert_int_equal(routes_find(routes, "a")->rules.cors.max_age_seconds,
	    600);
	assert_null(routes_find(routes, "off"));
	assert_null(routes_find(routes, "c"));
	assert_null(routes_find(routes, "*"));
}

static void
remote_url_stands_in_for_the_star(void **state)
{
	(void)state;
	settings("[routes]\nremote_url = https://ini.example/\n");
	load();
	assert_string_equal(routes_find(routes, "*")->host, "ini.example");
	sql("INSERT INTO routes(name, url) "
	    "VALUES ('*', 'https://db.example')");
	load();
	assert_int_equal(routes_count(routes), 1);
	assert_string_equal(routes_find(routes, "*")->host, "db.example");
}

static void
the_star_leaves_no_room_for_whole_urls(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url) VALUES"
	    "('*', 'https://s.example'), ('b', 'https://b.example')");
	settings("[routes]\ntargets = listed\ntarget_hosts = h.example\n");
	load();
	assert_non_null(strstr(routes_find(routes, "*")->fault,
	    "targets = named"));
	assert_null(routes_find(routes, "b")->fault);
	settings("[routes]\ntarget_hosts = h.example\n");
	load();
	assert_null(routes_find(routes, "*")->fault);
}

static void
each_has_its_place_among_the_targets(void **state)
{
	struct shm	*shm = shm_private();
	uint64_t	 was;

	(void)state;
	assert_non_null(shm);
	sql("INSERT INTO routes(name, url) VALUES"
	    "('a', 'http://a.example'), ('b', 'http://a.example');");
	load();
	assert_int_equal(routes_find(routes, "a")->target, 0);
	routes = routes_build(&arena, rows, &conf, shm);
	was = routes_find(routes, "a")->target;
	assert_true(was == targets_id(shm, false, "a", "http://a.example"));
	assert_true(was != routes_find(routes, "b")->target);
	sql("UPDATE routes SET url = 'http://b.example' WHERE name = 'a';");
	load();
	routes = routes_build(&arena, rows, &conf, shm);
	assert_true(routes_find(routes, "a")->target != was);
	shm_drop(shm);
}

static void
new_settings_are_laid_under_old_rows(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url, max_age) VALUES"
	    "('a', 'http://a.example', 60);");
	load();
	unlink(path);
	settings("[cors]\nmax_age = 9\nallow_origins = *\n");
	routes = routes_build(&arena, rows, &conf, NULL);
	assert_int_equal(routes_find(routes, "a")->rules.cors.max_age_seconds,
	    60);
	assert_true(routes_find(routes, "a")->rules.cors.any);
}

static void
it_is_known_whether_answers_run_as_pages(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url, enabled, render) VALUES"
	    "('a', 'http://a.example', 1, NULL),"
	    "('off', 'http://b.example', 0, 1);");
	load();
	assert_false(routes_render(routes));
	sql("UPDATE routes SET render = 1 WHERE name = 'a';");
	load();
	assert_true(routes_render(routes));
	sql("UPDATE routes SET render = 0;");
	load();
	assert_false(routes_render(routes));
	sql("INSERT INTO route_headers VALUES ('a', 'response', "
	    "'content-security-policy', NULL);");
	load();
	assert_true(routes_render(routes));
	sql("DELETE FROM routes;");
	load();
	assert_false(routes_render(routes));
	settings("[upstream]\nrender = yes\n");
	load();
	assert_true(routes_render(routes));
}

/* What the triggers refuse may be there all the same: each is a SET clause. */
static const struct { const char *set, *fault; } bad[] = {
	{ "url = 'ftp://h/'", "column url" },
	{ "url = 'https://h/#x'", "column url" },
	{ "url = NULL", "may not be NULL" },
	{ "url = x'00'", "a blob" },
	{ "url = 'http://h/' || char(0) || 'x'", "a NUL byte" },
	{ "url = 'http://h/' || zeroblob(0) || hex(zeroblob(40000))",
	    "longer than 64 KiB" },
	{ "enabled = 'perhaps'", "column enabled" },
	{ "enabled = NULL", "column enabled" },
	{ "embed = 7", "column embed" },
	{ "max_age = 1.5", "column max_age" },
	{ "max_age = -1", "column max_age" },
	{ "allow_origins = 'https://a.example/'", "column allow_origins" },
	{ "allow_origins = '*', allow_credentials = 1", "" },
	{ "access = 'keys'", "column access" },
	{ "access = 'jwt'", "needs " },
	{ "rate_limit = '1/w'", "column rate_limit" },
	{ "cookies = 'keep'", "column cookies" },
	{ "render = 2", "column render" },
	{ "filtered_path = 'x'", "column filtered_path" },
};

static void
a_bad_row_is_the_fault_of_one_route_only(void **state)
{
	char			 text[512];
	const struct route	*rt;
	size_t			 i;

	(void)state;
	sql("DROP TRIGGER routes_update;"
	    "INSERT INTO routes(name, url) VALUES ('ok', 'http://a.example');"
	    "INSERT INTO routes(name, url) VALUES ('x', 'http://a.example');");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "DELETE FROM routes WHERE "
		    "name = 'x'; INSERT INTO routes(name, url) VALUES ('x', "
		    "'http://a.example'); UPDATE routes SET %s WHERE "
		    "name = 'x'", bad[i].set);
		sql(text);
		load();
		assert_null(routes_find(routes, "ok")->fault);
		rt = routes_find(routes, "x");
		if (rt == NULL || rt->fault == NULL ||
		    strstr(rt->fault, bad[i].fault) == NULL)
			fail_msg("%s: %s", bad[i].set,
			    rt == NULL ? "not there" : rt->fault);
		assert_ptr_equal(rt->rules.methods, conf.rules.methods);
	}
}

static void
a_row_with_a_bad_name_is_kept_as_a_fault(void **state)
{
	(void)state;
	sql("DROP TRIGGER routes_insert;"
	    "INSERT INTO routes(name, url) VALUES ('Feed', 'http://a.example')"
	    ", ('https', 'http://a.example'), (7.5, 'http://a.example')");
	load();
	assert_int_equal(routes_count(routes), 3);
	assert_non_null(routes_at(routes, 0)->fault);
	assert_non_null(routes_find(routes, "Feed")->fault);
	assert_non_null(routes_find(routes, "https")->fault);
}

/* --- route_headers ------------------------------------------------------ */

static void
assert_edit(const struct field_edits *e, size_t i, const char *name,
    const char *value)
{
	assert_true(i < e->count);
	assert_string_equal(e->list[i].name, name);
	if (value == NULL)
		assert_null(e->list[i].value);
	else
		assert_string_equal(e->list[i].value, value);
}

static void
a_route_has_fields_of_its_own(void **state)
{
	const struct route	*rt;

	(void)state;
	sql("INSERT INTO routes(name, url, allow_origins) VALUES"
	    "('a', 'http://a.example', 'https://p.example'),"
	    "('b', 'http://a.example', '');"
	    "INSERT INTO route_headers VALUES ('a', 'request', 'X-Key', 'k'),"
	    "('a', 'request', 'Accept', NULL), ('a', 'response', 'X-A', ''),"
	    "('b', 'request', 'X-Key', 'other')");
	load();
	rows_free(rows);	/* the routes live on without them */
	rows = NULL;
	assert_non_null(rt = routes_find(routes, "a"));
	assert_null(rt->fault);
	assert_int_equal(rt->up.count, 2);
	assert_edit(&rt->up, 0, "Accept", NULL);
	assert_edit(&rt->up, 1, "X-Key", "k");
	assert_int_equal(rt->down.count, 1);
	assert_edit(&rt->down, 0, "X-A", "");
	assert_edit(&routes_find(routes, "b")->up, 0, "X-Key", "other");
	assert_int_equal(routes_find(routes, "b")->down.count, 0);
}

/* What the triggers refuse may be there all the same. */
static const struct { const char *values, *fault; } bad_fields[] = {
	{ "'request', 'Host', 'x'", "request Host: this field belongs" },
	{ "'response', 'X_Accel_Redirect', '/x'",
	    "response X_Accel_Redirect: this field would command" },
	{ "'response', 'Set-Cookie', 'a=b'", "whole host" },
	{ "'request', 'X-A', 'a' || char(10)", "value must be" },
	{ "'request', 'X-A', 'a' || char(0)", "NUL" },
	{ "'request', 'X-A', x'61'", "must be text" },
	{ "'request', 'X-A', 5", "must be text" },
	{ "'request', 5, 'x'", "must be text" },
	{ "'request', 'X-A', hex(zeroblob(4001))", "value must be" },
	{ "'request', 'X-A', hex(zeroblob(40000))", "64 KiB" },
	{ "'both', 'X-A', 'x'", "direction must be" },
	{ "'request', 'X-A', 'x'), ('x', 'request', 'X_a', 'y'",
	    "the same field" },
};

static void
a_bad_field_is_the_fault_of_its_route(void **state)
{
	char			 text[512];
	const struct route	*rt;
	size_t			 i;

	(void)state;
	sql("DROP TRIGGER route_headers_insert;"
	    "INSERT INTO routes(name, url, allow_origins) VALUES"
	    "('ok', 'http://a.example', ''), ('x', 'http://a.example', '');"
	    "INSERT INTO route_headers VALUES ('ok', 'request', 'X-A', 'b')");
	for (i = 0; i < sizeof(bad_fields) / sizeof(bad_fields[0]); i++) {
		snprintf(text, sizeof(text), "DELETE FROM route_headers WHERE "
		    "route = 'x'; INSERT INTO route_headers VALUES ('x', %s)",
		    bad_fields[i].values);
		sql(text);
		load();
		assert_null(routes_find(routes, "ok")->fault);
		rt = routes_find(routes, "x");
		if (rt->fault == NULL ||
		    strstr(rt->fault, bad_fields[i].fault) == NULL)
			fail_msg("%s: %s", bad_fields[i].values, rt->fault);
		assert_int_equal(rt->up.count + rt->down.count, 0);
	}
	sql("DELETE FROM route_headers; INSERT INTO route_headers "
	    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 65) SELECT 'x', 'request', 'X-' || i, 'v' FROM n");
	load();
	assert_non_null(strstr(routes_find(routes, "x")->fault,
	    "more than 64 rows"));
	sql("DELETE FROM route_headers WHERE name = 'X-7'");
	load();
	assert_int_equal(routes_find(routes, "x")->up.count, 64);
}

/* Whether strangers are kept from what the operator adds; the INI's part is
 * what only the program can see. */
static const struct {
	const char	*ini, *set;
	bool		 sound;
} guards[] = {
	{ "", "allow_origins = 'https://p.example'", true },
	{ "", "allow_origins = ''", true },
	{ "", "allow_origins = 'https://*.p.example'", true },
	{ "", "allow_origins = NULL", false },
	{ "", "allow_origins = '*'", false },
	{ "", "allow_origins = ' * '", false },
	{ "", "allow_origins = 'https://p.example null'", false },
	{ "", "allow_origins = 'https://p.example', access = 'open'", true },
	{ "", "allow_origins = 'https://p.example', cors = 'target'", false },
	{ "", "allow_origins = '*', access = 'key'", true },
	{ "", "allow_origins = 'https://p.example', cors = 'target', "
	    "access = 'key'", true },
	{ "access = open", "allow_origins = NULL, access = 'key'", true },
	{ "allow_origins = https://p.example", "allow_origins = NULL",
	    false },
	{ "access = key", "allow_origins = NULL", false },
	{ "cors = target", "allow_origins = 'https://p.example'", false },
	{ "cors = target",
	    "allow_origins = 'https://p.example', cors = 'own'", true },
};

static void
strangers_do_not_use_the_operators_fields(void **state)
{
	char	 text[256];
	size_t	 i;

	(void)state;
	sql("DROP TRIGGER routes_update;"
	    "INSERT INTO routes(name, url, allow_origins) VALUES"
	    "('x', 'http://a.example', '');"
	    "INSERT INTO route_headers VALUES ('x', 'request', 'A', NULL)");
	for (i = 0; i < sizeof(guards) / sizeof(guards[0]); i++) {
		snprintf(text, sizeof(text), "[%s]\n%s\n", strncmp(
		    guards[i].ini, "access", 6) == 0 ? "access" : "cors",
		    guards[i].ini);
		settings(text);
		snprintf(text, sizeof(text), "UPDATE routes SET cors = NULL, "
		    "access = NULL; UPDATE routes SET %s", guards[i].set);
		sql(text);
		load();
		print_message("# %s; %s\n", guards[i].ini, guards[i].set);
		assert_int_equal(routes_find(routes, "x")->fault == NULL,
		    guards[i].sound);
		if (!guards[i].sound)
			assert_non_null(strstr(routes_find(routes, "x")->fault,
			    "lest strangers"));
	}
	sql("DELETE FROM route_headers; UPDATE routes SET cors = NULL, "
	    "allow_origins = '*';"
	    "INSERT INTO route_headers VALUES ('x', 'response', 'A', 'b')");
	settings("");
	load();
	assert_null(routes_find(routes, "x")->fault);
}

/* --- what is no database of ours ----------------------------------------- */

static void
refused(const char *sentence, bool may_pass)
{
	buf_init(&why, &arena, 8192);
	rows_free(rows);
	rows = rows_load(path, 0, &why, &busy);
	assert_null(rows);
	if (strstr(why.data, sentence) == NULL ||
	    strncmp(why.data, folder, strlen(folder)) != 0)
		fail_msg("'%s', not '%s'", why.data, sentence);
	assert_int_equal(busy, may_pass);
}

static void
file_of(const char *text)
{
	FILE	*f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static void
what_is_no_database_is_refused(void **state)
{
	(void)state;
	file_of("");
	refused("is empty", false);
	file_of("hello, this is not a database but a text of some length, "
	    "longer than the header of one, which is a hundred bytes long.");
	refused("is not an SQLite database", false);
	unlink(path);
	refused("cannot be opened", false);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(mkdir(path, 0700), 0);
	refused("is no file", false);
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused("is no file", false);
}

static void
what_others_may_change_is_refused(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url) VALUES ('a', 'http://a.example')");
	assert_int_equal(chmod(path, 0620), 0);
	refused("may be written by others", false);
	assert_int_equal(chmod(path, 0602), 0);
	refused("may be written by others", false);
	assert_int_equal(chmod(path, 0644), 0);
	load();
	/* With a sticky bit too: a journal laid beside it is part of it. */
	assert_int_equal(chmod(folder, 01777), 0);
	refused("where others may put files", false);
	assert_int_equal(chmod(folder, 0700), 0);
	load();
	if (geteuid() != 0)
		return;		/* only root can give a file away */
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
	refused("belongs to user 12345", false);
	assert_int_equal(chown(path, 0, (gid_t)-1), 0);
}

static void
another_schema_is_refused(void **state)
{
	(void)state;
	sql("PRAGMA user_version = 2");
	refused("has schema version 2", false);
	sql("PRAGMA user_version = 1; PRAGMA application_id = 7");
	refused("not made by", false);
	sql("PRAGMA application_id = 1447641412; DROP TRIGGER routes_update;"
	    "DROP TRIGGER routes_insert; DROP TRIGGER routes_delete;"
	    "ALTER TABLE routes DROP COLUMN embed");
	refused("no such column: routes.embed", false);
	sql("DROP TABLE route_headers");
	refused("no such table: route_headers", false);
}

static void
a_damaged_database_is_refused(void **state)
{
	char	 noise[512];
	int	 fd;

	(void)state;
	sql("INSERT INTO routes(name, url) WITH RECURSIVE n(i) AS (VALUES (1) "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
	    "SELECT 'r' || i, 'https://example.com/' || i FROM n");
	load();
	assert_int_equal(routes_count(routes), 2000);
	memset(noise, 0xa5, sizeof(noise));
	fd = open(path, O_WRONLY);
	assert_true(lseek(fd, -20000, SEEK_END) > 0);
	assert_int_equal(write(fd, noise, sizeof(noise)), sizeof(noise));
	close(fd);
	refused("is damaged", false);
	assert_int_equal(truncate(path, 5000), 0);
	refused("is damaged", false);
}

static void
more_rows_than_can_be_kept_are_refused(void **state)
{
	(void)state;
	sql("DROP TRIGGER routes_insert;"
	    "INSERT INTO routes(name, url) WITH RECURSIVE n(i) AS (VALUES (1) "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < 10001) "
	    "SELECT 'r' || i, 'https://example.com/' FROM n");
	refused("more than 10000", false);
	sql("DELETE FROM routes WHERE name = 'r10001'");
	load();
	assert_int_equal(routes_count(routes), 10000);
}

static void
a_lock_that_lasts_is_busy(void **state)
{
	sqlite3	*db;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
	    SQLITE_OK);
	refused("is locked by a writer", true);
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	load();
}

/* A writer that is killed in mid-transaction, as kill -9 does. */
static void
interrupt_a_writer(void)
{
	pid_t		 pid = fork();
	sqlite3		*db;
	int		 status;

	if (pid == 0) {
		if (sqlite3_open(path, &db) != SQLITE_OK ||
		    sqlite3_exec(db, "PRAGMA cache_size = 1; BEGIN;"
		    "PRAGMA cache_spill = 1; UPDATE routes SET "
		    "note = hex(zeroblob(1000))", NULL, NULL, NULL) !=
		    SQLITE_OK)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
an_interrupted_writer_is_undone_by_the_command(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url) WITH RECURSIVE n(i) AS (VALUES (1) "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
	    "SELECT 'r' || i, 'https://example.com/' || i FROM n");
	interrupt_a_writer();
	assert_int_equal(access(journal, F_OK), 0);
	refused("interrupted writer", true);
	assert_int_equal(rows_repair(path, &why), 0);
	assert_int_equal(access(journal, F_OK), -1);
	load();
	assert_int_equal(routes_count(routes), 500);
}

/* --- changes ------------------------------------------------------------- */

static void
grow_old(void)
{
	struct timespec	 past[2] = { { 1700000000, 5 }, { 1700000000, 5 } };

	assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
}

static void
an_edit_shows_at_once(void **state)
{
	int	 i;
	char	 text[96];

	(void)state;
	sql("INSERT INTO routes(name, url, note) VALUES "
	    "('a', 'http://a.example', 'n')");
	for (i = 0; i < 50; i++) {
		load();
		assert_false(rows_stale(rows, path));
		snprintf(text, sizeof(text), "UPDATE routes SET max_age = %d",
		    100 + i);
		sql(text);
		assert_true(rows_stale(rows, path));
	}
}

static void
a_file_put_in_its_place_shows(void **state)
{
	char	 other[160];

	(void)state;
	sql("INSERT INTO routes(name, url) VALUES ('a', 'http://a.example')");
	grow_old();
	load();
	assert_false(rows_stale(rows, path));
	snprintf(other, sizeof(other), "%s.new", path);
	assert_int_equal(rename(path, other), 0);
	assert_true(rows_stale(rows, path));
	assert_int_equal(rows_create(path, schema, NULL, &why), 0);
	sql("INSERT INTO routes(name, url) VALUES ('b', 'http://b.example')");
	grow_old();
	assert_true(rows_stale(rows, path));
	load();
	assert_non_null(routes_find(routes, "b"));
	assert_int_equal(rename(other, path), 0);
	assert_true(rows_stale(rows, path));
	assert_true(rows_stale(rows, "/nowhere/routes.db"));
}

static void
a_write_ahead_log_is_looked_at_too(void **state)
{
	sqlite3	*db;
	char	 other[160];

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL; "
	    "PRAGMA wal_autocheckpoint = 0; INSERT INTO routes(name, url) "
	    "VALUES ('a', 'http://a.example')", NULL, NULL, NULL), SQLITE_OK);
	load();
	assert_int_equal(routes_count(routes), 1);
	assert_false(rows_stale(rows, path));
	assert_int_equal(sqlite3_exec(db, "INSERT INTO routes(name, url) "
	    "VALUES ('b', 'http://b.example')", NULL, NULL, NULL), SQLITE_OK);
	assert_true(rows_stale(rows, path));
	load();
	assert_int_equal(routes_count(routes), 2);
	sqlite3_close(db);
	rows_free(rows);
	rows = NULL;
	snprintf(other, sizeof(other), "%s-wal", path);
	unlink(other);
	snprintf(other, sizeof(other), "%s-shm", path);
	unlink(other);
}

/* Without such a log nobody looks for one: its beginning must show. */
static void
the_beginning_of_a_write_ahead_log_shows(void **state)
{
	sqlite3	*db;

	(void)state;
	load();
	assert_false(rows_stale(rows, path));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL; "
	    "PRAGMA wal_autocheckpoint = 0", NULL, NULL, NULL), SQLITE_OK);
	assert_true(rows_stale(rows, path));
	load();
	load();		/* the first has made the log, being empty */
	assert_int_equal(sqlite3_exec(db, "INSERT INTO routes(name, url) "
	    "VALUES ('a', 'http://a.example')", NULL, NULL, NULL), SQLITE_OK);
	assert_true(rows_stale(rows, path));
	rows_free(rows);
	rows = NULL;
	sqlite3_close(db);
}

static void
nothing_is_overwritten(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url) VALUES ('a', 'http://a.example')");
	assert_int_equal(rows_create(path, schema, NULL, &why), -1);
	assert_non_null(strstr(why.data, strerror(EEXIST)));
	load();
	assert_int_equal(routes_count(routes), 1);
}

static void
what_could_not_be_made_is_not_left_behind(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(rows_create(path, "nonsense", NULL, &why), -1);
	assert_int_equal(access(path, F_OK), -1);
}

/* --- the table of settings ----------------------------------------------- */

static bool
is_column(sqlite3 *db, const char *name)
{
	sqlite3_stmt	*q;
	bool		 found;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT 1 FROM "
	    "pragma_table_info('routes') WHERE name = ?1", -1, &q, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	found = sqlite3_step(q) == SQLITE_ROW;
	sqlite3_finalize(q);
	return found;
}

static void
columns_and_settings_of_routes_are_the_same(void **state)
{
	const struct setting	*all;
	sqlite3_stmt		*q;
	sqlite3			*db;
	size_t			 i, n, per_route = 0;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	all = conf_settings(&n);
	for (i = 0; i < n; i++) {
		per_route += all[i].per_route;
		if (all[i].per_route && !is_column(db, all[i].key))
			fail_msg("routes has no column %s", all[i].key);
	}
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM "
	    "pragma_table_info('routes') WHERE name NOT IN "
	    "('name', 'url', 'enabled', 'note')", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int64(q, 0), per_route);
	sqlite3_finalize(q);
	sqlite3_close(db);
}

/* What the shell lets in, the program takes. */
static void
defaults_may_be_written_into_columns(void **state)
{
	const struct setting	*all;
	char			 text[256];
	size_t			 i, n;

	(void)state;
	sql("INSERT INTO routes(name, url) VALUES ('a', 'http://a.example')");
	all = conf_settings(&n);
	for (i = 0; i < n; i++) {
		if (!all[i].per_route)
			continue;
		snprintf(text, sizeof(text), "UPDATE routes SET %s = '%s'",
		    all[i].key, all[i].initial);
		sql(text);
	}
	load();
	if (routes_find(routes, "a")->fault != NULL)
		fail_msg("%s", routes_find(routes, "a")->fault);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(enabled_rows_are_found_by_name),
		T(remote_url_stands_in_for_the_star),
		T(the_star_leaves_no_room_for_whole_urls),
		T(each_has_its_place_among_the_targets),
		T(new_settings_are_laid_under_old_rows),
		T(it_is_known_whether_answers_run_as_pages),
		T(a_bad_row_is_the_fault_of_one_route_only),
		T(a_row_with_a_bad_name_is_kept_as_a_fault),
		T(a_route_has_fields_of_its_own),
		T(a_bad_field_is_the_fault_of_its_route),
		T(strangers_do_not_use_the_operators_fields),
		T(what_is_no_database_is_refused),
		T(what_others_may_change_is_refused),
		T(another_schema_is_refused),
		T(a_damaged_database_is_refused),
		T(more_rows_than_can_be_kept_are_refused),
		T(a_lock_that_lasts_is_busy),
		T(an_interrupted_writer_is_undone_by_the_command),
		T(an_edit_shows_at_once),
		T(a_file_put_in_its_place_shows),
		T(a_write_ahead_log_is_looked_at_too),
		T(the_beginning_of_a_write_ahead_log_shows),
		T(columns_and_settings_of_routes_are_the_same),
		T(defaults_may_be_written_into_columns),
		T(nothing_is_overwritten),
		T(what_could_not_be_made_is_not_left_behind),
	};

	return cmocka_run_group_tests_name("routes", tests, group_setup,
	    group_teardown);
}
