/*
 * occurrences.h - where the words of a phrase stand, for the articles of a window at once
 *
 * Positions are unpacked by whole groups, for all articles of a block that are still candidates:
 * several times cheaper than one article at a time.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_OCCURRENCES_H
#define NDX_SEARCHER_OCCURRENCES_H

#include "common/buf.h"
#include "searcher/lookup.h"

/* Per article, in the order of the docids: how many positions; and all positions in a row. */
struct ndx_occurrences {
	struct ndx_buf counts, positions; /* uint32_t */
};

void ndx_occurrences_init(struct ndx_occurrences *occurrences, const struct ndx_mem *mem);
void ndx_occurrences_free(struct ndx_occurrences *occurrences);

/*
 * The positions of the list's word in docid[count], rising docids of one window, from block *block
 * on, which moves to the last one that was looked into.  An article without the word has 0.
 */
enum ndx_status ndx_occurrences_gather(struct ndx_postings *list, uint32_t *block,
                                       const ndx_docid *docid, size_t count,
                                       struct ndx_occurrences *occurrences, struct ndx_err *err);

/*
 * Turn positions into those where the phrase would begin, the word's place in it being 'place';
 * what lies before the text's beginning is dropped.
 */
void ndx_occurrences_shift(struct ndx_occurrences *begin, uint32_t place);

/*
 * Keep of 'begin' what has the word of 'other' 'place' positions on, and of docid[*count] the
 * articles that then have any; 'begin' loses the others too.
 */
void ndx_occurrences_intersect(struct ndx_occurrences *begin, const struct ndx_occurrences *other,
                               uint32_t place, ndx_docid *docid, size_t *count);

static inline const uint32_t *
ndx_occurrences_counts(const struct ndx_occurrences *occurrences)
{
	return (const uint32_t *)(const void *)occurrences->counts.data;
}

static inline const uint32_t *
ndx_occurrences_positions(const struct ndx_occurrences *occurrences)
{
	return (const uint32_t *)(const void *)occurrences->positions.data;
}

#endif
