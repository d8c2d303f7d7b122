/*
 * kernels_avx2.c - the kernels for AVX2, most of them for AVX-512VL, too
 *
 * Unpacking takes eight values at a time: they begin on a byte, the first four within
 * 16 bytes and so the last four.  Each 32-bit lane gets the four bytes that hold its
 * value (pshufb), shifts them down and masks; so a width above 25 bits, which may
 * straddle five bytes, is left to the scalar loop.  (Lemire, Boytsov, "Decoding billions
 * of integers per second through vectorization", SPE 2015, in a horizontal layout.)
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/kernels_x86.h"

#if defined(__x86_64__)
#	include <immintrin.h>

#	define AVX2      __attribute__((target("avx2,popcnt")))
#	define WIDTH_MAX 25

AVX2 static void
unpack(const uint8_t *in, size_t count, unsigned width, uint32_t *out)
{
	const __m128i bits =
		_mm_mullo_epi32(_mm_setr_epi32(0, 1, 2, 3), _mm_set1_epi32((int)width));
	/* The upper four begin at bit 4 * width, in the middle of a byte if width is odd. */
	const unsigned upper_byte = 4 * width / 8, upper_bit = 4 * width % 8;
	const __m128i bits_upper = _mm_add_epi32(bits, _mm_set1_epi32((int)upper_bit));
	const __m256i at = _mm256_set_m128i(bits_upper, bits);
	const __m256i spread = _mm256_set1_epi32(0x01010101), step = _mm256_set1_epi32(0x03020100);
	const __m256i shuffle =
		_mm256_add_epi32(_mm256_mullo_epi32(_mm256_srli_epi32(at, 3), spread), step);
	const __m256i shift = _mm256_and_si256(at, _mm256_set1_epi32(7));
	const __m256i mask = _mm256_set1_epi32((int)((1u << (width & 31)) - 1));

	if (width == 0 || width > WIDTH_MAX) {
		ndx_kernels_scalar.unpack(in, count, width, out);
		return;
	}
	for (size_t i = 0; i < count; i += 8, in += width) {
		__m128i low = _mm_loadu_si128((const __m128i *)(const void *)in);
		__m128i high = _mm_loadu_si128((const __m128i *)(const void *)(in + upper_byte));
		__m256i v = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), shuffle);

		v = _mm256_and_si256(_mm256_srlv_epi32(v, shift), mask);
		_mm256_storeu_si256((__m256i *)(void *)(out + i), v);
	}
}

/* Each of eight with the sum of those before it. */
AVX2 static inline __m256i
running_sums(__m256i v)
{
	__m256i low_sum;

	v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4)); /* within each half */
	v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
	low_sum = _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(3));
	low_sum = _mm256_blend_epi32(_mm256_setzero_si256(), low_sum, 0xf0);
	return _mm256_add_epi32(v, low_sum);
}

AVX2 static void
undelta(uint32_t *value, size_t count, uint32_t prev)
{
	__m256i carry = _mm256_set1_epi32((int)prev);

	for (size_t i = 0; i < count; i += 8) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(void *)(value + i));

		v = running_sums(_mm256_add_epi32(v, _mm256_set1_epi32(1)));
		_mm256_storeu_si256((__m256i *)(void *)(value + i), _mm256_add_epi32(v, carry));
		carry = _mm256_add_epi32(carry,
		                         _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(7)));
	}
}

AVX2 void
ndx_count_marked_avx2(uint32_t *value, size_t count, uint32_t marks)
{
	const __m256i bits = _mm256_set1_epi32((int)marks), one = _mm256_set1_epi32(1);
	__m256i carry = _mm256_setzero_si256();

	for (size_t i = 0; i < count; i += 8) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(void *)(value + i));

		v = running_sums(_mm256_and_si256(_mm256_srlv_epi32(bits, v), one));
		_mm256_storeu_si256((__m256i *)(void *)(value + i), _mm256_add_epi32(v, carry));
		carry = _mm256_add_epi32(carry,
		                         _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(7)));
	}
}

/* tf as floats: AVX2 converts signed numbers only, so larger ones go the scalar way. */
AVX2 void
ndx_score_avx2(const uint32_t *docid, const uint32_t *tf, size_t count, const uint8_t *norm,
               const float length[256], float weight, float *out)
{
	const __m256 w = _mm256_set1_ps(weight);
	float k[8];
	size_t i = 0;

	for (; i + 8 <= count; i += 8) {
		__m256i t = _mm256_loadu_si256((const __m256i *)(const void *)(tf + i));
		__m256 f = _mm256_cvtepi32_ps(t);

		if (_mm256_movemask_ps(_mm256_castsi256_ps(t)) != 0)
			break;
		for (size_t j = 0; j < 8; j++)
			k[j] = length[norm[docid[i + j]]];
		_mm256_storeu_ps(out + i, _mm256_div_ps(_mm256_mul_ps(w, f),
		                                        _mm256_add_ps(f, _mm256_loadu_ps(k))));
	}
	ndx_kernels_scalar.score(docid + i, tf + i, count - i, norm, length, weight, out + i);
}

static void
bounds(const uint8_t *rows, size_t count, const float length[256], float extra, float *bound)
{
	ndx_kernels_scalar.bounds(rows, count, length, extra, bound);
}

/* Most groups of eight have none. */
AVX2 static size_t
above(const float *value, size_t count, float least, uint16_t *at)
{
	const __m256 limit = _mm256_set1_ps(least);
	size_t found = 0, i;

	for (i = 0; i + 8 <= count; i += 8) {
		const __m256 greater = _mm256_cmp_ps(_mm256_loadu_ps(value + i), limit, _CMP_GT_OQ);
		unsigned mask = (unsigned)_mm256_movemask_ps(greater);

		for (; mask != 0; mask &= mask - 1)
			at[found++] = (uint16_t)(i + (unsigned)__builtin_ctz(mask));
	}
	for (; i < count; i++)
		if (value[i] > least)
			at[found++] = (uint16_t)i;
	return found;
}

AVX2 static uint64_t
popcount(const uint8_t *in, size_t word_count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < word_count; i++)
		sum += (uint64_t)_mm_popcnt_u64(ndx_get_u64(in + 8 * i));
	return sum;
}

static void
list_bits(const uint8_t *in, size_t word_count, uint32_t base, uint32_t *out)
{
	ndx_kernels_scalar.list_bits(in, word_count, base, out);
}

/* Which bytes of up to four numbers go where the bits of n are set; 0x80 and above: 0. */
#	define BELOW(n, j)                                                                        \
		(((j) > 0 && ((n)&1) != 0) + ((j) > 1 && ((n)&2) != 0) + ((j) > 2 && ((n)&4) != 0))
#	define BYTE(n, j, b) (((n) >> (j)&1) != 0 ? 4 * BELOW(n, j) + (b) : 0x80)
#	define LANE(n, j)    BYTE(n, j, 0), BYTE(n, j, 1), BYTE(n, j, 2), BYTE(n, j, 3)
#	define ROW(n)                                                                             \
		{                                                                                  \
			LANE(n, 0), LANE(n, 1), LANE(n, 2), LANE(n, 3)                             \
		}
static const uint8_t spread[16][16] = { ROW(0),  ROW(1),  ROW(2),  ROW(3), ROW(4),  ROW(5),
	                                ROW(6),  ROW(7),  ROW(8),  ROW(9), ROW(10), ROW(11),
	                                ROW(12), ROW(13), ROW(14), ROW(15) };

/* So many bits of a word from which four at a time are quicker than one by one: measured. */
#	define BITS_MIN 28

AVX2 static void
add_bits(const uint8_t *in, size_t word_count, const uint32_t *add, uint32_t *sum)
{
	for (size_t i = 0; i < word_count; i++, sum += 64) {
		uint64_t word = ndx_get_u64(in + 8 * i);
		const int count = __builtin_popcountll(word);
		uint32_t *to = sum;

		if (count < BITS_MIN) {
			ndx_add_bits(in + 8 * i, 1, add, sum);
			add += count;
			continue;
		}
		for (; word != 0; word >>= 4, to += 4) {
			const __m128i row =
				_mm_loadu_si128((const __m128i *)(const void *)spread[word & 15]);
			const __m128i more = _mm_shuffle_epi8(
				_mm_loadu_si128((const __m128i *)(const void *)add), row);

			_mm_storeu_si128(
				(__m128i *)(void *)to,
				_mm_add_epi32(_mm_loadu_si128((const __m128i *)(void *)to), more));
			add += __builtin_popcountll(word & 15);
		}
	}
}

AVX2 static size_t
rank_bits(const uint8_t *in, size_t word_count, uint32_t base, const uint32_t *bit, size_t count,
          uint8_t *rank)
{
	return ndx_rank_bits(in, word_count, base, bit, count, rank);
}

static uint32_t
intersect(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count,
          uint32_t distance, uint32_t base, uint32_t *out)
{
	return ndx_kernels_scalar.intersect(a, a_count, b, b_count, distance, base, out);
}

const struct ndx_kernels *
ndx_kernels_avx2(void)
{
	static const struct ndx_kernels table = {
		"avx2",   unpack,    undelta,  ndx_score_avx2,        bounds,    above,
		popcount, list_bits, add_bits, ndx_count_marked_avx2, rank_bits, intersect
	};

	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") ? &table : NULL;
}

const struct ndx_kernels *
ndx_kernels_avx512vl(void)
{
	static const struct ndx_kernels table = { "avx512vl",
		                                  unpack,
		                                  undelta,
		                                  ndx_score_avx2,
		                                  bounds,
		                                  ndx_above_avx512vl,
		                                  popcount,
		                                  list_bits,
		                                  ndx_add_bits_avx512vl,
		                                  ndx_count_marked_avx2,
		                                  rank_bits,
		                                  ndx_intersect_avx512vl };

	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	                       ndx_kernels_avx2() != NULL
	               ? &table
	               : NULL;
}

#else

const struct ndx_kernels *
ndx_kernels_avx2(void)
{
	return NULL;
}

const struct ndx_kernels *
ndx_kernels_avx512vl(void)
{
	return NULL;
}

#endif
