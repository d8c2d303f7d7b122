/*
 * sorted_runs.h - an array in order, without as much memory again
 *
 * qsort() of the C library copies what it sorts.  So parts of a bounded size are sorted where they
 * are, and read in the order of all (Knuth, The Art of Computer Programming 3, section 5.4.1).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SORTED_RUNS_H
#define NDX_INDEXER_SORTED_RUNS_H

#include "common/mem.h"

/* Items of a part. */
#define NDX_RUN_LEN ((size_t)1 << 16)

struct ndx_sorted_runs {
	const struct ndx_mem *mem;
	struct ndx_run_rest {
		const char *at, *end;
	} * heap; /* what is left of each run, the one with the first item first */
	size_t heap_count, item_size;
	int (*compare)(const void *a, const void *b); /* as of qsort() */
};

/* Sort the parts of items[count]; 0: out of memory (there is nothing to free), else 1. */
int ndx_sorted_runs_begin(struct ndx_sorted_runs *runs, const struct ndx_mem *mem, void *items,
                          size_t count, size_t item_size,
                          int (*compare)(const void *a, const void *b));
/* The next item in the order of all; NULL after the last. */
const void *ndx_sorted_runs_next(struct ndx_sorted_runs *runs);
void ndx_sorted_runs_end(struct ndx_sorted_runs *runs);

#endif
