/*
 * leaf_list.c - see leaf_list.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/leaf_list.h"

#include "common/pairs.h"

/* The df of a word of a phrase, in whatever field; 0: the segment lacks it. */
static enum ndx_status
df_anywhere(const struct ndx_plan *plan, const struct ndx_segment *segment, uint32_t leaf,
            size_t slot, uint32_t *df_ret, struct ndx_err *err)
{
	const struct ndx_node *node = plan->leaf[leaf].node;
	struct ndx_plan_term term = *ndx_plan_term(plan, segment, leaf, slot);
	enum ndx_status status = NDX_OK;

	if (node->field != NDX_FIELD_ANY)
		status = ndx_plan_find(segment, NDX_FIELD_ANY, node->slot[slot].term.term,
		                       &term.info, &term.found, err);
	*df_ret = term.found ? term.info.df : 0;
	return status;
}

enum ndx_status
ndx_pair_find(const struct ndx_plan *plan, const struct ndx_segment *segment, uint32_t leaf,
              size_t slot, bool *kept_ret, bool *found_ret, struct ndx_term_info *info_ret,
              struct ndx_err *err)
{
	const struct ndx_node *node = plan->leaf[leaf].node;
	uint8_t key[NDX_KEY_SIZE_MAX];
	const size_t key_size =
		ndx_pairs_key(node->field == NDX_FIELD_ANY ? NDX_FIELD_PAIR : NDX_FIELD_TITLE_PAIR,
	                      node->slot[slot].term.term, node->slot[slot + 1].term.term, key);
	uint32_t df[2] = { 0, 0 };
	enum ndx_status status;

	*kept_ret = *found_ret = false;
	/* source:"new york" has no list of its own, whatever those of titles say */
	if ((node->field != NDX_FIELD_ANY && node->field != NDX_FIELD_TITLE) || key_size == 0 ||
	    segment->article_count < NDX_PAIRS_ARTICLES_MIN ||
	    (plan->without & NDX_WITHOUT_PAIRS) != 0)
		return NDX_OK;
	status = df_anywhere(plan, segment, leaf, slot, &df[0], err);
	if (status == NDX_OK && df[0] > 0 && ndx_pairs_may_have(df[0], segment->article_count))
		status = df_anywhere(plan, segment, leaf, slot + 1, &df[1], err);
	if (status != NDX_OK || df[1] == 0 || !ndx_pairs_have(df[0], df[1], segment->article_count))
		return status;
	*kept_ret = true;
	return ndx_termdict_find(segment, key, key_size, info_ret, found_ret, err);
}

enum ndx_status
ndx_leaf_list_find(const struct ndx_plan *plan, const struct ndx_segment *segment, uint32_t leaf,
                   struct ndx_leaf_list *list_ret, struct ndx_err *err)
{
	const struct ndx_node *node = plan->leaf[leaf].node;

	*list_ret = (struct ndx_leaf_list){ .is_list = false };
	if (node->field == NDX_FIELD_ID)
		return NDX_OK;
	if (node->kind == NDX_NODE_TERM) {
		const struct ndx_plan_term *term = ndx_plan_term(plan, segment, leaf, 0);

		list_ret->is_list = true;
		list_ret->first = node->term.term;
		list_ret->found = term->found;
		list_ret->info = term->info;
		return NDX_OK;
	}
	if (node->kind != NDX_NODE_PHRASE || node->slop != 0 || node->slot_count != 2 ||
	    node->slot[1].position - node->slot[0].position != 1 ||
	    (node->field != NDX_FIELD_ANY && node->field != NDX_FIELD_TITLE) ||
	    node->slot[0].term.exact || node->slot[1].term.exact)
		return NDX_OK;
	list_ret->is_pair = true;
	list_ret->first = node->slot[0].term.term;
	list_ret->second = node->slot[1].term.term;
	return ndx_pair_find(plan, segment, leaf, 0, &list_ret->is_list, &list_ret->found,
	                     &list_ret->info, err);
}

enum ndx_status
ndx_leaf_list_title(const struct ndx_segment *segment, const struct ndx_leaf_list *list,
                    struct ndx_term_info *info_ret, bool *found_ret, struct ndx_err *err)
{
	uint8_t key[NDX_KEY_SIZE_MAX];

	if (!list->is_pair)
		return ndx_plan_find(segment, NDX_FIELD_TITLE, list->first, info_ret, found_ret,
		                     err);
	*found_ret = false;
	return ndx_termdict_find(
		segment, key, ndx_pairs_key(NDX_FIELD_TITLE_PAIR, list->first, list->second, key),
		info_ret, found_ret, err);
}
