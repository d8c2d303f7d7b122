/*
 * files.h - new files of an index, written in order and then synced
 *
 * After any failure the file is given up: it is closed and removed, and no write or
 * sync of it is tried again (a failed fsync may have dropped the data already).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_FILES_H
#define NDX_INDEXER_FILES_H

#include "common/buf.h"
#include "common/io.h"
#include "indexer/segment_write.h"

struct ndx_new_file {
	const struct ndx_env *env;
	const char *path; /* the caller's, kept until the end */
	int fd;           /* -1: given up, or ended */
	uint64_t off;     /* bytes handed to the system so far */
	struct ndx_buf buf;
};

/* Create 'path', which must not exist. */
enum ndx_status ndx_new_file_begin(struct ndx_new_file *file, const struct ndx_env *env,
                                   const char *path, struct ndx_err *err);
enum ndx_status ndx_new_file_put(struct ndx_new_file *file, const void *in, size_t size,
                                 struct ndx_err *err);
struct ndx_byte_sink ndx_new_file_sink(struct ndx_new_file *file);
/* Write what is buffered, sync and close; *size_ret is the file's size. */
enum ndx_status ndx_new_file_end(struct ndx_new_file *file, uint64_t *size_ret,
                                 struct ndx_err *err);
/* Give the file up and remove it; does nothing after _end() or a failure. */
void ndx_new_file_abandon(struct ndx_new_file *file);

/* A whole new file of in[size], synced. */
enum ndx_status ndx_new_file_write(const struct ndx_env *env, const char *path, const void *in,
                                   size_t size, struct ndx_err *err);

#endif
