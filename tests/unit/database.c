#include "tests/unit/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { MAX_SCHEMA = 256 * 1024 };

char *
database_schema(void)
{
	const char	*srcdir = getenv("srcdir");
	char		 name[4096], *text;
	FILE		*f;
	size_t		 n;

	snprintf(name, sizeof(name), "%s/sql/schema.sql",
	    srcdir != NULL ? srcdir : ".");
	if ((text = calloc(1, MAX_SCHEMA)) == NULL ||
	    (f = fopen(name, "r")) == NULL) {
		free(text);
		return NULL;
	}
	n = fread(text, 1, MAX_SCHEMA - 1, f);
	fclose(f);
	if (n > 0)
		return text;
	free(text);
	return NULL;
}

void
database_sql(const char *file, const char *text)
{
	sqlite3	*db;
	char	*error = NULL;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", text, error);
	sqlite3_close(db);
}
