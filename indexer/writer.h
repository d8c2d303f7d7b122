/*
 * writer.h - change an index: add, replace, delete, commit, merge
 *
 *   ndx_writer_open() -> ndx_writer_add() ... -> ndx_writer_commit() -> ndx_writer_close()
 *
 * Articles are inverted in memory into batches; full memory, or a commit, turns them
 * into a segment.  Nothing is visible to readers, or safe, before a commit has returned
 * NDX_OK.  Closing without a commit leaves the index as it was.
 *
 * Threads: one at a time, except that batches (batch.h) may be filled by other
 * threads before they are handed over.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_WRITER_H
#define NDX_INDEXER_WRITER_H

#include "common/index.h"
#include "corpus/article.h"

struct ndx_writer;
struct ndx_batch;

/* The least memory_size: a unit, a batch and a merge fit in it. */
#define NDX_MEMORY_SIZE_MIN     ((size_t)16 << 20)
#define NDX_MEMORY_SIZE_DEFAULT ((size_t)512 << 20)

struct ndx_writer_options {
	const char *language; /* for a new index; NULL: english.  Another one on an existing index:
	                         NDX_E_INPUT */
	size_t memory_size;   /* --memory; 0: 512 MB */
	unsigned jobs;        /* threads that make segments; 0: the caller's alone */
	bool create;          /* make the directory and an empty index if there is none */
	int wait_ms;          /* how long to wait for another writer; -1: as long as it takes */
	bool no_auto_merge;   /* tests: leave the segments as they are flushed */
};

/*
 * Lock the index, read its last commit, and remove files that no commit lists.  If another process
 * has it locked: NDX_E_LOCKED, with its pid in the message.
 */
enum ndx_status ndx_writer_open(const struct ndx_env *env, const char *dir,
                                const struct ndx_writer_options *options,
                                struct ndx_writer **writer_ret, struct ndx_err *err);
/* Gives up what was not committed; takes NULL. */
void ndx_writer_close(struct ndx_writer *writer);

/* What this writer has done since it was opened. */
struct ndx_writer_counts {
	uint64_t added, replaced, unchanged, deleted;
};
struct ndx_writer_counts ndx_writer_counts(const struct ndx_writer *writer);
const struct ndx_manifest *
ndx_writer_manifest(const struct ndx_writer *writer); /* of the last commit */
const char *ndx_writer_language(const struct ndx_writer *writer);

/* Add one article, replacing the one of the same id. */
enum ndx_status ndx_writer_add(struct ndx_writer *writer, const struct ndx_article *article,
                               struct ndx_err *err);

/*
 * Add a batch of articles, in their order, and take it over (also on failure).  The result is the
 * same, to the byte, however articles were spread over threads, as long as the batches are the
 * same.
 */
enum ndx_status ndx_writer_add_batch(struct ndx_writer *writer, struct ndx_batch *batch,
                                     struct ndx_err *err);

/* Delete by id: NDX_E_NOT_FOUND if no live or pending article has it. */
enum ndx_status ndx_writer_delete(struct ndx_writer *writer, struct ndx_str id,
                                  struct ndx_err *err);

/* Is there a live or pending article with this id? */
enum ndx_status ndx_writer_has(struct ndx_writer *writer, struct ndx_str id, bool *has_ret,
                               struct ndx_err *err);

/*
 * The writer's tables, but that large pieces of memory lie in files (see spool_mem.h): for what
 * grows with the index. All is to be freed before the writer is closed.
 */
const struct ndx_env *ndx_writer_spool_env(const struct ndx_writer *writer);

/* The new state of the source files, to be committed with the rest; NULL data: as it was. */
enum ndx_status ndx_writer_set_sources(struct ndx_writer *writer, const void *data, size_t size,
                                       struct ndx_err *err);
/* As of the last commit; from the memory of ndx_writer_spool_env(), free with ndx_free(); NULL if
 * there is none. */
enum ndx_status ndx_writer_get_sources(struct ndx_writer *writer, void **data_ret, size_t *size_ret,
                                       struct ndx_err *err);

/* Make all of it durable and visible.  With nothing to say, no new commit is made. */
enum ndx_status ndx_writer_commit(struct ndx_writer *writer, struct ndx_err *err);

/* Commit, then all segments into one without deleted articles, and commit that. */
enum ndx_status ndx_writer_merge(struct ndx_writer *writer, struct ndx_err *err);

#endif
