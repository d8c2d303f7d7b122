/*
 * test_walk.c - which files a walk finds, in which order, called what
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpus/walk.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

/* What lies below the scratch directory; a trailing slash: a directory, "a>b": a link, "|": a
 * FIFO. */
static const char *const entries[] = {
	"d/",          "d/b.txt",  "d/a.txt",   "d/.hidden", "d/.dir/",      "d/.dir/x",
	"d/sub/",      "d/sub/z",  "d/sub.txt", "d/empty/",  "d/link>a.txt", "d/gone>nowhere",
	"d/loop>loop", "d/up>sub", "d/fifo|",   "d/B",
};

/* id, or id and what it is rejected for, in the order of the walk. */
static const char found_in_d[] = "B\na.txt\nb.txt\nfifo: is a FIFO\ngone: broken symlink\n"
				 "link\nloop: symlink loop\nsub/z\nsub.txt\n";

static char root[] = "/tmp/test_walk.XXXXXX";

static void
make(const char *entry)
{
	const size_t size = strlen(entry);
	const char *target = strchr(entry, '>');
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%.*s", root,
	         (int)(target != NULL ? (size_t)(target - entry)
	                              : size - (entry[size - 1] == '/' || entry[size - 1] == '|')),
	         entry);
	if (target != NULL) {
		assert_int_equal(symlink(target + 1, path), 0);
	} else if (entry[size - 1] == '/') {
		assert_int_equal(mkdir(path, 0700), 0);
	} else if (entry[size - 1] == '|') {
		assert_int_equal(mkfifo(path, 0600), 0);
	} else {
		file = fopen(path, "w");
		assert_non_null(file);
		fputs("12345", file);
		fclose(file);
	}
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		make(entries[i]);
	return 0;
}

static int
tear_down(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

struct found {
	char text[1000];
	size_t count, stop_at;
	bool is_sound;
};

static enum ndx_status
note(void *ctx, const struct ndx_file *file, struct ndx_err *err)
{
	struct found *found = ctx;
	const size_t size = strlen(found->text), id_size = strlen(file->id);

	if (++found->count == found->stop_at)
		return ndx_fail(err, NDX_E_LIMIT, "enough");
	snprintf(found->text + size, sizeof(found->text) - size, "%s%s%s\n", file->id,
	         file->reject == NULL ? "" : ": ", file->reject == NULL ? "" : file->reject);
	if (file->reject == NULL && (file->size != 5 || file->mtime_ns < 1000000000))
		found->is_sound = false;
	if (strlen(file->path) < id_size ||
	    strcmp(file->path + strlen(file->path) - id_size, file->id) != 0)
		found->is_sound = false;
	return NDX_OK;
}

static const struct {
	const char *name, *source, *found;
} rows[] = {
	{ "a directory", "d", found_in_d },
	{ "with a slash", "d/", found_in_d },
	{ "a directory below", "d/sub", "z\n" },
	{ "a link to one, named", "d/up", "z\n" },
	{ "an empty one", "d/empty", "" },
	{ "a hidden one, named", "d/.dir", "x\n" },
	{ "a file", "d/a.txt", "a.txt\n" },
	{ "a hidden file, named", "d/.hidden", ".hidden\n" },
	{ "a link to a file", "d/link", "link\n" },
	{ "a FIFO", "d/fifo", "fifo: is a FIFO\n" },
};

static void
test_rows(void **state)
{
	char source[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct found found = { .is_sound = true };

		snprintf(source, sizeof(source), "%s/%s", root, rows[i].source);
		CHECK(rows[i].name,
		      ndx_walk(&ndx_env_default, source, note, &found, NULL) == NDX_OK);
		CHECK(rows[i].name, found.is_sound);
		if (strcmp(found.text, rows[i].found) != 0)
			CHECK(found.text, false);
	}
}

static void
test_failures(void **state)
{
	struct found found = { .stop_at = 3 };
	struct ndx_err err = { 0 };
	char source[200];

	(void)state;
	snprintf(source, sizeof(source), "%s/nowhere", root);
	CHECK("missing", ndx_walk(&ndx_env_default, source, note, &found, &err) == NDX_E_IO);
	CHECK("its message", strstr(err.msg, "nowhere': No such file or directory") != NULL);
	CHECK("an empty name", ndx_walk(&ndx_env_default, "", note, &found, &err) == NDX_E_IO);
	snprintf(source, sizeof(source), "%s/d", root);
	CHECK("a status ends it",
	      ndx_walk(&ndx_env_default, source, note, &found, &err) == NDX_E_LIMIT);
	CHECK("at once", found.count == 3);
}

static void
test_out_of_memory(void **state)
{
	struct failing_mem failing;
	enum ndx_status status = NDX_E_NOMEM;
	char source[200];

	(void)state;
	snprintf(source, sizeof(source), "%s/d", root);
	for (size_t fail_at = 1; status != NDX_OK; fail_at++) {
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct found found = { 0 };

		ndx_failing_mem_init(&failing, fail_at);
		status = ndx_walk(&env, source, note, &found, NULL);
		CHECK("said", status == NDX_OK || status == NDX_E_NOMEM);
		CHECK("nothing leaks", failing.live_count == 0);
		assert_true(fail_at < 1000);
	}
}

static int
no_list(void *ctx, const char *path, void (*entry)(void *arg, const char *name), void *arg)
{
	(void)ctx;
	if (strstr(path, "/sub") != NULL) {
		errno = EACCES;
		return -1;
	}
	return ndx_io_default.list(NULL, path, entry, arg);
}

static void
test_unreadable_directory(void **state)
{
	struct ndx_io io = ndx_io_default;
	const struct ndx_env env = { &ndx_mem_default, &io };
	struct found found = { .is_sound = true };
	char source[200];

	(void)state;
	io.list = no_list;
	snprintf(source, sizeof(source), "%s/d", root);
	CHECK("goes on", ndx_walk(&env, source, note, &found, NULL) == NDX_OK);
	CHECK("says so", strstr(found.text, "\nsub: permission denied\nsub.txt\n") != NULL);
	snprintf(source, sizeof(source), "%s/d/sub", root);
	CHECK("the source itself", ndx_walk(&env, source, note, &found, NULL) == NDX_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_unreadable_directory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
