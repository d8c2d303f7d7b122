/*
 * spool.c - see spool.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/spool.h"

#include <fcntl.h>

#include "common/buf.h"

int
ndx_spool_open(const struct ndx_env *env, const char *dir)
{
	const struct ndx_io *io = env->io;
	struct ndx_buf path;
	int fd = -1;

	ndx_buf_init(&path, env->mem);
	ndx_buf_printf(&path, "%s/" NDX_SPOOL_NAME, dir);
	ndx_buf_add_u8(&path, '\0');
	if (!ndx_buf_failed(&path))
		fd = io->open(io->ctx, (const char *)path.data,
		              O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1)
		io->unlink(io->ctx, (const char *)path.data);
	ndx_buf_free(&path);
	return fd;
}

void *
ndx_spool(const struct ndx_env *env, const char *dir, const void *in, size_t size)
{
	const struct ndx_io *io = env->io;
	const int fd = ndx_spool_open(env, dir);
	void *map = NULL;

	if (fd == -1)
		return NULL;
	if (ndx_pwrite_all(io, fd, in, size, 0) == 0)
		map = io->mmap(io->ctx, fd, size);
	io->close(io->ctx, fd); /* the mapping outlives it */
	return map;
}
