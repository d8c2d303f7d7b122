/*
 * sort_postings.h - postings of one term into the order of their docids
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SORT_POSTINGS_H
#define NDX_INDEXER_SORT_POSTINGS_H

#include "common/buf.h"
#include "common/format.h"

struct ndx_posting {
	ndx_docid docid;
	uint32_t tf, title_tf;
	uint32_t position; /* index in the positions of all postings of the term, where there are
	                      any */
};

/*
 * Sort posting[count], distinct docids below article_count, in place or into *scratch: returns
 * where they are then; NULL: out of memory.
 */
const struct ndx_posting *ndx_sort_postings(struct ndx_posting *posting, size_t count,
                                            uint32_t article_count, struct ndx_buf *scratch);

#endif
