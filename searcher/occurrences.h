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
#include "common/column.h"
#include "searcher/lookup.h"

/* The articles at hand: rising docids of one window. */
struct ndx_candidates {
	ndx_docid base; /* of the window */
	size_t count;
	ndx_docid docid[NDX_WINDOW_LEN];
};

/* Positions in the candidates: a range for each, in their order. */
struct ndx_occurrences {
	struct ndx_buf ranges; /* struct ndx_range */
	struct ndx_buf sums;   /* uint32_t */
};

void ndx_occurrences_init(struct ndx_occurrences *occurrences, const struct ndx_mem *mem);
void ndx_occurrences_free(struct ndx_occurrences *occurrences);

void ndx_candidates_set(struct ndx_candidates *candidates, const struct ndx_window *window,
                        const struct ndx_kernels *kernels);

/* tf[i] := the tf of the list's word in candidate i, if that is less; all have it, none before
 * 'block'. */
enum ndx_status ndx_occurrences_least_tfs(struct ndx_postings *list, uint32_t block,
                                          const struct ndx_candidates *candidates, uint32_t *tf,
                                          struct ndx_err *err);

/*
 * The positions of the list's word in the candidates, all of which have it, none before 'block'.
 */
enum ndx_status ndx_occurrences_gather(struct ndx_postings *list, uint32_t block,
                                       const struct ndx_candidates *candidates,
                                       struct ndx_occurrences *occurrences, struct ndx_err *err);

/*
 * The same, of a word of field ANY, where the form with this number stands: of some candidates that
 * is nowhere. With the column TITLES, in their titles alone.  'scratch' and 'numbers' are for its
 * own use.
 */
enum ndx_status ndx_occurrences_gather_form(
	struct ndx_postings *list, uint32_t block, const struct ndx_candidates *candidates,
	uint32_t number, const struct ndx_column *titles, struct ndx_occurrences *scratch,
	struct ndx_buf *numbers, struct ndx_occurrences *occurrences, struct ndx_err *err);

/*
 * Into *both, where a phrase begins that has the word of 'a' in place a_place and that of 'b' in
 * b_place, as positions; of the candidates only those with any remain.  False: out of memory.
 */
bool ndx_occurrences_intersect(const struct ndx_kernels *kernels, const struct ndx_occurrences *a,
                               uint32_t a_place, const struct ndx_occurrences *b, uint32_t b_place,
                               struct ndx_candidates *candidates, struct ndx_occurrences *both);

static inline const struct ndx_range *
ndx_occurrences_ranges(const struct ndx_occurrences *occurrences)
{
	return (const struct ndx_range *)(const void *)occurrences->ranges.data;
}

static inline const uint32_t *
ndx_occurrences_sums(const struct ndx_occurrences *occurrences)
{
	return (const uint32_t *)(const void *)occurrences->sums.data;
}

#endif
