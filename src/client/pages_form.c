#include "client/pages.h"

#include <stdbool.h>
#include <string.h>

#include "http/accept.h"

/* By their weights in thousandths; 0: not at all. */
struct wishes {
	int	 html, json, any;
	int	 image;			/* any image */
	int	 svg;
	int	 svg_named;		/* 2: it is, 1: images are, 0: no */
};

/* The most specific range that takes in SVG counts (RFC 9110 12.5.1). */
static void
wish_for_svg(struct wishes *w, int named, int weight)
{
	if (named < w->svg_named)
		return;
	w->svg_named = named;
	w->svg = weight;
}

static void
add_wish(struct wishes *w, const struct accept_range *r)
{
	if (accept_is(r, "text/html")) {
		w->html = r->weight;
	} else if (accept_is(r, "*/*")) {
		w->any = r->weight;
		wish_for_svg(w, 0, r->weight);
	} else if (accept_begins(r, "image/")) {
		if (r->weight > w->image)
			w->image = r->weight;
		if (accept_is(r, "image/svg+xml"))
			wish_for_svg(w, 2, r->weight);
		else if (accept_is(r, "image/*"))
			wish_for_svg(w, 1, r->weight);
	} else if (accept_is_json(r) && r->weight > w->json)
		w->json = r->weight;
}

enum page_form
page_choose(const char *accept, const char *fetch_mode, const char *origin)
{
	struct wishes		 w = { 0 };
	struct accept_range	 r;
	bool			 script = origin != NULL ||
				    (fetch_mode != NULL &&
				    strcmp(fetch_mode, "cors") == 0);

	if (fetch_mode != NULL && strcmp(fetch_mode, "navigate") == 0)
		return PAGE_HTML;
	if (accept == NULL)
		return script ? PAGE_PROBLEM : PAGE_TEXT;
	while (accept_next(&accept, &r))
		add_wish(&w, &r);
	if (w.html > 0 && w.html >= w.json)
		return PAGE_HTML;
	if (w.json > 0)
		return PAGE_PROBLEM;
	if (w.image > 0 && w.svg > 0)
		return PAGE_IMAGE;
	return script && w.any > 0 ? PAGE_PROBLEM : PAGE_TEXT;
}

const char *
page_type(enum page_form form)
{
	static const char *const	 types[] = {
		[PAGE_HTML] = "text/html; charset=utf-8",
		[PAGE_PROBLEM] = "application/problem+json",
		[PAGE_IMAGE] = "image/svg+xml; charset=utf-8",
		[PAGE_TEXT] = "text/plain; charset=utf-8",
	};

	return types[form];
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
