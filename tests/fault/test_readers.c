/*
 * test_readers.c - readers of an index that is being written see whole commits, each later than the
 * last
 *
 * One thread adds, deletes, merges and commits 20 times a second; four others open the index,
 * search, count and check what they find, all the time.  What article number n says follows from n
 * and from how often it was replaced, so that each answer can be checked.  Two seconds; ten minutes
 * with NDX_LONG=1.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/index.h"
#include "common/ndx.h"
#include "searcher/check.h"
#include "tests/oracle/random.h"
#include "tests/unit/small_index.h"

#define READERS   4
#define ARTICLES  400 /* of which about a tenth is deleted at any time */
#define FILES_MAX 100
#define PERIOD_NS 50000000

static struct {
	struct small_dir dir;
	atomic_bool stop;
	atomic_uint_least64_t committed; /* the generation that is surely there */
	atomic_uint_least64_t commits, searches, opens;
	atomic_size_t files_max;
} run;

static void
count_file(void *arg, const char *name)
{
	(void)name;
	++*(size_t *)arg;
}

static void
count_files(void)
{
	size_t count = 0;

	if (ndx_io_default.list(ndx_io_default.ctx, run.dir.path, count_file, &count) == 0 &&
	    count > run.files_max)
		run.files_max = count;
}

static void
must(enum ndx_status status, const struct ndx_err *err, const char *what)
{
	if (status == NDX_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, err->msg);
	abort();
}

/* A commit: a few articles new or replaced, one deleted, now and then a merge. */
static void
change(struct ndx_writer *writer, struct random *random, uint32_t version)
{
	struct ndx_err err = { 0 };
	enum ndx_status status;

	for (size_t i = 1 + random_below(random, 20); i > 0; i--)
		must(ndx_small_add(writer, (uint32_t)random_below(random, ARTICLES), version, &err),
		     &err, "add");
	status = ndx_small_delete(writer, (uint32_t)random_below(random, ARTICLES), &err);
	if (status != NDX_E_NOT_FOUND)
		must(status, &err, "delete");
	must(ndx_writer_commit(writer, &err), &err, "commit");
	if (random_percent(random, 2))
		must(ndx_writer_merge(writer, &err), &err, "merge");
	run.committed = ndx_writer_manifest(writer)->generation;
	run.commits++;
}

static void *
write_on(void *arg)
{
	struct ndx_io io = ndx_io_default;
	const struct ndx_env env = { &ndx_mem_default, &io };
	const struct ndx_writer_options options = { .create = true };
	struct random random = random_of(3, 1, 4);
	struct ndx_writer *writer;
	struct ndx_err err = { 0 };
	struct timespec next;

	(void)arg;
	io.fsync = ndx_skip_fsync;
	must(ndx_writer_open(&env, run.dir.path, &options, &writer, &err), &err, "open to write");
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (uint32_t version = 0; !run.stop; version++) {
		change(writer, &random, version);
		count_files();
		next.tv_nsec += PERIOD_NS;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	ndx_writer_close(writer);
	return NULL;
}

/* Each hit is an article that is there, once; the total is the same however it is asked for. */
static void
search(const struct ndx_index *index, const char *query)
{
	const struct ndx_search_options all = { .nhits_max = ARTICLES + 1 },
					none = { .nhits_max = 0 };
	bool seen[ARTICLES] = { false };
	struct ndx_err err = { 0 };
	struct ndx_hits *hits;
	uint64_t total;

	must(ndx_search(index, query, &all, &hits, &err), &err, query);
	total = ndx_hits_total(hits);
	if (ndx_hits_count(hits) != total)
		abort();
	for (size_t i = 0; i < total; i++) {
		const char *id = ndx_hits_get(hits, i)->article.id;
		const unsigned long number = strtoul(strrchr(id, '/') + 1, NULL, 10);

		if (number >= ARTICLES || seen[number])
			abort();
		seen[number] = true;
	}
	ndx_hits_free(hits);
	must(ndx_search(index, query, &none, &hits, &err), &err, query);
	if (ndx_hits_total(hits) != total)
		abort();
	ndx_hits_free(hits);
	run.searches += 2;
}

static void *
read_on(void *arg)
{
	static const char *const queries[] = {
		"bak",        "bak cak dak", "\"bak cak\"",    "+bak -cak",
		"source:afp", "b*",          "bak NEAR/5 cak", "date:1970.."
	};
	uint64_t last = 0;

	(void)arg;
	for (size_t i = 0; !run.stop; i++) {
		const uint64_t committed = run.committed;
		struct ndx_index *index;
		struct ndx_err err = { 0 };

		if (committed == 0)
			continue;
		must(ndx_open(run.dir.path, &index, &err), &err, "open");
		if (ndx_generation(index) < committed || ndx_generation(index) < last) {
			fprintf(stderr, "generation %" PRIu64 " after %" PRIu64 "\n",
			        ndx_generation(index), committed > last ? committed : last);
			abort();
		}
		last = ndx_generation(index);
		for (size_t q = 0; q < 3; q++)
			search(index, queries[(3 * i + q) % ARRAY_LEN(queries)]);
		run.opens++;
		ndx_close(index);
	}
	return NULL;
}

static void
say(void *ctx, enum ndx_check_kind kind, const char *sentence)
{
	(void)ctx;
	(void)kind;
	print_error("%s\n", sentence);
}

static void
test_readers(void **state)
{
	const unsigned seconds = getenv("NDX_LONG") != NULL ? 600 : 2;
	const struct ndx_check_sink sink = { say, NULL };
	struct ndx_check_counts counts;
	pthread_t writer, reader[READERS];
	struct ndx_err err = { 0 };

	(void)state;
	ndx_small_dir_new(&run.dir);
	assert_int_equal(pthread_create(&writer, NULL, write_on, NULL), 0);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&reader[i], NULL, read_on, NULL), 0);
	for (unsigned s = 0; s < seconds; s++)
		sleep(1);
	run.stop = true;
	pthread_join(writer, NULL);
	for (size_t i = 0; i < READERS; i++)
		pthread_join(reader[i], NULL);
	print_message("%u s: %" PRIu64 " commits, %" PRIu64 " openings, %" PRIu64
	              " searches, at most %zu files\n",
	              seconds, (uint64_t)run.commits, (uint64_t)run.opens, (uint64_t)run.searches,
	              (size_t)run.files_max);
	CHECK("readers and writer went on", run.commits > 5 && run.searches > 100);
	CHECK("the number of files is bounded", run.files_max <= FILES_MAX);
	CHECK("sound", ndx_check(&ndx_env_default, run.dir.path, &sink, &counts, &err) == NDX_OK);
	CHECK("no file is left behind", ndx_dir_is_exact(run.dir.path));
	ndx_small_dir_remove(&run.dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_readers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
