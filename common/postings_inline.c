/*
 * postings_inline.c - see postings_inline.h
 *
 * Example: a term in docid 7 alone, at positions 3 and 9:  07 01 03 05
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/postings_inline.h"

#include <string.h>

#include "common/varint.h"

/* Append a varint to out[NDX_INLINE_SIZE_MAX] at *size; false if it does not fit. */
static bool
put(uint8_t *out, size_t *size, uint64_t value)
{
	uint8_t bytes[NDX_VARINT_SIZE_MAX];
	size_t n = ndx_varint_encode(value, bytes);

	if (n > NDX_INLINE_SIZE_MAX - *size)
		return false;
	memcpy(out + *size, bytes, n);
	*size += n;
	return true;
}

size_t
ndx_inline_encode(const ndx_docid *docid, const uint32_t *tf, const uint32_t *position,
                  const uint32_t *form, uint32_t df, uint8_t *out)
{
	ndx_docid prev = NDX_DOCID_NONE;
	size_t size = 0;

	for (uint32_t i = 0; i < df; i++) {
		if (!put(out, &size, (ndx_docid)(docid[i] - prev - 1)) ||
		    !put(out, &size, tf[i] - 1))
			return 0;
		for (uint32_t j = 0; position != NULL && j < tf[i]; j++, position++)
			if (!put(out, &size, j == 0 ? position[0] : position[0] - position[-1] - 1))
				return 0;
		for (uint32_t j = 0; form != NULL && j < tf[i]; j++, form++)
			if (!put(out, &size, *form))
				return 0;
		prev = docid[i];
	}
	return size;
}

static bool
get(const uint8_t **in, const uint8_t *end, uint64_t limit, uint64_t *value_ret)
{
	size_t size = ndx_varint_decode(*in, (size_t)(end - *in), value_ret);

	*in += size;
	return size > 0 && *value_ret < limit;
}

/* The positions of a posting, to be put at *count_ret, and their forms. */
static bool
get_positions(const uint8_t **in, const uint8_t *end, uint32_t tf, uint32_t form_count,
              struct ndx_inline_postings *postings, size_t *count_ret)
{
	uint64_t next = 0, value;
	size_t count = *count_ret;

	if (tf > NDX_INLINE_SIZE_MAX - count)
		return false;
	for (uint32_t j = 0; j < tf; j++) {
		if (!get(in, end, UINT32_MAX, &value) || next + value >= UINT32_MAX)
			return false;
		postings->position[count + j] = (uint32_t)(next + value);
		next += value + 1;
	}
	for (uint32_t j = 0; j < tf && form_count > 1; j++) {
		if (!get(in, end, form_count, &value))
			return false;
		postings->form[count + j] = (uint32_t)value;
	}
	*count_ret = count + tf;
	return true;
}

bool
ndx_inline_decode(const uint8_t *in, size_t in_size, uint32_t df, bool has_positions,
                  uint32_t form_count, ndx_docid docid_limit, struct ndx_inline_postings *postings)
{
	const uint8_t *end = in + in_size;
	uint64_t next = 0, value;
	size_t count = 0;

	postings->cf = 0;
	for (uint32_t i = 0; i < df; i++) {
		if (!get(&in, end, UINT32_MAX, &value) || next + value >= docid_limit)
			return false;
		postings->docid[i] = (ndx_docid)(next + value);
		next += value + 1;
		if (!get(&in, end, UINT32_MAX, &value))
			return false;
		postings->tf[i] = (uint32_t)value + 1;
		postings->cf += value + 1;
		if (has_positions &&
		    !get_positions(&in, end, postings->tf[i], form_count, postings, &count))
			return false;
	}
	return in == end;
}
