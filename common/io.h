/*
 * io.h - all system calls on index files go through one table
 *
 * Each member behaves as the system call of its name: -1 (or NULL) and errno on
 * failure.  Tests replace members to record, reorder or fail them.  A table is
 * passed down explicitly inside struct ndx_env.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_IO_H
#define NDX_COMMON_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/mem.h"

struct ndx_io {
	int (*open)(void *ctx, const char *path, int flags, mode_t mode);
	int (*close)(void *ctx, int fd);
	ssize_t (*pread)(void *ctx, int fd, void *out, size_t size, off_t off);
	ssize_t (*pwrite)(void *ctx, int fd, const void *in, size_t size, off_t off);
	int (*fstat)(void *ctx, int fd, struct stat *st);
	int (*fsync)(void *ctx, int fd);
	int (*ftruncate)(void *ctx, int fd, off_t size);
	int (*rename)(void *ctx, const char *from, const char *to);
	int (*link)(void *ctx, const char *from, const char *to); /* a second name */
	int (*unlink)(void *ctx, const char *path);
	int (*mkdir)(void *ctx, const char *path, mode_t mode);
	void *(*mmap)(void *ctx, int fd, size_t size); /* read-only, shared; NULL on failure */
	void *(*mmap_write)(void *ctx, int fd, size_t size); /* the same, to be written to */
	int (*reserve)(void *ctx, int fd,
	               off_t size); /* as fallocate(): a file of 'size', with its blocks */
	int (*munmap)(void *ctx, void *data, size_t size);
	int (*madvise)(void *ctx, const void *data, size_t size, int advice);
	int (*flock)(void *ctx, int fd, int operation);
	/* Call 'entry' with each name in a directory, "." and ".." left out; -1 on failure. */
	int (*list)(void *ctx, const char *path, void (*entry)(void *arg, const char *name),
	            void *arg);
	void *ctx;
};

extern const struct ndx_io ndx_io_default; /* the system calls themselves */

/* What every part of the program is handed: its two tables. */
struct ndx_env {
	const struct ndx_mem *mem;
	const struct ndx_io *io;
};

extern const struct ndx_env ndx_env_default;

/*
 * Read the whole file 'path' of at most size_max bytes into memory from env->mem;
 * *data_ret is to be freed with ndx_free().  A larger file is NDX_E_CORRUPT.
 */
enum ndx_status ndx_read_file(const struct ndx_env *env, const char *path, size_t size_max,
                              void **data_ret, size_t *size_ret, struct ndx_err *err);
/* The same; *mtime_ret: when it was written last, in seconds since 1970. */
enum ndx_status ndx_read_dated_file(const struct ndx_env *env, const char *path, size_t size_max,
                                    void **data_ret, size_t *size_ret, int64_t *mtime_ret,
                                    struct ndx_err *err);

/* So often in a row a call is made again that a signal has interrupted. */
#define NDX_EINTR_MAX 1000

/* Write all of in[size] at 'off', going on after short writes and EINTR; -1 on failure. */
int ndx_pwrite_all(const struct ndx_io *io, int fd, const void *in, size_t size, off_t off);

/* Sync the directory 'path' itself, so that renames in it last. */
enum ndx_status ndx_sync_dir(const struct ndx_env *env, const char *path, struct ndx_err *err);

#endif
