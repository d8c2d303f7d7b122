/*
 * test_date.c - the calendar, and dates as publishers write them
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/date.h"
#include "tests/unit/test.h"

static const struct {
	const char *text;
	const char *date; /* as ndx_date_format() writes it; NULL: none */
} rows[] = {
	/* clang-format off */
	{ "2004-03-11T08:15:00+01:00",          "2004-03-11T08:15:00+01:00" },
	{ "2004-03-11T08:15:00Z",               "2004-03-11T08:15:00+00:00" },
	{ "2004-03-11t08:15:00z",               "2004-03-11T08:15:00+00:00" },
	{ "2004-03-11 08:15",                   "2004-03-11T08:15:00+00:00" },
	{ "2004-03-11 08:15:00.123456 -0330",   "2004-03-11T08:15:00-03:30" },
	{ "2010-01-09 21:31:33+00:00",          "2010-01-09T21:31:33+00:00" },
	{ "2004-03-11",                         "2004-03-11T00:00:00+00:00" },
	{ " 2004-03-11\n",                      "2004-03-11T00:00:00+00:00" },
	{ "19940307",                           "1994-03-07T00:00:00+00:00" },
	{ "20040311T081500Z",                   "2004-03-11T08:15:00+00:00" },
	{ "20040311T0815+0100",                 "2004-03-11T08:15:00+01:00" },
	{ "2004-03-11T24:00:00Z",               "2004-03-12T00:00:00+00:00" },
	{ "2016-12-31T23:59:60Z",               "2017-01-01T00:00:00+00:00" },
	{ "Mon, 07 Mar 1994 10:00:00 GMT",      "1994-03-07T10:00:00+00:00" },
	{ "Mon, 7 Mar 94 10:00 EST",            "1994-03-07T10:00:00-05:00" },
	{ "7 Mar 1994 10:00:00 +0100 (CET)",    "1994-03-07T10:00:00+01:00" },
	{ "Monday, 07-Mar-94 10:00:00 GMT",     "1994-03-07T10:00:00+00:00" },
	{ "26-FEB-1987 15:01:01.79",            "1987-02-26T15:01:01+00:00" },
	{ " 2-MAR-1987 08:22:57.75",            "1987-03-02T08:22:57+00:00" },
	{ "7 March 1994",                       "1994-03-07T00:00:00+00:00" },
	{ "March 7, 1994",                      "1994-03-07T00:00:00+00:00" },
	{ "Mar. 7, 1994",                       "1994-03-07T00:00:00+00:00" },
	{ "Sept. 7, 1994",                      "1994-09-07T00:00:00+00:00" },
	{ "Thu Feb 24, 2011 4:05pm EST",        "2011-02-24T16:05:00-05:00" },
	{ "February 24, 2011, 12:05 AM",        "2011-02-24T00:05:00+00:00" },
	{ "1865-04-14",                         "1865-04-14T00:00:00+00:00" },
	{ "0001-01-01",                         "0001-01-01T00:00:00+00:00" },
	{ "9999-12-31T23:59:59Z",               "9999-12-31T23:59:59+00:00" },
	{ "2000-02-29",                         "2000-02-29T00:00:00+00:00" },
	{ "1900-02-29",                         NULL },
	{ "2004-02-30",                         NULL },
	{ "2004-13-01",                         NULL },
	{ "2004-00-01",                         NULL },
	{ "0000-01-01",                         NULL },
	{ "2004-03",                            NULL },
	{ "2004",                               NULL },
	{ "",                                   NULL },
	{ "  ",                                 NULL },
	{ "2004-03-11T",                        NULL },
	{ "2004-03-11T25:00Z",                  NULL },
	{ "2004-03-11T08:60Z",                  NULL },
	{ "2004-03-11T08:15:00+24:00",          NULL },
	{ "2004-03-11T08:15:00 XYZ",            NULL },
	{ "2004-03-11T08:15:00Z and more",      NULL },
	{ "2004-3-11",                          NULL },
	{ "200403111",                          NULL },
	{ "25 December 1988. It was a day",     NULL },
	{ "7 March 94",                         NULL },
	{ "7 Marc 1994 x",                      NULL },
	{ "7 Ma 1994",                          NULL },
	{ "March 1994",                         NULL },
	{ "Monday",                             NULL },
	{ "13:05pm March 7, 1994",              NULL },
	{ "March 7, 1994 13:05pm",              NULL },
	{ "yesterday",                          NULL },
	{ "03/11/2004",                         NULL },
	{ "0000000000000000000000000000",       NULL },
	/* clang-format on */
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const size_t size = strlen(rows[i].text);
		char *copy = malloc(size + (size == 0)), out[NDX_DATE_SIZE];
		struct ndx_date date = { 12345, 6 };
		bool parsed;

		assert_non_null(copy);
		memcpy(copy, rows[i].text, size);
		parsed = ndx_date_parse((struct ndx_str){ copy, size }, &date);
		free(copy);
		CHECK(rows[i].text, parsed == (rows[i].date != NULL));
		if (!parsed) {
			CHECK(rows[i].text, date.utc == 12345 && date.offset_min == 6);
			continue;
		}
		ndx_date_format(date, out);
		if (rows[i].date == NULL || strcmp(out, rows[i].date) != 0)
			CHECK(out, false);
	}
}

static void
test_calendar(void **state)
{
	/* Every day of the calendar follows the one before. */
	const int64_t last = ndx_days_from_civil(9999, 12, 31);
	unsigned month, day, month_before = 12, day_before = 31;
	int year, year_before = 0;

	(void)state;
	CHECK("epoch", ndx_days_from_civil(1970, 1, 1) == 0);
	CHECK("before it", ndx_days_from_civil(1969, 12, 31) == -1);
	CHECK("2000-03-01", ndx_days_from_civil(2000, 3, 1) == 11017);
	for (int64_t days = ndx_days_from_civil(1, 1, 1); days <= last; days++) {
		ndx_civil_from_days(days, &year, &month, &day);
		if (ndx_days_from_civil(year, month, day) != days)
			fail_msg("day %jd is %d-%u-%u", (intmax_t)days, year, month, day);
		if (!(year == year_before && month == month_before && day == day_before + 1) &&
		    !(year == year_before && month == month_before + 1 && day == 1) &&
		    !(year == year_before + 1 && month == 1 && day == 1 && month_before == 12))
			fail_msg("%d-%u-%u follows %d-%u-%u", year, month, day, year_before,
			         month_before, day_before);
		year_before = year;
		month_before = month;
		day_before = day;
	}
	CHECK("the last day", year_before == 9999 && month_before == 12 && day_before == 31);
}

/* Bytes of a damaged index, which must still be written as some date. */
static void
test_format_limits(void **state)
{
	static const struct ndx_date dates[] = {
		{ INT64_MIN, 0 }, { INT64_MAX, 0 }, { INT64_MIN, 1439 }, { INT64_MAX, -1439 },
		{ 0, INT32_MAX }, { 0, INT32_MIN }, { -1, -1 },
	};
	char out[NDX_DATE_SIZE];
	struct ndx_date again;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		ndx_date_format(dates[i], out);
		CHECK("25 characters", strlen(out) == NDX_DATE_SIZE - 1);
		CHECK("is a date", ndx_date_parse(ndx_str(out), &again));
	}
	ndx_date_format(dates[6], out);
	CHECK("west, before 1970", strcmp(out, "1969-12-31T23:58:59-00:01") == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_format_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
