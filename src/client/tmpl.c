#include "client/tmpl.h"

#include <string.h>

#include "core/buf.h"
#include "core/escape.h"

static const char *
value_of(const struct tmpl_var *vars, size_t n, const char *name, size_t len)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (strlen(vars[i].name) == len &&
		    memcmp(vars[i].name, name, len) == 0)
			return vars[i].value;
	return NULL;
}

void
tmpl_fill(struct buf *b, const char *text, const struct tmpl_var *vars,
    size_t n)
{
	const char	*open, *close, *value;

	while ((open = strstr(text, "{{")) != NULL &&
	    (close = strstr(open, "}}")) != NULL) {
		buf_add(b, text, (size_t)(open - text));
		value = value_of(vars, n, open + 2,
		    (size_t)(close - open - 2));
		if (value != NULL)
			escape_html(b, value);
		text = close + 2;
	}
	buf_str(b, text);
}
