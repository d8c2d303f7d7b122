/*
 * kernels_x86.h - the tables for AVX2 and AVX-512, and whether they can run here
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_KERNELS_X86_H
#define NDX_COMMON_KERNELS_X86_H

#include "common/kernels.h"
#include "common/varint.h"

/* add_bits(), bit by bit. */
static inline __attribute__((always_inline)) void
ndx_add_bits(const uint8_t *in, size_t word_count, const uint32_t *add, uint32_t *sum)
{
	for (size_t i = 0; i < word_count; i++, sum += 64)
		for (uint64_t word = ndx_get_u64(in + 8 * i); word != 0; word &= word - 1)
			sum[__builtin_ctzll(word)] += *add++;
}

/* rank_bits() of every table: they differ in what __builtin_popcountll() becomes. */
static inline __attribute__((always_inline)) size_t
ndx_rank_bits(const uint8_t *in, size_t word_count, uint32_t base, const uint32_t *bit,
              size_t count, uint8_t *rank)
{
	const size_t last = count == 0 ? 0 : (bit[count - 1] - base) / 64;
	uint8_t before[256]; /* bits in the words before each; at most 128 are set */
	unsigned sum = 0;

	for (size_t w = 0; w < word_count && w <= last && w < sizeof(before); w++) {
		before[w] = (uint8_t)sum;
		sum += (unsigned)__builtin_popcountll(ndx_get_u64(in + 8 * w));
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t place = bit[i] - base, at = place / 64;
		uint64_t word;

		if (at >= word_count || at >= sizeof(before))
			return i;
		word = ndx_get_u64(in + 8 * (size_t)at);
		if ((word >> place % 64 & 1) == 0)
			return i;
		rank[i] = (uint8_t)(before[at] + (unsigned)__builtin_popcountll(
							 word & ((UINT64_C(1) << place % 64) - 1)));
	}
	return count;
}

/* score() and count_marked() of both tables. */
void ndx_score_avx2(const uint32_t *docid, const uint32_t *tf, size_t count, const uint8_t *norm,
                    const float length[256], float weight, float *score);
void ndx_count_marked_avx2(uint32_t *value, size_t count, uint32_t marks);

/* Those that AVX-512VL has for itself. */
size_t ndx_above_avx512vl(const float *value, size_t count, float least, uint16_t *at);
void ndx_add_bits_avx512vl(const uint8_t *in, size_t word_count, const uint32_t *add,
                           uint32_t *sum);
uint32_t ndx_intersect_avx512vl(const uint32_t *a, uint32_t a_count, const uint32_t *b,
                                uint32_t b_count, uint32_t distance, uint32_t base, uint32_t *out);

/* NULL where the compiler or the processor lacks the instructions. */
const struct ndx_kernels *ndx_kernels_avx2(void);
const struct ndx_kernels *ndx_kernels_avx512vl(void);
const struct ndx_kernels *ndx_kernels_avx512(void);

#endif
