#include "client/pages.h"

#include <stdio.h>
#include <string.h>

#include "client/embedded.h"
#include "client/frame.h"
#include "client/lang.h"
#include "client/tmpl.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/csp.h"
#include "store/conf.h"

/* The default of filtered_url_msg. */
static const char	 filtered_default[] = "Filtered URL.";

static const char	 error_text[] =
    "<p class=\"over\">{{title}} \xc2\xb7 {{status}} "
    "<span lang=\"en\">{{reason}}</span></p>\n"
    "<h1>{{heading}}</h1>\n"
    "<p class=\"lead\">{{detail}}</p>\n";
static const char	 error_again[] =
    "<p class=\"note\">{{again}}</p>\n";
static const char	 error_facts[] =
    "<dl class=\"facts\">\n"
    "<dt>{{rule_label}}</dt>\n<dd><code>{{rule}}</code></dd>\n"
    "<dt>{{id_label}}</dt>\n<dd><code>{{id}}</code></dd>\n"
    "</dl>\n";

static const char start_text[] =
    "<h1>{{heading}}</h1>\n"
    "<p class=\"lead\">{{purpose}}</p>\n"
    "<p>{{named}}</p>\n"
    "<pre tabindex=\"0\"><code>fetch(\"{{mount}}/NAME/path?query\")\n"
    "fetch(\"{{mount}}/?route=NAME&amp;path=/path%3Fquery\")</code></pre>\n";

static const char start_whole[] =
    "<p>{{whole}}</p>\n"
    "<pre tabindex=\"0\"><code>fetch(\"{{mount}}/https://host/path?query\")\n"
    "fetch(\"{{mount}}/?url=\" + encodeURIComponent(url))</code></pre>\n";

static const char start_end[] = "<p>{{errors}}</p>\n";

static const char *
heading(const struct page_fault *x)
{
	return x->lang->text[err_from_target(x->why) ? TEXT_HEADING_TARGET :
	    x->why == ERR_FILTERED_PATH ? TEXT_HEADING_FILTERED :
	    err_status(x->why) >= 500 ? TEXT_HEADING_GATEWAY :
	    TEXT_HEADING_REQUEST];
}

/* What the operator wrote is used as it is; a default is translated. */
static const char *
title(const struct page_fault *x)
{
	const char	*own = x->conf != NULL ? x->conf->general_error : NULL;

	return own != NULL && strcmp(own, lang_en.text[TEXT_GENERAL_ERROR])
	    != 0 ? own : x->lang->text[TEXT_GENERAL_ERROR];
}

/* The sentence for the caller; for one case the operator has words. */
static const char *
sentence(const struct page_fault *x, const struct lang *lang)
{
	if (x->why == ERR_FILTERED_PATH && x->conf != NULL &&
	    strcmp(x->conf->filtered_url_msg, filtered_default) != 0)
		return x->conf->filtered_url_msg;
	return x->detail != NULL && lang == &lang_en ? x->detail :
	    lang->rule[x->why];
}

/* Does time mend what the target did? */
static bool
mends(enum err e)
{
	return err_from_target(e) && e != ERR_ADDRESS_PROHIBITED &&
	    e != ERR_UPGRADE && e != ERR_HEAD_TOO_LARGE &&
	    e != ERR_BODY_TOO_LARGE;
}

int
page_again_s(enum err e, int64_t down_s)
{
	static const struct { int64_t below_s; int again_s; } steps[] = {
		{ 30, 5 }, { 60, 10 }, { 300, 30 }, { 900, 60 },
		{ 3600, 120 }, { INT64_MAX, 300 },
	};
	size_t	 i = 0;

	if (err_status(e) == 503)
		return steps[0].again_s;	/* it is the gateway */
	if (!mends(e))
		return 0;
	while (down_s >= steps[i].below_s)
		i++;
	return steps[i].again_s;
}

static bool
reloads(const struct page_fault *x)
{
	return x->reload && x->again_s > 0 && err_from_target(x->why);
}

/* That, in words; NULL: it does not. */
static const char *
again(struct arena *a, const struct page_fault *x)
{
	char			 n[12];
	const struct tmpl_var	 vars[] = { { "n", n } };
	bool			 minutes = x->again_s >= 120;
	struct buf		 b;

	if (!reloads(x))
		return NULL;
	snprintf(n, sizeof(n), "%d", minutes ? x->again_s / 60 : x->again_s);
	buf_init(&b, a, 1024);
	tmpl_fill(&b, x->lang->text[minutes ? TEXT_AGAIN_MINUTES :
	    TEXT_AGAIN_SECONDS], vars, 1);
	return b.data;
}

static void
error_html(struct buf *b, struct buf *policy, const struct page_fault *x)
{
	char			 status[12];
	const char		*when = again(b->arena, x);
	const struct page_frame	 f = {
		.conf = x->conf, .title = title(x), .lang = x->lang,
		.refresh_s = reloads(x) ? x->again_s : 0,
	};
	const struct tmpl_var	 vars[] = {
		{ "title", f.title }, { "heading", heading(x) },
		{ "detail", sentence(x, x->lang) }, { "status", status },
		{ "reason", page_reason(err_status(x->why)) },
		{ "again", when }, { "rule", err_word(x->why) },
		{ "rule_label", x->lang->text[TEXT_RULE] },
		{ "id", x->request_id },
		{ "id_label", x->lang->text[TEXT_REQUEST] },
	};
	const size_t		 n = sizeof(vars) / sizeof(vars[0]);

	snprintf(status, sizeof(status), "%d", err_status(x->why));
	page_open(b, &f);
	tmpl_fill(b, error_text, vars, n);
	if (when != NULL)
		tmpl_fill(b, error_again, vars, n);
	tmpl_fill(b, error_facts, vars, n);
	page_close(b, &f);
	page_policy(policy, &f);
}

static void
error_image(struct buf *b, struct buf *policy, enum err e)
{
	char			 status[12];
	const struct tmpl_var	 vars[] = {
		{ "status", status }, { "reason", page_reason(err_status(e)) },
	};
	const struct csp	 may = { .page = embedded_image };

	snprintf(status, sizeof(status), "%d", err_status(e));
	tmpl_fill(b, embedded_image, vars, sizeof(vars) / sizeof(vars[0]));
	csp_write(policy, &may);
}

static void
error_problem(struct buf *b, const struct page_fault *x)
{
	const char	*id = x->request_id;

	buf_fmt(b, "{\"type\":\"about:blank\",\"title\":\"%s\","
	    "\"status\":%d,\"detail\":\"",
	    page_reason(err_status(x->why)), err_status(x->why));
	escape_json(b, sentence(x, &lang_en));
	buf_fmt(b, "\",\"instance\":\"urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s\","
	    "\"rule\":\"%s\"}\n", id, id + 8, id + 12, id + 16, id + 20,
	    err_word(x->why));
}

void
page_error(struct buf *b, struct buf *policy, enum page_form form,
    const struct page_fault *x)
{
	switch (form) {
	case PAGE_HTML:
		error_html(b, policy, x);
		break;
	case PAGE_PROBLEM:
		error_problem(b, x);
		break;
	case PAGE_IMAGE:
		error_image(b, policy, x->why);
		break;
	case PAGE_TEXT:
		buf_fmt(b, "%d %s (%s): %s\n", err_status(x->why),
		    page_reason(err_status(x->why)), err_word(x->why),
		    sentence(x, &lang_en));
	}
}

void
page_start(struct buf *b, const struct page_frame *f, const char *mount)
{
	const char *const	*text = f->lang->text;
	const struct tmpl_var	 vars[] = {
		{ "heading", text[TEXT_START_HEADING] },
		{ "purpose", text[TEXT_START_PURPOSE] },
		{ "named", text[TEXT_START_NAMED] },
		{ "whole", text[TEXT_START_WHOLE] },
		{ "errors", text[TEXT_START_ERRORS] }, { "mount", mount },
	};
	const size_t		 n = sizeof(vars) / sizeof(vars[0]);

	tmpl_fill(b, start_text, vars, n);
	if (f->conf->whole.targets != WHOLE_NAMED)
		tmpl_fill(b, start_whole, vars, n);
	tmpl_fill(b, start_end, vars, n);
}
