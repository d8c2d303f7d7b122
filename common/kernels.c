/*
 * kernels.c - the scalar table, and the choice among the tables
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/kernels.h"

#include <string.h>

#include "common/bitpack.h"
#include "common/kernels_x86.h"

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

static uint64_t
popcount(const uint64_t *word, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (uint64_t)__builtin_popcountll(word[i]);
	return sum;
}

const struct ndx_kernels ndx_kernels_scalar = { "scalar", unpack, undelta, score, popcount };

const struct ndx_kernels *
ndx_kernels_get(const char *name)
{
	const struct ndx_kernels *const table[] = { ndx_kernels_avx512(), ndx_kernels_avx2(),
		                                    &ndx_kernels_scalar };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i] != NULL && (name == NULL || strcmp(name, table[i]->name) == 0))
			return table[i];
	return NULL;
}
