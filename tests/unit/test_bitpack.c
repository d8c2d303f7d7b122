/*
 * test_bitpack.c - integers of a fixed number of bits
 *
 * pinned[]  the bytes of a few small cases: a change of format must show up here
 * widths    every width and the counts at the edges of bytes, words and blocks round-trip
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/bitpack.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/test.h"

#define COUNT_MAX 257

static const struct {
	const char *name;
	unsigned width;
	size_t count;
	uint32_t value[8];
	size_t size;
	uint8_t bytes[8];
} pinned[] = {
	/* clang-format off */
	{ "nothing",                0,  0, { 0 },             0, { 0 } },
	{ "zeros take no bits",     0,  8, { 0 },             0, { 0 } },
	{ "one bit each",           1,  8, { 1, 0, 1, 1, 0, 0, 0, 1 }, 1, { 0x8d } },
	{ "a last byte not full",   1,  3, { 1, 0, 1 },       1, { 0x05 } },
	{ "the lowest bits first",  3,  3, { 7, 0, 5 },       2, { 0x47, 0x01 } },
	{ "across a byte",          5,  2, { 31, 31 },        2, { 0xff, 0x03 } },
	{ "whole bytes",            8,  3, { 1, 2, 0xfe },    3, { 0x01, 0x02, 0xfe } },
	{ "little-endian",          12, 2, { 0x123, 0xabc },  3, { 0x23, 0xc1, 0xab } },
	{ "31 bits",                31, 1, { 0x7fffffff },    4, { 0xff, 0xff, 0xff, 0x7f } },
	{ "all bits",               32, 2, { 1, UINT32_MAX }, 8,
	  { 0x01, 0, 0, 0, 0xff, 0xff, 0xff, 0xff } },
	/* clang-format on */
};

static void
test_pinned(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pinned); i++) {
		uint8_t *out = copy_exact(pinned[i].bytes, pinned[i].size);

		memset(out, 0x5a, pinned[i].size);
		CHECK(pinned[i].name,
		      ndx_packed_size(pinned[i].count, pinned[i].width) == pinned[i].size);
		ndx_pack(pinned[i].value, pinned[i].count, pinned[i].width, out);
		CHECK(pinned[i].name, memcmp(out, pinned[i].bytes, pinned[i].size) == 0);
		free(out);
	}
}

static const size_t counts[] = { 0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 127, 128, 129, 257 };

static void
round_trip(struct random *random, unsigned width, size_t count)
{
	const uint64_t limit = (uint64_t)1 << width;
	const size_t size = ndx_packed_size(count, width);
	uint32_t value[COUNT_MAX];
	uint8_t *exact = copy_slack("", 0, size), *slack;

	for (size_t i = 0; i < count; i++)
		value[i] = (uint32_t)(random_percent(random, 20) ? limit - 1
		                                                 : random_next(random) % limit);
	ndx_pack(value, count, width, exact);
	slack = copy_slack(exact, size, 8);
	for (size_t i = 0; i < count; i++) {
		CHECK("exact", ndx_packed_get(exact, i, width) == value[i]);
		CHECK("with slack", ndx_packed_get_slack(slack, i, width) == value[i]);
	}
	free(exact);
	free(slack);
}

static void
test_widths(void **state)
{
	struct random random = random_of(1, 0, 0);

	(void)state;
	for (unsigned width = 0; width <= 32; width++)
		for (size_t i = 0; i < ARRAY_LEN(counts); i++)
			round_trip(&random, width, counts[i]);
}

static const struct {
	const char *name;
	uint64_t value;
	unsigned width;
} bits[] = {
	{ "zero", 0, 0 },
	{ "one", 1, 1 },
	{ "three", 3, 2 },
	{ "a power of two", 4, 3 },
	{ "32 bits", 0xffffffff, 32 },
	{ "33 bits", 0x100000000, 33 },
	{ "64 bits", UINT64_MAX, 64 },
};

static void
test_bit_width(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bits); i++)
		CHECK(bits[i].name, ndx_bit_width(bits[i].value) == bits[i].width);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pinned),
		                            cmocka_unit_test(test_widths),
		                            cmocka_unit_test(test_bit_width) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
