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
	if ((data = arena_bytes(b->arena, cap)) == NULL) {
		b->failed = true;
		return false;
	}
	memcpy(data, b->data, b->len + 1);
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
	if (!grow(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

/* Written into the room there is, and again where that was too small. */
void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	size_t	 room;
	va_list	 ap;
	int	 n;

	if (b->cap == 0)
		grow(b, 0);
	room = b->cap - b->len;
	va_start(ap, fmt);
	n = vsnprintf(room > 0 ? b->data + b->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->failed = true;
	if (n <= 0 || !grow(b, (size_t)n)) {
		if (room > 0)
			b->data[b->len] = '\0';
		return;
	}
	if ((size_t)n >= room) {
		va_start(ap, fmt);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

void
buf_number(struct buf *b, int64_t n)
{
	char		 digits[20];
	size_t		 at = sizeof(digits);
	uint64_t	 left = n < 0 ? -(uint64_t)n : (uint64_t)n;

	if (n < 0)
		buf_char(b, '-');
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

void
buf_thousandths(struct buf *b, int64_t n)
{
	int	 part;

	if (n < 0)
		n = 0;
	part = (int)(n % 1000);
	buf_number(b, n / 1000);
	buf_char(b, '.');
	buf_char(b, (char)('0' + part / 100));
	buf_char(b, (char)('0' + part / 10 % 10));
	buf_char(b, (char)('0' + part % 10));
}

bool
buf_failed(const struct buf *b)
{
	return b->failed;
}
