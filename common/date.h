/*
 * date.h - seconds since 1970 to and from the calendar, with the zone kept
 *
 * The proleptic Gregorian calendar, years 1 to 9999; no leap seconds.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_DATE_H
#define NDX_COMMON_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ndx.h"
#include "common/text.h"

struct ndx_date {
	int64_t utc;    /* seconds since 1970-01-01T00:00:00Z; negative is normal */
	int offset_min; /* the zone it was written in, minutes east of UTC; 0 where none was */
};

/* Days since 1970-01-01 of a civil date, and back.  H. Hinnant, chrono-Compatible date
 * algorithms. */
int64_t ndx_days_from_civil(int year, unsigned month, unsigned day);
void ndx_civil_from_days(int64_t days, int *year_ret, unsigned *month_ret, unsigned *day_ret);

/*
 * Read a whole publication date, strictly: RFC 3339 and ISO 8601 (a date alone, a space for the T,
 * basic forms such as 19940307 and 20040311T081500Z), RFC 2822 ("Mon, 07 Mar 1994 10:00:00 GMT"),
 * "26-FEB-1987 15:01:01.79", "7 March 1994", "March 7, 1994".  Without a zone: UTC.
 * False, and *date_ret left alone, if the text is anything else.
 */
bool ndx_date_parse(struct ndx_str text, struct ndx_date *date_ret);

/*
 * The instant at which the clock of a zone shows 'local', in seconds since 1970; NULL: UTC.  Of two
 * such instants one, and where the clock leaps over it, one beside the leap.
 */
int64_t ndx_zone_to_utc(const struct ndx_zone *zone, int64_t local);

/* Write RFC 3339 with the offset, e.g. 2004-03-11T08:15:00+01:00 (26 bytes with the NUL). */
#define NDX_DATE_SIZE 26
void ndx_date_format(struct ndx_date date, char out[NDX_DATE_SIZE]);

#endif
