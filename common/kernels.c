/*
 * kernels.c - the scalar table, and the choice among the tables
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/kernels.h"

#include <string.h>

#include "common/bitpack.h"
#include "common/impact.h"
#include "common/kernels_x86.h"
#include "common/varint.h"

static void
unpack(const uint8_t *in, size_t count, unsigned width, uint32_t *out)
{
	if (width == 0) {
		memset(out, 0, count * sizeof(*out));
		return;
	}
	for (size_t i = 0; i < count; i++)
		out[i] = ndx_packed_get_slack(in, i, width);
}

static void
undelta(uint32_t *value, size_t count, uint32_t prev)
{
	for (size_t i = 0; i < count; i++) {
		prev += value[i] + 1;
		value[i] = prev;
	}
}

static void
score(const uint32_t *docid, const uint32_t *tf, size_t count, const uint8_t *norm,
      const float length[256], float weight, float *out)
{
	for (size_t i = 0; i < count; i++) {
		float f = (float)tf[i];

		out[i] = weight * f / (f + length[norm[docid[i]]]);
	}
}

static void
bounds(const uint8_t *rows, size_t count, const float length[256], float extra, float *bound)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t title_tf = rows[2 * NDX_IMPACT_COUNT * count + i];
		float best = title_tf == 255 && extra > 0 ? 1 : 0;

		for (size_t j = 0; j < NDX_IMPACT_COUNT; j++) {
			const uint8_t tf = rows[2 * j * count + i],
				      norm = rows[(2 * j + 1) * count + i];
			const float f = (float)tf + extra * (float)title_tf;
			const float share = tf == 255 ? 1 : f / (f + length[norm]);

			best = share > best ? share : best;
		}
		bound[i] = best;
	}
}

static size_t
above(const float *value, size_t count, float least, uint16_t *at)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		at[found] = (uint16_t)i;
		found += value[i] > least;
	}
	return found;
}

static uint64_t
popcount(const uint8_t *in, size_t word_count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < word_count; i++)
		sum += (uint64_t)__builtin_popcountll(ndx_get_u64(in + 8 * i));
	return sum;
}

static void
list_bits(const uint8_t *in, size_t word_count, uint32_t base, uint32_t *out)
{
	for (size_t i = 0; i < word_count; i++, base += 64)
		for (uint64_t word = ndx_get_u64(in + 8 * i); word != 0; word &= word - 1)
			*out++ = base + (uint32_t)__builtin_ctzll(word);
}

static void
add_bits(const uint8_t *in, size_t word_count, const uint32_t *add, uint32_t *sum)
{
	ndx_add_bits(in, word_count, add, sum);
}

static void
count_marked(uint32_t *value, size_t count, uint32_t marks)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		value[i] = sum += value[i] < 32 ? marks >> value[i] & 1 : 0;
}

static size_t
rank_bits(const uint8_t *in, size_t word_count, uint32_t base, const uint32_t *bit, size_t count,
          uint8_t *rank)
{
	return ndx_rank_bits(in, word_count, base, bit, count, rank);
}

/* Without branches but the loop's, which could not be predicted. */
static uint32_t
intersect(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count,
          uint32_t distance, uint32_t base, uint32_t *out)
{
	uint32_t kept = 0;

	for (uint32_t i = 0, j = 0; i < a_count && j < b_count;) {
		const int32_t order = (int32_t)(a[i] + distance - b[j]);

		out[kept] = a[i] - base;
		kept += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	return kept;
}

const struct ndx_kernels ndx_kernels_scalar = { "scalar", unpack,       undelta,   score,
	                                        bounds,   above,        popcount,  list_bits,
	                                        add_bits, count_marked, rank_bits, intersect };

const struct ndx_kernels *
ndx_kernels_get(const char *name)
{
	const struct ndx_kernels *const table[] = { ndx_kernels_avx512(), ndx_kernels_avx512vl(),
		                                    ndx_kernels_avx2(), &ndx_kernels_scalar };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i] != NULL && (name == NULL || strcmp(name, table[i]->name) == 0))
			return table[i];
	return NULL;
}
