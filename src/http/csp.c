#include "http/csp.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "core/digest.h"

static void
source(struct buf *b, const char *text, size_t len)
{
	unsigned char	 hash[DIGEST_BYTES];
	char		 base64[DIGEST_BASE64];

	digest(text, len, hash);
	digest_base64(hash, base64);
	buf_fmt(b, " 'sha256-%s'", base64);
}

/* Where the tag "<style" or "</style" begins; NULL: nowhere.  A longer name is
 * another element's. */
static const char *
find_tag(const char *s, const char *tag)
{
	size_t	 len = strlen(tag);

	while ((s = strcasestr(s, tag)) != NULL &&
	    strchr(" \t\r\n\f/>", s[len]) == NULL)
		s += len;
	return s;
}

static void
style_sources(struct buf *b, const char *s)
{
	const char	*end;

	while ((s = find_tag(s, "<style")) != NULL &&
	    (s = strchr(s, '>')) != NULL &&
	    (end = find_tag(++s, "</style")) != NULL) {
		source(b, s, (size_t)(end - s));
		s = end;
	}
}

static void
styles(struct buf *b, const struct csp *p)
{
	size_t	 before;

	buf_str(b, "; style-src");
	before = b->len;
	if (p->style != NULL)
		source(b, p->style, strlen(p->style));
	if (p->page != NULL)
		style_sources(b, p->page);
	if (b->len == before)
		buf_str(b, " 'none'");
}

void
csp_write(struct buf *b, const struct csp *p)
{
	buf_str(b, "default-src 'none'");
	styles(b, p);
	if (p->script != NULL) {
		buf_str(b, "; connect-src 'self'; script-src");
		source(b, p->script, strlen(p->script));
	}
	if (p->images)
		buf_str(b, "; img-src data:");
	buf_fmt(b, "; base-uri 'none'; form-action %s; "
	    "frame-ancestors 'none'", p->form ? "'self'" : "'none'");
}
