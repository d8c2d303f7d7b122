/*
 * form_union.h - the surface forms of one term, of all batches or segments that have it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_FORM_UNION_H
#define NDX_INDEXER_FORM_UNION_H

#include "common/buf.h"
#include "common/text.h"

struct ndx_form_union {
	const struct ndx_mem *mem;
	struct ndx_str term;
	struct ndx_union_form {
		size_t off, size; /* in 'bytes' */
		uint64_t cf;
	} * form; /* in the order in which they were added */
	size_t count, count_max;
	struct ndx_buf bytes;
	struct ndx_buf map;       /* uint32_t, see ndx_form_union_map() */
	struct ndx_buf order, to; /* uint32_t: see ndx_form_union_sort() */
	struct ndx_buf texts;     /* struct ndx_str */
};

void ndx_form_union_init(struct ndx_form_union *forms, const struct ndx_mem *mem);
void ndx_form_union_free(struct ndx_form_union *forms);
/* Empty it, for the forms of a term that stays until the next is begun. */
void ndx_form_union_begin(struct ndx_form_union *forms, struct ndx_str term);
/* An array of 'count' numbers of 0, until the next call; NULL: out of memory. */
uint32_t *ndx_form_union_map(struct ndx_form_union *forms, size_t count);
/* Add a form, unless it is there; its index in form[].  False: out of memory. */
bool ndx_form_union_add(struct ndx_form_union *forms, struct ndx_str form, uint32_t *index_ret);
/*
 * Order the forms that have a cf, the most frequent first, then by their bytes: to[index] is the
 * number of each then; *count_ret, how many there are.  NULL: out of memory.
 */
const uint32_t *ndx_form_union_sort(struct ndx_form_union *forms, size_t *count_ret);
/* Their texts by number, until the next is begun. */
const struct ndx_str *ndx_form_union_texts(const struct ndx_form_union *forms);

#endif
