/*
 * test_kernels.c - every table of kernels gives the bits that the scalar one gives
 *
 * All widths and all counts of a block, from buffers of exact size: the packed bytes and
 * NDX_READ_SLACK, room for a multiple of 16 values and no more.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/bitpack.h"
#include "common/format.h"
#include "common/impact.h"
#include "common/kernels.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/test.h"

static const char *const names[] = { "scalar", "avx2", "avx512vl", "avx512" };

/* A table by number: NULL if it cannot run here. */
static const struct ndx_kernels *
table_of(size_t i)
{
	return ndx_kernels_get(names[i]);
}

static size_t
rounded(size_t count)
{
	return (count + 15) / 16 * 16;
}

static void
test_get(void **state)
{
	const struct ndx_kernels *best = ndx_kernels_get(NULL);
	bool seen = false;

	(void)state;
	CHECK("there is one", best != NULL);
	CHECK("the scalar one always", ndx_kernels_get("scalar") == &ndx_kernels_scalar);
	CHECK("an unknown name", ndx_kernels_get("mmx") == NULL);
	CHECK("an empty name", ndx_kernels_get("") == NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct ndx_kernels *table = table_of(i);

		CHECK(names[i], table == NULL || strcmp(table->name, names[i]) == 0);
		seen |= table == best;
	}
	CHECK("the best is known by name", seen);
}

static void
unpack_one(const struct ndx_kernels *table, struct random *random, size_t count, unsigned width)
{
	const size_t size = ndx_packed_size(count, width);
	uint32_t value[NDX_BLOCK_LEN];
	uint32_t *out = (uint32_t *)(void *)copy_slack("", 0, rounded(count) * sizeof(*out));
	uint8_t *packed = copy_slack("", 0, size), *in;

	for (size_t i = 0; i < count; i++)
		value[i] = (uint32_t)(random_next(random) & (((uint64_t)1 << width) - 1));
	ndx_pack(value, count, width, packed);
	in = copy_slack(packed, size, NDX_READ_SLACK);
	table->unpack(in, count, width, out);
	CHECK(table->name, memcmp(out, value, count * sizeof(*out)) == 0);
	free(in);
	free(packed);
	free(out);
}

static void
test_unpack(void **state)
{
	struct random random = random_of(1, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (unsigned width = 0; table_of(t) != NULL && width <= 32; width++)
			for (size_t count = 0; count <= NDX_BLOCK_LEN; count++)
				unpack_one(table_of(t), &random, count, width);
}

static void
undelta_one(const struct ndx_kernels *table, struct random *random, size_t count, unsigned width,
            uint32_t prev)
{
	const size_t size = rounded(count) * sizeof(uint32_t);
	uint32_t *value = (uint32_t *)(void *)copy_slack("", 0, size), expected[NDX_BLOCK_LEN];

	for (size_t i = 0; i < count; i++)
		value[i] = (uint32_t)(random_next(random) & (((uint64_t)1 << width) - 1));
	for (size_t i = 0; i < count; i++)
		expected[i] = (i == 0 ? prev : expected[i - 1]) + 1 + value[i];
	table->undelta(value, count, prev);
	CHECK(table->name, memcmp(value, expected, count * sizeof(*value)) == 0);
	free(value);
}

static void
test_undelta(void **state)
{
	const uint32_t prevs[] = { NDX_DOCID_NONE, 0, 41, 0x80000000 };
	struct random random = random_of(2, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (size_t count = 0; table_of(t) != NULL && count <= NDX_BLOCK_LEN; count++)
			for (size_t p = 0; p < ARRAY_LEN(prevs); p++)
				for (unsigned width = 0; width <= 32; width += 8)
					undelta_one(table_of(t), &random, count, width, prevs[p]);
}

/* tf of all sizes: 0, small ones, and those that are negative as signed numbers. */
static uint32_t
random_tf(struct random *random)
{
	const uint32_t odd[] = { 0, 0x7fffffff, 0x80000000, 0xffffffff };

	if (random_percent(random, 5))
		return odd[random_below(random, ARRAY_LEN(odd))];
	return 1 + (uint32_t)random_zipf(random, 300);
}

static void
score_one(const struct ndx_kernels *table, struct random *random, size_t count)
{
	uint32_t docid[NDX_BLOCK_LEN], tf[NDX_BLOCK_LEN];
	float length[256], expected[NDX_BLOCK_LEN];
	const float weight = (float)(1 + random_below(random, 1000)) / 37;
	uint8_t *norm = copy_slack("", 0, 1003);
	uint32_t *docids, *tfs;
	float *out;

	for (size_t i = 0; i < 1000; i++)
		norm[i] = (uint8_t)random_next(random);
	ndx_norm_table(NDX_K1, NDX_B, 1 + (double)random_below(random, 900), length);
	for (size_t i = 0; i < count; i++) {
		docid[i] = (uint32_t)random_below(random, 1000);
		tf[i] = random_tf(random);
	}
	docids = (uint32_t *)(void *)copy_exact(docid, count * sizeof(*docid));
	tfs = (uint32_t *)(void *)copy_exact(tf, count * sizeof(*tf));
	out = (float *)(void *)copy_slack("", 0, count * sizeof(*out));
	ndx_kernels_scalar.score(docid, tf, count, norm, length, weight, expected);
	table->score(docids, tfs, count, norm, length, weight, out);
	CHECK(table->name, memcmp(out, expected, count * sizeof(*out)) == 0);
	for (size_t i = 0; i < count; i++)
		CHECK("a tf of 0 scores nothing", tf[i] != 0 || out[i] == 0);
	free(docids);
	free(tfs);
	free(out);
	free(norm);
}

static void
test_score(void **state)
{
	struct random random = random_of(3, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (int round = 0; table_of(t) != NULL && round < 3; round++)
			for (size_t count = 0; count <= NDX_BLOCK_LEN; count++)
				score_one(table_of(t), &random, count);
}

static void
bounds_one(const struct ndx_kernels *table, struct random *random, size_t count)
{
	const size_t row_count = 2 * NDX_IMPACT_COUNT + 1;
	const float extra = random_percent(random, 50) ? 0 : (float)random_below(random, 40) / 7;
	uint8_t *rows = copy_slack("", 0, row_count * count);
	float length[256], expected[NDX_GROUP_LEN], *out;

	ndx_norm_table(NDX_K1, NDX_B, 1 + (double)random_below(random, 900), length);
	for (size_t i = 0; i < row_count * count; i++)
		rows[i] =
			(uint8_t)(random_percent(random, 5) ? 255 : 1 + random_below(random, 255));
	out = (float *)(void *)copy_slack("", 0, count * sizeof(*out));
	ndx_kernels_scalar.bounds(rows, count, length, extra, expected);
	table->bounds(rows, count, length, extra, out);
	for (size_t i = 0; i < count; i++) {
		CHECK(table->name,
		      out[i] >= expected[i] * 0.999999f && out[i] <= expected[i] * 1.000001f);
		for (size_t j = 0; j < NDX_IMPACT_COUNT; j++) {
			const double f =
				rows[2 * j * count + i] + (double)extra * rows[6 * count + i];
			const double l = (double)length[rows[(2 * j + 1) * count + i]];

			CHECK("bounded", (double)out[i] * 1.000001 >= f / (f + l));
		}
	}
	free(rows);
	free(out);
}

static void
test_bounds(void **state)
{
	struct random random = random_of(7, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (int round = 0; table_of(t) != NULL && round < 50; round++)
			for (size_t count = 0; count <= NDX_GROUP_LEN; count++)
				bounds_one(table_of(t), &random, count);
}

static void
above_one(const struct ndx_kernels *table, struct random *random, size_t count)
{
	const unsigned percent = (unsigned)random_below(random, 101);
	float *value = (float *)(void *)copy_slack("", 0, count * sizeof(*value));
	uint16_t *at = (uint16_t *)(void *)copy_slack("", 0, (count + 15) / 16 * 16 * sizeof(*at));
	size_t found, expected = 0;

	for (size_t i = 0; i < count; i++)
		value[i] = random_percent(random, percent) ? 1.5f : (float)random_below(random, 2);
	found = table->above(value, count, 1, at);
	for (size_t i = 0; i < count; i++) {
		if (value[i] <= 1)
			continue;
		CHECK(table->name, expected < found && at[expected] == i);
		expected++;
	}
	CHECK(table->name, found == expected);
	free(value);
	free(at);
}

static void
test_above(void **state)
{
	struct random random = random_of(8, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++) {
		for (size_t count = 0; table_of(t) != NULL && count <= 200; count++)
			above_one(table_of(t), &random, count);
		if (table_of(t) != NULL)
			above_one(table_of(t), &random, 65536);
	}
}

static void
test_popcount(void **state)
{
	struct random random = random_of(4, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++) {
		for (size_t count = 0; table_of(t) != NULL && count <= 70; count++) {
			uint64_t *word = (uint64_t *)(void *)copy_slack("", 0, 8 * count);
			uint64_t expected = 0;

			for (size_t i = 0; i < count; i++) {
				word[i] = random_percent(&random, 10) ? UINT64_MAX
				                                      : random_next(&random);
				for (unsigned bit = 0; bit < 64; bit++)
					expected += word[i] >> bit & 1;
			}
			CHECK(names[t],
			      table_of(t)->popcount((const uint8_t *)word, count) == expected);
			free(word);
		}
	}
}

/* Words with 0 to 128 bits in all, from bytes of exact size. */
static uint8_t *
random_words(struct random *random, size_t word_count, uint32_t *bit, size_t *count_ret)
{
	static const uint8_t none[8 * 66];
	uint8_t *words = copy_exact(none, 8 * word_count);
	const unsigned percent = (unsigned)random_below(random, 101);

	*count_ret = 0;
	for (size_t i = 0; i < 64 * word_count && *count_ret < NDX_BLOCK_LEN; i++) {
		if (!random_percent(random, percent))
			continue;
		words[i / 8] |= (uint8_t)(1u << i % 8);
		bit[(*count_ret)++] = (uint32_t)i;
	}
	return words;
}

static void
bits_one(const struct ndx_kernels *table, struct random *random, size_t word_count)
{
	const uint32_t base = 64 * (uint32_t)random_below(random, 1000);
	uint32_t bit[NDX_BLOCK_LEN], *out;
	uint8_t rank[NDX_BLOCK_LEN];
	size_t count, asked = 0;
	uint8_t *words = random_words(random, word_count, bit, &count);
	uint32_t some[NDX_BLOCK_LEN + 2];

	for (size_t i = 0; i < count; i++)
		bit[i] += base;
	out = (uint32_t *)(void *)copy_slack("", 0, count * sizeof(*out));
	table->list_bits(words, word_count, base, out);
	CHECK(table->name, memcmp(out, bit, count * sizeof(*out)) == 0);
	CHECK("every rank", table->rank_bits(words, word_count, base, bit, count, rank) == count);
	for (size_t i = 0; i < count; i++) {
		CHECK(table->name, rank[i] == i);
		if (i % 3 == 0)
			some[asked++] = bit[i];
	}
	CHECK("some ranks", table->rank_bits(words, word_count, base, some, asked, rank) == asked);
	for (size_t i = 0; i < asked; i++)
		CHECK(table->name, rank[i] == 3 * i);
	some[asked] = base + 64 * (uint32_t)word_count;
	CHECK("past the end",
	      table->rank_bits(words, word_count, base, some, asked + 1, rank) == asked);
	if (count > 0 && bit[0] > base) {
		some[0] = bit[0] - 1;
		CHECK("not set", table->rank_bits(words, word_count, base, some, 1, rank) == 0);
	}
	free(words);
	free(out);
}

/* Sums that wrap, too; add[] ends where it is no longer read: 3 later. */
static void
add_bits_one(const struct ndx_kernels *table, struct random *random, size_t word_count)
{
	uint32_t bit[NDX_BLOCK_LEN], *add, *sum, *expected;
	size_t count;
	uint8_t *words = random_words(random, word_count, bit, &count);
	const size_t size = 64 * word_count * sizeof(*sum);

	add = malloc((count + 3) * sizeof(*add));
	sum = malloc(size + 1);
	expected = malloc(size + 1);
	assert_true(add != NULL && sum != NULL && expected != NULL);
	for (size_t i = 0; i < 64 * word_count; i++)
		expected[i] = sum[i] = (uint32_t)random_next(random);
	for (size_t i = 0; i < count; i++) {
		add[i] = (uint32_t)random_next(random);
		expected[bit[i]] += add[i];
	}
	table->add_bits(words, word_count, add, sum);
	CHECK(table->name, size == 0 || memcmp(sum, expected, size) == 0);
	free(words);
	free(add);
	free(sum);
	free(expected);
}

static void
test_bits(void **state)
{
	struct random random = random_of(6, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (size_t round = 0; table_of(t) != NULL && round < 20; round++)
			for (size_t word_count = 0; word_count <= 66; word_count++) {
				bits_one(table_of(t), &random, word_count);
				add_bits_one(table_of(t), &random, word_count);
			}
}

/* Numbers of marks, and some that are none. */
static void
count_marked_one(const struct ndx_kernels *table, struct random *random, size_t count)
{
	const uint32_t marks = (uint32_t)random_next(random);
	uint32_t *value = (uint32_t *)(void *)copy_slack("", 0, (count + 16) * sizeof(*value));
	uint32_t *expected = (uint32_t *)(void *)copy_slack("", 0, (count + 1) * sizeof(*value));
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		value[i] = random_percent(random, 5) ? (uint32_t)random_next(random)
		                                     : (uint32_t)random_below(random, 40);
		expected[i] = sum += value[i] < 32 && (marks >> value[i] & 1) != 0;
	}
	table->count_marked(value, count, marks);
	CHECK(table->name, memcmp(value, expected, count * sizeof(*value)) == 0);
	free(value);
	free(expected);
}

static void
test_count_marked(void **state)
{
	struct random random = random_of(11, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (size_t round = 0; table_of(t) != NULL && round < 20; round++)
			for (size_t count = 0; count <= 260; count++)
				count_marked_one(table_of(t), &random, count);
}

/* count numbers that rise from 'first', now and then by 1. */
static uint32_t *
rising(struct random *random, uint32_t first, size_t count)
{
	uint32_t *value = (uint32_t *)(void *)copy_slack("", 0, count * sizeof(*value));

	for (size_t i = 0; i < count; i++)
		value[i] = first += 1 + (uint32_t)random_below(random, 4);
	return value;
}

/* Against all pairs, with sums that pass 2^32. */
static void
intersect_one(const struct ndx_kernels *table, struct random *random, uint32_t a_count,
              uint32_t b_count)
{
	const uint32_t first = random_percent(random, 50) ? UINT32_MAX - 8 : 1000;
	const uint32_t distance = (uint32_t)random_next(random), base = first - 7;
	uint32_t *a = rising(random, first, a_count),
		 *b = rising(random, first + distance, b_count);
	uint32_t *out = (uint32_t *)(void *)copy_slack("", 0, a_count * sizeof(*out)), expected = 0;
	const uint32_t count = table->intersect(a, a_count, b, b_count, distance, base, out);

	for (uint32_t i = 0; i < a_count; i++) {
		for (uint32_t j = 0; j < b_count; j++) {
			if (a[i] + distance != b[j])
				continue;
			CHECK(table->name, expected < count && out[expected] == a[i] - base);
			expected++;
		}
	}
	CHECK(table->name, count == expected);
	free(a);
	free(b);
	free(out);
}

static void
test_intersect(void **state)
{
	struct random random = random_of(5, 0, 0);

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(names); t++)
		for (uint32_t a_count = 0; table_of(t) != NULL && a_count <= 35; a_count++)
			for (uint32_t b_count = 0; b_count <= 35; b_count++)
				intersect_one(table_of(t), &random, a_count, b_count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),       cmocka_unit_test(test_unpack),
		cmocka_unit_test(test_undelta),   cmocka_unit_test(test_count_marked),
		cmocka_unit_test(test_score),     cmocka_unit_test(test_popcount),
		cmocka_unit_test(test_intersect), cmocka_unit_test(test_bits),
		cmocka_unit_test(test_bounds),    cmocka_unit_test(test_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
