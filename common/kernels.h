/*
 * kernels.h - the inner loops that exist once per instruction set
 *
 * A table of functions is chosen at run time from what the processor can do, and
 * handed down inside the open index.  The scalar table is the one to read: the
 * others must give the same bits, and tests/unit/test_kernels.c holds them to it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_KERNELS_H
#define NDX_COMMON_KERNELS_H

#include <stddef.h>
#include <stdint.h>

struct ndx_kernels {
	const char *name; /* "scalar", "avx2", "avx512vl", "avx512" */
	/*
	 * Unpack 'count' values of 'width' <= 32 bits (see bitpack.h).  Reads may go
	 * NDX_READ_SLACK bytes past the packed ones, writes up to a multiple of 16 values.
	 */
	void (*unpack)(const uint8_t *in, size_t count, unsigned width, uint32_t *out);
	/*
	 * value[i] := prev + 1 + sum of value[0..i] + i, modulo 2^32: gaps less one to docids.
	 * 'count' values; writes up to a multiple of 16.
	 */
	void (*undelta)(uint32_t *value, size_t count, uint32_t prev);
	/*
	 * score[i] := weight * tf / (tf + length[norm[docid[i]]]), tf = tf[i] as a float, or
	 * 0 where tf[i] is 0.  Each operation rounded to float, in this order.  Writes no more than
	 * 'count'; may read 3 bytes after norm[docid[i]].
	 */
	void (*score)(const uint32_t *docid, const uint32_t *tf, size_t count, const uint8_t *norm,
	              const float length[256], float weight, float *score);
	/*
	 * bound[i] := the largest of tf / (tf + length[norm]) over the impacts of entry i, 1 where
	 * a tf is 255: rows[] as of ndx_postings_block_rows() for 'count' entries.  To each tf the
	 * entry's title tf times 'extra' is added; where extra > 0, a title tf of 255 gives 1.
	 * Correct but for the rounding of three operations on floats.
	 */
	void (*bounds)(const uint8_t *rows, size_t count, const float length[256], float extra,
	               float *bound);
	/*
	 * The indexes of the values greater than 'least', rising: into at[], which has room for
	 * 'count' rounded up to a multiple of 16.  Returns how many.  count <= 65536.
	 */
	size_t (*above)(const float *value, size_t count, float least, uint16_t *at);
	/* How many bits are set in in[8 * word_count]. */
	uint64_t (*popcount)(const uint8_t *in, size_t word_count);
	/*
	 * out[] := base + the number of each bit that is set in in[8 * word_count], little-endian
	 * words of 64 bits.  Writes no more than there are.
	 */
	void (*list_bits)(const uint8_t *in, size_t word_count, uint32_t base, uint32_t *out);
	/*
	 * sum[number of the bit] += the next of add[], for each bit that is set in
	 * in[8 * word_count].  May read 3 more of add[] than there are, and write what is there of
	 * all of sum[64 * word_count].
	 */
	void (*add_bits)(const uint8_t *in, size_t word_count, const uint32_t *add, uint32_t *sum);
	/*
	 * value[i] := how many of value[0..i] are below 32 and numbers of bits set in 'marks'.
	 * 'count' values; writes up to a multiple of 16.
	 */
	void (*count_marked)(uint32_t *value, size_t count, uint32_t marks);
	/*
	 * rank[i] := how many bits are set before bit[i] - base of in[8 * word_count], of at most
	 * 128 set; bit[] rises from base or more; word_count <= 256.   Stops before the first that
	 * is not set or beyond the words; returns how many are.
	 */
	size_t (*rank_bits)(const uint8_t *in, size_t word_count, uint32_t base,
	                    const uint32_t *bit, size_t count, uint8_t *rank);
	/*
	 * Of a[a_count], those with a[i] + distance among b[b_count]: a[i] - base into out[], which
	 * has room for a_count.  Returns how many.  All modulo 2^32; both rise by less than 2^31 in
	 * all.
	 */
	uint32_t (*intersect)(const uint32_t *a, uint32_t a_count, const uint32_t *b,
	                      uint32_t b_count, uint32_t distance, uint32_t base, uint32_t *out);
};

extern const struct ndx_kernels ndx_kernels_scalar;

/* The best table for this processor; with 'name' not NULL the one called so, or NULL if it cannot
 * run here. */
const struct ndx_kernels *ndx_kernels_get(const char *name);

#endif
