#include "http/turn.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "http/fields_value.h"
#include "http/redirect.h"

/* Append where this text of `len' bytes leads, from here; false: nowhere. */
static bool
add_turned(struct buf *b, const struct url *from, const char *text,
    size_t len, const struct redirect_route *rt)
{
	const char	*plain = arena_strndup(b->arena, text, len), *to;

	if (plain == NULL ||
	    (to = redirect_location(b->arena, from, plain, rt)) == NULL)
		return false;
	buf_str(b, to);
	return true;
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* The URL behind the seconds, as HTML's "shared declarative refresh steps"
 * find it; "" if there is none. */
static const char *
refresh_url(const char *p, size_t *len)
{
	const char	*sign;

	p = skip_blanks(p);
	if (*p == ';' || *p == ',')
		p = skip_blanks(p + 1);
	if (strncasecmp(p, "url", 3) == 0 &&
	    *(sign = skip_blanks(p + 3)) == '=')
		p = skip_blanks(sign + 1);
	if (*p == '"' || *p == '\'') {
		*len = strcspn(p + 1, *p == '"' ? "\"" : "'");
		return p + 1;
	}
	*len = strlen(p);
	return p;
}

const char *
turn_refresh(struct arena *a, const struct url *from, const char *value,
    const struct redirect_route *rt)
{
	const char	*url;
	struct buf	 b;
	size_t		 len, seconds = strspn(value, "0123456789.");

	if (seconds == 0 || strchr(" \t;,", value[seconds]) == NULL)
		return NULL;
	url = refresh_url(value + seconds, &len);
	buf_init(&b, a, FIELD_MAX_VALUE);
	buf_add(&b, value, seconds);
	if (len > 0) {
		buf_str(&b, ";url=");
		if (!add_turned(&b, from, url, len, rt))
			return NULL;
	}
	return buf_failed(&b) ? NULL : b.data;
}

const char *
turn_links(struct arena *a, const struct url *from, const char *value,
    const struct redirect_route *rt)
{
	const char	*p = value, *end;
	struct buf	 b;

	buf_init(&b, a, FIELD_MAX_VALUE);
	for (; *p != '\0'; p = end) {
		end = p + strcspn(p, "<\"");
		if (*p == '"' && (end = value_quoted_end(p)) == NULL)
			return NULL;
		if (*p != '<') {
			buf_add(&b, p, end - p);
			continue;
		}
		if ((end = strchr(p, '>')) == NULL)
			return NULL;
		buf_char(&b, '<');
		if (!add_turned(&b, from, p + 1, end - p - 1, rt))
			return NULL;
		buf_char(&b, *end++);
	}
	return buf_failed(&b) ? NULL : b.data;
}
