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
	void *moved;

	if (size == 0) {
		if (ptr != NULL)
			failing->live_count--;
		free(ptr);
		return NULL;
	}
	failing->alloc_count++;
	if (failing->fail_at != 0 && failing->alloc_count >= failing->fail_at)
		return NULL;
	moved = realloc(ptr, size);
	if (ptr == NULL && moved != NULL)
		failing->live_count++;
	return moved;
}

void
ndx_failing_mem_init(struct failing_mem *failing, size_t fail_at)
{
	*failing = (struct failing_mem){ .mem = { failing_realloc, failing }, .fail_at = fail_at };
}
