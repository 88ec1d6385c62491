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

void
buf_within(struct buf *b, char *memory, size_t bytes)
{
	memory[0] = '\0';
	*b = (struct buf){ .data = memory, .cap = bytes, .max = bytes - 1 };
}

/* Move to so many bytes, of which it never has more than the ceiling and the
 * NUL need. */
static bool
move(struct buf *b, size_t cap)
{
	char	*data;

	if (cap > b->max + 1)
		cap = b->max + 1;
	if ((data = arena_bytes(b->arena, cap)) == NULL)
		return false;
	memcpy(data, b->data, b->len + 1);
	b->data = data;
	b->cap = cap;
	return true;
}

static bool
grow(struct buf *b, size_t bytes)
{
	size_t	 cap = b->cap < 128 ? 128 : b->cap;

	if (b->failed || bytes > b->max - b->len)
		return false;
	while (cap - b->len <= bytes)
		cap *= 2;
	return move(b, cap);
}

/* Room for `bytes' more and the NUL. */
static inline bool
has_room(struct buf *b, size_t bytes)
{
	if (!b->failed && bytes < b->cap - b->len)
		return true;
	b->failed = !grow(b, bytes);
	return !b->failed;
}

void
buf_reserve(struct buf *b, size_t bytes)
{
	if (!b->failed && bytes >= b->cap - b->len)
		move(b, b->len + bytes + 1);
}

char *
buf_more(struct buf *b, size_t bytes)
{
	char	*at;

	if (!has_room(b, bytes))
		return NULL;
	at = b->data + b->len;
	b->len += bytes;
	b->data[b->len] = '\0';
	return at;
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0 || !has_room(b, n))
		return;
	memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_char(struct buf *b, char c)
{
	if (!has_room(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

/* Written into the room there is, and again where that was too small. */
void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	size_t	 room;
	va_list	 ap;
	int	 n;

	if (b->cap == 0)
		has_room(b, 0);
	room = b->cap - b->len;
	va_start(ap, fmt);
	n = vsnprintf(room > 0 ? b->data + b->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->failed = true;
	if (n <= 0 || !has_room(b, (size_t)n)) {
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
	char	 part[4] = ".";

	if (n < 0)
		n = 0;
	buf_number(b, n / 1000);
	for (int i = 3; i > 0; i--, n /= 10)
		part[i] = (char)('0' + n % 10);
	buf_add(b, part, sizeof(part));
}

bool
buf_failed(const struct buf *b)
{
	return b->failed;
}
