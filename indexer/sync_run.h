/*
 * sync_run.h - the inside of one run of ndx_sync(), shared by the files that implement it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SYNC_RUN_H
#define NDX_INDEXER_SYNC_RUN_H

#include "corpus/walk.h"
#include "indexer/sources.h"
#include "indexer/sync.h"
#include "indexer/sync_lost.h"
#include "indexer/sync_twins.h"

/* A file on its way through the pipeline. */
struct ndx_sync_file {
	struct ndx_pipeline_file file;
	struct ndx_sync_file *next, *before; /* all that are on their way */
	struct ndx_source_facts facts;
	bool has_twin_reject; /* to be looked at again: the twin may go */
	bool is_skipped;
	bool is_unread; /* what it held, it may hold still */
	char strings[]; /* key, path, id, twin */
};

struct ndx_sync {
	const struct ndx_env *env;
	const struct ndx_env *state_env; /* for what grows with the number of files and articles */
	const char *dir;
	struct ndx_writer *writer; /* NULL: nothing is changed */
	const struct ndx_sync_options *options;
	const struct ndx_sync_reporter *reporter;
	struct ndx_sync_counts counts;

	struct ndx_sources *sources;
	uint64_t sources_size, sources_hash; /* of the bytes that the last commit has */
	struct ndx_pipeline *pipeline;
	struct ndx_sync_file *file;          /* the last one of all on their way */
	struct ndx_source_draft draft;       /* of the file whose events come in */
	const struct ndx_sync_file *drafted; /* that file, until its end */
	struct ndx_lost lost;
	struct ndx_twins twins;

	char **canon;             /* by SOURCE: its absolute path; NULL for "-" */
	size_t source;            /* that is being walked */
	struct ndx_buf key;       /* of the file at hand, with its NUL */
	bool ended;               /* the walk, because the run was stopped */
	bool dir_unreadable;      /* what lies in it is not known to have gone */
	uint64_t generation;      /* of the last commit that has the state */
	int64_t commit_ns;        /* when it was */
	uint64_t commit_articles; /* counts.articles then */
};

/* sync_take.c */

extern const struct ndx_pipeline_handler ndx_sync_handler; /* without its ctx, the run */

/* The state of the source files, as the index has it. */
enum ndx_status ndx_sync_load_state(struct ndx_sync *sync, struct ndx_err *err);
/* Commit the articles, deletions and file states that have come in. */
enum ndx_status ndx_sync_commit(struct ndx_sync *sync, struct ndx_err *err);
/* The run was stopped: the file that was being read is ended like one that could not be read on. */
enum ndx_status ndx_sync_end_stopped(struct ndx_sync *sync, struct ndx_err *err);
/* For ndx_sources_prune(): an id that no file has any more. */
enum ndx_status ndx_sync_delete(void *ctx, struct ndx_str id, struct ndx_err *err);
void ndx_sync_forget_file(struct ndx_sync *sync, struct ndx_sync_file *file);

/* sync_visit.c */

/* A file on its way, which is in the list from now on; 'key' is its absolute path, "" if no state
 * is kept. */
struct ndx_sync_file *ndx_sync_new_file(struct ndx_sync *sync, const char *key,
                                        const struct ndx_file *file, const char *twin);
/* Called for each file of the walk through SOURCE number sync->source. */
enum ndx_status ndx_sync_visit(void *ctx, const struct ndx_file *file, struct ndx_err *err);

static inline bool
ndx_sync_is_stopped(const struct ndx_sync *sync)
{
	return sync->options->stop != NULL && *sync->options->stop != 0;
}

#endif
