#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "store/rows.h"
#include "store/rows_db.h"

/* One edit of the database by a command. */
struct editing {
	sqlite3		*db;
	const char	*path;
	struct buf	*why;
};

/* A sentence for what SQLite itself refused. */
static enum edit
failed(struct editing *x, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		buf_str(x->why, sqlite3_errmsg(x->db));
		return EDIT_REFUSED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		db_explain(x->why, x->db, rc, x->path);
		buf_str(x->why, ": try again");
		return EDIT_LOCKED;
	case SQLITE_READONLY:
		buf_fmt(x->why, "%s may not be written by user %lu: it takes "
		    "who may write to the file and to its folder", x->path,
		    (unsigned long)geteuid());
		return EDIT_READ_ONLY;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		db_explain(x->why, x->db, rc, x->path);
		return EDIT_NO_DATABASE;
	default:
		buf_fmt(x->why, "%s cannot be changed: %s", x->path,
		    x->db != NULL ? sqlite3_errmsg(x->db) :
		    sqlite3_errstr(rc));
		return EDIT_FAILED;
	}
}

static enum edit
begin(struct editing *x, const char *path, struct buf *why)
{
	size_t	 before = why->len;
	int	 rc;

	*x = (struct editing){ .path = path, .why = why };
	if ((rc = db_open_writer(path, &x->db)) != SQLITE_OK ||
	    (rc = db_judge(x->db, path, why)) != SQLITE_OK)
		return failed(x, rc);
	if (why->len > before || buf_failed(why))
		return EDIT_NO_DATABASE;
	rc = db_run(x->db, "BEGIN IMMEDIATE");
	return rc == SQLITE_OK ? EDIT_DONE : failed(x, rc);
}

/* Closing undoes what was not committed. */
static enum edit
end(struct editing *x, enum edit e)
{
	int	 rc = e != EDIT_DONE ? SQLITE_OK : db_run(x->db, "COMMIT");

	if (rc != SQLITE_OK)
		e = failed(x, rc);
	sqlite3_close(x->db);
	return e;
}

/* Run it with ?1 to ?n; *row (may be NULL): has it a row to give? */
static int
run(struct editing *x, const char *sql, const char *const *texts, int n,
    const unsigned char *hash, bool *row)
{
	sqlite3_stmt	*q = NULL;
	int		 i, rc = sqlite3_prepare_v2(x->db, sql, -1, &q, NULL);

	if (rc != SQLITE_OK)
		return rc;
	for (i = 0; i < n; i++)
		sqlite3_bind_text(q, i + 1, texts[i], -1, SQLITE_STATIC);
	if (hash != NULL)
		sqlite3_bind_blob(q, n + 1, hash, DIGEST_BYTES, SQLITE_STATIC);
	rc = sqlite3_step(q);
	if (row != NULL)
		*row = rc == SQLITE_ROW;
	sqlite3_finalize(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* --- a new key --------------------------------------------------------- */

static enum edit
is_new(struct editing *x, const char *name)
{
	bool	 there;
	int	 rc = run(x, "SELECT 1 FROM api_keys WHERE name = ?1", &name,
		    1, NULL, &there);

	if (rc != SQLITE_OK)
		return failed(x, rc);
	if (!there)
		return EDIT_DONE;
	buf_fmt(x->why, "there is a key named %s already: choose another "
	    "name, also where that one is revoked", name);
	return EDIT_REFUSED;
}

/* A key for a route that is misspelt would open nothing.  Whole URLs are no
 * rows, and go by these two names. */
static enum edit
is_route(struct editing *x, const char *name, size_t len)
{
	char		 text[64];
	const char	*arg = text;
	bool		 there = false;
	int		 rc = SQLITE_OK;

	if (len < sizeof(text)) {
		memcpy(text, name, len);
		text[len] = '\0';
		if (strcmp(text, "*") == 0 || strcmp(text, "http") == 0 ||
		    strcmp(text, "https") == 0)
			return EDIT_DONE;
		rc = run(x, "SELECT 1 FROM routes WHERE name = ?1", &arg, 1,
		    NULL, &there);
	}
	if (rc != SQLITE_OK)
		return failed(x, rc);
	if (there)
		return EDIT_DONE;
	buf_fmt(x->why, "there is no route named %.*s: make it first",
	    len < 80 ? (int)len : 80, name);
	return EDIT_REFUSED;
}

static enum edit
are_routes(struct editing *x, const char *list)
{
	enum edit	 e = EDIT_DONE;
	size_t		 len;

	for (; e == EDIT_DONE; list += len) {
		list += strspn(list, " ");
		if ((len = strcspn(list, " ")) == 0)
			break;
		e = is_route(x, list, len);
	}
	return e;
}

static enum edit
insert(struct editing *x, const struct key_row *k)
{
	const char	*texts[] = { k->name, k->id, k->routes, k->expires };
	int		 rc = run(x, "INSERT INTO api_keys(name, id, routes, "
			    "expires, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
			    texts, 4, k->hash, NULL);

	return rc == SQLITE_OK ? EDIT_DONE : failed(x, rc);
}

enum edit
rows_add_key(const char *path, const struct key_row *k, struct buf *why)
{
	struct editing	 x;
	enum edit	 e;

	if ((e = begin(&x, path, why)) == EDIT_DONE &&
	    (e = is_new(&x, k->name)) == EDIT_DONE &&
	    (e = are_routes(&x, k->routes)) == EDIT_DONE)
		e = insert(&x, k);
	return end(&x, e);
}

/* --- a key that is no more --------------------------------------------- */

static enum edit
was_revoked(struct editing *x, const char *name)
{
	bool	 there;
	int	 rc = run(x, "SELECT 1 FROM api_keys WHERE name = ?1", &name,
		    1, NULL, &there);

	if (rc != SQLITE_OK)
		return failed(x, rc);
	if (there) {
		buf_fmt(x->why, "%s was revoked before", name);
		return EDIT_DONE;
	}
	buf_fmt(x->why, "there is no key named %s: viaduct key list has the "
	    "names", name);
	return EDIT_REFUSED;
}

enum edit
rows_revoke_key(const char *path, const char *name, struct buf *why)
{
	static const char	 now[] = "UPDATE api_keys SET revoked = "
	    "strftime('%Y-%m-%d %H:%M:%S', 'now') WHERE name = ?1 AND "
	    "(revoked IS NULL OR revoked > strftime('%Y-%m-%d %H:%M:%S', "
	    "'now'))";
	struct editing		 x;
	enum edit		 e;
	int			 rc;

	if ((e = begin(&x, path, why)) != EDIT_DONE)
		return end(&x, e);
	if ((rc = run(&x, now, &name, 1, NULL, NULL)) != SQLITE_OK)
		e = failed(&x, rc);
	else if (sqlite3_changes(x.db) == 0)
		e = was_revoked(&x, name);
	return end(&x, e);
}
