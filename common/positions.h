/*
 * positions.h - the positions of one block of postings
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_POSITIONS_H
#define NDX_COMMON_POSITIONS_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/kernels.h"

/*
 * Append the positions of up to 128 postings: tf[0] positions of the first, then
 * tf[1] of the second, and so on, position[] holding all of them.  Within a posting
 * they rise strictly.
 */
void ndx_positions_encode(const uint32_t *position, const uint32_t *tf, size_t count,
                          struct ndx_buf *out);

/*
 * Decode the 'count' positions that follow the first 'skip' ones of a block of 'total':
 * exactly those of one posting, whose tf is 'count' and whose predecessors' sum is
 * 'skip'.  in[in_size] are bytes nobody has vouched for.  Returns 0 if they are no positions
 * (cut off, or not rising strictly below 2^32 - 1), else 1.
 */
int ndx_positions_decode(const uint8_t *in, size_t in_size, uint64_t total, uint64_t skip,
                         uint32_t count, uint32_t *position);

/*
 * The positions of a posting among running sums of positions: position i, i < count, is
 * sum[begin + i] - base, modulo 2^32.
 */
struct ndx_range {
	size_t begin;
	uint32_t count, base;
};

/*
 * Decode the positions of some postings of a block of 'total', as sums: those of range[count],
 * whose begin and count say which of the block's positions they have, rising; sets their base.
 * sum[-1] to sum[total - 1], rounded up to a multiple of 16, are written to.  NDX_READ_SLACK
 * bytes after in[in_size] are readable.  Returns 0 if the bytes break off or are none such, else 1;
 * a sum beyond 2^32 is not noticed.
 */
int ndx_positions_sums(const uint8_t *in, size_t in_size, uint64_t total, struct ndx_range *range,
                       size_t count, const struct ndx_kernels *kernels, uint32_t *sum);

/* Bytes that the positions of a block of 'total' take at in[in_size]; 0 if they break off. */
size_t ndx_positions_size(const uint8_t *in, size_t in_size, uint64_t total);

/*
 * The numbers of the surface forms at the positions of a block (see forms.h), which follow its
 * positions: groups of 128, packed as those of positions are.
 */
void ndx_form_numbers_encode(const uint32_t *number, size_t count, struct ndx_buf *out);
/* Are all 'total' numbers 0, as the heads of their groups in in[in_size] say?  False if that is not
 * clear. */
bool ndx_form_numbers_are_zero(const uint8_t *in, size_t in_size, uint64_t total);
/*
 * number[total] from in[in_size], bytes nobody has vouched for, each below 'limit'; number[] has
 * room for 'total' rounded up to a multiple of 128, and NDX_READ_SLACK bytes after in[in_size] are
 * readable. 0 if they are none, else 1.
 */
int ndx_form_numbers_decode(const uint8_t *in, size_t in_size, uint64_t total, uint32_t limit,
                            const struct ndx_kernels *kernels, uint32_t *number);

#endif
