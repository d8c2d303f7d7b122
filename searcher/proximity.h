/*
 * proximity.h - words of a query that stand near each other count more
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PROXIMITY_H
#define NDX_SEARCHER_PROXIMITY_H

#include "common/index.h"
#include "searcher/query.h"

/*
 * Add to the query, for each two words that follow each other at its top level, the clause (a
 * NEAR/8 b)^0.15: the unordered window of the sequential dependence model (Metzler and Croft, "A
 * Markov random field model for term dependencies", SIGIR 2005), scored as BM25 scores any NEAR.
 * Which articles match stays the same.  Two words that are both in more than a tenth of the
 * articles, and more than 100, are no pair.
 */
enum ndx_status ndx_query_add_proximity(const struct ndx_index *index, struct ndx_query *query,
                                        struct ndx_err *err);

#endif
