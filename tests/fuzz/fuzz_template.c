#include <ctype.h>
#include <string.h>

#include "client/tmpl.h"
#include "core/buf.h"
#include "store/templates.h"
#include "tests/fuzz/fuzz.h"

/* A page of the operator's own, as the first line. */

enum { MAX_USES = 24 };

static const char	 value[] = "\"'<b>&";
static const char	 escaped[] = "&quot;&#39;&lt;b&gt;&amp;";

/* Nothing but text and tags without attributes in quotes. */
static bool
is_plain(const char *page)
{
	return strpbrk(page, "\"'!") == NULL &&
	    strcasestr(page, "<style") == NULL &&
	    strcasestr(page, "<script") == NULL;
}

/* There, a name is in a tag where no ">" has ended the last one. */
static bool
has_name_in_tag(const char *page)
{
	bool	 in_tag = false;

	for (; *page != '\0'; page++) {
		if (*page == '<' && (isalpha((unsigned char)page[1]) ||
		    page[1] == '/'))
			in_tag = true;
		else if (*page == '>')
			in_tag = false;
		else if (in_tag && page[0] == '{' && page[1] == '{')
			return true;
	}
	return false;
}

/* Whatever may be used is filled in to the last name, and does not grow beyond
 * all bounds. */
static void
is_filled(struct fuzz *f, const char *page)
{
	struct tmpl_var	 vars[NAME__MAX];
	struct buf	 b;

	for (int i = 0; i < NAME__MAX; i++)
		vars[i] = (struct tmpl_var){ template_names[i], value };
	buf_init(&b, &f->spare, strlen(page) + MAX_USES * sizeof(escaped));
	tmpl_fill(&b, page, vars, NAME__MAX);
	HOLDS(!buf_failed(&b));
	HOLDS(strstr(b.data, "{{") == NULL);
	HOLDS(strstr(b.data, value) == NULL || strstr(page, value) != NULL);
}

static void
one(struct fuzz *f)
{
	const char	*page = f->n_lines > 0 ? f->line[0] : "";
	bool		 uses[NAME__MAX] = { false };
	struct buf	 faults;

	buf_init(&faults, &f->arena, 64 * 1024);
	if (!template_judge("page", page, uses, &faults)) {
		HOLDS(faults.len > 0 || buf_failed(&faults));
		return;
	}
	HOLDS(faults.len == 0);
	HOLDS(!is_plain(page) || !has_name_in_tag(page));
	is_filled(f, page);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
