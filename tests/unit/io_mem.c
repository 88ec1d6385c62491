#include "tests/unit/io_mem.h"

#include <string.h>
#include <strings.h>

static ssize_t
mem_read(struct io *io, void *to, size_t n)
{
	struct io_mem	*m = (struct io_mem *)io;
	size_t		 left;

	if (m->pieces == NULL || *m->pieces == NULL)
		return m->breaks ? -1 : 0;
	left = strlen(*m->pieces) - m->taken;
	if (n > left)
		n = left;
	memcpy(to, *m->pieces + m->taken, n);
	m->taken += n;
	if (n == left) {
		m->pieces++;
		m->taken = 0;
	}
	return (ssize_t)n;
}

static bool
mem_buffered(struct io *io)
{
	(void)io;
	return true;
}

static bool
mem_at_end(struct io *io)
{
	struct io_mem	*m = (struct io_mem *)io;

	return (m->pieces == NULL || *m->pieces == NULL) && !m->breaks;
}

static int
mem_write(struct io *io, const void *from, size_t n)
{
	struct io_mem	*m = (struct io_mem *)io;

	if (n > m->room || n >= sizeof(m->out) - m->out_bytes)
		return -1;
	m->room -= n;
	memcpy(m->out + m->out_bytes, from, n);
	m->out_bytes += n;
	m->out[m->out_bytes] = '\0';
	return 0;
}

static int
mem_flush(struct io *io)
{
	struct io_mem	*m = (struct io_mem *)io;

	m->flushes++;
	m->flushed_bytes = m->out_bytes;
	return m->flush_fails ? -1 : 0;
}

static void
mem_cut(struct io *io)
{
	((struct io_mem *)io)->cuts++;
}

void
io_mem_init(struct io_mem *m, const char *const *vars, const char *const *body)
{
	memset(m, 0, sizeof(*m));
	m->io.vars = (char **)(size_t)vars;
	m->io.framed = true;
	m->io.read = mem_read;
	m->io.buffered = mem_buffered;
	m->io.at_end = mem_at_end;
	m->io.write = mem_write;
	m->io.flush = mem_flush;
	m->io.cut = mem_cut;
	m->io.in_fd = m->io.gone_fd = -1;
	m->pieces = body;
	m->room = sizeof(m->out);
}

/* The field's line after `from' in the head; NULL for none. */
static const char *
field_line(const struct io_mem *m, const char *from, const char *name)
{
	const char	*end = strstr(m->out, "\r\n\r\n");
	size_t		 len = strlen(name);

	for (; end != NULL && from < end; from = strstr(from, "\r\n") + 2)
		if (strncasecmp(from, name, len) == 0 && from[len] == ':')
			return from;
	return NULL;
}

const char *
io_mem_field(const struct io_mem *m, const char *name)
{
	static char	 value[16384];
	const char	*line = field_line(m, m->out, name);
	size_t		 len;

	if (line == NULL)
		return NULL;
	line += strlen(name) + 2;
	len = strcspn(line, "\r");
	if (len >= sizeof(value))
		return NULL;
	memcpy(value, line, len);
	value[len] = '\0';
	return value;
}

size_t
io_mem_count(const struct io_mem *m, const char *name)
{
	const char	*line = m->out - 2;
	size_t		 n = 0;

	while ((line = field_line(m, line + 2, name)) != NULL) {
		n++;
		line = strstr(line, "\r\n");
	}
	return n;
}

const char *
io_mem_body(const struct io_mem *m)
{
	const char	*end = strstr(m->out, "\r\n\r\n");

	return end == NULL ? "" : end + 4;
}
