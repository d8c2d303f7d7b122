/*
 * headlines.c - see headlines.h
 *
 * The words are searched as a phrase of titles.  Where they stand is then read from the titles' own
 * lists of each word, a block at a time.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/headlines.h"

#include "common/impact.h"
#include "searcher/matcher.h"
#include "searcher/plan.h"
#include "searcher/run.h"

#define PLACES 64

struct finder {
	const struct ndx_index *index;
	struct ndx_arena *arena;
	struct ndx_headlines *headlines; /* by segment */
	struct ndx_query *query;         /* for the words: */
	struct ndx_slot one;
	const struct ndx_slot *slot; /* they */
	size_t slot_count;
	struct ndx_headlines_block block;
	struct ndx_err *err;
};

static size_t
word_count(const struct ndx_segment *segment)
{
	return (size_t)segment->article_count / 64 + 1;
}

static enum ndx_status
take_window(void *ctx, const struct ndx_segment *segment, const struct ndx_window *window,
            struct ndx_err *err)
{
	struct finder *f = ctx;
	uint64_t *bits = f->headlines[segment - f->index->segment].bits + window->base / 64;
	const size_t words = word_count(segment) - window->base / 64;

	(void)err;
	memcpy(bits, window->bits,
	       (words < NDX_WINDOW_WORDS ? words : NDX_WINDOW_WORDS) * sizeof(*bits));
	return NDX_OK;
}

/* The headlines with the words into bits[]. */
static enum ndx_status
find_words(struct finder *f, struct ndx_stemmer *stemmer, struct ndx_str before)
{
	const struct ndx_match_sink sink = { take_window, f };
	const struct ndx_run_options options = { .k1 = NDX_K1,
		                                 .b = NDX_B,
		                                 .title_weight = NDX_TITLE_WEIGHT,
		                                 .want_total = true,
		                                 .sink = &sink };
	struct ndx_run_result result;
	struct ndx_buf text;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&text, f->index->env->mem);
	ndx_buf_add_str(&text, "title:\"");
	ndx_buf_add(&text, before.data, before.size);
	ndx_buf_add_str(&text, "\"");
	if (ndx_buf_failed(&text))
		status = ndx_fail_nomem(f->err);
	if (status == NDX_OK)
		status = ndx_query_parse(f->index->env->mem, stemmer, (const char *)text.data,
		                         text.size, false, false, &f->query, f->err);
	if (status == NDX_OK)
		status = ndx_run(f->index, f->query, &options, &result, f->err);
	if (status == NDX_OK)
		ndx_run_result_free(f->index, &result);
	ndx_buf_free(&text);
	return status;
}

enum ndx_status
ndx_headlines_select(const struct ndx_headlines *headlines, struct ndx_postings *list,
                     struct ndx_headlines_block *block, struct ndx_err *err)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		block->at[count] = (uint8_t)i;
		count += ndx_headlines_has(headlines, list->docid[i]);
	}
	block->count = count;
	ndx_buf_clear(&block->ranges);
	ndx_buf_clear(&block->sums);
	return count == 0 ? NDX_OK
	                  : ndx_postings_sums(list, block->at, count, &block->ranges, &block->sums,
	                                      err);
}

/* Position 'n' of posting 'i' of those selected; PLACES or more: there is none. */
static uint32_t
position_of(const struct ndx_headlines_block *block, uint32_t i, uint32_t n)
{
	const struct ndx_range *range =
		(const struct ndx_range *)(const void *)block->ranges.data + i;
	const uint32_t *sum = (const uint32_t *)(const void *)block->sums.data + range->begin;

	return n < range->count ? sum[n] - range->base : PLACES;
}

/* Of the headlines with the words, the number of one that has them. */
static uint32_t
number_of(const struct ndx_headlines *headlines, ndx_docid docid)
{
	const uint64_t below = headlines->bits[docid / 64] & (((uint64_t)1 << docid % 64) - 1);

	return headlines->rank[docid / 64] + (uint32_t)__builtin_popcountll(below);
}

uint64_t
ndx_headlines_behind(const struct ndx_headlines *headlines, const struct ndx_postings *list,
                     const struct ndx_headlines_block *block, uint32_t i)
{
	const uint64_t places = headlines->places[number_of(headlines, list->docid[block->at[i]])];
	uint64_t which = 0;

	for (uint32_t n = 0, at; n < PLACES && (at = position_of(block, i, n)) < PLACES; n++)
		which |= (places >> at & 1) << n;
	return which;
}

/* to[] := those of from[] where the word of the slot stands, 'gap' places on. */
static enum ndx_status
follow(struct finder *f, size_t segment, const struct ndx_slot *slot, uint32_t gap,
       const uint64_t *from, uint64_t *to)
{
	const struct ndx_headlines *headlines = &f->headlines[segment];
	struct ndx_term_info info;
	struct ndx_postings list;
	bool found;
	enum ndx_status status = ndx_plan_find(&f->index->segment[segment], NDX_FIELD_TITLE,
	                                       slot->term.term, &info, &found, f->err);

	memset(to, 0, headlines->count * sizeof(*to));
	if (status != NDX_OK || !found || gap >= PLACES)
		return status;
	status = ndx_postings_open(&f->index->segment[segment], &info, &list, f->err);
	for (uint32_t block = 0; status == NDX_OK && block < list.block_count; block++) {
		status = ndx_postings_load(&list, block, f->err);
		if (status == NDX_OK)
			status = ndx_headlines_select(headlines, &list, &f->block, f->err);
		for (uint32_t i = 0; status == NDX_OK && i < f->block.count; i++) {
			const uint32_t number = number_of(headlines, list.docid[f->block.at[i]]);

			for (uint32_t n = 0, at;
			     n < PLACES && (at = position_of(&f->block, i, n)) < PLACES; n++)
				to[number] |= from[number] << gap & (uint64_t)1 << at;
		}
	}
	return status;
}

/* Where the next word would stand in each headline that has the words. */
static enum ndx_status
find_places(struct finder *f, size_t segment)
{
	struct ndx_headlines *headlines = &f->headlines[segment];
	const size_t size = (headlines->count + 1) * sizeof(uint64_t);
	uint64_t *from = ndx_arena_take(f->arena, size), *to = ndx_arena_take(f->arena, size);
	enum ndx_status status = NDX_OK;

	if (from == NULL || to == NULL)
		return ndx_fail_nomem(f->err);
	for (uint32_t h = 0; h < headlines->count; h++)
		from[h] = UINT64_MAX;
	for (size_t n = 0; status == NDX_OK && n < f->slot_count; n++) {
		const uint32_t gap = n == 0 ? 0 : f->slot[n].position - f->slot[n - 1].position;
		uint64_t *const done = to;

		status = follow(f, segment, &f->slot[n], gap, from, to);
		to = from;
		from = done;
	}
	for (uint32_t h = 0; h < headlines->count; h++)
		from[h] <<= 1;
	headlines->places = from;
	return status;
}

static enum ndx_status
number_headlines(struct finder *f, size_t segment)
{
	struct ndx_headlines *headlines = &f->headlines[segment];
	const size_t words = word_count(&f->index->segment[segment]);

	headlines->rank = ndx_arena_take(f->arena, words * sizeof(*headlines->rank));
	if (headlines->rank == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t w = 0; w < words; w++) {
		headlines->rank[w] = headlines->count;
		headlines->count += (uint32_t)__builtin_popcountll(headlines->bits[w]);
	}
	return NDX_OK;
}

static enum ndx_status
find(struct finder *f, struct ndx_stemmer *stemmer, struct ndx_str before, bool *any_ret)
{
	const size_t segment_count = f->index->manifest.segment_count;
	const struct ndx_node *node;
	bool are_words;
	enum ndx_status status;

	for (size_t i = 0; i < segment_count; i++) {
		const size_t size = word_count(&f->index->segment[i]) * sizeof(uint64_t);

		f->headlines[i] = (struct ndx_headlines){ .bits = ndx_arena_take(f->arena, size) };
		if (f->headlines[i].bits == NULL)
			return ndx_fail_nomem(f->err);
		memset(f->headlines[i].bits, 0, size);
	}
	status = find_words(f, stemmer, before);
	if (status != NDX_OK || f->query->root->child_count != 1)
		return status;
	node = f->query->root->child[0];
	f->slot = &f->one;
	f->slot_count = 1;
	f->one.term = node->term;
	if (node->kind == NDX_NODE_PHRASE) {
		f->slot = node->slot;
		f->slot_count = node->slot_count;
	}
	are_words = node->kind == NDX_NODE_PHRASE || node->kind == NDX_NODE_TERM;
	for (size_t i = 0; status == NDX_OK && are_words && i < segment_count; i++) {
		status = number_headlines(f, i);
		if (status == NDX_OK)
			status = find_places(f, i);
		*any_ret |= f->headlines[i].count > 0;
	}
	return status;
}

enum ndx_status
ndx_headlines_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                   struct ndx_str before, struct ndx_arena *arena,
                   struct ndx_headlines **headlines_ret, bool *any_ret, struct ndx_err *err)
{
	struct finder f = { .index = index, .arena = arena, .err = err };
	enum ndx_status status;

	*any_ret = false;
	f.headlines =
		ndx_arena_alloc(arena, (index->manifest.segment_count + 1) * sizeof(*f.headlines));
	if (f.headlines == NULL)
		return ndx_fail_nomem(err);
	ndx_buf_init(&f.block.ranges, index->env->mem);
	ndx_buf_init(&f.block.sums, index->env->mem);
	status = find(&f, stemmer, before, any_ret);
	ndx_buf_free(&f.block.ranges);
	ndx_buf_free(&f.block.sums);
	ndx_query_free(f.query);
	*headlines_ret = f.headlines;
	return status;
}
