#include "client/frame.h"
#include "client/status.h"
#include "core/buf.h"

static const char	 begin[] =
    "<h1>For the operator</h1>\n"
    "<p class=\"lead\">This page is only for the operator of this gateway, "
    "who opens it with a key.</p>\n";
static const char	 failed[] =
    "<p class=\"note bad\" role=\"alert\" id=\"wrong\">That is not the "
    "key.</p>\n";
static const char	 exposed[] =
    "<p class=\"note fair\">This page came by plain http, so that whoever "
    "sits on the way can read the key: open it by https first.</p>\n";
static const char	 in_vain[] =
    "<p class=\"note fair\">Pages of routes run on this host (<code>render = "
    "yes</code>), and by plain http a browser does not say whether you or one "
    "of them asks. Open this page by https, or send the key in the "
    "<code>X-API-Key</code> field.</p>\n";
static const char	 form[] =
    "<form method=\"post\">\n"
    "<input name=\"user\" value=\"operator\" autocomplete=\"username\" "
    "hidden>\n"
    "<div class=\"field\">\n<label for=\"key\">Key</label>\n"
    "<input type=\"password\" id=\"key\" name=\"key\" maxlength=\"300\" "
    "autocomplete=\"current-password\" required>\n</div>\n"
    "<button>Open the page</button>\n</form>\n"
    "<p class=\"soft small\">The key is in the file that "
    "<code>operator_key_file</code> names. This browser will keep a pass for "
    "12 hours, not the key.</p>\n";
static const char	 beside_pages[] =
    "<p class=\"soft small\">Do not let the browser save the key: pages of "
    "routes run on this host (<code>render = yes</code>), and could ask the "
    "browser for it.</p>\n";

void
status_ask(struct buf *b, const struct page_frame *f,
    const struct status_ask *how)
{
	page_open(b, f);
	buf_str(b, begin);
	if (how->failed)
		buf_str(b, failed);
	if (how->in_vain)
		buf_str(b, in_vain);
	else {
		if (how->exposed)
			buf_str(b, exposed);
		buf_str(b, form);
		if (how->beside_pages)
			buf_str(b, beside_pages);
	}
	page_close(b, f);
}
