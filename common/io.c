/*
 * io.c - see io.h
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* fallocate() */
#include "common/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static int
default_open(void *ctx, const char *path, int flags, mode_t mode)
{
	(void)ctx;
	/* one that is no file, but a pipe without another end, must not be waited for */
	return open(path, flags | O_CLOEXEC | O_NONBLOCK, mode);
}

static int
default_close(void *ctx, int fd)
{
	(void)ctx;
	return close(fd);
}

static ssize_t
default_pread(void *ctx, int fd, void *out, size_t size, off_t off)
{
	(void)ctx;
	return pread(fd, out, size, off);
}

static ssize_t
default_pwrite(void *ctx, int fd, const void *in, size_t size, off_t off)
{
	(void)ctx;
	return pwrite(fd, in, size, off);
}

static int
default_fstat(void *ctx, int fd, struct stat *st)
{
	(void)ctx;
	return fstat(fd, st);
}

static int
default_fsync(void *ctx, int fd)
{
	(void)ctx;
	return fsync(fd);
}

static int
default_ftruncate(void *ctx, int fd, off_t size)
{
	(void)ctx;
	return ftruncate(fd, size);
}

static int
default_link(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return link(from, to);
}

static int
default_rename(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return rename(from, to);
}

static int
default_unlink(void *ctx, const char *path)
{
	(void)ctx;
	return unlink(path);
}

static int
default_mkdir(void *ctx, const char *path, mode_t mode)
{
	(void)ctx;
	return mkdir(path, mode);
}

static void *
default_mmap(void *ctx, int fd, size_t size)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);

	(void)ctx;
	return data == MAP_FAILED ? NULL : data;
}

static void *
default_mmap_write(void *ctx, int fd, size_t size)
{
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	(void)ctx;
	return data == MAP_FAILED ? NULL : data;
}

static int
default_reserve(void *ctx, int fd, off_t size)
{
	(void)ctx;
	return fallocate(fd, 0, 0, size);
}

static int
default_munmap(void *ctx, void *data, size_t size)
{
	(void)ctx;
	return munmap(data, size);
}

static int
default_madvise(void *ctx, const void *data, size_t size, int advice)
{
	(void)ctx;
	return madvise((void *)(uintptr_t)data, size, advice);
}

static int
default_flock(void *ctx, int fd, int operation)
{
	(void)ctx;
	return flock(fd, operation);
}

static int
default_list(void *ctx, const char *path, void (*entry)(void *arg, const char *name), void *arg)
{
	DIR *dir = opendir(path);
	const struct dirent *found;
	int os_error;

	(void)ctx;
	if (dir == NULL)
		return -1;
	while (errno = 0, (found = readdir(dir)) != NULL)
		if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
			entry(arg, found->d_name);
	os_error = errno; /* 0 at the end of the directory */
	closedir(dir);
	errno = os_error;
	return os_error == 0 ? 0 : -1;
}

const struct ndx_io ndx_io_default = {
	.open = default_open,
	.close = default_close,
	.pread = default_pread,
	.pwrite = default_pwrite,
	.fstat = default_fstat,
	.fsync = default_fsync,
	.ftruncate = default_ftruncate,
	.rename = default_rename,
	.link = default_link,
	.unlink = default_unlink,
	.mkdir = default_mkdir,
	.mmap = default_mmap,
	.mmap_write = default_mmap_write,
	.reserve = default_reserve,
	.munmap = default_munmap,
	.madvise = default_madvise,
	.flock = default_flock,
	.list = default_list,
};

const struct ndx_env ndx_env_default = { &ndx_mem_default, &ndx_io_default };

/* Read up to 'size' bytes from the start of the file; fewer only at its end.  -1 on failure. */
static ssize_t
pread_all(const struct ndx_io *io, int fd, uint8_t *out, size_t size)
{
	size_t done = 0;
	unsigned interrupted = 0;
	ssize_t got;

	while (done < size) {
		got = io->pread(io->ctx, fd, out + done, size - done, (off_t)done);
		if (got == 0)
			break;
		if (got > 0) {
			done += (size_t)got;
			interrupted = 0;
		} else if (errno != EINTR || ++interrupted > NDX_EINTR_MAX) {
			return -1;
		}
	}
	return (ssize_t)done;
}

enum ndx_status
ndx_read_dated_file(const struct ndx_env *env, const char *path, size_t size_max, void **data_ret,
                    size_t *size_ret, int64_t *mtime_ret, struct ndx_err *err)
{
	const struct ndx_io *io = env->io;
	enum ndx_status status = NDX_OK;
	void *data = NULL;
	struct stat st;
	ssize_t got;
	int fd = io->open(io->ctx, path, O_RDONLY, 0);

	if (fd == -1)
		return ndx_fail_os(err, "cannot open '%s'", path);
	if (io->fstat(io->ctx, fd, &st) == -1) {
		status = ndx_fail_os(err, "cannot stat '%s'", path);
		goto out;
	}
	if (st.st_size < 0 || (uintmax_t)st.st_size > size_max) {
		status = ndx_fail(err, NDX_E_CORRUPT, "'%s' has %jd bytes, at most %zu expected",
		                  path, (intmax_t)st.st_size, size_max);
		goto out;
	}
	data = ndx_alloc(env->mem, (size_t)st.st_size);
	if (data == NULL) {
		status = ndx_fail_nomem(err);
		goto out;
	}
	got = pread_all(io, fd, data, (size_t)st.st_size);
	if (got == -1) {
		status = ndx_fail_os(err, "cannot read '%s'", path);
		goto out;
	}
	*data_ret = data;
	*size_ret = (size_t)got;
	*mtime_ret = st.st_mtim.tv_sec;
	data = NULL;
out:
	ndx_free(env->mem, data);
	io->close(io->ctx, fd);
	return status;
}

enum ndx_status
ndx_read_file(const struct ndx_env *env, const char *path, size_t size_max, void **data_ret,
              size_t *size_ret, struct ndx_err *err)
{
	int64_t mtime;

	return ndx_read_dated_file(env, path, size_max, data_ret, size_ret, &mtime, err);
}

int
ndx_pwrite_all(const struct ndx_io *io, int fd, const void *in, size_t size, off_t off)
{
	const uint8_t *next = in;
	unsigned interrupted = 0;
	ssize_t done;

	while (size > 0) {
		done = io->pwrite(io->ctx, fd, next, size, off);
		if (done == 0) { /* no progress and no reason: not to be tried for ever */
			errno = EIO;
			return -1;
		}
		if (done == -1) {
			if (errno != EINTR || ++interrupted > NDX_EINTR_MAX)
				return -1;
			continue;
		}
		interrupted = 0;
		next += done;
		size -= (size_t)done;
		off += done;
	}
	return 0;
}

enum ndx_status
ndx_sync_dir(const struct ndx_env *env, const char *path, struct ndx_err *err)
{
	const struct ndx_io *io = env->io;
	enum ndx_status status = NDX_OK;
	int fd = io->open(io->ctx, path, O_RDONLY | O_DIRECTORY, 0);

	if (fd == -1)
		return ndx_fail_os(err, "cannot open '%s'", path);
	/* EINVAL: a file system whose directories need no sync. */
	if (io->fsync(io->ctx, fd) == -1 && errno != EINVAL)
		status = ndx_fail_os(err, "cannot sync '%s'", path);
	io->close(io->ctx, fd);
	return status;
}
