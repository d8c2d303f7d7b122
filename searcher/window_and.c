/*
 * window_and.c - the best articles that have all of several terms, none of them rare, or their
 * count, too
 *
 * Window by window: the articles with all terms are found as words of bits, which costs little;
 * what costs is scoring them.  A window whose bounds, summed over the terms, stay below the
 * threshold is passed over.  Of the others, terms are scored in the order in which scores are
 * summed, so the heaviest first, and an article goes as soon as its sum so far, with the bound of
 * the block in which it has the term and those of the terms to come, is below the threshold. Blocks
 * in which no article is left are not decoded.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/occurrences.h"
#include "searcher/pruned.h"

struct window_and {
	struct ndx_pruned *pruned;
	uint32_t *by_df; /* lists, rarest first */
	double *bound;   /* of list i in the window */
	double *rest;    /* rest[i]: the sum of the bounds of list i and all after; [count + 1] */
	double threshold;
	struct ndx_candidates candidates;
	float sum[NDX_WINDOW_LEN]; /* of the candidates' scores so far */
};

/* The window of the next docid, from 'from' on, that all terms may have; NDX_DOCID_NONE: there is
 * none. */
static ndx_docid
next_window(const struct window_and *and, ndx_docid from)
{
	ndx_docid docid = from;

	for (size_t i = 0; i < and->pruned->count && docid != NDX_DOCID_NONE;) {
		const ndx_docid next =
			ndx_scored_list_skip(and->pruned->list[ and->by_df[i]], docid);

		/* Back to the first for what lies in a later window; within one it makes no
		 * difference. */
		i = next != NDX_DOCID_NONE && next / NDX_WINDOW_LEN > docid / NDX_WINDOW_LEN &&
		                    i > 0
		            ? 0
		            : i + 1;
		docid = next;
	}
	return docid == NDX_DOCID_NONE ? docid : docid / NDX_WINDOW_LEN * NDX_WINDOW_LEN;
}

/* Can any article of the window reach the threshold? */
static bool
set_bounds(struct window_and *and, ndx_docid base)
{
	struct ndx_pruned *pruned = and->pruned;

	and->rest[pruned->count] = 0;
	for (size_t i = pruned->count; i-- > 0;) {
		const double bound =
			ndx_scored_list_range_bound(pruned->list[i], base + (NDX_WINDOW_LEN - 1));

		if (bound < 0)
			return false;
		and->bound[i] = bound;
		and->rest[i] = and->rest[i + 1] + bound;
	}
	return and->rest[0] >= and->threshold;
}

/*
 * Set the bits of the window's articles with the rarest term, but for blocks that with the other
 * terms' bounds stay below the threshold.
 */
static enum ndx_status
fill_rarest(struct window_and *and, struct ndx_window *window, struct ndx_err *err)
{
	const uint32_t which = and->by_df[0];
	struct ndx_scored_list *list = and->pruned->list[which];
	const double others = and->rest[0] - and->bound[which];
	const ndx_docid last = window->base + (NDX_WINDOW_LEN - 1);
	enum ndx_status status = NDX_OK;

	for (uint32_t block = list->block; status == NDX_OK && block < list->list.block_count;
	     block++) {
		/* The subtraction in 'others' is rounded, too: hence the slack. */
		if ((others + ndx_scored_list_block_bound(list, block)) * list->slack >=
		            and->threshold)
			status = ndx_lookup_fill_block(&list->list, block, window, err);
		if (ndx_postings_block_last(&list->list, block) >= last)
			break;
	}
	return status;
}

/*
 * Set the bits of the window's articles that have all terms, deleted ones aside; of those that are
 * good enough, unless all are wanted.
 */
static enum ndx_status
find_matches(struct window_and *and, bool all, struct ndx_window *window, struct ndx_err *err)
{
	struct ndx_pruned *pruned = and->pruned;
	struct ndx_scored_list *list = pruned->list[ and->by_df[0]];
	enum ndx_status status = all ? ndx_lookup_fill(&list->list, &list->block, window, err)
	                             : fill_rarest(and, window, err);

	for (size_t i = 1; status == NDX_OK && i < pruned->count && !ndx_window_is_empty(window);
	     i++) {
		list = pruned->list[ and->by_df[i]];
		status = ndx_lookup_keep(&list->list, &list->block, window, err);
	}
	ndx_window_drop_deleted(window, pruned->segment->tombstones, &pruned->dead_at);
	return status;
}

static enum ndx_status
rank_matches(struct window_and *and, const struct ndx_window *window, struct ndx_err *err)
{
	struct ndx_pruned *pruned = and->pruned;
	struct ndx_candidates *candidates = &and->candidates;
	enum ndx_status status = NDX_OK;

	ndx_candidates_set(candidates, window, pruned->segment->kernels);
	memset(and->sum, 0, candidates->count * sizeof(and->sum[0]));
	for (size_t i = 0; status == NDX_OK && i < pruned->count; i++)
		if (pruned->list[i]->weight > 0)
			status = ndx_scored_list_add(
				pruned->list[i], and->rest[i + 1], and->threshold,
				candidates->docid, and->sum, &candidates->count, err);
	for (size_t c = 0; status == NDX_OK && c < candidates->count; c++)
		if (!ndx_topk_offer(pruned->top, candidates->docid[c], and->sum[c]))
			status = ndx_fail_nomem(err);
	return status;
}

static enum ndx_status
rank_windows(struct window_and *and, struct ndx_err *err)
{
	struct ndx_pruned *pruned = and->pruned;
	struct ndx_window window;
	ndx_docid base = 0;
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && base < pruned->segment->article_count &&
	       (base = next_window(and, base)) != NDX_DOCID_NONE) {
		bool is_good;

		and->threshold = (double)ndx_topk_threshold(pruned->top);
		is_good = set_bounds(and, base);
		if (is_good || pruned->counts) {
			ndx_window_clear(&window, base);
			status = find_matches(and, pruned->counts, &window, err);
			if (pruned->counts)
				pruned->matched +=
					ndx_window_count(&window, pruned->segment->kernels);
		}
		if (status == NDX_OK && is_good && !ndx_window_is_empty(&window))
			status = rank_matches(and, &window, err);
		if (base >= UINT32_MAX - NDX_WINDOW_LEN)
			break;
		base += NDX_WINDOW_LEN;
	}
	return status;
}

enum ndx_status
ndx_windows_and(struct ndx_pruned *pruned, struct ndx_err *err)
{
	struct window_and *and = ndx_arena_take(pruned->arena, sizeof(*and));

	if (and == NULL)
		return ndx_fail_nomem(err);
	and->pruned = pruned;
	and->by_df = ndx_arena_alloc(pruned->arena, pruned->count * sizeof(*and->by_df));
	and->rest = ndx_arena_alloc(pruned->arena, (pruned->count + 1) * sizeof(*and->rest));
	and->bound = ndx_arena_alloc(pruned->arena, pruned->count * sizeof(*and->bound));
	if (and->by_df == NULL || and->rest == NULL || and->bound == NULL)
		return ndx_fail_nomem(err);
	ndx_pruned_order_by_df(pruned, and->by_df);
	return rank_windows(and, err);
}
