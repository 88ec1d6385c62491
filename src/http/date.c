#include "http/date.h"

#include <string.h>
#include <strings.h>

#include "core/utc.h"

enum { MIN_YEAR = 1601 };

struct parts {
	int	 day, month, year;	/* -1: not seen; month from 0 */
	int	 hour, minute, second;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_delimiter(char c)
{
	unsigned char	 u = (unsigned char)c;

	return u == '\t' || (u >= ' ' && u <= '/') || (u >= ';' && u <= '@') ||
	    (u >= '[' && u <= '`') || (u >= '{' && u <= '~');
}

/* The number that s begins with, of `min' to `max' digits and no more; how
 * many there are, or 0. */
static size_t
number(const char *s, size_t len, size_t min, size_t max, int *n)
{
	size_t	 count = 0;
	int	 value = 0;

	for (; count < len && is_digit(s[count]); count++) {
		if (count == max)
			return 0;
		value = value * 10 + (s[count] - '0');
	}
	if (count < min)
		return 0;
	*n = value;
	return count;
}

/* 8:49:37, with whatever behind it that is no digit. */
static bool
take_time(const char *s, size_t len, struct parts *p)
{
	int	*const to[] = { &p->hour, &p->minute, &p->second };
	int	 read[3];

	if (p->hour >= 0)
		return false;
	for (size_t i = 0; i < 3; i++) {
		size_t n = number(s, len, 1, 2, &read[i]);

		if (n == 0 || (i < 2 && (n == len || s[n] != ':')))
			return false;
		n += i < 2;
		s += n;
		len -= n;
	}
	for (size_t i = 0; i < 3; i++)
		*to[i] = read[i];
	return true;
}

static bool
take_month(const char *s, size_t len, struct parts *p)
{
	static const char	 names[] = "janfebmaraprmayjun"
				    "julaugsepoctnovdec";

	if (p->month >= 0 || len < 3)
		return false;
	for (int i = 0; i < 12; i++)
		if (strncasecmp(s, names + 3 * i, 3) == 0) {
			p->month = i;
			return true;
		}
	return false;
}

static void
take(const char *s, size_t len, struct parts *p)
{
	if (take_time(s, len, p) ||
	    (p->day < 0 && number(s, len, 1, 2, &p->day) > 0) ||
	    take_month(s, len, p) || p->year >= 0)
		return;
	if (number(s, len, 2, 4, &p->year) == 0)
		return;
	if (p->year < 70)
		p->year += 2000;
	else if (p->year < 100)
		p->year += 1900;
}

bool
date_read(const char *text, size_t len, int64_t *seconds)
{
	struct parts	 p = { -1, -1, -1, -1, -1, -1 };
	int64_t		 n_days;

	for (size_t i = 0, n; i < len; i += n + 1) {
		for (n = 0; i + n < len && !is_delimiter(text[i + n]); n++)
			;
		if (n > 0)
			take(text + i, n, &p);
	}
	if (p.year < MIN_YEAR || !utc_days(p.year, p.month + 1, p.day,
	    &n_days) || p.hour < 0 || p.hour > 23 || p.minute > 59 ||
	    p.second > 59)
		return false;
	*seconds = n_days * UTC_DAY_SECONDS + p.hour * 3600 + p.minute * 60 +
	    p.second;
	return true;
}
