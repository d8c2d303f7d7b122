/*
 * kernels_x86.h - the tables for AVX2 and AVX-512, and whether they can run here
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_KERNELS_X86_H
#define NDX_COMMON_KERNELS_X86_H

#include "common/kernels.h"
#include "common/varint.h"

/* rank_bits() of every table: they differ in what __builtin_popcountll() becomes. */
static inline __attribute__((always_inline)) size_t
ndx_rank_bits(const uint8_t *in, size_t word_count, uint32_t base, const uint32_t *bit,
              size_t count, uint8_t *rank)
{
	size_t at = 0, before = 0;

	for (size_t i = 0; i < count; i++) {
		const uint32_t place = bit[i] - base;
		uint64_t word;

		if (place / 64 >= word_count)
			return i;
		for (; at < place / 64; at++)
			before += (size_t)__builtin_popcountll(ndx_get_u64(in + 8 * at));
		word = ndx_get_u64(in + 8 * at);
		if ((word >> place % 64 & 1) == 0)
			return i;
		rank[i] = (uint8_t)(before + (size_t)__builtin_popcountll(
		                                     word & ((UINT64_C(1) << place % 64) - 1)));
	}
	return count;
}

/* NULL where the compiler or the processor lacks the instructions. */
const struct ndx_kernels *ndx_kernels_avx2(void);
const struct ndx_kernels *ndx_kernels_avx512(void);

#endif
