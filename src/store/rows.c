#include "store/rows.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "http/target.h"
#include "store/conf.h"
#include "store/rows_db.h"
#include "store/rows_fields.h"
#include "store/stamp.h"
#include "store/trust.h"

enum { MAX_ROWS = 10000, MAX_MEMORY = 64 << 20,
    MAX_SQL = 8 * 1024, MAX_SENTENCE = 8 * 1024, RETRY_MS = 5 };

/* The columns of the SELECT that come before the settings. */
enum { COL_NAME, COL_URL, COL_ENABLED, COL_SETTINGS };

struct rows {
	struct arena	 arena;
	const char	*path, *wal_path;
	struct row	*list;
	size_t		 count, cap;
	struct key_row	*keys;
	size_t		 n_keys;
	struct stamp	 file, wal;
	bool		 logs_ahead;	/* keeps a write-ahead log */
	bool		 settled;	/* the stamps alone tell */
	sqlite3		*db;		/* NULL: closed */
	int64_t		 data_version;
};

/* While they are being read. */
struct reading {
	struct rows	*rs;
	sqlite3		*db;
	sqlite3_stmt	*one;		/* route */
	sqlite3_stmt	*fields;	/* of a route */
};

/* --- one row ------------------------------------------------------------ */

/* 1 enabled, 0 not, -1 neither word. */
static int
enabled(const char *text)
{
	if (text == NULL)
		return -1;
	if (strcmp(text, "1") == 0 || strcmp(text, "yes") == 0)
		return 1;
	return strcmp(text, "0") == 0 || strcmp(text, "no") == 0 ? 0 : -1;
}

/* The row that the statement stands on; false where it is not enabled. */
static bool
take_row(struct arena *a, struct row *row, sqlite3_stmt *q)
{
	const struct setting	*all;
	const char		*on;
	size_t			 i, n;
	int			 col = COL_SETTINGS;

	row->name = db_column(a, &row->fault, q, COL_NAME);
	row->url = db_column(a, &row->fault, q, COL_URL);
	on = db_column(a, &row->fault, q, COL_ENABLED);
	if (enabled(on) == 0)
		return false;
	all = conf_settings(&n);
	row->values = arena_alloc(a, n * sizeof(*row->values));
	for (i = 0; row->values != NULL && i < n; i++)
		if (all[i].per_route)
			row->values[i] = db_column(a, &row->fault, q, col++);
	if (row->values == NULL)
		row->fault = "no memory is left for it";
	else if (enabled(on) == -1)
		row->fault = "column enabled must be 1 or 0";
	if (row->name == NULL || row->url == NULL)
		row->fault = "name and url may not be NULL";
	if (row->name == NULL || !target_name_ok(row->name))
		row->fault = "its name must be of a-z, 0-9, _ and -, at most "
		    "63, and not http or https";
	row->name = row->name != NULL ? row->name : "";
	row->url = row->url != NULL ? row->url : "";
	return true;
}

static struct row *
next_row(struct rows *rs)
{
	size_t		 cap = rs->cap == 0 ? 16 : 2 * rs->cap;
	struct row	*list;

	if (rs->count == rs->cap) {
		if ((list = realloc(rs->list, cap * sizeof(*list))) == NULL)
			return NULL;
		rs->list = list;
		rs->cap = cap;
	}
	rs->list[rs->count] = (struct row){ .name = "", .url = "" };
	return &rs->list[rs->count];
}

/* A row with a value beyond all bounds: kept under its name, if that can be
 * read at all, so that it answers 500 and shows in the check. */
static void
take_oversized(struct reading *r, struct row *row, int64_t rowid)
{
	char	 sql[96], name[72] = "";

	sqlite3_snprintf(sizeof(sql), sql,
	    "SELECT name FROM routes WHERE rowid = %lld", (long long)rowid);
	db_ask(r->db, sql, NULL, name, sizeof(name));
	row->name = arena_strdup(&r->rs->arena, name);
	row->name = row->name != NULL ? row->name : "";
	row->fault = "a column is longer than 64 KiB";
	r->rs->count++;
}

static int
read_row(struct reading *r, int64_t rowid)
{
	struct arena	*a = &r->rs->arena;
	struct row	*row = next_row(r->rs);
	int		 rc;

	if (row == NULL)
		return SQLITE_NOMEM;
	sqlite3_bind_int64(r->one, 1, rowid);
	rc = sqlite3_step(r->one);
	if (rc == SQLITE_ROW && take_row(a, row, r->one)) {
		r->rs->count++;
		rc = rows_fields_read(a, r->fields, row);
	} else if ((rc & 0xff) == SQLITE_TOOBIG) {
		take_oversized(r, row, rowid);
		rc = SQLITE_OK;
	} else if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		rc = SQLITE_OK;
	sqlite3_reset(r->one);
	return rc;
}

/* --- all of them -------------------------------------------------------- */

/* SQLite itself says which column is missing; not so if it were quoted, since
 * it then passes for a string. */
static int
prepare_one(struct rows *rs, sqlite3 *db, sqlite3_stmt **q)
{
	const struct setting	*all;
	struct buf		 sql;
	size_t			 i, n;

	buf_init(&sql, &rs->arena, MAX_SQL);
	buf_str(&sql, "SELECT name, url, enabled");
	all = conf_settings(&n);
	for (i = 0; i < n; i++)
		if (all[i].per_route)
			buf_fmt(&sql, ", routes.%s", all[i].key);
	buf_str(&sql, " FROM routes WHERE rowid = ?1");
	if (buf_failed(&sql))
		return SQLITE_NOMEM;
	return sqlite3_prepare_v2(db, sql.data, (int)sql.len, q, NULL);
}

static int
read_rows(struct rows *rs, sqlite3 *db)
{
	struct reading	 r = { .rs = rs, .db = db };
	sqlite3_stmt	*ids = NULL;
	int		 rc;

	if ((rc = rows_fields_prepare(db, &r.fields)) != SQLITE_OK ||
	    (rc = prepare_one(rs, db, &r.one)) != SQLITE_OK ||
	    (rc = sqlite3_prepare_v2(db, "SELECT rowid FROM routes LIMIT ?1",
	    -1, &ids, NULL)) != SQLITE_OK)
		goto out;
	sqlite3_bind_int(ids, 1, MAX_ROWS + 1);
	while ((rc = sqlite3_step(ids)) == SQLITE_ROW)
		if ((rc = read_row(&r, sqlite3_column_int64(ids, 0))) !=
		    SQLITE_OK)
			goto out;
	rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
out:
	sqlite3_finalize(r.one);
	sqlite3_finalize(r.fields);
	sqlite3_finalize(ids);
	return rc;
}

/* A change of the mode is one of the database itself: where it keeps no log,
 * nobody can have written to one while its stamp stays. */
static int
read_mode(struct rows *rs)
{
	char	 mode[16] = "";
	int	 rc = db_ask(rs->db, "PRAGMA journal_mode", NULL, mode,
		    sizeof(mode));

	rs->logs_ahead = strcmp(mode, "wal") == 0;
	return rc;
}

/* One transaction, so that the data version belongs to what was read. */
static int
read_all(struct rows *rs, struct buf *why)
{
	size_t	 before = why->len;
	int	 rc;

	if ((rc = db_run(rs->db, "BEGIN")) != SQLITE_OK ||
	    (rc = db_judge(rs->db, rs->path, why)) != SQLITE_OK)
		return rc;
	if (why->len > before || buf_failed(why))
		return SQLITE_ERROR;
	if ((rc = read_mode(rs)) != SQLITE_OK ||
	    (rc = read_rows(rs, rs->db)) != SQLITE_OK ||
	    (rc = db_read_keys(rs->db, rs->path, &rs->arena, &rs->keys,
	    &rs->n_keys, why)) != SQLITE_OK ||
	    (rc = db_ask(rs->db, "PRAGMA data_version", &rs->data_version,
	    NULL, 0)) != SQLITE_OK)
		return rc;
	if (rs->count > MAX_ROWS) {
		buf_fmt(why, "%s has more than %d routes", rs->path, MAX_ROWS);
		return SQLITE_ERROR;
	}
	return db_run(rs->db, "COMMIT");
}

static void
close_reader(struct rows *rs)
{
	sqlite3_close(rs->db);
	rs->db = NULL;
}

/* SQLite, run as root, gives the file to the database's owner each time it
 * opens it, which moves ctime. */
static struct stamp
wal_stamp(const struct rows *rs)
{
	struct stamp	 s = stamp_take(rs->wal_path);

	s.ctime = s.mtime;
	return s;
}

/* Is it a file, and nobody else's to change?  A journal laid beside it would
 * be read as part of it. */
static bool
may_be_read(struct rows *rs, struct buf *why)
{
	struct stat	 st;
	struct buf	 wrong;

	if (stat(rs->path, &st) == -1)
		return true;		/* SQLite says why */
	buf_init(&wrong, &rs->arena, MAX_SENTENCE);
	if (!S_ISREG(st.st_mode))
		buf_str(&wrong, "is no file");
	else if (trust_file(&st, &wrong) == 0 &&
	    trust_folder(rs->path, true, &wrong) == 0)
		return true;
	buf_fmt(why, "%s %s", rs->path, wrong.data);
	return false;
}

static int
try_load(struct rows *rs, int wait_ms, struct buf *why)
{
	struct timespec	 now;
	size_t		 before = why->len;
	int		 rc;

	rs->count = 0;
	rs->file = stamp_take(rs->path);
	rs->wal = wal_stamp(rs);
	clock_gettime(CLOCK_REALTIME, &now);
	if (!may_be_read(rs, why))
		return SQLITE_CANTOPEN;
	rc = db_open_reader(rs->path, wait_ms, &rs->db);
	if (rc == SQLITE_OK)
		rc = read_all(rs, why);
	if (rc == SQLITE_OK && rs->arena.failed)
		rc = SQLITE_NOMEM;	/* a row may lack something */
	if (rc != SQLITE_OK && why->len == before && !db_may_pass(rc))
		db_explain(why, rs->db, rc, rs->path);
	rs->settled = stamp_settled(&rs->file, &now) &&
	    stamp_settled(&rs->wal, &now);
	/* To forget the tables again takes SQLite a third as long as to read
	 * them.  Where the reader is in nobody's way, that waits until the
	 * answer is out: for rows_stale(). */
	if (rc != SQLITE_OK || (rs->settled && rs->logs_ahead))
		close_reader(rs);
	return rc;
}

static struct rows *
new_rows(const char *path)
{
	struct rows	*rs = calloc(1, sizeof(*rs));
	struct buf	 wal;

	if (rs == NULL)
		return NULL;
	arena_init(&rs->arena, MAX_MEMORY);
	buf_init(&wal, &rs->arena, strlen(path) + sizeof("-wal"));
	buf_fmt(&wal, "%s-wal", path);
	rs->wal_path = wal.data;
	rs->path = arena_strdup(&rs->arena, path);
	if (rs->path != NULL && !buf_failed(&wal))
		return rs;
	rows_free(rs);
	return NULL;
}

struct rows *
rows_load(const char *path, int wait_ms, struct buf *why, bool *busy)
{
	const struct timespec	 nap = { 0, RETRY_MS * 1000000 };
	struct rows		*rs = new_rows(path);
	int64_t			 left = wait_ms, end_ms = clock_ms() + wait_ms;
	int			 rc;

	*busy = false;
	if (rs == NULL) {
		buf_str(why, "no memory is left");
		return NULL;
	}
	/* SQLite's own busy handler waits for locks; a journal that appears
	 * and vanishes again under a reader is SQLITE_READONLY, at once */
	while ((rc = try_load(rs, (int)left, why)) != SQLITE_OK &&
	    db_may_pass(rc) && (left = end_ms - clock_ms()) > RETRY_MS)
		nanosleep(&nap, NULL);
	if (rc == SQLITE_OK)
		return rs;
	if ((*busy = db_may_pass(rc)))
		db_explain(why, NULL, rc, path);
	rows_free(rs);
	return NULL;
}

void
rows_free(struct rows *rs)
{
	if (rs == NULL)
		return;
	close_reader(rs);
	free(rs->list);
	arena_free(&rs->arena);
	free(rs);
}

bool
rows_are_of(const struct rows *rs, const char *path)
{
	return strcmp(rs->path, path) == 0;
}

size_t
rows_count(const struct rows *rs)
{
	return rs->count;
}

const struct row *
rows_at(const struct rows *rs, size_t i)
{
	return &rs->list[i];
}

const struct key_row *
rows_keys(const struct rows *rs, size_t *count)
{
	*count = rs->n_keys;
	return rs->keys;
}

/* Are the files as they were? */
static bool
same_files(const struct rows *rs)
{
	struct stamp	 file = stamp_take(rs->path);
	struct stamp	 wal = rs->logs_ahead ? wal_stamp(rs) : rs->wal;

	return file.there && stamp_same(&file, &rs->file) &&
	    stamp_same(&wal, &rs->wal);
}

bool
rows_hold(const struct rows *rs, const char *path)
{
	return rs->settled && rs->db == NULL && rows_are_of(rs, path) &&
	    same_files(rs);
}

bool
rows_stale(struct rows *rs, const char *path)
{
	struct timespec	 now;
	int64_t		 version = 0;

	if (!rows_are_of(rs, path))
		return true;
	clock_gettime(CLOCK_REALTIME, &now);
	if (!same_files(rs))
		return true;
	if (rs->settled) {
		close_reader(rs);
		return false;
	}
	if (db_ask(rs->db, "PRAGMA data_version", &version, NULL, 0) !=
	    SQLITE_OK || version != rs->data_version)
		return true;
	rs->settled = stamp_settled(&rs->file, &now) &&
	    stamp_settled(&rs->wal, &now);
	if (rs->settled)
		close_reader(rs);
	return false;
}
