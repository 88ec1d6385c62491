#include "client/frame.h"
#include "client/status.h"
#include "client/tmpl.h"
#include "core/buf.h"

static const char	 begin[] =
    "<h1>For the operator</h1>\n"
    "<p class=\"lead\">This page shows what became of all requests to this "
    "gateway, to who has its operator\xe2\x80\x99s key.</p>\n";
static const char	 wrong[] =
    "<p class=\"note bad\" role=\"alert\" id=\"wrong\">That is not the "
    "key.</p>\n";
static const char	 form[] =
    "<form method=\"post\" action=\"{{mount}}/_status\">\n"
    "<input name=\"user\" value=\"operator\" autocomplete=\"username\" "
    "hidden>\n"
    "<div class=\"field\">\n<label for=\"key\">Key</label>\n"
    "<input type=\"password\" id=\"key\" name=\"key\" maxlength=\"300\" "
    "autocomplete=\"current-password\" required>\n</div>\n"
    "<button>Show the status</button>\n</form>\n"
    "<p class=\"soft small\">It stands in the file that "
    "<code>operator_key_file</code> names. This browser will keep a pass for "
    "12 hours, not the key.</p>\n";

void
status_ask(struct buf *b, const struct page_frame *f, const char *mount,
    bool failed)
{
	const struct tmpl_var	 vars[] = { { "mount", mount } };

	page_open(b, f);
	buf_str(b, begin);
	if (failed)
		buf_str(b, wrong);
	tmpl_fill(b, form, vars, 1);
	page_close(b, f);
}
