/*
 * kernels_avx512.c - the kernels for AVX-512 with VBMI (Ice Lake, Zen 4 and later)
 *
 * Unpacking takes sixteen values at a time: they fit 64 bytes, from which vpermb
 * fetches for each lane the four bytes that hold its value.  As with AVX2, widths above
 * 25 bits are left to the scalar loop.  Scores are worked out as with AVX2: gathering lengths by
 * sixteens takes twice as long as loading them one by one.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/kernels_x86.h"

#if defined(__x86_64__)
#	include <immintrin.h>

#	include "common/impact.h"

#	define AVX512                                                                             \
		__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2," \
		                      "avx512vpopcntdq,popcnt")))
#	define WIDTH_MAX 25

AVX512 static void
unpack(const uint8_t *in, size_t count, unsigned width, uint32_t *out)
{
	const __m512i lane =
		_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m512i at = _mm512_mullo_epi32(lane, _mm512_set1_epi32((int)width));
	const __m512i fetch = _mm512_add_epi32(
		_mm512_mullo_epi32(_mm512_srli_epi32(at, 3), _mm512_set1_epi32(0x01010101)),
		_mm512_set1_epi32(0x03020100));
	const __m512i shift = _mm512_and_si512(at, _mm512_set1_epi32(7));
	const __m512i mask = _mm512_set1_epi32((int)((1u << (width & 31)) - 1));

	if (width == 0 || width > WIDTH_MAX) {
		ndx_kernels_scalar.unpack(in, count, width, out);
		return;
	}
	for (size_t i = 0; i < count; i += 16, in += 2 * (size_t)width) {
		__m512i v = _mm512_permutexvar_epi8(fetch, _mm512_loadu_si512(in));

		_mm512_storeu_si512(out + i, _mm512_and_si512(_mm512_srlv_epi32(v, shift), mask));
	}
}

AVX512 static void
undelta(uint32_t *value, size_t count, uint32_t prev)
{
	const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi32(1);
	const __m512i last = _mm512_set1_epi32(15);
	__m512i carry = _mm512_set1_epi32((int)prev);

	for (size_t i = 0; i < count; i += 16) {
		__m512i v = _mm512_add_epi32(_mm512_loadu_si512(value + i), one);

		v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 15));
		v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 14));
		v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 12));
		v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 8));
		_mm512_storeu_si512(value + i, _mm512_add_epi32(v, carry));
		carry = _mm512_add_epi32(
			carry,
			_mm512_permutexvar_epi32(last, v)); /* so it waits for one addition */
	}
}

/* Sixteen at a time without a branch: whether one is among them cannot be predicted. */
AVX512 static size_t
above(const float *value, size_t count, float least, uint16_t *at)
{
	const __m512 limit = _mm512_set1_ps(least);
	__m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	size_t found = 0;

	for (size_t i = 0; i < count; i += 16) {
		const __mmask16 lanes =
			(__mmask16)(count - i < 16 ? (1u << (count - i)) - 1 : 0xffff);
		const __mmask16 m = _mm512_mask_cmp_ps_mask(
			lanes, _mm512_maskz_loadu_ps(lanes, value + i), limit, _CMP_GT_OQ);
		const __m512i index = _mm512_maskz_compress_epi32(m, lane);

		_mm256_storeu_si256((__m256i *)(void *)(at + found), _mm512_cvtepi32_epi16(index));
		found += (size_t)__builtin_popcount(m);
		lane = _mm512_add_epi32(lane, _mm512_set1_epi32(16));
	}
	return found;
}

/* Up to sixteen bytes of a row as numbers. */
AVX512 static inline __m512i
load_row(const uint8_t *row, __mmask16 lanes)
{
	return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(lanes, row));
}

AVX512 static void
bounds(const uint8_t *rows, size_t count, const float length[256], float extra, float *bound)
{
	const __m512 one = _mm512_set1_ps(1);
	const __m512i any = _mm512_set1_epi32(255);

	for (size_t i = 0; i < count; i += 16) {
		const __mmask16 m = (__mmask16)(count - i < 16 ? (1u << (count - i)) - 1 : 0xffff);
		const __m512i title_tf = load_row(rows + 2 * NDX_IMPACT_COUNT * count + i, m);
		const __m512 titles =
			_mm512_mul_ps(_mm512_set1_ps(extra), _mm512_cvtepi32_ps(title_tf));
		__mmask16 all = extra > 0 ? _mm512_cmpeq_epi32_mask(title_tf, any) : 0;
		__m512 best = _mm512_setzero_ps();

		for (size_t j = 0; j < NDX_IMPACT_COUNT; j++) {
			const __m512i tf = load_row(rows + 2 * j * count + i, m);
			const __m512i norm = load_row(rows + (2 * j + 1) * count + i, m);
			const __m512 f = _mm512_add_ps(_mm512_cvtepi32_ps(tf), titles);
			const __m512 l = _mm512_mask_i32gather_ps(one, m, norm, length, 4);

			all |= _mm512_cmpeq_epi32_mask(tf, any);
			best = _mm512_max_ps(best, _mm512_div_ps(f, _mm512_add_ps(f, l)));
		}
		_mm512_mask_storeu_ps(bound + i, m, _mm512_mask_mov_ps(best, all, one));
	}
}

AVX512 static uint64_t
popcount(const uint8_t *in, size_t word_count)
{
	__m512i sum = _mm512_setzero_si512();

	for (size_t i = 0; i < word_count; i += 8) {
		__mmask8 m = (__mmask8)(word_count - i < 8 ? (1u << (word_count - i)) - 1 : 0xff);

		sum = _mm512_add_epi64(
			sum, _mm512_popcnt_epi64(_mm512_maskz_loadu_epi64(m, in + 8 * i)));
	}
	return (uint64_t)_mm512_reduce_add_epi64(sum);
}

/* The numbers of a word's bits are pressed together as bytes, then widened by sixteens. */
AVX512 static void
list_bits(const uint8_t *in, size_t word_count, uint32_t base, uint32_t *out)
{
	uint8_t number[64];

	for (unsigned i = 0; i < 64; i++)
		number[i] = (uint8_t)i;
	for (size_t i = 0; i < word_count; i++, base += 64) {
		const uint64_t word = ndx_get_u64(in + 8 * i);
		__m512i bytes = _mm512_maskz_compress_epi8(word, _mm512_loadu_si512(number));
		const unsigned count = (unsigned)__builtin_popcountll(word);

		for (unsigned done = 0; done < count; done += 16) {
			const unsigned left = count - done;
			const __mmask16 m = (__mmask16)(left < 16 ? (1u << left) - 1 : 0xffff);
			const __m512i wide = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(bytes));

			_mm512_mask_storeu_epi32(
				out + done, m,
				_mm512_add_epi32(wide, _mm512_set1_epi32((int)base)));
			bytes = _mm512_alignr_epi32(bytes, bytes, 4);
		}
		out += count;
	}
}

AVX512 static void
add_bits(const uint8_t *in, size_t word_count, const uint32_t *add, uint32_t *sum)
{
	for (size_t i = 0; i < 4 * word_count; i++, sum += 16) {
		const __mmask16 set = ndx_get_u16(in + 2 * i);
		const __m512i more = _mm512_maskz_expandloadu_epi32(set, add);

		_mm512_storeu_si512(sum, _mm512_add_epi32(_mm512_loadu_si512(sum), more));
		add += __builtin_popcount(set);
	}
}

AVX512 static size_t
rank_bits(const uint8_t *in, size_t word_count, uint32_t base, const uint32_t *bit, size_t count,
          uint8_t *rank)
{
	return ndx_rank_bits(in, word_count, base, bit, count, rank);
}

AVX512 static inline __mmask16
first_lanes(uint32_t count)
{
	return (__mmask16)(count < 16 ? (1u << count) - 1 : 0xffff);
}

/* Which of a[count], count <= 16, are among b[]: each is compared with sixteen at a time. */
AVX512 static __mmask16
few_among(const uint32_t *a, uint32_t count, const uint32_t *b, uint32_t b_count, uint32_t distance)
{
	__mmask16 found = 0;

	for (uint32_t j = 0; j < b_count; j += 16) {
		const __mmask16 lanes = first_lanes(b_count - j);
		const __m512i vb = _mm512_maskz_loadu_epi32(lanes, b + j);

		for (uint32_t i = 0; i < count; i++) {
			const __m512i one = _mm512_set1_epi32((int)(a[i] + distance));

			found |= (__mmask16)((_mm512_mask_cmpeq_epi32_mask(lanes, vb, one) != 0)
			                     << i);
		}
	}
	return found;
}

/* Which of up to sixteen values are among b[count]. */
AVX512 static __mmask16
among_few(__m512i va, __mmask16 lanes, const uint32_t *b, uint32_t count, uint32_t distance)
{
	__mmask16 found = 0;

	for (uint32_t j = 0; j < count; j++)
		found |= _mm512_mask_cmpeq_epi32_mask(lanes, va,
		                                      _mm512_set1_epi32((int)(b[j] - distance)));
	return found;
}

AVX512 static inline uint32_t
put_found(__m512i va, __mmask16 found, uint32_t base, uint32_t *out)
{
	const uint32_t count = (uint32_t)__builtin_popcount(found);
	const __m512i met = _mm512_sub_epi32(_mm512_maskz_compress_epi32(found, va),
	                                     _mm512_set1_epi32((int)base));

	_mm512_mask_storeu_epi32(out, first_lanes(count), met);
	return count;
}

/* Sixteen of 'a' at a time, with those sixteens of 'b' that they may be among. */
AVX512 static __attribute__((noinline)) uint32_t
intersect_many(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count,
               uint32_t distance, uint32_t base, uint32_t *out)
{
	uint32_t kept = 0, from = 0;

	for (uint32_t i = 0; i < a_count; i += 16) {
		const uint32_t n = a_count - i < 16 ? a_count - i : 16;
		const uint32_t least = a[i] + distance, most = a[i + n - 1] + distance;
		const __mmask16 lanes = first_lanes(n);
		const __m512i va = _mm512_maskz_loadu_epi32(lanes, a + i);
		__mmask16 found = 0;

		while (from + 16 <= b_count && (int32_t)(b[from + 15] - least) < 0)
			from += 16;
		for (uint32_t j = from; j < b_count && (int32_t)(b[j] - most) <= 0; j += 16)
			found |= among_few(va, lanes, b + j, b_count - j < 16 ? b_count - j : 16,
			                   distance);
		if (found != 0)
			kept += put_found(va, found, base, out + kept);
	}
	return kept;
}

/* Where one has up to sixteen values, all are compared with all: no branch depends on a value. */
AVX512 static uint32_t
intersect(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count,
          uint32_t distance, uint32_t base, uint32_t *out)
{
	uint32_t kept = 0;

	if (a_count > 16 && b_count > 16)
		return intersect_many(a, a_count, b, b_count, distance, base, out);
	for (uint32_t i = 0; i < a_count; i += 16) {
		const __mmask16 lanes = first_lanes(a_count - i);
		const __m512i va = _mm512_maskz_loadu_epi32(lanes, a + i);
		const __mmask16 found = a_count <= b_count
		                                ? few_among(a, a_count, b, b_count, distance)
		                                : among_few(va, lanes, b, b_count, distance);

		if (found != 0)
			kept += put_found(va, found, base, out + kept);
	}
	return kept;
}

const struct ndx_kernels *
ndx_kernels_avx512(void)
{
	static const struct ndx_kernels table = {
		"avx512", unpack,    undelta,  ndx_score_avx2,        bounds,    above,
		popcount, list_bits, add_bits, ndx_count_marked_avx2, rank_bits, intersect
	};

	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	                       __builtin_cpu_supports("avx512vl") &&
	                       __builtin_cpu_supports("avx512dq") &&
	                       __builtin_cpu_supports("avx512vbmi") &&
	                       __builtin_cpu_supports("avx512vpopcntdq")
	               ? &table
	               : NULL;
}

#else

const struct ndx_kernels *
ndx_kernels_avx512(void)
{
	return NULL;
}

#endif
