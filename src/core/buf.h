#ifndef VIADUCT_CORE_BUF_H
#define VIADUCT_CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

/*
 * Text being built, in an arena, up to a ceiling.  After the first append that
 * does not fit, all further ones do nothing, so that a chain of appends is
 * checked once with buf_failed().  The text always ends in a NUL.
 */
struct buf {
	char		*data;		/* never NULL once initialised */
	size_t		 len;		/* without the NUL */
	size_t		 cap, max;
	bool		 failed;
	struct arena	*arena;
};

void	 buf_init(struct buf *, struct arena *, size_t max_bytes);
/* In this memory, which the NUL is part of, and in no arena. */
void	 buf_within(struct buf *, char *, size_t bytes);
/* Room for so many bytes more, got at once; the ceiling stays, and nothing fails
 * here. */
void	 buf_reserve(struct buf *, size_t bytes);
/* Append so many bytes, which the caller then writes; NULL: they do not fit. */
char	*buf_more(struct buf *, size_t bytes);
void	 buf_add(struct buf *, const void *, size_t bytes);
void	 buf_char(struct buf *, char);
static inline void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}
void	 buf_fmt(struct buf *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
void	 buf_number(struct buf *, int64_t);
/* "1.234" of 1234 thousandths; what is below 0 counts as 0. */
void	 buf_thousandths(struct buf *, int64_t);
bool	 buf_failed(const struct buf *);

#endif
