#include "client/frame.h"

#include <string.h>
#include <strings.h>

#include "client/embedded.h"
#include "client/lang.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/csp.h"
#include "store/conf.h"

enum { MAX_URL = 1024 };

static const char	 head[] =
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"robots\" content=\"noindex, nofollow\">\n";

/* Three arches. */
static const char	 mark[] =
    "<svg class=\"mark\" viewBox=\"0 0 36 20\" aria-hidden=\"true\">"
    "<path d=\"M0 2h36v17h-3v-8a4 4 0 0 0-8 0v8h-3v-8a4 4 0 0 0-8 0v8h-3v-8"
    "a4 4 0 0 0-8 0v8H0z\"/></svg>\n";

static const char *
app_name(const struct page_frame *f)
{
	return f->conf != NULL ? f->conf->app_name : "Viaduct";
}

static const struct lang *
lang(const struct page_frame *f)
{
	return f->lang != NULL ? f->lang : &lang_en;
}

void
page_open(struct buf *b, const struct page_frame *f)
{
	buf_str(b, "<!DOCTYPE html>\n<html lang=\"");
	escape_html(b, lang(f)->tag);
	buf_str(b, "\">\n<head>\n<meta charset=\"utf-8\">\n");
	buf_str(b, head);
	buf_str(b, "<title>");
	escape_html(b, f->title);
	buf_str(b, " \xe2\x80\x93 ");
	escape_html(b, app_name(f));
	buf_fmt(b, "</title>\n<style>%s</style>\n</head>\n<body%s>\n"
	    "<header>\n%s<p>", embedded_style,
	    f->wide ? " class=\"wide\"" : "", mark);
	escape_html(b, app_name(f));
	buf_str(b, "</p>\n</header>\n<main>\n");
}

static bool
begins(const char *s, const char *with)
{
	return strncasecmp(s, with, strlen(with)) == 0;
}

/* Of a URL or its like; also without what stands in `never'. */
static void
uri(struct buf *b, const char *s, const char *never)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' ||
		    strchr("\"<>\\^`{|}", *s) != NULL ||
		    strchr(never, *s) != NULL)
			buf_fmt(b, "%%%02X", (unsigned char)*s);
		else
			buf_char(b, *s);
}

/* What stands in a mail address makes no field of the mail (RFC 6068). */
void
page_contact_url(struct buf *b, const char *where)
{
	if (begins(where, "https://") || begins(where, "http://")) {
		uri(b, where, "");
	} else if (strchr(where, '@') != NULL && strchr(where, ':') == NULL) {
		buf_str(b, "mailto:");
		uri(b, where, "?&=%#/");
	}
}

static void
contact(struct buf *b, const char *label, const char *where)
{
	struct buf	 url;

	buf_init(&url, b->arena, MAX_URL);
	page_contact_url(&url, where);
	buf_fmt(b, "<footer>\n<p>%s ", label);
	if (url.len > 0) {
		buf_str(b, "<a href=\"");
		escape_html(b, url.data);
		buf_str(b, "\">");
	}
	escape_html(b, where);
	buf_str(b, url.len > 0 ? "</a></p>\n</footer>\n" :
	    "</p>\n</footer>\n");
}

void
page_close(struct buf *b, const struct page_frame *f)
{
	buf_str(b, "</main>\n");
	if (f->conf != NULL && f->conf->contact != NULL &&
	    f->conf->contact[0] != '\0')
		contact(b, lang(f)->text[TEXT_CONTACT], f->conf->contact);
	if (f->script != NULL) {
		buf_str(b, "<script>");
		buf_str(b, f->script);
		buf_str(b, "</script>\n");
	}
	buf_str(b, "</body>\n</html>\n");
}

void
page_policy(struct buf *b, const struct page_frame *f)
{
	const struct csp	 may = {
		.style = embedded_style, .script = f->script, .form = f->form,
	};

	csp_write(b, &may);
}
