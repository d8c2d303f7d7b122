/*
 * test_column.c - one number per article, packed
 *
 * good[]    values round-trip; width and size are pinned
 * damage[]  heads and names that must be refused
 *
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "common/column.h"
#include "common/varint.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/test.h"

#define HEAD      24
#define PART      NDX_PART_DATES
#define COUNT_MAX 300

static const struct {
	const char *name;
	size_t count;
	int64_t first, step; /* value[i] = first + i * step, modulo 2^64 */
	unsigned width;
	size_t size; /* of the values */
} good[] = {
	/* clang-format off */
	{ "one value takes no bits",    1,   -5,        0,              0,  0 },
	{ "all the same",               300, 1234567,   0,              0,  0 },
	{ "two values",                 2,   0,         1,              1,  1 },
	{ "days are scaled",            256, 1000000000, -86400,        8,  256 },
	{ "a step of one",              257, -128,      1,              9,  290 },
	{ "at a block's edge",          128, 0,         3,              7,  112 },
	{ "one past a block",           129, 0,         3,              8,  129 },
	{ "the widest that is packed",  2,   0,         UINT32_MAX,     1,  1 },
	{ "the largest difference",     2,   INT64_MIN, -1,             1,  1 },
	/* clang-format on */
};

/* A segment that is nothing but the column, where nothing follows. */
static struct ndx_segment
segment_of(const struct ndx_buf *in, size_t count)
{
	struct ndx_segment segment = { .env = &ndx_env_default,
		                       .data = copy_exact(in->data, in->size),
		                       .size = in->size,
		                       .in_memory = true,
		                       .sums_off = in->size,
		                       .article_count = (uint32_t)count };

	segment.part[PART] = (struct ndx_span){ 0, in->size };
	return segment;
}

static void
segment_free(struct ndx_segment *segment)
{
	free((void *)(uintptr_t)segment->data);
}

static void
check_values(const char *name, const int64_t *value, size_t count, unsigned width, size_t size)
{
	struct ndx_column column;
	struct ndx_segment segment;
	struct ndx_buf out;
	int64_t found;

	ndx_buf_init(&out, &ndx_mem_default);
	ndx_column_encode(value, count, NULL, 0, &out);
	segment = segment_of(&out, count);
	CHECK(name, size == SIZE_MAX || out.size == HEAD + size);
	assert_int_equal(ndx_column_open(&segment, PART, &column, NULL), NDX_OK);
	CHECK(name, width == UINT_MAX || column.width == width);
	for (ndx_docid docid = 0; docid < count; docid++) {
		CHECK(name, ndx_column_get(&column, docid, &found, NULL) == NDX_OK);
		CHECK(name, found == value[docid]);
	}
	segment_free(&segment);
	ndx_buf_free(&out);
}

static void
test_good(void **state)
{
	int64_t value[COUNT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		for (size_t j = 0; j < good[i].count; j++)
			value[j] = (int64_t)((uint64_t)good[i].first + j * (uint64_t)good[i].step);
		check_values(good[i].name, value, good[i].count, good[i].width, good[i].size);
	}
}

static void
test_wide(void **state)
{
	const int64_t wide[] = { 0, 1, INT64_C(1) << 32 }, all[] = { INT64_MIN, INT64_MAX, 0 };
	const int64_t just[] = { 0, 1, UINT32_MAX };

	(void)state;
	check_values("33 bits are stored as 64", wide, 3, 64, 24);
	check_values("all of 64 bits", all, 3, 64, 24);
	check_values("32 bits are packed", just, 3, 32, 12);
}

static void
test_random(void **state)
{
	struct random random = random_of(1, 0, 0);
	int64_t value[COUNT_MAX];

	(void)state;
	for (unsigned bits = 0; bits <= 63; bits++) {
		size_t count = 1 + random_below(&random, COUNT_MAX - 1);

		for (size_t i = 0; i < count; i++)
			value[i] = (int64_t)((random_next(&random) & ((UINT64_C(1) << bits) - 1)) -
			                     (UINT64_C(1) << bits) / 2);
		check_values("random", value, count, UINT_MAX, SIZE_MAX);
	}
}

static const char *const names[] = { "", "Reuters", "AFP" };
static const int64_t numbers[] = { 1, 0, 2, 1 };

static void
encode_names(struct ndx_buf *out)
{
	struct ndx_str list[ARRAY_LEN(names)];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		list[i] = ndx_str(names[i]);
	ndx_buf_init(out, &ndx_mem_default);
	ndx_column_encode(numbers, ARRAY_LEN(numbers), list, ARRAY_LEN(names), out);
	assert_false(ndx_buf_failed(out));
}

static void
test_names(void **state)
{
	struct ndx_segment segment;
	struct ndx_column column;
	struct ndx_buf out;
	struct ndx_str name;
	int64_t value;

	(void)state;
	encode_names(&out);
	segment = segment_of(&out, ARRAY_LEN(numbers));
	CHECK("size", out.size == HEAD + 4 * 4 + 10 + 1);
	assert_int_equal(ndx_column_open(&segment, PART, &column, NULL), NDX_OK);
	for (ndx_docid docid = 0; docid < ARRAY_LEN(numbers); docid++) {
		CHECK("value", ndx_column_get(&column, docid, &value, NULL) == NDX_OK);
		CHECK("value", value == numbers[docid]);
		CHECK("name", ndx_column_name(&column, value, &name, NULL) == NDX_OK);
		CHECK("name", ndx_str_equal(name, ndx_str(names[value])));
	}
	CHECK("no name -1", ndx_column_name(&column, -1, &name, NULL) == NDX_E_CORRUPT);
	CHECK("no name 3", ndx_column_name(&column, 3, &name, NULL) == NDX_E_CORRUPT);
	segment_free(&segment);
	ndx_buf_free(&out);
}

static const struct {
	const char *name;
	size_t at; /* set the u32 there, ... */
	uint32_t value;
	size_t size; /* ... and offer so many bytes; 0: all */
	bool opens;  /* it is found only when the names are asked for */
} damage[] = {
	/* clang-format off */
	{ "a head cut off",              0,  0,  23, false },
	{ "a value cut off",             0,  1,  HEAD + 16 + 10, false },
	{ "width 33",                    16, 33, 0, false },
	{ "width 63",                    16, 63, 0, false },
	{ "a width too large",           16, 3,  0, false },
	{ "a width too small",           16, 0,  0, false },
	{ "a name too many",             20, 4,  0, false },
	{ "no names",                    20, 0,  0, false },
	{ "names beyond all bounds",     20, UINT32_MAX, 0, false },
	{ "names of too many bytes",     HEAD + 12, 11, 0, false },
	{ "names beyond the part",       HEAD + 12, UINT32_MAX, 0, false },
	{ "names that go back",          HEAD + 4, 8, 0, true },
	{ "a name beyond them all",      HEAD + 8, 11, 0, true },
	/* clang-format on */
};

static void
test_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		bool refused = false;
		struct ndx_segment segment;
		struct ndx_column column;
		struct ndx_buf out;
		struct ndx_str name;

		encode_names(&out);
		ndx_put_u32(out.data + damage[i].at, damage[i].value);
		out.size = damage[i].size == 0 ? out.size : damage[i].size;
		segment = segment_of(&out, ARRAY_LEN(numbers));
		CHECK(damage[i].name, ndx_column_open(&segment, PART, &column, NULL) ==
		                              (damage[i].opens ? NDX_OK : NDX_E_CORRUPT));
		for (int64_t n = 0; damage[i].opens && n < (int64_t)ARRAY_LEN(names); n++)
			refused |= ndx_column_name(&column, n, &name, NULL) == NDX_E_CORRUPT;
		CHECK(damage[i].name, refused == damage[i].opens);
		segment_free(&segment);
		ndx_buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),   cmocka_unit_test(test_wide),
		cmocka_unit_test(test_random), cmocka_unit_test(test_names),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
