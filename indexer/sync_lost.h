/*
 * sync_lost.h - ids that a file held when it was last read, and holds no more
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SYNC_LOST_H
#define NDX_INDEXER_SYNC_LOST_H

#include "indexer/sources.h"

struct ndx_lost {
	const struct ndx_mem *mem;
	uint64_t *present; /* hashes of the ids of the file at hand */
	size_t present_count, present_count_max;
	struct ndx_buf ids; /* of all files so far: size_t size, then the id */
	size_t count;       /* of them */
};

void ndx_lost_init(struct ndx_lost *lost, const struct ndx_mem *mem);
void ndx_lost_free(struct ndx_lost *lost);

/* The file at hand holds this id. */
enum ndx_status ndx_lost_present(struct ndx_lost *lost, struct ndx_str id, struct ndx_err *err);
/* All ids of the file at hand are known: which of those that 'old' has (NULL: none) are lost? */
enum ndx_status ndx_lost_file_end(struct ndx_lost *lost, const struct ndx_source_file *old,
                                  struct ndx_err *err);

/* Call 'gone' for each lost id that no file has, and forget them all. */
enum ndx_status ndx_lost_settle(struct ndx_lost *lost, const struct ndx_sources *sources,
                                enum ndx_status (*gone)(void *ctx, struct ndx_str id,
                                                        struct ndx_err *err),
                                void *ctx, struct ndx_err *err);

#endif
