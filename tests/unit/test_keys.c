#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/buf.h"
#include "store/keys.h"
#include "store/rows.h"
#include "tests/unit/database.h"
#include "tests/unit/fixture.h"

/* --- judging, in memory ------------------------------------------------- */

#define SECRET	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"
#define NOW	1924948800	/* 2030-12-31 12:00 */

static struct key_row
row(const char *name, const char *id, const char *routes, const char *expires,
    const char *revoked)
{
	struct key_row	 r = { .name = name, .id = id, .routes = routes,
			    .created = "2026-01-01", .expires = expires,
			    .revoked = revoked };

	digest(SECRET, strlen(SECRET), r.hash);
	return r;
}

static const struct {
	const char	*routes, *expires, *revoked;
	const char	*reason;	/* NULL: it opens the route `a' */
	const char	*state;
} judgements[] = {
	{ "*", NULL, NULL, NULL, "valid" },
	{ " * ", NULL, NULL, NULL, "valid" },
	{ "a", NULL, NULL, NULL, "valid" },
	{ "b  a", NULL, NULL, NULL, "valid" },
	{ "b", NULL, NULL, "it is not for this route", "valid" },
	{ "aa b", NULL, NULL, "it is not for this route", "valid" },
	/* a day lasts to its end, a moment is the first that is beyond */
	{ "a", "2030-12-31", NULL, NULL, "valid" },
	{ "a", "2030-12-30", NULL, "it has expired", "expired" },
	{ "a", "2030-12-31 12:00:01", NULL, NULL, "valid" },
	{ "a", "2030-12-31 12:00:00", NULL, "it has expired", "expired" },
	{ "a", "2030-12-31T11:59", NULL, "it has expired", "expired" },
	/* revoked: in doubt it is none */
	{ "a", NULL, "2030-12-31", "it is revoked", "revoked" },
	{ "a", NULL, "2030-12-31 12:00:00", "it is revoked", "revoked" },
	{ "a", NULL, "2030-12-31 12:00:01", NULL, "valid" },
	{ "a", NULL, "2031-01-01", NULL, "valid" },
	{ "a", "2020-01-01", "2020-01-01", "it is revoked", "revoked" },
	/* what the database would not have taken */
	{ NULL, NULL, NULL, "its row in api_keys is invalid", "invalid" },
	{ "", NULL, NULL, "its row in api_keys is invalid", "invalid" },
	{ "a", "soon", NULL, "its row in api_keys is invalid", "invalid" },
	{ "a", "", NULL, "its row in api_keys is invalid", "invalid" },
	{ "a", NULL, "", "its row in api_keys is invalid", "invalid" },
	{ "a", NULL, "2030-02-30", "its row in api_keys is invalid",
	    "invalid" },
};

static void
a_key_opens_its_routes_while_it_lasts(void **state)
{
	char	 id[KEY_ID_LEN + 1];

	(void)state;
	for (size_t i = 0; i < ROWS(judgements); i++) {
		struct key_row	 r = row("n", "abcdefgh",
				    judgements[i].routes,
				    judgements[i].expires,
				    judgements[i].revoked);
		struct keys	*ks = keys_build(&arena, &r, 1);
		const char	*why = keys_refuse(ks, "vd1_abcdefgh_" SECRET,
				    "a", NOW, id);

		if ((why == NULL) != (judgements[i].reason == NULL) ||
		    (why != NULL && strcmp(why, judgements[i].reason) != 0))
			fail_msg("row %zu: %s", i, why != NULL ? why : "-");
		assert_string_equal(id, "abcdefgh");
		assert_string_equal(key_state(keys_at(ks, 0), NOW),
		    judgements[i].state);
	}
}

static void
only_the_right_secret_of_the_right_key_opens(void **state)
{
	const struct key_row	 rows[] = {
		row("b", "bbbbbbbb", "*", NULL, NULL),
		row("c", "cccccccc", "*", NULL, "2020-01-01"),
		row("a", "aaaaaaaa", "*", NULL, NULL),
	};
	struct keys		*ks = keys_build(&arena, rows, 3);
	char			 id[KEY_ID_LEN + 1];

	(void)state;
	assert_null(keys_refuse(ks, "vd1_aaaaaaaa_" SECRET, "x", NOW, id));
	assert_null(keys_refuse(ks, "vd1_bbbbbbbb_" SECRET, "x", NOW, id));
	assert_text(keys_refuse(ks, "vd1_aaaaaaaa_" OTHER, "x", NOW, id),
	    "its secret is wrong");
	/* that it is revoked is not for who does not have it */
	assert_text(keys_refuse(ks, "vd1_cccccccc_" OTHER, "x", NOW, id),
	    "its secret is wrong");
	assert_text(keys_refuse(ks, "vd1_dddddddd_" SECRET, "x", NOW, id),
	    "there is no such key");
	assert_string_equal(id, "dddddddd");
	assert_text(keys_refuse(ks, "vd1_AAAAAAAA_" SECRET, "x", NOW, id),
	    "there is no such key");
	assert_text(keys_refuse(ks, "vd1_aaaaaaaa_" SECRET "=", "x", NOW, id),
	    "it is not of the form of a key");
	assert_string_equal(id, "");
	ks = keys_build(&arena, NULL, 0);
	assert_text(keys_refuse(ks, "vd1_aaaaaaaa_" SECRET, "x", NOW, id),
	    "there is no such key");
}

/* An unknown key is compared with zeros, and no row may make that true. */
static void
a_row_without_hash_opens_nothing(void **state)
{
	struct key_row	 r = row("n", "abcdefgh", "*", NULL, NULL);
	struct keys	*ks;
	char		 id[KEY_ID_LEN + 1];

	(void)state;
	memset(r.hash, 0, sizeof(r.hash));
	r.fault = "column hash";
	ks = keys_build(&arena, &r, 1);
	assert_text(keys_refuse(ks, "vd1_abcdefgh_" SECRET, "x", NOW, id),
	    "its row in api_keys is invalid");
	assert_string_equal(keys_at(ks, 0)->fault, "column hash");
	assert_false(key_is_for(keys_at(ks, 0), "x"));
}

static void
of_two_with_one_id_neither_opens(void **state)
{
	const struct key_row	 rows[] = {
		row("a", "aaaaaaaa", "*", NULL, NULL),
		row("b", "aaaaaaaa", "*", NULL, NULL),
		row("c", NULL, "*", NULL, NULL),
		row("d", NULL, "*", NULL, NULL),
		row("e", "bbbbbbbb", "*", NULL, NULL),
	};
	struct keys		*ks = keys_build(&arena, rows, 5);
	char			 id[KEY_ID_LEN + 1];

	(void)state;
	assert_text(keys_refuse(ks, "vd1_aaaaaaaa_" SECRET, "x", NOW, id),
	    "its row in api_keys is invalid");
	assert_null(keys_refuse(ks, "vd1_bbbbbbbb_" SECRET, "x", NOW, id));
	assert_non_null(strstr(keys_at(ks, 0)->fault, "column id"));
}

static void
a_new_key_is_of_its_form_and_opens(void **state)
{
	struct key_made	 made, second;
	struct key_row	 r = { .name = "n", .routes = "*" };
	struct key_text	 text;
	char		 id[KEY_ID_LEN + 1];

	(void)state;
	assert_int_equal(keys_make(&made), 0);
	assert_int_equal(keys_make(&second), 0);
	assert_string_not_equal(made.id, second.id);
	assert_string_not_equal(made.text + KEY_LEN - KEY_SECRET_LEN,
	    second.text + KEY_LEN - KEY_SECRET_LEN);
	assert_int_equal(strlen(made.text), KEY_LEN);
	assert_true(key_read(made.text, &text));
	assert_string_equal(text.id, made.id);
	assert_int_equal(strspn(made.id, "abcdefghijklmnopqrstuvwxyz234567"),
	    KEY_ID_LEN);
	/* 43 letters are 258 bits; the last two are none of the 256 */
	assert_non_null(strchr("AEIMQUYcgkosw048", made.text[KEY_LEN - 1]));
	r.id = made.id;
	memcpy(r.hash, made.hash, sizeof(r.hash));
	assert_null(keys_refuse(keys_build(&arena, &r, 1), made.text, "x",
	    NOW, id));
}

static void
every_letter_is_drawn(void **state)
{
	char		 seen[256] = { 0 };
	struct key_made	 made;
	size_t		 i, j, ids = 0, secrets = 0;

	(void)state;
	for (i = 0; i < 400; i++) {
		assert_int_equal(keys_make(&made), 0);
		for (j = 0; j < KEY_ID_LEN; j++)
			seen[(unsigned char)made.id[j]] |= 1;
		for (j = KEY_LEN - KEY_SECRET_LEN; j < KEY_LEN; j++)
			seen[(unsigned char)made.text[j]] |= 2;
	}
	for (i = 0; i < sizeof(seen); i++) {
		ids += seen[i] & 1;
		secrets += seen[i] >> 1;
	}
	assert_int_equal(ids, 32);
	assert_int_equal(secrets, 64);
}

/* --- in the database ---------------------------------------------------- */

static char		 folder[64], path[128];
static char		*schema;
static struct rows	*rows;
static struct buf	 why;

static int
group_setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/viaduct-keys.XXXXXX");
	if (mkdtemp(folder) == NULL || (schema = database_schema()) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/routes.db", folder);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	free(schema);
	return rmdir(folder);
}

static int
setup_each(void **state)
{
	setup(state);
	buf_init(&why, &arena, 4096);
	return rows_create(path, schema, NULL, &why);
}

static int
teardown_each(void **state)
{
	rows_free(rows);
	rows = NULL;
	unlink(path);
	return teardown(state);
}

static void
sql(const char *text)
{
	database_sql(path, text);
}

static struct keys *
load(void)
{
	const struct key_row	*list;
	struct keys		*ks;
	bool			 busy;
	size_t			 n;

	rows_free(rows);
	if ((rows = rows_load(path, 250, &why, &busy)) == NULL)
		fail_msg("%s", why.data);
	list = rows_keys(rows, &n);
	ks = keys_build(&arena, list, n);
	assert_non_null(ks);
	return ks;
}

static enum edit
add(const char *name, const char *routes, const char *expires)
{
	struct key_row	 r = row(name, name, routes, expires, NULL);

	buf_init(&why, &arena, 4096);
	return rows_add_key(path, &r, &why);
}

static void
what_is_added_opens_until_it_is_revoked(void **state)
{
	char	 id[KEY_ID_LEN + 1];

	(void)state;
	sql("INSERT INTO routes(name, url) VALUES ('a', 'http://a.example')");
	assert_int_equal(add("aaaaaaaa", "a", "2031-01-01"), EDIT_DONE);
	assert_int_equal(add("bbbbbbbb", "*", NULL), EDIT_DONE);
	assert_int_equal(add("cccccccc", "https a", NULL), EDIT_DONE);
	assert_int_equal(keys_count(load()), 3);
	assert_null(keys_refuse(load(), "vd1_aaaaaaaa_" SECRET, "a", NOW,
	    id));
	assert_int_equal(rows_revoke_key(path, "aaaaaaaa", &why), EDIT_DONE);
	assert_int_equal(why.len, 0);
	assert_text(keys_refuse(load(), "vd1_aaaaaaaa_" SECRET, "a", NOW, id),
	    "it is revoked");
	assert_null(keys_refuse(load(), "vd1_bbbbbbbb_" SECRET, "a", NOW,
	    id));
	/* a second time keeps the first date */
	sql("UPDATE api_keys SET revoked = '2020-01-01' WHERE name = "
	    "'aaaaaaaa'");
	assert_int_equal(rows_revoke_key(path, "aaaaaaaa", &why), EDIT_DONE);
	assert_non_null(strstr(why.data, "was revoked before"));
	assert_int_equal(keys_at(load(), 0)->revoked, 1577836800);
	/* a date to come is not waited for */
	sql("UPDATE api_keys SET revoked = '2999-01-01' WHERE name = "
	    "'bbbbbbbb'");
	assert_int_equal(rows_revoke_key(path, "bbbbbbbb", &why), EDIT_DONE);
	assert_text(keys_refuse(load(), "vd1_bbbbbbbb_" SECRET, "a", NOW, id),
	    "it is revoked");
}

static void
what_would_open_nothing_is_not_added(void **state)
{
	(void)state;
	sql("INSERT INTO routes(name, url) VALUES ('a', 'http://a.example')");
	assert_int_equal(add("aaaaaaaa", "a", NULL), EDIT_DONE);
	assert_int_equal(add("aaaaaaaa", "a", NULL), EDIT_REFUSED);
	assert_non_null(strstr(why.data, "there is a key named aaaaaaaa"));
	assert_int_equal(add("bbbbbbbb", "a b", NULL), EDIT_REFUSED);
	assert_non_null(strstr(why.data, "there is no route named b:"));
	assert_int_equal(add("bbbbbbbb", "a,b", NULL), EDIT_REFUSED);
	assert_int_equal(add("bbbbbbbb", "* a", NULL), EDIT_REFUSED);
	assert_non_null(strstr(why.data, "* alone"));
	assert_int_equal(add("bbbbbbbb", "a", "soon"), EDIT_REFUSED);
	assert_non_null(strstr(why.data, "are UTC"));
	assert_int_equal(add("", "a", NULL), EDIT_REFUSED);
	assert_int_equal(rows_revoke_key(path, "bbbbbbbb", &why),
	    EDIT_REFUSED);
	assert_int_equal(keys_count(load()), 1);
}

static void
a_database_that_cannot_be_changed_says_why(void **state)
{
	sqlite3	*db;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version = 9", NULL, NULL, NULL);
	assert_int_equal(add("aaaaaaaa", "*", NULL), EDIT_NO_DATABASE);
	assert_non_null(strstr(why.data, "schema version 9"));
	sqlite3_exec(db, "PRAGMA user_version = 1", NULL, NULL, NULL);
	sqlite3_close(db);
	unlink(path);
	assert_int_equal(add("aaaaaaaa", "*", NULL), EDIT_NO_DATABASE);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rows_revoke_key(path, "aaaaaaaa", &why),
	    EDIT_NO_DATABASE);
}

/* What the triggers refuse may be there all the same: each is a SET clause. */
static const struct { const char *set, *fault; } spoilt[] = {
	{ "hash = NULL", "column hash" },
	{ "hash = zeroblob(31)", "column hash" },
	{ "hash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'", "column hash" },
	{ "id = x'61616161'", "a blob" },
	{ "id = 'short'", "column id" },
	{ "id = 'aaaaaaa1'", "column id" },
	{ "routes = NULL", "column routes" },
	{ "routes = ' '", "column routes" },
	{ "routes = 'a' || char(0)", "a NUL byte" },
	{ "routes = hex(zeroblob(40000))", "longer than 64 KiB" },
	{ "expires = 'never'", "columns expires" },
	{ "expires = 20301231", "columns expires" },
	{ "revoked = 0", "columns expires" },
	{ "revoked = x'00'", "a blob" },
};

static void
a_spoilt_row_is_the_fault_of_one_key(void **state)
{
	char	 text[512], id[KEY_ID_LEN + 1];

	(void)state;
	assert_int_equal(add("aaaaaaaa", "*", NULL), EDIT_DONE);
	sql("DROP TRIGGER api_keys_update");
	for (size_t i = 0; i < ROWS(spoilt); i++) {
		const struct key	*k;
		struct keys		*ks;

		sql("DELETE FROM api_keys WHERE name = 'zzzzzzzz'");
		assert_int_equal(add("zzzzzzzz", "*", NULL), EDIT_DONE);
		snprintf(text, sizeof(text), "UPDATE api_keys SET %s WHERE "
		    "name = 'zzzzzzzz'", spoilt[i].set);
		sql(text);
		ks = load();
		assert_int_equal(keys_count(ks), 2);
		assert_null(keys_refuse(ks, "vd1_aaaaaaaa_" SECRET, "x", NOW,
		    id));
		assert_non_null(keys_refuse(ks, "vd1_zzzzzzzz_" SECRET, "x",
		    NOW, id));
		k = keys_at(ks, strcmp(keys_at(ks, 0)->name, "zzzzzzzz") != 0);
		if (k->fault == NULL ||
		    strstr(k->fault, spoilt[i].fault) == NULL)
			fail_msg("%s: %s", spoilt[i].set,
			    k->fault != NULL ? k->fault : "-");
	}
}

static void
there_is_an_end_to_keys(void **state)
{
	bool	 busy;

	(void)state;
	sql("DROP TRIGGER api_keys_insert; WITH RECURSIVE n(i) AS (SELECT 0 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < 9999) INSERT INTO "
	    "api_keys(name, id) SELECT 'k' || i, i FROM n");
	assert_int_equal(keys_count(load()), 10000);
	sql("INSERT INTO api_keys(name, id) VALUES ('one', 'more')");
	assert_null(rows_load(path, 250, &why, &busy));
	assert_non_null(strstr(why.data, "more than 10000 keys"));
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
#define DB(f)	cmocka_unit_test_setup_teardown(f, setup_each, teardown_each)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_key_opens_its_routes_while_it_lasts),
		T(only_the_right_secret_of_the_right_key_opens),
		T(a_row_without_hash_opens_nothing),
		T(of_two_with_one_id_neither_opens),
		T(a_new_key_is_of_its_form_and_opens),
		T(every_letter_is_drawn),
		DB(what_is_added_opens_until_it_is_revoked),
		DB(what_would_open_nothing_is_not_added),
		DB(a_database_that_cannot_be_changed_says_why),
		DB(a_spoilt_row_is_the_fault_of_one_key),
		DB(there_is_an_end_to_keys),
	};

	return cmocka_run_group_tests_name("keys", tests, group_setup,
	    group_teardown);
}
