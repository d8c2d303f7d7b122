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

#include <stdbool.h>
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

/*
 * Of value[count], count <= 256, the bits that exceed 'width' are kept aside, where there are few:
 * as exceptions of two bytes, the value's index and its high bits.  (Patched frame-of-reference:
 * Zukowski et al., ICDE 2006, with the width chosen by exact cost.)
 */

/* The width that makes packed values and exceptions smallest; *exceptions_ret is how many there
 * are. */
unsigned ndx_best_width(const uint32_t *value, size_t count, unsigned *exceptions_ret);
/* Pack the low bits, then the exceptions; returns where they end.  Room for 6 bytes a value
 * suffices. */
uint8_t *ndx_pack_patched(const uint32_t *value, size_t count, unsigned width, uint8_t *out);
/*
 * Add the high bits of 'exceptions' exceptions to value[count], which were unpacked; false if they
 * are of no value.
 */
static inline bool
ndx_patch(const uint8_t *exception, size_t exceptions, unsigned width, size_t count,
          uint32_t *value)
{
	uint64_t high_max = 0;

	for (size_t x = 0; x < exceptions; x++, exception += 2) {
		uint64_t high = (uint64_t)exception[1] << width;

		if (exception[0] >= count)
			return false;
		high_max |= high;
		value[exception[0]] |= (uint32_t)high;
	}
	return high_max <= UINT32_MAX;
}

#endif
