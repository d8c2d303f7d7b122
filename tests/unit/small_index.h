/*
 * small_index.h - small indexes made of made-up articles, and all that an index says as text
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_UNIT_SMALL_INDEX_H
#define NDX_TESTS_UNIT_SMALL_INDEX_H

#include "common/index.h"
#include "corpus/article.h"
#include "indexer/writer.h"

/* A fresh directory; path[] names one in it that does not exist yet. */
struct small_dir {
	char base[32], path[40];
};
void ndx_small_dir_new(struct small_dir *dir);
void ndx_small_dir_remove(const struct small_dir *dir);
/* Remove the files of a directory, and it; make one of copies of another's files. */
void ndx_small_remove(const char *path);
void ndx_small_copy(const char *from, const char *to);

/*
 * Article number 'number' in its state 'version', the same on every machine, called
 * "news/NUMBER".  Its strings are in 'work', until the next call.
 */
void ndx_small_article(uint32_t number, uint32_t version, struct ndx_buf *work,
                       struct ndx_article *article_ret);
void ndx_small_id(uint32_t number, char out[24]);
enum ndx_status ndx_small_add(struct ndx_writer *writer, uint32_t number, uint32_t version,
                              struct ndx_err *err);
enum ndx_status ndx_small_delete(struct ndx_writer *writer, uint32_t number, struct ndx_err *err);
/* The next commit has a state of the source files, of none. */
void ndx_small_set_sources(struct ndx_writer *writer);
/* An index of articles 0 .. count - 1 in one segment, in a directory that is not there yet. */
void ndx_small_index(const char *path, uint32_t count);

/*
 * All that an index says, as lines in byte order: its articles, its terms with df and cf as
 * corrected, its postings by id.  Nothing of how it is cut into segments, so that two indexes
 * of the same articles say the same.
 */
enum ndx_status ndx_dump(const struct ndx_env *env, const char *dir, struct ndx_buf *out,
                         struct ndx_err *err);
bool ndx_buf_same(const struct ndx_buf *a, const struct ndx_buf *b);

/* Does the directory hold exactly what its manifest lists, the manifest and the lock? */
bool ndx_dir_is_exact(const char *path);
/* For ndx_io.fsync: the system goes on, it is a process or a thread that ends. */
int ndx_skip_fsync(void *ctx, int fd);
/* Names and bytes of all files of a directory. */
void ndx_dir_bytes(const char *path, struct ndx_buf *out);

#endif
