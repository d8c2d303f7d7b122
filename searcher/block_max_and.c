/*
 * block_max_and.c - the best articles that have all of several terms, one of them rare
 *
 * The rarest term leads.  A block of it is passed over, undecoded, if with the bounds of
 * the other terms over the same docids it stays below the threshold, or if one of
 * them has no block there.  Of a decoded block the articles are candidates; each
 * further term, rarer ones first, leaves those that have it and can still reach the threshold.
 *
 * Scores are kept by term until an article has passed all, and are then summed in the order
 * of the plain way.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/pruned.h"

struct lead_block {
	struct ndx_pruned *pruned;
	uint32_t *by_df; /* lists, rarest first */
	double *bound;   /* of list by_df[i], over the lead's block ... */
	double *rest;    /* ... and rest[i]: the sum of bound[i] and all after; [count + 1] */
	double threshold, slack;
	uint32_t candidate_count;
	uint8_t candidate[NDX_BLOCK_LEN]; /* places in the lead's block, rising */
	double sum[NDX_BLOCK_LEN];        /* of the scores so far, in any order */
	float (*score)[NDX_BLOCK_LEN];    /* [list][place] */
};

/*
 * Bounds over the docids of a block of the lead; false if no article of the block can match and reach the
 * threshold.
 */
static bool
set_bounds(struct lead_block *lead, uint32_t block)
{
	struct ndx_pruned *pruned = lead->pruned;
	struct ndx_scored_list *first = pruned->list[lead->by_df[0]];
	const ndx_docid last = ndx_postings_block_last(&first->list, block);
	const ndx_docid from = block == 0 ? 0 : ndx_postings_block_last(&first->list, block - 1) + 1;

	lead->rest[pruned->count] = 0;
	for (size_t i = pruned->count; i-- > 1;) {
		struct ndx_scored_list *list = pruned->list[lead->by_df[i]];

		if (ndx_scored_list_skip(list, from) > last)
			return false;
		lead->bound[i] = ndx_scored_list_range_bound(list, last);
		if (lead->bound[i] < 0)
			return false;
		lead->rest[i] = lead->rest[i + 1] + lead->bound[i];
	}
	return lead->rest[1] + ndx_scored_list_block_bound(first, block) >= lead->threshold;
}

/* The articles of the lead's block that can still reach the threshold. */
static enum ndx_status
first_candidates(struct lead_block *lead, uint32_t block, struct ndx_err *err)
{
	const uint32_t which = lead->by_df[0];
	struct ndx_scored_list *list = lead->pruned->list[which];
	enum ndx_status status = ndx_postings_load(&list->list, block, err);

	if (status == NDX_OK)
		status = ndx_scored_list_score(list, err);
	if (status != NDX_OK)
		return status;
	lead->candidate_count = 0;
	for (uint32_t i = 0; i < list->list.count; i++) {
		lead->score[which][i] = list->score[i];
		lead->sum[i] = (double)list->score[i];
		if (lead->sum[i] * lead->slack + lead->rest[1] >= lead->threshold)
			lead->candidate[lead->candidate_count++] = (uint8_t)i;
	}
	return NDX_OK;
}

/* Keep the candidates that have the i-th rarest term, too. */
static enum ndx_status
keep_candidates(struct lead_block *lead, size_t i, struct ndx_err *err)
{
	const ndx_docid *docid = lead->pruned->list[lead->by_df[0]]->list.docid;
	const uint32_t which = lead->by_df[i];
	struct ndx_scored_list *list = lead->pruned->list[which];
	uint32_t block = list->block, kept = 0, at;

	for (uint32_t c = 0; c < lead->candidate_count; c++) {
		const uint8_t place = lead->candidate[c];
		enum ndx_status status;
		double bound;

		if (lead->sum[place] * lead->slack + lead->rest[i] < lead->threshold)
			continue;
		bound = ndx_scored_list_seek_bound(list, &block, docid[place]);
		if (bound < 0)
			break;
		if ((lead->sum[place] + bound + lead->rest[i + 1]) * lead->slack < lead->threshold)
			continue;
		status = ndx_postings_enter(&list->list, block, err);
		if (status == NDX_OK)
			status = ndx_lookup_in_entered(&list->list, docid[place], &at, err);
		if (status == NDX_OK && at != UINT32_MAX) {
			status = ndx_scored_list_score_one(list, at, docid[place],
			                                   &lead->score[which][place], err);
			lead->sum[place] += (double)lead->score[which][place];
			lead->candidate[kept++] = place;
		}
		if (status != NDX_OK)
			return status;
	}
	lead->candidate_count = kept;
	return NDX_OK;
}

static enum ndx_status
rank_block(struct lead_block *lead, uint32_t block, struct ndx_err *err)
{
	struct ndx_pruned *pruned = lead->pruned;
	const ndx_docid *docid = pruned->list[lead->by_df[0]]->list.docid;
	enum ndx_status status = first_candidates(lead, block, err);

	for (size_t i = 1; status == NDX_OK && i < pruned->count; i++)
		status = keep_candidates(lead, i, err);
	for (uint32_t c = 0; status == NDX_OK && c < lead->candidate_count; c++) {
		const uint8_t place = lead->candidate[c];
		float sum = 0;

		for (size_t i = 0; i < pruned->count; i++)
			sum += lead->score[i][place];
		if (!ndx_pruned_offer(pruned, docid[place], sum))
			status = ndx_fail_nomem(err);
	}
	return status;
}

static enum ndx_status
rank_blocks(struct lead_block *lead, struct ndx_err *err)
{
	const struct ndx_pruned *pruned = lead->pruned;
	const struct ndx_scored_list *first = pruned->list[lead->by_df[0]];
	double others = 0;
	uint32_t block = 0;
	enum ndx_status status = NDX_OK;

	for (size_t i = 1; i < pruned->count; i++)
		others += ndx_scored_list_list_bound(pruned->list[lead->by_df[i]]);
	while (status == NDX_OK && block < first->list.block_count) {
		lead->threshold = (double)ndx_topk_threshold(pruned->top);
		if (block % NDX_GROUP_LEN == 0 &&
		    ndx_scored_list_group_bound(first, block / NDX_GROUP_LEN) + others < lead->threshold) {
			block += NDX_GROUP_LEN;
			continue;
		}
		if (set_bounds(lead, block))
			status = rank_block(lead, block, err);
		block++;
	}
	return status;
}

enum ndx_status
ndx_block_max_and(struct ndx_pruned *pruned, struct ndx_err *err)
{
	struct lead_block *lead = ndx_arena_alloc(pruned->arena, sizeof(*lead));
	const size_t count = pruned->count;

	if (lead == NULL)
		return ndx_fail_nomem(err);
	lead->pruned = pruned;
	lead->slack = pruned->list[0]->slack;
	lead->by_df = ndx_arena_alloc(pruned->arena, count * sizeof(*lead->by_df));
	lead->bound = ndx_arena_alloc(pruned->arena, count * sizeof(*lead->bound));
	lead->rest = ndx_arena_alloc(pruned->arena, (count + 1) * sizeof(*lead->rest));
	lead->score = ndx_arena_alloc(pruned->arena, count * sizeof(*lead->score));
	if (lead->by_df == NULL || lead->bound == NULL || lead->rest == NULL || lead->score == NULL)
		return ndx_fail_nomem(err);
	ndx_pruned_order_by_df(pruned, lead->by_df);
	return rank_blocks(lead, err);
}
