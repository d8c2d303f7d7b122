/*
 * suggest.h - what a query could have meant
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_SUGGEST_H
#define NDX_SEARCHER_SUGGEST_H

#include "common/arena.h"
#include "common/index.h"
#include "searcher/query.h"

/* How many articles match the query, read as it is typed; 'all' as in ndx_query_parse(). */
enum ndx_status ndx_query_count(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                                struct ndx_str text, bool all, uint64_t *count_ret,
                                struct ndx_err *err);

/*
 * The query with words that stand more often in the index in the place of others that are like
 * them, if it then matches more than 'total' articles; from the arena.  NULL: there is none such.
 * With 'is_much' that is enough, 'total' is not looked at, and only words that hardly stand in the
 * index are exchanged.
 */
enum ndx_status ndx_did_you_mean(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                                 struct ndx_str text, bool all, const struct ndx_query *query,
                                 uint64_t total, bool is_much, struct ndx_arena *arena,
                                 const char **suggestion_ret, struct ndx_err *err);

#endif
