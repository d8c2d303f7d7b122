/*
 * files.c - see files.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/files.h"

#include <errno.h>
#include <fcntl.h>

/* Bytes that are collected before they are handed to the system. */
#define BUFFER_SIZE ((size_t)1 << 20)

void
ndx_new_file_abandon(struct ndx_new_file *file)
{
	const struct ndx_io *io = file->env->io;

	if (file->fd != -1) {
		io->close(io->ctx, file->fd);
		io->unlink(io->ctx, file->path);
		file->fd = -1;
	}
	ndx_buf_free(&file->buf);
}

/* Give the file up because of errno, which is kept for the message. */
static enum ndx_status
fail(struct ndx_new_file *file, const char *what, struct ndx_err *err)
{
	enum ndx_status status = ndx_fail_os(err, "cannot %s '%s'", what, file->path);

	ndx_new_file_abandon(file);
	return status;
}

enum ndx_status
ndx_new_file_begin(struct ndx_new_file *file, const struct ndx_env *env, const char *path,
                   struct ndx_err *err)
{
	*file = (struct ndx_new_file){ .env = env, .path = path };
	ndx_buf_init(&file->buf, env->mem);
	file->fd = env->io->open(env->io->ctx, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file->fd == -1)
		return ndx_fail_os(err, "cannot create '%s'", path);
	if (ndx_buf_reserve(&file->buf, BUFFER_SIZE) == NULL) {
		ndx_new_file_abandon(file);
		return ndx_fail_nomem(err);
	}
	return NDX_OK;
}

static enum ndx_status
write_out(struct ndx_new_file *file, const void *in, size_t size, struct ndx_err *err)
{
	if (ndx_pwrite_all(file->env->io, file->fd, in, size, (off_t)file->off) == -1)
		return fail(file, "write", err);
	file->off += size;
	return NDX_OK;
}

static enum ndx_status
flush(struct ndx_new_file *file, struct ndx_err *err)
{
	size_t size = file->buf.size;

	file->buf.size = 0;
	return size == 0 ? NDX_OK : write_out(file, file->buf.data, size, err);
}

enum ndx_status
ndx_new_file_put(struct ndx_new_file *file, const void *in, size_t size, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	if (file->fd == -1)
		return ndx_fail(err, NDX_E_IO, "cannot write '%s': it was given up", file->path);
	if (file->buf.size + size > BUFFER_SIZE)
		status = flush(file, err);
	if (status != NDX_OK)
		return status;
	if (size >= BUFFER_SIZE)
		return write_out(file, in, size, err);
	ndx_buf_add(&file->buf, in, size);
	return NDX_OK;
}

static enum ndx_status
sink_put(void *ctx, const void *in, size_t size, struct ndx_err *err)
{
	return ndx_new_file_put(ctx, in, size, err);
}

struct ndx_byte_sink
ndx_new_file_sink(struct ndx_new_file *file)
{
	return (struct ndx_byte_sink){ sink_put, file };
}

enum ndx_status
ndx_new_file_end(struct ndx_new_file *file, uint64_t *size_ret, struct ndx_err *err)
{
	const struct ndx_io *io = file->env->io;
	enum ndx_status status = flush(file, err);
	int fd = file->fd;

	if (status != NDX_OK)
		return status;
	if (io->fsync(io->ctx, fd) == -1)
		return fail(file, "sync", err);
	file->fd = -1;
	ndx_buf_free(&file->buf);
	if (io->close(io->ctx, fd) == -1) {
		status = ndx_fail_os(err, "cannot close '%s'", file->path);
		io->unlink(io->ctx, file->path);
		return status;
	}
	*size_ret = file->off;
	return NDX_OK;
}

enum ndx_status
ndx_new_file_write(const struct ndx_env *env, const char *path, const void *in, size_t size,
                   struct ndx_err *err)
{
	struct ndx_new_file file;
	uint64_t written;
	enum ndx_status status = ndx_new_file_begin(&file, env, path, err);

	if (status == NDX_OK)
		status = ndx_new_file_put(&file, in, size, err);
	if (status == NDX_OK)
		status = ndx_new_file_end(&file, &written, err);
	return status;
}
