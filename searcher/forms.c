/*
 * forms.c - any of some surface forms: a matcher over articles that are known already
 *
 * An article without any, which a list by docid has too, has a tf of 0 and no score: with k1 0 the
 * formula would make 0 / 0 of it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/form_hits.h"
#include "searcher/matcher.h"

struct forms {
	struct ndx_matcher base;
	const struct ndx_form_hits *hits;
	const struct ndx_plan *plan;
	const struct ndx_segment *segment;
	float weight;
	size_t at; /* the first that is not before the window at hand */
	const struct ndx_window *credited;
};

/* The first of the hits whose docid is not below 'docid'. */
static size_t
first_from(const struct ndx_form_hits *hits, size_t at, ndx_docid docid)
{
	size_t low = at, high = hits->count;

	if (hits->docid == NULL)
		return docid < hits->count ? docid : hits->count;
	if (low > 0 && hits->docid[low - 1] >= docid)
		low = 0; /* an earlier window again */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (hits->docid[middle] < docid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct forms *forms = (struct forms *)matcher;
	const struct ndx_form_hits *hits = forms->hits;

	(void)err;
	forms->at = first_from(hits, forms->at, from);
	while (forms->at < hits->count && hits->tf[forms->at] == 0)
		forms->at++;
	*docid_ret =
		forms->at < hits->count ? ndx_form_hits_docid(hits, forms->at) : NDX_DOCID_NONE;
	return NDX_OK;
}

/* Set the bits of those that are not 0. */
static void
fill_many(const uint32_t *tf, size_t count, uint64_t *bits)
{
	for (size_t from = 0; from < count; from += 64) {
		const size_t n = count - from < 64 ? count - from : 64;
		uint64_t word = 0;

		for (size_t i = 0; i < n; i++)
			word |= (uint64_t)(tf[from + i] > 0) << i;
		bits[from / 64] |= word;
	}
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct forms *forms = (struct forms *)matcher;
	const struct ndx_form_hits *hits = forms->hits;
	size_t end;

	(void)err;
	forms->at = first_from(hits, forms->at, window->base);
	end = first_from(hits, forms->at, window->base + NDX_WINDOW_LEN);
	if (hits->docid == NULL)
		fill_many(hits->tf + forms->at, end - forms->at, window->bits);
	else
		for (size_t i = forms->at; i < end; i++)
			ndx_window_set(window, hits->docid[i]);
	return NDX_OK;
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct ndx_window mine;

	ndx_window_clear(&mine, window->base);
	fill(matcher, &mine, err);
	ndx_window_and(window, &mine);
	return NDX_OK;
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	(void)err;
	((struct forms *)matcher)->credited = window;
	return NDX_OK;
}

static enum ndx_status
score(struct ndx_matcher *matcher, float *out, struct ndx_err *err)
{
	struct forms *forms = (struct forms *)matcher;
	const struct ndx_form_hits *hits = forms->hits;
	const struct ndx_window *window = forms->credited;
	const uint8_t *norm = ndx_segment_part(forms->segment, NDX_PART_NORMS);
	const float extra = forms->plan->title_weight - 1;

	const size_t begin = first_from(hits, forms->at, window->base);
	const size_t end = first_from(hits, begin, window->base + NDX_WINDOW_LEN);
	enum ndx_status status;

	if (begin == end)
		return NDX_OK;
	status = ndx_segment_norms(forms->segment, ndx_form_hits_docid(hits, begin),
	                           ndx_form_hits_docid(hits, end - 1), err);
	if (status != NDX_OK)
		return status;
	for (size_t i = begin; i < end; i++) {
		const ndx_docid docid = ndx_form_hits_docid(hits, i);
		float tf = (float)hits->tf[i];

		if (hits->tf[i] == 0 || !ndx_window_has(window, docid))
			continue;
		if (extra != 0 && hits->title_tf != NULL && hits->title_tf[i] > 0)
			tf = tf + extra * (float)hits->title_tf[i];
		out[docid - window->base] +=
			forms->weight * tf / (tf + forms->plan->length[norm[docid]]);
	}
	return NDX_OK;
}

static const struct ndx_matcher_class forms_class = { seek, fill, keep, credit, score, NULL, NULL };

enum ndx_status
ndx_forms_new(const struct ndx_matcher_maker *maker, uint32_t leaf,
              struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	const size_t segment = (size_t)(maker->segment - maker->plan->index->segment);
	struct forms *forms = ndx_arena_alloc(maker->arena, sizeof(*forms));

	if (forms == NULL)
		return ndx_fail_nomem(err);
	forms->hits = &maker->plan->leaf[leaf].hits[segment];
	forms->plan = maker->plan;
	forms->segment = maker->segment;
	forms->weight = maker->plan->leaf[leaf].weight;
	forms->base = (struct ndx_matcher){ &forms_class, forms->hits->found_count };
	*matcher_ret = &forms->base;
	return NDX_OK;
}
