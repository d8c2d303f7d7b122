/*
 * test_forward.c - the forward index of headlines against a plain array of them
 *
 * shapes[]  headlines of all lengths, by each table of kernels
 * damage[]  what must be refused
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/forward.h"
#include "tests/oracle/random.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define ARTICLES_MAX 300
#define POSITIONS    70 /* more than are kept */
#define SAME_MAX     3  /* terms at one place */
#define NONE         UINT32_MAX

static const struct shape {
	const char *name;
	size_t articles;
	uint32_t length; /* most positions of a headline */
	uint32_t words;
	unsigned same;  /* of 100 places so many have a further term */
	unsigned empty; /* and so many none */
} shapes[] = {
	/* clang-format off */
	{ "no article",                  0,   0,  1,       0,  0 },
	{ "one without a headline",      1,   0,  1,       0,  0 },
	{ "a whole group",               64,  12, 1000,    0,  0 },
	{ "and one more",                65,  12, 1000,    5,  0 },
	{ "few words",                   300, 16, 70000,   0,  0 },
	{ "some at one place",           300, 16, 70000,   10, 0 },
	{ "more positions than kept",    300, 70, 1000000, 10, 5 },
	{ "the most that there can be",  130, 70, 8,       100, 0 },
	{ "one term",                    100, 30, 1,       0,  30 },
	/* clang-format on */
};

static uint32_t headline[ARTICLES_MAX][POSITIONS][SAME_MAX]; /* rising numbers, then NONE */
static int64_t length[ARTICLES_MAX];

static void
draw_place(struct random *random, const struct shape *shape, uint32_t place[SAME_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < SAME_MAX; i++)
		place[i] = NONE;
	if (random_percent(random, shape->empty))
		return;
	do {
		const uint32_t number = (n == 0 ? 0 : place[n - 1] + 1) +
		                        (uint32_t)random_below(random, shape->words);

		if (number >= shape->words)
			break;
		place[n++] = number;
	} while (n < SAME_MAX && random_percent(random, shape->same));
}

static void
draw(struct random *random, const struct shape *shape)
{
	for (size_t docid = 0; docid < shape->articles; docid++) {
		length[docid] = (int64_t)random_below(random, shape->length + 1);
		for (int64_t p = 0; p < length[docid]; p++)
			draw_place(random, shape, headline[docid][p]);
	}
}

struct word {
	uint32_t number;
	ndx_docid docid;
	uint32_t position;
};

static int
compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->docid != y->docid)
		return x->docid < y->docid ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

/* All words by their numbers. */
static struct word *
gather(const struct shape *shape, size_t *count_ret)
{
	struct word *word = calloc(ARTICLES_MAX * POSITIONS * SAME_MAX, sizeof(*word));
	size_t n = 0;

	assert_non_null(word);
	for (size_t docid = 0; docid < shape->articles; docid++)
		for (int64_t p = 0; p < length[docid]; p++)
			for (unsigned same = 0; same < SAME_MAX; same++)
				if (headline[docid][p][same] != NONE)
					word[n++] = (struct word){ headline[docid][p][same],
						                   (ndx_docid)docid, (uint32_t)p };
	qsort(word, n, sizeof(*word), compare_words);
	*count_ret = n;
	return word;
}

/* Each term has three forms, the last one fewer: term by term, as lists tell them. */
#define FORMS 3

static bool
fill(struct ndx_forward_maker *maker, const struct shape *shape)
{
	bool ok = true;

	size_t count = 0;
	struct word *word = gather(shape, &count);

	for (size_t i = 0, term = 0; term * FORMS < shape->words; term++) {
		const size_t left = shape->words - term * FORMS;

		ok = ok && ndx_forward_maker_next(maker, (uint32_t)(left < FORMS ? left : FORMS));
		for (; i < count && word[i].number / FORMS == term; i++)
			ok = ok && ndx_forward_maker_add(maker, word[i].docid, word[i].position,
			                                 word[i].number % FORMS);
	}
	free(word);
	return ok;
}

static bool
make(const struct ndx_mem *mem, const struct shape *shape, struct ndx_buf *out)
{
	struct ndx_forward_maker maker;
	bool ok =
		ndx_forward_maker_init(&maker, mem, length, shape->articles) && fill(&maker, shape);

	if (ok)
		ndx_forward_maker_put(&maker, out);
	ndx_forward_maker_free(&maker);
	return ok && !ndx_buf_failed(out);
}

/* A segment that is nothing but the part, and the room that is always behind one. */
static struct ndx_segment
segment_of(const struct ndx_buf *in, size_t articles, const char *kernels)
{
	uint8_t *data = calloc(1, in->size + NDX_SEGMENT_TOC_SIZE);
	struct ndx_segment segment = { .env = &ndx_env_default,
		                       .kernels = ndx_kernels_get(kernels),
		                       .size = in->size + NDX_SEGMENT_TOC_SIZE,
		                       .in_memory = true,
		                       .sums_off = in->size + NDX_SEGMENT_TOC_SIZE,
		                       .article_count = (uint32_t)articles };

	assert_non_null(data);
	memcpy(data, in->data, in->size);
	segment.data = data;
	segment.part[NDX_PART_FORWARD] = (struct ndx_span){ 0, in->size };
	return segment;
}

static uint64_t
places_of(size_t docid, uint32_t number)
{
	uint64_t places = 0;

	for (int64_t p = 0; p < length[docid] && p < NDX_FORWARD_POSITIONS; p++)
		for (unsigned n = 0; n < SAME_MAX; n++)
			if (headline[docid][p][n] == number)
				places |= (uint64_t)1 << p;
	return places;
}

/* Each number that is told for the places stands at one of them, and each at them is told, once. */
static void
check_numbers(const struct shape *shape, uint32_t numbers, size_t docid,
              const struct ndx_forward_headline *found, uint64_t places)
{
	uint32_t number[NDX_FORWARD_WORDS_MAX];
	const uint32_t count = ndx_forward_numbers(found, places, number);
	uint32_t real = 0, expected = 0;

	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t j = 0; j < i; j++)
			CHECK(shape->name, number[i] != number[j]);
		if (number[i] >= numbers)
			continue;
		real++;
		CHECK(shape->name, (places_of(docid, number[i]) & places) != 0);
	}
	for (int64_t p = 0; p < length[docid] && p < NDX_FORWARD_POSITIONS; p++)
		for (unsigned n = 0; n < SAME_MAX && headline[docid][p][n] != NONE; n++)
			if ((places >> p & 1) != 0 && (places_of(docid, headline[docid][p][n]) &
			                               places & (((uint64_t)1 << p) - 1)) == 0)
				expected++;
	CHECK(shape->name, real == expected);
}

static void
check_headline(const struct shape *shape, size_t docid, struct ndx_forward *forward,
               struct random *random)
{
	struct ndx_forward_headline found;

	assert_int_equal(ndx_forward_get(forward, (ndx_docid)docid, &found, NULL), NDX_OK);
	for (int64_t p = 0; p < length[docid]; p++)
		for (unsigned n = 0; n < SAME_MAX && headline[docid][p][n] != NONE; n++)
			CHECK(shape->name, ndx_forward_places(&found,
			                                      (struct ndx_forward_range){
								      headline[docid][p][n], 1 }) ==
			                           places_of(docid, headline[docid][p][n]));
	CHECK(shape->name, ndx_forward_places(&found, (struct ndx_forward_range){ 3, 2 }) ==
	                           (places_of(docid, 3) | places_of(docid, 4)));
	check_numbers(shape, forward->number_count, docid, &found, UINT64_MAX);
	check_numbers(shape, forward->number_count, docid, &found,
	              random_next(random) & random_next(random));
}

static void
check_shape(const struct shape *shape, const char *kernels)
{
	struct random random = { 7 };
	struct ndx_forward forward;
	struct ndx_segment segment;
	struct ndx_buf out;

	ndx_buf_init(&out, &ndx_mem_default);
	draw(&random, shape);
	assert_true(make(&ndx_mem_default, shape, &out));
	segment = segment_of(&out, shape->articles, kernels);
	assert_int_equal(ndx_forward_open(&segment, &forward, NULL), NDX_OK);
	for (size_t docid = 0; docid < shape->articles; docid++)
		check_headline(shape, docid, &forward, &random);
	for (uint32_t term = 0; term * FORMS < shape->words; term++) {
		struct ndx_forward_range range;

		assert_int_equal(ndx_forward_term(&forward, term, &range, NULL), NDX_OK);
		CHECK(shape->name, range.first == term * FORMS && range.count > 0 &&
		                           range.first + range.count <= shape->words);
	}
	ndx_forward_close(&forward);
	free((void *)(uintptr_t)segment.data);
	ndx_buf_free(&out);
}

static void
test_round_trip(void **state)
{
	static const char *const kernels[] = { "scalar", "avx2", "avx512vl", "avx512" };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(kernels); k++)
		for (size_t i = 0; ndx_kernels_get(kernels[k]) != NULL && i < ARRAY_LEN(shapes);
		     i++)
			check_shape(&shapes[i], kernels[k]);
}

/* 100 articles, 334 terms: 12 bytes, 335 first numbers, 3 groups, 100 sums of two bytes, words. */
#define GROUPS (12 + 4 * 335)

static const struct {
	const char *name;
	size_t at, size;
	uint64_t value;
} damage[] = {
	/* clang-format off */
	{ "another width",           8,                4, 31 },
	{ "more numbers",            4,                4, 1u << 20 },
	{ "terms beyond the end",    0,                4, 1u << 20 },
	{ "words without end",       GROUPS + 2 * 8,   8, UINT64_MAX },
	{ "a word too few",          GROUPS + 2 * 8,   8, 5 },
	{ "a group beyond the end",  GROUPS + 8,       8, 1u << 30 },
	{ "sums that fall",          GROUPS + 24 + 20, 2, 60000 },
	{ "first numbers that fall", 12 + 40,          4, 1 },
	{ "first numbers too large", 12 + 4 * 334,     4, 1001 },
	/* clang-format on */
};

static void
test_damage(void **state)
{
	static const struct shape shape = { "100 articles", 100, 12, 1000, 0, 0 };
	struct random random = { 7 };

	(void)state;
	draw(&random, &shape);
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		enum ndx_status status;
		struct ndx_forward forward;
		struct ndx_segment segment;
		struct ndx_buf out;

		ndx_buf_init(&out, &ndx_mem_default);
		assert_true(make(&ndx_mem_default, &shape, &out));
		memcpy(out.data + damage[i].at, &damage[i].value, damage[i].size);
		segment = segment_of(&out, shape.articles, NULL);
		status = ndx_forward_open(&segment, &forward, NULL);
		for (ndx_docid docid = 0; status == NDX_OK && docid < shape.articles; docid++) {
			struct ndx_forward_headline found;

			status = ndx_forward_get(&forward, docid, &found, NULL);
		}
		for (uint32_t term = 0; status == NDX_OK && term < 334; term++) {
			struct ndx_forward_range range;

			status = ndx_forward_term(&forward, term, &range, NULL);
		}
		CHECK(damage[i].name, status == NDX_E_CORRUPT);
		ndx_forward_close(&forward);
		free((void *)(uintptr_t)segment.data);
		ndx_buf_free(&out);
	}
}

static void
test_no_memory(void **state)
{
	bool done = false;

	(void)state;
	for (size_t fail_at = 1; !done && fail_at < 100; fail_at++) {
		struct random random = { 7 };
		struct failing_mem failing;
		struct ndx_buf out;

		draw(&random, &shapes[5]);
		ndx_failing_mem_init(&failing, fail_at);
		ndx_buf_init(&out, &failing.mem);
		done = make(&failing.mem, &shapes[5], &out);
		ndx_buf_free(&out);
		CHECK("nothing left", failing.live_count == 0);
	}
	CHECK("in the end it is made", done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip),
		                            cmocka_unit_test(test_damage),
		                            cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
