/*
 * topk.c - see topk.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/topk.h"

#include <stdlib.h>
#include <string.h>

int64_t
ndx_topk_key(float score)
{
	uint32_t bits;

	memcpy(&bits, &score, sizeof(bits));
	return bits;
}

void
ndx_topk_init(struct ndx_topk *top, const struct ndx_mem *mem, size_t k)
{
	*top = (struct ndx_topk){ .mem = mem, .k = k };
}

void
ndx_topk_free(struct ndx_topk *top)
{
	ndx_free(top->mem, top->item);
	*top = (struct ndx_topk){ .mem = top->mem, .k = top->k };
}

/* Does a rank below b? */
static bool
below(const struct ndx_ranked *a, const struct ndx_ranked *b)
{
	return a->key != b->key ? a->key < b->key : a->docid > b->docid;
}

static void
sift_up(struct ndx_topk *top, size_t at)
{
	struct ndx_ranked moved = top->item[at];

	for (; at > 0 && below(&moved, &top->item[(at - 1) / 2]); at = (at - 1) / 2)
		top->item[at] = top->item[(at - 1) / 2];
	top->item[at] = moved;
}

static void
sift_down(struct ndx_topk *top)
{
	struct ndx_ranked moved = top->item[0];
	size_t at = 0, child;

	for (; (child = 2 * at + 1) < top->count; at = child) {
		if (child + 1 < top->count && below(&top->item[child + 1], &top->item[child]))
			child++;
		if (!below(&top->item[child], &moved))
			break;
		top->item[at] = top->item[child];
	}
	top->item[at] = moved;
}

bool
ndx_topk_push(struct ndx_topk *top, struct ndx_ranked item)
{
	if (top->k == 0)
		return true;
	if (top->count < top->k) {
		if (!ndx_grow(top->mem, &top->item, &top->count_max, top->count + 1, sizeof(item)))
			return false;
		top->item[top->count++] = item;
		sift_up(top, top->count - 1);
	} else if (below(&top->item[0], &item)) {
		top->item[0] = item;
		sift_down(top);
	}
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct ndx_ranked *x = a, *y = b;

	return below(y, x) ? -1 : below(x, y);
}

void
ndx_topk_sort(struct ndx_topk *top)
{
	if (top->count > 1)
		qsort(top->item, top->count, sizeof(*top->item), compare);
}
