#ifndef VIADUCT_STORE_CONF_H
#define VIADUCT_STORE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "http/bucket.h"
#include "http/cors.h"
#include "http/filter.h"
#include "http/ip.h"
#include "http/redirect.h"
#include "http/whole.h"
#include "store/stamp.h"
#include "store/templates.h"

struct arena;
struct buf;

/* Settings that a route may override: [cors], [access], [upstream] and the
 * paths to be refused.  One per
 * route (the INI's with the row's on top), one for the INI itself. */
struct rules {
	struct cors_rule cors;		/* methods here are what is allowed */
	enum access_mode { ACCESS_OPEN, ACCESS_KEY, ACCESS_JWT } access;
	bool		 embed;
	const char	*const *methods;	/* allow_methods; NULL ends */
	struct filters	 filters;		/* filtered_path */

	struct rate	 rate;			/* rate_limit */

	int		 request_timeout_ms;	/* to the first byte */
	int		 connect_timeout_ms;
	int		 idle_timeout_ms;
	int		 total_timeout_ms;	/* 0: none */
	int64_t		 payload_quota_bytes;	/* 0: none */
	int64_t		 upload_quota_bytes;	/* 0: none */
	int64_t		 header_quota_bytes;
	enum redirect_mode redirects;
	int		 max_redirects;
	bool		 verify_tls;
	const char	*ca_file;		/* absolute; NULL: system's */
	const char	*tls_pin;		/* "sha256//..."; NULL */
	struct ip_allow	 allow_private;
	const char	*const *forward_headers; size_t n_forward_headers;
	bool		 no_headers;
	enum forwarded { FORWARDED_NONE, FORWARDED_RFC7239, FORWARDED_X }
			 forwarded;
	const char	*user_agent;		/* NULL: the client's own */
	bool		 preserve_host;
	enum cookies { COOKIES_DROP, COOKIES_ISOLATE } cookies;
	bool		 render;
	const char	*tls_policy;		/* a text per way to connect:
						 * same text, same handle */
};

/* All of viaduct.ini.  Strings live in the arena it was loaded into. */
struct conf {
	const char	*path;			/* absolute */
	const char	*folder;		/* where relative paths start */
	/* [app] */
	const char	*app_name, *general_error;
	const char	*base_path, *contact;	/* never NULL; "" if unset */
	const char	*pages;			/* absolute folder; NULL: none */
	struct template	 templates[TEMPLATE__MAX];	/* what is in it */
	const char	*template_faults;	/* lines of templates_read() */
	const char	*operator_key_file;	/* absolute; NULL: none */
	unsigned char	 operator_hash[DIGEST_BYTES];	/* of what it holds */
	/* [routes] */
	const char	*database;		/* absolute */
	const char	*remote_url;		/* NULL: none */
	struct whole_rule whole;		/* targets, target_hosts, ports */
	const char	*filtered_url_msg;
	/* [access] of the whole program */
	struct ip_allow	 trusted_proxies;	/* never all_private */
	const char	*jwt_algorithm;		/* "HS256" ...; NULL: none */
	const char	*jwt_key_file;		/* absolute; NULL: none */
	const char	*jwt_issuer, *jwt_audience;	/* "" if unset */
	const char	*jwt_key; size_t jwt_key_bytes;	/* what the file holds */
	/* [upstream] of the whole program */
	const char	*outbound_proxy;	/* NULL: none */
	/* [log] */
	const char	*access_log;		/* a path, stderr; NULL: off */
	enum log_format { LOG_COMBINED, LOG_JSON } log_format;
	int64_t		 log_max_bytes;		/* 0: never renamed */
	enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO,
	    LOG_LEVEL_DEBUG } log_level;
	/* [debug] */
	bool		 trace_connection, dump_request;
	/* [server] */
	const char	*state;			/* absolute folder */
	int		 threads;
	long		 max_requests;		/* 0: no limit */

	struct rules	 rules;
	const char	*via;			/* "viaduct-<instance id>" */
	struct watched	 operator_file, jwt_file;	/* when they were read */
};

/* One row of the table of settings: the INI reader, the columns of `routes',
 * the manual's test and the schema's test all read it. */
struct conf_type;
struct setting {
	const char	*section, *key;
	const char	*initial;	/* the default, as in the INI */
	bool		 per_route;	/* also a column of `routes' */
	bool		 list;		/* may be repeated */
	/* for the reader: */
	const struct conf_type *type;
	size_t		 offset;	/* in struct rules if per_route, else
					 * in struct conf */
	int64_t		 min, max;	/* in the unit that is stored; of
					 * texts: bytes */
};
const struct setting *conf_settings(size_t *count);

/*
 * Where the settings are: `given' (-c), else $VIADUCT_CONFIG, else viaduct.ini
 * in the program's folder, else SYSCONFDIR/viaduct/viaduct.ini.  Absolute, in
 * the arena; NULL when none of them exists: then `searched' names the places
 * (one line of text, for the log).
 */
const char *conf_find(struct arena *, const char *given, struct buf *searched);

/* What the environment of this command says of the web server's folder. */
const char *conf_document_root(void);

/*
 * Read and judge the whole file.  Every problem is appended to `problems' as a
 * line "FILE:LINE: what, how to mend it"; warnings likewise to `warnings'
 * (may be NULL).  0, or -1 when there is any problem: then *conf is not to be
 * used.  Never half applied.  Also judged: contradictions between settings
 * (cors_rule_fault; what whole URLs need), the files with secrets that it
 * names, the file's owner (this user, root, or who owns the program file) and
 * mode: not writable by others; readable by others with secrets in it is a
 * warning.  Templates that cannot be used are no problem of the settings.
 */
int	 conf_load(struct conf *, struct arena *, const char *path,
	    struct buf *problems, struct buf *warnings);

/*
 * The INI's rules with a row's columns on top.  values[] goes by the index in
 * conf_settings(): the row's text for a per-route setting, NULL where the
 * column is NULL.  0, or -1 with a sentence in `why' that names the column.
 */
int	 conf_rules(struct rules *, struct arena *, const struct conf *,
	    const char *const *values, struct buf *why);

/* Set rules->tls_policy after a change of what it says.  0, or -1 when the
 * arena is full. */
int	 conf_tls_policy(struct rules *, struct arena *);

#endif
