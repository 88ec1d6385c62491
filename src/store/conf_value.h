#ifndef VIADUCT_STORE_CONF_VALUE_H
#define VIADUCT_STORE_CONF_VALUE_H

#include <stdbool.h>

#include "store/conf.h"

/* How the text of one setting is being read. */
struct conf_reading {
	struct arena	*arena;		/* where what it becomes will live */
	const char	*folder;	/* relative paths start here */
	bool		 row;		/* a column: truth may be 0 and 1 */
	struct buf	*why;		/* what is wrong and how to mend it */
};

/*
 * A form of text.  read() puts what the text means at `at' (the setting's
 * member of struct conf or struct rules), or says in `why' what is wrong with
 * it and returns false; then what `at' holds is not to be used.
 */
struct conf_type {
	bool	(*read)(const struct conf_reading *, const struct setting *,
		    const char *text, void *at);
	const char *const *words;	/* of conf_word(): by enum value */
};

/* conf_value.c: one value */
extern const struct conf_type conf_text, conf_optional, conf_contact,
    conf_base_path, conf_agent, conf_truth, conf_seconds, conf_size, conf_int,
    conf_long, conf_rate, conf_redirects, conf_cors, conf_forwarded,
    conf_cookies, conf_targets, conf_level, conf_log_format;
/* conf_token.c: who may pass */
extern const struct conf_type conf_access, conf_algorithm, conf_token_key,
    conf_claim;
/* conf_place.c: where something is */
extern const struct conf_type conf_path, conf_place, conf_log_path,
    conf_ca_file, conf_pin, conf_url, conf_proxy;
/* conf_list.c: several, separated by blanks */
extern const struct conf_type conf_methods, conf_names, conf_only,
    conf_origins, conf_own, conf_nets, conf_private, conf_hosts, conf_ports,
    conf_filters;

/*
 * The words of a list in the arena, NULL-terminated.  NULL with a sentence in
 * `why' when there are more than max, or one ends in a comma or semicolon.
 */
const char **conf_words(const struct conf_reading *, const char *text,
		    size_t max, size_t *count);

/* One of the type's words, as its number in an int. */
bool	 conf_word(const struct conf_reading *, const struct setting *,
	    const char *text, void *at);
/* Keep a copy at `at', a const char **; false only without memory. */
bool	 conf_keep(const struct conf_reading *, const char *text, void *at);
/* No control character, no quotes round it, no longer than the setting's
 * max. */
bool	 conf_printable(const struct conf_reading *, const struct setting *,
	    const char *text);

/* "/x" as it stands, "x" below the folder.  NULL: no memory. */
const char *conf_absolute(struct arena *, const char *folder, const char *);

#endif
