#ifndef VIADUCT_STORE_ROWS_DB_H
#define VIADUCT_STORE_ROWS_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct key_row;
struct sqlite3;
struct sqlite3_stmt;

/* What rows.c does with SQLite more than once; int results are its codes,
 * extended. */

/* A reader that no content of the file can make write, run code, or map memory
 * that may vanish.  Close *db whatever it returns. */
int	 db_open_reader(const char *path, int wait_ms, struct sqlite3 **db);
int	 db_open_writer(const char *path, struct sqlite3 **db);

/* The first column of the first row; n and text may be NULL. */
int	 db_ask(struct sqlite3 *, const char *sql, int64_t *n, char *text,
	    size_t text_bytes);
int	 db_run(struct sqlite3 *, const char *sql);

/* Is it a database of ours, whole, of the version we read?  A sentence in `why'
 * if not. */
int	 db_judge(struct sqlite3 *, const char *path, struct buf *why);

/*
 * A copy of a column's text in the arena; NULL where it is NULL.  What is no
 * text or number sets *fault to a sentence.
 */
const char *db_column(struct arena *, const char **fault,
	    struct sqlite3_stmt *, int column);

/* All of api_keys; what is wrong with a row is its fault.  More than the
 * program takes: a sentence in `why'. */
int	 db_read_keys(struct sqlite3 *, const char *path, struct arena *,
	    struct key_row **list, size_t *count, struct buf *why);

/* May the same succeed in a moment? */
bool	 db_may_pass(int rc);
/* A sentence for an operator; `db' may be NULL. */
void	 db_explain(struct buf *why, struct sqlite3 *, int rc,
	    const char *path);

#endif
