/*
 * test_power.c - a power loss at any moment leaves the old commit or the new one, whole
 *
 * An index is made, added to, deleted from, merged and added to again, with and without a state of
 * the source files, as a run with --prune does; a recorder is under it (crash.h).  Every moment is
 * turned into directories as a crash may leave them; each is opened and compared, and the next
 * writer works on it without help and leaves nothing behind.  2,000 states; 100,000 with
 * NDX_LONG=1.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/check.h"
#include "tests/fault/crash.h"
#include "tests/unit/small_index.h"

#define STATES_MAX 16

/* What was committed when: dump[i] is safe from operation safe[i] on, and may be there from that of
 * the one before. */
struct history {
	struct crash *crash;
	size_t safe[STATES_MAX];
	struct ndx_buf dump[STATES_MAX];
	size_t count;
};

static void
note_commit(struct history *history, const char *path)
{
	const size_t i = history->count++;

	assert_true(i < STATES_MAX);
	history->safe[i] = crash_op_count(history->crash);
	ndx_buf_init(&history->dump[i], &ndx_mem_default);
	assert_int_equal(ndx_dump(&ndx_env_default, path, &history->dump[i], NULL), NDX_OK);
}

static void
add_some(struct ndx_writer *writer, uint32_t from, uint32_t to, uint32_t version)
{
	for (uint32_t i = from; i < to; i++)
		assert_int_equal(ndx_small_add(writer, i, version, NULL), NDX_OK);
}

static void
live(struct history *history, const char *path)
{
	const struct ndx_env env = { &ndx_mem_default, crash_io(history->crash) };
	const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };
	struct ndx_writer *writer;

	assert_int_equal(ndx_writer_open(&env, path, &options, &writer, NULL), NDX_OK);
	note_commit(history, path); /* an empty index */
	add_some(writer, 0, 40, 0);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	note_commit(history, path);
	add_some(writer, 30, 60, 1);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	note_commit(history, path);
	for (uint32_t i = 5; i < 50; i += 9)
		assert_int_equal(ndx_small_delete(writer, i, NULL), NDX_OK);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	note_commit(history, path);
	ndx_writer_close(writer);
	assert_int_equal(ndx_writer_open(&env, path, &options, &writer, NULL), NDX_OK);
	for (uint32_t i = 6; i < 50; i += 9)
		assert_int_equal(ndx_small_delete(writer, i, NULL), NDX_OK);
	ndx_small_set_sources(writer);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	note_commit(history, path);
	assert_int_equal(ndx_writer_merge(writer, NULL), NDX_OK);
	note_commit(history, path);
	add_some(writer, 58, 80, 2);
	ndx_small_set_sources(writer);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	note_commit(history, path);
	ndx_writer_close(writer);
}

static void
ignore(void *ctx, enum ndx_check_kind kind, const char *sentence)
{
	(void)ctx;
	(void)kind;
	(void)sentence;
}

/* The next run of an indexer: it opens, adds, commits, and leaves a sound index and nothing
 * else. */
static void
go_on(const char *path, const char *what)
{
	struct ndx_io io = ndx_io_default;
	const struct ndx_env env = { &ndx_mem_default, &io };
	const struct ndx_writer_options options = { .create = true };
	const struct ndx_check_sink sink = { ignore, NULL };
	struct ndx_check_counts counts;
	struct ndx_writer *writer;
	struct ndx_err err = { 0 };
	enum ndx_status status;

	io.fsync = ndx_skip_fsync;
	status = ndx_writer_open(&env, path, &options, &writer, &err);
	CHECK(what, status == NDX_OK);
	if (status != NDX_OK) {
		print_error("%s: %s\n", what, err.msg);
		return;
	}
	CHECK(what, ndx_small_add(writer, 900, 3, &err) == NDX_OK);
	CHECK(what, ndx_writer_commit(writer, &err) == NDX_OK);
	ndx_writer_close(writer);
	CHECK(what, ndx_check(&ndx_env_default, path, &sink, &counts, &err) == NDX_OK);
	CHECK(what, ndx_dir_is_exact(path));
}

/* Is the directory one of the commits that it may hold at this moment? */
static void
compare(const struct history *history, size_t moment, const char *path, const char *what)
{
	struct ndx_buf dump;
	struct ndx_err err = { 0 };
	size_t last = 0, holds = 0;
	enum ndx_status status;

	while (last < history->count && history->safe[last] <= moment)
		last++;
	ndx_buf_init(&dump, &ndx_mem_default);
	status = ndx_dump(&ndx_env_default, path, &dump, &err);
	/* dump[last - 1] is safe, and dump[last] may be on its way; before the first there may be
	 * no index at all. */
	if (last > 0)
		holds |= status == NDX_OK && ndx_buf_same(&dump, &history->dump[last - 1]);
	else
		holds |= status == NDX_E_IO;
	if (last < history->count)
		holds |= status == NDX_OK && ndx_buf_same(&dump, &history->dump[last]);
	CHECK(what, holds);
	if (!holds)
		print_error("%s: status %d: %s\n", what, (int)status, err.msg);
	ndx_buf_free(&dump);
}

static void
test_power(void **state)
{
	static const unsigned losses[] = { 0, 5, 30, 50, 50, 70, 95, 100 };
	const size_t wanted = getenv("NDX_LONG") != NULL ? 100000 : 2000;
	struct history history = { 0 };
	struct small_dir dir;
	char path[60], what[80];
	size_t moments, done = 0;

	(void)state;
	ndx_small_dir_new(&dir);
	history.crash = crash_new(dir.path);
	live(&history, dir.path);
	moments = crash_op_count(history.crash) + 1;
	snprintf(path, sizeof(path), "%s/state", dir.base);
	for (size_t round = 0; done < wanted; round++) {
		for (size_t moment = 0; moment < moments; moment++, done++) {
			struct random random = random_of(round, moment, 7);
			const unsigned loss = losses[round % ARRAY_LEN(losses)];

			snprintf(what, sizeof(what), "round %zu, moment %zu of %zu, loss %u", round,
			         moment, moments, loss);
			crash_replay(history.crash, moment, &random, loss, path);
			compare(&history, moment, path, what);
			go_on(path, what);
			ndx_small_remove(path);
		}
	}
	print_message("%zu states of %zu moments\n", done, moments);
	for (size_t i = 0; i < history.count; i++)
		ndx_buf_free(&history.dump[i]);
	crash_free(history.crash);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_power) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
