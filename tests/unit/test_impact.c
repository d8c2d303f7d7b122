/*
 * test_impact.c - norms, and bounds on what postings can score
 *
 * norms[]     the byte of a length at the edges, and what it stands for
 * monotone    a longer article never has a smaller norm; no norm stands for more than the length
 * bounds      impacts bound every posting, whatever k1, b and the average length
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "common/impact.h"
#include "tests/oracle/random.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	uint64_t length;
	uint8_t norm;
	uint32_t decoded;
} norms[] = {
	/* clang-format off */
	{ "empty",                      0,           0,   0 },
	{ "one",                        1,           1,   1 },
	{ "the last of the first 16",   15,          15,  15 },
	{ "the next",                   16,          16,  16 },
	{ "the last exact one",         31,          31,  31 },
	{ "the first of an octave",     32,          32,  32 },
	{ "rounded down",               33,          32,  32 },
	{ "the last of an octave",      63,          47,  62 },
	{ "the next octave",            64,          48,  64 },
	{ "a news article",             500,         95,  496 },
	{ "just below the last",        507903,      254, 491520 },
	{ "the last",                   507904,      255, 507904 },
	{ "beyond",                     507905,      255, 507904 },
	{ "far beyond",                 UINT64_MAX,  255, 507904 },
	/* clang-format on */
};

static void
test_norms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(norms); i++) {
		CHECK(norms[i].name, ndx_norm_encode(norms[i].length) == norms[i].norm);
		CHECK(norms[i].name, ndx_norm_decode(norms[i].norm) == norms[i].decoded);
	}
}

static void
test_monotone(void **state)
{
	unsigned before = 0;

	(void)state;
	for (uint64_t length = 0; length < 600000; length++) {
		uint8_t norm = ndx_norm_encode(length);
		uint32_t decoded = ndx_norm_decode(norm);

		CHECK("never falls", norm >= before);
		CHECK("skips none", norm <= before + 1);
		CHECK("not more than the length", decoded <= length);
		CHECK("close", norm == 255 || length - decoded <= length / 16);
		before = norm;
	}
	for (unsigned norm = 0; norm < 256; norm++)
		CHECK("round trip", ndx_norm_encode(ndx_norm_decode((uint8_t)norm)) == norm);
}

static void
test_table(void **state)
{
	float table[256];

	(void)state;
	ndx_norm_table(1.2f, 0.75f, 100, table);
	for (unsigned norm = 1; norm < 256; norm++)
		CHECK("rises", table[norm] > table[norm - 1]);
	CHECK("of an average article", table[ndx_norm_encode(100)] == 1.2f);
	ndx_norm_table(1.2f, 0, 100, table);
	CHECK("b = 0: lengths do not matter", table[0] == table[255] && table[0] == 1.2f);
	ndx_norm_table(1.2f, 0.75f, 0, table);
	CHECK("of an index of nothing", table[0] > 0 && table[255] < 1e30f);
}

static float
score(uint32_t tf, uint8_t norm, const float table[256])
{
	return (float)tf / ((float)tf + table[norm]);
}

/* What the best impact allows under table[]. */
static float
bound(const struct ndx_impact impact[NDX_IMPACT_COUNT], const float table[256])
{
	float best = 0;

	for (size_t i = 0; i < NDX_IMPACT_COUNT; i++) {
		float b = impact[i].tf == 255 ? 1 : score(impact[i].tf, impact[i].norm, table);

		best = b > best ? b : best;
	}
	return best;
}

#define POSTINGS_MAX 300

struct postings {
	size_t count;
	uint32_t tf[POSTINGS_MAX];
	uint8_t norm[POSTINGS_MAX];
};

static void
random_postings(struct random *random, struct postings *postings)
{
	postings->count = 1 + random_below(random, POSTINGS_MAX - 1);
	for (size_t i = 0; i < postings->count; i++) {
		postings->tf[i] =
			1 + (uint32_t)random_zipf(random, random_percent(random, 2) ? 100000 : 40);
		postings->norm[i] = ndx_norm_encode(random_zipf(random, 3000) + postings->tf[i]);
		if (random_percent(random, 5))
			postings->norm[i] = 255;
	}
}

/* Under any parameters the bound holds, and each posting is under one of the impacts. */
static void
check_bounds(struct random *random, const struct postings *postings,
             const struct ndx_impact impact[NDX_IMPACT_COUNT])
{
	for (int round = 0; round < 10; round++) {
		float table[256], best;

		ndx_norm_table((float)random_below(random, 5000) / 1000,
		               (float)random_below(random, 1001) / 1000,
		               1 + (double)random_below(random, 2000), table);
		best = bound(impact, table);
		for (size_t i = 0; i < postings->count; i++)
			CHECK("bounded", score(postings->tf[i], postings->norm[i], table) <= best);
	}
	for (size_t i = 0; i < postings->count; i++) {
		bool covered = false;

		for (size_t j = 0; j < NDX_IMPACT_COUNT; j++)
			covered |= (impact[j].tf == 255 || postings->tf[i] <= impact[j].tf) &&
			           postings->norm[i] >= impact[j].norm;
		CHECK("covered", covered);
	}
}

static void
test_bounds(void **state)
{
	struct random random = random_of(1, 0, 0);
	float table[256];

	(void)state;
	ndx_norm_table(NDX_K1, NDX_B, 300, table);
	for (int round = 0; round < 500; round++) {
		struct ndx_impact impact[NDX_IMPACT_COUNT], again[NDX_IMPACT_COUNT];
		struct ndx_impacts impacts, merged;
		struct postings postings;

		random_postings(&random, &postings);
		ndx_impacts_clear(&impacts);
		for (size_t i = 0; i < postings.count; i++)
			ndx_impacts_add(&impacts, postings.tf[i], postings.norm[i]);
		ndx_impacts_reduce(&impacts, table, impact);
		check_bounds(&random, &postings, impact);
		/* A bound of the bounds, as groups and lists have it. */
		ndx_impacts_clear(&merged);
		for (size_t i = 0; i < NDX_IMPACT_COUNT; i++)
			ndx_impacts_add(&merged, impact[i].tf, impact[i].norm);
		ndx_impacts_reduce(&merged, table, again);
		check_bounds(&random, &postings, again);
		ndx_impacts_clear(&merged);
		ndx_impacts_merge(&merged, &impacts);
		ndx_impacts_reduce(&merged, table, again);
		CHECK("merging into nothing", memcmp(impact, again, sizeof(impact)) == 0);
	}
}

static const struct {
	const char *name;
	size_t count;
	uint32_t tf[3];
	uint8_t norm[3];
	struct ndx_impact expected[NDX_IMPACT_COUNT];
} reduced[] = {
	/* clang-format off */
	{ "one posting",              1, { 3 }, { 80 },           { { 3, 80 }, { 3, 80 }, { 3, 80 } } },
	{ "one beats the other",      2, { 3, 2 }, { 80, 90 },    { { 3, 80 }, { 3, 80 }, { 3, 80 } } },
	{ "neither does",             2, { 3, 2 }, { 80, 70 },    { { 3, 80 }, { 2, 70 }, { 2, 70 } } },
	{ "three",                    3, { 9, 3, 2 }, { 90, 80, 70 }, { { 9, 90 }, { 3, 80 }, { 2, 70 } } },
	{ "norm 255",                 1, { 1 }, { 255 },          { { 1, 255 }, { 1, 255 }, { 1, 255 } } },
	{ "tf beyond a byte",         1, { 70000 }, { 200 },      { { 255, 200 }, { 255, 200 }, { 255, 200 } } },
	{ "the same posting thrice",  3, { 1, 1, 1 }, { 9, 9, 9 }, { { 1, 9 }, { 1, 9 }, { 1, 9 } } },
	/* clang-format on */
};

static void
test_reduced(void **state)
{
	float table[256];

	(void)state;
	ndx_norm_table(NDX_K1, NDX_B, 300, table);
	for (size_t i = 0; i < ARRAY_LEN(reduced); i++) {
		struct ndx_impact out[NDX_IMPACT_COUNT];
		struct ndx_impacts impacts;

		ndx_impacts_clear(&impacts);
		for (size_t j = 0; j < reduced[i].count; j++)
			ndx_impacts_add(&impacts, reduced[i].tf[j], reduced[i].norm[j]);
		ndx_impacts_reduce(&impacts, table, out);
		CHECK(reduced[i].name, memcmp(out, reduced[i].expected, sizeof(out)) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_norms),   cmocka_unit_test(test_monotone),
		cmocka_unit_test(test_table),   cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_reduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
