/*
 * test_repair.c - a repair that is cut off or fails loses nothing, and the next one ends it
 *
 * An index has a segment and the state of its sources damaged, in one byte each.  Its repair is cut
 * off by a power loss at any moment (crash.h), and fails at any allocation and any call; then the
 * next repair makes of it what the first would have, and what was set aside is there, byte by byte.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/repair.h"
#include "tests/fault/crash.h"
#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/small_index.h"

/* Segments of so many articles; the one in the middle is damaged. */
#define PART 30

/* What a repair tells. */
struct told {
	size_t segments, ids, sources, proceeded;
};

static void
tell_segment(void *ctx, const char *what, uint64_t article_count)
{
	((struct told *)ctx)->segments++;
	CHECK(what, what[0] != '\0' && article_count <= PART);
}

static void
tell_lost(void *ctx, struct ndx_str id)
{
	((struct told *)ctx)->ids++;
	CHECK("an id", id.size > 0);
}

static void
tell_sources(void *ctx, const char *what)
{
	((struct told *)ctx)->sources++;
	CHECK(what, strstr(what, ".src") != NULL);
}

static enum ndx_status
proceed(void *ctx, struct ndx_err *err)
{
	(void)err;
	((struct told *)ctx)->proceeded++;
	return NDX_OK;
}

static enum ndx_status
repair(const struct ndx_env *env, const char *path, struct told *told, struct ndx_err *err)
{
	const struct ndx_repair_handler handler = { tell_segment, tell_lost, tell_sources, proceed,
		                                    told };
	struct ndx_repaired repaired;

	*told = (struct told){ 0 };
	return ndx_repair(env, path, &handler, &repaired, err);
}

/* Names of the files that are damaged, and their bytes. */
struct damage {
	char name[2][24];
	void *data[2];
	size_t size[2];
};

/* Change a byte in the middle of a file; its bytes are kept. */
static void
damage_file(const struct ndx_env *env, const char *path, struct damage *damage, size_t i)
{
	const struct ndx_io *io = env->io;
	char file[120];
	uint8_t byte;
	int fd;

	snprintf(file, sizeof(file), "%s/%s", path, damage->name[i]);
	fd = io->open(io->ctx, file, O_RDWR, 0);
	assert_true(fd != -1);
	assert_int_equal(ndx_read_file(&ndx_env_default, file, SIZE_MAX / 2, &damage->data[i],
	                               &damage->size[i], NULL),
	                 NDX_OK);
	byte = (uint8_t) ~((const uint8_t *)damage->data[i])[damage->size[i] / 2];
	((uint8_t *)damage->data[i])[damage->size[i] / 2] = byte;
	assert_int_equal(io->pwrite(io->ctx, fd, &byte, 1, (off_t)damage->size[i] / 2), 1);
	assert_int_equal(io->fsync(io->ctx, fd), 0);
	io->close(io->ctx, fd);
}

static void
make_damaged(const struct ndx_env *env, const char *path, struct damage *damage)
{
	const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };
	struct ndx_writer *writer;

	assert_int_equal(ndx_writer_open(env, path, &options, &writer, NULL), NDX_OK);
	for (uint32_t from = 0; from < 3 * PART; from += PART) {
		for (uint32_t i = from; i < from + PART; i++)
			assert_int_equal(ndx_small_add(writer, i, 0, NULL), NDX_OK);
		for (uint32_t i = from < PART ? PART : from - PART; i < from; i += 9)
			assert_int_equal(ndx_small_delete(writer, i, NULL), NDX_OK);
		ndx_small_set_sources(writer);
		assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	}
	snprintf(damage->name[0], sizeof(damage->name[0]), "%08" PRIx32 ".seg",
	         ndx_writer_manifest(writer)->segment[1].number);
	snprintf(damage->name[1], sizeof(damage->name[1]), "%08" PRIx32 ".src",
	         ndx_writer_manifest(writer)->sources);
	ndx_writer_close(writer);
	for (size_t i = 0; i < 2; i++)
		damage_file(env, path, damage, i);
}

static void
damage_free(struct damage *damage)
{
	for (size_t i = 0; i < 2; i++)
		ndx_free(&ndx_mem_default, damage->data[i]);
}

/* What the index says; with 'out' NULL only whether it says anything. */
static enum ndx_status
dump(const char *path, struct ndx_buf *out)
{
	struct ndx_buf own;
	enum ndx_status status;

	ndx_buf_init(&own, &ndx_mem_default);
	status = ndx_dump(&ndx_env_default, path, out == NULL ? &own : out, NULL);
	ndx_buf_free(&own);
	return status;
}

/* The damaged files are there, and nothing else is; then they are removed. */
static void
check_aside(const char *path, const struct damage *damage, const char *what)
{
	char aside[80], file[120];

	snprintf(aside, sizeof(aside), "%s/damaged", path);
	for (size_t i = 0; i < 2; i++) {
		void *data = NULL;
		size_t size = 0;

		snprintf(file, sizeof(file), "%s/%s", aside, damage->name[i]);
		CHECK(what, ndx_read_file(&ndx_env_default, file, SIZE_MAX / 2, &data, &size,
		                          NULL) == NDX_OK);
		CHECK(what, size == damage->size[i] && data != NULL &&
		                    memcmp(data, damage->data[i], size) == 0);
		ndx_free(&ndx_mem_default, data);
	}
	ndx_small_remove(aside);
	CHECK(what, ndx_dir_is_exact(path));
}

/* Whatever the first repair came to: the index is damaged, or says what it should; the next repair
 * ends it. */
static void
end_repair(const char *path, const struct ndx_buf *expected, const struct damage *damage,
           const char *what)
{
	struct ndx_io io = ndx_io_default;
	const struct ndx_env env = { &ndx_mem_default, &io };
	struct ndx_index *index = NULL;
	struct ndx_buf found;
	struct told told;
	struct ndx_err err = { 0 };
	enum ndx_status status;

	io.fsync = ndx_skip_fsync;
	ndx_buf_init(&found, &ndx_mem_default);
	CHECK(what, ndx_open(path, &index, &err) == NDX_OK);
	ndx_close(index);
	CHECK(what, dump(path, &found) != NDX_OK || ndx_buf_same(&found, expected));
	status = repair(&env, path, &told, &err);
	CHECK(what, status == NDX_OK);
	if (status != NDX_OK)
		print_error("%s: %s\n", what, err.msg);
	ndx_buf_clear(&found);
	CHECK(what, dump(path, &found) == NDX_OK && ndx_buf_same(&found, expected));
	check_aside(path, damage, what);
	ndx_small_remove(path);
	ndx_buf_free(&found);
}

/* What should be left: of a copy of the index, by a repair that nothing disturbs. */
static void
repair_whole(const char *from, const char *to, const struct damage *damage,
             struct ndx_buf *expected)
{
	struct told told;

	assert_true(dump(from, NULL) != NDX_OK);
	ndx_small_copy(from, to);
	assert_int_equal(repair(&ndx_env_default, to, &told, NULL), NDX_OK);
	CHECK("what is told",
	      told.segments == 1 && told.ids <= PART && told.sources == 1 && told.proceeded == 1);
	assert_int_equal(dump(to, expected), NDX_OK);
	assert_int_equal(repair(&ndx_env_default, to, &told, NULL), NDX_OK);
	CHECK("nothing is left", told.segments == 0 && told.sources == 0 && told.proceeded == 0);
	check_aside(to, damage, "a whole repair");
	ndx_small_remove(to);
}

static void
test_power(void **state)
{
	static const unsigned losses[] = { 0, 30, 50, 50, 70, 100 };
	const size_t rounds = getenv("NDX_LONG") != NULL ? 2000 : 40;
	struct small_dir dir;
	struct ndx_buf expected;
	struct damage damage;
	struct crash *crash;
	struct told told;
	size_t begin, end, done = 0;
	char path[60], what[80];

	(void)state;
	ndx_small_dir_new(&dir);
	ndx_buf_init(&expected, &ndx_mem_default);
	crash = crash_new(dir.path);
	const struct ndx_env env = { &ndx_mem_default, crash_io(crash) };

	make_damaged(&env, dir.path, &damage);
	begin = crash_op_count(crash);
	snprintf(path, sizeof(path), "%s/state", dir.base);
	repair_whole(dir.path, path, &damage, &expected);
	assert_int_equal(repair(&env, dir.path, &told, NULL), NDX_OK);
	end = crash_op_count(crash);
	for (size_t round = 0; round < rounds; round++) {
		for (size_t moment = begin; moment <= end; moment++, done++) {
			struct random random = random_of(round, moment, 11);

			snprintf(what, sizeof(what), "round %zu, moment %zu of %zu to %zu", round,
			         moment, begin, end);
			crash_replay(crash, moment, &random, losses[round % ARRAY_LEN(losses)],
			             path);
			end_repair(path, &expected, &damage, what);
		}
	}
	print_message("%zu states of %zu moments\n", done, end - begin + 1);
	check_aside(dir.path, &damage, "the recorded repair");
	damage_free(&damage);
	ndx_buf_free(&expected);
	crash_free(crash);
	ndx_small_dir_remove(&dir);
}

/* Each call fails once, or from then on: nothing that is whole is set aside. */
static void
fail_in_calls(const char *from, const char *path, const struct ndx_buf *expected,
              const struct damage *damage, bool for_good)
{
	static const int errors[] = { EIO, EPERM, EACCES, EMFILE, ENOSPC, ENOMEM };
	size_t tries = 0;
	bool more = true;

	for (int n = 1; more; n++, tries++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_err err = { 0 };
		struct told told;
		char what[80];
		enum ndx_status status;

		snprintf(what, sizeof(what), "call %d%s", n, for_good ? " and all after it" : "");
		ndx_small_copy(from, path);
		ndx_failing_io_init(&failing);
		failing.fail_at = n;
		failing.error = errors[(size_t)n % ARRAY_LEN(errors)];
		failing.for_good = for_good;
		status = repair(&env, path, &told, &err);
		CHECK(what, failing.open_count == 0);
		CHECK(what, status == NDX_OK || err.msg[0] != '\0');
		CHECK(what, told.segments <= 1 && told.sources <= 1);
		more = failing.call_count >= n;
		end_repair(path, expected, damage, what);
	}
	print_message("%zu calls failed\n", tries - 1);
}

static void
fail_in_memory(const char *from, const char *path, const struct ndx_buf *expected,
               const struct damage *damage)
{
	size_t tries = 0;
	bool more = true;

	for (size_t n = 1; more; n++, tries++) {
		struct failing_mem failing;
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct ndx_err err = { 0 };
		struct told told;
		char what[80];
		enum ndx_status status;

		snprintf(what, sizeof(what), "allocation %zu", n);
		ndx_small_copy(from, path);
		ndx_failing_mem_init(&failing, n);
		status = repair(&env, path, &told, &err);
		CHECK(what, failing.live_count == 0);
		CHECK(what, status == NDX_OK || (status == NDX_E_NOMEM && err.msg[0] != '\0'));
		CHECK(what, told.segments <= 1 && told.sources <= 1);
		more = failing.alloc_count >= n;
		end_repair(path, expected, damage, what);
	}
	print_message("%zu allocations failed\n", tries - 1);
}

static void
test_nth(void **state)
{
	struct small_dir dir;
	struct ndx_buf expected;
	struct damage damage;
	char path[60];

	(void)state;
	ndx_small_dir_new(&dir);
	ndx_buf_init(&expected, &ndx_mem_default);
	make_damaged(&ndx_env_default, dir.path, &damage);
	snprintf(path, sizeof(path), "%s/copy", dir.base);
	repair_whole(dir.path, path, &damage, &expected);
	fail_in_calls(dir.path, path, &expected, &damage, false);
	fail_in_calls(dir.path, path, &expected, &damage, true);
	fail_in_memory(dir.path, path, &expected, &damage);
	damage_free(&damage);
	ndx_buf_free(&expected);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_power),
		                            cmocka_unit_test(test_nth) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
