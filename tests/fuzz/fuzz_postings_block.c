/*
 * fuzz_postings_block.c - any bytes are a valid block of postings, or are refused
 *
 * Input: u8 number of postings, u8 docid before, then the bytes.  Property: docids rise below the
 * limit, every tf is there when read alone and summed, the kernels of this processor and the scalar
 * ones agree, and the block's own encoding takes no more bytes.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/postings_block.h"
#include "tests/fuzz/fuzz.h"

#define LIMIT (1u << 20)

static void
check_docids(const struct ndx_block *block, size_t count, ndx_docid prev, const ndx_docid *docid)
{
	ndx_docid least = prev + 1, other[NDX_BLOCK_LEN];

	for (size_t i = 0; i < count; i++) {
		if (docid[i] < least || docid[i] >= LIMIT)
			abort();
		least = docid[i] + 1;
	}
	if (!ndx_block_docids(block, &ndx_kernels_scalar, LIMIT, other) ||
	    memcmp(docid, other, count * sizeof(*docid)) != 0)
		abort();
	if (block->word_count > 0 && ndx_block_bitset_last(block) != docid[count - 1])
		abort();
}

static void
check_tfs(const struct ndx_block *block, size_t count, const uint32_t *tf)
{
	uint32_t other[NDX_BLOCK_LEN], sum[NDX_BLOCK_LEN], total = 0;

	ndx_block_tfs(block, &ndx_kernels_scalar, other);
	ndx_block_tf_sums(block, ndx_kernels_get(NULL), sum);
	for (size_t i = 0; i < count; i++) {
		total += tf[i];
		if (other[i] != tf[i] || ndx_block_tf(block, i) != tf[i] || sum[i] != total - 1)
			abort();
	}
}

/* Of blocks whose tf can be encoded: 0 stands for 2^32. */
static void
check_encoding(const ndx_docid *docid, const uint32_t *tf, size_t count, ndx_docid prev,
               size_t used)
{
	uint8_t again[NDX_BLOCK_SIZE_MAX];

	for (size_t i = 0; i < count; i++)
		if (tf[i] == 0)
			return;
	/* A bitset may be chosen that takes three bits a posting more, and a byte for its words. */
	if (ndx_block_encode(docid, tf, count, prev, again) > used + 3 * NDX_BLOCK_LEN / 8 + 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	ndx_docid docid[NDX_BLOCK_LEN], prev;
	uint32_t tf[NDX_BLOCK_LEN];
	struct ndx_block block;
	size_t count, used;
	uint8_t *slack;

	if (in_size < 2)
		return 0;
	count = 1 + in[0] % NDX_BLOCK_LEN;
	prev = in[1] == 0 ? NDX_DOCID_NONE : in[1];
	in_size -= 2;
	slack = calloc(1, in_size + NDX_READ_SLACK);
	if (slack == NULL)
		abort();
	memcpy(slack, in + 2, in_size);
	used = ndx_block_parse(slack, in_size, count, prev, ndx_kernels_get(NULL), &block);
	if (used > in_size)
		abort();
	if (used > 0 && ndx_block_docids(&block, ndx_kernels_get(NULL), LIMIT, docid)) {
		ndx_block_tfs(&block, ndx_kernels_get(NULL), tf);
		check_docids(&block, count, prev, docid);
		check_tfs(&block, count, tf);
		check_encoding(docid, tf, count, prev, used);
	}
	free(slack);
	return 0;
}
