/*
 * occurrences.c - see occurrences.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/occurrences.h"

/* With fewer candidates in a block than this, each is looked for; else all are met on one walk. */
#define WALK_MIN 12

void
ndx_occurrences_init(struct ndx_occurrences *occurrences, const struct ndx_mem *mem)
{
	ndx_buf_init(&occurrences->counts, mem);
	ndx_buf_init(&occurrences->positions, mem);
}

void
ndx_occurrences_free(struct ndx_occurrences *occurrences)
{
	ndx_buf_free(&occurrences->counts);
	ndx_buf_free(&occurrences->positions);
}

/*
 * Which of docid[count] are in the loaded block: their indexes into at[], and into has[] of each
 * whether it is.  Returns how many.
 */
static uint32_t
find_in_block(const struct ndx_postings *list, const ndx_docid *docid, size_t count,
              uint8_t at[NDX_BLOCK_LEN], uint8_t has[])
{
	uint32_t found = 0, i = 0;

	for (size_t c = 0; c < count; c++) {
		if (count < WALK_MIN)
			i = ndx_lookup_in_block(list, docid[c]);
		else
			while (list->docid[i] < docid[c]) /* none is beyond the last */
				i++;
		has[c] = i < list->count && list->docid[i] == docid[c];
		at[found % NDX_BLOCK_LEN] = (uint8_t)i;
		found += has[c];
	}
	return found;
}

/* The leading ones of docid[count] that lie within the loaded block. */
static size_t
count_within(const struct ndx_postings *list, const ndx_docid *docid, size_t count)
{
	const ndx_docid last = list->docid[list->count - 1];
	size_t within = 0;

	while (within < count && docid[within] <= last)
		within++;
	return within;
}

/* The candidates of one block: docid[within]. */
static enum ndx_status
gather_block(struct ndx_postings *list, const ndx_docid *docid, size_t within,
             struct ndx_occurrences *occurrences, struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN], has[NDX_WINDOW_LEN];
	const uint32_t found = find_in_block(list, docid, within, at, has);
	uint32_t *tf = (uint32_t *)(void *)ndx_buf_reserve(&occurrences->counts, within * sizeof(*tf));

	if (tf == NULL)
		return ndx_fail_nomem(err);
	occurrences->counts.size += within * sizeof(*tf);
	if (found == 0) {
		memset(tf, 0, within * sizeof(*tf));
		return NDX_OK;
	}
	ndx_postings_load_tfs(list);
	for (size_t c = 0, a = 0; c < within; a += has[c++])
		tf[c] = has[c] ? list->tf[at[a]] : 0;
	return ndx_postings_positions_some(list, at, found, &occurrences->positions, err);
}

enum ndx_status
ndx_occurrences_gather(struct ndx_postings *list, uint32_t *block, const ndx_docid *docid,
                       size_t count, struct ndx_occurrences *occurrences, struct ndx_err *err)
{
	ndx_buf_clear(&occurrences->counts);
	ndx_buf_clear(&occurrences->positions);
	for (size_t done = 0, within; done < count; done += within) {
		enum ndx_status status = NDX_OK;

		*block = ndx_postings_skip(list, *block, docid[done]);
		if (*block < list->block_count)
			status = ndx_postings_load(list, *block, err);
		if (status != NDX_OK)
			return status;
		within = *block < list->block_count ? count_within(list, docid + done, count - done) : 0;
		if (within == 0) { /* before the next block begins, or after the last one */
			static const uint32_t none = 0;

			ndx_buf_add(&occurrences->counts, &none, sizeof(none));
			within = 1;
			continue;
		}
		status = gather_block(list, docid + done, within, occurrences, err);
		if (status != NDX_OK)
			return status;
	}
	if (ndx_buf_failed(&occurrences->counts) || ndx_buf_failed(&occurrences->positions))
		return ndx_fail_nomem(err);
	return NDX_OK;
}

void
ndx_occurrences_shift(struct ndx_occurrences *begin, uint32_t place)
{
	uint32_t *count = (uint32_t *)(void *)begin->counts.data;
	uint32_t *position = (uint32_t *)(void *)begin->positions.data, *out = position;
	const size_t article_count = begin->counts.size / sizeof(*count);

	if (place == 0)
		return;
	for (size_t a = 0; a < article_count; a++) {
		uint32_t kept = 0;

		for (uint32_t i = 0; i < count[a]; i++) {
			const uint32_t at = *position++;

			out[kept] = at - place;
			kept += at >= place;
		}
		count[a] = kept;
		out += kept;
	}
	begin->positions.size = (size_t)((uint8_t *)out - begin->positions.data);
}

/*
 * Keep of begin[count] those with begin + distance among position[position_count], both rising;
 * returns how many, in kept_ret[].  Without branches, which could not be predicted.
 */
static uint32_t
intersect(const uint32_t *begin, uint32_t count, const uint32_t *position, uint32_t position_count,
          uint32_t distance, uint32_t *kept_ret)
{
	uint32_t kept = 0;

	for (uint32_t i = 0, j = 0; i < count && j < position_count;) {
		const uint32_t place = begin[i] + distance, found = position[j];

		kept_ret[kept] = begin[i];
		kept += place == found;
		i += place <= found;
		j += found <= place;
	}
	return kept;
}

void
ndx_occurrences_intersect(struct ndx_occurrences *begin, const struct ndx_occurrences *other,
                          uint32_t place, ndx_docid *docid, size_t *count)
{
	uint32_t *begin_count = (uint32_t *)(void *)begin->counts.data;
	uint32_t *from = (uint32_t *)(void *)begin->positions.data, *to = from;
	const uint32_t *other_count = ndx_occurrences_counts(other);
	const uint32_t *position = ndx_occurrences_positions(other);
	size_t kept = 0;

	for (size_t a = 0; a < *count; a++) {
		const uint32_t n = begin_count[a];
		const uint32_t common = intersect(from, n, position, other_count[a], place, to);

		from += n;
		position += other_count[a];
		begin_count[kept] = common;
		docid[kept] = docid[a];
		kept += common > 0;
		to += common;
	}
	*count = kept;
	begin->counts.size = kept * sizeof(*begin_count);
	begin->positions.size = (size_t)((uint8_t *)to - begin->positions.data);
}
