/*
 * columns_write.h - what a segment keeps of each article beside its text and postings
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_COLUMNS_WRITE_H
#define NDX_INDEXER_COLUMNS_WRITE_H

#include "common/text.h"
#include "indexer/segment_write.h"

/* By docid, 'count' of each. */
struct ndx_columns {
	size_t count;
	int64_t *slot;
	int64_t *date, *zone;               /* of undated articles: anything, they come last */
	int64_t *title;                     /* positions of the title, 0 if it is not indexed */
	int64_t *source, *section, *author; /* index in the names */
	uint8_t *norm;
	const struct ndx_str *source_names, *section_names, *author_names; /* not owned */
	size_t source_count, section_count, author_count;
};

/* False: out of memory (what was allocated is freed by _free). */
bool ndx_columns_alloc(struct ndx_columns *columns, const struct ndx_mem *mem, size_t count);
void ndx_columns_free(struct ndx_columns *columns, const struct ndx_mem *mem);

/* Put the parts SLOTS to NORMS; 'dated' articles come first. */
enum ndx_status ndx_columns_put(struct ndx_columns *columns, size_t dated,
                                struct ndx_segment_writer *segment, struct ndx_err *err);

/* Put the part ID_TABLE from entries hash << 32 | docid, in any order (they are sorted here). */
enum ndx_status ndx_id_table_put(const struct ndx_mem *mem, uint64_t *entry, size_t count,
                                 struct ndx_segment_writer *segment, struct ndx_err *err);

#endif
