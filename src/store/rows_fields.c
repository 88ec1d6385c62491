#include "store/rows_fields.h"

#include <sqlite3.h>
#include <string.h>

#include "core/arena.h"
#include "http/field_edit.h"
#include "store/rows.h"
#include "store/rows_db.h"

enum { COL_DIRECTION, COL_NAME, COL_VALUE };

int
rows_fields_prepare(sqlite3 *db, sqlite3_stmt **q)
{
	return sqlite3_prepare_v2(db, "SELECT route_headers.direction, "
	    "route_headers.name, route_headers.value FROM route_headers "
	    "WHERE route = ?1 ORDER BY direction, name", -1, q, NULL);
}

static bool
is_text(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_TEXT;
}

static void
take(struct arena *a, sqlite3_stmt *q, struct row *row, struct row_field *f)
{
	const char	*direction = db_column(a, &row->fault, q,
			    COL_DIRECTION);

	if (!is_text(q, COL_DIRECTION) || !is_text(q, COL_NAME) ||
	    (!is_text(q, COL_VALUE) &&
	    sqlite3_column_type(q, COL_VALUE) != SQLITE_NULL)) {
		row->fault = "route_headers: direction, name and value must "
		    "be text; a value may be NULL";
		return;
	}
	f->up = strcmp(direction, "request") == 0;
	if (!f->up && strcmp(direction, "response") != 0)
		row->fault = "route_headers: direction must be request or "
		    "response";
	f->name = db_column(a, &row->fault, q, COL_NAME);
	f->value = db_column(a, &row->fault, q, COL_VALUE);
}

int
rows_fields_read(struct arena *a, sqlite3_stmt *q, struct row *row)
{
	const size_t		 max = FIELD_MAX_EDITS;
	struct row_field	*list = NULL;
	int			 rc;

	sqlite3_bind_text(q, 1, row->name, -1, SQLITE_STATIC);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW && row->fault == NULL) {
		if (list == NULL)
			list = arena_alloc(a, max * sizeof(*list));
		if (list == NULL)
			row->fault = "no memory is left for it";
		else if (row->n_fields == max)
			row->fault = "it has more than 64 rows in "
			    "route_headers";
		else
			take(a, q, row, &list[row->n_fields++]);
	}
	row->fields = list;
	if ((rc & 0xff) == SQLITE_TOOBIG)
		row->fault = "a column of route_headers is longer than 64 "
		    "KiB";
	sqlite3_reset(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ||
	    (rc & 0xff) == SQLITE_TOOBIG ? SQLITE_OK : rc;
}
