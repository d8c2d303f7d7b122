/*
 * pending_ids.h - where the articles are that no commit holds yet, by id
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_PENDING_IDS_H
#define NDX_INDEXER_PENDING_IDS_H

#include <stdbool.h>

#include "common/format.h"
#include "common/mem.h"

struct ndx_pending_ids;

struct ndx_pending_ids *ndx_pending_ids_new(const struct ndx_mem *mem); /* NULL: out of memory */
void ndx_pending_ids_free(struct ndx_pending_ids *pending);             /* takes NULL */
void ndx_pending_ids_clear(struct ndx_pending_ids *pending);

/* An article in a batch. */
struct ndx_pending_place {
	uint32_t batch;
	ndx_docid docid;
};

/*
 * The place that was set last for this hash of an id; NULL if there is none.  Ids with the same
 * 64-bit hash are told apart by the caller: *next is 0 for the first call and goes on from there.
 */
struct ndx_pending_place *ndx_pending_ids_find(const struct ndx_pending_ids *pending, uint64_t hash,
                                               size_t *next);
/* Enter a place; false: out of memory. */
bool ndx_pending_ids_add(struct ndx_pending_ids *pending, uint64_t hash,
                         struct ndx_pending_place place);

#endif
