#ifndef VIADUCT_CLIENT_LANG_H
#define VIADUCT_CLIENT_LANG_H

#include "core/err.h"

/*
 * What pages say to people, in each language: lang_CODE.c has all of its texts,
 * and its line here makes it one that can be asked for.  The first is that of
 * who asks for none of them.  JSON, plain text and logs are English always, so
 * that programs can rely on them; so are the operator's pages.
 */
#define LANGUAGES(EACH)							\
	EACH(en) EACH(de) EACH(es) EACH(fr)

enum text {
	/* Any page of an error. */
	TEXT_GENERAL_ERROR,	/* the default of general_error */
	TEXT_HEADING_TARGET,	/* the target is at fault */
	TEXT_HEADING_GATEWAY,	/* we are */
	TEXT_HEADING_REQUEST,	/* the caller is */
	TEXT_HEADING_FILTERED,	/* the path is, by filtered_path */
	TEXT_AGAIN_SECONDS,	/* the page asks again after {{n}}, from 5 */
	TEXT_AGAIN_MINUTES,	/* ... from 2 */
	TEXT_RULE,		/* the label of the rule's word */
	TEXT_REQUEST,		/* the label of the request's id */
	TEXT_CONTACT,		/* the label of `contact', its colon included */
	/* The start page. */
	TEXT_START_TITLE,
	TEXT_START_HEADING,
	TEXT_START_PURPOSE,
	TEXT_START_NAMED,	/* before examples with a route's name */
	TEXT_START_WHOLE,	/* before examples with a whole URL */
	TEXT_START_ERRORS,
	TEXT_START_OPERATOR,	/* the link to his pages */
	TEXT__MAX
};

/*
 * A language.  Its texts hold none of < > & " ', so that they are the same in
 * HTML, and as the text of tmpl_fill() where they have {{names}}.  Its rules
 * are sentences for people, to be escaped like any value: they keep names of
 * settings, fields and forms of requests as English has them.
 */
struct lang {
	const char	*tag;		/* RFC 5646; html lang, Content-Language */
	const char	*text[TEXT__MAX];
	const char	*rule[ERR__MAX];	/* [OK]: NULL */
};

#define DECLARE_LANGUAGE(code) extern const struct lang lang_##code;
LANGUAGES(DECLARE_LANGUAGE)
#undef DECLARE_LANGUAGE

/* What suits best who sent this Accept-Language; NULL: it did not come. */
const struct lang *lang_choose(const char *accept_language);

#endif
