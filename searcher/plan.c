/*
 * plan.c - a query resolved against an open index
 *
 * Articles with a term are counted over all segments, less the deleted ones, so that
 * no score depends on how the index is cut into segments.
 *
 *   odds = (N - df + 0.5) / (df + 0.5)
 *   idf = the larger of ln(odds) and ln(1 + odds) / 4
 *
 * that is Robertson and Sparck Jones's weight (Robertson, Zaragoza 2009), but that words in half of
 * the articles or more keep a quarter of what the usual form, which is never negative, gives them.
 * With ln(1 + odds) for all, the mean of MAP over four test collections is 0.4009, so 0.4048.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* qsort_r() */

#include "searcher/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/forms.h"
#include "common/impact.h"
#include "common/pairs.h"
#include "common/termdict.h"

/*
 * Positions that all NEAR and phrases of a query may look at: a share of the index, or so many;
 * about 15 ns each, 60 ns those of a pattern, which count four times.  A phrase costs as much as so
 * many more by itself.
 */
#define WORK_MAX    UINT64_C(8000000)
#define WORK_SHARE  6
#define WORK_PHRASE 20000

/* Articles that all patterns and exact words of a query may have in sum, at 12 bytes each: the same
 * way. */
#define HITS_MAX   UINT64_C(2500000)
#define HITS_TIMES 25

/*
 * Articles that are scored for all words of a query in sum: so many times those of the index, or so
 * many; about 7 ns each. An article of Reuters as a query asks for 50 times, and 108 at most.
 */
#define SCORED_MAX   UINT64_C(8000000)
#define SCORED_TIMES 120

/* The share that frequent words keep: see above. */
#define IDF_LEAST 0.25

struct planner {
	struct ndx_plan *plan;
	struct ndx_err *err;
	enum ndx_status status; /* sticky */
	unsigned within_near;   /* whose words do not score by themselves */
	double work;            /* positions to be looked at so far, see WORK_MAX */
	uint64_t hits;          /* articles of patterns so far, see HITS_MAX */
};

enum ndx_status
ndx_plan_find(const struct ndx_segment *segment, enum ndx_field field, struct ndx_str term,
              struct ndx_term_info *info_ret, bool *found_ret, struct ndx_err *err)
{
	uint8_t key[NDX_KEY_SIZE_MAX] = { (uint8_t)field };

	*found_ret = false;
	if (term.size > sizeof(key) - 1)
		return NDX_OK;
	memcpy(key + 1, term.data, term.size);
	return ndx_termdict_find(segment, key, term.size + 1, info_ret, found_ret, err);
}

enum ndx_status
ndx_form_cf(const struct ndx_index *index, struct ndx_str form, uint64_t *cf_ret,
            struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	*cf_ret = 0;
	for (size_t i = 0; status == NDX_OK && i < index->manifest.segment_count; i++) {
		const struct ndx_segment *segment = &index->segment[i];
		struct ndx_form_term term;
		struct ndx_term_info info;
		bool found;

		status = ndx_plan_find(segment, NDX_FIELD_FORM, form, &info, &found, err);
		if (status != NDX_OK || !found)
			continue;
		if (!ndx_form_term_decode(segment->data + info.forms_off, (size_t)info.forms_size,
		                          form, &term))
			return ndx_segment_corrupt(segment, info.forms_off, err, "a bad form");
		*cf_ret += term.cf - ndx_form_dead_cf(segment, info.ordinal, term.cf);
	}
	return status;
}

static double
idf_of(const struct ndx_index *index, uint64_t df)
{
	const double n = (double)index->article_count, d = (double)df;
	const double odds = (n - d + 0.5) / (d + 0.5);

	return fmax(log(odds), IDF_LEAST * log(1 + odds));
}

static void *
alloc(struct planner *planner, size_t count, size_t size)
{
	void *ptr = count > SIZE_MAX / size ? NULL
	                                    : ndx_arena_alloc(planner->plan->arena, count * size);

	if (ptr == NULL && planner->status == NDX_OK)
		planner->status = ndx_fail_nomem(planner->err);
	return ptr;
}

static struct ndx_plan_node *
new_node(struct planner *planner, enum ndx_plan_kind kind)
{
	struct ndx_plan_node *node = alloc(planner, 1, sizeof(*node));

	if (node != NULL)
		node->kind = kind;
	return node;
}

/* Look a slot up in all segments; returns how many live articles have it. */
static uint64_t
find_term(struct planner *planner, struct ndx_leaf *leaf, size_t slot, struct ndx_str term)
{
	const struct ndx_index *index = planner->plan->index;
	uint64_t df = 0;

	for (size_t i = 0; planner->status == NDX_OK && i < index->manifest.segment_count; i++) {
		const struct ndx_segment *segment = &index->segment[i];
		struct ndx_plan_term *of = &leaf->term[i * leaf->slot_count + slot];

		planner->status = ndx_plan_find(segment, leaf->node->field, term, &of->info,
		                                &of->found, planner->err);
		if (of->found)
			df += ndx_plan_live_df(segment, &of->info);
	}
	return df;
}

static void
limit_hits(struct planner *planner)
{
	const uint64_t times = planner->plan->index->article_count * HITS_TIMES;
	const uint64_t most = times < HITS_MAX ? HITS_MAX : times;

	if (planner->status == NDX_OK && planner->hits > most)
		planner->status = ndx_fail(planner->err, NDX_E_LIMIT,
		                           "query is too complex: its patterns and exact words "
		                           "stand in more than %" PRIu64 " articles in sum",
		                           most);
}

/* The articles of all segments in which one of the forms stands; how many are live is their df. */
static void
find_forms(struct planner *planner, struct ndx_leaf *leaf)
{
	const struct ndx_plan *plan = planner->plan;
	const size_t count = plan->index->manifest.segment_count;
	const bool wants_title = leaf->scores && plan->title_weight != 1;

	leaf->df = 0;
	leaf->hits = alloc(planner, count, sizeof(*leaf->hits));
	for (size_t i = 0; planner->status == NDX_OK && i < count; i++) {
		planner->status =
			ndx_form_hits_find(&plan->index->segment[i], leaf->node, wants_title,
		                           plan->arena, &leaf->hits[i], planner->err);
		leaf->df += leaf->hits[i].live_count;
		planner->hits += leaf->hits[i].count;
		limit_hits(planner);
		/* Positions of several terms have to be sorted. */
		for (size_t j = 0; planner->within_near > 0 && j < leaf->hits[i].count; j++)
			leaf->positions += 4 * (double)leaf->hits[i].tf[j];
	}
	leaf->idf = idf_of(plan->index, leaf->df);
}

/* The positions that the leaf's words have in as many articles as its rarest word, on average. */
static double
count_positions(const struct ndx_plan *plan, const struct ndx_leaf *leaf)
{
	const size_t segments = plan->index->manifest.segment_count;
	double sum = 0;

	for (size_t slot = 0; slot < leaf->slot_count; slot++) {
		double df = 0, cf = 0;

		for (size_t i = 0; i < segments; i++) {
			const struct ndx_plan_term *of = &leaf->term[i * leaf->slot_count + slot];

			df += of->found ? (double)of->info.df : 0;
			cf += of->found ? (double)of->info.cf : 0;
		}
		if (df > 0)
			sum += df > (double)leaf->df ? cf * (double)leaf->df / df : cf;
	}
	return sum;
}

/* How many articles have the word of a slot, deleted ones too. */
static uint32_t
slot_df(const struct ndx_plan *plan, const struct ndx_leaf *leaf, size_t slot)
{
	uint64_t df = 0;

	for (size_t i = 0; i < plan->index->manifest.segment_count; i++) {
		const struct ndx_plan_term *of = &leaf->term[i * leaf->slot_count + slot];

		df += of->found ? of->info.df : 0;
	}
	return df < UINT32_MAX ? (uint32_t)df : UINT32_MAX;
}

/* Is there a list of two words of the phrase, which spares looking at most positions?  About: each
 * segment decides by itself. */
static bool
has_pair_list(const struct ndx_plan *plan, const struct ndx_leaf *leaf)
{
	const struct ndx_node *node = leaf->node;
	const uint32_t count = plan->index->article_count < UINT32_MAX
	                               ? (uint32_t)plan->index->article_count
	                               : UINT32_MAX;

	for (size_t slot = 0; node->field == NDX_FIELD_ANY && slot + 1 < leaf->slot_count; slot++)
		if (!node->slot[slot].term.exact && !node->slot[slot + 1].term.exact &&
		    ndx_pairs_have(slot_df(plan, leaf, slot), slot_df(plan, leaf, slot + 1), count))
			return true;
	return false;
}

/* Refuse what would be too much, with what the query has asked for before. */
static void
limit_work(struct planner *planner, double work, const char *what)
{
	const uint64_t share = planner->plan->index->token_count / WORK_SHARE;
	const uint64_t most = share < WORK_MAX ? WORK_MAX : share;

	planner->work += work;
	if (planner->status == NDX_OK && planner->work > (double)most)
		planner->status =
			ndx_fail(planner->err, NDX_E_LIMIT,
		                 "query is too complex: %s over %.0f positions, at most %llu are "
		                 "looked at",
		                 what, planner->work, (unsigned long long)most);
}

static void
fill_statistics(struct planner *planner, struct ndx_leaf *leaf, double boost)
{
	const struct ndx_index *index = planner->plan->index;
	const struct ndx_node *node = leaf->node;

	leaf->df = 1;
	if (node->field == NDX_FIELD_ID || node->kind == NDX_NODE_NEAR)
		return;
	if (node->kind == NDX_NODE_FORMS) {
		find_forms(planner, leaf);
		leaf->weight = (float)(boost * leaf->idf * ((double)planner->plan->k1 + 1));
		return;
	}
	leaf->df = UINT64_MAX;
	leaf->slot_count = node->kind == NDX_NODE_TERM ? 1 : node->slot_count;
	leaf->term = alloc(planner, leaf->slot_count * index->manifest.segment_count,
	                   sizeof(*leaf->term));
	for (size_t i = 0; planner->status == NDX_OK && i < leaf->slot_count; i++) {
		const uint64_t df = find_term(
			planner, leaf, i,
			node->kind == NDX_NODE_TERM ? node->term.term : node->slot[i].term.term);

		leaf->idf += idf_of(index, df);
		leaf->df = df < leaf->df ? df : leaf->df;
	}
	leaf->weight = (float)(boost * leaf->idf * ((double)planner->plan->k1 + 1));
	if (planner->status != NDX_OK)
		return;
	if (planner->within_near > 0 || node->slop > 0) {
		leaf->positions = count_positions(planner->plan, leaf);
		limit_work(planner, leaf->positions,
		           planner->within_near > 0 ? "NEAR or SENTENCE"
		                                    : "a phrase with words between");
	} else if (node->kind == NDX_NODE_PHRASE && !has_pair_list(planner->plan, leaf)) {
		limit_work(planner, count_positions(planner->plan, leaf) + WORK_PHRASE,
		           "its phrases");
	}
}

static struct ndx_plan_node *
plan_leaf(struct planner *planner, const struct ndx_node *node, double boost)
{
	struct ndx_plan *plan = planner->plan;
	struct ndx_plan_node *out = new_node(planner, NDX_PLAN_LEAF);
	struct ndx_leaf *bigger;

	if (out == NULL)
		return NULL;
	if (plan->leaf_count == plan->leaf_count_max) {
		plan->leaf_count_max = plan->leaf_count_max == 0 ? 8 : 2 * plan->leaf_count_max;
		bigger = alloc(planner, plan->leaf_count_max, sizeof(*bigger));
		if (bigger == NULL)
			return NULL;
		if (plan->leaf_count > 0)
			memcpy(bigger, plan->leaf, plan->leaf_count * sizeof(*bigger));
		plan->leaf = bigger;
	}
	out->leaf = (uint32_t)plan->leaf_count;
	plan->leaf[plan->leaf_count] =
		(struct ndx_leaf){ .node = node,
		                   .scores = node->scores && node->field != NDX_FIELD_ID &&
		                             planner->within_near == 0 };
	fill_statistics(planner, &plan->leaf[plan->leaf_count++], boost);
	return out;
}

static struct ndx_plan_node *plan_node(struct planner *planner, const struct ndx_node *node,
                                       double boost);

static struct ndx_plan_node *
plan_children(struct planner *planner, const struct ndx_node *node, double boost)
{
	struct ndx_plan_node *out =
		new_node(planner, node->kind == NDX_NODE_AND ? NDX_PLAN_AND : NDX_PLAN_OR);

	if (out != NULL)
		out->child = alloc(planner, node->child_count, sizeof(*out->child));
	for (size_t i = 0; planner->status == NDX_OK && i < node->child_count; i++)
		out->child[out->count++] = plan_node(planner, node->child[i], boost);
	return out;
}

/*
 * The filters on one field are alternatives: one OR of them, made at the first of them.  Each
 * filter on the date narrows by itself.
 */
static void
add_filter(struct planner *planner, const struct ndx_node *list, size_t i,
           struct ndx_plan_node *out)
{
	const enum ndx_field field = list->child[i]->field;
	struct ndx_plan_node *either;

	if (field == NDX_FIELD_DATE) {
		out->child[out->count++] = plan_node(planner, list->child[i], 1);
		return;
	}
	for (size_t j = 0; j < i; j++)
		if (list->child[j]->sign == NDX_FILTER && list->child[j]->field == field)
			return;
	either = new_node(planner, NDX_PLAN_OR);
	if (either != NULL)
		either->child = alloc(planner, list->child_count - i, sizeof(*either->child));
	for (size_t j = i; planner->status == NDX_OK && j < list->child_count; j++)
		if (list->child[j]->sign == NDX_FILTER && list->child[j]->field == field)
			either->child[either->count++] = plan_node(planner, list->child[j], 1);
	if (planner->status == NDX_OK)
		out->child[out->count++] = either->count == 1 ? either->child[0] : either;
}

/* At least one of the optional clauses must match: they become a required OR. */
static void
require_one(struct planner *planner, struct ndx_plan_node *list)
{
	struct ndx_plan_node *either = list->should[0];

	if (list->should_count > 1) {
		either = new_node(planner, NDX_PLAN_OR);
		if (either == NULL)
			return;
		either->child = list->should;
		either->count = list->should_count;
	}
	list->should_count = 0;
	list->child[list->count++] = either;
}

static struct ndx_plan_node *
plan_list(struct planner *planner, const struct ndx_node *node, double boost)
{
	struct ndx_plan_node *out = new_node(planner, NDX_PLAN_LIST);
	bool must = false;

	if (out == NULL)
		return NULL;
	out->child = alloc(planner, node->child_count + 1, sizeof(*out->child));
	out->should = alloc(planner, node->child_count, sizeof(*out->should));
	out->except = alloc(planner, node->child_count, sizeof(*out->except));
	for (size_t i = 0; planner->status == NDX_OK && i < node->child_count; i++) {
		const struct ndx_node *child = node->child[i];

		must |= child->sign == NDX_MUST;
		if (child->sign == NDX_FILTER)
			add_filter(planner, node, i, out);
		else if (child->sign == NDX_MUST)
			out->child[out->count++] = plan_node(planner, child, boost);
		else if (child->sign == NDX_MUST_NOT)
			out->except[out->except_count++] = plan_node(planner, child, boost);
		else
			out->should[out->should_count++] = plan_node(planner, child, boost);
	}
	if (planner->status != NDX_OK)
		return NULL;
	if (!must && out->should_count > 0)
		require_one(planner, out);
	if (out->count == 0 && planner->status == NDX_OK)
		out->child[out->count++] = new_node(planner, NDX_PLAN_ALL);
	if (out->count == 1 && out->should_count == 0 && out->except_count == 0)
		return out->child[0];
	return out;
}

/* What a side weighs: of alternatives, the rarest; and how many articles have it, at most. */
static double
side_idf(const struct ndx_plan *plan, const struct ndx_plan_node *node, uint64_t *df_ret)
{
	double idf = 0;
	uint64_t df = 0, of_child;

	*df_ret = 0;
	if (node->kind == NDX_PLAN_LEAF || node->kind == NDX_PLAN_NEAR) {
		*df_ret = plan->leaf[node->leaf].df;
		return plan->leaf[node->leaf].idf;
	}
	for (size_t i = 0; i < node->count; i++) {
		const double other = side_idf(plan, node->child[i], &of_child);

		idf = other > idf ? other : idf;
		df += of_child;
	}
	*df_ret = df;
	return idf;
}

/* Positions that have to be looked at, if 'df' articles are. */
static double
near_work(const struct ndx_plan *plan, const struct ndx_plan_node *node, uint64_t df)
{
	double work = 0;

	if (node->kind == NDX_PLAN_LEAF) {
		const struct ndx_leaf *leaf = &plan->leaf[node->leaf];

		return leaf->df > df ? leaf->positions * (double)df / (double)leaf->df
		                     : leaf->positions;
	}
	if (node->kind == NDX_PLAN_NEAR)
		return near_work(plan, node->near[0], df) + near_work(plan, node->near[1], df);
	for (size_t i = 0; i < node->count; i++)
		work += near_work(plan, node->child[i], df);
	return work;
}

static struct ndx_plan_node *
plan_near(struct planner *planner, const struct ndx_node *node, double boost)
{
	struct ndx_plan *plan = planner->plan;
	struct ndx_plan_node *out = plan_leaf(planner, node, boost);
	uint64_t df[2];
	struct ndx_leaf *leaf;

	if (out == NULL || planner->status != NDX_OK)
		return NULL;
	out->kind = NDX_PLAN_NEAR;
	out->near_node = node;
	planner->within_near++;
	for (size_t i = 0; planner->status == NDX_OK && i < 2; i++)
		out->near[i] = plan_node(planner, node->child[i], 1);
	planner->within_near--;
	if (planner->status != NDX_OK)
		return NULL;
	leaf = &plan->leaf[out->leaf];
	leaf->idf = side_idf(plan, out->near[0], &df[0]) + side_idf(plan, out->near[1], &df[1]);
	leaf->df = df[0] < df[1] ? df[0] : df[1];
	if (planner->within_near == 0)
		limit_work(planner, near_work(plan, out, leaf->df), "NEAR or SENTENCE");
	leaf->weight = (float)(boost * leaf->idf * ((double)plan->k1 + 1));
	return out;
}

static struct ndx_plan_node *
plan_dates(struct planner *planner, const struct ndx_node *node)
{
	struct ndx_plan_node *out = new_node(planner, NDX_PLAN_DATES);

	if (out != NULL)
		out->dates = node->dates;
	return out;
}

static struct ndx_plan_node *
plan_node(struct planner *planner, const struct ndx_node *node, double boost)
{
	boost *= (double)node->boost;
	switch (node->kind) {
	case NDX_NODE_TERM:
	case NDX_NODE_PHRASE:
	case NDX_NODE_FORMS:
		return plan_leaf(planner, node, boost);
	case NDX_NODE_NEAR:
		return plan_near(planner, node, boost);
	case NDX_NODE_AND:
	case NDX_NODE_OR:
		return plan_children(planner, node, boost);
	case NDX_NODE_LIST:
		return plan_list(planner, node, boost);
	case NDX_NODE_DATES:
		return plan_dates(planner, node);
	case NDX_NODE_NONE:
		break;
	}
	return new_node(planner, NDX_PLAN_NONE);
}

/* Falling weight, then the order of the query: the order in which scores are summed. */
static int
compare_leaves(const void *a, const void *b, void *arg)
{
	const struct ndx_leaf *leaf = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (leaf[i].weight != leaf[j].weight)
		return leaf[i].weight > leaf[j].weight ? -1 : 1;
	return (i > j) - (i < j);
}

static void
rank_leaves(struct planner *planner)
{
	struct ndx_plan *plan = planner->plan;

	plan->by_rank = alloc(planner, plan->leaf_count, sizeof(*plan->by_rank));
	if (plan->by_rank == NULL)
		return;
	for (uint32_t i = 0; i < plan->leaf_count; i++)
		if (plan->leaf[i].scores)
			plan->by_rank[plan->scoring_count++] = i;
	qsort_r(plan->by_rank, plan->scoring_count, sizeof(*plan->by_rank), compare_leaves,
	        plan->leaf);
	for (uint32_t rank = 0; rank < plan->scoring_count; rank++)
		plan->leaf[plan->by_rank[rank]].rank = rank;
}

/* Refuse a query whose words, thousands of frequent ones, would keep a processor busy. */
static void
limit_scored(struct planner *planner)
{
	const struct ndx_plan *plan = planner->plan;
	const uint64_t times = plan->index->article_count * SCORED_TIMES;
	const uint64_t most = times < SCORED_MAX ? SCORED_MAX : times;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < plan->leaf_count; i++)
		sum += plan->leaf[i].scores ? plan->leaf[i].df : 0;
	if (sum > most)
		planner->status = ndx_fail(planner->err, NDX_E_LIMIT,
		                           "query is too complex: its words stand in %" PRIu64
		                           " articles in sum, and %" PRIu64 " is the limit",
		                           sum, most);
}

enum ndx_status
ndx_plan_make(const struct ndx_index *index, const struct ndx_query *query,
              const struct ndx_run_options *options, struct ndx_arena *arena,
              struct ndx_plan *plan_ret, struct ndx_err *err)
{
	struct ndx_plan plan = { .index = index,
		                 .arena = arena,
		                 .k1 = options->k1,
		                 .b = options->b,
		                 .title_weight = options->title_weight,
		                 .without = options->without };
	struct planner planner = { .plan = &plan, .err = err };
	double average = index->article_count == 0
	                         ? 1
	                         : (double)index->token_count / (double)index->article_count;

	if (options->nbest > 0) /* a count alone needs no scores */
		ndx_norm_table(plan.k1, plan.b, average, plan.length);
	if (query->root->child_count == 0)
		plan.root = new_node(&planner, NDX_PLAN_NONE);
	else
		plan.root = plan_node(&planner, query->root, 1);
	if (planner.status == NDX_OK)
		rank_leaves(&planner);
	if (planner.status == NDX_OK && options->nbest > 0 && options->sort == NDX_SORT_RELEVANCE)
		limit_scored(&planner);
	if (planner.status == NDX_OK)
		*plan_ret = plan;
	return planner.status;
}
