/*
 * block_max_term.c - the best articles for one term
 *
 * Groups and blocks of postings whose impacts bound them below the threshold are not
 * decoded (Ding, Suel, "Faster top-k document retrieval using block-max indexes", 2011).
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/pruned.h"

static enum ndx_status
offer_block(struct ndx_pruned *pruned, uint32_t block, struct ndx_err *err)
{
	struct ndx_scored_postings found;
	enum ndx_status status = ndx_scored_list_select(
		pruned->list[0], block, (double)ndx_topk_threshold(pruned->top), &found, err);

	for (size_t i = 0; status == NDX_OK && i < found.count; i++)
		if (!ndx_pruned_offer(pruned, found.docid[i], found.score[i]))
			status = ndx_fail_nomem(err);
	return status;
}

enum ndx_status
ndx_block_max_term(struct ndx_pruned *pruned, struct ndx_err *err)
{
	struct ndx_scored_list *list = pruned->list[0];
	uint32_t block = 0;
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && block < list->list.block_count) {
		const double threshold = (double)ndx_topk_threshold(pruned->top);

		if (block % NDX_GROUP_LEN == 0 &&
		    ndx_scored_list_group_bound(list, block / NDX_GROUP_LEN) < threshold) {
			block += NDX_GROUP_LEN;
			continue;
		}
		if (ndx_scored_list_block_bound(list, block) >= threshold)
			status = offer_block(pruned, block, err);
		block++;
	}
	return status;
}
