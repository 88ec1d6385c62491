#include "store/rows_db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/rows.h"

enum { MAX_VALUE = 64 * 1024, WRITER_WAIT_MS = 5000 };

int
db_ask(sqlite3 *db, const char *sql, int64_t *n, char *text, size_t text_bytes)
{
	sqlite3_stmt	*q;
	const char	*s;
	int		 rc;

	if ((rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL)) != SQLITE_OK)
		return rc;
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW && n != NULL)
		*n = sqlite3_column_int64(q, 0);
	if (rc == SQLITE_ROW && text != NULL) {
		s = (const char *)sqlite3_column_text(q, 0);
		sqlite3_snprintf((int)text_bytes, text, "%s", s ? s : "");
	}
	sqlite3_finalize(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int
db_run(sqlite3 *db, const char *sql)
{
	return db_ask(db, sql, NULL, NULL, 0);
}

int
db_judge(sqlite3 *db, const char *path, struct buf *why)
{
	int64_t	 id = 0, version = 0, size = 0;
	char	 verdict[256] = "";
	int	 rc;

	if ((rc = db_ask(db, "PRAGMA application_id", &id, NULL, 0)) ||
	    (rc = db_ask(db, "PRAGMA user_version", &version, NULL, 0)) ||
	    (rc = db_ask(db, "PRAGMA page_count", &size, NULL, 0)) ||
	    (rc = db_ask(db, "PRAGMA main.quick_check(1)", NULL, verdict,
	    sizeof(verdict))))
		return rc;
	if (size == 0)
		buf_fmt(why, "%s is empty: make it with viaduct init or with "
		    "sqlite3 and schema.sql", path);
	else if (strcmp(verdict, "ok") != 0)
		buf_fmt(why, "%s is damaged (%s): put a copy in its place",
		    path, verdict);
	else if (id != ROWS_APPLICATION_ID)
		buf_fmt(why, "%s is a database, but not made by viaduct's "
		    "schema.sql", path);
	else if (version != ROWS_SCHEMA_VERSION)
		buf_fmt(why, "%s has schema version %lld, but this program "
		    "reads version %d", path, (long long)version,
		    ROWS_SCHEMA_VERSION);
	return SQLITE_OK;
}

const char *
db_column(struct arena *a, const char **fault, sqlite3_stmt *q, int column)
{
	const char	*text;
	size_t		 bytes;

	switch (sqlite3_column_type(q, column)) {
	case SQLITE_NULL:
		return NULL;
	case SQLITE_BLOB:
		*fault = "a column holds a blob: write it as text";
		return "";
	default:
		text = (const char *)sqlite3_column_text(q, column);
	}
	bytes = (size_t)sqlite3_column_bytes(q, column);
	if (text == NULL &&
	    sqlite3_errcode(sqlite3_db_handle(q)) == SQLITE_NOMEM)
		a->failed = true;	/* SQLite's memory is ours */
	if (text == NULL || memchr(text, '\0', bytes) != NULL) {
		*fault = "a column holds a NUL byte: write it again";
		return "";
	}
	if ((text = arena_strndup(a, text, bytes)) == NULL)
		*fault = "no memory is left for it";
	return text != NULL ? text : "";
}

void
db_explain(struct buf *why, sqlite3 *db, int rc, const char *path)
{
	int	 sys = db != NULL ? sqlite3_system_errno(db) : 0;

	buf_fmt(why, "%s ", path);
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		buf_str(why, "is locked by a writer");
		return;
	case SQLITE_NOTADB:
		buf_str(why, "is not an SQLite database");
		return;
	case SQLITE_CORRUPT:
		buf_str(why, "is damaged: put a copy in its place");
		return;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		buf_fmt(why, "cannot be opened by user %lu%s%s",
		    (unsigned long)geteuid(), sys != 0 ? ": " : "",
		    sys != 0 ? strerror(sys) : "");
		return;
	case SQLITE_READONLY:
		buf_str(why, rc == SQLITE_READONLY_ROLLBACK ?
		    "was left by an interrupted writer: run viaduct check as "
		    "its owner" : "keeps a write-ahead log that this user may "
		    "not share: run sqlite3 on it with PRAGMA journal_mode = "
		    "DELETE");
		return;
	case SQLITE_NOMEM:
		buf_str(why, "cannot be read: no memory is left");
		return;
	default:
		buf_fmt(why, "cannot be read: %s", db != NULL ?
		    sqlite3_errmsg(db) : sqlite3_errstr(rc));
	}
}

bool
db_may_pass(int rc)
{
	return (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED ||
	    (rc & 0xff) == SQLITE_READONLY;
}

int
db_open_reader(const char *path, int wait_ms, sqlite3 **db)
{
	int	 rc;

	/* A start of CGI is a tenth quicker without this count.  Once SQLite
	 * is at work, it refuses to be told, and that is all. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
	    SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_busy_timeout(*db, wait_ms);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_limit(*db, SQLITE_LIMIT_LENGTH, MAX_VALUE);
	if ((rc = db_run(*db, "PRAGMA cell_size_check = ON")) != SQLITE_OK ||
	    (rc = db_run(*db, "PRAGMA query_only = ON")) != SQLITE_OK ||
	    (rc = db_run(*db, "PRAGMA mmap_size = 0")) != SQLITE_OK)
		return rc;
	return SQLITE_OK;
}

int
db_open_writer(const char *path, sqlite3 **db)
{
	int	 rc;

	rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
	    SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		sqlite3_busy_timeout(*db, WRITER_WAIT_MS);
	return rc;
}

int
rows_create(const char *path, const char *schema, const char *sample,
    struct buf *why)
{
	sqlite3	*db = NULL;
	int	 fd, rc;

	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd == -1) {
		buf_fmt(why, "%s cannot be made: %s", path, strerror(errno));
		return -1;
	}
	close(fd);
	rc = db_open_writer(path, &db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, schema, NULL, NULL, NULL);
	if (rc == SQLITE_OK && sample != NULL)
		rc = sqlite3_exec(db, sample, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		buf_fmt(why, "%s cannot be made: %s", path,
		    db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
	sqlite3_close(db);
	if (rc == SQLITE_OK)
		return 0;
	unlink(path);
	return -1;
}

int
rows_repair(const char *path, struct buf *why)
{
	sqlite3	*db = NULL;
	int	 rc = db_open_writer(path, &db);

	if (rc == SQLITE_OK)
		rc = db_run(db, "SELECT count(*) FROM sqlite_schema");
	if (rc != SQLITE_OK)
		db_explain(why, db, rc, path);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : -1;
}
