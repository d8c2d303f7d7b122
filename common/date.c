/*
 * date.c - see date.h
 *
 * A date is read by one left-to-right scan without backtracking: a first digit run
 * of four or eight is ISO 8601; else a weekday may come first, then the day and the
 * month in either order.  Whatever is left over at the end makes it no date.
 *
 * The calendar is computed in eras of 400 years (146,097 days) whose years begin on
 * the first of March, so that the leap day is the last of its year.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/date.h"

#include <stdio.h>

#define DAY_SECONDS ((int64_t)86400)
#define ERA_DAYS    146097
#define EPOCH_DAYS  719468 /* from 0000-03-01 to 1970-01-01 */

struct cursor {
	const char *at, *end;
};

struct parts {
	unsigned year, month, day;
	unsigned hour, minute, second;
	int offset_min;
	bool has_time;
	bool year_is_short; /* two digits: only beside a time, as RFC 2822 has it */
};

static const char *const months[] = {
	"january", "february", "march",     "april",   "may",      "june",
	"july",    "august",   "september", "october", "november", "december",
};

static const char *const weekdays[] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
};

/* The zones of RFC 2822; every other name means different things in different places. */
static const struct {
	const char *name;
	int offset_min;
} zones[] = {
	/* clang-format off */
	{ "z", 0 },      { "ut", 0 },     { "utc", 0 },    { "gmt", 0 },
	{ "est", -300 }, { "edt", -240 }, { "cst", -360 }, { "cdt", -300 },
	{ "mst", -420 }, { "mdt", -360 }, { "pst", -480 }, { "pdt", -420 },
	/* clang-format on */
};

int64_t
ndx_days_from_civil(int year, unsigned month, unsigned day)
{
	/* Years from March to February: January and February belong to the one before. */
	const int64_t y = (int64_t)year - (month <= 2);
	const int64_t era = (y >= 0 ? y : y - 399) / 400;
	const int64_t year_of_era = y - era * 400;
	const int64_t month_from_march = (int64_t)(month + 9) % 12;
	const int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;

	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - EPOCH_DAYS;
}

void
ndx_civil_from_days(int64_t days, int *year_ret, unsigned *month_ret, unsigned *day_ret)
{
	const int64_t from_march = days + EPOCH_DAYS;
	const int64_t era = (from_march >= 0 ? from_march : from_march - (ERA_DAYS - 1)) / ERA_DAYS;
	const int64_t day_of_era = from_march - era * ERA_DAYS;
	/* Take the leap days out: one in 1461 days, none in 36,525, one in 146,097. */
	const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                             day_of_era / (ERA_DAYS - 1)) /
	                            365;
	const int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int64_t month_from_march = (5 * day_of_year + 2) / 153;

	*day_ret = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*month_ret =
		(unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	*year_ret = (int)(year_of_era + era * 400 + (*month_ret <= 2));
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ASCII letters only, lower case; 0 for everything else. */
static char
letter(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	return c >= 'a' && c <= 'z' ? c : '\0';
}

static bool
at_end(const struct cursor *cur)
{
	return cur->at == cur->end;
}

static bool
take(struct cursor *cur, char c)
{
	if (at_end(cur) || *cur->at != c)
		return false;
	cur->at++;
	return true;
}

static bool
take_spaces(struct cursor *cur)
{
	const char *from = cur->at;

	while (!at_end(cur) && (*cur->at == ' ' || *cur->at == '\t'))
		cur->at++;
	return cur->at > from;
}

static size_t
digits_ahead(const struct cursor *cur)
{
	size_t count = 0;

	while (cur->at + count < cur->end && is_digit(cur->at[count]))
		count++;
	return count;
}

/* A run of 'count' digits, which may be part of a longer one; count <= 4. */
static bool
take_digits(struct cursor *cur, size_t count, unsigned *value_ret)
{
	unsigned value = 0;

	if (count == 0 || digits_ahead(cur) < count)
		return false;
	for (size_t i = 0; i < count; i++)
		value = value * 10 + (unsigned)(*cur->at++ - '0');
	*value_ret = value;
	return true;
}

/* The run of letters ahead if it is name[], whole or (size_min > 0) cut to size_min or more. */
static bool
take_name(struct cursor *cur, const char *name, size_t size_min)
{
	const size_t name_size = strlen(name);
	size_t size = 0;

	while (cur->at + size < cur->end && letter(cur->at[size]) != '\0') {
		if (size >= name_size || letter(cur->at[size]) != name[size])
			return false;
		size++;
	}
	if (size == 0 || (size != name_size && (size_min == 0 || size < size_min || size > 4)))
		return false;
	cur->at += size;
	return true;
}

static bool
take_month(struct cursor *cur, unsigned *month_ret)
{
	for (unsigned i = 0; i < 12; i++) {
		if (take_name(cur, months[i], 3)) {
			take(cur, '.');
			*month_ret = i + 1;
			return true;
		}
	}
	return false;
}

static void
take_weekday(struct cursor *cur)
{
	for (size_t i = 0; i < sizeof(weekdays) / sizeof(weekdays[0]); i++) {
		if (take_name(cur, weekdays[i], 3)) {
			take(cur, '.');
			take(cur, ',');
			take_spaces(cur);
			return;
		}
	}
}

/* 4:05pm, 4:05 PM */
static bool
take_half_day(struct cursor *cur, struct parts *parts)
{
	struct cursor ahead = *cur;
	bool afternoon;

	take_spaces(&ahead);
	if (take_name(&ahead, "am", 0))
		afternoon = false;
	else if (take_name(&ahead, "pm", 0))
		afternoon = true;
	else
		return true;
	*cur = ahead;
	if (parts->hour < 1 || parts->hour > 12)
		return false;
	parts->hour = parts->hour % 12 + (afternoon ? 12 : 0);
	return true;
}

/* HH:MM[:SS[.frac]], HHMM[SS[.frac]] */
static bool
take_time(struct cursor *cur, struct parts *parts)
{
	const size_t count = digits_ahead(cur);
	const bool basic = count == 4 || count == 6;
	bool has_second;

	if (!basic && count != 1 && count != 2)
		return false;
	if (!take_digits(cur, basic ? 2 : count, &parts->hour) || (!basic && !take(cur, ':')) ||
	    !take_digits(cur, 2, &parts->minute))
		return false;
	has_second = basic ? count == 6 : take(cur, ':');
	if (has_second) {
		if (!take_digits(cur, 2, &parts->second))
			return false;
		if (take(cur, '.') || take(cur, ',')) {
			if (digits_ahead(cur) == 0)
				return false;
			cur->at += digits_ahead(cur);
		}
	}
	parts->has_time = true;
	return !is_digit(at_end(cur) ? '\0' : *cur->at) && take_half_day(cur, parts);
}

/* +01:00, -0500, +01 */
static bool
take_offset(struct cursor *cur, int *offset_min_ret)
{
	const bool west = *cur->at == '-';
	unsigned hour, minute = 0;

	cur->at++;
	if (!take_digits(cur, 2, &hour))
		return false;
	if ((take(cur, ':') || digits_ahead(cur) > 0) && !take_digits(cur, 2, &minute))
		return false;
	if (hour > 23 || minute > 59)
		return false;
	*offset_min_ret = (int)(hour * 60 + minute) * (west ? -1 : 1);
	return true;
}

/* Nothing (UTC), an offset or a name; then perhaps a comment in parentheses, as in mail. */
static bool
take_zone(struct cursor *cur, int *offset_min_ret)
{
	take_spaces(cur);
	if (at_end(cur))
		return true;
	if (*cur->at == '+' || *cur->at == '-') {
		if (!take_offset(cur, offset_min_ret))
			return false;
		take_spaces(cur);
		if (!at_end(cur) && *cur->at == '(' && cur->end[-1] == ')')
			cur->at = cur->end;
		return true;
	}
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (take_name(cur, zones[i].name, 0)) {
			*offset_min_ret = zones[i].offset_min;
			return true;
		}
	}
	return false;
}

/* 2004-03-11, 20040311, either with a time after T or a space */
static bool
parse_iso(struct cursor *cur, struct parts *parts)
{
	const bool basic = digits_ahead(cur) == 8;

	if (!take_digits(cur, 4, &parts->year) || (!basic && !take(cur, '-')) ||
	    !take_digits(cur, 2, &parts->month) || (!basic && !take(cur, '-')) ||
	    !take_digits(cur, 2, &parts->day))
		return false;
	if (at_end(cur))
		return true;
	if (!take(cur, 'T') && !take(cur, 't') && !take_spaces(cur))
		return false;
	return take_time(cur, parts) && take_zone(cur, &parts->offset_min);
}

static bool
take_year(struct cursor *cur, struct parts *parts)
{
	const size_t count = digits_ahead(cur);

	if (count != 4 && count != 2)
		return false;
	if (!take_digits(cur, count, &parts->year))
		return false;
	if (count == 2) {
		parts->year += parts->year < 50 ? 2000 : 1900;
		parts->year_is_short = true;
	}
	return true;
}

/* 7 March 1994, 26-FEB-1987 */
static bool
parse_day_first(struct cursor *cur, struct parts *parts)
{
	const size_t count = digits_ahead(cur);
	bool dashes;

	if (count > 2 || !take_digits(cur, count, &parts->day))
		return false;
	dashes = take(cur, '-');
	if ((!dashes && !take_spaces(cur)) || !take_month(cur, &parts->month))
		return false;
	if (dashes ? !take(cur, '-') : !take_spaces(cur))
		return false;
	return take_year(cur, parts);
}

/* March 7, 1994 */
static bool
parse_month_first(struct cursor *cur, struct parts *parts)
{
	size_t count;
	bool divided;

	if (!take_month(cur, &parts->month) || !take_spaces(cur))
		return false;
	count = digits_ahead(cur);
	if (count > 2 || !take_digits(cur, count, &parts->day))
		return false;
	divided = take(cur, ',');
	divided = take_spaces(cur) || divided;
	return divided && take_year(cur, parts);
}

static bool
parse_named(struct cursor *cur, struct parts *parts)
{
	take_weekday(cur);
	if (at_end(cur))
		return false;
	if (is_digit(*cur->at) ? !parse_day_first(cur, parts) : !parse_month_first(cur, parts))
		return false;
	if (at_end(cur))
		return !parts->year_is_short;
	take(cur, ',');
	return take_spaces(cur) && take_time(cur, parts) && take_zone(cur, &parts->offset_min);
}

static unsigned
days_in_month(unsigned year, unsigned month)
{
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool
parts_are_valid(const struct parts *parts)
{
	if (parts->year < 1 || parts->year > 9999 || parts->month < 1 || parts->month > 12 ||
	    parts->day < 1 || parts->day > days_in_month(parts->year, parts->month))
		return false;
	if (parts->hour == 24) /* the end of the day, in ISO 8601 */
		return parts->minute == 0 && parts->second == 0;
	return parts->hour < 24 && parts->minute < 60 && parts->second <= 60; /* 60: leap second */
}

static struct cursor
trim(struct ndx_str text)
{
	struct cursor cur = { text.data, text.data + text.size };

	while (!at_end(&cur) && strchr(" \t\r\n", *cur.at) != NULL && *cur.at != '\0')
		cur.at++;
	while (!at_end(&cur) && strchr(" \t\r\n", cur.end[-1]) != NULL && cur.end[-1] != '\0')
		cur.end--;
	return cur;
}

bool
ndx_date_parse(struct ndx_str text, struct ndx_date *date_ret)
{
	struct parts parts = { 0 };
	struct cursor cur;
	size_t count;
	int64_t local;

	if (text.size == 0)
		return false;
	cur = trim(text);
	count = digits_ahead(&cur);
	if (count == 4 || count == 8 ? !parse_iso(&cur, &parts) : !parse_named(&cur, &parts))
		return false;
	if (!at_end(&cur) || !parts_are_valid(&parts))
		return false;
	local = ndx_days_from_civil((int)parts.year, parts.month, parts.day) * DAY_SECONDS +
	        parts.hour * 3600 + parts.minute * 60 + parts.second;
	*date_ret = (struct ndx_date){ local - parts.offset_min * 60, parts.offset_min };
	return true;
}

/* Seconds of the first and the last instant that can be written: years 1 to 9999. */
#define LOCAL_MIN (-62135596800)
#define LOCAL_MAX 253402300799

void
ndx_date_format(struct ndx_date date, char out[NDX_DATE_SIZE])
{
	int64_t local, days;
	unsigned month, day, second, offset;
	int year;

	if (date.offset_min <= -24 * 60 || date.offset_min >= 24 * 60)
		date.offset_min = 0;
	if (date.utc < LOCAL_MIN - date.offset_min * 60)
		date.utc = LOCAL_MIN - date.offset_min * 60;
	if (date.utc > LOCAL_MAX - date.offset_min * 60)
		date.utc = LOCAL_MAX - date.offset_min * 60;
	local = date.utc + date.offset_min * 60;
	days = local / DAY_SECONDS - (local % DAY_SECONDS < 0);
	second = (unsigned)(local - days * DAY_SECONDS);
	offset = (unsigned)(date.offset_min < 0 ? -date.offset_min : date.offset_min);
	ndx_civil_from_days(days, &year, &month, &day);
	/* The remainders change no value; they tell the compiler that 26 bytes are enough. */
	snprintf(out, NDX_DATE_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u",
	         (unsigned)year % 10000, month % 100, day % 100, second / 3600 % 100,
	         second / 60 % 60, second % 60, date.offset_min < 0 ? '-' : '+', offset / 60 % 100,
	         offset % 60);
}

int64_t
ndx_zone_to_utc(const struct ndx_zone *zone, int64_t local)
{
	int64_t utc;

	if (zone == NULL)
		return local;
	utc = local - zone->offset_s(zone->ctx, local);
	return local - zone->offset_s(zone->ctx, utc);
}
