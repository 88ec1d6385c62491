#include "client/pages.h"

#include <stdbool.h>
#include <string.h>

#include "client/frame.h"
#include "client/tmpl.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/fields.h"
#include "store/conf.h"

static const char	 error_top[] =
    "<p class=\"over\">{{title}} \xc2\xb7 {{status}} {{reason}}</p>\n"
    "<h1>{{heading}}</h1>\n";
static const char	 advice_line[] = "<p class=\"lead\">{{advice}}</p>\n";
static const char	 error_facts[] =
    "<p>{{detail}}</p>\n"
    "<dl class=\"facts\">\n"
    "<dt>Rule</dt>\n<dd><code>{{rule}}</code></dd>\n"
    "<dt>Request</dt>\n<dd><code>{{id}}</code></dd>\n"
    "</dl>\n";

static const char start_text[] =
    "<h1>A gateway for scripts</h1>\n"
    "<p class=\"lead\">Pages of allowed origins read other servers through "
    "this address, which adds the CORS headers that those servers do not "
    "send.</p>\n"
    "<p>The operator gives each server a name; ask for it like this:</p>\n"
    "<pre tabindex=\"0\"><code>fetch(\"{{mount}}/NAME/path?query\")\n"
    "fetch(\"{{mount}}/?route=NAME&amp;path=/path%3Fquery\")</code></pre>\n";

static const char start_whole[] =
    "<p>Or ask for a whole URL, as far as the operator permits its host:</p>\n"
    "<pre tabindex=\"0\"><code>fetch(\"{{mount}}/https://host/path?query\")\n"
    "fetch(\"{{mount}}/?url=\" + encodeURIComponent(url))</code></pre>\n";

static const char start_end[] =
    "<p>An answer that cannot be given says why: as JSON to scripts, with the "
    "word of the rule in <code>rule</code>.</p>\n";

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
heading(enum err e)
{
	if (err_from_target(e))
		return "The site behind this address is not available";
	return err_status(e) >= 500 ? "This gateway is out of order" :
	    "This request was not carried out";
}

/* The sentence for the caller; for one case the operator has words. */
static const char *
sentence(const struct conf *conf, enum err e, const char *detail)
{
	if (detail != NULL)
		return detail;
	return e == ERR_FILTERED_PATH && conf != NULL ?
	    conf->filtered_url_msg : err_detail(e);
}

static const char *
advice(enum err e)
{
	if (err_from_target(e))
		return "It did not answer as it should. That is usually over "
		    "soon: please try again in a few minutes.";
	return err_status(e) >= 500 ?
	    "That is not your fault. Please try again later." : NULL;
}

static void
error_html(struct buf *b, const struct conf *conf, enum err e,
    const char *detail, const char *id)
{
	char			 status[4] = { 0 };
	int			 n = err_status(e);
	const struct page_frame	 f = {
		.conf = conf,
		.title = conf != NULL ? conf->general_error : "Gateway error",
	};
	const struct tmpl_var	 vars[] = {
		{ "title", f.title }, { "heading", heading(e) },
		{ "advice", advice(e) }, { "detail", detail },
		{ "status", status }, { "reason", page_reason(n) },
		{ "rule", err_word(e) }, { "id", id },
	};
	const size_t		 n_vars = sizeof(vars) / sizeof(vars[0]);

	status[0] = (char)('0' + n / 100);
	status[1] = (char)('0' + n / 10 % 10);
	status[2] = (char)('0' + n % 10);
	page_open(b, &f);
	tmpl_fill(b, error_top, vars, n_vars);
	if (advice(e) != NULL)
		tmpl_fill(b, advice_line, vars, n_vars);
	tmpl_fill(b, error_facts, vars, n_vars);
	page_close(b, &f);
}

static void
error_problem(struct buf *b, enum err e, const char *detail, const char *id)
{
	buf_fmt(b, "{\"type\":\"about:blank\",\"title\":\"%s\","
	    "\"status\":%d,\"detail\":\"",
	    page_reason(err_status(e)), err_status(e));
	escape_json(b, detail);
	buf_fmt(b, "\",\"instance\":\"urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s\","
	    "\"rule\":\"%s\"}\n", id, id + 8, id + 12, id + 16, id + 20,
	    err_word(e));
}

void
page_error(struct buf *b, enum page_form form, const struct conf *conf,
    enum err e, const char *detail, const char *id)
{
	detail = sentence(conf, e, detail);
	switch (form) {
	case PAGE_HTML:
		error_html(b, conf, e, detail, id);
		break;
	case PAGE_PROBLEM:
		error_problem(b, e, detail, id);
		break;
	case PAGE_TEXT:
		buf_fmt(b, "%d %s (%s): %s\n", err_status(e),
		    page_reason(err_status(e)), err_word(e), detail);
	}
}

void
page_start(struct buf *b, const struct page_frame *f, const char *mount)
{
	const struct tmpl_var	 vars[] = { { "mount", mount } };

	page_open(b, f);
	tmpl_fill(b, start_text, vars, 1);
	if (f->conf->whole.targets != WHOLE_NAMED)
		tmpl_fill(b, start_whole, vars, 1);
	buf_str(b, start_end);
	page_close(b, f);
}
