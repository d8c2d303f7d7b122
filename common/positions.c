/*
 * positions.c - the positions of one block of postings, bit-packed with exceptions
 *
 * Each posting's positions become its first one and then the gaps less one.  All of a
 * block's values in a row are cut into groups of 128 (the last is shorter):
 *
 *   +------------------------------+---------+---------+----
 *   | per group: w u8, x u8        | group 0 | group 1 | ...
 *   +------------------------------+---------+---------+----
 *
 *   group:  +----------------------------+--------------------------------+
 *           | n values, their low w bits | x times: index u8, high bits u8 |
 *           +----------------------------+--------------------------------+
 *
 * A value is its low w bits plus, if its index in the group is among the x exceptions,
 * its high byte shifted by w.  So the positions of one posting are read where they
 * lie: sum the sizes of the groups before, then take a few bit fields.  Which w is best is
 * found by ndx_best_width().
 *
 * Example: one posting at positions 3, 4 and 900: values 3, 0, 895.
 *   w = 2: 3 values take 1 byte, and 895 = 3 + 4 * 223 is an exception of 2 bytes
 *   02 01  33  02 df
 *
 * What must hold: w <= 32; indexes below n; no value above 2^32 - 1.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/positions.h"

#include <assert.h>
#include <stdbool.h>

#include "common/bitpack.h"

#define GROUP_LEN 128

static size_t
group_size(size_t count, const uint8_t *head)
{
	return ndx_packed_size(count, head[0]) + 2 * (size_t)head[1];
}

/* Hands out the values (first position, then gaps less one) of a block in groups. */
struct value_source {
	const uint32_t *position, *tf;
	uint32_t of_posting; /* positions of the current posting taken so far */
};

static size_t
next_group(struct value_source *from, size_t left, uint32_t value[GROUP_LEN])
{
	size_t count = left < GROUP_LEN ? left : GROUP_LEN;

	for (size_t i = 0; i < count; i++) {
		value[i] = from->of_posting == 0 ? from->position[0]
		                                 : from->position[0] - from->position[-1] - 1;
		from->position++;
		if (++from->of_posting == *from->tf) {
			from->of_posting = 0;
			from->tf++;
		}
	}
	return count;
}

/* Room for the heads of the groups of 'total' values; where they are, or SIZE_MAX: out of
 * memory. */
static size_t
add_heads(struct ndx_buf *out, size_t total)
{
	const size_t at = out->size, size = 2 * ((total + GROUP_LEN - 1) / GROUP_LEN);

	if (ndx_buf_reserve(out, size) == NULL)
		return SIZE_MAX;
	out->size += size;
	return at;
}

/* Append a group, whose head is at 'head_off'; false: out of memory. */
static bool
add_group(struct ndx_buf *out, size_t head_off, const uint32_t *value, size_t n)
{
	unsigned exceptions;
	const unsigned width = ndx_best_width(value, n, &exceptions);
	uint8_t *end = ndx_buf_reserve(out, 6 * GROUP_LEN);

	if (end == NULL)
		return false;
	end = ndx_pack_patched(value, n, width, end);
	out->size = (size_t)(end - out->data);
	out->data[head_off] = (uint8_t)width;
	out->data[head_off + 1] = (uint8_t)exceptions;
	return true;
}

void
ndx_positions_encode(const uint32_t *position, const uint32_t *tf, size_t count,
                     struct ndx_buf *out)
{
	struct value_source from = { position, tf, 0 };
	uint32_t value[GROUP_LEN];
	size_t total = 0, head_off, n;

	for (size_t i = 0; i < count; i++)
		total += tf[i];
	head_off = add_heads(out, total);
	for (; head_off != SIZE_MAX && total > 0; total -= n, head_off += 2) {
		n = next_group(&from, total, value);
		if (!add_group(out, head_off, value, n))
			return;
	}
}

void
ndx_form_numbers_encode(const uint32_t *number, size_t count, struct ndx_buf *out)
{
	size_t head_off = add_heads(out, count), n;

	for (; head_off != SIZE_MAX && count > 0; count -= n, number += n, head_off += 2) {
		n = count < GROUP_LEN ? count : GROUP_LEN;
		if (!add_group(out, head_off, number, n))
			return;
	}
}

bool
ndx_form_numbers_are_zero(const uint8_t *in, size_t in_size, uint64_t total)
{
	const uint64_t heads_size = 2 * ((total + GROUP_LEN - 1) / GROUP_LEN);
	unsigned any = 0;

	for (uint64_t i = 0; i < heads_size && i < in_size; i++)
		any |= in[i];
	return heads_size <= in_size && any == 0;
}

int
ndx_form_numbers_decode(const uint8_t *in, size_t in_size, uint64_t total, uint32_t limit,
                        const struct ndx_kernels *kernels, uint32_t *number)
{
	uint64_t off = 2 * ((total + GROUP_LEN - 1) / GROUP_LEN);

	if (off > in_size)
		return 0;
	for (const uint8_t *head = in; total > 0; head += 2) {
		const size_t n = total < GROUP_LEN ? (size_t)total : GROUP_LEN;
		const size_t size = group_size(n, head);
		uint32_t most = 0;

		if (head[0] > 32 || off > in_size || size > in_size - off)
			return 0;
		if (head[0] == 0 && head[1] == 0) { /* as most groups are: all is the first form */
			memset(number, 0, n * sizeof(*number));
		} else {
			kernels->unpack(in + off, n, head[0], number);
			if (!ndx_patch(in + off + ndx_packed_size(n, head[0]), head[1], head[0], n,
			               number))
				return 0;
			/* Mostly the width alone says that all are below the limit. */
			if (head[1] > 0 || (UINT64_C(1) << head[0]) > limit)
				for (size_t i = 0; i < n; i++)
					most = number[i] > most ? number[i] : most;
			if (most >= limit)
				return 0;
		}
		off += size;
		number += n;
		total -= n;
	}
	return 1;
}

/*
 * Values from .. from + count - 1 of one group of n, which lies whole at 'in'; 'slack': eight bytes
 * after it are readable.
 */
static bool
group_decode(const uint8_t *in, size_t n, const uint8_t *head, size_t from, size_t count,
             bool slack, uint32_t *value)
{
	const unsigned width = head[0];
	const uint8_t *exception = in + ndx_packed_size(n, width);

	if (slack)
		for (size_t i = 0; i < count; i++)
			value[i] = ndx_packed_get_slack(in, from + i, width);
	else
		for (size_t i = 0; i < count; i++)
			value[i] = ndx_packed_get(in, from + i, width);
	for (size_t x = 0; x < head[1]; x++, exception += 2) {
		size_t index = exception[0];
		uint64_t high = (uint64_t)exception[1] << width;

		if (index < from)
			continue;
		if (index >= n || high > UINT32_MAX)
			return false;
		/* they rise */
		if (index - from >= count)
			break;
		value[index - from] |= (uint32_t)high;
	}
	return true;
}

static int
sum_gaps(uint32_t *position, uint32_t count)
{
	uint64_t next = 0; /* the smallest position that may follow; cannot wrap */

	for (uint32_t i = 0; i < count; i++) {
		next += position[i];
		if (next >= UINT32_MAX)
			return 0;
		position[i] = (uint32_t)next++;
	}
	return 1;
}

int
ndx_positions_decode(const uint8_t *in, size_t in_size, uint64_t total, uint64_t skip,
                     uint32_t count, uint32_t *position)
{
	uint64_t group_count = (total + GROUP_LEN - 1) / GROUP_LEN, off = 2 * group_count;
	uint64_t g = skip / GROUP_LEN;
	uint32_t done = 0;

	if (off > in_size || skip > total || count > total - skip)
		return 0;
	for (uint64_t i = 0; i < g; i++)
		off += group_size(GROUP_LEN, in + 2 * i);
	for (; done < count; g++) {
		size_t n = total - g * GROUP_LEN < GROUP_LEN ? (size_t)(total - g * GROUP_LEN)
		                                             : GROUP_LEN;
		size_t from = (size_t)(skip + done - g * GROUP_LEN);
		size_t take = count - done < n - from ? count - done : n - from;
		size_t size = group_size(n, in + 2 * g);

		if (in[2 * g] > 32 || off > in_size || size > in_size - off ||
		    !group_decode(in + off, n, in + 2 * g, from, take, in_size - off - size >= 8,
		                  position + done))
			return 0;
		done += (uint32_t)take;
		off += size;
	}
	return sum_gaps(position, count);
}

/* A block's groups, one after the other. */
struct group_reader {
	const uint8_t *in;
	size_t in_size;
	uint64_t total;
	uint64_t off;  /* of the next group */
	uint64_t next; /* which that is */
	const struct ndx_kernels *kernels;
	uint32_t *sum;
};

/* Decode group g, which was not passed yet; 'carry': it goes on where the one before ended. */
static bool
read_group(struct group_reader *reader, uint64_t g, bool carry)
{
	for (;; reader->next++) {
		const uint8_t *head = reader->in + 2 * reader->next;
		const uint64_t left = reader->total - reader->next * GROUP_LEN;
		const size_t n = left < GROUP_LEN ? (size_t)left : GROUP_LEN;
		const size_t size = group_size(n, head);
		const uint8_t *packed = reader->in + reader->off;
		uint32_t *sum = reader->sum + g * GROUP_LEN;

		if (head[0] > 32 || reader->off > reader->in_size ||
		    size > reader->in_size - reader->off)
			return false;
		reader->off += size;
		if (reader->next < g)
			continue;
		reader->next++;
		reader->kernels->unpack(packed, n, head[0], sum);
		if (!ndx_patch(packed + ndx_packed_size(n, head[0]), head[1], head[0], n, sum))
			return false;
		if (!carry)
			sum[-1] = 0;
		reader->kernels->undelta(sum, n, sum[-1]);
		return true;
	}
}

int
ndx_positions_sums(const uint8_t *in, size_t in_size, uint64_t total, struct ndx_range *range,
                   size_t count, const struct ndx_kernels *kernels, uint32_t *sum)
{
	struct group_reader reader = { .in = in,
		                       .in_size = in_size,
		                       .total = total,
		                       .off = 2 * ((total + GROUP_LEN - 1) / GROUP_LEN),
		                       .kernels = kernels,
		                       .sum = sum };

	if (reader.off > in_size)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const uint64_t begin = range[i].begin, end = begin + range[i].count;

		if (range[i].count == 0 || end > total)
			return 0;
		for (uint64_t g = begin / GROUP_LEN; g <= (end - 1) / GROUP_LEN; g++)
			if (g >= reader.next && !read_group(&reader, g, g > 0 && g == reader.next))
				return 0;
		range[i].base = sum[(ptrdiff_t)begin - 1] + 1;
	}
	return 1;
}

size_t
ndx_positions_size(const uint8_t *in, size_t in_size, uint64_t total)
{
	uint64_t group_count = (total + GROUP_LEN - 1) / GROUP_LEN, size = 2 * group_count;

	if (size > in_size)
		return 0;
	for (uint64_t g = 0; g < group_count; g++) {
		size_t n = total - g * GROUP_LEN < GROUP_LEN ? (size_t)(total - g * GROUP_LEN)
		                                             : GROUP_LEN;

		size += group_size(n, in + 2 * g);
	}
	return size > in_size ? 0 : (size_t)size;
}
