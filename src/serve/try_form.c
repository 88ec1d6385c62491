#include "serve/try_form.h"

#include "core/buf.h"
#include "core/escape.h"
#include "http/fields.h"
#include "store/routes.h"

enum { MAX_OFFERED = 200, N_HEADERS = 3 };

static void
input(struct buf *b, const char *label, const char *attributes,
    const char *name, const char *value)
{
	buf_fmt(b, "<div class=\"field\">\n<label for=\"try-%s\">%s</label>\n"
	    "<input id=\"try-%s\" name=\"%s\" %s value=\"", name, label, name,
	    name, attributes);
	escape_html(b, value);
	buf_str(b, "\">\n</div>\n");
}

static void
offer(struct buf *b, const struct routes *routes)
{
	size_t	 i, n = routes_count(routes);

	buf_str(b, "<datalist id=\"try-routes\">\n");
	for (i = 0; i < n && i < MAX_OFFERED; i++) {
		buf_str(b, "<option value=\"/");
		escape_html(b, routes_at(routes, i)->name);
		buf_str(b, "\">\n");
	}
	buf_str(b, "</datalist>\n");
}

static void
header(struct buf *b, size_t i, const struct field *f)
{
	buf_fmt(b, "<div class=\"field\">\n<label for=\"try-header-%zu\">"
	    "Header field</label>\n<input id=\"try-header-%zu\" "
	    "name=\"header\" autocomplete=\"off\" spellcheck=\"false\" "
	    "placeholder=\"X-Name: value\" value=\"", i, i);
	if (f != NULL) {
		escape_html(b, f->name);
		buf_str(b, ": ");
		escape_html(b, f->value);
	}
	buf_str(b, "\">\n</div>\n");
}

/* Those that there are, and room for one more at least. */
static void
headers(struct buf *b, const struct fields *fs)
{
	size_t	 i, n = fs != NULL ? fs->count : 0;

	buf_str(b, "<div class=\"row\">\n");
	for (i = 0; i < n + 1 || i < N_HEADERS; i++)
		header(b, i, i < n ? &fs->list[i] : NULL);
	buf_str(b, "</div>\n");
}

void
try_form(struct buf *b, const char *mount, const struct routes *routes,
    const struct try_values *v)
{
	buf_str(b, "<form id=\"try\" method=\"post\" action=\"");
	escape_html(b, mount);
	buf_str(b, "/_explain\">\n<div class=\"row\">\n");
	input(b, "Path below the mount", "list=\"try-routes\" "
	    "autocomplete=\"off\" spellcheck=\"false\" placeholder=\"/NAME\"",
	    "path", v->path);
	input(b, "Method", "autocomplete=\"off\" spellcheck=\"false\"",
	    "method", v->method[0] != '\0' ? v->method : "GET");
	input(b, "Origin of the page, to be explained", "autocomplete=\"off\" "
	    "spellcheck=\"false\" placeholder=\"https://www.example.org\"",
	    "origin", v->origin);
	buf_str(b, "</div>\n");
	headers(b, v->fields);
	buf_str(b, "<div class=\"row\">\n<button type=\"button\" "
	    "id=\"try-send\" hidden>Send it from this browser</button>\n"
	    "<button>Explain it</button>\n</div>\n");
	offer(b, routes);
	buf_str(b, "</form>\n<section id=\"try-answer\" hidden "
	    "aria-live=\"polite\"></section>\n");
}
