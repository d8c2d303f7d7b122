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
		table[norm] = (float)((double)k1 *
		                      (1 - (double)b +
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
		/* no posting, or one that the first dominates */
		if (impacts->norm_min[tf] == 255 && tf < impacts->tf_max)
			continue;
		norm = impacts->norm_min[tf];
		out[count++] = (struct ndx_impact){ (uint8_t)tf, (uint8_t)norm };
	}
	return count;
}

/* The bound of front[from..to): a part is bounded by its largest tf and its smallest norm. */
static struct ndx_impact
part_of(const struct ndx_impact *front, size_t from, size_t to)
{
	return (struct ndx_impact){ front[from].tf, front[to - 1].norm };
}

/* Cut front[from..count) in two: into out[2], and returns the better part's bound. */
static float
cut_in_two(const struct ndx_impact *front, size_t from, size_t count, const float table[256],
           struct ndx_impact out[2])
{
	float least = 2;

	out[0] = part_of(front, from, count);
	out[1] = out[0];
	if (count - from == 1)
		return bound(out[0], table);
	for (size_t cut = from + 1; cut < count; cut++) {
		const struct ndx_impact high = part_of(front, from, cut),
					low = part_of(front, cut, count);
		const float a = bound(high, table), b = bound(low, table);

		if ((a > b ? a : b) < least) {
			least = a > b ? a : b;
			out[0] = high;
			out[1] = low;
		}
	}
	return least;
}

void
ndx_impacts_reduce(const struct ndx_impacts *impacts, const float table[256],
                   struct ndx_impact out[NDX_IMPACT_COUNT])
{
	struct ndx_impact front[255] = { { 0, 0 } }, rest[2] = { { 0, 0 } };
	const size_t count = frontier(impacts, front);
	float least = 2;

	assert(count > 0);
	out[0] = out[1] = out[2] = front[0];
	for (size_t cut = 1; cut < count; cut++) {
		const struct ndx_impact high = part_of(front, 0, cut);
		const float a = bound(high, table), b = cut_in_two(front, cut, count, table, rest);

		if ((a > b ? a : b) < least) {
			least = a > b ? a : b;
			out[0] = high;
			out[1] = rest[0];
			out[2] = rest[1];
		}
	}
}
