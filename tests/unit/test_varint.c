/*
 * test_varint.c - little-endian integers and varints
 *
 * good[]  round-trips, and pins the bytes.
 * bad[]   bytes that must be refused.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/varint.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	uint64_t value;
	size_t size;
	uint8_t bytes[NDX_VARINT_SIZE_MAX];
} good[] = {
	/* clang-format off */
	{ "zero takes a byte",     0,          1, { 0x00 } },
	{ "largest in one byte",   127,        1, { 0x7f } },
	{ "smallest in two",       128,        2, { 0x80, 0x01 } },
	{ "largest in two",        16383,      2, { 0xff, 0x7f } },
	{ "smallest in three",     16384,      3, { 0x80, 0x80, 0x01 } },
	{ "32 bits",               UINT32_MAX, 5, { 0xff, 0xff, 0xff, 0xff, 0x0f } },
	{ "63 bits, nine bytes",   INT64_MAX,  9,
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f } },
	{ "64 bits, ten bytes",    UINT64_MAX, 10,
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 } },
	/* clang-format on */
};

static const struct {
	const char *name;
	size_t size;
	uint8_t bytes[11];
} bad[] = {
	/* clang-format off */
	{ "empty",                0, { 0 } },
	{ "breaks off at once",   1, { 0x80 } },
	{ "breaks off late",      9, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ "65 bits",              10, { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02 } },
	{ "never ends",           11, { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81,
	                                0x00 } },
	/* clang-format on */
};

/* Decode from a heap copy of exact size, so that ASan sees one byte too far. */
static size_t
decode(const uint8_t *bytes, size_t size, uint64_t *value_ret)
{
	uint8_t *copy = malloc(size + (size == 0));
	size_t used;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, size);
	used = ndx_varint_decode(copy, size, value_ret);
	free(copy);
	return used;
}

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint8_t out[NDX_VARINT_SIZE_MAX];
		uint64_t value = ~good[i].value;

		CHECK(good[i].name, ndx_varint_encode(good[i].value, out) == good[i].size);
		CHECK(good[i].name, memcmp(out, good[i].bytes, good[i].size) == 0);
		CHECK(good[i].name, decode(out, good[i].size, &value) == good[i].size);
		CHECK(good[i].name, value == good[i].value);
		for (size_t size = 0; size < good[i].size; size++)
			CHECK(good[i].name, decode(out, size, &value) == 0);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint64_t value = 77;

		CHECK(bad[i].name, decode(bad[i].bytes, bad[i].size, &value) == 0);
		CHECK(bad[i].name, value == 77);
	}
}

static void
test_fixed(void **state)
{
	static const uint8_t in[] = { 0, 1, 2, 3, 4, 5, 6, 7, 0xff };
	uint8_t out[9] = { 0 };

	(void)state;
	CHECK("u16, not aligned", ndx_get_u16(in + 1) == 0x0201);
	CHECK("u32, not aligned", ndx_get_u32(in + 1) == 0x04030201);
	CHECK("u64, not aligned", ndx_get_u64(in + 1) == 0xff07060504030201);
	ndx_put_u16(out + 1, 0x0201);
	CHECK("put u16", memcmp(out, in, 3) == 0 && out[3] == 0);
	ndx_put_u32(out + 1, 0x04030201);
	CHECK("put u32", memcmp(out, in, 5) == 0 && out[5] == 0);
	ndx_put_u64(out + 1, 0xff07060504030201);
	CHECK("put u64", memcmp(out, in, 9) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
