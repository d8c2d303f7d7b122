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
 * Decode the positions of some postings of a block whose tf are tf[count]: of those with the
 * indexes at[at_count], which rise, one posting's after the other's.  NDX_READ_SLACK bytes after
 * in[in_size] are readable.  Returns 0 where ndx_positions_decode() would, else 1.
 */
int ndx_positions_decode_some(const uint8_t *in, size_t in_size, const uint32_t *tf, size_t count,
                              const uint8_t *at, size_t at_count,
                              const struct ndx_kernels *kernels, uint32_t *position);

/* Bytes that the positions of a block of 'total' take at in[in_size]; 0 if they break off. */
size_t ndx_positions_size(const uint8_t *in, size_t in_size, uint64_t total);

#endif
