/*
 * postings_block.h - one block of postings: docids and tf
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_POSTINGS_BLOCK_H
#define NDX_COMMON_POSTINGS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bitpack.h"
#include "common/format.h"
#include "common/kernels.h"

/*
 * Bytes that ndx_block_encode() may need: three header bytes, then 2 x 128 x 32 bits; and, on its
 * way there, exceptions.
 */
#define NDX_BLOCK_SIZE_MAX (3 + 2 * (NDX_BLOCK_LEN / 8) * 32 + 1 + 2 * NDX_BLOCK_LEN)

/* A block as it lies in memory, its header believed: see ndx_block_parse(). */
struct ndx_block {
	const uint8_t *docs;       /* packed gaps, or 64-bit words of a bitset */
	const uint8_t *tfs;        /* packed tf - 1, but for ... */
	const uint8_t *exceptions; /* ... high bits of exception_count of them: index, bits */
	ndx_docid prev; /* the docid before the first, NDX_DOCID_NONE at the start of a list */
	ndx_docid base; /* bitset: the docid of bit 0, a multiple of 64 */
	uint16_t count; /* postings, 1 to 128 */
	uint8_t gap_width;
	uint8_t tf_width;
	uint8_t exception_count;
	uint8_t word_count; /* bitset: 64-bit words, the last not 0; else 0 */
};

/*
 * Encode the postings docid[count], tf[count], 1 <= count <= 128, into
 * out[NDX_BLOCK_SIZE_MAX] and return the number of bytes written.  'prev' is the
 * last docid of the block before, or NDX_DOCID_NONE in the first.  docid[] rises
 * strictly from 'prev'; each tf >= 1.
 */
size_t ndx_block_encode(const ndx_docid *docid, const uint32_t *tf, size_t count, ndx_docid prev,
                        uint8_t *out);

/*
 * Find the parts of a block of 'count' postings at in[in_size], bytes nobody has
 * vouched for.  Return the number of bytes it takes, or 0 if they are no block: a
 * width above 32, a bitset with other than 'count' bits, a cut-off end.
 */
size_t ndx_block_parse(const uint8_t *in, size_t in_size, size_t count, ndx_docid prev,
                       const struct ndx_kernels *kernels, struct ndx_block *block_ret);

/*
 * Decode the docids of a parsed block into docid[128].  False if they do not rise
 * strictly below 'docid_limit'.  NDX_READ_SLACK bytes after the block are readable.
 */
bool ndx_block_docids(const struct ndx_block *block, const struct ndx_kernels *kernels,
                      ndx_docid docid_limit, ndx_docid docid[NDX_BLOCK_LEN]);

/* The last docid of a parsed block that is a bitset. */
ndx_docid ndx_block_bitset_last(const struct ndx_block *block);

/* Decode the tf of a parsed block into tf[128]; the same slack. */
void ndx_block_tfs(const struct ndx_block *block, const struct ndx_kernels *kernels,
                   uint32_t tf[NDX_BLOCK_LEN]);

/* sum[i] := tf[0] + ... + tf[i] - 1 of a parsed block, modulo 2^32; the same slack. */
void ndx_block_tf_sums(const struct ndx_block *block, const struct ndx_kernels *kernels,
                       uint32_t sum[NDX_BLOCK_LEN]);

/* The tf of posting i alone. */
static inline uint32_t
ndx_block_tf(const struct ndx_block *block, size_t i)
{
	uint32_t value = ndx_packed_get_slack(block->tfs, i, block->tf_width);

	for (size_t x = 0; x < block->exception_count; x++)
		if (block->exceptions[2 * x] == i)
			value |= (uint32_t)((uint64_t)block->exceptions[2 * x + 1]
			                    << block->tf_width);
	return value + 1;
}

#endif
