/*
 * test_mem.c - the memory table, and growing arrays
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "common/mem.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static void
test_alloc(void **state)
{
	const struct ndx_mem *mem = &ndx_mem_default;
	static const char zeros[40];
	char *ptr = ndx_alloc(mem, 0);

	(void)state;
	CHECK("0 bytes are a pointer", ptr != NULL);
	ptr = ndx_realloc(mem, ptr, 4);
	assert_non_null(ptr);
	memcpy(ptr, "abc", 4);
	ptr = ndx_realloc(mem, ptr, 10000);
	assert_non_null(ptr);
	CHECK("kept when it grows", strcmp(ptr, "abc") == 0);
	ptr = ndx_realloc(mem, ptr, 0);
	CHECK("shrinking to 0 is no free", ptr != NULL);
	ndx_free(mem, ptr);
	ndx_free(mem, NULL);

	ptr = ndx_alloc_zero(mem, 10, 4);
	assert_non_null(ptr);
	CHECK("zeroed", memcmp(ptr, zeros, sizeof(zeros)) == 0);
	ndx_free(mem, ptr);
	CHECK("count * size past SIZE_MAX", ndx_alloc_zero(mem, SIZE_MAX / 2, 3) == NULL);
	ptr = ndx_alloc_zero(mem, 5, 0);
	CHECK("items of no size", ptr != NULL);
	ndx_free(mem, ptr);
}

static const struct {
	const char *name;
	size_t count_max, count_min;
	size_t expected; /* count_max after, 0: refused */
} grow[] = {
	/* clang-format off */
	{ "nothing wanted",          0,  0,  0 },
	{ "the first has company",   0,  1,  8 },
	{ "enough already",          8,  8,  8 },
	{ "one more doubles",        8,  9,  16 },
	{ "many more at once",       8,  100, 128 },
	{ "an odd size doubles too", 10, 11, 20 },
	/* clang-format on */
};

static void
test_grow(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(grow); i++) {
		size_t count_max = grow[i].count_max;
		uint32_t *array = NULL;

		if (count_max > 0)
			array = ndx_alloc_zero(&ndx_mem_default, count_max, sizeof(*array));
		CHECK(grow[i].name, ndx_grow(&ndx_mem_default, &array, &count_max,
		                             grow[i].count_min, sizeof(*array)) == 1);
		CHECK(grow[i].name, count_max == grow[i].expected);
		for (size_t j = 0; j < count_max; j++) /* all of it is ours: ASan looks on */
			array[j] = (uint32_t)j;
		ndx_free(&ndx_mem_default, array);
	}
}

static void
test_grow_fails(void **state)
{
	struct failing_mem failing;
	uint64_t *array = NULL;
	size_t count_max = 0;

	(void)state;
	ndx_failing_mem_init(&failing, 2);
	assert_true(ndx_grow(&failing.mem, &array, &count_max, 3, sizeof(*array)));
	array[2] = 5;
	CHECK("memory runs out", !ndx_grow(&failing.mem, &array, &count_max, 9, sizeof(*array)));
	CHECK("the array is as it was", count_max == 8 && array[2] == 5);
	CHECK("more bytes than there can be",
	      !ndx_grow(&failing.mem, &array, &count_max, SIZE_MAX / 4, sizeof(*array)));
	CHECK("doubling past SIZE_MAX",
	      !ndx_grow(&failing.mem, &array, &count_max, SIZE_MAX, sizeof(*array)));
	CHECK("neither was asked for", failing.alloc_count == 2);
	ndx_free(&failing.mem, array);
	CHECK("no leak", failing.live_count == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_grow_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
