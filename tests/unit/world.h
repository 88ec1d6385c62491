#ifndef VIADUCT_TESTS_UNIT_WORLD_H
#define VIADUCT_TESTS_UNIT_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "http/fields.h"
#include "store/log.h"
#include "store/routes.h"
#include "tests/unit/io_mem.h"

/*
 * All that serve() stands on, in memory: settings, routes, logs, a web server
 * and targets that answer by script.  It stands in for store/app, store/check,
 * store/log, store/routes and upstream/fetch.
 */
enum { WORLD_FIELDS = 8, WORLD_BODY = 4, WORLD_ANSWERS = 8 };

/* What the next fetch brings. */
struct world_answer {
	int		 status;	/* 0: no head */
	struct field	 fields[WORLD_FIELDS];	/* as far as they have names */
	const char	*body[WORLD_BODY];
	enum err	 err;		/* how it ends */
	bool		 connected;	/* though no head came */
	int64_t		 head_after_us, end_after_us;	/* at least */
};

struct world_fetch {
	char		 method[16], url[256], host[64], fields[1024];
	char		 body[64];	/* as far as it was read */
	int64_t		 body_bytes;	/* as announced */
	bool		 verify_tls, open_private;
};

extern struct world {
	bool			 unreadable;	/* there are no settings */
	bool			 unsound;	/* they are the last good ones */
	bool			 waited;	/* so has the next request */
	bool			 busy;		/* "api" is, so that it waits */
	int64_t			 began_us;	/* when it came; 0: now */
	struct conf		 conf;
	struct route		 routes[4];	/* as far as they have names */
	bool			 keys_stale;
	struct world_answer	 answers[WORLD_ANSWERS];

	struct io_mem		 io;
	struct world_fetch	 fetches[WORLD_ANSWERS];
	size_t			 n_fetches;
	struct access		 access;
	size_t			 n_access;
	char			 access_path[256], access_peer[64];
	char			 root[64];	/* noted */
	char			 access_user[80], access_target[80];
	char			 lines[2048];	/* of the error log */
} world;

/* Settings that allow https://page.example, and the routes "api" at
 * https://t.example/v1, "bad" with a fault, "other" at http://other.example,
 * "keyed" at https://k.example with access = key; and the key WORLD_KEY for
 * "keyed", "api" and "https".  target_hosts has listed.example,
 * ported.example:8443 and *.wild.example; targets is named. */
#define WORLD_KEY	"vd1_aaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
void		 world_reset(void);
/* Serve one request; both lists end in NULL. */
void		 world_serve(const char *const *vars, const char *const *body);
/* Walk through the same request instead; the log's and the targets' counts stay
 * as they are, if all is well. */
struct walk;
void		 world_walk(const char *const *vars, struct walk *);
/* One without a body, of these variables. */
#define SERVE(...) \
    world_serve((const char *const[]){ "SCRIPT_NAME=/v", __VA_ARGS__, NULL }, \
    NULL)
/* What was counted since world_reset(). */
struct stats	*world_counters(void);
/* The answer has this field, or none of the name where `value' is NULL. */
void		 assert_field(const char *name, const char *value);

#endif
