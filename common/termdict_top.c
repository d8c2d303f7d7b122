/*
 * termdict_top.c - see termdict_top.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/termdict_top.h"

#include <inttypes.h>
#include <string.h>

#include "common/varint.h"

enum ndx_status
ndx_top_open(const struct ndx_segment *segment, struct ndx_top *top_ret, struct ndx_err *err)
{
	const struct ndx_span span = segment->part[NDX_PART_DICT_TOP];
	struct ndx_top top = { .segment = segment, .off = span.off + 4 };
	uint64_t expected =
		((uint64_t)segment->term_count + NDX_DICT_BLOCK_LEN - 1) / NDX_DICT_BLOCK_LEN;
	enum ndx_status status;

	if (span.size < 12)
		return ndx_segment_corrupt(segment, span.off, err,
		                           "a dictionary top of %" PRIu64 " bytes", span.size);
	status = ndx_segment_verify(segment, span.off, 12, err);
	if (status != NDX_OK)
		return status;
	top.block_count = ndx_get_u32(segment->data + span.off);
	top.prefixes_off = top.off + 8 * ((uint64_t)top.block_count + 1);
	top.keys_off = top.prefixes_off + NDX_PREFIX_SIZE * (uint64_t)top.block_count;
	if (top.block_count != expected || top.keys_off > span.off + span.size)
		return ndx_segment_corrupt(segment, span.off, err,
		                           "%" PRIu32 " dictionary blocks, expected %" PRIu64,
		                           top.block_count, expected);
	top.keys_size = span.off + span.size - top.keys_off;
	*top_ret = top;
	return NDX_OK;
}

enum ndx_status
ndx_top_offsets(const struct ndx_top *top, uint64_t table_off, uint32_t i, uint64_t limit,
                uint32_t out[2], struct ndx_err *err)
{
	uint64_t off = table_off + 4 * (uint64_t)i;
	enum ndx_status status = ndx_segment_verify(top->segment, off, 8, err);

	if (status != NDX_OK)
		return status;
	out[0] = ndx_get_u32(top->segment->data + off);
	out[1] = ndx_get_u32(top->segment->data + off + 4);
	if (out[0] > out[1] || out[1] > limit)
		return ndx_segment_corrupt(top->segment, off, err,
		                           "offsets %" PRIu32 " and %" PRIu32, out[0], out[1]);
	return NDX_OK;
}

static enum ndx_status
top_key(const struct ndx_top *top, uint32_t block, struct ndx_str *key_ret, struct ndx_err *err)
{
	uint32_t offsets[2];
	enum ndx_status status =
		ndx_top_offsets(top, top->off, block, top->keys_size, offsets, err);

	if (status == NDX_OK)
		status = ndx_segment_verify(top->segment, top->keys_off + offsets[0],
		                            offsets[1] - offsets[0], err);
	if (status == NDX_OK)
		*key_ret = (struct ndx_str){ (const char *)top->segment->data + top->keys_off +
			                             offsets[0],
			                     offsets[1] - offsets[0] };
	return status;
}

/* The prefix of a block's first key. */
static enum ndx_status
prefix_get(const struct ndx_top *top, uint32_t block, uint64_t *prefix_ret, struct ndx_err *err)
{
	const uint64_t off = top->prefixes_off + NDX_PREFIX_SIZE * (uint64_t)block;
	const enum ndx_status status = ndx_segment_verify(top->segment, off, NDX_PREFIX_SIZE, err);

	if (status == NDX_OK)
		*prefix_ret = ndx_get_u64_be(top->segment->data + off);
	return status;
}

/* The first block, from 'low' to 'high', whose prefix is above 'prefix', or not below it if
 * 'equal'. */
static enum ndx_status
prefix_find(const struct ndx_top *top, uint64_t prefix, bool equal, uint32_t low, uint32_t high,
            uint32_t *block_ret, struct ndx_err *err)
{
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		uint64_t at = 0;
		const enum ndx_status status = prefix_get(top, middle, &at, err);

		if (status != NDX_OK)
			return status;
		if (at < prefix || (at == prefix && !equal))
			low = middle + 1;
		else
			high = middle;
	}
	*block_ret = low;
	return NDX_OK;
}

static uint64_t
prefix_of(struct ndx_str key)
{
	uint8_t bytes[NDX_PREFIX_SIZE] = { 0 };

	if (key.size > 0)
		memcpy(bytes, key.data, key.size < sizeof(bytes) ? key.size : sizeof(bytes));
	return ndx_get_u64_be(bytes);
}

enum ndx_status
ndx_top_find(const struct ndx_top *top, struct ndx_str key, uint32_t low, uint32_t high,
             uint32_t *block_ret, struct ndx_err *err)
{
	const uint64_t prefix = prefix_of(key);
	const uint32_t end = high;
	uint64_t at = 0;
	enum ndx_status status = prefix_find(top, prefix, true, low, end, &low, err);

	high = low;
	if (status == NDX_OK && low < end)
		status = prefix_get(top, low, &at, err);
	if (status == NDX_OK && low < end && at == prefix)
		status = prefix_find(top, prefix, false, low, end, &high, err);
	while (status == NDX_OK && low < high) {
		const uint32_t middle = low + (high - low) / 2;
		struct ndx_str first;

		status = top_key(top, middle, &first, err);
		if (status == NDX_OK && ndx_str_compare(first, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	*block_ret = low > 0 ? low - 1 : 0;
	return status;
}

enum ndx_status
ndx_top_find_near(const struct ndx_top *top, struct ndx_str key, uint32_t low, uint32_t *block_ret,
                  struct ndx_err *err)
{
	const uint64_t prefix = prefix_of(key);
	uint32_t high = low;

	for (uint32_t step = 1; high < top->block_count; step *= 2) {
		uint64_t at = 0;
		const enum ndx_status status = prefix_get(top, high, &at, err);

		if (status != NDX_OK)
			return status;
		if (at > prefix)
			break;
		if (at < prefix) /* of equal ones, any may be it */
			low = high;
		high = top->block_count - high < step ? top->block_count : high + step;
	}
	return ndx_top_find(top, key, low, high, block_ret, err);
}
