/*
 * test_golden.c - indexes of every format that was released stay readable, and newer ones are
 * refused
 *
 * v1/, v2/ and v3/ hold two segments each, one with tombstones, from v2/ on the state of the source
 * files, too: two runs of ndx index, and ndx delete.  What they say is in v1.dump and so on (see
 * ndx_dump()), and must stay the same; a released format's files are never made anew.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/index.h"
#include "common/ndx.h"
#include "common/termdict.h"
#include "tests/unit/small_index.h"

#define GOLDEN "tests/golden/"

static const char *const versions[] = { "v1", "v2", "v3" };

static void
read_file(const char *path, struct ndx_buf *out)
{
	FILE *file = fopen(path, "rb");
	uint8_t bytes[4096];
	size_t size;

	ndx_buf_clear(out);
	assert_non_null(file);
	while ((size = fread(bytes, 1, sizeof(bytes), file)) > 0)
		ndx_buf_add(out, bytes, size);
	fclose(file);
}

static void
test_dump(void **state)
{
	struct ndx_buf expected, found;

	(void)state;
	ndx_buf_init(&expected, &ndx_mem_default);
	ndx_buf_init(&found, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		char path[60], dump[60];

		snprintf(path, sizeof(path), GOLDEN "%s", versions[i]);
		snprintf(dump, sizeof(dump), GOLDEN "%s.dump", versions[i]);
		read_file(dump, &expected);
		ndx_buf_clear(&found);
		assert_int_equal(ndx_dump(&ndx_env_default, path, &found, NULL), NDX_OK);
		CHECK(versions[i], ndx_buf_same(&expected, &found));
	}
	ndx_buf_free(&expected);
	ndx_buf_free(&found);
}

static const struct {
	const char *version, *query, *ids;
} rows[] = {
	/* clang-format off */
	{ "v1", "coca",                    "a5 a1 a2" },
	{ "v1", "\"arms production\"",     "a4" },
	{ "v1", "=growers",                "a1" },
	{ "v1", "grow*",                   "a5 a1" },
	{ "v1", "coca SENTENCE peru",      "a1" },
	{ "v1", "source:wire date:2004",   "a1" },
	{ "v1", "tea",                     "" }, /* deleted */
	{ "v2", "coca",                    "late.txt b1" },
	{ "v2", "\"arms production\"",     "b2" },
	{ "v2", "=growers",                "wall.txt b1" }, /* deleted: b3 */
	{ "v2", "harbour SENTENCE wall",   "wall.txt" },
	{ "v2", "source:wire date:2004",   "b1" },
	{ "v2", "tea",                     "late.txt" },
	{ "v3", "coca",                    "late.txt c4" },
	{ "v3", "\"arms production\"",     "c2" },
	{ "v3", "=growers",                "c4 c1" }, /* deleted: c3 */
	{ "v3", "harbour SENTENCE wall",   "wall.txt c4 c1" },
	{ "v3", "source:wire date:2004",   "c1" },
	{ "v3", "tea",                     "late.txt wall.txt" },
	/* clang-format on */
};

static void
search(const char *path, const char *query, const char *expected)
{
	struct ndx_index *index;
	struct ndx_hits *hits;
	char ids[100] = "";

	assert_int_equal(ndx_open(path, &index, NULL), NDX_OK);
	assert_int_equal(ndx_search(index, query, NULL, &hits, NULL), NDX_OK);
	for (size_t n = 0; n < ndx_hits_count(hits); n++) {
		strcat(ids, n == 0 ? "" : " ");
		strcat(ids, ndx_hits_get(hits, n)->article.id);
	}
	CHECK(query, strcmp(ids, expected) == 0);
	if (strcmp(ids, expected) != 0)
		print_message("%s: %s\n", query, ids);
	ndx_hits_free(hits);
	ndx_close(index);
}

static void
test_queries(void **state)
{
	char path[60];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(path, sizeof(path), GOLDEN "%s", rows[i].version);
		search(path, rows[i].query, rows[i].ids);
	}
}

/* Before format 3 there was no forward index: it is made. */
static void
test_suggestions(void **state)
{
	static const struct {
		const char *version, *prefix, *first;
		unsigned count;
	} told[] = {
		{ "v1", "growers ", "growers sell", 1 },
		{ "v2", "harbour ", "harbour wall", 1 },
		{ "v2", "arms prod", "arms production", 1 },
		{ "v3", "harbour ", "harbour wall", 3 },
		{ "v3", "us: ", "us: a", 1 },
		{ "v3", "well ", "well known", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		struct ndx_index *index;
		struct ndx_suggestions *found;
		const struct ndx_suggestion *first;
		char path[60];

		snprintf(path, sizeof(path), GOLDEN "%s", told[i].version);
		assert_int_equal(ndx_open(path, &index, NULL), NDX_OK);
		assert_int_equal(ndx_suggest(index, told[i].prefix, 5, &found, NULL), NDX_OK);
		first = ndx_suggestions_get(found, 0);
		CHECK(told[i].prefix, first != NULL && strcmp(first->text, told[i].first) == 0 &&
		                              first->count == told[i].count);
		ndx_suggestions_free(found);
		ndx_close(index);
	}
}

/* Tombstones of older programs kept nothing of surface forms: with the next deletion they do. */
static void
test_deleted_on(void **state)
{
	const struct ndx_writer_options options = { .create = true };
	const char key[] = { NDX_FIELD_FORM, 'g', 'r', 'o', 'w', 'e', 'r', 's' }; /* b3 had it */
	struct ndx_writer *writer;
	struct ndx_index *index;
	struct ndx_term_info info;
	struct small_dir dir;
	bool found;

	(void)state;
	ndx_small_dir_new(&dir);
	ndx_small_copy(GOLDEN "v2", dir.path);
	assert_int_equal(ndx_writer_open(&ndx_env_default, dir.path, &options, &writer, NULL),
	                 NDX_OK);
	assert_int_equal(ndx_writer_delete(writer, ndx_str("b2"), NULL), NDX_OK);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
	assert_int_equal(ndx_index_open(&ndx_env_default, dir.path, &index, NULL), NDX_OK);
	assert_int_equal(
		ndx_termdict_find(&index->segment[0], key, sizeof(key), &info, &found, NULL),
		NDX_OK);
	assert_true(found);
	assert_true(ndx_tombstones_correction(index->segment[0].tombstones, info.ordinal).cf > 0);
	ndx_close(index);
	ndx_small_remove(dir.path);
	ndx_small_dir_remove(&dir);
}

/* An index of an older format is written on. */
static void
test_written_on(void **state)
{
	const struct ndx_writer_options options = { .create = true };
	struct ndx_writer *writer;
	struct small_dir dir;

	(void)state;
	ndx_small_dir_new(&dir);
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		char path[60];

		snprintf(path, sizeof(path), GOLDEN "%s", versions[i]);
		ndx_small_copy(path, dir.path);
		assert_int_equal(
			ndx_writer_open(&ndx_env_default, dir.path, &options, &writer, NULL),
			NDX_OK);
		assert_int_equal(ndx_small_add(writer, 1, 0, NULL), NDX_OK);
		assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
		search(dir.path, "\"arms production\"", i == 0 ? "a4" : i == 1 ? "b2" : "c2");
		assert_int_equal(ndx_writer_merge(writer, NULL), NDX_OK);
		ndx_writer_close(writer);
		search(dir.path, "source:wire date:2004", i == 0 ? "a1" : i == 1 ? "b1" : "c1");
		ndx_small_remove(dir.path);
	}
	ndx_small_dir_remove(&dir);
}

/* A file that says it is of a later version is refused by name, whatever else is in it. */
static void
test_newer(void **state)
{
	struct small_dir dir;
	struct ndx_index *index;
	struct ndx_err err;
	char path[80];
	FILE *file;

	(void)state;
	ndx_small_dir_new(&dir);
	ndx_small_copy(GOLDEN "v2", dir.path);
	snprintf(path, sizeof(path), "%s/manifest", dir.path);
	file = fopen(path, "r+b");
	assert_non_null(file);
	fseek(file, 8, SEEK_SET);
	fputc(NDX_FORMAT_VERSION + 1, file);
	fclose(file);
	CHECK("refused", ndx_open(dir.path, &index, &err) == NDX_E_VERSION);
	CHECK(err.msg,
	      strstr(err.msg, dir.path) != NULL && strstr(err.msg, "has format 4") != NULL);
	ndx_small_remove(dir.path);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dump),        cmocka_unit_test(test_queries),
		cmocka_unit_test(test_suggestions), cmocka_unit_test(test_written_on),
		cmocka_unit_test(test_deleted_on),  cmocka_unit_test(test_newer)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
