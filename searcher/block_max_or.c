/*
 * block_max_or.c - the best articles for any of several terms
 *
 * MaxScore (Turtle, Flood, "Query evaluation: strategies and optimizations", 1995) by windows of
 * docids, with the bounds of each window.  In a window the terms fall into two parts,
 * in the order in which scores are summed:
 *
 *   0 .. essential-1       an article is looked at only if it has one of these: their blocks are
 *                          decoded and their scores summed in an array, but not blocks
 *                          that even with all other terms stay below the threshold
 *   essential .. count-1   together below the threshold: looked up, block by block, only for
 *                          articles which they can still lift over it
 *
 * Scores that matter are summed in the order of the plain way, so they are the same bits.  What is
 * left out of a sum is left out only for articles that are below the threshold with it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/pruned.h"

#include <inttypes.h>

struct window_or {
	struct ndx_pruned *pruned;
	ndx_docid base, last;
	double *bound; /* of each term in the window; 0 if it is not in it */
	double *rest;  /* rest[i]: sum of bound[i] and all after it; [count + 1] */
	size_t essential;
	double threshold;
	size_t candidate_count;
	ndx_docid candidate[NDX_WINDOW_LEN]; /* rising */
	float score[NDX_WINDOW_LEN];         /* of the candidates, so far */
	float sum[NDX_WINDOW_LEN];           /* by docid - base; all 0 between windows */
	uint16_t offset[NDX_WINDOW_LEN];
	struct ndx_lookup_places places;
};

/* The next docid that any term may have, or NDX_DOCID_NONE; moves all lists there. */
static ndx_docid
skip_lists(struct ndx_pruned *pruned, ndx_docid from)
{
	ndx_docid least = NDX_DOCID_NONE;

	for (size_t i = 0; i < pruned->count; i++) {
		ndx_docid docid = ndx_scored_list_skip(pruned->list[i], from);

		least = docid < least ? docid : least;
	}
	return least;
}

static void
set_bounds(struct window_or * or)
{
	struct ndx_pruned *pruned = or->pruned;

	or->rest[pruned->count] = 0;
	for (size_t i = pruned->count; i-- > 0;) {
		double bound = ndx_scored_list_range_bound(pruned->list[i], or->last);

		or->bound[i] = bound > 0 ? bound : 0;
		or->rest[i] = or->rest[i + 1] + or->bound[i];
	}
	or->essential = pruned->count;
	while (or->essential > 0 && or->rest[or->essential - 1] < or->threshold)
		or->essential--;
}

static void
add_scores(struct window_or * or, const struct ndx_scored_list *list)
{
	const ndx_docid *docid = list->list.docid;
	uint32_t i = docid[0] < or->base ? ndx_lookup_in_block(&list->list, or->base) : 0;
	uint32_t end = list->list.count;

	if (docid[end - 1] > or->last)
		end = ndx_lookup_in_block(&list->list, or->last + 1);
	for (; i < end; i++)
		or->sum[docid[i] - or->base] += list->score[i];
}

/*
 * Of the only essential list: its articles are candidates at once.  They rise within a block; where
 * blocks that were passed over say otherwise of the next, there could be more than the window has
 * room for.
 */
static enum ndx_status
add_candidates(struct window_or * or, const struct ndx_scored_list *list,
               const struct ndx_scored_postings *found, struct ndx_err *err)
{
	size_t count = or->candidate_count;

	if (count > 0 && found->count > 0 && found->docid[0] <= or->candidate[count - 1])
		return ndx_segment_corrupt(list->list.segment, list->list.info.postings_off, err,
		                           "docids that fall in postings of df %" PRIu32,
		                           list->list.info.df);
	for (size_t i = 0; i < found->count; i++) {
		if (found->docid[i] < or->base || found->docid[i] > or->last)
			continue;
		or->candidate[count] = found->docid[i];
		or->score[count++] = found->score[i];
	}
	or->candidate_count = count;
	return NDX_OK;
}

static enum ndx_status
add_block(struct window_or * or, struct ndx_scored_list *list, uint32_t block, double least,
          struct ndx_err *err)
{
	struct ndx_scored_postings found;
	enum ndx_status status;

	if (or->essential == 1) {
		status = ndx_scored_list_select(list, block, least, &found, err);
		return status == NDX_OK ? add_candidates(or, list, &found, err) : status;
	}
	status = ndx_postings_load(&list->list, block, err);
	if (status == NDX_OK)
		status = ndx_scored_list_score(list, err);
	if (status == NDX_OK && list->list.docid[0] <= or->last)
		add_scores(or, list);
	return status;
}

static enum ndx_status
add_essential(struct window_or * or, size_t i, struct ndx_err *err)
{
	struct ndx_scored_list *list = or->pruned->list[i];
	const double others = or->rest[0] - or->bound[i];
	/* The subtractions are rounded, too: hence the slack twice. */
	const double least = (or->threshold / list->slack - others) / list->slack;
	enum ndx_status status = NDX_OK;

	for (uint32_t block = list->block; status == NDX_OK && block < list->list.block_count;
	     block++) {
		if (block > 0 && ndx_postings_block_last(&list->list, block - 1) >= or->last)
			break;
		if (ndx_scored_list_block_bound(list, block) >= least)
			status = add_block(or, list, block, least, err);
	}
	return status;
}

/* The articles whose sum can still reach the threshold with the terms that are looked up. */
static void
find_candidates(struct window_or * or)
{
	const double slack = or->pruned->list[0]->slack;
	const double least = (or->threshold - or->rest[or->essential]) * (2 - slack);

	or->candidate_count = or->pruned->segment->kernels->above(
					or->sum, NDX_WINDOW_LEN,
					least > 0 ? (float)least * 0.999999f : 0, or->offset);
	for (size_t c = 0; c < or->candidate_count; c++) {
		or->candidate[c] = or->base + or->offset[c];
		or->score[c] = or->sum[or->offset[c]];
	}
	memset(or->sum, 0, sizeof(or->sum));
}

static enum ndx_status
rank_window(struct window_or * or, struct ndx_err *err)
{
	struct ndx_pruned *pruned = or->pruned;
	enum ndx_status status = NDX_OK;

	or->candidate_count = 0;
	for (size_t i = 0; status == NDX_OK && i < or->essential; i++)
		status = add_essential(or, i, err);
	if (status != NDX_OK)
		return status;
	if (or->essential > 1)
		find_candidates(or);
	for (size_t i = or->essential; status == NDX_OK && i < pruned->count; i++)
		if (or->bound[i] > 0)
			status = ndx_scored_list_add_some(
				pruned->list[i], or->rest[i + 1], or->threshold, & or->places,
				or->candidate, or->score, & or->candidate_count, err);
	for (size_t c = 0; status == NDX_OK && c < or->candidate_count; c++)
		if (!ndx_pruned_offer(pruned, or->candidate[c], or->score[c]))
			status = ndx_fail_nomem(err);
	return status;
}

enum ndx_status
ndx_block_max_or(struct ndx_pruned *pruned, struct ndx_err *err)
{
	struct window_or * or = ndx_arena_take(pruned->arena, sizeof(* or));
	ndx_docid from = 0;
	enum ndx_status status = NDX_OK;

	if (or == NULL)
		return ndx_fail_nomem(err);
	memset(or->sum, 0, sizeof(or->sum));
	memset(& or->places, 0, sizeof(or->places));
	or->pruned = pruned;
	or->bound = ndx_arena_alloc(pruned->arena, pruned->count * sizeof(* or->bound));
	or->rest = ndx_arena_alloc(pruned->arena, (pruned->count + 1) * sizeof(* or->rest));
	if (or->bound == NULL || or->rest == NULL)
		return ndx_fail_nomem(err);
	while (status == NDX_OK &&
	       (from = skip_lists(pruned, from)) < pruned->segment->article_count) {
		or->base = from / NDX_WINDOW_LEN * NDX_WINDOW_LEN;
		or->last = or->base + (NDX_WINDOW_LEN - 1);
		or->threshold = (double)ndx_topk_threshold(pruned->top);
		set_bounds(or);
		if (or->essential > 0)
			status = rank_window(or, err);
		from = or->base + NDX_WINDOW_LEN;
	}
	return status;
}
