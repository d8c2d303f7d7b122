/*
 * test_postings_inline.c - the few postings of a rare term
 *
 * good[]  round-trips, and pins the bytes
 * bad[]   bytes that must be refused
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/postings_inline.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	uint32_t df;
	bool has_positions;
	ndx_docid docid[4];
	uint32_t tf[4];
	uint32_t position[40];
	size_t size;
	uint8_t bytes[NDX_INLINE_SIZE_MAX];
} good[] = {
	/* clang-format off */
	{ "the example of the head", 1, true,  { 7 }, { 2 }, { 3, 9 }, 4, { 7, 1, 3, 5 } },
	{ "docid 0, position 0",     1, true,  { 0 }, { 1 }, { 0 }, 3, { 0, 0, 0 } },
	{ "without positions",       2, false, { 0, 1 }, { 1, 5 }, { 0 }, 4, { 0, 0, 0, 4 } },
	{ "four in a row",           4, true,  { 0, 1, 2, 3 }, { 1, 1, 1, 1 }, { 9, 8, 7, 6 }, 12,
	  { 0, 0, 9, 0, 0, 8, 0, 0, 7, 0, 0, 6 } },
	{ "the last docid",          1, true,  { UINT32_MAX - 2 }, { 1 }, { 1 }, 7,
	  { 0xfd, 0xff, 0xff, 0xff, 0x0f, 0, 1 } },
	{ "as many bytes as can be", 1, true,  { 0 }, { 38 },
	  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	    25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37 }, 40, { 0, 37 } },
	/* clang-format on */
};

static bool
decode(const uint8_t *in, size_t size, uint32_t df, bool has_positions, ndx_docid limit,
       struct ndx_inline_postings *postings)
{
	uint8_t *copy = copy_exact(in, size);
	bool ok = ndx_inline_decode(copy, size, df, has_positions, 0, limit, postings);

	free(copy);
	return ok;
}

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const uint32_t *position = good[i].has_positions ? good[i].position : NULL;
		uint32_t df = good[i].df, cf = 0;
		struct ndx_inline_postings postings;
		uint8_t out[NDX_INLINE_SIZE_MAX];

		for (uint32_t j = 0; j < df; j++)
			cf += good[i].tf[j];
		CHECK(good[i].name, ndx_inline_encode(good[i].docid, good[i].tf, position, NULL, df,
		                                      out) == good[i].size);
		CHECK(good[i].name, memcmp(out, good[i].bytes, good[i].size) == 0);
		CHECK(good[i].name, decode(out, good[i].size, df, good[i].has_positions,
		                           good[i].docid[df - 1] + 1, &postings));
		CHECK(good[i].name, postings.cf == cf);
		CHECK(good[i].name, memcmp(postings.docid, good[i].docid, 4 * df) == 0);
		CHECK(good[i].name, memcmp(postings.tf, good[i].tf, 4 * df) == 0);
		CHECK(good[i].name,
		      position == NULL || memcmp(postings.position, position, 4 * cf) == 0);
		CHECK("the limit", !decode(out, good[i].size, df, good[i].has_positions,
		                           good[i].docid[df - 1], &postings));
		for (size_t size = 0; size < good[i].size; size++)
			CHECK("cut", !decode(out, size, df, good[i].has_positions, NDX_DOCID_NONE,
			                     &postings));
	}
}

static void
test_too_large(void **state)
{
	ndx_docid docid[4] = { 0 };
	uint32_t tf[4] = { 39 }, position[39];
	uint8_t out[NDX_INLINE_SIZE_MAX];

	(void)state;
	for (uint32_t i = 0; i < 39; i++)
		position[i] = i;
	CHECK("a position too many", ndx_inline_encode(docid, tf, position, NULL, 1, out) == 0);
	tf[0] = 38;
	position[37] = 1000;
	CHECK("one that takes two bytes",
	      ndx_inline_encode(docid, tf, position, NULL, 1, out) == 0);
}

/* Forms follow the positions of each posting. */
static void
test_forms(void **state)
{
	static const uint8_t bytes[] = { 4, 1, 0, 6, 1, 0, 2, 0, 9, 2 };
	const ndx_docid docid[] = { 4, 7 };
	const uint32_t tf[] = { 2, 1 }, position[] = { 0, 7, 9 }, form[] = { 1, 0, 2 };
	struct ndx_inline_postings postings;
	uint8_t out[NDX_INLINE_SIZE_MAX];

	(void)state;
	CHECK("size", ndx_inline_encode(docid, tf, position, form, 2, out) == sizeof(bytes));
	CHECK("bytes", memcmp(out, bytes, sizeof(bytes)) == 0);
	CHECK("back", ndx_inline_decode(bytes, sizeof(bytes), 2, true, 3, 8, &postings));
	CHECK("positions", memcmp(postings.position, position, sizeof(position)) == 0);
	CHECK("forms", memcmp(postings.form, form, sizeof(form)) == 0);
	CHECK("a form too many",
	      !ndx_inline_decode(bytes, sizeof(bytes), 2, true, 2, 8, &postings));
	CHECK("one form has no numbers",
	      !ndx_inline_decode(bytes, sizeof(bytes), 2, true, 1, 8, &postings));
}

static const struct {
	const char *name;
	uint32_t df;
	bool has_positions;
	size_t size;
	uint8_t bytes[48];
} bad[] = {
	/* clang-format off */
	{ "a byte too many",             1, true,  4, { 0, 0, 0, 0 } },
	{ "docids of nothing",           1, true,  0, { 0 } },
	{ "a gap of 64 bits",            1, false, 11,
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0 } },
	{ "a docid past the articles",   1, false, 3, { 0xe8, 0x07, 0 } },
	{ "the second past them",        2, false, 5, { 1, 0, 0xe7, 0x07, 0 } },
	{ "a tf of 2^32",                1, false, 6, { 0, 0xff, 0xff, 0xff, 0xff, 0x0f } },
	{ "a position of 2^32 - 1",      1, true,  7, { 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f } },
	{ "a sum of positions beyond",   1, true,  8, { 0, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0 } },
	{ "more positions than can be",  1, true,  43, { 0, 40 } },
	/* clang-format on */
};

static void
test_bad(void **state)
{
	struct ndx_inline_postings postings;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(bad[i].name, !decode(bad[i].bytes, bad[i].size, bad[i].df,
		                           bad[i].has_positions, 1000, &postings));
}

/* Random bytes: what is taken is sound. */
static void
test_any_bytes(void **state)
{
	struct random random = random_of(1, 0, 0);

	(void)state;
	for (int round = 0; round < 50000; round++) {
		size_t size = random_below(&random, NDX_INLINE_SIZE_MAX + 8);
		uint32_t df = (uint32_t)random_below(&random, NDX_INLINE_DF_MAX + 1);
		struct ndx_inline_postings postings;
		uint8_t in[NDX_INLINE_SIZE_MAX + 8];
		uint64_t cf = 0;

		for (size_t i = 0; i < size; i++)
			in[i] = (uint8_t)random_zipf(&random, 256);
		if (!decode(in, size, df, random_percent(&random, 50), 100, &postings))
			continue;
		for (uint32_t i = 0; i < df; i++) {
			CHECK("docids", postings.docid[i] < 100);
			CHECK("rise", i == 0 || postings.docid[i] > postings.docid[i - 1]);
			CHECK("tf", postings.tf[i] > 0);
			cf += postings.tf[i];
		}
		CHECK("cf", postings.cf == cf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_good),
		                            cmocka_unit_test(test_too_large),
		                            cmocka_unit_test(test_forms),
		                            cmocka_unit_test(test_bad),
		                            cmocka_unit_test(test_any_bytes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
