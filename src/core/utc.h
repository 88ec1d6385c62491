#ifndef VIADUCT_CORE_UTC_H
#define VIADUCT_CORE_UTC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A moment as operators write it: "2030-12-31", with " 23:59" or " 23:59:59"
 * behind it, or with a T in place of the blank; always UTC.  *seconds: since
 * 1970, of a day its begin.  *whole_day (may be NULL): no time was given.
 * False for anything else, and for days that no calendar has.
 */
bool	 utc_read(const char *text, int64_t *seconds, bool *whole_day);

/* Days from 1970-01-01 to this one, by the Gregorian calendar; month and day
 * from 1.  False for what is no day. */
bool	 utc_days(int year, int month, int day, int64_t *days);

enum { UTC_DAY_SECONDS = 86400, UTC_TEXT = 21 };

/* "2030-12-31T23:59:59Z" (RFC 3339); "" for a year beyond 9999. */
void	 utc_write(int64_t seconds, char text[UTC_TEXT]);
/* "2030-12-31" of it; returns `text'. */
const char *utc_write_day(int64_t seconds, char text[UTC_TEXT]);

#endif
