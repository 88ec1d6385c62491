#include "store/exposure.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "http/fields.h"
#include "store/conf.h"
#include "store/routes.h"
#include "store/tokens.h"
#include "store/trust.h"

size_t
exposure_files(const struct conf *c, const char *list[EXPOSURE_MAX])
{
	size_t	 n = 0;

	list[n++] = c->path;
	list[n++] = c->database;
	list[n++] = c->state;
	if (c->operator_key_file != NULL)
		list[n++] = c->operator_key_file;
	if (c->jwt_key_file != NULL && tokens_is_secret(c->jwt_algorithm))
		list[n++] = c->jwt_key_file;
	if (c->access_log != NULL && c->access_log[0] == '/')
		list[n++] = c->access_log;
	return n;
}

bool
exposure_is_below(const char *path, const char *folder)
{
	char	 here[PATH_MAX], top[PATH_MAX];
	size_t	 len;

	if (realpath(path, here) == NULL || realpath(folder, top) == NULL)
		return false;
	len = strlen(top);
	return len > 1 && strncmp(here, top, len) == 0 && here[len] == '/';
}

bool
exposure_has_secrets(const struct routes *rs)
{
	const struct route	*rt;
	size_t			 i, j;

	for (i = 0; i < routes_count(rs); i++) {
		rt = routes_at(rs, i);
		if (strchr(rt->url, '?') != NULL)
			return true;
		for (j = 0; j < rt->up.count; j++)
			if (rt->up.list[j].value != NULL)
				return true;
	}
	return false;
}

bool
exposure_of_database(const struct conf *c, struct buf *out)
{
	struct stat	 st;

	if (stat(c->database, &st) == -1 || !trust_is_read(&st))
		return false;
	buf_fmt(out, "others may read the keys that it holds: chmod %s it",
	    st.st_uid == geteuid() ? "go-r" : "o-r");
	return true;
}
