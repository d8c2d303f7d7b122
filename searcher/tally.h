/*
 * tally.h - what is counted over all matches of a query: facets, and a timeline
 *
 * A tally is a sink for the windows of a run (see run.h).  Sources, sections and authors are read
 * from their columns, and days from the column of dates; when the run is over, what the segments
 * have is brought together.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_TALLY_H
#define NDX_SEARCHER_TALLY_H

#include "common/arena.h"
#include "common/ndx.h"
#include "searcher/run.h"

#define NDX_FACET_VALUES 10    /* that are told, unless asked otherwise */
#define NDX_BUCKETS_MAX  40000 /* of a timeline */

struct ndx_tally;

/* 'facets': bits 1 << enum ndx_facet.  The tally's memory is the arena's and the index's. */
enum ndx_status ndx_tally_new(const struct ndx_index *index, struct ndx_arena *arena,
                              unsigned facets, size_t value_max, enum ndx_bucket_unit unit,
                              const struct ndx_zone *zone, struct ndx_tally **tally_ret,
                              struct ndx_err *err);
void ndx_tally_free(struct ndx_tally *tally); /* takes NULL */
struct ndx_match_sink ndx_tally_sink(struct ndx_tally *tally);

/* After the run: work out what the next two tell. */
enum ndx_status ndx_tally_finish(struct ndx_tally *tally, struct ndx_err *err);
const struct ndx_facet_value *ndx_tally_facet(const struct ndx_tally *tally, enum ndx_facet facet,
                                              size_t *count_ret);
const struct ndx_bucket *ndx_tally_timeline(const struct ndx_tally *tally,
                                            enum ndx_bucket_unit *unit_ret, size_t *count_ret);

#endif
