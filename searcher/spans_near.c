/*
 * spans_near.c - see spans_near.h
 *
 * A mark stays if the other side has one that begins within the distance after its end, or ends
 * within the distance before its begin.  So each side is sorted twice, by begins and by ends, and
 * searched by halving.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/spans_near.h"

#include <stdlib.h>

/* What is looked for in one side: its numbers, rising. */
struct side {
	uint32_t *first, *last, *sentence;
	size_t count;
};

static int
compare_numbers(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Is there a number from 'least' to 'most'? */
static bool
has_within(const uint32_t *number, size_t count, uint64_t least, uint64_t most)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (number[middle] < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && number[low] <= most;
}

static void
take_side(const struct ndx_placed_mark *mark, size_t count, uint32_t from, uint32_t end,
          struct side *side)
{
	side->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (mark[i].mark.leaf < from || mark[i].mark.leaf >= end)
			continue;
		side->first[side->count] = mark[i].first;
		side->last[side->count] = mark[i].last;
		side->sentence[side->count++] = mark[i].sentence;
	}
	if (side->count == 0)
		return;
	qsort(side->first, side->count, sizeof(uint32_t), compare_numbers);
	qsort(side->last, side->count, sizeof(uint32_t), compare_numbers);
	qsort(side->sentence, side->count, sizeof(uint32_t), compare_numbers);
}

/* Has the mark one of the other side in reach?  'is_left': the mark is of the left side. */
static bool
is_near(const struct ndx_near_leaves *near, const struct ndx_placed_mark *mark, bool is_left,
        const struct side *other)
{
	const enum ndx_near_kind kind = near->node->near_kind;
	const uint64_t reach = near->distance;

	if (kind == NDX_NEAR_SENTENCE)
		return has_within(other->sentence, other->count, mark->sentence, mark->sentence);
	if ((is_left || kind == NDX_NEAR_ANY) &&
	    has_within(other->first, other->count, (uint64_t)mark->last + 1, mark->last + reach))
		return true;
	return (!is_left || kind == NDX_NEAR_ANY) && mark->first > 0 &&
	       has_within(other->last, other->count, mark->first > reach ? mark->first - reach : 0,
	                  mark->first - 1);
}

size_t
ndx_near_marks(const struct ndx_mem *mem, const struct ndx_near_leaves *near,
               struct ndx_placed_mark *mark, size_t count)
{
	uint32_t *numbers = ndx_alloc(mem, 6 * (count + 1) * sizeof(*numbers));
	struct side side[2];
	size_t kept = 0;

	if (numbers == NULL)
		return SIZE_MAX;
	for (size_t s = 0; s < 2; s++) {
		side[s] = (struct side){ numbers + 3 * s * count, numbers + (3 * s + 1) * count,
			                 numbers + (3 * s + 2) * count, 0 };
		take_side(mark, count, s == 0 ? near->from : near->middle,
		          s == 0 ? near->middle : near->end, &side[s]);
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t leaf = mark[i].mark.leaf;
		const bool is_left = leaf < near->middle;

		if (leaf < near->from || leaf >= near->end ||
		    is_near(near, &mark[i], is_left, &side[is_left]))
			mark[kept++] = mark[i];
	}
	ndx_free(mem, numbers);
	return kept;
}
