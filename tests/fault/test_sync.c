/*
 * test_sync.c - a source file that the system does not let be read loses none of its articles
 *
 * Files of two formats are indexed, then changed; in the next run one call on one of them fails,
 * for the n-th time that it is made.  Whatever was indexed of that file stays, and the run after
 * that, in which nothing fails, reads it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/sync.h"
#include "tests/unit/small_index.h"

#define RECORDS 2000 /* of the file of records: more than is read at once */

enum call { OPEN, FSTAT, PREAD };

/* Fails one call on the file of the name. */
struct failing {
	struct ndx_io io;
	const char *name;
	enum call call;
	int error;
	int fail_at, count; /* calls of this kind on this file, from 1 */
	int fd;             /* that it is open on; -1: none */
};

static bool
fails(struct failing *f, enum call call)
{
	if (f->call != call || ++f->count != f->fail_at)
		return false;
	errno = f->error;
	return true;
}

static int
do_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct failing *f = ctx;
	const char *slash = strrchr(path, '/');
	const bool is_it = slash != NULL && strcmp(slash + 1, f->name) == 0;
	int fd;

	if (is_it && fails(f, OPEN))
		return -1;
	fd = ndx_io_default.open(NULL, path, flags, mode);
	if (is_it)
		f->fd = fd;
	return fd;
}

static int
do_close(void *ctx, int fd)
{
	struct failing *f = ctx;

	f->fd = f->fd == fd ? -1 : f->fd;
	return ndx_io_default.close(NULL, fd);
}

static int
do_fstat(void *ctx, int fd, struct stat *st)
{
	struct failing *f = ctx;

	return fd == f->fd && fails(f, FSTAT) ? -1 : ndx_io_default.fstat(NULL, fd, st);
}

static ssize_t
do_pread(void *ctx, int fd, void *out, size_t size, off_t off)
{
	struct failing *f = ctx;

	return fd == f->fd && fails(f, PREAD) ? -1 : ndx_io_default.pread(NULL, fd, out, size, off);
}

static void
ignore_reject(void *ctx, const char *path, const char *reason)
{
	(void)ctx;
	CHECK(reason, strstr(path, "news") != NULL && reason[0] != '\0');
}

static void
ignore_progress(void *ctx, const struct ndx_sync_counts *counts)
{
	(void)ctx;
	(void)counts;
}

static void
sync_all(const struct ndx_env *env, const char *index, const char *news,
         struct ndx_sync_counts *counts)
{
	const struct ndx_writer_options writer_options = { .create = true };
	const struct ndx_sync_options options = { .source = &news,
		                                  .source_count = 1,
		                                  .article_size_max = 1 << 20,
		                                  .jobs = 1,
		                                  .unit_size = 64 << 10,
		                                  .prune = true };
	const struct ndx_sync_reporter reporter = { ignore_reject, NULL, ignore_progress, NULL };
	struct ndx_writer *writer;
	struct ndx_err err = { 0 };
	enum ndx_status status;

	assert_int_equal(ndx_writer_open(&ndx_env_default, index, &writer_options, &writer, &err),
	                 NDX_OK);
	status = ndx_sync(env, index, writer, &options, &reporter, counts, &err);
	CHECK(err.msg, status == NDX_OK);
	ndx_writer_close(writer);
}

/* Both files; their time tells the version, too. */
static void
write_news(const char *news, unsigned version)
{
	const struct timespec times[2] = { { 1577836800 + version, 0 },
		                           { 1577836800 + version, 0 } };
	char path[120];
	FILE *file;

	snprintf(path, sizeof(path), "%s/wire.jsonl", news);
	file = fopen(path, "w");
	assert_non_null(file);
	for (unsigned i = 0; i < RECORDS; i++)
		fprintf(file,
		        "{\"id\":\"r%u\",\"text\":\"Harbour %u of version %u, and this and "
		        "that of the quay and the cranes on it, at some length.\"}\n",
		        i, i, version);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	snprintf(path, sizeof(path), "%s/story.txt", news);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "Harbour\n\nOf version %u.\n", version);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static size_t
count(const char *path, const char *query)
{
	struct ndx_index *index;
	struct ndx_hits *hits;
	size_t total;

	assert_int_equal(ndx_open(path, &index, NULL), NDX_OK);
	assert_int_equal(ndx_search(index, query, NULL, &hits, NULL), NDX_OK);
	total = (size_t)ndx_hits_total(hits);
	ndx_hits_free(hits);
	ndx_close(index);
	return total;
}

static void
fail_one(const char *name, enum call call, int error, const char *news, const char *index)
{
	static const char *const calls[] = { "open", "fstat", "pread" };
	static unsigned version = 1;

	for (int n = 1;; n++) {
		struct failing failing = { .io = ndx_io_default,
			                   .name = name,
			                   .call = call,
			                   .error = error,
			                   .fail_at = n,
			                   .fd = -1 };
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_sync_counts counts;
		char what[80], query[40];
		bool failed;

		failing.io.ctx = &failing;
		failing.io.open = do_open;
		failing.io.close = do_close;
		failing.io.fstat = do_fstat;
		failing.io.pread = do_pread;
		snprintf(what, sizeof(what), "%s %d of %s: %s", calls[call], n, name,
		         strerror(error));
		write_news(news, ++version);
		sync_all(&env, index, news, &counts);
		failed = failing.count >= n;
		CHECK(what, counts.rejected == failed && counts.lost == 0);
		CHECK(what, count(index, "harbour") == RECORDS + 1);
		sync_all(&ndx_env_default, index, news, &counts);
		CHECK(what, counts.rejected == 0 && counts.lost == 0);
		snprintf(query, sizeof(query), "+version +%u", version);
		CHECK(what, count(index, query) == RECORDS + 1);
		if (!failed) {
			print_message("%s of %s: %d failed\n", calls[call], name, n - 1);
			break;
		}
	}
}

static void
test_unreadable(void **state)
{
	static const char *const names[] = { "wire.jsonl", "story.txt" };
	struct small_dir dir;
	struct ndx_sync_counts counts;
	char news[60];

	(void)state;
	ndx_small_dir_new(&dir);
	snprintf(news, sizeof(news), "%s/news", dir.base);
	assert_int_equal(mkdir(news, 0777), 0);
	write_news(news, 1);
	sync_all(&ndx_env_default, dir.path, news, &counts);
	CHECK("all are indexed", count(dir.path, "harbour") == RECORDS + 1);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		fail_one(names[i], OPEN, EIO, news, dir.path);
		fail_one(names[i], OPEN, EACCES, news, dir.path);
		fail_one(names[i], FSTAT, ESTALE, news, dir.path);
		fail_one(names[i], PREAD, EIO, news, dir.path);
	}
	ndx_small_remove(news);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_unreadable) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
