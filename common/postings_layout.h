/*
 * postings_layout.h - the skip data of a postings list, for its reader and its writer
 *
 * The diagram is at the head of postings.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_POSTINGS_LAYOUT_H
#define NDX_COMMON_POSTINGS_LAYOUT_H

#include "common/format.h"

#define NDX_LIST_HEAD_SIZE 14 /* 3 impacts, title tf, 0, 3 thresholds */
#define NDX_GROUP_ENTRY_SIZE                                                                       \
	23 /* last u32, block off u32, positions off u64, 3 impacts, title tf */
#define NDX_BLOCK_ENTRY_SIZE                                                                       \
	17 /* last u32, positions off u32, block off u16, 3 impacts, title tf */

/* Thresholds: the k of each. */
#define NDX_THRESHOLD_COUNT 3
#define NDX_THRESHOLD_KS                                                                           \
	{                                                                                          \
		10, 100, 1000                                                                      \
	}

#endif
