/*
 * pruned.h - ways to the best articles that pass over what cannot be among them
 *
 * Each is for one shape of query, one a file.  They find what run_windows() finds, to the bit: a
 * score is summed in the same order, and only what is bounded strictly below the
 * threshold is passed over.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PRUNED_H
#define NDX_SEARCHER_PRUNED_H

#include "searcher/scored_list.h"
#include "searcher/topk.h"

/* The lists of a query's terms in one segment. */
struct ndx_pruned {
	const struct ndx_plan *plan;
	const struct ndx_segment *segment;
	struct ndx_arena *arena;
	struct ndx_topk *top;
	struct ndx_scored_list **list; /* in the order of summing; those that score nothing last */
	size_t count;
	uint32_t dead_at; /* index in the tombstones */
	bool counts;      /* all matches are to be counted, if that costs little: then ... */
	bool has_counted; /* ... this says that they are, ... */
	uint64_t matched; /* ... and this how many */
};

/* One term; any of some terms; all of some terms. */
enum ndx_status ndx_block_max_term(struct ndx_pruned *pruned, struct ndx_err *err);
enum ndx_status ndx_block_max_or(struct ndx_pruned *pruned, struct ndx_err *err);
enum ndx_status ndx_block_max_and(struct ndx_pruned *pruned, struct ndx_err *err);
enum ndx_status ndx_windows_and(struct ndx_pruned *pruned, struct ndx_err *err);

/* Which list is the rarest, and so on: into by_df[pruned->count]. */
void ndx_pruned_order_by_df(const struct ndx_pruned *pruned, uint32_t *by_df);

/*
 * Rank by score into *top if one of these can; *done_ret says whether.  'top' as for
 * ndx_segment_run(), left unsorted.  With count_ret not NULL, *counted_ret says whether all
 * matches were counted on the way, into *count_ret.
 */
enum ndx_status ndx_pruned_rank(const struct ndx_plan *plan, const struct ndx_segment *segment,
                                struct ndx_topk *top, bool *done_ret, bool *counted_ret,
                                uint64_t *count_ret, struct ndx_err *err);

/* How many live articles of the segment match, if statistics tell; false if they do not. */
enum ndx_status ndx_pruned_count(const struct ndx_plan *plan, const struct ndx_segment *segment,
                                 bool *known_ret, uint64_t *count_ret, struct ndx_err *err);

/* Offer an article, in the order of rising docids; false: out of memory. */
static inline bool
ndx_pruned_offer(struct ndx_pruned *pruned, ndx_docid docid, float score)
{
	const struct ndx_tombstones *dead = pruned->segment->tombstones;

	if (dead != NULL && score >= ndx_topk_threshold(pruned->top)) {
		pruned->dead_at = ndx_tombstones_find(dead, docid, pruned->dead_at);
		if (pruned->dead_at < dead->count && dead->docid[pruned->dead_at] == docid)
			return true;
	}
	return ndx_topk_offer(pruned->top, docid, score);
}

#endif
