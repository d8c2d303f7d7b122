/*
 * phrase.c - words in order, with at most 'slop' further words between them in total
 *
 * Two phases: articles that have all the words are found as a conjunction, rarest word
 * first, and only of those are positions read.
 *
 * An occurrence begins at each position of the first word from which the others can be
 * found: each at the first of its positions that is not before its place, so that the
 * end is as near as can be; it counts if the end is at most 'slop' beyond where the exact phrase
 * would end, and if it does not run from the title (positions below T) into the text.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "common/column.h"
#include "common/postings.h"
#include "searcher/leaf_list.h"
#include "searcher/occurrences.h"

/* Relative: a score is three rounded operations, each of at most 6e-8; this is far above. */
#define BOUND_SLACK 1e-6

struct slot {
	struct ndx_postings list;
	struct ndx_occurrences found; /* in the candidates of the window */
	struct ndx_range range;       /* of the article at hand, in 'found' */
	uint32_t at;                  /* a place in it, only ever forward */
	uint32_t place;               /* position relative to the first slot */
	uint32_t block;               /* the first that reaches into the window at hand */
	/* Only the form with this number is wanted, of the word's list in field ANY; else NULL. */
	struct ndx_postings *forms;
	uint32_t number;
};

/* A list that every article of the phrase is in: of a word, or of a pair of them. */
struct filter {
	struct ndx_postings *list;
	uint32_t block; /* the first that reaches into the window at hand */
};

/* An article of the window that has the phrase. */
struct match {
	ndx_docid docid;
	uint32_t tf, title_tf;
};

struct phrase {
	struct ndx_matcher base;
	const struct ndx_plan *plan;
	const struct ndx_segment *segment;
	struct slot *slot;
	uint32_t *by_df; /* slots, rarest first */
	size_t slot_count;
	struct filter *filter; /* shortest first; together no more articles than the words' lists */
	size_t filter_count;
	uint32_t slop;
	float weight;
	bool needs_title; /* slop or a title weight: where the title ends matters */
	struct ndx_column titles;
	/* articles that were looked at; which of them match is in ... */
	struct ndx_window verified;
	struct ndx_buf matches; /* struct match, rising */
	struct ndx_candidates candidates;
	struct ndx_occurrences begins[2]; /* of the words so far, and of one word more */
	bool title_only;
	struct ndx_occurrences scratch; /* for words of which one form is wanted */
	struct ndx_buf numbers;
	const struct ndx_window *credited;
	float threshold; /* fill() need not find what scores less */
};

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct phrase *phrase = (struct phrase *)matcher;

	(void)err;
	*docid_ret = from;
	for (size_t i = 0; i < phrase->filter_count; i++) {
		struct filter *filter = &phrase->filter[i];
		ndx_docid before;

		filter->block = ndx_postings_skip(filter->list, filter->block, *docid_ret);
		if (filter->block >= filter->list->block_count) {
			*docid_ret = NDX_DOCID_NONE;
			return NDX_OK;
		}
		if (filter->block == 0)
			continue;
		before = ndx_postings_block_last(filter->list, filter->block - 1);
		if (before >= *docid_ret)
			*docid_ret = before + 1;
	}
	return NDX_OK;
}

/* Position i of the slot's word in the article at hand. */
static uint32_t
position(const struct slot *slot, uint32_t i)
{
	return ndx_occurrences_sums(&slot->found)[slot->range.begin + i] - slot->range.base;
}

/* The occurrences in the article that the slots' ranges are of. */
static void
count_occurrences(struct phrase *phrase, uint32_t title_count, struct match *match)
{
	const struct slot *first = &phrase->slot[0];
	const uint32_t exact = phrase->slot[phrase->slot_count - 1].place;

	for (size_t i = 0; i < phrase->slot_count; i++)
		phrase->slot[i].at = 0;
	for (uint32_t b = 0; b < first->range.count; b++) {
		const uint32_t begin = position(first, b);
		uint64_t last = begin;
		size_t i;

		for (i = 1; i < phrase->slot_count; i++) {
			struct slot *slot = &phrase->slot[i];

			last += slot->place - phrase->slot[i - 1].place;
			while (slot->at < slot->range.count && position(slot, slot->at) < last)
				slot->at++;
			/* and so from any later beginning */
			if (slot->at == slot->range.count)
				return;
			last = position(slot, slot->at);
			if (last - begin > (uint64_t)exact + phrase->slop)
				break;
		}
		if (i < phrase->slot_count)
			continue;
		if (last < title_count)
			match->title_tf++;
		else if (begin < title_count)
			continue;
		match->tf++;
	}
}

/* Where the article's title ends, if that matters; else 0. */
static enum ndx_status
title_end(struct phrase *phrase, ndx_docid docid, uint32_t *count_ret, struct ndx_err *err)
{
	int64_t count = 0;
	enum ndx_status status = NDX_OK;

	if (phrase->needs_title)
		status = ndx_column_get(&phrase->titles, docid, &count, err);
	*count_ret = (uint32_t)count;
	return status;
}

/* What an occurrence in the title, as all may be, counts at most. */
static double
title_extra(const struct phrase *phrase)
{
	return phrase->plan->title_weight > 1 ? (double)phrase->plan->title_weight : 1;
}

/* Of the candidates keep those that score enough if the phrase stands wherever its words could make
 * it. */
static enum ndx_status
keep_above(struct phrase *phrase, const uint32_t *tf, struct ndx_err *err)
{
	struct ndx_candidates *candidates = &phrase->candidates;
	const uint8_t *norm = ndx_segment_part(phrase->segment, NDX_PART_NORMS);
	const double extra = title_extra(phrase);
	const double least = (double)phrase->threshold * (1 - BOUND_SLACK);
	size_t kept = 0;
	enum ndx_status status;

	if (candidates->count == 0)
		return NDX_OK;
	status = ndx_segment_norms(phrase->segment, candidates->docid[0],
	                           candidates->docid[candidates->count - 1], err);
	for (size_t c = 0; status == NDX_OK && c < candidates->count; c++) {
		const double f = extra * tf[c];
		const double length = (double)phrase->plan->length[norm[candidates->docid[c]]];

		candidates->docid[kept] = candidates->docid[c];
		kept += (double)phrase->weight * f >= least * (f + length);
	}
	candidates->count = kept;
	return status;
}

/*
 * Drop candidates that stay below the threshold: the phrase is no more frequent than any of its
 * words, or a pair of them.
 */
static enum ndx_status
drop_low(struct phrase *phrase, struct ndx_err *err)
{
	uint32_t tf[NDX_WINDOW_LEN];
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < phrase->filter_count; i++) {
		struct filter *filter = &phrase->filter[i];

		memset(tf, 0xff, phrase->candidates.count * sizeof(tf[0]));
		filter->block =
			ndx_postings_skip(filter->list, filter->block, phrase->candidates.base);
		status = ndx_occurrences_least_tfs(filter->list, filter->block, &phrase->candidates,
		                                   tf, err);
		if (status == NDX_OK)
			status = keep_above(phrase, tf, err);
	}
	return status;
}

static enum ndx_status
gather(struct phrase *phrase, struct slot *slot, struct ndx_err *err)
{
	/* The same window may be asked for again, so no further than its beginning. */
	if (slot->forms != NULL) {
		slot->block = ndx_postings_skip(slot->forms, slot->block, phrase->candidates.base);
		return ndx_occurrences_gather_form(
			slot->forms, slot->block, &phrase->candidates, slot->number,
			phrase->title_only ? &phrase->titles : NULL, &phrase->scratch,
			&phrase->numbers, &slot->found, err);
	}
	slot->block = ndx_postings_skip(&slot->list, slot->block, phrase->candidates.base);
	return ndx_occurrences_gather(&slot->list, slot->block, &phrase->candidates, &slot->found,
	                              err);
}

/* With slop: every word's positions in every candidate. */
static enum ndx_status
verify_near(struct phrase *phrase, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (size_t s = 0; status == NDX_OK && s < phrase->slot_count; s++)
		status = gather(phrase, &phrase->slot[s], err);
	for (size_t c = 0; status == NDX_OK && c < phrase->candidates.count; c++) {
		struct match match = { .docid = phrase->candidates.docid[c] };
		uint32_t title_count;

		for (size_t s = 0; s < phrase->slot_count; s++)
			phrase->slot[s].range = ndx_occurrences_ranges(&phrase->slot[s].found)[c];
		status = title_end(phrase, match.docid, &title_count, err);
		if (status == NDX_OK)
			count_occurrences(phrase, title_count, &match);
		if (match.tf > 0)
			ndx_buf_add(&phrase->matches, &match, sizeof(match));
	}
	return status;
}

/* The occurrences that begin at begin[count], less those that run from the title into the text. */
static struct match
count_exact(const uint32_t *begin, uint32_t count, uint32_t length, uint32_t title_count)
{
	struct match match = { .tf = count };

	for (uint32_t b = 0; b < count && begin[b] < title_count; b++) {
		if (begin[b] + length < title_count)
			match.title_tf++;
		else
			match.tf--;
	}
	return match;
}

/*
 * Without slop, rarest word first: where the phrase may begin by the words so far.  *begins_ret is
 * one of the phrase's own, or the only slot's.
 */
static enum ndx_status
find_begins(struct phrase *phrase, const struct ndx_occurrences **begins_ret, struct ndx_err *err)
{
	struct slot *slot = &phrase->slot[phrase->by_df[0]];
	const struct ndx_occurrences *begins = &slot->found;
	uint32_t place = slot->place;
	enum ndx_status status = gather(phrase, slot, err);

	for (size_t s = 1; status == NDX_OK && s < phrase->slot_count; s++) {
		struct ndx_occurrences *both = &phrase->begins[s % 2];

		slot = &phrase->slot[phrase->by_df[s]];
		status = gather(phrase, slot, err);
		if (status == NDX_OK && !ndx_occurrences_intersect(phrase->segment->kernels, begins,
		                                                   place, &slot->found, slot->place,
		                                                   &phrase->candidates, both))
			status = ndx_fail_nomem(err);
		begins = both;
		place = 0;
	}
	*begins_ret = begins;
	return status;
}

static enum ndx_status
verify_exact(struct phrase *phrase, struct ndx_err *err)
{
	const uint32_t length = phrase->slot[phrase->slot_count - 1].place;
	const struct ndx_occurrences *begins;
	enum ndx_status status = phrase->threshold > 0 ? drop_low(phrase, err) : NDX_OK;

	if (status == NDX_OK)
		status = find_begins(phrase, &begins, err);
	for (size_t c = 0; status == NDX_OK && c < phrase->candidates.count; c++) {
		const struct ndx_range *range = &ndx_occurrences_ranges(begins)[c];
		uint32_t title_count;
		struct match match;

		status = title_end(phrase, phrase->candidates.docid[c], &title_count, err);
		match = count_exact(ndx_occurrences_sums(begins) + range->begin, range->count,
		                    length, title_count);
		match.docid = phrase->candidates.docid[c];
		if (status == NDX_OK && match.tf > 0)
			ndx_buf_add(&phrase->matches, &match, sizeof(match));
	}
	return status;
}

/* Of a window of candidates that have every word, clear those that lack the phrase, and note the
 * others. */
static enum ndx_status
verify(struct phrase *phrase, struct ndx_window *window, struct ndx_err *err)
{
	const struct match *match;
	enum ndx_status status;

	ndx_buf_clear(&phrase->matches);
	if (ndx_window_is_empty(window))
		return NDX_OK;
	ndx_candidates_set(&phrase->candidates, window, phrase->segment->kernels);
	status = phrase->slop == 0 && phrase->slot_count > 1 ? verify_exact(phrase, err)
	                                                     : verify_near(phrase, err);
	if (status != NDX_OK)
		return status;
	if (ndx_buf_failed(&phrase->matches))
		return ndx_fail_nomem(err);
	ndx_window_clear(window, window->base);
	match = (const struct match *)(const void *)phrase->matches.data;
	for (size_t i = 0; i < phrase->matches.size / sizeof(*match); i++)
		ndx_window_set(window, match[i].docid);
	return NDX_OK;
}

/* Of a window keep the articles in the lists from the given one on; then verify. */
static enum ndx_status
keep_from(struct phrase *phrase, size_t first, struct ndx_window *window, struct ndx_err *err)
{
	phrase->verified = *window;
	for (size_t i = first; i < phrase->filter_count && !ndx_window_is_empty(window); i++) {
		struct filter *filter = &phrase->filter[i];
		enum ndx_status status = ndx_lookup_keep(filter->list, &filter->block, window, err);

		if (status != NDX_OK)
			return status;
	}
	return verify(phrase, window, err);
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	return keep_from((struct phrase *)matcher, 0, window, err);
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct phrase *phrase = (struct phrase *)matcher;
	struct filter *shortest = &phrase->filter[0];
	struct ndx_window mine;
	enum ndx_status status;

	ndx_window_clear(&mine, window->base);
	if (phrase->threshold > 0 && phrase->slop == 0)
		status = ndx_lookup_fill_above(
			shortest->list, &shortest->block, &mine, phrase->plan->length,
			(double)phrase->threshold * (1 - BOUND_SLACK) / (double)phrase->weight,
			title_extra(phrase), err);
	else
		status = ndx_lookup_fill(shortest->list, &shortest->block, &mine, err);
	if (status == NDX_OK)
		status = keep_from(phrase, 1, &mine, err);
	/* What is not in that list lacks the phrase: now all of the window is known. */
	memset(phrase->verified.bits, 0xff, sizeof(phrase->verified.bits));
	if (status == NDX_OK)
		ndx_window_or(window, &mine);
	return status;
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	(void)err;
	((struct phrase *)matcher)->credited = window;
	return NDX_OK;
}

/* Is it known of all articles of the window whether they match? */
static bool
is_verified(const struct phrase *phrase, const struct ndx_window *window)
{
	struct ndx_window unknown = *window;

	if (phrase->verified.base != window->base)
		return false;
	ndx_window_and_not(&unknown, &phrase->verified);
	return ndx_window_is_empty(&unknown);
}

static enum ndx_status
score(struct ndx_matcher *matcher, float *out, struct ndx_err *err)
{
	struct phrase *phrase = (struct phrase *)matcher;
	const struct ndx_window *window = phrase->credited;
	const uint8_t *norm = ndx_segment_part(phrase->segment, NDX_PART_NORMS);
	const float extra = phrase->plan->title_weight - 1;
	const struct match *match;
	size_t count;
	enum ndx_status status;

	if (!is_verified(phrase, window)) {
		struct ndx_window again = *window;

		status = keep(matcher, &again, err);
		if (status != NDX_OK)
			return status;
	}
	match = (const struct match *)(const void *)phrase->matches.data;
	count = phrase->matches.size / sizeof(*match);
	for (size_t i = 0; i < count; i++) {
		float tf = (float)match[i].tf;

		if (!ndx_window_has(window, match[i].docid))
			continue;
		if (extra != 0 && match[i].title_tf > 0)
			tf = tf + extra * (float)match[i].title_tf;
		status = ndx_segment_norms(phrase->segment, match[i].docid, match[i].docid, err);
		if (status != NDX_OK)
			return status;
		out[match[i].docid - window->base] +=
			phrase->weight * tf / (tf + phrase->plan->length[norm[match[i].docid]]);
	}
	return NDX_OK;
}

static void
close_phrase(struct ndx_matcher *matcher)
{
	struct phrase *phrase = (struct phrase *)matcher;

	for (size_t i = 0; i < phrase->slot_count; i++)
		ndx_occurrences_free(&phrase->slot[i].found);
	ndx_buf_free(&phrase->matches);
	ndx_occurrences_free(&phrase->begins[0]);
	ndx_occurrences_free(&phrase->begins[1]);
	ndx_occurrences_free(&phrase->scratch);
	ndx_buf_free(&phrase->numbers);
}

static void
heed(struct ndx_matcher *matcher, float threshold)
{
	((struct phrase *)matcher)->threshold = threshold;
}

static const struct ndx_matcher_class phrase_class = { seek,  fill, keep,        credit,
	                                               score, heed, close_phrase };

/* A slot of which one form is wanted; *missing_ret: the segment lacks it. */
static enum ndx_status
open_form(const struct ndx_matcher_maker *maker, const struct ndx_query_term *wanted,
          struct slot *slot, bool *missing_ret, struct ndx_err *err)
{
	const struct ndx_segment *segment = maker->segment;
	struct ndx_term_info info;
	bool found;
	enum ndx_status status =
		ndx_plan_find(segment, NDX_FIELD_ANY, wanted->term, &info, &found, err);

	if (status == NDX_OK && found)
		status = ndx_form_number(segment, &info, wanted->term, wanted->form, &slot->number,
		                         &found, err);
	*missing_ret = !found;
	if (status != NDX_OK || !found || info.form_count < 2)
		return status;
	slot->forms = ndx_arena_alloc(maker->arena, sizeof(*slot->forms));
	if (slot->forms == NULL)
		return ndx_fail_nomem(err);
	return ndx_postings_open(segment, &info, slot->forms, err);
}

/* Find the slots' lists; *missing_ret: one of the words is not in the segment at all. */
static enum ndx_status
open_slots(const struct ndx_matcher_maker *maker, uint32_t leaf, struct phrase *phrase,
           bool *missing_ret, struct ndx_err *err)
{
	const struct ndx_node *node = maker->plan->leaf[leaf].node;

	*missing_ret = false;
	for (size_t i = 0; i < node->slot_count; i++) {
		struct slot *slot = &phrase->slot[i];
		const struct ndx_plan_term *term =
			ndx_plan_term(maker->plan, maker->segment, leaf, i);
		enum ndx_status status;

		if (!term->found) {
			*missing_ret = true;
			return NDX_OK;
		}
		status = ndx_postings_open(maker->segment, &term->info, &slot->list, err);
		if (status != NDX_OK)
			return status;
		slot->place = node->slot[i].position;
		ndx_occurrences_init(&slot->found, maker->segment->env->mem);
		if (node->slot[i].term.exact)
			status = open_form(maker, &node->slot[i].term, slot, missing_ret, err);
		if (status != NDX_OK || *missing_ret)
			return status;
	}
	return NDX_OK;
}

/* The shortest first: insertion, because phrases are short. */
static void
add_filter(struct phrase *phrase, struct ndx_postings *list)
{
	size_t at = phrase->filter_count++;

	for (; at > 0 && phrase->filter[at - 1].list->info.df > list->info.df; at--)
		phrase->filter[at] = phrase->filter[at - 1];
	phrase->filter[at] = (struct filter){ list, 0 };
}

/*
 * The lists of pairs of neighbours, and those of the words that are in none of them.  *missing_ret:
 * two words are nowhere neighbours.
 */
static enum ndx_status
open_filters(const struct ndx_matcher_maker *maker, uint32_t leaf, struct phrase *phrase,
             bool *missing_ret, struct ndx_err *err)
{
	const struct ndx_node *node = maker->plan->leaf[leaf].node;
	bool covered = false; /* the slot at hand, by the pair with the one before */

	for (size_t i = 0; i < node->slot_count; i++) {
		const struct ndx_slot *slot = &node->slot[i];
		struct ndx_postings *list;
		struct ndx_term_info info;
		bool kept = false, found = false;
		enum ndx_status status = NDX_OK;

		if (node->slop == 0 && i + 1 < node->slot_count &&
		    slot[1].position - slot[0].position == 1)
			status = ndx_pair_find(maker->plan, maker->segment, leaf, i, &kept, &found,
			                       &info, err);
		if (status != NDX_OK)
			return status;
		if (!kept && !covered)
			add_filter(phrase, &phrase->slot[i].list);
		covered = kept;
		if (!kept)
			continue;
		if (!found) {
			*missing_ret = true;
			return NDX_OK;
		}
		list = ndx_arena_alloc(maker->arena, sizeof(*list));
		if (list == NULL)
			return ndx_fail_nomem(err);
		status = ndx_postings_open(maker->segment, &info, list, err);
		if (status != NDX_OK)
			return status;
		add_filter(phrase, list);
	}
	return NDX_OK;
}

/* Rarest first: insertion, because phrases are short. */
static void
order_slots(struct phrase *phrase)
{
	for (uint32_t i = 0; i < phrase->slot_count; i++) {
		uint32_t j = i;

		for (; j > 0 && phrase->slot[phrase->by_df[j - 1]].list.info.df >
		                        phrase->slot[i].list.info.df;
		     j--)
			phrase->by_df[j] = phrase->by_df[j - 1];
		phrase->by_df[j] = i;
	}
}

enum ndx_status
ndx_phrase_new(const struct ndx_matcher_maker *maker, uint32_t leaf,
               struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	const struct ndx_node *node = maker->plan->leaf[leaf].node;
	struct phrase *phrase = ndx_arena_alloc(maker->arena, sizeof(*phrase));
	bool missing;
	enum ndx_status status;

	if (phrase == NULL)
		return ndx_fail_nomem(err);
	phrase->slot = ndx_arena_alloc(maker->arena, node->slot_count * sizeof(*phrase->slot));
	phrase->by_df = ndx_arena_alloc(maker->arena, node->slot_count * sizeof(*phrase->by_df));
	phrase->filter =
		ndx_arena_alloc(maker->arena, 2 * node->slot_count * sizeof(*phrase->filter));
	if (phrase->slot == NULL || phrase->by_df == NULL || phrase->filter == NULL)
		return ndx_fail_nomem(err);
	phrase->slot_count = node->slot_count;
	status = open_slots(maker, leaf, phrase, &missing, err);
	if (status == NDX_OK && !missing)
		status = open_filters(maker, leaf, phrase, &missing, err);
	if (status != NDX_OK)
		return status;
	if (missing)
		return ndx_none_new(maker, matcher_ret, err);
	order_slots(phrase);
	phrase->plan = maker->plan;
	phrase->segment = maker->segment;
	phrase->slop = node->slop;
	phrase->weight = maker->plan->leaf[leaf].weight;
	phrase->verified.base = NDX_DOCID_NONE;
	phrase->needs_title =
		node->field == NDX_FIELD_ANY && (node->slop > 0 || maker->plan->title_weight != 1);
	phrase->title_only = node->field == NDX_FIELD_TITLE;
	if (phrase->needs_title || phrase->title_only)
		status = ndx_column_open(maker->segment, NDX_PART_TITLES, &phrase->titles, err);
	ndx_buf_init(&phrase->matches, maker->segment->env->mem);
	ndx_occurrences_init(&phrase->scratch, maker->segment->env->mem);
	ndx_buf_init(&phrase->numbers, maker->segment->env->mem);
	ndx_occurrences_init(&phrase->begins[0], maker->segment->env->mem);
	ndx_occurrences_init(&phrase->begins[1], maker->segment->env->mem);
	phrase->base = (struct ndx_matcher){ &phrase_class, phrase->filter[0].list->info.df / 2 };
	*matcher_ret = &phrase->base;
	return status;
}
