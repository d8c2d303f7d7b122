/*
 * block_max_and.c - the best articles that have all of several terms
 *
 * The rarest term leads.  A block of it is passed over, undecoded, if with the bounds of
 * the other terms over the same docids it stays below the threshold, or if one of
 * them has no block there.  Of a block the articles whose score can reach it are candidates; each
 * further term, rarer ones first, is looked up for them block by block, and leaves those that have
 * it and can still reach the threshold.
 *
 * Scores are kept by term until an article has passed all, and are then summed in the order
 * of the plain way.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/pruned.h"

/* So many times rarer than a term a filter has to be to lead: measured. */
#define LEAD_TIMES 4

struct lead_block {
	struct ndx_pruned *pruned;
	uint32_t *by_df; /* lists, rarest first */
	double *bound;   /* of list by_df[i], over the lead's block ... */
	double *rest;    /* ... and rest[i]: the sum of bound[i] and all after; [count + 1] */
	double threshold, slack;
	size_t count; /* of candidates */
	ndx_docid docid[NDX_BLOCK_LEN];
	uint8_t place[NDX_BLOCK_LEN];  /* in the lead's block, rising */
	double sum[NDX_BLOCK_LEN];     /* of the scores so far, in any order */
	float (*score)[NDX_BLOCK_LEN]; /* [list][place] */
	struct ndx_lookup_places places;
};

/*
 * Bounds over the docids of a block of the lead; false if no article of the block can match and
 * reach the threshold.
 */
static bool
set_bounds(struct lead_block *lead, uint32_t block)
{
	struct ndx_pruned *pruned = lead->pruned;
	struct ndx_scored_list *first = pruned->list[lead->by_df[0]];
	const ndx_docid last = ndx_postings_block_last(&first->list, block);
	const ndx_docid from =
		block == 0 ? 0 : ndx_postings_block_last(&first->list, block - 1) + 1;

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
	struct ndx_scored_postings found;
	enum ndx_status status =
		ndx_scored_list_select(lead->pruned->list[which], block,
	                               lead->threshold / lead->slack - lead->rest[1], &found, err);

	lead->count = status == NDX_OK ? found.count : 0;
	for (size_t c = 0; c < lead->count; c++) {
		lead->docid[c] = found.docid[c];
		lead->place[c] = found.at[c];
		lead->sum[c] = (double)found.score[c];
		lead->score[which][found.at[c]] = found.score[c];
	}
	return status;
}

/*
 * Of the candidates done..count those up to 'last': move them whose sum is at least 'least' to
 * 'kept' and on.  Returns where the others begin.
 */
static size_t
keep_from(struct lead_block *lead, size_t done, ndx_docid last, double least, size_t *kept)
{
	size_t to = *kept;

	for (; done < lead->count && lead->docid[done] <= last; done++) {
		const double sum = lead->sum[done];

		lead->docid[to] = lead->docid[done];
		lead->place[to] = lead->place[done];
		lead->sum[to] = sum;
		to += sum >= least;
	}
	*kept = to;
	return done;
}

/* Of the candidates from..*kept leave those in the block of list 'which' that was entered. */
static enum ndx_status
keep_hits(struct lead_block *lead, uint32_t which, size_t from, size_t *kept, struct ndx_err *err)
{
	struct ndx_scored_list *list = lead->pruned->list[which];
	struct ndx_lookup_hits hits;
	float score[NDX_BLOCK_LEN];
	enum ndx_status status = ndx_lookup_some(&list->list, lead->docid + from, *kept - from,
	                                         &lead->places, &hits, err);

	if (status == NDX_OK && hits.count > 0)
		status = ndx_scored_list_score_some(list, hits.docid, hits.at, hits.count, score,
		                                    err);
	for (size_t i = 0; status == NDX_OK && i < hits.count; i++) {
		const size_t c = from + hits.which[i];

		lead->docid[from + i] = lead->docid[c];
		lead->place[from + i] = lead->place[c];
		lead->sum[from + i] = lead->sum[c] + (double)score[i];
		lead->score[which][lead->place[c]] = score[i];
	}
	*kept = from + hits.count;
	return status;
}

/* Keep the candidates that have the i-th rarest term, too. */
static enum ndx_status
keep_candidates(struct lead_block *lead, size_t i, struct ndx_err *err)
{
	const uint32_t which = lead->by_df[i];
	struct ndx_scored_list *list = lead->pruned->list[which];
	const double least = lead->threshold / lead->slack - lead->rest[i + 1];
	uint32_t block = list->block;
	size_t kept = 0, done = 0, first;

	while (done < lead->count) {
		const double bound = ndx_scored_list_seek_bound(list, &block, lead->docid[done]);
		enum ndx_status status;

		if (bound < 0)
			break;
		first = kept;
		done = keep_from(lead, done, ndx_postings_block_last(&list->list, block),
		                 least - bound, &kept);
		if (kept == first)
			continue;
		status = ndx_postings_enter(&list->list, block, err);
		if (status == NDX_OK)
			status = keep_hits(lead, which, first, &kept, err);
		if (status != NDX_OK)
			return status;
	}
	lead->count = kept;
	return NDX_OK;
}

static enum ndx_status
rank_block(struct lead_block *lead, uint32_t block, struct ndx_err *err)
{
	struct ndx_pruned *pruned = lead->pruned;
	enum ndx_status status = first_candidates(lead, block, err);

	for (size_t i = 1; status == NDX_OK && i < pruned->count; i++)
		status = keep_candidates(lead, i, err);
	for (size_t c = 0; status == NDX_OK && c < lead->count; c++) {
		float sum = 0;

		for (size_t i = 0; i < pruned->count; i++)
			sum += lead->score[i][lead->place[c]];
		if (!ndx_pruned_offer(pruned, lead->docid[c], sum))
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
		    ndx_scored_list_group_bound(first, block / NDX_GROUP_LEN) + others <
		            lead->threshold) {
			block += NDX_GROUP_LEN;
			continue;
		}
		if (set_bounds(lead, block))
			status = rank_block(lead, block, err);
		block++;
	}
	return status;
}

/*
 * Blocks of a filter have no bounds to pass over any by: where it matches about as much as the
 * rarest of the terms that score, that one leads.
 */
static void
lead_with_score(const struct ndx_pruned *pruned, uint32_t *by_df)
{
	const uint32_t first = by_df[0];
	uint32_t i = 0, leader;

	/* those that score come first in list[] */
	while (i < pruned->count && by_df[i] >= pruned->plan->scoring_count)
		i++;
	if (i == 0 || i == pruned->count ||
	    pruned->list[by_df[i]]->list.info.df / LEAD_TIMES > pruned->list[first]->list.info.df)
		return;
	leader = by_df[i];
	memmove(by_df + 1, by_df, i * sizeof(*by_df));
	by_df[0] = leader;
}

enum ndx_status
ndx_block_max_and(struct ndx_pruned *pruned, struct ndx_err *err)
{
	struct lead_block *lead = ndx_arena_take(pruned->arena, sizeof(*lead));
	const size_t count = pruned->count;

	if (lead == NULL)
		return ndx_fail_nomem(err);
	memset(&lead->places, 0, sizeof(lead->places));
	lead->pruned = pruned;
	lead->slack = pruned->list[0]->slack;
	lead->by_df = ndx_arena_alloc(pruned->arena, count * sizeof(*lead->by_df));
	lead->bound = ndx_arena_alloc(pruned->arena, count * sizeof(*lead->bound));
	lead->rest = ndx_arena_alloc(pruned->arena, (count + 1) * sizeof(*lead->rest));
	lead->score = ndx_arena_alloc(pruned->arena, count * sizeof(*lead->score));
	if (lead->by_df == NULL || lead->bound == NULL || lead->rest == NULL || lead->score == NULL)
		return ndx_fail_nomem(err);
	ndx_pruned_order_by_df(pruned, lead->by_df);
	lead_with_score(pruned, lead->by_df);
	return rank_blocks(lead, err);
}
