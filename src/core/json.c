#include "core/json.h"

#include <stddef.h>
#include <string.h>

#include "core/buf.h"
#include "core/escape.h"

static void
begin(struct buf *b, const char *name)
{
	char	 last = b->len > 0 ? b->data[b->len - 1] : '{';
	char	*to;
	size_t	 len;

	if (last != '{' && last != '[')
		buf_char(b, ',');
	if (name == NULL)
		return;
	len = strlen(name);
	if ((to = buf_more(b, len + 3)) == NULL)
		return;
	to[0] = '"';
	memcpy(to + 1, name, len);
	memcpy(to + 1 + len, "\":", 2);
}

void
json_open(struct buf *b, const char *name, char bracket)
{
	begin(b, name);
	if (name == NULL && b->len > 0)
		buf_char(b, '\n');
	buf_char(b, bracket);
}

void
json_close(struct buf *b, char bracket)
{
	buf_char(b, bracket);
}

void
json_text(struct buf *b, const char *name, const char *value)
{
	if (value == NULL) {
		json_null(b, name);
		return;
	}
	begin(b, name);
	buf_char(b, '"');
	escape_json(b, value);
	buf_char(b, '"');
}

void
json_log_text(struct buf *b, const char *name, const char *value,
    size_t max_bytes)
{
	if (value == NULL || *value == '\0') {
		json_null(b, name);
		return;
	}
	begin(b, name);
	buf_char(b, '"');
	escape_log_json(b, value, max_bytes);
	buf_char(b, '"');
}

void
json_number(struct buf *b, const char *name, int64_t n)
{
	begin(b, name);
	buf_number(b, n);
}

void
json_truth(struct buf *b, const char *name, bool is)
{
	begin(b, name);
	buf_str(b, is ? "true" : "false");
}

void
json_null(struct buf *b, const char *name)
{
	begin(b, name);
	buf_str(b, "null");
}

void
json_ms(struct buf *b, const char *name, int64_t us)
{
	begin(b, name);
	buf_thousandths(b, us);
}
