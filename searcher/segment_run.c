/*
 * segment_run.c - run a planned query over one segment, window by window
 *
 * The plain way through everything, which is right for every tree of clauses; the
 * faster ways for some kinds of queries are held to it.  In each window: bits of what
 * matches, less the deleted; counted; and, if articles are to be ranked, the
 * scoring leaves add their scores, one leaf after the other, in falling weight.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/segment_run.h"

#include <math.h>

#include "common/column.h"
#include "searcher/pruned.h"

/* Scores of one window, and the query's matchers. */
struct runner {
	const struct ndx_plan *plan;
	const struct ndx_segment *segment;
	struct ndx_arena *arena;
	struct ndx_matcher *root;
	struct ndx_matcher **leaf; /* by leaf; NULL where no part of the tree needed it */
	uint32_t dead_at;          /* index in the tombstones */
	struct ndx_window window;
	float score[NDX_WINDOW_LEN];
};

static void
runner_close(struct runner *runner)
{
	if (runner == NULL)
		return;
	for (size_t i = 0; runner->leaf != NULL && i < runner->plan->leaf_count; i++)
		if (runner->leaf[i] != NULL && runner->leaf[i]->class->close != NULL)
			runner->leaf[i]->class->close(runner->leaf[i]);
	ndx_arena_free(runner->arena);
}

static enum ndx_status
runner_open(const struct ndx_plan *plan, const struct ndx_segment *segment,
            struct runner **runner_ret, struct ndx_err *err)
{
	struct ndx_arena *arena = ndx_arena_new(segment->env->mem);
	struct runner *runner = arena == NULL ? NULL : ndx_arena_take(arena, sizeof(*runner));
	struct ndx_matcher_maker maker = { plan, segment, arena, NULL };
	enum ndx_status status;

	if (runner == NULL) {
		ndx_arena_free(arena);
		return ndx_fail_nomem(err);
	}
	*runner_ret = runner;
	runner->plan = plan;
	runner->segment = segment;
	runner->arena = arena;
	runner->dead_at = 0;
	if (plan->scoring_count == 0) /* else each window sets them */
		memset(runner->score, 0, sizeof(runner->score));
	maker.leaf = ndx_arena_alloc(arena, (plan->leaf_count + 1) * sizeof(*maker.leaf));
	runner->leaf = maker.leaf;
	if (maker.leaf == NULL)
		status = ndx_fail_nomem(err);
	else
		status = ndx_matcher_new(&maker, plan->root, &runner->root, err);
	if (status != NDX_OK)
		runner_close(runner);
	return status;
}

/*
 * The window of the next matches from 'from' on; NDX_DOCID_NONE as its base if there are
 * none.
 */
static enum ndx_status
next_window(struct runner *runner, ndx_docid from, struct ndx_err *err)
{
	ndx_docid docid;
	enum ndx_status status = runner->root->class->seek(runner->root, from, &docid, err);

	if (status != NDX_OK)
		return status;
	runner->window.base = NDX_DOCID_NONE;
	if (docid >= runner->segment->article_count)
		return NDX_OK;
	ndx_window_clear(&runner->window, docid / NDX_WINDOW_LEN * NDX_WINDOW_LEN);
	status = runner->root->class->fill(runner->root, &runner->window, err);
	ndx_window_drop_deleted(&runner->window, runner->segment->tombstones, &runner->dead_at);
	return status;
}

static enum ndx_status
score_window(struct runner *runner, struct ndx_err *err)
{
	const struct ndx_plan *plan = runner->plan;
	enum ndx_status status = runner->root->class->credit(runner->root, &runner->window, err);

	memset(runner->score, 0, sizeof(runner->score));
	for (size_t rank = 0; status == NDX_OK && rank < plan->scoring_count; rank++) {
		struct ndx_matcher *leaf = runner->leaf[plan->by_rank[rank]];

		if (leaf != NULL)
			status = leaf->class->score(leaf, runner->score, err);
	}
	return status;
}

/* So many matches in a window from which all of its scores are compared at once. */
#define MANY 256

/* exp2() need not fall with its argument to the last bit. */
#define RECENCY_SLACK 1.000001f

/* What articles are ranked by. */
struct ranking {
	enum ndx_sort sort;
	bool scores;             /* the query has leaves that score */
	struct ndx_column dates; /* for NDX_SORT_OLDEST, and where scores depend on dates */
	const struct ndx_run_options *options;
};

float
ndx_recency(const struct ndx_run_options *options, int64_t date)
{
	double age;

	if (date == NDX_NO_DATE)
		return 0.5f;
	age = (double)options->as_of - (double)date;
	return (float)(0.5 + 0.5 * exp2(-(age > 0 ? age : 0) / (double)options->half_life_s));
}

/* What the score of an article is multiplied by. */
static enum ndx_status
weight_of(const struct runner *runner, const struct ranking *ranking, ndx_docid docid,
          float *weight_ret, struct ndx_err *err)
{
	int64_t date = NDX_NO_DATE;
	enum ndx_status status = NDX_OK;

	*weight_ret = 1;
	if (ranking->options->half_life_s == 0)
		return NDX_OK;
	if (docid < runner->segment->dated_count)
		status = ndx_column_get(&ranking->dates, docid, &date, err);
	*weight_ret = ndx_recency(ranking->options, date);
	return status;
}

/* For NDX_SORT_OLDEST: the earlier the date the larger the key, undated ones least of all. */
static enum ndx_status
date_key(const struct runner *runner, const struct ranking *ranking, ndx_docid docid,
         int64_t *key_ret, struct ndx_err *err)
{
	int64_t date;
	enum ndx_status status = NDX_OK;

	*key_ret = INT64_MIN;
	if (docid < runner->segment->dated_count)
		status = ndx_column_get(&ranking->dates, docid, &date, err);
	if (status == NDX_OK && docid < runner->segment->dated_count)
		*key_ret = -date;
	return status;
}

static enum ndx_status
rank_window(const struct runner *runner, const struct ranking *ranking, struct ndx_topk *top,
            struct ndx_err *err)
{
	const struct ndx_window *window = &runner->window;
	float weight, most; /* of any article: those from the first on are no newer than that */
	enum ndx_status status = weight_of(runner, ranking, window->base, &most, err);

	if (ranking->options->half_life_s > 0)
		most *= RECENCY_SLACK;
	for (size_t w = 0; status == NDX_OK && w < NDX_WINDOW_WORDS; w++) {
		for (uint64_t word = window->bits[w]; word != 0; word &= word - 1) {
			size_t i = 64 * w + (size_t)__builtin_ctzll(word);
			struct ndx_ranked item = { .docid = window->base + (ndx_docid)i,
				                   .score = runner->score[i] };

			if (ranking->sort == NDX_SORT_RELEVANCE)
				item.key = ndx_topk_key(item.score * most);
			else if (ranking->sort == NDX_SORT_OLDEST)
				status = date_key(runner, ranking, item.docid, &item.key, err);
			if (status != NDX_OK)
				return status;
			if (!ndx_topk_admits(top, item.key))
				continue;
			status = weight_of(runner, ranking, item.docid, &weight, err);
			item.score *= weight;
			if (ranking->sort == NDX_SORT_RELEVANCE)
				item.key = ndx_topk_key(item.score);
			if (status != NDX_OK)
				return status;
			if (ndx_topk_admits(top, item.key) && !ndx_topk_push(top, item))
				return ndx_fail_nomem(err);
		}
	}
	return status;
}

/* Of many by score alone: those that beat the last of the best so far. */
static enum ndx_status
rank_best(const struct runner *runner, struct ndx_topk *top, struct ndx_err *err)
{
	uint16_t at[NDX_WINDOW_LEN];
	const size_t count = runner->segment->kernels->above(runner->score, NDX_WINDOW_LEN,
	                                                     top->item[0].score, at);

	for (size_t i = 0; i < count; i++) {
		const ndx_docid docid = runner->window.base + at[i];

		if (ndx_window_has(&runner->window, docid) &&
		    !ndx_topk_offer(top, docid, runner->score[at[i]]))
			return ndx_fail_nomem(err);
	}
	return NDX_OK;
}

/* Are further windows of no interest?  Newest first, and all equal scores, come in this order. */
static bool
is_settled(const struct ranking *ranking, const struct ndx_topk *top, bool want_total)
{
	if (want_total || top->count < top->k)
		return false;
	return ranking->sort == NDX_SORT_NEWEST ||
	       (ranking->sort == NDX_SORT_RELEVANCE && !ranking->scores);
}

static enum ndx_status
run_windows(struct runner *runner, const struct ndx_run_options *options, struct ndx_topk *top,
            uint64_t *total, struct ndx_err *err)
{
	struct ranking ranking = { .sort = options->sort,
		                   .scores = runner->plan->scoring_count > 0,
		                   .options = options };
	uint64_t found;
	ndx_docid from = 0;
	enum ndx_status status = NDX_OK;

	if (ranking.sort == NDX_SORT_OLDEST || options->half_life_s > 0)
		status = ndx_column_open(runner->segment, NDX_PART_DATES, &ranking.dates, err);
	while (status == NDX_OK && from < runner->segment->article_count &&
	       !is_settled(&ranking, top, options->want_total)) {
		if (!options->want_total && !options->exhaustive &&
		    ranking.sort == NDX_SORT_RELEVANCE &&
		    (options->without & NDX_WITHOUT_PHRASE_BOUNDS) == 0 && top->k > 0 &&
		    runner->root->class->heed != NULL)
			runner->root->class->heed(runner->root, ndx_topk_threshold(top));
		status = next_window(runner, from, err);
		if (status != NDX_OK || runner->window.base == NDX_DOCID_NONE)
			break;
		found = ndx_window_count(&runner->window, runner->segment->kernels);
		*total += found;
		if (options->sink != NULL && found > 0)
			status = options->sink->take(options->sink->ctx, runner->segment,
			                             &runner->window, err);
		if (status != NDX_OK)
			break;
		if (top->k > 0 && found > 0) {
			if (ranking.scores)
				status = score_window(runner, err);
			if (status == NDX_OK && found >= MANY && ranking.scores &&
			    ranking.sort == NDX_SORT_RELEVANCE && options->half_life_s == 0 &&
			    top->count == top->k)
				status = rank_best(runner, top, err);
			else if (status == NDX_OK)
				status = rank_window(runner, &ranking, top, err);
		}
		from = runner->window.base + NDX_WINDOW_LEN;
	}
	return status;
}

/* Without ranking, if that is done; without counting, if 'total' is NULL. */
static enum ndx_status
run_plainly(const struct ndx_plan *plan, const struct ndx_segment *segment,
            const struct ndx_run_options *options, bool ranked, struct ndx_topk *top,
            uint64_t *total, struct ndx_err *err)
{
	struct ndx_run_options rest = *options;
	struct ndx_topk none;
	uint64_t uncounted;
	struct runner *runner;
	enum ndx_status status = runner_open(plan, segment, &runner, err);

	if (status != NDX_OK)
		return status;
	uncounted = 0;
	rest.want_total = options->want_total && total != NULL;
	ndx_topk_init(&none, segment->env->mem, 0);
	status = run_windows(runner, &rest, ranked ? &none : top,
	                     total == NULL ? &uncounted : total, err);
	runner_close(runner);
	return status;
}

/* What statistics or bounds spare: *ranked_ret and *counted_ret say what is done. */
static enum ndx_status
run_shortcuts(const struct ndx_plan *plan, const struct ndx_segment *segment,
              const struct ndx_run_options *options, struct ndx_topk *top, bool *ranked_ret,
              bool *counted_ret, uint64_t *count, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	*ranked_ret = top->k == 0;
	if (options->want_total && options->sink == NULL &&
	    (options->without & NDX_WITHOUT_COUNTS) == 0)
		status = ndx_pruned_count(plan, segment, counted_ret, count, err);
	/* Bounds are of scores without dates. */
	if (status == NDX_OK && top->k > 0 && options->sort == NDX_SORT_RELEVANCE &&
	    options->half_life_s == 0)
		status = ndx_pruned_rank(
			plan, segment, top, ranked_ret, counted_ret,
			options->want_total && !*counted_ret && options->sink == NULL ? count
										      : NULL,
			err);
	if (!options->want_total && *ranked_ret) {
		*counted_ret = true;
		*count = top->count;
	}
	return status;
}

enum ndx_status
ndx_segment_run(const struct ndx_plan *plan, const struct ndx_segment *segment,
                const struct ndx_run_options *options, struct ndx_topk *top, uint64_t *total,
                struct ndx_err *err)
{
	bool ranked = false, counted = false;
	uint64_t count = 0;
	enum ndx_status status = NDX_OK;

	if (!options->exhaustive)
		status = run_shortcuts(plan, segment, options, top, &ranked, &counted, &count, err);
	if (status == NDX_OK && !(ranked && counted))
		status = run_plainly(plan, segment, options, ranked, top, counted ? NULL : &count,
		                     err);
	if (status != NDX_OK)
		return status;
	*total += count;
	ndx_topk_sort(top);
	return NDX_OK;
}

enum ndx_status
ndx_segment_score_parts(const struct ndx_plan *plan, const struct ndx_segment *segment,
                        ndx_docid docid, float *score, struct ndx_err *err)
{
	struct runner *runner;
	enum ndx_status status = runner_open(plan, segment, &runner, err);

	if (status != NDX_OK)
		return status;
	ndx_window_clear(&runner->window, docid / NDX_WINDOW_LEN * NDX_WINDOW_LEN);
	ndx_window_set(&runner->window, docid);
	status = runner->root->class->keep(runner->root, &runner->window, err);
	if (status == NDX_OK && ndx_window_has(&runner->window, docid))
		status = runner->root->class->credit(runner->root, &runner->window, err);
	for (size_t rank = 0; status == NDX_OK && rank < plan->scoring_count; rank++) {
		struct ndx_matcher *leaf = runner->leaf[plan->by_rank[rank]];

		runner->score[docid % NDX_WINDOW_LEN] = 0;
		if (leaf != NULL && ndx_window_has(&runner->window, docid))
			status = leaf->class->score(leaf, runner->score, err);
		score[rank] = runner->score[docid % NDX_WINDOW_LEN];
	}
	runner_close(runner);
	return status;
}
