/*
 * spans_near.h - of the words of a NEAR, those that are near
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_SPANS_NEAR_H
#define NDX_SEARCHER_SPANS_NEAR_H

#include "searcher/spans.h"

/* A mark and the positions that it covers; 'sentence' is that of the first. */
struct ndx_placed_mark {
	struct ndx_mark mark;
	uint32_t first, last, sentence;
};

/* A NEAR, ONEAR or SENTENCE: leaves from .. middle - 1 are its left side, middle .. end - 1 its
 * right one. */
struct ndx_near_leaves {
	const struct ndx_node *node;
	uint32_t from, middle, end;
	uint64_t distance; /* with those of what is nested in it, whose words count one by one */
};

/*
 * Drop the marks of near's leaves that have none of its other side in reach; returns how many of
 * mark[count] are left, in the same order, or SIZE_MAX if there is no memory.  Of nested ones the
 * inner comes first.
 */
size_t ndx_near_marks(const struct ndx_mem *mem, const struct ndx_near_leaves *near,
                      struct ndx_placed_mark *mark, size_t count);

#endif
