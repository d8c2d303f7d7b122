/*
 * near.c - NEAR, ONEAR and SENTENCE: articles in which two sides stand near each other
 *
 * Two phases, as with phrases: articles that have both sides are found as a conjunction, and of
 * those the intervals are looked at (see intervals.h).
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/intervals.h"
#include "searcher/matcher.h"

/* An article of the window that matches. */
struct match {
	ndx_docid docid;
	uint32_t tf, title_tf;
};

struct near {
	struct ndx_matcher base;
	const struct ndx_plan_node *node;
	struct ndx_matcher *both; /* what has both sides */
	struct ndx_interval_finder finder;
	struct ndx_candidates candidates;
	float weight;
	bool counts_title; /* more than text */
	/* articles that were looked at; which of them match is in ... */
	struct ndx_window verified;
	struct ndx_buf matches; /* struct match, rising */
	struct ndx_buf found;   /* struct ndx_interval */
	const struct ndx_window *credited;
};

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct near *near = (struct near *)matcher;

	return near->both->class->seek(near->both, from, docid_ret, err);
}

/* Of candidate c, whose intervals are found[count]. */
static enum ndx_status
take_match(struct near *near, uint32_t c, const struct ndx_interval *found, size_t count,
           struct ndx_err *err)
{
	struct match match = { near->candidates.docid[c], (uint32_t)count, 0 };
	int64_t title = 0;
	enum ndx_status status = NDX_OK;

	if (near->counts_title)
		status = ndx_column_get(&near->finder.titles, match.docid, &title, err);
	for (size_t i = 0; i < count; i++)
		match.title_tf += found[i].end < title;
	ndx_buf_add(&near->matches, &match, sizeof(match));
	return status;
}

/* Of a window of articles that have both sides, clear those that do not match, and note the
 * others. */
static enum ndx_status
verify(struct near *near, struct ndx_window *window, struct ndx_err *err)
{
	const struct ndx_interval *found;
	size_t count, n;
	enum ndx_status status;

	ndx_buf_clear(&near->matches);
	ndx_buf_clear(&near->found);
	if (ndx_window_is_empty(window))
		return NDX_OK;
	ndx_candidates_set(&near->candidates, window, near->finder.segment->kernels);
	ndx_window_clear(window, window->base);
	near->finder.err = err;
	status = ndx_intervals_find(&near->finder, near->node, &near->found);
	if (status != NDX_OK)
		return status;
	found = ndx_intervals(&near->found, &count);
	for (size_t i = 0; status == NDX_OK && i < count; i += n) {
		for (n = 1; i + n < count && found[i + n].candidate == found[i].candidate;)
			n++;
		ndx_window_set(window, near->candidates.docid[found[i].candidate]);
		status = take_match(near, found[i].candidate, found + i, n, err);
	}
	return status == NDX_OK && ndx_buf_failed(&near->matches) ? ndx_fail_nomem(err) : status;
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct near *near = (struct near *)matcher;
	enum ndx_status status;

	near->verified = *window;
	status = near->both->class->keep(near->both, window, err);
	return status == NDX_OK ? verify(near, window, err) : status;
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct near *near = (struct near *)matcher;
	struct ndx_window mine;
	enum ndx_status status;

	ndx_window_clear(&mine, window->base);
	status = near->both->class->fill(near->both, &mine, err);
	if (status == NDX_OK)
		status = verify(near, &mine, err);
	near->verified.base = window->base;
	memset(near->verified.bits, 0xff, sizeof(near->verified.bits));
	if (status == NDX_OK)
		ndx_window_or(window, &mine);
	return status;
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	(void)err;
	((struct near *)matcher)->credited = window;
	return NDX_OK;
}

/* Is it known of all articles of the window whether they match? */
static bool
is_verified(const struct near *near, const struct ndx_window *window)
{
	struct ndx_window unknown = *window;

	if (near->verified.base != window->base)
		return false;
	ndx_window_and_not(&unknown, &near->verified);
	return ndx_window_is_empty(&unknown);
}

static enum ndx_status
score(struct ndx_matcher *matcher, float *out, struct ndx_err *err)
{
	struct near *near = (struct near *)matcher;
	const struct ndx_plan *plan = near->finder.plan;
	const struct ndx_segment *segment = near->finder.segment;
	const struct ndx_window *window = near->credited;
	const uint8_t *norm = ndx_segment_part(segment, NDX_PART_NORMS);
	const float extra = plan->title_weight - 1;
	const struct match *match;
	enum ndx_status status = NDX_OK;

	if (!is_verified(near, window)) {
		struct ndx_window again = *window;

		status = keep(matcher, &again, err);
	}
	match = (const struct match *)(const void *)near->matches.data;
	for (size_t i = 0; status == NDX_OK && i < near->matches.size / sizeof(*match); i++) {
		float tf = (float)match[i].tf;

		if (!ndx_window_has(window, match[i].docid))
			continue;
		if (extra != 0 && match[i].title_tf > 0)
			tf = tf + extra * (float)match[i].title_tf;
		status = ndx_segment_norms(segment, match[i].docid, match[i].docid, err);
		if (status == NDX_OK)
			out[match[i].docid - window->base] +=
				near->weight * tf / (tf + plan->length[norm[match[i].docid]]);
	}
	return status;
}

static void
close_near(struct ndx_matcher *matcher)
{
	struct near *near = (struct near *)matcher;

	ndx_buf_free(&near->matches);
	ndx_buf_free(&near->found);
}

static const struct ndx_matcher_class near_class = { seek,  fill, keep,      credit,
	                                             score, NULL, close_near };

/* What may match: articles with all words of both sides, without a look at where they stand. */
static enum ndx_status
new_candidates(const struct ndx_matcher_maker *maker, const struct ndx_plan_node *node,
               struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct ndx_matcher **side;
	enum ndx_status status = NDX_OK;

	if (node->kind != NDX_PLAN_NEAR)
		return ndx_matcher_new(maker, node, matcher_ret, err);
	side = ndx_arena_alloc(maker->arena, 2 * sizeof(*side));
	if (side == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; status == NDX_OK && i < 2; i++)
		status = new_candidates(maker, node->near[i], &side[i], err);
	return status == NDX_OK ? ndx_conjunction_new(maker, side, 2, matcher_ret, err) : status;
}

enum ndx_status
ndx_near_new(const struct ndx_matcher_maker *maker, const struct ndx_plan_node *node,
             struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	const struct ndx_leaf *leaf = &maker->plan->leaf[node->leaf];
	struct near *near = ndx_arena_alloc(maker->arena, sizeof(*near));
	enum ndx_status status;

	if (near == NULL)
		return ndx_fail_nomem(err);
	status = new_candidates(maker, node, &near->both, err);
	if (status == NDX_OK)
		status =
			ndx_column_open(maker->segment, NDX_PART_TITLES, &near->finder.titles, err);
	if (status != NDX_OK)
		return status;
	near->node = node;
	near->finder.plan = maker->plan;
	near->finder.segment = maker->segment;
	near->finder.candidates = &near->candidates;
	near->weight = leaf->weight;
	near->counts_title = leaf->node->field == NDX_FIELD_ANY && maker->plan->title_weight != 1;
	near->verified.base = NDX_DOCID_NONE;
	ndx_buf_init(&near->matches, maker->segment->env->mem);
	ndx_buf_init(&near->found, maker->segment->env->mem);
	near->base = (struct ndx_matcher){ &near_class, near->both->cost / 2 };
	*matcher_ret = &near->base;
	maker->leaf[node->leaf] = &near->base;
	return NDX_OK;
}
