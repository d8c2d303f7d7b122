/*
 * lookup.c - see lookup.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/lookup.h"

enum ndx_status
ndx_lookup_open(const struct ndx_segment *segment, enum ndx_field field, struct ndx_str term,
                struct ndx_postings *list, bool *found_ret, struct ndx_err *err)
{
	uint8_t key[NDX_KEY_SIZE_MAX];
	size_t key_size = ndx_plan_key(field, term, key);
	struct ndx_term_info info;
	enum ndx_status status = NDX_OK;

	*found_ret = false;
	if (key_size > 0)
		status = ndx_termdict_find(segment, key, key_size, &info, found_ret, err);
	if (status == NDX_OK && *found_ret)
		status = ndx_postings_open(segment, &info, list, err);
	return status;
}

enum ndx_status
ndx_lookup_find(struct ndx_postings *list, uint32_t *block, ndx_docid docid, uint32_t *i_ret,
                struct ndx_err *err)
{
	enum ndx_status status;
	uint32_t i;

	*i_ret = UINT32_MAX;
	*block = ndx_postings_skip(list, *block, docid);
	if (*block >= list->block_count)
		return NDX_OK;
	status = ndx_postings_load(list, *block, err);
	if (status != NDX_OK)
		return status;
	i = ndx_lookup_in_block(list, docid);
	if (i < list->count && list->docid[i] == docid)
		*i_ret = i;
	return NDX_OK;
}

static void
set_bits(const struct ndx_postings *list, struct ndx_window *window)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->docid[i] - window->base < NDX_WINDOW_LEN)
			ndx_window_set(window, list->docid[i]);
}

enum ndx_status
ndx_lookup_fill(struct ndx_postings *list, uint32_t *block, struct ndx_window *window,
                struct ndx_err *err)
{
	const ndx_docid last = window->base + (NDX_WINDOW_LEN - 1);

	*block = ndx_postings_skip(list, *block, window->base);
	for (uint32_t at = *block; at < list->block_count; at++) {
		enum ndx_status status = ndx_postings_load(list, at, err);

		if (status != NDX_OK)
			return status;
		set_bits(list, window);
		if (list->docid[list->count - 1] >= last)
			break;
	}
	return NDX_OK;
}
