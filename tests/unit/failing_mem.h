/*
 * failing_mem.h - a struct ndx_mem that counts, and fails at the allocation asked for
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_UNIT_FAILING_MEM_H
#define NDX_TESTS_UNIT_FAILING_MEM_H

#include <stddef.h>

#include "common/mem.h"

struct failing_mem {
	struct ndx_mem mem;
	size_t fail_at;     /* the allocation that fails, from 1; all after it do too; 0: none */
	size_t alloc_count; /* allocations and changes of size asked for */
	size_t live_count;  /* pieces not yet freed */
};

/* Counters at 0; hand on &failing->mem, to any number of threads. */
void ndx_failing_mem_init(struct failing_mem *failing, size_t fail_at);

#endif
