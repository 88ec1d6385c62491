#include "client/pages.h"

#include <stdbool.h>
#include <string.h>

#include "client/frame.h"
#include "client/lang.h"
#include "client/tmpl.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/fields.h"
#include "store/conf.h"

/* The default of filtered_url_msg. */
static const char	 filtered_default[] = "Filtered URL.";

static const char	 error_text[] =
    "<p class=\"over\">{{title}} \xc2\xb7 {{status}} "
    "<span lang=\"en\">{{reason}}</span></p>\n"
    "<h1>{{heading}}</h1>\n"
    "<p class=\"lead\">{{detail}}</p>\n"
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

enum page_form
page_choose(const char *accept, const char *fetch_mode, const char *origin)
{
	bool	 script = origin != NULL ||
		    (fetch_mode != NULL && strcmp(fetch_mode, "cors") == 0);

	if (fetch_mode != NULL && strcmp(fetch_mode, "navigate") == 0)
		return PAGE_HTML;
	if (accept == NULL)
		return script ? PAGE_PROBLEM : PAGE_TEXT;
	if (strcasestr(accept, "text/html") != NULL)
		return PAGE_HTML;
	if (strcasestr(accept, "json") != NULL)
		return PAGE_PROBLEM;
	return script && strstr(accept, "*/*") != NULL ? PAGE_PROBLEM :
	    PAGE_TEXT;
}

const char *
page_type(enum page_form form)
{
	switch (form) {
	case PAGE_HTML:
		return "text/html; charset=utf-8";
	case PAGE_PROBLEM:
		return "application/problem+json";
	default:
		return "text/plain; charset=utf-8";
	}
}

/* RFC 9110 section 15 and RFC 6585. */
const char *
page_reason(int status)
{
	static const struct { int status; const char *reason; } rows[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
		{ 203, "Non-Authoritative Information" },
		{ 204, "No Content" }, { 205, "Reset Content" },
		{ 206, "Partial Content" }, { 207, "Multi-Status" },
		{ 300, "Multiple Choices" }, { 301, "Moved Permanently" },
		{ 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 402, "Payment Required" },
		{ 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" }, { 409, "Conflict" },
		{ 410, "Gone" }, { 411, "Length Required" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" },
		{ 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 417, "Expectation Failed" }, { 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 426, "Upgrade Required" }, { 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 451, "Unavailable For Legal Reasons" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 502, "Bad Gateway" }, { 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
	};
	size_t	 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].status == status)
			return rows[i].reason;
	return "Status";
}

static const char *
heading(const struct page_fault *x)
{
	return x->lang->text[err_from_target(x->why) ? TEXT_HEADING_TARGET :
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

static void
error_html(struct buf *b, const struct page_fault *x)
{
	char			 status[4] = { 0 };
	int			 n = err_status(x->why);
	const struct page_frame	 f = {
		.conf = x->conf, .title = title(x), .lang = x->lang,
	};
	const struct tmpl_var	 vars[] = {
		{ "title", f.title }, { "heading", heading(x) },
		{ "detail", sentence(x, x->lang) }, { "status", status },
		{ "reason", page_reason(n) }, { "rule", err_word(x->why) },
		{ "rule_label", x->lang->text[TEXT_RULE] },
		{ "id", x->request_id },
		{ "id_label", x->lang->text[TEXT_REQUEST] },
	};

	status[0] = (char)('0' + n / 100);
	status[1] = (char)('0' + n / 10 % 10);
	status[2] = (char)('0' + n % 10);
	page_open(b, &f);
	tmpl_fill(b, error_text, vars, sizeof(vars) / sizeof(vars[0]));
	page_close(b, &f);
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
page_error(struct buf *b, enum page_form form, const struct page_fault *x)
{
	switch (form) {
	case PAGE_HTML:
		error_html(b, x);
		break;
	case PAGE_PROBLEM:
		error_problem(b, x);
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

	page_open(b, f);
	tmpl_fill(b, start_text, vars, n);
	if (f->conf->whole.targets != WHOLE_NAMED)
		tmpl_fill(b, start_whole, vars, n);
	tmpl_fill(b, start_end, vars, n);
	page_close(b, f);
}
