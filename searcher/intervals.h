/*
 * intervals.h - where words and phrases stand in the candidates of a window, and which are near
 * each other
 *
 * An interval is the positions from the first word of a match to its last, both included.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_INTERVALS_H
#define NDX_SEARCHER_INTERVALS_H

#include "searcher/occurrences.h"

struct ndx_interval {
	uint32_t candidate; /* its index */
	uint32_t begin, end;
};

/* What the intervals are taken of. */
struct ndx_interval_finder {
	const struct ndx_plan *plan;
	const struct ndx_segment *segment;
	const struct ndx_candidates *candidates;
	struct ndx_column titles;
	struct ndx_err *err;
};

/*
 * The intervals of a plan node (a LEAF of a word, a phrase or forms; an OR of these; a NEAR) in the
 * candidates, by candidate, begin and end, each once: appended to *out (struct ndx_interval).
 */
enum ndx_status ndx_intervals_find(const struct ndx_interval_finder *finder,
                                   const struct ndx_plan_node *node, struct ndx_buf *out);

static inline const struct ndx_interval *
ndx_intervals(const struct ndx_buf *buf, size_t *count_ret)
{
	*count_ret = buf->size / sizeof(struct ndx_interval);
	return (const struct ndx_interval *)(const void *)buf->data;
}

#endif
