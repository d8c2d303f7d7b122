/*
 * test_io.c - the I/O table: the system calls themselves, and what is made of them
 *
 * Faults are put in by a table that hands every call on, short or interrupted.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static char dir[] = "/tmp/test_io.XXXXXX";

/* 'name' inside the test's directory; good until the call after next. */
static const char *
in_dir(const char *name)
{
	static char path[2][100];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* A table that moves at most three bytes a call, and is interrupted before each. */
struct fault {
	bool interrupted;
	int pwrite_errno; /* not 0: writing fails so */
	int fsync_errno;
	int fstat_errno;
	int pread_errno;
	int open_count; /* files that are open */
};

static int
interrupt(struct fault *fault)
{
	fault->interrupted = !fault->interrupted;
	if (fault->interrupted)
		errno = EINTR;
	return fault->interrupted;
}

static int
fault_errno(int os_error)
{
	errno = os_error;
	return os_error == 0 ? 0 : -1;
}

static int
fault_open(void *ctx, const char *path, int flags, mode_t mode)
{
	int fd = ndx_io_default.open(NULL, path, flags, mode);

	((struct fault *)ctx)->open_count += fd != -1;
	return fd;
}

static int
fault_close(void *ctx, int fd)
{
	((struct fault *)ctx)->open_count--;
	return ndx_io_default.close(NULL, fd);
}

static ssize_t
fault_pread(void *ctx, int fd, void *out, size_t size, off_t off)
{
	struct fault *fault = ctx;

	if (fault->pread_errno != 0)
		return fault_errno(fault->pread_errno);
	if (interrupt(fault))
		return -1;
	return ndx_io_default.pread(NULL, fd, out, size > 3 ? 3 : size, off);
}

static ssize_t
fault_pwrite(void *ctx, int fd, const void *in, size_t size, off_t off)
{
	struct fault *fault = ctx;

	if (fault->pwrite_errno != 0)
		return fault_errno(fault->pwrite_errno);
	if (interrupt(fault))
		return -1;
	return ndx_io_default.pwrite(NULL, fd, in, size > 3 ? 3 : size, off);
}

static int
fault_fstat(void *ctx, int fd, struct stat *st)
{
	const struct fault *fault = ctx;

	if (fault->fstat_errno != 0)
		return fault_errno(fault->fstat_errno);
	return ndx_io_default.fstat(NULL, fd, st);
}

static int
fault_fsync(void *ctx, int fd)
{
	(void)fd;
	return fault_errno(((struct fault *)ctx)->fsync_errno);
}

static struct ndx_io
fault_io(struct fault *fault)
{
	struct ndx_io io = ndx_io_default;

	*fault = (struct fault){ 0 };
	io.open = fault_open;
	io.close = fault_close;
	io.pread = fault_pread;
	io.pwrite = fault_pwrite;
	io.fstat = fault_fstat;
	io.fsync = fault_fsync;
	io.ctx = fault;
	return io;
}

static void
make_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(ndx_pwrite_all(&ndx_io_default, fd, text, strlen(text), 0), 0);
	close(fd);
}

static void
test_default_calls(void **state)
{
	const struct ndx_io *io = &ndx_io_default;
	char back[8] = "";
	struct stat st;
	void *map;
	int fd, other;

	(void)state;
	CHECK("mkdir", io->mkdir(io->ctx, in_dir("d"), 0700) == 0);
	fd = io->open(io->ctx, in_dir("d/a"), O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_int_not_equal(fd, -1);
	CHECK("not for programs that are run", (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK("pwrite", io->pwrite(io->ctx, fd, "abcdef", 6, 2) == 6);
	CHECK("pread", io->pread(io->ctx, fd, back, 3, 4) == 3 && strcmp(back, "cde") == 0);
	CHECK("ftruncate", io->ftruncate(io->ctx, fd, 5) == 0);
	CHECK("fstat", io->fstat(io->ctx, fd, &st) == 0 && st.st_size == 5);
	CHECK("fsync", io->fsync(io->ctx, fd) == 0);
	map = io->mmap(io->ctx, fd, 5);
	assert_non_null(map);
	CHECK("mmap", memcmp(map, "\0\0abc", 5) == 0);
	CHECK("munmap", io->munmap(io->ctx, map, 5) == 0);
	CHECK("mmap of nothing fails with NULL", io->mmap(io->ctx, fd, 0) == NULL);
	other = io->open(io->ctx, in_dir("d/a"), O_RDONLY, 0);
	CHECK("flock", io->flock(io->ctx, fd, LOCK_EX | LOCK_NB) == 0);
	CHECK("flock keeps others out",
	      io->flock(io->ctx, other, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK);
	CHECK("close", io->close(io->ctx, fd) == 0 && io->close(io->ctx, other) == 0);
	CHECK("rename", io->rename(io->ctx, in_dir("d/a"), in_dir("d/b")) == 0);
	CHECK("unlink", io->unlink(io->ctx, in_dir("d/b")) == 0);
	CHECK("unlink twice", io->unlink(io->ctx, in_dir("d/b")) == -1 && errno == ENOENT);
	CHECK("open what is gone", io->open(io->ctx, in_dir("d/b"), O_RDONLY, 0) == -1);
	rmdir(in_dir("d"));
}

static void
add_name(void *arg, const char *name)
{
	char *names = arg;

	names[name[0] - 'a'] = name[0];
	names[25] = (char)(names[25] + 1);
}

static void
test_list(void **state)
{
	const struct ndx_io *io = &ndx_io_default;
	char names[26] = "......";

	(void)state;
	assert_int_equal(mkdir(in_dir("list"), 0700), 0);
	CHECK("empty", io->list(NULL, in_dir("list"), add_name, names) == 0 && names[25] == 0);
	make_file(in_dir("list/a"), "");
	make_file(in_dir("list/c"), "");
	CHECK("listed", io->list(NULL, in_dir("list"), add_name, names) == 0);
	CHECK("once each", strcmp(names, "a.c...") == 0 && names[25] == 2);
	CHECK("not a directory",
	      io->list(NULL, in_dir("list/a"), add_name, names) == -1 && errno == ENOTDIR);
	unlink(in_dir("list/a"));
	unlink(in_dir("list/c"));
	rmdir(in_dir("list"));
}

static const struct {
	const char *name;
	const char *file;
	size_t size_max;
	enum ndx_status status;
	const char *message; /* after the path */
} reads[] = {
	/* clang-format off */
	{ "a byte to spare",  "eleven",  12, NDX_OK,        NULL },
	{ "just as large",    "eleven",  11, NDX_OK,        NULL },
	{ "a byte too large", "eleven",  10, NDX_E_CORRUPT, "' has 11 bytes, at most 10 expected" },
	{ "empty",            "empty",   0,  NDX_OK,        NULL },
	{ "missing",          "missing", 99, NDX_E_IO,      "': No such file or directory" },
	{ "a directory",      "",        1 << 20, NDX_E_IO, "': Is a directory" },
	/* clang-format on */
};

static void
test_read_file(void **state)
{
	struct fault fault;
	struct ndx_io io = fault_io(&fault);
	const struct ndx_env env[] = { ndx_env_default, { &ndx_mem_default, &io } };

	(void)state;
	make_file(in_dir("eleven"), "hello world");
	make_file(in_dir("empty"), "");
	for (size_t i = 0; i < 2 * ARRAY_LEN(reads); i++) {
		size_t row = i / 2, size = 1234;
		void *data = &size;
		struct ndx_err err = { 0 };
		enum ndx_status status = ndx_read_file(&env[i % 2], in_dir(reads[row].file),
		                                       reads[row].size_max, &data, &size, &err);

		CHECK(reads[row].name, status == reads[row].status);
		if (status != NDX_OK) {
			CHECK(reads[row].name, strstr(err.msg, reads[row].message) != NULL);
			CHECK(reads[row].name, data == &size && size == 1234);
			continue;
		}
		CHECK(reads[row].name, size == (row == 3 ? 0 : 11));
		CHECK(reads[row].name, memcmp(data, "hello world", size) == 0);
		ndx_free(&ndx_mem_default, data);
	}
	CHECK("all closed", fault.open_count == 0);
}

static void
test_read_file_faults(void **state)
{
	struct fault fault;
	struct ndx_io io = fault_io(&fault);
	struct failing_mem failing;
	struct ndx_env env = { &failing.mem, &io };
	struct ndx_err err;
	size_t size;
	void *data;

	(void)state;
	make_file(in_dir("eleven"), "hello world");
	ndx_failing_mem_init(&failing, 1);
	CHECK("out of memory",
	      ndx_read_file(&env, in_dir("eleven"), 99, &data, &size, &err) == NDX_E_NOMEM);
	ndx_failing_mem_init(&failing, 0);
	fault.pread_errno = EIO;
	CHECK("read fails",
	      ndx_read_file(&env, in_dir("eleven"), 99, &data, &size, &err) == NDX_E_IO);
	CHECK("read fails", strncmp(err.msg, "cannot read '/tmp/", 18) == 0);
	fault.pread_errno = EINTR;
	CHECK("interrupted for ever",
	      ndx_read_file(&env, in_dir("eleven"), 99, &data, &size, &err) == NDX_E_IO &&
	              strstr(err.msg, "Interrupted") != NULL);
	fault.fstat_errno = EIO;
	CHECK("stat fails",
	      ndx_read_file(&env, in_dir("eleven"), 99, &data, &size, &err) == NDX_E_IO);
	CHECK("stat fails", strncmp(err.msg, "cannot stat '/tmp/", 18) == 0);
	CHECK("no leak", failing.live_count == 0 && fault.open_count == 0);
}

static void
test_pwrite_all(void **state)
{
	struct fault fault;
	struct ndx_io io = fault_io(&fault);
	char back[16] = "";
	int fd = open(in_dir("written"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	(void)state;
	assert_int_not_equal(fd, -1);
	CHECK("short and interrupted", ndx_pwrite_all(&io, fd, "0123456789", 10, 3) == 0);
	CHECK("all there", pread(fd, back, 15, 0) == 13);
	CHECK("in its place", memcmp(back,
	                             "\0\0\0"
	                             "0123456789",
	                             13) == 0);
	CHECK("nothing to write", ndx_pwrite_all(&io, fd, NULL, 0, 0) == 0);
	fault.pwrite_errno = ENOSPC;
	CHECK("disk full", ndx_pwrite_all(&io, fd, "x", 1, 0) == -1 && errno == ENOSPC);
	fault.pwrite_errno = EINTR;
	CHECK("interrupted for ever", ndx_pwrite_all(&io, fd, "x", 1, 0) == -1 && errno == EINTR);
	close(fd);
}

static void
test_sync_dir(void **state)
{
	struct fault fault;
	struct ndx_io io = fault_io(&fault);
	struct ndx_env env = { &ndx_mem_default, &io };
	struct ndx_err err;

	(void)state;
	CHECK("synced", ndx_sync_dir(&ndx_env_default, dir, &err) == NDX_OK);
	fault.fsync_errno = EINVAL;
	CHECK("a file system that has no such thing", ndx_sync_dir(&env, dir, &err) == NDX_OK);
	fault.fsync_errno = EIO;
	CHECK("fails", ndx_sync_dir(&env, dir, &err) == NDX_E_IO);
	CHECK("fails", strncmp(err.msg, "cannot sync '/tmp/", 18) == 0);
	CHECK("closed", fault.open_count == 0);
	CHECK("missing", ndx_sync_dir(&env, in_dir("missing"), NULL) == NDX_E_IO);
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(in_dir("eleven"));
	unlink(in_dir("empty"));
	unlink(in_dir("written"));
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_calls), cmocka_unit_test(test_list),
		cmocka_unit_test(test_read_file),     cmocka_unit_test(test_read_file_faults),
		cmocka_unit_test(test_pwrite_all),    cmocka_unit_test(test_sync_dir),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
