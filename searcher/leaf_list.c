/*
 * leaf_list.c - see leaf_list.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/leaf_list.h"

#include "common/pairs.h"

enum ndx_status
ndx_pair_find(const struct ndx_segment *segment, enum ndx_field field, struct ndx_str first,
              struct ndx_str second, bool *kept_ret, bool *found_ret,
              struct ndx_term_info *info_ret, struct ndx_err *err)
{
	struct ndx_term_info words[2];
	uint8_t key[NDX_KEY_SIZE_MAX];
	const size_t key_size = ndx_pairs_key(
	        field == NDX_FIELD_ANY ? NDX_FIELD_PAIR : NDX_FIELD_TITLE_PAIR, first, second, key);
	bool has_first = false, has_second = false;
	enum ndx_status status;

	*kept_ret = *found_ret = false;
	if (key_size == 0 || segment->article_count < NDX_PAIRS_ARTICLES_MIN)
		return NDX_OK;
	status = ndx_plan_find(segment, NDX_FIELD_ANY, first, &words[0], &has_first, err);
	if (status == NDX_OK && has_first &&
	    ndx_pairs_may_have(words[0].df, segment->article_count))
		status = ndx_plan_find(segment, NDX_FIELD_ANY, second, &words[1], &has_second, err);
	if (status != NDX_OK || !has_second ||
	    !ndx_pairs_have(words[0].df, words[1].df, segment->article_count))
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
		list_ret->is_list = true;
		list_ret->first = node->term.term;
		return ndx_plan_find(segment, node->field, node->term.term, &list_ret->info,
		                     &list_ret->found, err);
	}
	if (node->kind != NDX_NODE_PHRASE || node->slop != 0 || node->slot_count != 2 ||
	    node->slot[1].position - node->slot[0].position != 1 ||
	    (node->field != NDX_FIELD_ANY && node->field != NDX_FIELD_TITLE))
		return NDX_OK;
	list_ret->is_pair = true;
	list_ret->first = node->slot[0].term.term;
	list_ret->second = node->slot[1].term.term;
	return ndx_pair_find(segment, node->field, list_ret->first, list_ret->second,
	                     &list_ret->is_list, &list_ret->found, &list_ret->info, err);
}

enum ndx_status
ndx_leaf_list_title(const struct ndx_segment *segment, const struct ndx_leaf_list *list,
                    struct ndx_term_info *info_ret, bool *found_ret, struct ndx_err *err)
{
	uint8_t key[NDX_KEY_SIZE_MAX];

	if (!list->is_pair)
		return ndx_plan_find(segment, NDX_FIELD_TITLE, list->first, info_ret, found_ret, err);
	*found_ret = false;
	return ndx_termdict_find(segment, key,
	                         ndx_pairs_key(NDX_FIELD_TITLE_PAIR, list->first, list->second, key),
	                         info_ret, found_ret, err);
}
