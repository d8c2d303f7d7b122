/*
 * failing_io.c - see failing_io.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/failing_io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *
last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Log the call; true if it is the one that fails. */
static bool
fails(struct failing_io *failing, const char *kind, const char *name)
{
	size_t size = strlen(failing->log);

	snprintf(failing->log + size, sizeof(failing->log) - size, "%s %s;", kind, name);
	if (failing->only != NULL && strcmp(failing->only, kind) != 0)
		return false;
	failing->call_count++;
	if (failing->fail_at == 0 || failing->call_count < failing->fail_at ||
	    (failing->call_count > failing->fail_at && !failing->for_good))
		return false;
	errno = failing->error;
	return true;
}

static const char *
name_of(const struct failing_io *failing, int fd)
{
	return fd >= 0 && fd < FAILING_IO_FDS_MAX ? failing->name[fd] : "?";
}

static int
failing_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct failing_io *failing = ctx;
	int fd;

	if (fails(failing, "open", last_of(path)))
		return -1;
	fd = ndx_io_default.open(NULL, path, flags, mode);
	if (fd != -1)
		failing->open_count++;
	if (fd >= 0 && fd < FAILING_IO_FDS_MAX)
		snprintf(failing->name[fd], sizeof(failing->name[fd]), "%s", last_of(path));
	return fd;
}

static int
failing_close(void *ctx, int fd)
{
	struct failing_io *failing = ctx;
	bool fail = fails(failing, "close", name_of(failing, fd));

	failing->open_count--;
	if (ndx_io_default.close(NULL, fd) == -1)
		return -1;
	if (fail)
		errno = failing->error;
	return fail ? -1 : 0; /* closed in any case, as on Linux */
}

static ssize_t
failing_pread(void *ctx, int fd, void *out, size_t size, off_t off)
{
	(void)ctx;
	return ndx_io_default.pread(NULL, fd, out, size, off);
}

static ssize_t
failing_pwrite(void *ctx, int fd, const void *in, size_t size, off_t off)
{
	struct failing_io *failing = ctx;

	if (fails(failing, "pwrite", name_of(failing, fd)))
		return -1;
	if (failing->write_max != 0 && size > failing->write_max)
		size = failing->write_max;
	return ndx_io_default.pwrite(NULL, fd, in, size, off);
}

static int
failing_fstat(void *ctx, int fd, struct stat *st)
{
	(void)ctx;
	return ndx_io_default.fstat(NULL, fd, st);
}

static int
failing_fsync(void *ctx, int fd)
{
	struct failing_io *failing = ctx;

	return fails(failing, "fsync", name_of(failing, fd)) ? -1
	                                                     : 0; /* no need to wait for a disk */
}

static int
failing_ftruncate(void *ctx, int fd, off_t size)
{
	struct failing_io *failing = ctx;

	if (fails(failing, "ftruncate", name_of(failing, fd)))
		return -1;
	return ndx_io_default.ftruncate(NULL, fd, size);
}

static int
failing_link(void *ctx, const char *from, const char *to)
{
	return fails(ctx, "link", last_of(to)) ? -1 : ndx_io_default.link(NULL, from, to);
}

static int
failing_rename(void *ctx, const char *from, const char *to)
{
	return fails(ctx, "rename", last_of(to)) ? -1 : ndx_io_default.rename(NULL, from, to);
}

static int
failing_unlink(void *ctx, const char *path)
{
	return fails(ctx, "unlink", last_of(path)) ? -1 : ndx_io_default.unlink(NULL, path);
}

static int
failing_mkdir(void *ctx, const char *path, mode_t mode)
{
	return fails(ctx, "mkdir", last_of(path)) ? -1 : ndx_io_default.mkdir(NULL, path, mode);
}

static int
failing_flock(void *ctx, int fd, int operation)
{
	(void)ctx;
	return ndx_io_default.flock(NULL, fd, operation);
}

static int
failing_list(void *ctx, const char *path, void (*entry)(void *arg, const char *name), void *arg)
{
	(void)ctx;
	return ndx_io_default.list(NULL, path, entry, arg);
}

void
ndx_failing_io_init(struct failing_io *failing)
{
	*failing = (struct failing_io){ .error = ENOSPC };
	failing->io = ndx_io_default;
	failing->io.open = failing_open;
	failing->io.close = failing_close;
	failing->io.pread = failing_pread;
	failing->io.pwrite = failing_pwrite;
	failing->io.fstat = failing_fstat;
	failing->io.fsync = failing_fsync;
	failing->io.ftruncate = failing_ftruncate;
	failing->io.rename = failing_rename;
	failing->io.link = failing_link;
	failing->io.unlink = failing_unlink;
	failing->io.mkdir = failing_mkdir;
	failing->io.flock = failing_flock;
	failing->io.list = failing_list;
	failing->io.ctx = failing;
}
