/*
 * test_postings_block.c - one block of postings, encoded, parsed and decoded
 *
 * good[]    round-trips, and pins each size: a change of format must show up here
 * pinned[]  the examples of the file head, to the byte
 * bad[]     bytes that must be refused: a sound block with one byte set, then cut to size
 * random    counts at the edges, gaps of all widths, with every table of kernels
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/postings_block.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	size_t count;
	ndx_docid prev, first, step; /* docid[i] = first + i * step */
	uint32_t tf_at_0;            /* all other tf are 1 */
	size_t size;                 /* bytes expected on disk */
} good[] = {
	/* clang-format off */
	{ "docids 0..127, no bits at all",  128, NDX_DOCID_NONE, 0,   1, 1, 2 },
	{ "the example in the file head",   128, NDX_DOCID_NONE, 7,   1, 1, 3 + 24 },
	{ "consecutive after prev",         128, 99,             100, 1, 1, 2 },
	{ "step 2: a bitset of 4 words",    128, NDX_DOCID_NONE, 1,   2, 1, 3 + 32 },
	{ "step 6: of 12, three bits a posting more than gaps", 128, NDX_DOCID_NONE, 0, 6, 1, 3 + 96 },
	{ "step 7: the gaps are smaller",   128, NDX_DOCID_NONE, 0,   7, 1, 2 + 48 },
	{ "127 postings are no bitset",     127, NDX_DOCID_NONE, 1,   2, 1, 2 + 16 },
	{ "one posting, docid 0",           1,   NDX_DOCID_NONE, 0,   1, 1, 2 },
	{ "one posting, docid 5",           1,   NDX_DOCID_NONE, 5,   1, 1, 2 + 1 },
	{ "one large tf is an exception",   128, NDX_DOCID_NONE, 0,   1, 256, 2 + 1 + 2 },
	{ "exceptions have 8 bits more",    128, NDX_DOCID_NONE, 0,   1, 257, 2 + 16 + 1 + 2 },
	{ "of few, none is an exception",   8,   NDX_DOCID_NONE, 0,   1, 5, 2 + 3 },
	{ "the largest tf",                 128, NDX_DOCID_NONE, 0,   1, UINT32_MAX, 2 + 384 + 1 + 2 },
	{ "the widest gap",                 128, NDX_DOCID_NONE, UINT32_MAX - 128, 1, 1, 2 + 512 },
	{ "the widest gap of one",          1,   NDX_DOCID_NONE, UINT32_MAX - 1, 1, 1, 2 + 4 },
	/* clang-format on */
};

static void
fill(size_t row, ndx_docid *docid, uint32_t *tf)
{
	for (uint32_t i = 0; i < good[row].count; i++) {
		docid[i] = good[row].first + i * good[row].step;
		tf[i] = i == 0 ? good[row].tf_at_0 : 1;
	}
}

/*
 * Parse and decode a copy of in[size]: parsed where nothing follows, decoded where the
 * slack does.  Returns the bytes used, 0 if they are refused.
 */
static size_t
decode(const uint8_t *in, size_t size, size_t count, ndx_docid prev, ndx_docid limit,
       const struct ndx_kernels *kernels, ndx_docid *docid, uint32_t *tf)
{
	uint8_t *exact = copy_exact(in, size), *slack = copy_slack(in, size, NDX_READ_SLACK);
	struct ndx_block block;
	size_t used = ndx_block_parse(exact, size, count, prev, &ndx_kernels_scalar, &block);

	if (used > 0) {
		assert_int_equal(
			ndx_block_parse(slack, size, count, prev, &ndx_kernels_scalar, &block),
			used);
		if (ndx_block_docids(&block, kernels, limit, docid))
			ndx_block_tfs(&block, kernels, tf);
		else
			used = 0;
	}
	free(exact);
	free(slack);
	return used;
}

/* Each tf read alone. */
static void
check_single_tfs(const char *name, const uint8_t *in, size_t size, size_t count, ndx_docid prev,
                 const uint32_t *tf)
{
	uint8_t *slack = copy_slack(in, size, NDX_READ_SLACK);
	struct ndx_block block;

	CHECK(name, ndx_block_parse(slack, size, count, prev, &ndx_kernels_scalar, &block) == size);
	for (size_t i = 0; i < count; i++)
		CHECK(name, ndx_block_tf(&block, i) == tf[i]);
	free(slack);
}

static void
test_good(void **state)
{
	ndx_docid docid[NDX_BLOCK_LEN] = { 0 }, docid2[NDX_BLOCK_LEN];
	uint32_t tf[NDX_BLOCK_LEN] = { 0 }, tf2[NDX_BLOCK_LEN];
	uint8_t block[NDX_BLOCK_SIZE_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		size_t count = good[i].count, size;

		fill(i, docid, tf);
		size = ndx_block_encode(docid, tf, count, good[i].prev, block);
		CHECK(good[i].name, size == good[i].size);
		CHECK(good[i].name, decode(block, size, count, good[i].prev, NDX_DOCID_NONE,
		                           &ndx_kernels_scalar, docid2, tf2) == size);
		CHECK(good[i].name, memcmp(docid, docid2, count * sizeof(*docid)) == 0);
		CHECK(good[i].name, memcmp(tf, tf2, count * sizeof(*tf)) == 0);
		check_single_tfs(good[i].name, block, size, count, good[i].prev, tf);
	}
}

/* Docids 7 to 134, each with tf 1. */
static const uint8_t head_example[] = { 0xff, 0x00, 0x03, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff,
	                                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                                0xff, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 };

static void
test_pinned(void **state)
{
	const ndx_docid few[] = { 2, 4, 9 };
	const uint32_t few_tf[] = { 1, 3, 2 };
	/* Gaps 2, 1, 4 of 3 bits; tf - 1 of 0, 2, 1 of 2 bits. */
	const uint8_t expected[] = { 0x03, 0x02, 0x0a, 0x01, 0x18 };
	ndx_docid docid[NDX_BLOCK_LEN];
	uint32_t tf[NDX_BLOCK_LEN];
	uint8_t block[NDX_BLOCK_SIZE_MAX];
	size_t size;

	(void)state;
	fill(1, docid, tf);
	size = ndx_block_encode(docid, tf, NDX_BLOCK_LEN, NDX_DOCID_NONE, block);
	CHECK("the bitset of the head", size == sizeof(head_example));
	CHECK("the bitset of the head", memcmp(block, head_example, sizeof(head_example)) == 0);
	size = ndx_block_encode(few, few_tf, ARRAY_LEN(few), NDX_DOCID_NONE, block);
	CHECK("three postings", size == sizeof(expected));
	CHECK("three postings", memcmp(block, expected, sizeof(expected)) == 0);
}

static const struct {
	const char *name;
	bool bitset; /* the example of the head; else 127 postings, step 2, gaps of 1 bit */
	size_t at;   /* set block[at] = byte, then ... */
	uint8_t byte;
	size_t size; /* ... offer this many bytes, zeros after the block's own */
	ndx_docid limit;
} bad[] = {
	/* clang-format off */
	{ "empty",                         false, 0, 1,    0,   1000 },
	{ "half a head",                   false, 0, 1,    1,   1000 },
	{ "one byte short",                false, 0, 1,    17,  1000 },
	{ "gap width 33, all there",       false, 0, 33,   NDX_BLOCK_SIZE_MAX, 1000 },
	{ "gap width 254, all there",      false, 0, 254,  NDX_BLOCK_SIZE_MAX, 1000 },
	{ "tf width 33, all there",        false, 1, 33,   NDX_BLOCK_SIZE_MAX, 1000 },
	{ "tf width 255, all there",       false, 1, 255,  NDX_BLOCK_SIZE_MAX, 1000 },
	{ "tf cut off",                    false, 1, 1,    33,  1000 },
	{ "last docid is the limit",       false, 0, 1,    18,  253 },
	{ "127 postings as a bitset",      false, 0, 0xff, NDX_BLOCK_SIZE_MAX, 100000 },
	{ "a bitset without its count",    true,  0, 0xff, 2,   1000 },
	{ "a bitset of no words",          true,  2, 0,    27,  1000 },
	{ "a word short",                  true,  2, 2,    27,  1000 },
	{ "a word cut off",                true,  2, 3,    26,  1000 },
	{ "a word too many, cut off",      true,  2, 4,    27,  1000 },
	{ "a bit too few",                 true,  3, 0,    27,  1000 },
	{ "a bit too many",                true,  3, 0xc0, 27,  1000 },
	{ "tf width 33 beside a bitset",   true,  1, 33,   NDX_BLOCK_SIZE_MAX, 1000 },
	{ "last bit is the limit",         true,  0, 0xff, 27,  134 },
	{ "no number of exceptions",       true,  1, 0x80, 27,  1000 },
	/* clang-format on */
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		size_t row = bad[i].bitset ? 1 : 6;
		uint8_t block[NDX_BLOCK_SIZE_MAX] = { 0 };
		ndx_docid docid[NDX_BLOCK_LEN];
		uint32_t tf[NDX_BLOCK_LEN];

		fill(row, docid, tf);
		ndx_block_encode(docid, tf, good[row].count, NDX_DOCID_NONE, block);
		block[bad[i].at] = bad[i].byte;
		CHECK(bad[i].name, decode(block, bad[i].size, good[row].count, NDX_DOCID_NONE,
		                          bad[i].limit, &ndx_kernels_scalar, docid, tf) == 0);
	}
}

/* Exceptions: 128 docids from 0 on, tf - 1 of no bits but for what follows. */
static const struct {
	const char *name;
	size_t size;
	uint8_t bytes[8];
	bool ok;
} exceptions[] = {
	/* clang-format off */
	{ "one",                  5, { 0, 0x80, 1, 127, 9 },       true },
	{ "none",                 3, { 0, 0x80, 0 },               true },
	{ "their number cut off", 2, { 0, 0x80 },                  false },
	{ "one cut off",          4, { 0, 0x80, 1, 127 },          false },
	{ "the second cut off",   6, { 0, 0x80, 2, 1, 1, 2 },      false },
	{ "of no posting",        5, { 0, 0x80, 1, 128, 9 },       false },
	/* clang-format on */
};

static void
test_exceptions(void **state)
{
	uint8_t wide[2 + 400 + 3] = { 0, 0x80 | 25, [402] = 1, [404] = 0x80 };
	ndx_docid docid[NDX_BLOCK_LEN];
	uint32_t tf[NDX_BLOCK_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		CHECK(exceptions[i].name,
		      decode(exceptions[i].bytes, exceptions[i].size, NDX_BLOCK_LEN, NDX_DOCID_NONE,
		             1000, &ndx_kernels_scalar, docid,
		             tf) == (exceptions[i].ok ? exceptions[i].size : 0));
	decode(exceptions[0].bytes, 5, NDX_BLOCK_LEN, NDX_DOCID_NONE, 1000, &ndx_kernels_scalar,
	       docid, tf);
	CHECK("its high bits", tf[127] == 10 && tf[126] == 1);
	CHECK("high bits beyond 2^32", decode(wide, sizeof(wide), NDX_BLOCK_LEN, NDX_DOCID_NONE,
	                                      1000, &ndx_kernels_scalar, docid, tf) == 0);
	wide[404] = 0x7f;
	CHECK("and below", decode(wide, sizeof(wide), NDX_BLOCK_LEN, NDX_DOCID_NONE, 1000,
	                          &ndx_kernels_scalar, docid, tf) == sizeof(wide));
}

/* Sums that wrap beyond 2^32, and a bitset with docids before 'prev'. */
static void
test_wraps(void **state)
{
	uint8_t wide[NDX_BLOCK_SIZE_MAX] = { 32, 0 }, *slack;
	ndx_docid docid[NDX_BLOCK_LEN];
	struct ndx_block block;

	(void)state;
	memset(wide + 2, 0xff, 512);
	for (size_t count = 2; count <= NDX_BLOCK_LEN; count++) {
		slack = copy_slack(wide, 2 + 4 * count, NDX_READ_SLACK);
		CHECK("parses", ndx_block_parse(slack, 2 + 4 * count, count, 3, &ndx_kernels_scalar,
		                                &block) > 0);
		CHECK("but wraps",
		      !ndx_block_docids(&block, &ndx_kernels_scalar, NDX_DOCID_NONE, docid));
		free(slack);
	}
	slack = copy_slack(head_example, sizeof(head_example), NDX_READ_SLACK);
	CHECK("bits up to 'prev'", ndx_block_parse(slack, sizeof(head_example), 128, 20,
	                                           &ndx_kernels_scalar, &block) == 0);
	CHECK("none up to it", ndx_block_parse(slack, sizeof(head_example), 128, 6,
	                                       &ndx_kernels_scalar, &block) > 0);
	CHECK("the last bit", ndx_block_bitset_last(&block) == 134);
	slack[sizeof(head_example) - 8] = slack[sizeof(head_example) - 9] = 0;
	CHECK("bits are counted", ndx_block_parse(slack, sizeof(head_example), 128, 6,
	                                          &ndx_kernels_scalar, &block) == 0);
	free(slack);
}

static void
random_block(struct random *random, const struct ndx_kernels *kernels, size_t count,
             unsigned gap_width, unsigned tf_width)
{
	ndx_docid docid[NDX_BLOCK_LEN] = { 0 }, docid2[NDX_BLOCK_LEN];
	ndx_docid prev = random_percent(random, 50) ? NDX_DOCID_NONE : 1000, at = prev;
	uint32_t tf[NDX_BLOCK_LEN] = { 0 }, tf2[NDX_BLOCK_LEN];
	uint8_t block[NDX_BLOCK_SIZE_MAX];
	size_t size;

	for (size_t i = 0; i < count; i++) {
		at += 1 + (uint32_t)(random_next(random) & (((uint64_t)1 << gap_width) - 1));
		docid[i] = at;
		tf[i] = 1 + (uint32_t)(random_next(random) & (((uint64_t)1 << tf_width) - 1));
		tf[i] -= tf[i] == 0; /* it wrapped */
	}
	size = ndx_block_encode(docid, tf, count, prev, block);
	CHECK("all of it", decode(block, size, count, prev, at + 1, kernels, docid2, tf2) == size);
	CHECK("docids", memcmp(docid, docid2, count * sizeof(*docid)) == 0);
	CHECK("tf", memcmp(tf, tf2, count * sizeof(*tf)) == 0);
	CHECK("the limit", decode(block, size, count, prev, at, kernels, docid2, tf2) == 0);
	CHECK("cut", decode(block, size - 1, count, prev, at + 1, kernels, docid2, tf2) == 0);
}

static void
test_random(void **state)
{
	const size_t counts[] = { 1, 2, 15, 16, 17, 63, 64, 65, 127, 128 };
	const char *const names[] = { "scalar", "avx2", "avx512vl", "avx512" };
	struct random random = random_of(1, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++) {
		const struct ndx_kernels *kernels = ndx_kernels_get(names[t]);

		for (size_t c = 0; kernels != NULL && c < ARRAY_LEN(counts); c++)
			for (unsigned width = 0; width <= 24; width++)
				random_block(&random, kernels, counts[c], width,
				             (unsigned)random_below(&random, 33));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),  cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_bad),   cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_wraps), cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
