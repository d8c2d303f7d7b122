/*
 * expand.h - patterns of a query to the surface forms of an index that they match
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_EXPAND_H
#define NDX_SEARCHER_EXPAND_H

#include "common/arena.h"
#include "common/index.h"
#include "searcher/query.h"

/* Forms that one pattern stands for, unless the caller says otherwise. */
#define NDX_EXPANSIONS_MAX 1024

/*
 * Give every FORMS node its forms: those of the index's dictionaries that match it, the most
 * frequent first if they are more than expansions_max, of which the query then has a notice. Before
 * it, such a node matches nothing.
 */
enum ndx_status ndx_query_expand(const struct ndx_index *index, size_t expansions_max,
                                 struct ndx_query *query, struct ndx_err *err);

/* A surface form, and how often it stands in the index. */
struct ndx_form_count {
	struct ndx_str form;
	uint64_t cf;
};

/* All forms that a FORMS node with a pattern stands for, by their bytes; from the arena. */
enum ndx_status ndx_forms_find(const struct ndx_index *index, const struct ndx_node *pattern,
                               struct ndx_arena *arena, struct ndx_form_count **found_ret,
                               size_t *count_ret, struct ndx_err *err);
/* The nforms_max most frequent of them, in that order. */
enum ndx_status ndx_forms_find_frequent(const struct ndx_index *index,
                                        const struct ndx_node *pattern, size_t nforms_max,
                                        struct ndx_arena *arena, struct ndx_form_count **found_ret,
                                        size_t *count_ret, struct ndx_err *err);

#endif
