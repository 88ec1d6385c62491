#include "store/trust.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"

enum { BY_OTHERS = S_IWGRP | S_IWOTH };

static bool
is_operator(uid_t uid)
{
	struct stat	 st;

	return uid == geteuid() || uid == 0 ||
	    (stat("/proc/self/exe", &st) == 0 && uid == st.st_uid);
}

int
trust_file(const struct stat *st, struct buf *why)
{
	if (!is_operator(st->st_uid))
		buf_fmt(why, "belongs to user %lu, who neither runs nor owns "
		    "the program: chown it to user %lu",
		    (unsigned long)st->st_uid, (unsigned long)geteuid());
	else if (st->st_mode & BY_OTHERS)
		buf_str(why, "may be written by others, who would command the "
		    "gateway: chmod go-w it");
	else
		return 0;
	return -1;
}

static int
judge(const char *path, bool beside, struct buf *why)
{
	char		 folder[PATH_MAX];
	const char	*slash = strrchr(path, '/');
	struct stat	 st;

	snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 :
	    slash == path ? 1 : (int)(slash - path), slash != NULL ? path :
	    ".");
	if (stat(folder, &st) == -1)
		return 0;	/* who opens the file says so */
	if (!is_operator(st.st_uid))
		buf_fmt(why, "lies in %s, which belongs to user %lu, who "
		    "neither runs nor owns the program: move it elsewhere",
		    folder, (unsigned long)st.st_uid);
	else if ((st.st_mode & BY_OTHERS) &&
	    (beside || (st.st_mode & S_ISVTX) == 0))
		buf_fmt(why, "lies in %s, where others may put files, and "
		    "would command the gateway: chmod go-w that folder, or "
		    "move it elsewhere", folder);
	else
		return 0;
	return -1;
}

int
trust_folder(const char *path, bool beside, struct buf *why)
{
	char	 real[PATH_MAX];

	if (judge(path, beside, why) == -1)
		return -1;
	if (realpath(path, real) == NULL || strcmp(real, path) == 0)
		return 0;
	return judge(real, beside, why);
}

bool
trust_is_read(const struct stat *st)
{
	return (st->st_mode & S_IROTH) != 0 ||
	    ((st->st_mode & S_IRGRP) != 0 && st->st_uid == geteuid());
}
