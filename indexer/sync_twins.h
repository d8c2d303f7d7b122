/*
 * sync_twins.h - which files of one run would have the same id
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SYNC_TWINS_H
#define NDX_INDEXER_SYNC_TWINS_H

#include "common/arena.h"

/* Zeroed, with 'mem' set, it is empty. */
struct ndx_twins {
	const struct ndx_mem *mem;
	struct ndx_arena *arena;
	struct ndx_twin {
		const char *id, *path; /* id NULL: a free slot */
	} * slot;
	size_t slot_count, used_count;
};

void ndx_twins_free(struct ndx_twins *twins);

/*
 * The path of the file that was entered with this id, or NULL if this one is the first: then it is
 * entered.  Sets *failed if memory runs out.
 */
const char *ndx_twins_enter(struct ndx_twins *twins, const char *id, const char *path,
                            bool *failed);

#endif
