/*
 * fuzz_positions.c - both ways of reading positions agree, on any bytes
 *
 * Input: u16 how many positions of a block to ask for, u8 where to begin, then the bytes of
 * the block.  Property: where the strict way reads a posting's positions, they rise; where it reads
 * the whole block, the quick way reads the same, and what is encoded anew takes no more bytes.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/format.h"
#include "common/positions.h"
#include "tests/fuzz/fuzz.h"

#define TOTAL_MAX 700

static void
check_sums(const uint8_t *block, size_t size, uint32_t total, uint32_t skip, uint32_t count,
           const uint32_t *position)
{
	uint8_t *slack = calloc(1, size + NDX_READ_SLACK);
	uint32_t *sum = calloc(1 + TOTAL_MAX + 16, sizeof(*sum));
	struct ndx_range range = { skip, count, 0 };

	if (slack == NULL || sum == NULL)
		abort();
	memcpy(slack, block, size);
	if (!ndx_positions_sums(slack, size, total, &range, 1, ndx_kernels_get(NULL), sum + 1))
		abort();
	for (uint32_t i = 0; i < count; i++)
		if (sum[1 + range.begin + i] - range.base != position[i])
			abort();
	free(slack);
	free(sum);
}

static void
check_encoding(const uint8_t *block, size_t size, uint32_t total, const uint32_t *position)
{
	struct ndx_buf again;
	size_t used = ndx_positions_size(block, size, total);

	ndx_buf_init(&again, &ndx_mem_default);
	ndx_positions_encode(position, &total, 1, &again);
	if (used == 0 || ndx_buf_failed(&again) || again.size > used)
		abort();
	ndx_buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	uint32_t position[TOTAL_MAX], whole[TOTAL_MAX], total, skip, count;
	uint8_t *block;
	size_t size;

	if (in_size < 3)
		return 0;
	total = 1 + (uint32_t)(in[0] | in[1] << 8) % TOTAL_MAX;
	skip = in[2] % total;
	count = total - skip;
	size = in_size - 3;
	block = malloc(size + (size == 0)); /* of exact size */
	if (block == NULL)
		abort();
	memcpy(block, in + 3, size);
	if (ndx_positions_decode(block, size, total, skip, count, position)) {
		for (uint32_t i = 1; i < count; i++)
			if (position[i] <= position[i - 1])
				abort();
		if (ndx_positions_decode(block, size, total, 0, total, whole)) {
			check_sums(block, size, total, skip, count, position);
			check_encoding(block, size, total, whole);
		}
	}
	free(block);
	return 0;
}
