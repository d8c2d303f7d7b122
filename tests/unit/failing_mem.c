/*
 * failing_mem.c - see failing_mem.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/failing_mem.h"

#include <stdlib.h>

static void *
failing_realloc(void *ctx, void *ptr, size_t size)
{
	struct failing_mem *failing = ctx;
	size_t count;
	void *moved;

	if (size == 0) {
		if (ptr != NULL)
			__atomic_fetch_sub(&failing->live_count, 1, __ATOMIC_RELAXED);
		free(ptr);
		return NULL;
	}
	count = __atomic_add_fetch(&failing->alloc_count, 1, __ATOMIC_RELAXED);
	if (failing->fail_at != 0 && count >= failing->fail_at)
		return NULL;
	moved = realloc(ptr, size);
	if (ptr == NULL && moved != NULL)
		__atomic_fetch_add(&failing->live_count, 1, __ATOMIC_RELAXED);
	return moved;
}

void
ndx_failing_mem_init(struct failing_mem *failing, size_t fail_at)
{
	*failing = (struct failing_mem){ .mem = { failing_realloc, failing }, .fail_at = fail_at };
}
