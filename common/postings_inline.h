/*
 * postings_inline.h - the few postings of a rare term, kept in the dictionary
 *
 *   per posting: varint docid - docid before - 1, varint tf - 1, then, if positions are kept,
 *                tf varints: the first position, and the gaps less one to the others;
 *                then, if the term has several forms, tf varints: their numbers (see forms.h)
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_POSTINGS_INLINE_H
#define NDX_COMMON_POSTINGS_INLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/format.h"

struct ndx_inline_postings {
	ndx_docid docid[NDX_INLINE_DF_MAX];
	uint32_t tf[NDX_INLINE_DF_MAX];
	uint32_t position[NDX_INLINE_SIZE_MAX]; /* of the first posting, then the second, ... */
	uint32_t form[NDX_INLINE_SIZE_MAX];     /* the same; if there are any */
	uint64_t cf;
};

/*
 * Encode df <= NDX_INLINE_DF_MAX postings into out[NDX_INLINE_SIZE_MAX]; returns the bytes
 * written, or 0 if they need more.  position, form NULL: none are kept.
 */
size_t ndx_inline_encode(const ndx_docid *docid, const uint32_t *tf, const uint32_t *position,
                         const uint32_t *form, uint32_t df, uint8_t *out);

/*
 * Decode in[in_size], bytes nobody has vouched for.  False if they are no postings.  form_count:
 * how many forms the term has; there are numbers only if it is more than 1.
 */
bool ndx_inline_decode(const uint8_t *in, size_t in_size, uint32_t df, bool has_positions,
                       uint32_t form_count, ndx_docid docid_limit,
                       struct ndx_inline_postings *postings_ret);

#endif
