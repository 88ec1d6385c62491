#include "http/filter.h"

#include <string.h>

#include "core/arena.h"
#include "http/url.h"

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The length of a segment less its parameters and what some file systems do
 * not see at the end of a name. */
static size_t
name_len(const char *segment, size_t len)
{
	const char	*end = memchr(segment, ';', len);

	if (end != NULL)
		len = (size_t)(end - segment);
	while (len > 0 && (segment[len - 1] == '.' ||
	    (unsigned char)segment[len - 1] <= ' '))
		len--;
	return len;
}

/* "" or "/a/b", as compared; NULL without memory. */
static const char *
normal(struct arena *a, const char *path)
{
	const char	*p = url_decode_all(a, path);
	char		*text, *out;
	size_t		 len, i, n;

	if (p == NULL || (text = arena_alloc(a, strlen(p) + 2)) == NULL)
		return NULL;
	for (out = text; *p != '\0' && *p != '?' && *p != '#'; p += len) {
		p += is_slash(*p);
		len = strcspn(p, "/\\?#");
		if ((n = name_len(p, len)) == 0)
			continue;
		*out++ = '/';
		for (i = 0; i < n; i++)
			*out++ = lower(p[i]);
	}
	*out = '\0';
	return text;
}

enum err
filter_read(struct arena *a, const char *text, size_t len, struct filter *f,
    const char **why)
{
	const char	*path;

	*why = "no memory is left";
	f->below = len >= 2 && memcmp(text + len - 2, "/*", 2) == 0;
	if ((path = arena_strndup(a, text, f->below ? len - 1 : len)) == NULL)
		return ERR_NO_MEMORY;
	if (path[0] != '/')
		*why = "a path begins with /";
	else if (strchr(path, '*') != NULL)
		*why = "* stands only at the end, as /*, for all below";
	else if (url_path_check(path, strlen(path)) != OK ||
	    strpbrk(path, "?;") != NULL)
		*why = "a path is without query, parameters, . and .., and "
		    "other characters are written as %XX";
	else
		return (f->path = normal(a, path)) != NULL ? OK :
		    ERR_NO_MEMORY;
	return ERR_CONFIGURATION;
}

static bool
names(const struct filter *f, const char *path)
{
	size_t	 len = strlen(f->path);

	return strncmp(path, f->path, len) == 0 && (path[len] == '\0' ||
	    (f->below && path[len] == '/'));
}

enum err
filter_judge(struct arena *a, const struct filters *filters, const char *path)
{
	size_t	 i;

	if (filters->count == 0)
		return OK;
	if ((path = normal(a, path)) == NULL)
		return ERR_NO_MEMORY;
	for (i = 0; i < filters->count; i++)
		if (names(&filters->list[i], path))
			return ERR_FILTERED_PATH;
	return OK;
}
