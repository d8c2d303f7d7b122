/*
 * test_kill.c - a writer that is killed loses nothing that it had committed
 *
 * A writer adds, deletes, commits and merges, and says after each commit how far it is; it is
 * killed (SIGKILL) at random moments, while a reader opens the index and searches all the time.
 * What was said to be committed is found, the reader sees no error, and the next writer leaves no
 * file behind.  200 kills; 10,000 with NDX_LONG=1.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/index.h"
#include "searcher/check.h"
#include "tests/oracle/random.h"
#include "tests/unit/small_index.h"

/* What the processes share. */
struct shared {
	volatile uint32_t committed; /* articles 1 to this are in the index, but every tenth */
	volatile uint32_t searches;
	volatile int stop;
	char error[240]; /* the reader's first */
};

/* Add articles from the last committed one on, a few a commit, until killed. */
static void
write_on(const char *path, struct shared *shared, struct random *random)
{
	struct ndx_io io = ndx_io_default;
	const struct ndx_env env = { &ndx_mem_default, &io };
	const struct ndx_writer_options options = { .create = true };
	struct ndx_writer *writer;
	enum ndx_status status;

	io.fsync = ndx_skip_fsync;
	status = ndx_writer_open(&env, path, &options, &writer, NULL);
	while (status == NDX_OK) {
		uint32_t next = shared->committed;

		for (size_t left = 1 + random_below(random, 12); status == NDX_OK && left > 0;
		     left--)
			status = ndx_small_add(writer, ++next, 0, NULL);
		for (uint32_t i = shared->committed + 1; status == NDX_OK && i <= next; i++)
			if (i % 10 == 0)
				status = ndx_small_delete(writer, i, NULL);
		if (status == NDX_OK)
			status = ndx_writer_commit(writer, NULL);
		if (status == NDX_OK)
			shared->committed = next;
		if (status == NDX_OK && random_percent(random, 10))
			status = ndx_writer_merge(writer, NULL);
	}
	_exit(3);
}

static bool
has_article(const struct ndx_index *index, uint32_t number, struct ndx_err *err,
            enum ndx_status *status)
{
	const struct ndx_search_options options = { .nhits_max = 1 };
	struct ndx_hits *hits;
	char id[24], query[40];
	bool has;

	ndx_small_id(number, id);
	snprintf(query, sizeof(query), "id:%s", id);
	*status = ndx_search(index, query, &options, &hits, err);
	if (*status != NDX_OK)
		return false;
	has = ndx_hits_total(hits) == 1;
	ndx_hits_free(hits);
	return has;
}

/* Open and search, again and again; the first error ends it. */
static void
read_on(const char *path, struct shared *shared)
{
	struct random random = random_of(9, 9, 9);
	struct ndx_err err = { 0 };
	enum ndx_status status = NDX_OK;

	while (!shared->stop && status == NDX_OK) {
		const uint32_t committed = shared->committed;
		struct ndx_index *index;
		uint32_t number;

		if (committed == 0)
			continue;
		status = ndx_open(path, &index, &err);
		if (status != NDX_OK)
			break;
		number = 1 + (uint32_t)random_below(&random, committed);
		if (has_article(index, number, &err, &status) != (number % 10 != 0) &&
		    status == NDX_OK) {
			snprintf(err.msg, sizeof(err.msg), "article %u of %u is wrong", number,
			         committed);
			status = NDX_E_NOT_FOUND;
		}
		shared->searches++;
		ndx_close(index);
	}
	if (status != NDX_OK)
		memcpy(shared->error, err.msg, sizeof(shared->error));
	_exit(status == NDX_OK ? 0 : 4);
}

static void
ignore(void *ctx, enum ndx_check_kind kind, const char *sentence)
{
	(void)ctx;
	(void)kind;
	(void)sentence;
}

/* Are all committed articles there, and is the index sound? */
static void
check_all(const char *path, const struct shared *shared, const char *what)
{
	const struct ndx_check_sink sink = { ignore, NULL };
	struct ndx_check_counts counts;
	struct ndx_index *index;
	struct ndx_err err = { 0 };
	enum ndx_status status = ndx_open(path, &index, &err);
	size_t missing = 0;

	if (shared->committed == 0) { /* then there may be an index or none */
		if (status == NDX_OK)
			ndx_close(index);
		return;
	}
	CHECK(what, status == NDX_OK);
	if (status != NDX_OK)
		return;
	for (uint32_t i = 1; i <= shared->committed; i++)
		missing += has_article(index, i, &err, &status) != (i % 10 != 0);
	CHECK(what, missing == 0);
	ndx_close(index);
	CHECK(what, ndx_check(&ndx_env_default, path, &sink, &counts, &err) == NDX_OK);
}

static void
kill_one(const char *path, struct shared *shared, size_t number)
{
	struct random random = random_of(5, number, shared->committed);
	struct timespec pause = { 0, 200000 + (long)random_below(&random, 15000000) };
	const pid_t writer = fork();
	int status;

	assert_true(writer != -1);
	if (writer == 0)
		write_on(path, shared, &random);
	nanosleep(&pause, NULL);
	kill(writer, SIGKILL);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	CHECK("the writer itself had no error", WIFSIGNALED(status));
}

/* The last writer is left alone: it must take away what the others left. */
static void
end_well(const char *path)
{
	const struct ndx_writer_options options = { .create = true };
	struct ndx_writer *writer;

	assert_int_equal(ndx_writer_open(&ndx_env_default, path, &options, &writer, NULL), NDX_OK);
	assert_int_equal(ndx_small_add(writer, 1000000, 0, NULL), NDX_OK);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
	CHECK("no file is left behind", ndx_dir_is_exact(path));
}

static void
test_kills(void **state)
{
	const size_t kills = getenv("NDX_LONG") != NULL ? 10000 : 200;
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct small_dir dir;
	pid_t reader;
	int status;

	(void)state;
	assert_true(shared != MAP_FAILED);
	ndx_small_dir_new(&dir);
	for (size_t done = 0; done < kills;) {
		/* A fresh index now and then, so that none gets long. */
		ndx_small_remove(dir.path);
		memset((void *)shared, 0, sizeof(*shared));
		reader = fork();
		assert_true(reader != -1);
		if (reader == 0)
			read_on(dir.path, shared);
		for (size_t i = 0; i < 50 && done < kills; i++, done++)
			kill_one(dir.path, shared, done);
		shared->stop = 1;
		assert_int_equal(waitpid(reader, &status, 0), reader);
		CHECK(shared->error, WIFEXITED(status) && WEXITSTATUS(status) == 0);
		check_all(dir.path, shared, "after kills");
		end_well(dir.path);
		print_message("%zu kills: %u articles committed, %u searches meanwhile\n", done,
		              shared->committed, shared->searches);
	}
	munmap((void *)shared, sizeof(*shared));
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_kills) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
