/*
 * sorted_runs.c - see sorted_runs.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/sorted_runs.h"

#include <stdbool.h>
#include <stdlib.h>

/* Does a come first?  Of equals the one that is first in memory. */
static bool
before(const struct ndx_sorted_runs *runs, const struct ndx_run_rest *a,
       const struct ndx_run_rest *b)
{
	const int order = runs->compare(a->at, b->at);

	return order != 0 ? order < 0 : a->at < b->at;
}

static void
sift_down(struct ndx_sorted_runs *runs, size_t at)
{
	struct ndx_run_rest *heap = runs->heap;

	for (size_t child; (child = 2 * at + 1) < runs->heap_count; at = child) {
		struct ndx_run_rest swap = heap[at];

		if (child + 1 < runs->heap_count && before(runs, &heap[child + 1], &heap[child]))
			child++;
		if (!before(runs, &heap[child], &heap[at]))
			return;
		heap[at] = heap[child];
		heap[child] = swap;
	}
}

int
ndx_sorted_runs_begin(struct ndx_sorted_runs *runs, const struct ndx_mem *mem, void *items,
                      size_t count, size_t item_size, int (*compare)(const void *a, const void *b))
{
	char *const base = items;

	*runs = (struct ndx_sorted_runs){ .mem = mem, .item_size = item_size, .compare = compare };
	runs->heap = ndx_alloc(mem, (count / NDX_RUN_LEN + 1) * sizeof(*runs->heap));
	if (runs->heap == NULL)
		return 0;
	for (size_t at = 0; at < count; at += NDX_RUN_LEN) {
		const size_t n = count - at < NDX_RUN_LEN ? count - at : NDX_RUN_LEN;

		qsort(base + at * item_size, n, item_size, compare);
		runs->heap[runs->heap_count++] =
			(struct ndx_run_rest){ base + at * item_size, base + (at + n) * item_size };
	}
	for (size_t at = runs->heap_count / 2; at-- > 0;)
		sift_down(runs, at);
	return 1;
}

const void *
ndx_sorted_runs_next(struct ndx_sorted_runs *runs)
{
	struct ndx_run_rest *first = &runs->heap[0];
	const void *item;

	if (runs->heap_count == 0)
		return NULL;
	item = first->at;
	first->at += runs->item_size;
	if (first->at == first->end)
		*first = runs->heap[--runs->heap_count];
	sift_down(runs, 0);
	return item;
}

void
ndx_sorted_runs_end(struct ndx_sorted_runs *runs)
{
	ndx_free(runs->mem, runs->heap);
}
