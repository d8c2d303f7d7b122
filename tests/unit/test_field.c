/*
 * test_field.c - fields by name
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "common/field.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	int field; /* -1: no field is called so */
} rows[] = {
	/* clang-format off */
	{ "title",    NDX_FIELD_TITLE },
	{ "source",   NDX_FIELD_SOURCE },
	{ "section",  NDX_FIELD_SECTION },
	{ "author",   NDX_FIELD_AUTHOR },
	{ "language", NDX_FIELD_LANGUAGE },
	{ "id",       NDX_FIELD_ID },
	{ "",         -1 },
	{ "titl",     -1 },
	{ "titles",   -1 },
	{ "Title",    -1 },
	{ "date",     NDX_FIELD_DATE },
	/* clang-format on */
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *name = rows[i].name;

		CHECK(name, ndx_field_by_name(name, strlen(name)) == rows[i].field);
		if (rows[i].field != -1)
			CHECK(name,
			      strcmp(ndx_field_name((enum ndx_field)rows[i].field), name) == 0);
	}
	CHECK("any", strcmp(ndx_field_name(NDX_FIELD_ANY), "") == 0);
	CHECK("by its size, not a NUL", ndx_field_by_name("idle", 2) == NDX_FIELD_ID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
