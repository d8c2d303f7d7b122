/*
 * merge_lists.h - the postings lists of several segments into those of their merge
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_MERGE_LISTS_H
#define NDX_INDEXER_MERGE_LISTS_H

#include "indexer/merge_order.h"
#include "indexer/pairs_write.h"
#include "indexer/postings_write.h"

/* Write every list of the inputs, in the order of the keys. */
enum ndx_status ndx_merge_lists(const struct ndx_merge_feed *feed, struct ndx_list_target *target,
                                struct ndx_err *err);

/* The feed for pairs (see pairs_write.h) of the same inputs: ctx is a struct ndx_merge_feed. */
enum ndx_status ndx_merge_pairs(void *ctx, size_t share, size_t shares,
                                struct ndx_pair_collector *collector, struct ndx_err *err);

#endif
