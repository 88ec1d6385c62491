#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/conf.h"
#include "store/conf_value.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

static bool
is_there(const char *path)
{
	struct stat	 st;

	return stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* NULL where the path is not there; named in `searched' then. */
static const char *
try(struct arena *a, const char *folder, const char *path,
    struct buf *searched)
{
	const char	*whole = conf_absolute(a, folder, path);

	if (whole != NULL && is_there(whole))
		return whole;
	if (whole != NULL)
		buf_fmt(searched, "%s%s", searched->len > 0 ? ", " : "",
		    whole);
	return NULL;
}

static const char *
beside_program(struct arena *a, struct buf *searched)
{
	char	 self[PATH_MAX], *slash;
	ssize_t	 n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return NULL;
	*slash = '\0';
	return try(a, self, "viaduct.ini", searched);
}

const char *
conf_find(struct arena *a, const char *given, struct buf *searched)
{
	char		 here[PATH_MAX];
	const char	*path;

	/* a file that was named and is not there is not replaced by another */
	if (given == NULL || given[0] == '\0')
		given = getenv("VIADUCT_CONFIG");
	if (given != NULL && given[0] != '\0') {
		if (getcwd(here, sizeof(here)) == NULL)
			here[0] = '\0';
		return try(a, here, given, searched);
	}
	path = beside_program(a, searched);
	if (path != NULL || a->failed)
		return path;
	return try(a, SYSCONFDIR "/viaduct", "viaduct.ini", searched);
}

const char *
conf_document_root(void)
{
	return getenv("DOCUMENT_ROOT");
}
