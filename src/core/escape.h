#ifndef VIADUCT_CORE_ESCAPE_H
#define VIADUCT_CORE_ESCAPE_H

#include <stddef.h>

struct buf;

/* How many bytes a well-formed UTF-8 sequence has here (RFC 3629, so no
 * surrogates and no over-long forms); 0 if it is none.  A NUL ends the text. */
size_t	utf8_len(const unsigned char *);

/* Text and double-quoted attribute values of HTML. */
void	escape_html(struct buf *, const char *);
/* The same, within what is HTML already. */
void	escape_html_within(struct buf *, const char *before, const char *,
	    const char *after);

/* The inside of a JSON string; also < > & as \u00XX, so that a browser which
 * takes the answer for HTML finds no markup, and as \uXXXX what a terminal would
 * obey.  Bytes that are not UTF-8 become U+FFFD. */
void	escape_json(struct buf *, const char *);

/* A string of SQL, in its quotes. */
void	escape_sql(struct buf *, const char *);

/* One field of a log line: bytes outside 0x20-0x7e, `"' and `\' as \xHH.  At
 * most max_bytes come of it, and "..." where something was cut.  "-" for NULL
 * and for nothing. */
void	escape_log(struct buf *, const char *, size_t max_bytes);
/* Likewise, blanks too: for what must be one word. */
void	escape_log_word(struct buf *, const char *, size_t max_bytes);
/* The inside of a JSON string in a log: ASCII that moves no terminal, \uXXXX
 * for all else (two of them above U+FFFF), U+FFFD for bytes that are not UTF-8.
 * At most max_bytes come of it, whole characters, and "..." where something
 * was cut. */
void	escape_log_json(struct buf *, const char *, size_t max_bytes);

/* A line for a terminal: control characters, those of UTF-8 (U+0080 to U+009F)
 * and of the order of text (U+202E) too, and bytes that are not UTF-8, which may
 * be such of another character set, as "?". */
void	escape_terminal(struct buf *, const char *);

#endif
