/*
 * sources_state.h - the inside of struct ndx_sources, shared by the files of sources.h
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SOURCES_STATE_H
#define NDX_INDEXER_SOURCES_STATE_H

#include "common/arena.h"
#include "indexer/sources.h"

/* Open addressing: slot[slot_count], a power of two; each the index of a file plus 1, or 0. */
struct ndx_source_table {
	uint32_t *slot;
	size_t slot_count, used_count;
};

struct ndx_sources {
	const struct ndx_env *env;
	struct ndx_arena *arena;       /* files, paths, and what was put */
	void *data;                    /* the state as it was read: what is coded points into it */
	struct ndx_source_file **file; /* removed ones too */
	size_t file_count, file_count_max;
	size_t live_count;
	struct ndx_source_table by_path, by_id; /* by_id: those that are or were one article */
};

/* sources.c */

/*
 * A file of this path, which must not be known yet; it lives as long as 'sources', and is
 * removed until it is admitted.  NULL: out of memory.
 */
struct ndx_source_file *ndx_sources_add(struct ndx_sources *sources, struct ndx_str path);
/* All is set but 'removed': let the file be found.  False: out of memory. */
bool ndx_sources_admit(struct ndx_sources *sources, struct ndx_source_file *file);

/* sources_ids.c */

/* Are the coded ids, or rejects, whole and as many as the file says? */
bool ndx_source_ids_check(const struct ndx_source_file *file);
bool ndx_source_rejects_check(const struct ndx_source_file *file);

/* sources_file.c */

/* Fill empty 'sources' from sources->data. */
enum ndx_status ndx_sources_decode(struct ndx_sources *sources, const char *name, size_t size,
                                   struct ndx_err *err);

#endif
