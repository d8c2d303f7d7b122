/*
 * term.c - one term: blocks of its postings list become bits and scores
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/scored_list.h"

struct term {
	struct ndx_matcher base;
	struct ndx_scored_list scored;
	const struct ndx_window *credited;
};

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct term *term = (struct term *)matcher;
	uint32_t block = ndx_postings_skip(&term->scored.list, term->scored.block, from);
	ndx_docid before;

	(void)err;
	term->scored.block = block;
	*docid_ret = from;
	if (block >= term->scored.list.block_count) {
		*docid_ret = NDX_DOCID_NONE;
	} else if (block > 0) {
		before = ndx_postings_block_last(&term->scored.list, block - 1);
		*docid_ret = before >= from ? before + 1 : from;
	}
	return NDX_OK;
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct term *term = (struct term *)matcher;

	return ndx_lookup_fill(&term->scored.list, &term->scored.block, window, err);
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct term *term = (struct term *)matcher;

	return ndx_lookup_keep(&term->scored.list, &term->scored.block, window, err);
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	(void)err;
	((struct term *)matcher)->credited = window;
	return NDX_OK;
}

/* Add the scores of the loaded block's articles that are in the window. */
static void
add_scores(const struct ndx_scored_list *scored, const struct ndx_window *window, float *out)
{
	const struct ndx_postings *list = &scored->list;

	uint32_t i = list->docid[0] >= window->base ? 0 : ndx_lookup_in_block(list, window->base);

	for (; i < list->count && list->docid[i] - window->base < NDX_WINDOW_LEN; i++)
		if (ndx_window_has(window, list->docid[i]))
			out[list->docid[i] - window->base] += scored->score[i];
}

static enum ndx_status
score(struct ndx_matcher *matcher, float *out, struct ndx_err *err)
{
	struct term *term = (struct term *)matcher;
	const struct ndx_window *window = term->credited;
	struct ndx_postings *list = &term->scored.list;
	const ndx_docid last = window->base + (NDX_WINDOW_LEN - 1);

	term->scored.block = ndx_postings_skip(list, term->scored.block, window->base);
	for (uint32_t block = term->scored.block; block < list->block_count; block++) {
		enum ndx_status status = ndx_postings_load(list, block, err);

		if (status == NDX_OK && list->docid[0] <= last)
			status = ndx_scored_list_score(&term->scored, err);
		if (status != NDX_OK)
			return status;
		if (list->docid[0] <= last)
			add_scores(&term->scored, window, out);
		if (list->docid[list->count - 1] >= last)
			break;
	}
	return NDX_OK;
}

static const struct ndx_matcher_class term_class = { seek, fill, keep, credit, score, NULL, NULL };

enum ndx_status
ndx_term_new(const struct ndx_matcher_maker *maker, uint32_t leaf, struct ndx_matcher **matcher_ret,
             struct ndx_err *err)
{
	struct term *term = ndx_arena_alloc(maker->arena, sizeof(*term));
	bool found;
	enum ndx_status status;

	if (term == NULL)
		return ndx_fail_nomem(err);
	status =
		ndx_scored_list_open(maker->plan, maker->segment, leaf, &term->scored, &found, err);
	if (status != NDX_OK)
		return status;
	if (!found)
		return ndx_none_new(maker, matcher_ret, err);
	term->base = (struct ndx_matcher){ &term_class, term->scored.list.info.df };
	*matcher_ret = &term->base;
	return NDX_OK;
}
