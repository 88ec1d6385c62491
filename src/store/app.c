#include "store/app.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "store/exposure.h"
#include "store/keys.h"
#include "store/log.h"
#include "store/rows.h"
#include "store/shm.h"
#include "store/stamp.h"

/*
 * Each request looks at the files, and holds the lock as a reader meanwhile.
 * Where anything has changed, one after the other goes on as its writer, and
 * looks again: requests that come while files are read wait for that, so that
 * none is served by settings older than itself.  Giving back needs no lock,
 * when all is well.
 */

enum { MAX_SETTINGS = 8 << 20, MAX_SNAPSHOT = 128 << 20, MAX_TEXT = 32 * 1024,
    LOOK_MS = 1000,	/* how often at the shared file */
    BUSY_MS = 250, BUSY_AGAIN_MS = 5,	/* after one wait in vain: a lock that
					 * lasts shall not hold up everybody */
    STALE_MS = 60 * 1000 };

/* The settings of one reading; snapshots share them. */
struct settings {
	struct arena	 arena;
	struct conf	 conf;
	atomic_int	 refs;
};

struct app {
	pthread_rwlock_t lock;
	const char	*given;
	struct log	*log;
	struct arena	 found;		/* what `path' lives in */
	const char	*path;		/* of the settings; NULL: not found */
	struct stamp	 stamp;		/* of the settings when last read */
	bool		 settled;	/* the stamp alone tells */
	bool		 bad;		/* what was read last was no good */
	struct settings	*settings;	/* last good ones */
	struct rows	*rows;		/* last good ones */
	bool		 busy;		/* one wait for the rows was in vain */
	struct shm	*shm;		/* the last that could be used */
	int64_t		 look_ms;	/* monotonic: then at its file again */
	bool		 reload;
	bool		 unbuilt;	/* `now' is older than those three */
	bool		 unsound;	/* the last look found a fault */
	struct snapshot	*now;		/* NULL: there never was a good one */
	_Atomic(int64_t) seen_ms;	/* when `now' last was as the database
					 * is; monotonic */
	char		 said[1024];	/* the last complaint; "" when well */
	char		 pages_said[512];	/* of their first fault */
	atomic_bool	 root_noted;
	char		 shm_said[1024]; /* the same of the shared file */
};

struct app *
app_open(const char *given)
{
	struct app	*app = calloc(1, sizeof(*app));

	if (app == NULL)
		return NULL;
	if ((app->log = log_open()) == NULL) {
		free(app);
		return NULL;
	}
	app->given = given;
	pthread_rwlock_init(&app->lock, NULL);
	arena_init(&app->found, 64 * 1024);
	return app;
}

static void
drop_settings(struct settings *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) > 1)
		return;
	arena_free(&s->arena);
	free(s);
}

static void
drop(struct snapshot *s)
{
	struct arena	*a;

	if (s == NULL || atomic_fetch_sub(&s->refs, 1) > 1)
		return;
	drop_settings(s->settings);
	shm_drop(s->shm);
	a = s->arena;		/* the snapshot itself lives in it */
	arena_free(a);
	free(a);
}

void
app_close(struct app *app)
{
	if (app == NULL)
		return;
	drop(app->now);
	drop_settings(app->settings);
	rows_free(app->rows);
	shm_drop(app->shm);
	log_close(app->log);
	arena_free(&app->found);
	pthread_rwlock_destroy(&app->lock);
	free(app);
}

struct log *
app_log(struct app *app)
{
	return app->log;
}

/* One line, and not again until it changes or all is well in between. */
static void
complain(struct app *app, const char *text)
{
	size_t	 line = strcspn(text, "\n");
	bool	 more = text[line] != '\0' && text[line + 1] != '\0';

	if (line >= sizeof(app->said))
		line = sizeof(app->said) - 1;
	if (strncmp(app->said, text, line) == 0 && app->said[line] == '\0')
		return;
	memcpy(app->said, text, line);
	app->said[line] = '\0';
	log_line(app->log, LOG_LEVEL_ERROR, "%s%s%s", app->said,
	    more ? "; viaduct check names more" : "",
	    app->now != NULL ? " (the last good state is kept)" : "");
}

/* --- settings ----------------------------------------------------------- */

/* Asked until there is an answer. */
static bool
located(struct app *app, struct buf *why)
{
	struct buf	 searched;

	if (app->path != NULL)
		return true;
	arena_reset(&app->found);
	buf_init(&searched, &app->found, MAX_TEXT);
	app->path = conf_find(&app->found, app->given, &searched);
	if (app->path == NULL)
		buf_fmt(why, "no viaduct.ini was found; searched: %s",
		    searched.data);
	return app->path != NULL;
}

/* One line, and not again until it changes. */
static void
say_templates(struct app *app, const struct conf *c)
{
	char	 line[sizeof(app->pages_said)];

	snprintf(line, sizeof(line), "%.*s",
	    (int)strcspn(c->template_faults, "\n"), c->template_faults);
	if (strcmp(line, app->pages_said) == 0)
		return;
	memcpy(app->pages_said, line, sizeof(line));
	if (line[0] != '\0')
		log_line(app->log, LOG_LEVEL_ERROR, "%s (the page made here "
		    "is shown instead; viaduct check says all)", line);
}

static void
read_settings(struct app *app, struct buf *why)
{
	struct settings	*fresh = calloc(1, sizeof(*fresh));
	struct buf	 warnings;

	app->bad = true;
	if (fresh == NULL) {
		buf_str(why, "no memory is left");
		return;
	}
	atomic_init(&fresh->refs, 1);
	arena_init(&fresh->arena, MAX_SETTINGS);
	buf_init(&warnings, &fresh->arena, MAX_TEXT);
	if (conf_load(&fresh->conf, &fresh->arena, app->path, why,
	    &warnings) == -1) {
		drop_settings(fresh);
		return;
	}
	if (warnings.len > 0)
		log_line(app->log, LOG_LEVEL_WARNING, "%.*s",
		    (int)strcspn(warnings.data, "\n"), warnings.data);
	say_templates(app, &fresh->conf);
	drop_settings(app->settings);
	app->settings = fresh;
	app->bad = false;
	app->unbuilt = true;
	app->look_ms = 0;
}

/* A bad file is read again each time: what is wrong may be mended elsewhere,
 * say in a file that it names. */
static bool
settings_hold(const struct app *app)
{
	struct stamp	 stamp;

	if (app->reload || app->bad || !app->settled)
		return false;
	stamp = stamp_take(app->path);
	return stamp_same(&stamp, &app->stamp) &&
	    watched_holds(&app->settings->conf.operator_file) &&
	    watched_holds(&app->settings->conf.jwt_file) &&
	    templates_hold(app->settings->conf.templates);
}

static void
refresh_settings(struct app *app, struct buf *why)
{
	struct timespec	 now;

	if (!located(app, why) || settings_hold(app))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	app->stamp = stamp_take(app->path);
	app->settled = stamp_settled(&app->stamp, &now);
	read_settings(app, why);
}

/* --- routes ------------------------------------------------------------- */

/* False when the database could not be looked at. */
static bool
refresh_rows(struct app *app, struct buf *why)
{
	const char	*database = app->settings->conf.database;
	struct rows	*fresh;

	if (app->rows != NULL && !app->reload &&
	    !rows_stale(app->rows, database))
		return true;
	fresh = rows_load(database, app->busy ? BUSY_AGAIN_MS : BUSY_MS, why,
	    &app->busy);
	if (fresh == NULL)
		return false;
	rows_free(app->rows);
	app->rows = fresh;
	app->unbuilt = true;
	return true;
}

static bool
build_keys(struct snapshot *s, const struct rows *rows)
{
	const struct key_row	*list;
	size_t			 n;

	list = rows_keys(rows, &n);
	return (s->keys = keys_build(s->arena, list, n)) != NULL;
}

/* --- what processes share ----------------------------------------------- */

/* One line, and not again until it changes or the file can be used. */
static void
complain_of_shm(struct app *app, const char *text)
{
	if (strncmp(app->shm_said, text, sizeof(app->shm_said) - 1) == 0)
		return;
	snprintf(app->shm_said, sizeof(app->shm_said), "%s", text);
	log_line(app->log, LOG_LEVEL_ERROR, "%s; until then a process may "
	    "count only its own requests for rate_limit", app->shm_said);
}

static void
complain_of_failure(struct app *app, const struct snapshot *s)
{
	char	 text[sizeof(app->shm_said)];

	snprintf(text, sizeof(text), "%s/" SHM_FILE ": the disk has no room "
	    "for it (make room and delete it), or it was cut short",
	    s->conf.state);
	complain_of_shm(app, text);
}

static struct shm *
attach(struct app *app, bool *no_memory)
{
	struct arena	 scratch;
	struct buf	 why;
	struct shm	*fresh;

	arena_init(&scratch, 2 * MAX_TEXT);
	buf_init(&why, &scratch, MAX_TEXT);
	fresh = shm_attach(app->settings->conf.state, &why);
	*no_memory = fresh == NULL && errno == ENOMEM;
	if (fresh != NULL) {
		app->shm_said[0] = '\0';
		if (why.len > 0)	/* it was damaged */
			log_line(app->log, LOG_LEVEL_WARNING, "%s", why.data);
	} else
		complain_of_shm(app, why.data);
	arena_free(&scratch);
	return fresh;
}

/*
 * Where the file cannot be used, the one from before is kept, which others may
 * have as well; else there is a table of this process alone: there is always
 * some limit.  A process without memory gets none: it is no reason to serve
 * more than it would else.
 */
static void
refresh_shm(struct app *app, struct buf *why)
{
	int64_t		 now = clock_ms();
	struct shm	*fresh;
	bool		 no_memory;

	if (!app->reload && now < app->look_ms)
		return;
	app->look_ms = now + LOOK_MS;
	if (app->shm != NULL &&
	    shm_is_of(app->shm, app->settings->conf.state))
		return;
	fresh = attach(app, &no_memory);
	if (fresh == NULL && app->shm == NULL && (no_memory ||
	    (fresh = shm_private()) == NULL))
		buf_str(why, "no memory is left");
	if (fresh == NULL)
		return;
	shm_drop(app->shm);
	app->shm = fresh;
	app->unbuilt = true;
}

/* --- secrets ------------------------------------------------------------ */

/* They are not written down by a crash, nor are those that callers show; and
 * where others can read them, a line says so. */
static void
guard_secrets(struct app *app)
{
	static const struct rlimit	 none = { 0, 0 };
	const struct conf		*c = &app->now->conf;
	struct arena			 scratch;
	struct buf			 how;
	struct shm			*shm = app->now->shm;
	bool				 held;

	held = exposure_has_secrets(app->now->routes);
	if (held || c->jwt_key_file != NULL || c->operator_key_file != NULL ||
	    c->outbound_proxy != NULL || keys_count(app->now->keys) > 0)
		setrlimit(RLIMIT_CORE, &none);
	if (!held)
		return;
	arena_init(&scratch, 2 * MAX_TEXT);
	buf_init(&how, &scratch, MAX_TEXT);
	if (!exposure_of_database(c, &how))
		shm_unsay(shm, SHM_OPEN_SECRETS);
	else if (shm_may_say(shm, SHM_OPEN_SECRETS, time(NULL)))
		log_line(app->log, LOG_LEVEL_WARNING, "%s: %s", c->database,
		    how.data);
	arena_free(&scratch);
}

void
app_note_root(struct app *app, const struct snapshot *s, const char *root)
{
	const char	*files[EXPOSURE_MAX];
	struct arena	 scratch;
	struct buf	 list;
	size_t		 i, n;

	if (root == NULL || root[0] == '\0' ||
	    atomic_exchange(&app->root_noted, true))
		return;
	arena_init(&scratch, 2 * MAX_TEXT);
	buf_init(&list, &scratch, MAX_TEXT);
	n = exposure_files(&s->conf, files);
	for (i = 0; i < n; i++)
		if (exposure_is_below(files[i], root))
			buf_fmt(&list, "%s%s", list.len > 0 ? ", " : "",
			    files[i]);
	if (list.len > 0 && shm_may_say(s->shm, SHM_OPEN_FOLDER, time(NULL)))
		log_line(app->log, LOG_LEVEL_WARNING, "below %s, which the "
		    "web server hands out, lies what it must not: %s; move it "
		    "elsewhere", root, list.data);
	arena_free(&scratch);
}

/* --- both together ------------------------------------------------------- */

/* Rows of another file than the settings name are not laid over them: better
 * the whole of the last good state than half of the new one. */
static void
build(struct app *app, struct buf *why)
{
	struct arena	*a = malloc(sizeof(*a));
	struct snapshot	*s = NULL;

	if (a != NULL) {
		arena_init(a, MAX_SNAPSHOT);
		s = arena_alloc(a, sizeof(*s));
	}
	if (s == NULL) {
		free(a);
		buf_str(why, "no memory is left");
		return;
	}
	s->arena = a;
	atomic_init(&s->refs, 1);
	s->settings = app->settings;
	atomic_fetch_add(&s->settings->refs, 1);
	s->conf = app->settings->conf;
	s->shm = shm_hold(app->shm);
	if ((s->routes = routes_build(a, app->rows, &s->conf, s->shm)) ==
	    NULL || !build_keys(s, app->rows)) {
		buf_str(why, "routes and keys need more memory than there is");
		drop(s);
		return;
	}
	drop(app->now);
	app->now = s;
	app->unbuilt = false;
	log_use(app->log, &s->conf);
	guard_secrets(app);
}

/* --- for requests ------------------------------------------------------- */

static void
look(struct app *app)
{
	struct arena	 scratch;
	struct buf	 why;
	bool		 seen = false;

	arena_init(&scratch, 2 * MAX_TEXT);
	buf_init(&why, &scratch, MAX_TEXT);
	refresh_settings(app, &why);
	if (app->settings != NULL) {
		seen = refresh_rows(app, &why);
		refresh_shm(app, &why);
	}
	if (app->unbuilt && app->rows != NULL && app->settings != NULL &&
	    app->shm != NULL &&
	    rows_are_of(app->rows, app->settings->conf.database))
		build(app, &why);
	if (seen && !app->unbuilt)
		atomic_store(&app->seen_ms, clock_ms());
	app->reload = false;
	app->unsound = app->bad || (why.len > 0 && !app->busy);
	if (why.len > 0)
		complain(app, why.data);
	else
		app->said[0] = '\0';
	arena_free(&scratch);
}

/* Would a look change nothing? */
static bool
holds(const struct app *app)
{
	return app->now != NULL && !app->unbuilt && !app->unsound &&
	    !app->busy && clock_ms() < app->look_ms && settings_hold(app) &&
	    rows_hold(app->rows, app->settings->conf.database);
}

const struct snapshot *
app_take(struct app *app)
{
	struct snapshot	*s;

	pthread_rwlock_rdlock(&app->lock);
	if (holds(app))
		atomic_store(&app->seen_ms, clock_ms());
	else {
		pthread_rwlock_unlock(&app->lock);
		pthread_rwlock_wrlock(&app->lock);
		look(app);
	}
	if ((s = app->now) != NULL)
		atomic_fetch_add(&s->refs, 1);
	pthread_rwlock_unlock(&app->lock);
	return s;
}

void
app_give(struct app *app, const struct snapshot *s)
{
	if (shm_has_failed(s->shm)) {
		pthread_rwlock_wrlock(&app->lock);
		if (app->shm_said[0] == '\0')
			complain_of_failure(app, s);
		pthread_rwlock_unlock(&app->lock);
	}
	drop((struct snapshot *)s);
}

void
app_reload(struct app *app)
{
	pthread_rwlock_wrlock(&app->lock);
	app->reload = true;
	pthread_rwlock_unlock(&app->lock);
}

bool
app_is_sound(struct app *app)
{
	bool	 sound;

	if (app == NULL)
		return true;
	pthread_rwlock_rdlock(&app->lock);
	sound = !app->unsound;
	pthread_rwlock_unlock(&app->lock);
	return sound;
}

bool
app_keys_stale(struct app *app)
{
	return app != NULL &&
	    clock_ms() - atomic_load(&app->seen_ms) > STALE_MS;
}
