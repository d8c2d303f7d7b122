/*
 * spans.h - where in a text the words of a query stand
 *
 * A text is read as articles are when they are indexed, so what is marked is what
 * matched: words by their stems, phrases only where they stand whole, and nothing
 * of what the query excludes or filters by.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_SPANS_H
#define NDX_SEARCHER_SPANS_H

#include "searcher/query.h"

/* Bytes of the text that a leaf of the query (a term or phrase) matches. */
struct ndx_mark {
	uint32_t off, size;
	uint32_t leaf; /* see ndx_marker_leaf() */
};

struct ndx_marker;

/*
 * A marker for many texts; 'query' and 'stemmer' must outlive it.  One thread at a
 * time, the stemmer included.
 */
enum ndx_status ndx_marker_new(const struct ndx_mem *mem, struct ndx_stemmer *stemmer,
                               const struct ndx_query *query, struct ndx_marker **marker_ret,
                               struct ndx_err *err);
void ndx_marker_free(struct ndx_marker *marker); /* takes NULL */

/* The leaves that can be marked, in the order of the query. */
size_t ndx_marker_leaf_count(const struct ndx_marker *marker);
const struct ndx_node *ndx_marker_leaf(const struct ndx_marker *marker, size_t i);

/*
 * Find the marks in a title or a text: rising, not overlapping, alive until the next
 * call.  Where matches overlap they are one mark, with the leaf of the first.
 * Only NDX_E_NOMEM and NDX_E_LIMIT.
 */
enum ndx_status ndx_marker_find(struct ndx_marker *marker, struct ndx_str text, bool in_title,
                                const struct ndx_mark **marks_ret, size_t *count_ret,
                                struct ndx_err *err);

#endif
