/*
 * test_positions.c - the positions of a block of postings
 *
 * pinned[]  the example of the file head and its neighbours, to the byte
 * bad[]     bytes that must be refused
 * random    totals at the edges of groups; every posting read alone, from exact bytes
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/positions.h"

#include "common/format.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define POSITIONS_MAX 3000

static const struct {
	const char *name;
	size_t count; /* postings */
	uint32_t tf[4];
	uint32_t position[8];
	size_t size;
	uint8_t bytes[16];
} pinned[] = {
	/* clang-format off */
	{ "the first position of all",    1, { 1 }, { 0 }, 2, { 0, 0 } },
	{ "a run takes no bits",          1, { 4 }, { 0, 1, 2, 3 }, 2, { 0, 0 } },
	{ "the example of the head",      1, { 3 }, { 3, 4, 900 }, 5, { 2, 1, 0x33, 2, 0xdf } },
	{ "each posting begins anew",     2, { 2, 1 }, { 0, 2, 1 }, 3, { 1, 0, 0x06 } },
	{ "the largest position",         1, { 1 }, { UINT32_MAX - 1 }, 6,
	  { 32, 0, 0xfe, 0xff, 0xff, 0xff } },
	/* clang-format on */
};

static void
encode(const uint32_t *position, const uint32_t *tf, size_t count, struct ndx_buf *out)
{
	ndx_buf_init(out, &ndx_mem_default);
	ndx_positions_encode(position, tf, count, out);
	assert_false(ndx_buf_failed(out));
}

/* Decode one posting from a copy of exact size; false if it is refused. */
static bool
decode(const uint8_t *in, size_t size, uint64_t total, uint64_t skip, uint32_t count,
       uint32_t *position)
{
	uint8_t *copy = copy_exact(in, size);
	uint32_t *out = (uint32_t *)(void *)copy_slack("", 0, count * sizeof(*out));
	int ok = ndx_positions_decode(copy, size, total, skip, count, out);

	memcpy(position, out, count * sizeof(*out));
	free(copy);
	free(out);
	return ok != 0;
}

/* The postings whose index is a multiple of 'step' as sums, from a copy of exact size and slack. */
static void
check_sums(const char *name, const struct ndx_buf *in, const uint32_t *position, const uint32_t *tf,
           size_t count, size_t step)
{
	static struct ndx_range range[POSITIONS_MAX];
	uint8_t *copy = copy_slack(in->data, in->size, NDX_READ_SLACK);
	uint32_t *sum;
	size_t total = 0, wanted = 0;

	for (size_t i = 0; i < count; total += tf[i++])
		if (i % step == 0)
			range[wanted++] = (struct ndx_range){ total, tf[i], 0 };
	sum = (uint32_t *)(void *)copy_slack("", 0, (1 + (total + 15) / 16 * 16) * sizeof(*sum));
	CHECK(name, ndx_positions_sums(copy, in->size, total, range, wanted, ndx_kernels_get(NULL),
	                               sum + 1));
	for (size_t w = 0; w < wanted; w++)
		for (size_t i = 0; i < range[w].count; i++)
			CHECK(name, sum[1 + range[w].begin + i] - range[w].base ==
			                    position[range[w].begin + i]);
	free(copy);
	free(sum);
}

/* Every posting, alone, is what went in. */
static void
check_all(const char *name, const struct ndx_buf *in, const uint32_t *position, const uint32_t *tf,
          size_t count)
{
	static uint32_t out[POSITIONS_MAX];
	uint64_t total = 0, skip = 0;
	uint8_t *copy;

	for (size_t i = 0; i < count; i++)
		total += tf[i];
	for (size_t i = 0; i < count; skip += tf[i++]) {
		CHECK(name, decode(in->data, in->size, total, skip, tf[i], out));
		CHECK(name, memcmp(out, position + skip, tf[i] * sizeof(*out)) == 0);
	}
	copy = copy_exact(in->data, in->size);
	CHECK(name, ndx_positions_size(copy, in->size, total) == in->size);
	free(copy);
	for (size_t step = 1; step <= 64; step *= 4)
		check_sums(name, in, position, tf, count, step);
}

static void
test_pinned(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pinned); i++) {
		struct ndx_buf out;

		encode(pinned[i].position, pinned[i].tf, pinned[i].count, &out);
		CHECK(pinned[i].name, out.size == pinned[i].size);
		CHECK(pinned[i].name, memcmp(out.data, pinned[i].bytes, pinned[i].size) == 0);
		check_all(pinned[i].name, &out, pinned[i].position, pinned[i].tf, pinned[i].count);
		ndx_buf_free(&out);
	}
}

static const struct {
	const char *name;
	size_t size;
	uint8_t bytes[16];
	uint64_t total, skip;
	uint32_t count;
} bad[] = {
	/* clang-format off */
	{ "empty",                     0, { 0 },                    1, 0, 1 },
	{ "half a head",               1, { 2 },                    1, 0, 1 },
	{ "values cut off",            2, { 2, 0 },                 1, 0, 1 },
	{ "an exception cut off",      4, { 2, 1, 0x33, 2 },        3, 0, 3 },
	{ "width 33, all there",       16, { 33, 0 },               1, 0, 1 },
	{ "an exception past the end", 5, { 2, 1, 0x33, 3, 0xdf },  3, 0, 3 },
	{ "an exception beyond 2^32",  8, { 25, 1, 0, 0, 0, 0, 0, 0x80 }, 1, 0, 1 },
	{ "the position that is none", 6, { 32, 0, 0xff, 0xff, 0xff, 0xff }, 1, 0, 1 },
	{ "a sum beyond 2^32",         10, { 32, 0, 0xfe, 0xff, 0xff, 0xff, 1 }, 2, 0, 2 },
	{ "more than there are",       2, { 0, 0 },                 3, 0, 4 },
	{ "beyond what there is",      2, { 0, 0 },                 3, 2, 2 },
	{ "from beyond what there is", 2, { 0, 0 },                 3, 4, 0 },
	{ "the second group cut off",  5, { 0, 0, 8, 0, 1 },        130, 128, 2 },
	{ "its head cut off",          3, { 0, 0, 0 },              130, 0, 1 },
	{ "groups beyond all bounds",  16, { 0 },                   UINT64_C(1) << 39, 0, 1 },
	/* clang-format on */
};

/* The same read as sums, which are allowed not to notice a position too large. */
static bool
sums_refused(size_t row)
{
	struct ndx_range range = { bad[row].skip, bad[row].count, 0 };
	uint8_t *copy = copy_slack(bad[row].bytes, bad[row].size, NDX_READ_SLACK);
	uint32_t sum[161];
	int ok = ndx_positions_sums(copy, bad[row].size, bad[row].total, &range, 1,
	                            ndx_kernels_get(NULL), sum + 1);

	free(copy);
	return !ok || strstr(bad[row].name, "the position that is none") != NULL ||
	       strstr(bad[row].name, "a sum beyond") != NULL;
}

static void
test_bad(void **state)
{
	uint32_t out[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(bad[i].name, !decode(bad[i].bytes, bad[i].size, bad[i].total, bad[i].skip,
		                           bad[i].count, out) &&
		                           sums_refused(i));
	CHECK("size of a cut-off head", ndx_positions_size(bad[0].bytes, 0, 1) == 0);
	CHECK("size of cut-off values", ndx_positions_size(bad[2].bytes, 2, 1) == 0);
	CHECK("size beyond all bounds",
	      ndx_positions_size(bad[14].bytes, 16, UINT64_C(1) << 39) == 0);
}

/* 'total' positions in postings of about tf_max each, gaps of up to gap_bits bits. */
static void
random_positions(struct random *random, size_t total, size_t tf_max, unsigned gap_bits)
{
	static uint32_t position[POSITIONS_MAX], tf[POSITIONS_MAX];
	size_t count = 0, done = 0;
	struct ndx_buf out;

	while (done < total) {
		size_t n = 1 + random_below(random, tf_max);
		uint64_t next = 0;

		tf[count] = (uint32_t)(n < total - done ? n : total - done);
		for (size_t i = 0; i < tf[count]; i++) {
			unsigned bits = (unsigned)random_below(random, gap_bits + 1);

			next += random_next(random) & ((UINT64_C(1) << bits) - 1);
			position[done + i] = (uint32_t)next++;
		}
		done += tf[count++];
	}
	encode(position, tf, count, &out);
	check_all("random", &out, position, tf, count);
	if (total > 0)
		CHECK("cut", ndx_positions_size(out.data, out.size - 1, total) == 0);
	ndx_buf_free(&out);
}

static void
test_random(void **state)
{
	const size_t totals[] = { 1, 2, 7, 8, 9, 127, 128, 129, 255, 256, 257, 1000 };
	struct random random = random_of(1, 0, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
		for (unsigned bits = 0; bits <= 20; bits += 2) {
			random_positions(&random, totals[i], 3, bits);
			random_positions(&random, totals[i], 300, bits);
		}
		random_positions(&random, totals[i], 1, 31);
	}
}

/* Any bytes are refused or are positions: they rise. */
static void
test_mutants(void **state)
{
	const uint32_t tf[] = { 100, 60, 1 };
	uint32_t position[161], out[161];
	struct random random = random_of(2, 0, 0);
	struct ndx_buf in;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_LEN(position); i++)
		position[i] = i * 3 + (i % 50 == 0 ? 1 : 0) + (i < 100 ? 0 : 7000);
	encode(position, tf, ARRAY_LEN(tf), &in);
	for (int round = 0; round < 20000; round++) {
		size_t at = random_below(&random, in.size);
		uint8_t was = in.data[at];

		in.data[at] = (uint8_t)random_next(&random);
		if (decode(in.data, in.size, 161, 100, 60, out))
			for (size_t i = 1; i < 60; i++)
				CHECK("rise", out[i] > out[i - 1]);
		in.data[at] = was;
	}
	ndx_buf_free(&in);
}

static void
test_no_memory(void **state)
{
	const uint32_t tf[] = { 2 }, position[] = { 1, 5 };
	struct failing_mem failing;
	struct ndx_buf out;

	(void)state;
	ndx_failing_mem_init(&failing, 1);
	ndx_buf_init(&out, &failing.mem);
	ndx_positions_encode(position, tf, 1, &out);
	CHECK("it is said", ndx_buf_failed(&out));
	ndx_buf_free(&out);
	CHECK("nothing leaks", failing.live_count == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pinned),    cmocka_unit_test(test_bad),
		cmocka_unit_test(test_random),    cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
