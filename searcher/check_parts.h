/*
 * check_parts.h - the parts of a segment under check; shared by the check_*.c files only
 *
 * What one part says of each article is kept until another says it again.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CHECK_PARTS_H
#define NDX_SEARCHER_CHECK_PARTS_H

#include "common/segment.h"

struct ndx_check_state {
	const struct ndx_segment *segment;
	const struct ndx_mem *mem;
	uint32_t *docid_of_slot;
	uint32_t form_count;    /* forms of the terms so far */
	uint32_t *id_hash;      /* by docid, as are the next two */
	uint32_t *title_count;  /* positions of the title, as the column has them */
	uint32_t *position_end; /* one past the last position in title and text */
	uint64_t *covered_off;  /* article_count + 1 of them: where its bits in 'covered' begin */
	uint8_t *covered;       /* a bit for each position at which a term stands */
};

/* Each returns the first damage. */
enum ndx_status ndx_check_columns(struct ndx_check_state *state, struct ndx_err *err);
enum ndx_status ndx_check_stores(struct ndx_check_state *state, struct ndx_err *err);
enum ndx_status ndx_check_lists(struct ndx_check_state *state, struct ndx_err *err);

#endif
