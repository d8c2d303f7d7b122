/*
 * merge.h - several segments into one, without the dead articles
 *
 * The inputs are files, or batches in memory: a flush is a merge of batches.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_MERGE_H
#define NDX_INDEXER_MERGE_H

#include "common/segment.h"
#include "indexer/segment_write.h"

struct ndx_raw_lists;

struct ndx_merge_input {
	const struct ndx_segment *segment;
	/* of a batch: its postings, which the segment lacks; else NULL */
	const struct ndx_raw_lists *raw;
	const uint8_t *dead; /* by docid, 1 = leave out; NULL: none */
	uint32_t live_count;
	uint64_t live_token_count; /* positions of the live articles */
};

/* What the segment does not depend on. */
struct ndx_merge_options {
	unsigned jobs; /* threads; 0 or 1: the caller's alone */
	size_t memory; /* bytes that the index may take to make, as a whole: a share of it is used
	                  here */
};

/*
 * Write to 'sink' the segment 'number' of all live articles of input[count], at least one.  No two
 * live articles have the same id.  *facts_ret and *toc_sum_ret tell what was written.
 */
enum ndx_status ndx_merge(const struct ndx_env *env, const struct ndx_merge_input *input,
                          size_t count, uint32_t number, const struct ndx_merge_options *options,
                          struct ndx_byte_sink sink, struct ndx_segment_facts *facts_ret,
                          uint64_t *toc_sum_ret, struct ndx_err *err);

#endif
