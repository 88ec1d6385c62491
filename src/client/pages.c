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
    "<p class=\"over\">{{general_error}} \xc2\xb7 {{status}} "
    "<span lang=\"en\">{{reason}}</span></p>\n"
    "<h1>{{heading}}</h1>\n"
    "<p class=\"lead\">{{message}}</p>\n";
static const char	 error_again[] =
    "<p class=\"note\">{{again}}</p>\n";
static const char	 error_facts[] =
    "<dl class=\"facts\">\n"
    "<dt>{{rule_label}}</dt>\n<dd><code>{{rule}}</code></dd>\n"
    "<dt>{{id_label}}</dt>\n<dd><code>{{request_id}}</code></dd>\n"
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
page_again_s(enum err e, int64_t down_s, int64_t pause_ms)
{
	static const struct { int64_t below_s; int again_s; } steps[] = {
		{ 30, 5 }, { 60, 10 }, { 300, 30 }, { 900, 60 },
		{ 3600, 120 }, { INT64_MAX, 300 },
	};
	int	 pause_s = (int)((pause_ms + 999) / 1000);
	size_t	 i = 0;

	if (err_status(e) == 503 && !err_from_target(e))
		return steps[0].again_s;	/* it is the gateway */
	if (!mends(e))
		return 0;
	while (down_s >= steps[i].below_s)
		i++;
	return steps[i].again_s > pause_s ? steps[i].again_s : pause_s;
}

bool
page_reloads(const struct page_fault *x)
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

	if (!page_reloads(x))
		return NULL;
	snprintf(n, sizeof(n), "%d", minutes ? x->again_s / 60 : x->again_s);
	buf_init(&b, a, 1024);
	tmpl_fill(&b, x->lang->text[minutes ? TEXT_AGAIN_MINUTES :
	    TEXT_AGAIN_SECONDS], vars, 1);
	return b.data;
}

static const char *
contact_url(struct arena *a, const char *contact)
{
	struct buf	 b;

	buf_init(&b, a, 1024);
	page_contact_url(&b, contact);
	return b.data;
}

/* What may be filled in, in templates as well. */
enum { LABEL_RULE = NAME__MAX, LABEL_ID, N_VARS };

static void
set_vars(struct tmpl_var vars[N_VARS], struct arena *a,
    const struct page_fault *x, const char *status)
{
	const char	*contact = x->conf != NULL ? x->conf->contact : NULL;
	const char	*values[N_VARS] = {
		[NAME_APP_NAME] = x->conf != NULL ? x->conf->app_name : NULL,
		[NAME_GENERAL_ERROR] = title(x),
		[NAME_CONTACT] = contact,
		[NAME_CONTACT_URL] = contact != NULL ?
		    contact_url(a, contact) : NULL,
		[NAME_LANG] = x->lang->tag, [NAME_STATUS] = status,
		[NAME_REASON] = page_reason(err_status(x->why)),
		[NAME_HEADING] = heading(x),
		[NAME_MESSAGE] = sentence(x, x->lang),
		[NAME_AGAIN] = again(a, x), [NAME_RULE] = err_word(x->why),
		[NAME_REQUEST_ID] = x->request_id,
		[LABEL_RULE] = x->lang->text[TEXT_RULE],
		[LABEL_ID] = x->lang->text[TEXT_REQUEST],
	};

	for (int i = 0; i < N_VARS; i++)
		vars[i] = (struct tmpl_var){ i == LABEL_RULE ? "rule_label" :
		    i == LABEL_ID ? "id_label" : template_names[i],
		    values[i] };
}

/* The operator's page, where there is one and it fits. */
static bool
own_page(struct buf *b, struct buf *policy, const struct page_fault *x,
    const struct tmpl_var *vars)
{
	enum template_kind	 kind = err_from_target(x->why) ?
				    TEMPLATE_SPLASH :
				    x->why == ERR_FILTERED_PATH ?
				    TEMPLATE_FILTERED : TEMPLATE_ERROR;
	const struct template	*t;
	struct buf		 page;

	if (x->conf == NULL || x->conf->templates[kind].text == NULL)
		return false;
	t = &x->conf->templates[kind];
	buf_init(&page, b->arena, b->max);
	tmpl_fill(&page, t->text, vars, NAME__MAX);
	if (buf_failed(&page))
		return false;
	buf_add(b, page.data, page.len);
	buf_str(policy, t->policy);
	return true;
}

static void
error_html(struct buf *b, struct buf *policy, const struct page_fault *x)
{
	const struct page_frame	 f = {
		.conf = x->conf, .title = title(x), .lang = x->lang,
	};
	struct tmpl_var		 vars[N_VARS];
	char			 status[12];

	snprintf(status, sizeof(status), "%d", err_status(x->why));
	set_vars(vars, b->arena, x, status);
	if (own_page(b, policy, x, vars))
		return;
	page_open(b, &f);
	tmpl_fill(b, error_text, vars, N_VARS);
	if (vars[NAME_AGAIN].value != NULL)
		tmpl_fill(b, error_again, vars, N_VARS);
	tmpl_fill(b, error_facts, vars, N_VARS);
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
