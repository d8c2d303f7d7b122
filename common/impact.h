/*
 * impact.h - lengths as one byte, and what a block of postings can score at most
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_IMPACT_H
#define NDX_COMMON_IMPACT_H

#include <stddef.h>
#include <stdint.h>

/*
 * What ranking does unless it is told otherwise: BM25, and what a word in the title counts for.  Of
 * k1 from 1.2 to 1.6 the first at which four test collections are all within 2 % of the best engine
 * (ndx-eval(1)).
 */
#define NDX_K1           1.3f
#define NDX_B            0.75f
#define NDX_TITLE_WEIGHT 2.0f

/* By which the impacts that are kept are chosen: part of the format, for equal articles give equal
 * bytes. */
#define NDX_IMPACT_K1 1.2f
#define NDX_IMPACT_B  0.75f

/*
 * An article's length (its number of positions) as one byte: exact below 32, then 16 steps
 * an octave, rounded down; everything from 507,904 up is the same.  A longer article never has a
 * smaller norm.
 */
uint8_t ndx_norm_encode(uint64_t length);
uint32_t ndx_norm_decode(uint8_t norm);

/*
 * An impact says: no posting it speaks for has a tf above 'tf' together with a norm
 * below 'norm'.  tf 255 stands for any tf.  A set of postings is bounded by a few impacts,
 * each for a part of it: under whatever k1, b and average length, its best score is at
 * most the best of theirs.
 */
struct ndx_impact {
	uint8_t tf, norm;
};

/*
 * Impacts kept per block, group and list.  Of 156 blocks of a common term, 40 seem good enough for
 * the ten best by the bounds of two impacts, 11.5 of three, 9.3 of four; 8.9 are.
 */
#define NDX_IMPACT_COUNT 3

/* Collects (tf, norm) of many postings, to be told as a few impacts. */
struct ndx_impacts {
	uint16_t tf_max;
	uint8_t norm_min[256]; /* of the postings with this tf; 255 and more are one; valid up to
	                          tf_max */
};

void ndx_impacts_clear(struct ndx_impacts *impacts);
void ndx_impacts_add(struct ndx_impacts *impacts, uint32_t tf, uint8_t norm);
void ndx_impacts_merge(struct ndx_impacts *impacts, const struct ndx_impacts *other);

/* length[] for ndx_kernels: k1 * (1 - b + b * length / average), by norm. */
void ndx_norm_table(float k1, float b, double length_average, float table[256]);

/*
 * The impacts that bound all that was added, the tightest under table[] (default parameters);
 * where fewer do it, the last is repeated.  At least one posting must have been added.
 */
void ndx_impacts_reduce(const struct ndx_impacts *impacts, const float table[256],
                        struct ndx_impact out[NDX_IMPACT_COUNT]);

#endif
