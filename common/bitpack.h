/*
 * bitpack.h - unsigned integers of a fixed number of bits, one after the other
 *
 * Value i occupies the bits i*width ... i*width + width - 1, counted from the least
 * significant bit of the first byte up.  So any value can be read without its
 * neighbours, and eight values always begin on a byte.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_BITPACK_H
#define NDX_COMMON_BITPACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that 'count' values of 'width' bits take. */
static inline size_t
ndx_packed_size(size_t count, unsigned width)
{
	return (count * width + 7) / 8;
}

static inline unsigned
ndx_bit_width(uint64_t value)
{
	return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
}

/* Pack value[count], each below 2^width, width <= 32, into out[ndx_packed_size()]. */
void ndx_pack(const uint32_t *value, size_t count, unsigned width, uint8_t *out);

/* Value i of packed values, width <= 32.  Touches only the bytes that hold it. */
static inline uint32_t
ndx_packed_get(const uint8_t *in, size_t i, unsigned width)
{
	size_t bit = i * width, first = bit / 8, last = (bit + width + 7) / 8;
	uint64_t word = 0;

	if (width == 0)
		return 0;
	memcpy(&word, in + first, last - first); /* at most 5 bytes */
	return (uint32_t)((word >> (bit % 8)) & (((uint64_t)1 << width) - 1));
}

/* As above, but may look at 8 bytes from the first one on: quicker. */
static inline uint32_t
ndx_packed_get_slack(const uint8_t *in, size_t i, unsigned width)
{
	size_t bit = i * width;
	uint64_t word;

	memcpy(&word, in + bit / 8, sizeof(word));
	return (uint32_t)((word >> (bit % 8)) & (((uint64_t)1 << width) - 1));
}

#endif
