/*
 * cmd_zone.c - see cmd_zone.h
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* tm_gmtoff */
#include "searcher/cmd_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ZONES      "/usr/share/zoneinfo"
#define TZ_SIZE    300
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/"

static int
offset_of(void *ctx, int64_t utc)
{
	const time_t at = (time_t)utc;
	struct tm local;

	(void)ctx;
	return localtime_r(&at, &local) == NULL ? 0 : (int)local.tm_gmtoff;
}

/* "+05:30" as POSIX's TZ has it, whose sign is the other way round. */
static bool
read_offset(const char *name, char *tz, size_t tz_size)
{
	unsigned hours, minutes;
	char end;

	if ((name[0] != '+' && name[0] != '-') || strlen(name) != 6 ||
	    strspn(name + 1, "0123456789:") != 5 ||
	    sscanf(name + 1, "%2u:%2u%c", &hours, &minutes, &end) != 2 || hours > 14 ||
	    minutes > 59)
		return false;
	snprintf(tz, tz_size, "<%c%02u%02u>%c%s", name[0], hours, minutes,
	         name[0] == '+' ? '-' : '+', name + 1);
	return true;
}

/* Is there a file of this name among the system's zones? */
static bool
is_known(const char *name, char *tz, size_t tz_size)
{
	const char *zones = getenv("TZDIR");
	char path[512];
	struct stat st;

	if (name[0] == '\0' || name[0] == '/' || strspn(name, NAME_CHARS) != strlen(name) ||
	    snprintf(path, sizeof(path), "%s/%s", zones == NULL ? ZONES : zones, name) >=
	            (int)sizeof(path) ||
	    stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	snprintf(tz, tz_size, ":%s", name);
	return true;
}

/* The zone as TZ has it; "" for "local". */
static bool
read_name(const char *name, char *tz, size_t tz_size)
{
	if (strcmp(name, "local") == 0) {
		tz[0] = '\0';
		return true;
	}
	if (strcmp(name, "UTC") == 0) {
		snprintf(tz, tz_size, "UTC0");
		return true;
	}
	return read_offset(name, tz, tz_size) ||
	       (strlen(name) <= 250 && is_known(name, tz, tz_size));
}

bool
ndx_zone_is_known(const char *name)
{
	char tz[TZ_SIZE];

	return read_name(name, tz, sizeof(tz));
}

bool
ndx_zone_by_name(const char *name, struct ndx_zone *zone_ret)
{
	char tz[TZ_SIZE];

	if (!read_name(name, tz, sizeof(tz)) || (tz[0] != '\0' && setenv("TZ", tz, 1) == -1))
		return false;
	tzset();
	*zone_ret = (struct ndx_zone){ offset_of, NULL };
	return true;
}
