/*
 * lookup.c - see lookup.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/lookup.h"

#include <inttypes.h>
#include <math.h>

#include "common/varint.h"

/* With fewer articles in a block than this, each is looked for; else all are met on one walk. */
#define WALK_MIN 12
/* From so many on, a table is made of the block: measured. */
#define TABLE_MIN 6

/* In a bitset: a bit, and how many before it. */
static void
find_bit(const struct ndx_postings *list, ndx_docid docid, uint32_t *i_ret)
{
	const struct ndx_block *block = &list->block;
	const ndx_docid place = docid - block->base; /* before the base: beyond all words */
	uint8_t rank;

	if (place / 64 < block->word_count &&
	    (ndx_get_u64(block->docs + 8 * (size_t)(place / 64)) >> place % 64 & 1) != 0 &&
	    list->segment->kernels->rank_bits(block->docs, block->word_count, block->base, &docid,
	                                      1, &rank) == 1)
		*i_ret = rank;
}

enum ndx_status
ndx_lookup_in_entered(struct ndx_postings *list, ndx_docid docid, uint32_t *i_ret,
                      struct ndx_err *err)
{
	enum ndx_status status;
	uint32_t i;

	*i_ret = UINT32_MAX;
	if (list->block.word_count > 0 && !list->docids_done) {
		find_bit(list, docid, i_ret);
		return NDX_OK;
	}
	status = ndx_postings_load(list, list->at_block, err);
	if (status != NDX_OK)
		return status;
	i = ndx_lookup_in_block(list, docid);
	if (i < list->count && list->docid[i] == docid)
		*i_ret = i;
	return NDX_OK;
}

enum ndx_status
ndx_lookup_find(struct ndx_postings *list, uint32_t *block, ndx_docid docid, uint32_t *i_ret,
                struct ndx_err *err)
{
	enum ndx_status status;

	*i_ret = UINT32_MAX;
	*block = ndx_postings_skip(list, *block, docid);
	if (*block >= list->block_count)
		return NDX_OK;
	status = ndx_postings_enter(list, *block, err);
	return status == NDX_OK ? ndx_lookup_in_entered(list, docid, i_ret, err) : status;
}

/* The same in decoded docids; returns how many were found before one was not. */
static size_t
find_rising(const struct ndx_postings *list, const ndx_docid *docid, size_t count, uint8_t *at)
{
	size_t i = 0, c;

	for (c = 0; c < count; c++) {
		if (count < WALK_MIN)
			i = ndx_lookup_in_block(list, docid[c]);
		while (i < list->count && list->docid[i] < docid[c])
			i++;
		if (i >= list->count || list->docid[i] != docid[c])
			break;
		at[c] = (uint8_t)i;
	}
	return c;
}

enum ndx_status
ndx_lookup_all(struct ndx_postings *list, const ndx_docid *docid, size_t count,
               uint8_t at[NDX_BLOCK_LEN], struct ndx_err *err)
{
	const struct ndx_block *block = &list->block;
	size_t found = 0;
	enum ndx_status status = NDX_OK;

	if (count > list->count) {
		found = 0;
	} else if (block->word_count > 0 && !list->docids_done) {
		found = list->segment->kernels->rank_bits(block->docs, block->word_count,
		                                          block->base, docid, count, at);
	} else {
		status = ndx_postings_load(list, list->at_block, err);
		if (status == NDX_OK)
			found = find_rising(list, docid, count, at);
	}
	if (status == NDX_OK && found != count)
		return ndx_lookup_lacks(list, err);
	return status;
}

/* Take docid[c], found at index 'i' of the block, if 'is_hit'; without a branch, which could not be
 * predicted. */
static inline void
take_hit(struct ndx_lookup_hits *hits, const ndx_docid *docid, size_t c, uint32_t i, bool is_hit)
{
	hits->docid[hits->count] = docid[c];
	hits->which[hits->count] = (uint16_t)c;
	hits->at[hits->count] = (uint8_t)i;
	hits->count += is_hit;
}

static void
some_bits(const struct ndx_postings *list, const ndx_docid *docid, size_t count,
          struct ndx_lookup_hits *hits)
{
	const struct ndx_block *block = &list->block;

	for (size_t c = 0; c < count && hits->count < NDX_BLOCK_LEN; c++) {
		const ndx_docid place =
			docid[c] - block->base; /* before the base: beyond all words */
		const uint64_t word = place / 64 < block->word_count
		                              ? ndx_get_u64(block->docs + 8 * (size_t)(place / 64))
		                              : 0;

		take_hit(hits, docid, c, 0, (word >> place % 64 & 1) != 0);
	}
	if (hits->count > 0)
		list->segment->kernels->rank_bits(block->docs, block->word_count, block->base,
		                                  hits->docid, hits->count, hits->at);
}

/*
 * The table says where in the block a docid may be, and docid[] there whether it is; so what the
 * table has of other blocks does no harm.
 */
static void
some_by_table(const struct ndx_postings *list, const ndx_docid *docid, size_t count,
              struct ndx_lookup_places *places, struct ndx_lookup_hits *hits)
{
	for (uint32_t i = 0; i < list->count; i++)
		places->of[list->docid[i] % NDX_WINDOW_LEN] = (uint8_t)i;
	for (size_t c = 0; c < count && hits->count < NDX_BLOCK_LEN; c++) {
		const uint32_t i = places->of[docid[c] % NDX_WINDOW_LEN] % NDX_BLOCK_LEN;

		take_hit(hits, docid, c, i, i < list->count && list->docid[i] == docid[c]);
	}
}

enum ndx_status
ndx_lookup_some(struct ndx_postings *list, const ndx_docid *docid, size_t count,
                struct ndx_lookup_places *places, struct ndx_lookup_hits *hits, struct ndx_err *err)
{
	enum ndx_status status;

	hits->count = 0;
	if (list->block.word_count > 0 && !list->docids_done) {
		some_bits(list, docid, count, hits);
		return NDX_OK;
	}
	status = ndx_postings_load(list, list->at_block, err);
	if (status != NDX_OK)
		return status;
	/* Two docids of a wider block may have one place in the table. */
	if (count >= TABLE_MIN && list->docid[list->count - 1] - list->docid[0] < NDX_WINDOW_LEN) {
		some_by_table(list, docid, count, places, hits);
		return NDX_OK;
	}
	for (size_t c = 0; c < count && hits->count < NDX_BLOCK_LEN; c++) {
		const uint32_t i = ndx_lookup_in_block(list, docid[c]);

		take_hit(hits, docid, c, i, i < list->count && list->docid[i] == docid[c]);
	}
	return NDX_OK;
}

enum ndx_status
ndx_lookup_lacks(const struct ndx_postings *list, struct ndx_err *err)
{
	return ndx_segment_corrupt(list->segment, list->info.postings_off, err,
	                           "articles missing in postings of df %" PRIu32, list->info.df);
}

/* The bits of the block that was entered, which is a bitset. */
static void
set_words(const struct ndx_block *block, struct ndx_window *window)
{
	/* Both begin at a multiple of 64. */
	const uint32_t skipped = block->base < window->base ? (window->base - block->base) / 64 : 0;
	const uint32_t first = block->base < window->base ? 0 : (block->base - window->base) / 64;
	const uint8_t *in = block->docs + 8 * (size_t)skipped;
	uint32_t count = skipped < block->word_count ? block->word_count - skipped : 0;

	if (first >= NDX_WINDOW_WORDS)
		return;
	if (count > NDX_WINDOW_WORDS - first)
		count = NDX_WINDOW_WORDS - first;
	for (uint32_t i = 0; i < count; i++)
		window->bits[first + i] |= ndx_get_u64(in + 8 * (size_t)i);
}

/*
 * Neighbours often share a word, and each would wait for the store before it: so the whole block in
 * strands, one docid of each in turn.
 */
static void
set_bits(const struct ndx_postings *list, struct ndx_window *window)
{
	const ndx_docid *docid = list->docid;
	const ndx_docid base = window->base;
	const uint32_t strand = NDX_BLOCK_LEN / 8;

	if (list->count == NDX_BLOCK_LEN && docid[0] >= base &&
	    docid[NDX_BLOCK_LEN - 1] - base < NDX_WINDOW_LEN) {
		for (uint32_t i = 0; i < strand; i++)
			for (uint32_t at = i; at < NDX_BLOCK_LEN; at += strand)
				ndx_window_set(window, docid[at]);
		return;
	}
	for (uint32_t i = docid[0] >= base ? 0 : ndx_lookup_in_block(list, base);
	     i < list->count && docid[i] - base < NDX_WINDOW_LEN; i++)
		ndx_window_set(window, docid[i]);
}

enum ndx_status
ndx_lookup_fill_block(struct ndx_postings *list, uint32_t block, struct ndx_window *window,
                      struct ndx_err *err)
{
	enum ndx_status status = ndx_postings_enter(list, block, err);

	if (status == NDX_OK && list->block.word_count > 0) {
		set_words(&list->block, window);
	} else if (status == NDX_OK) {
		status = ndx_postings_load(list, block, err);
		if (status == NDX_OK)
			set_bits(list, window);
	}
	return status;
}

enum ndx_status
ndx_lookup_fill(struct ndx_postings *list, uint32_t *block, struct ndx_window *window,
                struct ndx_err *err)
{
	const ndx_docid last = window->base + (NDX_WINDOW_LEN - 1);

	*block = ndx_postings_skip(list, *block, window->base);
	for (uint32_t at = *block; at < list->block_count; at++) {
		enum ndx_status status = ndx_lookup_fill_block(list, at, window, err);

		if (status != NDX_OK)
			return status;
		if (ndx_postings_block_last(list, at) >= last)
			break;
	}
	return NDX_OK;
}

double
ndx_lookup_least_tf(const struct ndx_postings *list, uint32_t block, const float length[256],
                    double share)
{
	struct ndx_impact impact[NDX_IMPACT_COUNT];
	uint8_t title_tf_max, norm = UINT8_MAX;

	/* Near 1 the difference would be mostly rounding. */
	if (share <= 0 || share >= 0.9999 ||
	    !ndx_postings_block_impacts(list, block, impact, &title_tf_max))
		return 0;
	for (size_t i = 0; i < NDX_IMPACT_COUNT; i++)
		norm = impact[i].norm < norm ? impact[i].norm : norm;
	return share * (double)length[norm] / (1 - share) * (1 - 1e-5);
}

size_t
ndx_lookup_select_tfs(struct ndx_postings *list, uint32_t least, uint8_t at[NDX_BLOCK_LEN])
{
	size_t count = 0;

	ndx_postings_load_tfs(list);
	for (uint32_t i = 0; i < list->count; i++) {
		at[count] = (uint8_t)i;
		count += list->tf[i] >= least;
	}
	return count;
}

/* Can a posting of the block have such a tf? */
static bool
has_tf(const struct ndx_postings *list, uint32_t block, uint32_t least)
{
	struct ndx_impact impact[NDX_IMPACT_COUNT];
	uint8_t title_tf_max;

	if (!ndx_postings_block_impacts(list, block, impact, &title_tf_max))
		return true;
	for (size_t i = 0; i < NDX_IMPACT_COUNT; i++)
		if (impact[i].tf >= least || impact[i].tf == 255)
			return true;
	return false;
}

/* Set the bits of the block's articles that are in the window and have at least this tf. */
static enum ndx_status
fill_from_tf(struct ndx_postings *list, uint32_t block, uint32_t least, struct ndx_window *window,
             struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];
	size_t count;
	enum ndx_status status = ndx_postings_enter(list, block, err);

	count = status == NDX_OK ? ndx_lookup_select_tfs(list, least, at) : 0;
	if (count > 0)
		status = ndx_postings_load(list, block, err);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		if (list->docid[at[i]] - window->base < NDX_WINDOW_LEN)
			ndx_window_set(window, list->docid[at[i]]);
	return status;
}

enum ndx_status
ndx_lookup_fill_above(struct ndx_postings *list, uint32_t *block, struct ndx_window *window,
                      const float length[256], double share, double extra, struct ndx_err *err)
{
	const ndx_docid last = window->base + (NDX_WINDOW_LEN - 1);

	*block = ndx_postings_skip(list, *block, window->base);
	for (uint32_t at = *block; at < list->block_count; at++) {
		const double tf = ndx_lookup_least_tf(list, at, length, share) / extra;
		const uint32_t least = tf < 1                ? 1
		                       : tf < UINT32_MAX / 2 ? (uint32_t)ceil(tf)
		                                             : UINT32_MAX / 2;
		enum ndx_status status = NDX_OK;

		if (least == 1)
			status = ndx_lookup_fill_block(list, at, window, err);
		else if (has_tf(list, at, least))
			status = fill_from_tf(list, at, least, window, err);
		if (status != NDX_OK)
			return status;
		if (ndx_postings_block_last(list, at) >= last)
			break;
	}
	return NDX_OK;
}

/* Look each article of a sparse window up. */
static enum ndx_status
probe(struct ndx_postings *list, uint32_t block, struct ndx_window *window, struct ndx_err *err)
{
	for (size_t w = 0; w < NDX_WINDOW_WORDS; w++) {
		for (uint64_t word = window->bits[w]; word != 0; word &= word - 1) {
			ndx_docid docid = window->base + (ndx_docid)(64 * w) +
			                  (ndx_docid)__builtin_ctzll(word);
			uint32_t i;
			enum ndx_status status = ndx_lookup_find(list, &block, docid, &i, err);

			if (status != NDX_OK)
				return status;
			if (i == UINT32_MAX)
				window->bits[w] &= ~(word & -word);
		}
	}
	return NDX_OK;
}

enum ndx_status
ndx_lookup_keep(struct ndx_postings *list, uint32_t *block, struct ndx_window *window,
                struct ndx_err *err)
{
	const uint64_t blocks_per_window = (uint64_t)list->info.df *
	                                   (NDX_WINDOW_LEN / NDX_BLOCK_LEN) /
	                                   list->segment->article_count;
	struct ndx_window mine;
	enum ndx_status status;

	*block = ndx_postings_skip(list, *block, window->base);
	/* Probing decodes a block for each article at worst, filling all of them and their bits. */
	if (ndx_window_count(window, list->segment->kernels) <= 2 * (blocks_per_window + 1))
		return probe(list, *block, window, err);
	ndx_window_clear(&mine, window->base);
	status = ndx_lookup_fill(list, block, &mine, err);
	if (status == NDX_OK)
		ndx_window_and(window, &mine);
	return status;
}
