#include "client/io_kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "http/fields.h"

enum { MAX_ANSWER = 256 * 1024 };

static ssize_t
kept_read(struct io *io, void *to, size_t n)
{
	(void)io;
	(void)to;
	(void)n;
	return 0;
}

static bool
kept_buffered(struct io *io)
{
	(void)io;
	return true;
}

static bool
kept_at_end(struct io *io)
{
	(void)io;
	return true;
}

static int
kept_write(struct io *io, const void *from, size_t n)
{
	struct io_kept	*k = (struct io_kept *)io;

	buf_add(&k->answer, from, n);
	return buf_failed(&k->answer) ? -1 : 0;
}

static int
kept_flush(struct io *io)
{
	return buf_failed(&((struct io_kept *)io)->answer) ? -1 : 0;
}

static void
kept_cut(struct io *io)
{
	(void)io;
}

void
io_kept_init(struct io_kept *k, char **vars, struct arena *a)
{
	memset(k, 0, sizeof(*k));
	k->io.vars = vars;
	k->io.read = kept_read;
	k->io.buffered = kept_buffered;
	k->io.at_end = kept_at_end;
	k->io.write = kept_write;
	k->io.flush = kept_flush;
	k->io.cut = kept_cut;
	k->io.in_fd = k->io.gone_fd = -1;
	buf_init(&k->answer, a, MAX_ANSWER);
}

/* A line of the head, without its end; NULL at the end of the head. */
static char *
take_line(struct arena *a, const char **at)
{
	const char	*end = strstr(*at, "\r\n");
	char		*line;

	if (end == NULL || end == *at)
		return NULL;
	line = arena_strndup(a, *at, (size_t)(end - *at));
	*at = end + 2;
	return line;
}

int
io_kept_read(const struct io_kept *k, struct fields *fs, const char **body)
{
	const char	*at = k->answer.data, *end;
	char		*line, *value;
	int		 status = 0;

	while ((line = take_line(fs->arena, &at)) != NULL) {
		if ((value = strstr(line, ": ")) == NULL)
			continue;
		*value = '\0';
		value += 2;
		if (strcmp(line, "Status") == 0)
			status = (int)strtol(value, NULL, 10);
		else if (fields_add(fs, line, value) != OK)
			return 0;
	}
	end = strstr(k->answer.data, "\r\n\r\n");
	*body = end != NULL ? end + 4 : "";
	return status;
}
