/*
 * termdict_top.h - the first keys of the dictionary's blocks, to find the block of a key
 *
 * For termdict.c alone, whose head has the grammar.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_TERMDICT_TOP_H
#define NDX_COMMON_TERMDICT_TOP_H

#include "common/segment.h"
#include "common/text.h"

/* Its bounds are checked. */
struct ndx_top {
	const struct ndx_segment *segment;
	uint64_t off; /* in the file, of the key offsets */
	uint64_t prefixes_off;
	uint32_t block_count;
	uint64_t keys_off, keys_size;
};

/* Read the part DICT_TOP. */
enum ndx_status ndx_top_open(const struct ndx_segment *segment, struct ndx_top *top_ret,
                             struct ndx_err *err);
/* Two successive offsets from one of the two tables: [0] <= [1] <= limit. */
enum ndx_status ndx_top_offsets(const struct ndx_top *top, uint64_t table_off, uint32_t i,
                                uint64_t limit, uint32_t out[2], struct ndx_err *err);
/* The last block from 'low' to 'high' whose first key is <= key; none: the one before 'low', or 0.
 * Keys are looked at only where prefixes are equal. */
enum ndx_status ndx_top_find(const struct ndx_top *top, struct ndx_str key, uint32_t low,
                             uint32_t high, uint32_t *block_ret, struct ndx_err *err);
/* The same from 'low' on, for a key that is likely to be near. */
enum ndx_status ndx_top_find_near(const struct ndx_top *top, struct ndx_str key, uint32_t low,
                                  uint32_t *block_ret, struct ndx_err *err);

#endif
