/*
 * index.h - an open index, from the inside
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_INDEX_H
#define NDX_COMMON_INDEX_H

#include "common/manifest.h"
#include "common/segment.h"
#include "common/text.h"
#include "common/tombstones.h"

struct ndx_index {
	const struct ndx_env *env;
	char *dir;
	struct ndx_manifest manifest;
	struct ndx_segment *segment; /* manifest.segment_count of them, in that order */
	uint64_t article_count;      /* live */
	uint64_t token_count; /* of the live articles: over article_count, their average length */
};

/* As ndx_open(), with the tables to use; 'env' must outlive the index. */
enum ndx_status ndx_index_open(const struct ndx_env *env, const char *dir,
                               struct ndx_index **index_ret, struct ndx_err *err);

/*
 * Find the live article named 'id': NDX_E_NOT_FOUND (no message is set) if there is none.
 */
enum ndx_status ndx_index_locate(const struct ndx_index *index, struct ndx_str id,
                                 size_t *segment_ret, ndx_docid *docid_ret, struct ndx_err *err);

/* Open one listed segment with its tombstones, and see that it is the one that was listed. */
enum ndx_status ndx_index_open_segment(const struct ndx_env *env, const char *dir,
                                       const struct ndx_manifest_segment *entry,
                                       struct ndx_segment *segment_ret, struct ndx_err *err);

#endif
