/*
 * query_dates.c - date:2025-09, after:2020, before:2021-06
 *
 * A partial date stands for its whole span, a year, a month, a day, an hour, a minute or a second,
 * in the search's zone (UTC) unless it has one itself:
 *
 *   date:A      A..A        date:A..B   A to B, both whole; either may be missing
 *   date:>A     after A     date:>=A    from A on      after:A    the same
 *   date:<A     before A    date:<=A    up to A        before:A   before A
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

#include <stdio.h>

#include "common/date.h"

#define DAY    86400 /* seconds */
#define HOUR   3600
#define MINUTE 60

/* Two to four digits as a number, or -1. */
static int
digits(const char *text, size_t size)
{
	int number = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

/* A year, or a year and a month: all that ndx_date_parse() is too strict for. */
static bool
read_month(struct ndx_str text, struct ndx_dates *span_ret)
{
	const int year = text.size >= 4 ? digits(text.data, 4) : -1;
	const int month = text.size == 7 && text.data[4] == '-' ? digits(text.data + 5, 2) : 0;

	if (year < 1 || (text.size != 4 && (month < 1 || month > 12)))
		return false;
	if (text.size == 4)
		*span_ret = (struct ndx_dates){ ndx_days_from_civil(year, 1, 1) * DAY,
			                        ndx_days_from_civil(year + 1, 1, 1) * DAY };
	else
		*span_ret = (struct ndx_dates){
			ndx_days_from_civil(year, (unsigned)month, 1) * DAY,
			ndx_days_from_civil(year + month / 12, (unsigned)month % 12 + 1, 1) * DAY
		};
	return true;
}

static size_t
digits_at(struct ndx_str text, size_t at)
{
	size_t count = 0;

	while (at + count < text.size && text.data[at + count] >= '0' &&
	       text.data[at + count] <= '9')
		count++;
	return count;
}

/* Where the time of day begins; at the end if there is none. */
static size_t
clock_at(struct ndx_str text)
{
	size_t at = 0;

	if (digits_at(text, 0) == 4) { /* 2004-03-11T08:15 */
		at = 11;
	} else if (digits_at(text, 0) == 8) { /* 20040311T0815 */
		at = 9;
	} else {
		while (at < text.size && text.data[at] != ':')
			at++;
		while (at < text.size && at > 0 && digits_at(text, at - 1) > 0)
			at--;
	}
	if (at >= text.size)
		return text.size;
	while (at < text.size && text.data[at] == ' ')
		at++;
	return at;
}

/* Seconds that a date stands for: a day, or the hour, minute or second that it names. */
static int64_t
span_length(struct ndx_str text)
{
	const size_t at = clock_at(text), count = digits_at(text, at), next = at + count;

	if (count == 0)
		return DAY;
	if (count > 2)
		return count == 4 ? MINUTE : 1;
	if (next == text.size || text.data[next] != ':')
		return HOUR;
	return next + 3 < text.size && text.data[next + 3] == ':' ? 1 : MINUTE;
}

/* Does a date say in which zone it is?  By what comes after its clock: Z, GMT, +01:00. */
static bool
has_zone(struct ndx_str text)
{
	size_t at = clock_at(text);

	while (at < text.size && ((text.data[at] >= '0' && text.data[at] <= ':') ||
	                          text.data[at] == '.' || text.data[at] == ','))
		at++;
	return at < text.size;
}

static struct ndx_dates
in_zone(const struct ndx_zone *zone, int64_t from, int64_t to)
{
	return (struct ndx_dates){ ndx_zone_to_utc(zone, from), ndx_zone_to_utc(zone, to) };
}

/* A time without minutes, which is one with :00. */
static bool
read_hour(struct ndx_str text, struct ndx_date *date_ret)
{
	const size_t at = clock_at(text) + 2;
	char whole[40];
	int size;

	if (at < 4 || at > text.size || digits_at(text, at - 2) != 2)
		return false;
	size = snprintf(whole, sizeof(whole), "%.*s%s%.*s", (int)at, text.data,
	                digits_at(text, 0) == 8 ? "00" : ":00", (int)(text.size - at),
	                text.data + at);
	return size > 0 && (size_t)size < sizeof(whole) &&
	       ndx_date_parse((struct ndx_str){ whole, (size_t)size }, date_ret);
}

bool
ndx_query_span(const struct ndx_zone *zone, struct ndx_str text, struct ndx_dates *span_ret)
{
	const int64_t length = span_length(text);
	struct ndx_date date;

	if (read_month(text, span_ret)) {
		*span_ret = in_zone(zone, span_ret->from, span_ret->to);
		return true;
	}
	if (length == HOUR ? !read_hour(text, &date) : !ndx_date_parse(text, &date))
		return false;
	*span_ret = in_zone(has_zone(text) ? NULL : zone, date.utc, date.utc + length);
	return true;
}

/* The same, with the text that is no date. */
static bool
read_part(const struct ndx_zone *zone, struct ndx_str text, struct ndx_dates *span_ret,
          struct ndx_str *bad_ret)
{
	const bool ok = ndx_query_span(zone, text, span_ret);

	if (!ok)
		*bad_ret = text;
	return ok;
}

/* "A..B", where A or B may be missing. */
static bool
read_range(const struct ndx_zone *zone, struct ndx_str text, size_t dots,
           struct ndx_dates *dates_ret, struct ndx_str *bad_ret)
{
	const struct ndx_str from = { text.data, dots };
	const struct ndx_str to = { text.data + dots + 2, text.size - dots - 2 };
	struct ndx_dates first = { INT64_MIN, INT64_MIN }, last = { INT64_MAX, INT64_MAX };

	if (from.size == 0 && to.size == 0) {
		*bad_ret = text;
		return false;
	}
	if ((from.size > 0 && !read_part(zone, from, &first, bad_ret)) ||
	    (to.size > 0 && !read_part(zone, to, &last, bad_ret)))
		return false;
	*dates_ret = (struct ndx_dates){ first.from, last.to };
	return true;
}

/* The value of date: */
static bool
read_date(const struct ndx_zone *zone, struct ndx_str text, struct ndx_dates *dates_ret,
          struct ndx_str *bad_ret)
{
	const char sign = text.size > 0 ? text.data[0] : '\0';
	const bool with = text.size > 1 && text.data[1] == '=';
	const size_t skip = sign == '<' || sign == '>' ? 1 + (size_t)with : 0;
	struct ndx_dates span;

	for (size_t i = 0; i + 1 < text.size; i++)
		if (text.data[i] == '.' && text.data[i + 1] == '.')
			return read_range(zone, text, i, dates_ret, bad_ret);
	if (!read_part(zone, (struct ndx_str){ text.data + skip, text.size - skip }, &span,
	               bad_ret))
		return false;
	*dates_ret = span;
	if (sign == '>')
		*dates_ret = (struct ndx_dates){ with ? span.from : span.to, INT64_MAX };
	else if (sign == '<')
		*dates_ret = (struct ndx_dates){ INT64_MIN, with ? span.to : span.from };
	return true;
}

/* What the value of a DATE, AFTER or BEFORE says, or what of it is no date. */
static bool
read_dates(const struct ndx_reading *r, const struct ndx_lexeme *lexeme,
           struct ndx_dates *dates_ret, struct ndx_str *bad_ret)
{
	const struct ndx_str text = { r->text + lexeme->text_at, lexeme->text_size };
	struct ndx_dates span;

	if (lexeme->kind == NDX_LEX_DATE)
		return read_date(r->zone, text, dates_ret, bad_ret);
	if (!read_part(r->zone, text, &span, bad_ret))
		return false;
	*dates_ret = lexeme->kind == NDX_LEX_AFTER ? (struct ndx_dates){ span.from, INT64_MAX }
	                                           : (struct ndx_dates){ INT64_MIN, span.from };
	return true;
}

bool
ndx_query_dates(const struct ndx_reading *r, const struct ndx_lexeme *lexeme,
                struct ndx_dates *dates_ret)
{
	struct ndx_str bad;

	return read_dates(r, lexeme, dates_ret, &bad);
}

void
ndx_query_mend_dates(struct ndx_reading *r, struct ndx_lexeme *lexeme)
{
	struct ndx_str text = { r->text + lexeme->text_at, lexeme->text_size };
	struct ndx_dates dates;
	char value[NDX_QUERY_SHOWN_SIZE];

	if (!ndx_is_dates(lexeme->kind))
		return;
	if (read_dates(r, lexeme, &dates, &text)) {
		ndx_query_show(text.data, text.size, value);
		if (dates.from >= dates.to)
			ndx_query_wrong(r, lexeme->text_at, "no article is in it",
			                "'%s' at byte %zu ends before it begins", value,
			                (size_t)lexeme->text_at);
		return;
	}
	ndx_query_show(text.data, text.size, value);
	if (text.size > 0 && text.data[0] == '(')
		ndx_query_wrong(r, (size_t)(text.data - r->text), "read as plain words",
		                "parenthesis at byte %zu: dates have none; "
		                "date:2008 OR date:2010 is expected",
		                (size_t)(text.data - r->text));
	else
		ndx_query_wrong(r, (size_t)(text.data - r->text), "read as plain words",
		                "'%s' at byte %zu is no date: 2025, 2025-09, 2025-09-30, "
		                "2025-09-30T08:15%s "
		                "is expected",
		                value, (size_t)(text.data - r->text),
		                lexeme->kind == NDX_LEX_DATE
		                        ? ", >2024 or a range such as 2024..2025-03"
		                        : " or the like");
	lexeme->kind = NDX_LEX_WORD;
	lexeme->field = 0;
}
