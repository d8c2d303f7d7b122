/*
 * test_index.c - opening an index, and finding an article in it by its id
 *
 * race       a writer replaces all files between the manifest and the first segment
 * others[]   files that are not those that the manifest lists
 *
 * SPDX-License-Identifier: MIT
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/index.h"
#include "common/varint.h"
#include "indexer/files.h"
#include "indexer/writer.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static char top[] = "/tmp/ndx-index-XXXXXX", dir[64];

static const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };

static const char *
path_of(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
remove_entry(void *arg, const char *name)
{
	(void)arg;
	unlink(path_of(name));
}

static void
clean(void)
{
	(void)ndx_io_default.list(NULL, dir, remove_entry, NULL);
	rmdir(dir);
}

static struct ndx_writer *
open_writer(void)
{
	struct ndx_writer *writer = NULL;

	assert_int_equal(ndx_writer_open(&ndx_env_default, dir, &options, &writer, NULL), NDX_OK);
	return writer;
}

static void
add(struct ndx_writer *writer, const char *id)
{
	const struct ndx_article article = { .id = ndx_str(id),
		                             .title = ndx_str("Storm closes harbour"),
		                             .text = ndx_str(id) };

	assert_int_equal(ndx_writer_add(writer, &article, NULL), NDX_OK);
}

/* Two segments: a, b (deleted), c; and d. */
static void
make_index(void)
{
	struct ndx_writer *writer = open_writer();

	add(writer, "a");
	add(writer, "b");
	add(writer, "c");
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	add(writer, "d");
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	assert_int_equal(ndx_writer_delete(writer, ndx_str("b"), NULL), NDX_OK);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
}

static const struct {
	const char *id;
	enum ndx_status status;
	size_t segment;
} articles[] = {
	{ "a", NDX_OK, 0 },          { "b", NDX_E_NOT_FOUND, 0 }, { "c", NDX_OK, 0 },
	{ "d", NDX_OK, 1 },          { "e", NDX_E_NOT_FOUND, 0 }, { "", NDX_E_NOT_FOUND, 0 },
	{ "A", NDX_E_NOT_FOUND, 0 },
};

static void
test_locate(void **state)
{
	struct ndx_index *index = NULL;

	(void)state;
	make_index();
	assert_int_equal(ndx_open(dir, &index, NULL), NDX_OK);
	CHECK("live articles", ndx_article_count(index) == 3);
	CHECK("commits", ndx_generation(index) == 4);
	CHECK("segments", index->manifest.segment_count == 2);
	CHECK("tokens", index->token_count == 3 * 4);
	for (size_t i = 0; i < ARRAY_LEN(articles); i++) {
		size_t segment = 99;
		ndx_docid docid = 99;

		CHECK(articles[i].id, ndx_index_locate(index, ndx_str(articles[i].id), &segment,
		                                       &docid, NULL) == articles[i].status);
		if (articles[i].status == NDX_OK)
			CHECK(articles[i].id, segment == articles[i].segment && docid < 3);
		else
			CHECK(articles[i].id, segment == 99 && docid == 99);
	}
	ndx_close(index);
	ndx_close(NULL);
	clean();
}

/* The system calls, but at the first look at a segment a writer merges the index. */
struct racing_io {
	struct ndx_io io;
	int races_left;
};

static int
racing_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct racing_io *racing = ctx;

	if (racing->races_left > 0 && strstr(path, ".seg") != NULL) {
		struct ndx_writer *writer = open_writer();
		char id[2] = { (char)('w' + racing->races_left--), '\0' };

		add(writer, id);
		assert_int_equal(ndx_writer_merge(writer, NULL), NDX_OK);
		ndx_writer_close(writer);
	}
	return ndx_io_default.open(NULL, path, flags, mode);
}

static void
test_race(void **state)
{
	(void)state;
	for (int races = 0; races <= 3; races++) {
		struct racing_io racing = { .io = ndx_io_default, .races_left = races };
		const struct ndx_env env = { &ndx_mem_default, &racing.io };
		struct ndx_index *index = NULL;

		make_index();
		racing.io.open = racing_open;
		racing.io.ctx = &racing;
		CHECK("opened", ndx_index_open(&env, dir, &index, NULL) == NDX_OK);
		CHECK("each race was run", racing.races_left == 0);
		if (index != NULL)
			CHECK("the last commit", ndx_article_count(index) == 3 + (unsigned)races);
		ndx_close(index);
		clean();
	}
}

/* A reader keeps what it has opened. */
static void
test_keeps(void **state)
{
	struct ndx_writer *writer;
	struct ndx_index *index = NULL;
	size_t segment;
	ndx_docid docid;

	(void)state;
	make_index();
	assert_int_equal(ndx_open(dir, &index, NULL), NDX_OK);
	writer = open_writer();
	assert_int_equal(ndx_writer_delete(writer, ndx_str("a"), NULL), NDX_OK);
	assert_int_equal(ndx_writer_merge(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
	CHECK("still there",
	      ndx_index_locate(index, ndx_str("a"), &segment, &docid, NULL) == NDX_OK);
	CHECK("as before", ndx_article_count(index) == 3);
	ndx_close(index);
	clean();
}

static const struct {
	const char *name;
	int entry;  /* of the manifest */
	int change; /* what is changed in it */
	enum ndx_status status;
	const char *message;
} others[] = {
	/* clang-format off */
	{ "the sum of another file",  0, 0, NDX_E_CORRUPT, "not the segment that the manifest lists" },
	{ "the number of articles",   1, 1, NDX_E_CORRUPT, "not the segment that the manifest lists" },
	{ "the number of deletions",  0, 2, NDX_E_CORRUPT, "1 deletions, 2 expected" },
	{ "the number of tokens",     1, 3, NDX_E_CORRUPT, "tokens" },
	{ "the size",                 1, 4, NDX_E_CORRUPT, "expected by the manifest" },
	{ "a file that is not there", 1, 5, NDX_E_IO,      "No such file or directory" },
	/* clang-format on */
};

static void
change_entry(struct ndx_manifest_segment *entry, int change)
{
	switch (change) {
	case 0:
		entry->checksum++;
		break;
	case 1:
		entry->article_count++;
		break;
	case 2:
		entry->deleted_count++;
		break;
	case 3:
		entry->token_count++;
		break;
	case 4:
		entry->size++;
		break;
	default:
		unlink(path_of("00000002.seg"));
	}
}

static void
test_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct ndx_manifest manifest;
		struct ndx_index *index = NULL;
		struct ndx_err err = { .msg = "" };
		struct ndx_buf out;

		make_index();
		assert_int_equal(ndx_manifest_read(&ndx_env_default, dir, &manifest, NULL), NDX_OK);
		change_entry(&manifest.segment[others[i].entry], others[i].change);
		ndx_buf_init(&out, &ndx_mem_default);
		ndx_manifest_encode(&manifest, &out);
		unlink(path_of("manifest"));
		assert_int_equal(ndx_new_file_write(&ndx_env_default, path_of("manifest"), out.data,
		                                    out.size, NULL),
		                 NDX_OK);
		CHECK(others[i].name, ndx_open(dir, &index, &err) == others[i].status);
		CHECK(others[i].name, strstr(err.msg, others[i].message) != NULL);
		CHECK(others[i].name, index == NULL);
		ndx_buf_free(&out);
		ndx_manifest_free(&ndx_env_default, &manifest);
		clean();
	}
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;

	(void)state;
	make_index();
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 200; fail_at++) {
		struct failing_mem failing;
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct ndx_index *index;
		size_t segment;
		ndx_docid docid;

		ndx_failing_mem_init(&failing, fail_at);
		status = ndx_index_open(&env, dir, &index, NULL);
		if (status == NDX_OK) {
			status = ndx_index_locate(index, ndx_str("d"), &segment, &docid, NULL);
			ndx_close(index);
		}
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
	clean();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locate),    cmocka_unit_test(test_race),
		cmocka_unit_test(test_keeps),     cmocka_unit_test(test_others),
		cmocka_unit_test(test_no_memory),
	};
	int failed;

	if (mkdtemp(top) == NULL)
		return 2;
	snprintf(dir, sizeof(dir), "%s/idx", top);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(top);
	return failed;
}
