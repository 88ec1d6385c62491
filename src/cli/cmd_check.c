#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/cmd.h"
#include "core/buf.h"
#include "core/escape.h"
#include "store/check.h"
#include "store/conf.h"

enum { SOUND = 0, PROBLEMS = 1, BLIND = 2 };
enum { MAX_TEXT = 256 * 1024, WAIT_MS = 5000 };

static void
print(void *arg, bool warning, const char *where, const char *what)
{
	struct check	*ck = arg;
	struct buf	 b;

	buf_init(&b, &ck->arena, MAX_TEXT);
	if (where != NULL) {
		escape_terminal(&b, where);
		buf_str(&b, ": ");
	}
	buf_str(&b, warning ? "warning: " : "");
	escape_terminal(&b, what);
	printf("%s\n", b.data);
}

static int
verdict(const struct check *ck)
{
	if (ck->problems == 0 && ck->warnings == 0)
		printf("sound\n");
	else
		printf("%d problem%s, %d warning%s\n", ck->problems,
		    ck->problems == 1 ? "" : "s", ck->warnings,
		    ck->warnings == 1 ? "" : "s");
	return ck->blind ? BLIND : ck->problems > 0 ? PROBLEMS : SOUND;
}

static int
check(struct check *ck, const char *given)
{
	struct buf	 searched;
	const char	*path;

	buf_init(&searched, &ck->arena, MAX_TEXT);
	if ((path = conf_find(&ck->arena, given, &searched)) == NULL) {
		printf("no viaduct.ini was found; searched: %s\n",
		    searched.data);
		return BLIND;
	}
	printf("settings: %s\n", path);
	check_run(ck, path);
	return verdict(ck);
}

static int
usage(void)
{
	fprintf(stderr, "usage: viaduct check [-c FILE]\n"
	    "exit status: 0 sound or warnings only, 1 problems, 2 could not "
	    "look\n");
	return EX_USAGE;
}

int
cmd_check(int argc, char **argv)
{
	static const struct option	 longs[] = {
		{ "probe", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 } };
	struct check			 ck = { .mend = true,
					    .wait_ms = WAIT_MS,
					    .say = print, .arg = &ck };
	const char			*given = NULL;
	int				 c, status;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'p') {
			fprintf(stderr, "viaduct check: --probe is not built "
			    "in this version\n");
			return EX_USAGE;
		}
		if (c != 'c')
			return usage();
		given = optarg;
	}
	if (optind < argc)
		return usage();
	arena_init(&ck.arena, CHECK_MAX_MEMORY);
	status = check(&ck, given);
	arena_free(&ck.arena);
	return status;
}
