#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"

static char	nothing[1];

void
buf_init(struct buf *b, struct arena *a, size_t max_bytes)
{
	b->data = nothing;
	b->len = b->cap = 0;
	b->max = max_bytes;
	b->failed = false;
	b->arena = a;
}

/* Room for `bytes' more and the NUL. */
static bool
grow(struct buf *b, size_t bytes)
{
	size_t	 cap = b->cap;
	char	*data;

	if (b->failed || bytes > b->max - b->len) {
		b->failed = true;
		return false;
	}
	if (b->len + bytes < cap)
		return true;
	if (cap < 128)
		cap = 128;
	while (cap <= b->len + bytes)
		cap *= 2;
	if ((data = arena_alloc(b->arena, cap)) == NULL) {
		b->failed = true;
		return false;
	}
	memcpy(data, b->data, b->len);
	b->data = data;
	b->cap = cap;
	return true;
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0 || !grow(b, n))
		return;
	memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list	 ap;
	int	 n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->failed = true;
	if (n <= 0 || !grow(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
buf_thousandths(struct buf *b, int64_t n)
{
	if (n < 0)
		n = 0;
	buf_fmt(b, "%lld.%03d", (long long)(n / 1000), (int)(n % 1000));
}

bool
buf_failed(const struct buf *b)
{
	return b->failed;
}
