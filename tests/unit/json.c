#include "tests/unit/json.h"

#include <stdlib.h>
#include <string.h>

static bool
take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* \uXXXX of ASCII stands for its byte, of anything else for "?". */
static bool
escape(const char **p, char *to)
{
	static const char	 from[] = "\"\\/bfnrt";
	static const char	 into[] = "\"\\/\b\f\n\r\t";
	const char		*which;
	char			 digits[5] = { 0 };
	long			 n;

	if (take(p, 'u')) {
		if (strspn(*p, "0123456789abcdefABCDEF") < 4)
			return false;
		memcpy(digits, *p, 4);
		*p += 4;
		n = strtol(digits, NULL, 16);
		*to = n < 0x80 ? (char)n : '?';
		return n != 0;
	}
	if (**p == '\0' || (which = strchr(from, **p)) == NULL)
		return false;
	*to = into[which - from];
	(*p)++;
	return true;
}

static bool
string(const char **p, char *to, size_t size)
{
	size_t	 n = 0;

	if (!take(p, '"'))
		return false;
	while (**p != '"') {
		if ((unsigned char)**p < 0x20 || n == size - 1)
			return false;
		if (take(p, '\\')) {
			if (!escape(p, &to[n++]))
				return false;
		} else
			to[n++] = *(*p)++;
	}
	to[n] = '\0';
	(*p)++;
	return true;
}

static bool
number(const char **p, char *to, size_t size)
{
	size_t	 n = strspn(*p, "0123456789");

	if (n == 0 || n >= size || (**p == '0' && n > 1))
		return false;
	memcpy(to, *p, n);
	to[n] = '\0';
	*p += n;
	return true;
}

bool
json_read(struct json *j, const char *p)
{
	memset(j, 0, sizeof(*j));
	if (!take(&p, '{'))
		return false;
	do {
		size_t i = j->count;

		if (i == JSON_MAX_MEMBERS ||
		    !string(&p, j->members[i].name, 64) || !take(&p, ':') ||
		    json_get(j, j->members[i].name) != NULL)
			return false;
		if (*p == '"' ?
		    !string(&p, j->members[i].value, JSON_MAX_TEXT) :
		    !number(&p, j->members[i].value, JSON_MAX_TEXT))
			return false;
		j->count++;
	} while (take(&p, ','));
	if (!take(&p, '}'))
		return false;
	take(&p, '\n');
	return *p == '\0';
}

const char *
json_get(const struct json *j, const char *name)
{
	for (size_t i = 0; i < j->count; i++)
		if (strcmp(j->members[i].name, name) == 0)
			return j->members[i].value;
	return NULL;
}
