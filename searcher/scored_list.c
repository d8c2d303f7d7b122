/*
 * scored_list.c - see scored_list.h
 *
 * Under a title weight w other than 1, tf counts w - 1 more for each time that the
 * term stands in the title: that is read from the title's own list, which lies beside.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/scored_list.h"

#include <math.h>

#include "searcher/leaf_list.h"

/*
 * Relative: a score is three rounded operations and a bound four, a sum of n scores n more, each of
 * at most 6e-8 (2^-24).  Both are far below.
 */
#define SLACK_SCORE 2e-6
#define SLACK_ADD   1.25e-7

/* From such a tf on it pays to look for the few postings that have it, before any is scored:
 * measured. */
#define TF_MIN 3

enum ndx_status
ndx_scored_list_open(const struct ndx_plan *plan, const struct ndx_segment *segment, uint32_t leaf,
                     struct ndx_scored_list *list, bool *found_ret, struct ndx_err *err)
{
	struct ndx_leaf_list of_leaf;
	struct ndx_term_info title;
	enum ndx_status status = ndx_leaf_list_find(plan, segment, leaf, &of_leaf, err);

	*found_ret = status == NDX_OK && of_leaf.found;
	if (*found_ret)
		status = ndx_postings_open(segment, &of_leaf.info, &list->list, err);
	if (status != NDX_OK || !*found_ret)
		return status;
	list->plan = plan;
	list->norm = ndx_segment_part(segment, NDX_PART_NORMS);
	list->weight = plan->leaf[leaf].scores ? plan->leaf[leaf].weight : 0;
	list->block = list->title_block = 0;
	list->scored_block = UINT32_MAX;
	list->has_title = false;
	if (plan->leaf[leaf].node->field != NDX_FIELD_ANY || !plan->leaf[leaf].scores ||
	    plan->title_weight == 1)
		return NDX_OK;
	status = ndx_leaf_list_title(segment, &of_leaf, &title, &list->has_title, err);
	if (status == NDX_OK && list->has_title)
		status = ndx_postings_open(segment, &title, &list->title, err);
	return status;
}

/* Does the term stand in the title of an article of the loaded block, as far as skip data tell? */
static bool
has_titles(const struct ndx_scored_list *list)
{
	struct ndx_impact impact[NDX_IMPACT_COUNT];
	uint8_t title_tf_max;

	if (!list->has_title)
		return false;
	return !ndx_postings_block_impacts(&list->list, list->list.at_block, impact,
	                                   &title_tf_max) ||
	       title_tf_max > 0;
}

/* Add to tf[] of the loaded block what the title adds. */
static enum ndx_status
add_titles(struct ndx_scored_list *scored, float tf[NDX_BLOCK_LEN], struct ndx_err *err)
{
	struct ndx_postings *list = &scored->list, *title = &scored->title;
	const float extra = scored->plan->title_weight - 1;
	uint32_t at = 0;

	scored->title_block = ndx_postings_skip(title, scored->title_block, list->docid[0]);
	for (uint32_t block = scored->title_block; block < title->block_count; block++) {
		enum ndx_status status = ndx_postings_load(title, block, err);

		if (status != NDX_OK)
			return status;
		ndx_postings_load_tfs(title);
		for (uint32_t i = ndx_lookup_in_block(title, list->docid[0]); i < title->count;
		     i++) {
			while (at < list->count && list->docid[at] < title->docid[i])
				at++;
			if (at == list->count)
				return NDX_OK;
			if (list->docid[at] == title->docid[i])
				tf[at] = tf[at] + extra * (float)title->tf[i];
		}
	}
	return NDX_OK;
}

static enum ndx_status
score_with_titles(struct ndx_scored_list *scored, struct ndx_err *err)
{
	const struct ndx_postings *list = &scored->list;
	float tf[NDX_BLOCK_LEN];
	enum ndx_status status;

	for (uint32_t i = 0; i < list->count; i++)
		tf[i] = (float)list->tf[i];
	status = add_titles(scored, tf, err);
	if (status != NDX_OK)
		return status;
	for (uint32_t i = 0; i < list->count; i++)
		scored->score[i] = scored->weight * tf[i] /
		                   (tf[i] + scored->plan->length[scored->norm[list->docid[i]]]);
	return NDX_OK;
}

enum ndx_status
ndx_scored_list_score(struct ndx_scored_list *scored, struct ndx_err *err)
{
	struct ndx_postings *list = &scored->list;
	enum ndx_status status;

	if (scored->scored_block == list->at_block)
		return NDX_OK;
	scored->scored_block = UINT32_MAX;
	status =
		ndx_segment_norms(list->segment, list->docid[0], list->docid[list->count - 1], err);
	if (status != NDX_OK)
		return status;
	ndx_postings_load_tfs(list);
	if (has_titles(scored))
		status = score_with_titles(scored, err);
	else
		list->segment->kernels->score(list->docid, list->tf, list->count, scored->norm,
		                              scored->plan->length, scored->weight, scored->score);
	if (status == NDX_OK)
		scored->scored_block = list->at_block;
	return status;
}

enum ndx_status
ndx_scored_list_score_one(struct ndx_scored_list *scored, uint32_t i, ndx_docid docid,
                          float *score_ret, struct ndx_err *err)
{
	struct ndx_postings *list = &scored->list;
	uint32_t in_title = UINT32_MAX;
	enum ndx_status status;
	float tf;

	*score_ret = 0;
	if (scored->weight == 0)
		return NDX_OK;
	if (scored->scored_block == list->at_block) {
		*score_ret = scored->score[i];
		return NDX_OK;
	}
	status = ndx_segment_norms(list->segment, docid, docid, err);
	if (status == NDX_OK && has_titles(scored))
		status = ndx_lookup_find(&scored->title, &scored->title_block, docid, &in_title,
		                         err);
	if (status != NDX_OK)
		return status;
	tf = (float)(list->tfs_done ? list->tf[i] : ndx_block_tf(&list->block, i));
	if (in_title != UINT32_MAX) {
		ndx_postings_load_tfs(&scored->title);
		tf = tf + (scored->plan->title_weight - 1) * (float)scored->title.tf[in_title];
	}
	*score_ret = scored->weight * tf / (tf + scored->plan->length[scored->norm[docid]]);
	return NDX_OK;
}

/* What a title adds to a tf in a bound, for each time that the term stands there. */
static float
title_extra(const struct ndx_scored_list *scored)
{
	return scored->has_title && scored->plan->title_weight > 1 ? scored->plan->title_weight - 1
	                                                           : 0;
}

/* Bounds of shares of the weight, as kernels give them, to bounds of scores. */
static void
weigh(const struct ndx_scored_list *scored, float *bound, size_t count)
{
	const float weight = scored->weight * (float)scored->slack;

	for (size_t i = 0; i < count; i++)
		bound[i] *= weight;
}

enum ndx_status
ndx_scored_list_bind(struct ndx_scored_list *scored, size_t count, struct ndx_arena *arena,
                     struct ndx_err *err)
{
	struct ndx_postings *list = &scored->list;
	enum ndx_status status;
	float best = 0;

	scored->slack = 1 + SLACK_SCORE + SLACK_ADD * (double)count;
	scored->bound_group = UINT32_MAX;
	scored->group_bound = NULL;
	if (list->group_count > 0) {
		scored->group_bound =
			ndx_arena_alloc(arena, list->group_count * sizeof(*scored->group_bound));
		if (scored->group_bound == NULL)
			return ndx_fail_nomem(err);
		list->segment->kernels->bounds(ndx_postings_group_rows(list), list->group_count,
		                               scored->plan->length, title_extra(scored),
		                               scored->group_bound);
		weigh(scored, scored->group_bound, list->group_count);
		return NDX_OK;
	}
	status = ndx_postings_load(list, 0, err);
	if (status == NDX_OK)
		status = ndx_scored_list_score(scored, err);
	for (uint32_t i = 0; status == NDX_OK && i < list->count; i++)
		best = scored->score[i] > best ? scored->score[i] : best;
	scored->only_bound = (double)best * scored->slack;
	return status;
}

double
ndx_scored_list_block_bound(struct ndx_scored_list *scored, uint32_t block)
{
	const uint32_t group = block / NDX_GROUP_LEN;

	if (scored->group_bound == NULL)
		return scored->only_bound;
	if (scored->bound_group != group) {
		size_t count;
		const uint8_t *rows = ndx_postings_block_rows(&scored->list, group, &count);

		scored->list.segment->kernels->bounds(rows, count, scored->plan->length,
		                                      title_extra(scored), scored->block_bound);
		weigh(scored, scored->block_bound, count);
		scored->bound_group = group;
	}
	return (double)scored->block_bound[block % NDX_GROUP_LEN];
}

double
ndx_scored_list_group_bound(const struct ndx_scored_list *scored, uint32_t group)
{
	return scored->group_bound == NULL ? scored->only_bound
	                                   : (double)scored->group_bound[group];
}

double
ndx_scored_list_list_bound(const struct ndx_scored_list *scored)
{
	double best = scored->group_bound == NULL ? scored->only_bound : 0;

	for (uint32_t group = 0; group < scored->list.group_count; group++)
		best = (double)scored->group_bound[group] > best
		               ? (double)scored->group_bound[group]
		               : best;
	return best;
}

double
ndx_scored_list_seek_bound(struct ndx_scored_list *scored, uint32_t *block, ndx_docid docid)
{
	*block = ndx_postings_skip(&scored->list, *block, docid);
	return *block < scored->list.block_count ? ndx_scored_list_block_bound(scored, *block) : -1;
}

enum ndx_status
ndx_scored_list_score_some(struct ndx_scored_list *scored, const ndx_docid *docid,
                           const uint8_t *at, size_t count, float *score, struct ndx_err *err)
{
	struct ndx_postings *list = &scored->list;
	uint32_t tf[NDX_BLOCK_LEN];
	enum ndx_status status = ndx_segment_norms(list->segment, docid[0], docid[count - 1], err);

	if (status != NDX_OK)
		return status;
	if (has_titles(scored)) {
		for (size_t c = 0; status == NDX_OK && c < count; c++)
			status = ndx_scored_list_score_one(scored, at[c], docid[c], &score[c], err);
		return status;
	}
	if (count > NDX_BLOCK_LEN / 16)
		ndx_postings_load_tfs(list);
	for (size_t c = 0; c < count; c++)
		tf[c] = list->tfs_done ? list->tf[at[c]] : ndx_block_tf(&list->block, at[c]);
	list->segment->kernels->score(docid, tf, count, scored->norm, scored->plan->length,
	                              scored->weight, score);
	return NDX_OK;
}

/* Add the scores of docid[count], all in the block that was entered. */
static enum ndx_status
add_all(struct ndx_scored_list *scored, const ndx_docid *docid, float *sum, size_t count,
        struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];
	float score[NDX_BLOCK_LEN];
	enum ndx_status status;

	if (count > NDX_BLOCK_LEN)
		return ndx_lookup_lacks(&scored->list, err);
	status = ndx_lookup_all(&scored->list, docid, count, at, err);
	if (status == NDX_OK)
		status = ndx_scored_list_score_some(scored, docid, at, count, score, err);
	for (size_t c = 0; status == NDX_OK && c < count; c++)
		sum[c] += score[c];
	return status;
}

/* Add the scores of those of docid[count] that are in the block that was entered. */
static enum ndx_status
add_hits(struct ndx_scored_list *scored, struct ndx_lookup_places *places, const ndx_docid *docid,
         float *sum, size_t count, struct ndx_err *err)
{
	struct ndx_lookup_hits hits;
	float score[NDX_BLOCK_LEN];
	enum ndx_status status = ndx_lookup_some(&scored->list, docid, count, places, &hits, err);

	if (status == NDX_OK && hits.count > 0)
		status = ndx_scored_list_score_some(scored, hits.docid, hits.at, hits.count, score,
		                                    err);
	for (size_t i = 0; status == NDX_OK && i < hits.count; i++)
		sum[hits.which[i]] += score[i];
	return status;
}

/* The tf that a posting of the block needs to score 'least', which it may be rounded up to. */
static uint32_t
least_tf(const struct ndx_scored_list *scored, uint32_t block, double least)
{
	const double share = least * (1 - SLACK_SCORE) / (double)scored->weight;
	double tf = 0;

	if (scored->weight > 0 && !scored->has_title)
		tf = ndx_lookup_least_tf(&scored->list, block, scored->plan->length, share);
	return tf < 1 ? 1 : tf < UINT32_MAX / 2 ? (uint32_t)ceil(tf) : UINT32_MAX / 2;
}

/* All scores of the block are worked out, and looked through. */
static enum ndx_status
select_scores(struct ndx_scored_list *scored, uint32_t block, float limit,
              struct ndx_scored_postings *out, struct ndx_err *err)
{
	uint16_t found[NDX_BLOCK_LEN];
	enum ndx_status status = ndx_postings_load(&scored->list, block, err);

	if (status == NDX_OK)
		status = ndx_scored_list_score(scored, err);
	if (status != NDX_OK)
		return status;
	out->count = scored->list.segment->kernels->above(scored->score, scored->list.count, limit,
	                                                  found);
	for (size_t i = 0; i < out->count; i++) {
		out->at[i] = (uint8_t)found[i];
		out->docid[i] = scored->list.docid[found[i]];
		out->score[i] = scored->score[found[i]];
	}
	return NDX_OK;
}

/* Most have too small a tf, whatever their length: only the others are scored. */
static enum ndx_status
select_by_tf(struct ndx_scored_list *scored, uint32_t block, uint32_t tf, float limit,
             struct ndx_scored_postings *out, struct ndx_err *err)
{
	const struct ndx_postings *list = &scored->list;
	uint16_t found[NDX_BLOCK_LEN];
	size_t count;
	enum ndx_status status = ndx_postings_enter(&scored->list, block, err);

	count = status == NDX_OK ? ndx_lookup_select_tfs(&scored->list, tf, out->at) : 0;
	if (count > 0)
		status = ndx_postings_load(&scored->list, block, err);
	if (status != NDX_OK || count == 0)
		return status;
	for (size_t i = 0; i < count; i++)
		out->docid[i] = list->docid[out->at[i]];
	status = ndx_scored_list_score_some(scored, out->docid, out->at, count, out->score, err);
	if (status != NDX_OK)
		return status;
	out->count = list->segment->kernels->above(out->score, count, limit, found);
	for (size_t i = 0; i < out->count; i++) {
		out->at[i] = out->at[found[i]];
		out->docid[i] = out->docid[found[i]];
		out->score[i] = out->score[found[i]];
	}
	return NDX_OK;
}

enum ndx_status
ndx_scored_list_select(struct ndx_scored_list *scored, uint32_t block, double least,
                       struct ndx_scored_postings *out, struct ndx_err *err)
{
	const uint32_t tf = scored->scored_block == block ? 1 : least_tf(scored, block, least);
	const float limit = least > 0 ? (float)least * 0.999999f : -1;

	out->count = 0;
	return tf < TF_MIN ? select_scores(scored, block, limit, out, err)
	                   : select_by_tf(scored, block, tf, limit, out, err);
}

/*
 * Of docid[done..count) those up to 'last': move them whose sum is at least 'least' to 'kept' and
 * on. Returns where the others begin.
 */
static size_t
keep_from(ndx_docid *docid, float *sum, size_t done, size_t count, ndx_docid last, double least,
          size_t *kept)
{
	size_t to = *kept;

	for (; done < count && docid[done] <= last; done++) {
		docid[to] = docid[done];
		sum[to] = sum[done];
		to += (double)sum[done] >= least;
	}
	*kept = to;
	return done;
}

/* Without 'places' all articles have the term. */
static enum ndx_status
add(struct ndx_scored_list *scored, double rest, double threshold, struct ndx_lookup_places *places,
    ndx_docid *docid, float *sum, size_t *count_ret, struct ndx_err *err)
{
	const size_t count = *count_ret;
	const double least = threshold / scored->slack - rest; /* without the list's own score */
	size_t kept = 0, done = 0;
	uint32_t block = scored->block;

	while (done < count) {
		const double bound = ndx_scored_list_seek_bound(scored, &block, docid[done]);
		const size_t first = kept;
		enum ndx_status status;

		if (bound < 0) {
			if (places == NULL)
				return ndx_lookup_lacks(&scored->list, err);
			done = keep_from(docid, sum, done, count, NDX_DOCID_NONE, least, &kept);
			continue;
		}
		done = keep_from(docid, sum, done, count,
		                 ndx_postings_block_last(&scored->list, block), least - bound,
		                 &kept);
		if (kept == first)
			continue;
		status = ndx_postings_enter(&scored->list, block, err);
		if (status == NDX_OK && places == NULL)
			status = add_all(scored, docid + first, sum + first, kept - first, err);
		else if (status == NDX_OK)
			status = add_hits(scored, places, docid + first, sum + first, kept - first,
			                  err);
		if (status != NDX_OK)
			return status;
	}
	*count_ret = kept;
	return NDX_OK;
}

enum ndx_status
ndx_scored_list_add(struct ndx_scored_list *scored, double rest, double threshold, ndx_docid *docid,
                    float *sum, size_t *count_ret, struct ndx_err *err)
{
	return add(scored, rest, threshold, NULL, docid, sum, count_ret, err);
}

enum ndx_status
ndx_scored_list_add_some(struct ndx_scored_list *scored, double rest, double threshold,
                         struct ndx_lookup_places *places, ndx_docid *docid, float *sum,
                         size_t *count_ret, struct ndx_err *err)
{
	return add(scored, rest, threshold, places, docid, sum, count_ret, err);
}

ndx_docid
ndx_scored_list_skip(struct ndx_scored_list *scored, ndx_docid docid)
{
	const struct ndx_postings *list = &scored->list;
	ndx_docid before;

	if (list->group_count == 0) { /* bound, so loaded */
		uint32_t i = ndx_lookup_in_block(list, docid);

		scored->block = i == list->count;
		return i == list->count ? NDX_DOCID_NONE : list->docid[i];
	}
	scored->block = ndx_postings_skip(list, scored->block, docid);
	if (scored->block >= list->block_count)
		return NDX_DOCID_NONE;
	if (scored->block == 0)
		return docid;
	before = ndx_postings_block_last(list, scored->block - 1);
	return before >= docid ? before + 1 : docid;
}

double
ndx_scored_list_range_bound(struct ndx_scored_list *scored, ndx_docid last)
{
	const struct ndx_postings *list = &scored->list;
	uint32_t block = scored->block;
	double best = -1;

	if (list->group_count == 0)
		return block == 0 && list->docid[0] <= last ? scored->only_bound : -1;
	while (block < list->block_count &&
	       (block == 0 || ndx_postings_block_last(list, block - 1) < last)) {
		const uint32_t group = block / NDX_GROUP_LEN;
		double bound;

		if (block % NDX_GROUP_LEN == 0 && ndx_postings_group_last(list, group) <= last) {
			bound = ndx_scored_list_group_bound(scored, group);
			block += NDX_GROUP_LEN;
		} else {
			bound = ndx_scored_list_block_bound(scored, block++);
		}
		best = bound > best ? bound : best;
	}
	return best;
}
