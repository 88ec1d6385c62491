#include "http/form.h"

#include <string.h>

#include "http/url.h"

static bool
decode(const char *s, size_t n, char *to, size_t room)
{
	size_t	 len = 0;

	for (size_t i = 0; i < n; i++) {
		int	 c = s[i] == '+' ? ' ' : (unsigned char)s[i];

		if (c == '%') {
			c = url_octet(s + i, s + n);
			i += 2;
		}
		if (c <= 0 || len + 1 >= room)
			return false;
		to[len++] = (char)c;
	}
	to[len] = '\0';
	return true;
}

/* As it is encoded, of `*n' octets; NULL: there is none. */
static const char *
find(const char *body, size_t bytes, const char *name, size_t *n)
{
	const char	*end = body + bytes, *next;
	size_t		 len = strlen(name);

	for (; body < end; body = next + 1) {
		next = memchr(body, '&', (size_t)(end - body));
		if (next == NULL)
			next = end;
		if ((size_t)(next - body) > len &&
		    memcmp(body, name, len) == 0 && body[len] == '=') {
			*n = (size_t)(next - body) - len - 1;
			return body + len + 1;
		}
	}
	return NULL;
}

bool
form_value(const char *body, size_t bytes, const char *name, char *value,
    size_t room)
{
	size_t		 n;
	const char	*text = find(body, bytes, name, &n);

	return text != NULL && decode(text, n, value, room);
}

bool
form_has(const char *body, size_t bytes, const char *name)
{
	size_t	 n;

	return find(body, bytes, name, &n) != NULL;
}
