/*
 * intervals.c - see intervals.h
 *
 * A NEAR joins each interval of its left side with the nearest of its right side, before or after
 * it (after it, if both are as near; only after it, if order matters), where that is within the
 * distance, or in the same sentence.  The stretch from the one to the other is an interval again:
 * so chains are read from the left, and there are never more intervals than the left side has.
 *
 * What must hold: nothing runs from the title (positions below T) into the text.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/intervals.h"

#include <stdlib.h>

#include "searcher/form_hits.h"

static int
compare(const void *a, const void *b)
{
	const struct ndx_interval *x = a, *y = b;

	if (x->candidate != y->candidate)
		return x->candidate < y->candidate ? -1 : 1;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* From the one numbered 'first' on: sorted, and each once. */
static void
settle(struct ndx_buf *out, size_t first)
{
	struct ndx_interval *all = (struct ndx_interval *)(void *)out->data;
	const size_t count = out->size / sizeof(*all);
	size_t kept = first;
	bool sorted = true;

	for (size_t i = first + 1; i < count && sorted; i++)
		sorted = compare(&all[i - 1], &all[i]) < 0;
	if (sorted || ndx_buf_failed(out))
		return;
	qsort(all + first, count - first, sizeof(*all), compare);
	for (size_t i = first; i < count; i++)
		if (kept == first || compare(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	out->size = kept * sizeof(*all);
}

/* The postings of the loaded block that are of candidates from *next on, which moves behind
 * them. */
static uint32_t
match_block(const struct ndx_postings *list, const struct ndx_candidates *candidates, size_t *next,
            uint8_t at[NDX_BLOCK_LEN], uint32_t which[NDX_BLOCK_LEN])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < list->count && *next < candidates->count;) {
		if (candidates->docid[*next] < list->docid[i]) {
			++*next;
		} else if (candidates->docid[*next] > list->docid[i]) {
			i++;
		} else {
			at[count] = (uint8_t)i++;
			which[count++] = (uint32_t)(*next)++;
		}
	}
	return count;
}

struct gathering {
	const struct ndx_interval_finder *finder;
	const uint8_t *wanted; /* by number of a form; NULL: all */
	bool title_only;
	struct ndx_buf ranges, sums, numbers;
	struct ndx_buf *out;
};

/* The intervals of one word in the loaded block. */
static enum ndx_status
gather_block(struct gathering *g, struct ndx_postings *list, const uint8_t *at,
             const uint32_t *which, uint32_t count)
{
	struct ndx_err *err = g->finder->err;
	const uint32_t *number = NULL;
	struct ndx_interval *out;
	uint32_t posting = 0;
	enum ndx_status status;

	ndx_buf_clear(&g->ranges);
	ndx_buf_clear(&g->sums);
	ndx_postings_load_tfs(list);
	status = ndx_postings_sums(list, at, count, &g->ranges, &g->sums, err);
	if (status == NDX_OK && g->wanted != NULL) {
		status = ndx_postings_forms(list, &g->numbers, NULL, err);
		number = (const uint32_t *)(const void *)g->numbers.data;
	}
	for (uint32_t i = 0; status == NDX_OK && i < count; i++) {
		const struct ndx_range *range =
			(const struct ndx_range *)(const void *)g->ranges.data + i;
		const uint32_t *sum = (const uint32_t *)(const void *)g->sums.data + range->begin;
		int64_t title = INT64_MAX;

		for (; number != NULL && posting < at[i]; posting++)
			number += list->tf[posting];
		if (g->title_only)
			status =
				ndx_column_get(&g->finder->titles, list->docid[at[i]], &title, err);
		out = (struct ndx_interval *)(void *)ndx_buf_reserve(g->out,
		                                                     range->count * sizeof(*out));
		if (out == NULL)
			return ndx_fail_nomem(err);
		for (uint32_t p = 0; status == NDX_OK && p < range->count; p++) {
			const uint32_t position = sum[p] - range->base;

			if (position >= title)
				break;
			if (number != NULL && g->wanted[number[p]] == 0)
				continue;
			*out++ = (struct ndx_interval){ which[i], position, position };
			g->out->size += sizeof(*out);
		}
	}
	return status;
}

static enum ndx_status
gather(struct gathering *g, const struct ndx_term_info *info)
{
	const struct ndx_candidates *candidates = g->finder->candidates;
	struct ndx_postings list;
	size_t next = 0;
	enum ndx_status status = ndx_postings_open(g->finder->segment, info, &list, g->finder->err);

	if (status != NDX_OK || candidates->count == 0)
		return status;
	for (uint32_t block = 0;;) {
		uint8_t at[NDX_BLOCK_LEN];
		uint32_t which[NDX_BLOCK_LEN], count;

		block = next < candidates->count
		                ? ndx_postings_skip(&list, block, candidates->docid[next])
		                : list.block_count;
		if (block >= list.block_count)
			return NDX_OK;
		status = ndx_postings_load(&list, block, g->finder->err);
		if (status != NDX_OK)
			return status;
		count = match_block(&list, candidates, &next, at, which);
		if (count > 0)
			status = gather_block(g, &list, at, which, count);
		if (status != NDX_OK)
			return status;
		block++;
	}
}

static void
gathering_init(struct gathering *g, const struct ndx_interval_finder *finder, struct ndx_buf *out)
{
	const struct ndx_mem *mem = finder->segment->env->mem;

	*g = (struct gathering){ .finder = finder, .out = out };
	ndx_buf_init(&g->ranges, mem);
	ndx_buf_init(&g->sums, mem);
	ndx_buf_init(&g->numbers, mem);
}

static void
gathering_free(struct gathering *g)
{
	ndx_buf_free(&g->ranges);
	ndx_buf_free(&g->sums);
	ndx_buf_free(&g->numbers);
}

/* Any of some forms: of each of their terms. */
static enum ndx_status
find_forms(const struct ndx_interval_finder *finder, const struct ndx_node *node,
           struct ndx_buf *out)
{
	struct ndx_arena *arena = ndx_arena_new(finder->segment->env->mem);
	struct ndx_wanted_term *term = NULL;
	struct gathering g;
	size_t count = 0;
	enum ndx_status status;

	if (arena == NULL)
		return ndx_fail_nomem(finder->err);
	gathering_init(&g, finder, out);
	g.title_only = node->field == NDX_FIELD_TITLE;
	status = ndx_wanted_terms_find(finder->segment, node, arena, &term, &count, finder->err);
	for (size_t i = 0; status == NDX_OK && i < count; i++) {
		g.wanted = term[i].all ? NULL : term[i].wanted;
		status = gather(&g, &term[i].info);
	}
	gathering_free(&g);
	ndx_arena_free(arena);
	return status;
}

/* A word, or a place in a phrase. */
static enum ndx_status
find_word(const struct ndx_interval_finder *finder, uint32_t leaf, size_t slot,
          const struct ndx_query_term *wanted, struct ndx_buf *out)
{
	const struct ndx_plan_term *term = ndx_plan_term(finder->plan, finder->segment, leaf, slot);
	const struct ndx_node *node = finder->plan->leaf[leaf].node;
	struct gathering g;
	enum ndx_status status = NDX_OK;

	if (wanted->exact) { /* as a node of its own would */
		struct ndx_str form = wanted->form;
		const struct ndx_node exact = {
			.kind = NDX_NODE_FORMS, .field = node->field, .form = &form, .form_count = 1
		};

		return find_forms(finder, &exact, out);
	}
	if (!term->found)
		return NDX_OK;
	gathering_init(&g, finder, out);
	status = gather(&g, &term->info);
	gathering_free(&g);
	return status;
}

/* The intervals of one candidate: from *at on, which moves behind them. */
static size_t
of_candidate(const struct ndx_buf *buf, uint32_t candidate, size_t *at,
             const struct ndx_interval **ret)
{
	size_t count, first;
	const struct ndx_interval *all = ndx_intervals(buf, &count);

	while (*at < count && all[*at].candidate < candidate)
		++*at;
	first = *at;
	while (*at < count && all[*at].candidate == candidate)
		++*at;
	*ret = count == 0 ? NULL : all + first; /* of none, there is no array */
	return *at - first;
}

/* The place of a phrase on the way through one candidate. */
struct place {
	struct ndx_buf found; /* of its word */
	size_t at;
	const struct ndx_interval *of; /* the candidate's */
	size_t count, next;
};

/* The end of the occurrence that begins at 'begin'; UINT32_MAX: there is none. */
static uint32_t
phrase_end(const struct ndx_node *node, struct place *place, uint32_t begin)
{
	const uint32_t exact = node->slot[node->slot_count - 1].position;
	uint64_t last = begin;

	for (size_t i = 1; i < node->slot_count; i++) {
		last += node->slot[i].position - node->slot[i - 1].position;
		while (place[i].next < place[i].count && place[i].of[place[i].next].begin < last)
			place[i].next++;
		if (place[i].next == place[i].count)
			return UINT32_MAX;
		last = place[i].of[place[i].next].begin;
		if (last - begin > (uint64_t)exact + node->slop)
			return UINT32_MAX;
	}
	return (uint32_t)last;
}

static enum ndx_status
phrase_candidate(const struct ndx_interval_finder *finder, const struct ndx_node *node,
                 struct place *place, uint32_t candidate, struct ndx_buf *out)
{
	int64_t title;
	enum ndx_status status = ndx_column_get(
		&finder->titles, finder->candidates->docid[candidate], &title, finder->err);

	for (size_t i = 0; i < node->slot_count; i++) {
		place[i].count =
			of_candidate(&place[i].found, candidate, &place[i].at, &place[i].of);
		place[i].next = 0;
		if (place[i].count == 0)
			return status;
	}
	for (size_t b = 0; status == NDX_OK && b < place[0].count; b++) {
		const uint32_t begin = place[0].of[b].begin, end = phrase_end(node, place, begin);
		const struct ndx_interval interval = { candidate, begin, end };

		if (end != UINT32_MAX && (begin >= title || end < title))
			ndx_buf_add(out, &interval, sizeof(interval));
	}
	return status;
}

static enum ndx_status
find_phrase(const struct ndx_interval_finder *finder, uint32_t leaf, struct ndx_buf *out)
{
	const struct ndx_mem *mem = finder->segment->env->mem;
	const struct ndx_node *node = finder->plan->leaf[leaf].node;
	struct place *place = ndx_alloc_zero(mem, node->slot_count, sizeof(*place));
	enum ndx_status status = NDX_OK;

	if (place == NULL)
		return ndx_fail_nomem(finder->err);
	for (size_t i = 0; i < node->slot_count; i++)
		ndx_buf_init(&place[i].found, mem);
	for (size_t i = 0; status == NDX_OK && i < node->slot_count; i++) {
		status = find_word(finder, leaf, i, &node->slot[i].term, &place[i].found);
		if (status == NDX_OK && ndx_buf_failed(&place[i].found))
			status = ndx_fail_nomem(finder->err);
		if (status == NDX_OK)
			settle(&place[i].found, 0);
	}
	for (uint32_t c = 0; status == NDX_OK && c < finder->candidates->count; c++)
		status = phrase_candidate(finder, node, place, c, out);
	for (size_t i = 0; i < node->slot_count; i++)
		ndx_buf_free(&place[i].found);
	ndx_free(mem, place);
	return status;
}

/* Both sides of a NEAR, and where sentences end. */
struct join {
	const struct ndx_interval_finder *finder;
	const struct ndx_node *node;
	struct ndx_buf side[2], by_end, sentences;
	size_t at[2], sentence_at;
	struct ndx_buf *out;
};

static int
compare_ends(const void *a, const void *b)
{
	const struct ndx_interval *x = a, *y = b;

	return (x->end > y->end) - (x->end < y->end);
}

/*
 * The first of interval[count], by rising begin, that begins after 'position', looked for from *at
 * on, which moves there: positions mostly rise from call to call.
 */
static size_t
first_after(const struct ndx_interval *interval, size_t count, uint32_t position, size_t *at)
{
	while (*at > 0 && interval[*at - 1].begin > position)
		--*at;
	while (*at < count && interval[*at].begin <= position)
		++*at;
	return *at;
}

/* How many of interval[count], by rising end, end before 'position'; likewise. */
static size_t
count_before(const struct ndx_interval *interval, size_t count, uint32_t position, size_t *at)
{
	while (*at > 0 && interval[*at - 1].end >= position)
		--*at;
	while (*at < count && interval[*at].end < position)
		++*at;
	return *at;
}

/* The sentences of a candidate, by their last positions. */
struct sentences {
	const struct ndx_interval *end;
	size_t count, at;
};

/* May a match stretch from 'begin' to 'end', with 'distance' from word to word? */
static bool
may_join(const struct ndx_node *node, uint32_t begin, uint32_t end, uint32_t distance,
         int64_t title, struct sentences *sentences)
{
	size_t next = 0;

	if (begin < title && end >= title)
		return false;
	if (node->near_kind != NDX_NEAR_SENTENCE)
		return distance <= node->distance;
	/* The first end of a sentence at 'begin' or after it is not before 'end'. */
	if (begin > 0)
		next = first_after(sentences->end, sentences->count, begin - 1, &sentences->at);
	return next == sentences->count || sentences->end[next].begin >= end;
}

static void
join_candidate(struct join *join, uint32_t candidate, const struct ndx_interval *left,
               size_t left_count, const struct ndx_interval *right,
               const struct ndx_interval *right_by_end, size_t right_count, int64_t title,
               struct sentences *sentences)
{
	size_t after_at = 0, before_at = 0;
	struct ndx_interval *out = (struct ndx_interval *)(void *)ndx_buf_reserve(
		join->out, left_count * sizeof(*out));

	for (size_t i = 0; out != NULL && i < left_count; i++) {
		const struct ndx_interval *l = &left[i];
		const size_t after = first_after(right, right_count, l->end, &after_at);
		const size_t before = count_before(right_by_end, right_count, l->begin, &before_at);
		struct ndx_interval found = { candidate, 0, 0 };
		uint32_t distance = UINT32_MAX;

		if (after < right_count &&
		    may_join(join->node, l->begin, right[after].end, right[after].begin - l->end,
		             title, sentences)) {
			distance = right[after].begin - l->end;
			found.begin = l->begin;
			found.end = right[after].end;
		}
		if (join->node->near_kind != NDX_NEAR_ORDERED && before > 0) {
			const struct ndx_interval *r = &right_by_end[before - 1];

			if (l->begin - r->end < distance &&
			    may_join(join->node, r->begin, l->end, l->begin - r->end, title,
			             sentences)) {
				distance = l->begin - r->end;
				found.begin = r->begin;
				found.end = l->end;
			}
		}
		if (distance == UINT32_MAX)
			continue;
		*out++ = found;
		join->out->size += sizeof(*out);
	}
}

/* The same intervals by rising end, as most are anyway; NULL: out of memory. */
static const struct ndx_interval *
order_by_end(struct join *join, const struct ndx_interval *interval, size_t count)
{
	bool sorted = true;

	for (size_t i = 1; i < count && sorted; i++)
		sorted = interval[i - 1].end <= interval[i].end;
	if (sorted)
		return interval;
	ndx_buf_clear(&join->by_end);
	ndx_buf_add(&join->by_end, interval, count * sizeof(*interval));
	if (ndx_buf_failed(&join->by_end))
		return NULL;
	qsort(join->by_end.data, count, sizeof(*interval), compare_ends);
	return (const struct ndx_interval *)(const void *)join->by_end.data;
}

static enum ndx_status
join_all(struct join *join)
{
	const struct ndx_interval_finder *finder = join->finder;
	enum ndx_status status = NDX_OK;

	for (uint32_t c = 0; status == NDX_OK && c < finder->candidates->count; c++) {
		const struct ndx_interval *left, *right, *by_end;
		struct sentences sentences = { NULL, 0, 0 };
		const size_t left_count = of_candidate(&join->side[0], c, &join->at[0], &left);
		const size_t right_count = of_candidate(&join->side[1], c, &join->at[1], &right);
		int64_t title;

		sentences.count =
			of_candidate(&join->sentences, c, &join->sentence_at, &sentences.end);
		if (left_count == 0 || right_count == 0)
			continue;
		status = ndx_column_get(&finder->titles, finder->candidates->docid[c], &title,
		                        finder->err);
		by_end = order_by_end(join, right, right_count);
		if (by_end == NULL)
			return ndx_fail_nomem(finder->err);
		if (status == NDX_OK)
			join_candidate(join, c, left, left_count, right, by_end, right_count, title,
			               &sentences);
	}
	return status;
}

static enum ndx_status
find_sentences(const struct ndx_interval_finder *finder, struct ndx_buf *out)
{
	struct ndx_term_info info;
	struct gathering g;
	bool found;
	enum ndx_status status =
		ndx_plan_find(finder->segment, NDX_FIELD_SENTENCE, ndx_str(NDX_SENTENCE_TERM),
	                      &info, &found, finder->err);

	if (status != NDX_OK || !found)
		return status;
	gathering_init(&g, finder, out);
	status = gather(&g, &info);
	gathering_free(&g);
	return status;
}

static enum ndx_status
find_near(const struct ndx_interval_finder *finder, const struct ndx_plan_node *node,
          struct ndx_buf *out)
{
	const struct ndx_mem *mem = finder->segment->env->mem;
	struct join join = { .finder = finder, .node = node->near_node, .out = out };
	struct ndx_buf *const buf[] = { &join.side[0], &join.side[1], &join.by_end,
		                        &join.sentences };
	enum ndx_status status;

	for (size_t i = 0; i < 4; i++)
		ndx_buf_init(buf[i], mem);
	status = ndx_intervals_find(finder, node->near[0], &join.side[0]);
	if (status == NDX_OK)
		status = ndx_intervals_find(finder, node->near[1], &join.side[1]);
	if (status == NDX_OK && node->near_node->near_kind == NDX_NEAR_SENTENCE)
		status = find_sentences(finder, &join.sentences);
	if (status == NDX_OK && ndx_buf_failed(&join.sentences))
		status = ndx_fail_nomem(finder->err);
	if (status == NDX_OK)
		status = join_all(&join);
	for (size_t i = 0; i < 4; i++)
		ndx_buf_free(buf[i]);
	return status;
}

enum ndx_status
ndx_intervals_find(const struct ndx_interval_finder *finder, const struct ndx_plan_node *node,
                   struct ndx_buf *out)
{
	const size_t first = out->size / sizeof(struct ndx_interval);
	bool is_word = false;
	enum ndx_status status = NDX_OK;

	if (node->kind == NDX_PLAN_LEAF) {
		const struct ndx_node *leaf = finder->plan->leaf[node->leaf].node;

		if (leaf->kind == NDX_NODE_FORMS)
			status = find_forms(finder, leaf, out);
		else if (leaf->kind == NDX_NODE_PHRASE)
			status = find_phrase(finder, node->leaf, out);
		else
			status = find_word(finder, node->leaf, 0, &leaf->term, out);
		is_word = leaf->kind != NDX_NODE_FORMS && leaf->kind != NDX_NODE_PHRASE &&
		          !leaf->term.exact;
	} else if (node->kind == NDX_PLAN_NEAR) {
		status = find_near(finder, node, out);
	} else {
		for (size_t i = 0; status == NDX_OK && i < node->count; i++)
			status = ndx_intervals_find(finder, node->child[i], out);
	}
	if (status == NDX_OK && ndx_buf_failed(out))
		status = ndx_fail_nomem(finder->err);
	if (status == NDX_OK && !is_word) /* of one list they are in order */
		settle(out, first);
	return status;
}
