#include "store/rows_list.h"

#include <sqlite3.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/rows_db.h"

enum { NAME, URL, ENABLED, ACCESS, NOTE };

static const char	 select_rows[] =
    "SELECT name, url, enabled IN (1, '1', 'yes'), access, "
    "substr(note, 1, ?1) FROM routes ORDER BY name LIMIT ?2";

static void
take(struct arena *a, struct listed_row *row, sqlite3_stmt *q)
{
	const char	*fault = NULL;

	row->name = db_column(a, &fault, q, NAME);
	row->url = db_column(a, &fault, q, URL);
	row->enabled = sqlite3_column_int(q, ENABLED) != 0;
	row->access = db_column(a, &fault, q, ACCESS);
	row->note = db_column(a, &fault, q, NOTE);
	row->name = row->name != NULL ? row->name : "";
	row->url = row->url != NULL ? row->url : "";
}

static int
read_rows(sqlite3 *db, struct arena *a, struct listed_rows *to)
{
	sqlite3_stmt	*q = NULL;
	int		 rc;

	to->list = arena_alloc(a, LISTED_MAX * sizeof(*to->list));
	if (to->list == NULL)
		return SQLITE_NOMEM;
	rc = sqlite3_prepare_v2(db, select_rows, -1, &q, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int(q, 1, LISTED_NOTE_MAX);
	sqlite3_bind_int(q, 2, LISTED_MAX + 1);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		if ((to->more = to->count == LISTED_MAX))
			break;
		take(a, &to->list[to->count++], q);
	}
	sqlite3_finalize(q);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int
rows_list(const char *path, int wait_ms, struct arena *a,
    struct listed_rows *to, struct buf *why)
{
	sqlite3	*db = NULL;
	int	 rc;

	memset(to, 0, sizeof(*to));
	rc = db_open_reader(path, wait_ms, &db);
	if (rc == SQLITE_OK)
		rc = db_judge(db, path, why);
	if (rc == SQLITE_OK && why->len == 0)
		rc = read_rows(db, a, to);
	if (rc != SQLITE_OK && why->len == 0)
		db_explain(why, db, rc, path);
	sqlite3_close(db);
	return why->len == 0 ? 0 : -1;
}
