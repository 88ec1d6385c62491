#ifndef VIADUCT_STORE_ROWS_FIELDS_H
#define VIADUCT_STORE_ROWS_FIELDS_H

struct arena;
struct row;
struct sqlite3;
struct sqlite3_stmt;

/* The table route_headers, for rows.c alone; int results are SQLite's codes. */
int	 rows_fields_prepare(struct sqlite3 *, struct sqlite3_stmt **);
/* Fill in the fields of this route, or its fault. */
int	 rows_fields_read(struct arena *, struct sqlite3_stmt *,
	    struct row *);

#endif
