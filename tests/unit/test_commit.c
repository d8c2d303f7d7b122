/*
 * test_commit.c - the lock on an index, its first commit and the next ones
 *
 * order      what is synced before what is renamed
 * faults     each call fails in turn: the old commit or the new one, with all its files
 * sweeps[]   which files are removed, and which are not ours
 * refused[]  directories that must not become an index
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/commit.h"
#include "indexer/files.h"
#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static char top[] = "/tmp/ndx-commit-XXXXXX", dir[64];

static const char *
path_of(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static bool
exists(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static void
touch(const char *name)
{
	FILE *stream = fopen(path_of(name), "w");

	assert_non_null(stream);
	fclose(stream);
}

static void
remove_entry(void *arg, const char *name)
{
	(void)arg;
	if (unlink(path_of(name)) == -1)
		rmdir(path_of(name));
}

static void
clean(void)
{
	(void)ndx_io_default.list(NULL, dir, remove_entry, NULL);
	rmdir(dir);
}

static enum ndx_status
open_index(const struct ndx_env *env, bool create, int wait_ms, struct ndx_commit *commit_ret,
           struct ndx_err *err)
{
	return ndx_commit_open(env, dir, create, "english", wait_ms, commit_ret, err);
}

/* Add an (empty) segment file 'number' to what 'commit' lists, and publish that. */
static enum ndx_status
publish(struct ndx_commit *commit, uint32_t number, struct ndx_err *err)
{
	const struct ndx_manifest *last = &commit->manifest;
	struct ndx_manifest manifest = *last;
	struct ndx_buf path;
	enum ndx_status status;

	manifest.segment = ndx_alloc_zero(commit->env->mem, last->segment_count + 1,
	                                  sizeof(*manifest.segment));
	if (manifest.segment == NULL)
		return NDX_E_NOMEM;
	if (last->segment_count > 0)
		memcpy(manifest.segment, last->segment,
		       last->segment_count * sizeof(*manifest.segment));
	manifest.segment[manifest.segment_count++] =
		(struct ndx_manifest_segment){ .number = number, .size = 1, .article_count = 1 };
	manifest.next_number = number + 1;
	ndx_buf_init(&path, commit->env->mem);
	ndx_segment_path(dir, number, &path);
	status = ndx_buf_failed(&path)
	                 ? NDX_E_NOMEM
	                 : ndx_new_file_write(commit->env, (const char *)path.data, "x", 1, err);
	if (status == NDX_OK)
		status = ndx_commit_publish(commit, &manifest, err);
	ndx_buf_free(&path);
	ndx_manifest_free(commit->env, &manifest);
	if (status != NDX_OK)
		ndx_commit_sweep(commit);
	return status;
}

/* An index with one commit of segment 1. */
static void
make_one(void)
{
	struct ndx_commit commit;

	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	assert_int_equal(publish(&commit, 1, NULL), NDX_OK);
	ndx_commit_close(&commit);
}

/* The generation on disk, if each file that is listed is there; else 0. */
static uint64_t
sound_generation(void)
{
	struct ndx_manifest manifest;
	uint64_t generation;

	if (ndx_manifest_read(&ndx_env_default, dir, &manifest, NULL) != NDX_OK)
		return 0;
	generation = manifest.generation;
	for (size_t i = 0; i < manifest.segment_count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%08x.seg", manifest.segment[i].number);
		if (!exists(name))
			generation = 0;
	}
	ndx_manifest_free(&ndx_env_default, &manifest);
	return generation;
}

static void
test_first(void **state)
{
	struct ndx_commit commit;
	struct ndx_err err;
	char expected[160];

	(void)state;
	CHECK("not unasked", open_index(&ndx_env_default, false, 0, &commit, &err) == NDX_E_IO);
	snprintf(expected, sizeof(expected), "cannot open '%s': No such file or directory", dir);
	CHECK("and says so", strcmp(err.msg, expected) == 0);
	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	CHECK("empty", commit.manifest.segment_count == 0);
	CHECK("in its language", strcmp(commit.manifest.language, "english") == 0);
	ndx_commit_close(&commit);
	ndx_commit_close(&commit); /* does nothing */
	CHECK("a sound index", sound_generation() == 1);
	assert_int_equal(open_index(&ndx_env_default, false, 0, &commit, NULL), NDX_OK);
	CHECK("opened, not made again", commit.manifest.generation == 1);
	assert_int_equal(publish(&commit, 1, NULL), NDX_OK);
	CHECK("the next commit", commit.manifest.generation == 2 && sound_generation() == 2);
	ndx_commit_close(&commit);
	clean();
}

/* The new file and its name last before the manifest does, and the old file goes after it. */
static void
test_order(void **state)
{
	struct failing_io failing;
	const struct ndx_env env = { &ndx_mem_default, &failing.io };
	struct ndx_commit commit;
	char expected[512];

	(void)state;
	make_one();
	ndx_failing_io_init(&failing);
	assert_int_equal(open_index(&env, false, 0, &commit, NULL), NDX_OK);
	touch("000000ff.seg"); /* listed by no commit */
	failing.log[0] = '\0';
	assert_int_equal(publish(&commit, 2, NULL), NDX_OK);
	snprintf(expected, sizeof(expected),
	         "open 00000002.seg;pwrite 00000002.seg;fsync 00000002.seg;close 00000002.seg;"
	         "unlink manifest.tmp;open manifest.tmp;pwrite manifest.tmp;fsync "
	         "manifest.tmp;close manifest.tmp;"
	         "open idx;fsync idx;close idx;rename manifest;open idx;fsync idx;close idx;"
	         "unlink 000000ff.seg;");
	assert_string_equal(failing.log, expected);
	ndx_commit_close(&commit);
	CHECK("all closed", failing.open_count == 0);
	clean();
}

/* A new directory's name is synced in its parent. */
static void
test_parent(void **state)
{
	static const char *const slashes[] = { "", "/", "//" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(slashes); i++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_commit commit;
		char named[80];

		snprintf(named, sizeof(named), "%s%s", dir, slashes[i]);
		ndx_failing_io_init(&failing);
		assert_int_equal(ndx_commit_open(&env, named, true, "english", 0, &commit, NULL),
		                 NDX_OK);
		CHECK(named, strstr(failing.log, ";open .;fsync .;") != NULL);
		ndx_commit_close(&commit);
		clean();
	}
}

static void
test_faults(void **state)
{
	enum ndx_status status = NDX_E_IO;
	int fail_at;

	(void)state;
	for (fail_at = 1; fail_at < 100; fail_at++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_commit commit;
		struct ndx_err err = { .msg = "" };
		bool reached;
		uint64_t generation;

		make_one();
		ndx_failing_io_init(&failing);
		failing.fail_at = fail_at;
		status = open_index(&env, false, 0, &commit, &err);
		if (status == NDX_OK) {
			status = publish(&commit, 2, &err);
			if (status != NDX_OK && commit.in_doubt)
				CHECK("nothing more", publish(&commit, 3, NULL) != NDX_OK);
			ndx_commit_close(&commit);
		}
		reached = failing.call_count >= fail_at;
		generation = sound_generation();
		CHECK("is told", status == NDX_OK || (status == NDX_E_IO && err.msg[0] != '\0'));
		CHECK("old or new, and whole", generation == 2 || generation == 3);
		CHECK("what is reported lasts", status != NDX_OK || generation == 3);
		CHECK("all closed", failing.open_count == 0);
		assert_int_equal(open_index(&ndx_env_default, false, 0, &commit, NULL), NDX_OK);
		CHECK("the next writer sweeps", exists("00000002.seg") == (generation == 3));
		CHECK("all of it", !exists("manifest.tmp") && !exists("00000003.seg"));
		ndx_commit_close(&commit);
		clean();
		if (!reached)
			break;
	}
	CHECK("each call was reached", fail_at > 15 && fail_at < 100);
}

/* The first commit: no half-made index stays in the way of the next try. */
static void
test_first_faults(void **state)
{
	int fail_at;

	(void)state;
	for (fail_at = 1; fail_at < 100; fail_at++) {
		struct failing_io failing;
		const struct ndx_env env = { &ndx_mem_default, &failing.io };
		struct ndx_commit commit;
		enum ndx_status status;

		ndx_failing_io_init(&failing);
		failing.fail_at = fail_at;
		status = open_index(&env, true, 0, &commit, NULL);
		CHECK("done or told", status == NDX_OK || status == NDX_E_IO);
		if (status == NDX_OK)
			ndx_commit_close(&commit);
		CHECK("all closed", failing.open_count == 0);
		CHECK("the next try",
		      open_index(&ndx_env_default, true, 0, &commit, NULL) == NDX_OK);
		ndx_commit_close(&commit);
		clean();
		if (failing.call_count < fail_at)
			break;
	}
	CHECK("each call was reached", fail_at > 15 && fail_at < 100);
}

static const struct {
	const char *name;
	bool stays;
} sweeps[] = {
	{ "00000001.seg", true }, /* listed */
	{ "00000002.seg", false },
	{ "00000001.src", false },
	{ "00000001-00000003.del", false },
	{ "manifest.tmp", false },
	{ "manifest", true },
	{ "lock", true },
	{ "notes.txt", true },
	{ "2.seg", true },
	{ "0000000A.seg", true }, /* not as we write it */
	{ "00000002.seg~", true },
	{ "x0000002.seg", true },
	{ "00000001-00000003.seg", true },
	{ "00000001+00000003.del", true },
	{ "00000002.SEG", true },
	{ "damaged", true }, /* of ndx check --repair */
};

static void
test_sweep(void **state)
{
	struct ndx_commit commit;

	(void)state;
	make_one();
	for (size_t i = 0; i < ARRAY_LEN(sweeps); i++)
		if (!exists(sweeps[i].name))
			touch(sweeps[i].name);
	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	for (size_t i = 0; i < ARRAY_LEN(sweeps); i++)
		CHECK(sweeps[i].name, exists(sweeps[i].name) == sweeps[i].stays);
	ndx_commit_close(&commit);
	clean();
}

static const struct {
	const char *name, *file;
	enum ndx_status status;
	const char *message;
} refused[] = {
	{ "a directory of articles", "a.txt", NDX_E_INPUT, "is no index, and not empty" },
	{ "hidden files, too", ".git", NDX_E_INPUT, "is no index, and not empty" },
	{ "an index that lost its manifest", "00000001.seg", NDX_E_CORRUPT,
	  "segments, but no manifest" },
	{ "or only deletions", "00000001-00000002.del", NDX_E_CORRUPT,
	  "segments, but no manifest" },
	{ "an attempt that was killed", "manifest.tmp", NDX_OK, "" },
	{ "or killed sooner", "lock", NDX_OK, "" },
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct ndx_commit commit;
		struct ndx_err err = { .msg = "" };
		enum ndx_status status;

		assert_int_equal(mkdir(dir, 0777), 0);
		touch(refused[i].file);
		status = open_index(&ndx_env_default, true, 0, &commit, &err);
		CHECK(refused[i].name, status == refused[i].status);
		CHECK(refused[i].name, strstr(err.msg, refused[i].message) != NULL);
		if (status == NDX_OK) {
			ndx_commit_close(&commit);
		} else {
			CHECK(refused[i].name, exists(refused[i].file));
			CHECK("no lock is left there", !exists("lock"));
		}
		clean();
	}
}

static void
test_locked(void **state)
{
	struct ndx_commit commit, other;
	struct ndx_err err;
	struct stat st;
	char expected[160];

	(void)state;
	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	CHECK("one at a time", open_index(&ndx_env_default, true, 0, &other, &err) == NDX_E_LOCKED);
	snprintf(expected, sizeof(expected), "'%s' is being written by process %ld", dir,
	         (long)getpid());
	CHECK("says who", strcmp(err.msg, expected) == 0);
	CHECK("after a while, too",
	      open_index(&ndx_env_default, false, 50, &other, &err) == NDX_E_LOCKED);
	assert_int_equal(truncate(path_of("lock"), 0), 0);
	CHECK("whoever it is", open_index(&ndx_env_default, true, 0, &other, &err) == NDX_E_LOCKED);
	snprintf(expected, sizeof(expected), "'%s' is being written by another process", dir);
	CHECK("says so", strcmp(err.msg, expected) == 0);
	ndx_commit_close(&commit);
	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	ndx_commit_close(&commit);
	CHECK("its process leaves no trace", stat(path_of("lock"), &st) == 0 && st.st_size == 0);
	clean();
}

/* The lock of a process that is killed is free, and one waits for that of one that lives. */
static void
test_wait(void **state)
{
	struct ndx_commit commit;
	int ready[2], wait_status;
	pid_t child;
	char byte;

	(void)state;
	make_one();
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child != -1);
	if (child == 0) {
		if (open_index(&ndx_env_default, false, 0, &commit, NULL) == NDX_OK)
			(void)!write(ready[1], "x", 1);
		usleep(200000);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	CHECK("held", open_index(&ndx_env_default, false, 0, &commit, NULL) == NDX_E_LOCKED);
	assert_int_equal(open_index(&ndx_env_default, false, -1, &commit, NULL), NDX_OK);
	ndx_commit_close(&commit);
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	close(ready[0]);
	close(ready[1]);
	clean();
}

static void
on_alarm(int number)
{
	(void)number;
}

/* Who waits for ever can still be interrupted. */
static void
test_interrupted(void **state)
{
	/* Again and again: one alarm may come while it does not sleep. */
	const struct itimerval soon = { .it_interval = { .tv_usec = 100000 },
		                        .it_value = { .tv_usec = 100000 } };
	const struct itimerval never = { .it_value = { .tv_usec = 0 } };
	const struct sigaction action = { .sa_handler = on_alarm };
	struct ndx_commit commit, other;

	(void)state;
	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	CHECK("ends", open_index(&ndx_env_default, true, -1, &other, NULL) == NDX_E_LOCKED);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	ndx_commit_close(&commit);
	clean();
}

static void
test_too_many(void **state)
{
	struct ndx_manifest manifest = { .next_number = 1, .segment_count = NDX_SEGMENTS_MAX + 1 };
	struct ndx_commit commit;
	struct ndx_err err;

	(void)state;
	assert_int_equal(open_index(&ndx_env_default, true, 0, &commit, NULL), NDX_OK);
	CHECK("refused", ndx_commit_publish(&commit, &manifest, &err) == NDX_E_LIMIT);
	CHECK("as it was", sound_generation() == 1);
	ndx_commit_close(&commit);
	clean();
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;

	(void)state;
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 100; fail_at++) {
		struct failing_mem failing;
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct ndx_commit commit;

		ndx_failing_mem_init(&failing, fail_at);
		status = open_index(&env, true, 0, &commit, NULL);
		if (status == NDX_OK) {
			status = publish(&commit, 1, NULL);
			ndx_commit_close(&commit);
		}
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		CHECK("nothing leaks", failing.live_count == 0);
		clean();
	}
	CHECK("and at last it works", status == NDX_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),        cmocka_unit_test(test_order),
		cmocka_unit_test(test_parent),       cmocka_unit_test(test_faults),
		cmocka_unit_test(test_first_faults), cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_refused),      cmocka_unit_test(test_locked),
		cmocka_unit_test(test_wait),         cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_too_many),     cmocka_unit_test(test_no_memory),
	};
	int failed;

	if (mkdtemp(top) == NULL)
		return 2;
	snprintf(dir, sizeof(dir), "%s/idx", top);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(top);
	return failed;
}
