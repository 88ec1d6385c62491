#include "http/form.h"

#include <string.h>

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;		/* to lower case */
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
decode(const char *s, size_t n, char *to, size_t room)
{
	size_t	 len = 0;

	for (size_t i = 0; i < n; i++) {
		int	 c = s[i] == '+' ? ' ' : (unsigned char)s[i];

		if (c == '%') {
			if (n - i < 3 || hex(s[i + 1]) < 0 ||
			    hex(s[i + 2]) < 0)
				return false;
			c = hex(s[i + 1]) * 16 + hex(s[i + 2]);
			i += 2;
		}
		if (c == '\0' || len + 1 >= room)
			return false;
		to[len++] = (char)c;
	}
	to[len] = '\0';
	return true;
}

bool
form_value(const char *body, size_t bytes, const char *name, char *value,
    size_t room)
{
	const char	*end = body + bytes, *next;
	size_t		 len = strlen(name);

	for (; body < end; body = next + 1) {
		next = memchr(body, '&', (size_t)(end - body));
		if (next == NULL)
			next = end;
		if ((size_t)(next - body) > len &&
		    memcmp(body, name, len) == 0 && body[len] == '=')
			return decode(body + len + 1,
			    (size_t)(next - body) - len - 1, value, room);
	}
	return false;
}
