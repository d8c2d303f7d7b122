/*
 * kernels_avx512vl.c - the kernels for AVX-512 without VBMI (Skylake to Cascade Lake)
 *
 * They gain by masks and by pressing together, not by width: eight lanes at a time, for these
 * processors slow down while the upper halves of their registers wake, and queries are short.
 * (With sixteen lanes queries of two to four words took 5 to 10 % longer than with AVX2.)  What is
 * not here was not faster so than with AVX2.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/kernels_x86.h"

#if defined(__x86_64__)
#	include <immintrin.h>

#	define VL    __attribute__((target("avx512f,avx512vl,popcnt")))
#	define LANES 8

VL static inline __mmask8
first_lanes(size_t count)
{
	return (__mmask8)(count < LANES ? (1u << count) - 1 : 0xff);
}

/* Without a branch: whether one is among them cannot be predicted. */
VL size_t
ndx_above_avx512vl(const float *value, size_t count, float least, uint16_t *at)
{
	const __m256 limit = _mm256_set1_ps(least);
	__m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	size_t found = 0;

	for (size_t i = 0; i < count; i += LANES) {
		const __mmask8 lanes = first_lanes(count - i);
		const __mmask8 m = _mm256_mask_cmp_ps_mask(
			lanes, _mm256_maskz_loadu_ps(lanes, value + i), limit, _CMP_GT_OQ);
		const __m256i index = _mm256_maskz_compress_epi32(m, lane);

		_mm_storeu_si128((__m128i *)(void *)(at + found), _mm256_cvtepi32_epi16(index));
		found += (size_t)__builtin_popcount(m);
		lane = _mm256_add_epi32(lane, _mm256_set1_epi32(LANES));
	}
	return found;
}

VL void
ndx_add_bits_avx512vl(const uint8_t *in, size_t word_count, const uint32_t *add, uint32_t *sum)
{
	for (size_t i = 0; i < 8 * word_count; i++, sum += LANES) {
		__m256i *const to = (__m256i *)(void *)sum;
		const __m256i more = _mm256_maskz_expandloadu_epi32(in[i], add);

		_mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), more));
		add += __builtin_popcount(in[i]);
	}
}

/* Which of a[count], count <= 8, are among b[]: each is compared with eight at a time. */
VL static __mmask8
few_among(const uint32_t *a, uint32_t count, const uint32_t *b, uint32_t b_count, uint32_t distance)
{
	unsigned found = 0;

	for (uint32_t j = 0; j < b_count; j += LANES) {
		const __mmask8 lanes = first_lanes(b_count - j);
		const __m256i vb = _mm256_maskz_loadu_epi32(lanes, b + j);

		for (uint32_t i = 0; i < count; i++) {
			const __m256i one = _mm256_set1_epi32((int)(a[i] + distance));

			found |= (unsigned)(_mm256_mask_cmpeq_epi32_mask(lanes, vb, one) != 0) << i;
		}
	}
	return (__mmask8)found;
}

/* Which of up to eight values are among b[count]. */
VL static __mmask8
among_few(__m256i va, __mmask8 lanes, const uint32_t *b, uint32_t count, uint32_t distance)
{
	__mmask8 found = 0;

	for (uint32_t j = 0; j < count; j++)
		found |= _mm256_mask_cmpeq_epi32_mask(lanes, va,
		                                      _mm256_set1_epi32((int)(b[j] - distance)));
	return found;
}

VL static inline uint32_t
put_found(__m256i va, __mmask8 found, uint32_t base, uint32_t *out)
{
	const uint32_t count = (uint32_t)__builtin_popcount(found);
	const __m256i met = _mm256_sub_epi32(_mm256_maskz_compress_epi32(found, va),
	                                     _mm256_set1_epi32((int)base));

	_mm256_mask_storeu_epi32(out, first_lanes(count), met);
	return count;
}

/* Eight of 'a' at a time, with those eights of 'b' that they may be among. */
VL static __attribute__((noinline)) uint32_t
intersect_many(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count,
               uint32_t distance, uint32_t base, uint32_t *out)
{
	uint32_t kept = 0, from = 0;

	for (uint32_t i = 0; i < a_count; i += LANES) {
		const uint32_t n = a_count - i < LANES ? a_count - i : LANES;
		const uint32_t least = a[i] + distance, most = a[i + n - 1] + distance;
		const __mmask8 lanes = first_lanes(n);
		const __m256i va = _mm256_maskz_loadu_epi32(lanes, a + i);
		__mmask8 found = 0;

		while (from + LANES <= b_count && (int32_t)(b[from + LANES - 1] - least) < 0)
			from += LANES;
		for (uint32_t j = from; j < b_count && (int32_t)(b[j] - most) <= 0; j += LANES)
			found |= among_few(va, lanes, b + j,
			                   b_count - j < LANES ? b_count - j : LANES, distance);
		if (found != 0)
			kept += put_found(va, found, base, out + kept);
	}
	return kept;
}

/* Where one has up to eight values, all are compared with all: no branch depends on a value. */
VL uint32_t
ndx_intersect_avx512vl(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count,
                       uint32_t distance, uint32_t base, uint32_t *out)
{
	uint32_t kept = 0;

	if (a_count > LANES && b_count > LANES)
		return intersect_many(a, a_count, b, b_count, distance, base, out);
	for (uint32_t i = 0; i < a_count; i += LANES) {
		const __mmask8 lanes = first_lanes(a_count - i);
		const __m256i va = _mm256_maskz_loadu_epi32(lanes, a + i);
		const __mmask8 found = a_count <= b_count
		                               ? few_among(a, a_count, b, b_count, distance)
		                               : among_few(va, lanes, b, b_count, distance);

		if (found != 0)
			kept += put_found(va, found, base, out + kept);
	}
	return kept;
}

#endif
