/*
 * sort_postings.c - see sort_postings.h
 *
 * News comes in the order of its dates mostly, so postings often are in order already, or
 * backwards.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/sort_postings.h"

#include <stdbool.h>

/* Postings up to which sorting by insertion is quicker than by digits. */
#define INSERT_SORT_MAX 24

static void
reverse(struct ndx_posting *posting, size_t count)
{
	for (size_t i = 0, j = count - 1; i < j; i++, j--) {
		struct ndx_posting swap = posting[i];

		posting[i] = posting[j];
		posting[j] = swap;
	}
}

/* Bring few postings into order where they are. */
static void
insert_sort(struct ndx_posting *posting, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct ndx_posting moved = posting[i];
		size_t j = i;

		for (; j > 0 && posting[j - 1].docid > moved.docid; j--)
			posting[j] = posting[j - 1];
		posting[j] = moved;
	}
}

/* Sort by the byte of the docid at 'shift', keeping the order of equals. */
static void
sort_by_digit(const struct ndx_posting *from, size_t count, unsigned shift, struct ndx_posting *to)
{
	size_t place[256] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		place[from[i].docid >> shift & 255]++;
	for (size_t digit = 0; digit < 256; digit++) {
		size_t here = place[digit];

		place[digit] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[place[from[i].docid >> shift & 255]++] = from[i];
}

const struct ndx_posting *
ndx_sort_postings(struct ndx_posting *posting, size_t count, uint32_t article_count,
                  struct ndx_buf *scratch)
{
	struct ndx_posting *other;
	bool rises = true, falls = true;

	for (size_t i = 1; i < count; i++) {
		rises &= posting[i - 1].docid < posting[i].docid;
		falls &= posting[i - 1].docid > posting[i].docid;
	}
	if (rises)
		return posting;
	if (falls)
		reverse(posting, count);
	else if (count <= INSERT_SORT_MAX)
		insert_sort(posting, count);
	if (falls || count <= INSERT_SORT_MAX)
		return posting;
	ndx_buf_clear(scratch);
	other = (struct ndx_posting *)(void *)ndx_buf_reserve(scratch, count * sizeof(*other));
	for (unsigned shift = 0; other != NULL && shift < 32 && (article_count - 1) >> shift > 0;
	     shift += 8) {
		struct ndx_posting *swap = posting;

		sort_by_digit(posting, count, shift, other);
		posting = other;
		other = swap;
	}
	return other == NULL ? NULL : posting;
}
