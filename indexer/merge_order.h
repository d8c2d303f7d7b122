/*
 * merge_order.h - which docid each live article of several segments gets in their merge
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_MERGE_ORDER_H
#define NDX_INDEXER_MERGE_ORDER_H

#include "indexer/merge.h"

struct ndx_merge_order {
	uint32_t count; /* live articles in all */
	uint32_t dated_count;
	ndx_docid **docid; /* docid[input][docid there], NDX_DOCID_NONE if dead */
	int64_t *date;     /* by new docid, dated_count of them */
	size_t input_count;
};

/* Newest first, undated last, equal dates by id. */
enum ndx_status ndx_merge_order(const struct ndx_env *env, const struct ndx_merge_input *input,
                                size_t count, struct ndx_merge_order *order_ret,
                                struct ndx_err *err);
void ndx_merge_order_free(const struct ndx_env *env, struct ndx_merge_order *order);

/* What a feed of pairs is called with, see pairs_write.h. */
struct ndx_merge_feed {
	const struct ndx_env *env;
	const struct ndx_merge_input *input;
	const struct ndx_merge_order *order;
};

#endif
