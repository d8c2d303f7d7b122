/*
 * field.c - see field.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/field.h"

#include <string.h>

static const struct {
	enum ndx_field field;
	const char *name;
} fields[] = {
	{ NDX_FIELD_TITLE, "title" },       { NDX_FIELD_SOURCE, "source" },
	{ NDX_FIELD_SECTION, "section" },   { NDX_FIELD_AUTHOR, "author" },
	{ NDX_FIELD_LANGUAGE, "language" }, { NDX_FIELD_ID, "id" },
	{ NDX_FIELD_DATE, "date" },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

const char *
ndx_field_name(enum ndx_field field)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (fields[i].field == field)
			return fields[i].name;
	return "";
}

int
ndx_field_by_name(const char *name, size_t size)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (strlen(fields[i].name) == size && memcmp(fields[i].name, name, size) == 0)
			return (int)fields[i].field;
	return -1;
}
