/*
 * plan.h - a query resolved against an open index: statistics, weights, leaves
 *
 * What is the same for all segments is worked out here, once: how many articles have
 * each term, what it weighs, and the order in which scores are summed.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PLAN_H
#define NDX_SEARCHER_PLAN_H

#include "common/arena.h"
#include "common/termdict.h"
#include "searcher/form_hits.h"
#include "searcher/run.h"

/* A word in the dictionary of a segment. */
struct ndx_plan_term {
	bool found;
	struct ndx_term_info info; /* if found */
};

/* A word, phrase, id, set of forms or NEAR of the query. */
struct ndx_leaf {
	const struct ndx_node *node;
	/* of each segment, of each slot of a phrase: see ndx_plan_term() */
	struct ndx_plan_term *term;
	size_t slot_count;          /* 1 of a word, 0 of an id, of forms or of NEAR */
	struct ndx_form_hits *hits; /* of forms: what each segment has */
	bool scores;
	double positions; /* of its words, in as many articles as have all: the work of looking at
	                     them */
	uint64_t df;      /* live articles with the term; of a phrase, with its rarest slot */
	double idf;       /* of a phrase, the sum over its slots */
	float weight;     /* boosts * idf * (k1 + 1) */
	uint32_t rank;    /* place in the order of summing, among the scoring leaves */
};

enum ndx_plan_kind {
	NDX_PLAN_LEAF,
	NDX_PLAN_AND,
	NDX_PLAN_OR,
	NDX_PLAN_LIST,
	NDX_PLAN_NEAR,
	NDX_PLAN_DATES,
	NDX_PLAN_ALL,
	NDX_PLAN_NONE
};

struct ndx_plan_node {
	enum ndx_plan_kind kind;
	uint32_t leaf;                    /* LEAF, NEAR: index in plan->leaf */
	const struct ndx_node *near_node; /* NEAR */
	struct ndx_plan_node *near[2];    /* NEAR: its sides, of leaves that do not score */
	struct ndx_dates dates;           /* DATES */
	struct ndx_plan_node **child;     /* AND, OR: child[count]; LIST: the required ones */
	size_t count;
	struct ndx_plan_node **should; /* LIST: they need not match, but score */
	size_t should_count;
	struct ndx_plan_node **except; /* LIST: none of them */
	size_t except_count;
};

struct ndx_plan {
	const struct ndx_index *index;
	struct ndx_arena *arena;
	struct ndx_plan_node *root;
	struct ndx_leaf *leaf; /* in the order of the query */
	size_t leaf_count, leaf_count_max;
	uint32_t *by_rank; /* the scoring leaves, in the order of summing */
	size_t scoring_count;
	float length[256]; /* BM25's part of an article's length, by norm */
	float k1, b, title_weight;
	unsigned without; /* of the options */
};

/* 'arena' holds the plan, which points into the query. */
enum ndx_status ndx_plan_make(const struct ndx_index *index, const struct ndx_query *query,
                              const struct ndx_run_options *options, struct ndx_arena *arena,
                              struct ndx_plan *plan_ret, struct ndx_err *err);

/* What the dictionary of one of the index's segments says of a slot of a leaf. */
static inline const struct ndx_plan_term *
ndx_plan_term(const struct ndx_plan *plan, const struct ndx_segment *segment, uint32_t leaf,
              size_t slot)
{
	const size_t at = (size_t)(segment - plan->index->segment);

	return &plan->leaf[leaf].term[at * plan->leaf[leaf].slot_count + slot];
}

/*
 * Look a term up in a segment's dictionary; *found_ret: it is there (one too long for a key
 * never is).  Of field ID there are no terms.
 */
enum ndx_status ndx_plan_find(const struct ndx_segment *segment, enum ndx_field field,
                              struct ndx_str term, struct ndx_term_info *info_ret, bool *found_ret,
                              struct ndx_err *err);

/* Articles of the segment with a term that was found there, less the deleted ones. */
static inline uint64_t
ndx_plan_live_df(const struct ndx_segment *segment, const struct ndx_term_info *info)
{
	return info->df - ndx_tombstones_correction(segment->tombstones, info->ordinal).df;
}

/* Of the cf of a form, whose key has this ordinal, what is in deleted articles: 0, where a program
 * that did not keep it deleted them. */
static inline uint64_t
ndx_form_dead_cf(const struct ndx_segment *segment, uint32_t ordinal, uint64_t cf)
{
	const uint64_t dead = ndx_tombstones_correction(segment->tombstones, ordinal).cf;

	return dead < cf ? dead : cf;
}

/* How often a form stands in the live articles. */
enum ndx_status ndx_form_cf(const struct ndx_index *index, struct ndx_str form, uint64_t *cf_ret,
                            struct ndx_err *err);

#endif
