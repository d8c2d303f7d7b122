/*
 * matcher.c - matchers for a plan; and those that need no file of their own
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/matcher.h"

#include "common/column.h"
#include "common/docstore.h"
#include "searcher/leaf_list.h"

void
ndx_window_drop_deleted(struct ndx_window *window, const struct ndx_tombstones *dead, uint32_t *at)
{
	const ndx_docid base = window->base;

	if (dead == NULL)
		return;
	*at = ndx_tombstones_find(dead, base, *at);
	for (uint32_t i = *at; i < dead->count && dead->docid[i] - base < NDX_WINDOW_LEN; i++)
		window->bits[(dead->docid[i] - base) / 64] &= ~(UINT64_C(1) << dead->docid[i] % 64);
}

/* All articles, one of them, or none: those from 'first' up to 'end'. */
struct range {
	struct ndx_matcher base;
	ndx_docid first, end;
};

static enum ndx_status
range_seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	const struct range *range = (const struct range *)matcher;

	(void)err;
	*docid_ret = from < range->first ? range->first : from;
	if (*docid_ret >= range->end)
		*docid_ret = NDX_DOCID_NONE;
	return NDX_OK;
}

static enum ndx_status
range_fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	const struct range *range = (const struct range *)matcher;

	(void)err;
	for (size_t w = 0; w < NDX_WINDOW_WORDS; w++) {
		ndx_docid base = window->base + (ndx_docid)(64 * w);

		if (base >= range->first && base < range->end && range->end - base >= 64)
			window->bits[w] = UINT64_MAX;
		else if (range->end > base && range->first <= base + 63)
			for (ndx_docid i = 0; i < 64; i++)
				if (base + i >= range->first && base + i < range->end)
					window->bits[w] |= UINT64_C(1) << i;
	}
	return NDX_OK;
}

static enum ndx_status
range_keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct ndx_window mine;

	ndx_window_clear(&mine, window->base);
	range_fill(matcher, &mine, err);
	ndx_window_and(window, &mine);
	return NDX_OK;
}

static enum ndx_status
range_credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	(void)matcher;
	(void)window;
	(void)err;
	return NDX_OK;
}

static enum ndx_status
range_score(struct ndx_matcher *matcher, float *score, struct ndx_err *err)
{
	(void)matcher;
	(void)score;
	(void)err;
	return NDX_OK;
}

static const struct ndx_matcher_class range_class = { range_seek,   range_fill,  range_keep,
	                                              range_credit, range_score, NULL,
	                                              NULL };

static enum ndx_status
range_new(const struct ndx_matcher_maker *maker, ndx_docid first, ndx_docid end,
          struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct range *range = ndx_arena_alloc(maker->arena, sizeof(*range));

	if (range == NULL)
		return ndx_fail_nomem(err);
	*range = (struct range){ { &range_class, end - first }, first, end };
	*matcher_ret = &range->base;
	return NDX_OK;
}

enum ndx_status
ndx_all_new(const struct ndx_matcher_maker *maker, struct ndx_matcher **matcher_ret,
            struct ndx_err *err)
{
	return range_new(maker, 0, maker->segment->article_count, matcher_ret, err);
}

enum ndx_status
ndx_none_new(const struct ndx_matcher_maker *maker, struct ndx_matcher **matcher_ret,
             struct ndx_err *err)
{
	return range_new(maker, 0, 0, matcher_ret, err);
}

/* The first docid, from 'low' to 'high', whose date is before 'date': docids are newest first. */
static enum ndx_status
first_before(const struct ndx_column *dates, int64_t date, ndx_docid low, ndx_docid high,
             ndx_docid *docid_ret, struct ndx_err *err)
{
	while (low < high) {
		const ndx_docid middle = low + (high - low) / 2;
		int64_t at;
		enum ndx_status status = ndx_column_get(dates, middle, &at, err);

		if (status != NDX_OK)
			return status;
		if (at >= date)
			low = middle + 1;
		else
			high = middle;
	}
	*docid_ret = low;
	return NDX_OK;
}

enum ndx_status
ndx_dates_new(const struct ndx_matcher_maker *maker, const struct ndx_dates *wanted,
              struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	const ndx_docid count = maker->segment->dated_count;
	struct ndx_column dates;
	ndx_docid first = 0, end = count;
	enum ndx_status status = ndx_column_open(maker->segment, NDX_PART_DATES, &dates, err);

	if (status == NDX_OK && wanted->to < INT64_MAX)
		status = first_before(&dates, wanted->to, 0, count, &first, err);
	if (status == NDX_OK && wanted->from > INT64_MIN)
		status = first_before(&dates, wanted->from, first, count, &end, err);
	return status == NDX_OK ? range_new(maker, first, end, matcher_ret, err) : status;
}

enum ndx_status
ndx_id_new(const struct ndx_matcher_maker *maker, uint32_t leaf, struct ndx_matcher **matcher_ret,
           struct ndx_err *err)
{
	struct ndx_docstore ids;
	ndx_docid docid = 0;
	enum ndx_status status;

	ndx_docstore_init(&ids, maker->segment, NDX_PART_IDS);
	status = ndx_ids_find(&ids, maker->plan->leaf[leaf].node->term.term, &docid, err);
	ndx_docstore_free(&ids);
	if (status == NDX_E_NOT_FOUND)
		return ndx_none_new(maker, matcher_ret, err);
	return status == NDX_OK ? range_new(maker, docid, docid + 1, matcher_ret, err) : status;
}

static enum ndx_status
new_leaf(const struct ndx_matcher_maker *maker, uint32_t leaf, struct ndx_matcher **matcher_ret,
         struct ndx_err *err)
{
	const struct ndx_node *node = maker->plan->leaf[leaf].node;
	struct ndx_leaf_list list;
	enum ndx_status status = ndx_leaf_list_find(maker->plan, maker->segment, leaf, &list, err);

	if (status != NDX_OK)
		return status;
	if (node->field == NDX_FIELD_ID)
		status = ndx_id_new(maker, leaf, matcher_ret, err);
	else if (node->kind == NDX_NODE_FORMS)
		status = ndx_forms_new(maker, leaf, matcher_ret, err);
	else if (list.is_list)
		status = ndx_term_new(maker, leaf, matcher_ret, err);
	else
		status = ndx_phrase_new(maker, leaf, matcher_ret, err);
	if (status == NDX_OK)
		maker->leaf[leaf] = *matcher_ret;
	return status;
}

/* The children's matchers, from the arena. */
static enum ndx_status
new_children(const struct ndx_matcher_maker *maker, struct ndx_plan_node **node, size_t count,
             struct ndx_matcher ***child_ret, struct ndx_err *err)
{
	struct ndx_matcher **child = ndx_arena_alloc(maker->arena, count * sizeof(*child));
	enum ndx_status status = child == NULL ? ndx_fail_nomem(err) : NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_matcher_new(maker, node[i], &child[i], err);
	*child_ret = child;
	return status;
}

static enum ndx_status
new_conjunction(const struct ndx_matcher_maker *maker, const struct ndx_plan_node *node,
                struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct ndx_matcher **child;
	enum ndx_status status = new_children(maker, node->child, node->count, &child, err);

	if (status != NDX_OK)
		return status;
	if (node->count == 1) {
		*matcher_ret = child[0];
		return NDX_OK;
	}
	return ndx_conjunction_new(maker, child, node->count, matcher_ret, err);
}

static enum ndx_status
new_disjunction(const struct ndx_matcher_maker *maker, const struct ndx_plan_node *node,
                struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct ndx_matcher **child;
	enum ndx_status status = new_children(maker, node->child, node->count, &child, err);

	if (status != NDX_OK)
		return status;
	return ndx_disjunction_new(maker, child, node->count, matcher_ret, err);
}

static enum ndx_status
new_list(const struct ndx_matcher_maker *maker, const struct ndx_plan_node *node,
         struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct ndx_matcher *required, **should, **except;
	enum ndx_status status = new_conjunction(maker, node, &required, err);

	if (status == NDX_OK)
		status = new_children(maker, node->should, node->should_count, &should, err);
	if (status == NDX_OK)
		status = new_children(maker, node->except, node->except_count, &except, err);
	if (status != NDX_OK)
		return status;
	return ndx_list_new(maker, required, should, node->should_count, except, node->except_count,
	                    matcher_ret, err);
}

enum ndx_status
ndx_matcher_new(const struct ndx_matcher_maker *maker, const struct ndx_plan_node *node,
                struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	switch (node->kind) {
	case NDX_PLAN_LEAF:
		return new_leaf(maker, node->leaf, matcher_ret, err);
	case NDX_PLAN_AND:
		return new_conjunction(maker, node, matcher_ret, err);
	case NDX_PLAN_OR:
		return new_disjunction(maker, node, matcher_ret, err);
	case NDX_PLAN_LIST:
		return new_list(maker, node, matcher_ret, err);
	case NDX_PLAN_NEAR:
		return ndx_near_new(maker, node, matcher_ret, err);
	case NDX_PLAN_DATES:
		return ndx_dates_new(maker, &node->dates, matcher_ret, err);
	case NDX_PLAN_ALL:
		return ndx_all_new(maker, matcher_ret, err);
	case NDX_PLAN_NONE:
		break;
	}
	return ndx_none_new(maker, matcher_ret, err);
}
