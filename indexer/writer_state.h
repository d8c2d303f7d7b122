/*
 * writer_state.h - the inside of a writer, shared by the files that implement writer.h
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_WRITER_STATE_H
#define NDX_INDEXER_WRITER_STATE_H

#include "common/docstore.h"
#include "indexer/batch.h"
#include "indexer/commit.h"
#include "indexer/merge.h"
#include "indexer/pending_ids.h"
#include "indexer/spool_mem.h"
#include "indexer/writer.h"

/* A committed segment, and what is to be deleted in it by the next commit. */
struct ndx_open_segment {
	struct ndx_segment segment;
	struct ndx_docstore ids, stored;
	uint8_t *dead; /* by docid, 1 = deleted since the last commit; NULL: none */
	uint32_t dead_count;
};

struct ndx_writer {
	const struct ndx_env *env;
	struct ndx_spool_mem spool; /* below ... */
	struct ndx_env spool_env;   /* ... these tables: for what grows with the index */
	char *dir;
	struct ndx_writer_options options;
	struct ndx_commit commit;          /* holds the lock and the last manifest */
	struct ndx_open_segment **segment; /* in the order of the manifest */
	size_t segment_count, segment_count_max;
	struct ndx_inverter *inverter; /* of ndx_writer_add() */
	struct ndx_batch **batch;      /* since the last commit */
	size_t batch_count, batch_count_max;
	size_t batch_size;               /* bytes that they take */
	struct ndx_pending_ids *pending; /* where the articles of the batches are */
	struct ndx_buf sources;          /* the state to be committed, if has_sources */
	bool has_sources;
	struct ndx_writer_counts counts;
	bool failed; /* after an error in a commit: nothing more is done */
};

/* writer.c: the articles of ndx_writer_add() so far become a batch. */
enum ndx_status ndx_writer_end_batch(struct ndx_writer *writer, struct ndx_err *err);

/* writer_merge.c */

/* Merge segments until no tier holds too many; each merge is a commit. */
enum ndx_status ndx_writer_merge_tiers(struct ndx_writer *writer, struct ndx_err *err);

/* writer_commit.c */

/* Open segment i of the manifest at the end of writer->segment. */
enum ndx_status ndx_writer_open_segment(struct ndx_writer *writer,
                                        const struct ndx_manifest_segment *entry,
                                        struct ndx_err *err);
/* Close all segments, and open those that the last commit lists. */
enum ndx_status ndx_writer_reopen(struct ndx_writer *writer, struct ndx_err *err);
void ndx_writer_close_segment(struct ndx_writer *writer, size_t i);
/*
 * Write the merge of input[count] as the segment file entry_ret->number, synced, and fill
 * *entry_ret.
 */
enum ndx_status ndx_writer_write_segment(struct ndx_writer *writer,
                                         const struct ndx_merge_input *input, size_t count,
                                         uint32_t number, struct ndx_manifest_segment *entry_ret,
                                         struct ndx_err *err);

#endif
