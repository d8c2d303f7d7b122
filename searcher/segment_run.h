/*
 * segment_run.h - run a planned query over one segment
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_SEGMENT_RUN_H
#define NDX_SEARCHER_SEGMENT_RUN_H

#include "searcher/matcher.h"
#include "searcher/topk.h"

/*
 * Rank the matches in one segment into *top (empty, its k set), sorted, and add their number to
 * *total.  Without options->want_total it may stop early, once no further article can be among
 * the best, and then *total is too small.
 */
enum ndx_status ndx_segment_run(const struct ndx_plan *plan, const struct ndx_segment *segment,
                                const struct ndx_run_options *options, struct ndx_topk *top,
                                uint64_t *total, struct ndx_err *err);

/* The score that each scoring leaf (plan->by_rank) adds to one article. */
enum ndx_status ndx_segment_score_parts(const struct ndx_plan *plan,
                                        const struct ndx_segment *segment, ndx_docid docid,
                                        float *score, struct ndx_err *err);

#endif
