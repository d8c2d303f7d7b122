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
