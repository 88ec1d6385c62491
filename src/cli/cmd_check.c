#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/check_out.h"
#include "cli/cmd.h"
#include "cli/probe.h"
#include "store/check.h"
#include "store/conf.h"

enum { MAX_SEARCHED = 64 * 1024, WAIT_MS = 5000 };

static int
check(struct check *ck, const char *given, struct check_out *out)
{
	struct buf	 searched;

	buf_init(&searched, &ck->arena, MAX_SEARCHED);
	out->settings = conf_find(&ck->arena, given, &searched);
	if (out->settings == NULL) {
		check_problem(ck, NULL, "no viaduct.ini was found; searched: "
		    "%s: name it with -c, or make one with viaduct init",
		    searched.data);
		ck->blind = true;
	} else {
		check_out_line(out, "settings: %s", out->settings);
		check_run(ck, out->settings);
	}
	if (ck->arena.failed) {
		check_problem(ck, NULL, "no memory is left: what is said "
		    "here is not all");
		ck->blind = true;
	}
	return check_out_end(out);
}

static void
probe(struct check *ck, const struct conf *c, const struct routes *routes)
{
	struct check_out	*out = ck->arg;

	out->probed = true;
	if (start_fetching() == -1 || probe_all(ck, out, c, routes) == -1) {
		check_problem(ck, NULL, "the targets cannot be asked");
		ck->blind = true;
	}
}

static int
usage(void)
{
	fprintf(stderr, "usage: viaduct check [-c FILE] [--probe] [--json]\n"
	    "exit status: 0 sound or warnings only, 1 problems, 2 could not "
	    "look\n");
	return EX_USAGE;
}

int
cmd_check(int argc, char **argv)
{
	static const struct option	 longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "probe", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 } };
	struct check_out		 out;
	struct check			 ck = { .mend = true,
					    .wait_ms = WAIT_MS,
					    .say = check_out_finding,
					    .arg = &out };
	const char			*given = NULL;
	bool				 json = false;
	int				 c, status;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'p')
			ck.loaded = probe;
		else if (c == 'c')
			given = optarg;
		else
			return usage();
	}
	if (optind < argc)
		return usage();
	arena_init(&ck.arena, CHECK_MAX_MEMORY);
	check_out_init(&out, &ck, json);
	status = check(&ck, given, &out);
	if (ck.arena.failed && status != CHECK_BLIND) {
		fprintf(stderr, "viaduct check: no memory is left\n");
		status = CHECK_BLIND;
	}
	arena_free(&ck.arena);
	return status;
}
