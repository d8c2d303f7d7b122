/*
 * run.c - run a parsed query over all segments of an index
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/run.h"

#include "common/column.h"
#include "common/impact.h"
#include "searcher/found_order.h"
#include "searcher/plan.h"
#include "searcher/segment_run.h"

/* Append the best of one segment to the result. */
static enum ndx_status
take_best(const struct ndx_index *index, uint32_t segment_index, const struct ndx_topk *top,
          struct ndx_run_result *result, size_t *count_max, struct ndx_err *err)
{
	const struct ndx_segment *segment = &index->segment[segment_index];
	struct ndx_column dates;
	enum ndx_status status = NDX_OK;

	if (top->count == 0)
		return NDX_OK;
	if (!ndx_grow(index->env->mem, &result->found, count_max, result->count + top->count,
	              sizeof(*result->found)))
		return ndx_fail_nomem(err);
	status = ndx_column_open(segment, NDX_PART_DATES, &dates, err);
	for (size_t i = 0; status == NDX_OK && i < top->count; i++) {
		struct ndx_found found = { segment_index, top->item[i].docid, top->item[i].score,
			                   NDX_NO_DATE };

		if (found.docid < segment->dated_count)
			status = ndx_column_get(&dates, found.docid, &found.date, err);
		result->found[result->count++] = found;
	}
	return status;
}

/* After a segment: the score that at least k articles of all so far reach. */
static enum ndx_status
raise_floor(struct ndx_topk *all, const struct ndx_topk *top, struct ndx_err *err)
{
	ndx_topk_raise(all, top->floor);
	for (size_t i = 0; i < top->count; i++) {
		const struct ndx_ranked item = { ndx_topk_key(top->item[i].score), 0,
			                         top->item[i].score };

		if (!ndx_topk_push(all, item))
			return ndx_fail_nomem(err);
	}
	if (all->k > 0)
		ndx_topk_raise(all, ndx_topk_threshold(all));
	return NDX_OK;
}

static enum ndx_status
run_segments(const struct ndx_plan *plan, const struct ndx_run_options *options,
             struct ndx_run_result *result, struct ndx_err *err)
{
	const struct ndx_index *index = plan->index;
	struct ndx_topk all;
	size_t count_max = 0;
	enum ndx_status status = NDX_OK;

	ndx_topk_init(&all, index->env->mem, options->nbest);
	for (uint32_t i = 0; status == NDX_OK && i < index->manifest.segment_count; i++) {
		struct ndx_topk top;

		ndx_topk_init(&top, index->env->mem, options->nbest);
		top.floor = all.floor;
		status = ndx_segment_run(plan, &index->segment[i], options, &top, &result->total,
		                         err);
		if (status == NDX_OK)
			status = take_best(index, i, &top, result, &count_max, err);
		if (status == NDX_OK && i + 1 < index->manifest.segment_count)
			status = raise_floor(&all, &top, err);
		ndx_topk_free(&top);
	}
	ndx_topk_free(&all);
	return status;
}

static enum ndx_status
take_stats(const struct ndx_plan *plan, struct ndx_run_result *result, struct ndx_err *err)
{
	result->stats =
		ndx_alloc(plan->index->env->mem, plan->scoring_count * sizeof(*result->stats));
	if (result->stats == NULL)
		return ndx_fail_nomem(err);
	for (; result->stats_count < plan->scoring_count; result->stats_count++) {
		const struct ndx_leaf *leaf = &plan->leaf[plan->by_rank[result->stats_count]];

		result->stats[result->stats_count] =
			(struct ndx_leaf_stats){ leaf->node, leaf->df, (float)leaf->idf,
			                         leaf->weight };
	}
	return NDX_OK;
}

enum ndx_status
ndx_run(const struct ndx_index *index, const struct ndx_query *query,
        const struct ndx_run_options *options, struct ndx_run_result *result_ret,
        struct ndx_err *err)
{
	struct ndx_run_result result = { 0 };
	struct ndx_arena *arena = ndx_arena_new(index->env->mem);
	struct ndx_plan plan;
	enum ndx_status status;

	if (arena == NULL)
		return ndx_fail_nomem(err);
	status = ndx_plan_make(index, query, options, arena, &plan, err);
	if (status == NDX_OK)
		status = run_segments(&plan, options, &result, err);
	if (status == NDX_OK)
		status = take_stats(&plan, &result, err);
	if (status == NDX_OK && index->manifest.segment_count > 1)
		status = ndx_found_sort(index, options->sort, result.found, result.count, err);
	if (result.count > options->nbest)
		result.count = options->nbest;
	ndx_arena_free(arena);
	if (status != NDX_OK)
		ndx_run_result_free(index, &result);
	else
		*result_ret = result;
	return status;
}

enum ndx_status
ndx_run_count(const struct ndx_index *index, const struct ndx_query *query, uint64_t *count_ret,
              struct ndx_err *err)
{
	const struct ndx_run_options options = {
		.want_total = true, .k1 = NDX_K1, .b = NDX_B, .title_weight = NDX_TITLE_WEIGHT
	};
	struct ndx_run_result result;
	const enum ndx_status status = ndx_run(index, query, &options, &result, err);

	if (status == NDX_OK) {
		*count_ret = result.total;
		ndx_run_result_free(index, &result);
	}
	return status;
}

void
ndx_run_result_free(const struct ndx_index *index, struct ndx_run_result *result)
{
	ndx_free(index->env->mem, result->found);
	ndx_free(index->env->mem, result->stats);
	*result = (struct ndx_run_result){ 0 };
}

enum ndx_status
ndx_run_score_parts(const struct ndx_index *index, const struct ndx_query *query,
                    const struct ndx_run_options *options, const struct ndx_found *found,
                    size_t count, float *score, struct ndx_err *err)
{
	struct ndx_arena *arena = ndx_arena_new(index->env->mem);
	struct ndx_plan plan;
	enum ndx_status status = arena == NULL
	                                 ? ndx_fail_nomem(err)
	                                 : ndx_plan_make(index, query, options, arena, &plan, err);

	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_segment_score_parts(&plan, &index->segment[found[i].segment],
		                                 found[i].docid, score + i * plan.scoring_count,
		                                 err);
	ndx_arena_free(arena);
	return status;
}
