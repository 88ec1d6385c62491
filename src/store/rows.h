#ifndef VIADUCT_STORE_ROWS_H
#define VIADUCT_STORE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/digest.h"

struct buf;

/* The number that the schema writes into the file's header. */
enum { ROWS_APPLICATION_ID = 0x56494144, ROWS_SCHEMA_VERSION = 1 };

/* A row of route_headers. */
struct row_field {
	bool		 up;		/* direction request, else response */
	const char	*name, *value;	/* value NULL: NULL */
};

/* One enabled row as the database has it: plain text, judged by nobody but for
 * its form. */
struct row {
	const char	*name, *url;	/* never NULL */
	const char	*fault;		/* NULL, or why it cannot be used */
	const char	**values;	/* by conf_settings(); NULL: NULL */
	const struct row_field *fields;
	size_t		 n_fields;
};

/* A row of api_keys, revoked and expired ones too, likewise. */
struct key_row {
	const char	*name;		/* never NULL */
	const char	*fault;
	const char	*id, *routes;	/* NULL: NULL; so the three below */
	const char	*created, *expires, *revoked;
	unsigned char	 hash[DIGEST_BYTES];
};

/* All of them, one load.  Kept so that new settings can be laid under the last
 * good rows while the file is unreadable.  One thread at a time. */
struct rows;

/*
 * Read all enabled rows.  NULL with a sentence in `why' (a file that is
 * missing, no database, damaged, of another schema; locked for longer than
 * wait_ms ...).  `busy' is set when trying again may help.
 */
struct rows	*rows_load(const char *path, int wait_ms, struct buf *why,
		    bool *busy);
void		 rows_free(struct rows *);
bool		 rows_are_of(const struct rows *, const char *path);
size_t		 rows_count(const struct rows *);
const struct row *rows_at(const struct rows *, size_t i);
const struct key_row *rows_keys(const struct rows *, size_t *count);

/*
 * Has the file changed since?  By stat of it and of its -wal alone, where the
 * last change was older than the load by more than the clock's tick; else by
 * data_version too.  An unreadable file counts as changed.
 */
bool		 rows_stale(struct rows *, const char *path);
/* Is it certain by stat alone that it has not?  Then rows_stale() has nothing
 * left to do either.  Many threads may ask at a time. */
bool		 rows_hold(const struct rows *, const char *path);

/* --- for the commands; never for requests --- */

/* Make a new database, mode 0600, by the schema and then by `sample' (may be
 * NULL).  -1 with a sentence; then nothing is left behind. */
int		 rows_create(const char *path, const char *schema,
		    const char *sample, struct buf *why);

/* What came of an edit; all but the first say why in a sentence. */
enum edit {
	EDIT_DONE,
	EDIT_REFUSED,		/* by the database's rules or ours */
	EDIT_NO_DATABASE,	/* none there, or none of ours */
	EDIT_LOCKED,		/* by another writer, for 5 s */
	EDIT_READ_ONLY,
	EDIT_FAILED
};
/* name, id, hash, routes and expires (may be NULL) of the row. */
enum edit	 rows_add_key(const char *path, const struct key_row *,
		    struct buf *why);
/* From now on.  A key that was revoked before keeps its date, and `why' says
 * so. */
enum edit	 rows_revoke_key(const char *path, const char *name,
		    struct buf *why);

/* Let a writer that was interrupted be undone: open for writing and read. */
int		 rows_repair(const char *path, struct buf *why);

#endif
