/*
 * test_termdict.c - the term dictionary, written, sought and walked
 *
 * counts[]  dictionaries of as many terms as make the edges of blocks
 * pass over from each of many keys, by each of its beginnings, near and over many blocks
 * damage[]  one number set to what cannot be: refused, with the byte
 * mutants   any byte set to anything: an error or an answer, never a read too far
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "common/termdict.h"
#include "common/varint.h"
#include "indexer/termdict_write.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define ARTICLES 1000
#define LIST_SIZE                                                                                  \
	10 /* of the postings of terms that are not inline; their positions take one more */

/* A dictionary alone: its two parts, and a part POSTINGS that is as long as it says. */
struct dict {
	struct ndx_buf bytes;
	struct ndx_segment segment; /* over a copy after which nothing follows */
};

/* Keys share much, more than their prefix in the top; even ones stand alone, odd ones are lists. */
static size_t
key_of(uint32_t i, char out[32])
{
	return (size_t)snprintf(out, 32, "a%s%05u", i % 3 == 0 ? "stemmers" : "stemmer", 2 * i + 1);
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* keys[count], sorted. */
static char (*make_keys(uint32_t count))[32]
{
	char(*keys)[32] = calloc(count + 1, sizeof(*keys));

	if (keys == NULL)
		abort();
	for (uint32_t i = 0; i < count; i++)
		key_of(i, keys[i]);
	qsort(keys, count, sizeof(*keys), compare_keys);
	return keys;
}

static enum ndx_status
add(struct ndx_termdict_writer *writer, const char *key, uint32_t i, uint64_t *off,
    struct ndx_err *err)
{
	static const uint8_t few[] = { 7, 1, 3, 5 }; /* docid 7, positions 3 and 9 */
	struct ndx_term_lists lists = { .df = 1, .cf = 2, .has_positions = true };

	if (i % 2 == 0) {
		lists.inline_data = few;
		lists.inline_size = sizeof(few);
	} else {
		lists.df = 5 + i % 300;
		lists.cf = lists.df + i % 200;
		lists.off = *off;
		lists.postings_size = LIST_SIZE;
		lists.positions_size = LIST_SIZE + 1;
		*off += lists.postings_size + lists.positions_size;
	}
	return ndx_termdict_writer_add(writer, key, strlen(key), &lists, err);
}

static void
dict_copy(struct dict *dict)
{
	free((void *)(uintptr_t)dict->segment.data);
	dict->segment.data = copy_exact(dict->bytes.data, dict->bytes.size);
	dict->segment.size = dict->segment.sums_off = dict->bytes.size;
}

static enum ndx_status
dict_write(const struct ndx_mem *mem, uint32_t count, struct dict *dict, struct ndx_err *err)
{
	char(*keys)[32] = make_keys(count);
	struct ndx_termdict_writer writer;
	struct ndx_segment_writer segment;
	uint64_t off = 0;
	enum ndx_status status;

	*dict = (struct dict){ .segment = { .env = &ndx_env_default, .in_memory = true } };
	ndx_buf_init(&dict->bytes, mem);
	ndx_termdict_writer_init(&writer, mem);
	status = ndx_segment_writer_begin(&segment, mem, ndx_buf_sink(&dict->bytes), 1, err);
	segment.part_open = NDX_PART_POSTINGS - 1;
	ndx_segment_writer_part(&segment, NDX_PART_POSTINGS);
	off = segment.off;
	for (uint32_t i = 0; status == NDX_OK && i < count; i++)
		status = add(&writer, keys[i], i, &off, err);
	while (status == NDX_OK && segment.off < off)
		status = ndx_segment_writer_put(&segment, "", 1, err);
	segment.part_open = NDX_PART_DICT - 1;
	if (status == NDX_OK)
		status = ndx_termdict_writer_finish(&writer, &segment, err);
	memcpy(dict->segment.part, segment.part, sizeof(segment.part));
	dict->segment.term_count = writer.term_count;
	dict->segment.article_count = ARTICLES;
	ndx_termdict_writer_free(&writer);
	ndx_segment_writer_free(&segment);
	free(keys);
	return status;
}

static void
dict_new(uint32_t count, struct dict *dict)
{
	assert_int_equal(dict_write(&ndx_mem_default, count, dict, NULL), NDX_OK);
	dict_copy(dict);
}

static void
dict_free(struct dict *dict)
{
	free((void *)(uintptr_t)dict->segment.data);
	ndx_buf_free(&dict->bytes);
}

static bool
info_is(const struct dict *dict, const struct ndx_term_info *info, uint32_t i)
{
	uint64_t list = dict->segment.part[NDX_PART_POSTINGS].off + (i / 2) * (2 * LIST_SIZE + 1);

	if (info->ordinal != i || !info->has_positions || info->is_inline != (i % 2 == 0))
		return false;
	if (info->is_inline)
		return info->df == 1 && info->cf == 2 && info->postings_size == 4 &&
		       memcmp(dict->segment.data + info->postings_off, "\7\1\3\5", 4) == 0;
	return info->df == 5 + i % 300 && info->cf == info->df + i % 200 &&
	       info->positions_off == list && info->positions_size == LIST_SIZE + 1 &&
	       info->postings_off == list + LIST_SIZE + 1 && info->postings_size == LIST_SIZE;
}

static const uint32_t counts[] = { 0, 1, 2, 31, 32, 33, 63, 64, 65, 1000 };

static void
test_walk(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		char(*keys)[32] = make_keys(counts[c]);
		struct ndx_termdict_cursor cursor;
		struct dict dict;
		uint32_t i = 0;

		dict_new(counts[c], &dict);
		assert_int_equal(ndx_termdict_seek(&dict.segment, NULL, 0, &cursor, NULL), NDX_OK);
		for (; !ndx_termdict_done(&cursor) && i < counts[c]; i++) {
			CHECK(keys[i], cursor.key_size == strlen(keys[i]) &&
			                       memcmp(cursor.key, keys[i], cursor.key_size) == 0);
			CHECK(keys[i], info_is(&dict, &cursor.info, i));
			assert_int_equal(ndx_termdict_next(&cursor, NULL), NDX_OK);
		}
		CHECK("all of them", i == counts[c] && ndx_termdict_done(&cursor));
		dict_free(&dict);
		free(keys);
	}
}

/* Seek a key that is not there, just before or after key i, and see where the cursor stands. */
static void
seek_beside(const struct dict *dict, char (*keys)[32], uint32_t count, uint32_t i, bool after)
{
	uint32_t expected = after ? i + 1 : i;
	struct ndx_termdict_cursor cursor;
	struct ndx_term_info info;
	char wanted[40];
	size_t size = strlen(keys[i]);
	bool found = true;

	memcpy(wanted, keys[i], size);
	if (after)
		wanted[size++] = '!';
	else
		wanted[size - 1]--;
	CHECK(keys[i],
	      ndx_termdict_find(&dict->segment, wanted, size, &info, &found, NULL) == NDX_OK);
	CHECK(keys[i], !found);
	CHECK(keys[i], ndx_termdict_seek(&dict->segment, wanted, size, &cursor, NULL) == NDX_OK);
	CHECK(keys[i], ndx_termdict_done(&cursor) == (expected == count));
	if (expected == count)
		return;
	CHECK(keys[i], memcmp(cursor.key, keys[expected], cursor.key_size) == 0);
	CHECK(keys[i], info_is(dict, &cursor.info, expected));
	CHECK(keys[i], ndx_termdict_next(&cursor, NULL) == NDX_OK);
	CHECK(keys[i], ndx_termdict_done(&cursor) || info_is(dict, &cursor.info, expected + 1));
}

/* From each key on, to others behind it, near and far. */
static void
seek_on(const struct dict *dict, char (*keys)[32], uint32_t count)
{
	static const uint32_t steps[] = { 0, 1, 2, 31, 32, 33, 64, 100, 200, 257, 1000 };

	for (uint32_t i = 0; i < count; i++)
		for (size_t s = 0; s < ARRAY_LEN(steps) && i + steps[s] < count; s++) {
			const char *wanted = keys[i + steps[s]];
			struct ndx_termdict_cursor cursor;

			CHECK(wanted, ndx_termdict_seek_ordinal(&dict->segment, i, &cursor, NULL) ==
			                      NDX_OK);
			CHECK(wanted, ndx_termdict_seek_on(&cursor, wanted, strlen(wanted), NULL) ==
			                      NDX_OK);
			CHECK(wanted, !ndx_termdict_done(&cursor) &&
			                      ndx_termdict_ordinal(&cursor) == i + steps[s]);
			CHECK(wanted, ndx_termdict_read_info(&cursor, NULL) == NDX_OK &&
			                      info_is(dict, &cursor.info, i + steps[s]));
		}
}

static void
test_seek(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		char(*keys)[32] = make_keys(counts[c]);
		struct ndx_termdict_cursor cursor;
		struct ndx_term_info info;
		struct dict dict;
		bool found = true;

		dict_new(counts[c], &dict);
		for (uint32_t i = 0; i < counts[c]; i++) {
			CHECK(keys[i], ndx_termdict_find(&dict.segment, keys[i], strlen(keys[i]),
			                                 &info, &found, NULL) == NDX_OK);
			CHECK(keys[i], found && info_is(&dict, &info, i));
			CHECK(keys[i],
			      ndx_termdict_seek_ordinal(&dict.segment, i, &cursor, NULL) == NDX_OK);
			CHECK(keys[i], cursor.key_size == strlen(keys[i]) &&
			                       memcmp(cursor.key, keys[i], cursor.key_size) == 0 &&
			                       ndx_termdict_ordinal(&cursor) == i);
			seek_beside(&dict, keys, counts[c], i, false);
			seek_beside(&dict, keys, counts[c], i, true);
		}
		seek_on(&dict, keys, counts[c]);
		CHECK("none of that number",
		      ndx_termdict_seek_ordinal(&dict.segment, counts[c], &cursor, NULL) == NDX_OK);
		CHECK("none of that number", ndx_termdict_done(&cursor));
		CHECK("before all",
		      ndx_termdict_find(&dict.segment, "A", 1, &info, &found, NULL) == NDX_OK);
		CHECK("before all", !found);
		CHECK("past all",
		      ndx_termdict_find(&dict.segment, "\xff", 1, &info, &found, NULL) == NDX_OK);
		CHECK("past all", !found);
		dict_free(&dict);
		free(keys);
	}
}

static void
test_long_keys(void **state)
{
	struct ndx_termdict_writer writer;
	const struct ndx_term_lists lists = {
		.df = 1, .cf = 1, .inline_data = (const uint8_t *)"\0\0", .inline_size = 2
	};
	uint8_t key[NDX_KEY_SIZE_MAX];
	enum ndx_status status = NDX_OK;

	(void)state;
	memset(key, 'y', sizeof(key));
	ndx_termdict_writer_init(&writer, &ndx_mem_default);
	for (size_t size = 1; size <= sizeof(key) && status == NDX_OK; size++)
		status = ndx_termdict_writer_add(&writer, key, size, &lists, NULL);
	CHECK("up to the longest", status == NDX_OK && writer.term_count == NDX_KEY_SIZE_MAX);
	ndx_termdict_writer_free(&writer);
}

enum where { TOP, DICT, TERMS };

static const struct {
	const char *name;
	enum where where; /* the part; TERMS: nowhere, but so many terms are claimed */
	size_t at, size;
	uint64_t value;
} damage[] = {
	/* clang-format off */
	{ "no blocks",                      TOP,   0, 4, 0 },
	{ "a block too few",                TOP,   0, 4, 2 },
	{ "a block too many",               TOP,   0, 4, 4 },
	{ "blocks beyond all bounds",       TOP,   0, 4, UINT32_MAX },
	{ "first keys that go back",        TOP,   8, 4, UINT32_MAX },
	{ "first keys past the end",        TOP,   16, 4, 1000 },
	{ "blocks that go back",            TOP,   24, 4, UINT32_MAX },
	{ "blocks past the end",            TOP,   32, 4, 100000 },
	{ "a block of too few bytes",       TOP,   24, 4, 9 },
	{ "keys of more than the block",    DICT,  0, 2, UINT16_MAX },
	{ "keys of no bytes",               DICT,  0, 2, 0 },
	{ "keys of one byte",               DICT,  0, 2, 1 },
	{ "lists before the postings",      DICT,  2, 8, 15 },
	{ "lists past the postings",        DICT,  2, 8, 100000 },
	{ "lists beyond 64 bits",           DICT,  2, 8, UINT64_MAX },
	{ "the first key shares a byte",    DICT,  10, 1, 1 },
	{ "a key past the keys",            DICT,  11, 1, 255 },
	{ "more terms than there are",      TERMS, 0, 0, 96 },
	{ "terms of another dictionary",    TERMS, 0, 0, 97 },
	/* clang-format on */
};

/* Walk the whole dictionary; the status at its end. */
static enum ndx_status
walk(const struct ndx_segment *segment, struct ndx_err *err)
{
	struct ndx_termdict_cursor cursor;
	enum ndx_status status = ndx_termdict_seek(segment, NULL, 0, &cursor, err);

	while (status == NDX_OK && !ndx_termdict_done(&cursor))
		status = ndx_termdict_next(&cursor, err);
	return status;
}

static void
test_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		enum ndx_part part = damage[i].where == TOP ? NDX_PART_DICT_TOP : NDX_PART_DICT;
		enum ndx_status status;
		struct ndx_term_info info;
		struct ndx_err err = { NDX_OK, 0, "" };
		struct dict dict;
		char(*keys)[32] = make_keys(90);
		bool found;

		dict_new(90, &dict);
		if (damage[i].where == TERMS)
			dict.segment.term_count = (uint32_t)damage[i].value;
		else
			memcpy(dict.bytes.data + dict.segment.part[part].off + damage[i].at,
			       &damage[i].value, damage[i].size);
		dict_copy(&dict);
		status = walk(&dict.segment, &err);
		for (size_t block = 1; status == NDX_OK && block < 3;
		     block++) /* what only a search looks at */
			status = ndx_termdict_find(&dict.segment, keys[32 * block],
			                           strlen(keys[32 * block]), &info, &found, &err);
		CHECK(damage[i].name, status == NDX_E_CORRUPT);
		CHECK(damage[i].name, strstr(err.msg, "is corrupt at byte ") != NULL);
		free(keys);
		dict_free(&dict);
	}
}

/* df, in the first info of the dictionary, and how its postings are kept. */
static const struct {
	const char *name;
	uint8_t info[3];
} infos[] = {
	{ "df 0", { 3, 4, 7 } },
	{ "df 2 and postings of one", { 19, 4, 7 } },
	{ "df 5, inline", { 43, 4, 7 } },
	{ "postings of one byte more", { 11, 5, 7 } },
	{ "postings past the end", { 11, 255, 7 } },
	{ "forms past the end", { 15, 255, 7 } },
	{ "a table of no forms", { 15, 1, 0 } },
	{ "a form, of another field", { 12, 1, 0 } },
	{ "df beyond the articles", { 0xff, 0xff, 0x7f } },
	{ "a varint that never ends", { 0xff, 0xff, 0xff } },
};

static void
test_infos(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(infos); i++) {
		struct dict dict;
		uint8_t *block;

		dict_new(1, &dict);
		block = dict.bytes.data + dict.segment.part[NDX_PART_DICT].off;
		memcpy(block + 10 + ndx_get_u16(block), infos[i].info, 3);
		dict_copy(&dict);
		CHECK(infos[i].name, walk(&dict.segment, NULL) == NDX_E_CORRUPT);
		dict_free(&dict);
	}
}

/* From key i to the first without its first 'size' bytes. */
static void
pass_from(const struct dict *dict, char (*keys)[32], uint32_t count, uint32_t i, size_t size)
{
	struct ndx_termdict_cursor cursor;
	uint32_t expected = i + 1;
	size_t shared = 0;
	bool is_inline;

	while (expected < count && strncmp(keys[expected], keys[i], size) == 0)
		expected++;
	CHECK(keys[i], ndx_termdict_seek_key(&dict->segment, keys[i], strlen(keys[i]), &cursor,
	                                     NULL) == NDX_OK);
	CHECK(keys[i], ndx_termdict_pass_over(&cursor, size, NULL) == NDX_OK);
	CHECK(keys[i], ndx_termdict_done(&cursor) == (expected == count));
	if (expected == count)
		return;
	while (keys[i][shared] != '\0' && keys[i][shared] == keys[expected][shared])
		shared++;
	CHECK(keys[i], cursor.key_size == strlen(keys[expected]) &&
	                       memcmp(cursor.key, keys[expected], cursor.key_size) == 0);
	CHECK(keys[i], cursor.shared <= shared && cursor.shared < size);
	CHECK(keys[i], ndx_termdict_is_inline(&cursor, &is_inline, NULL) == NDX_OK &&
	                       is_inline == (expected % 2 == 0));
	CHECK(keys[i], ndx_termdict_read_info(&cursor, NULL) == NDX_OK &&
	                       info_is(dict, &cursor.info, expected));
	CHECK(keys[i], ndx_termdict_is_inline(&cursor, &is_inline, NULL) == NDX_OK &&
	                       is_inline == (expected % 2 == 0));
}

static void
test_pass_over(void **state)
{
	(void)state;
	for (size_t c = 1; c < ARRAY_LEN(counts); c++) {
		const uint32_t count = counts[c] == 1000 ? 5000 : counts[c];
		char(*keys)[32] = make_keys(count);
		struct dict dict;

		dict_new(count, &dict);
		for (uint32_t i = 0; i < count; i += 1 + i / 16)
			for (size_t size = 1; size <= strlen(keys[i]); size++)
				pass_from(&dict, keys, count, i, size);
		dict_free(&dict);
		free(keys);
	}
}

static void
test_mutants(void **state)
{
	struct random random = random_of(1, 0, 0);
	struct dict dict;

	(void)state;
	dict_new(70, &dict);
	for (int round = 0; round < 20000; round++) {
		size_t from = (size_t)dict.segment.part[NDX_PART_DICT].off;
		size_t at = from + random_below(&random, dict.bytes.size - from);
		uint8_t *byte = (uint8_t *)(uintptr_t)dict.segment.data + at, was = *byte;
		struct ndx_termdict_cursor cursor;
		struct ndx_term_info info;
		enum ndx_status status;
		char key[32];
		bool found;

		*byte = (uint8_t)random_next(&random);
		status = walk(&dict.segment, NULL);
		CHECK("walk", status == NDX_OK || status == NDX_E_CORRUPT);
		status = ndx_termdict_find(&dict.segment, key,
		                           key_of((uint32_t)random_below(&random, 70), key), &info,
		                           &found, NULL);
		CHECK("find", status == NDX_OK || status == NDX_E_CORRUPT);
		status = ndx_termdict_seek_key(&dict.segment, "aste", 4, &cursor, NULL);
		for (int step = 0; step < 80 && status == NDX_OK && !ndx_termdict_done(&cursor);
		     step++)
			status = cursor.key_size == 0
			                 ? NDX_E_CORRUPT
			                 : ndx_termdict_pass_over(&cursor, cursor.key_size, NULL);
		CHECK("pass over", status == NDX_OK || status == NDX_E_CORRUPT);
		*byte = was;
	}
	dict_free(&dict);
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;

	(void)state;
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 1000; fail_at++) {
		struct failing_mem failing;
		struct dict dict;

		ndx_failing_mem_init(&failing, fail_at);
		status = dict_write(&failing.mem, 70, &dict, NULL);
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		dict_free(&dict);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),      cmocka_unit_test(test_seek),
		cmocka_unit_test(test_long_keys), cmocka_unit_test(test_damage),
		cmocka_unit_test(test_infos),     cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_pass_over), cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
