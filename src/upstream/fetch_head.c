#include "upstream/transfer.h"

#include <ctype.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * "HTTP/1.1 200 OK", "HTTP/2 200".  libcurl has accepted the line, but it lets
 * numbers pass that are no status (RFC 9110 section 15).
 */
static int
status_of(const char *line, size_t len)
{
	const char	*p = memchr(line, ' ', len);
	const char	*end = line + len;

	if (p == NULL || end - p < 4 || !digit(p[1]) || !digit(p[2]) ||
	    !digit(p[3]) || (p + 4 < end && p[4] != ' '))
		return -1;
	return (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
}

static enum err
begin_block(struct transfer *t, const char *line, size_t len)
{
	t->status = status_of(line, len);
	t->answering = t->in_block = true;
	transfer_reached(t);
	fields_init(&t->head, t->arena);
	t->head_bytes = 0;
	if (t->status < 100 || t->status > 599)
		return ERR_BAD_RESPONSE;
	return t->status == 101 ? ERR_UPGRADE : OK;
}

/* RFC 9112 5.2: a folded line continues the field before it; one space. */
static enum err
fold(struct transfer *t, const char *text, size_t len)
{
	struct field	*f;
	size_t		 before;
	char		*joined;

	if (t->head.count == 0)
		return OK;
	f = &t->head.list[t->head.count - 1];
	before = strlen(f->value);
	if (before + len >= FIELD_MAX_VALUE)
		return ERR_HEAD_TOO_LARGE;
	joined = arena_alloc(t->arena, before + len + 2);
	if (joined == NULL)
		return ERR_NO_MEMORY;
	memcpy(joined, f->value, before);
	joined[before] = ' ';
	memcpy(joined + before + 1, text, len);
	f->value = joined;
	return OK;
}

/*
 * A line that is no field is left out: a name without a colon or with a NUL in
 * it says nothing that could be passed on.
 */
static enum err
field_line(struct transfer *t, const char *line, size_t len)
{
	const char	*colon, *value;
	char		*name;
	size_t		 rest;

	if (memchr(line, '\0', len) != NULL)
		return OK;
	value = line;
	while (len > 0 && (*value == ' ' || *value == '\t')) {
		value++;
		len--;
	}
	if (value != line)
		return fold(t, value, len);
	if ((colon = memchr(line, ':', len)) == NULL)
		return OK;
	rest = len - (size_t)(colon - line) - 1;
	for (value = colon + 1; rest > 0 && (*value == ' ' || *value == '\t');
	    value++)
		rest--;
	if ((name = arena_strndup(t->arena, line, len)) == NULL)
		return ERR_NO_MEMORY;
	if (t->head.count >= FIELDS_MAX_COUNT || rest > FIELD_MAX_VALUE)
		return ERR_HEAD_TOO_LARGE;
	name[colon - line] = '\0';
	return fields_add(&t->head, name, name + (value - line));
}

static enum err
end_block(struct transfer *t)
{
	enum err	 e;

	t->in_block = false;
	if (t->status < 200) {
		t->answering = false;	/* in request_timeout */
		return ++t->interims > MAX_INTERIM ? ERR_HEAD_TOO_LARGE : OK;
	}
	t->endless = fields_endless(&t->head);
	if ((e = t->sink.head(t->sink.arg, t->status, &t->head)) != OK)
		return e;
	t->head_done = true;
	t->drip_ms = clock_ms();
	t->drip_bytes = 0;
	return OK;
}

/*
 * Where blocks begin and end is libcurl's word, since it also says where the
 * body begins: the first line is the status, and a line that begins with CR or
 * LF ends the block, whatever follows in it.  A line of blanks continues a
 * field by nothing.
 */
static enum err
head_line(struct transfer *t, const char *line, size_t len)
{
	bool	 ends = len > 0 && (line[0] == '\r' || line[0] == '\n');

	t->head_bytes += len;
	if ((int64_t)t->head_bytes > t->f->rules->header_quota_bytes)
		return ERR_HEAD_TOO_LARGE;
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r' ||
	    line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (!t->in_block)
		return begin_block(t, line, len);
	if (ends)
		return end_block(t);
	return len == 0 ? OK : field_line(t, line, len);
}

/* Also called for trailers, which are not passed on. */
size_t
transfer_head_line(char *line, size_t size, size_t n, void *arg)
{
	struct transfer	*t = arg;
	enum err	 e;

	t->moved_ms = clock_ms();
	transfer_touch(t);
	if (t->head_done)
		return size * n;
	/* A head that wants more memory than a request may use is the target's
	 * fault (a line folded a thousand times), not ours. */
	if ((e = head_line(t, line, size * n)) != OK)
		return transfer_fail(t, e == ERR_NO_MEMORY &&
		    !t->arena->failed ? ERR_HEAD_TOO_LARGE : e);
	return size * n;
}
