/*
 * names.h - the different names of a batch: sources, sections, authors
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_NAMES_H
#define NDX_INDEXER_NAMES_H

#include "common/buf.h"
#include "common/text.h"

struct ndx_names {
	struct ndx_buf bytes;
	struct ndx_buf ends;  /* uint32_t: where each ends in 'bytes' */
	struct ndx_buf slots; /* uint32_t: a hash table of their indexes plus 1, 0 where none is */
};

void ndx_names_init(struct ndx_names *names, const struct ndx_mem *mem);
void ndx_names_free(struct ndx_names *names);
void ndx_names_clear(struct ndx_names *names);

/* The index of a name, entered if it is new; UINT32_MAX: out of memory. */
uint32_t ndx_names_index(struct ndx_names *names, struct ndx_str name);

/* All names by their index, from mem; they point into 'names'.  NULL: out of memory. */
struct ndx_str *ndx_names_list(const struct ndx_names *names, const struct ndx_mem *mem,
                               size_t *count_ret);

#endif
