/*
 * impact.c - see impact.h
 *
 * Block-max impacts as (tf, norm) rather than scores: Grand, Muir, Ferenczi, Lin,
 * "From MAXSCORE to Block-Max WAND", ECIR 2020.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/impact.h"

#include <assert.h>
#include <string.h>

uint8_t
ndx_norm_encode(uint64_t length)
{
	unsigned octave;

	if (length < 32)
		return (uint8_t)length;
	if (length >= (uint64_t)31 << 14)
		return 255;
	octave = 63 - (unsigned)__builtin_clzll(length) - 4; /* 1 from 32, 2 from 64, ... */
	return (uint8_t)(16 * octave + (unsigned)(length >> octave));
}

uint32_t
ndx_norm_decode(uint8_t norm)
{
	unsigned octave = norm / 16 < 1 ? 0 : norm / 16u - 1;

	if (octave == 0)
		return norm;
	return (uint32_t)(norm % 16 + 16) << octave;
}

void
ndx_norm_table(float k1, float b, double length_average, float table[256])
{
	double average = length_average > 0 ? length_average : 1;

	for (unsigned norm = 0; norm < 256; norm++)
		table[norm] = (float)((double)k1 * (1 - (double)b +
		                                    (double)b * ndx_norm_decode((uint8_t)norm) / average));
}

void
ndx_impacts_clear(struct ndx_impacts *impacts)
{
	impacts->tf_max = 0;
}

void
ndx_impacts_add(struct ndx_impacts *impacts, uint32_t tf, uint8_t norm)
{
	tf = tf < 255 ? tf : 255;
	while (impacts->tf_max < tf)
		impacts->norm_min[++impacts->tf_max] = 255;
	if (norm < impacts->norm_min[tf])
		impacts->norm_min[tf] = norm;
}

void
ndx_impacts_merge(struct ndx_impacts *impacts, const struct ndx_impacts *other)
{
	for (uint32_t tf = 1; tf <= other->tf_max; tf++)
		ndx_impacts_add(impacts, tf, other->norm_min[tf]);
}

static float
bound(struct ndx_impact impact, const float table[256])
{
	float tf = (float)impact.tf;

	return impact.tf == 255 ? 1 : tf / (tf + table[impact.norm]);
}

/* The postings that no other beats in both tf and norm, tf falling; returns how many. */
static size_t
frontier(const struct ndx_impacts *impacts, struct ndx_impact out[255])
{
	size_t count = 0;
	unsigned norm = 256;

	for (unsigned tf = impacts->tf_max; tf > 0; tf--) {
		if (impacts->norm_min[tf] >= norm)
			continue;
		if (impacts->norm_min[tf] == 255 && tf < impacts->tf_max)
			continue; /* no posting, or one that the first dominates */
		norm = impacts->norm_min[tf];
		out[count++] = (struct ndx_impact){ (uint8_t)tf, (uint8_t)norm };
	}
	return count;
}

void
ndx_impacts_reduce(const struct ndx_impacts *impacts, const float table[256],
                   struct ndx_impact out[NDX_IMPACT_COUNT])
{
	struct ndx_impact front[255] = { { 0, 0 } };
	size_t count = frontier(impacts, front);
	float least = 2;

	assert(count > 0);
	out[0] = out[1] = front[0];
	for (size_t cut = 1; cut < count; cut++) {
		/* A part is bounded by its largest tf and its smallest norm: its first and its last. */
		struct ndx_impact high = { front[0].tf, front[cut - 1].norm };
		struct ndx_impact low = { front[cut].tf, front[count - 1].norm };
		float a = bound(high, table), b = bound(low, table);

		if ((a > b ? a : b) < least) {
			least = a > b ? a : b;
			out[0] = high;
			out[1] = low;
		}
	}
}
