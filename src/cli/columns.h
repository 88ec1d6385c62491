#ifndef VIADUCT_CLI_COLUMNS_H
#define VIADUCT_CLI_COLUMNS_H

#include <stddef.h>

enum { COLUMNS_MAX = 16 };

/*
 * Print a table: `n' cells of text a row, the first row its titles.  `form' has
 * a letter a column: l stands at the left, r at the right.  NULL: a tab between
 * cells, for programs.  Cells are safe for a terminal.
 */
void	 columns_print(const char *const *cells, size_t rows, size_t n,
	    const char *form);

#endif
