#include "cli/columns.h"

#include <assert.h>
#include <stdio.h>

/* Characters, as far as each takes one place. */
static int
width(const char *text)
{
	int	 n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void
line(const char *const *cells, size_t n, const char *form, const int *widths)
{
	for (size_t i = 0; i < n; i++) {
		int	 blanks = widths[i] - width(cells[i]);

		if (form[i] == 'r')
			printf("%*s%s", blanks, "", cells[i]);
		else
			printf("%s%*s", cells[i], i < n - 1 ? blanks : 0, "");
		fputs(i < n - 1 ? "  " : "\n", stdout);
	}
}

static void
tabs(const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%s%c", cells[i], i < n - 1 ? '\t' : '\n');
}

void
columns_print(const char *const *cells, size_t rows, size_t n,
    const char *form)
{
	int	 widths[COLUMNS_MAX] = { 0 };

	assert(n <= COLUMNS_MAX);
	for (size_t i = 0; i < rows * n; i++)
		if (width(cells[i]) > widths[i % n])
			widths[i % n] = width(cells[i]);
	for (size_t i = 0; i < rows; i++)
		if (form != NULL)
			line(cells + i * n, n, form, widths);
		else
			tabs(cells + i * n, n);
}
