/*
 * sync.h - bring an index up to date with files: what ndx index does
 *
 * Files that are unchanged since they were read are passed over, others are read; what a
 * file no longer holds is deleted, and with 'prune' what was in files that have gone.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SYNC_H
#define NDX_INDEXER_SYNC_H

#include <signal.h>

#include "indexer/pipeline.h"
#include "indexer/writer.h"

struct ndx_sync_options {
	const char *const *source; /* files, directories, "-" */
	size_t source_count;
	const struct ndx_format *format; /* NULL: by content */
	size_t article_size_max;
	unsigned jobs;
	size_t unit_size, vocabulary_size; /* see pipeline.h */
	bool prune;
	unsigned commit_every_s; /* 0, and the next: only when memory is full, and at the end */
	uint64_t commit_every_articles; /* read since the last commit, about */
	/* Not 0: commit what is done and return.  May be set by a signal handler. */
	const volatile sig_atomic_t *stop;
};

struct ndx_sync_counts {
	uint64_t articles;        /* read, whether or not they were new */
	uint64_t article_size;    /* bytes of their titles and texts */
	uint64_t input_size;      /* bytes of the files that were read, gzip undone */
	uint64_t rejected;        /* articles or whole files, those told from memory too */
	uint64_t unchanged_files; /* passed over */
	uint64_t skipped_files;   /* plainly no articles */
	uint64_t gone_files;      /* pruned */
	uint64_t lost;            /* articles that are in no file any more: to be deleted */
	uint64_t commits;
};

/* What the caller is told, in the order of the input.  Strings live until the call returns. */
struct ndx_sync_reporter {
	void (*reject)(void *ctx, const char *path, const char *reason);
	/* Without a writer: what struct ndx_pipeline_event has to say about an article. */
	void (*article)(void *ctx, struct ndx_str about);
	void (*progress)(void *ctx, const struct ndx_sync_counts *counts); /* now and then */
	void *ctx;
};

/*
 * All of it.  A SOURCE that is not there is NDX_E_IO before anything is done.  On success, and if
 * 'stop' ended it, all is committed.  Without a writer nothing is changed: articles are described,
 * by the state that the index in 'dir' has (none, if it does not exist).
 */
enum ndx_status ndx_sync(const struct ndx_env *env, const char *dir, struct ndx_writer *writer,
                         const struct ndx_sync_options *options,
                         const struct ndx_sync_reporter *reporter,
                         struct ndx_sync_counts *counts_ret, struct ndx_err *err);

/* Is every SOURCE there? */
enum ndx_status ndx_sync_check_sources(const struct ndx_sync_options *options, struct ndx_err *err);

#endif
