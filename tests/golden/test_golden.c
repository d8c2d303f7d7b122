/*
 * test_golden.c - indexes of every format that was released stay readable, and newer ones are
 * refused
 *
 * v1/ holds two segments, one with tombstones: two runs of ndx index, and ndx delete.  What it says
 * is in v1.dump (see ndx_dump()), and must stay the same; a released format's files are never made
 * anew.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ndx.h"
#include "tests/unit/small_index.h"

#define GOLDEN "tests/golden/"

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
	read_file(GOLDEN "v1.dump", &expected);
	assert_int_equal(ndx_dump(&ndx_env_default, GOLDEN "v1", &found, NULL), NDX_OK);
	assert_true(ndx_buf_same(&expected, &found));
	ndx_buf_free(&expected);
	ndx_buf_free(&found);
}

static const struct {
	const char *query, *ids;
} rows[] = {
	{ "coca", "a5 a1 a2" }, { "\"arms production\"", "a4" }, { "=growers", "a1" },
	{ "grow*", "a5 a1" },   { "coca SENTENCE peru", "a1" },  { "source:wire date:2004", "a1" },
	{ "tea", "" }, /* deleted */
};

static void
test_queries(void **state)
{
	struct ndx_index *index;

	(void)state;
	assert_int_equal(ndx_open(GOLDEN "v1", &index, NULL), NDX_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ndx_hits *hits;
		char ids[100] = "";

		assert_int_equal(ndx_search(index, rows[i].query, NULL, &hits, NULL), NDX_OK);
		for (size_t n = 0; n < ndx_hits_count(hits); n++) {
			strcat(ids, n == 0 ? "" : " ");
			strcat(ids, ndx_hits_get(hits, n)->article.id);
		}
		CHECK(rows[i].query, strcmp(ids, rows[i].ids) == 0);
		if (strcmp(ids, rows[i].ids) != 0)
			print_message("%s: %s\n", rows[i].query, ids);
		ndx_hits_free(hits);
	}
	ndx_close(index);
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
	ndx_small_copy(GOLDEN "v1", dir.path);
	snprintf(path, sizeof(path), "%s/manifest", dir.path);
	file = fopen(path, "r+b");
	assert_non_null(file);
	fseek(file, 8, SEEK_SET);
	fputc(NDX_FORMAT_VERSION + 1, file);
	fclose(file);
	CHECK("refused", ndx_open(dir.path, &index, &err) == NDX_E_VERSION);
	CHECK(err.msg,
	      strstr(err.msg, dir.path) != NULL && strstr(err.msg, "has format 2") != NULL);
	ndx_small_remove(dir.path);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_dump),
		                            cmocka_unit_test(test_queries),
		                            cmocka_unit_test(test_newer) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
