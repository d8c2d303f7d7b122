/*
 * bitpack.c - see bitpack.h; unpacking whole blocks is in kernels.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/bitpack.h"

#include <assert.h>

void
ndx_pack(const uint32_t *value, size_t count, unsigned width, uint8_t *out)
{
	uint64_t acc = 0;
	unsigned acc_bits = 0;

	assert(width <= 32);
	for (size_t i = 0; i < count; i++) {
		acc |= (uint64_t)value[i] << acc_bits;
		acc_bits += width;
		if (acc_bits >= 32) {
			memcpy(out, &acc, 4);
			out += 4;
			acc >>= 32;
			acc_bits -= 32;
		}
	}
	for (; acc_bits > 0; acc_bits -= acc_bits < 8 ? acc_bits : 8, acc >>= 8)
		*out++ = (uint8_t)acc;
}

unsigned
ndx_best_width(const uint32_t *value, size_t count, unsigned *exceptions_ret)
{
	size_t of_width[34] = { 0 }; /* values whose width is the index */
	size_t above = 0, size, size_best;
	unsigned width_max = 0, best;

	for (size_t i = 0; i < count; i++) {
		unsigned width = ndx_bit_width(value[i]);

		of_width[width]++;
		width_max = width > width_max ? width : width_max;
	}
	best = width_max;
	size_best = ndx_packed_size(count, width_max);
	*exceptions_ret = 0;
	for (unsigned width = width_max; width-- > 0 && width + 8 >= width_max;) {
		above += of_width[width + 1];
		size = ndx_packed_size(count, width) + 2 * above;
		if (size < size_best) {
			size_best = size;
			best = width;
			*exceptions_ret = (unsigned)above;
		}
	}
	return best;
}

uint8_t *
ndx_pack_patched(const uint32_t *value, size_t count, unsigned width, uint8_t *out)
{
	uint32_t low[256] = { 0 };
	const uint64_t mask = ((uint64_t)1 << width) - 1;

	assert(count <= 256);
	for (size_t i = 0; i < count; i++)
		low[i] = (uint32_t)(value[i] & mask);
	ndx_pack(low, count, width, out);
	out += ndx_packed_size(count, width);
	for (size_t i = 0; i < count; i++) {
		if (value[i] > mask) {
			*out++ = (uint8_t)i;
			*out++ = (uint8_t)((uint64_t)value[i] >> width);
		}
	}
	return out;
}
