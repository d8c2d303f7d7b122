/*
 * test_nth.c - with two threads at work, the n-th allocation or call fails: nothing is lost, and
 * all is freed
 *
 * A flush and a merge of enough articles that several ranges of keys are written side by side.
 * Whatever fails, there is an error, the index holds its old commit, nothing leaks, and the next
 * try succeeds.  The n are drawn denser at the beginning; NDX_LONG=1 takes all.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/small_index.h"

#define ARTICLES 600

static const struct ndx_writer_options options = {
	.memory_size = (size_t)4 << 20, .create = true, .jobs = 2, .no_auto_merge = true
};

static size_t
after(size_t n)
{
	return getenv("NDX_LONG") != NULL ? n + 1 : n + 1 + n / 4;
}

static enum ndx_status
add_all(const struct ndx_env *env, const char *path, uint32_t version, struct ndx_err *err)
{
	struct ndx_writer *writer = NULL;
	enum ndx_status status = ndx_writer_open(env, path, &options, &writer, err);

	for (uint32_t i = 0; status == NDX_OK && i < ARTICLES; i++)
		status = ndx_small_add(writer, i, version, err);
	if (status == NDX_OK)
		status = ndx_writer_commit(writer, err);
	ndx_writer_close(writer);
	return status;
}

static enum ndx_status
merge_all(const struct ndx_env *env, const char *path, uint32_t version, struct ndx_err *err)
{
	struct ndx_writer *writer = NULL;
	enum ndx_status status = ndx_writer_open(env, path, &options, &writer, err);

	(void)version;
	if (status == NDX_OK)
		status = ndx_writer_merge(writer, err);
	ndx_writer_close(writer);
	return status;
}

typedef enum ndx_status (*work_function)(const struct ndx_env *env, const char *path,
                                         uint32_t version, struct ndx_err *err);

/* The directory says what one of the two dumps does. */
static void
check_commit(const char *path, const struct ndx_buf *before, const struct ndx_buf *next,
             const char *what)
{
	struct ndx_buf dump;

	ndx_buf_init(&dump, &ndx_mem_default);
	CHECK(what, ndx_dump(&ndx_env_default, path, &dump, NULL) == NDX_OK);
	CHECK(what, ndx_buf_same(&dump, before) || ndx_buf_same(&dump, next));
	ndx_buf_free(&dump);
}

/* 'from' holds the index before; 'next' is what it says after the work. */
static void
fail_in_memory(work_function work, const char *name, const char *from, const struct ndx_buf *before,
               const struct ndx_buf *next, const char *path)
{
	size_t tries = 0;

	for (size_t n = 1;; n = after(n), tries++) {
		struct failing_mem failing;
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct ndx_err err = { 0 };
		char what[80];
		enum ndx_status status;

		snprintf(what, sizeof(what), "%s, allocation %zu", name, n);
		ndx_small_copy(from, path);
		ndx_failing_mem_init(&failing, n);
		status = work(&env, path, 1, &err);
		CHECK(what, failing.live_count == 0);
		CHECK(what, status == NDX_OK || (status == NDX_E_NOMEM && err.msg[0] != '\0'));
		check_commit(path, before, next, what);
		if (status == NDX_OK && failing.alloc_count < n) {
			ndx_small_remove(path);
			break;
		}
		CHECK(what, work(&ndx_env_default, path, 1, &err) == NDX_OK);
		check_commit(path, next, next, what);
		ndx_small_remove(path);
	}
	print_message("%s: %zu allocations failed\n", name, tries);
}

static void
fail_in_calls(work_function work, const char *name, const char *from, const struct ndx_buf *before,
              const struct ndx_buf *next, const char *path, bool for_good)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT, EINTR };
	size_t tries = 0;

	for (size_t n = 1;; n = for_good ? after(n) : n + 1, tries++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_err err = { 0 };
		char what[80];
		enum ndx_status status;

		snprintf(what, sizeof(what), "%s, call %zu%s", name, n,
		         for_good ? " and all after it" : "");
		ndx_small_copy(from, path);
		ndx_failing_io_init(&failing);
		failing.fail_at = (int)n;
		failing.error = errors[n % 4];
		failing.for_good = for_good;
		status = work(&env, path, 1, &err);
		CHECK(what, failing.open_count == 0);
		CHECK(what, status == NDX_OK || err.msg[0] != '\0');
		check_commit(path, before, next, what);
		if (failing.call_count < (int)n) {
			ndx_small_remove(path);
			break;
		}
		CHECK(what, work(&ndx_env_default, path, 1, &err) == NDX_OK);
		check_commit(path, next, next, what);
		ndx_small_remove(path);
	}
	print_message("%s: %zu calls failed\n", name, tries);
}

static void
fail_all(work_function work, const char *name, const char *from, const char *path)
{
	struct ndx_buf before, next;

	ndx_buf_init(&before, &ndx_mem_default);
	ndx_buf_init(&next, &ndx_mem_default);
	assert_int_equal(ndx_dump(&ndx_env_default, from, &before, NULL), NDX_OK);
	ndx_small_copy(from, path);
	assert_int_equal(work(&ndx_env_default, path, 1, NULL), NDX_OK);
	assert_int_equal(ndx_dump(&ndx_env_default, path, &next, NULL), NDX_OK);
	ndx_small_remove(path);
	fail_in_memory(work, name, from, &before, &next, path);
	fail_in_calls(work, name, from, &before, &next, path, false);
	fail_in_calls(work, name, from, &before, &next, path, true);
	ndx_buf_free(&before);
	ndx_buf_free(&next);
}

static void
test_nth(void **state)
{
	struct small_dir dir;
	char copy[60];

	(void)state;
	ndx_small_dir_new(&dir);
	snprintf(copy, sizeof(copy), "%s/copy", dir.base);
	assert_int_equal(add_all(&ndx_env_default, dir.path, 0, NULL), NDX_OK);
	fail_all(add_all, "flush", dir.path, copy);
	assert_int_equal(add_all(&ndx_env_default, dir.path, 2, NULL), NDX_OK);
	fail_all(merge_all, "merge", dir.path, copy);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_nth) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
