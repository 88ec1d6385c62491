#ifndef VIADUCT_STORE_APP_H
#define VIADUCT_STORE_APP_H

#include <stdatomic.h>

#include "store/conf.h"
#include "store/keys.h"
#include "store/routes.h"

struct arena;
struct log;
struct settings;
struct shm;

/*
 * What the operator wrote, as one request sees it: never changed, shared by
 * the threads of a process, replaced whole when a file changes.
 */
struct snapshot {
	struct conf	 conf;
	const struct routes *routes;
	struct shm	*shm;		/* never NULL */
	const struct keys *keys;
	/* private to app.c: */
	struct arena	*arena;
	struct settings	*settings;	/* what conf's strings live in */
	atomic_int	 refs;
};

struct app;
/* `given' as for conf_find.  Never fails for what the files hold: then
 * app_take() says so.  NULL only without memory. */
struct app	*app_open(const char *given);
void		 app_close(struct app *);
struct log	*app_log(struct app *);

/*
 * The settings and routes for one request, revalidated against the files (a
 * stat each).  A file that has become bad keeps the last good state, and one
 * line in the error log says why, once.  NULL while there never was a good
 * state: 503, configuration.  Give back with app_give().
 * Any thread may call both.
 */
const struct snapshot *app_take(struct app *);
void		 app_give(struct app *, const struct snapshot *);
void		 app_reload(struct app *);	/* SIGHUP */
/* Did the last look find settings and table as they should be?  A process that
 * starts while they are not serves nobody.  A table that is locked for the
 * moment is no fault.  NULL: they were read just now. */
bool		 app_is_sound(struct app *);
/* Was the last good look at the database more than a minute ago?  Then what it
 * says of keys is no longer to be trusted: one may be revoked.  NULL: it was
 * looked at just now. */
bool		 app_keys_stale(struct app *);

/* What the web server hands out, as a request has it in DOCUMENT_ROOT; NULL if
 * it has not.  Of the first, the error log says if settings, routes or state
 * lie below it. */
void		 app_note_root(struct app *, const struct snapshot *,
		    const char *root);

#endif
