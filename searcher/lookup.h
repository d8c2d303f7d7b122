/*
 * lookup.h - a postings list as bits of a window, and single articles in it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_LOOKUP_H
#define NDX_SEARCHER_LOOKUP_H

#include "common/postings.h"
#include "searcher/matcher.h"

/* Index of the first docid[i] >= docid in the loaded block: count if there is none. */
static inline uint32_t
ndx_lookup_in_block(const struct ndx_postings *list, ndx_docid docid)
{
	uint32_t low = 0;

	/* Without branches, which could not be predicted. */
	for (uint32_t count = list->count, half; count > 1; count -= half) {
		half = count / 2;
		low += half * (uint32_t)(list->docid[low + half - 1] < docid);
	}
	return low + (uint32_t)(list->docid[low] < docid);
}

/*
 * Find an article from block *block on, which moves there: *i_ret is its index in the block
 * then entered, or UINT32_MAX.  A bitset's docids are not decoded.
 */
enum ndx_status ndx_lookup_find(struct ndx_postings *list, uint32_t *block, ndx_docid docid,
                                uint32_t *i_ret, struct ndx_err *err);

/*
 * The indexes of docid[count], 1 to 128 rising articles that all are in the block that was entered.
 * NDX_E_CORRUPT if one is not.
 */
enum ndx_status ndx_lookup_all(struct ndx_postings *list, const ndx_docid *docid, size_t count,
                               uint8_t at[NDX_BLOCK_LEN], struct ndx_err *err);

/*
 * A table that ndx_lookup_some() works with: zeroed once, then the same for any number of calls.
 */
struct ndx_lookup_places {
	uint8_t of[NDX_WINDOW_LEN];
};

/* Some articles of a block: indexes in what was looked for, and in the block. */
struct ndx_lookup_hits {
	size_t count;
	ndx_docid docid[NDX_BLOCK_LEN + 1];
	uint16_t which[NDX_BLOCK_LEN + 1];
	uint8_t at[NDX_BLOCK_LEN + 1];
};

/* Those of docid[count], rising articles of one window, that are in the block that was entered. */
enum ndx_status ndx_lookup_some(struct ndx_postings *list, const ndx_docid *docid, size_t count,
                                struct ndx_lookup_places *places, struct ndx_lookup_hits *hits,
                                struct ndx_err *err);

/* The error of a list without an article that was known to be in it. */
enum ndx_status ndx_lookup_lacks(const struct ndx_postings *list, struct ndx_err *err);

/* Clear the bits of the window's articles without the term; *block moves as above. */
enum ndx_status ndx_lookup_keep(struct ndx_postings *list, uint32_t *block,
                                struct ndx_window *window, struct ndx_err *err);

/* The same in the block that was entered. */
enum ndx_status ndx_lookup_in_entered(struct ndx_postings *list, ndx_docid docid, uint32_t *i_ret,
                                      struct ndx_err *err);

/* Set the bits of the block's articles that are in the window. */
enum ndx_status ndx_lookup_fill_block(struct ndx_postings *list, uint32_t block,
                                      struct ndx_window *window, struct ndx_err *err);

/*
 * A bound on tf: no posting of the block with a smaller one has tf / (tf + length[norm]) >= share.
 * From the impacts; 0 if they do not say.
 */
double ndx_lookup_least_tf(const struct ndx_postings *list, uint32_t block, const float length[256],
                           double share);
/* The indexes of the postings with at least this tf in the block that was entered; returns how
 * many. */
size_t ndx_lookup_select_tfs(struct ndx_postings *list, uint32_t least, uint8_t at[NDX_BLOCK_LEN]);

/*
 * Set the bits of the window's articles with the term, but perhaps not of those with less than that
 * share (see above), whose tf counts 'extra' times; *block moves to the window's first block.
 */
enum ndx_status ndx_lookup_fill_above(struct ndx_postings *list, uint32_t *block,
                                      struct ndx_window *window, const float length[256],
                                      double share, double extra, struct ndx_err *err);

/* Set the bits of the window's articles with the term; *block moves to the window's first block. */
enum ndx_status ndx_lookup_fill(struct ndx_postings *list, uint32_t *block,
                                struct ndx_window *window, struct ndx_err *err);

#endif
