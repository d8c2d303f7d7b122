/*
 * test.h - cmocka, and a check that names its row and goes on
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_UNIT_TEST_H
#define NDX_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Failed checks of the test that runs. */
static size_t test_failed_count;

static inline void
test_check(const char *name, int holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	test_failed_count++;
	print_error("%s:%d: %s: not so: %s\n", file, line, name, what);
}

#define CHECK(name, cond) test_check(name, (cond) ? 1 : 0, #cond, __FILE__, __LINE__)

static inline int
test_end(void **state)
{
	size_t count = test_failed_count;

	(void)state;
	test_failed_count = 0;
	return count == 0 ? 0 : -1;
}

/* A test with failed checks fails: cmocka asks for it after the test, in its teardown. */
#undef cmocka_unit_test
#define cmocka_unit_test(f) cmocka_unit_test_setup_teardown(f, NULL, test_end)

#endif
