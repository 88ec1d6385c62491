#include <sqlite3.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/rows.h"
#include "store/rows_db.h"

enum { MAX_KEYS = 10000 };

static const char	 select_one[] = "SELECT name, id, hash, routes, "
    "created, expires, revoked FROM api_keys WHERE rowid = ?1";

static void
take_hash(struct key_row *k, sqlite3_stmt *q, int i)
{
	if (sqlite3_column_type(q, i) == SQLITE_BLOB &&
	    sqlite3_column_bytes(q, i) == DIGEST_BYTES)
		memcpy(k->hash, sqlite3_column_blob(q, i), DIGEST_BYTES);
	else
		k->fault = "column hash must be a blob of 32 bytes: make the "
		    "key anew with viaduct key add";
}

static void
take_key(struct key_row *k, sqlite3_stmt *q, struct arena *a)
{
	k->name = db_column(a, &k->fault, q, 0);
	k->id = db_column(a, &k->fault, q, 1);
	take_hash(k, q, 2);
	k->routes = db_column(a, &k->fault, q, 3);
	k->created = db_column(a, &k->fault, q, 4);
	k->expires = db_column(a, &k->fault, q, 5);
	k->revoked = db_column(a, &k->fault, q, 6);
	if (k->name == NULL)
		k->fault = "name may not be NULL";
	k->name = k->name != NULL ? k->name : "";
}

/* A row with a value beyond all bounds: kept under its name, if that can be
 * read at all, so that it shows in the check. */
static void
take_oversized(struct key_row *k, sqlite3 *db, int64_t rowid, struct arena *a)
{
	char	 sql[96], name[72] = "";

	sqlite3_snprintf(sizeof(sql), sql,
	    "SELECT name FROM api_keys WHERE rowid = %lld", (long long)rowid);
	db_ask(db, sql, NULL, name, sizeof(name));
	k->name = arena_strdup(a, name);
	k->name = k->name != NULL ? k->name : "";
	k->fault = "a column is longer than 64 KiB";
}

static int
read_key(struct key_row *k, sqlite3 *db, sqlite3_stmt *one, int64_t rowid,
    struct arena *a)
{
	int	 rc;

	sqlite3_bind_int64(one, 1, rowid);
	if ((rc = sqlite3_step(one)) == SQLITE_ROW)
		take_key(k, one, a);
	else if ((rc & 0xff) == SQLITE_TOOBIG)
		take_oversized(k, db, rowid, a);
	sqlite3_reset(one);
	return rc == SQLITE_ROW || (rc & 0xff) == SQLITE_TOOBIG ? SQLITE_OK :
	    rc;
}

static int
read_all(sqlite3 *db, struct arena *a, struct key_row *list, size_t max,
    size_t *count)
{
	sqlite3_stmt	*ids = NULL, *one = NULL;
	int		 rc;

	if ((rc = sqlite3_prepare_v2(db, select_one, -1, &one, NULL)) !=
	    SQLITE_OK || (rc = sqlite3_prepare_v2(db,
	    "SELECT rowid FROM api_keys", -1, &ids, NULL)) != SQLITE_OK)
		goto out;
	while ((rc = sqlite3_step(ids)) == SQLITE_ROW && *count < max)
		if ((rc = read_key(&list[(*count)++], db, one,
		    sqlite3_column_int64(ids, 0), a)) != SQLITE_OK)
			goto out;
	rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
out:
	sqlite3_finalize(one);
	sqlite3_finalize(ids);
	return rc;
}

int
db_read_keys(sqlite3 *db, const char *path, struct arena *a,
    struct key_row **list, size_t *count, struct buf *why)
{
	int64_t	 n = 0;
	int	 rc;

	*count = 0;
	if ((rc = db_ask(db, "SELECT count(*) FROM api_keys", &n, NULL, 0)) !=
	    SQLITE_OK)
		return rc;
	if (n > MAX_KEYS) {
		buf_fmt(why, "%s has more than %d keys: delete those that are "
		    "revoked or expired", path, MAX_KEYS);
		return SQLITE_ERROR;
	}
	if ((*list = arena_alloc(a, (size_t)n * sizeof(**list))) == NULL)
		return SQLITE_NOMEM;
	return read_all(db, a, *list, (size_t)n, count);
}
