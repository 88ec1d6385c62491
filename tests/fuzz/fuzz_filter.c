#include <string.h>

#include "core/buf.h"
#include "http/filter.h"
#include "http/url.h"
#include "tests/fuzz/fuzz.h"

/*
 * Paths that nobody may reach.  Lines: filtered paths; a path below a route;
 * and letters that say how the first of them is spelled, one for each of its
 * bytes.
 */
enum { FILTERED, PATH, SPELLING };
enum { MAX_FILTERS = 8 };

/* One byte of a path in another spelling. */
static void
spell(struct buf *b, char c, char how)
{
	if (how == 'e')
		buf_fmt(b, "%%%02x", (unsigned char)c);
	else if (how == 'E')
		buf_fmt(b, "%%%02X", (unsigned char)c);
	else if (how == '2')
		buf_fmt(b, "%%25%02x", (unsigned char)c);
	else if (how == '3')
		buf_fmt(b, "%%25%%32%%35%02x", (unsigned char)c);
	else if (how == 'u' && c >= 'a' && c <= 'z')
		buf_char(b, (char)(c - 'a' + 'A'));
	else if (how == 'b' && c == '/')
		buf_char(b, '\\');
	else if (how == 's' && c == '/')
		buf_str(b, "///");
	else if (how == 'p' && c == '/')
		buf_str(b, ";a=b/");
	else if (how == 'd' && c == '/')
		buf_str(b, "%20./");
	else
		buf_char(b, c);
}

/* No spelling slips past. */
static void
is_found(struct fuzz *f, const struct filters *filters, const char *how,
    const char *tail)
{
	const char	*path = filters->list[0].path;
	size_t		 n = strlen(how);
	struct buf	 b;

	buf_init(&b, &f->spare, 16 * strlen(path) + 16);
	for (size_t i = 0; path[i] != '\0'; i++)
		spell(&b, path[i], n > 0 ? how[i % n] : ' ');
	buf_str(&b, tail);
	HOLDS(!buf_failed(&b));
	HOLDS(filter_judge(&f->spare, filters, b.data) == ERR_FILTERED_PATH);
}

/* What is decoded, folded and cut already says for itself whether it is one of
 * those. */
static bool
is_plain(const char *path)
{
	return *path == '/' && strpbrk(path, "%;\\?#. \t") == NULL &&
	    strstr(path, "//") == NULL && path[strlen(path) - 1] != '/' &&
	    strpbrk(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL;
}

static bool
is_filtered(const struct filters *filters, const char *path)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct filter *x = &filters->list[i];
		size_t len = strlen(x->path);

		if (strcmp(x->path, path) == 0 || (x->below &&
		    strncmp(x->path, path, len) == 0 && path[len] == '/'))
			return true;
	}
	return false;
}

static size_t
read_filters(struct fuzz *f, struct filter list[MAX_FILTERS])
{
	const char	*words[MAX_FILTERS], *why;
	size_t		 n, count = 0;
	enum err	 e;

	n = fuzz_words(f, fuzz_line(f, FILTERED), words, MAX_FILTERS);
	for (size_t i = 0; i < n; i++) {
		e = filter_read(&f->arena, words[i], strlen(words[i]),
		    &list[count], &why);
		if (e == OK)
			count++;
		else
			HOLDS(why != NULL && *why != '\0');
	}
	return count;
}

static void
one(struct fuzz *f)
{
	struct filter	 list[MAX_FILTERS];
	struct filters	 filters = { .list = list };
	const char	*path = fuzz_line(f, PATH), *how;
	enum err	 e;

	if ((filters.count = read_filters(f, list)) == 0)
		return;
	how = fuzz_line(f, SPELLING) != NULL ? fuzz_line(f, SPELLING) : "";
	is_found(f, &filters, how, "");
	is_found(f, &filters, how, "/");
	is_found(f, &filters, how, ";x");
	if (list[0].below)
		is_found(f, &filters, how, "/more");
	if (path == NULL)
		return;
	e = filter_judge(&f->arena, &filters, path);
	HOLDS(e == OK || e == ERR_FILTERED_PATH || e == ERR_NO_MEMORY);
	if (is_plain(path) && url_path_check(path, strlen(path)) == OK &&
	    e != ERR_NO_MEMORY)
		HOLDS((e != OK) == is_filtered(&filters, path));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
