#ifndef VIADUCT_STORE_TEMPLATES_H
#define VIADUCT_STORE_TEMPLATES_H

#include <stdbool.h>

#include "store/stamp.h"

struct arena;
struct buf;

/* Pages of the operator's own, in the folder [app] pages. */
enum template_kind { TEMPLATE_SPLASH, TEMPLATE_FILTERED, TEMPLATE_ERROR,
    TEMPLATE__MAX };

/* What may stand in {{}} there: the manual has them, too. */
#define TEMPLATE_NAMES(EACH)						\
	EACH(APP_NAME, app_name)					\
	EACH(GENERAL_ERROR, general_error)				\
	EACH(CONTACT, contact)						\
	EACH(CONTACT_URL, contact_url)					\
	EACH(LANG, lang)						\
	EACH(STATUS, status)						\
	EACH(REASON, reason)						\
	EACH(HEADING, heading)						\
	EACH(MESSAGE, message)						\
	EACH(AGAIN, again)						\
	EACH(RULE, rule)						\
	EACH(REQUEST_ID, request_id)

#define TEMPLATE_ENUM(id, name) NAME_##id,
enum template_name { TEMPLATE_NAMES(TEMPLATE_ENUM) NAME__MAX };
#undef TEMPLATE_ENUM
extern const char *const template_names[NAME__MAX];

struct template {
	const char	*path;		/* NULL: there is no folder */
	const char	*text;		/* NULL: the page made here is shown */
	const char	*policy;	/* its Content-Security-Policy */
	bool		 uses[NAME__MAX];	/* that name stands in it */
	struct watched	 file;
};

/*
 * Read those that are there.  One that cannot be used is as if it were not
 * there; all that is wrong with it is appended to `faults', as lines "FILE:LINE:
 * what, how to mend it".  The rules for its owner and mode are those of the
 * settings.
 */
void	 templates_read(struct template list[TEMPLATE__MAX], struct arena *,
	    const char *folder, struct buf *faults);
/* Are all certain to be as they were read, or not there? */
bool	 templates_hold(const struct template list[TEMPLATE__MAX]);

/*
 * May this text be filled in: are its {{names}} known, and where a value that
 * is escaped stays one?  True, with what it uses; or false with the faults.
 */
bool	 template_judge(const char *path, const char *text,
	    bool uses[NAME__MAX], struct buf *faults);

#endif
