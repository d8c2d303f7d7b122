/*
 * form_hits.h - the articles of a segment in which any of some surface forms stands, and how often
 *
 * Forms share the postings of their term, which say which form stands at each position. So the
 * articles are worked out before a query is run, all at once: how many they are decides what they
 * weigh.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_FORM_HITS_H
#define NDX_SEARCHER_FORM_HITS_H

#include "common/arena.h"
#include "common/segment.h"
#include "common/termdict.h"
#include "searcher/query.h"

/* Of few articles a list; of many the numbers of all articles of the segment, by docid. */
struct ndx_form_hits {
	ndx_docid *docid; /* rising; deleted ones too; NULL: it is the index, and tf 0 where none */
	uint32_t *tf;
	uint32_t *title_tf; /* how many of them in the title; NULL if it was not asked for */
	size_t count;       /* of the arrays */
	uint64_t found_count;
	uint64_t live_count; /* without the deleted */
};

static inline ndx_docid
ndx_form_hits_docid(const struct ndx_form_hits *hits, size_t i)
{
	return hits->docid == NULL ? (ndx_docid)i : hits->docid[i];
}

/* A term, and which of its forms are wanted. */
struct ndx_wanted_term {
	struct ndx_str text;
	struct ndx_term_info info, title; /* in field ANY; and in titles, if has_title */
	bool has_title;
	bool all;        /* all of its forms */
	uint8_t *wanted; /* by number: 1 = it is; NULL if there is one form */
	uint32_t marks;  /* the same as bits, of the first 32 */
};

/* The terms of a FORMS node in a segment, *term_ret[*count_ret] from the arena; the titles' lists
 * aside. */
enum ndx_status ndx_wanted_terms_find(const struct ndx_segment *segment,
                                      const struct ndx_node *node, struct ndx_arena *arena,
                                      struct ndx_wanted_term **term_ret, size_t *count_ret,
                                      struct ndx_err *err);

/*
 * Of a FORMS node of field ANY or TITLE, expanded.  The arrays come from the arena.
 */
enum ndx_status ndx_form_hits_find(const struct ndx_segment *segment, const struct ndx_node *node,
                                   bool wants_title, struct ndx_arena *arena,
                                   struct ndx_form_hits *hits_ret, struct ndx_err *err);

/*
 * The number of a form among those of a term (see common/forms.h); *found_ret: it is one of them.
 */
enum ndx_status ndx_form_number(const struct ndx_segment *segment, const struct ndx_term_info *info,
                                struct ndx_str term, struct ndx_str form, uint32_t *number_ret,
                                bool *found_ret, struct ndx_err *err);

#endif
