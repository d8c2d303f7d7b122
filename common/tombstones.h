/*
 * tombstones.h - the deleted articles of one segment, and what they change
 *
 * A tombstone file is immutable like a segment; a further deletion writes a new one
 * in its place.  It also carries the corrections that make an index with deletions
 * say exactly what a fresh one would: how many deleted articles each term was in.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_TOMBSTONES_H
#define NDX_COMMON_TOMBSTONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "common/format.h"
#include "common/io.h"

/* The term with this ordinal in the segment's dictionary is in 'df' deleted articles, 'cf'
 * times. */
struct ndx_correction {
	uint32_t ordinal, df;
	uint64_t cf;
};

struct ndx_tombstones {
	const struct ndx_env *env;
	void *data; /* the file, whole and verified; the next three point into it or beside */
	size_t data_size;
	const uint32_t *docid; /* deleted ones, rising */
	uint32_t count;
	const struct ndx_correction *correction; /* by rising ordinal */
	uint32_t correction_count;
	uint64_t token_count; /* sum of the deleted articles' lengths */
};

/*
 * Read the tombstone file 'path' of 'size' bytes, whose checksum is 'checksum' (0: not known), that
 * belongs to segment 'number' with article_count articles and term_count terms.  The whole file is
 * verified: it is small beside its segment.
 */
enum ndx_status ndx_tombstones_open(const struct ndx_env *env, const char *path, uint64_t size,
                                    uint64_t checksum, uint32_t number, uint32_t article_count,
                                    uint32_t term_count, struct ndx_tombstones **tombstones_ret,
                                    struct ndx_err *err);
void ndx_tombstones_free(struct ndx_tombstones *tombstones); /* takes NULL */

/* Append the bytes of a tombstone file; all arrays sorted as above. */
void ndx_tombstones_encode(uint32_t number, const uint32_t *docid, uint32_t count,
                           const struct ndx_correction *correction, uint32_t correction_count,
                           uint64_t token_count, struct ndx_buf *out);

/* Index of the first deleted docid >= 'docid', from 0 to count.  'from' is a place not after it. */
uint32_t ndx_tombstones_find(const struct ndx_tombstones *tombstones, ndx_docid docid,
                             uint32_t from);
/* Is the article deleted?  'tombstones' may be NULL. */
bool ndx_tombstones_has(const struct ndx_tombstones *tombstones, ndx_docid docid);
/* The correction of a term; zeros where there is none or 'tombstones' is NULL. */
struct ndx_correction ndx_tombstones_correction(const struct ndx_tombstones *tombstones,
                                                uint32_t ordinal);

#endif
