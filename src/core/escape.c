#include "core/escape.h"

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

static void
log_bytes(struct buf *b, const char *s, size_t max_bytes,
    unsigned char lowest)
{
	const unsigned char	*p = (const unsigned char *)s;
	size_t			 i;

	if (s == NULL || *s == '\0') {
		buf_char(b, '-');
		return;
	}
	for (i = 0; p[i] != '\0' && i < max_bytes; i++) {
		if (p[i] < lowest || p[i] > 0x7e || p[i] == '"' ||
		    p[i] == '\\')
			buf_fmt(b, "\\x%02X", p[i]);
		else
			buf_char(b, (char)p[i]);
	}
	if (p[i] != '\0')
		buf_str(b, "...");
}

void
escape_log(struct buf *b, const char *s, size_t max_bytes)
{
	log_bytes(b, s, max_bytes, ' ');
}

void
escape_log_word(struct buf *b, const char *s, size_t max_bytes)
{
	log_bytes(b, s, max_bytes, '!');
}

void
escape_terminal(struct buf *b, const char *s)
{
	const unsigned char	*p = (const unsigned char *)s;

	for (; *p != '\0'; p++)
		if (obeyed(p) != 0) {
			buf_char(b, '?');
			p += utf8_len(p) - 1;
		} else
			buf_char(b, *p < ' ' || *p == 0x7f ? '?' : (char)*p);
}
