/*
 * raw_lists.h - the postings of a batch as they were met, waiting to be flushed
 *
 * Each term's stream (see inverter.c) lies whole, in the order in which articles came: it is sorted
 * by docid and packed only once, when batches become a segment.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_RAW_LISTS_H
#define NDX_INDEXER_RAW_LISTS_H

#include "common/buf.h"
#include "common/error.h"
#include "common/text.h"
#include "indexer/merge_order.h"
#include "indexer/pairs_write.h"
#include "indexer/postings_write.h"

/* Where a term's key, stream and forms begin; they end where the next one's begin. */
struct ndx_raw_term {
	uint32_t key_off, stream_off, form_off;
};

struct ndx_raw_lists {
	struct ndx_buf keys, streams;
	struct ndx_buf forms; /* see ndx_vocabulary_forms() */
	/* struct ndx_raw_term by rising key, and one more that ends the last */
	struct ndx_buf terms;
	const uint32_t *order; /* docid in the batch of the i-th article that came */
};

void ndx_raw_lists_init(struct ndx_raw_lists *raw, const struct ndx_mem *mem);
void ndx_raw_lists_free(struct ndx_raw_lists *raw);

/* After the last one, add an empty key without a stream or forms.  False: out of memory, or beyond
 * 4 GB. */
bool ndx_raw_lists_add(struct ndx_raw_lists *raw, struct ndx_str key);

/* Term i, in the order of the keys; i < count. */
size_t ndx_raw_lists_count(const struct ndx_raw_lists *raw);
struct ndx_str ndx_raw_lists_get(const struct ndx_raw_lists *raw, size_t i, uint32_t *df_ret,
                                 uint64_t *cf_ret);

/* A form of a term: in how many articles it stands, and how often. */
struct ndx_raw_form {
	struct ndx_str form;
	uint32_t df;
	uint32_t last; /* the posting that was counted last, from 1 */
	uint64_t cf;
};

/* struct ndx_raw_form for each form of term i, which is of field ANY, into the empty *forms; a
 * failed buffer: out of memory. */
void ndx_raw_lists_forms(const struct ndx_raw_lists *raw, size_t i, struct ndx_buf *forms);

/* All terms are added: give back memory that is not used. */
void ndx_raw_lists_trim(struct ndx_raw_lists *raw);

/* Bytes in memory. */
size_t ndx_raw_lists_size(const struct ndx_raw_lists *raw);

/*
 * Write every list of the inputs, all of them batches, in the order of the keys: what
 * ndx_merge_lists() does for segments.
 */
enum ndx_status ndx_flush_lists(const struct ndx_merge_feed *feed, struct ndx_list_target *target,
                                struct ndx_err *err);

/* The feed for pairs (see pairs_write.h) of the same inputs: ctx is a struct ndx_merge_feed. */
enum ndx_status ndx_flush_pairs(void *ctx, size_t share, size_t shares,
                                struct ndx_pair_collector *collector, struct ndx_err *err);

#endif
