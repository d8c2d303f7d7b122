/*
 * scored_list.h - a term's postings list together with what its postings score
 *
 * Scores are those of BM25 as kernels.h rounds it.  Bounds are in double, and a little above
 * what the impacts say: by so much that a sum of bounds is not below the float sum of the
 * scores that they bound, however that was rounded.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_SCORED_LIST_H
#define NDX_SEARCHER_SCORED_LIST_H

#include "searcher/lookup.h"

struct ndx_scored_list {
	struct ndx_postings list;
	struct ndx_postings title; /* the same term's in the title, if has_title */
	bool has_title;            /* only where a word there counts differently */
	const struct ndx_plan *plan;
	const uint8_t *norm;
	float weight;         /* 0: only its matches count */
	double slack;         /* bounds are multiplied by this */
	double only_bound;    /* of a list of one block, which has no impacts */
	float *group_bound;   /* of every group; NULL where there is one block */
	uint32_t bound_group; /* whose blocks' bounds are in block_bound[]; UINT32_MAX: none's */
	float block_bound[NDX_GROUP_LEN];
	uint32_t block; /* none before it is needed again */
	uint32_t title_block;
	uint32_t scored_block; /* whose scores are in score[]; UINT32_MAX: none's */
	float score[NDX_BLOCK_LEN];
};

/* Open the list of a leaf that has one (see leaf_list.h); *found_ret: the segment has it. */
enum ndx_status ndx_scored_list_open(const struct ndx_plan *plan, const struct ndx_segment *segment,
                                     uint32_t leaf, struct ndx_scored_list *list, bool *found_ret,
                                     struct ndx_err *err);

/*
 * What a lookup of an article in the list can bring: find its block from *block on, which moves
 * there. Returns a bound on the scores in it; below 0: the list has no such block.  Nothing is
 * decoded.
 */
double ndx_scored_list_seek_bound(struct ndx_scored_list *list, uint32_t *block, ndx_docid docid);

/* The scores of the loaded block, into list->score. */
enum ndx_status ndx_scored_list_score(struct ndx_scored_list *list, struct ndx_err *err);
/* The score of posting 'i' of the block that was entered, whose docid is known, alone: the same
 * number. */
enum ndx_status ndx_scored_list_score_one(struct ndx_scored_list *list, uint32_t i, ndx_docid docid,
                                          float *score_ret, struct ndx_err *err);

/* score[] of docid[count], 1 to 128 and rising, with the indexes at[] in the block that was
 * entered. */
enum ndx_status ndx_scored_list_score_some(struct ndx_scored_list *list, const ndx_docid *docid,
                                           const uint8_t *at, size_t count, float *score,
                                           struct ndx_err *err);
/* Postings of a block: docids and scores, and their indexes in it; rising. */
struct ndx_scored_postings {
	size_t count;
	ndx_docid docid[NDX_BLOCK_LEN];
	float score[NDX_BLOCK_LEN];
	uint8_t at[NDX_BLOCK_LEN];
};

/* The postings of a block that score 'least' or more; perhaps some just below. */
enum ndx_status ndx_scored_list_select(struct ndx_scored_list *list, uint32_t block, double least,
                                       struct ndx_scored_postings *out, struct ndx_err *err);

/*
 * Of docid[*count_ret], rising articles of one window which all have the term: add their scores to
 * sum[].  Dropped is what even with the bound of its block and 'rest' stays below the threshold;
 * *count_ret are then left.  The list is bound (see below).
 */
enum ndx_status ndx_scored_list_add(struct ndx_scored_list *list, double rest, double threshold,
                                    ndx_docid *docid, float *sum, size_t *count_ret,
                                    struct ndx_err *err);

/* The same for articles of which some may lack the term. */
enum ndx_status ndx_scored_list_add_some(struct ndx_scored_list *list, double rest,
                                         double threshold, struct ndx_lookup_places *places,
                                         ndx_docid *docid, float *sum, size_t *count_ret,
                                         struct ndx_err *err);

/*
 * For pruning.  Set a bound on the sums of 'count' lists at most, and load a list of one block;
 * before any of the next.  Memory is the arena's.
 */
enum ndx_status ndx_scored_list_bind(struct ndx_scored_list *list, size_t count,
                                     struct ndx_arena *arena, struct ndx_err *err);
double ndx_scored_list_block_bound(struct ndx_scored_list *list, uint32_t block);
double ndx_scored_list_group_bound(const struct ndx_scored_list *list, uint32_t group);
double ndx_scored_list_list_bound(const struct ndx_scored_list *list);
/* Move list->block to the first that may hold a docid >= 'docid'; which that is at least, or
 * NONE. */
ndx_docid ndx_scored_list_skip(struct ndx_scored_list *list, ndx_docid docid);
/* The bound of the postings up to docid 'last' from list->block on; below 0 if there are none. */
double ndx_scored_list_range_bound(struct ndx_scored_list *list, ndx_docid last);

#endif
