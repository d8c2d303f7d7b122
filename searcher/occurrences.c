/*
 * occurrences.c - see occurrences.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/occurrences.h"

void
ndx_occurrences_init(struct ndx_occurrences *occurrences, const struct ndx_mem *mem)
{
	ndx_buf_init(&occurrences->ranges, mem);
	ndx_buf_init(&occurrences->sums, mem);
}

void
ndx_occurrences_free(struct ndx_occurrences *occurrences)
{
	ndx_buf_free(&occurrences->ranges);
	ndx_buf_free(&occurrences->sums);
}

void
ndx_candidates_set(struct ndx_candidates *candidates, const struct ndx_window *window,
                   const struct ndx_kernels *kernels)
{
	const uint8_t *bits = (const uint8_t *)window->bits;

	candidates->base = window->base;
	candidates->count = (size_t)kernels->popcount(bits, NDX_WINDOW_WORDS);
	kernels->list_bits(bits, NDX_WINDOW_WORDS, window->base, candidates->docid);
}

/*
 * Enter the block of the first of docid[count], from *block on, which moves there: how many of them
 * are in it, *within_ret, all if none is missing, and where, at[].
 */
static enum ndx_status
enter_next(struct ndx_postings *list, uint32_t *block, const ndx_docid *docid, size_t count,
           uint8_t at[NDX_BLOCK_LEN], size_t *within_ret, struct ndx_err *err)
{
	size_t within = 0;
	ndx_docid last;
	enum ndx_status status;

	*block = ndx_postings_skip(list, *block, *docid);
	if (*block >= list->block_count)
		return ndx_lookup_lacks(list, err);
	status = ndx_postings_enter(list, *block, err);
	if (status != NDX_OK)
		return status;
	last = ndx_postings_block_last(list, *block);
	while (within < count && docid[within] <= last)
		within++;
	*within_ret = within;
	return within == 0 ? ndx_lookup_lacks(list, err)
	                   : ndx_lookup_all(list, docid, within, at, err);
}

enum ndx_status
ndx_occurrences_least_tfs(struct ndx_postings *list, uint32_t block,
                          const struct ndx_candidates *candidates, uint32_t *tf,
                          struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];
	size_t within = 0;

	for (size_t done = 0; done < candidates->count; done += within) {
		enum ndx_status status = enter_next(list, &block, candidates->docid + done,
		                                    candidates->count - done, at, &within, err);

		if (status != NDX_OK)
			return status;
		ndx_postings_load_tfs(list);
		for (size_t i = 0; i < within; i++)
			tf[done + i] =
				list->tf[at[i]] < tf[done + i] ? list->tf[at[i]] : tf[done + i];
	}
	return NDX_OK;
}

enum ndx_status
ndx_occurrences_gather(struct ndx_postings *list, uint32_t block,
                       const struct ndx_candidates *candidates, struct ndx_occurrences *occurrences,
                       struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];
	size_t within = 0;

	ndx_buf_clear(&occurrences->ranges);
	ndx_buf_clear(&occurrences->sums);
	for (size_t done = 0; done < candidates->count; done += within) {
		enum ndx_status status = enter_next(list, &block, candidates->docid + done,
		                                    candidates->count - done, at, &within, err);

		if (status == NDX_OK)
			status = ndx_postings_sums(list, at, (uint32_t)within, &occurrences->ranges,
			                           &occurrences->sums, err);
		if (status != NDX_OK)
			return status;
	}
	return NDX_OK;
}

/* Of one posting, the positions at which the form stands; below 'end'. */
static void
add_positions(const struct ndx_occurrences *from, size_t i, const uint32_t *numbers,
              uint32_t number, int64_t end, struct ndx_occurrences *to)
{
	const struct ndx_range *range = &ndx_occurrences_ranges(from)[i];
	const uint32_t *sum = ndx_occurrences_sums(from) + range->begin;
	struct ndx_range kept = { to->sums.size / sizeof(*sum), 0, 0 };

	for (uint32_t p = 0; p < range->count; p++) {
		const uint32_t position = sum[p] - range->base;

		if (numbers[p] != number || position >= end)
			continue;
		ndx_buf_add(&to->sums, &position, sizeof(position));
		kept.count++;
	}
	ndx_buf_add(&to->ranges, &kept, sizeof(kept));
}

enum ndx_status
ndx_occurrences_gather_form(struct ndx_postings *list, uint32_t block,
                            const struct ndx_candidates *candidates, uint32_t number,
                            const struct ndx_column *titles, struct ndx_occurrences *scratch,
                            struct ndx_buf *numbers, struct ndx_occurrences *occurrences,
                            struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];
	size_t within = 0;

	ndx_buf_clear(&occurrences->ranges);
	ndx_buf_clear(&occurrences->sums);
	for (size_t done = 0; done < candidates->count; done += within) {
		const uint32_t *of_posting;
		uint32_t posting = 0;
		enum ndx_status status = enter_next(list, &block, candidates->docid + done,
		                                    candidates->count - done, at, &within, err);

		ndx_buf_clear(&scratch->ranges);
		ndx_buf_clear(&scratch->sums);
		if (status == NDX_OK)
			status = ndx_postings_sums(list, at, (uint32_t)within, &scratch->ranges,
			                           &scratch->sums, err);
		if (status == NDX_OK)
			status = ndx_postings_forms(list, numbers, NULL, err);
		if (status == NDX_OK)
			ndx_postings_load_tfs(list);
		of_posting = (const uint32_t *)(const void *)numbers->data;
		for (size_t i = 0; status == NDX_OK && i < within; i++) {
			int64_t end = INT64_MAX;

			for (; posting < at[i]; posting++)
				of_posting += list->tf[posting];
			if (titles != NULL)
				status = ndx_column_get(titles, candidates->docid[done + i], &end,
				                        err);
			if (status == NDX_OK)
				add_positions(scratch, i, of_posting, number, end, occurrences);
		}
		if (status != NDX_OK)
			return status;
	}
	return ndx_buf_failed(&occurrences->ranges) || ndx_buf_failed(&occurrences->sums)
	               ? ndx_fail_nomem(err)
	               : NDX_OK;
}

bool
ndx_occurrences_intersect(const struct ndx_kernels *kernels, const struct ndx_occurrences *a,
                          uint32_t a_place, const struct ndx_occurrences *b, uint32_t b_place,
                          struct ndx_candidates *candidates, struct ndx_occurrences *both)
{
	const struct ndx_range *in_a = ndx_occurrences_ranges(a), *in_b = ndx_occurrences_ranges(b);
	const uint32_t *sum_a = ndx_occurrences_sums(a), *sum_b = ndx_occurrences_sums(b);
	struct ndx_range *range;
	size_t total = 0, kept = 0, done = 0;
	uint32_t *out;

	for (size_t c = 0; c < candidates->count; c++)
		total += in_a[c].count;
	ndx_buf_clear(&both->ranges);
	ndx_buf_clear(&both->sums);
	range = (struct ndx_range *)(void *)ndx_buf_reserve(&both->ranges,
	                                                    candidates->count * sizeof(*range));
	out = (uint32_t *)(void *)ndx_buf_reserve(&both->sums, total * sizeof(*out));
	if (range == NULL || out == NULL)
		return false;
	for (size_t c = 0; c < candidates->count; c++) {
		const bool none =
			in_a[c].count == 0 || in_b[c].count == 0; /* then there may be no sums */
		const uint32_t n =
			none ? 0
			     : kernels->intersect(sum_a + in_a[c].begin, in_a[c].count,
		                                  sum_b + in_b[c].begin, in_b[c].count,
		                                  b_place - a_place + in_b[c].base - in_a[c].base,
		                                  in_a[c].base + a_place, out + done);

		range[kept] = (struct ndx_range){ done, n, 0 };
		candidates->docid[kept] = candidates->docid[c];
		kept += n > 0;
		done += n;
	}
	candidates->count = kept;
	both->ranges.size = kept * sizeof(*range);
	both->sums.size = done * sizeof(*out);
	return true;
}
