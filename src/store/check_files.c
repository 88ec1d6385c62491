#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "store/check.h"
#include "core/buf.h"
#include "store/conf.h"
#include "store/exposure.h"
#include "store/keys.h"
#include "store/shm.h"

/* Folders that web servers commonly serve. */
static const char *const web_folders[] = { "/public_html/", "/htdocs/",
    "/httpdocs/", "/wwwroot/", "/webroot/", "/var/www/html/", "/srv/http/" };

/* Where DOCUMENT_ROOT says it, that is known; else common names are a hint. */
static void
below_web(struct check *ck, const char *path)
{
	const char	*root = conf_document_root();
	char		 real[PATH_MAX];
	size_t		 i;

	if (root != NULL && exposure_is_below(path, root)) {
		check_warning(ck, path, "lies below %s, which the web server "
		    "hands out: move it elsewhere", root);
		return;
	}
	if (realpath(path, real) == NULL)
		return;
	for (i = 0; i < sizeof(web_folders) / sizeof(web_folders[0]); i++)
		if (strstr(real, web_folders[i]) != NULL)
			check_warning(ck, path, "seems to lie below a folder "
			    "that the web server serves (%.*s): move it "
			    "elsewhere, or make sure that it is not handed "
			    "out", (int)strlen(web_folders[i]) - 2,
			    web_folders[i] + 1);
}

#ifdef __linux__
/* File systems of other machines, by the numbers of statfs(2). */
static bool
is_remote(const char *path)
{
	static const unsigned long	 types[] = {
		0x6969,		/* NFS */
		0xff534d42,	/* CIFS */
		0xfe534d42,	/* SMB 2 */
		0x517b,		/* SMB */
		0x5346414f,	/* AFS */
		0x73757245,	/* Coda */
		0x01021997,	/* 9P */
		0x00c36400,	/* Ceph */
		0x0bd00bd0,	/* Lustre */
		0x01161970,	/* GFS2 */
	};
	struct statfs			 fs;
	size_t				 i;

	if (statfs(path, &fs) == -1)
		return false;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == types[i])
			return true;
	return false;
}
#else
static bool
is_remote(const char *path)
{
	(void)path;
	return false;
}
#endif

static bool
may_write(const char *path)
{
	return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0;
}

static void
state(struct check *ck, const char *path)
{
	struct stat	 st;

	if (stat(path, &st) == -1)
		check_problem(ck, path, "%s: make this folder, or name "
		    "another in [server] state", strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		check_problem(ck, path, "is no folder: name one in [server] "
		    "state");
	else if (!may_write(path))
		check_problem(ck, path, "user %lu may not write into it: "
		    "chown it to who runs the program",
		    (unsigned long)geteuid());
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		check_problem(ck, path, "others may write into it: chmod "
		    "go-w it");
	else if (is_remote(path))
		check_warning(ck, path, "lies on a network file system, where "
		    "processes cannot share it safely: name a local folder in "
		    "[server] state");
}

/* Root looks for somebody else, most likely the folder's owner. */
static void
shared(struct check *ck, const char *folder)
{
	struct stat	 st;
	struct buf	 path;
	const char	*why;
	bool		 mends;

	if (stat(folder, &st) == -1)
		return;
	buf_init(&path, &ck->arena, 2 * PATH_MAX);
	buf_fmt(&path, "%s/" SHM_FILE, folder);
	why = shm_fault(path.data, geteuid() == 0 ? st.st_uid : geteuid(),
	    &mends);
	if (why != NULL && mends)
		check_warning(ck, path.data, "%s: the next request makes it "
		    "anew", why);
	else if (why != NULL)
		check_problem(ck, path.data, "%s", why);
}

/* The folder of the access log, where it is another than state's. */
static void
log_folder(struct check *ck, const struct conf *c)
{
	char		 folder[PATH_MAX];
	const char	*slash;
	size_t		 len;

	if (c->access_log == NULL || c->access_log[0] != '/')
		return;
	slash = strrchr(c->access_log, '/');
	len = (size_t)(slash - c->access_log);
	if (len == 0 || len >= sizeof(folder) ||
	    (strncmp(c->access_log, c->state, len) == 0 &&
	    c->state[len] == '\0'))
		return;
	memcpy(folder, c->access_log, len);
	folder[len] = '\0';
	if (!may_write(folder))
		check_problem(ck, c->access_log, "the access log cannot be "
		    "made there: %s", strerror(errno));
}

void
check_secrets(struct check *ck, const struct conf *c, const struct routes *rs,
    const struct keys *ks)
{
	struct buf	 how;

	buf_init(&how, &ck->arena, 4096);
	if ((exposure_has_secrets(rs) || keys_count(ks) > 0) &&
	    exposure_of_database(c, &how))
		check_warning(ck, c->database, "%s", how.data);
}

void
check_files(struct check *ck, const struct conf *c)
{
	const char	*files[EXPOSURE_MAX];
	size_t		 i, n = exposure_files(c, files);

	for (i = 0; i < n; i++)
		below_web(ck, files[i]);
	if (is_remote(c->database))
		check_warning(ck, c->database, "lies on a network file "
		    "system, where SQLite's locks are not reliable: keep it "
		    "on a local one");
	state(ck, c->state);
	shared(ck, c->state);
	log_folder(ck, c);
}
