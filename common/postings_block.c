/*
 * postings_block.c - one block of postings: docids and tf, bit-packed
 *
 *   byte 0      1      2                2+ceil(n*wd/8)     ... +ceil(n*wt/8)
 *        +------+------+----------------+------------------+
 *        |  wd  |  wt  |  n docid gaps  |  n (tf - 1)      |
 *        |  u8  |  u8  |  wd bits each  |  wt bits each    |
 *        +------+------+----------------+------------------+
 *
 *   byte 0      1      2      3                3+8*k
 *        +------+------+------+----------------+------------------+
 *        | 0xff |  wt  |  k   |  k u64 words   |  n (tf - 1)      |     n = 128 only
 *        +------+------+------+----------------+------------------+
 *
 * Where a few tf are much larger than the rest, wt is that of the rest plus 128, and after
 * the tf there follow their number x u8, and x times: index u8, high bits u8 (see bitpack.h).
 *
 * gap[i] = docid[i] - docid[i-1] - 1, where docid[-1] is 'prev'.  Docids rise
 * strictly, so a run of consecutive docids is all zeros and takes no bits at all
 * (wd = 0).  'prev' starts as NDX_DOCID_NONE = 2^32 - 1, which is -1 modulo 2^32:
 * the first gap of a list is then its first docid, with no special case.
 *
 * The second form is a bitset: bit j of the words stands for docid base + j, where
 * base = (prev + 1) rounded down to a multiple of 64.  It is taken for a full block
 * where it costs at most three bits a posting more than the gaps: conjunctions and
 * counts then work on whole words.
 *
 * Example: docids 7, 8, 9, ..., 134, each with tf 1, first block of its list.
 *   gaps 7, 0, 0, ..., 0 -> wd = 3: 48 bytes;  tf - 1 all 0 -> wt = 0
 *   as a bitset: base 0, bits 7 to 134 -> k = 3: 24 bytes, taken
 *   ff 00 03  80 ff ff ff ff ff ff ff  ff (8 times)  7f 00 00 00 00 00 00 00
 *
 * What must hold: 0 <= wd, wt <= 32; indexes below n; 1 <= k <= 70; every docid < the segment's
 * article count.  How many postings a block has (n) follows from df.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/postings_block.h"

#include <assert.h>

#include "common/bitpack.h"
#include "common/varint.h"

#define BITSET_MARK 0xff
/* A bitset may cost so many bits a posting more than gaps, for which it is several times quicker:
 * measured. */
#define BITSET_BITS 3
#define EXCEPTIONS  0x80

static ndx_docid
bitset_base(ndx_docid prev)
{
	return (ndx_docid)(prev + 1) & ~(ndx_docid)63;
}

/* Words that a bitset of these docids takes; counted in 64 bits, so it cannot wrap. */
static uint64_t
bitset_words(const ndx_docid *docid, size_t count, ndx_docid prev)
{
	return ((uint64_t)docid[count - 1] - bitset_base(prev)) / 64 + 1;
}

static uint8_t *
bitset_encode(const ndx_docid *docid, size_t count, ndx_docid prev, size_t word_count, uint8_t *p)
{
	ndx_docid base = bitset_base(prev);

	*p++ = (uint8_t)word_count;
	memset(p, 0, word_count * 8);
	for (size_t i = 0; i < count; i++)
		p[(docid[i] - base) / 8] |= (uint8_t)(1u << ((docid[i] - base) % 8));
	return p + word_count * 8;
}

/* As ndx_best_width(), but exceptions are worth a byte more. */
static unsigned
tfs_width(const uint32_t *value, size_t count, unsigned *exceptions_ret)
{
	const unsigned width = ndx_best_width(value, count, exceptions_ret);
	uint32_t bits = 0;

	for (size_t i = 0; i < count; i++)
		bits |= value[i];
	if (*exceptions_ret > 0 &&
	    ndx_packed_size(count, width) + 2 * (size_t)*exceptions_ret + 1 >=
	            ndx_packed_size(count, ndx_bit_width(bits))) {
		*exceptions_ret = 0;
		return ndx_bit_width(bits);
	}
	return width;
}

size_t
ndx_block_encode(const ndx_docid *docid, const uint32_t *tf, size_t count, ndx_docid prev,
                 uint8_t *out)
{
	uint32_t gap[NDX_BLOCK_LEN] = { 0 }, tf_less_1[NDX_BLOCK_LEN] = { 0 };
	uint32_t gap_bits = 0;
	ndx_docid before = prev;
	unsigned gap_width, tf_width, exceptions;
	uint64_t word_count;
	uint8_t *p = out + 2, *end;

	assert(count >= 1 && count <= NDX_BLOCK_LEN);
	for (size_t i = 0; i < count; i++) {
		assert(before == NDX_DOCID_NONE || docid[i] > before);
		assert(docid[i] != NDX_DOCID_NONE);
		assert(tf[i] >= 1);
		gap[i] = docid[i] - before - 1;
		tf_less_1[i] = tf[i] - 1;
		gap_bits |= gap[i];
		before = docid[i];
	}
	gap_width = ndx_bit_width(gap_bits);
	tf_width = tfs_width(tf_less_1, count, &exceptions);
	word_count = bitset_words(docid, count, prev);
	out[1] = (uint8_t)(tf_width + (exceptions > 0 ? EXCEPTIONS : 0));
	if (count == NDX_BLOCK_LEN && gap_width > 0 &&
	    word_count * 8 <= ndx_packed_size(count, gap_width + BITSET_BITS)) {
		out[0] = BITSET_MARK;
		p = bitset_encode(docid, count, prev, (size_t)word_count, p);
	} else {
		out[0] = (uint8_t)gap_width;
		ndx_pack(gap, count, gap_width, p);
		p += ndx_packed_size(count, gap_width);
	}
	end = ndx_pack_patched(tf_less_1, count, tf_width, p);
	if (exceptions > 0) { /* their number comes before them */
		p += ndx_packed_size(count, tf_width);
		memmove(p + 1, p, (size_t)(end - p));
		*p = (uint8_t)exceptions;
		end++;
	}
	return (size_t)(end - out);
}

static bool
bitset_parse(const uint8_t *in, size_t in_size, const struct ndx_kernels *kernels,
             struct ndx_block *block)
{
	uint64_t word;

	if (in_size < 3 || block->count != NDX_BLOCK_LEN)
		return false;
	block->word_count = in[2];
	block->docs = in + 3;
	block->base = bitset_base(block->prev);
	if (block->word_count == 0 || (in_size - 3) / 8 < block->word_count)
		return false;
	if (kernels->popcount(block->docs, block->word_count) != block->count ||
	    ndx_get_u64(block->docs + 8 * ((size_t)block->word_count - 1)) == 0)
		return false;
	/* Nothing at or before 'prev', which lies in word 0. */
	word = ndx_get_u64(block->docs) & ((UINT64_C(1) << (block->prev + 1) % 64) - 1);
	return word == 0;
}

static bool
exceptions_parse(const uint8_t *in, size_t in_size, struct ndx_block *block)
{
	block->exception_count = in[0];
	block->exceptions = in + 1;
	if (in_size - 1 < 2 * (size_t)block->exception_count)
		return false;
	for (size_t x = 0; x < block->exception_count; x++)
		if (block->exceptions[2 * x] >= block->count ||
		    (uint64_t)block->exceptions[2 * x + 1] << block->tf_width > UINT32_MAX)
			return false;
	return true;
}

size_t
ndx_block_parse(const uint8_t *in, size_t in_size, size_t count, ndx_docid prev,
                const struct ndx_kernels *kernels, struct ndx_block *block_ret)
{
	struct ndx_block block = { .prev = prev, .count = (uint16_t)count };
	size_t size;

	if (in_size < 2 || (in[1] & ~EXCEPTIONS) > 32)
		return 0;
	block.tf_width = in[1] & (uint8_t)~EXCEPTIONS;
	if (in[0] == BITSET_MARK) {
		if (!bitset_parse(in, in_size, kernels, &block))
			return 0;
		size = 3 + 8 * (size_t)block.word_count;
	} else {
		if (in[0] > 32)
			return 0;
		block.gap_width = in[0];
		block.docs = in + 2;
		size = 2 + ndx_packed_size(count, block.gap_width);
	}
	block.tfs = in + size;
	size += ndx_packed_size(count, block.tf_width);
	if (in[1] & EXCEPTIONS) {
		if (in_size < size + 1 || !exceptions_parse(in + size, in_size - size, &block))
			return 0;
		size += 1 + 2 * (size_t)block.exception_count;
	}
	if (in_size < size)
		return 0;
	*block_ret = block;
	return size;
}

/* Sums of 128 gaps of up to 24 bits wrap at most once, and then end below 'prev'. */
static bool
rises(const struct ndx_block *block, const ndx_docid *docid)
{
	ndx_docid before = block->prev + 1;

	if (block->gap_width <= 24)
		return docid[0] >= before && docid[block->count - 1] >= docid[0];
	for (size_t i = 0; i < block->count; i++) {
		if (docid[i] < before || docid[i] == NDX_DOCID_NONE)
			return false;
		before = docid[i] + 1;
	}
	return true;
}

bool
ndx_block_docids(const struct ndx_block *block, const struct ndx_kernels *kernels,
                 ndx_docid docid_limit, ndx_docid docid[NDX_BLOCK_LEN])
{
	if (block->word_count > 0) {
		kernels->list_bits(block->docs, block->word_count, block->base, docid);
	} else {
		kernels->unpack(block->docs, block->count, block->gap_width, docid);
		kernels->undelta(docid, block->count, block->prev);
		if (!rises(block, docid))
			return false;
	}
	return docid[block->count - 1] < docid_limit;
}

ndx_docid
ndx_block_bitset_last(const struct ndx_block *block)
{
	const uint64_t word = ndx_get_u64(block->docs + 8 * ((size_t)block->word_count - 1));

	return block->base + 64 * (ndx_docid)block->word_count - 1 -
	       (ndx_docid)__builtin_clzll(word);
}

void
ndx_block_tfs(const struct ndx_block *block, const struct ndx_kernels *kernels,
              uint32_t tf[NDX_BLOCK_LEN])
{
	kernels->unpack(block->tfs, block->count, block->tf_width, tf);
	ndx_patch(block->exceptions, block->exception_count, block->tf_width, block->count, tf);
	for (size_t i = 0; i < block->count; i++)
		tf[i]++;
}

void
ndx_block_tf_sums(const struct ndx_block *block, const struct ndx_kernels *kernels,
                  uint32_t sum[NDX_BLOCK_LEN])
{
	kernels->unpack(block->tfs, block->count, block->tf_width, sum);
	ndx_patch(block->exceptions, block->exception_count, block->tf_width, block->count, sum);
	kernels->undelta(sum, block->count, UINT32_MAX); /* gaps less one, and tf less one */
}
