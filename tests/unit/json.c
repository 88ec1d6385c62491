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
	size_t	 n = strspn(*p, "0123456789"), fraction;

	if (n == 0 || (**p == '0' && n > 1))
		return false;
	if ((*p)[n] == '.') {
		fraction = strspn(*p + n + 1, "0123456789");
		if (fraction == 0)
			return false;
		n += 1 + fraction;
	}
	if (n >= size)
		return false;
	memcpy(to, *p, n);
	to[n] = '\0';
	*p += n;
	return true;
}

static bool
word(const char **p, char *to)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < 3; i++)
		if (strncmp(*p, words[i], strlen(words[i])) == 0) {
			memcpy(to, words[i], strlen(words[i]) + 1);
			*p += strlen(words[i]);
			return true;
		}
	return false;
}

static bool
value(struct json *j, const char **p)
{
	char	*to = j->members[j->count].value;

	if (**p == '"')
		return string(p, to, JSON_MAX_TEXT);
	j->members[j->count].null = **p == 'n';
	return word(p, to) || number(p, to, JSON_MAX_TEXT);
}

static size_t
find(const struct json *j, const char *name)
{
	size_t	 i;

	for (i = 0; i < j->count && strcmp(j->members[i].name, name) != 0; i++)
		;
	return i;
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
		    find(j, j->members[i].name) != i || !value(j, &p))
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
	size_t	 i = find(j, name);

	return i == j->count || j->members[i].null ? NULL :
	    j->members[i].value;
}
