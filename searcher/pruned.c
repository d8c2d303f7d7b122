/*
 * pruned.c - which of the pruned ways a query can go, and where to begin
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/pruned.h"

#include "searcher/leaf_list.h"

/*
 * Postings of the rarest of three lists or more in a window, on average, from which the window's
 * bits pay: measured.
 */
#define PER_WINDOW_MIN 600

enum shape { SHAPE_NONE, SHAPE_TERM, SHAPE_OR, SHAPE_AND };

/* Is the node a leaf with a list of its own (see leaf_list.h), in this segment? */
static bool
is_list(const struct ndx_pruned *pruned, const struct ndx_plan_node *node, bool needs_score)
{
	struct ndx_leaf_list list;

	return node->kind == NDX_PLAN_LEAF &&
	       (pruned->plan->leaf[node->leaf].scores || !needs_score) &&
	       ndx_leaf_list_find(pruned->plan, pruned->segment, node->leaf, &list, NULL) ==
	               NDX_OK &&
	       list.is_list;
}

static enum shape
shape_of(const struct ndx_pruned *pruned)
{
	const struct ndx_plan *plan = pruned->plan;
	const struct ndx_plan_node *root = plan->root;

	if (is_list(pruned, root, true))
		return SHAPE_TERM;
	if (root->should_count > 0 || root->except_count > 0 || root->count == 0)
		return SHAPE_NONE;
	for (size_t i = 0; i < root->count; i++)
		if (!is_list(pruned, root->child[i], root->kind == NDX_PLAN_OR))
			return SHAPE_NONE;
	if (root->kind == NDX_PLAN_OR)
		return SHAPE_OR;
	return plan->scoring_count > 0 ? SHAPE_AND : SHAPE_NONE;
}

static enum ndx_status
add_list(struct ndx_pruned *pruned, uint32_t leaf, bool *found_ret, struct ndx_err *err)
{
	struct ndx_scored_list *list = ndx_arena_take(pruned->arena, sizeof(*list));
	enum ndx_status status;

	if (list == NULL)
		return ndx_fail_nomem(err);
	status = ndx_scored_list_open(pruned->plan, pruned->segment, leaf, list, found_ret, err);
	if (status == NDX_OK && *found_ret) {
		status =
			ndx_scored_list_bind(list, pruned->plan->scoring_count, pruned->arena, err);
		pruned->list[pruned->count++] = list;
	}
	return status;
}

/* *lacks_ret: some term is not in the segment. */
static enum ndx_status
open_lists(struct ndx_pruned *pruned, bool *lacks_ret, struct ndx_err *err)
{
	const struct ndx_plan *plan = pruned->plan;
	enum ndx_status status = NDX_OK;
	bool found;

	*lacks_ret = false;
	pruned->list = ndx_arena_alloc(pruned->arena, plan->leaf_count * sizeof(*pruned->list));
	if (pruned->list == NULL)
		return ndx_fail_nomem(err);
	for (size_t rank = 0; status == NDX_OK && rank < plan->scoring_count; rank++) {
		status = add_list(pruned, plan->by_rank[rank], &found, err);
		*lacks_ret |= status == NDX_OK && !found;
	}
	for (uint32_t leaf = 0; status == NDX_OK && leaf < plan->leaf_count; leaf++) {
		if (plan->leaf[leaf].scores)
			continue;
		status = add_list(pruned, leaf, &found, err);
		*lacks_ret |= status == NDX_OK && !found;
	}
	return status;
}

/*
 * What at least k articles of the segment score, by one term alone, if none of them is deleted:
 * where further terms only add, none below is among the k best.
 */
static void
raise_floor(const struct ndx_pruned *pruned)
{
	const struct ndx_plan *plan = pruned->plan;
	const unsigned i = pruned->top->k <= 10 ? 0 : pruned->top->k <= 100 ? 1 : 2;

	if (pruned->segment->tombstones != NULL || plan->title_weight < 1 ||
	    pruned->top->k > 1000 || (plan->without & NDX_WITHOUT_THRESHOLDS) != 0)
		return;
	for (size_t t = 0; t < pruned->count; t++) {
		const struct ndx_scored_list *list = pruned->list[t];
		struct ndx_impact least;

		if (ndx_postings_threshold(&list->list, i, &least)) {
			double tf = (double)least.tf;
			double score =
				(double)list->weight * tf / (tf + (double)plan->length[least.norm]);

			ndx_topk_raise(pruned->top, (float)(score * (2 - list->slack)));
		}
	}
}

void
ndx_pruned_order_by_df(const struct ndx_pruned *pruned, uint32_t *by_df)
{
	struct ndx_scored_list **list = pruned->list;

	for (uint32_t i = 0; i < pruned->count; i++) {
		uint32_t j = i;

		for (; j > 0 && list[by_df[j - 1]]->list.info.df > list[i]->list.info.df; j--)
			by_df[j] = by_df[j - 1];
		by_df[j] = i;
	}
}

/* Of all of several terms: windows, or the blocks of the rarest?  Counting needs windows. */
static bool
goes_by_windows(const struct ndx_pruned *pruned)
{
	const unsigned without = pruned->plan->without;
	uint32_t df = UINT32_MAX;

	if (pruned->counts || (without & NDX_WITHOUT_AND_BLOCKS) != 0)
		return true;
	if (pruned->count <= 2 || (without & NDX_WITHOUT_AND_WINDOWS) != 0)
		return false;
	for (size_t i = 0; i < pruned->count; i++)
		df = pruned->list[i]->list.info.df < df ? pruned->list[i]->list.info.df : df;
	return (uint64_t)df * NDX_WINDOW_LEN / pruned->segment->article_count >= PER_WINDOW_MIN;
}

static enum ndx_status
rank(struct ndx_pruned *pruned, enum shape shape, struct ndx_err *err)
{
	bool lacks;
	enum ndx_status status = open_lists(pruned, &lacks, err);

	if (status != NDX_OK || pruned->count == 0 || (shape == SHAPE_AND && lacks))
		return status;
	if (shape == SHAPE_AND && pruned->count > 1) {
		/* One term and filters: its bounds spare most, and bits alone count the rest
		 * afterwards. */
		if (pruned->plan->scoring_count == 1) {
			pruned->counts = false;
			return ndx_block_max_and(pruned, err);
		}
		pruned->has_counted = pruned->counts;
		return goes_by_windows(pruned) ? ndx_windows_and(pruned, err)
		                               : ndx_block_max_and(pruned, err);
	}
	raise_floor(pruned);
	return pruned->count == 1 ? ndx_block_max_term(pruned, err) : ndx_block_max_or(pruned, err);
}

enum ndx_status
ndx_pruned_rank(const struct ndx_plan *plan, const struct ndx_segment *segment,
                struct ndx_topk *top, bool *done_ret, bool *counted_ret, uint64_t *count_ret,
                struct ndx_err *err)
{
	struct ndx_pruned pruned = {
		.plan = plan, .segment = segment, .top = top, .counts = count_ret != NULL
	};
	const enum shape shape = shape_of(&pruned);
	enum ndx_status status;

	*done_ret = shape != SHAPE_NONE;
	if (shape == SHAPE_NONE)
		return NDX_OK;
	pruned.arena = ndx_arena_new(segment->env->mem);
	if (pruned.arena == NULL)
		return ndx_fail_nomem(err);
	status = rank(&pruned, shape, err);
	ndx_arena_free(pruned.arena);
	if (pruned.has_counted) {
		*counted_ret = true;
		*count_ret = pruned.matched;
	}
	return status;
}

enum ndx_status
ndx_pruned_count(const struct ndx_plan *plan, const struct ndx_segment *segment, bool *known_ret,
                 uint64_t *count_ret, struct ndx_err *err)
{
	const struct ndx_tombstones *dead = segment->tombstones;
	const struct ndx_plan_node *root = plan->root;
	struct ndx_leaf_list list = { .is_list = false };
	enum ndx_status status = NDX_OK;

	*count_ret = 0;
	*known_ret = root->kind == NDX_PLAN_ALL;
	if (*known_ret)
		*count_ret = segment->article_count - (dead == NULL ? 0 : dead->count);
	if (root->kind == NDX_PLAN_LEAF)
		status = ndx_leaf_list_find(plan, segment, root->leaf, &list, err);
	/* tombstones carry no corrections for pairs */
	if (status != NDX_OK || !list.is_list || (list.is_pair && dead != NULL))
		return status;
	*known_ret = true;
	if (list.found)
		*count_ret =
			list.info.df -
			(list.is_pair ? 0 : ndx_tombstones_correction(dead, list.info.ordinal).df);
	return NDX_OK;
}
