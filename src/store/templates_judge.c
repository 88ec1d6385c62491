#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "store/conf_file.h"
#include "store/templates.h"

/* What a page could grow to is bounded by how often a value stands in it. */
enum { MAX_USES = 24, MAX_NAME = 40 };

/* As far as the place of a value has to be known: a browser's parser in small
 * (HTML 13.2.5). */
struct judging {
	const char	*path;
	int		 line;
	enum { IN_TEXT, IN_COMMENT, IN_TAG, IN_DOUBLE, IN_SINGLE, IN_RAW }
			 place;
	const char	*raw;		/* "</style" ends it; NULL: no raw */
	int		 n_uses;
	bool		*uses;
	struct buf	*faults;
};

#define LISTED(id, name) " " #name

/* What has no effect under the policy of these pages. */
static const struct { const char *name, *raw, *why; } tags[] = {
	{ "style", "</style", NULL },
	{ "script", "</script", "no script runs on these pages" },
	{ "link", NULL, "nothing is loaded from elsewhere: put styles into "
	    "<style>" },
	{ "iframe", NULL, "nothing is loaded from elsewhere" },
	{ "object", NULL, "nothing is loaded from elsewhere" },
	{ "embed", NULL, "nothing is loaded from elsewhere" },
	{ "form", NULL, "these pages send nothing" },
	{ "base", NULL, "it has no effect on these pages" },
};

static void
unknown(struct judging *j, const char *name, int len)
{
	static const char	 all[] = TEMPLATE_NAMES(LISTED);

	conf_say(j->faults, j->path, j->line, "there is no {{%.*s}}; there "
	    "are:%s", len, name, all);
}

static void
use(struct judging *j, const char *name, size_t len)
{
	for (int i = 0; i < NAME__MAX; i++)
		if (strlen(template_names[i]) == len &&
		    memcmp(template_names[i], name, len) == 0) {
			j->uses[i] = true;
			if (++j->n_uses == MAX_USES + 1)
				conf_say(j->faults, j->path, j->line, "has "
				    "more than %d {{names}}", MAX_USES);
			return;
		}
	unknown(j, name, len < MAX_NAME ? (int)len : MAX_NAME);
}

/* Its last byte. */
static const char *
value(struct judging *j, const char *p)
{
	const char	*name = p + 2, *end = strstr(name, "}}");

	if (end == NULL || memchr(name, '\n', (size_t)(end - name)) != NULL) {
		conf_say(j->faults, j->path, j->line, "{{ without }} in the "
		    "same line");
		return p + 1;
	}
	use(j, name, (size_t)(end - name));
	if (j->place == IN_RAW)
		conf_say(j->faults, j->path, j->line, "nothing can be filled "
		    "in within <%s>: take {{%.*s}} out", j->raw + 2,
		    (int)(end - name), name);
	else if (j->place == IN_TAG)
		conf_say(j->faults, j->path, j->line, "a value in a tag needs "
		    "quotes: \"{{%.*s}}\"", (int)(end - name), name);
	return end + 1;
}

static bool
is_tag(const char *p, const char *name)
{
	size_t	 n = strlen(name);

	return strncasecmp(p, name, n) == 0 &&
	    strchr(" \t\r\n\f/>", p[n]) != NULL;
}

/* At its "<". */
static void
open_tag(struct judging *j, const char *p)
{
	j->place = IN_TAG;
	j->raw = NULL;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (!is_tag(p + 1, tags[i].name))
			continue;
		j->raw = tags[i].raw;
		if (tags[i].why != NULL)
			conf_say(j->faults, j->path, j->line, "<%s>: %s",
			    tags[i].name, tags[i].why);
	}
}

static void
within_tag(struct judging *j, const char *p)
{
	if (*p == '>')
		j->place = j->raw != NULL ? IN_RAW : IN_TEXT;
	else if (*p == '"')
		j->place = IN_DOUBLE;
	else if (*p == '\'')
		j->place = IN_SINGLE;
	else if (strchr(" \t\r\n\f", *p) != NULL &&
	    strncasecmp(p + 1, "style", 5) == 0 &&
	    strchr(" =\t\r\n\f", p[6]) != NULL)
		conf_say(j->faults, j->path, j->line, "the attribute style "
		    "has no effect on these pages: put it into <style>");
}

static void
step(struct judging *j, const char *p)
{
	switch (j->place) {
	case IN_TEXT:
		if (strncmp(p, "<!--", 4) == 0)
			j->place = IN_COMMENT;
		else if (*p == '<' && (isalpha((unsigned char)p[1]) ||
		    p[1] == '/' || p[1] == '!'))
			open_tag(j, p);
		break;
	case IN_COMMENT:
		if (strncmp(p, "-->", 3) == 0)
			j->place = IN_TEXT;
		break;
	case IN_TAG:
		within_tag(j, p);
		break;
	case IN_DOUBLE:
		if (*p == '"')
			j->place = IN_TAG;
		break;
	case IN_SINGLE:
		if (*p == '\'')
			j->place = IN_TAG;
		break;
	case IN_RAW:
		if (is_tag(p, j->raw))
			open_tag(j, p);
		break;
	}
}

bool
template_judge(const char *path, const char *text, bool uses[NAME__MAX],
    struct buf *faults)
{
	struct judging	 j = { .path = path, .line = 1, .uses = uses,
			    .faults = faults };
	size_t		 before = faults->len;
	const char	*p;

	for (p = text; *p != '\0'; p++) {
		j.line += *p == '\n';
		if (strncmp(p, "{{", 2) == 0)
			p = value(&j, p);
		else
			step(&j, p);
	}
	if (j.place != IN_TEXT)
		conf_say(faults, path, j.line, "ends within a tag, a comment "
		    "or <style>: close it");
	return faults->len == before && !buf_failed(faults);
}
