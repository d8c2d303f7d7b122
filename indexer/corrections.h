/*
 * corrections.h - what deleting articles takes away from the statistics of their segment
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_CORRECTIONS_H
#define NDX_INDEXER_CORRECTIONS_H

#include "common/segment.h"
#include "common/tombstones.h"
#include "indexer/batch.h"

/*
 * Append the tombstone file of a segment in which the articles with dead[docid] are
 * deleted, beside those that segment->tombstones has already.  The new ones are analysed anew from
 * their stored text, so 'language' must be the index's.  *token_count_ret is the sum of the lengths
 * of all deleted ones.
 */
enum ndx_status ndx_corrections_encode(const struct ndx_env *env, const char *language,
                                       const struct ndx_segment *segment, const uint8_t *dead,
                                       struct ndx_buf *out, uint32_t *deleted_count_ret,
                                       uint64_t *token_count_ret, struct ndx_err *err);

#endif
