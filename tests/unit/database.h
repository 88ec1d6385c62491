#ifndef VIADUCT_TESTS_UNIT_DATABASE_H
#define VIADUCT_TESTS_UNIT_DATABASE_H

/* The text of sql/schema.sql, to be freed; NULL if it cannot be read. */
char	*database_schema(void);
/* Change the database in this file; the test fails where SQLite refuses. */
void	 database_sql(const char *file, const char *text);

#endif
