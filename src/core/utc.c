#include "core/utc.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

/* Of exactly `n' digits.  Returns what follows; NULL if there are fewer. */
static const char *
number(const char *s, int n, int *value)
{
	for (*value = 0; n > 0; n--, s++) {
		if (*s < '0' || *s > '9')
			return NULL;
		*value = *value * 10 + (*s - '0');
	}
	return s;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool
utc_days(int year, int month, int day, int64_t *n)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	int		 i, before = year - 1, length;

	if (month < 1 || month > 12 || year < 1)
		return false;
	length = lengths[month - 1] + (month == 2 && is_leap(year));
	if (day < 1 || day > length)
		return false;
	*n = before * 365 + before / 4 - before / 100 + before / 400 -
	    719162 + day - 1;
	for (i = 0; i < month - 1; i++)
		*n += lengths[i] + (i == 1 && is_leap(year));
	return true;
}

static bool
time_of_day(const char *s, int64_t *seconds)
{
	int	 hour, minute, second = 0;

	if ((s = number(s, 2, &hour)) == NULL || *s != ':' ||
	    (s = number(s + 1, 2, &minute)) == NULL ||
	    (*s == ':' && (s = number(s + 1, 2, &second)) == NULL))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return *s == '\0' && hour < 24 && minute < 60 && second < 60;
}

bool
utc_read(const char *text, int64_t *seconds, bool *whole_day)
{
	int		 year, month, day;
	int64_t		 n, rest = 0;
	const char	*s;

	if ((s = number(text, 4, &year)) == NULL || *s != '-' ||
	    (s = number(s + 1, 2, &month)) == NULL || *s != '-' ||
	    (s = number(s + 1, 2, &day)) == NULL ||
	    !utc_days(year, month, day, &n))
		return false;
	if (whole_day != NULL)
		*whole_day = *s == '\0';
	if (*s != '\0' && ((*s != ' ' && *s != 'T') ||
	    !time_of_day(s + 1, &rest)))
		return false;
	*seconds = n * UTC_DAY_SECONDS + rest;
	return true;
}

void
utc_write(int64_t seconds, char text[UTC_TEXT])
{
	time_t		 at = (time_t)seconds;
	struct tm	 tm;

	if (gmtime_r(&at, &tm) == NULL || tm.tm_year > 9999 - 1900 ||
	    strftime(text, UTC_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

const char *
utc_write_day(int64_t seconds, char text[UTC_TEXT])
{
	utc_write(seconds, text);
	text[strcspn(text, "T")] = '\0';
	return text;
}
