#ifndef VIADUCT_HTTP_DATE_H
#define VIADUCT_HTTP_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Read a date as cookies have it, by the algorithm of RFC 6265 5.1.1: any order
 * of its parts, two digits for a year, no zone but GMT.  Seconds since 1970,
 * negative before; false when it is no date.
 */
bool	 date_read(const char *text, size_t len, int64_t *seconds);

#endif
