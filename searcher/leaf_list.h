/*
 * leaf_list.h - the postings list that alone answers a leaf of the plan in a segment
 *
 * A term has its own; two adjacent frequent words have that of their pair (see common/pairs.h).
 * Other phrases have none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_LEAF_LIST_H
#define NDX_SEARCHER_LEAF_LIST_H

#include "common/termdict.h"
#include "searcher/plan.h"

struct ndx_leaf_list {
	bool is_list; /* false: the leaf is answered otherwise */
	bool is_pair;
	bool found; /* the segment has the list; else nothing in it matches */
	struct ndx_term_info info;
	struct ndx_str first, second; /* of a pair; else 'first' alone */
};

enum ndx_status ndx_leaf_list_find(const struct ndx_plan *plan, const struct ndx_segment *segment,
                                   uint32_t leaf, struct ndx_leaf_list *list_ret,
                                   struct ndx_err *err);

/* The same words' list in the title, of a leaf of field ANY; *found_ret: there is one. */
enum ndx_status ndx_leaf_list_title(const struct ndx_segment *segment,
                                    const struct ndx_leaf_list *list,
                                    struct ndx_term_info *info_ret, bool *found_ret,
                                    struct ndx_err *err);

/*
 * Is there a list in the segment of the pair of words in places 'slot' and slot + 1 of a phrase?
 * *kept_ret: one would be kept; *found_ret: and it has postings, *info_ret.  None is kept for
 * fields other than ANY and TITLE.
 */
enum ndx_status ndx_pair_find(const struct ndx_plan *plan, const struct ndx_segment *segment,
                              uint32_t leaf, size_t slot, bool *kept_ret, bool *found_ret,
                              struct ndx_term_info *info_ret, struct ndx_err *err);

#endif
