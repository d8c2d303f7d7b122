/*
 * article_read.h - an article as its segment stores it, made whole
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_ARTICLE_READ_H
#define NDX_SEARCHER_ARTICLE_READ_H

#include "common/arena.h"
#include "common/column.h"
#include "common/docstore.h"
#include "common/segment.h"

/* Reads articles of one segment, best in the order of their slots. */
struct ndx_article_reader {
	const struct ndx_segment *segment;
	struct ndx_docstore stored, ids;
	struct ndx_column slots, dates, zones;
};

enum ndx_status ndx_article_reader_open(const struct ndx_segment *segment,
                                        struct ndx_article_reader *reader, struct ndx_err *err);
void ndx_article_reader_close(struct ndx_article_reader *reader); /* takes a zeroed one */

/* Where the article lies in the stores. */
enum ndx_status ndx_article_reader_slot(const struct ndx_article_reader *reader, ndx_docid docid,
                                        uint32_t *slot_ret, struct ndx_err *err);

/* Id and date; all the rest is "" with ids_only.  The strings come from 'arena'. */
enum ndx_status ndx_article_read(struct ndx_article_reader *reader, ndx_docid docid, bool ids_only,
                                 struct ndx_arena *arena, struct ndx_article_view *article_ret,
                                 struct ndx_err *err);

#endif
