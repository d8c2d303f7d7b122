/*
 * test_files.c - new files: what is put is what they hold, or they are gone
 *
 * sizes[]   pieces at the edges of the buffer of 1 MiB
 * faults    each call fails in turn: an error that names the file, which is then removed
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/files.h"
#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define MIB ((size_t)1 << 20)

static char dir[] = "/tmp/ndx-files-XXXXXX", path[64];

static const struct {
	const char *name;
	size_t piece[4];
} sizes[] = {
	{ "nothing", { 0 } },
	{ "a byte", { 1 } },
	{ "a byte less than the buffer", { MIB - 1 } },
	{ "the buffer", { MIB } },
	{ "a byte more", { MIB + 1 } },
	{ "full, then a byte", { MIB - 1, 1, 1 } },
	{ "a byte, then more than the buffer", { 1, 3 * MIB + 5, 7 } },
	{ "two that do not fit together", { MIB / 2 + 1, MIB / 2, MIB / 2, 3 } },
};

static uint8_t
byte_at(size_t at)
{
	return (uint8_t)(at * 31 + (at >> 8) * 7);
}

/* Does the file hold byte_at(0) .. byte_at(size - 1)? */
static bool
holds(size_t size)
{
	void *data;
	size_t data_size, at = 0;

	if (ndx_read_file(&ndx_env_default, path, 16 * MIB, &data, &data_size, NULL) != NDX_OK)
		return false;
	while (at < data_size && ((uint8_t *)data)[at] == byte_at(at))
		at++;
	ndx_free(&ndx_mem_default, data);
	return data_size == size && at == size;
}

static enum ndx_status
write_pieces(const struct ndx_env *env, const size_t *piece, uint64_t *size_ret,
             struct ndx_err *err)
{
	struct ndx_new_file file;
	size_t done = 0;
	uint8_t *in = malloc(8 * MIB);
	enum ndx_status status = ndx_new_file_begin(&file, env, path, err);

	assert_non_null(in);
	for (size_t i = 0; i < 8 * MIB; i++)
		in[i] = byte_at(i);
	for (size_t i = 0; i < 4 && status == NDX_OK; i++) {
		status = ndx_new_file_put(&file, in + done, piece[i], err);
		done += piece[i];
	}
	if (status == NDX_OK)
		status = ndx_new_file_end(&file, size_ret, err);
	ndx_new_file_abandon(&file); /* does nothing now */
	free(in);
	return status;
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		const size_t *piece = sizes[i].piece;
		uint64_t size = 0;

		ndx_failing_io_init(&failing);
		failing.write_max = 300000; /* the system may take less than it is given */
		CHECK(sizes[i].name, write_pieces(&env, piece, &size, NULL) == NDX_OK);
		CHECK(sizes[i].name, size == piece[0] + piece[1] + piece[2] + piece[3]);
		CHECK(sizes[i].name, holds((size_t)size));
		CHECK(sizes[i].name, failing.open_count == 0);
		CHECK(sizes[i].name, strstr(failing.log, "fsync file;close file;") != NULL);
		CHECK(sizes[i].name, unlink(path) == 0);
	}
}

/* Every call fails once; after it the file is closed and removed, and not synced again. */
static void
test_faults(void **state)
{
	static const size_t piece[4] = { MIB - 1, 2, MIB, 5 };
	enum ndx_status status = NDX_E_IO;
	int fail_at;

	(void)state;
	for (fail_at = 1; status != NDX_OK && fail_at < 50; fail_at++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_err err;
		uint64_t size = 99;
		const char *sync;

		ndx_failing_io_init(&failing);
		failing.fail_at = fail_at;
		status = write_pieces(&env, piece, &size, &err);
		if (status == NDX_OK)
			break;
		CHECK("is NDX_E_IO", status == NDX_E_IO);
		CHECK("names the file", strstr(err.msg, path) != NULL);
		CHECK("and the reason", strstr(err.msg, ": No space left on device") != NULL);
		CHECK("no size is given", size == 99);
		CHECK("it is closed", failing.open_count == 0);
		CHECK("it is removed", access(path, F_OK) == -1 && errno == ENOENT);
		sync = strstr(failing.log, "fsync");
		CHECK("one sync at most", sync == NULL || strstr(sync + 1, "fsync") == NULL);
		CHECK("and then no write", sync == NULL || strstr(sync, "pwrite") == NULL);
	}
	CHECK("each call was reached", fail_at > 6);
	unlink(path);
}

static const struct {
	const char *kind, *message; /* "cannot VERB 'PATH': ..." */
} messages[] = {
	{ "open", "cannot create" },
	{ "pwrite", "cannot write" },
	{ "fsync", "cannot sync" },
	{ "close", "cannot close" },
};

static void
test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_err err;
		char expected[160];

		ndx_failing_io_init(&failing);
		failing.fail_at = 1;
		failing.only = messages[i].kind;
		CHECK(messages[i].kind, ndx_new_file_write(&env, path, "x", 1, &err) == NDX_E_IO);
		snprintf(expected, sizeof(expected), "%s '%s': No space left on device",
		         messages[i].message, path);
		CHECK(messages[i].kind, strcmp(err.msg, expected) == 0);
	}
}

/* A file that is there may be mapped by a reader: it is never written over. */
static void
test_exists(void **state)
{
	struct ndx_err err;

	(void)state;
	assert_int_equal(ndx_new_file_write(&ndx_env_default, path, "old", 3, NULL), NDX_OK);
	CHECK("is refused", ndx_new_file_write(&ndx_env_default, path, "new", 3, &err) == NDX_E_IO);
	CHECK("and says so", strstr(err.msg, "File exists") != NULL);
	CHECK("and stays", access(path, F_OK) == 0);
	unlink(path);
}

static void
test_given_up(void **state)
{
	struct ndx_new_file file;
	struct ndx_byte_sink sink;

	(void)state;
	assert_int_equal(ndx_new_file_begin(&file, &ndx_env_default, path, NULL), NDX_OK);
	sink = ndx_new_file_sink(&file);
	CHECK("a sink", sink.put(sink.ctx, "abc", 3, NULL) == NDX_OK);
	ndx_new_file_abandon(&file);
	CHECK("removed", access(path, F_OK) == -1);
	CHECK("no more", ndx_new_file_put(&file, "x", 1, NULL) == NDX_E_IO);
	ndx_new_file_abandon(&file);
}

static void
test_no_memory(void **state)
{
	struct failing_mem failing;
	const struct ndx_env env = { &failing.mem, &ndx_io_default };

	(void)state;
	ndx_failing_mem_init(&failing, 1);
	CHECK("out of memory", ndx_new_file_write(&env, path, "x", 1, NULL) == NDX_E_NOMEM);
	CHECK("nothing leaks", failing.live_count == 0);
	CHECK("no file stays", access(path, F_OK) == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),    cmocka_unit_test(test_faults),
		cmocka_unit_test(test_messages), cmocka_unit_test(test_exists),
		cmocka_unit_test(test_given_up), cmocka_unit_test(test_no_memory),
	};
	int failed;

	if (mkdtemp(dir) == NULL)
		return 2;
	snprintf(path, sizeof(path), "%s/file", dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
