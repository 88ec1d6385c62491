#include "store/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/buf.h"
#include "store/conf.h"
#include "store/keys.h"
#include "store/routes.h"
#include "store/rows.h"

enum { MAX_TEXT = 256 * 1024, MAX_LINE = 8 * 1024 };

/* Descriptors: what a thread may hold at once, and what the process does. */
enum { FILES_PER_REQUEST = 12, FILES_BESIDE = 32 };

static void
tell(struct check *ck, bool warning, const char *where, const char *what)
{
	const char	*kept = where != NULL ?
			    arena_strdup(&ck->arena, where) : NULL;

	if (warning)
		ck->warnings++;
	else
		ck->problems++;
	ck->say(ck->arg, warning, kept, what);
}

static void
compose(struct check *ck, bool warning, const char *where, const char *fmt,
    va_list ap)
{
	char		 text[MAX_LINE];
	const char	*kept;

	vsnprintf(text, sizeof(text), fmt, ap);
	kept = arena_strdup(&ck->arena, text);
	tell(ck, warning, where, kept != NULL ? kept : "no memory is left");
}

void
check_problem(struct check *ck, const char *where, const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	compose(ck, false, where, fmt, ap);
	va_end(ap);
}

void
check_warning(struct check *ck, const char *where, const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	compose(ck, true, where, fmt, ap);
	va_end(ap);
}

static void
no_memory(struct check *ck, const struct conf *c)
{
	check_problem(ck, c->database, "no memory is left");
	ck->blind = true;
}

/* --- settings ------------------------------------------------------------ */

/* Lines of "PLACE: what". */
static void
lines(struct check *ck, bool warning, char *text)
{
	char	*end, *colon;

	for (; *text != '\0'; text = end + 1) {
		end = strchr(text, '\n');
		*end = '\0';
		if ((colon = strstr(text, ": ")) == NULL) {
			tell(ck, warning, NULL, text);
			continue;
		}
		*colon = '\0';
		tell(ck, warning, text, colon + 2);
	}
}

/* Those that cannot be used, and what the others lack. */
static void
templates(struct check *ck, const struct conf *c)
{
	char	*faults = arena_strdup(&ck->arena, c->template_faults);

	if (faults != NULL)
		lines(ck, false, faults);
	for (int i = 0; i < TEMPLATE__MAX; i++) {
		const struct template *t = &c->templates[i];

		if (t->text == NULL)
			continue;
		if (!t->uses[NAME_MESSAGE])
			check_warning(ck, t->path, "does not say what "
			    "happened: put {{message}} into it");
		if (!t->uses[NAME_REQUEST_ID])
			check_warning(ck, t->path, "does not say which "
			    "request of the logs it was: put {{request_id}} "
			    "into it");
	}
}

static bool
settings(struct check *ck, struct conf *c, const char *path)
{
	struct buf	 problems, warnings;
	bool		 good;

	buf_init(&problems, &ck->arena, MAX_TEXT);
	buf_init(&warnings, &ck->arena, MAX_TEXT);
	if (access(path, R_OK) == -1)
		ck->blind = true;
	good = conf_load(c, &ck->arena, path, &problems, &warnings) == 0;
	lines(ck, false, problems.data);
	lines(ck, true, warnings.data);
	if (good)
		templates(ck, c);
	return good;
}

static void
descriptors(struct check *ck, const struct conf *c)
{
	struct rlimit	 limit;
	rlim_t		 needed = (rlim_t)c->threads * FILES_PER_REQUEST +
			    FILES_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed)
		check_warning(ck, c->path, "[server] threads = %d may need "
		    "%lu open files, and this user may open %lu: lower it, or "
		    "raise the limit", c->threads, (unsigned long)needed,
		    (unsigned long)limit.rlim_cur);
}

/* --- the database -------------------------------------------------------- */

/* A writer that was killed leaves a journal, and only who may write can undo
 * what it began. */
static void
mend(struct check *ck, const char *path)
{
	struct buf	 journal, why;

	buf_init(&journal, &ck->arena, 8192);
	buf_init(&why, &ck->arena, 4096);
	buf_fmt(&journal, "%s-journal", path);
	if (access(journal.data, F_OK) == 0 && rows_repair(path, &why) == -1)
		tell(ck, false, NULL, why.data);
}

static void
keys(struct check *ck, const struct conf *c, const struct rows *rows,
    const struct routes *routes)
{
	const struct key_row	*list;
	struct keys		*all;
	size_t			 n;

	list = rows_keys(rows, &n);
	if ((all = keys_build(&ck->arena, list, n)) == NULL) {
		no_memory(ck, c);
		return;
	}
	check_secrets(ck, c, routes, all);
	check_keys(ck, all, routes);
}

static void
routes(struct check *ck, const struct conf *c, const struct rows *rows)
{
	struct routes	*all;
	size_t		 i, n;

	if ((all = routes_build(&ck->arena, rows, c, NULL)) == NULL) {
		no_memory(ck, c);
		return;
	}
	n = routes_count(all);
	for (i = 0; i < n; i++)
		check_route(ck, routes_at(all, i), c, n - 1);
	if (n == 0 && c->whole.targets == WHOLE_NAMED)
		check_warning(ck, c->database, "has no enabled route: nothing "
		    "can be asked for");
	keys(ck, c, rows, all);
	if (ck->loaded != NULL)
		ck->loaded(ck, c, all);
}

static void
database(struct check *ck, const struct conf *c)
{
	struct buf	 why;
	struct rows	*rows;
	bool		 busy;

	if (ck->mend)
		mend(ck, c->database);
	buf_init(&why, &ck->arena, MAX_LINE);
	rows = rows_load(c->database, ck->wait_ms, &why, &busy);
	if (rows == NULL) {
		tell(ck, false, NULL, why.data);
		ck->blind = ck->blind || busy;
		return;
	}
	routes(ck, c, rows);
	rows_free(rows);
}

void
check_run(struct check *ck, const char *path)
{
	struct conf	 c;

	if (!settings(ck, &c, path))
		return;
	check_settings(ck, &c);
	descriptors(ck, &c);
	check_files(ck, &c);
	database(ck, &c);
}
