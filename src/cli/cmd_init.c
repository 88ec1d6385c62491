#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/embedded.h"
#include "core/arena.h"
#include "core/buf.h"
#include "store/rows.h"

struct making {
	struct arena	 arena;
	const char	*folder;
	bool		 sample;
};

static const char *
in_folder(struct making *m, const char *name)
{
	struct buf	 b;

	buf_init(&b, &m->arena, 8192);
	buf_fmt(&b, "%s/%s", m->folder, name);
	return b.data;
}

static int
failed(const char *path)
{
	if (errno == EEXIST)
		return 0;
	fprintf(stderr, "viaduct init: %s: %s\n", path, strerror(errno));
	return -1;
}

static int
make_folder(struct making *m, const char *path)
{
	struct stat	 st;

	(void)m;
	if (mkdir(path, 0700) == 0)
		return 1;
	if (errno == EEXIST && stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	return failed(path);
}

static int
make_settings(struct making *m, const char *path)
{
	size_t	 len = strlen(embedded_ini);
	int	 fd, bad;

	(void)m;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return failed(path);
	bad = write(fd, embedded_ini, len) != (ssize_t)len;
	if (close(fd) == 0 && !bad)
		return 1;
	failed(path);
	unlink(path);
	return -1;
}

static int
make_database(struct making *m, const char *path)
{
	struct buf	 why;
	struct stat	 st;

	if (lstat(path, &st) == 0)
		return 0;
	buf_init(&why, &m->arena, 4096);
	if (rows_create(path, embedded_schema,
	    m->sample ? embedded_sample : NULL, &why) == 0)
		return 1;
	fprintf(stderr, "viaduct init: %s\n", why.data);
	return -1;
}

/* Each: 1 made, 0 there already, -1 failed and said so. */
static const struct {
	const char	*name;
	int		(*make)(struct making *, const char *path);
} steps[] = {
	{ "viaduct.ini", make_settings },
	{ "routes.db", make_database },
	{ "state", make_folder },
};

static int
make_all(struct making *m)
{
	const char	*path;
	size_t		 i;
	int		 made, status = 0;

	if (make_folder(m, m->folder) == -1)
		return EX_CANTCREAT;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		path = in_folder(m, steps[i].name);
		if ((made = steps[i].make(m, path)) == -1)
			status = EX_CANTCREAT;
		else
			printf("%s %s\n", made ? "made" : "kept", path);
	}
	return status;
}

static void
what_next(struct making *m)
{
	const char	*database = in_folder(m, "routes.db");

	printf("\nA route, and who may read it:\n"
	    "  sqlite3 -cmd '.timeout 5000' %s \\\n"
	    "    \"INSERT INTO routes(name, url, allow_origins)\n"
	    "    VALUES ('news', 'https://example.com/rss', "
	    "'https://www.example.org')\"\n"
	    "Then: viaduct check -c %s\n", database,
	    in_folder(m, "viaduct.ini"));
	if (m->sample)
		printf("The samples in it are off: UPDATE routes SET enabled "
		    "= 1 WHERE name = '...'\n");
}

static int
usage(void)
{
	fprintf(stderr, "usage: viaduct init [-s] [FOLDER]\n"
	    "  -s  with sample routes, all of them off\n");
	return EX_USAGE;
}

int
cmd_init(int argc, char **argv)
{
	struct making	 m = { .folder = "." };
	int		 c, status;

	/* there is nothing yet that -c could name */
	while ((c = getopt(argc, argv, "+s")) != -1) {
		if (c != 's')
			return usage();
		m.sample = true;
	}
	if (argc - optind > 1)
		return usage();
	if (optind < argc)
		m.folder = argv[optind];
	arena_init(&m.arena, 1 << 20);
	umask(077);
	if ((status = make_all(&m)) == 0)
		what_next(&m);
	arena_free(&m.arena);
	return status;
}
