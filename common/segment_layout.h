/*
 * segment_layout.h - offsets in a segment's header and table of contents
 *
 * For segment.c, which reads them, and indexer/segment_write.c, which writes them;
 * the diagram is at the head of segment.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_SEGMENT_LAYOUT_H
#define NDX_COMMON_SEGMENT_LAYOUT_H

/* "ndxseg" and two bytes that no text editor leaves alone. */
#define NDX_SEGMENT_MAGIC       UINT64_C(0x0aff67657378646e)
#define NDX_SEGMENT_HEADER_SIZE 16 /* u64 magic, u32 version, u32 number */

enum ndx_toc_off {
	NDX_TOC_VERSION = 8,
	NDX_TOC_NUMBER = 12,
	NDX_TOC_ARTICLES = 16,
	NDX_TOC_DATED = 20,
	NDX_TOC_TERMS = 24,
	NDX_TOC_TOKENS = 32,
	NDX_TOC_NEWEST = 40,
	NDX_TOC_OLDEST = 48,
	NDX_TOC_SUMS_OFF = 56,
	NDX_TOC_SUMS_COUNT = 64,
	NDX_TOC_SUM = 72,
	NDX_TOC_POSITIONS_BYTES = 80,
	NDX_TOC_FORMS_BYTES = 88,
	NDX_TOC_PAIRS_BYTES = 96,
	NDX_TOC_PARTS = 104,
};

#endif
