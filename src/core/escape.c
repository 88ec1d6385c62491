#include "core/escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/buf.h"

void
escape_html(struct buf *b, const char *s)
{
	size_t	 plain;

	for (; *s != '\0'; s++) {
		plain = strcspn(s, "&<>\"'");
		buf_add(b, s, plain);
		s += plain;
		switch (*s) {
		case '\0':
			return;
		case '&':
			buf_str(b, "&amp;");
			break;
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		default:
			buf_str(b, "&#39;");
		}
	}
}

void
escape_html_within(struct buf *b, const char *before, const char *s,
    const char *after)
{
	buf_str(b, before);
	escape_html(b, s);
	buf_str(b, after);
}

size_t
utf8_len(const unsigned char *s)
{
	unsigned char	 low = 0x80, high = 0xbf;
	size_t		 i, n;

	if (s[0] < 0x80)
		return 1;
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	if (s[0] == 0xed)
		high = 0x9f;
	if (s[0] == 0xf0)
		low = 0x90;
	if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return n;
}

/*
 * What of well-formed UTF-8 a terminal obeys beside ASCII's controls: those of
 * U+0080 to U+009F, and what ends a line or turns the order of what follows,
 * so that a text reads as another.  The code point; 0 for all else.
 */
static unsigned int
obeyed(const unsigned char *p)
{
	unsigned int	 c;

	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
		return p[1];
	if (p[0] == 0xd8 && p[1] == 0x9c)
		return 0x61c;
	if (p[0] != 0xe2 || (p[1] != 0x80 && p[1] != 0x81) || p[2] < 0x80)
		return 0;
	c = 0x2000 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) ? c : 0;
}

void
escape_json(struct buf *b, const char *s)
{
	const unsigned char	*p = (const unsigned char *)s;
	size_t			 n;

	for (; *p != '\0'; p += n) {
		n = utf8_len(p);
		if (n == 0) {
			buf_str(b, "\\ufffd");
			n = 1;
		} else if (*p == '"' || *p == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)*p);
		} else if (*p < 0x20 || *p == 0x7f || *p == '<' || *p == '>' ||
		    *p == '&')
			buf_fmt(b, "\\u%04x", *p);
		else if (obeyed(p) != 0)
			buf_fmt(b, "\\u%04x", obeyed(p));
		else
			buf_add(b, p, n);
	}
}

/* What goes into a log as it is: PLAIN everywhere, BLANK where no word is
 * wanted. */
enum kind { SPECIAL, BLANK, PLAIN };
static const unsigned char kinds[256] = {
	[' '] = 1, 2, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,	/* not " */
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 2, 2, 2,	/* nor \ */
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0,	/* nor DEL */
};

static size_t
plain_bytes(const unsigned char *p, size_t max_bytes, enum kind least)
{
	size_t	 n = 0;

	while (n < max_bytes && kinds[p[n]] >= least)
		n++;
	return n;
}

static void
log_bytes(struct buf *b, const char *s, size_t max_bytes, enum kind least)
{
	const unsigned char	*p = (const unsigned char *)s;
	size_t			 n;

	if (s == NULL || *s == '\0') {
		buf_char(b, '-');
		return;
	}
	for (; *p != '\0'; max_bytes -= n) {
		if ((n = plain_bytes(p, max_bytes, least)) > 0) {
			buf_add(b, p, n);
			p += n;
		} else if (max_bytes >= 4) {
			n = 4;
			buf_fmt(b, "\\x%02X", *p++);
		} else {
			buf_str(b, "...");
			return;
		}
	}
}

void
escape_sql(struct buf *b, const char *s)
{
	buf_char(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_char(b, '\'');
		buf_char(b, *s);
	}
	buf_char(b, '\'');
}

void
escape_log(struct buf *b, const char *s, size_t max_bytes)
{
	log_bytes(b, s, max_bytes, BLANK);
}

void
escape_log_word(struct buf *b, const char *s, size_t max_bytes)
{
	log_bytes(b, s, max_bytes, PLAIN);
}

/* Of a well-formed sequence of n bytes. */
static unsigned int
code_point(const unsigned char *p, size_t n)
{
	unsigned int	 c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	size_t		 i;

	for (i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

/* One character as ASCII; how many bytes of `to' that is. */
static size_t
ascii(unsigned int c, char to[16])
{
	to[0] = c == '"' || c == '\\' ? '\\' : (char)c;
	to[1] = (char)c;
	if (c >= ' ' && c < 0x7f)
		return to[0] == '\\' ? 2 : 1;
	if (c < 0x10000)
		return (size_t)snprintf(to, 16, "\\u%04x", c);
	return (size_t)snprintf(to, 16, "\\u%04x\\u%04x",
	    0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

void
escape_log_json(struct buf *b, const char *s, size_t max_bytes)
{
	const unsigned char	*p = (const unsigned char *)s;
	size_t			 taken, n;
	char			 text[16];

	for (; *p != '\0'; p += taken, max_bytes -= n) {
		if ((n = plain_bytes(p, max_bytes, BLANK)) > 0) {
			buf_add(b, p, n);
			taken = n;
			continue;
		}
		taken = utf8_len(p);
		n = ascii(taken == 0 ? 0xfffd : code_point(p, taken), text);
		if (taken == 0)
			taken = 1;
		if (n > max_bytes) {
			buf_str(b, "...");
			return;
		}
		buf_add(b, text, n);
	}
}

void
escape_terminal(struct buf *b, const char *s)
{
	const unsigned char	*p = (const unsigned char *)s;
	size_t			 n;

	for (; *p != '\0'; p += n > 0 ? n : 1) {
		n = utf8_len(p);
		if (n == 0 || *p < ' ' || *p == 0x7f || obeyed(p) != 0)
			buf_char(b, '?');
		else
			buf_add(b, (const char *)p, n);
	}
}
